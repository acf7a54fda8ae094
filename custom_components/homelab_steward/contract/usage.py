"""How much the language models were used today, and what was sent to models outside."""

from dataclasses import dataclass
from typing import Final

from .base import Many, Message
from .records import LedgerRecord

USAGE_ID: Final = "models"
"""The id of the one row of Usage."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelUse(Message):
    """The requests to one deployment today. ``limit`` None means that it has no limit."""

    deployment: str
    tier: str
    used: int = 0
    limit: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage(Message):
    """The use of one UTC day (``2026-11-28``).

    ``sent_out`` are the requests to models outside on that day, ``last_sent`` is the newest of all.
    ``cost`` is what the requests of the day cost by the prices in the settings.
    """

    day: str
    models: Many[ModelUse] = ()
    sent_out: int = 0
    last_sent: LedgerRecord | None = None
    cost: float = 0.0
