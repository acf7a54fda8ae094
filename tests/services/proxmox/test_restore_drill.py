"""Proxmox: a backup becomes a new guest without network, which is asked and removed."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, cast

import msgspec
import pytest

from homelab_steward.contract.restore_drill import ProofLevel
from steward.errors import PreconditionFailed, ServiceRefused, ServiceUnreachable
from steward.sdk.description import Backup, NotRestorable
from steward.sdk.kits import Job
from steward.services.proxmox import restore_drill
from steward.services.proxmox.client import ProxmoxClient
from steward.services.proxmox.models import COPIES

GIB = 2**30
MARK = "steward-drill-ab12cd34-0011"
VM = "local:backup/vzdump-qemu-100-new.vma.zst"
CONTAINER = "local:backup/vzdump-lxc-101.tar.zst"
CONFIG = """#a note
agent: 1
memory: 2048
name: media
net0: virtio=AA:BB:CC:00:11:22,bridge=vmbr0,link_down=0
net1: virtio=AA:BB:CC:00:11:33,bridge=vmbr1
onboot: 1
scsi0: local-lvm:vm-100-disk-0,size=8G
ide2: none,media=cdrom

[before]
scsi1: local-lvm:vm-100-disk-1,size=900G
"""
LXC = "memory: 512\nnet0: name=eth0,bridge=vmbr0\nrootfs: local-lvm:vm-101-disk-0,size=4G\n"


class Clock:
    """Time passes only while something waits."""

    def __init__(self) -> None:
        self.at = 0.0

    def monotonic(self) -> float:
        return self.at

    async def sleep(self, seconds: float) -> None:
        self.at += seconds


@dataclass
class Guest:
    """A guest of the cluster."""

    type: str
    config: dict[str, Any]
    status: str = "stopped"
    started: float = 0.0


@dataclass
class Cluster:
    """A cluster of one node, which answers the calls of a drill as Proxmox VE does.

    ``outcomes`` has how tasks end by their name, ``drop_link`` loses the option that cuts a network.
    """

    clock: Clock = field(default_factory=Clock)
    guests: dict[int, Guest] = field(default_factory=dict)
    configs: dict[str, str] = field(default_factory=lambda: {VM: CONFIG, CONTAINER: LXC})
    outcomes: dict[str, str] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)
    free_memory: float = 16 * GIB
    agent_from: float | None = 40.0
    stops_after: float | None = None
    drop_link: bool = False
    most_online: list[str] = field(default_factory=list)

    def rows(self) -> list[dict[str, Any]]:
        node: dict[str, Any] = {"type": "node", "id": "node/pve1", "node": "pve1", "status": "online"}
        node |= {"maxmem": 32 * GIB}
        node["mem"] = 32 * GIB - self.free_memory
        local: dict[str, Any] = {"type": "storage", "node": "pve1", "storage": "local", "status": "available"}
        lvm = {**local, "storage": "local-lvm", "content": "images,rootdir", "maxdisk": 100 * GIB}
        found = [node, {**local, "content": "backup"}, {**lvm, "disk": 40 * GIB}]
        for vmid, one in self.guests.items():
            row = {"type": one.type, "vmid": vmid, "node": "pve1", "status": one.status}
            found.append({**row, "name": one.config.get("name", ""), "tags": one.config.get("tags")})
        return found

    def get(self, path: str, **query: Any) -> Any:  # noqa: C901 - one case for each path
        match path.split("/"):
            case ["cluster", "resources"]:
                return [one for one in self.rows() if query.get("type") != "vm" or "vmid" in one]
            case [_, "pve1", "storage", "local", "content"]:
                return [
                    {
                        "volid": "local:backup/vzdump-qemu-100-old.vma.zst",
                        "vmid": 100,
                        "ctime": 50,
                        "size": 5,
                    },
                    {"volid": VM, "vmid": 100, "ctime": 90, "size": 6},
                    {"volid": CONTAINER, "vmid": 101, "ctime": 80},
                    {"volid": "local:backup/vzdump-qemu-555.vma.zst", "vmid": 555, "ctime": 99},
                ]
            case [_, "pve1", "vzdump", "extractconfig"]:
                if query["volume"] not in self.configs:
                    raise ServiceRefused("unable to open the archive")
                return self.configs[query["volume"]]
            case [_, _, _, vmid, "config"]:
                return dict(self.guests[int(vmid)].config)
            case [_, _, _, vmid, "status", "current"]:
                return self._status(self.guests[int(vmid)])
            case [_, _, _, vmid, "agent", "get-host-name"]:
                up = self.clock.at - self.guests[int(vmid)].started
                if self.agent_from is None or up < self.agent_from:
                    raise ServiceUnreachable("QEMU guest agent is not running")
                return {"result": {"host-name": "media"}}
            case _:
                raise AssertionError(path)

    def _status(self, guest: Guest) -> dict[str, Any]:
        up = self.clock.at - guest.started
        if self.stops_after is not None and guest.status == "running" and up >= self.stops_after:
            guest.status = "stopped"
        return {"status": guest.status, "uptime": int(up) if guest.status == "running" else 0}

    def change(self, method: str, path: str, form: dict[str, Any]) -> str | None:
        self.calls.append(f"{method} {path}")
        match (method, path.split("/")):
            case ("POST", [_, "pve1", kind]):
                return self._task("restore", lambda: self._restore(kind, form))
            case ("PUT", [_, _, _, vmid, "config"]):
                kept = {
                    key: value.replace(",link_down=1", "") if self.drop_link and key[:3] == "net" else value
                    for key, value in form.items()
                }
                self.guests[int(vmid)].config |= kept
                return None
            case ("POST", [_, _, _, vmid, "status", "start"]):
                return self._task("start", lambda: self._start(self.guests[int(vmid)]))
            case ("POST", [_, _, _, vmid, "status", "stop"]):
                return self._task("stop", lambda: setattr(self.guests[int(vmid)], "status", "stopped"))
            case ("DELETE", [_, _, _, vmid]):
                assert self.guests[int(vmid)].status == "stopped"
                return self._task("delete", lambda: self.guests.pop(int(vmid)))
            case _:
                raise AssertionError(path)

    def _restore(self, kind: str, form: dict[str, Any]) -> None:
        text = self.configs[form.get("archive") or form["ostemplate"]]
        config = dict(line.split(": ", 1) for line in text.partition("\n\n")[0].splitlines() if ": " in line)
        own = {key: form[key] for key in ("tags", "onboot", "protection")}
        assert form["unique"] == 1
        self.guests[int(form["vmid"])] = Guest(kind, {**config, **own})

    def _start(self, guest: Guest) -> None:
        nets = [one for key, one in guest.config.items() if key.startswith("net")]
        self.most_online += [one for one in nets if "link_down=1" not in one]
        guest.status, guest.started = "running", self.clock.at

    def _task(self, name: str, effect: Callable[[], object]) -> str:
        outcome = self.outcomes.get(name, "OK")
        if outcome == "OK":
            effect()
        return f"UPID:pve1:{name}:{outcome}"


class Client:
    """The calls of ProxmoxClient that a drill uses, answered by a cluster."""

    def __init__(self, cluster: Cluster) -> None:
        self.cluster = cluster
        self.clock = cluster.clock

    async def many(self, kind: Any, path: str, _: object, /, **query: Any) -> Any:
        return tuple(msgspec.convert(one, kind) for one in self.cluster.get(path, **query))

    async def one(self, kind: Any, path: str, /, **query: Any) -> Any:
        return msgspec.convert(self.cluster.get(path, **query), kind)

    async def sent(self, _: Any, method: str, path: str, /, *, form: dict[str, Any] | None = None) -> str:
        return self.cluster.change(method, path, form or {}) or ""

    async def send(self, method: str, path: str, /, *, form: dict[str, Any]) -> None:
        self.cluster.change(method, path, form)

    async def job(self, upid: str) -> Job:
        outcome = upid.split(":")[3]
        return Job(handle=upid, is_running=False, ok=outcome == "OK", text=outcome)


class Rig:
    """A drill in a cluster with a machine and a container."""

    def __init__(self) -> None:
        self.cluster = Cluster(guests={100: Guest("qemu", {"name": "media"}), 101: Guest("lxc", {})})
        self.client = cast("ProxmoxClient", Client(self.cluster))
        self.reached: list[ProofLevel] = []

    async def run(self, vmid: str = "100") -> str:
        """Run a drill as the app does; return the id of the copy."""
        backup = (await self.backups())[vmid]
        prepared = await restore_drill.prepare(self.client, backup, MARK)
        try:
            await restore_drill.try_out(self.client, backup, prepared.copy, self.reached.append)
        finally:
            await restore_drill.remove(self.client, prepared.copy)
        return prepared.copy

    async def backups(self) -> dict[str, Backup]:
        return {one.target_id: one for one in await restore_drill.backups(self.client)}

    @property
    def is_clean(self) -> bool:
        return set(self.cluster.guests) == {100, 101}


@pytest.fixture
def rig() -> Rig:
    return Rig()


async def test_the_newest_backup_of_each_guest_that_exists_is_listed(rig: Rig) -> None:
    found = await rig.backups()
    at = datetime.fromtimestamp(90, UTC)
    assert found["100"] == Backup(kind="vm", target_id="100", id=f"pve1/{VM}", made_at=at, size=6)
    assert {one.kind for one in found.values()} == {"vm", "container"}
    assert set(found) == {"100", "101"}


async def test_a_machine_is_restored_cut_off_started_asked_and_removed(rig: Rig) -> None:
    copy = await rig.run()
    assert rig.reached == [*ProofLevel][1:]
    assert rig.is_clean
    assert rig.cluster.most_online == [], "it never had a network"
    path = copy.rpartition("/")[0]
    assert rig.cluster.calls == [
        "POST nodes/pve1/qemu",
        f"PUT nodes/{path}/config",
        f"POST nodes/{path}/status/start",
        f"POST nodes/{path}/status/stop",
        f"DELETE nodes/{path}",
    ]


async def test_a_container_has_started_when_it_runs_for_a_while(rig: Rig) -> None:
    await rig.run("101")
    assert rig.reached[-1] is ProofLevel.BOOTED
    assert rig.is_clean


async def test_space_and_number_are_chosen_before_anything_is_created(rig: Rig) -> None:
    prepared = await restore_drill.prepare(rig.client, (await rig.backups())["100"], MARK)
    node, kind, vmid, mark = prepared.copy.split("/")
    assert (node, kind, mark, int(vmid) in COPIES) == ("pve1", "qemu", MARK, True)
    assert (prepared.needs, prepared.free) == (8 * GIB, 60 * GIB), "the disks of snapshots do not count"
    assert rig.cluster.calls == []


@pytest.mark.parametrize(
    "line",
    [
        "hostpci0: 0000:01:00.0",
        "usb0: host=1-2",
        "args: -device x",
        "hookscript: local:snippets/x.pl",
        "mp0: /srv/media,mp=/media",
        "scsi1: /dev/disk/by-id/x,size=1G",
        "lxc.mount.entry: /srv srv none bind",
        "dev0: /dev/ttyUSB0",
    ],
)
async def test_what_would_share_a_part_of_the_host_is_never_created(rig: Rig, line: str) -> None:
    rig.cluster.configs[VM] = f"{line}\n{CONFIG}"
    with pytest.raises(PreconditionFailed, match="part of its host"):
        await rig.run()
    assert rig.cluster.calls == []


async def test_the_memory_of_the_node_must_be_enough(rig: Rig) -> None:
    rig.cluster.free_memory = 3 * GIB - 1
    with pytest.raises(PreconditionFailed, match="memory"):
        await rig.run()
    rig.cluster.free_memory = 3 * GIB
    await rig.run()


async def test_without_the_size_of_a_disk_the_space_is_not_known(rig: Rig) -> None:
    rig.cluster.configs[VM] = CONFIG.replace(",size=8G", "")
    prepared = await restore_drill.prepare(rig.client, (await rig.backups())["100"], MARK)
    assert prepared.needs is None


async def test_an_archive_that_cannot_be_opened_is_a_result(rig: Rig) -> None:
    del rig.cluster.configs[VM]
    with pytest.raises(NotRestorable, match="unable to open"):
        await rig.run()


@pytest.mark.parametrize(
    ("task", "level"), [("restore", ProofLevel.READABLE), ("start", ProofLevel.RESTORED)]
)
async def test_a_task_that_fails_is_a_result_and_nothing_stays(
    rig: Rig, task: str, level: ProofLevel
) -> None:
    rig.cluster.outcomes[task] = "the archive is damaged"
    with pytest.raises(NotRestorable, match="the archive is damaged"):
        await rig.run()
    assert rig.reached[-1] is level
    assert rig.is_clean


async def test_a_copy_whose_network_cannot_be_cut_is_not_started(rig: Rig) -> None:
    rig.cluster.drop_link = True
    with pytest.raises(PreconditionFailed, match="network"):
        await rig.run()
    assert not any(one.endswith("/start") for one in rig.cluster.calls)
    assert rig.is_clean


async def test_a_copy_that_stops_has_not_started(rig: Rig) -> None:
    rig.cluster.stops_after = 10
    with pytest.raises(NotRestorable, match="stopped again"):
        await rig.run()
    assert rig.reached[-1] is ProofLevel.RESTORED
    assert rig.is_clean


async def test_an_agent_that_never_answers_leaves_it_at_started(rig: Rig) -> None:
    rig.cluster.agent_from = None
    with pytest.raises(NotRestorable, match="agent does not answer"):
        await rig.run()
    assert rig.reached[-1] is ProofLevel.BOOTED
    assert rig.is_clean


@pytest.mark.parametrize("copy", ["pve1/qemu/100/x", "pve1/qemu/100", "../x", f"pve1/qemu/{COPIES.stop}/x"])
async def test_a_guest_of_the_user_is_never_removed(rig: Rig, copy: str) -> None:
    with pytest.raises(ServiceRefused, match="no copy of a drill"):
        await restore_drill.remove(rig.client, copy)
    assert rig.cluster.calls == []


async def test_a_guest_with_such_a_number_and_without_the_mark_is_not_removed(rig: Rig) -> None:
    vmid = COPIES.start
    rig.cluster.guests[vmid] = Guest("qemu", {"tags": "prod;steward-drill-other"}, "running")
    with pytest.raises(ServiceRefused, match="no copy of a drill"):
        await restore_drill.remove(rig.client, f"pve1/qemu/{vmid}/{MARK}")
    assert rig.cluster.calls == []
    assert vmid in rig.cluster.guests


async def test_a_half_restored_copy_and_one_that_is_gone_are_removed(rig: Rig) -> None:
    vmid = COPIES.start
    await restore_drill.remove(rig.client, f"pve1/qemu/{vmid}/{MARK}")
    rig.cluster.guests[vmid] = Guest("qemu", {"lock": "create"})
    await restore_drill.remove(rig.client, f"pve1/qemu/{vmid}/{MARK}")
    assert rig.is_clean


async def test_a_copy_that_cannot_be_deleted_is_said(rig: Rig) -> None:
    vmid = COPIES.start
    rig.cluster.guests[vmid] = Guest("qemu", {"tags": MARK})
    rig.cluster.outcomes["delete"] = "storage is busy"
    with pytest.raises(ServiceRefused, match="storage is busy"):
        await restore_drill.remove(rig.client, f"pve1/qemu/{vmid}/{MARK}")


async def test_copies_are_found_by_their_tag(rig: Rig) -> None:
    vmid = COPIES.start
    rig.cluster.guests[vmid] = Guest("qemu", {"tags": f"a;{MARK}"})
    rig.cluster.guests[200] = Guest("qemu", {"tags": MARK})
    assert await restore_drill.left(rig.client, "steward-drill-ab12cd34-") == [f"pve1/qemu/{vmid}/{MARK}"]
    assert await restore_drill.left(rig.client, "steward-drill-00000000-") == []
    assert [*await rig.backups()] == ["100", "101"]
