"""Clients that open connections and send slowly, or nothing, do not take the app out."""

import asyncio
import contextlib
import errno
import os
import socket
import ssl
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import aiohttp
import pytest
from structlog.testing import capture_logs

from homelab_steward.contract.protocol import FrameKind
from lab.certificate import make_certificate
from rig.clocks import HANGING
from steward.api import acceptor, http_protocol
from steward.api.acceptor import Acceptor, RareLog
from steward.api.connection_slots import ConnectionSlots
from steward.api.listener import open_listener
from steward.settings.model import Limits, Listen

from .api_rig import BEARER, MONITOR, ApiRig

PROCESS = Path(__file__).with_name("served_process.py")
HEAD = b"GET /health HTTP/1.1\r\nHost: x\r\n"
type Peer = tuple[asyncio.StreamReader, asyncio.StreamWriter]


async def open_peer(port: int, data: bytes = b"", tls: ssl.SSLContext | None = None) -> Peer:
    reader, writer = await asyncio.open_connection("127.0.0.1", port, ssl=tls)
    writer.write(data)
    return reader, writer


@asynccontextmanager
async def peers(port: int, number: int, data: bytes) -> AsyncIterator[list[Peer]]:
    """Open connections that send ``data`` and nothing more."""
    opened = [await open_peer(port, data) for _ in range(number)]
    try:
        yield opened
    finally:
        for _, writer in opened:
            writer.transport.abort()


async def status(port: int) -> int:
    async with asyncio.timeout(HANGING):
        reader, writer = await open_peer(port, HEAD + b"Connection: close\r\n\r\n")
        line = await reader.readline()
        writer.close()
    return int(line.split()[1]) if line else 0


@asynccontextmanager
async def served(descriptors: int, per_address: int) -> AsyncIterator[int]:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        PROCESS,
        str(descriptors),
        str(per_address),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdin
    assert process.stdout
    try:
        yield int(await process.stdout.readline())
    finally:
        process.stdin.close()
        assert await process.wait() == 0


@pytest.mark.parametrize("per_address", [128, 65_536])
@pytest.mark.parametrize("data", [b"", HEAD])
async def test_1100_half_open_connections_do_not_take_the_app_out(per_address: int, data: bytes) -> None:
    async with served(1024, per_address) as port, peers(port, 1100, data):
        for _ in range(5):
            assert await status(port) == 200


async def test_an_app_without_descriptors_refuses_connections_and_recovers() -> None:
    """With 24 descriptors, accepting fails before the least limit of connections is reached."""
    async with served(24, 16) as port:
        async with peers(port, 100, HEAD):
            with contextlib.suppress(ConnectionResetError):
                await status(port)
        assert await status(port) == 200


@pytest.fixture
def short_deadline(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http_protocol, "HEADER_SECONDS", 0.5)
    monkeypatch.setattr(acceptor, "HEADER_SECONDS", 0.5)


async def drip(writer: asyncio.StreamWriter) -> None:
    """Send a byte of a header from time to time, until cancelled."""
    while True:
        writer.write(b"x")
        await asyncio.sleep(0.02)


async def received(reader: asyncio.StreamReader) -> bytes:
    """Return what arrives until the server closes. A byte sent after that resets the connection."""
    found = b""
    with contextlib.suppress(ConnectionResetError):
        async with asyncio.timeout(HANGING):
            while chunk := await reader.read(1000):
                found += chunk
    return found


@asynccontextmanager
async def dripping(port: int, data: bytes) -> AsyncIterator[asyncio.StreamReader]:
    reader, writer = await open_peer(port, data)
    task = asyncio.create_task(drip(writer))
    try:
        yield reader
    finally:
        task.cancel()
        writer.transport.abort()


@pytest.mark.parametrize("data", [b"", HEAD, HEAD + b"X-Long: "])
async def test_headers_have_a_deadline(short_deadline: None, data: bytes) -> None:
    async with ApiRig() as api, dripping(api.port, data) as reader:
        answer = await received(reader)
    assert answer == b"" or answer.startswith(b"HTTP/1.1 408")


async def test_headers_that_stop_are_answered_with_408(short_deadline: None) -> None:
    async with ApiRig() as api, peers(api.port, 1, HEAD) as ((reader, _),):
        assert (await received(reader)).startswith(b"HTTP/1.1 408 ")


async def test_headers_of_a_second_request_have_a_deadline(short_deadline: None) -> None:
    async with ApiRig() as api, dripping(api.port, HEAD + b"\r\n" + HEAD) as reader:
        answer = await received(reader)
    assert answer.startswith(b"HTTP/1.1 200")
    assert answer.count(b"HTTP/1.1 200") == 1


async def test_a_body_that_nobody_reads_has_a_deadline(short_deadline: None) -> None:
    head = HEAD.replace(b"GET", b"POST") + b"Content-Length: 1000000\r\n\r\n"
    async with ApiRig() as api, dripping(api.port, head) as reader:
        answer = await received(reader)
    assert answer.startswith(b"HTTP/1.1 405")
    assert answer.count(b"HTTP/1.1 ") == 1


async def test_a_slow_body_is_not_cut_by_the_deadline_for_headers(short_deadline: None) -> None:
    async with ApiRig() as api:

        async def slow() -> AsyncIterator[bytes]:
            yield b"["
            await asyncio.sleep(0.7)
            yield b"]"

        url = f"{api.url}/api/webhooks/mon"
        async with api.session.post(url, data=slow(), headers=MONITOR) as answer:
            assert answer.status == 200


async def test_a_kept_connection_and_a_websocket_have_no_deadline(short_deadline: None) -> None:
    async with ApiRig() as api:
        client = await api.subscribe()
        for _ in range(2):
            async with api.session.get(f"{api.url}/health", headers=BEARER) as answer:
                assert answer.status == 200
            await asyncio.sleep(0.7)
        api.publish_snapshot(1)
        assert (await client.frame()).kind is FrameKind.EVENT


async def send_requests(client: socket.socket) -> None:
    """Send requests without reading the answers. Raises ConnectionError when the server closes."""
    loop = asyncio.get_running_loop()
    while True:
        await loop.sock_sendall(client, (HEAD + b"\r\n") * 1000)


async def test_a_client_that_reads_no_answers_is_disconnected(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http_protocol, "SEND_SECONDS", 0.2)
    async with ApiRig() as api:
        with socket.socket() as client:
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            client.connect(("127.0.0.1", api.port))
            client.setblocking(False)
            with pytest.raises(ConnectionError):
                await asyncio.wait_for(send_requests(client), 30)
        assert await status(api.port) == 200


async def test_many_websockets_and_requests_at_once_are_served() -> None:
    async with ApiRig() as api, AsyncExitStack() as opened:
        clients = [await api.subscribe() for _ in range(10)]
        sessions = [await opened.enter_async_context(aiohttp.ClientSession()) for _ in range(40)]
        answers = await asyncio.gather(*(one.get(f"{api.url}/health") for one in sessions))
        assert {one.status for one in answers} == {200}
        assert len(clients) == 10


def certificate(folder: Path) -> tuple[Listen, ssl.SSLContext]:
    """Return the settings of a listener with a certificate, and the context of its clients."""
    made = make_certificate(folder, "steward")
    trusting = ssl.create_default_context(cafile=made.ca_path)
    settings = Listen(host="127.0.0.1", port=0, tls_certificate=made.ca_path, tls_key=made.key_path)
    return settings, trusting


async def test_the_handshake_with_tls_has_a_deadline(short_deadline: None, tmp_path: Path) -> None:
    listen, trusting = certificate(tmp_path)
    async with ApiRig(listen) as api:
        async with dripping(api.port, b"\x16\x03\x01\x02\x00") as reader:
            assert await received(reader) == b""
        async with peers(api.port, 3, b"GET / HTTP/1.1\r\n\r\n") as plain:
            for reader, _ in plain:
                assert b"200" not in await received(reader)
        reader, writer = await open_peer(api.port, HEAD + b"\r\n", trusting)
        assert (await reader.readline()).startswith(b"HTTP/1.1 200")
        writer.close()


async def test_half_open_handshakes_make_room(tmp_path: Path) -> None:
    listen, trusting = certificate(tmp_path)
    api = ApiRig(listen)
    api.limits = Limits(connections=16, connections_per_address=8)
    async with api, peers(api.port, 40, b""):
        reader, writer = await open_peer(api.port, HEAD + b"\r\n", trusting)
        assert (await reader.readline()).startswith(b"HTTP/1.1 200")
        writer.close()


async def test_a_connection_is_refused_when_all_are_serving() -> None:
    listener = open_listener(Listen(host="127.0.0.1", port=0))
    listener.start()
    slots = ConnectionSlots(1, 1)
    made = asyncio.Event()

    def protocol(slot: object) -> asyncio.Protocol:
        slots.serving(slot)  # type: ignore[arg-type]
        made.set()
        return asyncio.Protocol()

    accepting = Acceptor(listener.bound, slots, protocol, None)
    accepting.start()
    first = await open_peer(listener.port)
    await made.wait()
    with capture_logs() as logs:
        for _ in range(3):
            reader, writer = await open_peer(listener.port)
            assert await asyncio.wait_for(reader.read(), HANGING) == b""
            writer.close()
    assert [one["event"] for one in logs] == ["connections refused: too many are open"]
    assert slots.number == 1
    accepting.close()
    listener.close()
    first[1].close()


async def test_an_error_of_accept_is_logged_rarely_and_accepting_goes_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(acceptor, "PAUSE", 0.01)
    listener = open_listener(Listen(host="127.0.0.1", port=0))
    listener.start()
    failures = 6

    class Failing:
        """A listening socket whose accept fails at first."""

        def fileno(self) -> int:
            return listener.bound.fileno()

        def accept(self) -> object:
            nonlocal failures
            if failures:
                failures -= 1
                raise OSError(errno.EMFILE, os.strerror(errno.EMFILE))
            return listener.bound.accept()

    made = asyncio.Event()

    def protocol(_slot: object) -> asyncio.Protocol:
        made.set()
        return asyncio.Protocol()

    accepting = Acceptor(Failing(), ConnectionSlots(5, 5), protocol, None)  # type: ignore[arg-type]
    with capture_logs() as logs:
        accepting.start()
        _, writer = await open_peer(listener.port)
        async with asyncio.timeout(HANGING):
            await made.wait()
    assert [one["event"] for one in logs] == ["connections refused: no file descriptors or memory"]
    assert logs[0]["reason"] == "Too many open files"
    accepting.close()
    listener.close()
    writer.close()


def test_a_rare_log_counts_what_it_leaves_out() -> None:
    times = [0.0, 0.0, 1.0, 59.0, 60.0, 60.0, 61.0]
    rare = RareLog("refused", lambda: times.pop(0))
    with capture_logs() as logs:
        for _ in range(5):
            rare.write(address="192.0.2.7")
    assert [one["more_since_the_last_entry"] for one in logs] == [0, 2]
