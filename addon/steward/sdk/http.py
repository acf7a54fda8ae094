"""Maps HTTP responses and connection errors to the app's errors."""

import json
import math
import re
from collections.abc import AsyncIterable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final

import aiohttp
import orjson
from yarl import URL

from ..errors import (
    EffectUnknown,
    ServiceError,
    ServiceForbidden,
    ServiceMalformed,
    ServiceNotFound,
    ServiceRefused,
    ServiceUnauthorized,
    ServiceUnreachable,
)
from ..texts import english, translate
from .format import brief

TIMEOUT: Final = 5.0
"""Seconds to wait for a connection, and for each piece of an answer."""

CALL_TIMEOUT: Final = 15.0
"""Seconds that a whole call may take."""

MAX_BODY: Final = 8 * 1024 * 1024
"""The most bytes of an answer; a longer one is an error."""

MOST_VALUES: Final = 500_000
"""The most values in one answer, counted by commas, because decoding blocks the event loop."""

MAX_TEXT: Final = 200
MOST_DIGITS: Final = 19
"""The digits from which on a whole number becomes a float, because it does not fit into 64 bits."""

_ODD_NUMBER: Final = re.compile(rb"NaN|Infinity|[eE]\+?\d{3}|\d{300}")
_OLDER_PHRASES: Final = (
    "unprocessable entity",
    "request entity too large",
    "request-uri too long",
    "requested range not satisfiable",
)
_STANDARD_PHRASES: Final = {*(status.phrase.lower() for status in HTTPStatus), *_OLDER_PHRASES}
_REFUSALS: Final[dict[int, type[ServiceError]]] = {
    HTTPStatus.UNAUTHORIZED: ServiceUnauthorized,
    HTTPStatus.FORBIDDEN: ServiceForbidden,
    HTTPStatus.NOT_FOUND: ServiceNotFound,
}
NEVER_SENT: Final = (
    aiohttp.ClientConnectorError,
    aiohttp.ConnectionTimeoutError,
    aiohttp.InvalidURL,
    aiohttp.NonHttpUrlClientError,
)
"""Errors after which it is certain that the request was not sent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One call, with the errors for its possible results.

    ``where`` is method, host and path without the query; it is shown and logged. ``changes``: a lost answer
    leaves the effect unknown.
    """

    where: str
    changes: bool

    @classmethod
    def at(cls, method: str, url: URL, *, changes: bool | None = None) -> Attempt:
        """Return the attempt to call ``url``. By default GET and HEAD change nothing."""
        writes = method not in ("GET", "HEAD") if changes is None else changes
        path = url.path if url.path.isprintable() else url.raw_path
        return cls(where=f"{method} {url.host}:{url.port}{path}", changes=writes)

    def not_sent(self, reason: str) -> ServiceError:
        """Return the error for a connection that was never opened."""
        return ServiceUnreachable(f"{self.where}: {reason}")

    def no_answer(self, reason: str) -> ServiceError:
        """Return the error for a request that was sent and got no answer."""
        error = EffectUnknown if self.changes else ServiceUnreachable
        return error(f"{self.where}: {reason}")

    def malformed(self, reason: str) -> ServiceError:
        """Return the error for an answer that cannot be understood."""
        error = EffectUnknown if self.changes else ServiceMalformed
        return error(f"{self.where}: {reason}")

    async def once(
        self, request: aiohttp.ClientRequest, handler: aiohttp.ClientHandlerType
    ) -> aiohttp.ClientResponse:
        """Keep aiohttp from sending a lost PUT or DELETE a second time (a middleware)."""
        try:
            return await handler(request)
        except NEVER_SENT:
            raise
        except (aiohttp.ClientOSError, aiohttp.ServerDisconnectedError) as err:
            raise self.no_answer(reason_of(err)) from err

    async def collect(self, chunks: AsyncIterable[bytes]) -> bytes:
        """Return the whole body. Raises when it is longer than ``MAX_BODY``."""
        data = bytearray()
        async for chunk in chunks:
            data += chunk
            if len(data) > MAX_BODY:
                raise self.malformed(f"the answer is longer than {MAX_BODY // 1024**2} MiB")
        return bytes(data)

    def decode(self, data: bytes) -> object:
        """Return the decoded JSON, None for an empty body. Raises when it is not JSON or too much."""
        if not data:
            return None
        if _has_too_many_values(data):
            raise self.malformed(f"the answer has more than {MOST_VALUES} values")
        try:
            return decoded(data)
        except (ValueError, RecursionError) as err:
            raise self.malformed("the answer is not JSON") from err

    def check(self, status: int, data: bytes, phrase: str = "") -> None:
        """Raise the error for a status that is not 2xx; ``phrase`` is the status line's text.

        Some services (Proxmox) write the reason in the status line only.
        """
        if HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
            return
        own = "" if phrase.lower() in _STANDARD_PHRASES else plain(phrase)
        texts = dict.fromkeys(filter(None, (own, message_of(data))))
        raise self.refusal(status, "; ".join(texts))

    def refusal(self, status: int, message: str = "") -> ServiceError:
        """Return the error for a status that is not 2xx; ``message`` is the service's own."""
        reason = f"{status} ({message})" if message else f"{status}"
        if HTTPStatus.MULTIPLE_CHOICES <= status < HTTPStatus.BAD_REQUEST:
            return self.malformed("the answer is a redirect: check the address")
        if status >= HTTPStatus.INTERNAL_SERVER_ERROR and status != HTTPStatus.NOT_IMPLEMENTED:
            return self.no_answer(reason)
        return _REFUSALS.get(status, ServiceRefused)(f"{self.where}: {reason}")


def decoded(data: bytes) -> object:
    """Return the decoded JSON. Raises ValueError or RecursionError when it is not JSON.

    A number that is no float (NaN, 1e400) becomes a list, so that parsing its item fails and not
    that of the whole answer.
    """
    try:
        return orjson.loads(data)
    except orjson.JSONDecodeError:
        # json accepts halves of surrogate pairs, which cannot be written again.
        if not _ODD_NUMBER.search(data) or b"\\ud" in data.lower():
            raise
        return json.loads(
            data,
            parse_constant=lambda text: [text],
            parse_float=_finite,
            parse_int=lambda text: int(text) if len(text) < MOST_DIGITS else _finite(text),
        )


def _has_too_many_values(data: bytes) -> bool:
    return data.count(b",") > MOST_VALUES


def _finite(text: str) -> object:
    number = float(text)
    return number if math.isfinite(number) else [text]


def session(connector: aiohttp.BaseConnector | None = None) -> aiohttp.ClientSession:
    """Return a session for many instances, without cookies, because cookies do not distinguish ports."""
    return aiohttp.ClientSession(connector=connector, cookie_jar=aiohttp.DummyCookieJar())


def message_of(data: bytes) -> str:
    """Return the message of a JSON error body, "" when there is none."""
    if _has_too_many_values(data):
        return ""
    try:
        body = orjson.loads(data)
    except orjson.JSONDecodeError:
        return ""
    if isinstance(body, list):
        texts = (one.get("errorMessage") for one in body if isinstance(one, dict))
        return plain("; ".join(text for text in texts if isinstance(text, str)))
    if isinstance(body, dict):
        errors = body.get("errors")
        if isinstance(errors, dict):
            body = "; ".join(f"{key}: {text}" for key, text in errors.items())
        else:
            body = body.get("error") or body.get("message")
            if isinstance(body, dict):  # the format of OpenAI
                body = body.get("message")
    return plain(body) if isinstance(body, str) else ""


def plain(text: str) -> str:
    """Return a text from outside as one printable line of at most MAX_TEXT characters."""
    printable = "".join(character if character.isprintable() else " " for character in text)
    return brief(printable, MAX_TEXT)


def reason_of(err: BaseException) -> str:
    """Return a fixed text for an error, because a library's message may have the whole address."""
    if isinstance(err, aiohttp.ClientConnectorError) and isinstance(err.os_error, PermissionError):
        return translate("the app may not open it: permission denied")
    reason = next((reason for kind, reason in _REASONS if isinstance(err, kind)), CONNECTION_LOST)
    return translate(reason)


CONNECTION_LOST: Final = english("the connection was lost")

_REASONS: Final[tuple[tuple[type[BaseException], str], ...]] = (
    (
        aiohttp.ServerFingerprintMismatch,
        english("its certificate has another fingerprint than the one that you confirmed"),
    ),
    (aiohttp.ClientConnectorCertificateError, english("its certificate is not trusted")),
    (aiohttp.ClientConnectorSSLError, english("no TLS connection")),
    (aiohttp.ClientConnectorDNSError, english("the host name is not known")),
    (TimeoutError, english("no answer in time")),
    (aiohttp.ClientConnectorError, english("cannot connect")),
)
