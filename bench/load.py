"""Posts many bodies over a few persistent connections, with little overhead."""

import asyncio
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from urllib.parse import urlsplit

TRIES = 20
PAUSE = 0.25
OK = 200


@dataclass(slots=True)
class Sent:
    """The result of a load: seconds until the last body was accepted, and responses by status."""

    seconds: float = 0.0
    statuses: Counter[int] = field(default_factory=Counter)

    @property
    def refused(self) -> int:
        """The number of responses other than 200. Their bodies were sent again."""
        return self.statuses.total() - self.statuses[OK]


class NotTakenError(Exception):
    """A body was refused repeatedly."""


async def post_all(url: str, bodies: Iterable[bytes], *, at_once: int, token: str = "") -> Sent:
    """Post every body until it is accepted with 200, ``at_once`` concurrently.

    Uses plain streams: a full HTTP client would need more time than the server.
    Raises NotTakenError and OSError.
    """
    sent, remaining = Sent(), iter(bodies)
    began = time.perf_counter()
    async with asyncio.TaskGroup() as group:
        for _ in range(at_once):
            group.create_task(_post_some(url, remaining, token, sent))
    sent.seconds = time.perf_counter() - began
    return sent


async def _post_some(url: str, remaining: Iterator[bytes], token: str, sent: Sent) -> None:
    parts = urlsplit(url)
    reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
    try:
        for body in remaining:
            request = _request_head(parts.path or "/", parts.netloc, token, len(body)) + body
            await _post_until_accepted(request, reader, writer, sent)
    finally:
        writer.close()
        await writer.wait_closed()


async def _post_until_accepted(
    request: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, sent: Sent
) -> None:
    for _ in range(TRIES):
        writer.write(request)
        status = await _read_status(reader)
        sent.statuses[status] += 1
        if status == OK:
            return
        await asyncio.sleep(PAUSE)
    raise NotTakenError(f"refused {TRIES} times")


def _request_head(path: str, host: str, token: str, length: int) -> bytes:
    lines = [f"POST {path} HTTP/1.1", f"Host: {host}", "Content-Type: application/json"]
    if token:
        lines.append(f"Authorization: Bearer {token}")
    return "\r\n".join((*lines, f"Content-Length: {length}", "", "")).encode()


async def _read_status(reader: asyncio.StreamReader) -> int:
    """Read one response and return its status."""
    head = await reader.readuntil(b"\r\n\r\n")
    status_line, *headers = head.decode("latin-1").split("\r\n")
    for header in headers:
        name, _, value = header.partition(":")
        if name.lower() == "content-length":
            await reader.readexactly(int(value))
    return int(status_line.split(" ", 2)[1])
