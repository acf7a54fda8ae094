"""Parses tool calls that a model wrote as text, and checks calls against the schema of their tool."""

import re
from collections.abc import Mapping, Sequence
from typing import Final

import orjson

from homelab_steward.contract.base import Value

from .messages import ToolCall, ToolSpec

LONGEST: Final = 64 * 1024
MOST_CALLS: Final = 8

_OPENING: Final = re.compile(
    r"\s*(?:<\|?(?:tool_calls?|function_call|tools?|functioncall)\|?>\s*|```[a-z_]{0,16}[ \t]*\r?\n?\s*"
    r"|\[TOOL_CALLS\]\s*)*"
)
_BETWEEN: Final = re.compile(
    r"\s*(?:</?\|?(?:tool_calls?|function_call|tools?|functioncall)\|?>|```(?:[a-z_]{1,16})?|,|;|\s)*"
)
_NAMES: Final = ("name", "tool", "function", "tool_name", "action")
_ARGUMENTS: Final = ("arguments", "parameters", "args", "input", "action_input")


def may_start_call(text: str) -> bool:
    """Return whether an answer that starts with ``text`` may be a call."""
    start = text.lstrip()
    if not start:
        return True
    return start[0] in "{[<" or start.startswith("```") or "```".startswith(start)


def read_calls(text: str, tools: Sequence[ToolSpec]) -> tuple[ToolCall, ...]:
    """Return the calls at the start of an answer, () if it does not start with one.

    Accepts bare JSON, JSON in a code fence or in tags, doubled braces, and text after the call.
    A call in the middle of a text is ignored. If one call does not match the schema of one of
    ``tools``, none is returned.
    """
    if len(text) > LONGEST or not may_start_call(text):
        return ()
    opening = _OPENING.match(text)
    at = opening.end() if opening else 0
    found: list[ToolCall] = []
    while at < len(text) and len(found) < MOST_CALLS:
        piece = _parse_json(text, at)
        if piece is None:
            break
        plain, at = piece
        calls = [_parse_call(one, tools) for one in (plain if isinstance(plain, list) else [plain])]
        valid = [one for one in calls if one is not None]
        if len(valid) != len(calls):
            return ()
        found += valid
        between = _BETWEEN.match(text, at)
        at = between.end() if between else at
    return tuple(
        ToolCall(id=f"call_{number}", name=one.name, arguments=one.arguments)
        for number, one in enumerate(found)
    )


def why_not(call: ToolCall, tools: Sequence[ToolSpec]) -> str | None:
    """Return why a call matches none of ``tools``, None if it matches."""
    tool = next((one for one in tools if one.name == call.name), None)
    if tool is None:
        return f"there is no tool {call.name[:64]!r}"
    properties = _mapping(tool.schema.get("properties"))
    required = tool.schema.get("required")
    for name in required if isinstance(required, list | tuple) else ():
        if name not in call.arguments:
            return f"{name} is missing"
    for name, value in call.arguments.items():
        if name not in properties:
            return f"{name[:64]!r} is not an argument of {tool.name}"
        reason = _value_error(value, _mapping(properties[name]))
        if reason is not None:
            return f"{name} {reason}"
    return None


def _parse_call(plain: object, tools: Sequence[ToolSpec]) -> ToolCall | None:
    """Return the call in a JSON object, None if it matches none of ``tools``."""
    if not isinstance(plain, dict):
        return None
    inner = plain.get("function")
    if isinstance(inner, dict):
        plain = inner
    name = next((plain[one] for one in _NAMES if isinstance(plain.get(one), str)), None)
    arguments: object = next((plain[one] for one in _ARGUMENTS if one in plain), {})
    if isinstance(arguments, str):
        arguments = _decode(arguments)
    if not isinstance(name, str) or not isinstance(arguments, dict):
        return None
    flat: dict[str, Value] = {
        key: value
        for key, value in arguments.items()
        if value is None or isinstance(value, str | int | float | bool)
    }
    call = ToolCall(id="", name=name, arguments=flat)
    return call if len(flat) == len(arguments) and why_not(call, tools) is None else None


def _parse_json(text: str, at: int) -> tuple[object, int] | None:
    """Return the JSON value at ``at`` and its end, None if there is none; braces may be doubled."""
    if text[at] not in "{[":
        return None
    end = _find_end(text, at)
    if end is not None:
        plain = _decode(text[at:end])
        if plain is not None:
            return plain, end
    if not text.startswith("{{", at):
        return None
    return _parse_doubled(text, at)


def _parse_doubled(text: str, at: int) -> tuple[object, int] | None:
    """Return an object whose outer braces, or all braces, are doubled, as in some prompt templates."""
    end = _find_end(text, at + 1)
    if end is not None:
        plain = _decode(text[at + 1 : end])
        if plain is not None:
            closing = re.compile(r"\s*\}*").match(text, end)
            return plain, closing.end() if closing else end
    single = text[at:].replace("{{", "{").replace("}}", "}")
    end = _find_end(single, 0)
    plain = _decode(single[:end]) if end is not None else None
    return (plain, len(text)) if plain is not None else None


def _find_end(text: str, at: int) -> int | None:
    """Return the end of the brackets that open at ``at``; ignore brackets in strings."""
    depth, in_string, escaped = 0, False, False
    for position in range(at, len(text)):
        character = text[position]
        if in_string:
            escaped, in_string = (character == "\\" and not escaped), character != '"' or escaped
        elif character == '"':
            in_string = True
        elif character in "{[":
            depth += 1
        elif character in "}]":
            depth -= 1
            if depth == 0:
                return position + 1
    return None


def _decode(text: str) -> object:
    """Return decoded JSON, None if it is invalid."""
    try:
        plain: object = orjson.loads(text)
    except orjson.JSONDecodeError:
        return None
    return plain


def _value_error(value: Value, schema: Mapping[str, object]) -> str | None:
    allowed = schema.get("enum")
    if isinstance(allowed, list | tuple) and value not in allowed:
        return f"must be one of {', '.join(map(str, allowed))}"[:200]
    if "const" in schema and value != schema["const"]:
        return f"must be {schema['const']}"[:200]
    kinds = schema.get("type")
    wanted = [kinds] if isinstance(kinds, str) else kinds
    if isinstance(wanted, list | tuple) and not any(_has_type(value, str(kind)) for kind in wanted):
        return f"must be {' or '.join(map(str, wanted))}"
    return None


def _has_type(value: Value, kind: str) -> bool:
    match kind:
        case "string":
            return isinstance(value, str)
        case "boolean":
            return isinstance(value, bool)
        case "integer":
            return (isinstance(value, int) and not isinstance(value, bool)) or (
                isinstance(value, float) and value.is_integer()
            )
        case "number":
            return isinstance(value, int | float) and not isinstance(value, bool)
        case "null":
            return value is None
        case _:
            return False


def _mapping(value: object) -> Mapping[str, object]:
    return value if isinstance(value, Mapping) else {}
