"""Reads a tool call that a model wrote as text, and holds any call against its tool's schema."""

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


def may_begin_a_call(text: str) -> bool:
    """Return whether an answer that begins like this may still turn out to be a call."""
    begun = text.lstrip()
    if not begun:
        return True
    return begun[0] in "{[<" or begun.startswith("```") or "```".startswith(begun)


def read_calls(text: str, tools: Sequence[ToolSpec]) -> tuple[ToolCall, ...]:
    """Return the calls an answer *is*; () when it is anything else.

    An answer is a call when it begins with one: bare JSON, in a fence, in tags, with
    doubled braces, with or without text behind it. A call in the middle of prose is
    prose. Each call names one of ``tools`` and fits its schema, or none is returned.
    """
    if len(text) > LONGEST or not may_begin_a_call(text):
        return ()
    opening = _OPENING.match(text)
    at = opening.end() if opening else 0
    found: list[ToolCall] = []
    while at < len(text) and len(found) < MOST_CALLS:
        piece = _json_at(text, at)
        if piece is None:
            break
        plain, at = piece
        calls = [_call(one, tools) for one in (plain if isinstance(plain, list) else [plain])]
        fitting = [one for one in calls if one is not None]
        if len(fitting) != len(calls):
            return ()
        found += fitting
        between = _BETWEEN.match(text, at)
        at = between.end() if between else at
    return tuple(
        ToolCall(id=f"call_{number}", name=one.name, arguments=one.arguments)
        for number, one in enumerate(found)
    )


def why_not(call: ToolCall, tools: Sequence[ToolSpec]) -> str | None:
    """Return in words why a call fits none of ``tools``, None when it fits."""
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
            return f"{name[:64]!r} is no argument of {tool.name}"
        reason = _misfit(value, _mapping(properties[name]))
        if reason is not None:
            return f"{name} {reason}"
    return None


def _call(plain: object, tools: Sequence[ToolSpec]) -> ToolCall | None:
    """Return the call in a JSON object, None when it is none that fits."""
    if not isinstance(plain, dict):
        return None
    inner = plain.get("function")
    if isinstance(inner, dict):
        plain = inner
    name = next((plain[one] for one in _NAMES if isinstance(plain.get(one), str)), None)
    arguments: object = next((plain[one] for one in _ARGUMENTS if one in plain), {})
    if isinstance(arguments, str):
        arguments = _decoded(arguments)
    if not isinstance(name, str) or not isinstance(arguments, dict):
        return None
    flat: dict[str, Value] = {
        key: value
        for key, value in arguments.items()
        if value is None or isinstance(value, str | int | float | bool)
    }
    call = ToolCall(id="", name=name, arguments=flat)
    return call if len(flat) == len(arguments) and why_not(call, tools) is None else None


def _json_at(text: str, at: int) -> tuple[object, int] | None:
    """Return the JSON that begins at ``at`` and where it ends; braces may all be doubled."""
    if text[at] not in "{[":
        return None
    end = _end_of(text, at)
    if end is not None:
        plain = _decoded(text[at:end])
        if plain is not None:
            return plain, end
    if not text.startswith("{{", at):
        return None
    return _doubled_at(text, at)


def _doubled_at(text: str, at: int) -> tuple[object, int] | None:
    """Read an object whose outer (or every) brace is written twice, as some templates show it."""
    end = _end_of(text, at + 1)
    if end is not None:
        plain = _decoded(text[at + 1 : end])
        if plain is not None:
            behind = re.compile(r"\s*\}*").match(text, end)
            return plain, behind.end() if behind else end
    single = text[at:].replace("{{", "{").replace("}}", "}")
    end = _end_of(single, 0)
    plain = _decoded(single[:end]) if end is not None else None
    return (plain, len(text)) if plain is not None else None


def _end_of(text: str, at: int) -> int | None:
    """Return where the brackets that open at ``at`` are closed, texts inside left alone."""
    depth, in_text, escaped = 0, False, False
    for position in range(at, len(text)):
        letter = text[position]
        if in_text:
            escaped, in_text = (letter == "\\" and not escaped), letter != '"' or escaped
        elif letter == '"':
            in_text = True
        elif letter in "{[":
            depth += 1
        elif letter in "}]":
            depth -= 1
            if depth == 0:
                return position + 1
    return None


def _decoded(text: str) -> object:
    """Return decoded JSON, None when it is none."""
    try:
        plain: object = orjson.loads(text)
    except orjson.JSONDecodeError:
        return None
    return plain


def _misfit(value: Value, schema: Mapping[str, object]) -> str | None:
    allowed = schema.get("enum")
    if isinstance(allowed, list | tuple) and value not in allowed:
        return f"must be one of {', '.join(map(str, allowed))}"[:200]
    if "const" in schema and value != schema["const"]:
        return f"must be {schema['const']}"[:200]
    kinds = schema.get("type")
    wanted = [kinds] if isinstance(kinds, str) else kinds
    if isinstance(wanted, list | tuple) and not any(_is_a(value, str(kind)) for kind in wanted):
        return f"must be {' or '.join(map(str, wanted))}"
    return None


def _is_a(value: Value, kind: str) -> bool:
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
