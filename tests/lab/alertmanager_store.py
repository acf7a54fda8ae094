"""Alertmanager's alerts and silences. Times are seconds since 1970."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from lab.promql import Matcher, QueryError, parse_matchers
from lab.promql_vectors import Labels
from lab.wire import Json, JsonObject, parse_rfc3339, rfc3339

_RESOLVE_TIMEOUT_SECONDS = 300.0
_FNV_OFFSET, _FNV_PRIME = 14695981039346656037, 1099511628211
_OPERATORS = {(True, False): "=", (False, False): "!=", (True, True): "=~", (False, True): "!~"}


class InvalidError(ValueError):
    """The posted data is invalid; the text is Alertmanager's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredAlert:
    """An alert. It fires until `ends_at`."""

    labels: Labels
    annotations: Labels
    starts_at: float
    ends_at: float
    updated_at: float
    generator_url: str

    @property
    def fingerprint(self) -> str:
        """The fingerprint of the labels in Prometheus programs (FNV-1a, 64 bits)."""
        return fingerprint(self.labels)

    def is_firing(self, wall: float) -> bool:
        """Return whether it is not resolved."""
        return self.ends_at > wall


@dataclass(frozen=True, slots=True, kw_only=True)
class Silence:
    """A silence with its matchers and times."""

    number: str
    matchers: tuple[Matcher, ...]
    starts_at: float
    ends_at: float
    updated_at: float
    created_by: str
    comment: str

    def state(self, wall: float) -> str:
        """Return `pending`, `active` or `expired`."""
        if wall < self.starts_at:
            return "pending"
        return "active" if wall < self.ends_at else "expired"

    def covers(self, labels: Labels, wall: float) -> bool:
        """Return whether it silences an alert with these labels now."""
        known = dict(labels)
        return self.state(wall) == "active" and all(m.matches(known) for m in self.matchers)

    def row(self, wall: float) -> JsonObject:
        """Return the silence as in the API."""
        return {
            "id": self.number,
            "status": {"state": self.state(wall)},
            "updatedAt": rfc3339(self.updated_at),
            "annotations": {},
            "comment": self.comment,
            "createdBy": self.created_by,
            "endsAt": rfc3339(self.ends_at),
            "matchers": [_matcher_row(matcher) for matcher in self.matchers],
            "startsAt": rfc3339(self.starts_at),
        }


def fingerprint(labels: Labels) -> str:
    """Return the 16 hexadecimal digits for a set of labels."""
    value = _FNV_OFFSET
    for name, text in sorted(labels):
        for byte in name.encode() + b"\xff" + text.encode() + b"\xff":
            value = ((value ^ byte) * _FNV_PRIME) & 0xFFFFFFFFFFFFFFFF
    return f"{value:016x}"


def matches_all(expressions: Iterable[str], labels: Labels) -> bool:
    """Return whether labels match the `filter=` expressions. Raises InvalidError."""
    try:
        matchers = [m for text in expressions for m in parse_matchers(text)]
    except QueryError as err:
        raise InvalidError(f"bad matcher format: {err}") from err
    return all(matcher.matches(dict(labels)) for matcher in matchers)


class AlertStore:
    """Alerts by fingerprint."""

    def __init__(self) -> None:
        self.alerts: dict[str, StoredAlert] = {}

    def put(self, row: JsonObject, wall: float) -> StoredAlert:
        """Store a posted alert. Raises InvalidError."""
        alert = _read_alert(row, wall)
        before = self.alerts.get(alert.fingerprint)
        if before is not None and before.is_firing(wall):
            alert = replace(alert, starts_at=min(before.starts_at, alert.starts_at))
        self.alerts[alert.fingerprint] = alert
        return alert

    def firing(self, wall: float) -> list[StoredAlert]:
        """Return the firing alerts, oldest first."""
        return sorted((a for a in self.alerts.values() if a.is_firing(wall)), key=lambda a: a.starts_at)


class SilenceStore:
    """Silences by id. Expired silences are kept."""

    def __init__(self) -> None:
        self.silences: dict[str, Silence] = {}

    def put(self, row: JsonObject, wall: float) -> Silence:
        """Create a silence, or change the one with the given id. Raises InvalidError and LookupError."""
        number = str(row.get("id") or "")
        if number and number not in self.silences:
            raise LookupError(number)
        silence = _read_silence(row, number or str(uuid.uuid4()), wall)
        self.silences[silence.number] = silence
        return silence

    def expire(self, number: str, wall: float) -> None:
        """Expire a silence now. Raises LookupError, and InvalidError if it is already expired."""
        silence = self.silences[number]
        if silence.state(wall) == "expired":
            raise InvalidError(f"silence {number} already expired")
        self.silences[number] = replace(silence, ends_at=wall, updated_at=wall)

    def covering(self, labels: Labels, wall: float) -> list[str]:
        """Return the ids of the silences for these labels."""
        return [s.number for s in self.silences.values() if s.covers(labels, wall)]


def _read_alert(row: JsonObject, wall: float) -> StoredAlert:
    labels = _text_map(row.get("labels"), "labels")
    if not any(value for _, value in labels):
        raise InvalidError("at least one label pair required")
    starts_at = _read_time(row.get("startsAt"), None)
    ends_at = _read_time(row.get("endsAt"), wall + _RESOLVE_TIMEOUT_SECONDS)
    if starts_at is None:
        starts_at = min(wall, ends_at or wall)
    if ends_at is None or starts_at > ends_at:
        raise InvalidError("start time must be before end time")
    return StoredAlert(
        labels=labels,
        annotations=_text_map(row.get("annotations") or {}, "annotations"),
        starts_at=starts_at,
        ends_at=ends_at,
        updated_at=wall,
        generator_url=str(row.get("generatorURL") or ""),
    )


def _read_silence(row: JsonObject, number: str, wall: float) -> Silence:
    matchers = _read_matchers(row.get("matchers"))
    starts_at, ends_at = _read_time(row.get("startsAt"), None), _read_time(row.get("endsAt"), None)
    if starts_at is None or ends_at is None:
        raise InvalidError("startsAt and endsAt in body are required")
    if ends_at <= max(starts_at, wall):
        raise InvalidError("invalid silence: end time must be after start time and in the future")
    if not row.get("createdBy") or not row.get("comment"):
        raise InvalidError("createdBy and comment in body are required")
    return Silence(
        number=number,
        matchers=matchers,
        starts_at=max(starts_at, wall),
        ends_at=ends_at,
        updated_at=wall,
        created_by=str(row["createdBy"]),
        comment=str(row["comment"]),
    )


def _read_matchers(value: Json) -> tuple[Matcher, ...]:
    if not isinstance(value, list) or not value:
        raise InvalidError("matchers in body is required")
    return tuple(_read_matcher(item) for item in value)


def _read_matcher(item: Json) -> Matcher:
    if not isinstance(item, dict) or not item.get("name") or "value" not in item or "isRegex" not in item:
        raise InvalidError("matchers.name, matchers.value and matchers.isRegex in body are required")
    is_equal = bool(item.get("isEqual", True))
    return Matcher(str(item["name"]), _OPERATORS[(is_equal, bool(item["isRegex"]))], str(item["value"]))


def _matcher_row(matcher: Matcher) -> JsonObject:
    return {
        "isEqual": not matcher.op.startswith("!"),
        "isRegex": matcher.op.endswith("~"),
        "name": matcher.name,
        "value": matcher.value,
    }


def _text_map(value: Json, where: str) -> Labels:
    if not isinstance(value, Mapping) or not all(isinstance(v, str) for v in value.values()):
        raise InvalidError(f"{where} in body must be of type object of strings")
    return tuple(sorted((key, str(text)) for key, text in value.items()))


def _read_time(value: Json, default: float | None) -> float | None:
    if value is None or value == "":
        return default
    try:
        wall = parse_rfc3339(str(value))
    except ValueError as err:
        raise InvalidError(f'parsing datetime "{value}": not in RFC 3339') from err
    return wall if wall > 0 else default  # Go's zero time means no value


def as_json(labels: Sequence[tuple[str, str]]) -> JsonObject:
    """Return labels as a JSON object."""
    return dict(labels)
