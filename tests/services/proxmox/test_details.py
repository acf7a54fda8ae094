"""Proxmox: what is read seldom, and the actions on snapshots, backups and cores."""

from datetime import UTC, datetime
from typing import Any

import pytest

from lab.faults import FaultKind
from lab.proxmox_protection import Backup, Snapshot
from lab.visit import Visit, visit
from steward.errors import PreconditionFailed, ServiceMalformed, ServiceRefused
from steward.sdk.description import Gaps
from steward.sdk.testimonies import testimonies as all_said
from steward.services.proxmox.details import EVERY
from steward.services.proxmox.guest_network import macs_in

DAY = 86_400
NOW = datetime(2026, 11, 18, 12, tzinfo=UTC)
RADARR = ("container", "105")


async def outcome(here: Visit, key: str, subject: tuple[str, str] = RADARR) -> str:
    """Return what a check says: the problem, "fine" or "unknown"."""
    checks = await here.checks()
    if (key, subject) in checks.unknown or (key, subject) in checks.busy:
        return "unknown"
    return checks.problems.get((key, subject)) or "fine"


async def refused(here: Visit, key: str, title: str, **arguments: Any) -> str:
    action = here.action(key)
    with pytest.raises((PreconditionFailed, ServiceRefused)) as caught:
        await action.dry_run(here.client, await here.call_of(action, title, **arguments))
    return str(caught.value)


async def test_it_is_read_every_ten_minutes() -> None:
    async with visit("proxmox") as here:
        await here.poll()
        before = len(here.served.requests)
        await here.poll()
        again = {one.path for one in list(here.served.requests)[before:]}
        assert again == {"/version", "/cluster/resources", "/access/permissions", "/cluster/status"}
        await here.clock.sleep(EVERY)
        here.served.protection.updates["pve1"] = 2
        shown = {one.id: one.values for one in (await here.snapshot()).resources if one.kind == "node"}
        assert (shown["pve1"]["updates"], shown["pve2"]["updates"]) == (2, 0)
        versions = [(one["installed"], one["latest_version"]) for one in (shown["pve1"], shown["pve2"])]
        assert versions == [("9.1.4", "9.1.5"), ("9.1.4", "9.1.4")]


@pytest.mark.parametrize(
    ("path", "key", "subject"),
    [
        ("/nodes/pve1/time", "clock_skew", ("node", "pve1")),
        ("/nodes/pve1/storage/local/content", "container_backup_too_old", RADARR),
        ("/nodes/pve1/tasks", "container_backup_failed", RADARR),
        ("/nodes/pve1/lxc/105/snapshot", "container_snapshot_too_old", RADARR),
    ],
)
async def test_what_cannot_be_read_is_unknown(path: str, key: str, subject: tuple[str, str]) -> None:
    async with visit("proxmox") as here:
        here.arm(FaultKind.STATUS, "GET", path)
        assert await outcome(here, key, subject) == "unknown"


async def test_an_odd_row_costs_its_list() -> None:
    async with visit("proxmox") as here:
        odd = {"data": [{"name": 7}, {"name": "current"}]}
        here.served.alter = lambda where, sent: odd if "/lxc/105/snapshot" in where else sent
        assert await outcome(here, "container_snapshots_too_many") == "unknown"
        with pytest.raises(ServiceMalformed):
            await here.client.snapshots(await here.call_of(here.action("snapshot_container"), "radarr"))


@pytest.mark.parametrize(
    ("days", "state", "old", "verification"),
    [
        ([1], "ok", "fine", "fine"),
        ([1, 9], None, "fine", "fine"),
        (
            [5],
            "failed",
            "The last backup of radarr is 5 d old",
            "The verification of the backup of radarr failed",
        ),
        ([90], "ok", "unknown", "fine"),
        ([], None, "unknown", "fine"),
    ],
)
async def test_backups(days: list[int], state: str | None, old: str, verification: str) -> None:
    async with visit("proxmox") as here:
        now = int(here.lab.world.wall())
        here.served.protection.backups[105] = [Backup(now - day * DAY, "pve1", state) for day in days]
        assert await outcome(here, "container_backup_too_old") == old
        assert await outcome(here, "container_verification_failed") == verification


async def test_a_backup_of_a_guest_that_runs_or_failed() -> None:
    async with visit("proxmox") as here:
        here.lab.world.fail_next_task("no space left")
        here.lab.world.work_on(105, "dump")
        assert await outcome(here, "container_backup_failed") == "unknown"
        await here.clock.sleep(EVERY)
        assert (
            await outcome(here, "container_backup_failed")
            == "The last backup of radarr failed: no space left"
        )
        made = Backup(int(here.lab.world.wall()), "pve1")
        here.served.protection.backups[105].append(made)  # of all guests of the node
        await here.clock.sleep(EVERY)
        assert await outcome(here, "container_backup_failed") == "fine"


async def test_a_node_that_is_slow_costs_what_is_read_seldom(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("steward.services.proxmox.details.LONGEST", 0.2)
    async with visit("proxmox") as here:
        here.arm(FaultKind.HANG, "GET", "/nodes/pve2/time")
        found = await here.snapshot()
        here.lab.faults.clear()
        assert "snapshots" in {gap.part for gap in found.coverage.gaps}
        assert found.values["nodes_online"] == 2


async def test_a_guest_without_a_snapshot_is_not_rolled_back() -> None:
    async with visit("proxmox") as here:
        assert await refused(here, "rollback_container", "adguard") == "adguard has no snapshot"
        action = here.action("rollback_container")
        before = await action.dry_run(here.client, await here.call_of(action, "radarr"))
        assert before.differences[0].after.startswith("snapshot before_update of 2026-11-16")


async def test_the_newest_snapshot_is_rolled_back_to() -> None:
    async with visit("proxmox") as here:
        now = int(here.lab.world.wall())
        here.served.protection.snapshots[105] += [Snapshot("newest", now), Snapshot("oldest", now - 9 * DAY)]
        action = here.action("rollback_container")
        call = await here.call_of(action, "radarr")
        await action.execute(here.client, call, (await action.dry_run(here.client, call)).baseline)
        assert here.writes == [("POST", "/nodes/pve1/lxc/105/snapshot/newest/rollback")]


@pytest.mark.parametrize(("key", "age"), [("rollback_container", 0), ("delete_snapshot_container", 90 * DAY)])
async def test_another_snapshot_than_the_approved_one_is_not_used(key: str, age: int) -> None:
    async with visit("proxmox") as here:
        action = here.action(key)
        call = await here.call_of(action, "radarr")
        before = await action.dry_run(here.client, call)
        await action.precheck(here.client, call, before.baseline)
        at = int(here.lab.world.wall()) - age
        here.served.protection.snapshots[105].append(Snapshot("another", at))
        with pytest.raises(PreconditionFailed, match="replaced in the meantime"):
            await action.precheck(here.client, call, before.baseline)


async def test_a_backup_needs_a_storage_and_the_right_to_use_it() -> None:
    async with visit("proxmox") as here:
        here.served.privileges -= {"Datastore.AllocateSpace"}
        assert "Datastore.AllocateSpace on /storage/local" in await refused(
            here, "backup_container", "radarr"
        )
        here.served.privileges -= {"Datastore.Audit"}
        assert "No storage for backups" in await refused(here, "backup_container", "radarr")


async def test_cores_are_those_that_the_node_has() -> None:
    async with visit("proxmox") as here:
        assert "Node pve1 has 8 cores" in await refused(here, "set_cores_container", "radarr", cores=9)
        here.served.alter = lambda where, sent: (
            {"data": {"digest": "d"}} if where.endswith("/lxc/105/config") else sent
        )
        text = await refused(here, "set_cores_container", "radarr", cores=2)
        assert text == "radarr may use all cores of its node"
        here.served.alter = lambda where, sent: (
            {"data": {"digest": "d", "memory": "current=4096"}}
            if where.endswith("/qemu/200/config")
            else sent
        )
        assert "is already 4096 MiB" in await refused(here, "set_memory_vm", "homeassistant", memory_mib=4096)


async def test_the_guests_of_a_node_that_is_offline_are_unknown() -> None:
    async with visit("proxmox") as here:
        await here.poll()
        here.lab.world.set_node_online("pve2", is_online=False)
        shown = {
            one.name: one.values["running"]
            for one in (await here.snapshot()).resources
            if "running" in one.values
        }
        assert shown["homeassistant"] is None
        assert shown["radarr"] is True


async def macs(here: Visit, title: str = "radarr") -> frozenset[str]:
    state = await here.service.poll(here.client, Gaps())
    return {one.name: one.marks for one in all_said(here.service, state, NOW, 60.0)}[title].assigned


@pytest.mark.parametrize(
    ("config", "expected"),
    [
        ({"net0": "virtio=BC:24:11:AA:BB:CC,bridge=vmbr0,firewall=1"}, {"bc:24:11:aa:bb:cc"}),
        (
            {"net0": "name=eth0,bridge=vmbr0,hwaddr=02:00:00:AA:BB:CC,ip=dhcp,type=veth"},
            {"02:00:00:aa:bb:cc"},
        ),
        (
            {"net0": "e1000=bc:24:11:00:00:01", "net1": "bridge=vmbr1,vmxnet3=BC:24:11:00:00:02"},
            {"bc:24:11:00:00:01", "bc:24:11:00:00:02"},
        ),
        ({"net0": "virtio,bridge=vmbr0", "description": "x=BC:24:11:00:00:03", "net": "a=1"}, set()),
        ({"net0": "virtio=BC:24:11:00:00:03:04", "network0": "virtio=BC:24:11:00:00:03"}, set()),
        ({"net0": None, "memory": 2048}, set()),
    ],
)
def test_mac_addresses_in_a_configuration(config: dict[str, Any], expected: set[str]) -> None:
    assert macs_in(config) == expected


async def test_guests_have_the_mac_addresses_of_their_configuration() -> None:
    async with visit("proxmox") as here:
        assert await macs(here) == {"bc2411000005"}
        assert await macs(here, "homeassistant") == {"bc2411000100"}
        assert await macs(here, "pve1") == frozenset()


async def test_a_guest_keeps_its_mac_address_while_its_configuration_cannot_be_read() -> None:
    async with visit("proxmox") as here:
        assert await macs(here) == {"bc2411000005"}
        here.arm(FaultKind.STATUS, "GET", "/nodes/pve1/lxc/105/config")
        await here.clock.sleep(EVERY)
        assert await macs(here) == {"bc2411000005"}
        assert (await here.snapshot()).coverage.gaps == (), "it only identifies the guest"


async def test_a_configuration_that_was_never_read_costs_nothing_else() -> None:
    async with visit("proxmox") as here:
        here.arm(FaultKind.STATUS, "GET", "/nodes/pve1/lxc/105/config")
        assert await macs(here) == frozenset()
        assert await outcome(here, "container_snapshot_too_old") != "unknown"
