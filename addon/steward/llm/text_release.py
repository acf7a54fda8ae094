"""Decides what the agents of clients may read, by the rules of the app's own models."""

import hashlib
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from sqlalchemy import insert

from homelab_steward.contract.errors import ContractError, ErrorCode
from homelab_steward.contract.released_text import (
    Reader,
    ReleasedText,
    ReleasedTexts,
    ReleaseText,
    ReleaseTexts,
)

from ..clock import Clock
from ..store.database import Database
from ..store.storable_text import storable
from ..texts import translate
from . import tables
from .egress import PrivacyContext
from .messages import ChatMessage, ChatRequest, Role, Task, Tier
from .offload import offload
from .privacy import PrivacyClass
from .redaction import OutgoingRequest, classify_request, prepare
from .settings import Deployment

LONGEST: Final = 100_000
LONGEST_AGENT: Final = 64

_READERS: Final = {
    Reader.HOME: Deployment(id="agent", tier=Tier.LOCAL),
    Reader.OUTSIDE: Deployment(id="agent", tier=Tier.CLOUD),
    Reader.MASKED: Deployment(id="agent", tier=Tier.CLOUD, takes_masked=True),
}
"""The deployments whose rules apply to a reader."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Released:
    """A text as it is released; ``privacy`` is its class before private parts were masked."""

    text: str
    privacy: PrivacyClass
    masked: int
    left_out: int = 0


class TextRelease:
    """Releases texts to agents; what leaves the home is in the ledger first."""

    def __init__(
        self,
        context: PrivacyContext,
        database: Database,
        clock: Clock,
        counted: Callable[[], Awaitable[None]],
    ) -> None:
        """``context`` has the private names; ``counted`` is called after an entry of the ledger."""
        self._context = context
        self._database = database
        self._clock = clock
        self._counted = counted

    async def release(self, asked: ReleaseText) -> ReleasedText:
        """Return what the reader may read. Raises ContractError TOO_LARGE."""
        if len(asked.text) > LONGEST:
            raise ContractError(ErrorCode.TOO_LARGE, translate(t"The text is too long."))
        names = self._context.names()
        released = await offload((asked.text,), _readable, asked, names, self._context.clean)
        if released is None:
            return ReleasedText(text=None)
        if asked.reader is not Reader.HOME:
            await self._record(asked.agent, released)
        return ReleasedText(text=released.text, left_out=released.left_out)

    async def release_all(self, asked: ReleaseTexts) -> ReleasedTexts:
        """Return which of the texts of one result the reader may read. Raises ContractError TOO_LARGE."""
        if sum(map(len, asked.texts)) > LONGEST:
            raise ContractError(ErrorCode.TOO_LARGE, translate(t"The text is too long."))
        names = self._context.names()
        texts, sent = await offload(asked.texts, _all_readable, asked, names, self._context.clean)
        if asked.reader is not Reader.HOME and sent is not None:
            await self._record(asked.agent, sent)
        return ReleasedTexts(texts=texts)

    async def _record(self, agent: str, released: _Released) -> None:
        data = released.text.encode()
        async with self._database.write(durable=True) as connection:
            await connection.execute(
                insert(tables.egress).values(
                    at=self._clock.now(),
                    deployment=storable(agent, LONGEST_AGENT),
                    tier=str(Tier.CLOUD),
                    task=str(Task.AGENT),
                    bytes=len(data),
                    privacy=str(released.privacy),
                    masked=released.masked,
                    digest=hashlib.sha256(data).hexdigest(),
                )
            )
        await self._counted()


def _readable(asked: ReleaseText, names: frozenset[str], clean: Callable[[str], str]) -> _Released | None:
    """Return the text, or those of its lines that the reader may read; None if there are none. Pure.

    A text with a secret is not split: the secret may be in another line than what says so.
    """
    whole = _released(asked, asked.text, names, clean)
    found = classify_request((asked.text,), names)
    is_secret = found.is_pinned or found.privacy is PrivacyClass.SECRET or clean(asked.text) != asked.text
    if whole is not None or not asked.by_line or is_secret:
        return whole
    lines = asked.text.splitlines()
    kept = [one for one in lines if _released(asked, one, names, clean) is not None]
    released = _released(asked, "\n".join(kept), names, clean) if kept else None
    return replace(released, left_out=len(lines) - len(kept)) if released is not None else None


def _all_readable(
    asked: ReleaseTexts, names: frozenset[str], clean: Callable[[str], str]
) -> tuple[tuple[str | None, ...], _Released | None]:
    """Return each text as the reader may read it, and all of them together, None without one. Pure.

    With a secret in one of them, a reader outside may read none: it may go on in another. A private part has
    the same placeholder in all texts.
    """
    nothing = tuple(None for _ in asked.texts), None
    found = classify_request(asked.texts, names)
    is_secret = found.is_pinned or found.privacy is PrivacyClass.SECRET
    is_secret = is_secret or any(clean(one) != one for one in asked.texts)
    if asked.reader is not Reader.HOME and is_secret:
        return nothing
    readable = [one for one in asked.texts if _released(asked, one, names, clean) is not None]
    outgoing = _outgoing(asked, readable, names, clean) if readable else None
    if outgoing is None:
        return nothing
    shown = dict(zip(readable, (one.text for one in outgoing.request.messages), strict=True))
    together = _Released(
        text="\n".join(shown.values()),
        privacy=classify_request(readable, names).privacy,
        masked=outgoing.masked,
    )
    return tuple(shown.get(one) for one in asked.texts), together


def _released(
    asked: ReleaseText | ReleaseTexts, text: str, names: frozenset[str], clean: Callable[[str], str]
) -> _Released | None:
    outgoing = _outgoing(asked, (text,), names, clean)
    if outgoing is None:
        return None
    (message,) = outgoing.request.messages
    privacy = classify_request((text,), names, PrivacyClass.PRIVATE if asked.is_private else None).privacy
    return _Released(text=message.text, privacy=privacy, masked=outgoing.masked)


def _outgoing(
    asked: ReleaseText | ReleaseTexts,
    texts: Sequence[str],
    names: frozenset[str],
    clean: Callable[[str], str],
) -> OutgoingRequest | None:
    request = ChatRequest(
        messages=tuple(ChatMessage(role=Role.TOOL, text=one) for one in texts),
        task=Task.AGENT,
        privacy=PrivacyClass.PRIVATE if asked.is_private else None,
    )
    return prepare(request, _READERS[asked.reader], names, clean)
