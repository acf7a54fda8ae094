"""A prune job of the backup server failed."""

from lab.replay import Answer
from lab.scenarios import Scenario
from services.proxmox_backup import PRUNE, data, job


def _ended(state: str) -> dict[str, Answer]:
    return {PRUNE: data([job("main", "keep", "prunejob", state)])}


SCENARIOS = (
    Scenario(
        runbook="maintenance-job-failed",
        services=("proxmox_backup",),
        breaks=_ended("datastore is locked"),
        helps=_ended("OK"),
        check="maintenance_failed",
        recipe="run-again",
        target="Prune of main (keep)",
    ),
)
