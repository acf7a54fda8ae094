"""How much the steward does by itself: the pause, and how much it reports."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from .base import Message, Timestamp
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
class StewardMode(Message):
    """The mode of the app. ``pause`` is None while it is not paused.

    With ``verbose`` people get a message about every step, else only about requests and results.
    """

    pause: Pause | None = None
    verbose: bool = False


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
class SetVerbose(Message):
    """``steward.verbose``: report every step, or only requests and results. The speaker may decide."""

    speaker: Speaker
    verbose: bool
