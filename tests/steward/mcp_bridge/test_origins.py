"""Only the app's own pages and those of the allowed origins may send requests from a browser."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

import aiohttp
import pytest

from mcp_bridge.forwarded import TrustedProxies
from mcp_bridge.origins import InvalidOrigin, Origins, normalized

from .fake import SECRET, FakeSteward, served

CHAT = "https://chat.example.org"
TOKEN = {"Authorization": f"Bearer {SECRET}", "Accept": "application/json, text/event-stream"}
PATHS = ("/mcp/all", "/openapi/all/open_incidents", "/openapi/all/openapi.json")


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ("https://Chat.Example.org", "https://chat.example.org"),
        ("https://chat.example.org:443", "https://chat.example.org"),
        ("http://chat.example.org:80/", "http://chat.example.org"),
        ("http://chat.example.org:443", "http://chat.example.org:443"),
        ("http://[FD00::1]:3000", "http://[fd00::1]:3000"),
        ("app://obsidian.md", "app://obsidian.md"),
    ],
)
def test_an_origin_has_one_form(given: str, name: str) -> None:
    assert normalized(given) == name


@pytest.mark.parametrize(
    "given",
    [
        "",
        "null",
        "*",
        "https://*.example.org",
        "chat.example.org",
        "https://",
        "https://chat.example.org/path",
        "https://user@chat.example.org",
        "https://chat.example.org?x",
        "https://chat.example.org#x",
        "https://chat.example.org:port",
        "https://chat.example.org:99999",
        "https://[::1",
        "https://a b",
        "https://a, https://b",
    ],
)
def test_what_is_not_one_origin_is_refused(given: str) -> None:
    with pytest.raises(InvalidOrigin):
        normalized(given)
    assert not Origins([CHAT]).allows(given, "steward.lan")


@pytest.mark.parametrize(
    ("origin", "host", "is_allowed"),
    [
        (None, "steward.lan", True),
        ("http://steward.lan:8099", "steward.lan:8099", True),
        ("https://steward.lan", "steward.lan", True),
        ("https://steward.lan", "steward.lan:443", True),
        ("http://steward.lan", "steward.lan:443", False),
        ("http://steward.lan", "steward.lan:8099", False),
        ("http://10.0.0.5:8099", "10.0.0.5:8099", True),
        ("http://10.0.0.6:8099", "10.0.0.5:8099", False),
        ("http://localhost:8099", "127.0.0.1:8099", False),
        (CHAT, "steward.lan", True),
        (f"{CHAT}:444", "steward.lan", False),
        ("http://chat.example.org", "steward.lan", False),
        ("https://chat.example.org.evil.example", "steward.lan", False),
        ("null", "null", False),
        ("http://", "", False),
    ],
)
def test_the_origin_is_the_host_or_listed(origin: str | None, host: str, *, is_allowed: bool) -> None:
    assert Origins([CHAT]).allows(origin, host) is is_allowed


async def options(
    headers: Mapping[str, str], path: str, origins: Sequence[str] = (CHAT,)
) -> tuple[int, Mapping[str, str]]:
    async with (
        served(FakeSteward(), "steward.lan", origins=origins) as bridge,
        aiohttp.ClientSession() as session,
        session.options(f"{bridge.url}{path}", headers=headers) as response,
    ):
        return response.status, response.headers


@pytest.mark.parametrize("path", PATHS)
async def test_a_preflight_of_an_allowed_origin_needs_no_token(path: str) -> None:
    asked = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization"}
    status, headers = await options({"Origin": CHAT, **asked}, path)
    assert status == HTTPStatus.NO_CONTENT
    assert headers["Access-Control-Allow-Origin"] == CHAT
    assert "POST" in headers["Access-Control-Allow-Methods"]
    allowed = headers["Access-Control-Allow-Headers"]
    assert {"Authorization", "Content-Type", "Mcp-Protocol-Version"} <= set(allowed.split(", "))
    assert "Origin" in headers["Vary"]
    assert "Access-Control-Allow-Credentials" not in headers


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("origin", ["null", "https://evil.example", "http://192.168.1.66"])
async def test_a_preflight_of_another_origin_is_refused(path: str, origin: str) -> None:
    status, headers = await options({"Origin": origin}, path)
    assert status == HTTPStatus.FORBIDDEN
    assert not [name for name in headers if name.lower().startswith("access-control")]


async def test_a_preflight_for_an_unknown_host_is_refused() -> None:
    status, _ = await options({"Origin": CHAT, "Host": "evil.example"}, "/mcp/all")
    assert status == HTTPStatus.MISDIRECTED_REQUEST


async def test_options_without_an_origin_name_the_methods() -> None:
    status, headers = await options({}, "/mcp/all")
    assert (status, headers["Allow"]) == (HTTPStatus.NO_CONTENT, "GET, POST, DELETE, OPTIONS")


async def answers(
    origin: str, headers: Mapping[str, str], path: str
) -> tuple[int, Mapping[str, str], dict[str, Any]]:
    body = {"jsonrpc": "2.0", "id": 1, "method": "tools/list"} if "mcp" in path else {}
    async with (
        served(FakeSteward(), origins=[CHAT]) as bridge,
        aiohttp.ClientSession() as session,
        session.post(
            f"{bridge.url}{path}", json=body, headers={**headers, "Origin": origin or bridge.url}
        ) as response,
    ):
        return response.status, response.headers, await response.json()


@pytest.mark.parametrize("path", PATHS[:2])
async def test_a_page_of_an_allowed_origin_can_read_answers_and_errors(path: str) -> None:
    status, headers, _ = await answers(CHAT, TOKEN, path)
    assert (status, headers["Access-Control-Allow-Origin"]) == (HTTPStatus.OK, CHAT)
    assert "Origin" in headers["Vary"]
    status, headers, body = await answers(CHAT, {}, path)
    assert (status, body["error"]["code"]) == (HTTPStatus.UNAUTHORIZED, "unauthorized")
    assert headers["Access-Control-Allow-Origin"] == CHAT


@pytest.mark.parametrize("path", PATHS[:2])
async def test_the_own_page_can_call(path: str) -> None:
    status, _, _ = await answers("", TOKEN, path)
    assert status == HTTPStatus.OK


async def servers_url(headers: Mapping[str, str], proxies: Sequence[str]) -> str:
    async with (
        served(FakeSteward(), "steward.lan", "steward.example.org", proxies=proxies) as bridge,
        aiohttp.ClientSession() as session,
        session.get(
            f"{bridge.url}/openapi/infrastructure/openapi.json", headers={**TOKEN, **headers}
        ) as response,
    ):
        if response.status != HTTPStatus.OK:
            return str(response.status)
        url: str = (await response.json())["servers"][0]["url"]
        return url.replace(str(bridge.port), "PORT")


FORWARDED = {"X-Forwarded-Host": "steward.example.org", "X-Forwarded-Proto": "https"}


@pytest.mark.parametrize(
    ("headers", "proxies", "url"),
    [
        ({}, [], "http://127.0.0.1:PORT/openapi/infrastructure"),
        ({"Host": "steward.lan:8099"}, [], "http://steward.lan:8099/openapi/infrastructure"),
        (FORWARDED, [], "http://127.0.0.1:PORT/openapi/infrastructure"),
        (FORWARDED, ["192.0.2.0/24"], "http://127.0.0.1:PORT/openapi/infrastructure"),
        (FORWARDED, ["127.0.0.0/8"], "https://steward.example.org/openapi/infrastructure"),
        (
            {"Host": "steward.lan", "X-Forwarded-Proto": "https"},
            ["127.0.0.1"],
            "https://steward.lan/openapi/infrastructure",
        ),
        ({"X-Forwarded-Proto": "gopher"}, ["127.0.0.1"], "http://127.0.0.1:PORT/openapi/infrastructure"),
        (
            {**FORWARDED, "X-Forwarded-Host": "evil.example, steward.example.org"},
            ["127.0.0.1"],
            "https://steward.example.org/openapi/infrastructure",
        ),
        ({"X-Forwarded-Host": "evil.example"}, ["127.0.0.1"], "421"),
        ({"Host": "evil.example"}, [], "421"),
    ],
)
async def test_the_document_has_the_address_that_the_client_uses(
    headers: dict[str, str], proxies: list[str], url: str
) -> None:
    assert await servers_url(headers, proxies) == url


async def test_the_origin_behind_a_trusted_proxy_is_the_forwarded_host() -> None:
    headers = {**FORWARDED, "Origin": "https://steward.example.org"}
    assert await servers_url(headers, ["127.0.0.1"]) == "https://steward.example.org/openapi/infrastructure"
    assert await servers_url(headers, []) == "403"


def test_a_wrong_network_of_proxies_is_refused() -> None:
    with pytest.raises(ValueError, match="does not appear"):
        TrustedProxies(["proxy.lan"])
