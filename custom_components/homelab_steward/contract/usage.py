"""How much the language models were used today, and what was sent to models outside."""

from dataclasses import dataclass
from typing import Final

from .base import Many, Message
from .records import LedgerRecord

USAGE_ID: Final = "models"
"""The id of the one row of Usage."""


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


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelUse(Message):
    """The use of one deployment today. ``limit`` are the requests of a day, None means without a limit.

    ``limits`` are all of its limits, also those of a week.
    """

    deployment: str
    tier: str
    used: int = 0
    limit: int | None = None
    tokens: int = 0
    cost: float = 0.0
    limits: Many[LimitUse] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage(Message):
    """The use of one day in the household's time zone (``2026-11-28``).

    ``sent_out`` are the requests to models outside on that day, ``last_sent`` is the newest of all.
    ``private_sent`` are those of them with private text in which nothing was masked: always 0 if the
    rules hold. ``cost`` is what the requests of the day cost by the prices in the settings.
    """

    day: str
    models: Many[ModelUse] = ()
    sent_out: int = 0
    private_sent: int = 0
    last_sent: LedgerRecord | None = None
    cost: float = 0.0
