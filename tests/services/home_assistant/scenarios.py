"""What breaks in Home Assistant, and what helps."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from functools import partial

from lab.lab import Lab
from lab.scenarios import FiringAlert, Scenario, nothing
from lab.wire import Json
from services.home_assistant.simulator import HomeAssistantSimulator

GIB = 2.0**30


def _home(lab: Lab) -> HomeAssistantSimulator:
    served = lab.served["home_assistant"]
    assert isinstance(served, HomeAssistantSimulator)
    return served


def _row(part: str, key: str, **changes: Json) -> Callable[[Lab], Awaitable[None]]:
    """Return what changes one item of a list that Home Assistant reports."""

    async def change(lab: Lab) -> None:
        _home(lab).row(part, key).update(changes)

    return change


async def _the_database_grows(lab: Lab) -> None:
    _home(lab).report["database"].update(size=6.0 * GIB, disk_free=5.0 * GIB)


async def _no_backup_for_days(lab: Lab) -> None:
    home = _home(lab)
    ago = {key: (home.now() - timedelta(days=days)).isoformat() for key, days in _DAYS.items()}
    home.report["backups"].update(**ago, problems=["The location is not reachable"])


_DAYS = {"last_success_at": 12, "last_attempt_at": 1, "next_at": 0}
_CORE = FiringAlert(name="HomeAssistantUpdateAvailable", labels={"entity": "update.core"})
_broken_again = _row("integrations", "e1", state="setup_error", reason="The bridge refuses the login")


_broken = partial(Scenario, services=("home_assistant",))
SCENARIOS = (
    _broken(
        runbook="home-assistant-integration",
        breaks=_row("integrations", "e1", state="setup_retry", reason="No route to host"),
        again=_broken_again,
        check="integration_failing",
        recipe="reload",
        target="Hue",
        evidence="The bridge does not answer",
    ),
    _broken(
        runbook="home-assistant-database",
        breaks=_the_database_grows,
        check="database_large",
        recipe="purge",
        target="Home Assistant",
    ),
    _broken(
        runbook="home-assistant-backup",
        breaks=_no_backup_for_days,
        check="backup_overdue",
        recipe="create-backup",
        target="Home Assistant",
        evidence="The location is not reachable",
    ),
    _broken(
        runbook="home-assistant-update",
        breaks=_row("updates", "update.core", failure="The download broke off"),
        check="update_failed",
        recipe="investigate",
        target="Home Assistant Core",
        evidence="The download broke off",
    ),
    _broken(
        runbook="home-assistant-update",
        breaks=nothing,
        again=_row("updates", "update.core", is_waiting=True, installed="2026.11.0", in_progress=False),
        alert=_CORE,
        recipe="install",
        target="Home Assistant Core",
    ),
    _broken(
        runbook="home-assistant-repair",
        breaks=_row("repairs", "hue/bridge", severity="critical"),
        again=_row("repairs", "hue/bridge", ignored=False),
        check="repair_open",
        recipe="ignore",
        target="The bridge is old",
    ),
    _broken(
        runbook="home-assistant-app-stopped",
        breaks=_row("apps", "core_mosquitto", state="error"),
        check="app_stopped",
        recipe="start",
        target="Mosquitto broker",
        evidence="New connection",
    ),
    _broken(
        runbook="home-assistant-app-stopped",
        breaks=_row("apps", "core_mosquitto", state="error"),
        check="app_stopped",
        recipe="restart",
        target="Mosquitto broker",
    ),
    _broken(
        runbook="home-assistant-app-stopped",
        breaks=_row("apps", "core_mosquitto", state="stopped"),
        check="app_stopped",
        recipe="meant-to-be-off",
        target="Mosquitto broker",
    ),
    _broken(
        runbook="home-assistant-battery",
        breaks=_row("batteries", "sensor.window_battery", level=4.0),
        check="battery_low",
        recipe="investigate",
        target="Window",
    ),
)
