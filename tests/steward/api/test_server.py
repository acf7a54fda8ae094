"""The server listens on its address and does not change signals or logging."""

import asyncio
import logging
import signal
import socket
from contextlib import suppress
from itertools import count

import aiohttp
import pytest
import structlog
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from rig.clocks import HANGING, LONG
from steward.api.listener import CannotListen, open_listener
from steward.api.server import ApiServer
from steward.settings.model import Limits, Listen

from .api_rig import ApiRig


async def test_port_0_selects_a_free_port() -> None:
    async with ApiRig() as one, ApiRig() as two:
        assert one.port not in {0, two.port}
        async with one.session.get(two.url + "/health") as answer:
            assert answer.status == 200


async def test_error_names_a_port_in_use() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(CannotListen, match=f"127.0.0.1 port {port}: Address already in use"):
            open_listener(Listen(host="127.0.0.1", port=port))


@pytest.mark.parametrize("host", ["203.0.113.7", "no such host", "x" * 300])
async def test_wrong_host_is_refused(host: str) -> None:
    with pytest.raises(CannotListen):
        open_listener(Listen(host=host, port=0))


async def test_signals_and_logging_are_unchanged() -> None:
    handlers = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]
    loggers = logging.getLogger("uvicorn").handlers[:]
    async with ApiRig():
        assert [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)] == handlers
        assert logging.getLogger("uvicorn").handlers == loggers


async def test_closed_server_frees_its_port() -> None:
    async with ApiRig() as api:
        await api.server.close()
        await api.server.close()
        with pytest.raises(aiohttp.ClientConnectorError):
            await api.session.get(api.url + "/health")
        again = open_listener(Listen(host="127.0.0.1", port=api.port))
        server = ApiServer(Starlette(), again, Limits())
        await server.start()
        await server.close()


async def test_a_server_that_waits_to_renew_the_date_is_closed_at_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("steward.api.server.DATE_EVERY", LONG)
    async with ApiRig() as api, asyncio.timeout(HANGING):
        await api.server.close()


async def test_the_date_of_answers_is_renewed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("steward.api.server.DATE_EVERY", 0.001)
    days = count(1)
    monkeypatch.setattr("uvicorn.server.formatdate", lambda _time, usegmt: f"day {next(days)}")
    async with ApiRig() as api, asyncio.timeout(HANGING):
        seen: set[str] = set()
        while len(seen) < 2:
            async with api.session.get(api.url + "/health") as answer:
                seen.add(answer.headers["Date"])


async def test_a_request_that_does_not_end_is_cancelled_when_the_server_is_closed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("steward.api.server.GRACEFUL_SHUTDOWN", 0.01)
    arrived, cancelled = asyncio.Event(), asyncio.Event()

    async def hang(_request: Request) -> Response:
        arrived.set()
        try:
            await asyncio.Event().wait()
        finally:
            cancelled.set()
        return Response()

    listener = open_listener(Listen(host="127.0.0.1", port=0))
    url = f"http://127.0.0.1:{listener.port}/"
    server = ApiServer(Starlette(routes=[Route("/", hang)]), listener, Limits())
    await server.start()
    async with aiohttp.ClientSession() as session, asyncio.timeout(HANGING):
        request = asyncio.create_task(session.get(url))
        await arrived.wait()
        with structlog.testing.capture_logs() as logs:
            await server.close()
            await cancelled.wait()
        assert [entry["event"] for entry in logs] == ["requests are cancelled: they did not end"]
        with suppress(aiohttp.ClientError):
            (await request).close()


async def test_application_that_does_not_start_raises_cannot_listen() -> None:
    async def broken(_scope: Scope, _receive: Receive, _send: Send) -> None:
        raise RuntimeError("no")

    with pytest.raises(CannotListen, match="did not start"):
        await ApiServer(broken, open_listener(Listen(host="127.0.0.1", port=0)), Limits()).start()


def test_accepted_connections_have_tcp_nodelay() -> None:
    listener = open_listener(Listen(host="127.0.0.1", port=0))
    listener.start()
    with listener.bound as bound, socket.create_connection(bound.getsockname()):
        bound.setblocking(True)
        accepted, _ = bound.accept()
        with accepted:
            assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
