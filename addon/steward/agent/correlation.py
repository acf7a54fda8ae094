"""Which alerts are one trouble. Pure: fingerprints, groups, and what counts as an echo."""

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from homelab_steward.contract.incidents import (
    Alert,
    AlertStatus,
    Incident,
    IncidentStatus,
    Severity,
)
from homelab_steward.contract.state import TargetRef

from ..description import IncomingAlert

SEVERITIES: Final = (Severity.INFO, Severity.WARNING, Severity.CRITICAL)
LONGEST_LABEL: Final = 1_024
MOST_LABELS: Final = 64
LONGEST_TEXT: Final = 4_096
FINGERPRINT_BYTES: Final = 8
LONGEST_FINGERPRINT: Final = 64
SHOWN_ALERTS: Final = 20
INSTANCE: Final = "instance"
JUST_IN: Final = timedelta(seconds=15)
"""A reading began before alerts younger than this came in: it cannot know them."""


def fingerprint(alert: IncomingAlert) -> str:
    """Return the alert's own fingerprint, or the hash of its name and labels."""
    if alert.fingerprint:
        return alert.fingerprint[:LONGEST_FINGERPRINT]
    parts = [alert.name]
    parts += [f"{key}\x1f{alert.labels[key]}" for key in sorted(alert.labels)]
    digest = hashlib.sha256("\x1e".join(parts).encode("utf-8", "replace"))
    return digest.hexdigest()[: FINGERPRINT_BYTES * 2]


def as_alert(incoming: IncomingAlert, source: str, target: TargetRef | None, now: datetime) -> Alert:
    """Return the alert as it is stored: texts and labels cut to a bound."""
    labels = sorted(incoming.labels.items())[:MOST_LABELS]
    return Alert(
        fingerprint=fingerprint(incoming),
        source=source,
        name=incoming.name[:255],
        severity=incoming.severity,
        status=incoming.status,
        starts_at=incoming.starts_at,
        received_at=now,
        summary=incoming.summary[:LONGEST_TEXT],
        description=incoming.description[:LONGEST_TEXT],
        labels={key[:255]: value[:LONGEST_LABEL] for key, value in labels},
        target=target,
        ends_at=incoming.ends_at,
    )


def group_key(alert: Alert, parents: Sequence[TargetRef], sick: frozenset[str]) -> str:
    """Return the key of the trouble an alert belongs to.

    ``sick`` holds the keys of targets that have an open incident: an alert of a
    guest on a dead node belongs to the node's trouble. A program and the guest it
    runs in are one trouble. ``parents`` are the target's, nearest first.
    """
    if alert.target is None:
        labels = alert.labels
        place = labels.get("instance") or labels.get("job") or alert.source
        return f"alert:{alert.name}:{place}"[:255]
    hosts = [one for one in parents if one.kind != INSTANCE]
    for host in reversed(hosts):
        if target_key(host) in sick:
            return target_key(host)
    is_program = alert.target.kind == INSTANCE and bool(hosts)
    return target_key(hosts[0] if is_program else alert.target)


def broader(target: TargetRef | None, other: TargetRef | None, parents: Sequence[TargetRef]) -> bool:
    """Return whether ``other`` is what ``target`` (with these parents) stands on.

    Then the trouble is really the other's: a guest's, not the program's in it.
    """
    return target is not None and other is not None and other != target and other in parents


def target_key(target: TargetRef) -> str:
    """Return what names a target everywhere: in groups, leases and statistics."""
    return f"{target.instance_id}:{target.kind}:{target.id}"[:255]


def merge(known: Alert | None, fresh: Alert) -> Alert:
    """Return the alert as it is now that ``fresh`` has come in.

    A repetition keeps its place in the incident and is counted; the count grows
    only when it starts anew.
    """
    if known is None:
        return fresh
    again = known.status is AlertStatus.RESOLVED and fresh.status is AlertStatus.FIRING
    return replace(
        fresh,
        count=known.count + 1 if again else known.count,
        incident_id=None if again else known.incident_id,
        received_at=fresh.received_at if again else known.received_at,
    )


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
    """Return whether an alert is the echo of trouble we have just mended.

    Monitors repeat themselves until they look again; that opens no new incident. An
    alert that began after the repair is no echo, and neither is one that goes on for
    longer than ``window``.
    """
    return (
        incident.status is IncidentStatus.RESOLVED
        and incident.run is not None
        and incident.resolved_at is not None
        and alert.starts_at <= incident.resolved_at
        and now - incident.resolved_at < window
    )


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
        if alert.fingerprint not in fingerprints and alert.received_at <= now - JUST_IN
    )
