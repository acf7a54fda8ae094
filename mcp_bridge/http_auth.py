"""Checks the host, the token and the body size of HTTP requests."""

import asyncio
import base64
import binascii
import hmac
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from ipaddress import ip_address
from typing import Final
from urllib.parse import urlsplit

from starlette.requests import ClientDisconnect, Request

from .responses import Refused

LOOPBACK: Final = frozenset({"localhost"})
PERSON: Final = "steward.person"
"""Key of the ASGI scope for the id of the authenticated person."""

MOST_BYTES: Final = 256 * 1024
READ_TIMEOUT: Final = 30.0
CHALLENGE: Final = {"WWW-Authenticate": 'Bearer realm="steward", Basic realm="steward"'}


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """An access token and the person it authenticates."""

    person_id: str
    secret: str = field(repr=False)


class HttpAuth:
    """Authenticates requests to the allowed hosts by their token."""

    def __init__(
        self, tokens: Sequence[Token], allowed_hosts: Iterable[str], is_known: Callable[[str], bool]
    ) -> None:
        """``allowed_hosts`` are names; localhost and IP addresses are always allowed.

        ``is_known`` returns whether a person is still configured.
        """
        self._is_known = is_known
        self._tokens = tuple(tokens)
        self._hosts = LOOPBACK | {one.strip().lower().rstrip(".") for one in allowed_hosts}

    def person(self, headers: Mapping[str, str]) -> str:
        """Return the id of the person whose token the request has.

        Raises Refused: 421 for an unknown host, 403 for an unknown origin (DNS rebinding),
        401 for a wrong token, 403 for the token of a person who is not configured.

        """
        if not self._is_allowed(headers.get("host", "")):
            message = "This host name is not allowed: add it to the allowed hosts"
            raise Refused(HTTPStatus.MISDIRECTED_REQUEST, "forbidden", message)
        origin = headers.get("origin")
        if origin is not None and not self._is_allowed(_netloc(origin)):
            raise Refused(HTTPStatus.FORBIDDEN, "forbidden", "This origin is not allowed")
        person_id = self._person_of(_token_of(headers))
        if person_id is None:
            message = "The access token is wrong or missing"
            raise Refused(HTTPStatus.UNAUTHORIZED, "unauthorized", message, CHALLENGE)
        if not self._is_known(person_id):
            message = "The person of this token is not configured"
            raise Refused(HTTPStatus.FORBIDDEN, "forbidden", message)
        return person_id

    def _person_of(self, secret: str) -> str | None:
        """Compare with every token, in constant time."""
        given, found = secret.encode(), None
        for token in self._tokens:
            if hmac.compare_digest(given, token.secret.encode()) and token.secret:
                found = token.person_id
        return found

    def _is_allowed(self, netloc: str) -> bool:
        host = _host(netloc)
        return host in self._hosts or _is_address(host)


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


def _token_of(headers: Mapping[str, str]) -> str:
    """Return the bearer token, or the password of clients that support basic authentication only."""
    kind, _, rest = headers.get("authorization", "").strip().partition(" ")
    match kind.lower():
        case "bearer":
            return rest.strip()
        case "basic":
            return _password(rest.strip())
        case _:
            return ""


def _password(encoded: str) -> str:
    try:
        return base64.b64decode(encoded, validate=True).decode().partition(":")[2]
    except binascii.Error, UnicodeDecodeError:
        return ""


def _netloc(origin: str) -> str:
    try:
        return urlsplit(origin).netloc
    except ValueError:
        return ""


def _host(netloc: str) -> str:
    """Return the name or address in ``host:port``; empty when there is none."""
    try:
        return (urlsplit(f"//{netloc}").hostname or "").rstrip(".")
    except ValueError:
        return ""


def _is_address(host: str) -> bool:
    """Return whether a host is an IP address, which DNS rebinding cannot use."""
    try:
        ip_address(host.partition("%")[0])
    except ValueError:
        return False
    return True
