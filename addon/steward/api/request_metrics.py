"""Measures how long each request takes, by the path of its route."""

import time
from collections.abc import Callable
from typing import Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ..tracing import Span, SpanKind, span

type CountRequest = Callable[[str, str, int, float], None]

UNKNOWN: Final = "unknown"
"""The route of a request that fits none: its path is chosen by the client, and so has no end of values."""

METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


QUIET: Final = frozenset({"/health", "/health/details", "/ready", "/metrics"})
"""Paths that watchdogs read all the time, which nobody looks for in traces."""


class RequestMetrics:
    """Counts each answered HTTP request with its route, method, status and seconds."""

    def __init__(self, app: ASGIApp, count: CountRequest) -> None:
        """``count`` takes route, method, status and seconds."""
        self._app = app
        self._count = count

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request; websockets are not measured, because they last."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        if scope["path"] in QUIET:
            await self._measured(scope, receive, send, None)
            return
        with span("HTTP", SpanKind.SERVER) as made:
            await self._measured(scope, receive, send, made)

    async def _measured(self, scope: Scope, receive: Receive, send: Send, made: Span | None) -> None:
        began = time.perf_counter()

        async def watch(message: Message) -> None:
            await send(message)
            if message["type"] == "http.response.start":
                method = scope["method"] if scope["method"] in METHODS else UNKNOWN
                route, status = route_of(scope), message["status"]
                if made is not None:
                    _describe(made, route, method, status)
                self._count(route, method, status, time.perf_counter() - began)

        await self._app(scope, receive, watch)


def _describe(made: Span, route: str, method: str, status: int) -> None:
    """Add what the semantic conventions of OpenTelemetry say about a request."""
    made.name = f"{method} {route}"
    made.set("http.request.method", method)
    made.set("http.route", route)
    made.set("http.response.status_code", status)


def route_of(scope: Scope) -> str:
    """Return the path of the route, ``/api/webhooks/{instance_id}``, or ``unknown`` if none fits."""
    if "endpoint" not in scope:
        return UNKNOWN
    names = {str(value): name for name, value in scope.get("path_params", {}).items()}
    parts = (f"{{{names[part]}}}" if part in names else part for part in scope["path"].split("/"))
    return "/".join(parts)
