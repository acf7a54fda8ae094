"""A datastore of backups is nearly full, and the storage of a cluster."""

from lab.lab import Lab
from lab.replay import Answer
from lab.scenarios import Scenario, investigated
from lab.wire import JsonObject
from services.proxmox_backup import GIB, USAGE, data


def _used(share: float) -> dict[str, Answer]:
    main: JsonObject = {"store": "main", "total": 1000 * GIB, "used": int(share * 1000) * GIB}
    return {USAGE: data([main, {"store": "offsite", "total": 1000 * GIB, "used": 100 * GIB}])}


async def _storage_fills(lab: Lab) -> None:
    lab.world.storage_shares |= {("pve1", "local-lvm"): 0.985}


SCENARIOS = (
    Scenario(
        runbook="storage-full",
        services=("proxmox_backup",),
        breaks=_used(0.93),
        helps=_used(0.61),
        check="storage_nearly_full",
        recipe="free-space",
        target="main",
    ),
    investigated("storage-full", "proxmox", _storage_fills, "storage_full", "local-lvm (pve1)"),
)
