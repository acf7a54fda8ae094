"""The real steward before the lab: a client asks, a person presses, and the result is read back."""

import asyncio
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from fastmcp import Client
from fastmcp.client.transports import StdioTransport, StreamableHttpTransport
from fastmcp.exceptions import ToolError

from demo.front_end import FrontEndClient
from demo.processes import plain_environment
from demo.steward import Steward, settings_for
from homelab_steward.contract.client import open_socket
from homelab_steward.contract.errors import ContractError, ErrorCode
from homelab_steward.contract.protocol import WEBSOCKET_PATH
from homelab_steward.contract.state import FrontEnd, Speaker
from lab.lab import Lab
from lab.population import RADARR

TOKEN = "a-token-for-the-client-of-alex-1234"
LOOKER = "a-token-for-the-client-of-kim-56789"
STRANGER = "a-token-for-somebody-who-left-0000"
SECONDS = 30.0


class RunningSteward:
    def __init__(self, session: aiohttp.ClientSession, lab: Lab, steward: Steward) -> None:
        self.session = session
        self.lab = lab
        self.steward = steward

    async def start(self) -> None:
        telegram_id = self.lab.telegram.forum.users["owner"].id
        alex = {"id": "alex", "name": "Alex", "role": "owner", "telegram_user_id": telegram_id}
        kim = {"id": "kim", "name": "Kim", "role": "viewer"}
        tokens = [
            {"person": "alex", "token": TOKEN},
            {"person": "kim", "token": LOOKER},
            {"person": "gone", "token": STRANGER},
        ]
        settings = settings_for(self.lab, [alex, kim])
        await self.steward.write_settings({**settings, "mcp": {"tokens": tokens}})
        await self.steward.start()

    def http(self, token: str = TOKEN, server: str = "all") -> Client[StreamableHttpTransport]:
        return Client(StreamableHttpTransport(f"{self.steward.url}/mcp/{server}", auth=token))

    def stdio(self, person: str = "alex", token_file: Path | None = None) -> Client[StdioTransport]:
        file = token_file or self.steward.data_dir / "token"
        arguments = ["--url", self.steward.url, "--token-file", str(file), "--person", person]
        environment = plain_environment()
        transport = StdioTransport(
            sys.executable, ["-m", "mcp_bridge", *arguments], env=environment, keep_alive=False
        )
        return Client(transport)

    async def press(self, number: int) -> None:
        """Press the first button of the card about an incident, as a person does."""
        forum = self.lab.telegram.forum

        def card() -> int | None:
            for one in forum.messages:
                if f"incident {number}\n" in one.text and any(b.text.startswith("1 ") for b in one.buttons):
                    return one.message_id
            return None

        message = await forum.changes.wait_for(card, SECONDS)
        assert message is not None
        forum.press(message, "1 ")


@pytest.fixture
async def running(tmp_path: Path) -> AsyncIterator[RunningSteward]:
    async with aiohttp.ClientSession() as session, Lab(is_alerting=False) as lab:
        running = RunningSteward(session, lab, Steward(session, tmp_path / "steward"))
        try:
            await running.start()
            yield running
        finally:
            await running.steward.close()
            print(running.steward.child.tail(40))  # noqa: T201 - shown when a test fails


async def drawn(client: Client[Any], tool: str) -> dict[str, Any]:
    """Return a tool's properties, once the first poll showed what there is."""
    async with asyncio.timeout(SECONDS):
        while True:
            for one in await client.list_tools():
                if one.name == tool:
                    properties: dict[str, Any] = one.input_schema["properties"]
                    return properties
            await asyncio.sleep(0.1)


async def asked(client: Client[Any], tool: str, **arguments: object) -> dict[str, Any]:
    result = (await client.call_tool(tool, arguments)).structured_content
    assert result is not None
    return result


@pytest.mark.parametrize("way", ["http", "stdio"])
async def test_a_wish_a_press_and_the_verified_result(running: RunningSteward, way: str) -> None:
    async with running.http() if way == "http" else running.stdio() as client:
        properties = await drawn(client, "proxmox_set_memory")
        assert "radarr" in properties["target"]["enum"]
        read = await asked(client, "proxmox_container_status", target="radarr")
        assert read["ok"] is True
        request = await asked(client, "proxmox_set_memory", target="radarr", memory_mib=3072)
        waits = {"approval_id": request["approval_id"]}
        before = await asked(client, "wait_for_decision", **waits, seconds=0)
        assert (before["decision"], before["is_verified"]) == ("pending", False)
        assert memory(running) != 3072
        waiting = asyncio.create_task(asked(client, "wait_for_decision", **waits, seconds=SECONDS))
        await running.press(before["incident_number"])
        result = await waiting
        assert (result["decision"], result["is_over"], result["is_verified"]) == ("approved", True, True)
        assert (result["decided_by"], result["decided_via"]) == ("Alex", "Telegram")
        assert memory(running) == 3072
        incident = await asked(client, "incident", number=before["incident_number"])
        assert incident["status"] == "resolved"
        assert (await asked(client, "pending_approvals"))["approvals"] == []


async def test_a_client_cannot_decide_even_through_the_wire_of_the_faces(running: RunningSteward) -> None:
    async with running.http() as client:
        await drawn(client, "proxmox_set_memory")
        await asked(client, "proxmox_set_memory", target="radarr", memory_mib=3072)
    front_end = FrontEndClient(running.session, running.steward.url, await running.steward.token())
    await front_end.start()
    try:
        request = front_end.pending()[0]
        with pytest.raises(ContractError) as caught:
            await front_end.approve(request, 1, Speaker(front_end=FrontEnd.MCP, user_id="alex"))
        assert caught.value.code is ErrorCode.FORBIDDEN
        assert front_end.pending() == (request,)
    finally:
        await front_end.close()


async def test_who_may_only_look_reads_and_is_refused_the_rest(running: RunningSteward) -> None:
    async with running.http(LOOKER) as client:
        await drawn(client, "proxmox_set_memory")
        assert (await asked(client, "proxmox_container_status", target="radarr"))["ok"] is True
        with pytest.raises(ToolError, match=r"^forbidden: "):
            await client.call_tool("proxmox_set_memory", {"target": "radarr", "memory_mib": 3072})
        assert (await asked(client, "pending_approvals"))["approvals"] == []


async def test_a_token_of_somebody_who_is_not_known_opens_nothing(running: RunningSteward) -> None:
    for path in ("/mcp/all", "/openapi/all/openapi.json"):
        headers = {"Authorization": f"Bearer {STRANGER}"}
        async with running.session.get(f"{running.steward.url}{path}", headers=headers) as response:
            assert response.status == 403


async def test_the_tokens_of_clients_open_no_other_door(running: RunningSteward) -> None:
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


async def test_secrets_of_clients_are_in_no_log(running: RunningSteward) -> None:
    async with running.http() as client:
        with pytest.raises(ToolError):
            await client.call_tool("proxmox_status", {"token": TOKEN})
    await running.steward.close()
    log = (running.steward.folder / "steward.log").read_text()
    assert TOKEN not in log
    assert LOOKER not in log


def memory(running: RunningSteward) -> int:
    return int(str(running.lab.world.config(RADARR)["memory"]))
