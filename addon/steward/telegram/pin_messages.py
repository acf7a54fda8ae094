"""Takes the PINs that people send."""

import asyncio
from collections.abc import Callable
from typing import Final

import structlog

from homelab_steward.contract.state import Person

from ..clock import Clock
from ..texts import english, texts_of
from .card_renderer import card_key
from .incoming import Said
from .markup import literal, prose
from .pins import LIFETIME, AskedPin, AskedPins, Deletions, digits_of, may_contain_pin
from .press_answers import TRY_AGAIN
from .press_handler import PressHandler
from .replies import Replies

log = structlog.get_logger(__name__)

LONGEST_REPLY: Final = 400
NOT_ASKED: Final = english(
    "a message of digits only is deleted, because it may be a PIN. No option waits for one now."
)


class PinMessages:
    """Deletes messages that may contain a PIN, and passes on the decisions that wait for it."""

    def __init__(
        self,
        handler: PressHandler,
        pins: AskedPins,
        deletions: Deletions,
        replies: Replies,
        clock: Clock,
        is_own_chat: Callable[[int | None], bool],
    ) -> None:
        """``handler`` passes decisions on, ``pins`` are the decisions that wait for one."""
        self._handler = handler
        self._pins = pins
        self._deletions = deletions
        self._replies = replies
        self._clock = clock
        self._is_own_chat = is_own_chat
        self._deciding: set[asyncio.Task[None]] = set()
        self._explained_at: dict[int, float] = {}

    async def close(self) -> None:
        """Wait for the decisions in progress."""
        await asyncio.gather(*self._deciding, return_exceptions=True)
        await self._deletions.close()

    def is_pin(self, said: Said) -> bool:
        """Return whether a message may contain a PIN."""
        return may_contain_pin(said.text, is_asked=self._pins.is_asked(said.user_id))

    async def take(self, said: Said, person: Person) -> None:
        """Delete the message, and pass the decision on that waits for its PIN."""
        await self._deletions.delete(said, person)
        if not self._is_own_chat(said.chat_id):
            return
        asked = self._pins.take(said.user_id)
        if asked is None:
            await self._explain(said, person)
            return
        # Updates after this one do not wait for the decision.
        task = asyncio.create_task(self._decide(said, person, asked), name="telegram: decision with PIN")
        self._deciding.add(task)
        task.add_done_callback(self._deciding.discard)

    async def _decide(self, said: Said, person: Person, asked: AskedPin) -> None:
        try:
            text = await self._handler.decide_with_pin(asked, digits_of(said.text))
        except Exception as err:  # noqa: BLE001 - logged without the PIN
            log.error("telegram decision with PIN failed", error=type(err).__name__)  # noqa: TRY400
            text = texts_of(person.language)(TRY_AGAIN)
        card = card_key(asked.issued.approval_id)
        await self._replies.send(said, prose(text, LONGEST_REPLY), name=person.name, reply_to=card)

    async def _explain(self, said: Said, person: Person) -> None:
        """Say why the message was deleted, at most once in the lifetime of a PIN per person."""
        now = self._clock.monotonic()
        if now >= self._explained_at.get(said.user_id, 0.0):
            self._explained_at[said.user_id] = now + LIFETIME
            await self._replies.send(said, literal(texts_of(person.language)(NOT_ASKED)), name=person.name)
