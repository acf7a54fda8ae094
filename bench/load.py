"""Posts many bodies over a few persistent connections, with little overhead."""

import asyncio
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

TRIES = 20
PAUSE = 0.25
OK = 200
LONGEST_SHOWN = 300


@dataclass(slots=True)
class Sent:
    """The result of a load: seconds until the last body was accepted, and responses by status.

    ``times`` are the seconds of each body until it was accepted.
    """

    seconds: float = 0.0
    statuses: Counter[int] = field(default_factory=Counter)
    times: list[float] = field(default_factory=list)

    @property
    def refused(self) -> int:
        """The number of responses other than 200. Their bodies were sent again."""
        return self.statuses.total() - self.statuses[OK]


class NotTakenError(Exception):
    """A body was refused repeatedly."""


class WrongAnswerError(Exception):
    """A body was accepted, and the answer is not the expected one."""


@dataclass(frozen=True, slots=True)
class Address:
    """Where bodies are posted to with which headers, and a text that every answer must contain."""

    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    expected: bytes = b""


async def post_all(url: str, bodies: Iterable[bytes], *, at_once: int, token: str = "") -> Sent:
    """Post every body until it is accepted with 200, ``at_once`` concurrently.

    Raises NotTakenError and OSError.
    """
    headers = {"Content-Type": "application/json"}
    if token:
        headers["Authorization"] = f"Bearer {token}"
    return await post_to(Address(url, headers), bodies, at_once=at_once)


async def post_to(address: Address, bodies: Iterable[bytes], *, at_once: int) -> Sent:
    """Post every body until it is accepted with 200, ``at_once`` concurrently.

    Uses plain streams: a full HTTP client would need more time than the server.
    Raises NotTakenError, WrongAnswerError and OSError.
    """
    sent, remaining = Sent(), iter(bodies)
    began = time.perf_counter()
    async with asyncio.TaskGroup() as group:
        for _ in range(at_once):
            group.create_task(_post_some(address, remaining, sent))
    sent.seconds = time.perf_counter() - began
    return sent


async def _post_some(address: Address, remaining: Iterator[bytes], sent: Sent) -> None:
    parts = urlsplit(address.url)
    reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
    head = _request_head(parts.path or "/", parts.netloc, address.headers)
    try:
        for body in remaining:
            began = time.perf_counter()
            request = head + b"Content-Length: %d\r\n\r\n" % len(body) + body
            answer = await _post_until_accepted(request, reader, writer, sent)
            sent.times.append(time.perf_counter() - began)
            if address.expected not in answer:
                raise WrongAnswerError(answer[:LONGEST_SHOWN].decode(errors="replace"))
    finally:
        writer.close()
        await writer.wait_closed()


async def _post_until_accepted(
    request: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, sent: Sent
) -> bytes:
    """Return the body of the response with which a request was accepted."""
    for _ in range(TRIES):
        writer.write(request)
        status, answer = await _read_response(reader)
        sent.statuses[status] += 1
        if status == OK:
            return answer
        await asyncio.sleep(PAUSE)
    raise NotTakenError(f"refused {TRIES} times")


def _request_head(path: str, host: str, headers: Mapping[str, str]) -> bytes:
    """Return the start of a request; the length of the body is still missing."""
    given = (f"{key}: {value}" for key, value in headers.items())
    return "\r\n".join((f"POST {path} HTTP/1.1", f"Host: {host}", *given, "")).encode()


async def _read_response(reader: asyncio.StreamReader) -> tuple[int, bytes]:
    """Read one response and return its status and its body, which must have a length."""
    head = await reader.readuntil(b"\r\n\r\n")
    status_line, *headers = head.decode("latin-1").split("\r\n")
    body = b""
    for header in headers:
        name, _, value = header.partition(":")
        if name.lower() == "content-length":
            body = await reader.readexactly(int(value))
    return int(status_line.split(" ", 2)[1]), body
