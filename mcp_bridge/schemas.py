"""JSON schemas of arguments and results."""

from collections.abc import Mapping, Sequence
from typing import Final

from homelab_steward.contract.catalogue import Field, SettingKind

from .tool import JsonObject

LONGEST_TEXT: Final = 4000


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


def reading_schema(properties: Mapping[str, JsonObject]) -> JsonObject:
    """Return the schema of the result of a tool that reads: ``note`` is there only when it is needed."""
    note = text("A remark about the call, such as arguments that were ignored.")
    return object_schema({**properties, "note": note}, list(properties))


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
