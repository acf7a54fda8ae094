"""Makes the request of an operation from the arguments of a call. Pure.

No argument changes where a request goes: each one stays in its segment of the path, in its parameter of the
query, or in the body.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote, unquote, urlencode

from ..errors import InvalidArgument
from .openapi_document import PLACEHOLDER, Operation, Parameter, Place
from .ports import Arguments

KEPT: Final = "/:@!$&'()*+,;=~-._"
"""Characters that stay as they are in the fixed part of a path."""

LONGEST_VALUE: Final = 2_000
DECODINGS: Final = 4
"""How often a value is decoded to look for a segment that leaves its place: some proxies decode twice."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A request: ``target`` is the encoded path with the query, below the address of the settings."""

    method: str
    target: str
    body: bytes | None = None


def request_of(operation: Operation, arguments: Arguments) -> Request:
    """Return the request of a call. Raises InvalidArgument; the text never contains a value."""
    known = {one.name for one in operation.parameters}
    if arguments.keys() - known:
        # Not named: it is text from outside.
        raise InvalidArgument("arguments", t"has a key that the tool does not have")
    for one in operation.parameters:
        if one.is_required and arguments.get(one.name) is None:
            raise InvalidArgument(one.name, t"is missing")
    given = {one: arguments[one.name] for one in operation.parameters if arguments.get(one.name) is not None}
    path = _path(operation.path, {one.name: value for one, value in given.items() if one.place is Place.PATH})
    query = urlencode([pair for one, value in given.items() for pair in _pairs(one, value)], quote_via=quote)
    bodies = [value for one, value in given.items() if one.place is Place.BODY]
    return Request(
        method=operation.method,
        target=f"{path}?{query}" if query else path,
        body=json.dumps(bodies[0]).encode() if bodies else None,
    )


def _path(template: str, values: Mapping[str, object]) -> str:
    """Return the encoded path. Raises InvalidArgument for a value that would leave its segment."""
    encoded = {name: _segment(name, value) for name, value in values.items()}
    parts: list[str] = []
    end = 0
    for found in PLACEHOLDER.finditer(template):
        parts += [quote(template[end : found.start()], safe=KEPT), encoded[found[1]]]
        end = found.end()
    return "".join([*parts, quote(template[end:], safe=KEPT)])


def _segment(name: str, value: object) -> str:
    text = _scalar(name, value)
    if not text or not text.isprintable() or _climbs(text):
        raise InvalidArgument(name, t"cannot be a part of a path")
    return quote(text, safe="")


def _climbs(text: str) -> bool:
    """Return whether a value contains a segment that leads upwards, however often it is decoded."""
    for _ in range(DECODINGS):
        if any(part.strip() in (".", "..") for part in text.replace("\\", "/").split("/")):
            return True
        text = unquote(text)
    return False


def _pairs(parameter: Parameter, value: object) -> list[tuple[str, str]]:
    """Return the query of one argument."""
    if parameter.place is not Place.QUERY:
        return []
    if not isinstance(value, list):
        return [(parameter.name, _scalar(parameter.name, value))]
    texts = [_scalar(parameter.name, one) for one in value]
    return (
        [(parameter.name, one) for one in texts]
        if parameter.is_repeated
        else [(parameter.name, ",".join(texts))]
    )


def _scalar(name: str, value: object) -> str:
    """Return a text, number or boolean as text. Raises InvalidArgument."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if not isinstance(value, str | int | float):
        raise InvalidArgument(name, t"must be a text, a number, true or false")
    text = str(value)
    if len(text) > LONGEST_VALUE or any("\ud800" <= one <= "\udfff" for one in text):
        raise InvalidArgument(name, t"is too long, or is not valid Unicode")
    return text
