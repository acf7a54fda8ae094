"""ASGI middleware that writes refused requests to the audit log: wrong token, origin, or host."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from http import HTTPStatus
from typing import Final

import structlog
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ..store.storable_text import storable

log = structlog.get_logger(__name__)

type AuditRefusal = Callable[[str, str, Mapping[str, object]], Awaitable[None]]
"""Writes the audit entry of one refusal: its event, its source, and its details."""

EVENT: Final = "http.refused"
LONGEST_PATH: Final = 200
TIMEOUT: Final = 5.0

_STARTS: Final = frozenset({"http.response.start", "websocket.http.response.start"})
_STATUSES: Final = frozenset({HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN, HTTPStatus.MISDIRECTED_REQUEST})


class RefusalAudit:
    """Audits every answer that refuses access, after it was sent."""

    def __init__(self, app: ASGIApp, audit_refusal: AuditRefusal) -> None:
        """``audit_refusal`` limits the number of entries."""
        self._app = app
        self._audit_refusal = audit_refusal

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request or websocket."""
        refused: list[int] = []

        async def watch(message: Message) -> None:
            if message["type"] in _STARTS and message["status"] in _STATUSES:
                refused.append(message["status"])
            await send(message)

        await self._app(scope, receive, watch)
        if refused:
            await self._audit(scope, refused[0])

    async def _audit(self, scope: Scope, status: int) -> None:
        client = scope.get("client")
        address = client[0] if client else "unknown"
        body = {
            "address": address,
            "method": scope.get("method", "websocket"),
            "path": storable(scope["path"], LONGEST_PATH),
            "status": status,
        }
        try:
            async with asyncio.timeout(TIMEOUT):
                await self._audit_refusal(EVENT, address, body)
        except Exception:
            log.exception("refusal not audited", **body)
