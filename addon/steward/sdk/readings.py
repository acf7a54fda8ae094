"""A reading is a value or unknown with a reason. Unknown is never read as good or bad."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from string.templatelib import Template
from typing import Final

from homelab_steward.contract.base import Value

from ..errors import ServiceMalformed, StewardError
from ..texts import Text, translate

NOT_REPORTED: Final = "The service does not report it"
NO_NUMBER: Final = "The service reports a number that is not finite or too large"
LARGEST: Final = 2.0**63


@dataclass(frozen=True, slots=True)
class Unknown:
    """An unknown reading; ``reason`` is one sentence for people."""

    reason: str


class NotKnown(StewardError):
    """A needed value is not known; the text is the reason."""


class Busy(NotKnown):
    """A value is not known temporarily, because work is under way, such as a backup."""


type Reading = Value | Unknown
"""A value, or why there is none. None is never stored: it becomes Unknown with NOT_REPORTED."""


def known[T](value: T | Unknown | None) -> T:
    """Return the value. Raises NotKnown when it is unknown, not reported, or not a finite number."""
    if isinstance(value, Unknown):
        raise NotKnown(value.reason)
    if value is None:
        raise NotKnown(NOT_REPORTED)
    if isinstance(value, float) and not math.isfinite(value):
        raise NotKnown(NO_NUMBER)
    return value


def any_known(*flags: bool | Unknown | None) -> bool:
    """Return whether a flag is True. Raises NotKnown when none is True and one is not known."""
    return any(flag is True for flag in flags) or any(known(flag) for flag in flags)


def certain(found: int, missing: Text | None) -> int:
    """Return a count. Raises NotKnown for 0 when ``missing`` has a reason why items may be missing."""
    if not found and missing:
        raise NotKnown(missing)
    return found


def worded(compute: Callable[[], object]) -> str:
    """Return the result of ``compute`` as text, "not known" with the reason when it raises NotKnown."""
    try:
        found = compute()
        return translate(found) if isinstance(found, Template) else str(found)
    except NotKnown as err:
        return f"not known ({err})"


def read(compute: Callable[[], Value | Unknown]) -> Reading:
    """Return the result of ``compute`` as a reading; NotKnown and ServiceMalformed become Unknown.

    None and numbers that cannot be stored (not finite, beyond 64 bits) become Unknown.
    Other exceptions are raised: they are defects of the caller.
    """
    try:
        value = compute()
    except (NotKnown, ServiceMalformed) as err:
        return Unknown(err.said)
    if value is None:
        return Unknown(NOT_REPORTED)
    if isinstance(value, int | float) and not (math.isfinite(value) and abs(value) < LARGEST):
        return Unknown(NO_NUMBER)
    return value
