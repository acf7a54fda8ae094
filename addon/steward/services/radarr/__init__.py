"""Radarr: films, their downloads, and the health of the program itself."""

from typing import Final

from .._servarr.actions import Library
from .._servarr.service import downloader

LIBRARY: Final = Library(items="films", path="movie", refresh="RefreshMovie", search="MoviesSearch")
SERVICE: Final = downloader(
    LIBRARY,
    key="radarr",
    icon="mdi:movie-open",
    port=7878,
    understood=("5", "6"),
)
