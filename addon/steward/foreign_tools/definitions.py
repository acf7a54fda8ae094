"""Definitions of tools as servers give them: their bounds, and the hash they are pinned by."""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from ..errors import StewardError
from ..settings.foreign_tools import LONGEST_TOOL, TOOL

LONGEST_KIB: Final = 16
LONGEST: Final = LONGEST_KIB * 1024
"""Bytes of a definition in canonical form. A longer one cannot be looked at by a person."""

DEEPEST: Final = 24
"""Levels of a schema."""

REFERENCES: Final = ("$ref", "$dynamicRef", "$recursiveRef")


class WrongDefinition(StewardError):
    """A definition cannot be used; the text says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolDefinition:
    """A tool as its server describes it. All of it comes from outside.

    ``input_schema`` and ``output_schema`` are JSON schemas. ``reads_only`` is the server's own hint, None
    when it gives none: it is shown to people, and decides nothing. ``digest`` is the SHA-256 of the rest.
    """

    name: str
    description: str
    input_schema: Mapping[str, object]
    output_schema: Mapping[str, object] | None = None
    reads_only: bool | None = None
    canonical: str = field(init=False)
    digest: str = field(init=False)

    def __post_init__(self) -> None:
        """Compute canonical form and digest. Raises WrongDefinition."""
        if len(self.name) > LONGEST_TOOL or not TOOL.fullmatch(self.name):
            raise WrongDefinition(t"its name has other characters than letters, digits, _ . / and -")
        object.__setattr__(self, "canonical", _canonical(self))
        object.__setattr__(self, "digest", hashlib.sha256(self.canonical.encode()).hexdigest())


def _canonical(one: ToolDefinition) -> str:
    """Return name, description and schemas as JSON with sorted keys. Raises WrongDefinition."""
    for schema in (one.input_schema, one.output_schema or {}):
        _check_schema(schema)
    if one.input_schema.get("type", "object") != "object":
        raise WrongDefinition(t"its arguments are not an object")
    material = {
        "name": one.name,
        "description": one.description,
        "input": one.input_schema,
        "output": one.output_schema,
    }
    try:
        text = json.dumps(material, sort_keys=True, separators=(",", ":"), allow_nan=False)
    except (TypeError, ValueError) as err:
        raise WrongDefinition(t"it is not valid JSON") from err
    if len(text) > LONGEST:
        raise WrongDefinition(t"it has more than {LONGEST_KIB} KiB")
    return text


def _check_schema(schema: Mapping[str, object]) -> None:
    """Raise WrongDefinition for a schema that is too deep, or that refers to something outside of it."""
    for depth, key, value in _walk(schema):
        if depth > DEEPEST:
            raise WrongDefinition(t"its schema has more than {DEEPEST} levels")
        if key in REFERENCES and not (isinstance(value, str) and value.startswith("#")):
            raise WrongDefinition(t"its schema refers to something outside of it")


def _walk(root: Mapping[str, object]) -> Iterator[tuple[int, str, object]]:
    """Yield level, key and value of everything in a JSON value, without recursion."""
    left: list[tuple[int, str, object]] = [(0, "", root)]
    while left:
        depth, key, value = left.pop()
        yield depth, key, value
        if isinstance(value, Mapping):
            left.extend((depth + 1, str(name), inner) for name, inner in value.items())
        elif isinstance(value, Sequence) and not isinstance(value, str | bytes):
            left.extend((depth + 1, "", inner) for inner in value)
