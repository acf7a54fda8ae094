"""The interface of every service's client, and the type of functions for availability."""

from collections.abc import Callable
from typing import Any, Protocol

from ...texts import Text


class Client(Protocol):
    """The methods of every service's client besides its own calls."""

    async def close(self) -> None:
        """Release connections and threads."""


type Available = Callable[[Any], Text | None]
"""Takes the service's state; returns why something is not available, None when it is."""
