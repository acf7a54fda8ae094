"""Reads request bodies with a limit on size and time."""

import asyncio
from http import HTTPStatus
from typing import Final

from starlette.requests import Request

from ..errors import StewardError

READ_TIMEOUT: Final = 30.0


class UnreadableBody(StewardError):
    """The body is too long or too slow; ``status`` is the HTTP status of the response."""

    def __init__(self, status: HTTPStatus, code: str, message: str) -> None:
        """Store status, code and message of the response."""
        super().__init__(message)
        self.status = status
        self.code = code


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


def _too_large(limit: int) -> UnreadableBody:
    return UnreadableBody(HTTPStatus.CONTENT_TOO_LARGE, "too_large", f"The body is longer than {limit} bytes")
