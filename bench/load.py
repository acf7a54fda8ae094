"""Posts many bodies over a few kept connections, with as little work of its own as it can."""

import asyncio
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from urllib.parse import urlsplit

TRIES = 20
PAUSE = 0.25
TAKEN = 200


@dataclass(slots=True)
class Sent:
    """What became of the bodies: seconds until the last was taken, and answers by status."""

    seconds: float = 0.0
    statuses: Counter[int] = field(default_factory=Counter)

    @property
    def refused(self) -> int:
        """How many answers were not 200: each body was sent again."""
        return self.statuses.total() - self.statuses[TAKEN]


class NotTakenError(Exception):
    """A body was refused again and again."""


async def post_all(url: str, bodies: Iterable[bytes], *, at_once: int, token: str = "") -> Sent:
    """Post every body until it is taken (200), ``at_once`` at a time; raises `NotTakenError`, `OSError`.

    Written on bare streams: a full HTTP client would cost more than the server it measures.
    """
    sent, waiting = Sent(), iter(bodies)
    began = time.perf_counter()
    async with asyncio.TaskGroup() as group:
        for _ in range(at_once):
            group.create_task(_post_some(url, waiting, token, sent))
    sent.seconds = time.perf_counter() - began
    return sent


async def _post_some(url: str, waiting: Iterator[bytes], token: str, sent: Sent) -> None:
    parts = urlsplit(url)
    reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
    try:
        for body in waiting:
            request = _head(parts.path or "/", parts.netloc, token, len(body)) + body
            await _until_taken(request, reader, writer, sent)
    finally:
        writer.close()
        await writer.wait_closed()


async def _until_taken(
    request: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, sent: Sent
) -> None:
    for _ in range(TRIES):
        writer.write(request)
        status = await _answer(reader)
        sent.statuses[status] += 1
        if status == TAKEN:
            return
        await asyncio.sleep(PAUSE)
    raise NotTakenError(f"refused {TRIES} times")


def _head(path: str, host: str, token: str, length: int) -> bytes:
    lines = [f"POST {path} HTTP/1.1", f"Host: {host}", "Content-Type: application/json"]
    if token:
        lines.append(f"Authorization: Bearer {token}")
    return "\r\n".join((*lines, f"Content-Length: {length}", "", "")).encode()


async def _answer(reader: asyncio.StreamReader) -> int:
    """Read one answer whole and return its status."""
    head = await reader.readuntil(b"\r\n\r\n")
    status_line, *headers = head.decode("latin-1").split("\r\n")
    for header in headers:
        name, _, value = header.partition(":")
        if name.lower() == "content-length":
            await reader.readexactly(int(value))
    return int(status_line.split(" ", 2)[1])
