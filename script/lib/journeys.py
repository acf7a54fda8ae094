"""Plays the journeys of ARCHITECTURE.md on the real app and the lab, and traces each."""

import asyncio
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, cast

import aiohttp
from bench.payloads import Problem, body
from fastmcp import Client
from fastmcp.client.transports import StreamableHttpTransport
from journey_trace import Journey, Tracer

from demo.front_end import FrontEndClient
from demo.model import Reader
from demo.steward import Steward, assistant_settings, settings_for
from homelab_steward.contract.chat import ChatQuestion
from homelab_steward.contract.client import Connection, Listeners, StewardClient
from homelab_steward.contract.commands import InstanceId
from homelab_steward.contract.incidents import IncidentStatus
from homelab_steward.contract.protocol import Command, Nothing
from homelab_steward.contract.state import FrontEnd, Speaker
from lab.lab import Lab
from lab.model import ScriptedModel
from lab.population import RADARR
from lab.wire import Json, JsonObject
from steward.app import App
from steward.settings.reader import keep_secrets, read_settings

SECONDS: Final = 600.0
"""Ends a journey that hangs. Tracing takes long on a busy machine, and every wait is for an event."""

QUIET_SECONDS: Final = 0.5
POLL_SECONDS: Final = 3600
USER: Final = "user-in-home-assistant"
SPEAKER: Final = Speaker(front_end=FrontEnd.HOME_ASSISTANT, user_id=USER)
PERSON: Final = "alex"
SERVICES: Final = ("proxmox", "radarr", "prometheus", "alertmanager")

OBSERVERS: Final = (
    "addon/steward/agent/levels/announced_runs.py:",
    "addon/steward/agent/levels/autonomy_stage.py:",
    "addon/steward/agent/requests/expiry.py:",
    "addon/steward/agent/diagnosis/explainer.py:",
    "addon/steward/agent/diagnosis/past_incidents.py:PastIncidents.run",
    "addon/steward/agent/levels/runbook_drafts.py:",
    "addon/steward/agent/requests/scheduled_requests.py:",
    "addon/steward/agent/requests/withdrawals.py:",
    "addon/steward/agent/runs/target_drills.py:",
    "addon/steward/api/websocket_session.py:WebsocketSession._send_events",
    "addon/steward/changes/",
    "addon/steward/conversation/vocabulary.py:",
    "addon/steward/store/changes.py:",
    "addon/steward/trends/courses.py:",
    "mcp_bridge/server.py:McpServer.follow",
)
"""Stages that show, record, comment on or prepare something, or wait for an end.

No journey continues from them.
"""

REPORTS: Final = ("addon/steward/inventory/problem_reports.py:ProblemReports.",)
"""The second half of a poll. Other journeys poll for readings, and do not continue from its reports."""

QUESTION: Final = ("addon/steward/api/websocket_session.py:",)
"""The stages of a question: its command only, whatever the app does meanwhile."""

CALL: Final = ("mcp_bridge/",)
"""The stages of an MCP call."""

ALERT: Final = Problem(
    name="ContainerMemoryHigh",
    labels={
        "id": f"lxc/{RADARR}",
        "instance": "pve1",
        "job": "pve",
        "name": "radarr",
        "node": "pve1",
        "severity": "warning",
        "vmid": str(RADARR),
    },
    summary="Memory of radarr is nearly used up",
    description=f"radarr (lxc/{RADARR} on pve1) uses 95% of its memory.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rig:
    """The running app with its lab and its clients."""

    lab: Lab
    steward: Steward
    session: aiohttp.ClientSession
    front_end: FrontEndClient
    assist: StewardClient
    mcp: Client[StreamableHttpTransport]

    async def alert(self) -> None:
        """Send an alert, and wait for its request."""
        self.lab.world.start_memory_pressure(climb_seconds=0.0)
        headers = {"Authorization": f"Bearer {await self.steward.monitor_token()}"}
        headers["Content-Type"] = "application/json"
        data = body([ALERT.row(datetime.now(UTC))])
        async with self.session.post(self.steward.webhook_url, data=data, headers=headers) as response:
            response.raise_for_status()
        await self.front_end.wait_for(self.front_end.pending, SECONDS)

    async def press(self) -> None:
        """Approve the first option, and wait until its run acts."""
        request = self.front_end.pending()[0]
        await self.front_end.approve(request, 1, SPEAKER)
        await self.front_end.wait_for(lambda: self.front_end.incidents[request.incident_id].run, SECONDS)

    async def poll(self) -> None:
        """Poll a monitor, until what it reports is stored."""
        await self.assist.call(Command.POLL_INSTANCE, InstanceId(id="alertmanager"), Nothing, SECONDS)

    async def until_resolved(self) -> None:
        """Wait for the end of all incidents, so that their runs are not traced with what follows."""

        def are_resolved() -> bool:
            return all(one.status is IncidentStatus.RESOLVED for one in self.front_end.incidents.values())

        await self.front_end.wait_for(are_resolved, SECONDS)

    async def ask_records(self) -> None:
        """Ask a question that needs no model."""
        await self._ask("Is Radarr fine?")

    async def ask_model(self) -> None:
        """Ask a question that a model answers after it called a tool."""
        await self._ask("Why do the downloads in the queue of Radarr wait?")

    async def call_tool(self) -> None:
        """Read the status of a container by MCP."""
        await self.mcp.call_tool("proxmox_container_status", {"target": "radarr"})

    async def _ask(self, text: str) -> None:
        question = ChatQuestion(conversation_id=text, text=text, speaker=SPEAKER)
        async for _ in self.assist.ask(question, SECONDS):
            pass


async def trace() -> dict[str, Journey]:
    """Return the journeys by their names."""
    async with open_rig() as rig:
        poll = await _traced(rig.poll, others=())
        alert = await _traced(rig.alert)
        press = await _traced(rig.press)
        await rig.until_resolved()
        return {
            "an alert to its request": alert,
            "a press to its run": press,
            "a question to its answer, by a model": await _traced(rig.ask_model, QUESTION),
            "a question to its answer, from the records": await _traced(rig.ask_records, QUESTION),
            "an MCP call": await _traced(rig.call_tool, CALL),
            "a poll to its reports": poll,
        }


async def _traced(
    play: Callable[[], Awaitable[None]], stages: Sequence[str] = ("",), others: Sequence[str] = REPORTS
) -> Journey:
    """Return one journey through ``stages``, without those that only observe it, and without ``others``."""
    await asyncio.sleep(QUIET_SECONDS)
    with Tracer(OBSERVERS, others=others, stages=stages) as tracer:
        await play()
    return tracer.journey


@asynccontextmanager
async def open_rig() -> AsyncIterator[Rig]:
    """Yield the app in this process, with its lab, a front end and an MCP client."""
    async with AsyncExitStack() as opened:
        folder = Path(opened.enter_context(tempfile.TemporaryDirectory(prefix="journeys-")))
        session = await opened.enter_async_context(aiohttp.ClientSession())
        lab = await opened.enter_async_context(
            Lab(real_alertmanager=False, is_alerting=False, task_seconds=0.1, services=SERVICES)
        )
        model = await opened.enter_async_context(ScriptedModel(Reader()))
        steward = Steward(session, folder)
        await steward.write_settings(_settings(lab, steward, model))
        settings = await asyncio.to_thread(read_settings, {}, None, steward.settings_file)
        app = App(await asyncio.to_thread(keep_secrets, settings))
        opened.push_async_callback(app.close)
        await app.start()
        front_end = FrontEndClient(session, steward.url, await steward.token())
        opened.push_async_callback(front_end.close)
        await front_end.start()
        assist = await _connected(session, steward, opened)
        transport = StreamableHttpTransport(f"{steward.url}/mcp/all", auth=steward.mcp_token)
        mcp = await opened.enter_async_context(Client(transport))
        await mcp.list_tools()
        yield Rig(lab=lab, steward=steward, session=session, front_end=front_end, assist=assist, mcp=mcp)


def _settings(lab: Lab, steward: Steward, model: ScriptedModel) -> JsonObject:
    settings = settings_for(lab, [{"id": PERSON, "name": "Alex", "role": "owner", "ha_user_id": USER}])
    del settings["telegram"]
    for instance in cast("list[dict[str, dict[str, Json]]]", settings["instances"]):
        # No poll of its own during a journey.
        instance["settings"]["poll_seconds"] = POLL_SECONDS
    return {
        **settings,
        **assistant_settings(PERSON, steward.mcp_token, model.url),
        "log": {"level": "error", "format": "json"},
    }


async def _connected(
    session: aiohttp.ClientSession, steward: Steward, opened: AsyncExitStack
) -> StewardClient:
    """Return a connected client, as Home Assistant uses it."""
    is_connected = asyncio.Event()

    def on_connection(connection: Connection, _reason: str) -> None:
        if connection is Connection.CONNECTED:
            is_connected.set()

    listeners = Listeners(state=lambda _: None, event=lambda _: None, connection=on_connection)
    client = StewardClient(session, steward.url, await steward.token(), listeners)
    opened.push_async_callback(client.close)
    task = asyncio.create_task(client.run())
    opened.callback(task.cancel)
    await is_connected.wait()
    return client
