"""A server that answers as a test says."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from homelab_steward.contract.base import Value
from lab.clock import SteppedClock
from steward.sdk import http
from steward.sdk.access import Access

type Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Server:
    """Answers as ``answer`` says, and keeps what was asked: method, path with query, headers, body."""

    def __init__(self) -> None:
        self.url = ""
        self.seen: list[tuple[str, str, Mapping[str, str], bytes]] = []
        self.answer: Handler = self.fine

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Keep the request and answer it."""
        self.seen.append((request.method, request.path_qs, request.headers, await request.read()))
        return await self.answer(request)

    async def fine(self, _: web.Request) -> web.StreamResponse:
        """Answer 200."""
        return web.json_response({"fine": True})

    async def vanish(self, request: web.Request) -> web.StreamResponse:
        """Cut the connection."""
        assert request.transport is not None
        request.transport.abort()
        return web.Response()

    def answers(self, **response: Any) -> None:
        """Answer everything with this response."""

        async def answer(_: web.Request) -> web.StreamResponse:
            return web.Response(**response)

        self.answer = answer


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    found = Server()
    app = web.Application()
    app.router.add_route("*", "/{tail:.*}", found.handle)
    async with TestServer(app) as running:
        found.url = str(running.make_url("/base"))
        yield found


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with http.session() as session:
        yield session


type MakeAccess = Callable[..., Access]


@pytest.fixture
def access(server: Server, session: aiohttp.ClientSession) -> MakeAccess:
    """Make what a client is made of, from settings."""

    def make(**settings: Value) -> Access:
        return Access(settings={"url": server.url, **settings}, session=session, clock=SteppedClock())

    return make
