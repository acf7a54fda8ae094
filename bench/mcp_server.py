"""`python -m bench.mcp_server bridge|plain`: serves one MCP tool, with the bridge or FastMCP alone.

Prints the port it listens on. Both answer at once and with the same text, so only the protocol
and the server are measured.
"""

import asyncio
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.types import ASGIApp

from homelab_steward.contract.autonomy import LevelQuery, RunbookLevels
from homelab_steward.contract.catalogue import Catalogue, ServiceOffer, ToolOffer
from homelab_steward.contract.commands import (
    ActionRequested,
    IncidentQuery,
    Incidents,
    Reading,
    ReadTool,
    RequestAction,
)
from homelab_steward.contract.devices import DevicesQuery, DevicesView
from homelab_steward.contract.foreign_tools import ForeignToolsReport
from homelab_steward.contract.incidents import ApprovalRequest, Incident
from homelab_steward.contract.protocol import RowKind
from homelab_steward.contract.records import SearchQuery, SearchResult
from homelab_steward.contract.released_text import Reader, ReleasedTexts, ReleaseTexts
from homelab_steward.contract.runbook_runs import (
    RunbookAnswer,
    RunbookTargets,
    RunbookTargetsQuery,
    RunRunbook,
)
from homelab_steward.contract.schedules import RunSchedule, Schedule, ScheduleQuery, Schedules
from homelab_steward.contract.state import Instance, Origin, Person, Resource, Role, Snapshot
from mcp_bridge.bridge import Bridge
from mcp_bridge.forwarded import TrustedProxies
from mcp_bridge.http_auth import Token
from mcp_bridge.origins import Origins
from mcp_bridge.source_check import SourceRules

TOKEN = "token-of-the-bench"  # noqa: S105 - only for this server
TOOL = "proxmox_status"
ARGUMENTS = {"target": "box-5"}
TEXT = "running, 1.4 of 2.0 GiB memory, 3 % CPU, up for 12 days"
TARGETS = 40


class NoEvents:
    """A watch without events."""

    async def next(self) -> object:
        """Never return."""
        return await asyncio.Event().wait()


class InstantSteward:
    """A steward that answers at once and has no requests."""

    def __init__(self) -> None:
        tool = ToolOffer(key="status", name="Status", description="State of a container.", scope="container")
        service = ServiceOffer(
            key="proxmox", name="Proxmox VE", category="infrastructure", settings=(), tools=(tool,)
        )
        self._catalogue = Catalogue(digest="bench", services=(service,))
        self._instances = (Instance(id="pve", service="proxmox", name="Homelab", origin=Origin.FILE),)
        boxes = (Resource(kind="container", id=str(100 + one), name=f"box-{one}") for one in range(TARGETS))
        snapshot = Snapshot(instance_id="pve", taken_at=datetime.now(UTC), resources=tuple(boxes))
        self._snapshots = (snapshot,)
        self._people = (Person(id="alex", name="Alex", role=Role.OWNER),)

    def catalogue(self) -> Catalogue:
        """Return one service."""
        return self._catalogue

    def instances(self) -> tuple[Instance, ...]:
        """Return one instance."""
        return self._instances

    def snapshots(self) -> tuple[Snapshot, ...]:
        """Return a snapshot with the containers."""
        return self._snapshots

    def foreign_tools(self) -> ForeignToolsReport:
        """Return no servers."""
        return ForeignToolsReport()

    def people(self) -> tuple[Person, ...]:
        """Return one person."""
        return self._people

    async def read_tool(self, question: ReadTool) -> Reading:
        """Return the same text for every container."""
        return Reading(title=f"Status of {question.target_id}", text=TEXT)

    async def request_action(self, request: RequestAction) -> ActionRequested:
        """Raise NotImplementedError."""
        raise NotImplementedError(request.action)

    async def runbook_targets(self, query: RunbookTargetsQuery) -> RunbookTargets:  # noqa: ARG002
        """Return no targets."""
        return RunbookTargets()

    async def run_runbook(self, request: RunRunbook) -> RunbookAnswer:
        """Raise NotImplementedError."""
        raise NotImplementedError(request.runbook_id)

    async def approval(self, approval_id: str) -> ApprovalRequest | None:  # noqa: ARG002
        """Return None."""
        return None

    async def pending(self) -> tuple[ApprovalRequest, ...]:
        """Return no requests."""
        return ()

    async def incident(self, incident_id: str) -> Incident | None:  # noqa: ARG002
        """Return None."""
        return None

    async def incidents(self, query: IncidentQuery) -> Incidents:  # noqa: ARG002
        """Return no incidents."""
        return Incidents(incidents=())

    async def search(self, query: SearchQuery) -> SearchResult:  # noqa: ARG002
        """Return nothing."""
        return SearchResult()

    async def devices(self, query: DevicesQuery) -> DevicesView:  # noqa: ARG002
        """Return no devices."""
        return DevicesView()

    async def levels(self, query: LevelQuery) -> RunbookLevels:  # noqa: ARG002
        """Return no levels."""
        return RunbookLevels(levels=())

    async def schedules(self, query: ScheduleQuery) -> Schedules:  # noqa: ARG002
        """Return nothing."""
        return Schedules()

    async def run_schedule(self, command: RunSchedule) -> Schedule:
        """Raise NotImplementedError."""
        raise NotImplementedError(command.id)

    async def release(self, asked: ReleaseTexts) -> ReleasedTexts:
        """Return all texts."""
        return ReleasedTexts(texts=asked.texts)

    @contextmanager
    def watch(self, *kinds: RowKind) -> Iterator[NoEvents]:  # noqa: ARG002
        """Yield a watch without events."""
        yield NoEvents()


def bridge() -> ASGIApp:
    """Return the bridge with the instant steward."""
    rules = SourceRules((), Origins(), TrustedProxies())
    bridge_with_token = Bridge(
        InstantSteward(), [Token(person_id="alex", secret=TOKEN, reader=Reader.HOME)], rules
    )
    return Starlette(routes=bridge_with_token.routes())


def plain() -> ASGIApp:
    """Return FastMCP with the same tool as a function, without authentication."""
    from fastmcp import FastMCP  # noqa: PLC0415 - the bridge imports it at its first request

    server: FastMCP[Any] = FastMCP("plain")

    @server.tool(name=TOOL)
    async def status(target: str, instance: str = "pve") -> dict[str, str | bool]:
        """Return the state of a container."""
        return {"title": f"Status of {instance} {target}", "text": TEXT, "ok": True}

    return server.http_app(path="/mcp/all", stateless_http=True, json_response=True)


async def main(kind: str) -> None:
    """Serve until the process is terminated."""
    app = bridge() if kind == "bridge" else plain()
    config = uvicorn.Config(app, host="127.0.0.1", port=0, log_config=None, http="h11", access_log=False)
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve())
    async with asyncio.timeout(30):
        while not server.started:  # noqa: ASYNC110 - uvicorn has no event for it
            await asyncio.sleep(0.01)
    print(server.servers[0].sockets[0].getsockname()[1], flush=True)
    await serving


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
