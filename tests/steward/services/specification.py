"""Requests and answers held against an OpenAPI 3 or Swagger 2 document.

Recorded answers hold only the fields that are read, so a missing field is no fault of an answer.
It is one of a request.
"""

import copy
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import parse_qsl, urlsplit

from jsonschema import Draft202012Validator
from referencing import Registry
from referencing.jsonschema import DRAFT202012

ROOT: Final = "urn:specification"
EXAMPLES: Final = frozenset({"example", "examples"})
PLAIN: Final = frozenset({"discriminator", "format", "xml", "externalDocs", "default"})
"""Keys that say nothing about a value, unless they name a property."""

UNSAFE: Final = {"~": "~0", "/": "~1", "{": "%7B", "}": "%7D", "*": "%2A"}
"""How a JSON pointer in an address writes these characters."""

JSON: Final = re.compile(r"application/(?:[\w.+-]+\+)?json|\*/\*")
LONGEST: Final = 300


@dataclass(frozen=True, slots=True)
class Operation:
    """One method of a path. ``pointer`` is where it stands in the document."""

    pointer: str
    plain: Mapping[str, Any]
    parameters: frozenset[str]


class Specification:
    """One document, prepared for validation."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        """The document is copied."""
        self._is_swagger = "swagger" in document
        self._requests = _registry(_prepared(copy.deepcopy(document), keep_required=True))
        self._answers = _registry(_prepared(copy.deepcopy(document), keep_required=False))
        self._document = document

    def problems_of_answer(self, method: str, target: str, status: int, answer: object) -> Iterator[str]:
        """Yield what is wrong with a request without a body and with its answer.

        ``target`` is the path with the query.
        """
        parts = urlsplit(target)
        operation = self.operation(method, parts.path)
        if operation is None:
            yield f"{method} {parts.path} is not in the specification"
            return
        for name, _ in parse_qsl(parts.query, keep_blank_values=True):
            if name.removesuffix("[]") not in operation.parameters | {f"{name}[]"}:
                yield f"{method} {parts.path} has no parameter {name}"
        responses = operation.plain.get("responses", {})
        code = next((one for one in (str(status), "2XX", "200", "default") if one in responses), None)
        if code is not None and (schema := self._schema(operation, ("responses", code))):
            yield from _errors(f"{method} {parts.path}", schema, self._answers, answer)

    def problems_of_body(self, method: str, path: str, body: Mapping[str, object]) -> Iterator[str]:
        """Yield what is wrong with the body of a request; parameters of the query may be among its fields."""
        operation = self.operation(method, path)
        if operation is None:
            yield f"{method} {path} is not in the specification"
            return
        fields = {name: value for name, value in body.items() if name not in operation.parameters}
        if not fields:
            return
        schema = self._schema(operation, ("requestBody",)) or self._swagger_body(operation)
        if schema is None:
            yield f"{method} {path} takes no body"
        else:
            yield from _errors(f"{method} {path}", schema, self._requests, fields)

    def operation(self, method: str, path: str) -> Operation | None:
        """Return the operation of a path, which may begin with a base path, or None."""
        found: list[tuple[int, int, str]] = []
        for template, item in self._document["paths"].items():
            pattern = "".join(
                ".+" if piece.endswith("*}") else "[^/]+" if piece.startswith("{") else re.escape(piece)
                for piece in re.split(r"(\{[^}]+\})", template)
            )
            if method.lower() in item and re.fullmatch(f"(?:/[^/]+){{0,3}}?{pattern}/?", path):
                found.append((len(path) - len(template), template.count("{"), template))
        if not found:
            return None
        template = min(found, key=lambda one: (one[1], one[0]))[2]
        item = self._document["paths"][template]
        plain = item[method.lower()]
        parameters = (*item.get("parameters", ()), *plain.get("parameters", ()))
        names = frozenset(str(self._resolved(one).get("name")) for one in parameters)
        return Operation(f"/paths/{_escaped(template)}/{method.lower()}", plain, names)

    def _schema(self, operation: Operation, keys: tuple[str, ...]) -> str | None:
        """Return the pointer of the JSON schema of an answer or a body."""
        plain: Any = operation.plain
        pointer = operation.pointer
        for key in keys:
            if key not in plain:
                return None
            plain, pointer = plain[key], f"{pointer}/{_escaped(key)}"
        if "$ref" in plain:
            pointer, plain = plain["$ref"].removeprefix("#"), self._resolved(plain)
        if self._is_swagger:
            return f"{pointer}/schema" if "schema" in plain else None
        media = next((one for one in plain.get("content", {}) if JSON.match(one)), None)
        has_schema = media is not None and "schema" in plain["content"][media]
        return f"{pointer}/content/{_escaped(media)}/schema" if media and has_schema else None

    def _swagger_body(self, operation: Operation) -> str | None:
        for number, parameter in enumerate(operation.plain.get("parameters", ())):
            if self._resolved(parameter).get("in") == "body":
                place = parameter.get("$ref", f"#{operation.pointer}/parameters/{number}")
                return f"{place.removeprefix('#')}/schema"
        return None

    def _resolved(self, plain: Mapping[str, Any]) -> Mapping[str, Any]:
        if "$ref" not in plain:
            return plain
        found: Any = self._document
        for key in plain["$ref"].removeprefix("#/").split("/"):
            found = found[key.replace("~1", "/").replace("~0", "~")]
        return self._resolved(found)


def _errors(what: str, pointer: str, registry: Any, value: object) -> Iterator[str]:
    validator = Draft202012Validator({"$ref": f"{ROOT}#{pointer}"}, registry=registry)
    for error in validator.iter_errors(value):
        place = "/".join(map(str, error.absolute_path))
        yield f"{what} {place}: {error.message[:LONGEST]}"


def _prepared(plain: Any, *, keep_required: bool) -> Any:
    """Return the document with its schemas as JSON Schema 2020-12 understands them."""
    if isinstance(plain, list):
        return [_prepared(one, keep_required=keep_required) for one in plain]
    if not isinstance(plain, dict):
        return plain
    kept = {
        key: _prepared(value, keep_required=keep_required)
        for key, value in plain.items()
        if key not in EXAMPLES and (key not in PLAIN or isinstance(value, dict | list))
    }
    for bound in ("exclusiveMinimum", "exclusiveMaximum"):
        if isinstance(kept.get(bound), bool):
            del kept[bound]
    required = kept.get("required")
    if (isinstance(required, list) and not keep_required) or isinstance(required, bool):
        del kept["required"]
    is_schema = "type" in kept or "$ref" in kept or "properties" in kept or "allOf" in kept or "enum" in kept
    may_be_null = plain.get("nullable") is True or plain.get("x-nullable") is True
    return {"anyOf": [kept, {"type": "null"}]} if is_schema and may_be_null else kept


def _registry(document: Any) -> Any:
    return Registry().with_resource(ROOT, DRAFT202012.create_resource(document))


def _escaped(key: str) -> str:
    return "".join(UNSAFE.get(character, character) for character in key)
