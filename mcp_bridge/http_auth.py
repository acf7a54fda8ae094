"""Checks the token and the body size of HTTP requests."""

import asyncio
import base64
import binascii
import hmac
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Final

from starlette.requests import ClientDisconnect, Request

from homelab_steward.contract.released_text import Reader

from .privacy import Client
from .responses import Refused

CLIENT: Final = "steward.client"
"""Key of the ASGI scope for the authenticated client."""

MOST_BYTES: Final = 256 * 1024
READ_TIMEOUT: Final = 30.0
CHALLENGE: Final = {"WWW-Authenticate": 'Bearer realm="steward"'}
"""Basic is never offered: a browser would store the token and send it by itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """An access token and the person it authenticates.

    With ``as_password`` it may also come as the password of basic authentication. ``reader`` says where the
    model of the client runs.
    """

    person_id: str
    secret: str = field(repr=False)
    as_password: bool = False
    reader: Reader = Reader.OUTSIDE

    @property
    def client(self) -> Client:
        """Who has this token."""
        return Client(person_id=self.person_id, reader=self.reader)


class HttpAuth:
    """Authenticates requests by their token."""

    def __init__(self, tokens: Sequence[Token], is_known: Callable[[str], bool]) -> None:
        """``is_known`` returns whether a person is still configured."""
        self._is_known = is_known
        self._tokens = tuple(tokens)

    def client(self, headers: Mapping[str, str]) -> Client:
        """Return the client whose token the request has.

        Raises Refused: 401 for a wrong token, 403 for the token of a person who is not configured.
        """
        client = self._client_of(headers)
        if client is None:
            message = "The access token is wrong or missing"
            raise Refused(HTTPStatus.UNAUTHORIZED, "unauthorized", message, CHALLENGE)
        if not self._is_known(client.person_id):
            message = "The person of this token is not configured"
            raise Refused(HTTPStatus.FORBIDDEN, "forbidden", message)
        return client

    def _client_of(self, headers: Mapping[str, str]) -> Client | None:
        """Compare with every token, in constant time. A browser never authenticates by a password."""
        kind, _, rest = headers.get("authorization", "").strip().partition(" ")
        match kind.lower():
            case "bearer":
                return _owner(rest.strip(), self._tokens)
            case "basic" if "origin" not in headers:
                return _owner(_password(rest.strip()), [one for one in self._tokens if one.as_password])
            case _:
                return None


def _owner(secret: str, tokens: Sequence[Token]) -> Client | None:
    given, found = secret.encode(), None
    for token in tokens:
        if hmac.compare_digest(given, token.secret.encode()) and token.secret:
            found = token.client
    return found


async def read_body(request: Request) -> bytes:
    """Return the body. Raises Refused: 413 when it is too long, 408 when it takes too long."""
    length = request.headers.get("content-length", "")
    if length.isdecimal() and int(length) > MOST_BYTES:
        raise _too_long()
    chunks: list[bytes] = []
    size = 0
    try:
        async with asyncio.timeout(READ_TIMEOUT):
            async for chunk in request.stream():
                size += len(chunk)
                if size > MOST_BYTES:
                    raise _too_long()
                chunks.append(chunk)
    except TimeoutError as err:
        message = "The body was not received in time"
        raise Refused(HTTPStatus.REQUEST_TIMEOUT, "timeout", message, {"Connection": "close"}) from err
    except ClientDisconnect as err:
        raise Refused(HTTPStatus.BAD_REQUEST, "malformed", "The body is incomplete") from err
    return b"".join(chunks)


def _too_long() -> Refused:
    message = f"The body is longer than {MOST_BYTES} bytes"
    return Refused(HTTPStatus.CONTENT_TOO_LARGE, "too_large", message, {"Connection": "close"})


def _password(encoded: str) -> str:
    try:
        return base64.b64decode(encoded, validate=True).decode().partition(":")[2]
    except binascii.Error, UnicodeDecodeError:
        return ""
