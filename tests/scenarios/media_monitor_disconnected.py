"""A monitor of a media server has no connection to it."""

from lab.scenarios import Scenario
from services.tautulli import STATUS, answer

SCENARIOS = (
    Scenario(
        runbook="media-monitor-disconnected",
        services=("tautulli", "docker"),
        settings={"tautulli": {"runs_on": "sonarr"}},
        breaks={STATUS: answer({"connected": False})},
        helps={STATUS: answer({"connected": True})},
        check="plex_not_connected",
        recipe="restart-host",
        target="Tautulli",
    ),
)
