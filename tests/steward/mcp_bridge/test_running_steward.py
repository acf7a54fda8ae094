"""MCP clients with the real steward and the lab: a request, a press, and the verified result.

All tests use one app: starting one takes most of the time. Each leaves no open request.
"""

import asyncio
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import pytest_asyncio
from fastmcp import Client
from fastmcp.client.transports import StdioTransport, StreamableHttpTransport
from fastmcp.exceptions import ToolError

from demo.front_end import FrontEndClient
from demo.processes import plain_environment
from demo.steward import Steward, settings_for
from homelab_steward.contract.client import Listeners, StewardClient
from homelab_steward.contract.connecting import open_socket
from homelab_steward.contract.errors import ContractError, ErrorCode
from homelab_steward.contract.protocol import WEBSOCKET_PATH, Command
from homelab_steward.contract.records import LedgerPage, LedgerQuery
from homelab_steward.contract.state import FrontEnd, Speaker
from lab.lab import Lab
from lab.population import RADARR
from lab.wire import Json, JsonObject

TOKEN = "a-token-for-the-client-of-alex-1234"
OUTSIDE_TOKEN = "a-token-for-a-client-in-the-cloud-1"
GUEST_TOKEN = "a-token-for-the-client-of-kim-56789"
UNKNOWN_TOKEN = "a-token-for-somebody-who-left-0000"
OWNER = Speaker(front_end=FrontEnd.HOME_ASSISTANT, user_id="owner")
SECONDS = 30.0

pytestmark = pytest.mark.asyncio(loop_scope="module")


class RunningSteward:
    def __init__(self, session: aiohttp.ClientSession, lab: Lab, steward: Steward) -> None:
        self.session = session
        self.lab = lab
        self.steward = steward

    async def start(self) -> None:
        telegram_id = self.lab.telegram.forum.users["owner"].id
        alex: JsonObject = {"id": "alex", "name": "Alex", "role": "owner", "telegram_user_id": telegram_id}
        alex["ha_user_id"] = OWNER.user_id
        kim: JsonObject = {"id": "kim", "name": "Kim", "role": "guest"}
        tokens: list[Json] = [
            {"person": "alex", "token": TOKEN, "reader": "home"},
            {"person": "alex", "token": OUTSIDE_TOKEN},
            {"person": "kim", "token": GUEST_TOKEN, "reader": "home"},
            {"person": "gone", "token": UNKNOWN_TOKEN},
        ]
        settings = settings_for(self.lab, [alex, kim])
        await self.steward.write_settings({**settings, "mcp": {"tokens": tokens}})
        await self.steward.start()

    def http(self, token: str = TOKEN, server: str = "all") -> Client[StreamableHttpTransport]:
        return Client(StreamableHttpTransport(f"{self.steward.url}/mcp/{server}", auth=token))

    def stdio(
        self, person: str = "alex", token_file: Path | None = None, server: str = "all"
    ) -> Client[StdioTransport]:
        file = token_file or self.steward.data_dir / "token"
        arguments = [
            "--url",
            self.steward.url,
            "--token-file",
            str(file),
            "--person",
            person,
            "--server",
            server,
            "--reader",
            "home",
        ]
        environment = plain_environment()
        transport = StdioTransport(
            sys.executable, ["-m", "mcp_bridge", *arguments], env=environment, keep_alive=False
        )
        return Client(transport)

    async def press(self, number: int) -> None:
        """Press the first option of an incident's card, as a person does."""
        forum = self.lab.telegram.forum

        def card() -> int | None:
            for one in forum.messages:
                if f"incident {number}\n" in one.text and any(b.text.startswith("1 ") for b in one.buttons):
                    return one.message_id
            return None

        message = await forum.changes.wait_for(card, SECONDS)
        assert message is not None
        forum.press(message, "1 ")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def running(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[RunningSteward]:
    folder = tmp_path_factory.mktemp("running") / "steward"
    async with (
        aiohttp.ClientSession() as session,
        Lab(services=("proxmox", "radarr"), is_alerting=False) as lab,
    ):
        running = RunningSteward(session, lab, Steward(session, folder))
        try:
            await running.start()
            yield running
        finally:
            await running.steward.close()
            print(running.steward.child.tail(40))  # noqa: T201 - shown when a test fails


async def tool_properties(client: Client[Any], tool: str) -> dict[str, Any]:
    """Return a tool's properties after the first poll found its targets."""
    async with asyncio.timeout(SECONDS):
        while True:
            for one in await client.list_tools():
                if one.name == tool:
                    properties: dict[str, Any] = one.input_schema["properties"]
                    return properties
            await asyncio.sleep(0.1)


async def call(client: Client[Any], tool: str, **arguments: object) -> dict[str, Any]:
    result = (await client.call_tool(tool, arguments)).structured_content
    assert result is not None
    return result


@pytest.mark.parametrize(("transport", "wanted"), [("http", 3072), ("stdio", 4096)])
async def test_a_request_a_press_and_the_verified_result(
    running: RunningSteward, transport: str, wanted: int
) -> None:
    # The server for all services has so many tools that it lists some only in a search.
    server = "infrastructure"
    async with running.http(server=server) if transport == "http" else running.stdio(server=server) as client:
        properties = await tool_properties(client, "proxmox_set_memory")
        assert "radarr" in properties["target"]["enum"]
        read = await call(client, "proxmox_container_status", target="radarr")
        assert read["ok"] is True
        request = await call(client, "proxmox_set_memory", target="radarr", memory_mib=wanted)
        waits = {"approval_id": request["approval_id"]}
        before = await call(client, "wait_for_decision", **waits, seconds=0)
        assert (before["decision"], before["is_verified"]) == ("pending", False)
        assert memory(running) != wanted
        waiting = asyncio.create_task(call(client, "wait_for_decision", **waits, seconds=SECONDS))
        await running.press(before["incident_number"])
        result = await waiting
        assert (result["decision"], result["is_over"], result["is_verified"]) == ("approved", True, True)
        assert (result["decided_by"], result["decided_via"]) == ("Alex", "Telegram")
        assert memory(running) == wanted
        incident = await call(client, "incident", number=before["incident_number"])
        assert incident["status"] == "resolved"
        assert (await call(client, "pending_approvals"))["approvals"] == []


async def test_an_mcp_speaker_cannot_decide_over_the_contract(running: RunningSteward) -> None:
    async with running.http() as client:
        await tool_properties(client, "proxmox_set_memory")
        await call(client, "proxmox_set_memory", target="radarr", memory_mib=5120)
    front_end = FrontEndClient(running.session, running.steward.url, await running.steward.token())
    await front_end.start()
    try:
        request = front_end.pending()[0]
        with pytest.raises(ContractError) as caught:
            await front_end.approve(request, 1, Speaker(front_end=FrontEnd.MCP, user_id="alex"))
        assert caught.value.code is ErrorCode.FORBIDDEN
        assert front_end.pending() == (request,)
        await front_end.reject(request, OWNER)
    finally:
        await front_end.close()


async def test_a_guest_can_read_but_not_request(running: RunningSteward) -> None:
    async with running.http(GUEST_TOKEN) as client:
        await tool_properties(client, "proxmox_set_memory")
        assert (await call(client, "proxmox_container_status", target="radarr"))["ok"] is True
        with pytest.raises(ToolError, match=r"^forbidden: "):
            await client.call_tool("proxmox_set_memory", {"target": "radarr", "memory_mib": 3072})
        assert (await call(client, "pending_approvals"))["approvals"] == []


async def test_the_token_of_an_unknown_person_is_refused(running: RunningSteward) -> None:
    for path in ("/mcp/all", "/openapi/all/openapi.json"):
        headers = {"Authorization": f"Bearer {UNKNOWN_TOKEN}"}
        async with running.session.get(f"{running.steward.url}{path}", headers=headers) as response:
            assert response.status == 403


async def test_client_tokens_give_no_access_to_other_endpoints(running: RunningSteward) -> None:
    headers = {"Authorization": f"Bearer {TOKEN}"}
    async with running.session.get(f"{running.steward.url}/metrics", headers=headers) as response:
        assert response.status == 401
    with pytest.raises(ContractError) as caught:
        await open_socket(running.session, f"{running.steward.url}{WEBSOCKET_PATH}", TOKEN)
    assert caught.value.code is ErrorCode.UNAUTHORIZED
    api = {"Authorization": f"Bearer {await running.steward.token()}"}
    async with running.session.post(
        f"{running.steward.url}/openapi/all/open_incidents", headers=api
    ) as response:
        assert response.status == 401


def memory(running: RunningSteward) -> int:
    return int(str(running.lab.world.config(RADARR)["memory"]))


async def test_a_client_outside_gets_no_names_of_machines_and_is_in_the_ledger(
    running: RunningSteward,
) -> None:
    server = "infrastructure"
    async with running.http(server=server) as home, running.http(OUTSIDE_TOKEN, server) as outside:
        assert "enum" in (await tool_properties(home, "proxmox_container_status"))["target"]
        assert "enum" not in (await tool_properties(outside, "proxmox_container_status"))["target"]
        assert "on pve1" in (await call(home, "proxmox_container_status", target="radarr"))["text"]
        status = await call(outside, "proxmox_container_status", target="radarr")
        assert (status["text"], status["ok"]) == ("[private]", True)
    connected = asyncio.Event()
    listeners = Listeners(state=lambda _: connected.set(), event=lambda _: None, connection=lambda *_: None)
    token = (running.steward.data_dir / "token").read_text().strip()
    client = StewardClient(running.session, running.steward.url, token, listeners)
    connection = asyncio.create_task(client.run())
    try:
        await asyncio.wait_for(connected.wait(), SECONDS)
        page = await client.call(Command.LIST_LEDGER, LedgerQuery(), LedgerPage)
    finally:
        connection.cancel()
        await client.close()
    assert {(one.deployment, one.task, one.privacy) for one in page.entries} == {
        ("mcp:alex", "agent", "public")
    }


async def test_client_tokens_are_not_logged(running: RunningSteward) -> None:
    async with running.http() as client:
        with pytest.raises(ToolError):
            await client.call_tool("proxmox_status", {"token": TOKEN})
    # The last test: it ends the app, which then has written everything.
    await running.steward.close()
    log = (running.steward.folder / "steward.log").read_text()
    assert TOKEN not in log
    assert GUEST_TOKEN not in log
