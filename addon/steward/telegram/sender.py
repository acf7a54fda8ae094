"""Sends the messages of the outbox within Telegram's rate limits, and retries failures."""

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
from .outbox import Outbox, OutgoingMessage
from .rate_limit import TOKEN_RETRY, RateLimit, retry_delay
from .status import FrontEndState, StatusBoard
from .topics import Topic, TopicThreads

log = structlog.get_logger(__name__)

SOURCE: Final = "sending"
REFUSED_SOURCE: Final = "message"
LINES: Final = 30


class Sender:
    """Sends messages from the outbox and records the results."""

    def __init__(
        self,
        outbox: Outbox,
        chat: Chat,
        topics: TopicThreads,
        rate_limit: RateLimit,
        clock: Clock,
        status: StatusBoard,
    ) -> None:
        """Call :meth:`run` to start sending."""
        self._outbox = outbox
        self._chat = chat
        self._topics = topics
        self._rate_limit = rate_limit
        self._clock = clock
        self._status = status
        self._failures = 0

    async def run(self) -> None:
        """Send until cancelled. Failures are reported to the status and retried."""
        await self._topics.load()
        while True:
            try:
                await self._step()
            except TooFast as err:
                await self._clock.sleep(err.seconds)
            except TelegramFailure as err:
                self._failures += 1
                self._status.note(SOURCE, FrontEndState.DOWN, str(err))
                # Jitter needs no secure randomness.
                delay = retry_delay(self._failures, random.random())  # noqa: S311
                await self._clock.sleep(TOKEN_RETRY if isinstance(err, TokenRefused) else delay)

    async def _step(self) -> None:
        """Send the next message, create a missing topic, or wait for work."""
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
            self._on_success()
        else:
            times = (self._rate_limit.next_send(now), self._topics.next_try())
            await self._wait_for_work(min((one for one in times if one > 0), default=0.0))

    def _lowest(self, now: float) -> Priority | None:
        """Return the lowest priority that new messages may have now, None when none may be sent."""
        if self._rate_limit.may_send(now, urgent=False):
            return Priority.LINE
        return Priority.REPLY if self._rate_limit.may_send(now, urgent=True) else None

    async def _wait_for_work(self, seconds: float) -> None:
        """Wait for a change of the outbox, at most ``seconds`` unless that is 0."""
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

    async def _deliver(self, item: OutgoingMessage) -> None:
        self._rate_limit.note(self._clock.monotonic(), send=item.message_id is None)
        try:
            if item.message_id is None:
                await self._send(item)
            else:
                await self._chat.edit(item.message_id, item.text, item.buttons)
                await self._outbox.done([item.id], item.version, item.message_id)
        except MessageGone as err:
            # Somebody deleted it; Home Assistant still shows its content.
            log.info("telegram message deleted", reason=str(err))
            await self._outbox.refused(item.id, item.version, str(err))
        except Refused as err:
            await self._outbox.refused(item.id, item.version, str(err))
            self._status.note(REFUSED_SOURCE, FrontEndState.DEGRADED, f"A message was not accepted: {err}")
            return
        except Unreachable, ChatRefused:
            await self._outbox.failed(item.id)
            raise
        self._on_success()

    async def _send(self, item: OutgoingMessage) -> None:
        ids, text = [item.id], item.text
        if item.kind is Kind.LINE:
            ids, text = await self._merged(item)
        message_id = await self._send_to_topic(item, text)
        await self._outbox.done(ids, item.version, message_id)

    async def _merged(self, item: OutgoingMessage) -> tuple[list[int], str]:
        """Return this line joined with the waiting lines of its topic, and all their row ids."""
        ids, lines, length = [item.id], [item.text], units(item.text)
        for row_id, text in await self._outbox.lines_after(item, LINES):
            length += units(text) + 1  # includes tags, so it is an upper bound
            if length > LIMIT:
                break
            ids.append(row_id)
            lines.append(text)
        return ids, "\n".join(lines)

    async def _send_to_topic(self, item: OutgoingMessage, text: str) -> int:
        """Send to the topic. A deleted topic is created again once; without a topic, use the chat."""
        for _ in range(2):
            thread_id = await self._topics.thread(item.topic)
            try:
                message_id = await self._chat.send(text, item.buttons, thread_id, item.reply_to)
            except TopicGone as err:
                await self._on_topic_deleted(item.topic, thread_id, str(err))
            except TopicUnusable as err:
                self._topics.mark_unusable(item.topic, str(err))
            else:
                if thread_id is not None:
                    self._topics.mark_usable(item.topic)
                return message_id
        self._topics.mark_unusable(item.topic, "The topic was deleted again right after it was created")
        return await self._chat.send(text, item.buttons, None, item.reply_to)

    async def _on_topic_deleted(self, topic: Topic, thread_id: int | None, reason: str) -> None:
        log.warning("telegram topic deleted", topic=topic, thread=thread_id, reason=reason)
        await self._topics.forget(topic)

    def _on_success(self) -> None:
        self._failures = 0
        self._status.clear(SOURCE)
        self._status.clear(REFUSED_SOURCE)
