"""Which alerts are one problem. Pure: fingerprints, groups, and what is an echo."""

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

from ..inventory.ports import CHECK, INSTANCE, STEWARD_INSTANCE, STEWARD_KIND, STEWARD_TARGET, Completeness
from ..sdk.description import IncomingAlert
from ..store.storable_text import storable

SEVERITIES: Final = (Severity.INFO, Severity.WARNING, Severity.CRITICAL)
LONGEST_LABEL: Final = 1_024
MOST_LABELS: Final = 64
LONGEST_TEXT: Final = 4_096
LONGEST_NAME: Final = 255
LONGEST_KEY: Final = 255
FINGERPRINT_LETTERS: Final = 16
LONGEST_FINGERPRINT: Final = 64
SHOWN_ALERTS: Final = 20
JUST_IN: Final = timedelta(seconds=15)
"""A list of alerts that is read now may have been made before younger alerts came in."""

FLAPPING: Final = timedelta(minutes=30)
FLAPS: Final = 3
"""An alert is flapping when it starts so often, each time within FLAPPING after the last."""

KEPT_LABELS: Final = frozenset(
    {
        *("alertname", "host", "instance", "job", "name", "node", "severity"),
        *(CHECK, STEWARD_INSTANCE, STEWARD_KIND, STEWARD_TARGET),
    }
)
"""Labels by which alerts are grouped and matched: they are never cut off."""

OUTAGE: Final = re.compile(r"down(?!load)|offline|dead(?!man)|unreachable|not_?ready|absent", re.IGNORECASE)


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
    )


def group_key(alert: Alert, parents: Sequence[TargetRef], dead: Container[str]) -> str:
    """Return the key of the problem an alert belongs to.

    ``dead`` holds the keys of hosts that are known to be down: an alert of a guest on such a
    host belongs to the host's problem. An application and the guest it runs in are one
    problem. ``parents`` are the target's, nearest first.
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
    """Return the machines among a target's parents, nearest first."""
    return tuple(one for one in parents if one.kind != INSTANCE)


def is_outage(alert: Alert) -> bool:
    """Return whether an alert says that its target, a machine, does not run at all.

    Then nothing on it runs either. A full disk, however critical, is not an outage.
    """
    text = f"{alert.name} {alert.labels.get(CHECK, '')}"
    is_machine = alert.target is not None and alert.target.kind != INSTANCE
    return is_machine and alert.status is AlertStatus.FIRING and OUTAGE.search(text) is not None


def is_dead(incident: Incident) -> bool:
    """Return whether an incident is about a machine that does not run."""
    return any(is_outage(one) and one.target == incident.target for one in incident.alerts)


def broader(target: TargetRef | None, other: TargetRef | None, parents: Sequence[TargetRef]) -> bool:
    """Return whether ``other`` is a parent of ``target``.

    Then the problem is the other's: the guest's, not the application's in it.
    """
    return target is not None and other is not None and other != target and other in parents


def target_key(target: TargetRef) -> str:
    """Return the key of a target in groups, leases and statistics."""
    return bounded_key(f"{target.instance_id}:{target.kind}:{target.id}")


def bounded_key(key: str) -> str:
    """Return the key, its end replaced by a hash of the whole when it is too long."""
    if len(key) <= LONGEST_KEY:
        return key
    digest = hashlib.sha256(key.encode()).hexdigest()
    return f"{key[: LONGEST_KEY - len(digest)]}{digest}"


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
    )


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


def worst(alerts: Sequence[Alert]) -> Severity:
    """Return the highest severity among the alerts, INFO when there are none."""
    return max((alert.severity for alert in alerts), key=SEVERITIES.index, default=Severity.INFO)


def title(alerts: Sequence[Alert], target: TargetRef | None) -> str:
    """Return one line for a group of alerts: the worst firing one about the target itself."""
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
        or (completeness is Completeness.MONITOR and not _is_by_check(alert) and not _is_just_in(alert, now))
    )


def _is_by_check(alert: Alert) -> bool:
    return alert.labels.get(STEWARD_INSTANCE) == alert.source and CHECK in alert.labels


def _is_just_in(alert: Alert, now: datetime) -> bool:
    return now - JUST_IN < alert.received_at <= now
