"""Finds cards that were sent, but whose message ids are unknown: the app ended, or the answer was lost.

Telegram has no method that returns messages. A card is found by setting the buttons that it was sent with:
Telegram refuses that for a message that has them already, and otherwise returns the text of the message,
whose own buttons are then set again.
"""

import asyncio
import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from html import unescape
from typing import Final

import orjson
import structlog

from ..clock import Clock
from .chat import Chat
from .current_chat import CurrentChat
from .drafts import Kind
from .errors import MessageGone, NotConnected, NotOwn, Refused, TelegramFailure, TopicUnusable, Unreachable
from .incoming import Press
from .message_forms import Buttons, Rendering
from .outbox import Outbox
from .rate_limit import RateLimit
from .send_queue import OutgoingMessage, SendQueue, unpack

log = structlog.get_logger(__name__)

MOST: Final = 20
"""Messages after the last known one that are looked at."""

MOST_MISSING: Final = 3
"""Message ids in a row that do not exist; the chat has no newer message then."""

_TAG: Final = re.compile(r"<[^<>]+>")


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """A card as it was sent. ``after`` is the newest message id that was known before.

    ``is_own``: it was sent for the topic of its incident.
    """

    after: int
    thread_id: int | None
    version: int
    text: str
    buttons: Buttons
    is_html: bool
    is_own: bool

    def is_text(self, text: str) -> bool:
        """Return whether Telegram shows this attempt as ``text``."""
        mine = unescape(_TAG.sub("", self.text)) if self.is_html else self.text
        return mine.split() == text.split()

    def packed(self) -> str:
        """Return the attempt as stored JSON."""
        return orjson.dumps(self).decode()


class Attempts:
    """Stores each attempt to send a card, and finds out what became of those without an answer."""

    def __init__(self, queue: SendQueue, chat: Chat, rate_limit: RateLimit, clock: Clock) -> None:
        """Start without attempts under way."""
        self._queue = queue
        self._chat = chat
        self._rate_limit = rate_limit
        self._clock = clock
        self._under_way: set[int] = set()
        self._lock = asyncio.Lock()

    @asynccontextmanager
    async def one(
        self, item: OutgoingMessage, message: Rendering, thread_id: int | None
    ) -> AsyncIterator[None]:
        """Store that a message is sent in this block, unless Telegram answers that it was not.

        Only cards with buttons are stored.
        """
        if item.kind is not Kind.CARD or not message.buttons:
            yield
            return
        attempt = Attempt(
            after=self._chat.newest or await self._queue.newest_message(),
            thread_id=thread_id,
            version=item.version,
            text=message.text,
            buttons=message.buttons,
            is_html=message.is_html,
            is_own=item.is_own,
        )
        await self._queue.set_attempt(item.id, attempt.packed())
        self._under_way.add(item.id)
        try:
            yield
        except TelegramFailure as err:
            if not isinstance(err, Unreachable) or isinstance(err, NotConnected):
                await self._queue.set_attempt(item.id, "")
            raise
        finally:
            self._under_way.discard(item.id)

    async def settle(self, item: OutgoingMessage) -> bool:
        """Look for the card of an earlier attempt; return whether the message is in the chat.

        Raises TelegramFailure when that cannot be found out now.
        """
        async with self._lock:
            stored = await self._queue.attempts()
            attempts = {row_id: _unpacked(text) for row_id, text in stored.items()}
            mine = attempts.get(item.id)
            if mine is None:  # found while another one was looked for
                return True
            found = None if mine.after == 0 else await self._find(item.id, mine, attempts)
            if found is None:
                return False
            log.info("telegram card found again", row=item.id, message=found)
            await self._store(item.id, mine, found)
            return True

    async def _find(self, row_id: int, mine: Attempt, attempts: Mapping[int, Attempt]) -> int | None:
        """Return the message id of an attempt, None when there is none."""
        known = await self._queue.message_ids(mine.after)
        missing = 0
        for message_id in range(mine.after + 1, mine.after + 1 + MOST):
            if message_id in known:
                missing = 0
                continue
            await self._clock.sleep(self._rate_limit.wait(self._clock.monotonic()))
            try:
                text = await self._set_buttons(message_id, mine.buttons)
            except NotOwn, TopicUnusable, Refused:
                missing = 0
                continue
            except MessageGone:
                missing += 1
                if missing == MOST_MISSING:
                    break
                continue
            if text is None:
                return message_id
            missing = 0
            others = {one: attempt for one, attempt in attempts.items() if one != row_id}
            await self._restore(message_id, text, others)
        return None

    async def _restore(self, message_id: int, text: str, others: Mapping[int, Attempt]) -> None:
        """Set the own buttons of another message again. Its id is stored if it was looked for too."""
        found = next((one for one in others.items() if one[1].is_text(text)), None)
        await self._set_buttons(message_id, found[1].buttons if found is not None else ())
        if found is not None and found[0] not in self._under_way:
            await self._store(*found, message_id)

    async def _store(self, row_id: int, attempt: Attempt, message_id: int) -> None:
        await self._queue.found(row_id, attempt.version, message_id, attempt.thread_id, is_own=attempt.is_own)

    async def _set_buttons(self, message_id: int, buttons: Buttons) -> str | None:
        self._rate_limit.note(self._clock.monotonic(), send=False)
        return await self._chat.set_buttons(message_id, buttons)


class CardCopies:
    """Deletes copies of cards: a card that was not found in a busy chat is sent a second time."""

    def __init__(self, outbox: Outbox, chat: Chat, current: CurrentChat) -> None:
        self._outbox = outbox
        self._chat = chat
        self._current = current

    async def remove(self, press: Press, approval_id: str) -> None:
        """Delete the message of a press when it is a copy of the card of this request."""
        if not approval_id or press.message_id is None or press.chat_id != self._current.id:
            return
        if not await self._outbox.is_copy(press.message_id, approval_id):
            return
        try:
            await self._chat.delete(self._current.id, press.message_id)
        except TelegramFailure as err:
            log.info("telegram copy of a card not deleted", reason=str(err))


def _unpacked(text: str) -> Attempt:
    stored = orjson.loads(text)
    return Attempt(**{**stored, "buttons": unpack(orjson.dumps(stored["buttons"]).decode())})
