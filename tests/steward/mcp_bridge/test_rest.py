"""The tools over REST, and their OpenAPI document."""

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from http import HTTPStatus
from typing import Any

import aiohttp
import httpx2
import pytest
from fastmcp import Client, FastMCP
from jsonschema import Draft202012Validator

from homelab_steward.contract.errors import ContractError, ErrorCode
from mcp_bridge.openapi import document
from mcp_bridge.servers import ALL
from mcp_bridge.steward_tools import StewardTools
from mcp_bridge.tool import JsonObject
from mcp_bridge.toolbox import Toolbox
from rig.clocks import HANGING

from .fake import AT_HOME, SAM_SECRET, SECRET, FakeSteward, served, with_private_tool

BEARER = {"Authorization": f"Bearer {SECRET}"}


class Caller:
    def __init__(self, session: aiohttp.ClientSession, url: str) -> None:
        self._session = session
        self._url = url

    async def post(self, tool: str, data: bytes) -> tuple[int, Any]:
        async with self._session.post(f"{self._url}/openapi/all/{tool}", data=data) as response:
            return response.status, await response.json()

    async def document(self, server: str) -> dict[str, Any]:
        async with self._session.get(f"{self._url}/openapi/{server}/openapi.json") as response:
            response.raise_for_status()
            found: dict[str, Any] = await response.json()
            return found


@asynccontextmanager
async def caller(steward: FakeSteward) -> AsyncIterator[Caller]:
    async with served(steward) as bridge, aiohttp.ClientSession(headers=BEARER) as session:
        yield Caller(session, bridge.url)


async def test_a_call() -> None:
    async with caller(FakeSteward()) as rest:
        status, result = await rest.post("proxmox_status", b'{"target": "radarr"}')
        assert (status, result) == (200, {"title": "Status", "text": "running", "ok": True})
        assert (await rest.post("open_incidents", b""))[0] == HTTPStatus.OK


async def test_the_same_values_are_taken_as_over_mcp() -> None:
    steward = FakeSteward()
    async with caller(steward) as rest:
        status, result = await rest.post("radarr_log", b'{"level": "info", "lines": "5.0", "runId": "r"}')
        refused, _ = await rest.post("radarr_log", b'{"level": "info", "lines": "5.5x"}')
    assert (status, refused) == (HTTPStatus.OK, HTTPStatus.BAD_REQUEST)
    assert steward.questions[0].arguments == {"level": "info", "lines": 5}
    assert result["note"].startswith("Ignored arguments: runId. ")


@pytest.mark.parametrize(
    ("tool", "data", "status", "code"),
    [
        ("proxmox_status", b'{"target": "pve1/lxc/999"}', 400, "invalid_argument"),
        ("proxmox_status", b"{", 400, "malformed"),
        ("proxmox_status", b"[]", 400, "malformed"),
        ("proxmox_status", b"[" * 100_000, 400, "malformed"),
        ("proxmox_status", b"\xff\xfe", 400, "malformed"),
        ("proxmox_set_memory", b'{"target": "radarr", "memory_mib": NaN}', 400, "invalid_argument"),
        ("incident", b'{"number": 1' + b"0" * 400 + b"}", 400, "invalid_argument"),
        ("wait_for_decision", b'{"approval_id": "\\ud83d"}', 400, "invalid_argument"),
        ("nothing", b"{}", 404, "not_found"),
        ("wait_for_decision", b'{"approval_id": "zzz"}', 404, "not_found"),
    ],
)
async def test_invalid_calls_are_refused_with_a_code(tool: str, data: bytes, status: int, code: str) -> None:
    async with caller(FakeSteward()) as rest:
        given, answer = await rest.post(tool, data)
    assert (given, answer["error"]["code"]) == (status, code)


@pytest.mark.parametrize(
    ("code", "status"),
    [
        (ErrorCode.FORBIDDEN, 403),
        (ErrorCode.UNAVAILABLE, 503),
        (ErrorCode.TIMEOUT, 504),
        (ErrorCode.CANNOT_CONNECT, 503),
    ],
)
async def test_error_codes_map_to_statuses(code: ErrorCode, status: int) -> None:
    steward = FakeSteward()
    steward.error = ContractError(code, "reason")
    async with caller(steward) as rest:
        given, answer = await rest.post("proxmox_status", b'{"target": "radarr"}')
    assert (given, answer) == (status, {"error": {"code": str(code), "message": "reason"}})


async def test_the_document_needs_a_token() -> None:
    async with (
        served(FakeSteward()) as bridge,
        aiohttp.ClientSession() as session,
        session.get(f"{bridge.url}/openapi/all/openapi.json") as response,
    ):
        assert response.status == HTTPStatus.UNAUTHORIZED


async def test_the_document_names_private_tools_to_an_owner_only() -> None:
    async with served(with_private_tool(FakeSteward())) as bridge, aiohttp.ClientSession() as session:
        for secret, is_named in ((SECRET, True), (SAM_SECRET, False)):
            headers = {"Authorization": f"Bearer {secret}"}
            async with session.get(f"{bridge.url}/openapi/all/openapi.json", headers=headers) as response:
                assert ("/radarr_viewers" in (await response.json())["paths"]) is is_named


@pytest.mark.parametrize("server", [ALL, "infrastructure", "arr-suite"])
async def test_the_document_is_openapi_3_1(server: str) -> None:
    async with caller(FakeSteward()) as rest:
        found = await rest.document(server)
    check(found)
    steward = FakeSteward()
    tools = Toolbox(server, steward, StewardTools(steward)).tools(AT_HOME)
    assert set(found["paths"]) == {f"/{name}" for name in tools}
    assert found["info"]["version"] == "1.2.3"


async def test_fastmcp_builds_the_same_tools_from_the_document() -> None:
    async with served(FakeSteward()) as bridge, aiohttp.ClientSession(headers=BEARER) as session:
        spec = await Caller(session, bridge.url).document("infrastructure")
        base = f"{bridge.url}/openapi/infrastructure"
        async with (
            httpx2.AsyncClient(base_url=base, headers=BEARER, timeout=HANGING) as http,
            Client(FastMCP.from_openapi(spec, client=http)) as client,
        ):
            names = {one.name for one in await client.list_tools()}
            result = await client.call_tool("proxmox_status", {"target": "sonarr"})
    assert names == {path.removeprefix("/") for path in spec["paths"]}
    assert result.structured_content == {"title": "Status", "text": "running", "ok": True}


async def test_results_match_the_published_schemas() -> None:
    steward = FakeSteward()
    async with caller(steward) as rest:
        calls = {
            "proxmox_status": {"target": "radarr"},
            "proxmox_set_memory": {"target": "radarr", "memory_mib": 512},
            "pending_approvals": {},
            "open_incidents": {},
            "incident": {"number": 7},
            "search_runbooks": {"problem": "no wifi"},
            "past_incidents": {"problem": "no wifi"},
            "wait_for_decision": {"approval_id": "a1", "seconds": 0},
        }
        tools = Toolbox(ALL, steward, StewardTools(steward)).tools()
        for tool, arguments in calls.items():
            status, result = await rest.post(tool, json.dumps(arguments).encode())
            assert status == HTTPStatus.OK
            Draft202012Validator(tools[tool].output_schema).validate(result)
            Draft202012Validator(tools[tool].input_schema).validate(arguments)


def test_the_check_detects_invalid_documents() -> None:
    steward = FakeSteward()
    tools = Toolbox(ALL, steward, StewardTools(steward)).tools()
    broken = json.loads(json.dumps(document(ALL, tools, "1", "http://steward.lan")))
    broken["paths"]["/incident"]["post"]["operationId"] = "open_incidents"
    with pytest.raises(AssertionError):
        check(broken)
    broken = json.loads(json.dumps(document(ALL, tools, "1", "http://steward.lan")))
    del broken["paths"]["/incident"]["post"]["responses"]["200"]["description"]
    with pytest.raises(KeyError):
        check(broken)


def check(found: Mapping[str, Any]) -> None:
    """Check a document against the OpenAPI 3.1 rules for the parts it has."""
    assert set(found) == {"openapi", "info", "servers", "security", "paths", "components"}
    assert found["openapi"].startswith("3.1.")
    assert {"title", "version"} <= set(found["info"])
    schemes = found["components"]["securitySchemes"]
    assert schemes["bearer"] == {"type": "http", "scheme": "bearer"}
    assert all(set(one) <= set(schemes) for one in found["security"])
    operations = [found["paths"][path]["post"] for path in found["paths"] if path.startswith("/")]
    assert len(operations) == len(found["paths"])
    assert len({one["operationId"] for one in operations}) == len(operations)
    for operation in operations:
        check_operation(operation, found)


def check_operation(operation: Mapping[str, Any], whole: Mapping[str, Any]) -> None:
    own = {"operationId", "summary", "description", "requestBody", "responses"}
    assert own <= set(operation)
    assert all(key in own or key.startswith("x-") for key in operation)
    contents = [operation["requestBody"]["content"]]
    for status, response in operation["responses"].items():
        assert 100 <= int(status) < 600
        assert response["description"]
        contents.append(response["content"])
    for content in contents:
        check_schema(content["application/json"]["schema"], whole)


def check_schema(schema: JsonObject, whole: Mapping[str, Any]) -> None:
    Draft202012Validator.check_schema(schema)
    reference = schema.get("$ref")
    if reference is not None:
        assert str(reference).removeprefix("#/components/schemas/") in whole["components"]["schemas"]
    else:
        assert schema["type"] == "object"
