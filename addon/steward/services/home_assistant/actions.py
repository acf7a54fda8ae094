"""What can be changed in Home Assistant; the integration allows these actions and no other."""

from dataclasses import replace
from typing import Final

from homelab_steward.contract.home import HomeAction, HomePart
from homelab_steward.contract.step_parts import Difference

from ...errors import PreconditionFailed
from ...sdk.description import Action, Call, Risk
from ...sdk.kits import Job, Jobs, Restart, RunJob, Switch, Turn, always, difference
from ...texts import Text
from .client import HomeAssistantClient, ask
from .install import LONG, UPDATE_ACTIONS
from .models import FAILED, LOADED, STUCK, ReportedState, gibibytes_of


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
        handle=begun.isoformat(), is_running=backups.is_running, ok=ok, text=text, order=begun.timestamp()
    )


async def _backup_changes(client: HomeAssistantClient, _: Call) -> tuple[Difference, ...]:
    last = (await client.backups()).last_success_at
    before = "none" if last is None else f"{last:%Y-%m-%d %H:%M} UTC"
    return (difference(t"Last backup", before, t"now"),)


async def _backup_refusal(client: HomeAssistantClient, _: Call) -> Text | None:
    if (await client.backups()).has_location:
        return None
    return t"Automatic backups have no location: select one in Home Assistant"


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
    return (difference(t"State", (await client.integration(call)).state, t"reloaded"),)


async def _reload_refusal(client: HomeAssistantClient, call: Call) -> str | None:
    state = (await client.integration(call)).state
    reason = f"Home Assistant cannot reload {call.target.name} in the state {state}: restart Home Assistant"
    return reason if state in STUCK else None


def _jobs(action: HomeAction, done: str) -> Jobs[HomeAssistantClient]:
    """Return how the jobs of an action are read, which every report lists."""

    async def newest(client: HomeAssistantClient, call: Call) -> Job | None:
        job = await client.job(action, call)
        if job is None:
            return None
        return Job(
            handle=job.begun_at.isoformat(),
            is_running=job.ended_at is None,
            ok=None if job.ended_at is None else job.failure is None,
            text=job.failure or done,
            order=job.begun_at.timestamp(),
        )

    async def read(client: HomeAssistantClient, call: Call, handle: str) -> Job:
        job = await newest(client, call)
        if job is None or job.handle != handle:
            return Job(handle=handle, is_running=False, text="Home Assistant was restarted since")
        return job

    return Jobs(read=read, newest=newest, seconds=LONG)


async def _purge_changes(client: HomeAssistantClient, _: Call) -> tuple[Difference, ...]:
    database = (await client.home.report(HomePart.DATABASE)).database
    if database is None:
        raise PreconditionFailed(t"The database of Home Assistant cannot be read")
    size = "not known" if database.size is None else gibibytes_of(database.size)
    return (difference(t"Database ({size})", t"all", t"{database.keep_days} days"),)


_APP: Final = Switch(
    is_on=HomeAssistantClient.is_started,
    on=Turn(to=True, run=ask(HomeAction.START_APP)),
    off=Turn(to=False, run=ask(HomeAction.STOP_APP)),
    words=(t"stopped", t"running"),
)
_REPAIR: Final = Switch(
    is_on=HomeAssistantClient.is_ignored,
    on=Turn(to=True, run=ask(HomeAction.IGNORE_REPAIR), note=t"It comes back with the next version."),
    off=Turn(to=False, run=ask(HomeAction.UNIGNORE_REPAIR)),
    words=(t"shown", t"ignored"),
)

_ACTIONS: Final[tuple[Action[HomeAssistantClient], ...]] = (
    Restart(
        started=HomeAssistantClient.started,
        request=ask(HomeAction.RESTART),
        refusal=HomeAssistantClient.restart_refusal,
        note=t"Automations do not run until Home Assistant is back.",
        away=240.0,
    ).action(
        key="restart",
        description="Checks the configuration and restarts Home Assistant.",
        risk=Risk.MEDIUM,
        blast_radius="Automations and everything that needs Home Assistant",
    ),
    *UPDATE_ACTIONS,
    RunJob(
        start=ask(HomeAction.CREATE_BACKUP),
        jobs=Jobs(read=_backing_up, newest=_newest_backup, seconds=LONG),
        changes=_backup_changes,
        refusal=_backup_refusal,
    ).action(
        key="create_backup",
        description="Creates an automatic backup with the settings of Home Assistant.",
        risk=Risk.LOW,
        button=True,
        icon="mdi:backup-restore",
        capability="backup",
    ),
    RunJob(
        start=ask(HomeAction.RELOAD_INTEGRATION),
        jobs=Jobs(read=_reloading, newest=_newest_reload),
        changes=_reload_changes,
        refusal=_reload_refusal,
        note=t"Its entities are unavailable for some seconds.",
    ).action(
        key="reload_integration",
        description="Unloads an integration and sets it up again.",
        risk=Risk.LOW,
        scope="integration",
        blast_radius="The entities of one integration",
        icon="mdi:reload",
    ),
    RunJob(
        start=ask(HomeAction.PURGE_DATABASE),
        jobs=_jobs(HomeAction.PURGE_DATABASE, "Old history is deleted"),
        changes=_purge_changes,
        note=t"The file gets smaller if there is room for a copy of it.",
    ).action(
        key="purge_database",
        description="Deletes the history that is older than the recorder keeps it, and frees its space.",
        risk=Risk.MEDIUM,
        blast_radius="History that is due to be deleted anyway",
        icon="mdi:database-minus",
        capability="clean_up",
    ),
    RunJob(
        start=ask(HomeAction.RESTART_APP),
        jobs=_jobs(HomeAction.RESTART_APP, "It was restarted"),
        changes=always(t"State", t"running", t"restarted"),
    ).action(
        key="restart_app",
        description="Restarts an app of Home Assistant OS.",
        risk=Risk.LOW,
        scope="app",
        blast_radius="What the app does",
        interrupts=True,
    ),
    _APP.turn_on(
        key="start_app",
        description="Starts an app of Home Assistant OS.",
        risk=Risk.LOW,
        scope="app",
    ),
    _APP.turn_off(
        key="stop_app",
        description="Stops an app of Home Assistant OS until it is started again.",
        risk=Risk.MEDIUM,
        scope="app",
        blast_radius="What the app does",
        interrupts=True,
    ),
    _REPAIR.turn_on(
        key="ignore_repair",
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
