"""What every client of a service offers, and whether an offer of the service is available."""

from collections.abc import Callable
from typing import Any, Protocol

from ...texts import Text


class Client(Protocol):
    """What every service's client offers besides its own calls."""

    async def close(self) -> None:
        """Release connections and threads."""


type Available = Callable[[Any], Text | None]
"""Takes the service's state; returns why something is not available, None when it is."""
