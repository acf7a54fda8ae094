"""A job that must report did not."""

from lab.replay import Answer
from lab.scenarios import FiringAlert, Scenario
from services.healthchecks import BACKUP, JOBS, job, key_of

_MISSED = FiringAlert(name="JobMissed", labels={"healthcheck": key_of(BACKUP)})


def _backup(status: str) -> dict[str, Answer]:
    return {JOBS: {"checks": [job(BACKUP, "Nightly backup", status)]}}


SCENARIOS = Scenario.each(
    "pause",
    "investigate",
    runbook="job-missed",
    services=("healthchecks",),
    breaks=_backup("down"),
    alert=_MISSED,
    target="Nightly backup",
    evidence="2026-11-17 03:10 UTC down",
)
