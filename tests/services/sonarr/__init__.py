"""Sonarr in the lab, from recorded answers."""

from lab.fixtures import Round, ServiceFixture
from services._servarr import API_KEY, DISKS, download, health, page, program, queue_status

FIXTURE = ServiceFixture(
    simulator=program(
        "Sonarr",
        "4.0.16.2944",
        api="v3",
        commands=("MissingEpisodeSearch",),
        answers={
            "GET /api/v3/queue/status": queue_status(1),
            "GET /api/v3/queue": page(),
            "GET /api/v3/queue?includeUnknownSeriesItems=true": page(download(7, "Cold.Aisle.S01E02")),
            "GET /api/v3/diskspace": DISKS,
            "GET /api/v3/wanted/missing": page({"id": 31, "title": "Pilot"}, {"id": 32, "title": "Failover"}),
        },
    ),
    settings=lambda served: {"url": served.url, "api_key": API_KEY},
    wrong_credentials={"api_key": "0" * 32},
    unhealthy={
        "GET /api/v3/health": [health("error", "RootFolderCheck", "Missing root folder: /media/series")],
        "GET /api/v3/queue/status": queue_status(1, unknownWarnings=True),
    },
    optional={"GET /api/v3/diskspace freeSpace": "The size of the mount is not known: it is left out"},
    rounds=(
        Round(action="restart", write=("POST", "/api/v3/system/restart")),
        Round(action="search_missing", write=("POST", "/api/v3/command")),
    ),
)
