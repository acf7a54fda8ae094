"""One small REST client, and the one place that says what a failed call means."""

import asyncio
import ssl
from collections.abc import AsyncIterable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final

import aiohttp
import orjson
from yarl import URL

from .errors import (
    EffectUnknown,
    InvalidSetting,
    ServiceError,
    ServiceMalformed,
    ServiceRefused,
    ServiceUnauthorized,
    ServiceUnreachable,
)

TIMEOUT: Final = 5.0
"""Seconds to wait for a connection, and for each piece of an answer."""

PATIENCE: Final = 15.0
"""Seconds a whole call may take, however slowly its answer drips."""

MAX_BODY: Final = 8 * 1024 * 1024
"""Bytes of an answer that are read before it is given up."""

_MAX_WORDS: Final = 200
_NEVER_SENT: Final = (
    aiohttp.ClientConnectorError,
    aiohttp.ConnectionTimeoutError,
    aiohttp.InvalidURL,
    aiohttp.NonHttpUrlClientError,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tls:
    """Whether certificates are checked, and against which authority (None: the system's)."""

    verify: bool = True
    ca_certificate: str | None = None

    def load(self) -> ssl.SSLContext | bool:
        """Return what aiohttp and httpx take. Reads the file: not for the event loop.

        Raises:
            InvalidSetting: when the authority's file cannot be read.
        """
        if not self.verify or self.ca_certificate is None:
            return self.verify
        try:
            return ssl.create_default_context(cafile=self.ca_certificate)
        except (OSError, ValueError) as err:
            raise InvalidSetting("ca_certificate", "is no readable PEM file") from err


class RestClient:
    """JSON over HTTP at one address, on a session that was handed in."""

    def __init__(
        self,
        session: aiohttp.ClientSession,
        address: URL,
        *,
        headers: Mapping[str, str] | None = None,
        tls: Tls | None = None,
        timeout: float = TIMEOUT,
    ) -> None:
        """Remember the way. ``address`` holds no credentials; ``headers`` may."""
        self._session = session
        self._address = address
        self._headers = dict(headers or {})
        self._tls = tls or Tls()
        self._ssl: ssl.SSLContext | bool | None = None
        self._timeout = aiohttp.ClientTimeout(total=PATIENCE, connect=timeout, sock_read=timeout)

    async def read(self, path: str, parameters: Mapping[str, str] | None = None) -> object:
        """GET and return the decoded JSON.

        Raises:
            ServiceUnreachable: no answer, or an answer that says to come back later (5xx).
            ServiceUnauthorized: 401 or 403.
            ServiceRefused: any other refusal.
            ServiceMalformed: no JSON, too long, or a redirect.
        """
        return await self._call("GET", path, parameters=parameters)

    async def change(self, method: str, path: str, body: object = None) -> object:
        """Send a change once and return the decoded JSON, None when there is none.

        Raises:
            ServiceUnreachable: the connection could not be opened: nothing happened.
            ServiceUnauthorized: 401 or 403: nothing happened.
            ServiceRefused: any other 4xx: nothing happened.
            EffectUnknown: everything else; it may or may not have happened.
        """
        return await self._call(method, path, body=body)

    async def _call(
        self, method: str, path: str, *, parameters: Mapping[str, str] | None = None, body: object = None
    ) -> object:
        url = self._address.joinpath(path)
        attempt = Attempt.at(method, url)
        headers = self._headers if body is None else {**self._headers, "Content-Type": "application/json"}
        try:
            async with self._session.request(
                method,
                url,
                params=parameters,
                data=None if body is None else orjson.dumps(body),
                headers=headers,
                allow_redirects=False,
                ssl=await self._certificates(),
                timeout=self._timeout,
                middlewares=(attempt.once,) if attempt.changes else (),
            ) as response:
                status = response.status
                data = await attempt.collect(response.content.iter_any())
        except _NEVER_SENT as err:
            raise attempt.not_sent(_reason(err)) from err
        except (aiohttp.ClientError, TimeoutError, OSError) as err:
            raise attempt.no_answer(_reason(err)) from err
        return attempt.understand(status, data)

    async def _certificates(self) -> ssl.SSLContext | bool:
        if self._ssl is None:
            self._ssl = await asyncio.to_thread(self._tls.load)
        return self._ssl


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One call on its way: which words and which error fit what became of it.

    ``where`` is method, host and path, without query: it is shown and logged.
    """

    where: str
    changes: bool

    @classmethod
    def at(cls, method: str, url: URL) -> Attempt:
        """Return the attempt to call ``url``; GET changes nothing."""
        return cls(where=f"{method} {url.host}:{url.port}{url.path}", changes=method != "GET")

    def not_sent(self, reason: str) -> ServiceError:
        """Return the error for a connection that was never opened."""
        return ServiceUnreachable(f"{self.where}: {reason}")

    def no_answer(self, reason: str) -> ServiceError:
        """Return the error for a request that left and whose answer did not come."""
        error = EffectUnknown if self.changes else ServiceUnreachable
        return error(f"{self.where}: {reason}")

    def malformed(self, reason: str) -> ServiceError:
        """Return the error for an answer nobody understands."""
        error = EffectUnknown if self.changes else ServiceMalformed
        return error(f"{self.where}: {reason}")

    async def once(
        self, request: aiohttp.ClientRequest, handler: aiohttp.ClientHandlerType
    ) -> aiohttp.ClientResponse:
        """Stand between aiohttp and the wire, or it would send a lost PUT or DELETE again."""
        try:
            return await handler(request)
        except _NEVER_SENT:
            raise
        except (aiohttp.ClientOSError, aiohttp.ServerDisconnectedError) as err:
            raise self.no_answer(_reason(err)) from err

    async def collect(self, pieces: AsyncIterable[bytes]) -> bytes:
        """Return the whole body, or raise when it is longer than ``MAX_BODY``."""
        data = bytearray()
        async for piece in pieces:
            data += piece
            if len(data) > MAX_BODY:
                raise self.malformed(f"the answer is longer than {MAX_BODY // 1024**2} MiB")
        return bytes(data)

    def understand(self, status: int, data: bytes) -> object:
        """Return the decoded JSON of a good answer (None: empty), raise for any other."""
        if not HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
            raise self.refusal(status, words_of(data))
        if not data:
            return None
        try:
            return orjson.loads(data)
        except orjson.JSONDecodeError as err:
            raise self.malformed("the answer is no JSON") from err

    def refusal(self, status: int, words: str = "") -> ServiceError:
        """Return the error for a status that is not 2xx; ``words`` are the service's own."""
        reason = f"{status} ({words})" if words else f"{status}"
        if status in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN):
            return ServiceUnauthorized(f"{self.where}: {reason}")
        if HTTPStatus.MULTIPLE_CHOICES <= status < HTTPStatus.BAD_REQUEST:
            return self.malformed("redirects elsewhere: is the address right?")
        if status < HTTPStatus.INTERNAL_SERVER_ERROR or status == HTTPStatus.NOT_IMPLEMENTED:
            return ServiceRefused(f"{self.where}: {reason}")
        return self.no_answer(reason)


def words_of(data: bytes) -> str:
    """Return the reason a service gives in a JSON error body, "" when there is none."""
    try:
        body = orjson.loads(data)
    except orjson.JSONDecodeError:
        return ""
    if isinstance(body, dict):
        body = body.get("error") or body.get("message")
    return plain(body) if isinstance(body, str) else ""


def plain(words: str) -> str:
    """Return foreign words cut to one short printable line."""
    printable = "".join(letter if letter.isprintable() else " " for letter in words)
    return " ".join(printable.split())[:_MAX_WORDS]


def _reason(err: BaseException) -> str:
    """Say what happened in our own words: a library's may hold the whole address."""
    match err:
        case aiohttp.ClientConnectorCertificateError():
            return "its certificate is not trusted"
        case aiohttp.ClientConnectorSSLError():
            return "no TLS connection"
        case aiohttp.ClientConnectorDNSError():
            return "the name is not known"
        case TimeoutError():
            return "no answer in time"
        case aiohttp.ClientConnectorError():
            return "cannot connect"
        case _:
            return "the connection broke"
