"""A service that was readable does not answer any more."""

from lab.lab import Lab
from lab.scenarios import Scenario
from services.docker.engine import EngineSimulator

_FOREVER = 1e9


async def _sonarr_hangs(lab: Lab) -> None:
    lab.replay("sonarr").state.away(_FOREVER, after=0)


async def _sonarr_is_recreated(lab: Lab) -> None:
    """Replace the container without starting it: an update that stopped halfway."""
    served = lab.served["docker"]
    assert isinstance(served, EngineSimulator)
    served.engine.containers["sonarr"]["State"] |= {"Status": "created", "Running": False}
    await _sonarr_hangs(lab)


async def _sonarr_answers(lab: Lab) -> None:
    lab.replay("sonarr").state.away(0)


SCENARIOS = (
    Scenario(
        runbook="service-unreachable",
        services=("sonarr", "docker"),
        breaks=_sonarr_is_recreated,
        helps=_sonarr_answers,
        check="unreachable",
        recipe="start-host",
        target="Sonarr",
    ),
    Scenario(
        runbook="service-unreachable",
        services=("sonarr", "docker"),
        breaks=_sonarr_hangs,
        helps=_sonarr_answers,
        check="unreachable",
        recipe="restart-host",
        target="Sonarr",
    ),
)
