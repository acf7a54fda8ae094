"""What Alertmanager tells, typed. Shapes: its api/v2/openapi.yaml.

All parsers raise ServiceMalformed when something needed is missing.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from ...errors import ServiceMalformed
from .._json import Row, rows

_ID: Final = re.compile(r"[0-9A-Za-z-]+")


class Cluster(StrEnum):
    """How several Alertmanagers get on with each other."""

    READY = "ready"
    SETTLING = "settling"
    DISABLED = "disabled"


@dataclass(frozen=True, slots=True, kw_only=True)
class ActiveAlert:
    """An alert Alertmanager has; silenced and inhibited ones are suppressed."""

    fingerprint: str
    labels: Mapping[str, str]
    annotations: Mapping[str, str]
    starts_at: datetime
    is_suppressed: bool

    @property
    def name(self) -> str:
        """What the rule is called."""
        return self.labels.get("alertname", "unnamed")

    @property
    def summary(self) -> str:
        """What the rule says."""
        return self.annotations.get("summary") or self.annotations.get("description", "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Silence:
    """A silence that holds or will hold."""

    id: str
    created_by: str
    comment: str
    ends_at: datetime
    matchers: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """The program itself."""

    version: str
    cluster: Cluster | None


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """Everything one poll reads."""

    status: Status
    alerts: tuple[ActiveAlert, ...]
    silences: tuple[Silence, ...]

    @property
    def loud(self) -> tuple[ActiveAlert, ...]:
        """Alerts that are told."""
        return tuple(alert for alert in self.alerts if not alert.is_suppressed)


def parse_status(value: object) -> Status:
    """Return what ``/status`` tells; its configuration may hold secrets and is not read."""
    row = Row(value, "status")
    cluster = row.row("cluster").text("status", "") if "cluster" in row else ""
    return Status(
        version=row.row("versionInfo").text("version"),
        cluster=Cluster(cluster) if cluster in set(Cluster) else None,
    )


def parse_alerts(value: object) -> tuple[ActiveAlert, ...]:
    """Return what ``/alerts`` tells."""
    return tuple(_alert(row) for row in rows(value, "alert"))


def parse_silences(value: object) -> tuple[Silence, ...]:
    """Return what ``/silences`` tells, without those that have expired."""
    return tuple(
        _silence(row) for row in rows(value, "silence") if row.row("status").text("state") != "expired"
    )


def parse_silence_id(value: object) -> str:
    """Return the id a new silence was given."""
    return Row(value, "answer").text("silenceID")


def _alert(row: Row) -> ActiveAlert:
    return ActiveAlert(
        fingerprint=row.text("fingerprint"),
        labels=row.texts("labels"),
        annotations=row.texts("annotations"),
        starts_at=row.moment("startsAt"),
        is_suppressed=row.row("status").text("state") == "suppressed",
    )


def _silence(row: Row) -> Silence:
    silence_id = row.text("id")
    if not _ID.fullmatch(silence_id):  # it becomes part of a path
        raise ServiceMalformed("silence: id is none")
    return Silence(
        id=silence_id,
        created_by=row.text("createdBy", ""),
        comment=row.text("comment", ""),
        ends_at=row.moment("endsAt"),
        matchers=tuple(_matcher(one) for one in row.rows("matchers")),
    )


def _matcher(row: Row) -> str:
    is_equal, is_regex = row.flag("isEqual", default=True), row.flag("isRegex", default=False)
    operator = ("=~" if is_regex else "=") if is_equal else ("!~" if is_regex else "!=")
    return f'{row.text("name")}{operator}"{row.text("value")}"'
