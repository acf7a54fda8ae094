"""Arguments that a model wrote as texts, in the types of the schema of their tool."""

import re
from collections.abc import Collection, Mapping, Sequence
from typing import Final

import orjson

from homelab_steward.contract.base import Value

from .call_arguments import Arguments
from .messages import ToolSpec

_PREFIX: Final = re.compile(r"^(?:functions|function|default_api|tools|tool)[./]")
_SUFFIX: Final = re.compile(r"(?::\d+|<\|.*)$", re.DOTALL)


def tool_name(name: str, names: Collection[str]) -> str:
    """Return the tool's own name, without the prefixes and suffixes that chat templates add."""
    name = name.strip()
    if name in names:
        return name
    plain = _SUFFIX.sub("", _PREFIX.sub("", name)).strip()
    return plain if plain in names else name


def typed_arguments(name: str, pairs: Mapping[str, str], tools: Sequence[ToolSpec]) -> Arguments:
    """Return arguments that were written as text, as the types of the tool's schema."""
    wanted = tool_name(name, [one.name for one in tools])
    schema = next((one.schema for one in tools if one.name == wanted), {})
    properties = schema.get("properties")
    known = properties if isinstance(properties, Mapping) else {}
    return Arguments(values={key: _typed_value(value, known.get(key)) for key, value in pairs.items()})


def _typed_value(text: str, schema: object) -> Value:
    text = text.strip()
    kind = schema.get("type") if isinstance(schema, Mapping) else None
    if kind not in ("integer", "number", "boolean"):
        return text.strip('"') if text.startswith('"') and text.endswith('"') else text
    try:
        plain: object = orjson.loads(text.lower())
    except orjson.JSONDecodeError:
        return text
    return plain if isinstance(plain, bool | int | float) else text


def only_argument(name: str, tools: Sequence[ToolSpec]) -> str | None:
    """Return the argument of a tool that needs exactly one, None for others."""
    wanted = tool_name(name, [one.name for one in tools])
    schema = next((one.schema for one in tools if one.name == wanted), {})
    required = schema.get("required")
    return str(required[0]) if isinstance(required, list | tuple) and len(required) == 1 else None
