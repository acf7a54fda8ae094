"""ASGI middleware that checks the host and the origin of requests, and answers CORS preflights."""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from http import HTTPStatus
from ipaddress import ip_address
from typing import Final
from urllib.parse import urlsplit

from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection, Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from .forwarded import PublicAddress, TrustedProxies
from .origins import Origins
from .responses import Refused

ADDRESS: Final = "steward.address"
"""Key of the ASGI scope for the ``PublicAddress`` of the request."""

LOOPBACK: Final = frozenset({"localhost"})
METHODS: Final = "GET, POST, DELETE"
REQUEST_HEADERS: Final = (
    "Accept, Authorization, Content-Type, Last-Event-ID, "
    "Mcp-Method, Mcp-Name, Mcp-Protocol-Version, Mcp-Session-Id"
)
PREFLIGHT_SECONDS: Final = 600


MOST_HOSTS: Final = 256
"""Host names that were parsed and are remembered."""


class SourceRules:
    """Which hosts and origins are allowed."""

    def __init__(self, hosts: Iterable[str], origins: Origins, proxies: TrustedProxies) -> None:
        """``hosts`` are names; localhost and IP addresses are always allowed."""
        self._hosts = LOOPBACK | {one.strip().lower().rstrip(".") for one in hosts}
        self._origins = origins
        self._proxies = proxies

    def check(self, request: Request) -> PublicAddress:
        """Return the public address of a request.

        Raises Refused: 421 for an unknown host (DNS rebinding), 403 for an origin that is neither
        the app's own nor allowed.
        """
        address = self._proxies.address(request)
        if not all(self._is_allowed(one) for one in {address.host, request.headers.get("host", "")}):
            message = "This host name is not allowed: add it to the allowed hosts"
            raise Refused(HTTPStatus.MISDIRECTED_REQUEST, "forbidden", message)
        if not self._allows(request, address.host):
            message = "This origin is not allowed: add it to the allowed origins"
            raise Refused(HTTPStatus.FORBIDDEN, "forbidden", message)
        return address

    def allows_origin(self, request: HTTPConnection) -> bool:
        """Return whether a request or websocket has no origin, the app's own, or an allowed one."""
        return self._allows(request, self._proxies.address(request).host)

    def _allows(self, request: HTTPConnection, host: str) -> bool:
        return all(self._origins.allows(one, host) for one in request.headers.getlist("origin"))

    def _is_allowed(self, netloc: str) -> bool:
        host = _host(netloc)
        return host in self._hosts or _is_address(host)


class SourceCheck:
    """Refuses requests of other web pages, and lets browsers read the answers to allowed ones."""

    def __init__(self, app: ASGIApp, rules: SourceRules) -> None:
        """``app`` gets the requests that ``rules`` allow."""
        self._app = app
        self._rules = rules

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        request = Request(scope, receive)
        try:
            address = self._rules.check(request)
        except Refused as err:
            await err.response(scope, receive, send)
            return
        headers = _cors(request.headers.get("origin"))
        if request.method == "OPTIONS":
            await Response(status_code=HTTPStatus.NO_CONTENT, headers=_preflight(headers))(
                scope, receive, send
            )
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                given = MutableHeaders(scope=message)
                given.add_vary_header("Origin")
                given.update(headers)
            await send(message)

        await self._app({**scope, ADDRESS: address}, receive, send_with_headers)


def _cors(origin: str | None) -> dict[str, str]:
    """Return the headers with which a browser lets the page of ``origin`` read the answer."""
    if origin is None:
        return {}
    return {
        "Access-Control-Allow-Origin": origin,
        "Access-Control-Expose-Headers": "Mcp-Session-Id, Retry-After",
    }


def _preflight(headers: Mapping[str, str]) -> dict[str, str]:
    if not headers:
        return {"Allow": f"{METHODS}, OPTIONS", "Vary": "Origin"}
    # Credentials are never allowed: the token is a header that the page itself sets.
    return {
        **headers,
        "Vary": "Origin",
        "Access-Control-Allow-Methods": METHODS,
        "Access-Control-Allow-Headers": REQUEST_HEADERS,
        "Access-Control-Max-Age": str(PREFLIGHT_SECONDS),
    }


@lru_cache(MOST_HOSTS)
def _host(netloc: str) -> str:
    """Return the name or address in ``host:port``; empty when there is none."""
    try:
        return (urlsplit(f"//{netloc}").hostname or "").rstrip(".")
    except ValueError:
        return ""


@lru_cache(MOST_HOSTS)
def _is_address(host: str) -> bool:
    """Return whether a host is an IP address, which DNS rebinding cannot use."""
    try:
        ip_address(host.partition("%")[0])
    except ValueError:
        return False
    return True
