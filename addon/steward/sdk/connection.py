"""The HTTP connection of a service: address, credentials, TLS, and the errors of lost answers."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from http import HTTPStatus
from typing import ClassVar
from urllib.parse import unquote

import aiohttp
from yarl import URL

from ..clock import Clock
from ..errors import CertificateNotTrusted, ServiceError, ServiceNotFound, ServiceRefused, ServiceUnauthorized
from ..tracing import Attribute, SpanKind, span
from .access import Access
from .auth import Authentication, Credentials, LoginAnswer, NoAuth
from .http import CALL_TIMEOUT, NEVER_SENT, TIMEOUT, Attempt, plain, reason_of
from .logins import Logins
from .payload import JSON, Payload, payload_of
from .start_times import StartTimes
from .tls import Certificates, Tls
from .typed_calls import Parameter


class Connection:
    """Requests below one base path, with credentials that are renewed after a 401.

    ``start_times`` computes start times from uptimes.
    """

    base: ClassVar[str] = ""
    """The path below which all requests are, such as "api/v1"."""

    auth: ClassVar[Authentication] = NoAuth()
    """The strategy that authenticates requests."""

    headers: ClassVar[Mapping[str, str]] = {}
    """The headers of every request besides the credentials."""

    patch_type: ClassVar[str] = JSON
    """The content type of the body of a PATCH, such as that of a merge patch."""

    def __init__(
        self,
        access: Access,
        *,
        base: str | None = None,
        auth: Authentication | None = None,
        timeout: float | None = None,
        url: URL | None = None,
        session: Callable[[], aiohttp.ClientSession] | None = None,
        tls: Tls | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        """Open nothing. Raises InvalidSetting for an address or TLS setting that is wrong.

        ``headers`` are sent with every request. By default they, ``base`` and ``auth`` are those of the
        class, ``url``, ``session`` and ``tls`` those of ``access``, and ``timeout`` is TIMEOUT. A
        session of the caller's own is closed by the caller.
        """
        self.access = access
        address = access.address if url is None else url
        below = (self.base if base is None else base).strip("/")
        self._url = address.joinpath(below) if below else address
        self._session = session or (lambda: access.session)
        self._auth = auth or self.auth
        self._headers = self.headers if headers is None else headers
        self._tls = access.tls if tls is None else tls
        self._ssl: Certificates | None = None
        self._credentials: Credentials | None = None
        self._logging_in = asyncio.Lock()
        self._logins = Logins()
        self.start_times = StartTimes(access.clock)
        longest = TIMEOUT if timeout is None else timeout
        self._timeout = aiohttp.ClientTimeout(
            total=max(CALL_TIMEOUT, longest), connect=longest, sock_read=longest
        )

    @property
    def clock(self) -> Clock:
        """The clock that actions wait with."""
        return self.access.clock

    async def close(self) -> None:
        """Do nothing: the session belongs to the caller."""

    def refused_login(self, data: bytes) -> ServiceUnauthorized | None:  # noqa: ARG002
        """Return the error of an answer with status 200 that is a refusal, None for any other.

        The client of a service that reports the end of its login with status 200 overrides this. A
        refused request has changed nothing.
        """
        return None

    def limited(self, status: int, headers: Mapping[str, str]) -> ServiceError | None:  # noqa: ARG002
        """Return the error of an answer to too many requests, None for any other.

        By default there is none. The client of a service that reports this with a status of another
        meaning overrides this method. Such a request has changed nothing.
        """
        return None

    def signature(self, method: str, url: URL, query: Mapping[str, str], data: bytes) -> Mapping[str, str]:  # noqa: ARG002
        """Return the headers that depend on the request as a whole, such as a signature.

        By default there are none.
        """
        return {}

    async def _send(
        self,
        method: str,
        path: str,
        query: Mapping[str, str],
        body: object = None,
        *,
        form: Mapping[str, Parameter] | None = None,
        changes: bool | None = None,
    ) -> tuple[Attempt, bytes]:
        """Send with credentials; after a 401 renew them and send once more."""
        attempt = Attempt.at(method, self._at(path), changes=changes)
        payload = payload_of(body, form, self.patch_type if method == "PATCH" else JSON)
        used = await self._current()
        try:
            return attempt, (await self._exchange(attempt, method, path, query, payload, used)).data
        except ServiceUnauthorized as err:
            if not self._auth.is_expired(err):
                raise
        # A refused request has changed nothing: sending it again with a new login is safe.
        renewed = await self._current(but_not=used)
        return attempt, (await self._exchange(attempt, method, path, query, payload, renewed)).data

    def _open_for(self, idle: float) -> aiohttp.ClientTimeout:
        """Return the timeout of a long body, with at most ``idle`` seconds between its pieces."""
        return aiohttp.ClientTimeout(total=None, connect=self._timeout.connect, sock_read=idle)

    def _at(self, path: str) -> URL:
        """Return the address of a path. Raises ServiceRefused for one that leaves the base path."""
        if not {".", ".."}.isdisjoint(unquote(path).split("/")):
            raise ServiceRefused(t"{plain(path)} is no path: it has a segment of dots")
        return self._url.joinpath(path)

    async def _refusal(
        self, attempt: Attempt, response: aiohttp.ClientResponse
    ) -> ServiceUnauthorized | None:
        """Return the refusal of the credentials, None for a good answer. Raises other errors."""
        if response.status == HTTPStatus.OK:
            return None
        body = await attempt.collect(response.content.iter_any())
        try:
            attempt.check(response.status, body, response.reason or "")
        except ServiceUnauthorized as err:
            return err
        return None

    async def _current(self, but_not: Credentials | None = None) -> Credentials:
        """Return the credentials; new ones when there are none or they are ``but_not``.

        After a refused login no other is made for a growing time: services lock accounts.
        """
        async with self._logging_in:
            if self._credentials is None or self._credentials is but_not:
                self._logins.check(self.clock.monotonic())
                try:
                    self._credentials = await self._auth.credentials(self.access, self._login_call)
                except ServiceNotFound:
                    raise  # No password was checked: the service is starting, or it is another one.
                except (ServiceUnauthorized, ServiceRefused) as err:
                    self._logins.refused(err, self.clock.monotonic())
                    raise
                self._logins = Logins()
            return self._credentials

    async def _login_call(
        self,
        method: str,
        path: str,
        *,
        body: object = None,
        form: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        is_text: bool = False,
    ) -> LoginAnswer:
        attempt = Attempt.at(method, self._at(path), changes=False)
        credentials = Credentials(headers=headers or {})
        raw = await self._exchange(attempt, method, path, {}, payload_of(body, form), credentials)
        content = raw.data.decode(errors="replace") if is_text else attempt.decode(raw.data)
        return LoginAnswer(body=content, headers=raw.headers, cookies=raw.cookies)

    async def _exchange(
        self,
        attempt: Attempt,
        method: str,
        path: str,
        query: Mapping[str, str],
        payload: Payload,
        credentials: Credentials,
    ) -> _Raw:
        async with self._open(attempt, method, path, query, payload, credentials, self._timeout) as response:
            data = await attempt.collect(response.content.iter_any())
            if (limited := self.limited(response.status, response.headers)) is not None:
                raise limited
            # As the answer to a change, 304 means that nothing had to be changed.
            if not (attempt.changes and response.status == HTTPStatus.NOT_MODIFIED):
                attempt.check(response.status, data, response.reason or "")
            if (refusal := self.refused_login(data)) is not None:
                raise refusal
            cookies = {name: morsel.value for name, morsel in response.cookies.items()}
            return _Raw(data, dict(response.headers), cookies)

    @asynccontextmanager
    async def _open(
        self,
        attempt: Attempt,
        method: str,
        path: str,
        query: Mapping[str, str],
        payload: Payload,
        credentials: Credentials,
        timeout: aiohttp.ClientTimeout,
    ) -> AsyncIterator[aiohttp.ClientResponse]:
        """Send, and yield the response while it is read. Raises the error of a lost connection."""
        with span(method, SpanKind.CLIENT, self._about(method, path)) as made:
            async with self._answered(
                attempt, method, path, query, payload, credentials, timeout
            ) as response:
                made.set("http.response.status_code", response.status)
                yield response

    def _about(self, method: str, path: str) -> dict[str, Attribute]:
        """Return the attributes of a request's span, without query and body, which may be private."""
        return {
            "http.request.method": method,
            "server.address": self._url.host or "",
            "server.port": self._url.port or 0,
            "url.path": path,
        }

    @asynccontextmanager
    async def _answered(
        self,
        attempt: Attempt,
        method: str,
        path: str,
        query: Mapping[str, str],
        payload: Payload,
        credentials: Credentials,
        timeout: aiohttp.ClientTimeout,
    ) -> AsyncIterator[aiohttp.ClientResponse]:
        try:
            async with self._session().request(
                method,
                self._at(path),
                params={**query, **credentials.query},
                data=payload.data,
                headers={
                    **self._headers,
                    **payload.headers,
                    **credentials.headers,
                    **self.signature(method, self._at(path), query, payload.known),
                },
                allow_redirects=False,
                ssl=await self._certificates(),
                timeout=timeout,
                middlewares=(attempt.once,) if attempt.changes else (),
            ) as response:
                yield response
        except aiohttp.ClientConnectorCertificateError as err:
            text = str(attempt.not_sent(reason_of(err)))
            raise CertificateNotTrusted(text, self._url.host or "", self._url.port or 0) from err
        except NEVER_SENT as err:
            raise attempt.not_sent(reason_of(err)) from err
        except aiohttp.ServerFingerprintMismatch as err:
            raise attempt.not_sent(reason_of(err)) from err
        except (aiohttp.ClientError, TimeoutError, OSError) as err:
            raise attempt.no_answer(reason_of(err)) from err

    async def _certificates(self) -> Certificates:
        if self._ssl is None:
            self._ssl = await asyncio.to_thread(self._tls.load)
        return self._ssl


@dataclass(frozen=True, slots=True)
class _Raw:
    data: bytes
    headers: Mapping[str, str]
    cookies: Mapping[str, str]
