"""Sonarr in the lab, from recorded answers."""

from services._servarr import downloader
from steward.services.sonarr import LIBRARY

FIXTURE = downloader(
    "Sonarr",
    "4.0.16.2944",
    api="v3",
    library=LIBRARY,
    download_title="Cold.Aisle.S01E02",
    missing=[
        {
            "id": 31,
            "title": "Pilot",
            "seasonNumber": 1,
            "episodeNumber": 1,
            "series": {"title": "Cold Aisle"},
        },
        {
            "id": 32,
            "title": "Failover",
            "seasonNumber": 0,
            "episodeNumber": 2,
            "series": {"title": "Cold Aisle"},
        },
    ],
)
