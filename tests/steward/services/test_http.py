"""What a call that fails means, over real connections."""

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from yarl import URL

from steward import http
from steward.errors import (
    EffectUnknown,
    InvalidSetting,
    ServiceError,
    ServiceMalformed,
    ServiceRefused,
    ServiceUnauthorized,
    ServiceUnreachable,
)
from steward.http import RestClient, Tls

type Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Desk:
    """A server that answers as the test says and counts who came."""

    def __init__(self) -> None:
        self.seen: list[tuple[str, str, bytes, str]] = []
        self.answer: Handler = self.ok

    async def handle(self, request: web.Request) -> web.StreamResponse:
        body = await request.read()
        self.seen.append((request.method, request.path_qs, body, request.headers.get("Authorization", "")))
        return await self.answer(request)

    async def ok(self, _: web.Request) -> web.StreamResponse:
        return web.json_response({"fine": True})

    async def vanish(self, request: web.Request) -> web.StreamResponse:
        assert request.transport is not None
        request.transport.abort()
        return web.Response()


@pytest.fixture
async def desk() -> AsyncIterator[tuple[Desk, URL]]:
    desk = Desk()
    app = web.Application()
    app.router.add_route("*", "/{tail:.*}", desk.handle)
    async with TestServer(app) as server:
        yield desk, server.make_url("/base")


@pytest.fixture
def rest(desk: tuple[Desk, URL], session: aiohttp.ClientSession) -> RestClient:
    return RestClient(session, desk[1], headers={"Authorization": "Bearer s3cret"}, timeout=0.3)


def answering(**response: object) -> Handler:
    async def answer(_: web.Request) -> web.StreamResponse:
        return web.Response(**response)  # type: ignore[arg-type]

    return answer


async def test_reads_below_its_address(desk: tuple[Desk, URL], rest: RestClient) -> None:
    assert await rest.read("api/v1/query", {"query": "up{a='b'}"}) == {"fine": True}
    method, path, _, authorization = desk[0].seen[0]
    assert (method, authorization) == ("GET", "Bearer s3cret")
    assert path.startswith("/base/api/v1/query?query=up")


async def test_a_change_sends_json(desk: tuple[Desk, URL], rest: RestClient) -> None:
    assert await rest.change("POST", "silences", {"hours": 4}) == {"fine": True}
    assert desk[0].seen[0][:3] == ("POST", "/base/silences", b'{"hours":4}')


async def test_an_empty_answer_is_none(desk: tuple[Desk, URL], rest: RestClient) -> None:
    desk[0].answer = answering(body=b"")
    assert await rest.change("DELETE", "silence/1") is None


@pytest.mark.parametrize(
    ("status", "read", "change"),
    [
        (401, ServiceUnauthorized, ServiceUnauthorized),
        (403, ServiceUnauthorized, ServiceUnauthorized),
        (302, ServiceMalformed, EffectUnknown),
        (400, ServiceRefused, ServiceRefused),
        (404, ServiceRefused, ServiceRefused),
        (500, ServiceUnreachable, EffectUnknown),
        (501, ServiceRefused, ServiceRefused),
        (502, ServiceUnreachable, EffectUnknown),
        (503, ServiceUnreachable, EffectUnknown),
    ],
)
async def test_statuses(
    desk: tuple[Desk, URL],
    rest: RestClient,
    status: int,
    read: type[ServiceError],
    change: type[ServiceError],
) -> None:
    desk[0].answer = answering(status=status, headers={"Location": "/login"})
    with pytest.raises(read) as caught:
        await rest.read("x")
    assert type(caught.value) is read
    with pytest.raises(change) as caught:
        await rest.change("POST", "x", {})
    assert type(caught.value) is change
    assert len(desk[0].seen) == 2, "redirects are not followed"


async def test_the_services_own_words_are_told(desk: tuple[Desk, URL], rest: RestClient) -> None:
    desk[0].answer = answering(status=400, body=b'{"status":"error","error":"parse\\nerror \\u0007"}')
    with pytest.raises(ServiceRefused, match=r"400 \(parse error\)$"):
        await rest.read("x")


@pytest.mark.parametrize("body", [b"<html>Sign in</html>", b'{"a": tr', b"\xff\xfe"])
async def test_what_is_no_json(desk: tuple[Desk, URL], rest: RestClient, body: bytes) -> None:
    desk[0].answer = answering(body=body)
    with pytest.raises(ServiceMalformed):
        await rest.read("x")
    with pytest.raises(EffectUnknown):
        await rest.change("POST", "x", {})


async def test_an_answer_has_bounds(
    desk: tuple[Desk, URL], rest: RestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http, "MAX_BODY", 1024)
    desk[0].answer = answering(body=b'"' + b"a" * 1022 + b'"')
    assert await rest.read("x") == "a" * 1022
    desk[0].answer = answering(body=b'"' + b"a" * 1023 + b'"')
    with pytest.raises(ServiceMalformed, match="longer than"):
        await rest.read("x")


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
async def test_a_change_whose_answer_is_lost_is_sent_once(
    desk: tuple[Desk, URL], rest: RestClient, method: str
) -> None:
    await rest.read("warm")
    desk[0].answer = desk[0].vanish
    with pytest.raises(EffectUnknown):
        await rest.change(method, "x", {"a": 1})
    assert [one[0] for one in desk[0].seen] == ["GET", method]


async def test_a_read_whose_answer_is_lost(desk: tuple[Desk, URL], rest: RestClient) -> None:
    desk[0].answer = desk[0].vanish
    with pytest.raises(ServiceUnreachable):
        await rest.read("x")


async def test_an_answer_that_does_not_come(desk: tuple[Desk, URL], rest: RestClient) -> None:
    async def sleep(_: web.Request) -> web.StreamResponse:
        await asyncio.sleep(1)
        return web.Response()

    desk[0].answer = sleep
    with pytest.raises(ServiceUnreachable, match="no answer in time"):
        await rest.read("x")
    with pytest.raises(EffectUnknown, match="no answer in time"):
        await rest.change("POST", "x")


async def test_a_closed_door_changes_nothing(session: aiohttp.ClientSession) -> None:
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        rest = RestClient(session, URL(f"http://127.0.0.1:{bound.getsockname()[1]}"))
        for call in (rest.read("x"), rest.change("POST", "x")):
            with pytest.raises(ServiceUnreachable, match="cannot connect"):
                await call


async def test_errors_hold_no_query_and_no_secret(desk: tuple[Desk, URL], rest: RestClient) -> None:
    desk[0].answer = answering(status=401)
    with pytest.raises(ServiceUnauthorized) as caught:
        await rest.read("x", {"apikey": "hunter2"})
    assert "hunter2" not in str(caught.value)
    assert "s3cret" not in str(caught.value)
    assert str(caught.value) == f"GET 127.0.0.1:{desk[1].port}/base/x: 401"


async def test_an_authority_that_cannot_be_read(session: aiohttp.ClientSession) -> None:
    rest = RestClient(session, URL("https://127.0.0.1:1"), tls=Tls(ca_certificate="/nowhere/ca.pem"))
    with pytest.raises(InvalidSetting, match="ca_certificate"):
        await rest.read("x")
