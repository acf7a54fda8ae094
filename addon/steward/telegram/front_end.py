"""The Telegram face as one part: built once with everything it needs, started, closed."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from typing import Final

import structlog

from homelab_steward.contract.incidents import ApprovalRequest
from homelab_steward.contract.protocol import Decide
from homelab_steward.contract.state import Person

from ..clock import Clock
from ..store.changes import Changes
from ..store.database import Database
from ..tasks import run_to_completion
from .buttons import ButtonCodec
from .callback_store import CallbackStore
from .card_renderer import CardRenderer
from .card_sync import CardSync, IncidentQueries
from .card_throttle import CardThrottle
from .chat import Chat
from .outbox import Outbox
from .press_handler import DecisionPort, PressHandler
from .press_queue import PressQueue
from .rate_limit import RateLimit
from .sender import Sender
from .settings import TelegramSettings
from .status import FrontEndState, FrontEndStatus, StatusBoard
from .topics import TopicThreads
from .updates import Updates

log = structlog.get_logger(__name__)

PAUSE: Final = 5.0
DAY: Final = 86_400.0
KEPT_MESSAGES: Final = timedelta(days=30)
KEPT_PRESSES: Final = timedelta(days=7)
KEPT_BUTTONS: Final = timedelta(days=180)


class TelegramFrontEnd:
    """Shows incidents in Telegram and takes decisions from there."""

    def __init__(
        self,
        settings: TelegramSettings,
        database: Database,
        changes: Changes,
        clock: Clock,
        decide: Callable[[Decide], Awaitable[ApprovalRequest]],
        person: Callable[[int], Awaitable[Person | None]],
        read: IncidentQueries,
        audit: Callable[[str, Mapping[str, str]], Awaitable[None]],
    ) -> None:
        """``decide`` raises ContractError; ``person`` finds somebody by Telegram user id."""
        limits, chat_id = settings.limits, settings.chat_id
        codec = ButtonCodec(settings.signing_key, chat_id)
        self._clock = clock
        self._status = StatusBoard()
        self._chat = Chat(settings)
        self._outbox = Outbox(database, clock, chat_id)
        self._callbacks = CallbackStore(database, clock, chat_id)
        self._throttle = CardThrottle(self._outbox, clock, limits.cards_per_minute)
        renderer = CardRenderer(codec, settings.zone)
        self._card_sync = CardSync(
            self._outbox, self._throttle, self._callbacks, renderer, read, changes, clock
        )
        topics = TopicThreads(self._chat, chat_id, database, clock, self._status)
        rate_limit = RateLimit(limits, is_group=chat_id < 0)
        self._sender = Sender(self._outbox, self._chat, topics, rate_limit, clock, self._status)
        decision_port = DecisionPort(decide=decide, person=person, audit=audit)
        handler = PressHandler(
            settings, codec, self._callbacks, self._outbox, read, decision_port, self._card_sync.redraw
        )
        self._presses = PressQueue(self._chat, self._callbacks, handler, clock)
        self._updates = Updates(settings, self._chat, self._presses, clock, self._status)
        self._tasks: list[asyncio.Task[None]] = []

    @property
    def status(self) -> FrontEndStatus:
        """Whether people are reached, and if not, why, in words for people."""
        return self._status.current

    async def start(self) -> None:
        """Begin to work; returns at once, whether Telegram can be reached or not."""
        self._chat.start()
        for name, work in (
            ("feed", self._card_sync.run),
            ("storm", self._throttle.run),
            ("sender", self._sender.run),
            ("updates", self._updates.run),
            ("memory", self._forget_old),
        ):
            self._tasks.append(asyncio.create_task(self._keep(name, work), name=f"telegram: {name}"))

    async def close(self) -> None:
        """Stop. What is not sent yet stays in the outbox for the next start."""
        tasks, self._tasks = self._tasks, []
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._presses.close()
        await self._chat.close()
        self._status.stopped("The Telegram face is closed")

    async def handle_webhook(self, body: bytes, secret: str | None) -> None:
        """Take one update Telegram posted (``secret`` is its header), answered when this returns.

        Raises WebhookRefused (403) or WebhookMalformed (400).
        """
        await self._updates.receive(body, secret)

    async def _keep(self, name: str, work: Callable[[], Awaitable[None]]) -> None:
        """Start ``work`` again whenever it fails: one broken part must not end the others."""
        while True:
            try:
                await work()
            except Exception as err:
                log.exception("telegram part failed", part=name)
                self._status.note(name, FrontEndState.DEGRADED, f"Internal failure: {type(err).__name__}")
            await self._clock.sleep(PAUSE)
            self._status.clear(name)

    async def _forget_old(self) -> None:
        """Keep the tables small."""
        while True:
            now = self._clock.now()
            await run_to_completion(self._outbox.prune(now - KEPT_MESSAGES), "telegram: step")
            await run_to_completion(
                self._callbacks.prune(now - KEPT_PRESSES, now - KEPT_BUTTONS), "telegram: step"
            )
            await self._clock.sleep(DAY)
