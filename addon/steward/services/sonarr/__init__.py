"""Sonarr: series, their downloads, and the health of the program itself."""

from typing import Final

from .._servarr.actions import Library
from .._servarr.service import downloader

LIBRARY: Final = Library(items="episodes", path="episode", refresh="RefreshSeries", search="EpisodeSearch")
SERVICE: Final = downloader(
    LIBRARY,
    key="sonarr",
    icon="mdi:television-classic",
    port=8989,
    understood=("4", "4"),
)
