"""The actions that a drill tries on marked targets, and the settings that it compares afterwards. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from homelab_steward.contract.base import Value
from homelab_steward.contract.catalogue import Field, SettingKind
from homelab_steward.contract.incidents import Incident
from homelab_steward.contract.state import Resource, Snapshot, TargetRef
from homelab_steward.contract.step_parts import PlannedStep

from ...sdk.description import Action, AnyService
from ...texts import translate

DRILL: Final = "drill:"
"""Prefix of the group keys of the incidents of a drill on marked targets, and of its single tries."""

SMALL: Final = 8
"""A number is changed by its value divided by this, at least by one."""

type Settings = dict[str, dict[str, Value]]
"""The readings of resources that a control can set, by ``instance:kind:id`` and the key of the reading."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """One reversible action to try on one target. ``reason`` is why it cannot be tried, "" when it can."""

    target: TargetRef
    action: str
    title: str
    arguments: Mapping[str, Value] = field(default_factory=dict)
    reason: str = ""


def is_drill(incident: Incident) -> bool:
    """Return whether the run of an incident is to be undone whatever its result."""
    return incident.is_request and incident.group_key.startswith(DRILL)


def wishes(service: AnyService, snapshot: Snapshot) -> Iterator[Wish]:
    """Yield each reversible action of each marked resource of an instance."""
    for resource in snapshot.resources:
        if not resource.for_drills:
            continue
        target = TargetRef(
            instance_id=snapshot.instance_id, kind=resource.kind, id=resource.id, name=resource.name
        )
        for action in service.actions:
            if action.reversible and action.scope == resource.kind:
                found = arguments_of(service, action, resource)
                wish = Wish(target=target, action=action.key, title=action.name)
                if isinstance(found, str):
                    yield replace(wish, reason=found)
                else:
                    yield replace(wish, arguments=found)


def arguments_of(service: AnyService, action: Action[Any], resource: Resource) -> dict[str, Value] | str:
    """Return arguments that make a small change, or why there are none.

    A number is changed if a control reads its current value. Every other argument needs a person.
    """
    needed = [one for one in action.arguments if one.required]
    if not needed:
        return {}
    control = next((one for one in service.controls if action.key == one.action and one.argument), None)
    (first, *others) = needed
    if others or first.kind is not SettingKind.NUMBER or control is None or control.argument != first.key:
        return translate(t"its arguments need a person")
    now = resource.values.get(control.reading or "")
    if isinstance(now, bool) or not isinstance(now, int | float) or now <= 0:
        return translate(t"it is not known what it is now")
    return _changed(first, now)


def _changed(argument: Field, now: float) -> dict[str, Value] | str:
    by = max(1, int(now) // SMALL)
    for value in (now + by, now - by):
        least, most = argument.minimum, argument.maximum
        if (least is None or least <= value) and (most is None or value <= most):
            return {argument.key: value}
    return translate(t"no other value is allowed")


def is_same(step: PlannedStep, approved: PlannedStep) -> bool:
    """Return whether a step does what an owner approved, on this target and with these arguments."""
    return (step.action, step.target, step.arguments, step.risk) == (
        approved.action,
        approved.target,
        approved.arguments,
        approved.risk,
    )


def settings_of(service: AnyService, snapshot: Snapshot) -> Settings:
    """Return the settings of all resources of the kinds that have a marked one, by kind and id."""
    kinds = {one.kind for one in snapshot.resources if one.for_drills}
    shown = {(one.scope, one.reading) for one in service.controls if one.reading}
    return {
        f"{snapshot.instance_id}:{one.kind}:{one.id}": {
            key: value for key, value in one.values.items() if (one.kind, key) in shown
        }
        for one in snapshot.resources
        if one.kind in kinds
    }


def differences(before: Settings, after: Settings) -> tuple[str, ...]:
    """Return the differences between two readings, one line for each resource or setting."""
    found = [f"{key}: it is gone" for key in sorted(before.keys() - after.keys())]
    found += [f"{key}: it was not there before" for key in sorted(after.keys() - before.keys())]
    for key in sorted(before.keys() & after.keys()):
        found += _changes(key, before[key], after[key])
    return tuple(found)


def _changes(key: str, before: Mapping[str, Value], after: Mapping[str, Value]) -> Iterator[str]:
    for name in sorted(before.keys() | after.keys()):
        if before.get(name) != after.get(name):
            yield f"{key}: {name} was {before.get(name)} and is {after.get(name)}"
