"""An application does not meet its objectives, and Coroot analysed why."""

from lab.lab import Lab
from lab.scenarios import FiringAlert, Scenario


async def _only_the_monitor_sees_it(_: Lab) -> None:
    """Change nothing: the application runs, and answers too late."""


SCENARIOS = (
    Scenario(
        runbook="coroot-objective",
        services=("docker", "coroot"),
        breaks=_only_the_monitor_sees_it,
        alert=FiringAlert(name="SLOViolated", labels={"container": "radarr", "application": "radarr"}),
        ends=True,
        recipe="restart",
        target="radarr",
        evidence="A dropped index slows the database",
    ),
)
