"""Restores the newest backup of a guest as a new guest without network, asks it, and removes it."""

import re
import secrets
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, Self

from homelab_steward.contract.restore_drill import ProofLevel

from ...errors import PreconditionFailed, ServiceError, ServiceMalformed, ServiceRefused
from ...sdk.answers import Item
from ...sdk.client import Parameter
from ...sdk.description import Backup, Gaps, NotRestorable, Prepared, Reached, RestoreDrill
from .._proxmox.tasks import Upid
from .client import ProxmoxClient
from .models import COPIES, GUESTS, Resource, Row, is_copy

KIND_OF: Final = {name: kind for kind, name in GUESTS.items()}
IMAGES: Final = {"lxc": "rootdir", "qemu": "images"}
"""What the storage of a restored guest must be able to hold."""

EVERY: Final = 2.0
"""Seconds between two reads of a task or a guest."""

BOOT: Final = 300.0
"""Seconds for which a guest is waited for."""

STEADY: Final = 30
"""Seconds for which a guest must run before it counts as started."""

MIB: Final = 1024 * 1024

UNSAFE: Final = re.compile(r"(hostpci|usb|virtiofs|dev|serial|parallel)\d+|args|hookscript|lxc\..*")
"""Options that give a guest a part of its host, or run something there."""

_DISK: Final = re.compile(r"(scsi|virtio|ide|sata|efidisk|tpmstate|mp)\d+|rootfs")
_SIZE: Final = re.compile(r"(?:^|,)size=(\d+(?:\.\d+)?)([KMGT]?)(?:,|$)")
_UNITS: Final = {"": 1, "K": 2**10, "M": 2**20, "G": 2**30, "T": 2**40}
_COPY: Final = re.compile(r"([A-Za-z0-9][A-Za-z0-9-]*)/(lxc|qemu)/(\d+)/([a-z0-9-]+)")


class Stored(Item, rename=None):
    """A backup on a storage."""

    volid: str
    vmid: int
    ctime: int
    size: int | None = None


class HostName(Item, rename="kebab"):
    """The answer of the guest agent."""

    host_name: str


class Agent(Item, rename=None):
    """An answer of the guest agent, which Proxmox puts below ``result``."""

    result: HostName


@dataclass(frozen=True, slots=True)
class Copy:
    """A guest that a drill creates."""

    node: str
    type: str
    vmid: int
    mark: str

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return the copy with this id. Raises ServiceRefused."""
        found = _COPY.fullmatch(text)
        if found is None or not is_copy(int(found[3])):
            raise ServiceRefused(t"{text} is no copy of a drill")
        return cls(found[1], found[2], int(found[3]), found[4])

    def __str__(self) -> str:
        return f"{self.node}/{self.type}/{self.vmid}/{self.mark}"

    @property
    def path(self) -> str:
        """The path of the guest."""
        return f"nodes/{self.node}/{self.type}/{self.vmid}"


async def backups(client: ProxmoxClient) -> Sequence[Backup]:
    """Return the newest backup of each guest that is no template."""
    rows = await client.many(Row, "cluster/resources", Gaps())
    guests = {one.vmid: one for one in rows if one.type in KIND_OF and not one.template}
    newest = dict[int, tuple[Stored, str]]()
    for node, storage in _backup_storages(rows):
        path = f"nodes/{node}/storage/{storage}/content"
        for one in await client.many(Stored, path, Gaps(), content="backup"):
            if one.vmid not in newest or newest[one.vmid][0].ctime < one.ctime:
                newest[one.vmid] = one, node
    return [
        Backup(
            kind=KIND_OF[guests[vmid].type],
            target_id=str(vmid),
            id=f"{node}/{one.volid}",
            made_at=datetime.fromtimestamp(one.ctime, UTC),
            size=one.size,
        )
        for vmid, (one, node) in newest.items()
        if vmid in guests and not is_copy(vmid)
    ]


def _backup_storages(rows: Sequence[Row]) -> list[tuple[str, str]]:
    """Return node and name of each storage for backups, a shared one once."""
    found = dict[str, tuple[str, str]]()
    for one in rows:
        if one.type == "storage" and one.status == "available" and one.takes_backups:
            found.setdefault(one.key, (one.node, one.storage))
    return [*found.values()]


async def prepare(client: ProxmoxClient, backup: Backup, mark: str) -> Prepared:
    """Choose the number and the space of the copy. Raises PreconditionFailed for what must not be started."""
    node, _, volume = backup.id.partition("/")
    kind = GUESTS[backup.kind]
    config = await _archived(client, node, volume)
    if (part := next(_unsafe(config), None)) is not None:
        raise PreconditionFailed(t"A copy would share a part of its host: {part}")
    rows = await client.many(Row, "cluster/resources", Gaps())
    _check_memory(next((one for one in rows if one.type == "node" and one.key == node), None), config)
    storage = _storage(rows, node, kind)
    taken = {one.vmid for one in rows}
    vmid = next(one for one in iter(_number, None) if one not in taken)
    free = None if storage is None else _free(storage)
    return Prepared(copy=str(Copy(node, kind, vmid, mark)), needs=_needed(config), free=free)


def _number() -> int:
    return COPIES.start + secrets.randbelow(len(COPIES))


async def _archived(client: ProxmoxClient, node: str, volume: str) -> Mapping[str, str]:
    """Return the configuration in a backup. Raises NotRestorable when it cannot be read."""
    try:
        text = await client.one(str, f"nodes/{node}/vzdump/extractconfig", volume=volume)
    except ServiceRefused as err:
        raise NotRestorable(str(err)) from err
    pairs = (
        line.partition(":") for line in text.partition("\n[")[0].splitlines() if not line.startswith("#")
    )
    return {key.strip(): value.strip() for key, colon, value in pairs if colon}


def _unsafe(config: Mapping[str, str]) -> Iterator[str]:
    """Yield the options that would touch the host or other guests."""
    for key, value in config.items():
        is_bound = key.startswith("mp") and value.startswith("/")
        is_raw = bool(_DISK.fullmatch(key)) and value.startswith("/dev/")
        if UNSAFE.fullmatch(key) or is_bound or is_raw:
            yield key


def _check_memory(node: Row | None, config: Mapping[str, str]) -> None:
    """Raise PreconditionFailed unless the node has one and a half times the memory of the copy."""
    found = re.search(r"\d+", config.get("memory", "512"))
    if node is None or node.maxmem is None or node.mem is None or found is None:
        raise PreconditionFailed(t"It is not known whether the node has enough memory")
    if node.maxmem - node.mem < 1.5 * int(found[0]) * MIB:
        raise PreconditionFailed(t"The node has too little free memory for a copy")


def _needed(config: Mapping[str, str]) -> int | None:
    """Return the size of all disks in bytes, None when one is not known."""
    total = 0.0
    for key, value in config.items():
        if not _DISK.fullmatch(key) or "media=cdrom" in value or value.startswith("none"):
            continue
        size = _SIZE.search(value)
        if size is None:
            return None
        total += float(size[1]) * _UNITS[size[2]]
    return int(total)


def _storage(rows: Sequence[Row], node: str, kind: str) -> Row | None:
    """Return the storage with the most free space that can hold a guest of this kind."""
    usable = (one for one in rows if one.type == "storage" and one.node == node and one.status == "available")
    return max((one for one in usable if IMAGES[kind] in one.content.split(",")), key=_free, default=None)


def _free(storage: Row) -> int:
    return (storage.maxdisk or 0) - (storage.disk or 0)


async def try_out(client: ProxmoxClient, backup: Backup, name: str, reached: Reached) -> None:
    """Restore a backup without network, start the copy, and ask its agent."""
    copy = Copy.parse(name)
    rows = await client.many(Row, "cluster/resources", Gaps())
    storage = _storage(rows, copy.node, copy.type)
    if storage is None:
        raise PreconditionFailed(t"No storage of {copy.node} can hold the copy")
    reached(ProofLevel.READABLE)
    form = _form(copy, backup.id.partition("/")[2], storage.storage)
    await _done(client, await client.sent(Upid, "POST", f"nodes/{copy.node}/{copy.type}", form=form))
    await _isolate(client, copy)
    reached(ProofLevel.RESTORED)
    await _done(client, await client.sent(Upid, "POST", f"{copy.path}/status/start", form={}))
    config = await client.one(dict[str, Any], f"{copy.path}/config")
    has_agent = copy.type == "qemu" and str(config.get("agent", "0")).startswith(("1", "enabled=1"))
    await _wait(client, copy, reached, has_agent=has_agent)


def _form(copy: Copy, volume: str, storage: str) -> Mapping[str, Parameter]:
    form: dict[str, Parameter] = {
        "vmid": copy.vmid,
        "storage": storage,
        "unique": 1,
        "start": 0,
        "onboot": 0,
        "protection": 0,
        "tags": copy.mark,
    }
    if copy.type == "lxc":
        return {**form, "ostemplate": volume, "restore": 1, "hostname": copy.mark}
    return {**form, "archive": volume, "name": copy.mark}


async def _isolate(client: ProxmoxClient, copy: Copy) -> None:
    """Cut every network of the copy, and limit it to one core. Raises PreconditionFailed if one is left."""
    config = await client.one(dict[str, Any], f"{copy.path}/config")
    _check_mark(config, copy)
    form: dict[str, Parameter] = {
        key: f"{_without_link(str(value))},link_down=1" for key, value in _networks(config)
    }
    await client.send("PUT", f"{copy.path}/config", form={**form, "cpulimit": 1, "onboot": 0})
    after = await client.one(dict[str, Any], f"{copy.path}/config")
    if not all("link_down=1" in str(value).split(",") for _, value in _networks(after)):
        raise PreconditionFailed(t"The network of the copy cannot be cut, so that it is not started")


def _networks(config: Mapping[str, Any]) -> list[tuple[str, Any]]:
    return [(key, value) for key, value in config.items() if re.fullmatch(r"net\d+", key)]


def _without_link(value: str) -> str:
    return ",".join(part for part in value.split(",") if not part.startswith("link_down="))


async def _wait(client: ProxmoxClient, copy: Copy, reached: Reached, *, has_agent: bool) -> None:
    """Wait until the copy has run for a while, and its agent answers if it has one. Raises NotRestorable."""
    begun, is_booted = client.clock.monotonic(), False
    while client.clock.monotonic() - begun < BOOT:
        status = await client.one(Resource, f"{copy.path}/status/current")
        if status.status == "stopped":
            raise NotRestorable(t"The copy stopped again.")
        if status.status == "running" and (status.uptime or 0) >= STEADY and not is_booted:
            is_booted = True
            reached(ProofLevel.BOOTED)
        if is_booted and not has_agent:
            return
        if is_booted and await _host_name(client, copy):
            reached(ProofLevel.ANSWERED)
            return
        await client.clock.sleep(EVERY)
    if not is_booted:
        raise NotRestorable(t"The copy did not start.")
    raise NotRestorable(t"The copy runs, but its guest agent does not answer.")


async def _host_name(client: ProxmoxClient, copy: Copy) -> str:
    """Return the name that the system in the copy has, "" while its agent does not answer."""
    with suppress(ServiceError):
        return (await client.one(Agent, f"{copy.path}/agent/get-host-name")).result.host_name
    return ""


async def _done(client: ProxmoxClient, upid: str) -> None:
    """Wait for the end of a task. Raises NotRestorable when it failed, ServiceMalformed if not known."""
    while (job := await client.job(upid)).is_running:
        await client.clock.sleep(EVERY)
    if job.ok is None:
        raise ServiceMalformed(t"Proxmox does not say how its task ended")
    if not job.ok:
        raise NotRestorable(job.text)


def _check_mark(config: Mapping[str, Any], copy: Copy) -> None:
    """Raise ServiceRefused unless a guest is the copy: it has its mark, or is still being created."""
    tags = re.split(r"[;, ]", str(config.get("tags", "")))
    if copy.mark not in tags and config.get("lock") != "create":
        raise ServiceRefused(t"The guest {copy.vmid} is no copy of a drill")


async def remove(client: ProxmoxClient, name: str) -> None:
    """Stop and delete a copy, wherever it is. Raises ServiceRefused for a guest that is none."""
    copy = Copy.parse(name)
    rows = await client.many(Row, "cluster/resources", Gaps(), type="vm")
    row = next((one for one in rows if one.vmid == copy.vmid), None)
    if row is None:
        return
    found = Copy(row.node, row.type, row.vmid, copy.mark)
    _check_mark(await client.one(dict[str, Any], f"{found.path}/config"), found)
    try:
        if (await client.one(Resource, f"{found.path}/status/current")).status == "running":
            await _done(client, await client.sent(Upid, "POST", f"{found.path}/status/stop", form={}))
        await _done(client, await client.sent(Upid, "DELETE", found.path))
    except NotRestorable as err:
        raise ServiceRefused(str(err)) from err


async def left(client: ProxmoxClient, mark: str) -> Sequence[str]:
    """Return the copies whose tag begins with a mark."""
    rows = await client.many(Row, "cluster/resources", Gaps(), type="vm")
    return [
        str(Copy(one.node, one.type, one.vmid, tag))
        for one in rows
        if is_copy(one.vmid)
        for tag in re.split(r"[;, ]", one.tags or "")
        if tag.startswith(mark)
    ]


RESTORE_DRILL: Final = RestoreDrill[ProxmoxClient](
    key="guest", backups=backups, prepare=prepare, try_out=try_out, remove=remove, left=left
)
