"""The wire below pyarr: whatever goes wrong is an error of ours before pyarr sees it."""

import asyncio
from typing import Final, override

import httpx
from yarl import URL

from ...http import PATIENCE, TIMEOUT, Attempt, Tls

CONNECTIONS: Final = 16
KEPT_ALIVE: Final = 60.0
"""Seconds a connection waits for its next use: longer than from one poll to the next, shorter
than Radarr itself waits."""

_NEVER_SENT: Final = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.UnsupportedProtocol,
)


def open_session(tls: Tls) -> httpx.AsyncClient:
    """Return a session that keeps its connections, follows no redirects and no proxies."""
    return httpx.AsyncClient(transport=GuardedTransport(tls), timeout=TIMEOUT)


class GuardedTransport(httpx.AsyncBaseTransport):
    """Sends once, reads within bounds, and raises the app's errors."""

    def __init__(self, tls: Tls) -> None:
        """Remember how certificates are checked; nothing is opened or read here."""
        self._tls = tls
        self._opening = asyncio.Lock()
        self._inner: httpx.AsyncHTTPTransport | None = None

    @override
    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Return an answer that is 2xx and JSON (or empty); see Attempt for what else is raised."""
        attempt = Attempt.at(request.method, URL(str(request.url)))
        try:
            async with asyncio.timeout(PATIENCE):
                inner = await self._open()
                answer = await inner.handle_async_request(request)
                try:
                    data = await attempt.collect(answer.aiter_bytes())
                finally:
                    await answer.aclose()
        except _NEVER_SENT as err:
            raise attempt.not_sent(_reason(err)) from err
        except (httpx.HTTPError, TimeoutError) as err:
            raise attempt.no_answer(_reason(err)) from err
        attempt.understand(answer.status_code, data)
        headers = {"Content-Type": answer.headers.get("Content-Type", "")}
        return httpx.Response(answer.status_code, headers=headers, content=data)

    @override
    async def aclose(self) -> None:
        """Let go of the connections."""
        if self._inner is not None:
            await self._inner.aclose()

    async def _open(self) -> httpx.AsyncHTTPTransport:
        async with self._opening:
            if self._inner is None:
                # Reading the authorities takes a while: not on the event loop.
                limits = httpx.Limits(max_connections=CONNECTIONS, keepalive_expiry=KEPT_ALIVE)
                self._inner = await asyncio.to_thread(
                    lambda: httpx.AsyncHTTPTransport(verify=self._tls.load(), limits=limits)
                )
        return self._inner


def _reason(err: Exception) -> str:
    if isinstance(err, httpx.TimeoutException | TimeoutError):
        return "no answer in time"
    if isinstance(err, httpx.ConnectError):
        return "its certificate is not trusted" if "CERTIFICATE_VERIFY" in str(err) else "cannot connect"
    return "the connection broke"
