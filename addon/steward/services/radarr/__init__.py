"""Radarr: films, their downloads, and the health of the program itself."""

from typing import Final

from ...sdk.description import Versions
from .._servarr.actions import Library
from .._servarr.service import downloader

LIBRARY: Final = Library(items="films", path="movie", refresh="RefreshMovie", search="MoviesSearch")
SERVICE: Final = downloader(
    LIBRARY,
    key="radarr",
    name="Radarr",
    icon="mdi:movie-open",
    port=7878,
    understood=Versions("5", "6"),
)
