"""The scan of the libraries ended with an error."""

from lab.scenarios import Scenario
from services.jellyfin import TASKS, task

SCENARIOS = (
    Scenario(
        runbook="library-scan-failed",
        services=("jellyfin",),
        breaks={
            TASKS: [
                task(
                    "RefreshLibrary",
                    "Scan Media Library",
                    "Failed",
                    "The path /media/films is not accessible",
                ),
                task("CleanLogs", "Clean Log Directory"),
            ]
        },
        check="scan_failed",
        recipe="scan-again",
        target="Jellyfin",
        evidence="(failed)",
    ),
)
