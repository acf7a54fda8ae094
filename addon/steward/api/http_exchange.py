"""What all HTTP endpoints share: access tokens, compared in constant time, and JSON responses."""

import base64
import binascii
import hmac
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


def bearer_token(headers: Mapping[str, str]) -> str | None:
    """Return the bearer token of a request, None without one.

    Tokens in URLs are not accepted, because URLs are written to logs.
    """
    kind, rest = _credentials(headers)
    return rest or None if kind == "bearer" else None


def monitor_token(headers: Mapping[str, str]) -> str | None:
    """Return the bearer token of a request, or its basic auth password if it is not from a web page.

    Some monitors cannot send a bearer token. Browsers are never asked for a password.
    """
    kind, rest = _credentials(headers)
    if kind == "basic" and "origin" not in headers:
        return _password(rest)
    return bearer_token(headers)


def _credentials(headers: Mapping[str, str]) -> tuple[str, str]:
    kind, _, rest = headers.get("authorization", "").strip().partition(" ")
    return kind.lower(), rest.strip()


def is_one_of(token: str | None, *known: str) -> bool:
    """Return whether ``token`` is one of ``known``; empty tokens never match."""
    given = (token or "").encode()
    matches = [hmac.compare_digest(given, one.encode()) and bool(one) for one in known]
    return any(matches)


def _password(encoded: str) -> str | None:
    try:
        text = base64.b64decode(encoded, validate=True).decode()
    except binascii.Error, UnicodeDecodeError:
        return None
    return text.partition(":")[2] or None
