"""Converts readings to other units of the same quantity. Pure."""

from dataclasses import replace
from datetime import datetime
from typing import Final

from .readings import Found

_SECONDS: Final = {"s": 1.0, "min": 60.0, "h": 3_600.0, "d": 86_400.0, "w": 604_800.0}
_MEBIBYTES: Final = {"KiB": 1 / 1024, "MiB": 1.0, "GiB": 1_024.0, "TiB": 1_048_576.0}
_QUANTITIES: Final = (_SECONDS, _MEBIBYTES)

_TIMESTAMP: Final = "timestamp"
_EXACT_BELOW: Final = 100
"""Below this number two decimals are shown."""


def factor(own: str, unit: str) -> float | None:
    """Return by what an amount is multiplied for another unit, None if that is no unit of the quantity."""
    for factors in _QUANTITIES:
        if unit in factors and own in factors:
            return factors[own] / factors[unit]
    return 1.0 if own == unit else None


def is_bytes(unit: str | None) -> bool:
    """Return whether a unit is one of bytes."""
    return unit in _MEBIBYTES


def unit_of(found: Found) -> str:
    """Return the unit of a reading: a time is compared by the seconds since it."""
    return "s" if found.sensor.device_class == _TIMESTAMP else found.sensor.unit or ""


def in_unit(found: Found, unit: str | None, now: datetime) -> Found | None:
    """Return a reading in a unit, None if it cannot be shown in it; unchanged without a unit.

    Of a time its age is shown.
    """
    amount = found.amount(now)
    if unit is None:
        return found
    by = factor(unit_of(found), unit)
    if amount is None or by is None:
        return None
    precision = 2 if abs(amount * by) < _EXACT_BELOW else 0
    sensor = replace(found.sensor, unit=unit, device_class=None, precision=precision)
    return replace(found, sensor=sensor, value=amount * by)
