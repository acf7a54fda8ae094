"""The limits of the agent: how long requests wait, who approves, and how much may be changed."""

from dataclasses import dataclass, field
from datetime import timedelta

from homelab_steward.contract.catalogue import Risk
from homelab_steward.contract.fences import Fence

from .incidents.retention import Kept
from .runs.progress import LOOKED_FOR


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How long requests wait, when people are reminded, how many steps may be started in an hour.

    From the risk ``two_from`` on two people have to approve, from ``unlock_from`` on an unlocked phone.
    ``veto`` is how long people can stop an announced run. ``looked_for`` is for how many seconds the effect
    of a request without an answer is looked for. ``zone`` is the time zone of the people.
    ``fences`` are those of the settings file.
    """

    expiry: timedelta
    reminder: timedelta | None = None
    two_from: Risk | None = None
    unlock_from: Risk = Risk.HIGH
    changes_per_hour: int
    veto: timedelta = timedelta(minutes=10)
    looked_for: float = LOOKED_FOR
    kept: Kept = field(default_factory=Kept)
    zone: str = "UTC"
    fences: tuple[Fence, ...] = ()
