"""Decides what the agents of clients may read, by the rules of the app's own models."""

import hashlib
from collections.abc import Awaitable, Callable
from typing import Final

from sqlalchemy import insert

from homelab_steward.contract.errors import ContractError, ErrorCode
from homelab_steward.contract.released_text import Reader, ReleasedText, ReleaseText

from ..clock import Clock
from ..store.database import Database
from ..store.storable_text import storable
from ..texts import translate
from . import tables
from .egress import PrivacyContext
from .messages import ChatMessage, ChatRequest, Role, Task, Tier
from .offload import offload
from .privacy import PrivacyClass
from .redaction import classify_request, prepare, texts_of
from .settings import Deployment

LONGEST: Final = 100_000
LONGEST_AGENT: Final = 64

_READERS: Final = {
    Reader.HOME: Deployment(id="agent", tier=Tier.LOCAL),
    Reader.OUTSIDE: Deployment(id="agent", tier=Tier.CLOUD),
    Reader.MASKED: Deployment(id="agent", tier=Tier.CLOUD, takes_masked=True),
}
"""The deployments whose rules apply to a reader."""


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
        request = ChatRequest(
            messages=(ChatMessage(role=Role.TOOL, text=asked.text),),
            task=Task.AGENT,
            privacy=PrivacyClass.PRIVATE if asked.is_private else None,
        )
        names = self._context.names()
        outgoing = await offload(
            (asked.text,), prepare, request, _READERS[asked.reader], names, self._context.clean
        )
        if outgoing is None:
            return ReleasedText(text=None)
        (message,) = outgoing.request.messages
        if asked.reader is not Reader.HOME:
            found = await offload((asked.text,), classify_request, texts_of(request), names)
            await self._record(asked.agent, message.text, found.privacy, outgoing.masked)
        return ReleasedText(text=message.text)

    async def _record(self, agent: str, text: str, privacy: PrivacyClass, masked: int) -> None:
        data = text.encode()
        async with self._database.write(durable=True) as connection:
            await connection.execute(
                insert(tables.egress).values(
                    at=self._clock.now(),
                    deployment=storable(agent, LONGEST_AGENT),
                    tier=str(Tier.CLOUD),
                    task=str(Task.AGENT),
                    bytes=len(data),
                    privacy=str(privacy),
                    masked=masked,
                    digest=hashlib.sha256(data).hexdigest(),
                )
            )
        await self._counted()
