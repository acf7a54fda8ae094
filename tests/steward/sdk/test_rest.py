"""The REST client over real connections: what a call sends, and what a failed one means."""

import asyncio
import socket
from collections.abc import AsyncIterator
from typing import ClassVar

import pytest
from aiohttp import web

from rig.clocks import HANGING
from steward.coalesce import coalesced_reads
from steward.errors import (
    EffectUnknown,
    InvalidSetting,
    PreconditionFailed,
    ServiceError,
    ServiceForbidden,
    ServiceMalformed,
    ServiceNotFound,
    ServiceRefused,
    ServiceUnauthorized,
    ServiceUnreachable,
)
from steward.sdk import http
from steward.sdk.auth import Key
from steward.sdk.coverage import Gaps
from steward.sdk.fields import secret_field
from steward.sdk.http import MOST_VALUES
from steward.sdk.parse import Item, parse_items
from steward.sdk.rest import Rest
from steward.sdk.typed_calls import MOST_PAGES

from .conftest import MakeAccess, Server

KEY = secret_field("api_key", "API key")


class Row(Item):
    """One row."""

    id: int


@pytest.fixture
def rest(access: MakeAccess) -> Rest:
    return Rest(access(api_key="s3cret"), base="/api/v1/", auth=Key("X-Api-Key", (KEY,)), timeout=HANGING)


async def test_a_read_is_made_below_the_base_path_with_its_query(server: Server, rest: Rest) -> None:
    assert await rest.get("items", all=True, limit=5, name="a b", missing=None) == {"fine": True}
    method, path, headers, _ = server.seen[0]
    assert (method, path) == ("GET", "/base/api/v1/items?all=true&limit=5&name=a+b")
    assert headers["X-Api-Key"] == "s3cret"
    assert "Content-Type" not in headers


async def test_a_client_says_once_where_it_reads_and_how_it_logs_in(
    server: Server, access: MakeAccess
) -> None:
    class Program(Rest):
        base = "api/v2"
        auth = Key("X-Api-Key", (KEY,))

    await Program(access(api_key="s3cret")).get("items")
    await Program(access(api_key="s3cret"), base="").get("items")
    assert [(path, headers["X-Api-Key"]) for _, path, headers, _ in server.seen] == [
        ("/base/api/v2/items", "s3cret"),
        ("/base/items", "s3cret"),
    ]


async def test_a_patch_has_the_type_that_the_service_takes(server: Server, access: MakeAccess) -> None:
    class Merging(Rest):
        patch_type = "application/merge-patch+json"

    client = Merging(access())
    await client.send("PATCH", "items/1", {"on": True})
    await client.send("POST", "items", {"on": True})
    types = [headers["Content-Type"] for _, _, headers, _ in server.seen]
    assert types == ["application/merge-patch+json", "application/json"]


async def test_a_change_sends_json_or_a_form_and_a_query(server: Server, rest: Rest) -> None:
    await rest.send("POST", "items", {"hours": 4}, force=True)
    await rest.send("PUT", "items/1", form={"memory": 512, "on": False})
    (_, path, headers, body), (_, _, form_headers, form) = server.seen
    assert (path, headers["Content-Type"], body) == (
        "/base/api/v1/items?force=true",
        "application/json",
        b'{"hours":4}',
    )
    assert form_headers["Content-Type"] == "application/x-www-form-urlencoded"
    assert form == b"memory=512&on=false"


async def test_own_headers_are_sent_with_every_request(server: Server, access: MakeAccess) -> None:
    rest = Rest(access(), headers={"X-Scope-OrgID": "home"})
    await rest.get("items")
    await rest.send("POST", "items", {"hours": 4})
    assert [headers["X-Scope-OrgID"] for _, _, headers, _ in server.seen] == ["home", "home"]


async def test_headers_of_the_class_are_sent_unless_others_are_given(
    server: Server, access: MakeAccess
) -> None:
    class Program(Rest):
        headers: ClassVar = {"X-Program": "of the class"}

    await Program(access()).get("items")
    await Program(access(), headers={"X-Program": "of the caller"}).get("items")
    assert [seen["X-Program"] for _, _, seen, _ in server.seen] == ["of the class", "of the caller"]


async def test_text_data_and_empty_answers(server: Server, rest: Rest) -> None:
    server.answers(body=b"up 1\n\xff")
    assert await rest.text("metrics") == "up 1\n\ufffd"
    assert await rest.data("metrics") == b"up 1\n\xff"
    server.answers(body=b"")
    assert await rest.send("DELETE", "items/1") is None


async def test_a_change_that_is_answered_by_text(server: Server, rest: Rest) -> None:
    server.answers(body=b"[i] Done\n")
    assert await rest.send_for_text("POST", "jobs") == "[i] Done\n"
    await rest.send_for_text("GET", "pause.htm", id=7, action=0)
    assert server.seen[-1][1] == "/base/api/v1/pause.htm?id=7&action=0"
    server.answers(status=500)
    for method in ("POST", "GET"):
        with pytest.raises(EffectUnknown):
            await rest.send_for_text(method, "jobs")


async def test_a_list_that_must_be_whole(server: Server, rest: Rest) -> None:
    server.answers(body=b'{"rows": [{"id": 1}, {"id": 2}]}', content_type="application/json")
    assert len(await rest.whole(Row, "rows", below="rows")) == 2
    server.answers(body=b'{"rows": [{"id": 1}, {"id": "x"}]}', content_type="application/json")
    with pytest.raises(ServiceMalformed, match="not understood"):
        await rest.whole(Row, "rows", below="rows")


async def test_a_post_that_only_reads(server: Server, rest: Rest) -> None:
    assert await rest.read("rpc", {"method": "list"}) == {"fine": True}
    server.answers(status=500)
    with pytest.raises(ServiceUnreachable):
        await rest.read("rpc", {"method": "list"})


@pytest.mark.parametrize(
    ("status", "read", "change"),
    [
        (401, ServiceUnauthorized, ServiceUnauthorized),
        (403, ServiceForbidden, ServiceForbidden),
        (302, ServiceMalformed, EffectUnknown),
        (400, ServiceRefused, ServiceRefused),
        (404, ServiceNotFound, ServiceNotFound),
        (409, ServiceRefused, ServiceRefused),
        (500, ServiceUnreachable, EffectUnknown),
        (501, ServiceRefused, ServiceRefused),
        (503, ServiceUnreachable, EffectUnknown),
    ],
)
async def test_what_each_status_means(
    server: Server, rest: Rest, status: int, read: type[ServiceError], change: type[ServiceError]
) -> None:
    server.answers(status=status, headers={"Location": "/login"})
    with pytest.raises(read) as caught:
        await rest.get("x")
    assert type(caught.value) is read
    with pytest.raises(change) as caught:
        await rest.send("POST", "x", {})
    assert type(caught.value) is change
    assert len(server.seen) == 2, "redirects are not followed, changes are sent once"


async def test_304_to_a_change_means_that_it_is_so_already(server: Server, rest: Rest) -> None:
    server.answers(status=304)
    assert await rest.send("POST", "x") is None
    with pytest.raises(ServiceMalformed):
        await rest.get("x")


@pytest.mark.parametrize(
    ("response", "text"),
    [
        ({"status": 400, "body": b'{"error":"parse\\nerror \\u0007"}'}, r"400 \(parse error\)$"),
        ({"status": 400, "body": b'{"message":"no"}'}, r"400 \(no\)$"),
        ({"status": 400, "body": b'{"errors":{"memory":"too small"}}'}, r"400 \(memory: too small\)$"),
        ({"status": 400, "reason": "CT is locked"}, r"400 \(CT is locked\)$"),
        ({"status": 400, "reason": "Bad Request", "body": b"<html>"}, r"400$"),
        ({"status": 400, "reason": "no", "body": b'{"message":"no"}'}, r"400 \(no\)$"),
    ],
)
async def test_the_services_own_reason_is_passed_on(
    server: Server, rest: Rest, response: dict[str, object], text: str
) -> None:
    server.answers(**response)
    with pytest.raises(ServiceRefused, match=text):
        await rest.get("x")


@pytest.mark.parametrize("body", [b"<html>Sign in</html>", b'{"a": tr', b"\xff\xfe"])
async def test_what_is_not_json(server: Server, rest: Rest, body: bytes) -> None:
    server.answers(body=body)
    with pytest.raises(ServiceMalformed):
        await rest.get("x")
    with pytest.raises(EffectUnknown):
        await rest.send("POST", "x", {})


async def test_an_answer_has_a_largest_size(
    server: Server, rest: Rest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http, "MAX_BODY", 1024)
    server.answers(body=b'"' + b"a" * 1022 + b'"')
    assert await rest.get("x") == "a" * 1022
    server.answers(body=b'"' + b"a" * 1023 + b'"')
    with pytest.raises(ServiceMalformed, match="longer than"):
        await rest.get("x")


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
async def test_a_change_whose_answer_is_lost_is_sent_once(server: Server, rest: Rest, method: str) -> None:
    await rest.get("warm")
    server.answer = server.vanish
    with pytest.raises(EffectUnknown):
        await rest.send(method, "x", {"a": 1})
    assert [one[0] for one in server.seen] == ["GET", method]


async def test_no_answer_in_time(server: Server, access: MakeAccess) -> None:
    async def sleep(_: web.Request) -> web.StreamResponse:
        await asyncio.sleep(0.5)
        return web.Response()

    server.answer = sleep
    rest = Rest(access(), timeout=0.1)
    with pytest.raises(ServiceUnreachable, match="no answer in time"):
        await rest.get("x")
    with pytest.raises(EffectUnknown, match="no answer in time"):
        await rest.send("POST", "x")


async def test_a_port_that_is_closed_changes_nothing(access: MakeAccess) -> None:
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        rest = Rest(access(url=f"http://127.0.0.1:{bound.getsockname()[1]}"))
        for call in (rest.get("x"), rest.send("POST", "x")):
            with pytest.raises(ServiceUnreachable, match="cannot connect"):
                await call


async def test_errors_hold_no_query_and_no_secret(server: Server, rest: Rest) -> None:
    server.answers(status=401)
    with pytest.raises(ServiceUnauthorized) as caught:
        await rest.get("x", apikey="hunter2")
    host = server.url.removeprefix("http://").removesuffix("/base")
    assert str(caught.value) == f"GET {host}/base/api/v1/x: 401"


async def test_the_same_read_within_one_block_is_made_once(server: Server, rest: Rest) -> None:
    async with coalesced_reads():
        await asyncio.gather(rest.get("a"), rest.get("a"), rest.get("a", page=2), rest.get("b"))
    assert len(server.seen) == 3
    await rest.get("a")
    assert len(server.seen) == 4


# -- pages -----------------------------------------------------------------------------------


def paged(server: Server, count: int, *, rows: str = "records") -> None:
    async def answer(request: web.Request) -> web.StreamResponse:
        page, size = int(request.query["page"]), int(request.query["pageSize"])
        found = [*range(count)][(page - 1) * size : page * size]
        return web.json_response({rows: found} if rows else found)

    server.answer = answer


@pytest.mark.parametrize(("count", "calls"), [(0, 1), (9, 2), (10, 2), (25, 4)])
@pytest.mark.parametrize("rows", ["records", ""])
async def test_all_pages_are_read(server: Server, rest: Rest, count: int, calls: int, rows: str) -> None:
    paged(server, count, rows=rows)
    assert await rest.pages("x", rows=rows, size=("pageSize", 10), sort="id") == [*range(count)]
    assert len(server.seen) == calls
    assert "sort=id" in server.seen[0][1]


async def test_a_service_may_send_less_than_a_page_at_once(server: Server, rest: Rest) -> None:
    counted = {"rows": 25}

    async def answer(request: web.Request) -> web.StreamResponse:
        page = int(request.query["page"])
        rows = [*range(25)][(page - 1) * 5 : page * 5]
        return web.json_response({"records": rows, "meta": {"total": counted["rows"]}})

    server.answer = answer
    assert await rest.pages("x", rows="records") == [*range(25)]
    server.seen.clear()
    assert await rest.pages("x", rows="records", total="meta.total") == [*range(25)]
    assert len(server.seen) == 5
    counted["rows"] = 26
    with pytest.raises(ServiceMalformed, match="counts 26 and lists 25"):
        await rest.pages("x", rows="records", total="meta.total")


@pytest.mark.parametrize("path", ["../admin", "items/../../admin", "items/%2e%2e/x", "./x", "a/.."])
async def test_no_path_leaves_the_base(server: Server, rest: Rest, path: str) -> None:
    with pytest.raises(ServiceRefused, match="is no path"):
        await rest.get(path)
    with pytest.raises(ServiceRefused, match="is no path"):
        await rest.send("DELETE", path)
    assert server.seen == []


async def test_a_path_is_one_line_in_errors(server: Server, rest: Rest) -> None:
    server.answers(status=404)
    with pytest.raises(ServiceRefused) as caught:
        await rest.get("items/a\nb")
    assert "items/a%0Ab: 404" in str(caught.value)


async def test_an_answer_with_too_many_values_is_not_decoded(server: Server, rest: Rest) -> None:
    body = b"[" + b",".join([b"{}"] * (MOST_VALUES + 2)) + b"]"
    server.answers(body=body, content_type="application/json")
    with pytest.raises(ServiceMalformed, match="more than 500000 values"):
        await rest.get("rows")
    server.answers(status=404, body=body, content_type="application/json")
    with pytest.raises(ServiceRefused, match=r"rows: 404$"):
        await rest.get("rows")


@pytest.mark.parametrize("number", ["NaN", "-Infinity", "1e400", "1" + "0" * 400, "-1e999"])
async def test_an_odd_number_costs_its_item(server: Server, rest: Rest, number: str) -> None:
    class Row(Item):
        id: int
        size: float = 0

    body = f'[{{"id":1,"size":{number}}},{{"id":2,"size":1e3}}]'
    server.answers(body=body.encode(), content_type="application/json")
    gaps = Gaps()
    found = parse_items(Row, await rest.get("rows"), gaps, "rows")
    assert [one.id for one in found] == [2]
    assert "item 1 (" in str(gaps.of("rows"))


async def test_pages_without_an_end_or_a_list(server: Server, rest: Rest) -> None:
    paged(server, 10_000)
    with pytest.raises(ServiceMalformed, match=f"more than {MOST_PAGES} pages"):
        await rest.pages("x", rows="records", size=("pageSize", 10))
    server.answers(body=b'{"records":{}}', content_type="application/json")
    with pytest.raises(ServiceMalformed, match="no list records"):
        await rest.pages("x", rows="records")


# -- streams, content, certain failures ------------------------------------------------------


async def test_a_stream_yields_its_pieces_and_ends(server: Server, rest: Rest) -> None:
    async def answer(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        for piece in (b"one", b"two"):
            await response.write(piece)
            await asyncio.sleep(0.01)
        await response.write_eof()
        return response

    server.answer = answer
    assert b"".join([piece async for piece in rest.stream("events", idle=HANGING)]) == b"onetwo"
    server.answers(status=403)
    with pytest.raises(ServiceForbidden):
        async for _ in rest.stream("events", idle=HANGING):
            pass


async def test_a_stream_that_is_silent_is_left(server: Server, rest: Rest) -> None:
    async def answer(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        await asyncio.sleep(1)
        return response

    server.answer = answer
    with pytest.raises(ServiceUnreachable):
        async for _ in rest.stream("events", idle=0.1):
            pass


async def test_a_body_is_uploaded_piece_by_piece(server: Server, rest: Rest) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        yield b"one"
        yield b"two"

    await rest.upload("archive", pieces(), kind="application/x-tar", idle=1, path="/data")
    method, path, headers, body = server.seen[0]
    assert (method, path, body) == ("PUT", "/base/api/v1/archive?path=/data", b"onetwo")
    assert headers["Content-Type"] == "application/x-tar"
    server.answers(status=409)
    with pytest.raises(ServiceRefused):
        await rest.upload("archive", pieces(), kind="application/x-tar", idle=HANGING)


async def test_an_upload_whose_source_fails_is_never_taken_for_complete(server: Server, rest: Rest) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        yield b"one"
        raise ServiceUnreachable("the source is away")

    with pytest.raises(EffectUnknown):
        await rest.upload("archive", pieces(), kind="application/x-tar", idle=HANGING)
    assert server.seen == [], "the server did not get a whole body"


async def test_a_stream_of_a_change_is_one(server: Server, rest: Rest) -> None:
    server.answers(text="pulled")
    assert [piece async for piece in rest.stream("images", idle=1, method="POST", tag="6")] == [b"pulled"]
    assert server.seen[0][:2] == ("POST", "/base/api/v1/images?tag=6")
    server.answer = server.vanish
    with pytest.raises(EffectUnknown):
        async for _ in rest.stream("images", idle=1, method="POST"):
            pass


class Wrapped(Rest):
    """A service whose answers are wrapped, and that says with a 500 that it did nothing."""

    below = "data"

    def not_done(self, text: str) -> type[ServiceError] | None:
        return PreconditionFailed if "is locked" in text else None


async def test_the_content_below_a_path(server: Server, access: MakeAccess) -> None:
    rest = Wrapped(access())
    server.answers(body=b'{"data":[1]}')
    assert await rest.get("x") == [1]
    server.answers(body=b"{}")
    with pytest.raises(ServiceMalformed, match="the answer has no data"):
        await rest.get("x")
    with pytest.raises(EffectUnknown):
        await rest.send("POST", "x")


async def test_a_failure_that_changed_nothing_for_certain(server: Server, access: MakeAccess) -> None:
    rest = Wrapped(access())
    server.answers(status=500, reason="CT is locked")
    with pytest.raises(PreconditionFailed, match="CT is locked"):
        await rest.send("POST", "x")
    server.answers(status=500, reason="got timeout")
    with pytest.raises(EffectUnknown, match="got timeout"):
        await rest.send("POST", "x")


async def test_an_authority_that_cannot_be_read(access: MakeAccess) -> None:
    rest = Rest(access(url="https://127.0.0.1:1", ca_certificate="/nowhere/ca.pem"))
    with pytest.raises(InvalidSetting, match="ca_certificate"):
        await rest.get("x")
