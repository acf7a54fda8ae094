"""Builds the ASGI application of the HTTP API."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Final

import structlog
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import HTTPConnection
from starlette.responses import Response
from starlette.routing import BaseRoute, Route, WebSocketRoute
from starlette.websockets import WebSocket

from homelab_steward.contract.protocol import WEBHOOK_PATH, WEBSOCKET_PATH, Hello
from homelab_steward.contract.state import FrontEndStatus

from ..observability.metrics import Metrics
from ..observability.redaction import Redactor
from ..settings.model import Limits
from ..store.changes import Changes
from .app_page import AppPage
from .commands import CommandRunner, Commands
from .error_frames import ErrorFrames
from .health_endpoints import HealthEndpoints
from .home_connections import HomeConnections
from .http_exchange import bearer_token, failure, is_one_of, on_http_error, on_unexpected_error, unauthorized
from .ports import Accept, DatabaseCheck, Instances, StateQueries, TelegramWebhook
from .refusal_audit import AuditRefusal, RefusalAudit
from .request_metrics import RequestMetrics
from .webhooks import Webhooks
from .websocket_session import WebsocketSession

log = structlog.get_logger(__name__)

TELEGRAM_PATH: Final = "/api/telegram/webhook"
"""Path that Telegram posts updates to when the bot uses a webhook."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiParts:
    """Parts of the API. ``telegram`` is None without a Telegram bot; ``more`` has additional routes.

    ``front_ends`` returns the status of those that the app serves itself.
    ``page`` is None where no Supervisor shows it.

    ``allows_origin`` returns whether the web page that opens a websocket may do so. ``first_read``
    waits at the start for the first readings.
    """

    app_id: str
    app_version: str
    api_token: str = field(repr=False)
    monitor_token: str = field(repr=False)
    changes: Changes
    database: DatabaseCheck
    instances: Instances
    queries: StateQueries
    commands: Commands
    accept: Accept
    metrics: Metrics
    scrape: Callable[[bool], Awaitable[bytes]]
    details: Callable[[], Awaitable[Mapping[str, object]]]
    redactor: Redactor
    home: HomeConnections
    allows_origin: Callable[[HTTPConnection], bool]
    audit_refusal: AuditRefusal
    first_read: Callable[[], Awaitable[None]]
    telegram: TelegramWebhook | None = None
    front_ends: Callable[[], Sequence[FrontEndStatus]] = tuple
    page: AppPage | None = None
    limits: Limits = field(default_factory=Limits)
    more: Sequence[BaseRoute] = ()


def build_api(parts: ApiParts) -> Starlette:
    """Return the ASGI application."""
    tokens = (parts.api_token, parts.monitor_token)
    health = HealthEndpoints(
        parts.database, parts.instances, parts.scrape, parts.details, parts.front_ends, tokens=tokens
    )
    webhooks = Webhooks(
        parts.instances,
        parts.accept,
        parts.telegram,
        parts.metrics,
        tokens=tokens,
        most=parts.limits.webhook_bytes,
    )
    front_ends = WebsocketEndpoint(parts)
    return Starlette(
        routes=[
            Route("/health", health.health, methods=["GET"]),
            Route("/health/details", health.details, methods=["GET"]),
            Route("/ready", health.ready, methods=["GET"]),
            Route("/metrics", health.metrics, methods=["GET"]),
            Route(WEBHOOK_PATH, webhooks.monitor, methods=["POST"]),
            Route(TELEGRAM_PATH, webhooks.telegram, methods=["POST"]),
            WebSocketRoute(WEBSOCKET_PATH, front_ends.connect),
            *([parts.page.route()] if parts.page else []),
            *parts.more,
        ],
        middleware=[
            Middleware(RequestMetrics, parts.metrics.http_request),
            Middleware(RefusalAudit, parts.audit_refusal),
        ],
        exception_handlers={HTTPException: on_http_error, Exception: on_unexpected_error},
        lifespan=front_ends.lifespan,
    )


class WebsocketEndpoint:
    """Websocket endpoint that limits and counts connected front ends."""

    def __init__(self, parts: ApiParts) -> None:
        """All sessions share one command runner."""
        self._parts = parts
        self._errors = ErrorFrames(parts.redactor, parts.audit_refusal)
        self._runner = CommandRunner(parts.commands, self._errors)
        self._number = 0

    @asynccontextmanager
    async def lifespan(self, _app: Starlette) -> AsyncIterator[None]:
        """Wait for running commands before the shutdown."""
        try:
            yield
        finally:
            await self._runner.close()

    async def connect(self, socket: WebSocket) -> None:
        """Serve one front end; without the API token, refuse the websocket handshake."""
        parts = self._parts
        refusal = self._refusal(socket)
        if refusal is not None:
            log.warning("front end refused", remote=socket.client.host if socket.client else None)
            await socket.send_denial_response(refusal)
            return
        if self._number >= parts.limits.front_ends:
            message = "Too many front ends are connected"
            response = failure(HTTPStatus.SERVICE_UNAVAILABLE, "unavailable", message, {"Retry-After": "60"})
            await socket.send_denial_response(response)
            return
        hello = Hello(app_id=parts.app_id, app_version=parts.app_version, stream=parts.changes.stream)
        self._count(1)
        try:
            session = WebsocketSession(
                socket,
                hello,
                parts.changes,
                parts.queries,
                self._runner,
                self._errors,
                parts.home,
                parts.first_read,
            )
            await session.serve()
        finally:
            self._count(-1)

    def _refusal(self, socket: WebSocket) -> Response | None:
        """Return the response to a client that may not connect."""
        if not self._parts.allows_origin(socket):
            return failure(HTTPStatus.FORBIDDEN, "forbidden", "This origin is not allowed")
        if not is_one_of(bearer_token(socket.headers), self._parts.api_token):
            return unauthorized()
        return None

    def _count(self, change: int) -> None:
        self._number += change
        self._parts.metrics.front_end(change)
