"""A server with many tools lists those that find and call the others."""

import json
from dataclasses import replace

import pytest
from fastmcp import Client
from fastmcp.client.transports import StreamableHttpTransport
from jsonschema import Draft202012Validator

from homelab_steward.contract.catalogue import Catalogue, ServiceOffer, ToolOffer
from homelab_steward.contract.errors import ContractError, ErrorCode
from mcp_bridge.servers import ALL
from mcp_bridge.steward_tools import StewardTools
from mcp_bridge.tool import Json
from mcp_bridge.tool_search import CHANGE, FIND, MOST_FOUND, MOST_LISTED, READ
from mcp_bridge.toolbox import Toolbox

from .fake import AT_HOME, PROXMOX, RADARR, SECRET, FakeSteward, instance, served

INVALID_ARGUMENT = ErrorCode.INVALID_ARGUMENT
NOT_FOUND = ErrorCode.NOT_FOUND
LISTED = {
    "find_tools",
    "call_reading_tool",
    "call_action_tool",
    "autonomy_levels",
    "find_targets",
    "open_incidents",
    "incident",
    "monitored_devices",
    "past_incidents",
    "pending_approvals",
    "run_runbook",
    "runbook_targets",
    "schedules",
    "search_runbooks",
    "wait_for_decision",
}


def many_services(number: int = 40) -> tuple[ServiceOffer, ...]:
    tools = (
        ToolOffer(key="disks", name="Disks", description="The free space of each disk."),
        ToolOffer(key="backups", name="Backups", description="The age of each backup."),
    )
    return tuple(
        replace(RADARR, key=f"nas{one}", name=f"Nas{one}", tools=tools, actions=()) for one in range(number)
    )


def large(number: int = 40) -> FakeSteward:
    steward = FakeSteward()
    services = many_services(number)
    steward.offers = Catalogue(digest="large", services=(PROXMOX, RADARR, *services))
    steward.rows += [instance(one.key, one.key, one.name) for one in services]
    return steward


def toolbox(steward: FakeSteward) -> Toolbox:
    return Toolbox(ALL, steward, StewardTools(steward))


async def found(box: Toolbox, query: str) -> list[str]:
    result = await box.call(FIND, {"query": query}, AT_HOME)
    listed = result["tools"]
    assert isinstance(listed, list)
    assert len(listed) <= MOST_FOUND
    Draft202012Validator(box.tools()[FIND].output_schema).validate(result)
    return [str(one["name"]) for one in listed if isinstance(one, dict)]


def test_a_small_server_lists_all_its_tools() -> None:
    box = toolbox(FakeSteward())
    assert dict(box.listed()) == dict(box.tools())
    assert FIND not in box.tools()
    # One service more than a client can be shown.
    number = (MOST_LISTED - len(box.tools())) // 2
    assert FIND not in toolbox(large(number)).tools()
    assert FIND in toolbox(large(number + 1)).tools()


async def test_a_large_server_lists_how_to_find_the_others() -> None:
    box = toolbox(large())
    assert set(box.listed()) == LISTED
    assert "proxmox_status" in box.tools()
    assert box.listed()[CHANGE].hints.destructive
    assert box.listed()[READ].hints.read_only


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("memory of container radarr", "proxmox_set_memory"),
        ("nas7 disk", "nas7_disks"),
        ("Backups NAS12", "nas12_backups"),
    ],
)
async def test_tools_are_found(query: str, first: str) -> None:
    assert (await found(toolbox(large()), query))[0] == first


async def test_what_is_not_there_is_not_found() -> None:
    box = toolbox(large())
    assert await found(box, "") == []
    assert await found(box, "zzz ???") == []
    assert (await box.call(FIND, {"query": "backups"}, AT_HOME))["total"] == 40


async def test_a_found_tool_is_called_by_its_name_or_through_another() -> None:
    steward = large()
    box = toolbox(steward)
    inner: dict[str, Json] = {"target": "radarr"}
    direct = await box.call("proxmox_status", inner, AT_HOME)
    assert await box.call(READ, {"tool": "proxmox_status", "arguments": inner}, AT_HOME) == direct
    assert await box.call(READ, {"tool": "nas3_disks"}, AT_HOME)
    change = {"tool": "proxmox_set_memory", "arguments": {"target": "radarr", "memory_mib": 2048}}
    assert (await box.call(CHANGE, change, AT_HOME))["approval_id"]
    assert [one.action for one in steward.requested] == ["set_memory"]


@pytest.mark.parametrize(
    ("name", "arguments", "code", "text"),
    [
        (READ, {"tool": "proxmox_set_memory"}, INVALID_ARGUMENT, "call_action_tool"),
        (CHANGE, {"tool": "proxmox_status"}, INVALID_ARGUMENT, "call_reading_tool"),
        (READ, {"tool": "nothing"}, NOT_FOUND, "find_tools"),
        (READ, {"tool": READ}, NOT_FOUND, "find_tools"),
        (READ, {}, NOT_FOUND, "find_tools"),
        (READ, {"tool": ["x"]}, NOT_FOUND, "find_tools"),
        (READ, {"tool": "proxmox_status", "arguments": "radarr"}, INVALID_ARGUMENT, "object"),
        (
            READ,
            {"tool": "proxmox_status", "arguments": {"target": "x"}},
            ErrorCode.INVALID_ARGUMENT,
            "one of",
        ),
        (
            CHANGE,
            {"tool": "proxmox_set_memory", "arguments": {"odd": 1}},
            ErrorCode.INVALID_ARGUMENT,
            "unknown",
        ),
    ],
)
async def test_a_wrong_call_is_refused_with_what_to_do(
    name: str, arguments: dict[str, object], code: ErrorCode, text: str
) -> None:
    steward = large()
    with pytest.raises(ContractError, match=text) as caught:
        await toolbox(steward).call(name, arguments, AT_HOME)
    assert caught.value.code is code
    assert not steward.requested


async def test_a_client_finds_and_calls_over_http() -> None:
    async with served(large()) as bridge:
        transport = StreamableHttpTransport(f"{bridge.url}/mcp/all", auth=SECRET)
        async with Client(transport) as client:
            assert {one.name for one in await client.list_tools()} == {*LISTED, "run_schedule"}
            result = await client.call_tool(FIND, {"query": "status of container radarr"})
            assert result.structured_content is not None
            name = result.structured_content["tools"][0]["name"]
            call = {"tool": name, "arguments": {"target": "radarr"}}
            reading = await client.call_tool(READ, call)
            by_name = await client.call_tool(name, {"target": "radarr"})
    assert by_name.structured_content == reading.structured_content
    assert reading.structured_content == {"title": "Status", "text": "running", "ok": True}
    assert len(json.dumps(sorted(LISTED))) < 1000
