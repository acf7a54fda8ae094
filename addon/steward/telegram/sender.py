"""Chooses the next message of the outbox within Telegram's rate limits, and retries failures."""

import asyncio
import random
from collections import defaultdict
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping
from datetime import timedelta
from typing import Final

import structlog

from homelab_steward.contract.state import FrontEndState

from ..clock import Clock
from ..tasks import run_to_completion, task_group
from ..texts import translate, translate_plural
from .delivery import Delivery
from .drafts import Priority
from .errors import ChatRefused, Migrated, Refused, TelegramFailure, TokenRefused, TooFast, TopicUnusable
from .incident_threads import RETRY_AFTER, NotCreated
from .incident_topics import changed_within
from .outbox import Outbox
from .rate_limit import TOKEN_RETRY, RateLimit, Retries, Window
from .send_queue import Lane, OutgoingMessage
from .status import StatusBoard
from .topic_names import Topic
from .topics import SHORT_PAUSE, NoTopicOpen, TopicThreads

log = structlog.get_logger(__name__)

SOURCE: Final = "sending"
CHECK_AFTER: Final = 300.0
"""Seconds after which the card of a waiting request is checked: somebody may have deleted it."""

type Work = tuple[Lane, Callable[[], Awaitable[None]]]


class Sender:
    """Sends one message of each lane at a time, so that a lane that waits holds up no other."""

    def __init__(
        self,
        outbox: Outbox,
        delivery: Delivery,
        topics: TopicThreads,
        rate_limit: RateLimit,
        clock: Clock,
        status: StatusBoard,
    ) -> None:
        """Call :meth:`run` to start sending."""
        self._outbox = outbox
        self._delivery = delivery
        self._topics = topics
        self._rate_limit = rate_limit
        self._clock = clock
        self._status = status
        self._busy: set[Lane] = set()
        self._paused: dict[Lane, float] = {}
        self._stopped_until = 0.0
        self._failures_in_a_row = 0
        self._retries = Retries()
        self._sent: defaultdict[Topic, Window] = defaultdict(Window)

    async def run(self) -> None:
        """Send until cancelled. Failures are reported to the status and retried."""
        self._busy.clear()
        await self._topics.load()
        await self._delivery.report_refusals()
        async with task_group() as group:
            while True:
                await self._step(group)

    def retry_now(self) -> None:
        """Try everything again: the rights of the bot in the chat have changed."""
        self._stopped_until = 0.0
        self._paused.clear()
        self._retries.retry_all()
        self._topics.unblock_all()
        self._outbox.changed.set()

    async def _step(self, group: asyncio.TaskGroup) -> None:
        """Start what may be sent now, and wait for more work."""
        now = self._clock.monotonic()
        wait = max(self._stopped_until - now, self._rate_limit.wait(now))
        if wait > 0:
            await self._clock.sleep(wait)
            return
        self._outbox.changed.clear()
        # Before the read: a message whose lane becomes free during the read would be sent twice.
        self._paused = {lane: until for lane, until in self._paused.items() if until > now}
        self._sent = defaultdict(Window, {one: sent for one, sent in self._sent.items() if sent.count(now)})
        blocked = {*self._busy, *self._paused}
        first = await self._outbox.first_of_lanes(self._retries.postponed(now))
        while (work := self._next_work(first, blocked, now)) is not None:
            lane, action = work
            blocked.add(lane)
            self._busy.add(lane)
            # Eager: what is looked for next must not delay the message.
            group.create_task(self._run(lane, action), name="telegram: send", eager_start=True)
            if self._rate_limit.wait(now) > 0:
                return
        await self._wait_for_work(now)

    def _next_work(
        self, first: Iterable[OutgoingMessage], blocked: Collection[Lane], now: float
    ) -> Work | None:
        """Return the message to send next among the first ones of the lanes, or a topic to create."""
        sent = {one.topic: self._sent[one.topic].count(now) for one in first}
        item = next_message(first, self._lowest(now), blocked, sent)
        if item is not None:
            self._rate_limit.note(now, send=not item.lane.is_edit)
            self._sent[item.topic].add(now)
            return item.lane, lambda: self._send(item)
        topic = self._topics.missing(now)
        lane = Lane(topic or "", is_edit=False)
        if topic is None or lane in blocked:
            return None
        self._rate_limit.note(now, send=False)
        return lane, lambda: self._create(topic)

    def _lowest(self, now: float) -> Priority | None:
        """Return the lowest priority that new messages may have now, None when none may be sent."""
        if self._rate_limit.may_send(now, urgent=False):
            return Priority.LINE
        return Priority.REPLY if self._rate_limit.may_send(now, urgent=True) else None

    async def _wait_for_work(self, now: float) -> None:
        """Wait for a change of the outbox, or until something may be tried again.

        The end of a message that is being sent is such a change: the next check is looked for then.
        """
        seconds = None if self._busy else await self._seconds_to_next_check()
        if seconds == 0:
            return
        times = (
            self._rate_limit.next_send(now),
            self._topics.next_try(now),
            self._retries.next_due(now),
            *(until - now for until in self._paused.values()),
            seconds or 0.0,
        )
        seconds = min((one for one in times if one > 0), default=None)
        await changed_within(self._outbox.changed, self._clock, seconds)

    async def _seconds_to_next_check(self) -> float | None:
        """Start the checks that are due. Return the seconds to the next one: 0 when some started."""
        seen = await self._outbox.oldest_seen()
        if seen is None:
            return None
        before = self._clock.now() - timedelta(seconds=CHECK_AFTER)
        if seen < before and await self._outbox.check_seen_before(before):
            return 0
        return max(1.0, (seen - before).total_seconds())

    async def _run(self, lane: Lane, action: Callable[[], Awaitable[None]]) -> None:
        try:
            await action()
        except (TooFast, NoTopicOpen) as err:
            self._pause(lane, err)
        except TokenRefused as err:
            self._stopped_until = self._clock.monotonic() + TOKEN_RETRY
            self._status.note(SOURCE, FrontEndState.DOWN, str(err))
        finally:
            self._busy.discard(lane)
            self._outbox.changed.set()

    async def _send(self, item: OutgoingMessage) -> None:
        """Send a message. A failure of its own postpones it alone."""
        try:
            sent = await run_to_completion(self._delivery.deliver(item), "telegram: step")
        except TooFast, NoTopicOpen, TokenRefused:
            raise
        except Migrated as err:
            await run_to_completion(self._delivery.migrate(err.former_id, err.chat_id), "telegram: step")
            self.retry_now()
        except TopicUnusable as err:
            # An edit in a closed topic: the message stays as it is until the topic is open.
            self._retries.postpone(item.id, self._clock.monotonic() + RETRY_AFTER)
            text = translate(
                "Messages in {topic} cannot be changed. Open the topic. {reason}",
                topic=self._topics.title(item.topic),
                reason=err,
            )
            self._status.note(_source(item.lane), FrontEndState.DEGRADED, text)
        except Refused:
            self._retries.postpone(item.id, self._clock.monotonic() + RETRY_AFTER)
        except TelegramFailure as err:
            is_down = isinstance(err, ChatRefused)
            self._failed(item, str(err), is_down=is_down)
        except Exception as err:
            log.exception("telegram message not sent", row=item.id)
            self._failed(item, translate("Internal error: {name}", name=type(err).__name__))
        else:
            self._succeeded(item, sent)

    async def _create(self, topic: Topic) -> None:
        """Create a topic ahead of its first message."""
        try:
            await run_to_completion(self._topics.thread(topic), "telegram: step")
        except NotCreated:
            self._topics.postpone(topic)
        except Migrated as err:
            await run_to_completion(self._delivery.migrate(err.former_id, err.chat_id), "telegram: step")
            self.retry_now()

    def _pause(self, lane: Lane, err: TooFast | NoTopicOpen) -> None:
        """Let the lane wait as long as Telegram requires."""
        self._paused[lane] = self._clock.monotonic() + err.seconds
        if isinstance(err, NoTopicOpen):
            text = translate(
                "{problem}. They are tried again at {time}",
                problem=err,
                time=self._status.time_in(err.seconds),
            )
            self._status.note(SOURCE, FrontEndState.DOWN, text, seconds=err.seconds)
        elif err.seconds > SHORT_PAUSE:
            time, topic = self._status.time_in(err.seconds), self._topics.title(lane.topic)
            if lane.is_edit:
                text = translate(
                    "Telegram changes no message in {topic} until {time}", topic=topic, time=time
                )
            else:
                text = translate(
                    "Telegram accepts no message in {topic} until {time}", topic=topic, time=time
                )
            self._status.note(_source(lane), FrontEndState.DEGRADED, text, seconds=err.seconds)

    def _failed(self, item: OutgoingMessage, reason: str, *, is_down: bool = False) -> None:
        """Try the message again later. A second failure in a row means that nothing can be sent."""
        # Jitter needs no secure randomness.
        self._retries.failed(item.id, self._clock.monotonic(), random.random())  # noqa: S311
        self._failures_in_a_row += 1
        is_down = is_down or self._failures_in_a_row > 1
        self._status.note(SOURCE, FrontEndState.DOWN if is_down else FrontEndState.DEGRADED, reason)

    def _succeeded(self, item: OutgoingMessage, sent: Collection[int]) -> None:
        self._failures_in_a_row = 0
        self._retries.forget((item.id, *sent))
        self._paused.pop(item.lane, None)
        self._status.clear(_source(item.lane))
        count = len(self._retries)
        if count:
            text = translate_plural(
                "{count} message is not accepted by Telegram now. Others are; this one is tried again",
                "{count} messages are not accepted by Telegram now. Others are; these are tried again",
                count,
            )
            self._status.note(SOURCE, FrontEndState.DEGRADED, text)
        else:
            self._status.clear(SOURCE)


def next_message(
    first: Iterable[OutgoingMessage],
    lowest: Priority | None,
    blocked: Collection[Lane],
    sent: Mapping[Topic, int],
) -> OutgoingMessage | None:
    """Return the message to send next among the first ones of the lanes, None when there is none.

    The most urgent one is first, then edits, then the topic with the fewest messages ``sent``
    lately. New messages are limited to priority ``lowest`` and above (None excludes them all).
    """

    def may_go(one: OutgoingMessage) -> bool:
        is_allowed = one.lane.is_edit or (lowest is not None and one.priority <= lowest)
        return is_allowed and one.lane not in blocked

    def order(one: OutgoingMessage) -> tuple[int, bool, int, int]:
        return one.priority, not one.lane.is_edit, sent.get(one.topic, 0), one.id

    return min(filter(may_go, first), key=order, default=None)


def _source(lane: Lane) -> str:
    return f"{'edits' if lane.is_edit else 'messages'} of {lane.topic}"
