"""What can be changed in Home Assistant; the integration allows these actions and no other."""

from dataclasses import replace
from typing import Final

from homelab_steward.contract.catalogue import Risk
from homelab_steward.contract.home import HomeAction
from homelab_steward.contract.incidents import Difference

from ...sdk.description import Action, Call
from ...sdk.kits.jobs import Job, Jobs, RunJob
from ...sdk.kits.restart import Restart
from ...sdk.kits.switch import Switch, Turn
from .client import HomeAssistantClient
from .models import FAILED, LOADED, STUCK, ReportedState

LONG: Final = 280.0
"""Seconds that an installation or a backup is waited for; verification waits as long again."""


async def _updating(client: HomeAssistantClient, call: Call, handle: str) -> Job:
    """Return the installation of one version."""
    update = await client.update(call)
    is_done = update.installed == handle
    # Some devices install later, without saying so: only a failure that was reported is one.
    is_running = update.in_progress or not (is_done or update.failure)
    text = f"version {update.installed} is installed"
    return Job(
        handle=handle,
        is_running=is_running,
        ok=None if is_running else is_done,
        text=text if is_done else update.failure or f"{text}, not {handle} yet",
    )


async def _newest_update(client: HomeAssistantClient, call: Call) -> Job | None:
    """Return the installation that runs or was the last: its handle is the version."""
    update = await client.update(call)
    version = update.latest if update.in_progress else update.installed
    return None if version is None else await _updating(client, call, version)


async def _update_changes(client: HomeAssistantClient, call: Call) -> tuple[Difference, ...]:
    update = await client.update(call)
    return (Difference(field="Version", before=str(update.installed), after=str(update.latest)),)


async def _update_refusal(client: HomeAssistantClient, call: Call) -> str | None:
    update = await client.update(call)
    if not update.can_install:
        return f"Home Assistant cannot install updates of {call.target.name}"
    return None if update.is_waiting else f"No update of {call.target.name} waits"


async def _install(client: HomeAssistantClient, call: Call) -> str:
    return (await client.home.call(HomeAction.INSTALL_UPDATE, call.target.id)).handle


async def _install_note(client: HomeAssistantClient, call: Call) -> str:
    can_backup = (await client.update(call)).can_backup
    return "Creates a backup first." if can_backup else "No backup is created first."


async def _backing_up(client: HomeAssistantClient, call: Call, handle: str) -> Job:
    newest = await _newest_backup(client, call)
    if newest is None or newest.handle != handle:
        return Job(handle=handle, is_running=False, text="Another backup was started since")
    return newest


async def _newest_backup(client: HomeAssistantClient, _: Call) -> Job | None:
    """Return the last automatic backup: its handle is when it was started."""
    backups = await client.backups()
    begun, last = backups.last_attempt_at, backups.last_success_at
    if begun is None:
        return Job(handle="", is_running=True) if backups.is_running else None
    is_done = last is not None and last >= begun
    text = "The backup is complete" if is_done else "; ".join(backups.problems) or "The backup failed"
    ok = None if backups.is_running else is_done
    return Job(
        handle=begun.isoformat(),
        is_running=backups.is_running,
        ok=ok,
        text=text,
        order=begun.timestamp(),
    )


async def _backup_changes(client: HomeAssistantClient, _: Call) -> tuple[Difference, ...]:
    last = (await client.backups()).last_success_at
    before = "none" if last is None else f"{last:%Y-%m-%d %H:%M} UTC"
    return (Difference(field="Last backup", before=before, after="now"),)


async def _backup_refusal(client: HomeAssistantClient, _: Call) -> str | None:
    if (await client.backups()).has_location:
        return None
    return "Automatic backups have no location: select one in Home Assistant"


async def _back_up(client: HomeAssistantClient, _: Call) -> str:
    return (await client.home.call(HomeAction.CREATE_BACKUP)).handle


async def _reloading(client: HomeAssistantClient, call: Call, handle: str) -> Job:
    entry = await client.integration(call)
    is_over = entry.state == LOADED or entry.state in FAILED
    text = "loaded" if entry.state == LOADED else f"{entry.state}: {entry.reason or 'no reason given'}"
    return Job(
        handle=handle, is_running=not is_over, ok=entry.state == LOADED if is_over else None, text=text
    )


async def _newest_reload(client: HomeAssistantClient, call: Call) -> Job | None:
    """Return the last reload that the app asked for; Home Assistant's own retries are not counted."""
    at = (await client.integration(call)).reloaded_at
    return None if at is None else await _reloading(client, call, at.isoformat())


async def _reload_changes(client: HomeAssistantClient, call: Call) -> tuple[Difference, ...]:
    return (Difference(field="State", before=(await client.integration(call)).state, after="reloaded"),)


async def _reload_refusal(client: HomeAssistantClient, call: Call) -> str | None:
    state = (await client.integration(call)).state
    reason = f"Home Assistant cannot reload {call.target.name} in the state {state}: restart Home Assistant"
    return reason if state in STUCK else None


async def _reload(client: HomeAssistantClient, call: Call) -> str:
    return (await client.home.call(HomeAction.RELOAD_INTEGRATION, call.target.id)).handle


_REPAIR: Final = Switch(
    is_on=HomeAssistantClient.is_ignored,
    on=Turn(to=True, run=HomeAssistantClient.ignore, note="It comes back with the next version."),
    off=Turn(to=False, run=HomeAssistantClient.unignore),
    words=("shown", "ignored"),
)

_ACTIONS: Final[tuple[Action[HomeAssistantClient], ...]] = (
    Restart(
        started=HomeAssistantClient.started,
        request=HomeAssistantClient.restart,
        refusal=HomeAssistantClient.restart_refusal,
        note="Automations do not run until Home Assistant is back.",
        away=240.0,
    ).action(
        key="restart",
        name="Restart",
        description="Checks the configuration and restarts Home Assistant.",
        risk=Risk.MEDIUM,
        blast_radius="Automations and everything that needs Home Assistant",
    ),
    RunJob(
        start=_install,
        jobs=Jobs(read=_updating, newest=_newest_update, seconds=LONG),
        changes=_update_changes,
        refusal=_update_refusal,
        note=_install_note,
    ).action(
        key="install_update",
        name="Install update",
        description="Installs the newest version, after a backup where that is supported.",
        risk=Risk.MEDIUM,
        scope="update",
        blast_radius="What is updated may be away meanwhile",
        icon="mdi:update",
    ),
    RunJob(
        start=_back_up,
        jobs=Jobs(read=_backing_up, newest=_newest_backup, seconds=LONG),
        changes=_backup_changes,
        refusal=_backup_refusal,
    ).action(
        key="create_backup",
        name="Create backup",
        description="Creates an automatic backup with the settings of Home Assistant.",
        risk=Risk.LOW,
        button=True,
        icon="mdi:backup-restore",
        capability="backup",
    ),
    RunJob(
        start=_reload,
        jobs=Jobs(read=_reloading, newest=_newest_reload),
        changes=_reload_changes,
        refusal=_reload_refusal,
        note="Its entities are unavailable for some seconds.",
    ).action(
        key="reload_integration",
        name="Reload integration",
        description="Unloads an integration and sets it up again.",
        risk=Risk.LOW,
        scope="integration",
        blast_radius="The entities of one integration",
        icon="mdi:reload",
    ),
    _REPAIR.turn_on(
        key="ignore_repair",
        name="Ignore repair",
        description="Hides a repair until the next version of Home Assistant.",
        risk=Risk.LOW,
        scope="repair",
        icon="mdi:eye-off",
    ),
    _REPAIR.turn_off(
        key="unignore_repair",
        name="Show repair",
        description="Shows an ignored repair again.",
        risk=Risk.LOW,
        scope="repair",
        icon="mdi:eye",
    ),
)
ACTIONS: Final = tuple(replace(one, available=ReportedState.actions_refusal) for one in _ACTIONS)
