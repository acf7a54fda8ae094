"""Lidarr in the lab, from recorded answers."""

from services._servarr import downloader
from steward.services.lidarr import LIBRARY

FIXTURE = downloader(
    "Lidarr",
    "2.14.5.4836",
    api="v1",
    library=LIBRARY,
    download_title="Fan Noise - Hot Aisle",
    missing=[
        {"id": 12, "title": "Coil Whine", "artist": {"artistName": "Fan Noise"}},
        {"id": 13, "title": "Hot Aisle", "artist": {"artistName": "Fan Noise"}},
    ],
)
