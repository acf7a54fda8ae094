"""Delivers one message: to its topic or another one, complete or in a shorter form."""

import asyncio
from dataclasses import replace
from typing import Final, NamedTuple

import structlog

from homelab_steward.contract.state import FrontEndState

from ..clock import Clock
from ..texts import translate_plural
from .attempts import Attempts
from .chat import Chat
from .current_chat import CurrentChat
from .drafts import Kind
from .errors import MessageGone, Refused, ReplyGone, TooFast, TopicGone, TopicUnusable
from .incident_threads import NotCreated
from .markup import LIMIT, units
from .message_forms import Form, Rendering, next_form, rendering
from .outbox import Outbox
from .rate_limit import RateLimit
from .send_queue import OutgoingMessage
from .status import StatusBoard
from .topic_names import Topic
from .topics import SHORT_PAUSE, TopicThreads

log = structlog.get_logger(__name__)

REFUSED_SOURCE: Final = "message"
LINES: Final = 30


class Sent(NamedTuple):
    """Where a message is: the group may have had another id then."""

    chat_id: int
    message_id: int
    thread_id: int | None


class Delivery:
    """Makes the calls for one message and records the result in the outbox."""

    def __init__(
        self,
        outbox: Outbox,
        chat: Chat,
        current: CurrentChat,
        topics: TopicThreads,
        rate_limit: RateLimit,
        clock: Clock,
        status: StatusBoard,
    ) -> None:
        """Messages go to the ``current`` chat."""
        self._outbox = outbox
        self._chat = chat
        self._current = current
        self._topics = topics
        self._rate_limit = rate_limit
        self._clock = clock
        self._status = status
        self._has_refusals = False
        self._attempts = Attempts(outbox, chat, rate_limit, clock)
        self._migration = asyncio.Lock()

    async def deliver(self, item: OutgoingMessage) -> tuple[int, ...]:
        """Send or edit a message; return the ids of the rows that are done.

        Raises TelegramFailure when the message is to be tried again later.
        """
        try:
            if item.message_id is None:
                return await self._send(item)
            return await self._edit(item, item.message_id)
        except ReplyGone as err:
            await self._on_reply_gone(item, str(err))
        except Refused as err:
            await self._on_refused(item, err)
        return (item.id,)

    async def migrate(self, former_id: int, chat_id: int) -> None:
        """Follow the group ``former_id`` to its new id. Requests that wait are sent there again.

        Nothing happens when the group has another id already: several calls fail at the same time,
        and Telegram repeats what was not confirmed before a restart.
        """
        async with self._migration:
            if former_id != self._current.id:
                return
            log.warning("telegram group has a new id", chat_id=chat_id)
            # Last the id: what is sent to the new chat must not be sent again.
            await self._topics.forget_all()
            await self._outbox.start_over()
            await self._current.follow(chat_id)
            self._chat.forget_messages()

    async def report_refusals(self) -> None:
        """Set or clear the problem that messages are not shown as they should be."""
        reasons = await self._outbox.refusals()
        self._has_refusals = bool(reasons)
        if not reasons:
            self._status.clear(REFUSED_SOURCE)
            return
        text = translate_plural(
            "{count} request is not shown completely, open Home Assistant to see all of it. {reason}",
            "{count} requests are not shown completely, open Home Assistant to see all of it. {reason}",
            len(reasons),
            reason=reasons[0],
        )
        self._status.note(REFUSED_SOURCE, FrontEndState.DEGRADED, text)

    async def _edit(self, item: OutgoingMessage, message_id: int) -> tuple[int, ...]:
        try:
            await self._chat.edit(message_id, rendering(item.text, item.buttons, item.form))
        except (MessageGone, TopicGone) as err:
            # Without a waiting request, Home Assistant still shows its content.
            is_sent_again = await self._outbox.gone(item.id, str(err))
            log.info("telegram message deleted", is_sent_again=is_sent_again, reason=str(err))
        else:
            await self._outbox.edited(item)
            await self._after_success(item)
        return (item.id,)

    async def _send(self, item: OutgoingMessage) -> tuple[int, ...]:
        if item.is_tried and await self._attempts.settle(item):
            return ()
        is_mergeable = item.kind is Kind.LINE and item.form is Form.FULL
        ids, text = await self._merged(item) if is_mergeable else ((item.id,), item.text)
        message = replace(rendering(text, item.buttons, item.form), is_silent=item.is_silent)
        sent = await self._send_to_best_topic(item, message)
        async with self._migration:
            if sent.chat_id != self._current.id:  # It is in the former group, and is sent again.
                return ()
            await self._outbox.sent(ids, item, sent.message_id, sent.thread_id)
        await self._after_success(item)
        return ids

    async def _after_success(self, item: OutgoingMessage) -> None:
        """Update the problem of refused messages when this message may change it."""
        if self._has_refusals or item.form is not Form.FULL:
            await self.report_refusals()

    async def _merged(self, item: OutgoingMessage) -> tuple[tuple[int, ...], str]:
        """Return the row ids of this line and the waiting lines of its topic, and their joined text."""
        ids, lines, length = [item.id], [item.text], units(item.text)
        for row_id, text in await self._outbox.lines_after(item, LINES):
            length += units(text) + 1  # includes tags, so it is an upper bound
            if length > LIMIT:
                break
            ids.append(row_id)
            lines.append(text)
        return tuple(ids), "\n".join(lines)

    async def _send_to_best_topic(self, item: OutgoingMessage, message: Rendering) -> Sent:
        """Send to the topic, or to another one while it cannot be used.

        A reply goes where its message is.
        """
        best, standing = item.topic, item.standing
        if item.reply_to is not None:
            place = await self._topics.place_of(item.reply_thread)
            best, standing = place.topic, place.standing
        for topic in self._topics.destinations(best, standing):
            try:
                sent = await self._send_to(topic, item, message)
            except NotCreated:
                continue
            except (TopicGone, TopicUnusable) as err:
                self._topics.block(topic, str(err))
            except TooFast as err:
                self._topics.pause(topic, err.seconds)
                if err.seconds <= SHORT_PAUSE:
                    raise
            else:
                self._topics.unblock(topic)
                return sent
            self._rate_limit.note(self._clock.monotonic(), send=True)
        raise AssertionError("destinations raises at its end")

    async def _send_to(self, topic: Topic, item: OutgoingMessage, message: Rendering) -> Sent:
        """Send to a topic. A deleted topic is created again once."""
        thread_id = await self._topics.thread(topic)
        try:
            return await self._call(item, message, thread_id)
        except TopicGone as err:
            if thread_id is None:
                raise
            log.warning("telegram topic deleted", topic=topic, thread=thread_id, reason=str(err))
            await self._outbox.check_thread(thread_id)
            thread_id = await self._topics.replaced(topic, thread_id)
        return await self._call(item, message, thread_id)

    async def _call(self, item: OutgoingMessage, message: Rendering, thread_id: int | None) -> Sent:
        """Send the message, with its file unless Telegram refused it."""
        if not item.file_name or item.form is not Form.FULL:
            async with self._attempts.one(item, message, thread_id):
                chat_id = self._current.id
                message_id = await self._chat.send(message, thread_id, item.reply_to)
                return Sent(chat_id, message_id, thread_id)
        content = await self._outbox.file(item.id)
        chat_id = self._current.id
        message_id = await self._chat.send_file(message, item.file_name, content, thread_id, item.reply_to)
        return Sent(chat_id, message_id, thread_id)

    async def _on_reply_gone(self, item: OutgoingMessage, reason: str) -> None:
        """Send the message that the reply belongs to again, or the reply alone."""
        is_sent_again = item.reply_row is not None and await self._outbox.gone(item.reply_row, reason)
        if not is_sent_again:
            await self._outbox.detach(item.id)

    async def _on_refused(self, item: OutgoingMessage, err: Refused) -> None:
        """Try the next form; after the last one, try again later what waits for an answer."""
        form = next_form(item.form)
        if form is not None:
            log.info("telegram message refused", row=item.id, next_form=form.name, reason=str(err))
            await self._outbox.reduce(item, form, str(err))
            return
        log.warning("telegram message refused", row=item.id, reason=str(err))
        if await self._outbox.refused(item, str(err)):
            await self.report_refusals()
            raise err
