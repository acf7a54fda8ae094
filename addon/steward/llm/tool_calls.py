"""Checks tool calls against the schema of their tool."""

from collections.abc import Mapping, Sequence

from homelab_steward.contract.base import Value

from .messages import ToolCall, ToolSpec


def why_not(call: ToolCall, tools: Sequence[ToolSpec]) -> str | None:
    """Return why a call matches none of ``tools``, None if it matches."""
    tool = next((one for one in tools if one.name == call.name), None)
    if tool is None:
        return call.problem or f"there is no tool {call.name[:64]!r}"
    if call.problem:
        return call.problem
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
