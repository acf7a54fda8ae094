"""`python -m bench.mcp_server bridge|plain`: one tool over MCP, by the bridge or by FastMCP alone.

Prints the port it listens on. Both give the same answer to the same question at once: what is
measured is the way to the tool and back.
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

from homelab_steward.contract.catalogue import Catalogue, Category, ServiceOffer, ToolOffer
from homelab_steward.contract.incidents import ApprovalRequest, Incident
from homelab_steward.contract.protocol import (
    ActionRequested,
    IncidentQuery,
    Incidents,
    Reading,
    ReadTool,
    RequestAction,
    RowKind,
)
from homelab_steward.contract.state import Instance, Origin, Person, Resource, Role, Snapshot
from mcp_bridge.bridge import Bridge
from mcp_bridge.http_auth import Token

TOKEN = "token-of-the-bench"  # noqa: S105 - it opens nothing
TOOL = "proxmox_status"
ARGUMENTS = {"target": "box-5"}
TEXT = "running, 1.4 of 2.0 GiB memory, 3 % CPU, up for 12 days"
TARGETS = 40


class Quiet:
    """A watch that never sees anything."""

    async def next(self) -> object:
        """Wait for ever."""
        return await asyncio.Event().wait()


class InstantSteward:
    """A steward that answers at once and has nothing to decide."""

    def __init__(self) -> None:
        tool = ToolOffer(key="status", name="Status", description="State of a container.", scope="container")
        service = ServiceOffer(
            key="proxmox", name="Proxmox VE", category=Category.INFRASTRUCTURE, settings=(), tools=(tool,)
        )
        self._catalogue = Catalogue(digest="bench", services=(service,))
        self._instances = (Instance(id="pve", service="proxmox", name="Homelab", origin=Origin.FILE),)
        boxes = (
            Resource(kind="container", id=f"pve1/lxc/{one}", name=f"box-{one}") for one in range(TARGETS)
        )
        taken = Snapshot(instance_id="pve", taken_at=datetime.now(UTC), resources=tuple(boxes))
        self._snapshots = (taken,)
        self._people = (Person(id="alex", name="Alex", role=Role.OWNER),)

    def catalogue(self) -> Catalogue:
        """One service."""
        return self._catalogue

    def instances(self) -> tuple[Instance, ...]:
        """One instance."""
        return self._instances

    def snapshots(self) -> tuple[Snapshot, ...]:
        """Its containers."""
        return self._snapshots

    def people(self) -> tuple[Person, ...]:
        """One person."""
        return self._people

    async def read_tool(self, question: ReadTool) -> Reading:
        """The same for every container."""
        return Reading(title=f"Status of {question.target_id}", text=TEXT)

    async def request_action(self, request: RequestAction) -> ActionRequested:
        """Nothing is ever asked."""
        raise NotImplementedError(request.action)

    async def approval(self, approval_id: str) -> ApprovalRequest | None:  # noqa: ARG002
        """None."""
        return None

    async def pending(self) -> tuple[ApprovalRequest, ...]:
        """None."""
        return ()

    async def incident(self, incident_id: str) -> Incident | None:  # noqa: ARG002
        """None."""
        return None

    async def incidents(self, query: IncidentQuery) -> Incidents:  # noqa: ARG002
        """None."""
        return Incidents(incidents=())

    @contextmanager
    def watch(self, *kinds: RowKind) -> Iterator[Quiet]:  # noqa: ARG002
        """Nothing ever changes."""
        yield Quiet()


def bridge() -> ASGIApp:
    """Return the bridge before a steward that answers at once."""
    made = Bridge(InstantSteward(), [Token(person_id="alex", secret=TOKEN)])
    return Starlette(routes=made.routes())


def plain() -> ASGIApp:
    """Return FastMCP with the same tool as a function, without any door."""
    from fastmcp import FastMCP  # noqa: PLC0415 - the bridge's process pays for it at its first request

    server: FastMCP[Any] = FastMCP("plain")

    @server.tool(name=TOOL)
    async def status(target: str, instance: str = "pve") -> dict[str, str | bool]:
        """Tell the state of a container."""
        return {"title": f"Status of {instance} {target}", "text": TEXT, "ok": True}

    return server.http_app(path="/mcp/all", stateless_http=True, json_response=True)


async def main(kind: str) -> None:
    """Serve until the process is ended."""
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
