"""Copies the schemas of an OpenAPI document, with bounds and without references. Pure."""

from collections.abc import Mapping
from typing import Final

DEEPEST: Final = 8
MOST_NODES: Final = 300
"""Parts of the schemas of one operation, after which no further lists and properties are copied."""

LONGEST_TEXT: Final = 300
MOST_CHOICES: Final = 100
OPEN: Final[Mapping[str, object]] = {}
"""The schema that allows everything."""

PLAIN_KEYS: Final = (
    "type",
    "format",
    "default",
    "minimum",
    "maximum",
    "minLength",
    "maxLength",
    "minItems",
    "maxItems",
    "nullable",
)
SCHEMA_KEYS: Final = ("items", "additionalProperties")
LIST_KEYS: Final = ("allOf", "anyOf", "oneOf")


class References:
    """The references of one document. They are followed inside it only."""

    def __init__(self, document: Mapping[str, object]) -> None:
        """Nothing is followed yet."""
        self._document = document

    def found(self, node: object) -> Mapping[str, object] | None:
        """Return what a node is or refers to; None for what is no object, and for a circle."""
        seen: set[str] = set()
        while isinstance(node, Mapping):
            reference = node.get("$ref")
            if reference is None:
                return node
            if not isinstance(reference, str) or reference in seen:
                return None
            seen.add(reference)
            node = self._at(reference)
        return None

    def _at(self, reference: str) -> object:
        if not reference.startswith("#/"):
            return None
        node: object = self._document
        for part in reference[2:].split("/"):
            if not isinstance(node, Mapping):
                return None
            node = node.get(part.replace("~1", "/").replace("~0", "~"))
        return node


class SchemaCopier:
    """Copies the schemas of one operation; they share one bound."""

    def __init__(self, references: References) -> None:
        """Nothing is copied yet."""
        self._references = references
        self._left = MOST_NODES

    def copied(self, schema: object, depth: int = 0) -> dict[str, object]:
        """Return a schema with the keywords that describe arguments, and no reference."""
        found = self._references.found(schema)
        self._left -= 1
        if found is None or depth > DEEPEST:
            return dict(OPEN)
        copy: dict[str, object] = {key: _json(found[key]) for key in PLAIN_KEYS if key in found}
        text = found.get("description")
        if isinstance(text, str) and text:
            copy["description"] = text[:LONGEST_TEXT]
        choices = found.get("enum")
        if isinstance(choices, list):
            copy["enum"] = [_json(one) for one in choices[:MOST_CHOICES]]
        self._copy_inner(found, copy, depth + 1)
        return copy

    def _copy_inner(self, found: Mapping[str, object], copy: dict[str, object], depth: int) -> None:
        for key in SCHEMA_KEYS:
            if isinstance(found.get(key), Mapping):
                copy[key] = self.copied(found[key], depth)
        for key in LIST_KEYS:
            several = found.get(key)
            if isinstance(several, list):
                copy[key] = [self.copied(one, depth) for one in several[: max(self._left, 0)]]
        properties = found.get("properties")
        if isinstance(properties, Mapping):
            kept = list(properties.items())[: max(self._left, 0)]
            copy["properties"] = {str(key): self.copied(one, depth) for key, one in kept}
        required = found.get("required")
        if isinstance(required, list):
            copy["required"] = [one for one in required if isinstance(one, str)]


def _json(value: object) -> object:
    """Return a value that is plain JSON: YAML also has dates and others."""
    if isinstance(value, list):
        return [_json(one) for one in value[:MOST_CHOICES] if not isinstance(one, list | Mapping)]
    return (
        value if isinstance(value, str | int | float | bool) or value is None else str(value)[:LONGEST_TEXT]
    )
