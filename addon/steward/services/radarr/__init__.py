"""Radarr: films, their downloads, and the health of the program itself."""

from typing import Final

from .._servarr.service import downloader

SERVICE: Final = downloader(
    key="radarr",
    name="Radarr",
    icon="mdi:movie-open",
    port=7878,
    unknown_items="includeUnknownMovieItems",
    missing=("MissingMoviesSearch", "films"),
)
