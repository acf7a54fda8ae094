"""The weekly report: what happened, what waits, and what grows old."""

from dataclasses import dataclass

from .base import Many, Message, Timestamp
from .incidents import IncidentStatus, Outcome, Severity
from .preferences import Preference


@dataclass(frozen=True, slots=True, kw_only=True)
class WeekFigures(Message):
    """The figures of seven days. Times are in seconds, None without any.

    ``repaired``, ``by_itself`` and ``ignored`` are how incidents ended; ``unsolved`` are those of the
    week that are still open. ``rejected`` counts ignored requests too. ``cost`` is the sum of what
    the settings say that a request costs.
    """

    opened: int = 0
    resolved: int = 0
    repaired: int = 0
    by_itself: int = 0
    ignored: int = 0
    unsolved: int = 0
    muted: int = 0
    resolve_median: float | None = None
    resolve_longest: float | None = None
    requests: int = 0
    approved: int = 0
    rejected: int = 0
    expired: int = 0
    wait_median: float | None = None
    wait_longest: float | None = None
    runs: int = 0
    helped: int = 0
    model_requests: int = 0
    cloud_requests: int = 0
    cloud_bytes: int = 0
    cost: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class DayFigures(Message):
    """One day of the report, as a date such as "2026-11-28" in the time zone of the report."""

    day: str
    opened: int = 0
    resolved: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportedIncident(Message):
    """One incident of the week, and how it stands or ended."""

    id: str
    number: int
    title: str
    severity: Severity
    status: IncidentStatus
    opened_at: Timestamp
    resolved_at: Timestamp | None = None
    resolution: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportedRun(Message):
    """One change that was carried out."""

    incident_number: int
    label: str
    at: Timestamp
    outcome: Outcome | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Aging(Message):
    """A certificate that ends soon, or a last backup that is old. ``days`` are left, or have passed."""

    is_certificate: bool
    name: str
    instance: str
    days: float


@dataclass(frozen=True, slots=True, kw_only=True)
class QuotaUse(Message):
    """The requests to a model in the week, and on its busiest day. ``limit`` is how many a day may have."""

    deployment: str
    requests: int
    busiest: int
    limit: int | None = None
    cost: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class WeeklyReport(Message):
    """The report of the seven days before ``until``, with the figures of the week before it.

    ``id`` is the local date of ``until``. ``incidents`` are the worst of the week. ``proposed`` are
    kinds of incidents that people may mute, ``always_approved`` those whose proposals they approved
    every time. ``is_partial``: there was too much to count all of it.
    """

    id: str
    since: Timestamp
    until: Timestamp
    zone: str
    made_at: Timestamp
    week: WeekFigures
    before: WeekFigures
    days: Many[DayFigures] = ()
    resolve_seconds: Many[float] = ()
    incidents: Many[ReportedIncident] = ()
    runs: Many[ReportedRun] = ()
    proposed: Many[Preference] = ()
    always_approved: Many[Preference] = ()
    aging: Many[Aging] = ()
    quotas: Many[QuotaUse] = ()
    is_partial: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportSection(Message):
    """One part of a report as plain text: a title and its lines."""

    title: str
    lines: Many[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportPicture(Message):
    """A picture: SVG in the colors of the page (``currentColor``), without scripts and references."""

    key: str
    title: str
    svg: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WeeklyQuery(Message):
    """``reports.weekly``: a report in a language, such as "de"; None is that of the household.

    ``id`` names a report that was sent, None is the report of the seven days before now.
    """

    id: str | None = None
    language: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WeeklyDocument(Message):
    """The answer of ``reports.weekly``. Without anything to say there are no sections and pictures."""

    report: WeeklyReport
    title: str
    headline: str
    sections: Many[ReportSection]
    pictures: Many[ReportPicture]
    markdown: str
