"""Keys of readings with a time that several services have, and how readings are parsed. Pure."""

from datetime import datetime
from typing import Final

CERTIFICATE_DAYS: Final = "certificate_days"
"""The reading with the days until a certificate expires."""

LAST_BACKUP: Final = "last_backup"
"""The reading with the time of the last backup."""


def time_of(reading: object) -> datetime | None:
    """Return a reading as a time with a zone, None when it is no time or not known."""
    try:
        found = datetime.fromisoformat(reading) if isinstance(reading, str) else None
    except ValueError:
        return None
    return found if found is not None and found.tzinfo is not None else None


def number_of(reading: object) -> float | None:
    """Return a reading as a number, None when it is no number or not known."""
    if isinstance(reading, int | float) and not isinstance(reading, bool):
        return float(reading)
    return None
