"""Recognises what is compared with a number: more than 80 %, for longer than ten minutes, empty. Pure."""

from collections.abc import Mapping, Sequence
from typing import Final

from .text_parts import NUMBER, Parts

RUNNING: Final[tuple[list[str], ...]] = ([], ["running"])
"""States that say nothing more about a reading: what does not run has none."""

UPTIME: Final = "uptime started"
"""The readings that say since when a thing runs."""

_TIMES: Final = frozenset({"s", "min", "h", "d", "w"})
"""Units of a length of time."""

EMPTY: Final = "empty"
"""The size of a queue, or anything else, in which nothing is."""

_ORDERS: Final = ("most", "least")


def threshold_of(
    parts: Parts, readings: Sequence[str], kind: Mapping[str, str], *, has_name: bool
) -> tuple[str, dict[str, str]] | None:
    """Return a question whether a reading, or a count, is above or below a number."""
    numbers, order = [*parts.values(NUMBER), *parts.values("share")], order_of(parts)
    direction = (
        parts.values("bound")
        or parts.values("reach")
        or ([{"most": "over", "least": "under"}[order[0]]] if order else [])
    )
    units = [*parts.values("unit"), *(["%"] if parts.values("share") else [])]
    if not (parts.values("bound") or parts.values("reach") or units or parts.values("check")):
        return None  # "Which of my three disks is the warmest"
    if len(numbers) != 1 or len(direction) != 1 or len(set(units)) > 1 or parts.values("recent"):
        return None
    slots = {"bound": direction[0], NUMBER: numbers[0], **kind, **check_of(parts)}
    reading = next(iter(readings), order[1] if order and order[1] else "")
    states = parts.values("state")
    if not reading and units and {*units} <= _TIMES and states == ["running"] and (has_name or kind):
        reading = UPTIME  # "Has it been up for more than ten minutes"
    if not reading and not units and kind:
        return "Count", {**slots, **({"state": states[0]} if states else {})}
    # "More than three containers running" is also the name of a reading of some service.
    is_count = reading.startswith("=") and not (has_name or units)
    is_clear = (reading or (units and (has_name or kind))) and states in RUNNING and not is_count
    unit = {"unit": units[0]} if units else {}
    left = {"remaining": "left"} if parts.values("remaining") else {}
    return ("Threshold", {**slots, **unit, **left, "reading": reading}) if is_clear else None


def emptiness_of(
    parts: Parts, readings: Sequence[str], kind: Mapping[str, str]
) -> tuple[str, dict[str, str]] | None:
    """Return the question whether nothing is in something: "is the queue empty".

    None without a noun for it: "has it been running for long" asks about no size.
    """
    other = ("recent", "past", "superlative", "state")
    cues = {"since", "when", "why", "changes"} & set(parts.values("cue"))
    if not readings or cues or any(map(parts.values, other)):
        return None
    return "Threshold", {"reading": readings[0], "bound": "under", NUMBER: "1", **kind, **check_of(parts)}


def order_of(parts: Parts) -> tuple[str, str] | None:
    """Return the direction of a superlative and the reading that it implies, "" for none."""
    found = parts.values("superlative")
    if len(found) != 1:
        return None
    direction, _, reading = found[0].partition(" ")
    return (direction, reading) if direction in _ORDERS else None


def check_of(parts: Parts) -> dict[str, str]:
    """Return the slot of a question that is answered with yes or no."""
    asked = [one for one in parts.found if "cue" in one or "check" in one]
    is_check = bool(asked) and "check" in asked[0] and not {"list", "count"} & set(parts.values("cue"))
    return {"check": "check"} if is_check else {}
