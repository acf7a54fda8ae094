"""The REST client of the services: base path, credentials, paging, TLS."""

import asyncio
from collections.abc import AsyncIterable, AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from typing import ClassVar
from urllib.parse import unquote

import aiohttp
from yarl import URL

from ..clock import Clock
from ..coalesce import coalesced
from ..errors import (
    CertificateNotTrusted,
    EffectUnknown,
    ServiceError,
    ServiceMalformed,
    ServiceNotFound,
    ServiceRefused,
    ServiceUnauthorized,
)
from .access import Access
from .auth import Authentication, Credentials, LoginAnswer, NoAuth
from .http import CALL_TIMEOUT, NEVER_SENT, TIMEOUT, Attempt, plain, reason_of
from .logins import Logins
from .parse import at
from .payload import JSON, Payload, payload_of, query_of
from .tls import Certificates, Tls
from .typed_calls import Parameter, TypedCalls


class Rest(TypedCalls):
    """JSON over HTTP below one base path, with credentials that are renewed after a 401.

    Identical reads within one ``coalesced_reads`` block are made once.
    """

    base: ClassVar[str] = ""
    """The path below which everything is, such as "api/v1"."""

    auth: ClassVar[Authentication] = NoAuth()
    """How it logs in."""

    below: ClassVar[str] = ""
    """The path of the content in every JSON answer, such as "data"."""

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

        ``headers`` are sent with every request. By default ``base`` and ``auth`` are those of the
        class, ``url``, ``session`` and ``tls`` those of ``access``, and ``timeout`` is TIMEOUT. A
        session of the caller's own is closed by the caller.
        """
        self.access = access
        address = access.address if url is None else url
        below = (self.base if base is None else base).strip("/")
        self._url = address.joinpath(below) if below else address
        self._session = session or (lambda: access.session)
        self._auth = auth or self.auth
        self._headers = headers or {}
        self._tls = access.tls if tls is None else tls
        self._ssl: Certificates | None = None
        self._credentials: Credentials | None = None
        self._logging_in = asyncio.Lock()
        self._logins = Logins()
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

    def not_done(self, text: str) -> type[ServiceError] | None:  # noqa: ARG002
        """Return the error for a failed change when it is certain that nothing was changed.

        ``text`` is the failure. By default that is never certain; the client of a service that
        says so with a 500 overrides this.
        """
        return None

    def refused_login(self, data: bytes) -> ServiceUnauthorized | None:  # noqa: ARG002
        """Return the refusal that an answer with a good status is: then nothing was done.

        The client of a service that says with status 200 that its login has ended overrides this.
        """
        return None

    def limited(self, status: int, headers: Mapping[str, str]) -> ServiceError | None:  # noqa: ARG002
        """Return the error of an answer that says that it was asked too often: then nothing was done.

        By default there is none. The client of a service that says so with a status that means
        something else overrides this.
        """
        return None

    def signature(self, method: str, url: URL, query: Mapping[str, str], data: bytes) -> Mapping[str, str]:  # noqa: ARG002
        """Return the headers that depend on the request as a whole, such as a signature.

        By default there are none.
        """
        return {}

    async def get(self, path: str, /, **query: Parameter | None) -> object:
        """Return the decoded JSON of a GET.

        Raises:
            ServiceUnreachable: no answer, or an answer that says to come back later (5xx).
            ServiceUnauthorized: 401 or 403.
            ServiceRefused: any other refusal.
            ServiceMalformed: not JSON, too long, or a redirect.
        """
        parameters = query_of(query)
        key = (self, path, tuple(sorted(parameters.items())))
        return await coalesced(key, partial(self._json, "GET", path, parameters))

    async def text(self, path: str, /, **query: Parameter | None) -> str:
        """Return the body of a GET as text. Raises as :meth:`get` does."""
        return (await self.data(path, **query)).decode(errors="replace")

    async def data(self, path: str, /, **query: Parameter | None) -> bytes:
        """Return the body of a GET as it is. Raises as :meth:`get` does."""
        return (await self._send("GET", path, query_of(query)))[1]

    async def stream(
        self, path: str, /, *, idle: float, method: str = "GET", **query: Parameter | None
    ) -> AsyncIterator[bytes]:
        """Yield the pieces of a body that stays open, until it ends.

        Raises as :meth:`get` does, and ServiceUnreachable after ``idle`` seconds without a piece; with a
        ``method`` that changes something, as :meth:`send` does.
        """
        attempt = Attempt.at(method, self._at(path))
        timeout = self._open_for(idle)
        used, is_renewed = await self._current(), False
        while True:
            async with self._open(
                attempt, method, path, query_of(query), Payload(), used, timeout
            ) as response:
                refusal = await self._refusal(attempt, response)
                if refusal is None:
                    async for piece in response.content.iter_any():
                        yield piece
                    return
            if is_renewed or not self._auth.is_expired(refusal):
                raise refusal
            used, is_renewed = await self._current(but_not=used), True

    async def upload(
        self,
        path: str,
        pieces: AsyncIterable[bytes],
        /,
        *,
        kind: str,
        idle: float,
        **query: Parameter | None,
    ) -> None:
        """PUT a body piece by piece; ``kind`` is its content type. Raises as :meth:`send` does.

        It is not sent again with a new login, because its pieces are gone. ``idle`` is in seconds.
        """
        attempt = Attempt.at("PUT", self._at(path))
        payload = Payload(pieces, {"Content-Type": kind})
        used = await self._current()
        async with self._open(
            attempt, "PUT", path, query_of(query), payload, used, self._open_for(idle)
        ) as response:
            data = await attempt.collect(response.content.iter_any())
            attempt.check(response.status, data, response.reason or "")

    async def read(self, path: str, body: object, /, **query: Parameter | None) -> object:
        """Return the decoded JSON of a POST that only reads (JSON-RPC, searches).

        Raises as :meth:`get` does.
        """
        return await self._json("POST", path, query_of(query), body, changes=False)

    async def send(
        self,
        method: str,
        path: str,
        body: object = None,
        /,
        *,
        form: Mapping[str, Parameter] | None = None,
        **query: Parameter | None,
    ) -> object:
        """Send a change once and return the decoded JSON, None when there is none.

        ``body`` is sent as JSON, ``form`` as a form.

        Raises:
            ServiceUnreachable: the connection could not be opened: nothing happened.
            ServiceUnauthorized: 401 or 403: nothing happened.
            ServiceRefused: any other 4xx: nothing happened.
            EffectUnknown: everything else; it may or may not have happened.
        """
        try:
            return await self._json(method, path, query_of(query), body, form=form, changes=True)
        except EffectUnknown as err:
            error = self.not_done(str(err))
            if error is None:
                raise
            raise error(str(err)) from err

    async def send_for_text(self, method: str, path: str, /, **query: Parameter | None) -> str:
        """Send a change once and return its answer as text. Raises as :meth:`send` does.

        A GET that changes something is one too.
        """
        return (await self._send(method, path, query_of(query), changes=True))[1].decode(errors="replace")

    async def _json(
        self,
        method: str,
        path: str,
        query: Mapping[str, str],
        body: object = None,
        *,
        form: Mapping[str, Parameter] | None = None,
        changes: bool | None = None,
    ) -> object:
        attempt, data = await self._send(method, path, query, body, form=form, changes=changes)
        return self._content(attempt, attempt.decode(data))

    def _content(self, attempt: Attempt, answer: object) -> object:
        """Return what is below the configured path. Raises when it is not there."""
        if not self.below or answer is None:
            return answer
        try:
            return at(answer, self.below)
        except ServiceMalformed as err:
            raise attempt.malformed(str(err)) from err

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
        # The refusal says that nothing was done: sending again with a new login is safe.
        renewed = await self._current(but_not=used)
        return attempt, (await self._exchange(attempt, method, path, query, payload, renewed)).data

    def _open_for(self, idle: float) -> aiohttp.ClientTimeout:
        """Return the timeout of a body that may last, with at most ``idle`` seconds between its pieces."""
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
                    raise  # no password was judged: the service starts, or it is another one
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
            # To a change 304 means that it is so already.
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
        """Send, and yield the response while it is read. Raises what a lost connection means."""
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
