"""The verification of a backup failed, as the backup server and as the cluster see it."""

from lab.replay import Answer
from lab.scenarios import Scenario, investigated
from services.proxmox_backup import SNAPSHOTS, data, snapshot

from ._storage import SELDOM, backed_up


def _verified(state: str) -> dict[str, Answer]:
    return {SNAPSHOTS: data([snapshot("vm", "100", 0.4, "homeassistant", state)])}


SCENARIOS = (
    Scenario(
        runbook="backup-verification-failed",
        services=("proxmox_backup",),
        breaks=_verified("failed"),
        helps=_verified("ok"),
        check="verification_failed",
        recipe="verify-again",
        target="homeassistant (vm/100) in main",
    ),
    investigated(
        "backup-verification-failed",
        "proxmox",
        backed_up(105, 1, "failed"),
        "container_verification_failed",
        "radarr",
        passes=SELDOM,
    ),
)
