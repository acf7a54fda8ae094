"""Foreign servers for tests: a connection that a test controls, and a registry that uses it."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

from homelab_steward.contract.foreign_tools import ToolAccess
from homelab_steward.contract.state import FrontEnd, Origin, Person, Role, Speaker
from rig.clocks import HANGING
from steward.agent.decisions.speakers import Authors
from steward.clock import ManualClock
from steward.foreign_tools.definitions import ToolDefinition
from steward.foreign_tools.output import RawOutput
from steward.foreign_tools.ports import Offered, ServerFailed
from steward.foreign_tools.registry import RegistryParts, ToolRegistry
from steward.settings.foreign_tools import ChosenTool, ForeignServer, ServerKind
from steward.store.store import Store

NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)
OWNER = Person(id="alex", name="Alex", role=Role.OWNER, ha_user_id="alex", origin=Origin.FILE)
MEMBER = Person(id="kim", name="Kim", role=Role.MEMBER, ha_user_id="kim", origin=Origin.FILE)
ALEX = Speaker(front_end=FrontEnd.PANEL, user_id="alex")
KIM = Speaker(front_end=FrontEnd.PANEL, user_id="kim")


class Household:
    """Two people."""

    def by_speaker(self, speaker: Speaker) -> Person | None:
        return next((one for one in (OWNER, MEMBER) if one.ha_user_id == speaker.user_id), None)

    def list(self) -> tuple[Person, ...]:
        return (OWNER, MEMBER)

    async def check_pin(self, person: Person, pin: str) -> None:
        raise NotImplementedError


def definition(name: str = "look", description: str = "Looks", **properties: str) -> ToolDefinition:
    """Return a definition whose arguments have these types."""
    schema = {"type": "object", "properties": {key: {"type": kind} for key, kind in properties.items()}}
    return ToolDefinition(name=name, description=description, input_schema=schema)


def server(name: str = "lab", *tools: ChosenTool) -> ForeignServer:
    """Return a server with a tool that reads, a private one, and one that writes; or with ``tools``."""
    chosen = tools or (
        ChosenTool(name="look", access=ToolAccess.READ),
        ChosenTool(name="mail", access=ToolAccess.READ, private=True),
        ChosenTool(name="send", access=ToolAccess.WRITE),
    )
    return ForeignServer(name=name, kind=ServerKind.STDIO, command="true", tools=chosen)


class FakeServer:
    """A server that a test controls. ``calls`` are those that arrived."""

    def __init__(self) -> None:
        self.offer = Offered(tools=tuple(map(definition, ("look", "mail", "send"))), unusable={})
        self.calls: list[tuple[str, Mapping[str, object]]] = []
        self.answer: Callable[[], RawOutput] = lambda: RawOutput(text="fine")
        self.failure: ServerFailed | None = None
        self.held: asyncio.Event | None = None
        self.arrived = asyncio.Event()
        self.connected = 0
        self._change = asyncio.Event()

    def change(self, *tools: ToolDefinition) -> None:
        """Offer other tools, and say so."""
        self.offer = Offered(tools=tools, unusable={})
        self._change.set()

    def end(self, reason: str = "it crashed") -> None:
        """End the connection, and refuse new ones."""
        self.failure = ServerFailed(reason)
        self._change.set()

    @asynccontextmanager
    async def connect(self) -> AsyncIterator[FakeServer]:
        if self.failure is not None:
            raise self.failure
        self.connected += 1
        yield self

    async def offered(self) -> Offered:
        if self.failure is not None:
            raise self.failure
        return self.offer

    async def call(self, tool: str, arguments: Mapping[str, object]) -> RawOutput:
        self.calls.append((tool, arguments))
        self.arrived.set()
        if self.held is not None:
            await self.held.wait()
        return self.answer()

    async def changed(self) -> None:
        await self._change.wait()
        self._change.clear()
        if self.failure is not None:
            raise self.failure


class Foreign:
    """A registry with fake servers."""

    def __init__(self, store: Store, *servers: ForeignServer) -> None:
        self.store = store
        self.clock = ManualClock(NOW)
        configured = servers or (server(),)
        self.fakes = {one.name: FakeServer() for one in configured}
        self.servers = configured
        self.registry = self.again()

    @property
    def fake(self) -> FakeServer:
        """The first server."""
        return next(iter(self.fakes.values()))

    def again(self, *servers: ForeignServer) -> ToolRegistry:
        """Return a registry as after a restart of the app, with these servers."""
        parts = RegistryParts(
            store=self.store,
            clock=self.clock,
            authors=Authors(self.store, Household(), self.clock),
            connect=lambda one: self.fakes[one.name].connect(),
            clean=lambda text: text.replace("s3cret", "***"),
        )
        return ToolRegistry(servers or self.servers, parts)

    async def start(self) -> None:
        """Start the registry, and wait until each server was tried."""
        await self.registry.start()
        for one in self.servers:
            await self.tried(one.name)

    async def tried(self, name: str) -> None:
        """Wait until a server was tried, whether it is online or not."""
        try:
            await self.registry.server(name)
        except ServerFailed:
            return

    async def until(self, is_so: Callable[[ToolRegistry], Any]) -> None:
        """Wait until the report of the registry is as expected; the clock moves on meanwhile."""
        async with asyncio.timeout(HANGING):
            while not is_so(self.registry):
                self.clock.move(1)
                await asyncio.sleep(0.001)
