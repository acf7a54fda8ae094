"""An application reports errors in its own health check."""

from lab.replay import Answer
from lab.scenarios import FiringAlert, Scenario
from services._servarr import health

_HEALTH = "GET /api/v3/health"


def _broken(source: str, message: str) -> dict[str, Answer]:
    return {_HEALTH: [health("error", source, message)]}


_NO_CLIENT = _broken("DownloadClientCheck", "Unable to communicate with the download client")

SCENARIOS = (
    Scenario(
        runbook="application-unhealthy",
        services=("sonarr",),
        breaks=_NO_CLIENT,
        helps={_HEALTH: []},
        check="health_error",
        recipe="restart",
        target="Sonarr",
        evidence="Unable to communicate",
    ),
    Scenario(
        runbook="application-unhealthy",
        services=("sonarr",),
        breaks=_NO_CLIENT,
        alert=FiringAlert(name="SonarrUnhealthy", labels={"job": "sonarr"}),
        recipe="investigate",
        target="Sonarr",
    ),
)
