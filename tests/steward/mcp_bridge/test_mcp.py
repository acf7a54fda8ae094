"""MCP over HTTP, with FastMCP's client."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from http import HTTPStatus
from typing import Any

import aiohttp
import pytest
from aiohttp import encode_basic_auth
from fastmcp import Client
from fastmcp.client.transports import StreamableHttpTransport
from fastmcp.exceptions import ToolError
from mcp.client.subscriptions import ToolsListChanged, listen
from mcp.shared.exceptions import MCPError
from mcp.types import TextContent

from homelab_steward.contract.errors import ContractError, ErrorCode
from homelab_steward.contract.incidents import ApprovalStatus, IncidentStatus, RunStatus, Verb
from homelab_steward.contract.protocol import RowKind
from mcp_bridge.mount import McpMount
from mcp_bridge.servers import ALL
from rig.clocks import HANGING

from .fake import (
    HOME_SECRET,
    SAM_SECRET,
    SECRET,
    FakeSteward,
    ServedBridge,
    container,
    run,
    served,
    snapshot,
    until,
    with_private_tool,
)

PASSWORD = {"Authorization": encode_basic_auth("home-assistant", HOME_SECRET)}
PING = {"jsonrpc": "2.0", "id": 1, "method": "ping"}
BEARER = {"Authorization": f"Bearer {SECRET}", "Accept": "application/json, text/event-stream"}


@asynccontextmanager
async def connected(
    steward: FakeSteward, server: str = "all"
) -> AsyncIterator[Client[StreamableHttpTransport]]:
    async with served(steward) as bridge:
        transport = StreamableHttpTransport(f"{bridge.url}/mcp/{server}", auth=SECRET)
        async with Client(transport) as client:
            yield client


async def test_tools_come_from_the_catalogue() -> None:
    async with connected(FakeSteward(), "infrastructure") as client:
        tools = {one.name: one for one in await client.list_tools()}
    assert {"proxmox_status", "proxmox_set_memory", "wait_for_decision"} <= set(tools)
    assert "radarr_log" not in tools
    reading, asking = tools["proxmox_status"].annotations, tools["proxmox_set_memory"].annotations
    assert reading is not None
    assert asking is not None
    assert reading.read_only_hint is True
    assert asking.read_only_hint is False
    assert asking.destructive_hint is True
    assert tools["proxmox_status"].input_schema["properties"]["target"]["enum"][0] == "radarr"
    assert tools["proxmox_status"].output_schema is not None


async def test_only_tools_are_declared_and_answered() -> None:
    async with connected(FakeSteward()) as client:
        declared = client.server_capabilities
        assert declared is not None
        assert declared.tools is not None
        assert (declared.prompts, declared.resources, declared.completions) == (None, None, None)
        for ask in (client.list_prompts, client.list_resources, client.list_resource_templates):
            with pytest.raises(MCPError, match="Method not found"):
                await ask()


async def test_the_server_starts_without_warnings(caplog: pytest.LogCaptureFixture) -> None:
    async with connected(FakeSteward()) as client:
        await client.list_tools()
    assert [one.message for one in caplog.records if one.name.startswith(("fastmcp", "mcp"))] == []


async def test_private_tools_are_listed_and_called_by_an_owner_only() -> None:
    steward = with_private_tool(FakeSteward())
    async with served(steward) as bridge:
        found = []
        for secret in (SECRET, SAM_SECRET, SECRET):
            transport = StreamableHttpTransport(f"{bridge.url}/mcp/all", auth=secret)
            async with Client(transport) as client:
                found.append("radarr_viewers" in {one.name for one in await client.list_tools()})
                if secret == SECRET:
                    await client.call_tool("radarr_viewers", {})
                else:
                    with pytest.raises(ToolError):
                        await client.call_tool("radarr_viewers", {})
    assert found == [True, False, True]
    assert len(steward.questions) == 2


async def test_a_reading_has_structured_and_text_content() -> None:
    async with connected(FakeSteward()) as client:
        result = await client.call_tool("proxmox_status", {"target": "radarr"})
    assert result.structured_content == {"title": "Status", "text": "running", "ok": True}
    assert isinstance(result.content[0], TextContent)
    assert result.content[0].text == '{"title": "Status", "text": "running", "ok": true}'


async def test_whole_numbers_as_decimals_and_keys_of_the_client_are_taken() -> None:
    steward = FakeSteward()
    async with connected(steward) as client:
        result = await client.call_tool("radarr_log", {"level": "info", "lines": 5.0, "runId": "r"})
    assert steward.questions[0].arguments == {"level": "info", "lines": 5}
    assert result.structured_content is not None
    assert result.structured_content["note"].startswith("Ignored arguments: runId. ")


async def test_a_request_is_decided_and_verified() -> None:
    steward = FakeSteward()
    async with connected(steward) as client:
        arguments = {"target": "radarr", "memory_mib": 2048}
        asked = (await client.call_tool("proxmox_set_memory", arguments)).structured_content
        assert asked is not None
        assert steward.requested[0].speaker.user_id == "alex"
        follow = {"approval_id": asked["approval_id"], "seconds": 20}
        waiting = asyncio.create_task(client.call_tool("wait_for_decision", follow))
        await until(steward.watchers)
        steward.decide(ApprovalStatus.APPROVED, Verb.APPROVE)
        steward.set_incident(IncidentStatus.ACTING, run(RunStatus.VERIFYING))
        steward.set_incident(IncidentStatus.RESOLVED, run(RunStatus.SUCCEEDED, ok=True), "done and checked.")
        result = (await waiting).structured_content
    assert result is not None
    assert result["decision"] == "approved"
    assert result["is_verified"] is True
    assert result["resolution"] == "done and checked."


async def test_no_tool_can_decide() -> None:
    async with connected(FakeSteward()) as client:
        names = [one.name for one in await client.list_tools()]
    assert not [name for name in names if any(word in name for word in ("approve", "decide", "reject"))]


async def test_errors_have_a_code_and_a_message() -> None:
    steward = FakeSteward()
    async with connected(steward) as client:
        with pytest.raises(ToolError, match=r"^invalid_argument: target must be one of radarr, sonarr"):
            await client.call_tool("proxmox_status", {"target": "pve1/lxc/999"})
        with pytest.raises(ToolError, match=r"^invalid_argument: instance must be one of"):
            await client.call_tool("proxmox_status", {"instance": "other", "target": "radarr"})
        steward.error = ContractError(ErrorCode.UNAVAILABLE, "The steward is not connected")
        with pytest.raises(ToolError, match=r"^unavailable: The steward is not connected$"):
            await client.call_tool("proxmox_status", {"target": "radarr"})
        steward.error = RuntimeError("password=hunter2")
        with pytest.raises(ToolError) as caught:
            await client.call_tool("proxmox_status", {"target": "radarr"})
        assert "hunter2" not in str(caught.value)
    assert not steward.questions


async def test_new_targets_appear_without_reconnecting() -> None:
    steward = FakeSteward()
    async with connected(steward) as client:
        steward.latest_snapshots = [snapshot(container(300, "lidarr"))]
        await client.call_tool("proxmox_status", {"target": "lidarr"})
        with pytest.raises(ToolError, match="target must be one of"):
            await client.call_tool("proxmox_status", {"target": "radarr"})


async def test_subscribers_are_notified_of_changed_tools() -> None:
    steward = FakeSteward()
    async with connected(steward) as client, listen(client.session, tools_list_changed=True) as changes:
        steward.publish(RowKind.SNAPSHOT, "pve", steward.latest_snapshots[0])
        steward.latest_snapshots = [snapshot(container(300, "lidarr"))]
        steward.publish(RowKind.SNAPSHOT, "pve", steward.latest_snapshots[0])
        async with asyncio.timeout(HANGING):
            assert isinstance(await anext(aiter(changes)), ToolsListChanged)
        assert "lidarr" in str(await client.list_tools())


async def test_closing_ends_subscriptions() -> None:
    async with served(FakeSteward()) as bridge:
        transport = StreamableHttpTransport(f"{bridge.url}/mcp/all", auth=SECRET)
        async with Client(transport) as client, listen(client.session, tools_list_changed=True) as changes:
            await bridge.bridge.close()
            async with asyncio.timeout(HANGING):
                assert [one async for one in changes] == []


async def test_two_hundred_targets() -> None:
    steward = FakeSteward()
    steward.latest_snapshots = [snapshot(*(container(number, f"box-{number}") for number in range(200)))]
    async with connected(steward) as client:
        found = await client.call_tool("find_targets", {"contains": "box-150"})
        assert found.structured_content is not None
        name = found.structured_content["targets"][0]["name"]
        await client.call_tool("proxmox_status", {"target": name})
    assert steward.questions[0].target_id == "pve1/lxc/150"


async def test_concurrent_calls_keep_their_person() -> None:
    steward = FakeSteward()
    steward.configured_people.append(steward.configured_people[0].__replace__(id="sam", name="Sam"))
    async with served(steward) as bridge:

        async def ask(secret: str) -> None:
            transport = StreamableHttpTransport(f"{bridge.url}/mcp/all", auth=secret)
            async with Client(transport) as client:
                for _ in range(5):
                    await client.call_tool("proxmox_set_memory", {"target": "radarr", "memory_mib": 512})

        await asyncio.gather(ask(SECRET), ask("secret-of-sam"))
    speakers = [one.speaker.user_id for one in steward.requested]
    assert (speakers.count("alex"), speakers.count("sam")) == (5, 5)


async def posted(
    bridge: ServedBridge, headers: dict[str, str], path: str = "/mcp/all", data: bytes | None = None
) -> int:
    async with aiohttp.ClientSession() as session:
        body: dict[str, Any] = {"data": data} if data is not None else {"json": PING}
        async with session.post(f"{bridge.url}{path}", headers=headers, **body) as response:
            await response.read()
            if response.status == HTTPStatus.UNAUTHORIZED:
                assert response.headers["WWW-Authenticate"] == 'Bearer realm="steward"'
            return response.status


@pytest.mark.parametrize("path", ["/mcp/all", "/openapi/all/proxmox_status"])
@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, HTTPStatus.UNAUTHORIZED),
        ({"Authorization": "Bearer wrong"}, HTTPStatus.UNAUTHORIZED),
        ({"Authorization": "Bearer "}, HTTPStatus.UNAUTHORIZED),
        ({"Authorization": f"Basic {SECRET}"}, HTTPStatus.UNAUTHORIZED),
        ({"Authorization": encode_basic_auth(SECRET, "wrong")}, HTTPStatus.UNAUTHORIZED),
        ({"Authorization": encode_basic_auth("steward", SECRET)}, HTTPStatus.UNAUTHORIZED),
        ({**PASSWORD, "Host": "127.0.0.1", "Origin": "http://127.0.0.1"}, HTTPStatus.UNAUTHORIZED),
        ({"Authorization": f"Digest {SECRET}"}, HTTPStatus.UNAUTHORIZED),
        ({**BEARER, "Host": "evil.example"}, HTTPStatus.MISDIRECTED_REQUEST),
        ({**BEARER, "Host": "evil.example:8099"}, HTTPStatus.MISDIRECTED_REQUEST),
        ({**BEARER, "Host": "127.0.0.1.evil.example"}, HTTPStatus.MISDIRECTED_REQUEST),
        ({**BEARER, "Host": "steward.lan@evil.example"}, HTTPStatus.MISDIRECTED_REQUEST),
        ({**BEARER, "Origin": "https://evil.example"}, HTTPStatus.FORBIDDEN),
        ({**BEARER, "Origin": "null"}, HTTPStatus.FORBIDDEN),
        ({**BEARER, "Origin": ""}, HTTPStatus.FORBIDDEN),
        ({**BEARER, "Origin": "http://192.168.1.66"}, HTTPStatus.FORBIDDEN),
        ({**BEARER, "Origin": "http://[::1]"}, HTTPStatus.FORBIDDEN),
        ({**BEARER, "Origin": "http://localhost:3000"}, HTTPStatus.FORBIDDEN),
        ({**BEARER, "Host": "steward.lan:8099", "Origin": "http://steward.lan"}, HTTPStatus.FORBIDDEN),
    ],
)
async def test_unauthorized_requests_are_refused(
    path: str, headers: dict[str, str], status: HTTPStatus
) -> None:
    steward = FakeSteward()
    async with served(steward, "steward.lan") as bridge:
        assert await posted(bridge, headers, path) == status
    assert not steward.questions


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "steward.lan:8099"},
        {"Host": "localhost"},
        {"Host": "steward.lan", "Origin": "http://steward.lan"},
        {"Host": "steward.lan", "Origin": "https://STEWARD.lan:443"},
        {"Host": "192.168.1.5:8099", "Origin": "http://192.168.1.5:8099"},
        PASSWORD,
    ],
)
async def test_allowed_hosts_are_accepted(headers: dict[str, str]) -> None:
    async with served(FakeSteward(), "Steward.LAN") as bridge:
        assert (
            await posted(bridge, {**BEARER, **headers}, "/openapi/all/open_incidents", b"{}") == HTTPStatus.OK
        )


@pytest.mark.parametrize("path", ["/mcp/all", "/openapi/all/open_incidents"])
async def test_the_token_of_a_removed_person_is_refused(path: str) -> None:
    headers = {**BEARER, "Authorization": "Bearer secret-of-sam"}
    async with served(FakeSteward()) as bridge:
        assert await posted(bridge, headers, path) == HTTPStatus.FORBIDDEN


@pytest.mark.parametrize("path", ["/mcp/all", "/openapi/all/open_incidents"])
async def test_a_body_that_is_too_long_is_refused(path: str) -> None:
    async with served(FakeSteward()) as bridge:
        status = await posted(bridge, BEARER, path, b"x" * 300_000)
    assert status == HTTPStatus.CONTENT_TOO_LARGE


async def test_an_unknown_server_is_not_found() -> None:
    async with served(FakeSteward()) as bridge:
        assert await posted(bridge, BEARER, "/mcp/everything") == HTTPStatus.NOT_FOUND
        assert (
            await posted(bridge, BEARER, "/openapi/everything/open_incidents", b"{}") == HTTPStatus.NOT_FOUND
        )


async def test_a_closed_bridge_refuses_requests() -> None:
    async with served(FakeSteward()) as bridge:
        await bridge.bridge.close()
        assert await posted(bridge, BEARER) == HTTPStatus.SERVICE_UNAVAILABLE


@pytest.mark.parametrize("accepted", [None, "*/*", "application/json", "application/json;q=0.5"])
async def test_a_client_may_accept_json_only_or_say_nothing(accepted: str | None) -> None:
    headers = {"Authorization": f"Bearer {SECRET}"} | ({"Accept": accepted} if accepted else {})
    async with (
        served(FakeSteward()) as bridge,
        aiohttp.ClientSession(skip_auto_headers=["Accept"]) as session,
        session.post(f"{bridge.url}/mcp/all", json=PING, headers=headers) as response,
    ):
        assert (response.status, await response.json()) == (200, {"jsonrpc": "2.0", "id": 1, "result": {}})


async def test_a_started_bridge_needs_no_start_for_the_first_call(monkeypatch: pytest.MonkeyPatch) -> None:
    async with served(FakeSteward()) as bridge:
        bridge.bridge.start()
        await until(lambda: bridge.bridge.mcp.running == {ALL})
        monkeypatch.setattr(McpMount, "_start", None)
        assert await posted(bridge, BEARER, "/mcp/all") == HTTPStatus.OK


async def test_a_server_that_cannot_be_started_is_tried_again(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async with served(FakeSteward()) as bridge:
        with monkeypatch.context() as broken:
            broken.setattr(McpMount, "_start", None)
            await bridge.bridge.mcp.start()
        assert "MCP server not started: all" in caplog.text
        assert await posted(bridge, BEARER) == HTTPStatus.OK


async def test_a_bridge_can_be_closed_while_it_starts() -> None:
    async with served(FakeSteward()) as bridge:
        bridge.bridge.start()
        await bridge.bridge.close()
        assert bridge.bridge.mcp.running == set()
