"""Builds, starts and stops the parts of the app."""

import socket
import sys
from collections.abc import Mapping, MutableMapping
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

import aiohttp
import structlog
from prometheus_client import CollectorRegistry

from homelab_steward.contract.catalogue import Catalogue
from homelab_steward.contract.state import FrontEndStatus

from .agent.agent import Agent
from .agent.diagnosis.explainer import Explainer
from .api.queries import Queries
from .clock import Clock, SystemClock
from .conversation.conversation import Conversation
from .drill.keeping import begin_drills
from .inventory.inventory import LiveInventory
from .inventory.people import People
from .inventory.polling import PollerContext, PollSlots
from .inventory.secret_vault import Vault
from .inventory.version_log import VersionLog
from .llm.egress import PrivacyContext
from .llm.usage import ModelUsage
from .notebook.notebook import Lab
from .observability.logs import Logs
from .observability.metrics import Metrics
from .observability.redaction import Redactor
from .reports.weekly import WeeklyReports
from .runbooks.model import Runbook
from .runbooks.own_runbooks import OwnRunbooks
from .runbooks.shown_names import ShownNames
from .sdk import http
from .sdk.description import AnyService
from .sdk.validation import WrongService
from .services.finder import catalogue
from .settings.model import LogFormat, Settings
from .store import app_metadata
from .store.changes import Changes
from .store.database import Database
from .store.leader import Leader
from .store.migrate import migrate
from .store.store import Store
from .texts import set_zone
from .timing.scheduler import Scheduler
from .trends.courses import Trends
from .wiring.agent import build_agent, durable_engine, own_runbooks
from .wiring.announcing import announce, supervisor_token
from .wiring.assessing import AssessingParts, build_assessor, summary_writer
from .wiring.changes import ChangeParts, ChangeStage, build_changes, sources
from .wiring.conversation import (
    ConversationParts,
    after_start,
    build_conversation,
    load_names,
    read_sentences,
    runbook_ports,
)
from .wiring.event_webhooks import start_event_webhooks
from .wiring.foreign_tools import ForeignTools, build_foreign_tools
from .wiring.home import home_connections
from .wiring.leadership import Leadership, take_leadership
from .wiring.live_doctor import LiveParts, start_doctor
from .wiring.model_stack import ModelStack, build_models, own_names
from .wiring.notebook import build_notes, start_notebook
from .wiring.observing import start_metrics, start_traces
from .wiring.own_templates import own_templates
from .wiring.restore_drills import build_restore_drills, start_restore_drills
from .wiring.schedules import ScheduleParts, build_reports, build_schedules, reach_now
from .wiring.server import start_server
from .wiring.server_parts import ServerParts
from .wiring.services_and_runbooks import read_runbooks, read_services
from .wiring.update_watch import watch_updates

if TYPE_CHECKING:
    from .telegram.bot import TelegramBot

log = structlog.get_logger(__name__)

KEY_FILE: Final = "secret.key"


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
        self._wrong_services: dict[str, str] = {}
        self._generation = ""
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
        settings, opened = self._settings, self._opened
        services = read_services(settings, self._skip)
        store = await self._open_store(led.database)
        set_zone(ZoneInfo(settings.time_zone))
        self._home = await home_connections(store, self._redactor.clean, settings.language)
        session = await opened.enter_async_context(http.session())
        traces, changed = settings.observability.traces, store.changes
        start_traces(traces, changed, session, self._clock, self._redactor, self._metrics, opened)
        people = People(store, settings.people)
        await people.start()
        foreign = await self._foreign_tools(services, store, people)
        offers = catalogue(foreign.services)
        library = read_runbooks(settings, foreign.services, self._wrong_services)
        inventory, agent, models, own = self._agent(store, session, foreign, people, library, led.leader)
        opened.push_async_callback(inventory.close)
        trends = Trends(offers, inventory.instances)
        opened.push_async_callback(trends.close)
        trends.start(store.changes)
        versions = VersionLog(store, inventory.instances)
        opened.push_async_callback(versions.close)
        await versions.start(store.changes)
        opened.push_async_callback(
            watch_updates(
                agent, store, inventory, self._clock, settings.time_zone, trends.points, settings.changes
            ).close
        )
        await inventory.start(agent.reports.take, agent.is_changing)
        opened.push_async_callback(agent.close)
        await agent.start()
        self._start_explainer(store, models)
        doctor = start_doctor(
            LiveParts(
                settings=settings,
                store=store,
                session=session,
                clock=self._clock,
                inventory=inventory,
                home=self._home,
                list_models=models.gateway.offered,
                wrong_services=self._wrong_services,
            ),
            agent.first_read,
            opened,
        )
        queries = Queries(
            store,
            inventory,
            people,
            lambda: offers,
            self._front_ends,
            self._usage(store).read,
            foreign.registry.report,
            lambda: doctor.report,
        )
        start_metrics(self._metrics, store.changes, self._clock, queries.initial, opened)
        places, aliases = await load_names(store)
        conversation = build_conversation(
            ConversationParts(
                rows=queries,
                request_port=agent.requests,
                request_plan=agent.plan_requests.request,
                runbooks=runbook_ports(agent),
                search=agent.search.find,
                decide=agent.gate.decide,
                mark_false_alarm=agent.false_alarms.mark,
                person=people.by_speaker,
                inventory=inventory,
                catalogue=offers,
                models=models.talking(),
                sentences=read_sentences(settings),
                clock=self._clock,
                zone=ZoneInfo(settings.time_zone),
                levels=agent.levels.levels,
                devices=agent.devices.view,
                notes=build_notes(settings, store, self._redactor.clean),
                given=aliases.given,
                versions=lambda: versions.changes,
                foreign_tools=foreign.registry.report,
            )
        )
        opened.push_async_callback(
            conversation.vocabulary.start(store.changes, after_start(agent.first_read, self._clock)).close
        )
        scheduler = Scheduler(store, self._clock)
        opened.push_async_callback(scheduler.close)
        schedules = await build_schedules(
            ScheduleParts(
                settings=self._settings,
                store=store,
                scheduler=scheduler,
                clock=self._clock,
                inventory=inventory,
                agent=agent,
                people=people,
                models=models,
                session=session,
                reach=lambda: reach_now(self._settings, self._home, self._front_ends()),
            )
        )
        changes = self._changes(store, session, inventory, agent, people, versions, models)
        reports = await build_reports(self._settings, store, self._clock, inventory, schedules)
        self._telegram = await self._open_telegram(
            store, agent, people, queries, conversation, reports, trends, offers
        )
        parts = ServerParts(
            settings=settings,
            app_id=await self._app_id(store),
            store=store,
            inventory=inventory,
            people=people,
            agent=agent,
            queries=queries,
            library=library,
            own_runbooks=own,
            shown_names=ShownNames.of(foreign.services.values()),
            conversation=conversation,
            places=places,
            aliases=aliases,
            models=models,
            reports=reports,
            trends=trends,
            schedules=schedules,
            changes=changes.commands,
            foreign_tools=foreign.registry,
            report_drill=begin_drills(settings.data_dir, store, self._clock).take,
            restore_drills=build_restore_drills(settings, store, inventory, self._clock, agent.is_changing),
            doctor=doctor,
            telegram=self._telegram,
            front_ends=self._front_ends,
            catalogue=lambda: offers,
            metrics=self._metrics,
            event_webhooks=await start_event_webhooks(
                settings, store, session, self._clock, self._redactor, opened
            ),
            redactor=self._redactor,
            home=self._home,
            clock=self._clock,
            listener=led.listener,
            log_tail=self._logs.tail,
            host=socket.gethostname() if supervisor_token() else None,
        )
        # Last, because requests need all other parts.
        await start_server(parts, opened)
        self.port = led.listener.port
        lab, correlator = Lab(inventory, library, own), agent.correlator
        start_notebook(settings, store, self._clock, self._redactor.clean, lab, correlator, opened)
        announce(settings, session, self._clock, self.port, opened)
        if settings.changes.enabled:
            changes.start(agent.first_read)
        start_restore_drills(parts.restore_drills, agent.first_read, opened)
        # Last, so that front ends get the report that was missed while the app was off.
        await scheduler.start()
        log.info("app started", port=self.port, instances=len(inventory.instances()))

    async def _foreign_tools(
        self, services: Mapping[str, AnyService], store: Store, people: People
    ) -> ForeignTools:
        """Return the foreign tools; their servers are connected in the background."""
        clean = self._redactor.clean
        foreign = build_foreign_tools(self._settings, services, store, people, self._clock, clean)
        self._opened.push_async_callback(foreign.registry.close)
        await foreign.registry.start()
        return foreign

    async def _app_id(self, store: Store) -> str:
        async with store.change() as unit:
            return await app_metadata.own_id(unit.connection)

    def _skip(self, error: WrongService) -> None:
        """Start without a service of the configured folder; its instances show the reason."""
        log.error("service cannot be used", reason=str(error))
        self._wrong_services[error.folder.name] = str(error)

    async def _open_store(self, database: Database) -> Store:
        await migrate(database)
        store = Store(database, Changes(self._clock))
        async with store.change(durable=True) as unit:
            self._generation = await app_metadata.generation(unit.connection)
        return store

    def _agent(
        self,
        store: Store,
        session: aiohttp.ClientSession,
        foreign: ForeignTools,
        people: People,
        library: MutableMapping[str, Runbook],
        leader: Leader,
    ) -> tuple[LiveInventory, Agent, ModelStack, OwnRunbooks]:
        """Return the inventory, the agent, the models, and the files of runbooks."""
        settings, clock = self._settings, self._clock
        context = PollerContext(
            changes=store.changes,
            session=session,
            clock=clock,
            redactor=self._redactor,
            metrics=self._metrics,
            slots=PollSlots(),
            home=self._home,
            templates=own_templates(settings.changes.templates),
        )
        vault = Vault(settings.data_dir / KEY_FILE)
        inventory = LiveInventory(
            store,
            foreign.services,
            vault,
            foreign.instances,
            context,
            settings.runs_on or None,
            self._wrong_services,
            timedelta(days=settings.outages.off_days),
        )
        models = self._models(store, session, inventory, people)
        engine = durable_engine(settings, self._generation, leader)
        agent = build_agent(settings, store, inventory, people, library, clock, engine, models.embedder)
        own = own_runbooks(settings, self._wrong_services, library, foreign.services, agent, inventory, clock)
        return inventory, agent, models, own

    async def _open_telegram(
        self,
        store: Store,
        agent: Agent,
        people: People,
        queries: Queries,
        conversation: Conversation,
        reports: WeeklyReports,
        trends: Trends,
        offers: Catalogue,
    ) -> TelegramBot | None:
        bot = self._settings.bot()
        if bot is None:
            return None
        # Loaded only for a bot, because Telegram's library takes long to load.
        from .wiring.telegram import TelegramParts, build_bot  # noqa: PLC0415

        parts = TelegramParts(
            store=store,
            agent=agent,
            people=people,
            queries=queries,
            conversation=conversation,
            reports=reports,
            trends=trends,
            clock=self._clock,
        )
        front_end = build_bot(replace(bot, catalogue=offers), parts)
        self._opened.push_async_callback(front_end.close)
        await front_end.start()
        return front_end

    def _changes(
        self,
        store: Store,
        session: aiohttp.ClientSession,
        inventory: LiveInventory,
        agent: Agent,
        people: People,
        versions: VersionLog,
        models: ModelStack,
    ) -> ChangeStage:
        """Return the stage of updates."""
        assessor = build_assessor(
            AssessingParts(
                store=store,
                clock=self._clock,
                inventory=inventory,
                session=session,
                versions=lambda: versions.changes,
                look_up=self._settings.schedules.look_up_versions,
            )
        )
        summaries = summary_writer(store, models)
        if summaries is not None and self._settings.changes.enabled:
            self._opened.push_async_callback(summaries.close)
            summaries.start()
        found = build_changes(
            ChangeParts(
                store=store,
                inventory=inventory,
                clock=self._clock,
                settings=self._settings.changes,
                agent=agent,
                people=people,
                sources=sources(inventory, session, self._clock, self._settings),
                assess=assessor.assess,
            )
        )
        self._opened.push_async_callback(found.close)
        return found

    def _start_explainer(self, store: Store, models: ModelStack) -> None:
        """Begin to explain incidents, if there is a chat model."""
        if (explaining := models.explaining()) is not None:
            explainer = Explainer(store, explaining, self._clock)
            self._opened.push_async_callback(explainer.close)
            explainer.start()

    def _front_ends(self) -> tuple[FrontEndStatus, ...]:
        """Return the status of the front ends that the app serves itself."""
        return () if self._telegram is None else (self._telegram.status,)

    def _usage(self, store: Store) -> ModelUsage:
        return ModelUsage(self._settings.models, store.database, store.changes, self._clock)

    def _models(
        self, store: Store, session: aiohttp.ClientSession, inventory: LiveInventory, people: People
    ) -> ModelStack:
        context = PrivacyContext(names=own_names(inventory, people), clean=self._redactor.clean)
        database, counted = store.database, self._usage(store).publish
        models = build_models(self._settings, session, database, context, self._clock, counted, self._metrics)
        self._opened.push_async_callback(models.close)
        return models
