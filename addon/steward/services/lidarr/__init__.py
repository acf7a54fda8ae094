"""Lidarr: music, its downloads, and the health of the program itself."""

from typing import Final

from .._servarr.service import downloader

SERVICE: Final = downloader(
    key="lidarr",
    name="Lidarr",
    icon="mdi:music",
    port=8686,
    api="v1",
    unknown_items="includeUnknownArtistItems",
    missing=("MissingAlbumSearch", "albums"),
)
