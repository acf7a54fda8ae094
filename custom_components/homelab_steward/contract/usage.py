"""How much the language models were used today, and what was sent to models outside."""

from dataclasses import dataclass
from typing import Final

from .base import Many, Message
from .model_limits import LimitUse
from .records import LedgerRecord

USAGE_ID: Final = "models"
"""The id of the one row of Usage."""


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
