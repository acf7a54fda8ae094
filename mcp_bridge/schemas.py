"""JSON schemas of arguments and results, and the check of arguments against them."""

import math
from collections.abc import Mapping, Sequence
from typing import Final

from homelab_steward.contract.base import Value
from homelab_steward.contract.catalogue import Field, SettingKind
from homelab_steward.contract.errors import ContractError, ErrorCode

from .tool import Arguments, Json, JsonObject

LONGEST_TEXT: Final = 4000
FEW: Final = 20
TYPES: Final[Mapping[str, type | tuple[type, ...]]] = {
    "string": str,
    "boolean": bool,
    "number": (int, float),
    "integer": int,
}
TYPE_TEXTS: Final[Mapping[str, str]] = {
    "string": "text",
    "boolean": "true or false",
    "number": "a number",
    "integer": "a whole number",
}


def object_schema(properties: Mapping[str, JsonObject], required: Sequence[str]) -> JsonObject:
    """Return the schema of an object that has these properties and no others."""
    return {
        "type": "object",
        "properties": dict(properties),
        "required": list(required),
        "additionalProperties": False,
    }


def result_schema(properties: Mapping[str, JsonObject]) -> JsonObject:
    """Return the schema of a result: every property is required."""
    return object_schema(properties, list(properties))


def text(description: str = "") -> JsonObject:
    """Return the schema of a text."""
    return {"type": "string", **({"description": description} if description else {})}


def nullable(kind: str, description: str = "") -> JsonObject:
    """Return the schema of a value that may be null."""
    return {"type": [kind, "null"], **({"description": description} if description else {})}


def many(item: JsonObject) -> JsonObject:
    """Return the schema of a list."""
    return {"type": "array", "items": item}


def field_schema(field: Field) -> JsonObject:
    """Return the schema of one argument of the catalogue."""
    schema: JsonObject = {"title": field.name, **_kind(field)}
    description = field.description or field.name
    schema["description"] = f"{description} ({field.unit})" if field.unit else description
    if field.default is not None:
        schema["default"] = field.default
    return schema


def _kind(field: Field) -> JsonObject:
    match field.kind:
        case SettingKind.NUMBER:
            bounds = {"minimum": field.minimum, "maximum": field.maximum}
            return {"type": "number", **{key: bound for key, bound in bounds.items() if bound is not None}}
        case SettingKind.BOOLEAN:
            return {"type": "boolean"}
        case SettingKind.CHOICE:
            return {"type": "string", "enum": list(field.choices)}
        case SettingKind.URL:
            return {"type": "string", "format": "uri", "maxLength": LONGEST_TEXT}
        case SettingKind.TEXT | SettingKind.SECRET | SettingKind.TARGET:
            return {"type": "string", "maxLength": LONGEST_TEXT}


def checked(schema: JsonObject, given: Mapping[str, object]) -> Arguments:
    """Return the arguments, null ones left out.

    Raises ContractError INVALID_ARGUMENT with the key; the message never contains the given value.
    """
    properties, required = schema["properties"], schema["required"]
    assert isinstance(properties, dict)  # noqa: S101 - object_schema builds all schemas
    assert isinstance(required, list)  # noqa: S101
    found: dict[str, Value] = {}
    for key, value in given.items():
        expected = properties.get(key)
        if not isinstance(expected, dict):
            # The message omits the key because it is untrusted text.
            raise _wrong("arguments", f"have an unknown key; the tool accepts {_listed(properties)}")
        if value is not None:
            found[key] = _checked(key, value, expected)
    missing = [str(key) for key in required if key not in found]
    if missing:
        raise _wrong(missing[0], "is missing")
    return found


def _checked(key: str, value: object, schema: JsonObject) -> Value:
    kind = str(schema["type"])
    if not isinstance(value, TYPES[kind]) or (isinstance(value, bool) and kind != "boolean"):
        raise _wrong(key, f"must be {TYPE_TEXTS[kind]}")
    if isinstance(value, str):
        return _checked_text(key, value, schema)
    if isinstance(value, bool):
        return value
    assert isinstance(value, int | float)  # noqa: S101 - the only other types
    return _checked_number(key, value, schema)


def _checked_text(key: str, value: str, schema: JsonObject) -> str:
    choices, longest = schema.get("enum"), schema.get("maxLength")
    if isinstance(choices, list) and value not in choices:
        among = _listed(choices) if len(choices) <= FEW else f"the {len(choices)} values of the schema"
        raise _wrong(key, f"must be one of {among}")
    if isinstance(longest, int) and len(value) > longest:
        raise _wrong(key, f"must not be longer than {longest} characters")
    return value


def _checked_number(key: str, value: float, schema: JsonObject) -> float:
    least, most = schema.get("minimum"), schema.get("maximum")
    if not math.isfinite(value):
        raise _wrong(key, "must be a finite number")
    if isinstance(least, int | float) and value < least:
        raise _wrong(key, f"must be at least {least:g}")
    if isinstance(most, int | float) and value > most:
        raise _wrong(key, f"must be at most {most:g}")
    return value


def _listed(values: Sequence[Json] | Mapping[str, Json]) -> str:
    return ", ".join(map(str, values)) or "none"


def _wrong(key: str, reason: str) -> ContractError:
    return ContractError(ErrorCode.INVALID_ARGUMENT, f"{key} {reason}", {"key": key})
