"""The progress of a step, and the times in which its effect and its result are looked for. Pure."""

from dataclasses import dataclass
from typing import Final

from ...sdk.description import Effect

RETRY_DELAYS: Final = (1.0, 2.0, 4.0, 8.0, 15.0, 30.0)
"""Seconds between reads of a service that does not answer: it may be restarting."""

LONGEST_EFFECT: Final = 900.0
LONGEST_READ: Final = 300.0
"""Seconds after which a call of a service's code is cancelled: a lease must not be held forever."""

LOOKED_FOR: Final = 300.0
LONGEST_LOOKED_FOR: Final = 7200.0
"""Seconds in which the effect of a request without an answer is looked for: by default, and at most when
the action's requests take longer. An unknown result is read again for as long."""

READ_AGAIN: Final = 30.0
"""Seconds between two reads of an unknown result."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far a step came: it is done, unless one of the fields is set.

    ``failure`` is why it failed. ``lost`` is why it is not known whether it happened (or whether the
    condition of a wait became true), ``unknown`` why its result is not known. ``wait`` is the number of
    seconds until it is to be continued.
    """

    failure: str | None = None
    lost: str | None = None
    unknown: str | None = None
    wait: float | None = None


DONE: Final = Progress()


@dataclass(frozen=True, slots=True)
class Look:
    """What a probe found, whether the step may be sent again, and how long it may take (seconds).

    ``is_away``: the service did not answer.
    """

    effect: Effect
    is_deduplicated: bool
    within: float
    is_away: bool = False


def next_look(elapsed: float, within: float) -> float | None:
    """Return seconds until the next look for an effect, None when the time for it is over. Pure.

    ``elapsed`` is the time since the search began. The time between two looks grows.
    """
    # A clock that was set back must not make the search longer without end.
    left = within - abs(elapsed)
    return min(max(abs(elapsed), within / 300), within / 10, left) if left > 0 else None


def next_read(elapsed: float, within: float) -> float | None:
    """Return the seconds until an unknown result is read again, None when the time for it is over. Pure."""
    left = within - abs(elapsed)
    return min(left, READ_AGAIN) if left > 0 else None
