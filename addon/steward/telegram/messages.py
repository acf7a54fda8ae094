"""Processes text messages of people."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Final

import structlog

from homelab_steward.contract.state import Person

from ..clock import Clock
from .card_renderer import card_key
from .chat import Said
from .drafts import Draft, Kind, Priority
from .markup import Rich, literal, prose
from .outbox import Outbox
from .pins import LIFETIME, NAME, AskedPin, AskedPins, Deletions, digits_of, may_contain_pin
from .press_handler import TRY_AGAIN, PressHandler
from .topics import TopicThreads

log = structlog.get_logger(__name__)

LONGEST_REPLY: Final = 400
MOST_SEEN: Final = 1000
NOT_ASKED: Final = (
    "a message of digits only is deleted, because it may be a PIN. No option waits for one now."
)


class Messages:
    """Takes the PINs of people, and deletes the messages that contain them."""

    def __init__(
        self,
        handler: PressHandler,
        pins: AskedPins,
        deletions: Deletions,
        person: Callable[[int], Awaitable[Person | None]],
        outbox: Outbox,
        topics: TopicThreads,
        clock: Clock,
        is_own_chat: Callable[[int | None], bool],
    ) -> None:
        """``handler`` passes decisions on, ``pins`` are the decisions that wait for one."""
        self._handler = handler
        self._pins = pins
        self._deletions = deletions
        self._person = person
        self._outbox = outbox
        self._topics = topics
        self._clock = clock
        self._is_own_chat = is_own_chat
        self._deciding: set[asyncio.Task[None]] = set()
        self._explained_at: dict[int, float] = {}
        self._seen: deque[tuple[int, int]] = deque(maxlen=MOST_SEEN)

    async def handle(self, said: Said) -> None:
        """Process a message, once when Telegram delivers it again. Never raises."""
        if (said.chat_id, said.message_id) in self._seen:
            return
        self._seen.append((said.chat_id, said.message_id))
        try:
            await self._handle(said)
        except Exception as err:  # noqa: BLE001 - logged below
            # Without the traceback and the text, which may contain a PIN.
            log.error("telegram message failed", error=type(err).__name__)  # noqa: TRY400

    async def close(self) -> None:
        """Wait for the decisions in progress."""
        await asyncio.gather(*self._deciding, return_exceptions=True)
        await self._deletions.close()

    async def _handle(self, said: Said) -> None:
        person = await self._person(said.user_id)
        if person is not None and may_contain_pin(said.text, is_asked=self._pins.is_asked(said.user_id)):
            await self._take_pin(said, person)

    async def _take_pin(self, said: Said, person: Person) -> None:
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
            text = TRY_AGAIN.text
        await self._reply(said, person, prose(text, LONGEST_REPLY), card_key(asked.issued.approval_id))

    async def _explain(self, said: Said, person: Person) -> None:
        """Say why the message was deleted, at most once in the lifetime of a PIN per person."""
        now = self._clock.monotonic()
        if now >= self._explained_at.get(said.user_id, 0.0):
            self._explained_at[said.user_id] = now + LIFETIME
            await self._reply(said, person, literal(NOT_ASKED))

    async def _reply(self, said: Said, person: Person, text: Rich, reply_to: str = "") -> None:
        draft = Draft(
            key=f"said:{said.chat_id}:{said.message_id}",
            kind=Kind.REPLY,
            topic=self._topics.topic_of(said.thread_id),
            priority=Priority.REPLY,
            text=(prose(person.name, NAME) + literal(": ") + text).html,
            reply_to=reply_to,
        )
        await self._outbox.put_once([draft])
