"""Checks that a service's description fits together before anybody leans on it."""

import inspect
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, Final

from homelab_steward.contract.base import Value
from homelab_steward.contract.catalogue import Field, Platform, ServiceOffer, SettingKind
from homelab_steward.contract.errors import MalformedMessage

from ..description import Action, AnyService, Sensor, Tool
from ..errors import StewardError

_KEY: Final = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
_KINDS: Final[dict[SettingKind, tuple[type, ...]]] = {
    SettingKind.TEXT: (str,),
    SettingKind.SECRET: (str,),
    SettingKind.URL: (str,),
    SettingKind.CHOICE: (str,),
    SettingKind.NUMBER: (int, float),
    SettingKind.BOOLEAN: (bool,),
}
_STEPS: Final = ("dry_run", "precheck", "execute", "probe", "verify")


class WrongService(StewardError):
    """A folder does not describe a service; the text names it and all that is wrong."""

    def __init__(self, folder: Path, problems: Iterable[str]) -> None:
        """Keep the folder and what is wrong with it."""
        self.folder = folder
        self.problems = tuple(problems)
        super().__init__(f"Service folder {folder.name}: {'; '.join(self.problems)}")


def validate_service(service: AnyService, folder: str) -> tuple[str, ...]:
    """Return all that is wrong with a service found in ``folder``, in words; () when nothing is."""
    return tuple(_problems(service, folder))


def _problems(service: AnyService, folder: str) -> Iterator[str]:
    if service.key != folder:
        yield f"its key is {service.key!r}, not the folder's name"
    if service.interval <= 0:
        yield "its interval is not above 0"
    yield from _unknown_words(service)
    yield from _keys(service)
    # With the settings every instance knows: a service must not use their names.
    yield from _fields("setting", service.offer().settings)
    for sensor in service.sensors:
        yield from _sensor(sensor)
    for kind in service.resources:
        for sensor in kind.sensors:
            yield from _sensor(sensor)
    for tool in service.tools:
        yield from _tool(tool)
    for action in service.actions:
        yield from _action(action)
    yield from _coroutines(service)
    yield from _scopes(service)


def _unknown_words(service: AnyService) -> Iterator[str]:
    """The catalogue crosses the wire: what it says must come back the same."""
    offer = service.offer()
    try:
        same = ServiceOffer.from_json(offer.to_json()) == offer
    except (MalformedMessage, TypeError) as err:
        yield f"its offer does not fit the contract ({err})"
        return
    if not same:
        yield "its offer changes on the wire"


def _keys(service: AnyService) -> Iterator[str]:
    scopes = {"instance": service.sensors} | {kind.key: kind.sensors for kind in service.resources}
    yield from _unique("resource kind", (kind.key for kind in service.resources))
    for scope, sensors in scopes.items():
        yield from _unique(f"{scope} sensor", (sensor.key for sensor in sensors))
    yield from _unique("check", (check.key for check in service.checks))
    yield from _unique("tool", (tool.key for tool in service.tools))
    yield from _unique("action", (action.key for action in service.actions))


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
        yield "has choices and is no choice, or the other way round"
    low, high = field.minimum, field.maximum
    if low is not None and high is not None and low > high:
        yield "has a minimum above its maximum"
    if field.default is None:
        return
    if field.kind is SettingKind.SECRET:
        yield "is a secret with a default"
    if not _is_of_kind(field.default, field.kind):
        yield f"has a default that is no {field.kind}"
    elif not _is_within(field.default, field):
        yield "has a default outside its bounds"


def _is_of_kind(value: Value, kind: SettingKind) -> bool:
    return isinstance(value, _KINDS[kind]) and isinstance(value, bool) == (kind is SettingKind.BOOLEAN)


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


def _action(action: Action[Any]) -> Iterator[str]:
    yield from _fields(f"action {action.key!r} argument", action.arguments)
    if action.button and any(field.required and field.default is None for field in action.arguments):
        yield f"action {action.key!r} is a button with arguments nobody can give"


def _scopes(service: AnyService) -> Iterator[str]:
    known = {None} | {kind.key for kind in service.resources}
    for what, described in (("tool", service.tools), ("action", service.actions)):
        for one in described:
            if one.scope not in known:
                yield f"{what} {one.key!r} has the unknown scope {one.scope!r}"


def _coroutines(service: AnyService) -> Iterator[str]:
    for name, function in _functions(service):
        if not inspect.iscoroutinefunction(function):
            yield f"{name} is no coroutine function"


def _functions(service: AnyService) -> Iterator[tuple[str, Callable[..., object]]]:
    yield "poll", service.poll
    for tool in service.tools:
        yield f"tool {tool.key!r} read", tool.read
    for action in service.actions:
        for step in _STEPS:
            yield f"action {action.key!r} {step}", getattr(action, step)
        if action.undo is not None:
            yield f"action {action.key!r} undo", action.undo
    if service.alerts is not None and service.alerts.read is not None:
        yield "alerts read", service.alerts.read
