"""A virtual machine was not backed up for a week, and a guest of the backup server."""

from lab.scenarios import Scenario, investigated
from services.proxmox_backup import SNAPSHOTS, data, snapshot

from ._storage import SELDOM, backed_up

SCENARIOS = (
    Scenario(
        runbook="backup-too-old",
        services=("proxmox",),
        breaks=backed_up(200, 7),
        check="vm_backup_too_old",
        recipe="back-up-now",
        target="homeassistant",
        passes=SELDOM,
    ),
    investigated(
        "backup-too-old",
        "proxmox_backup",
        {SNAPSHOTS: data([snapshot("ct", "105", 9, "radarr")])},
        "backup_too_old",
        "radarr (ct/105) in main",
    ),
)
