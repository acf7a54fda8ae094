"""Proxmox Backup Server: datastores, the last backup of each guest, verification and maintenance."""

from typing import Any, Final

from homelab_steward.contract.fences import FenceRole
from homelab_steward.contract.state import ResourceKey

from ...sdk.answers import known, worded
from ...sdk.description import STORAGE, Call, Gaps, ResourceKind, Right, Risk, Role, Sensor, Service, Versions
from ...sdk.display import Text, brief, critical, filling, list_tool, served, span, warning, worst_first
from ...sdk.fields import TLS_SETTINGS, url_field
from ...sdk.kits import Jobs, RunJob, always
from ...sdk.sensors import backup_time, diagnostic, flag, gibibytes, load, percentage, share
from .._proxmox.client import BACKUP_DAYS, token_fields
from .._proxmox.tasks import UNKNOWN, is_good
from .client import PLACES, BackupClient
from .models import JOBS, Datastore, Group, Server

RIGHTS: Final = {
    "Datastore.Audit": "to see datastores, backups and jobs",
    "Sys.Audit": "to see the load of the server and the tasks of others",
    "Datastore.Verify": "to start verifications",
    "Datastore.Modify": "to start garbage collections and jobs",
}
type Named = Any
"""A job with its kind before it."""


def _parent(store: str) -> ResourceKey:
    return ResourceKey(kind="datastore", id=store)


def _job_name(named: Named) -> str:
    kind, job = named
    return f"{JOBS[kind]} of {job.store}" + (f" ({job.id})" if job.id else "")


def _job_fails(named: Named) -> Text | None:
    job = named[1]
    state = known(job.last_run_state)
    if job.disable or state in UNKNOWN or is_good(state):
        return None
    return t"{_job_name(named)} failed: {brief(state, 200)}"


def _unreadable(store: Datastore) -> Text | None:
    return t"Datastore {store.store} cannot be read: {brief(store.error, 200)}" if store.error else None


def _used(store: Datastore) -> float:
    return share(store.used, store.total)


def _too_old(group: Group) -> Text | None:
    age = group.age
    return (
        t"The last backup of {group.title} is {span(age.total_seconds())} old"
        if age > group.longest
        else None
    )


def _failed(group: Group) -> Text | None:
    task = group.failed
    return None if task is None else t"The backup of {group.title} failed: {brief(task.outcome or '', 200)}"


def _unverified(group: Group) -> Text | None:
    return None if group.is_verified else t"The verification of {group.title} failed"


RESOURCES: Final = (
    ResourceKind[Server, Datastore](
        key="datastore",
        items=lambda server: server.datastores,
        id=lambda store: store.store,
        labels=lambda store: {"datastore": store.store},
        sensors=(
            percentage("disk_share", "Space usage", _used, "mdi:database"),
            gibibytes("used", "Space used", lambda store: store.used, enabled=False),
        ),
        role=Role.STORAGE,
        is_device=True,
    ),
    ResourceKind[Server, Group](
        key="backup",
        items=lambda server: server.groups,
        id=lambda group: group.key,
        title=lambda group: group.title,
        labels=lambda group: {"backup": group.name, "datastore": group.store},
        parent=lambda group: _parent(group.store),
        sensors=(
            backup_time(lambda group: group.newest.at),
            flag(
                "verification_failed", "Verification failed", lambda group: not group.is_verified, "problem"
            ),
            served("backups", "Backups", lambda group: len(group.snapshots), "mdi:archive"),
        ),
        part="backup",
    ),
    ResourceKind[Server, Named](
        key="job",
        items=lambda server: server.jobs,
        id=lambda named: f"{named[0]}:{named[1].id or named[1].store}",
        title=_job_name,
        parent=lambda named: _parent(named[1].store),
        sensors=(
            flag("failed", "Failed", lambda named: _job_fails(named) is not None, "problem"),
            diagnostic("last_result", "Last result", lambda named: named[1].last_run_state),
        ),
    ),
)
LOAD: Final[tuple[Sensor[Server], ...]] = load(
    used=lambda server: server.node.memory.used,
    limit=lambda server: server.node.memory.total,
    cpu=lambda server: round(100 * known(server.node.cpu), 1),
    uptime=lambda server: server.node.uptime,
)
SENSORS: Final = LOAD
CHECKS: Final = (
    critical("storage_unreadable", "Storage unreadable", _unreadable, "datastore"),
    *filling("datastore", _used, lambda store, full: t"Datastore {store.store} is {full:g} % full"),
    warning("backup_too_old", "Backup too old", _too_old, "backup"),
    warning("backup_failed", "Backup failed", _failed, "backup"),
    critical("verification_failed", "Verification failed", _unverified, "backup"),
    warning("maintenance_failed", "Maintenance failed", _job_fails, "job"),
)


@list_tool("backups", "Backups", "The last backup of each guest.", capability="backup")
async def _backups(client: BackupClient, gaps: Gaps, _: Call) -> list[str]:
    groups = (await client.server(gaps)).groups
    shown = worst_first(groups, lambda one: bool(_unverified(one) or _failed(one) or _too_old(one)))
    return [
        f"{one.title}: {len(one.snapshots)} backups, the last on {one.newest.at:%Y-%m-%d %H:%M} UTC, "
        f"verified: {worded(lambda one=one: 'ok' if one.is_verified else 'failed')}"  # type: ignore[misc]
        for one in shown
    ]


@list_tool("tasks", "Tasks", "Recent tasks, failed ones first.")
async def _tasks(client: BackupClient, gaps: Gaps, _: Call) -> list[str]:
    tasks = worst_first(await client.tasks(gaps), lambda one: one.job.ok is False)
    return [
        f"{one.worker_type} {one.worker_id or ''} by {one.user}: {brief(one.job.text, 120)}" for one in tasks
    ]


def _work(command: str, kind: str, right: str, note: str) -> RunJob[BackupClient]:
    return RunJob(
        start=lambda client, call: client.start(f"admin/datastore/{call.target.id}/{command}"),
        jobs=Jobs(
            read=lambda client, _, upid: client.job(upid),
            newest=lambda client, call: client.newest_job(call, kind),
        ),
        changes=always(note, "not running", "running"),
        refusal=lambda client, call: client.refusal(call.target.id, right),
        waits=False,
    )


async def _run(client: BackupClient, call: Call) -> str:
    kind, _, name = call.target.id.partition(":")
    return await client.start(f"{PLACES[kind]}/{name}/run")


async def _no_run(client: BackupClient, call: Call) -> Text | None:
    if call.target.id.startswith("gc:"):
        return t"Start the garbage collection of its datastore"
    job = await client.maintenance(call)
    return t"{call.target.name} is disabled" if job.disable else None


RUN: Final = RunJob[BackupClient](
    start=_run,
    jobs=Jobs(read=lambda client, _, upid: client.job(upid), newest=BackupClient.last_run),
    changes=always(t"Job", t"not running", t"running"),
    refusal=_no_run,
    waits=False,
    note=t"A prune job deletes backups as its settings say.",
)
SERVICE: Final = Service(
    key="proxmox_backup",
    name="Proxmox Backup Server",
    category=STORAGE,
    manufacturer="Proxmox",
    icon="mdi:backup-restore",
    role=Role.STORAGE,
    essential=FenceRole.BACKUP,
    settings=(
        url_field("https://pbs.example.org:8007"),
        *token_fields("Proxmox Backup Server", "steward@pbs!homelab", "Audit"),
        BACKUP_DAYS,
        *TLS_SETTINGS,
    ),
    connect=BackupClient,
    poll=BackupClient.server,
    interval=300.0,
    version=lambda server: server.version.version,
    sensors=SENSORS,
    resources=RESOURCES,
    checks=CHECKS,
    tools=(_backups, _tasks),
    actions=(
        _work("verify", "verify", "Datastore.Verify", "Verification").action(
            key="verify_datastore",
            name="Verify backups",
            description="Reads and verifies all backups of the datastore that were not verified yet.",
            risk=Risk.LOW,
            scope="datastore",
            icon="mdi:check-decagram",
            needs=("Datastore.Verify",),
        ),
        _work("gc", "garbage_collection", "Datastore.Modify", "Garbage collection").action(
            key="collect_garbage",
            description="Frees the space of backups that were deleted.",
            risk=Risk.LOW,
            scope="datastore",
            icon="mdi:recycle",
            capability="free_space",
            needs=("Datastore.Modify",),
        ),
        RUN.action(
            key="run_job",
            description="Runs a verification, prune or sync job now.",
            risk=Risk.MEDIUM,
            scope="job",
            icon="mdi:play",
            capability="retry",
            needs=("Datastore.Modify",),
        ),
    ),
    rights=Right.each(RIGHTS),
    granted=lambda server: frozenset(right for found in server.permissions.values() for right in found),
    understood=Versions("3", "4"),
)
