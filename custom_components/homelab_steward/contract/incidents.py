"""Incidents with their alerts, approval requests, decisions, runs and verdicts."""

from dataclasses import dataclass, field
from enum import StrEnum

from .base import Many, Message, Timestamp
from .diagnosis import Diagnosis
from .later import Later
from .proposals import BACK, CHANGE, DRAFT, LEVEL, OptionKind, Proposal
from .state import FrontEnd, TargetRef


class Severity(StrEnum):
    """The severity that a monitor reports."""

    INFO = "info"
    WARNING = "warning"
    CRITICAL = "critical"


class AlertStatus(StrEnum):
    """Whether an alert is active."""

    FIRING = "firing"
    RESOLVED = "resolved"


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert(Message):
    """Something firing or resolved, identified by the hash of its identifying labels.

    ``suppressed`` is why its monitor notifies nobody of it now; ``silenced_until`` is when the
    silence ends, None when that is not known. ``window_id`` is the maintenance window that
    suppresses it. ``seen_at`` is when its source last reported it, to a few minutes.
    ``stale_since`` is set when the source stopped reporting it without evidence that it ended. A
    suppressed or stale alert still fires.
    """

    fingerprint: str
    source: str
    name: str
    severity: Severity
    status: AlertStatus
    starts_at: Timestamp
    received_at: Timestamp
    summary: str = ""
    description: str = ""
    labels: dict[str, str] = field(default_factory=dict)
    target: TargetRef | None = None
    ends_at: Timestamp | None = None
    count: int = 1
    incident_id: str | None = None
    suppressed: str | None = None
    silenced_until: Timestamp | None = None
    window_id: str | None = None
    seen_at: Timestamp | None = None
    stale_since: Timestamp | None = None


class ApprovalStatus(StrEnum):
    """The status of an approval request. PENDING changes once, and so does SCHEDULED.

    SCHEDULED is approved and waits for its time: it becomes APPROVED when it is executed, REJECTED
    when it is cancelled, or SUPERSEDED.
    """

    PENDING = "pending"
    SCHEDULED = "scheduled"
    APPROVED = "approved"
    REJECTED = "rejected"
    IGNORED = "ignored"
    EXPIRED = "expired"
    SUPERSEDED = "superseded"


class Verb(StrEnum):
    """The decisions about an approval request. CANCEL is for one that is scheduled."""

    APPROVE = "approve"
    REJECT = "reject"
    IGNORE = "ignore"
    SNOOZE = "snooze"
    CANCEL = "cancel"


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision(Message):
    """Who decided what, when and where. ``option`` is None unless approved. See ``is_automatic``."""

    verb: Verb
    person_id: str
    person_name: str
    via: FrontEnd
    at: Timestamp
    option: int | None = None
    label: str = ""

    @property
    def is_automatic(self) -> bool:
        """Whether the steward decided by itself: ``person_id`` and ``person_name`` are "" then."""
        return self.via is FrontEnd.STEWARD


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalRequest(Message):
    """A proposal that waits for a person. It is decided once, or it expires.

    ``withdrawn`` is why it was superseded before a person decided, as a sentence.
    ``requested_by`` is the id of the person who requested the action, "" when the steward
    proposes it or when the person is not known; ``requested_via`` is where the request was
    made, None when the steward proposes it. ``asked`` are the ids of the people who are asked so
    far. Until ``snoozed_until`` nobody is reminded. ``first`` is the first of two approvals that
    an option needs. ``also_in`` are further categories that its targets are in: who decides may
    decide in all of them. ``later`` is when it is executed, None for at once, which the first line of
    ``text`` says too; ``released_at`` is when its time had come. ``acts_at`` is when the steward carries
    out the first option by itself unless somebody rejects it. ``autonomy`` says why it may, or why it may not
    without a person. ``owner_only``: only an owner may approve it. ``translated`` are texts of the request in
    the languages of other people, by language and text: see ``wordings``.
    """

    id: str
    incident_id: str
    incident_number: int
    title: str
    text: str
    severity: Severity
    category: str
    status: ApprovalStatus
    proposal: Proposal
    created_at: Timestamp
    expires_at: Timestamp
    decision: Decision | None = None
    reminders: int = 0
    withdrawn: str = ""
    requested_by: str = ""
    requested_via: FrontEnd | None = None
    asked: Many[str] = ()
    snoozed_until: Timestamp | None = None
    first: Decision | None = None
    also_in: Many[str] = ()
    later: Later | None = None
    released_at: Timestamp | None = None
    acts_at: Timestamp | None = None
    autonomy: Many[str] = ()
    owner_only: bool = False
    translated: dict[str, dict[str, str]] = field(default_factory=dict)

    @property
    def raises_level(self) -> bool:
        """Whether it asks an owner to raise what the steward may do alone."""
        return any((one.runbook_id or "").startswith(LEVEL) for one in self.proposal.options)

    @property
    def is_about_draft(self) -> bool:
        """Whether it asks an owner whether a drafted runbook is used."""
        return any((one.runbook_id or "").startswith(DRAFT) for one in self.proposal.options)

    @property
    def is_for_owners(self) -> bool:
        """Whether only an owner may approve it."""
        return self.owner_only or self.raises_level or self.is_about_draft

    @property
    def is_update(self) -> bool:
        """Whether it is about updates, which a person defers or rejects instead of ignoring the request."""
        return any(one.kind is OptionKind.DEFER for one in self.proposal.options)

    @property
    def concerns_updates(self) -> bool:
        """Whether it is about updates in any way: to apply them, or to take one back with its data."""
        names = [one.runbook_id or "" for one in self.proposal.options]
        return self.is_update or any(name.startswith((CHANGE, BACK)) for name in names)


class StepState(StrEnum):
    """The state of a journaled step."""

    INTENDED = "intended"
    STARTED = "started"
    EFFECT_KNOWN = "effect_known"
    EFFECT_UNKNOWN = "effect_unknown"
    VERIFIED = "verified"
    FAILED = "failed"
    UNDONE = "undone"


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalStep(Message):
    """One step of a run in the write-ahead journal.

    ``has_effect`` is False when it only waits. ``preserves``: it copies data before a later step changes it.
    ``is_temporary``: it failed for a reason that passes, and nothing was changed.
    """

    index: int
    action: str
    target: TargetRef
    title: str
    state: StepState
    changed_at: Timestamp
    detail: str = ""
    has_effect: bool = True
    preserves: bool = False
    is_temporary: bool = False


class RunStatus(StrEnum):
    """The status of a run."""

    RUNNING = "running"
    VERIFYING = "verifying"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    REFUSED = "refused"
    UNDONE = "undone"
    UNKNOWN = "unknown"

    @property
    def is_under_way(self) -> bool:
        """Return whether the run is carried out or verified."""
        return self in (RunStatus.RUNNING, RunStatus.VERIFYING)


class Outcome(StrEnum):
    """The effect of a run on the problem. RELAPSED: it helped, and the problem came back soon."""

    FIXED = "fixed"
    NOT_FIXED = "not_fixed"
    WORSE = "worse"
    UNKNOWN = "unknown"
    RELAPSED = "relapsed"


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckResult(Message):
    """One check after a run. ``ok`` is None when the result is not known; ``text`` gives the reason.

    ``is_final``: no later reading will say more about a result that is not known.
    """

    name: str
    ok: bool | None
    text: str
    is_final: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict(Message):
    """The outcome of a run, and the checks that show it."""

    outcome: Outcome
    checks: Many[CheckResult]
    at: Timestamp
    summary: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Run(Message):
    """One execution of an approved option."""

    id: str
    incident_id: str
    approval_id: str
    option: int
    label: str
    plan_hash: str
    status: RunStatus
    steps: Many[JournalStep]
    started_at: Timestamp
    finished_at: Timestamp | None = None
    verdict: Verdict | None = None
    error: str | None = None


class IncidentStatus(StrEnum):
    """The status of an incident."""

    OPEN = "open"
    DIAGNOSED = "diagnosed"
    WAITING = "waiting"
    SCHEDULED = "scheduled"
    ACTING = "acting"
    UNSOLVED = "unsolved"
    IGNORED = "ignored"
    RESOLVED = "resolved"

    @property
    def is_closed(self) -> bool:
        """Whether the incident is closed."""
        return self in (IncidentStatus.IGNORED, IncidentStatus.RESOLVED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Comment(Message):
    """What a person wrote about an incident. It is only displayed. ``key`` is that of AddComment."""

    person_id: str
    person_name: str
    via: FrontEnd
    at: Timestamp
    text: str
    key: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Incident(Message):
    """Alerts grouped into one problem, with diagnosis, proposal and run.

    ``suppressed`` is why the monitors notify nobody of it now, None while one of its firing
    alerts is not suppressed; ``silenced_until`` is when the first of the silences ends.
    ``stale_since`` is set while no source reports any of its firing alerts. ``is_request`` is
    true for an action that a person requested: no problem, and without alerts. ``muted`` is why
    nobody is asked about it, None when people are. ``model_asked_at`` is when a language model was asked to
    explain it, which is done once.
    """

    id: str
    number: int
    group_key: str
    title: str
    severity: Severity
    category: str
    status: IncidentStatus
    opened_at: Timestamp
    updated_at: Timestamp
    alerts: Many[Alert]
    target: TargetRef | None = None
    diagnosis: Diagnosis | None = None
    proposal: Proposal | None = None
    approval_id: str | None = None
    run: Run | None = None
    resolved_at: Timestamp | None = None
    resolution: str = ""
    write_up: str = ""
    round: int = 1
    alert_count: int = 1
    suppressed: str | None = None
    silenced_until: Timestamp | None = None
    stale_since: Timestamp | None = None
    is_request: bool = False
    muted: str | None = None
    comments: Many[Comment] = ()
    model_asked_at: Timestamp | None = None

    @property
    def can_be_false_alarm(self) -> bool:
        """Whether people may say that it was a false alarm: not what is critical, or being carried out."""
        is_at_work = self.status in (IncidentStatus.SCHEDULED, IncidentStatus.ACTING)
        is_problem = bool(self.alerts) and not self.is_request
        return is_problem and not is_at_work and self.severity is not Severity.CRITICAL
