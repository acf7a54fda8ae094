"""Remembers signed webhook requests, so that one that is sent again causes nothing."""

from hashlib import sha256
from typing import Final

MOST: Final = 1_000
"""Requests that are remembered of one instance."""


class Deliveries:
    """The last requests of one instance. Only the body is signed: its digest tells them apart."""

    def __init__(self) -> None:
        """Nothing arrived yet."""
        self._seen: dict[bytes, None] = {}

    def is_new(self, body: bytes) -> bool:
        """Return whether a request did not arrive before, and remember it."""
        key = sha256(body).digest()
        if key in self._seen:
            return False
        self._seen[key] = None
        if len(self._seen) > MOST:
            del self._seen[next(iter(self._seen))]
        return True
