"""Parts of a planned step: values that earlier steps find out, and conditions to wait for."""

from dataclasses import dataclass

from .base import Many, Message, Value


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedReference(Message):
    """An argument whose value is an output of an earlier step, and what the value may be.

    ``step`` is the id of the earlier step. ``kind`` is ``number`` (from ``minimum`` to
    ``maximum``), ``choice`` (one of ``choices``) or ``target`` (the id of a resource of the
    kind ``scope``).
    """

    argument: str
    step: str
    output: str
    kind: str
    minimum: float | None = None
    maximum: float | None = None
    choices: Many[str] = ()
    scope: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedWait(Message):
    """A condition on a reading that must become true within ``within`` seconds.

    The reading is polled every ``settle`` seconds. Exactly one of the bounds is set.
    """

    name: str
    reading: str
    within: float
    settle: float
    below: float | None = None
    above: float | None = None
    equals: Value = None
