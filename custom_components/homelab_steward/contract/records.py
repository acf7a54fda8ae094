"""Stored records for people to read: incidents with all their requests, runbooks, models, audit log."""

from dataclasses import dataclass
from typing import Final

from .base import Many, Message, Timestamp
from .diagnosis import SimilarIncident
from .incidents import ApprovalRequest, Incident, Outcome, Run
from .model_limits import LimitUse
from .proposals import OptionKind
from .state import Speaker

LONGEST_TREND: Final = 256 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentId(Message):
    """``incidents.get`` and ``incidents.trend``: names the incident."""

    id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentRecord(Message):
    """The answer of ``incidents.get``: an incident with its requests and runs of all rounds, oldest first."""

    incident: Incident
    approvals: Many[ApprovalRequest] = ()
    runs: Many[Run] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TrendPicture(Message):
    """The answer of ``incidents.trend``: the readings of an incident's target over the last hours.

    ``png`` is a PNG in base64 of at most ``LONGEST_TREND`` characters, empty without a trend.
    """

    png: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LastPoll(Message):
    """When an instance was polled last. Its row is sent only when something else changed too."""

    instance_id: str
    at: Timestamp


@dataclass(frozen=True, slots=True, kw_only=True)
class LastPolls(Message):
    """The answer of ``instances.polls``; instances that were not polled yet are left out."""

    polls: Many[LastPoll]


@dataclass(frozen=True, slots=True, kw_only=True)
class NamesQuery(Message):
    """``catalogue.names``: the names of what services and runbooks declare in a language, such as "de"."""

    language: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Names(Message):
    """The answer of ``catalogue.names``, by the English name. What is missing is shown in English."""

    names: dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class RecipeRecord(Message):
    """One recipe of a runbook: the names of its steps and of the conditions that verify it."""

    id: str
    label: str
    kind: OptionKind
    steps: Many[str] = ()
    verify: Many[str] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RunbookRecord(Message):
    """One runbook: ``text`` is its Markdown, in ``language`` (a BCP 47 tag).

    ``alerts`` and ``checks`` are what it is for: the names of alerts as monitors have them, and
    the English names of checks. ``symptoms`` are what people say and what logs contain.
    """

    id: str
    version: int
    title: str
    text: str
    recipes: Many[RecipeRecord]
    symptoms: Many[str] = ()
    alerts: Many[str] = ()
    checks: Many[str] = ()
    language: str = "en"


@dataclass(frozen=True, slots=True, kw_only=True)
class RunbookRecords(Message):
    """The answer of ``runbooks.list``, by title. ``can_save``: the app has a folder of own runbooks."""

    runbooks: Many[RunbookRecord]
    can_save: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RunbookId(Message):
    """``runbooks.get``: names the runbook."""

    id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RunbookSource(Message):
    """The answer of ``runbooks.get``: the whole file. ``is_own``: it is in the folder of own runbooks."""

    id: str
    source: str
    is_own: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SaveRunbook(Message):
    """``runbooks.save``: check a runbook and use it from now on, or (``only_check``) only check it.

    The speaker is an owner. A changed runbook needs a higher version.
    """

    speaker: Speaker
    source: str
    only_check: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchQuery(Message):
    """Search runbooks and past incidents: at most ``limit`` (1 to 10) of each."""

    text: str
    limit: int = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundRunbook(Message):
    """A runbook that may fit, how well (0 to 1), the beginning of its text, and the labels of its options.

    ``title`` is the English one.
    """

    id: str
    title: str
    score: float
    text: str
    options: Many[str] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchResult(Message):
    """What fits a text, best first; both are empty when nothing does."""

    runbooks: Many[FoundRunbook] = ()
    incidents: Many[SimilarIncident] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditQuery(Message):
    """``audit.list``: the newest entries of the audit log, at most ``limit``.

    ``before`` is the position below which the next page begins. ``event`` is the beginning of the event,
    ``text`` must be in the entry.
    """

    limit: int = 50
    before: int | None = None
    event: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditRecord(Message):
    """One entry of the audit log. ``body`` is JSON without secrets, ``digest`` links it to the one before."""

    position: int
    at: Timestamp
    event: str
    body: str
    previous: str
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditPage(Message):
    """The answer of ``audit.list``, newest first. ``has_more``: there are older ones that match."""

    entries: Many[AuditRecord]
    has_more: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditVerification(Message):
    """The answer of ``audit.verify``: the number of entries before the first error, and the last digest.

    ``broken_at`` is the position of the first error and ``reason`` says what is wrong; None without one.
    """

    entries: int
    head: str
    broken_at: int | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckRecord(Message):
    """What the check of a model found. ``tools`` is native, schema or none; ``speed`` is in tokens a second.

    ``languages`` are those that it answers in, ``weak`` those that it does not.
    """

    tools: str
    languages: Many[str] = ()
    weak: Many[str] = ()
    speed: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeploymentRecord(Message):
    """One deployment of a language model.

    ``used``, ``tokens`` and ``cost`` are those of today. ``takes_masked``: it may read private texts after
    masking. ``check`` is None if the model was not checked.
    """

    id: str
    tier: str
    model: str
    embedding_model: str
    server: str
    takes_masked: bool
    size: str = "large"
    good_at: Many[str] = ()
    used: int = 0
    tokens: int = 0
    cost: float = 0.0
    limits: Many[LimitUse] = ()
    reserve_percent: int = 0
    check: CheckRecord | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DailyUse(Message):
    """The requests to one deployment on one UTC day (``2026-11-28``)."""

    deployment: str
    day: str
    used: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelsQuery(Message):
    """``models.list``: the deployments, and their use in the last ``days`` days."""

    days: int = 14


@dataclass(frozen=True, slots=True, kw_only=True)
class Route(Message):
    """A row of the routing table: the steps that are tried for a kind of work, in order.

    A step is a tier and a size, such as ``local_small``. ``is_changed``: the settings change the row.
    """

    work: str
    steps: Many[str]
    is_changed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelRecords(Message):
    """The answer of ``models.list``. ``currency`` is that of the costs."""

    deployments: Many[DeploymentRecord]
    currency: str = ""
    use: Many[DailyUse] = ()
    routing: Many[Route] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerQuery(Message):
    """``models.ledger``: the newest requests to models outside, at most ``limit``.

    ``before`` is the id below which the next page begins.
    """

    limit: int = 50
    before: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerRecord(Message):
    """One request to a model outside: when, where, why, how much. The text itself is not stored.

    ``masked`` is how many private parts were masked, ``privacy`` the class of the text.
    """

    id: int
    at: Timestamp
    deployment: str
    tier: str
    task: str
    bytes: int
    privacy: str
    masked: int
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerPage(Message):
    """The answer of ``models.ledger``, newest first. ``total`` counts all requests that are stored."""

    entries: Many[LedgerRecord]
    total: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class RunbookStatistics(Message):
    """Outcomes of one recipe of one runbook version."""

    runbook_id: str
    version: int
    recipe: str
    title: str
    fixed: int = 0
    not_fixed: int = 0
    worse: int = 0
    unknown: int = 0
    relapsed: int = 0
    last_outcome: Outcome | None = None
    last_at: Timestamp | None = None
