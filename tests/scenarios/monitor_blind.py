"""A monitor answers, and reports nothing."""

from lab.scenarios import Scenario
from services.gatus import STATUSES, silent, statuses

SCENARIOS = (
    Scenario(
        runbook="monitor-blind",
        services=("gatus", "docker"),
        settings={"gatus": {"runs_on": "sonarr"}},
        breaks={STATUSES: silent},
        helps={STATUSES: statuses},
        check="monitor_blind",
        recipe="restart-host",
        target="Gatus",
        evidence="unknown",
    ),
)
