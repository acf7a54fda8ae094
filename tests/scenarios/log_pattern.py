"""Lines that match a pattern are in a log."""

from lab.scenarios import FiringAlert, Scenario, nothing

SCENARIOS = Scenario.each(
    "restart",
    "investigate",
    runbook="log-pattern",
    services=("docker",),
    breaks=nothing,
    alert=FiringAlert(name="LogPattern", labels={"container": "radarr", "pattern": "Exceptions"}),
    ends=True,
    target="radarr",
)
