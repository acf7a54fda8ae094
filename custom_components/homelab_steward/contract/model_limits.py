"""A limit of a language model, and how much of it is used."""

from dataclasses import dataclass
from typing import Final

from .base import Message

WARN_AT: Final = (50, 70, 80)
"""The percentages of a limit that people are notified of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitUse(Message):
    """A limit and how much of it is used; ``kind`` is the name of its setting, such as ``daily_tokens``."""

    kind: str
    used: float
    limit: float

    @property
    def is_weekly(self) -> bool:
        """Whether it counts since Monday, not since midnight."""
        return self.kind.startswith("weekly")

    @property
    def percent(self) -> int:
        """How much is used, at most 100; a limit of zero is used up."""
        return min(100, int(100 * self.used / self.limit)) if self.limit else 100

    @property
    def warning(self) -> int | None:
        """The highest of ``WARN_AT`` that is reached, None below all."""
        return max((one for one in WARN_AT if self.limit and self.percent >= one), default=None)
