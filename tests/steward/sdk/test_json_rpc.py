"""JSON-RPC on a websocket: odd servers, odd answers, and a connection that was lost."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from lab.clock import SteppedClock
from steward.errors import (
    EffectUnknown,
    ServiceMalformed,
    ServiceNotFound,
    ServiceRefused,
    ServiceUnreachable,
)
from steward.sdk.access import Access
from steward.sdk.json_rpc import JsonRpc

type Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def answering(*answers: str) -> Handler:
    """Answer the calls of each connection with these texts."""

    async def handle(request: web.Request) -> web.StreamResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        for text in answers:
            await socket.receive_json()
            await socket.send_str(text)
        await socket.close()
        return socket

    return handle


async def page(_: web.Request) -> web.StreamResponse:
    return web.Response(text="<!DOCTYPE html>", content_type="text/html")


@asynccontextmanager
async def client(handler: Handler) -> AsyncIterator[JsonRpc]:
    app = web.Application()
    app.router.add_get("/api/current", handler)
    async with TestServer(app) as server, aiohttp.ClientSession() as session:
        settings: dict[str, Any] = {"url": f"http://127.0.0.1:{server.port}"}
        rpc = JsonRpc(Access(settings=settings, session=session, clock=SteppedClock()), "api/current")
        yield rpc
        await rpc.close()


async def test_an_event_is_the_answer_to_nothing() -> None:
    async def handle(request: web.Request) -> web.StreamResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        await socket.receive_json()
        await socket.send_str('{"jsonrpc": "2.0", "method": "changed"}')
        await socket.send_str('{"id": 1, "result": 7}')
        await socket.receive()
        return socket

    async with client(handle) as rpc:
        assert await rpc.call("first") == 7


@pytest.mark.parametrize(
    ("answer", "read", "change"),
    [
        (
            '{"id": 1, "error": {"code": -32601, "message": "none"}}',
            ServiceNotFound,
            ServiceNotFound,
        ),
        ('{"id": 1, "error": {"code": -32602, "message": "wrong"}}', ServiceRefused, ServiceRefused),
        ('{"id": 1, "error": {"code": -32603}}', ServiceUnreachable, EffectUnknown),
        ('{"id": 1, "error": {"data": {"reason": "busy"}}}', ServiceUnreachable, EffectUnknown),
        ('{"id": 1, "error": "none"}', ServiceMalformed, EffectUnknown),
        ('{"id": 1}', ServiceMalformed, EffectUnknown),
        ("7", ServiceMalformed, EffectUnknown),
        ("<html>", ServiceMalformed, EffectUnknown),
        ('{"id": [1], "result": 7}', ServiceUnreachable, EffectUnknown),
    ],
)
async def test_what_answers_mean(answer: str, read: type[Exception], change: type[Exception]) -> None:
    for changes, expected in ((False, read), (True, change)):
        async with client(answering(answer)) as rpc:
            with pytest.raises(expected):
                await rpc.call("do", changes=changes)


async def test_a_connection_that_was_lost_is_opened_again() -> None:
    async with client(answering('{"id": 1, "result": 7}')) as rpc:
        assert await rpc.get("first") == 7
        with suppress(ServiceUnreachable):  # it finds out that the server closed it, or knows it
            await rpc.call("second")
        assert await rpc.send("CALL", "third", ["x"]) == 7


async def test_what_is_no_websocket() -> None:
    async with client(page) as rpc:
        with pytest.raises(ServiceMalformed, match="not a websocket"):
            await rpc.call("first")
