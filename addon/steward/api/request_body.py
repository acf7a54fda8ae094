"""Reads a request's body, but never more of it than is wanted."""

import asyncio
from http import HTTPStatus
from typing import Final

from starlette.requests import Request

from ..errors import StewardError

READ_TIMEOUT: Final = 30.0


class UnreadableBody(StewardError):
    """A body that is too long or too slow, with the status that says so."""

    def __init__(self, status: HTTPStatus, code: str, message: str) -> None:
        """Keep what the sender is told."""
        super().__init__(message)
        self.status = status
        self.code = code


async def read_body(request: Request, most: int) -> bytes:
    """Return the body. Raises UnreadableBody (413 above ``most`` bytes, 408 when it stalls)."""
    said = request.headers.get("content-length", "")
    if said.isdecimal() and int(said) > most:
        raise _too_large(most)
    chunks: list[bytes] = []
    size = 0
    try:
        async with asyncio.timeout(READ_TIMEOUT):
            async for chunk in request.stream():
                size += len(chunk)
                if size > most:
                    raise _too_large(most)
                chunks.append(chunk)
    except TimeoutError as err:
        raise UnreadableBody(HTTPStatus.REQUEST_TIMEOUT, "timeout", "The body came too slowly") from err
    return b"".join(chunks)


def _too_large(most: int) -> UnreadableBody:
    return UnreadableBody(HTTPStatus.CONTENT_TOO_LARGE, "too_large", f"The body is longer than {most} bytes")
