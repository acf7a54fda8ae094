"""When an approved request is executed, if not at once."""

from dataclasses import dataclass

from .base import Many, Message, Timestamp, Value
from .state import TargetRef


@dataclass(frozen=True, slots=True, kw_only=True)
class LaterCondition(Message):
    """A reading that must be within a bound. Exactly one of the bounds is set. ``name`` is for people."""

    name: str
    target: TargetRef
    reading: str
    below: float | None = None
    above: float | None = None
    equals: Value = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Later(Message):
    """A request is executed not before ``at``, when all conditions hold, and not after ``until``.

    ``text`` is what the conditions are as the person said it, "" without any.
    """

    at: Timestamp
    until: Timestamp
    conditions: Many[LaterCondition] = ()
    text: str = ""
