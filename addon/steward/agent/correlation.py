"""Which alerts are one trouble. Pure: fingerprints, groups, and what counts as an echo."""

import hashlib
import re
from collections.abc import Container, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from homelab_steward.contract.incidents import (
    Alert,
    AlertStatus,
    Incident,
    IncidentStatus,
    RunStatus,
    Severity,
)
from homelab_steward.contract.state import TargetRef

from ..description import IncomingAlert
from .storable_text import storable

SEVERITIES: Final = (Severity.INFO, Severity.WARNING, Severity.CRITICAL)
LONGEST_LABEL: Final = 1_024
MOST_LABELS: Final = 64
LONGEST_TEXT: Final = 4_096
LONGEST_NAME: Final = 255
LONGEST_KEY: Final = 255
FINGERPRINT_LETTERS: Final = 16
LONGEST_FINGERPRINT: Final = 64
SHOWN_ALERTS: Final = 20
INSTANCE: Final = "instance"
JUST_IN: Final = timedelta(seconds=15)
"""A reading began before alerts younger than this came in: it cannot know them."""

FLAPPING: Final = timedelta(minutes=30)
FLAPS: Final = 3
"""An alert that starts so often, each time within that span of the last, is flapping."""

KEPT_LABELS: Final = frozenset({"alertname", "check", "host", "instance", "job", "name", "node", "severity"})
"""Labels by which alerts are grouped and matched: never among those cut off."""

OUTAGE: Final = re.compile(r"down(?!load)|offline|dead(?!man)|unreachable|not_?ready|absent", re.IGNORECASE)


def fingerprint(alert: IncomingAlert) -> str:
    """Return the alert's own fingerprint, or the hash of its name and labels."""
    own = alert.fingerprint
    if own and len(own) <= LONGEST_FINGERPRINT and own == storable(own, LONGEST_FINGERPRINT):
        return own
    material: object = own or [alert.name, sorted(alert.labels.items())]
    # Python's own form of a text keeps all parts apart and whatever is in them.
    digest = hashlib.sha256(ascii(material).encode()).hexdigest()
    return digest if own else digest[:FINGERPRINT_LETTERS]


def as_alert(incoming: IncomingAlert, source: str, target: TargetRef | None, now: datetime) -> Alert:
    """Return the alert as it is stored: texts and labels made fit and cut to a bound."""
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
    )


def group_key(alert: Alert, parents: Sequence[TargetRef], dead: Container[str]) -> str:
    """Return the key of the trouble an alert belongs to.

    ``dead`` holds the keys of hosts that are known to be down: an alert of a guest on
    a dead node belongs to the node's trouble. A program and the guest it runs in are
    one trouble. ``parents`` are the target's, nearest first.
    """
    if alert.target is None:
        labels = alert.labels
        place = labels.get("instance") or labels.get("job") or alert.source
        return bounded_key(f"alert:{alert.name}:{place}")
    around = hosts(parents)
    for host in reversed(around):
        if target_key(host) in dead:
            return target_key(host)
    is_program = alert.target.kind == INSTANCE and bool(around)
    return target_key(around[0] if is_program else alert.target)


def hosts(parents: Sequence[TargetRef]) -> tuple[TargetRef, ...]:
    """Return the machines among what a target stands on, nearest first."""
    return tuple(one for one in parents if one.kind != INSTANCE)


def is_outage(alert: Alert) -> bool:
    """Return whether an alert says that its target, a machine, is gone altogether.

    Then whatever stands on it is gone too. A full disk, however critical, is not that.
    """
    says = f"{alert.name} {alert.labels.get('check', '')}"
    is_machine = alert.target is not None and alert.target.kind != INSTANCE
    return is_machine and alert.status is AlertStatus.FIRING and OUTAGE.search(says) is not None


def is_dead(incident: Incident) -> bool:
    """Return whether an incident is about a machine that is gone."""
    return any(is_outage(one) and one.target == incident.target for one in incident.alerts)


def broader(target: TargetRef | None, other: TargetRef | None, parents: Sequence[TargetRef]) -> bool:
    """Return whether ``other`` is what ``target`` (with these parents) stands on.

    Then the trouble is really the other's: a guest's, not the program's in it.
    """
    return target is not None and other is not None and other != target and other in parents


def target_key(target: TargetRef) -> str:
    """Return what names a target everywhere: in groups, leases and statistics."""
    return bounded_key(f"{target.instance_id}:{target.kind}:{target.id}")


def bounded_key(key: str) -> str:
    """Return the key, its end replaced by a hash of the whole when it is too long."""
    if len(key) <= LONGEST_KEY:
        return key
    digest = hashlib.sha256(key.encode()).hexdigest()
    return f"{key[: LONGEST_KEY - len(digest)]}{digest}"


def merge(known: Alert | None, fresh: Alert) -> Alert:
    """Return the alert as it is now that ``fresh`` has come in.

    A repetition keeps its place in the incident. The count says how often it started
    anew in quick succession.
    """
    if known is None:
        return fresh
    again = known.status is AlertStatus.RESOLVED and fresh.status is AlertStatus.FIRING
    if not again:
        return replace(fresh, count=known.count, incident_id=known.incident_id, received_at=known.received_at)
    is_quick = abs(fresh.received_at - known.received_at) < FLAPPING
    return replace(fresh, count=known.count + 1 if is_quick else 1)


def says_something_new(known: Alert | None, fresh: Alert) -> bool:
    """Return whether the stored row must change for ``fresh``."""
    if known is None:
        return fresh.status is AlertStatus.FIRING
    return (
        known.status is not fresh.status
        or known.severity is not fresh.severity
        or known.summary != fresh.summary
        or known.target != fresh.target
    )


def is_echo(alert: Alert, incident: Incident, now: datetime, window: timedelta) -> bool:
    """Return whether an alert is no news: the echo of a trouble that is just over.

    Monitors repeat themselves until they look again after a repair; that opens no new
    incident, unless the alert began after the repair. A flapping alert of a trouble
    that went away by itself opens none either. Neither goes on for longer than
    ``window``, which a clock that was set back does not stretch.
    """
    ended = incident.resolved_at
    if incident.status is not IncidentStatus.RESOLVED or ended is None or abs(now - ended) >= window:
        return False
    is_repaired = incident.run is not None and incident.run.status is RunStatus.SUCCEEDED
    return alert.starts_at <= ended if is_repaired else alert.count >= FLAPS


def worst(alerts: Sequence[Alert]) -> Severity:
    """Return the highest severity among the alerts, INFO when there are none."""
    return max((alert.severity for alert in alerts), key=SEVERITIES.index, default=Severity.INFO)


def title(alerts: Sequence[Alert], target: TargetRef | None) -> str:
    """Return one line for a group of alerts: what hurts most about the target itself."""
    first = min(
        alerts,
        key=lambda one: (
            one.status is not AlertStatus.FIRING,
            one.target != target,
            -SEVERITIES.index(one.severity),
        ),
    )
    name = target.name if target else first.labels.get("instance", "")
    what = first.summary or first.name
    line = f"{name}: {what}" if name and name.lower() not in what.lower() else what
    others = len(alerts) - 1
    return f"{line} (and {others} more)"[:255] if others > 0 else line[:255]


def missing(firing: Sequence[Alert], fingerprints: frozenset[str], now: datetime) -> tuple[Alert, ...]:
    """Return the alerts a complete reading no longer has, as resolved now.

    One that came in while the reading was made is left for the next reading.
    """
    return tuple(
        replace(alert, status=AlertStatus.RESOLVED, ends_at=now)
        for alert in firing
        if alert.fingerprint not in fingerprints and not now - JUST_IN < alert.received_at <= now
    )
