"""What the doctor found: problems of the set-up, each with what to do."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from .base import Many, Message, Timestamp

DOCTOR_ID: Final = "doctor"
"""The id of the one row of DoctorReport."""


class Area(StrEnum):
    """What the doctor checks, in the order in which it is shown."""

    SETTINGS = "settings"
    STORAGE = "storage"
    CLOCK = "clock"
    SERVICES = "services"
    MODELS = "models"
    TELEGRAM = "telegram"
    HOME = "home"
    BACKUPS = "backups"
    NETWORK = "network"


class FindingSeverity(StrEnum):
    """ERROR: something does not work. WARNING: it will not, or not safely. NOTE: nothing has to be done."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding(Message):
    """One problem: of what, why it matters, and the exact step that solves it.

    ``id`` stays the same while the problem lasts. ``needs_repair``: only a person can solve it, and no
    incident and no other repair of Home Assistant says it.
    """

    id: str
    area: Area
    severity: FindingSeverity
    subject: str
    problem: str
    why: str
    remedy: str
    needs_repair: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class AreaChecked(Message):
    """What was checked of an area, as a short text, and what could not be checked, with the reason."""

    area: Area
    text: str
    not_checked: Many[str] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Versions(Message):
    """The versions of the parts.

    ``contract`` is that of the wire, ``database`` the revision of the stored schema (None before the first
    start), ``integration`` that of the connected integration (None without one).
    """

    app: str
    contract: int
    database: str | None
    python: str
    integration: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HealthPart(Message):
    """One part of the running app, such as ``queues``: whether it works, None when that is not known.

    ``value`` and ``limit`` are bytes, seconds, or numbers of things. ``reasons`` say what is wrong.
    """

    key: str
    ok: bool | None
    value: float | None = None
    limit: float | None = None
    reasons: Many[str] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DoctorReport(Message):
    """All findings, the worst of each area first. The texts are in the language of the household.

    ``is_running`` says whether the app itself looked; otherwise the command line did while it was off.
    ``health`` are the parts of the running app, which are read every minute.
    """

    at: Timestamp
    versions: Versions
    areas: Many[AreaChecked] = ()
    findings: Many[Finding] = ()
    is_running: bool = True
    health: Many[HealthPart] = ()

    @property
    def has_problem(self) -> bool:
        """Whether anything has to be done."""
        return any(one.severity is not FindingSeverity.NOTE for one in self.findings)


@dataclass(frozen=True, slots=True, kw_only=True)
class RunDoctor(Message):
    """``steward.doctor``: returns the last report, a new one with ``now`` or without a last one."""

    now: bool = False
