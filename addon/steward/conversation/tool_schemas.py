"""The schemas of the arguments of tools."""

from collections.abc import Mapping, Sequence
from typing import Final

from homelab_steward.contract.base import Value
from homelab_steward.contract.catalogue import Field, SettingKind

_OWN_ARGUMENTS: Final = frozenset({"action", "target"})


def call_key(argument: Field) -> str:
    """Return the name of an argument in a call; it must not clash with our own."""
    return f"argument_{argument.key}" if argument.key in _OWN_ARGUMENTS else argument.key


def offer_arguments(fields: Sequence[Field], arguments: Mapping[str, Value]) -> dict[str, Value]:
    """Return a call's arguments for an offer, by the offer's keys."""
    return {one.key: value for one in fields if (value := arguments.get(call_key(one))) is not None}


def object_schema(properties: Mapping[str, object], required: Sequence[str]) -> dict[str, object]:
    """Return the schema of an object without other properties."""
    return {
        "type": "object",
        "properties": dict(properties),
        "required": list(required),
        "additionalProperties": False,
    }


def argument_schema(argument: Field) -> dict[str, object]:
    """Return the schema of one argument."""
    described = argument.description or argument.name
    schema: dict[str, object] = {
        "description": f"{described} ({argument.unit})" if argument.unit else described
    }
    match argument.kind:
        case SettingKind.NUMBER:
            return {"type": "number", **schema}
        case SettingKind.BOOLEAN:
            return {"type": "boolean", **schema}
        case SettingKind.CHOICE:
            return {"type": "string", "enum": list(argument.choices), **schema}
        case _:
            return {"type": "string", **schema}
