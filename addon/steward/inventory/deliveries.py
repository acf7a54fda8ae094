"""Remembers signed webhook requests, so that a repeated one has no effect."""

from hashlib import sha256
from typing import Final

MOST: Final = 1_000
"""The requests of one instance that are remembered."""


class Deliveries:
    """The last requests of one instance, by the SHA-256 of the body, because only the body is signed."""

    def __init__(self) -> None:
        """No request is known at first."""
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
