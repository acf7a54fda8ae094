"""Builds, starts and closes the parts of the Telegram front end."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

import structlog

from homelab_steward.contract.protocol import RowKind
from homelab_steward.contract.state import FrontEndState, FrontEndStatus

from ..clock import Clock
from ..store.changes import Changes
from ..store.database import Database
from ..tasks import run_to_completion
from ..texts import translate
from ..trends.courses import Trends
from .answers import Answers
from .attempts import CardCopies
from .buttons import ButtonCodec
from .callback_store import CallbackStore
from .card_renderer import CardRenderer
from .card_sync import CardSync, IncidentQueries
from .card_throttle import CardThrottle
from .chat import Chat
from .commands import Commands, Subjects
from .current_chat import CurrentChat
from .delivery import Delivery
from .details_sender import DetailsSender
from .group_choice import GroupChoice
from .incident_threads import IncidentThreads
from .incident_topics import IncidentTopics
from .incoming import Batch
from .messages import Messages
from .notes import Notes, places_of
from .notices import Notices
from .outbox import Outbox
from .pin_messages import PinMessages
from .pins import AskedPins, Deletions
from .ports import StewardCommands
from .press_handler import DecisionPort, PressHandler
from .press_queue import PressQueue
from .rate_limit import RateLimit
from .replies import Replies
from .scheduled import ScheduledSync
from .sender import Sender
from .settings import TelegramSettings
from .standing_names import StandingNames
from .status import StatusBoard
from .topic_names import titles_of, topic_link
from .topic_updates import TopicUpdates
from .topics import TopicThreads
from .updates import Updates
from .weekly import WeeklySync

log = structlog.get_logger(__name__)

PAUSE: Final = 5.0
DAY: Final = 86_400.0
KEEP_MESSAGES: Final = timedelta(days=30)
KEEP_TOPICS: Final = timedelta(days=180)
KEEP_PRESSES: Final = timedelta(days=7)
KEEP_BUTTONS: Final = timedelta(days=180)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ports:
    """What the front end uses of the rest of the app: decisions, commands, the records, and the trends."""

    decisions: DecisionPort
    steward: StewardCommands
    read: IncidentQueries
    trends: Trends


class TelegramFrontEnd:
    """Sends incidents to a Telegram chat and receives decisions from its buttons."""

    def __init__(
        self,
        settings: TelegramSettings,
        chat_id: int,
        database: Database,
        changes: Changes,
        clock: Clock,
        ports: Ports,
        choose: Callable[[int, str], None] | None = None,
    ) -> None:
        """Nothing is sent before :meth:`start`.

        ``choose`` gets another group that people want to use, and who chose it; None: they cannot.
        """
        limits, decision_port, read = settings.limits, ports.decisions, ports.read
        codec = ButtonCodec(settings.signing_key, chat_id)
        self._clock = clock
        self._changes = changes
        titles = titles_of(settings.catalogue.categories)
        self._status = StatusBoard(clock, settings.zone, self._publish_status, places_of(titles))
        self._current = CurrentChat(database, chat_id)
        self._chat = Chat(settings, self._current)
        self._outbox = Outbox(database, clock, chat_id)
        self._callbacks = CallbackStore(database, clock, chat_id)
        self._throttle = CardThrottle(self._outbox, clock, limits.cards_per_minute)
        renderer = CardRenderer(
            codec,
            settings.zone,
            settings.catalogue,
            settings.own_topic_after,
            lambda thread_id: topic_link(self._current.id, thread_id),
            settings.updates_topic,
        )
        self._incident_topics = IncidentTopics(database, clock, chat_id)
        self._card_sync = CardSync(
            self._outbox,
            self._throttle,
            self._callbacks,
            renderer,
            read,
            changes,
            clock,
            self._incident_topics,
        )
        own = IncidentThreads(
            self._incident_topics, self._chat, clock, self._status, limits.topics_per_minute
        )
        topics = TopicThreads(self._chat, chat_id, database, clock, self._status, titles, own)
        rate_limit = RateLimit(limits, is_group=chat_id < 0)
        delivery = Delivery(self._outbox, self._chat, self._current, topics, rate_limit, clock, self._status)
        self._migrate = delivery.migrate
        self._topic_updates = TopicUpdates(
            self._incident_topics,
            self._outbox,
            self._chat,
            self._current,
            rate_limit,
            clock,
            self._status,
            self._migrate,
        )
        self._standing_names = StandingNames(
            titles, settings.catalogue.categories, topics, self._chat, rate_limit, clock, self._status
        )
        self._sender = Sender(self._outbox, delivery, topics, rate_limit, clock, self._status)
        self._notices = Notices(self._outbox, changes, ports.steward, clock, settings.zone)
        self.notes = Notes(self._outbox, titles)
        self._weekly = WeeklySync(self._outbox, database, changes, clock, ports.steward.weekly)
        self._scheduled = ScheduledSync(self._outbox, self._callbacks, codec, database, changes, clock)
        handler = PressHandler(
            settings,
            codec,
            self._callbacks,
            DetailsSender(
                self._outbox, ports.trends, settings.catalogue, settings.zone, clock, settings.updates_topic
            ),
            read,
            decision_port,
            self._card_sync.refresh,
            self._current.has,
        )
        self._presses = PressQueue(
            self._chat,
            self._callbacks,
            handler,
            clock,
            self._status,
            pins := AskedPins(clock),
            CardCopies(self._outbox, self._chat, self._current),
        )
        replies = Replies(self._outbox, topics)
        deletions = Deletions(self._chat, self._outbox, topics, clock, self._status)
        self._answers = Answers(ports.steward, self._outbox, topics, clock)
        commands = Commands(
            self._chat,
            Subjects(self._outbox, topics),
            decision_port,
            ports.steward,
            read,
            self._answers,
            clock,
            settings.zone,
        )
        is_own = self._current.has
        pin_messages = PinMessages(handler, pins, deletions, replies, clock, is_own)
        self._messages = Messages(pin_messages, commands, decision_port, replies, clock, is_own)
        self._choice = (
            None if choose is None else GroupChoice(self._chat, decision_port, clock, is_own, choose)
        )
        self._updates = Updates(settings, self._chat, clock, self._status, self._process)
        self._tasks: list[asyncio.Task[None]] = []

    @property
    def status(self) -> FrontEndStatus:
        """Current state, and its reason as text for people."""
        return self._status.current

    async def start(self) -> None:
        """Start all tasks. Returns before Telegram is reached."""
        await self._current.load()
        await self._answers.resume()
        self._chat.start()
        for name, work in (
            ("cards", self._card_sync.run),
            ("throttle", self._throttle.run),
            ("sender", self._sender.run),
            ("topics", self._topic_updates.run),
            ("topic names", self._standing_names.run),
            ("updates", self._updates.run),
            ("weekly", self._weekly.run),
            ("scheduled", self._scheduled.run),
            ("notices", self._notices.run),
            ("pruning", self._prune),
            ("status", self._status.run),
        ):
            self._tasks.append(
                asyncio.create_task(self._restart_on_failure(name, work), name=f"telegram: {name}")
            )

    async def close(self) -> None:
        """Stop all tasks. Unsent messages stay in the outbox for the next start."""
        tasks, self._tasks = self._tasks, []
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._presses.close()
        await self._messages.close()
        await self._answers.close()
        await self._chat.close()
        self._status.stopped(translate("The Telegram front end is closed"))

    def check_webhook(self, secret: str | None) -> None:
        """Raise WebhookRefused unless a webhook request with this secret token header is Telegram's."""
        self._updates.check(secret)

    async def handle_webhook(self, body: bytes, secret: str | None) -> None:
        """Process one update of a webhook request; ``secret`` is its secret token header.

        Raises WebhookRefused (403) or WebhookMalformed (400).
        """
        await self._updates.receive(body, secret)

    def _publish_status(self, status: FrontEndStatus) -> None:
        self._changes.publish(RowKind.FRONT_END, status.front_end.value, status)

    async def _process(self, batch: Batch) -> None:
        """Process updates; presses and messages do not wait for each other."""
        if batch.has_new_rights:
            self._retry_now()
        for one in batch.moves:
            if one.chat_id == self._current.id:
                await self._migrate(one.chat_id, one.new_chat_id)
                self._retry_now()
        if self._choice is not None:
            batch = await self._choice.take(batch)
        await asyncio.gather(
            *(self._presses.handle(press) for press in batch.presses),
            *(self._messages.handle(said) for said in batch.said),
        )

    def _retry_now(self) -> None:
        """Try everything again: the rights of the bot in the chat have changed."""
        self._sender.retry_now()
        self._topic_updates.retry_now()

    async def _restart_on_failure(self, name: str, work: Callable[[], Awaitable[None]]) -> None:
        """Run ``work`` and restart it after a failure, independent of the other tasks."""
        while True:
            try:
                await work()
            except Exception as err:
                log.exception("telegram task failed", task=name)
                text = translate("Internal error: {name}", name=type(err).__name__)
                self._status.note(name, FrontEndState.DEGRADED, text)
            await self._clock.sleep(PAUSE)
            self._status.clear(name)

    async def _prune(self) -> None:
        """Delete old rows once a day."""
        while True:
            now = self._clock.now()
            await run_to_completion(self._outbox.prune(now - KEEP_MESSAGES), "telegram: step")
            await run_to_completion(self._incident_topics.prune(now - KEEP_TOPICS), "telegram: step")
            await run_to_completion(
                self._callbacks.prune(now - KEEP_PRESSES, now - KEEP_BUTTONS), "telegram: step"
            )
            await self._clock.sleep(DAY)
