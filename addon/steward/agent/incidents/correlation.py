"""Which alerts are one problem, which are an echo, and which change what an incident is about. Pure."""

import hashlib
import json
from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from homelab_steward.contract.incidents import (
    Alert,
    AlertStatus,
    Incident,
    IncidentStatus,
    Outcome,
    RunStatus,
    Severity,
)
from homelab_steward.contract.state import TargetRef

from ...inventory.ports import (
    CHECK,
    INSTANCE,
    OUTAGE,
    STEWARD_INSTANCE,
    STEWARD_KIND,
    STEWARD_TARGET,
    UNREACHABLE,
    Completeness,
)
from ...sdk.alert_labels import PART_LABELS, THING_LABELS, distinguishing, subject_name
from ...sdk.description import IncomingAlert
from ...store.storable_text import storable
from ...store.target_keys import bounded_key, target_key
from ...texts import translate

SEVERITIES: Final = (Severity.INFO, Severity.WARNING, Severity.CRITICAL)
LONGEST_LABEL: Final = 1_024
MOST_LABELS: Final = 64
LONGEST_TEXT: Final = 4_096
LONGEST_NAME: Final = 255
FINGERPRINT_LETTERS: Final = 16
LONGEST_FINGERPRINT: Final = 64
SHOWN_ALERTS: Final = 20
JUST_IN: Final = timedelta(seconds=15)
"""A list of alerts that is read now may have been made before younger alerts came in."""

LONGEST_REASON: Final = 300
RESOLVES_BY_ITSELF: Final = (
    IncidentStatus.OPEN,
    IncidentStatus.DIAGNOSED,
    IncidentStatus.WAITING,
    IncidentStatus.UNSOLVED,
)

RELAPSE: Final = timedelta(minutes=30)
"""A problem that is back within this time after a repair was not repaired."""

FLAPPING: Final = timedelta(minutes=30)
FLAPS: Final = 3
"""An alert is flapping when it starts so often, each time within FLAPPING after the last."""

KEPT_LABELS: Final = frozenset(
    {
        *("alertname", "host", "instance", "job", "name", "node", "severity"),
        *(CHECK, OUTAGE, STEWARD_INSTANCE, STEWARD_KIND, STEWARD_TARGET),
        *THING_LABELS,
        *PART_LABELS,
    }
)
"""Labels by which alerts are grouped and matched: they are never cut off."""


def fingerprint(alert: IncomingAlert) -> str:
    """Return the alert's own fingerprint, or the hash of its name and labels."""
    own = alert.fingerprint
    if own and len(own) <= LONGEST_FINGERPRINT and own == storable(own, LONGEST_FINGERPRINT):
        return own
    material: object = own or [alert.name, sorted(alert.labels.items())]
    # The repr of the parts keeps them apart, whatever they contain.
    digest = hashlib.sha256(ascii(material).encode()).hexdigest()
    return digest if own else digest[:FINGERPRINT_LETTERS]


def as_alert(incoming: IncomingAlert, source: str, target: TargetRef | None, now: datetime) -> Alert:
    """Return the alert as it is stored, with texts and labels within their bounds."""
    labels = sorted(incoming.labels.items(), key=lambda one: (one[0] not in KEPT_LABELS, one[0]))
    return Alert(
        fingerprint=fingerprint(incoming),
        source=source,
        name=storable(incoming.name, LONGEST_NAME),
        severity=incoming.severity,
        status=incoming.status,
        starts_at=incoming.starts_at,
        received_at=now,
        summary=storable(incoming.summary, LONGEST_TEXT),
        description=storable(incoming.description, LONGEST_TEXT),
        labels={
            storable(key, LONGEST_NAME): storable(value, LONGEST_LABEL) for key, value in labels[:MOST_LABELS]
        },
        target=target,
        ends_at=incoming.ends_at,
        suppressed=None if incoming.suppressed is None else storable(incoming.suppressed, LONGEST_NAME),
        silenced_until=incoming.silenced_until,
        seen_at=now,
    )


def group_key(alert: Alert, parents: Sequence[TargetRef], dead: Container[str]) -> str:
    """Return the key of the problem an alert belongs to.

    Without a target the labels that tell two alerts of this name apart keep them apart.
    ``dead`` holds the keys of hosts that are known to be down: an alert of a guest on such a
    host belongs to the host's problem. An application and the guest it runs in are one
    problem. ``parents`` are the target's, nearest first. An instance that does not answer, such
    as a cluster, explains only that others do not answer: what it runs may well run.
    """
    if alert.target is None:
        found = distinguishing(alert.labels)
        place = json.dumps(found, ensure_ascii=False) if found else alert.source
        return bounded_key(f"alert:{alert.name}:{place}")
    around = hosts(parents)
    for host in reversed(parents):
        if target_key(host) in dead and (host.kind != INSTANCE or OUTAGE in alert.labels):
            return target_key(host)
    is_program = alert.target.kind == INSTANCE and bool(around)
    return target_key(around[0] if is_program else alert.target)


def hosts(parents: Sequence[TargetRef]) -> tuple[TargetRef, ...]:
    """Return the machines among a target's parents, nearest first."""
    return tuple(one for one in parents if one.kind != INSTANCE)


def is_outage(alert: Alert) -> bool:
    """Return whether an alert says that its target does not run, or does not answer, at all.

    Then nothing on it runs either. Only the instance that lists a machine can report it: a
    monitor's alert may be about a part of the machine, whatever its name is.
    """
    if alert.target is None or alert.status is not AlertStatus.FIRING:
        return False
    is_by_owner = OUTAGE in alert.labels and alert.labels.get(STEWARD_INSTANCE) == alert.source
    return is_by_owner and (alert.target.kind != INSTANCE or alert.labels[OUTAGE] == UNREACHABLE)


def is_down(alert: Alert, incident: Incident) -> bool:
    """Return whether an alert says that an incident is about something that does not run.

    A program that does not answer is part of the problem of what it runs in, which may well run.
    """
    if not is_outage(alert) or alert.target is None or alert.target != incident.target:
        return False
    return alert.target.kind != INSTANCE or incident.group_key == target_key(alert.target)


def is_dead(incident: Incident) -> bool:
    """Return whether an incident is about something that does not run."""
    return any(is_down(one, incident) for one in incident.alerts)


def broader(target: TargetRef | None, other: TargetRef | None, parents: Sequence[TargetRef]) -> bool:
    """Return whether ``other`` is a parent of ``target``.

    Then the problem is the other's: the guest's, not the application's in it.
    """
    return target is not None and other is not None and other != target and other in parents


def merge(known: Alert | None, fresh: Alert) -> Alert:
    """Return the known alert updated with ``fresh``.

    A repetition stays in its incident. The count is how often the alert started again in
    quick succession.
    """
    if known is None:
        return fresh
    again = known.status is AlertStatus.RESOLVED and fresh.status is AlertStatus.FIRING
    if not again:
        return replace(fresh, count=known.count, incident_id=known.incident_id, received_at=known.received_at)
    is_quick = abs(fresh.received_at - known.received_at) < FLAPPING
    return replace(fresh, count=known.count + 1 if is_quick else 1)


def is_change(known: Alert | None, fresh: Alert) -> bool:
    """Return whether the stored row must change for ``fresh``."""
    if known is None:
        return fresh.status is AlertStatus.FIRING
    return (
        known.status is not fresh.status
        or known.severity is not fresh.severity
        or known.summary != fresh.summary
        or known.target != fresh.target
        or (known.suppressed, known.silenced_until) != (fresh.suppressed, fresh.silenced_until)
        or known.window_id != fresh.window_id
        or known.stale_since is not None
    )


def is_worse(severity: Severity, other: Severity) -> bool:
    """Return whether a severity is higher than the other."""
    return SEVERITIES.index(severity) > SEVERITIES.index(other)


def is_echo(alert: Alert, incident: Incident, now: datetime, window: timedelta) -> bool:
    """Return whether an alert is the echo of a problem that has just ended.

    Monitors repeat an alert until they evaluate it again after a repair; that opens no new
    incident, unless the alert began after the repair. A flapping alert of a problem that
    ended by itself opens none either. Both hold for ``window`` only, also when the clock was
    set back.
    """
    ended = incident.resolved_at
    if incident.status is not IncidentStatus.RESOLVED or ended is None or abs(now - ended) >= window:
        return False
    is_repaired = incident.run is not None and incident.run.status is RunStatus.SUCCEEDED
    return alert.starts_at <= ended if is_repaired else alert.count >= FLAPS


def is_relapse(alert: Alert, incident: Incident, now: datetime) -> bool:
    """Return whether an alert says that a problem is back soon after a repair that helped.

    It is the same problem when an alert of the same name was part of it. The alert is no echo.
    """
    ended, run = incident.resolved_at, incident.run
    if incident.status is not IncidentStatus.RESOLVED or ended is None or abs(now - ended) >= RELAPSE:
        return False
    has_helped = run is not None and run.verdict is not None and run.verdict.outcome is Outcome.FIXED
    return has_helped and any(one.name == alert.name for one in incident.alerts)


def worst(alerts: Sequence[Alert]) -> Severity:
    """Return the highest severity among the alerts, INFO when there are none."""
    return max((alert.severity for alert in alerts), key=SEVERITIES.index, default=Severity.INFO)


def rank(alert: Alert) -> tuple[bool, int]:
    """Return a key that puts firing alerts first, the worst of them at the beginning."""
    return alert.status is not AlertStatus.FIRING, -SEVERITIES.index(alert.severity)


def title(alerts: Sequence[Alert], target: TargetRef | None, count: int | None = None) -> str:
    """Return one line for a group of alerts: the worst firing one about the target itself.

    ``count`` is the number of all alerts when these are only some.
    """
    first = min(
        alerts,
        key=lambda one: (
            one.status is not AlertStatus.FIRING,
            one.target != target,
            -SEVERITIES.index(one.severity),
        ),
    )
    name = target.name if target else subject_name(first.labels)
    what = first.summary or first.name
    is_named = any(one.lower() in what.lower() for one in (name, name.partition(" on ")[0]))
    line = what if is_named else f"{name}: {what}"
    others = (count or len(alerts)) - 1
    return translate(t"{line} (and {others} more)")[:255] if others > 0 else line[:255]


def ended(
    firing: Sequence[Alert], fingerprints: frozenset[str], completeness: Completeness, now: datetime
) -> tuple[Alert, ...]:
    """Return the firing alerts of a source that have ended by their absence, as resolved now.

    A removed source ends all of them. A monitor's list ends those of the monitor: not the
    problems that checks of the instance found, and not an alert that came in while the list
    was read.
    """
    absent = (alert for alert in firing if alert.fingerprint not in fingerprints)
    return tuple(
        replace(alert, status=AlertStatus.RESOLVED, ends_at=now)
        for alert in absent
        if completeness is Completeness.REMOVED
        or (completeness is Completeness.MONITOR and not is_by_check(alert) and not _is_just_in(alert, now))
    )


def is_opening(alert: Alert) -> bool:
    """Return whether an alert without an incident opens one: it fires and nobody silenced it."""
    return alert.status is AlertStatus.FIRING and alert.incident_id is None and alert.suppressed is None


def how_ended(alerts: Sequence[Alert]) -> str:
    """Return how an incident ended whose last alerts are these."""
    texts = (one.description for one in alerts if one.status is AlertStatus.RESOLVED and is_by_check(one))
    return next((text for text in texts if text), translate(t"It went away by itself."))


def is_by_check(alert: Alert) -> bool:
    """Return whether a check of the alert's own instance found it."""
    return alert.labels.get(STEWARD_INSTANCE) == alert.source and CHECK in alert.labels


@dataclass(frozen=True, slots=True, kw_only=True)
class Attention:
    """Whether an incident is silenced or stale, as its row shows it."""

    suppressed: str | None = None
    silenced_until: datetime | None = None
    stale_since: datetime | None = None


def attention(firing: Sequence[Alert]) -> Attention:
    """Return whether an incident is silenced or stale: it is when all of its firing alerts are."""
    reasons = [one.suppressed for one in firing if one.suppressed is not None]
    ends = [one.silenced_until for one in firing if one.silenced_until is not None]
    stale = [one.stale_since for one in firing if one.stale_since is not None]
    is_suppressed = bool(firing) and len(reasons) == len(firing)
    return Attention(
        suppressed="; ".join(dict.fromkeys(reasons))[:LONGEST_NAME] if is_suppressed else None,
        silenced_until=min(ends, default=None) if is_suppressed else None,
        stale_since=max(stale) if stale and len(stale) == len(firing) else None,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """What a batch of alerts changes about an incident that existed before.

    ``fresh`` are alerts that were not in it, ``worse`` is the worst of those that are worse than
    all before. ``located`` is what an incident without a target turns out to be about.
    ``is_unsilenced``: its silence has ended, and it still fires.
    """

    fresh: Sequence[Alert]
    worse: Alert | None = None
    located: TargetRef | None = None
    is_unsilenced: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Reopening:
    """What the incident is about now, and why a request that waits is withdrawn, as a sentence."""

    target: TargetRef | None
    reason: str


def reopening(incident: Incident, news: News, parents: Sequence[TargetRef]) -> Reopening | None:
    """Return how an incident is opened again, None when it goes on as it is.

    ``parents`` are those of the incident's target, nearest first.

    It is opened again when its target becomes known, when the problem turns out to be in a parent
    of the target, when an alert is worse than what was known, and when it was not solved and
    something fresh fires or its silence has ended.
    """
    if incident.status not in RESOLVES_BY_ITSELF:
        return None
    if news.located is not None:
        return Reopening(target=news.located, reason=translate(t"The problem is in {news.located.name}."))
    target = incident.target
    for one in news.fresh:
        if one.target is not None and broader(target, one.target, parents):
            target, parents = one.target, parents[parents.index(one.target) + 1 :]
    if target is not None and target != incident.target:
        return Reopening(target=target, reason=translate(t"The problem is in {target.name}."))
    if news.worse is not None:
        what = (news.worse.summary or news.worse.name)[:LONGEST_REASON].removesuffix(".")
        return Reopening(target=target, reason=translate(t"It got worse: {what}."))
    is_unsolved = incident.status is IncidentStatus.UNSOLVED
    return Reopening(target=target, reason="") if is_unsolved and (news.fresh or news.is_unsilenced) else None


def as_diagnosed(current: Incident | None, diagnosed: Incident) -> Incident | None:
    """Return the stored incident with its diagnosis; None when it has changed since, or was silenced."""
    if current is None or current.round != diagnosed.round or current.suppressed is not None:
        return None
    if current.status is IncidentStatus.OPEN:
        return replace(current, diagnosis=diagnosed.diagnosis, status=IncidentStatus.DIAGNOSED)
    return current if current.status is IncidentStatus.DIAGNOSED else None


def worst_above(severity: Severity, alerts: Iterable[Alert]) -> Alert | None:
    """Return the worst alert that fires, is not silenced and is worse than ``severity``."""
    worse = (
        one
        for one in alerts
        if one.status is AlertStatus.FIRING and one.suppressed is None and is_worse(one.severity, severity)
    )
    return max(worse, key=lambda one: SEVERITIES.index(one.severity), default=None)


def _is_just_in(alert: Alert, now: datetime) -> bool:
    return now - JUST_IN < alert.received_at <= now


def located_alert(alerts: Sequence[Alert]) -> Alert | None:
    """Return an alert that fires and has a target."""
    firing = (one for one in alerts if one.status is AlertStatus.FIRING)
    return next((one for one in firing if one.target is not None), None)
