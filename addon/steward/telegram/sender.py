"""Empties the outbox: one request at a time, at Telegram's pace, for as long as it takes."""

import asyncio
import random
from typing import Final

import structlog

from ..clock import Clock
from ..tasks import run_to_completion
from .chat import Chat
from .drafts import Kind, Priority
from .errors import (
    ChatRefused,
    MessageGone,
    Refused,
    TelegramFailure,
    TokenRefused,
    TooFast,
    TopicGone,
    TopicUnusable,
    Unreachable,
)
from .markup import LIMIT, units
from .outbox import Outbox, Waiting
from .rate_limit import TOKEN_RETRY, RateLimit, retry_delay
from .status import FrontEndState, StatusBoard
from .topics import Topic, TopicThreads

log = structlog.get_logger(__name__)

CONCERN: Final = "sending"
REFUSED_CONCERN: Final = "message"
LINES: Final = 30


class Sender:
    """Tells Telegram what the outbox wants, and the outbox what Telegram took."""

    def __init__(
        self,
        outbox: Outbox,
        chat: Chat,
        topics: TopicThreads,
        rate_limit: RateLimit,
        clock: Clock,
        status: StatusBoard,
    ) -> None:
        """Nothing is sent before :meth:`run`."""
        self._outbox = outbox
        self._chat = chat
        self._topics = topics
        self._rate_limit = rate_limit
        self._clock = clock
        self._status = status
        self._failures = 0

    async def run(self) -> None:
        """Send until cancelled. Trouble with Telegram is noted and waited out."""
        await self._topics.load()
        while True:
            try:
                await self._step()
            except TooFast as err:
                await self._clock.sleep(err.seconds)
            except TelegramFailure as err:
                self._failures += 1
                self._status.note(CONCERN, FrontEndState.DOWN, str(err))
                # Jitter, not secrecy.
                delay = retry_delay(self._failures, random.random())  # noqa: S311
                await self._clock.sleep(TOKEN_RETRY if isinstance(err, TokenRefused) else delay)

    async def _step(self) -> None:
        """Do the next thing there is to do, or wait for one."""
        now = self._clock.monotonic()
        wait = self._rate_limit.wait(now)
        if wait > 0:
            await self._clock.sleep(wait)
            return
        self._outbox.changed.clear()
        item = await self._outbox.next(self._lowest(now))
        if item is not None:
            await run_to_completion(self._deliver(item), "telegram: step")
        elif (topic := self._topics.missing()) is not None:
            await run_to_completion(self._topics.thread(topic), "telegram: step")
            self._well()
        else:
            times = (self._rate_limit.next_send(now), self._topics.next_try())
            await self._rest(min((one for one in times if one > 0), default=0.0))

    def _lowest(self, now: float) -> Priority | None:
        """Return down to which priority new messages may go out."""
        if self._rate_limit.may_send(now, urgent=False):
            return Priority.LINE
        return Priority.REPLY if self._rate_limit.may_send(now, urgent=True) else None

    async def _rest(self, seconds: float) -> None:
        """Wait for a change of the outbox, or ``seconds`` (0: for ever)."""
        if seconds <= 0:
            await self._outbox.changed.wait()
            return
        waits = {
            asyncio.ensure_future(self._outbox.changed.wait()),
            asyncio.ensure_future(self._clock.sleep(seconds)),
        }
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for one in waits:
                one.cancel()

    async def _deliver(self, item: Waiting) -> None:
        self._rate_limit.note(self._clock.monotonic(), send=item.message_id is None)
        try:
            if item.message_id is None:
                await self._send(item)
            else:
                await self._chat.edit(item.message_id, item.text, item.buttons)
                await self._outbox.done([item.id], item.version, item.message_id)
        except MessageGone as err:
            # Somebody deleted it: what it said is still in Home Assistant.
            log.info("telegram message is gone", reason=str(err))
            await self._outbox.refused(item.id, item.version, str(err))
        except Refused as err:
            await self._outbox.refused(item.id, item.version, str(err))
            self._status.note(REFUSED_CONCERN, FrontEndState.DEGRADED, f"A message was not taken: {err}")
            return
        except Unreachable, ChatRefused:
            await self._outbox.failed(item.id)
            raise
        self._well()

    async def _send(self, item: Waiting) -> None:
        ids, text = [item.id], item.text
        if item.kind is Kind.LINE:
            ids, text = await self._merged(item)
        message_id = await self._send_to_topic(item, text)
        await self._outbox.done(ids, item.version, message_id)

    async def _merged(self, item: Waiting) -> tuple[list[int], str]:
        """Take along the lines that have queued up behind this one."""
        ids, lines, length = [item.id], [item.text], units(item.text)
        for row_id, text in await self._outbox.lines_after(item, LINES):
            length += units(text) + 1  # tags counted too: rather too long than too short
            if length > LIMIT:
                break
            ids.append(row_id)
            lines.append(text)
        return ids, "\n".join(lines)

    async def _send_to_topic(self, item: Waiting, text: str) -> int:
        """Send to the topic; a deleted one is made anew once, an unusable one is left aside."""
        for _ in range(2):
            thread_id = await self._topics.thread(item.topic)
            try:
                message_id = await self._chat.send(text, item.buttons, thread_id, item.reply_to)
            except TopicGone as err:
                await self._lost(item.topic, thread_id, str(err))
            except TopicUnusable as err:
                self._topics.give_up(item.topic, str(err))
            else:
                if thread_id is not None:
                    self._topics.worked(item.topic)
                return message_id
        self._topics.give_up(item.topic, "The topic was gone again as soon as it was made")
        return await self._chat.send(text, item.buttons, None, item.reply_to)

    async def _lost(self, topic: Topic, thread_id: int | None, reason: str) -> None:
        log.warning("telegram topic is gone", topic=topic.value, thread=thread_id, reason=reason)
        await self._topics.forget(topic)

    def _well(self) -> None:
        self._failures = 0
        self._status.clear(CONCERN)
        self._status.clear(REFUSED_CONCERN)
