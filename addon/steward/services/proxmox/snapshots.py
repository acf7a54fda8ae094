"""Snapshots and backups of guests, and replications."""

import re
from datetime import UTC, datetime
from typing import Final

from homelab_steward.contract.step_parts import Difference

from ...sdk.answers import known
from ...sdk.description import Call, Gaps
from ...sdk.display import Text
from ...sdk.fields import text_field
from ...sdk.format import percent
from ...sdk.kits import NAME, CreateItem, Identity, Job, Jobs, RunJob, always, difference
from .._proxmox.tasks import Upid
from .client import ProxmoxClient
from .guest_tasks import jobs_of
from .models import Feature, Row

REPLICATED: Final = 240.0
"""Seconds for which a replication is waited for, which begins within a minute."""

FULL: Final = 90.0
"""Percent of a storage above which no snapshot is taken: it grows with every change of the guest."""

DISK: Final = re.compile(r"(?:rootfs|(?:mp|scsi|virtio|sata|ide|efidisk|tpmstate)\d+)", re.ASCII)
"""The keys of the configuration of a guest that are disks, such as ``scsi0: local-lvm:vm-101-disk-0``."""

ONLY: Final = text_field(
    NAME, "Name", "The newest snapshot must have this name. Empty for any name.", required=False
)


async def _roll_back(client: ProxmoxClient, call: Call) -> str:
    newest = (await client.snapshots(call))[0]
    is_running = await client.is_running(call)
    path = f"{await client.path(call)}/snapshot/{newest.name}/rollback"
    return await client.sent(Upid, "POST", path, form={"start": int(is_running)})


async def _roll_back_refusal(client: ProxmoxClient, call: Call) -> Text | None:
    if not (found := await client.snapshots(call)):
        return t"{call.target.name} has no snapshot"
    wanted = call.arguments.get(NAME) or found[0].name
    if found[0].name != wanted:
        return t"The newest snapshot of {call.target.name} is {found[0].name}, not {wanted}"
    return await client.refusal(call, "VM.Snapshot", allowed_lock="suspended")


async def _roll_back_changes(client: ProxmoxClient, call: Call) -> tuple[Difference, ...]:
    newest = (await client.snapshots(call))[0]
    at = f"of {_time(newest.snaptime)}" if newest.snaptime else "of an unknown time"
    return (difference(t"State", t"now", t"snapshot {newest.name} {at}"),)


async def _delete_oldest(client: ProxmoxClient, call: Call) -> str:
    return await _delete_snapshot(client, call, (await client.snapshots(call))[-1].name)


async def _delete_refusal(client: ProxmoxClient, call: Call) -> Text | None:
    if not (found := await client.snapshots(call)):
        return t"{call.target.name} has no snapshot"
    if any(one.snaptime is None for one in found):
        return t"Proxmox does not report which snapshot is the oldest"
    return await client.refusal(call, "VM.Snapshot")


async def _delete_changes(client: ProxmoxClient, call: Call) -> tuple[Difference, ...]:
    oldest = (await client.snapshots(call))[-1]
    before = f"{oldest.name} of {_time(known(oldest.snaptime))}"
    return (difference(t"Oldest snapshot", before, t"deleted"),)


async def _back_up(client: ProxmoxClient, call: Call) -> str:
    guest, storage = await client.guest(call), known(await client.backup_storage(call))
    form = {"vmid": call.target.id, "storage": storage.storage, "mode": "snapshot"}
    return await client.sent(Upid, "POST", f"nodes/{guest.node}/vzdump", form=form)


async def _backup_refusal(client: ProxmoxClient, call: Call) -> Text | None:
    storage = await client.backup_storage(call)
    if storage is None:
        return t"No storage for backups is available on the node of {call.target.name}"
    path = f"/storage/{storage.storage}"
    if "Datastore.AllocateSpace" not in await client.rights(path):
        return t"The token lacks the right Datastore.AllocateSpace on {path}"
    return await client.refusal(call, "VM.Backup")


async def _backup_changes(client: ProxmoxClient, call: Call) -> tuple[Difference, ...]:
    storage = known(await client.backup_storage(call))
    return (difference(t"Backup", t"none", t"on {storage.title}"),)


def _time(seconds: int) -> str:
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%d %H:%M} UTC"


def _with_snapshot(place: int) -> Identity[ProxmoxClient]:
    """Return what identifies a guest with one of its snapshots: only the approved one may be used."""

    async def identity(client: ProxmoxClient, call: Call) -> str:
        found = (await client.snapshots(call))[place:][:1]
        return " ".join([await client.identity(call), *(f"{one.name} {one.snaptime}" for one in found)])

    return identity


DELETE_OLDEST: Final = RunJob(
    start=_delete_oldest,
    jobs=jobs_of("delete_snapshot"),
    changes=_delete_changes,
    refusal=_delete_refusal,
    identity=_with_snapshot(-1),
)
ROLL_BACK: Final = RunJob(
    start=_roll_back,
    jobs=jobs_of("rollback"),
    changes=_roll_back_changes,
    refusal=_roll_back_refusal,
    identity=_with_snapshot(0),
)
BACKUP: Final = RunJob(
    start=_back_up,
    jobs=jobs_of("backup"),
    changes=_backup_changes,
    refusal=_backup_refusal,
    waits=False,
    identity=ProxmoxClient.identity,
    follows_others=True,
)


async def _newest_replication(client: ProxmoxClient, call: Call) -> Job:
    return (await client.replication(call))[1].job


REPLICATE: Final = RunJob[ProxmoxClient](
    start=ProxmoxClient.replicate,
    jobs=Jobs(read=ProxmoxClient.replicated, newest=_newest_replication, seconds=REPLICATED),
    changes=always(t"Replication", t"as scheduled", t"run now"),
    note=t"It begins within a minute. The token needs VM.Replicate.",
)


async def _snapshot_names(client: ProxmoxClient, call: Call) -> tuple[str, ...]:
    return tuple(one.name for one in await client.snapshots(call))


async def _take_snapshot(client: ProxmoxClient, call: Call, name: str) -> str:
    return await client.sent(Upid, "POST", f"{await client.path(call)}/snapshot", form={"snapname": name})


async def _delete_snapshot(client: ProxmoxClient, call: Call, name: str) -> str:
    return await client.sent(Upid, "DELETE", f"{await client.path(call)}/snapshot/{name}")


async def _snapshot_refusal(client: ProxmoxClient, call: Call) -> Text | None:
    """Return why no snapshot can be taken: a disk that has none, such as a raw file, or a full storage."""
    path = await client.path(call)
    if not (await client.one(Feature, f"{path}/feature", feature="snapshot")).has_feature:
        return t"A disk of {call.target.name} is on a storage that has no snapshots"
    config = await client.one(dict[str, object], f"{path}/config")
    used = {str(value).partition(":")[0] for key, value in config.items() if DISK.fullmatch(key)}
    node = path.split("/")[1]
    for row in await client.many(Row, "cluster/resources", Gaps(), type="storage"):
        is_used = row.storage in used and row.node == node
        share = percent(row.disk or 0, row.maxdisk or 0) if is_used else None
        if share is not None and share >= FULL:
            return t"Storage {row.storage} is {share:.0f} % full: a snapshot grows with every change"
    return await client.refusal(call, "VM.Snapshot")


SNAPSHOT: Final = CreateItem(
    label=t"Snapshot",
    names=_snapshot_names,
    create=_take_snapshot,
    delete=_delete_snapshot,
    jobs=jobs_of("snapshot"),
    refusal=_snapshot_refusal,
    identity=ProxmoxClient.identity,
)
