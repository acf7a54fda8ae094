"""A server that a document describes, over HTTP: where requests go, and what comes back."""

import json
import socket
import zlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from homelab_steward.contract.foreign_tools import ToolAccess, ToolState
from steward.agent.decisions.speakers import Authors
from steward.clock import ManualClock
from steward.errors import InvalidArgument
from steward.foreign_tools.connecting import Connector
from steward.foreign_tools.openapi_server import LONGEST_ANSWER
from steward.foreign_tools.openapi_source import LONGEST_DOCUMENT, LONGEST_TAG
from steward.foreign_tools.ports import CallLost, ServerConnection, ServerFailed
from steward.foreign_tools.registry import RegistryParts, ToolRegistry
from steward.settings.foreign_tools import ChosenTool, ForeignServer
from steward.store.store import Store

from .openapi_rig import PATHS, SECRET, Boxes, boxes, data, described, document
from .rig import NOW, Household


@asynccontextmanager
async def connect(server: ForeignServer) -> AsyncIterator[ServerConnection]:
    """Connect, and read the document."""
    async with Connector().connect(server) as found:
        await found.offered()
        yield found


@pytest.fixture
async def served() -> AsyncIterator[Boxes]:
    async with boxes() as found:
        yield found


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "boxes.json"
    path.write_bytes(data())
    return path


@pytest.fixture
def long_file(tmp_path: Path) -> Path:
    path = tmp_path / "long.json"
    path.write_bytes(b" " * (LONGEST_DOCUMENT + 1))
    return path


@pytest.fixture
def moved_file(tmp_path: Path) -> Path:
    path = tmp_path / "moved.json"
    path.write_bytes(data(document(**{"/shelf/{id}": PATHS["/boxes/{id}"], "/boxes": PATHS["/boxes"]})))
    return path


def write(file: Path, content: bytes | None = None) -> None:
    """Write a document, without content the first one again."""
    file.write_bytes(data() if content is None else content)


def closed_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        return int(closed.getsockname()[1])


@pytest.fixture
async def connection(served: Boxes, file: Path) -> AsyncIterator[ServerConnection]:
    async with connect(described(served.url, file)) as found:
        yield found


async def test_operations_are_offered(connection: ServerConnection) -> None:
    offered = await connection.offered()
    assert {one.name for one in offered.tools} == {"listBoxes", "readBox", "addBox", "removeBox"}
    assert not offered.unusable
    assert SECRET not in repr(offered)


async def test_a_request_goes_to_the_address_of_the_settings(
    served: Boxes, connection: ServerConnection
) -> None:
    output = await connection.call("readBox", {"id": "a/b c"})
    assert (output.text, output.is_error) == ('HTTP 200\n{"boxes": []}', False)
    method, target, headers, body = served.requests[0]
    assert (method, target, body) == ("GET", "/api/boxes/a%2Fb%20c", b"")
    assert headers["Authorization"] == f"Bearer {SECRET}"
    assert headers["Accept-Encoding"] == "identity"


async def test_a_body_is_sent_as_json(served: Boxes, connection: ServerConnection) -> None:
    await connection.call("addBox", {"body": {"label": "x"}})
    _, _, headers, body = served.requests[0]
    assert headers["Content-Type"] == "application/json"
    assert json.loads(body) == {"label": "x"}


async def test_the_secret_may_be_in_another_header(served: Boxes, file: Path) -> None:
    async with connect(described(served.url, file, token_header="X-Api-Key")) as connection:
        await connection.call("listBoxes", {})
    headers = served.requests[0][2]
    assert headers["X-Api-Key"] == SECRET
    assert "Authorization" not in headers


async def test_without_a_secret_nothing_is_sent(served: Boxes, file: Path) -> None:
    async with connect(described(served.url, file, token="")) as connection:
        await connection.call("listBoxes", {})
    assert "Authorization" not in served.requests[0][2]


async def test_nothing_is_sent_for_wrong_arguments(served: Boxes, connection: ServerConnection) -> None:
    with pytest.raises(InvalidArgument):
        await connection.call("readBox", {"id": ".."})
    with pytest.raises(ServerFailed):
        await connection.call("none", {})
    assert served.requests == []


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_a_redirect_is_not_followed(served: Boxes, connection: ServerConnection, status: int) -> None:
    async with boxes() as elsewhere:
        location = {"Location": f"{elsewhere.url}/boxes"}
        served.answer = lambda: web.Response(status=status, headers=location)
        output = await connection.call("listBoxes", {})
        assert output.is_error
        assert elsewhere.url not in output.text
        assert elsewhere.requests == []
    assert len(served.requests) == 1


async def test_a_failure_is_an_error(served: Boxes, connection: ServerConnection) -> None:
    served.answer = lambda: web.Response(status=404, text="no such box")
    output = await connection.call("readBox", {"id": "1"})
    assert (output.text, output.is_error) == ("HTTP 404\nno such box", True)


async def test_a_long_answer_is_cut(served: Boxes, connection: ServerConnection) -> None:
    served.answer = lambda: web.Response(text="x" * (2 * LONGEST_ANSWER))
    output = await connection.call("listBoxes", {})
    assert len(output.text) == LONGEST_ANSWER + len("HTTP 200\n")


async def test_other_than_text_is_not_shown(served: Boxes, connection: ServerConnection) -> None:
    served.answer = lambda: web.Response(body=b"\x89PNG", content_type="image/png")
    assert (await connection.call("listBoxes", {})).text == "HTTP 200\n[image/png]"
    packed = zlib.compress(b"x" * 100_000)
    served.answer = lambda: web.Response(
        body=packed, headers={"Content-Encoding": "deflate", "Content-Type": "text/plain"}
    )
    assert (await connection.call("listBoxes", {})).text == "HTTP 200\n[text/plain]"


async def test_no_answer_is_lost_and_no_connection_is_a_failure(file: Path) -> None:
    async with connect(described(f"http://127.0.0.1:{closed_port()}", file)) as connection:
        with pytest.raises(ServerFailed, match="boxes cannot be reached"):
            await connection.call("listBoxes", {"label": "hidden"})


async def test_an_answer_that_ends_is_lost(served: Boxes, connection: ServerConnection) -> None:
    class Cut(web.Response):
        async def prepare(self, request: Any) -> Any:
            request.transport.close()

    served.answer = lambda: Cut(text="x")
    with pytest.raises(CallLost) as caught:
        await connection.call("listBoxes", {"label": "hidden"})
    assert "hidden" not in str(caught.value)
    assert served.url not in str(caught.value)


async def test_a_document_is_read_with_the_secret_from_the_same_server(served: Boxes) -> None:
    served.answer = lambda: web.json_response(document())
    async with connect(described(served.url, document_url=f"{served.url}/openapi.json")) as connection:
        assert len((await connection.offered()).tools) == 4
    assert set(served.targets) == {"GET /api/openapi.json"}
    assert served.requests[0][2]["Authorization"] == f"Bearer {SECRET}"


async def test_a_document_is_sent_again_only_after_a_change(served: Boxes) -> None:
    connector = Connector()
    server = described(served.url, document_url=f"{served.url}/openapi.json")
    served.answer = lambda: web.Response(body=data(), headers={"ETag": '"one"'})
    async with connector.connect(server) as connection:
        first = await connection.offered()
    served.answer = lambda: web.Response(status=304)
    # It is kept when the connection ends.
    async with connector.connect(server) as connection:
        assert await connection.offered() == first
        assert (await connection.call("readBox", {"id": "1"})).text.startswith("HTTP 304")
        served.answer = lambda: web.Response(body=data(document(**{"/boxes": PATHS["/boxes"]})))
        assert {one.name for one in (await connection.offered()).tools} == {"listBoxes", "addBox"}
        with pytest.raises(ServerFailed):
            await connection.call("readBox", {"id": "1"})
        await connection.offered()
    asked = [headers.get("If-None-Match") for _, target, headers, _ in served.requests if "openapi" in target]
    assert asked == [None, '"one"', '"one"', None]


async def test_a_document_is_parsed_again_only_after_a_change(served: Boxes, file: Path) -> None:
    async with connect(described(served.url, file)) as connection:
        first = (await connection.offered()).tools
        write(file)
        again = (await connection.offered()).tools
        assert all(one is other for one, other in zip(first, again, strict=True))
        write(file, data(document(**{"/boxes": PATHS["/boxes"]})))
        assert {one.name for one in (await connection.offered()).tools} == {"listBoxes", "addBox"}


async def test_a_document_that_cannot_be_used_any_more_is_refused_each_time(
    served: Boxes, file: Path
) -> None:
    async with connect(described(served.url, file)) as connection:
        write(file, b"neither")
        for _ in range(2):
            with pytest.raises(ServerFailed, match="not of OpenAPI"):
                await connection.offered()
        write(file)
        assert len((await connection.offered()).tools) == 4


async def test_a_tag_that_is_too_long_is_not_sent_back(served: Boxes) -> None:
    server = described(served.url, document_url=f"{served.url}/openapi.json")
    assert LONGEST_TAG == 256

    def tagged(tag: str) -> web.Response:
        return web.Response(body=data(), headers={"ETag": tag})

    for tag, sent in (("x" * LONGEST_TAG, True), ("x" * (LONGEST_TAG + 1), False)):
        served.requests.clear()
        served.answer = partial(tagged, tag)
        async with connect(server) as connection:
            await connection.offered()
        assert ("If-None-Match" in served.requests[1][2]) is sent


async def test_a_document_that_arrives_in_many_pieces_is_put_together(served: Boxes) -> None:
    served.answer = lambda: web.Response(body=data() + b" " * 1_000_000)
    async with connect(described(served.url, document_url=f"{served.url}/openapi.json")) as connection:
        assert len((await connection.offered()).tools) == 4


async def test_no_document_is_not_changed_before_it_was_read(served: Boxes) -> None:
    served.answer = lambda: web.Response(status=304)
    server = described(served.url, document_url=f"{served.url}/openapi.json")
    with pytest.raises(ServerFailed, match=r"^The document cannot be read: HTTP 304"):
        async with connect(server):
            pass


async def test_another_server_with_the_document_does_not_get_the_secret(served: Boxes) -> None:
    async with boxes() as elsewhere:
        elsewhere.answer = lambda: web.json_response(document())
        async with connect(described(served.url, document_url=f"{elsewhere.url}/openapi.json")):
            pass
        assert "Authorization" not in elsewhere.requests[0][2]


@pytest.mark.parametrize(
    "answer",
    [
        lambda: web.Response(status=302, headers={"Location": "/api/other.json"}),
        lambda: web.Response(status=500),
        lambda: web.Response(text="swagger: '2.0'"),
        lambda: web.Response(body=zlib.compress(data()), headers={"Content-Encoding": "deflate"}),
        lambda: web.Response(body=b" " * (LONGEST_DOCUMENT + 1)),
    ],
    ids=["redirect", "failure", "old version", "compressed", "too long"],
)
async def test_a_wrong_document_is_refused(served: Boxes, answer: Any) -> None:
    served.answer = answer
    server = described(served.url, document_url=f"{served.url}/openapi.json")
    with pytest.raises(ServerFailed):
        async with connect(server):
            pass
    assert len(served.requests) == 1


async def test_a_document_that_cannot_be_reached_is_refused(served: Boxes) -> None:
    url = f"http://127.0.0.1:{closed_port()}/openapi.json"
    with pytest.raises(ServerFailed, match=r"^The document cannot be read: ClientConnectorError") as caught:
        async with connect(described(served.url, document_url=url)):
            pass
    assert "openapi.json" not in str(caught.value)


async def test_a_missing_file_is_refused(file: Path) -> None:
    with pytest.raises(ServerFailed, match=r"^The document cannot be read: FileNotFoundError"):
        async with connect(described("http://127.0.0.1:9", file.with_name("none"))):
            pass


async def test_a_long_file_is_refused(long_file: Path) -> None:
    with pytest.raises(ServerFailed, match=r"^The document has more than 8 MiB$"):
        async with connect(described("http://127.0.0.1:9", long_file)):
            pass


async def test_a_changing_method_cannot_be_chosen_as_a_reading(served: Boxes, file: Path) -> None:
    chosen = (
        ChosenTool(name="addBox", access=ToolAccess.READ),
        ChosenTool(name="removeBox", access=ToolAccess.READ),
        ChosenTool(name="readBox", access=ToolAccess.WRITE),
    )
    async with connect(described(served.url, file, tools=chosen)) as connection:
        offered = await connection.offered()
        for tool in ("addBox", "removeBox"):
            with pytest.raises(ServerFailed):
                await connection.call(tool, {"id": "1", "body": {}})
    assert set(offered.unusable) == {"addBox", "removeBox"}
    assert offered.tools[0].name == "readBox"
    assert served.requests == []


async def test_a_changed_path_is_off_until_it_is_accepted(
    store: Store, served: Boxes, file: Path, moved_file: Path
) -> None:
    clock = ManualClock(NOW)

    @asynccontextmanager
    async def registry(read: Path) -> AsyncIterator[ToolRegistry]:
        parts = RegistryParts(
            store=store, clock=clock, authors=Authors(store, Household(), clock), connect=connect, clean=str
        )
        found = ToolRegistry((described(served.url, read),), parts)
        await found.start()
        try:
            await found.server("boxes")
            yield found
        finally:
            await found.close()

    async with registry(file) as before:
        output = await before.read("boxes", "readBox", '{"id": "1"}', is_private=False)
    async with registry(moved_file) as after:
        states = {one.name: one.state for one in after.report().servers[0].tools}
    assert "Text of the server boxes" in output.text
    assert "HTTP 200" in output.text
    assert states == {
        "listBoxes": ToolState.READY,
        "readBox": ToolState.CHANGED,
        "addBox": ToolState.READY,
        "removeBox": ToolState.CHANGED,
    }
