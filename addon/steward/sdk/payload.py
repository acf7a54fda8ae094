"""Encodes bodies and queries of requests."""

from collections.abc import AsyncIterable, Mapping
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlencode

import orjson

from .typed_calls import Parameter

JSON: Final = "application/json"


@dataclass(frozen=True, slots=True)
class Payload:
    """A body with its headers."""

    data: bytes | AsyncIterable[bytes] | None = None
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def known(self) -> bytes:
        """The body, b"" for one that is sent piece by piece."""
        return self.data if isinstance(self.data, bytes) else b""


def payload_of(body: object, form: Mapping[str, Parameter] | None, body_type: str = JSON) -> Payload:
    """Return a body as JSON or as a form, an empty one for neither."""
    if form is not None:
        encoded = urlencode(query_of(form)).encode()
        return Payload(encoded, {"Content-Type": "application/x-www-form-urlencoded"})
    if body is None:
        return Payload()
    return Payload(orjson.dumps(body), {"Content-Type": body_type})


def query_of(parameters: Mapping[str, Parameter | None]) -> dict[str, str]:
    """Return query parameters as text; None is left out."""
    return {key: written(value) for key, value in parameters.items() if value is not None}


def written(value: Parameter) -> str:
    """Return a value as text; booleans are true and false."""
    return str(value).lower() if isinstance(value, bool) else str(value)
