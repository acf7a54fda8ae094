"""JSON responses and JSON errors of the HTTP API."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final, override

import orjson
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

CHALLENGE: Final = {"WWW-Authenticate": 'Bearer realm="steward"'}


class Json(Response):
    """A JSON response that must not be cached."""

    media_type = "application/json"

    def __init__(
        self, content: object, status: HTTPStatus = HTTPStatus.OK, headers: Mapping[str, str] | None = None
    ) -> None:
        """``content`` consists of plain JSON types."""
        super().__init__(content, status, {"Cache-Control": "no-store", **(headers or {})})

    @override
    def render(self, content: Any) -> bytes:
        return orjson.dumps(content)


def failure(status: HTTPStatus, code: str, message: str, headers: Mapping[str, str] | None = None) -> Json:
    """Return the error response ``{"error": {"code", "message"}}``."""
    return Json({"error": {"code": code, "message": message}}, status, headers)


def unauthorized() -> Json:
    """Return a 401 response with the accepted authentication schemes."""
    return failure(HTTPStatus.UNAUTHORIZED, "unauthorized", "The access token is wrong or missing", CHALLENGE)


async def on_http_error(_request: Request, error: Exception) -> Response:
    """Return the response for an error of Starlette, such as 404 or 405."""
    status = HTTPStatus(error.status_code if isinstance(error, HTTPException) else 500)
    headers = error.headers if isinstance(error, HTTPException) else None
    return failure(status, status.name.lower(), status.description or status.phrase, headers)


async def on_unexpected_error(_request: Request, _error: Exception) -> Response:
    """Return a 500 response without details, which the server logs."""
    return failure(HTTPStatus.INTERNAL_SERVER_ERROR, "internal", "Internal error. See the log of the app")
