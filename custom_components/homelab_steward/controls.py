"""Resolves controls of the catalogue: their readings, actions and the argument they set."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from .contract.catalogue import (
    ActionOffer,
    ControlKind,
    ControlOffer,
    Field,
    SensorOffer,
    ServiceOffer,
    SettingKind,
)
from .contract.state import Resource, ResourceKey


@dataclass(frozen=True, slots=True, kw_only=True)
class Control:
    """A control with everything its entity needs.

    ``options`` of a select are pairs of value and label.
    """

    offer: ControlOffer
    reading: SensorOffer | None = None
    argument: Field | None = None
    options: tuple[tuple[str, str], ...] = ()

    @property
    def actions(self) -> tuple[str, ...]:
        """Return the keys of its actions, none for an update that only shows versions."""
        return tuple(filter(None, (self.offer.action, self.offer.off_action)))


def controls_of(offer: ServiceOffer, kind: ControlKind, resources: Iterable[Resource]) -> Iterable[Control]:
    """Yield the controls of one kind; those that need more than one argument are left out."""
    actions = {one.key: one for one in offer.actions}
    sensors = {(one.scope, one.key): one for one in offer.sensors}
    listed = tuple(resources)
    for control in offer.controls:
        action = actions.get(control.action or "")
        is_usable = action is not None and is_complete(action, control.argument)
        if control.kind is not kind or not (control.action is None or is_usable):
            continue
        arguments = action.arguments if action else ()
        argument = next((one for one in arguments if one.key == control.argument), None)
        reading = sensors.get((control.scope, control.reading or ""))
        options = _options(argument, reading, listed) if kind is ControlKind.SELECT else ()
        yield Control(offer=control, reading=reading, argument=argument, options=options)


def is_complete(action: ActionOffer, given: str | None = None) -> bool:
    """Return whether the action can be requested with at most the argument ``given``."""
    return not any(one.required and one.default is None and one.key != given for one in action.arguments)


def _options(
    argument: Field | None, reading: SensorOffer | None, resources: tuple[Resource, ...]
) -> tuple[tuple[str, str], ...]:
    if argument is None:
        return ()
    if argument.kind is not SettingKind.TARGET:
        return tuple((one, one) for one in argument.choices or (reading.options if reading else ()))
    targets = [one for one in resources if one.kind == argument.scope]
    return tuple(zip((one.id for one in targets), _labels(targets, resources), strict=True))


def _labels(targets: list[Resource], resources: tuple[Resource, ...]) -> Iterable[str]:
    """Yield a unique label of each target: its name, else with its parent, else with its id."""
    names = {ResourceKey(kind=one.kind, id=one.id): one.name for one in resources}
    short = Counter(one.name for one in targets)
    placed = [f"{one.name} ({names.get(one.parent, one.id) if one.parent else one.id})" for one in targets]
    long = Counter(placed)
    for one, label in zip(targets, placed, strict=True):
        if short[one.name] == 1:
            yield one.name
        else:
            yield label if long[label] == 1 else f"{one.name} ({one.id})"
