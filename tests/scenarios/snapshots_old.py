"""A container has many snapshots, and old ones."""

from lab.lab import Lab
from lab.proxmox_protection import Snapshot
from lab.scenarios import Scenario, investigated

from ._storage import DAY, SELDOM, many_snapshots


async def _one_too_many(lab: Lab) -> None:
    now = int(lab.world.wall())
    lab.proxmox.protection.snapshots[105] = [Snapshot(f"s{age}", now - age * DAY) for age in range(11)]


SCENARIOS = (
    Scenario(
        runbook="snapshots-old",
        services=("proxmox",),
        breaks=_one_too_many,
        check="container_snapshots_too_many",
        recipe="delete-oldest",
        target="radarr",
        passes=SELDOM,
    ),
    investigated(
        "snapshots-old", "proxmox", many_snapshots, "container_snapshot_too_old", "radarr", passes=SELDOM
    ),
)
