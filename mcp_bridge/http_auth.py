"""The door: which host was meant, who knocks, and how much they bring."""

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
"""Where in an ASGI scope it is written who knocked."""

MOST_BYTES: Final = 256 * 1024
READ_TIMEOUT: Final = 30.0
CHALLENGE: Final = {"WWW-Authenticate": 'Bearer realm="steward", Basic realm="steward"'}


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """A secret and the person whose word counts when it is shown."""

    person_id: str
    secret: str = field(repr=False)


class HttpAuth:
    """Lets in who shows a known token to a host of ours."""

    def __init__(
        self, tokens: Sequence[Token], allowed_hosts: Iterable[str], is_known: Callable[[str], bool]
    ) -> None:
        """``allowed_hosts`` are names; localhost and plain addresses are allowed in any case.

        ``is_known`` tells whether a person is still one of the house.
        """
        self._is_known = is_known
        self._tokens = tuple(tokens)
        self._hosts = LOOPBACK | {one.strip().lower().rstrip(".") for one in allowed_hosts}

    def person(self, headers: Mapping[str, str]) -> str:
        """Return the id of the person whose token was shown.

        Raises Refused: 421 for a foreign host and 403 for a foreign origin (a web page
        that had its own name point here), 401 for a wrong token, 403 for that of somebody
        who is not known.
        """
        if not self._is_ours(headers.get("host", "")):
            message = "This host name is not one of the steward's: add it to the allowed hosts"
            raise Refused(HTTPStatus.MISDIRECTED_REQUEST, "forbidden", message)
        origin = headers.get("origin")
        if origin is not None and not self._is_ours(_netloc(origin)):
            raise Refused(HTTPStatus.FORBIDDEN, "forbidden", "Pages of this origin may not ask here")
        person_id = self._person_of(_shown(headers))
        if person_id is None:
            message = "The access token is wrong or missing"
            raise Refused(HTTPStatus.UNAUTHORIZED, "unauthorized", message, CHALLENGE)
        if not self._is_known(person_id):
            message = "Whom this token stands for is not known here"
            raise Refused(HTTPStatus.FORBIDDEN, "forbidden", message)
        return person_id

    def _person_of(self, secret: str) -> str | None:
        """Compare with every token, however early one fits: time tells nothing."""
        given, found = secret.encode(), None
        for token in self._tokens:
            if hmac.compare_digest(given, token.secret.encode()) and token.secret:
                found = token.person_id
        return found

    def _is_ours(self, netloc: str) -> bool:
        host = _host(netloc)
        return host in self._hosts or _is_address(host)


async def read_body(request: Request) -> bytes:
    """Return the body. Raises Refused: 413 when it is too long, 408 when it stalls."""
    said = request.headers.get("content-length", "")
    if said.isdecimal() and int(said) > MOST_BYTES:
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
        message = "The body came too slowly"
        raise Refused(HTTPStatus.REQUEST_TIMEOUT, "timeout", message, {"Connection": "close"}) from err
    except ClientDisconnect as err:
        raise Refused(HTTPStatus.BAD_REQUEST, "malformed", "The body was cut off") from err
    return b"".join(chunks)


def _too_long() -> Refused:
    message = f"The body is longer than {MOST_BYTES} bytes"
    return Refused(HTTPStatus.CONTENT_TOO_LARGE, "too_large", message, {"Connection": "close"})


def _shown(headers: Mapping[str, str]) -> str:
    """Return the token: a bearer token, or the password of clients that know basic auth only."""
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
    """Whether it is an address: no foreign name can be made to point at one."""
    try:
        ip_address(host.partition("%")[0])
    except ValueError:
        return False
    return True
