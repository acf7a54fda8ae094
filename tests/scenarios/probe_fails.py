"""A probe fails while the service answers."""

from lab.scenarios import FiringAlert, Scenario, nothing

SCENARIOS = (
    Scenario(
        runbook="probe-fails",
        services=("sonarr", "docker"),
        breaks=nothing,
        alert=FiringAlert(name="EndpointDown", labels={"job": "sonarr"}),
        recipe="investigate",
        target="Sonarr",
    ),
)
