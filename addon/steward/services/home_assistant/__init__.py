"""Home Assistant, as its integration reports it: updates, repairs, integrations, errors and backups."""

from typing import Final

from homelab_steward.contract.devices import Aspect
from homelab_steward.contract.home import HomeApp, HomeBattery, HomeRepair

from ...quorum.marks import marks
from ...sdk.answers import NotKnown
from ...sdk.description import (
    HOME_ASSISTANT,
    Control,
    Outage,
    ResourceKind,
    Role,
    Sensor,
    Service,
    Testifies,
    Versions,
)
from ...sdk.display import brief, critical, warning
from ...sdk.sensors import backup_time, choice, count, diagnostic, duration, flag, gibibytes
from .actions import ACTIONS
from .client import INTERVAL, HomeAssistantClient, poll
from .models import (
    STATES,
    ReportedState,
    Watched,
    app_problem,
    battery_problem,
    is_app_running,
    is_battery_low,
    repair_problem,
)
from .tools import TOOLS
from .updates import APP, INTEGRATION, UPDATES, ReportedUpdate, problem
from .witnesses import WITNESS

RESTART: Final = 180.0
"""Seconds that a restart of Home Assistant may take."""

_SENSORS: Final[tuple[Sensor[ReportedState], ...]] = (
    flag("safe_mode", "Safe mode", lambda state: state.is_safe_mode, "problem"),
    count("updates_waiting", "Updates waiting", lambda state: state.updates_waiting, "mdi:update"),
    count("repairs_open", "Open repairs", lambda state: state.repairs_open, "mdi:wrench"),
    count("log_errors", "Errors in the last hour", lambda state: state.log_errors, "mdi:alert-circle"),
    count("entities_unavailable", "Unavailable entities", ReportedState.unavailable, "mdi:help-circle"),
    count("integrations_failing", "Failing integrations", ReportedState.failing, "mdi:puzzle-remove"),
    backup_time(lambda state: state.last_backup),
    duration("backup_age", "Backup age", lambda state: state.backup_age, "h"),
    gibibytes("database_size", "Database size", lambda state: state.database_size),
    duration("clock_difference", "Clock difference", lambda state: state.clock_difference, diagnostic=True),
)


def _state(one: Watched) -> str:
    if one.entry.state not in STATES:
        raise NotKnown(t"The state {brief(one.entry.state, 50)} is not known")
    return one.entry.state


_UPDATE: Final = ResourceKind[ReportedState, ReportedUpdate](
    key="update",
    items=ReportedState.reported_updates,
    id=lambda one: one.entry.id,
    title=lambda one: one.name,
    labels=lambda one: {"entity": one.entry.id},
    part="updates",
    icon="mdi:update",
    sensors=(
        diagnostic("installed", "Installed version", lambda one: one.entry.installed, enabled=False),
        diagnostic("latest", "Newest version", lambda one: one.entry.latest, enabled=False),
        flag("waiting", "Waiting", lambda one: one.entry.is_waiting, "update", enabled=False),
        flag("in_progress", "Being installed", lambda one: one.entry.in_progress),
    ),
    updates=UPDATES,
)
_INTEGRATION: Final = ResourceKind[ReportedState, Watched](
    key=INTEGRATION,
    name="Integration",
    items=ReportedState.watched_integrations,
    id=lambda one: one.entry.id,
    title=lambda one: one.entry.title,
    part="integrations",
    testifies=(
        Testifies(
            word=lambda one: one.word,
            marks=lambda one: marks(addresses=[one.entry.title]),
            aspect=lambda _: Aspect.SERVICE,
            part=lambda one: one.entry.domain,
        ),
    ),
    icon="mdi:puzzle",
    sensors=(choice("state", "State", _state, STATES, diagnostic=True, enabled=False),),
)
_REPAIR: Final = ResourceKind[ReportedState, HomeRepair](
    key="repair",
    items=lambda state: state.repairs,
    id=lambda one: one.id,
    title=lambda one: one.title,
    part="repairs",
    icon="mdi:wrench",
    sensors=(flag("ignored", "Ignored", lambda one: one.ignored, diagnostic=True, enabled=False),),
)

_APP: Final = ResourceKind[ReportedState, HomeApp](
    key=APP,
    name="App",
    items=lambda state: state.report.apps,
    id=lambda one: one.id,
    title=lambda one: one.name,
    part="apps",
    icon="mdi:puzzle",
    role=Role.HOST,
    labels=lambda one: {"name": one.name, "app": one.id},
    sensors=(
        flag("running", "Running", is_app_running, "running"),
        diagnostic("version", "Version", lambda one: one.version, enabled=False),
    ),
)
_BATTERY: Final = ResourceKind[ReportedState, HomeBattery](
    key="battery",
    items=lambda state: state.report.batteries,
    id=lambda one: one.id,
    title=lambda one: one.name,
    part="batteries",
    icon="mdi:battery",
    labels=lambda one: {"entity": one.id},
    sensors=(flag("low", "Low", is_battery_low, "battery", enabled=False),),
)

SERVICE: Final = Service[HomeAssistantClient, ReportedState](
    key="home_assistant",
    name="Home Assistant",
    category=HOME_ASSISTANT,
    away_after=RESTART,
    icon="mdi:home-assistant",
    settings=(),
    connect=HomeAssistantClient,
    poll=poll,
    version=lambda state: state.report.version or None,
    interval=INTERVAL,
    sensors=_SENSORS,
    resources=(_UPDATE, _INTEGRATION, _REPAIR, _APP, _BATTERY),
    watches=(WITNESS,),
    checks=(
        warning("backup_overdue", "Backup is overdue", ReportedState.backup_problem),
        warning("database_large", "Database is large", ReportedState.database_problem),
        warning("clock_skew", "Clock is wrong", ReportedState.clock_problem),
        critical("repair_open", "Serious repair", repair_problem, "repair"),
        warning("update_failed", "Update failed", problem, "update"),
        warning("integration_failing", "Integration fails", Watched.problem, "integration"),
        warning("app_stopped", "App not running", app_problem, "app", Outage()),
        warning("battery_low", "Battery low", battery_problem, "battery"),
    ),
    tools=TOOLS,
    actions=ACTIONS,
    controls=(Control.switch("running", "Running", "running", on="start_app", off="stop_app", scope="app"),),
    listen=HomeAssistantClient.listen,
    package="PyPI:homeassistant",
    understood=Versions("2026.11"),
    tested="Home Assistant 2026.11",
)
