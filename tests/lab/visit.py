"""One service of the lab, connected: what the tests of a service are written with."""

import importlib
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest.mock import patch

import aiohttp

import steward.services
from homelab_steward.contract.base import Value
from homelab_steward.contract.state import Snapshot, TargetRef
from lab.clock import SteppedClock
from lab.faults import Fault, FaultKind
from lab.fixtures import JoinsApp, Round, ServiceFixture, fixture_of
from lab.lab import Lab
from steward.api.home_connections import HomeConnections
from steward.sdk import connection
from steward.sdk.access import Access
from steward.sdk.coverage import Gaps
from steward.sdk.description import Action, AnyService, Call, Tool
from steward.sdk.http import TIMEOUT
from steward.sdk.snapshot import CheckResults, items, run_checks, snapshot

INSTANCE = "i"
PATIENCE = 60.0
"""Seconds that a client waits for an answer: a busy machine may answer late."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """A service with its client, the lab that serves it, and the clock of both."""

    service: AnyService
    fixture: ServiceFixture
    client: Any
    lab: Lab
    clock: SteppedClock

    @property
    def served(self) -> Any:
        """The service's simulator."""
        return self.lab.served[self.service.key]

    @property
    def writes(self) -> list[tuple[str, str]]:
        """Method and path of every change that took effect."""
        return [(effect.method, effect.path) for effect in self.lab.world.effects]

    def arm(
        self,
        kind: FaultKind,
        method: str | None = None,
        path: str = "",
        *,
        status: int = 500,
        times: int | None = None,
    ) -> None:
        """Let something go wrong from now on, for ``times`` requests or until it is cleared."""
        fault = Fault(
            service=self.service.key, kind=kind, method=method, path_prefix=path, status=status, times=times
        )
        self.lab.faults.arm(fault)

    async def poll(self) -> tuple[Any, Gaps]:
        """Return the state and what is missing from it."""
        gaps = Gaps()
        return await self.service.poll(self.client, gaps), gaps

    async def snapshot(self) -> Snapshot:
        """Poll, and return the snapshot that clients get."""
        state, gaps = await self.poll()
        return snapshot(self.service, INSTANCE, state, gaps, self.clock.now())

    async def checks(self) -> CheckResults:
        """Poll, and return what the checks say."""
        return run_checks(self.service, (await self.poll())[0])

    async def make_unhealthy(self) -> None:
        """Bring the lab where every check finds a problem."""
        unhealthy = self.fixture.unhealthy
        if isinstance(unhealthy, Mapping):
            self.served.state.replace(unhealthy)
        elif unhealthy is not None:
            await unhealthy(self.lab)

    async def target(self, scope: str | None, title: str | None) -> TargetRef:
        """Return the resource with this title, or the instance."""
        if scope is None:
            return TargetRef(instance_id=INSTANCE, kind="instance", id=INSTANCE, name=self.service.name)
        kind = self.service.kind(scope)
        assert kind is not None, f"{self.service.key} has no {scope}"
        found = {kind.name_of(item): kind.id(item) for item in items(kind, (await self.poll())[0])}
        assert title in found, f"no {scope} is called {title!r}, only {sorted(found)}"
        return TargetRef(instance_id=INSTANCE, kind=scope, id=found[title], name=title)

    def action(self, key: str) -> Action[Any]:
        """Return the action with this key."""
        return next(one for one in self.service.actions if one.key == key)

    def tool(self, key: str) -> Tool[Any]:
        """Return the tool with this key."""
        return next(one for one in self.service.tools if one.key == key)

    async def call(self, attempt: Round) -> Call:
        """Return the call of a round, with the defaults of the arguments that it leaves out."""
        action = self.action(attempt.action)
        return await self.call_of(action, attempt.target, **attempt.arguments)

    async def call_of(
        self, described: Action[Any] | Tool[Any], title: str | None = None, /, **arguments: Value
    ) -> Call:
        """Return the call of an action or tool on the resource with this title."""
        defaults = {one.key: one.default for one in described.arguments if one.default is not None}
        target = await self.target(described.scope, title)
        return Call(target=target, arguments={**defaults, **arguments})


def service_keys() -> list[str]:
    """Return the names of all service folders, those that cannot be imported included."""
    folders = [path for place in steward.services.__path__ for path in Path(place).iterdir()]
    names = (path.name for path in folders if path.is_dir() and any(path.glob("*.py")))
    return sorted(name for name in names if not name.startswith(("_", ".")))


def service_rounds() -> Iterator[tuple[str, Round]]:
    """Yield every round of every fixture with the name of its service; none for a wrong fixture."""
    for key in service_keys():
        try:
            found = fixture_of(key).rounds
        except Exception:  # noqa: BLE001, S112 - a test of every service reports it
            continue
        yield from ((key, one) for one in found)


def load(key: str) -> AnyService:
    """Return a service by its folder's name, whatever is wrong with the others."""
    service: AnyService = importlib.import_module(f"steward.services.{key}").SERVICE
    return service


@asynccontextmanager
async def visit(
    key: str, attempt: Round | None = None, changed: Mapping[str, Value] | None = None
) -> AsyncIterator[Visit]:
    """Serve one service and connect to it; ``changed`` are settings other than the fixture's.

    The lab and the app share a clock that moves when somebody sleeps on it.
    """
    clock = SteppedClock()
    async with (
        Lab(services=(key,), clock=clock, real_alertmanager=False, is_alerting=False) as lab,
        aiohttp.ClientSession() as session,
        connected(key, lab, session, clock, attempt, changed) as here,
    ):
        yield here


@asynccontextmanager
async def connected(
    key: str,
    lab: Lab,
    session: aiohttp.ClientSession,
    clock: SteppedClock,
    attempt: Round | None = None,
    changed: Mapping[str, Value] | None = None,
) -> AsyncIterator[Visit]:
    """Connect to a service of a lab that runs, with a session and client of its own."""
    fixture, service = fixture_of(key), load(key)
    for prepare in (fixture.prepare, attempt.prepare if attempt else None):
        if prepare is not None:
            await prepare(lab)
    served = lab.served[key]
    settings = {**fixture.settings(served), **(changed or {})}
    home = HomeConnections(lambda text: text)
    if isinstance(served, JoinsApp):
        served.join(home)
    templates = fixture.templates(served) if fixture.templates else None
    # A test that waits for a timeout has set a short one itself.
    patience = PATIENCE if vars(connection)["TIMEOUT"] == TIMEOUT else vars(connection)["TIMEOUT"]
    with patch.object(connection, "TIMEOUT", patience):
        client = service.connect(
            Access(settings=settings, session=session, clock=clock, home=home, templates=templates)
        )
    try:
        yield Visit(service=service, fixture=fixture, client=client, lab=lab, clock=clock)
    finally:
        await client.close()
