"""A service with answers that the test sets, and an inventory with it."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import aiohttp
from prometheus_client import CollectorRegistry

from homelab_steward.contract.base import Value
from homelab_steward.contract.catalogue import Field, SettingKind
from homelab_steward.contract.incidents import Severity
from homelab_steward.contract.protocol import Event
from homelab_steward.contract.state import TargetRef
from steward.clock import Clock, ManualClock
from steward.inventory import tables
from steward.inventory.inventory import LiveInventory
from steward.inventory.polling import PollerContext, PollSlots
from steward.inventory.ports import Completeness
from steward.inventory.secret_vault import Vault
from steward.observability.metrics import Metrics
from steward.observability.redaction import Redactor
from steward.sdk.access import Access
from steward.sdk.categories import INFRASTRUCTURE
from steward.sdk.coverage import Gaps
from steward.sdk.description import (
    AlertSource,
    AnyService,
    Changed,
    Check,
    IncomingAlert,
    Push,
    ReadAlerts,
    ResourceKind,
    Role,
    Sensor,
    Service,
)
from steward.sdk.readings import NotKnown
from steward.settings.model import ConfiguredInstance
from steward.store.changes import Changes
from steward.store.database import Database
from steward.store.schema import metadata
from steward.store.store import Store

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


@dataclass(frozen=True)
class Guest:
    """A guest; ``memory`` above 0.9 is a problem, None is unknown."""

    id: str
    name: str
    memory: float | None
    node: str = "pve1"


@dataclass(frozen=True)
class State:
    """The answer of a service. ``wrong`` is None when unknown; ``gaps`` are parts that are missing."""

    version: str = "1.0"
    load: float = 0.5
    guests: tuple[Guest, ...] = ()
    wrong: str | None = ""
    gaps: tuple[str, ...] = ()
    missing_alerts: str | None = None


def is_wrong(state: State) -> str | None:
    if state.wrong is None:
        raise NotKnown("the checks have not run")
    return state.wrong or None


def memory_is_short(guest: Guest) -> str | None:
    if guest.memory is None:
        raise NotKnown("the agent does not answer")
    return f"{guest.name} is full" if guest.memory > 0.9 else None


@dataclass
class World:
    """The answers of the services of a test, by their configured address."""

    states: dict[str, State | Exception] = field(default_factory=dict)
    unresponsive: set[str] = field(default_factory=set)
    firing: dict[str, tuple[IncomingAlert, ...] | Exception] = field(default_factory=dict)
    pushes: asyncio.Queue[Push | Exception | None] = field(default_factory=asyncio.Queue)
    listeners: int = 0
    answering: asyncio.Event = field(default_factory=asyncio.Event)
    polls: dict[str, int] = field(default_factory=dict)
    open_clients: int = 0
    used_settings: list[Mapping[str, Value]] = field(default_factory=list)

    def service(self, key: str = "thing", **more: Any) -> AnyService:
        return Service[FakeClient, State](
            key=key,
            name=key.title(),
            category=INFRASTRUCTURE,
            settings=(
                Field(key="url", kind=SettingKind.URL, name="Address"),
                Field(key="token", kind=SettingKind.SECRET, name="Token"),
                Field(key="verify", kind=SettingKind.BOOLEAN, name="Check", required=False, default=True),
            ),
            connect=lambda access: FakeClient(self, access),
            poll=poll,
            version=lambda state: state.version,
            sensors=(Sensor[State](key="load", name="Load", value=lambda state: state.load),),
            resources=(
                ResourceKind[State, Guest](
                    key="container",
                    name="Container",
                    items=lambda state: state.guests,
                    id=lambda guest: guest.id,
                    role=Role.HOST,
                    title=lambda guest: guest.name,
                    labels=lambda guest: {
                        "id": f"lxc/{guest.id}",
                        "name": guest.name,
                        "node": guest.node,
                    },
                    sensors=(Sensor[Guest](key="memory", name="Memory", value=lambda g: g.memory),),
                ),
            ),
            checks=(
                Check[State](key="health", name="Health", severity=Severity.WARNING, problem=is_wrong),
                Check[Guest](
                    key="memory",
                    name="Memory",
                    severity=Severity.CRITICAL,
                    problem=memory_is_short,
                    scope="container",
                ),
            ),
            **more,
        )

    def monitor(self, key: str = "monitor") -> AnyService:
        return self.service(key, alerts=AlertSource[FakeClient](parse=lambda delivery: (), read=read_alerts))

    async def listen(self, client: FakeClient) -> AsyncIterator[Push]:
        """Yield what the test pushes; an exception or None ends the listener."""
        self.listeners += 1
        while (push := await self.pushes.get()) is not None:
            if isinstance(push, Exception):
                raise push
            yield push


POLL_NOW = Changed.POLL_NOW


async def poll(client: FakeClient, gaps: Gaps) -> State:
    state = await client.poll()
    for part in state.gaps:
        gaps.add(part, "not read")
    return state


async def read_alerts(client: FakeClient) -> ReadAlerts:
    return await client.alerts()


class FakeClient:
    def __init__(self, world: World, access: Access) -> None:
        self._world = world
        self._url = access.text("url")
        world.used_settings.append(access.settings)
        world.open_clients += 1

    async def poll(self) -> State:
        self._world.polls[self._url] = self._world.polls.get(self._url, 0) + 1
        if self._url in self._world.unresponsive:
            await self._world.answering.wait()
        state = self._world.states.get(self._url, State())
        if isinstance(state, Exception):
            raise state
        return state

    async def alerts(self) -> ReadAlerts:
        firing = self._world.firing.get(self._url, ())
        if isinstance(firing, Exception):
            raise firing
        state = self._world.states.get(self._url, State())
        return ReadAlerts(alerts=firing, missing=getattr(state, "missing_alerts", None))

    async def close(self) -> None:
        self._world.open_clients -= 1


@dataclass
class InventoryRig:
    """An inventory in a temporary folder, with the alerts that it reported."""

    folder: Path
    world: World
    services: dict[str, AnyService]
    configured: tuple[ConfiguredInstance, ...] = ()
    clock: Clock = field(default_factory=lambda: ManualClock(NOW))
    poll_timeout: float = 5.0
    slots: PollSlots = field(default_factory=PollSlots)
    reported: list[tuple[str, tuple[IncomingAlert, ...], Completeness]] = field(default_factory=list)
    own_host: str | None = None
    wrong_services: Mapping[str, str] = field(default_factory=dict)
    redactor: Redactor = field(default_factory=Redactor)
    is_report_failing: bool = False
    home: Any = None
    changing: set[tuple[str, str, str]] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.registry = CollectorRegistry()
        self.metrics = Metrics(self.registry)

    async def __aenter__(self) -> LiveInventory:
        self.database = Database(f"sqlite+aiosqlite:///{self.folder}/steward.db")
        self.changes = Changes(self.clock)
        self.store = Store(self.database, self.changes)
        async with self.database.engine.begin() as connection:
            await connection.run_sync(
                lambda sync: metadata.create_all(
                    sync, tables=[tables.instances, tables.people, tables.target_states]
                )
            )
        self.session = aiohttp.ClientSession()
        context = PollerContext(
            changes=self.changes,
            session=self.session,
            clock=self.clock,
            redactor=self.redactor,
            metrics=self.metrics,
            slots=self.slots,
            poll_timeout=self.poll_timeout,
            home=self.home,
        )
        vault = Vault(self.folder / "secret.key")
        self.inventory = LiveInventory(
            self.store, self.services, vault, self.configured, context, self.own_host, self.wrong_services
        )
        try:
            await self.inventory.start(self._found, self._is_changing)
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

    async def _is_changing(self, targets: Sequence[TargetRef]) -> bool:
        return any(one.key in self.changing for one in targets)

    async def _found(
        self, instance_id: str, alerts: tuple[IncomingAlert, ...], completeness: Completeness
    ) -> None:
        if self.is_report_failing:
            raise RuntimeError("the store is not available")
        self.reported.append((instance_id, alerts, completeness))


def configured(name: str, service: str = "thing", **settings: Value) -> ConfiguredInstance:
    return ConfiguredInstance(
        id=name,
        service=service,
        name=name.title(),
        settings={"url": f"http://{name}:1", "token": f"canary-{name}", **settings},
    )


def on_disk(folder: Path) -> bytes:
    """Return all bytes that the database has written."""
    return b"".join(path.read_bytes() for path in sorted(folder.glob("steward.db*")))


async def settle(rounds: int = 50) -> None:
    """Run all tasks that can run without a change of the time."""
    for _ in range(rounds):
        await asyncio.sleep(0)
