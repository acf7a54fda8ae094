"""Alertmanager webhook bodies (version 4) for load tests."""

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256

import orjson

NO_TIME = "0001-01-01T00:00:00Z"
SINCE = datetime(2026, 11, 21, 2, 1, 51, 588000, UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """The content of an alert; ``labels`` exclude the alert name."""

    name: str
    labels: Mapping[str, str]
    summary: str
    description: str = ""
    fingerprint: str = field(default="")

    def row(self, since: datetime, until: datetime | None = None) -> dict[str, object]:
        """Return the alert: firing, or resolved if ``until`` is given."""
        return {
            "status": "firing" if until is None else "resolved",
            "labels": {"alertname": self.name, **self.labels},
            "annotations": {"summary": self.summary, "description": self.description},
            "startsAt": _timestamp(since),
            "endsAt": NO_TIME if until is None else _timestamp(until),
            "generatorURL": "http://prometheus:9090/graph?g0.expr=up&g0.tab=1",
            "fingerprint": self.fingerprint or _fingerprint(self.name, self.labels),
        }


def body(rows: Sequence[Mapping[str, object]]) -> bytes:
    """Return one webhook body with these alerts."""
    is_firing = any(row["status"] == "firing" for row in rows)
    return orjson.dumps(
        {
            "version": "4",
            "groupKey": '{}:{job="node"}',
            "truncatedAlerts": 0,
            "status": "firing" if is_firing else "resolved",
            "receiver": "steward",
            "groupLabels": {"job": "node"},
            "commonLabels": {"job": "node", "severity": "warning"},
            "commonAnnotations": {},
            "externalURL": "http://alertmanager:9093",
            "notification_reason": "first notification",
            "alerts": rows,
        }
    )


def host_out_of_memory(number: int) -> Problem:
    """Return an alert of a host that is not in the inventory; each number is a group of its own."""
    address = f"host{number:04d}:9100"
    return Problem(
        name="HostOutOfMemory",
        labels={"instance": address, "job": "node", "severity": "warning", "site": "rack1"},
        summary=f"Host out of memory (instance {address})",
        description="Node memory is filling up (< 10% left)\n  VALUE = 4.2",
    )


def storm(alerts: int, fingerprints: int, per_body: int, seed: int = 1) -> Iterator[bytes]:
    """Yield bodies that together contain ``alerts`` alerts of ``fingerprints`` fingerprints.

    The order is random but the same for the same seed.

    """
    order = [number % fingerprints for number in range(alerts)]
    random.Random(seed).shuffle(order)  # noqa: S311 - not for cryptography
    rows = [host_out_of_memory(number).row(SINCE) for number in range(fingerprints)]
    for start in range(0, alerts, per_body):
        yield body([rows[number] for number in order[start : start + per_body]])


def _timestamp(at: datetime) -> str:
    return f"{at:%Y-%m-%dT%H:%M:%S}.{at.microsecond // 1000:03d}Z"


def _fingerprint(name: str, labels: Mapping[str, str]) -> str:
    """Return sixteen hexadecimal digits that depend on the labels, like Alertmanager's fingerprint."""
    content = "\x1e".join((name, *(f"{key}={labels[key]}" for key in sorted(labels))))
    return sha256(content.encode()).hexdigest()[:16]
