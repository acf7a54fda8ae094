"""What Coroot answers, typed. Times are milliseconds; those that are not reached yet are null."""

from datetime import UTC, datetime, timedelta
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

import msgspec

from ...sdk.alarms import Alarm, Status
from ...sdk.answers import Item, NotKnown, State, known, many
from ...sdk.display import brief, translate
from ...sdk.severities import severity_of

MOST: Final = 200
EDITOR: Final = "editor"
ROLES: Final = {"Admin": (EDITOR,), "Editor": (EDITOR,), "Viewer": ()}
"""What each role may do with alerts."""
VIOLATED: Final = "SLOViolated"
EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_WORST: Final = {"critical": 0, "warning": 1, "info": 2, "unknown": 3}


class Analysis(Item, rename=None):
    """The root cause that Coroot found."""

    status: str = ""
    error: str = ""
    short_summary: str = ""
    root_cause: str = ""
    immediate_fixes: str = ""


class Objective(Item, rename=None):
    """A service level objective during an incident."""

    objective: str = ""
    compliance: str = ""
    violated: bool = False


class Incident(Item, rename=None):
    """An application that does not meet its objectives."""

    key: str
    application_id: str
    severity: str
    opened_at: int
    resolved_at: int | None = None
    affected_request_percent: float | None = None
    availability_slo: Objective | None = None
    latency_slo: Objective | None = None
    rca: Analysis | None = None

    @property
    def title(self) -> str:
        """Its application and what it violates."""
        return f"{name_of(self.application_id)}: {', '.join(self.violations) or 'objectives violated'}"

    @property
    def violations(self) -> list[str]:
        """The objectives that it violates."""
        found = (("availability", self.availability_slo), ("latency", self.latency_slo))
        return [name for name, one in found if one and one.violated]

    @property
    def summary(self) -> str:
        """What is known of it in one line."""
        share = self.affected_request_percent
        affected = f"{share:.1f} % of requests affected" if share is not None else ""
        cause = self.rca.short_summary if self.rca else ""
        return "; ".join(filter(None, (self.title, affected, cause)))

    def alarm(self) -> Alarm:
        """Return its alarm."""
        return Alarm(
            key=f"incident-{self.key}",
            name=VIOLATED,
            status=Status.UP if self.resolved_at else Status.DOWN,
            labels=labels_of(self.application_id),
            severity=severity_of(self.severity),
            summary=self.summary,
            since=moment(self.opened_at),
        )

    def lines(self) -> list[str]:
        """Return everything that people need of it, with the analysis."""
        begun = moment(self.opened_at)
        texts = [self.summary, f"since {begun:%Y-%m-%d %H:%M} UTC" if begun else ""]
        for name, slo in (("Availability", self.availability_slo), ("Latency", self.latency_slo)):
            texts.append(f"{name}: {slo.compliance}, objective: {slo.objective}" if slo else "")
        if self.rca:
            causes = (("Cause", self.rca.root_cause), ("Fixes", self.rca.immediate_fixes))
            texts += [
                f"{name}: {text}" if text else "" for name, text in (*causes, ("Error", self.rca.error))
            ]
        return [brief(text, 1000) for text in texts if text]


class Alert(Item, rename=None):
    """An alert of a rule."""

    id: str
    application_id: str
    severity: str
    rule_name: str = ""
    summary: str = ""
    opened_at: int | None = None
    resolved_at: int | None = None
    manually_resolved_at: int | None = None
    suppressed: bool = False

    @property
    def title(self) -> str:
        """Its rule and its application."""
        return f"{self.rule_name or 'Alert'} on {name_of(self.application_id)}"

    @property
    def is_open(self) -> bool:
        """Whether its condition may hold."""
        return not self.resolved_at

    @property
    def why_quiet(self) -> str | None:
        """Why Coroot notifies nobody of it."""
        if self.suppressed:
            return translate(t"suppressed in Coroot")
        return translate(t"resolved by hand in Coroot") if self.manually_resolved_at else None

    def alarm(self) -> Alarm:
        """Return its alarm; Coroot does not judge what is suppressed."""
        open_now = Status.UNKNOWN if self.suppressed else Status.DOWN
        return Alarm(
            key=f"alert-{self.id}",
            name=self.rule_name or "CorootAlert",
            status=open_now if self.is_open else Status.UP,
            labels=labels_of(self.application_id),
            severity=severity_of(self.severity),
            summary=f"{self.title}: {self.summary}",
            since=moment(self.opened_at),
            suppressed=self.why_quiet,
        )

    def __str__(self) -> str:
        begun = moment(self.opened_at)
        since = f" since {begun:%Y-%m-%d %H:%M} UTC" if begun else ""
        quiet = f" ({self.why_quiet})" if self.why_quiet else ""
        return brief(f"{self.title} ({self.severity}){since}{quiet}: {self.summary}")


class CorootState(State):
    """Everything that one poll reads of a project."""

    incidents = many("incidents", Incident, limit=MOST)
    firing = many("alerts", Alert, below="alerts", total="total", include_resolved=False, limit=MOST)
    recent = many(
        "alerts",
        Alert,
        below="alerts",
        include_resolved=True,
        limit=MOST,
        sort_by="opened_at",
        sort_desc=True,
    )
    version: str | None = None
    role: str | None = None

    def granted(self) -> frozenset[str]:
        """Return the rights of the user. Raises NotKnown for a role that is not one of Coroot's own."""
        if known(self.role) not in ROLES:
            raise NotKnown(t"The rights of the role {brief(str(self.role), 40)} are not known")
        return frozenset(ROLES[str(self.role)])

    @property
    def open_incidents(self) -> tuple[Incident, ...]:
        """The incidents that last, the worst first. Raises NotKnown."""
        found = [one for one in self.incidents if not one.resolved_at]
        return tuple(sorted(found, key=lambda one: (_WORST.get(one.severity, 4), -one.opened_at)))

    @property
    def alerts(self) -> tuple[Alert, ...]:
        """All alerts that were read, each once. Raises NotKnown."""
        return tuple({one.id: one for one in (*self.recent, *self.firing)}.values())

    @property
    def open_alerts(self) -> tuple[Alert, ...]:
        """The alerts that are not resolved, those that notify first. Raises NotKnown."""
        found = [one for one in self.alerts if one.is_open]
        return tuple(sorted(found, key=lambda one: (one.why_quiet is not None, _WORST.get(one.severity, 4))))

    @property
    def missing(self) -> str | None:
        """Why something that fires may not be listed."""
        return self.gaps.of("incidents") or self.gaps.of("firing") or self.gaps.of("recent")


def moment(milliseconds: int | None) -> datetime | None:
    """Return a time, None when it is none."""
    try:
        return EPOCH + timedelta(milliseconds=milliseconds) if milliseconds else None
    except OverflowError:
        return None


def name_of(application: str) -> str:
    """Return the name of an application from its id: cluster, namespace, kind and name, without the first."""
    return application.rsplit(":", maxsplit=1)[-1] or application


def labels_of(application: str) -> dict[str, str]:
    """Return the labels that name an application."""
    *above, name = application.split(":")
    namespace, kind = ("_", "_", *above)[-2:]
    kinds = {"deployment", "statefulset", "daemonset", "cronjob", "pod"}
    key = kind.lower() if kind.lower() in kinds else "container"
    return {key: name, "application": name, **({"namespace": namespace} if namespace != "_" else {})}


class Report(Item, rename=None):
    """What a check of an incident says."""

    name: str = ""
    check: str = ""
    message: str = ""


class Sent(Item, rename=None):
    """The body of a webhook with the template ``{{ json . }}``: an incident, or an alert with a rule."""

    status: str
    application: str
    url: str
    rule_name: str = ""
    severity: str = ""
    summary: Any = ""
    rca_summary: str = ""
    reports: tuple[Report, ...] = ()

    def alarm(self) -> Alarm | None:
        """Return its alarm, None for what is neither an incident nor an alert."""
        query = parse_qs(urlsplit(self.url).query)
        kind = "alert" if self.rule_name else "incident"
        if not query.get(kind):
            return None
        checks = ", ".join(f"{one.check}: {one.message}" for one in self.reports)
        text = self.summary if isinstance(self.summary, str) else ""
        title = f"{self.rule_name or VIOLATED} on {name_of(self.application)}"
        return Alarm(
            key=f"{kind}-{query[kind][0]}",
            name=self.rule_name or VIOLATED,
            status=Status.UP if self.status == "OK" else Status.DOWN,
            labels=labels_of(self.application),
            severity=severity_of(self.severity or self.status),
            summary="; ".join(filter(None, (title, text, checks, self.rca_summary))),
        )


class Project(Item, rename=None):
    """A project: mostly a cluster."""

    id: str
    name: str


class User(Item, rename=None):
    """Who logged in."""

    projects: tuple[Project, ...] = msgspec.field(default_factory=tuple)
    role: str | None = None
