"""Checks that a service's description is consistent before it is used."""

import inspect
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, Final

from homelab_steward.contract.base import Value
from homelab_steward.contract.catalogue import ControlKind, Field, Platform, ServiceOffer, SettingKind
from homelab_steward.contract.errors import MalformedMessage

from ..errors import StewardError
from .description import Action, AnyService, Control, Sensor, Tool
from .outputs import Output, OutputKind

_KEY: Final = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
_TYPES: Final[dict[SettingKind, tuple[type, ...]]] = {
    SettingKind.TEXT: (str,),
    SettingKind.SECRET: (str,),
    SettingKind.URL: (str,),
    SettingKind.CHOICE: (str,),
    SettingKind.TARGET: (str,),
    SettingKind.NUMBER: (int, float),
    SettingKind.BOOLEAN: (bool,),
}
_STEPS: Final = ("dry_run", "precheck", "execute", "probe", "verify")


class WrongService(StewardError):
    """The description in a service folder is not valid; the text names the folder and all problems."""

    def __init__(self, folder: Path, problems: Iterable[str]) -> None:
        """``problems`` are the parts of the text."""
        self.folder = folder
        self.problems = tuple(problems)
        super().__init__(f"Service folder {folder.name}: {'; '.join(self.problems)}")


def validate_service(service: AnyService, folder: str) -> tuple[str, ...]:
    """Return all problems of a service in ``folder``, () when it is valid."""
    return tuple(_problems(service, folder))


def _problems(service: AnyService, folder: str) -> Iterator[str]:
    if service.key != folder:
        yield f"its key is {service.key!r}, not the folder's name"
    if service.interval <= 0:
        yield "its interval is not above 0"
    if service.essential_kind and service.kind(service.essential_kind) is None:
        yield f"its essential kind {service.essential_kind!r} is none of its kinds of resources"
    yield from _offer(service)
    yield from _keys(service)
    # Together with the settings of every instance: a service must not use their names.
    yield from _fields("setting", service.offer().settings)
    for sensor in (*service.sensors, *(one for kind in service.resources for one in kind.sensors)):
        yield from _sensor(sensor)
    for tool in service.tools:
        yield from _tool(tool)
        yield from _private(tool)
    for action in service.actions:
        yield from _action(service, action)
    for control in service.controls:
        yield from (f"control {control.key!r} {problem}" for problem in _control(service, control))
    yield from _coroutines(service)
    yield from _scopes(service)
    yield from _rights(service)


def _offer(service: AnyService) -> Iterator[str]:
    """Yield a problem when the catalogue entry changes in a message."""
    offer = service.offer()
    try:
        same = ServiceOffer.from_json(offer.to_json()) == offer
    except (MalformedMessage, TypeError) as err:
        yield f"its offer does not fit the contract ({err})"
        return
    if not same:
        yield "its offer changes when it is sent"


def _keys(service: AnyService) -> Iterator[str]:
    scopes = {"instance": service.sensors} | {kind.key: kind.sensors for kind in service.resources}
    yield from _unique("resource kind", (kind.key for kind in service.resources))
    for scope, sensors in scopes.items():
        yield from _unique(f"{scope} sensor", (sensor.key for sensor in sensors))
    yield from _unique("check", (check.key for check in service.checks))
    yield from _unique("tool", (tool.key for tool in service.tools))
    yield from _unique("action", (action.key for action in service.actions))
    yield from _unique("control", (control.key for control in service.controls))
    yield from _unique("category", (service.category.key,))


def _unique(what: str, keys: Iterable[str]) -> Iterator[str]:
    for key, count in Counter(keys).items():
        if not _KEY.fullmatch(key):
            yield f"{what} {key!r} is not in snake_case"
        if count > 1:
            yield f"{what} {key!r} is there {count} times"


def _fields(what: str, fields: Iterable[Field]) -> Iterator[str]:
    fields = tuple(fields)
    yield from _unique(what, (field.key for field in fields))
    for field in fields:
        for problem in _field(field):
            yield f"{what} {field.key!r} {problem}"


def _field(field: Field) -> Iterator[str]:
    if (field.kind is SettingKind.CHOICE) != bool(field.choices):
        yield "has choices and is not a choice, or the other way round"
    if (field.kind is SettingKind.TARGET) != bool(field.scope):
        yield "has a scope and is not a target, or the other way round"
    low, high = field.minimum, field.maximum
    if low is not None and high is not None and low > high:
        yield "has a minimum above its maximum"
    if field.default is None:
        return
    if field.kind is SettingKind.SECRET:
        yield "is a secret with a default"
    if not _is_of_kind(field.default, field.kind):
        yield f"has a default that is not of the kind {field.kind}"
    elif not _is_within(field.default, field):
        yield "has a default outside its bounds"


def _is_of_kind(value: Value, kind: SettingKind) -> bool:
    return isinstance(value, _TYPES[kind]) and isinstance(value, bool) == (kind is SettingKind.BOOLEAN)


def _is_within(value: Value, field: Field) -> bool:
    if field.choices:
        return value in field.choices
    if isinstance(value, str) or value is None:
        return True
    above = field.minimum is None or value >= field.minimum
    return above and (field.maximum is None or value <= field.maximum)


def _sensor(sensor: Sensor[Any]) -> Iterator[str]:
    if sensor.options and sensor.device_class != "enum":
        yield f"sensor {sensor.key!r} has options without the device class enum"
    if sensor.platform is Platform.BINARY_SENSOR and (sensor.unit or sensor.state_class or sensor.options):
        yield f"binary sensor {sensor.key!r} has a unit, a state class or options"


def _tool(tool: Tool[Any]) -> Iterator[str]:
    yield from _fields(f"tool {tool.key!r} argument", tool.arguments)


def _action(service: AnyService, action: Action[Any]) -> Iterator[str]:
    yield from _fields(f"action {action.key!r} argument", action.arguments)
    if action.button and any(field.required and field.default is None for field in action.arguments):
        yield f"action {action.key!r} is a button with arguments that nobody can give"
    for field in action.arguments:
        if field.scope is not None and service.kind(field.scope) is None:
            yield f"action {action.key!r} argument {field.key!r} has the unknown scope {field.scope!r}"
    yield from _unique(f"action {action.key!r} output", (one.key for one in action.outputs))
    for output in action.outputs:
        for problem in _output(service, output):
            yield f"action {action.key!r} output {output.key!r} {problem}"


def _output(service: AnyService, output: Output) -> Iterator[str]:
    if (output.kind is OutputKind.CHOICE) != bool(output.choices):
        yield "has choices and is not a choice, or the other way round"
    if (output.kind is OutputKind.TARGET) != (output.scope is not None):
        yield "has a scope and is not a target, or the other way round"
    elif output.scope is not None and service.kind(output.scope) is None:
        yield f"has the unknown scope {output.scope!r}"


def _control(service: AnyService, control: Control) -> Iterator[str]:
    kind = service.kind(control.scope) if control.scope else None
    sensors = {sensor.key for sensor in (kind.sensors if kind else service.sensors)}
    yield from _control_actions(service, control)
    for key in filter(None, (control.reading, control.latest)):
        if key not in sensors:
            yield f"names the unknown reading {key!r}"
    yield from _control_shape(control)


def _control_actions(service: AnyService, control: Control) -> Iterator[str]:
    actions = {action.key: action for action in service.actions}
    for key in filter(None, (control.action, control.off_action)):
        if key not in actions:
            yield f"names the unknown action {key!r}"
        elif actions[key].scope != control.scope:
            yield f"has another scope than its action {key!r}"
    action = actions.get(control.action or "")
    if action and control.argument and control.argument not in {one.key for one in action.arguments}:
        yield f"names the unknown argument {control.argument!r}"


def _control_shape(control: Control) -> Iterator[str]:
    if (control.kind is ControlKind.SWITCH) != (control.off_action is not None):
        yield "is a switch without an action for off, or the other way round"
    if (control.kind in (ControlKind.NUMBER, ControlKind.SELECT)) != (control.argument is not None):
        yield "needs an argument exactly when it is a number or a select"
    if (control.kind is ControlKind.UPDATE) != (control.latest is not None):
        yield "needs the newest version exactly when it is an update"
    if control.kind is not ControlKind.UPDATE and control.action is None:
        yield "needs an action unless it is an update"
    if control.kind is not ControlKind.UPDATE and control.release_url is not None:
        yield "has a page about versions and is no update"
    if control.kind is not ControlKind.BUTTON and control.reading is None:
        yield "needs a reading"


def _private(tool: Tool[Any]) -> Iterator[str]:
    if tool.is_owner_only and tool.capability is not None:
        yield f"tool {tool.key!r} is for owners only and has a capability, which runbooks read"


def _scopes(service: AnyService) -> Iterator[str]:
    known = {None} | {kind.key for kind in service.resources}
    for what, described in (
        ("tool", service.tools),
        ("action", service.actions),
        ("check", service.checks),
        ("control", service.controls),
    ):
        for one in described:
            if one.scope not in known:
                yield f"{what} {one.key!r} has the unknown scope {one.scope!r}"


def _rights(service: AnyService) -> Iterator[str]:
    known = {one.key for one in service.rights}
    for what, described in (("tool", service.tools), ("action", service.actions)):
        for one in described:
            for need in one.needs:
                if need not in known:
                    yield f"{what} {one.key!r} needs the unknown right {need!r}"
    if bool(service.rights) != (service.granted is not None):
        yield "it lists rights and does not say which are granted, or the other way round"


def _coroutines(service: AnyService) -> Iterator[str]:
    for name, function in _functions(service):
        if not inspect.iscoroutinefunction(function):
            yield f"{name} is not a coroutine function"


def _functions(service: AnyService) -> Iterator[tuple[str, Callable[..., object]]]:
    yield "poll", service.poll
    for tool in service.tools:
        yield f"tool {tool.key!r} read", tool.read
    for action in service.actions:
        for step in _STEPS:
            yield f"action {action.key!r} {step}", getattr(action, step)
        if action.undo is not None:
            yield f"action {action.key!r} undo", action.undo.execute
            yield f"action {action.key!r} undo dry run", action.undo.dry_run
    if service.alerts is not None and service.alerts.read is not None:
        yield "alerts read", service.alerts.read
