"""Receives updates of a bot that has no group yet, until people have chosen one."""

import asyncio
from collections.abc import Callable
from typing import Final

import structlog

from homelab_steward.contract.state import FrontEndState, FrontEndStatus

from ..clock import Clock
from ..store.database import Database
from ..texts import translate
from .chat import Chat
from .current_chat import CurrentChat
from .group_choice import GroupChoice, group_link
from .incoming import Batch
from .press_handler import DecisionPort
from .settings import TelegramSettings
from .status import StatusBoard
from .updates import Updates

log = structlog.get_logger(__name__)

SOURCE: Final = "choice of a group"
PAUSE: Final = 5.0


class GroupSetup:
    """A front end that only lets people choose its group."""

    def __init__(
        self,
        settings: TelegramSettings,
        database: Database,
        clock: Clock,
        port: DecisionPort,
        changed: Callable[[FrontEndStatus], None],
        choose: Callable[[int, str], None],
    ) -> None:
        """``choose`` gets the group and who chose it."""
        self._clock = clock
        self._status = StatusBoard(clock, settings.zone, changed)
        self._chat = Chat(settings, CurrentChat(database, 0))
        self._choice = GroupChoice(self._chat, port, clock, lambda _: False, choose)
        self._updates = Updates(settings, self._chat, clock, self._status, self._process, self._show_code)
        self._task: asyncio.Task[None] | None = None

    @property
    def status(self) -> FrontEndStatus:
        """Current state, with what to do and the code."""
        return self._status.current

    async def start(self) -> None:
        """Start to receive updates. Returns before Telegram is reached."""
        self._chat.start()
        self._show_code()
        self._task = asyncio.create_task(self._run(), name="telegram: choice of a group")

    async def close(self) -> None:
        """Stop receiving updates."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        await self._chat.close()

    def check_webhook(self, secret: str | None) -> None:
        """Raise WebhookRefused unless a webhook request with this secret token header is Telegram's."""
        self._updates.check(secret)

    async def handle_webhook(self, body: bytes, secret: str | None) -> None:
        """Process one update of a webhook request."""
        await self._updates.receive(body, secret)

    async def _run(self) -> None:
        while True:
            try:
                await self._updates.run()
            except Exception:
                log.exception("telegram task failed", task="choice of a group")
            await self._clock.sleep(PAUSE)

    async def _process(self, batch: Batch) -> None:
        await self._choice.take(batch)
        self._show_code()

    def _show_code(self) -> None:
        """Show people what to do. The code is in the status, not in the log."""
        how = translate(
            "No Telegram group is chosen. Add the bot to a group with topics ({link}), and press "
            "“Use this group” there. If the bot does not know you, write /start {code} in the group.",
            link=group_link(self._chat.user_name),
            code=self._choice.code,
        )
        self._status.note(SOURCE, FrontEndState.DOWN, how, log_as="no group is chosen")
