"""Converts readings into states that Home Assistant accepts, whatever the app sends."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Final

from homeassistant.components.sensor import (
    NON_NUMERIC_DEVICE_CLASSES,
    SensorDeviceClass,
    SensorStateClass,
)
from homeassistant.const import MAX_LENGTH_STATE_STATE
from homeassistant.helpers.typing import StateType
from homeassistant.util import dt as dt_util

from .contract.base import Value
from .contract.catalogue import SensorOffer

type Native = StateType | date | datetime
type Fit = Callable[[Value], Native]

_TIMESTAMPS: Final = frozenset({SensorDeviceClass.TIMESTAMP, SensorDeviceClass.UPTIME})


def device_class_of(offer: SensorOffer) -> SensorDeviceClass | None:
    """Return the device class, None for one this Home Assistant does not know."""
    if offer.options:
        return SensorDeviceClass.ENUM
    try:
        device_class = SensorDeviceClass(offer.device_class or "")
    except ValueError:
        return None
    return None if device_class is SensorDeviceClass.ENUM else device_class


def state_class_of(offer: SensorOffer) -> SensorStateClass | None:
    """Return the state class; only numbers have one."""
    if device_class_of(offer) in NON_NUMERIC_DEVICE_CLASSES:
        return None
    try:
        return SensorStateClass(offer.state_class or "")
    except ValueError:
        return None


def unit_of(offer: SensorOffer) -> str | None:
    """Return the unit; only numbers have one."""
    return None if device_class_of(offer) in NON_NUMERIC_DEVICE_CLASSES else offer.unit


def fit_of(offer: SensorOffer) -> Fit:
    """Return the function that converts values into states; one that does not fit becomes unknown."""
    device_class = device_class_of(offer)
    if device_class is SensorDeviceClass.ENUM:
        return lambda value: value if isinstance(value, str) and value in offer.options else None
    if device_class in _TIMESTAMPS:
        return _as_timestamp
    if device_class is SensorDeviceClass.DATE:
        return _as_date
    if device_class or unit_of(offer) or state_class_of(offer) or offer.precision is not None:
        return as_number
    return _as_text


def as_on(value: Value) -> bool | None:
    """Return the state of a binary sensor or switch; None (unknown) for a text."""
    return bool(value) if isinstance(value, bool | int | float) else None


def as_number(value: Value) -> float | int | None:
    """Return the value as a number; None (unknown) for anything else."""
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None


def whole(value: float) -> float | int:
    """Return a whole number without its decimal point."""
    return int(value) if value.is_integer() else value


def _as_timestamp(value: Value) -> datetime | None:
    parsed = dt_util.parse_datetime(value) if isinstance(value, str) else None
    return parsed if parsed is not None and parsed.tzinfo is not None else None


def _as_date(value: Value) -> date | None:
    return dt_util.parse_date(value) if isinstance(value, str) else None


def _as_text(value: Value) -> StateType:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str) and len(value) > MAX_LENGTH_STATE_STATE:
        return value[: MAX_LENGTH_STATE_STATE - 1] + "…"
    return value
