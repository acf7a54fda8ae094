"""Bookshelf and other successors of Readarr: books, their downloads, and the health of the program itself.

Readarr is not developed any more. Its successors keep its API.
"""

from typing import Final

from .._servarr.actions import Library
from .._servarr.service import downloader

LIBRARY: Final = Library(items="books", path="book", refresh="RefreshAuthor", search="BookSearch")
SERVICE: Final = downloader(
    LIBRARY,
    key="bookshelf",
    icon="mdi:bookshelf",
    port=8787,
    api="v1",
    understood=("0.4", "0.4"),
)
