"""JSON responses of the bridge, and the HTTP status of every error."""

import json
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final, override

from starlette.responses import Response

from homelab_steward.contract.errors import ContractError, ErrorCode

STATUS: Final[Mapping[ErrorCode, HTTPStatus]] = {
    ErrorCode.MALFORMED: HTTPStatus.BAD_REQUEST,
    ErrorCode.INVALID_ARGUMENT: HTTPStatus.BAD_REQUEST,
    ErrorCode.INVALID_SETTING: HTTPStatus.BAD_REQUEST,
    ErrorCode.UNAUTHORIZED: HTTPStatus.UNAUTHORIZED,
    ErrorCode.FORBIDDEN: HTTPStatus.FORBIDDEN,
    ErrorCode.NOT_FOUND: HTTPStatus.NOT_FOUND,
    ErrorCode.TOO_LARGE: HTTPStatus.CONTENT_TOO_LARGE,
    ErrorCode.TOO_MANY: HTTPStatus.TOO_MANY_REQUESTS,
    ErrorCode.TIMEOUT: HTTPStatus.GATEWAY_TIMEOUT,
    ErrorCode.INTERNAL: HTTPStatus.INTERNAL_SERVER_ERROR,
}
"""All other codes map to 503."""


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
        return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()


class Refused(Exception):
    """A request was refused; ``response`` is its response."""

    def __init__(
        self, status: HTTPStatus, code: str, message: str, headers: Mapping[str, str] | None = None
    ) -> None:
        """Build the response."""
        super().__init__(message)
        self.response = failure(status, code, message, headers)


def failure(status: HTTPStatus, code: str, message: str, headers: Mapping[str, str] | None = None) -> Json:
    """Return ``{"error": {"code", "message"}}``."""
    return Json({"error": {"code": code, "message": message}}, status, headers)


def refused(error: ContractError) -> Json:
    """Return the response for an error of the steward."""
    status = STATUS.get(error.code, HTTPStatus.SERVICE_UNAVAILABLE)
    return failure(status, str(error.code), error.message)
