"""Recorded incidents: instances with what they said, the alerts, and what a diagnosis must say."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import yaml

from homelab_steward.contract.base import Value
from homelab_steward.contract.incidents import Severity
from homelab_steward.contract.state import ResourceKey
from steward.sdk.description import AnyService

SUFFIXES: Final = (".yaml", ".yml", ".json")


class WrongRecord(Exception):
    """A record cannot be read; the text says which and why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedThing:
    """What the last poll says about an instance or a resource.

    ``checks`` has the results of checks by key: True is clear, None cannot be judged. ``problems`` says what
    is wrong.
    """

    readings: Mapping[str, Value] = field(default_factory=dict)
    unknown: Mapping[str, str] = field(default_factory=dict)
    checks: Mapping[str, bool | None] = field(default_factory=dict)
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedResource(RecordedThing):
    """One resource of an instance."""

    kind: str
    id: str
    name: str
    parent: ResourceKey | None = None
    labels: Mapping[str, str] = field(default_factory=dict)
    about: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedAnswer:
    """What a tool read of the resource ``target``, "" for any. ``error`` is why it could not be read."""

    tool: str
    target: str = ""
    title: str = ""
    text: str = ""
    error: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedInstance(RecordedThing):
    """One configured service. ``unreachable`` is why it does not answer, "" when it does."""

    id: str
    service: str
    name: str
    settings: Mapping[str, Value] = field(default_factory=dict)
    unreachable: str = ""
    resources: tuple[RecordedResource, ...] = ()
    answers: tuple[RecordedAnswer, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedAlert:
    """One alert as a monitor sent it. ``source`` is the id of the instance that sent it."""

    name: str
    severity: Severity = Severity.WARNING
    labels: Mapping[str, str] = field(default_factory=dict)
    summary: str = ""
    description: str = ""
    source: str = "alertmanager"


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """What the diagnosis must be. ``runbook`` is the one that fits best, "" when none fits.

    All of ``says`` must occur in the summary or the claims, all of ``required`` anywhere in the diagnosis,
    and none of ``forbidden`` in the summary or a claim that rests on more than the alerts.
    """

    healthy: bool
    runbook: str = ""
    says: tuple[str, ...] = ()
    required: tuple[str, ...] = ()
    forbidden: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One recorded incident."""

    name: str
    instances: tuple[RecordedInstance, ...]
    alerts: tuple[RecordedAlert, ...]
    expected: Expected


def read_records(folder: Path, services: Mapping[str, AnyService]) -> list[Record]:
    """Return the incidents of a folder, by file name. Raises WrongRecord with the file and the mistake."""
    if not folder.is_dir():
        raise WrongRecord(f"{folder} is no folder")
    files = sorted(one for one in folder.iterdir() if one.suffix in SUFFIXES)
    if not files:
        raise WrongRecord(f"{folder} contains no incidents: files that end with {', '.join(SUFFIXES)}")
    return [_Reader(one, services).record() for one in files]


class _Reader:
    """Reads one file; every mistake names it."""

    def __init__(self, path: Path, services: Mapping[str, AnyService]) -> None:
        self._path = path
        self._services = services

    def record(self) -> Record:
        try:
            plain = yaml.safe_load(self._path.read_text(encoding="utf-8"))
        except (OSError, ValueError, yaml.YAMLError) as err:
            raise self._wrong(f"cannot be read ({' '.join(str(err).split())})") from err
        found = self._mapping(plain, "the file")
        self._only(found, "the file", "instances", "alerts", "expect")
        instances = tuple(
            self._instance(str(key), self._mapping(value, f"instances.{key}"))
            for key, value in self._mapping(found.get("instances"), "instances").items()
        )
        alerts = tuple(self._alert(one) for one in self._items(found, "alerts"))
        if not alerts:
            raise self._wrong("alerts: at least one is needed")
        return Record(
            name=self._path.stem,
            instances=instances,
            alerts=alerts,
            expected=self._expected(found.get("expect")),
        )

    def _instance(self, key: str, plain: Mapping[str, object]) -> RecordedInstance:
        where = f"instances.{key}"
        things = ("readings", "unknown", "checks", "problems")
        self._only(plain, where, "service", "name", "settings", "unreachable", "resources", "tools", *things)
        service = self._services.get(self._text(plain, "service", where, key))
        if service is None:
            raise self._wrong(f"{where}: there is no service {plain.get('service', key)!r}")
        sensors = {one.key for one in service.sensors}
        answers = tuple(self._answer(one, where, service) for one in self._items(plain, "tools", where))
        resources = tuple(
            self._resource(one, where, service) for one in self._items(plain, "resources", where)
        )
        return RecordedInstance(
            id=key,
            service=service.key,
            name=self._text(plain, "name", where, service.name),
            settings=self._values(plain, "settings", where),
            unreachable=self._text(plain, "unreachable", where, ""),
            resources=resources,
            answers=answers,
            **self._thing(plain, where, sensors),  # type: ignore[arg-type]
        )

    def _resource(self, plain: object, where: str, service: AnyService) -> RecordedResource:
        found = self._mapping(plain, f"{where}.resources")
        things = ("readings", "unknown", "checks", "problems")
        self._only(found, where, "kind", "id", "name", "parent", "labels", "about", *things)
        kind = service.kind(self._text(found, "kind", where))
        if kind is None:
            kinds = ", ".join(sorted(one.key for one in service.resources))
            raise self._wrong(f"{where}: {service.key} has no kind {found['kind']!r}; it has {kinds}")
        parent = self._mapping(found.get("parent") or {}, f"{where}.parent")
        key = self._text(found, "id", where)
        return RecordedResource(
            kind=kind.key,
            id=key,
            name=self._text(found, "name", where, key),
            parent=ResourceKey(kind=str(parent["kind"]), id=str(parent["id"])) if parent else None,
            labels=self._texts(found, "labels", where),
            about=self._texts(found, "about", where),
            **self._thing(found, f"{where}.{key}", {one.key for one in kind.sensors}),  # type: ignore[arg-type]
        )

    def _thing(self, plain: Mapping[str, object], where: str, sensors: set[str]) -> dict[str, object]:
        readings, unknown = self._values(plain, "readings", where), self._texts(plain, "unknown", where)
        wrong = sorted({*readings, *unknown} - sensors)
        if wrong:
            raise self._wrong(
                f"{where}: there is no reading {wrong[0]!r}; there are {', '.join(sorted(sensors))}"
            )
        checks = self._mapping(plain.get("checks") or {}, f"{where}.checks")
        return {
            "readings": readings,
            "unknown": unknown,
            "checks": {str(key): value if isinstance(value, bool) else None for key, value in checks.items()},
            "problems": tuple(map(str, self._items(plain, "problems", where))),
        }

    def _answer(self, plain: object, where: str, service: AnyService) -> RecordedAnswer:
        found = self._mapping(plain, f"{where}.tools")
        self._only(found, f"{where}.tools", "tool", "target", "title", "text", "error")
        tool = self._text(found, "tool", where)
        known = sorted(one.key for one in service.tools)
        if tool not in known:
            raise self._wrong(f"{where}: {service.key} has no tool {tool!r}; it has {', '.join(known)}")
        title, text, error, target = (
            self._text(found, key, where, "") for key in ("title", "text", "error", "target")
        )
        return RecordedAnswer(tool=tool, target=target, title=title or tool, text=text, error=error)

    def _alert(self, plain: object) -> RecordedAlert:
        found = self._mapping(plain, "alerts")
        self._only(found, "alerts", "name", "severity", "labels", "summary", "description", "source")
        severity = self._text(found, "severity", "alerts", Severity.WARNING)
        if severity not in tuple(Severity):
            raise self._wrong(f"alerts: there is no severity {severity!r}; there are {', '.join(Severity)}")
        return RecordedAlert(
            name=self._text(found, "name", "alerts"),
            severity=Severity(severity),
            labels=self._texts(found, "labels", "alerts"),
            summary=self._text(found, "summary", "alerts", ""),
            description=self._text(found, "description", "alerts", ""),
            source=self._text(found, "source", "alerts", "alertmanager"),
        )

    def _expected(self, plain: object) -> Expected:
        found = self._mapping(plain, "expect")
        self._only(found, "expect", "healthy", "cause", "required", "forbidden")
        cause = self._mapping(found.get("cause") or {}, "expect.cause")
        self._only(cause, "expect.cause", "runbook", "says")
        healthy = found.get("healthy") is True
        if healthy == bool(cause):
            raise self._wrong("expect: either healthy is true, or there is a cause")
        return Expected(
            healthy=healthy,
            runbook=self._text(cause, "runbook", "expect.cause", ""),
            says=tuple(map(str, self._items(cause, "says", "expect.cause"))),
            required=tuple(map(str, self._items(found, "required", "expect"))),
            forbidden=tuple(map(str, self._items(found, "forbidden", "expect"))),
        )

    def _only(self, plain: Mapping[str, object], where: str, *known: str) -> None:
        wrong = sorted(set(plain) - set(known))
        if wrong:
            raise self._wrong(f"{where}: {wrong[0]!r} is not known; there are {', '.join(known)}")

    def _mapping(self, plain: object, where: str) -> Mapping[str, object]:
        if not isinstance(plain, dict):
            raise self._wrong(f"{where} must be a mapping")
        return {str(key): value for key, value in plain.items()}

    def _items(self, plain: Mapping[str, object], key: str, where: str = "the file") -> Sequence[object]:
        value = plain.get(key) or []
        if not isinstance(value, list):
            raise self._wrong(f"{where}: {key} must be a list")
        return value

    def _text(self, plain: Mapping[str, object], key: str, where: str, default: str | None = None) -> str:
        value = plain.get(key, default)
        if not isinstance(value, str | int):
            raise self._wrong(f"{where}: {key} must be a text")
        return str(value)

    def _texts(self, plain: Mapping[str, object], key: str, where: str) -> dict[str, str]:
        return {
            one: str(value) for one, value in self._mapping(plain.get(key) or {}, f"{where}.{key}").items()
        }

    def _values(self, plain: Mapping[str, object], key: str, where: str) -> dict[str, Value]:
        found: dict[str, Value] = {}
        for one, value in self._mapping(plain.get(key) or {}, f"{where}.{key}").items():
            if value is not None and not isinstance(value, str | int | float | bool):
                raise self._wrong(f"{where}.{key}.{one} must be a text, a number, true or false")
            found[one] = value
        return found

    def _wrong(self, why: str) -> WrongRecord:
        return WrongRecord(f"{self._path.name}: {why}")
