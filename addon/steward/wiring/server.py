"""Connects commands, the MCP bridge and the HTTP side, and starts the server."""

from collections.abc import Awaitable, Callable, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass
from importlib.metadata import version
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from homelab_steward.contract.catalogue import Catalogue
from homelab_steward.contract.commands import ReportRefusal, SendNote
from homelab_steward.contract.drill import ReportDrill
from homelab_steward.contract.errors import ContractError, ErrorCode
from homelab_steward.contract.protocol import Nothing
from homelab_steward.contract.state import FrontEnd, FrontEndStatus
from mcp_bridge.bridge import Bridge
from mcp_bridge.forwarded import TrustedProxies
from mcp_bridge.http_auth import Token
from mcp_bridge.origins import Origins
from mcp_bridge.source_check import SourceRules

from ..agent.agent import Agent
from ..agent.speakers import Authors
from ..api.app_page import AppPage
from ..api.application import ApiParts, build_api
from ..api.commands import Commands
from ..api.configuration_commands import ConfigurationCommands
from ..api.error_frames import LONGEST_ID
from ..api.home_connections import HomeConnections
from ..api.in_process import BridgePorts, InProcessSteward
from ..api.listener import Listener
from ..api.queries import Queries
from ..api.record_queries import ModelChoice, RecordQueries
from ..api.server import ApiServer
from ..changes.commands import ChangeCommands
from ..clock import Clock
from ..conversation.alias_commands import AliasCommands
from ..conversation.conversation import Conversation
from ..conversation.given_names import Aliases, Places
from ..event_webhooks.stage import EventWebhooks
from ..foreign_tools.registry import ToolRegistry
from ..inventory.inventory import LiveInventory
from ..inventory.people import People
from ..observability.metrics import Metrics
from ..observability.redaction import Redactor
from ..reports.weekly import WeeklyReports
from ..restore_drill.drills import RestoreDrills
from ..runbooks.model import Runbook
from ..runbooks.own_runbooks import OwnRunbooks
from ..runbooks.shown_names import ShownNames
from ..schedules.editing import ScheduleEditor
from ..schedules.schedules import ScheduleBook
from ..settings.model import Settings
from ..store.storable_text import storable
from ..store.store import Store
from ..trends.courses import Trends
from ..trends.pictures import TrendPictures
from .live_doctor import LiveDoctor
from .self_health import HealthSources, SelfHealth
from .state_metrics import StateMetrics, StateSources

if TYPE_CHECKING:
    from ..telegram.bot import TelegramBot
from .model_stack import ModelStack

VERSION: Final = version("homelab-steward")


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerParts:
    """The parts that the server gives its clients access to.

    ``host`` is the name of the app in Supervisor's network, None outside of Supervisor.
    """

    settings: Settings
    app_id: str
    store: Store
    inventory: LiveInventory
    people: People
    agent: Agent
    queries: Queries
    library: Mapping[str, Runbook]
    own_runbooks: OwnRunbooks
    shown_names: ShownNames
    reports: WeeklyReports
    trends: Trends
    schedules: ScheduleBook
    changes: ChangeCommands
    report_drill: Callable[[ReportDrill], Awaitable[Nothing]]
    restore_drills: RestoreDrills
    foreign_tools: ToolRegistry
    doctor: LiveDoctor
    conversation: Conversation
    places: Places
    aliases: Aliases
    models: ModelStack
    telegram: TelegramBot | None
    front_ends: Callable[[], tuple[FrontEndStatus, ...]]
    catalogue: Callable[[], Catalogue]
    metrics: Metrics
    event_webhooks: EventWebhooks
    redactor: Redactor
    home: HomeConnections
    clock: Clock
    listener: Listener
    log_tail: Callable[[], tuple[str, ...]]
    host: str | None


async def start_server(parts: ServerParts, opened: AsyncExitStack) -> None:
    """Start the server; ``opened`` closes it and the bridge. Raises CannotListen."""
    settings = parts.settings
    catalogue = parts.catalogue()
    rules = _source_rules(settings)
    bridge = _bridge(parts, catalogue, rules)
    state = _state(parts)

    async def audit_refusal(event: str, who: str, body: Mapping[str, object]) -> None:
        await parts.store.refused(parts.clock.now(), event, who, body)

    api = ApiParts(
        app_id=parts.app_id,
        app_version=VERSION,
        api_token=settings.api_token,
        monitor_token=settings.monitor_token,
        changes=parts.store.changes,
        database=parts.store,
        instances=parts.inventory,
        queries=parts.queries,
        commands=_commands(parts),
        accept=parts.agent.intake.accept,
        metrics=parts.metrics,
        scrape=_scrape(state, parts.metrics),
        details=SelfHealth(_health_sources(parts, state)).read,
        redactor=parts.redactor,
        home=parts.home,
        allows_origin=rules.allows_origin,
        telegram=parts.telegram,
        front_ends=parts.front_ends,
        audit_refusal=audit_refusal,
        first_read=parts.agent.first_read,
        page=_page(parts),
        limits=settings.limits,
        more=bridge.routes() if settings.mcp.tokens else (),
    )
    server = ApiServer(build_api(api), parts.listener, settings.limits)
    opened.push_async_callback(server.close)
    # Closed before the server, so that calls waiting for a decision are answered.
    opened.push_async_callback(bridge.close)
    await server.start()
    if settings.mcp.tokens:
        bridge.start()


def _state(parts: ServerParts) -> StateMetrics:
    return StateMetrics(
        parts.metrics.registry,
        StateSources(
            instances=parts.inventory,
            database=parts.store.database,
            data_dir=parts.settings.data_dir,
            models=parts.models.gateway.health,
            webhooks=parts.event_webhooks.waiting,
            clock=parts.clock,
            version=VERSION,
        ),
    )


def _health_sources(parts: ServerParts, state: StateMetrics) -> HealthSources:
    return HealthSources(
        settings=parts.settings,
        clock=parts.clock,
        instances=parts.inventory,
        queues=state.queues,
        models=parts.models.gateway.health,
        front_ends=parts.front_ends,
        worst_lag=parts.metrics.worst_lag,
    )


def _scrape(state: StateMetrics, metrics: Metrics) -> Callable[[bool], Awaitable[bytes]]:
    """Return a function that returns all metrics as text, those of the state as they are now."""

    async def scrape(is_open: bool) -> bytes:  # noqa: FBT001 - the port has one argument
        await state.refresh()
        return metrics.text(is_open=is_open)

    return scrape


def _page(parts: ServerParts) -> AppPage | None:
    """Return the page that Supervisor shows, None outside of Supervisor."""
    if parts.host is None:
        return None
    return AppPage(
        app_version=VERSION,
        host=parts.host,
        port=parts.settings.listen.port,
        api_token=parts.settings.api_token,
        monitor_token=parts.settings.monitor_token,
        queries=parts.queries,
        person=parts.people.by_speaker,
        is_home_connected=lambda: parts.home.is_connected,
        log_tail=parts.log_tail,
    )


def _source_rules(settings: Settings) -> SourceRules:
    proxies = TrustedProxies(settings.listen.trusted_proxies)
    return SourceRules(settings.mcp.allowed_hosts, Origins(settings.mcp.allowed_origins), proxies)


def _commands(parts: ServerParts) -> Commands:
    requests = parts.agent.requests
    configuration = ConfigurationCommands(parts.inventory, parts.people)

    async def report_refusal(report: ReportRefusal) -> Nothing:
        speaker = report.speaker
        user = storable(speaker.user_id, LONGEST_ID)
        body = {
            "approval": storable(report.approval_id, LONGEST_ID),
            "press": storable(report.press, LONGEST_ID),
            "via": speaker.front_end,
            "user": user,
            "reason": storable(report.reason, LONGEST_ID),
            "pressed_at": report.at,
        }
        await parts.store.refused(parts.clock.now(), "press.refused", f"{speaker.front_end} {user}", body)
        return Nothing()

    editor = ScheduleEditor(parts.schedules, parts.clock)
    authors = Authors(parts.store, parts.people, parts.clock)

    aliases = AliasCommands(
        parts.aliases, parts.store, parts.people.by_speaker, parts.clock, parts.conversation.understood
    )

    async def send_note(note: SendNote) -> Nothing:
        body = {"front_end": note.front_end, "place": storable(note.place, LONGEST_ID)}
        await authors.require(note.speaker, "note.refused", body)
        if parts.telegram is None or note.front_end is not FrontEnd.TELEGRAM:
            raise ContractError(ErrorCode.UNAVAILABLE, "This front end takes no texts.")
        await parts.telegram.send(note)
        return Nothing()

    return Commands(
        decide=parts.agent.gate.decide,
        request_action=requests.request,
        run_runbook=parts.agent.runbook_requests.run,
        read_tool=requests.read,
        report_refusal=report_refusal,
        expect_off=parts.agent.expectations.set,
        report_places=parts.places.report,
        list_aliases=aliases.list,
        add_alias=aliases.add,
        remove_alias=aliases.remove,
        comment=parts.agent.comments.add,
        send_note=send_note,
        save_instance=configuration.save_instance,
        remove_instance=configuration.remove_instance,
        poll_instance=configuration.poll_instance,
        save_person=configuration.save_person,
        remove_person=configuration.remove_person,
        list_incidents=parts.queries.list_incidents,
        doctor=parts.doctor.take,
        versions=parts.doctor.versions,
        last_polls=parts.queries.last_polls,
        devices=parts.agent.devices,
        get_incident=parts.queries.incident_record,
        trend=TrendPictures(parts.trends, ZoneInfo(parts.settings.time_zone), parts.queries.incident).of,
        records=RecordQueries(
            parts.store,
            parts.library,
            parts.own_runbooks,
            parts.shown_names,
            parts.people.by_speaker,
            parts.settings.models,
            parts.clock,
            ModelChoice(routing=parts.settings.routing, currency=parts.settings.spending.currency),
        ),
        levels=parts.agent.levels,
        search=parts.agent.search.find,
        release_text=parts.models.text_release.release,
        release_texts=parts.models.text_release.release_all,
        generate_data=parts.models.data_tasks.generate,
        set_pause=parts.agent.mode.set_pause,
        set_verbose=parts.agent.mode.set_verbose,
        set_elevation=parts.agent.elevations.set,
        add_fence=parts.agent.fences.add,
        remove_fence=parts.agent.fences.remove,
        answer_fence_offers=parts.agent.fences.answer,
        add_maintenance=parts.agent.maintenance.add,
        remove_maintenance=parts.agent.maintenance.remove,
        list_maintenance=parts.agent.maintenance.list,
        mark_false_alarm=parts.agent.false_alarms.mark,
        list_cool_downs=parts.agent.false_alarms.list,
        remove_cool_down=parts.agent.false_alarms.remove,
        list_preferences=parts.agent.preferences.list,
        decide_preference=parts.agent.preferences.decide,
        take_back_preference=parts.agent.preferences.take_back,
        weekly_report=parts.reports.weekly,
        schedules=parts.schedules.list,
        run_schedule=parts.schedules.run,
        switch_schedule=parts.schedules.switch,
        save_schedule=editor.save,
        remove_schedule=editor.remove,
        changes=parts.changes,
        report_drill=parts.report_drill,
        run_restore_drill=parts.restore_drills.take,
        drill_targets=parts.agent.target_drills.take,
        accept_foreign_tool=parts.foreign_tools.accept,
        ask=parts.conversation.ask,
    )


def _bridge(parts: ServerParts, catalogue: Catalogue, rules: SourceRules) -> Bridge:
    steward = InProcessSteward(
        parts.store.changes,
        parts.inventory,
        parts.people,
        parts.queries,
        parts.agent.requests,
        catalogue,
        parts.redactor,
        BridgePorts(
            search=parts.agent.search.find,
            levels=parts.agent.levels.levels,
            schedules=parts.schedules.list,
            run_schedule=parts.schedules.run,
            release=parts.models.text_release.release_all,
            devices=parts.agent.devices.view,
            foreign_tools=parts.foreign_tools.report,
        ),
    )
    tokens = [
        Token(person_id=one.person, secret=one.token, as_password=one.as_password, reader=one.reader)
        for one in parts.settings.mcp.tokens
    ]
    return Bridge(steward, tokens, rules, VERSION)
