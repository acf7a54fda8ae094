"""Lines that match a pattern are in a log."""

from lab.lab import Lab
from lab.scenarios import FiringAlert, Scenario


async def _only_the_monitor_sees_it(_: Lab) -> None:
    """Change nothing: the program runs, and writes errors."""


SCENARIOS = tuple(
    Scenario(
        runbook="log-pattern",
        services=("docker",),
        breaks=_only_the_monitor_sees_it,
        alert=FiringAlert(name="LogPattern", labels={"container": "radarr", "pattern": "Exceptions"}),
        ends=True,
        recipe=recipe,
        target="radarr",
    )
    for recipe in ("restart", "investigate")
)
