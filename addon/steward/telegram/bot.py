"""One bot: people choose its group first, then it works there."""

import asyncio
from dataclasses import replace
from typing import Final

import structlog

from homelab_steward.contract.commands import SendNote
from homelab_steward.contract.errors import ContractError, ErrorCode
from homelab_steward.contract.protocol import RowKind
from homelab_steward.contract.state import FrontEnd, FrontEndState, FrontEndStatus

from ..clock import Clock
from ..store import audit
from ..store.app_metadata import read_value, write_value
from ..store.changes import Changes
from ..store.database import Database
from ..texts import translate
from .front_end import Ports, TelegramFrontEnd
from .group_setup import GroupSetup
from .settings import CHOSEN, TelegramSettings
from .webhook_errors import WebhookRefused

log = structlog.get_logger(__name__)

RETRY: Final = 5.0


class TelegramBot:
    """Serves the group of the settings, or the one that people chose; without one it lets them choose."""

    def __init__(
        self,
        settings: TelegramSettings,
        database: Database,
        changes: Changes,
        clock: Clock,
        ports: Ports,
    ) -> None:
        """Nothing is sent before :meth:`start`."""
        self._settings = settings
        self._database = database
        self._changes = changes
        self._clock = clock
        self._ports = ports
        self._serving: TelegramFrontEnd | GroupSetup | None = None
        self._switching: asyncio.Task[None] | None = None

    @property
    def status(self) -> FrontEndStatus:
        """Current state, and its reason as text for people."""
        if self._serving is not None:
            return self._serving.status
        text = translate("The Telegram front end is starting")
        return FrontEndStatus(front_end=FrontEnd.TELEGRAM, state=FrontEndState.DOWN, problems=(text,))

    async def start(self) -> None:
        """Start in the group, or with the choice of one. Returns before Telegram is reached."""
        chat_id = self._settings.chat_id or await self._chosen()
        serving = self._setup() if chat_id is None else self._front_end(chat_id)
        await serving.start()
        self._serving = serving
        self._publish(serving.status)

    async def close(self) -> None:
        """Stop all tasks."""
        if self._switching is not None:
            self._switching.cancel()
            await asyncio.gather(self._switching, return_exceptions=True)
        serving, self._serving = self._serving, None
        if serving is not None:
            await serving.close()

    async def send(self, note: SendNote) -> None:
        """Send a text to a topic. Raises ContractError as Notes does, and UNAVAILABLE without a group."""
        if not isinstance(self._serving, TelegramFrontEnd):
            raise ContractError(ErrorCode.UNAVAILABLE, "Telegram is not set up yet.")
        await self._serving.notes.send(note.place, note.title, note.text)

    def check_webhook(self, secret: str | None) -> None:
        """Raise WebhookRefused unless a webhook request with this secret token header is Telegram's."""
        self._current().check_webhook(secret)

    async def handle_webhook(self, body: bytes, secret: str | None) -> None:
        """Process one update of a webhook request; ``secret`` is its secret token header.

        Raises WebhookRefused (403) or WebhookMalformed (400).
        """
        await self._current().handle_webhook(body, secret)

    def _current(self) -> TelegramFrontEnd | GroupSetup:
        if self._serving is None:
            raise WebhookRefused("The Telegram front end is starting")
        return self._serving

    def _setup(self) -> GroupSetup:
        return GroupSetup(
            self._settings, self._database, self._clock, self._ports.decisions, self._publish, self._choose
        )

    def _front_end(self, chat_id: int) -> TelegramFrontEnd:
        """Return the front end in a group. Only the settings can change the group of the settings."""
        return TelegramFrontEnd(
            replace(self._settings, chat_id=chat_id),
            chat_id,
            self._database,
            self._changes,
            self._clock,
            self._ports,
            self._choose if self._settings.chat_id is None else None,
        )

    def _choose(self, chat_id: int, by: str) -> None:
        """Use another group from now on; the caller is a task of the front end that ends."""
        if self._switching is None or self._switching.done():
            self._switching = asyncio.create_task(self._switch(chat_id, by), name="telegram: new group")

    async def _switch(self, chat_id: int, by: str) -> None:
        await self._store(chat_id, by)
        serving, self._serving = self._serving, None
        if serving is not None:
            await serving.close()
        while True:
            try:
                await self.start()
            except Exception:
                log.exception("telegram front end not started")
                await self._clock.sleep(RETRY)
            else:
                return

    async def _store(self, chat_id: int, by: str) -> None:
        async with self._database.write(durable=True) as connection:
            await write_value(connection, CHOSEN, str(chat_id))
            body = {"chat_id": str(chat_id), "by": by}
            await audit.append(connection, self._clock.now(), "telegram.group_chosen", body)

    async def _chosen(self) -> int | None:
        async with self._database.read() as connection:
            found = await read_value(connection, CHOSEN)
        return None if found is None else int(found)

    def _publish(self, status: FrontEndStatus) -> None:
        self._changes.publish(RowKind.FRONT_END, status.front_end.value, status)
