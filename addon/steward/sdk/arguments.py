"""Arguments of actions and tools: each checked against its field before use."""

import math
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Final

from homelab_steward.contract.base import Value
from homelab_steward.contract.catalogue import Field, SettingKind

from ..errors import InvalidArgument
from ..texts import translate

MOST_SHOWN: Final = 10
"""The most ids that an error names."""

MOST: Final = 2.0**53
"""Larger whole numbers are not exact as a float: a client or a database may round them."""


type Targets = Callable[[str], Collection[str]]
"""Takes a kind of resource; returns the ids of all resources of this kind in the instance."""


def check_arguments(
    arguments: Mapping[str, Value], fields: Sequence[Field], targets: Targets | None = None
) -> dict[str, Value]:
    """Return the arguments with defaults filled in, each checked against its field.

    ``targets`` enumerates the ids that a field of kind TARGET may have; without it, only the type
    of such an argument is checked. Raises InvalidArgument with the key of an argument that is
    unknown, missing or does not fit.
    """
    known = {field.key for field in fields}
    for key in arguments:
        if key not in known:
            raise InvalidArgument(key, t"is not an argument of this action")
    checked: dict[str, Value] = {}
    for field in fields:
        value = arguments.get(field.key, field.default)
        if value is None:
            if field.required:
                raise InvalidArgument(field.key, t"is missing")
            continue
        checked[field.key] = check_value(field, value)
        if field.kind is SettingKind.TARGET and targets is not None:
            _check_target(field, str(value), targets)
    return checked


def check_value(field: Field, value: Value) -> Value:
    """Return the value when it fits its field. Raises InvalidArgument when not."""
    if field.kind is SettingKind.NUMBER:
        return _check_number(field, value)
    if field.kind is SettingKind.BOOLEAN:
        if not isinstance(value, bool):
            raise InvalidArgument(field.key, t"must be true or false")
        return value
    if not isinstance(value, str):
        raise InvalidArgument(field.key, t"must be text")
    if field.kind is SettingKind.CHOICE and value not in field.choices:
        raise InvalidArgument(field.key, t"must be one of {', '.join(field.choices)}")
    return value


def _check_target(field: Field, value: str, targets: Targets) -> None:
    known = targets(field.scope or "")
    if value not in known:
        shown = ", ".join(sorted(known)[:MOST_SHOWN]) or translate(t"none")
        raise InvalidArgument(field.key, t"must be one of these: {shown}")


def _check_number(field: Field, value: Value) -> float | int:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise InvalidArgument(field.key, t"must be a number")
    if abs(value) > MOST or math.isnan(value):
        raise InvalidArgument(field.key, t"must be a finite number of a sensible size")
    if field.minimum is not None and value < field.minimum:
        raise InvalidArgument(field.key, t"must be at least {field.minimum:g}")
    if field.maximum is not None and value > field.maximum:
        raise InvalidArgument(field.key, t"must be at most {field.maximum:g}")
    return int(value) if float(value).is_integer() else value
