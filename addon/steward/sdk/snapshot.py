"""Turns a polled state into the snapshot that clients get, and runs the checks."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any

import structlog

from homelab_steward.contract.base import Value
from homelab_steward.contract.plain_text import one_line
from homelab_steward.contract.state import Resource, Snapshot

from ..texts import translate
from .coverage import Gaps
from .description import (
    DRILL_MARK,
    Action,
    Check,
    ResourceKind,
    Right,
    Sensor,
    Service,
    Tool,
)
from .readings import Busy, NotKnown, Reading, Unknown, read
from .state import computed

log = structlog.get_logger(__name__)

DEFECT = "It could not be computed; the app's log has the reason"

type Subject = tuple[str, str] | None
"""Kind and id of the resource that a check is about; None is the instance itself."""

type CheckKey = tuple[str, Subject]
"""A check's key and its subject."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckResults:
    """The results of the checks of one poll, by check and subject.

    ``problems`` has the texts of problems, ``unknown`` the reasons for unknown results; ``clear`` has
    the checks that certainly found no problem. A check and subject in none of them was not seen.
    ``busy`` are those of ``unknown`` whose result is not known because work is under way.
    """

    problems: Mapping[CheckKey, str] = field(default_factory=dict)
    clear: frozenset[CheckKey] = frozenset()
    unknown: Mapping[CheckKey, str] = field(default_factory=dict)
    busy: frozenset[CheckKey] = frozenset()

    def of(self, subject: Subject) -> dict[str, bool | None]:
        """Return the result of each check of a subject: True is clear, False a problem, None not known."""
        return {
            **{key: True for key, one in self.clear if one == subject},
            **{key: None for key, one in self.unknown if one == subject},
            **{key: False for key, one in self.problems if one == subject},
        }


def snapshot[S](service: Service[Any, S], instance_id: str, state: S, gaps: Gaps, now: datetime) -> Snapshot:
    """Return all readings of ``state`` with their coverage.

    A reading that fails is unknown and a warning in the log; the others are kept. A reading that is
    computed from an incomplete list is unknown.
    """
    resources = tuple(_resources(service, state, gaps))
    values, unknown = _readings(service, service.sensors, state, state)
    return Snapshot(
        instance_id=instance_id,
        taken_at=now,
        values=values,
        unknown=unknown,
        resources=resources,
        version=_version(service, state),
        coverage=gaps.coverage,
        unavailable=dict(_unavailable(service, state)),
        missing_rights=tuple(_missing_rights(service, state)),
    )


def items[S](kind: ResourceKind[S, Any], state: S) -> tuple[Any, ...]:
    """Return the items of one kind; none when the state does not know them or they cannot be listed."""
    try:
        return tuple(kind.items(state))
    except NotKnown:
        return ()
    except Exception as err:  # noqa: BLE001 - one kind must not cost the others
        log.warning("listing failed", kind=kind.key, error=repr(err))
        return ()


def run_checks[S](service: Service[Any, S], state: S) -> CheckResults:
    """Return the results of the checks of ``service`` for ``state``.

    A check over an incomplete list can find a problem, but is never clear. A check that fails is
    unknown. Of several items with the same id the worst counts.
    """
    problems: dict[CheckKey, str] = {}
    unknown: dict[CheckKey, str] = {}
    clear: set[CheckKey] = set()
    busy: set[CheckKey] = set()
    for check in service.checks:
        for subject, item in _subjects(service, check, state):
            key = (check.key, subject)
            try:
                problem, missing = computed(state, partial(check.problem, item))
            except NotKnown as err:
                unknown[key] = err.said
                busy |= {key} if isinstance(err, Busy) else set()
                continue
            except Exception as err:  # noqa: BLE001 - one check must not cost the others
                log.warning("check failed", service=service.key, check=check.key, error=repr(err))
                unknown[key] = DEFECT
                continue
            if problem is not None:
                problems.setdefault(key, translate(problem))
            elif missing is not None:
                unknown[key] = missing
            else:
                clear.add(key)
    unknown = {key: reason for key, reason in unknown.items() if key not in problems}
    return CheckResults(
        problems=problems,
        clear=frozenset(clear - problems.keys() - unknown.keys()),
        unknown=unknown,
        busy=frozenset(busy & unknown.keys()),
    )


def _subjects[S](service: Service[Any, S], check: Check[Any], state: S) -> Iterator[tuple[Subject, Any]]:
    if check.scope is None:
        yield None, state
        return
    kind = service.kind(check.scope)
    for item in items(kind, state) if kind else ():
        try:
            subject = (check.scope, kind.id(item)) if kind else None
        except Exception:  # noqa: BLE001, S112 - the snapshot has a gap for this item
            continue
        yield subject, item


def _resources[S](service: Service[Any, S], state: S, gaps: Gaps) -> Iterator[Resource]:
    for kind in service.resources:
        try:
            found, missing = computed(state, partial(_listed, kind, state))
        except NotKnown as err:
            gaps.add(kind.key, str(err))
            continue
        except Exception as err:  # noqa: BLE001 - one kind must not cost the others
            log.warning("listing failed", service=service.key, kind=kind.key, error=repr(err))
            gaps.add(kind.key, DEFECT)
            continue
        reason = missing or (gaps.of(kind.part) if kind.part else None)
        if reason is not None:
            gaps.add(kind.key, reason)
        seen: set[str] = set()
        for item in found:
            resource = _resource(service, kind, item, state)
            if resource is None:
                gaps.add(kind.key, DEFECT)
            elif resource.id in seen:
                gaps.add(kind.key, f"{resource.id} is listed several times")
            else:
                seen.add(resource.id)
                yield resource


def _listed[S](kind: ResourceKind[S, Any], state: S) -> tuple[Any, ...]:
    return tuple(kind.items(state))


def _resource[Item](
    service: Service[Any, Any], kind: ResourceKind[Any, Item], item: Item, state: Any
) -> Resource | None:
    """Return the resource of an item, None when its id, name or parent cannot be computed."""
    try:
        # A missing text would fail later, and the whole snapshot with it.
        key, name, parent = _text(kind.id(item)), one_line(_text(kind.name_of(item))), kind.parent(item)
    except Exception as err:  # noqa: BLE001 - one item must not cost the others
        log.warning("item failed", service=service.key, kind=kind.key, error=repr(err))
        return None
    values, unknown = _readings(service, kind.sensors, item, state)
    return Resource(
        kind=kind.key,
        id=key,
        name=name,
        values=values,
        unknown=unknown,
        parent=parent,
        for_drills=_is_for_drills(kind, item),
    )


def _is_for_drills[Item](kind: ResourceKind[Any, Item], item: Item) -> bool:
    """Return whether the owner marked an item for drills, False when the marks cannot be read."""
    try:
        return DRILL_MARK in kind.marks(item)
    except Exception:  # noqa: BLE001 - not known: no drill uses it
        return False


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{type(value).__name__} is no text")
    return value


def _readings[Item](
    service: Service[Any, Any], sensors: Iterable[Sensor[Item]], item: Item, state: Any
) -> tuple[dict[str, Value], dict[str, str]]:
    values: dict[str, Value] = {}
    unknown: dict[str, str] = {}
    for sensor in sensors:
        reading = _reading(service, sensor, item, state)
        if isinstance(reading, Unknown):
            values[sensor.key], unknown[sensor.key] = None, reading.reason
        else:
            values[sensor.key] = reading
    return values, unknown


def _reading[Item](service: Service[Any, Any], sensor: Sensor[Item], item: Item, state: Any) -> Reading:
    try:
        reason = sensor.available(state) if sensor.available else None
        if reason is not None:
            return Unknown(translate(reason))
        value, missing = computed(state, lambda: read(lambda: sensor.value(item)))
        return value if missing is None else Unknown(missing)
    except NotKnown as err:
        return Unknown(str(err))
    except Exception as err:  # noqa: BLE001 - one reading must not cost the others
        log.warning("reading failed", service=service.key, sensor=sensor.key, error=repr(err))
        return Unknown(DEFECT)


def _version[S](service: Service[Any, S], state: S) -> str | None:
    try:
        return service.version(state)
    except NotKnown:
        return None
    except Exception as err:  # noqa: BLE001 - the version must not cost the readings
        log.warning("version failed", service=service.key, error=repr(err))
        return None


def _unavailable[S](service: Service[Any, S], state: S) -> Iterator[tuple[str, str]]:
    """Yield the tools and actions that are not offered now, with the reason, such as a missing right."""
    lacking = {one.key: one.name for one in _missing(service, state)}
    for what, described in (("tool", service.tools), ("action", service.actions)):
        for one in described:
            try:
                reason = one.available(state) if one.available else None
            except NotKnown as err:
                reason = str(err)
            except Exception as err:  # noqa: BLE001 - one offer must not cost the others
                log.warning("offer failed", service=service.key, offer=one.key, error=repr(err))
                reason = DEFECT
            missing = [lacking[need] for need in one.needs if need in lacking]
            if missing:
                reason = t"The credentials lack the right {', '.join(missing)}"
            if reason is not None:
                yield f"{what}.{one.key}", translate(reason)


def notices[S](service: Service[Any, S], state: S, version: str | None) -> tuple[str, ...]:
    """Return texts for people about missing rights and about a version that is not understood."""
    found = [_without(service, right) for right in _missing(service, state)]
    notice = service.understood.notice(version)
    return (*found, *(() if notice is None else (notice,)))


def _without(service: Service[Any, Any], right: Right) -> str:
    """Return the text about a missing right, with what it is needed for and what is not offered."""
    offers: tuple[Action[Any] | Tool[Any], ...] = (*service.actions, *service.tools)
    names = [one.name for one in offers if right.key in one.needs]
    without = f". Not offered: {', '.join(names)}" if names else ""
    return f"These credentials lack the right {right.name} ({right.needed_for}){without}"


def _missing_rights[S](service: Service[Any, S], state: S) -> Iterator[str]:
    yield from (f"{one.name} ({one.needed_for})" for one in _missing(service, state))


def _missing[S](service: Service[Any, S], state: S) -> tuple[Right, ...]:
    try:
        return service.missing(state)
    except NotKnown:
        return ()
