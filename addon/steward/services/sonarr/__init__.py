"""Sonarr: series, their downloads, and the health of the program itself."""

from typing import Final

from ...sdk.description import Versions
from .._servarr.actions import Library
from .._servarr.service import downloader

LIBRARY: Final = Library(items="episodes", path="episode", refresh="RefreshSeries", search="EpisodeSearch")
SERVICE: Final = downloader(
    LIBRARY,
    key="sonarr",
    name="Sonarr",
    icon="mdi:television-classic",
    port=8989,
    understood=Versions("4", "4"),
)
