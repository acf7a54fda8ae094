"""Lidarr in the lab, from recorded answers."""

from lab.fixtures import Round, ServiceFixture
from services._servarr import API_KEY, DISKS, download, health, page, program, queue_status

FIXTURE = ServiceFixture(
    simulator=program(
        "Lidarr",
        "2.14.5.4836",
        api="v1",
        commands=("MissingAlbumSearch",),
        answers={
            "GET /api/v1/queue/status": queue_status(1),
            "GET /api/v1/queue": page(),
            "GET /api/v1/queue?includeUnknownArtistItems=true": page(download(4, "Fan Noise - Hot Aisle")),
            "GET /api/v1/diskspace": DISKS,
            "GET /api/v1/wanted/missing": page({"id": 12, "title": "Coil Whine"}),
        },
    ),
    settings=lambda served: {"url": served.url, "api_key": API_KEY},
    wrong_credentials={"api_key": "0" * 32},
    unhealthy={
        "GET /api/v1/health": [health("error", "RootFolderCheck", "Missing root folder: /media/music")],
        "GET /api/v1/queue/status": queue_status(1, errors=True),
    },
    optional={"GET /api/v1/diskspace freeSpace": "The size of the mount is not known: it is left out"},
    rounds=(
        Round(action="restart", write=("POST", "/api/v1/system/restart")),
        Round(action="search_missing", write=("POST", "/api/v1/command")),
    ),
)
