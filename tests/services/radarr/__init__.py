"""Radarr in the lab: a simulator in a container of the simulated world."""

from lab.fixtures import Round, ServiceFixture
from lab.lab import Lab
from lab.radarr import RadarrSimulator
from services._servarr import TROUBLED

COMMAND = ("POST", "/api/v3/command")


async def _have_failed(lab: Lab) -> None:
    lab.radarr.downloads = [*TROUBLED]


async def _run_out_of_memory(lab: Lab) -> None:
    lab.radarr.slow_seconds = 0
    lab.radarr.downloads = [*TROUBLED]
    lab.radarr.is_library_mounted = False
    lab.world.start_memory_pressure(climb_seconds=0)


FIXTURE = ServiceFixture(
    simulator=lambda lab: RadarrSimulator(lab.world, lab.faults),
    settings=lambda served: {"url": served.url, "api_key": served.api_key},
    wrong_credentials={"api_key": "0" * 32},
    unhealthy=_run_out_of_memory,
    optional={"GET /api/v3/diskspace freeSpace": "The size of the mount is not known: it is left out"},
    rounds=(
        Round(action="restart", write=("POST", "/api/v3/system/restart")),
        Round(action="check_health", write=COMMAND),
        Round(action="backup", write=COMMAND),
        Round(action="search_missing", write=COMMAND),
        Round(action="search_one", write=COMMAND, arguments={"item": 5}),
        Round(action="refresh", write=COMMAND),
        Round(action="refresh_downloads", write=COMMAND),
        Round(action="clear_failed", write=("DELETE", "/api/v3/queue/bulk"), prepare=_have_failed),
    ),
)
