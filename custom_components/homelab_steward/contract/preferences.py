"""What people decide again and again about one kind of incident, and what may be muted because of it."""

from dataclasses import dataclass
from enum import StrEnum

from .base import Many, Message, Timestamp
from .incidents import Severity
from .state import Speaker, TargetRef


class PreferenceState(StrEnum):
    """Whether a kind of incident is muted.

    NOTED: the decisions are counted. PROPOSED: people are asked whether it is muted. MUTED: its
    incidents are recorded, and nobody is asked about them unless they are critical. DECLINED:
    people do not want that, so it is not proposed again.
    """

    NOTED = "noted"
    PROPOSED = "proposed"
    MUTED = "muted"
    DECLINED = "declined"


@dataclass(frozen=True, slots=True, kw_only=True)
class Preference(Message):
    """The decisions about one kind of incident: a runbook, or else an alert, with its target.

    ``runbook_id`` is None when no runbook matched; ``alert`` is then the name of the alert.
    ``approved_at_least`` is the share of approvals that the counts prove, from 0 to 1 (the lower
    bound of the 95 % confidence interval). ``looked`` counts approvals of what changes nothing.
    ``severity`` is the worst of its incidents. ``muted`` is
    how many incidents were muted, ``changed_by`` who accepted or declined.
    """

    id: str
    title: str
    category: str
    severity: Severity
    state: PreferenceState
    first_at: Timestamp
    last_at: Timestamp
    runbook_id: str | None = None
    alert: str = ""
    target: TargetRef | None = None
    ignored: int = 0
    approved: int = 0
    rejected: int = 0
    looked: int = 0
    approved_at_least: float = 0.0
    muted: int = 0
    changed_by: str = ""
    changed_at: Timestamp | None = None

    @property
    def decided(self) -> int:
        """The number of decisions."""
        return self.ignored + self.approved + self.rejected + self.looked


@dataclass(frozen=True, slots=True, kw_only=True)
class PreferenceQuery(Message):
    """``preferences.list``: the preferences, or with ``state`` only those in that state."""

    state: PreferenceState | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Preferences(Message):
    """The answer of ``preferences.list``, the last changed first."""

    preferences: Many[Preference]


@dataclass(frozen=True, slots=True, kw_only=True)
class DecidePreference(Message):
    """``preferences.decide``: accept that a proposed kind of incident is muted, or decline it."""

    id: str
    speaker: Speaker
    accept: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeBackPreference(Message):
    """``preferences.take_back``: forget the decisions about a kind of incident; it is not muted any more."""

    id: str
    speaker: Speaker
