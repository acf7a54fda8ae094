"""An application does not meet its objectives, and Coroot analysed why."""

from lab.scenarios import FiringAlert, Scenario, nothing

SCENARIOS = (
    Scenario(
        runbook="coroot-objective",
        services=("docker", "coroot"),
        breaks=nothing,
        alert=FiringAlert(name="SLOViolated", labels={"container": "radarr", "application": "radarr"}),
        ends=True,
        recipe="restart",
        target="radarr",
        evidence="A dropped index slows the database",
    ),
)
