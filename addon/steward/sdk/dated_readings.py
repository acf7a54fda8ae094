"""Readings that say when something was done or ends, which several services have. Pure."""

from datetime import datetime
from typing import Final

CERTIFICATE_DAYS: Final = "certificate_days"
"""The reading of services and resources that says in how many days a certificate ends."""

LAST_BACKUP: Final = "last_backup"
"""The reading that says when the last backup was made."""


def time_of(reading: object) -> datetime | None:
    """Return the time that a reading is, None when it is none, or not known."""
    try:
        found = datetime.fromisoformat(reading) if isinstance(reading, str) else None
    except ValueError:
        return None
    return found if found is not None and found.tzinfo is not None else None


def number_of(reading: object) -> float | None:
    """Return the number that a reading is, None when it is none, or not known."""
    if isinstance(reading, int | float) and not isinstance(reading, bool):
        return float(reading)
    return None
