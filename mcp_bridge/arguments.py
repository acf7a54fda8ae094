"""Checks the arguments of a call against the schema of its tool: the same rules over MCP and REST."""

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from homelab_steward.contract.base import Value
from homelab_steward.contract.errors import ContractError, ErrorCode

from .tool import Arguments, Json, JsonObject

FEW: Final = 20
NAMED_KEYS: Final = 5
LONGEST_NUMBER: Final = 40
MOST: Final = 2**53
"""Larger whole numbers are not exact in JSON clients."""

JSON_NUMBER: Final = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")
PLAIN_KEY: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]{0,39}")
"""Keys that a note repeats. Longer ones could carry instructions to a model."""

BOOLEANS: Final[Mapping[str, bool]] = {"true": True, "false": False}
TYPE_TEXTS: Final[Mapping[str, str]] = {
    "string": "text",
    "boolean": "true or false",
    "number": "a number",
    "integer": "a whole number",
}


@dataclass(frozen=True, slots=True)
class Checked:
    """Arguments that match the schema, and a remark about what was ignored (empty: nothing)."""

    arguments: Arguments
    note: str = ""


def checked(schema: JsonObject, given: Mapping[str, object], *, reads: bool) -> Checked:
    """Return the arguments, null ones left out, and for a tool that ``reads`` also blank optional choices.

    Numbers and booleans may be given as text, and whole numbers as text, where the schema leaves one
    meaning. Unknown keys are ignored with a note if the tool ``reads``; for a tool that requests a
    change they are refused, because they could change what is meant.
    Raises ContractError INVALID_ARGUMENT with the key; the message never contains the given value.
    """
    properties, required = schema["properties"], schema["required"]
    assert isinstance(properties, dict)  # noqa: S101 - object_schema builds all schemas
    assert isinstance(required, list)  # noqa: S101
    present = {key: value for key, value in given.items() if value is not None}
    if reads:
        present = {key: value for key, value in present.items() if not _is_left_blank(key, value, schema)}
    unknown = [key for key in present if key not in properties]
    if unknown and not reads:
        # The message omits the key because it is untrusted text.
        reason = "have an unknown key, which is not ignored in a request for a change"
        raise _wrong("arguments", f"{reason}; the tool accepts {_listed(properties)}")
    found: dict[str, Value] = {}
    for key, value in present.items():
        expected = properties.get(key)
        if isinstance(expected, dict):
            found[key] = _checked(key, value, expected)
    missing = [str(key) for key in required if key not in found]
    if missing:
        raise _wrong(missing[0], "is missing")
    return Checked(found, _note(unknown, properties) if unknown else "")


def as_written(name: str, names: Iterable[str]) -> str:
    """Return a name in the case of the only one of ``names`` that has its letters, else as it is given."""
    known = list(names)
    if name in known:
        return name
    same = [one for one in known if one.casefold() == name.casefold()]
    return same[0] if len(same) == 1 else name


def _is_left_blank(key: str, value: object, schema: JsonObject) -> bool:
    """Return whether a client sent a blank text for an optional argument that is no free text."""
    properties, required = schema["properties"], schema["required"]
    expected = properties.get(key) if isinstance(properties, dict) else None
    if not isinstance(expected, dict) or not isinstance(value, str) or value.strip():
        return False
    is_free_text = expected["type"] == "string" and "enum" not in expected
    return not is_free_text and not (isinstance(required, list) and key in required)


def _note(unknown: Sequence[str], properties: Mapping[str, Json]) -> str:
    named = [key for key in unknown if PLAIN_KEY.fullmatch(key)][:NAMED_KEYS]
    others = len(unknown) - len(named)
    keys = [*named, *([f"{others} more" if named else f"{others} unknown"] if others else [])]
    return f"Ignored arguments: {', '.join(keys)}. The tool accepts: {_listed(properties)}."


def _checked(key: str, value: object, schema: JsonObject) -> Value:
    match schema["type"]:
        case "string":
            return _checked_text(key, _as_text(value, schema), schema)
        case "boolean":
            return _checked_boolean(key, value)
        case kind:
            return _checked_number(key, _as_number(value), schema, is_whole=kind == "integer")


def _checked_boolean(key: str, value: object) -> bool:
    if isinstance(value, str):
        value = BOOLEANS.get(value.strip().lower())
    if not isinstance(value, bool):
        raise _wrong(key, f"must be {TYPE_TEXTS['boolean']}")
    return value


def _as_text(value: object, schema: JsonObject) -> object:
    """Return a whole number as text; a decimal number only if it is a whole one among the choices."""
    if isinstance(value, float) and value.is_integer() and "enum" in schema:
        value = int(value)
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _as_number(value: object) -> object:
    """Return the number that a text in the form of a JSON number means."""
    if not isinstance(value, str) or len(value) > LONGEST_NUMBER:
        return value
    stripped = value.strip()
    if JSON_NUMBER.fullmatch(stripped) is None:
        return value
    return float(stripped) if set(stripped) & set(".eE") else int(stripped)


def _checked_text(key: str, value: object, schema: JsonObject) -> str:
    if not isinstance(value, str):
        raise _wrong(key, f"must be {TYPE_TEXTS['string']}")
    choices, longest = schema.get("enum"), schema.get("maxLength")
    if isinstance(choices, list):
        value = as_written(value, map(str, choices))
    if isinstance(choices, list) and value not in choices:
        among = _listed(choices) if len(choices) <= FEW else f"the {len(choices)} values of the schema"
        raise _wrong(key, f"must be one of {among}")
    if isinstance(longest, int) and len(value) > longest:
        raise _wrong(key, f"must not be longer than {longest} characters")
    if any("\ud800" <= character <= "\udfff" for character in value):
        raise _wrong(key, "must be valid Unicode")
    return value


def _checked_number(key: str, value: object, schema: JsonObject, *, is_whole: bool) -> float:
    kind = "integer" if is_whole else "number"
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise _wrong(key, f"must be {TYPE_TEXTS[kind]}")
    if abs(value) > MOST or math.isnan(value):
        raise _wrong(key, "must be a finite number of a sensible size")
    if is_whole:
        if not float(value).is_integer():
            raise _wrong(key, f"must be {TYPE_TEXTS[kind]}")
        value = int(value)
    least, most = schema.get("minimum"), schema.get("maximum")
    if isinstance(least, int | float) and value < least:
        raise _wrong(key, f"must be at least {least:g}")
    if isinstance(most, int | float) and value > most:
        raise _wrong(key, f"must be at most {most:g}")
    return value


def _listed(values: Iterable[Json]) -> str:
    return ", ".join(map(str, values)) or "no arguments"


def _wrong(key: str, reason: str) -> ContractError:
    return ContractError(ErrorCode.INVALID_ARGUMENT, f"{key} {reason}", {"key": key})
