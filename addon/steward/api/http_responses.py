"""JSON answers and JSON errors of the HTTP side."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final, override

import orjson
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

CHALLENGE: Final = {"WWW-Authenticate": 'Bearer, Basic realm="steward"'}


class Json(Response):
    """A JSON answer that nobody keeps."""

    media_type = "application/json"

    def __init__(
        self, content: object, status: HTTPStatus = HTTPStatus.OK, headers: Mapping[str, str] | None = None
    ) -> None:
        """``content`` is made of plain JSON types."""
        super().__init__(content, status, {"Cache-Control": "no-store", **(headers or {})})

    @override
    def render(self, content: Any) -> bytes:
        return orjson.dumps(content)


def failure(status: HTTPStatus, code: str, message: str, headers: Mapping[str, str] | None = None) -> Json:
    """Return ``{"error": {"code", "message"}}``."""
    return Json({"error": {"code": code, "message": message}}, status, headers)


def unauthorized() -> Json:
    """Return the 401 that says how to prove who one is."""
    return failure(HTTPStatus.UNAUTHORIZED, "unauthorized", "The access token is wrong or missing", CHALLENGE)


async def on_http_error(_request: Request, error: Exception) -> Response:
    """Answer what Starlette refuses itself: no such address, not that way."""
    status = HTTPStatus(error.status_code if isinstance(error, HTTPException) else 500)
    headers = error.headers if isinstance(error, HTTPException) else None
    return failure(status, status.name.lower(), status.description or status.phrase, headers)


async def on_defect(_request: Request, _error: Exception) -> Response:
    """Answer what nobody expected, without details: the server logs those."""
    return failure(HTTPStatus.INTERNAL_SERVER_ERROR, "internal", "Something went wrong inside: see the log")
