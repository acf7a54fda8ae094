"""Lidarr: music, its downloads, and the health of the program itself."""

from typing import Final

from .._servarr.actions import Library
from .._servarr.service import downloader

LIBRARY: Final = Library(items="albums", path="album", refresh="RefreshArtist", search="AlbumSearch")
SERVICE: Final = downloader(
    LIBRARY,
    key="lidarr",
    icon="mdi:music",
    port=8686,
    api="v1",
    understood=("2", "3"),
)
