"""When an approved request is executed, if not at once."""

from dataclasses import dataclass

from .base import Many, Message, Timestamp, Value
from .state import TargetRef


@dataclass(frozen=True, slots=True, kw_only=True)
class LaterCondition(Message):
    """A reading that must be within a bound. Exactly one of the bounds is set. ``name`` is for people.

    ``after`` is for a reading that is a time.
    """

    name: str
    target: TargetRef
    reading: str
    below: float | None = None
    above: float | None = None
    equals: Value = None
    after: Timestamp | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Later(Message):
    """A request is executed not before ``at``, when all conditions hold, and not after ``until``.

    ``text`` says when the conditions hold, as a clause ("When nobody is streaming on Plex"), "" without
    any. With ``is_once`` they are checked once: what does not hold then is not waited for. ``finish_by``
    is when its execution has to be over.
    """

    at: Timestamp
    until: Timestamp
    conditions: Many[LaterCondition] = ()
    text: str = ""
    is_once: bool = False
    finish_by: Timestamp | None = None
