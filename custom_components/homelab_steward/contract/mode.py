"""How much the steward may do: the pause, fences and elevation, and how much it reports."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final

from .base import Many, Message, Timestamp
from .fences import Fence, FenceOffer
from .state import FrontEnd, Speaker

MODE_ID: Final = "steward"
"""The id of the one row of StewardMode."""


class PauseScope(StrEnum):
    """What a pause stops: changes that no person approved, or every change."""

    AUTOMATIC = "automatic"
    EVERYTHING = "everything"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pause(Message):
    """A pause, and who set it. ``person_id`` is "" when an automation of Home Assistant did.

    No step begins that the scope stops, nor does the undo of one. What was sent already is still
    verified, alerts are still taken, and requests are still shown.
    """

    scope: PauseScope
    person_id: str
    person_name: str
    via: FrontEnd
    at: Timestamp
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Elevation(Message):
    """A time in which what one owner approves needs no second person, in one category or instance.

    It ends at ``ends_at`` or, when it is ended before, at ``closed_at``. A high risk still has to be
    confirmed.
    """

    person_id: str
    person_name: str
    via: FrontEnd
    opened_at: Timestamp
    ends_at: Timestamp
    category: str = ""
    instance_id: str = ""
    closed_at: Timestamp | None = None

    def is_open(self, now: datetime) -> bool:
        """Return whether it holds now; it does not when the clock was set back before it began."""
        return self.closed_at is None and self.opened_at <= now < self.ends_at


@dataclass(frozen=True, slots=True, kw_only=True)
class StewardMode(Message):
    """The mode of the app. ``pause`` is None while it is not paused.

    With ``verbose`` people get a message about every step, else only about requests and results.
    ``fences`` are those of the settings file and of people. ``fence_offers`` wait for an answer of an owner;
    those of the instances ``fences_answered`` got one. ``elevation`` is the last one, also when it has ended.
    """

    pause: Pause | None = None
    verbose: bool = False
    fences: Many[Fence] = ()
    fence_offers: Many[FenceOffer] = ()
    fences_answered: Many[str] = ()
    elevation: Elevation | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SetPause(Message):
    """``steward.pause``: pause, or (``scope`` None) resume.

    The speaker is a person who may decide, or an automation of Home Assistant: front end
    ``home_assistant`` with an empty user id. An automation resumes only what one has paused.
    """

    speaker: Speaker
    scope: PauseScope | None
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SetElevation(Message):
    """``steward.elevate``: elevate for ``hours``, or (None) end it. A ``category`` or an instance is given.

    The speaker is an owner, who confirms the beginning with the PIN. Ending it needs none.
    """

    speaker: Speaker
    hours: float | None
    category: str = ""
    instance_id: str = ""
    pin: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class SetVerbose(Message):
    """``steward.verbose``: report every step, or only requests and results. The speaker may decide."""

    speaker: Speaker
    verbose: bool
