"""What breaks in the storages of the scenarios."""

from collections.abc import Awaitable, Callable
from typing import Any

from lab.lab import Lab
from lab.proxmox_protection import Backup, Snapshot
from lab.wire import JsonObject
from services.truenas import TIB, ago, alert, vdev
from services.truenas.simulator import TrueNasSimulator

DAY = 86_400
SELDOM = 660.0
"""Seconds after which Proxmox is read completely again."""

type Step = Callable[[Lab], Awaitable[None]]


def nas(lab: Lab) -> TrueNasSimulator:
    """Return the simulator of TrueNAS."""
    served = lab.served["truenas"]
    assert isinstance(served, TrueNasSimulator)
    return served


def sets(method: str, key: str, value: Any, **changed: Any) -> Step:
    """Return what changes a row of an answer of TrueNAS."""

    async def change(lab: Lab) -> None:
        nas(lab).row(method, key, value).update(changed)

    return change


def scrubbed(days: float, errors: int = 0) -> Step:
    """Return what lets the last scrub of tank have ended some days ago."""

    async def change(lab: Lab) -> None:
        scan: JsonObject = {
            "function": "SCRUB",
            "state": "FINISHED",
            "end_time": ago(lab, days),
            "errors": errors,
        }
        nas(lab).row("pool.query", "name", "tank")["scan"] = scan

    return change


def backed_up(vmid: int, days: float, verification: str | None = "ok") -> Step:
    """Return what lets the last backup of a guest be some days old."""

    async def change(lab: Lab) -> None:
        guest = lab.world.guest(vmid)
        made = int(lab.world.wall() - days * DAY)
        lab.proxmox.protection.backups[vmid] = [Backup(made, guest.node, verification)]

    return change


async def many_snapshots(lab: Lab) -> None:
    """Let a container have twelve old snapshots."""
    taken = int(lab.world.wall() - 90 * DAY)
    lab.proxmox.protection.snapshots[105] = [Snapshot(f"old{number}", taken) for number in range(12)]


async def disk_faulted(lab: Lab) -> None:
    """Let a disk of a mirror be faulted."""
    broken = vdev(None, vdev("sda", status="FAULTED"), vdev("sdb"), status="DEGRADED")
    nas(lab).row("pool.query", "name", "tank").update(status="DEGRADED", topology={"data": [broken]})


async def disk_reports_errors(lab: Lab) -> None:
    """Let the self-monitoring of a disk find errors."""
    nas(lab).results["alert.list"] = [
        alert("SMARTUncorrectedErrors", "WARNING", "7 errors of sdb", name="sdb", serial="KH4A002")
    ]


async def pool_fills(lab: Lab) -> None:
    """Let a pool be nearly full."""
    nas(lab).row("pool.query", "name", "tank")["allocated"] = 9 * TIB


async def quorum_goes(lab: Lab) -> None:
    """Let the cluster lose its quorum."""
    lab.proxmox.has_quorum = False


async def guest_has_ha_error(lab: Lab) -> None:
    """Let the manager of high availability report an error."""
    lab.proxmox.protection.hastates[105] = "error"
