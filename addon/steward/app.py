"""Starts and stops the parts of the app."""

import sys
from contextlib import AsyncExitStack
from dataclasses import replace
from typing import TYPE_CHECKING

import structlog
from prometheus_client import CollectorRegistry

from homelab_steward.contract.state import FrontEndStatus

from .clock import Clock, SystemClock
from .drill.keeping import begin_drills
from .notebook.notebook import Lab
from .observability.logs import Logs
from .observability.metrics import Metrics
from .observability.redaction import Redactor
from .settings.model import LogFormat, Settings
from .wiring.announcing import announce, supervisor_token
from .wiring.answering import Answering, start_answering
from .wiring.base import Base, open_base
from .wiring.core import Core, start_core
from .wiring.leadership import Leadership, take_leadership
from .wiring.notebook import start_notebook
from .wiring.planned import Planned, build_planned
from .wiring.restore_drills import start_restore_drills
from .wiring.server import start_server
from .wiring.server_parts import ServerParts
from .wiring.serving import ProcessParts, server_parts

if TYPE_CHECKING:
    from .telegram.bot import TelegramBot

log = structlog.get_logger(__name__)


class App:
    """The whole app."""

    def __init__(self, settings: Settings, clock: Clock | None = None) -> None:
        """Call :meth:`start` to open resources. ``clock`` None is that of the system."""
        self._settings = settings
        self._opened = AsyncExitStack()
        self._clock = clock or SystemClock()
        self._redactor = Redactor()
        self._redactor.register(*settings.secrets(), supervisor_token())
        self._metrics = Metrics(CollectorRegistry())
        self._led: Leadership | None = None
        is_auto = settings.log.format is LogFormat.AUTO and not sys.stderr.isatty()
        as_json = is_auto or settings.log.format is LogFormat.JSON
        self._logs = Logs(self._redactor, sys.stderr, level=settings.log.level, as_json=as_json)
        self._telegram: TelegramBot | None = None
        self.port = 0

    async def lead(self) -> None:
        """Become the leader; waits as standby while another replica is. Raises StewardError."""
        try:
            await self._lead()
        except BaseException:
            await self.close()
            raise

    async def lost(self) -> None:
        """Wait until another process is the leader. To be called after the start."""
        await (await self._lead()).leader.lost.wait()

    async def start(self) -> None:
        """Start all parts; becomes the leader first. Raises StewardError when a part cannot be started."""
        try:
            await self._start()
        except BaseException:
            await self.close()
            raise

    async def close(self) -> None:
        """Stop all parts in reverse order. The next start continues unfinished runs."""
        await self._opened.aclose()

    async def _lead(self) -> Leadership:
        if self._led is None:
            self._logs.open()
            self._opened.callback(self._logs.close)
            self._led = await take_leadership(self._settings, self._opened)
        return self._led

    async def _start(self) -> None:
        led = await self._lead()
        base = await open_base(
            self._settings, led.database, self._clock, self._redactor, self._metrics, self._opened
        )
        core = await start_core(base, led.leader)
        answering = await start_answering(base, core, self._front_ends)
        planned = await build_planned(base, core, self._front_ends)
        self._telegram = await self._open_telegram(base, core, answering, planned)
        process = ProcessParts(
            telegram=self._telegram,
            front_ends=self._front_ends,
            listener=led.listener,
            log_tail=self._logs.tail,
            report_drill=begin_drills(self._settings.data_dir, base.store, self._clock).take,
        )
        parts = await server_parts(base, core, answering, planned, process)
        # After all other parts, because requests need them.
        await start_server(parts, self._opened)
        self.port = led.listener.port
        await self._begin(base, core, planned, parts)
        log.info("app started", port=self.port, instances=len(core.inventory.instances()))

    async def _begin(self, base: Base, core: Core, planned: Planned, parts: ServerParts) -> None:
        """Begin what happens by itself while requests are served."""
        settings, opened = self._settings, self._opened
        lab = Lab(core.inventory, base.library, core.own_runbooks)
        start_notebook(
            settings, base.store, self._clock, self._redactor.clean, lab, core.agent.correlator, opened
        )
        announce(settings, base.session, self._clock, self.port, opened)
        if settings.changes.enabled:
            planned.changes.start(core.agent.first_read)
        start_restore_drills(parts.restore_drills, core.agent.first_read, opened)
        # Last, so that front ends get the report that was missed while the app was off.
        await planned.scheduler.start()

    async def _open_telegram(
        self, base: Base, core: Core, answering: Answering, planned: Planned
    ) -> TelegramBot | None:
        bot = self._settings.bot()
        if bot is None:
            return None
        # Loaded only for a bot, because Telegram's library takes long to load.
        from .wiring.telegram import TelegramParts, build_bot  # noqa: PLC0415

        parts = TelegramParts(
            store=base.store,
            agent=core.agent,
            people=base.people,
            queries=answering.queries,
            conversation=answering.conversation,
            reports=planned.reports,
            trends=core.trends,
            clock=self._clock,
        )
        front_end = build_bot(replace(bot, catalogue=base.offers), parts)
        self._opened.push_async_callback(front_end.close)
        await front_end.start()
        return front_end

    def _front_ends(self) -> tuple[FrontEndStatus, ...]:
        """Return the status of the front ends that the app serves itself."""
        return () if self._telegram is None else (self._telegram.status,)
