"""What a sign of a bad update is, and how long one has to last. Pure."""

from dataclasses import dataclass
from typing import Final

from ..texts import Text
from .reads import Reads

SILENT: Final = 70.0
"""Seconds for which something may stop answering after the update, and for which a read counts."""

SETTLED: Final = 60.0
"""Seconds after the update in which no check, error or number is judged."""

MOVES: Final = 50.0
"""A line that shows progress counts for so many seconds."""


@dataclass(frozen=True, slots=True)
class Sign:
    """One sign. It is certain once it has lasted for the seconds that are ``needed``."""

    text: Text
    lasts: float = 0.0
    needed: float = 0.0

    @property
    def is_certain(self) -> bool:
        """Whether it has lasted long enough."""
        return self.lasts >= self.needed


def moves(reads: Reads) -> bool:
    """Return whether the log shows that a start or a conversion goes on."""
    return reads.moved is not None and reads.last - reads.moved <= MOVES
