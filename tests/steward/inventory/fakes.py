"""A service whose answers the test decides, and an inventory around it."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import aiohttp
from prometheus_client import CollectorRegistry

from homelab_steward.contract.base import Value
from homelab_steward.contract.catalogue import Category, Field, SettingKind
from homelab_steward.contract.incidents import Severity
from homelab_steward.contract.protocol import Event
from steward.clock import Clock, ManualClock
from steward.description import (
    Access,
    AlertSource,
    AnyService,
    Check,
    Finding,
    IncomingAlert,
    ResourceKind,
    Sensor,
    Service,
)
from steward.inventory import tables
from steward.inventory.instance_poller import PollerContext
from steward.inventory.inventory import LiveInventory
from steward.inventory.polling import Turns
from steward.inventory.secret_vault import Vault
from steward.observability.metrics import Metrics
from steward.observability.redaction import Redactor
from steward.settings.model import ConfiguredInstance
from steward.store.changes import Changes
from steward.store.database import Database
from steward.store.schema import metadata
from steward.store.store import Store

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


@dataclass(frozen=True)
class Guest:
    id: str
    name: str
    memory: float
    node: str = "pve1"


@dataclass(frozen=True)
class State:
    version: str = "1.0"
    load: float = 0.5
    guests: tuple[Guest, ...] = ()
    wrong: tuple[Finding, ...] = ()


@dataclass
class World:
    """What the services of a test answer, by the address they are configured with."""

    states: dict[str, State | Exception] = field(default_factory=dict)
    hanging: set[str] = field(default_factory=set)
    firing: dict[str, tuple[IncomingAlert, ...] | Exception] = field(default_factory=dict)
    polls: dict[str, int] = field(default_factory=dict)
    open_clients: int = 0
    seen: list[Mapping[str, Value]] = field(default_factory=list)

    def service(self, key: str = "thing", **more: Any) -> AnyService:
        return Service[FakeClient, State](
            key=key,
            name=key.title(),
            category=Category.INFRASTRUCTURE,
            settings=(
                Field(key="url", kind=SettingKind.URL, name="Address"),
                Field(key="token", kind=SettingKind.SECRET, name="Token"),
                Field(key="verify", kind=SettingKind.BOOLEAN, name="Check", required=False, default=True),
            ),
            connect=lambda access: FakeClient(self, access),
            poll=lambda client: client.poll(),
            version=lambda state: state.version,
            sensors=(Sensor[State](key="load", name="Load", value=lambda state: state.load),),
            resources=(
                ResourceKind[State, Guest](
                    key="container",
                    name="Container",
                    items=lambda state: state.guests,
                    id=lambda guest: guest.id,
                    title=lambda guest: guest.name,
                    labels=lambda guest: {
                        "id": guest.id.partition("/")[2],
                        "name": guest.name,
                        "node": guest.node,
                    },
                    sensors=(Sensor[Guest](key="memory", name="Memory", value=lambda g: g.memory),),
                ),
            ),
            checks=(
                Check[State](
                    key="health", name="Health", severity=Severity.WARNING, find=lambda state: state.wrong
                ),
            ),
            **more,
        )

    def monitor(self, key: str = "monitor") -> AnyService:
        return self.service(
            key, alerts=AlertSource[FakeClient](parse=lambda body: (), read=lambda client: client.alerts())
        )


class FakeClient:
    def __init__(self, world: World, access: Access) -> None:
        self._world = world
        self._url = access.text("url")
        world.seen.append(access.settings)
        world.open_clients += 1

    async def poll(self) -> State:
        self._world.polls[self._url] = self._world.polls.get(self._url, 0) + 1
        if self._url in self._world.hanging:
            await asyncio.Event().wait()
        state = self._world.states.get(self._url, State())
        if isinstance(state, Exception):
            raise state
        return state

    async def alerts(self) -> tuple[IncomingAlert, ...]:
        firing = self._world.firing.get(self._url, ())
        if isinstance(firing, Exception):
            raise firing
        return firing

    async def close(self) -> None:
        self._world.open_clients -= 1


@dataclass
class InventoryRig:
    """An inventory in a temporary folder, and everything it said."""

    folder: Path
    world: World
    services: dict[str, AnyService]
    configured: tuple[ConfiguredInstance, ...] = ()
    clock: Clock = field(default_factory=lambda: ManualClock(NOW))
    poll_timeout: float = 5.0
    turns: Turns = field(default_factory=Turns)
    handed: list[tuple[str, tuple[IncomingAlert, ...], bool]] = field(default_factory=list)
    redactor: Redactor = field(default_factory=Redactor)
    fails_to_take: bool = False

    def __post_init__(self) -> None:
        self.registry = CollectorRegistry()
        self.metrics = Metrics(self.registry)

    async def __aenter__(self) -> LiveInventory:
        self.database = Database(f"sqlite+aiosqlite:///{self.folder}/steward.db")
        self.changes = Changes(self.clock)
        self.store = Store(self.database, self.changes)
        async with self.database.engine.begin() as connection:
            await connection.run_sync(
                lambda sync: metadata.create_all(sync, tables=[tables.instances, tables.people])
            )
        self.session = aiohttp.ClientSession()
        context = PollerContext(
            changes=self.changes,
            session=self.session,
            clock=self.clock,
            redactor=self.redactor,
            metrics=self.metrics,
            found=self._found,
            turns=self.turns,
            poll_timeout=self.poll_timeout,
        )
        vault = Vault(self.folder / "secret.key")
        self.inventory = LiveInventory(self.store, self.services, vault, self.configured, context)
        try:
            await self.inventory.start()
        except BaseException:
            await self._close()
            raise
        return self.inventory

    async def __aexit__(self, *_error: object) -> None:
        await self.inventory.close()
        await self._close()

    def events(self, after: int = 0) -> tuple[Event, ...]:
        found = self.changes.since(after)
        assert found is not None
        return found

    async def _close(self) -> None:
        await self.session.close()
        await self.database.close()

    async def _found(  # the inventory calls it by position
        self,
        instance_id: str,
        alerts: tuple[IncomingAlert, ...],
        complete: bool,  # noqa: FBT001
    ) -> None:
        if self.fails_to_take:
            raise RuntimeError("the store is away")
        self.handed.append((instance_id, alerts, complete))


def configured(name: str, service: str = "thing", **settings: Value) -> ConfiguredInstance:
    return ConfiguredInstance(
        id=name,
        service=service,
        name=name.title(),
        settings={"url": f"http://{name}:1", "token": f"canary-{name}", **settings},
    )


def on_disk(folder: Path) -> bytes:
    """Return everything the database has written."""
    return b"".join(path.read_bytes() for path in sorted(folder.glob("steward.db*")))


async def settle(rounds: int = 50) -> None:
    """Let everything that can run without time passing run."""
    for _ in range(rounds):
        await asyncio.sleep(0)
