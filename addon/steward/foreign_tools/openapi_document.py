"""Reads the operations of an OpenAPI document as tools. Pure.

Its servers and security schemes are never used: the settings say where requests go, and with what secret.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import yaml

from ..errors import StewardError
from ..yaml_values import contains_itself
from .definitions import ToolDefinition, WrongDefinition
from .openapi_schema import References, SchemaCopier

VERSION: Final = re.compile(r"3\.[01](\.\d+)?")
METHODS: Final = ("get", "head", "put", "post", "delete", "patch", "options")
READING: Final = frozenset({"GET", "HEAD"})
MOST_OPERATIONS: Final = 2_000
MOST_PARAMETERS: Final = 60
BODY: Final = "body"
"""The argument that is the body of the request."""

NO_NAME: Final = re.compile(r"[^A-Za-z0-9_.-]+")
PLACEHOLDER: Final = re.compile(r"\{([^{}]*)\}")
LONGEST_DESCRIPTION: Final = 1_000


class WrongDocument(StewardError):
    """A document cannot be used; the text says why."""


class Place(StrEnum):
    """Where an argument goes."""

    PATH = "path"
    QUERY = "query"
    BODY = "body"


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """An argument of an operation. ``is_repeated``: a list is sent as one parameter for each item."""

    name: str
    place: Place
    is_required: bool = False
    is_repeated: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One operation: its definition as a tool, and what its request is made of.

    ``path`` begins with a slash and has placeholders such as ``{id}``.
    """

    definition: ToolDefinition
    method: str
    path: str
    parameters: Sequence[Parameter]

    @property
    def only_reads(self) -> bool:
        """Whether its method may change nothing."""
        return self.method in READING


@dataclass(frozen=True, slots=True, kw_only=True)
class Operations:
    """The operations that can be used, by name, and the reasons of those that cannot."""

    usable: Mapping[str, Operation]
    unusable: Mapping[str, str]
    is_cut: bool = False


def operations(data: bytes) -> Operations:
    """Return the operations of a document in JSON or YAML. Raises WrongDocument."""
    document = _parsed(data)
    references = References(document)
    usable: dict[str, Operation] = {}
    unusable: dict[str, str] = {}
    for number, raw in enumerate(_raw_operations(document, references)):
        if number >= MOST_OPERATIONS:
            return Operations(usable=usable, unusable=unusable, is_cut=True)
        _add(raw, references, usable, unusable)
    return Operations(usable=usable, unusable=unusable)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Raw:
    method: str
    path: str
    shared: object
    content: Mapping[str, object]

    @property
    def name(self) -> str:
        """The id of the operation, or else one made of method and path."""
        given = self.content.get("operationId")
        text = given if isinstance(given, str) and given else f"{self.method}{self.path}".lower()
        return NO_NAME.sub("_", text).strip("_.-")


def _parsed(data: bytes) -> Mapping[str, object]:
    try:
        text = data.decode("utf-8-sig")
        found = json.loads(text) if text.lstrip().startswith("{") else yaml.load(text, yaml.CSafeLoader)
    except (ValueError, RecursionError, yaml.YAMLError) as err:
        raise WrongDocument(t"The document is neither JSON nor YAML.") from err
    if contains_itself(found):
        raise WrongDocument(t"The document has an alias within its own value.")
    version = found.get("openapi") if isinstance(found, dict) else None
    if not isinstance(found, dict) or not VERSION.fullmatch(str(version)):
        raise WrongDocument(t"The document is not of OpenAPI 3.0 or 3.1.")
    return found


def _raw_operations(document: Mapping[str, object], references: References) -> Iterator[_Raw]:
    paths = references.found(document.get("paths")) or {}
    for path, node in paths.items():
        item = references.found(node) or {}
        for method in METHODS:
            content = references.found(item.get(method))
            if content is not None:
                yield _Raw(
                    method=method.upper(), path=str(path), shared=item.get("parameters"), content=content
                )


def _add(raw: _Raw, references: References, usable: dict[str, Operation], unusable: dict[str, str]) -> None:
    """Add an operation; two of the same name cannot be told apart, so neither is used."""
    name = raw.name
    if name in usable or name in unusable:
        usable.pop(name, None)
        unusable[name] = str(WrongDefinition(t"The document has it twice."))
        return
    try:
        usable[name] = _operation(raw, references)
    except WrongDefinition as err:
        unusable[name] = str(err)


def _operation(raw: _Raw, references: References) -> Operation:
    """Return an operation. Raises WrongDefinition."""
    copier = SchemaCopier(references)
    parameters: list[Parameter] = []
    properties: dict[str, object] = {}
    nodes = [*_parameters(raw, references), *_body(raw, references)]
    for parameter, schema, text in nodes:
        if parameter.name in properties:
            raise WrongDefinition(t"it has two arguments with the same name")
        shown = copier.copied(schema)
        # Where an argument goes belongs to the definition that a person accepts.
        properties[parameter.name] = {**shown, "x-in": str(parameter.place), **_described(text)}
        parameters.append(parameter)
    _check_path(raw.path, parameters)
    required = [one.name for one in parameters if one.is_required]
    definition = ToolDefinition(
        name=raw.name,
        description=_description(raw),
        input_schema={"type": "object", "properties": properties, "required": required},
        reads_only=raw.method in READING,
    )
    return Operation(definition=definition, method=raw.method, path=raw.path, parameters=tuple(parameters))


def _description(raw: _Raw) -> str:
    """Return method and path, which belong to what a person accepts, and what the document says."""
    texts = [raw.content.get(key) for key in ("summary", "description")]
    said = "\n".join(one for one in texts if isinstance(one, str) and one)
    return f"{raw.method} {raw.path}\n{said[:LONGEST_DESCRIPTION]}".strip()


def _described(text: object) -> dict[str, object]:
    return {"description": text[:LONGEST_DESCRIPTION]} if isinstance(text, str) and text else {}


def _parameters(raw: _Raw, references: References) -> Iterator[tuple[Parameter, object, object]]:
    """Yield the parameters of path and query with schema and description.

    Those of an operation replace those of its path. Raises WrongDefinition.
    """
    found: dict[tuple[str, str], Mapping[str, object]] = {}
    for several in (raw.shared, raw.content.get("parameters")):
        for node in several if isinstance(several, list) else []:
            one = references.found(node)
            if one is None:
                raise WrongDefinition(t"it refers to something that the document does not have")
            found[str(one.get("name")), str(one.get("in"))] = one
    if len(found) > MOST_PARAMETERS:
        raise WrongDefinition(t"it has more than {MOST_PARAMETERS} parameters")
    for (name, place), one in found.items():
        if place in (Place.PATH, Place.QUERY):
            yield _parameter(name, Place(place), one), one.get("schema"), one.get("description")
        elif one.get("required") is True:
            # A header could replace the secret, or change what the request means.
            raise WrongDefinition(t"it needs a header or a cookie")


def _parameter(name: str, place: Place, one: Mapping[str, object]) -> Parameter:
    if "schema" not in one or one.get("allowReserved") is True:
        raise WrongDefinition(t"it has a parameter in a form that is not supported")
    return Parameter(
        name=name,
        place=place,
        is_required=place is Place.PATH or one.get("required") is True,
        is_repeated=one.get("explode", True) is not False,
    )


def _body(raw: _Raw, references: References) -> Iterator[tuple[Parameter, object, object]]:
    """Yield the argument that is sent as JSON. Raises WrongDefinition when another form is needed."""
    body = references.found(raw.content.get("requestBody"))
    if body is None:
        return
    is_required = body.get("required") is True
    content = references.found(body.get("content")) or {}
    media = next((references.found(one) for kind, one in content.items() if is_json(str(kind))), None)
    if media is not None and raw.method not in READING:
        yield Parameter(name=BODY, place=Place.BODY, is_required=is_required), media.get("schema"), None
    elif is_required:
        raise WrongDefinition(t"its body is not JSON")


def is_json(kind: str) -> bool:
    """Return whether a media type is JSON."""
    plain = kind.partition(";")[0].strip().lower()
    return plain in ("application/json", "text/json") or plain.endswith("+json")


def _check_path(path: str, parameters: Sequence[Parameter]) -> None:
    """Raise WrongDefinition for a path that is not one below the address of the settings."""
    placeholders = PLACEHOLDER.findall(path)
    named = [one.name for one in parameters if one.place is Place.PATH]
    fixed = PLACEHOLDER.sub("x", path)
    if not path.startswith("/") or path.startswith("//") or set(fixed) & set("{}?#\\%"):
        raise WrongDefinition(t"its path is not valid")
    if any(part in (".", "..") for part in fixed.split("/")) or not fixed.isprintable():
        raise WrongDefinition(t"its path is not valid")
    if sorted(placeholders) != sorted(named):
        raise WrongDefinition(t"its path and its parameters differ")
