"""Sonarr: series, their downloads, and the health of the program itself."""

from typing import Final

from .._servarr.service import downloader

SERVICE: Final = downloader(
    key="sonarr",
    name="Sonarr",
    icon="mdi:television-classic",
    port=8989,
    unknown_items="includeUnknownSeriesItems",
    missing=("MissingEpisodeSearch", "episodes"),
)
