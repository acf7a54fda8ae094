"""Bookshelf in the lab, from recorded answers."""

from services._servarr import downloader
from steward.services.bookshelf import LIBRARY

FIXTURE = downloader(
    "Bookshelf",
    "0.4.18.2805",
    api="v1",
    library=LIBRARY,
    download_title="Parity and Prejudice",
    missing=[
        {"id": 51, "title": "Parity and Prejudice", "author": {"authorName": "Jane Cluster"}},
        {"id": 52, "title": "Great Expectations of Uptime", "author": {"authorName": "C. Rack"}},
    ],
)
