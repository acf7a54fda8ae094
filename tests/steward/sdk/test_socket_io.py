"""Socket.IO on a websocket: calls, events, pings, odd servers, and a connection that was lost."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, override

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from yarl import URL

from lab.faults import Fault, FaultKind, Faults
from lab.socket_io import EMIT, SocketIOSimulator
from lab.wire import Json, JsonObject
from lab.world import World
from steward.errors import EffectUnknown, ServiceError, ServiceMalformed, ServiceUnreachable
from steward.sdk import socket_io
from steward.sdk.socket_io import SocketIO

LOST: JsonObject = {"lost": True}


class Echo(SocketIOSimulator):
    """Acknowledges with what it was sent, after an event with the same."""

    service = "echo"

    @override
    async def handle(self, socket: web.WebSocketResponse, event: str, arguments: list[Json]) -> JsonObject:
        await self.emit(socket, f"{event} happened", *arguments)
        return {"sent": arguments}

    @override
    def login_lost(self) -> JsonObject:
        return LOST


class Client(SocketIO):
    """Keeps what happened."""

    def __init__(self) -> None:
        super().__init__()
        self.events: list[tuple[str, list[Any]]] = []
        self.ended = asyncio.Event()

    @override
    def handle(self, event: str, arguments: list[Any]) -> None:
        self.events.append((event, arguments))

    @override
    def end(self) -> None:
        self.ended.set()


@asynccontextmanager
async def connected() -> AsyncIterator[tuple[Client, Echo]]:
    """Yield an open client and its server."""
    served, client = Echo(World(), Faults()), Client()
    await served.start()
    async with aiohttp.ClientSession() as session:
        await client.open(session, URL(served.url), True)
        yield client, served
        await client.close()
    await served.close()


async def test_a_call_returns_its_acknowledgement_and_events_arrive() -> None:
    async with connected() as (client, served):
        assert await client.call("look", 1, {"two": 2}) == {"sent": [1, {"two": 2}]}
        assert client.events == [("look happened", [1, {"two": 2}])]
        await client.call("again")
        assert served.pongs == 1, "it answers the ping that came before the first acknowledgement"
        await client.close()
        assert client.is_closed
        assert client.ended.is_set()


async def test_calls_at_the_same_time_get_their_own_acknowledgements() -> None:
    async with connected() as (client, _):
        found = await asyncio.gather(*(client.call("look", number) for number in range(3)))
    assert found == [{"sent": [number]} for number in range(3)]


@pytest.mark.parametrize(
    ("kind", "changes", "error"),
    [
        (FaultKind.RESET, False, ServiceUnreachable),
        (FaultKind.RESET, True, EffectUnknown),
        (FaultKind.ANSWER_LOST, True, EffectUnknown),
        (FaultKind.HANG, False, ServiceUnreachable),
        (FaultKind.HTML, False, ServiceMalformed),
        (FaultKind.GARBAGE, False, ServiceMalformed),
    ],
)
async def test_a_call_without_an_acknowledgement(
    kind: FaultKind, *, changes: bool, error: type[ServiceError], monkeypatch: pytest.MonkeyPatch
) -> None:
    async with connected() as (client, served):
        if kind is FaultKind.HANG:
            monkeypatch.setattr(socket_io, "ANSWER", 0.05)
        served.faults.arm(Fault(service="echo", kind=kind, method=EMIT))
        with pytest.raises(error):
            await client.call("look", changes=changes)


async def test_a_lost_connection_ends_and_takes_no_calls() -> None:
    async with connected() as (client, served):
        served.disconnect()
        await client.ended.wait()
        assert client.is_closed
        with pytest.raises(ServiceUnreachable, match="the connection was lost"):
            await client.call("look", changes=True)


async def test_an_acknowledgement_that_is_no_object_is_malformed() -> None:
    async with connected() as (client, served):
        served.alter = lambda _, sent: [sent]
        with pytest.raises(ServiceMalformed, match="not an object"):
            await client.call("look")


@pytest.mark.parametrize("greeting", ["0[]", "0{}", "no JSON", '0{"pingInterval": 1, "pingTimeout": "x"}'])
async def test_a_server_that_does_not_speak_it_is_malformed(greeting: str) -> None:
    async def handle(request: web.Request) -> web.StreamResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        await socket.send_str(greeting)
        await socket.receive()
        await socket.send_str("40")
        return socket

    with pytest.raises(ServiceMalformed, match="does not speak"):
        await _opened(handle)


async def test_a_page_is_no_websocket() -> None:
    async def page(_: web.Request) -> web.StreamResponse:
        return web.Response(text="<!DOCTYPE html>", content_type="text/html")

    with pytest.raises(ServiceMalformed, match="not a websocket"):
        await _opened(page)


async def _opened(handler: Any) -> None:
    """Open a connection to a server with this handler, and close it."""
    app = web.Application()
    app.router.add_get("/socket.io/", handler)
    client = Client()
    async with TestServer(app) as server, aiohttp.ClientSession() as session:
        await client.open(session, URL(f"http://127.0.0.1:{server.port}"), True)
        await client.close()
