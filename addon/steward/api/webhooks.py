"""Where monitors and Telegram post: checked and stored before the answer is sent."""

import asyncio
from collections.abc import Mapping
from http import HTTPStatus
from typing import Final

import structlog
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from ..errors import ServiceMalformed, ServiceUnauthorized, StewardError
from ..observability.metrics import Metrics
from ..sdk.description import IncomingAlert
from ..telegram.webhook_errors import WebhookMalformed, WebhookRefused
from .http_exchange import Json, failure, is_one_of, monitor_token, unauthorized
from .ports import Accept, Instances, TelegramWebhook

log = structlog.get_logger(__name__)

LONG: Final = 65_536
"""Bytes of a body whose parsing would hold up the event loop."""

READ_TIMEOUT: Final = 30.0
"""Seconds within which a body must be sent."""

TELEGRAM_SECRET = "x-telegram-bot-api-secret-token"  # noqa: S105 - the header's name


class UnreadableBody(StewardError):
    """The body is too long or too slow; ``status`` is the HTTP status of the response."""

    def __init__(self, status: HTTPStatus, code: str, message: str) -> None:
        """Store status, code and message of the response."""
        super().__init__(message)
        self.status = status
        self.code = code


class Webhooks:
    """The webhook endpoints of monitors and Telegram."""

    def __init__(
        self,
        instances: Instances,
        accept: Accept,
        telegram: TelegramWebhook | None,
        metrics: Metrics,
        *,
        tokens: tuple[str, ...],
        most: int,
    ) -> None:
        """``tokens`` give monitors access; ``most`` limits a body in bytes."""
        self._instances = instances
        self._accept = accept
        self._telegram = telegram
        self._metrics = metrics
        self._tokens = tokens
        self._most = most

    async def monitor(self, request: Request) -> Response:
        """Handle ``POST /api/webhooks/{instance_id}``; 200 means that the alerts are stored.

        A service that signs its requests needs no token: 200 means that it is polled, if it has to be.
        """
        instance_id = request.path_params["instance_id"]
        is_signed = self._instances.signs_webhooks(instance_id)
        return await (self._signed if is_signed else self._alerts)(request, instance_id)

    async def _alerts(self, request: Request, instance_id: str) -> Response:
        """Handle a request of a monitor."""
        if not is_one_of(monitor_token(request.headers), *self._tokens):
            log.warning("webhook refused", path=request.url.path, remote=_remote(request))
            return unauthorized()
        try:
            body = await read_body(request, self._most)
            alerts = await self._parsed(instance_id, request.headers, body)
            if alerts is None:
                return failure(HTTPStatus.NOT_FOUND, "not_found", "No instance takes alerts here")
            await self._accept(instance_id, alerts)
        except ServiceUnauthorized as err:
            log.warning("webhook refused", path=request.url.path, remote=_remote(request), reason=str(err))
            return unauthorized()
        except ServiceMalformed as err:
            return failure(HTTPStatus.BAD_REQUEST, "malformed", str(err))
        except (StewardError, ClientDisconnect) as err:
            return _refused(err)
        self._metrics.alerts(instance_id, len(alerts))
        return Json({"accepted": len(alerts)})

    async def _signed(self, request: Request, instance_id: str) -> Response:
        """Handle a request of a service that signs them: it is polled if something changed."""
        try:
            body = await read_body(request, self._most)
            is_change = self._instances.take_change(instance_id, request.headers, body)
        except ServiceUnauthorized as err:
            log.warning("webhook refused", path=request.url.path, remote=_remote(request), reason=str(err))
            return unauthorized()
        except (StewardError, ClientDisconnect) as err:
            return _refused(err)
        return Json({"accepted": int(is_change)})

    async def _parsed(
        self, instance_id: str, headers: Mapping[str, str], body: bytes
    ) -> tuple[IncomingAlert, ...] | None:
        """Return the alerts of a body; a long one is parsed in a thread."""
        if len(body) <= LONG:
            return self._instances.parse_webhook(instance_id, headers, body)
        return await asyncio.to_thread(self._instances.parse_webhook, instance_id, headers, body)

    async def telegram(self, request: Request) -> Response:
        """Handle ``POST /api/telegram/webhook``, authenticated by Telegram's secret header."""
        if self._telegram is None:
            return failure(HTTPStatus.NOT_FOUND, "not_found", "No Telegram bot is configured")
        try:
            secret = request.headers.get(TELEGRAM_SECRET)
            self._telegram.check_webhook(secret)
            body = await read_body(request, self._most)
            await self._telegram.handle_webhook(body, secret)
        except WebhookRefused as err:
            return failure(HTTPStatus.FORBIDDEN, "forbidden", str(err))
        except WebhookMalformed as err:
            return failure(HTTPStatus.BAD_REQUEST, "malformed", str(err))
        except (StewardError, ClientDisconnect) as err:
            return _refused(err)
        return Json({})


async def read_body(request: Request, limit: int) -> bytes:
    """Return the body. Raises UnreadableBody (413 above ``limit`` bytes, 408 after a timeout)."""
    declared = request.headers.get("content-length", "")
    if declared.isdecimal() and int(declared) > limit:
        raise _too_large(limit)
    chunks: list[bytes] = []
    size = 0
    try:
        async with asyncio.timeout(READ_TIMEOUT):
            async for chunk in request.stream():
                size += len(chunk)
                if size > limit:
                    raise _too_large(limit)
                chunks.append(chunk)
    except TimeoutError as err:
        raise UnreadableBody(HTTPStatus.REQUEST_TIMEOUT, "timeout", "The body was sent too slowly") from err
    return b"".join(chunks)


def _refused(error: Exception) -> Response:
    """Return the response for a webhook that was not stored; the sender retries it later."""
    if isinstance(error, UnreadableBody):
        return failure(error.status, error.code, str(error), {"Connection": "close"})
    if isinstance(error, ClientDisconnect):
        return failure(HTTPStatus.BAD_REQUEST, "malformed", "The body is incomplete")
    return failure(HTTPStatus.SERVICE_UNAVAILABLE, "unavailable", str(error), {"Retry-After": "5"})


def _remote(request: Request) -> str | None:
    return request.client.host if request.client else None


def _too_large(limit: int) -> UnreadableBody:
    return UnreadableBody(HTTPStatus.CONTENT_TOO_LARGE, "too_large", f"The body is longer than {limit} bytes")
