"""Connects commands, the MCP bridge and the HTTP side, and starts the server."""

from collections.abc import Awaitable, Callable, Mapping
from contextlib import AsyncExitStack
from importlib.metadata import version
from typing import TYPE_CHECKING, Final

from homelab_steward.contract.catalogue import Catalogue
from mcp_bridge.bridge import Bridge
from mcp_bridge.forwarded import TrustedProxies
from mcp_bridge.http_auth import Token
from mcp_bridge.origins import Origins
from mcp_bridge.source_check import SourceRules

from ..api.app_page import AppPage
from ..api.application import ApiParts, build_api
from ..api.in_process import BridgePorts, InProcessSteward
from ..api.server import ApiServer
from ..observability.metrics import Metrics
from ..settings.model import Settings
from .commands import build_commands
from .live_doctor import begin
from .self_health import HealthSources, SelfHealth
from .server_parts import ServerParts
from .state_metrics import StateMetrics, StateSources

if TYPE_CHECKING:
    pass

VERSION: Final = version("homelab-steward")


async def start_server(parts: ServerParts, opened: AsyncExitStack) -> None:
    """Start the server; ``opened`` closes it and the bridge. Raises CannotListen."""
    settings = parts.settings
    catalogue = parts.catalogue()
    rules = _source_rules(settings)
    bridge = _bridge(parts, catalogue, rules)
    state = _state(parts)
    health = SelfHealth(_health_sources(parts, state))

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
        commands=build_commands(parts),
        accept=parts.agent.intake.accept,
        metrics=parts.metrics,
        scrape=_scrape(state, parts.metrics),
        details=health.read,
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
    begin(parts.doctor.follow(health.parts), "health", opened)
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
        database_file=parts.store.database.file,
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
            runbook_targets=parts.agent.runbook_targets.list,
            run_runbook=parts.agent.runbook_requests.run,
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
