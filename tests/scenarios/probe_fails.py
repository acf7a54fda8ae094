"""A probe fails while the service answers."""

from lab.lab import Lab
from lab.scenarios import FiringAlert, Scenario


async def _only_the_probe_fails(_: Lab) -> None:
    """Change nothing: the service answers the steward."""


SCENARIOS = (
    Scenario(
        runbook="probe-fails",
        services=("sonarr", "docker"),
        breaks=_only_the_probe_fails,
        alert=FiringAlert(name="EndpointDown", labels={"job": "sonarr"}),
        recipe="investigate",
        target="Sonarr",
    ),
)
