"""The results of a probe, and how a probe says them."""

from enum import StrEnum


class Result(StrEnum):
    """The result of one probe. Only HELD counts as held."""

    HELD = "held"
    FAILED = "failed"
    NOT_APPLICABLE = "not_applicable"


class NotHeld(Exception):
    """The rule did not hold; the text says what happened instead."""


class NotApplicable(Exception):
    """The rule cannot be probed in this installation; the text says why."""


def require(holds: object, otherwise: str) -> None:
    """Raise NotHeld with the text unless the condition holds."""
    if not holds:
        raise NotHeld(otherwise)
