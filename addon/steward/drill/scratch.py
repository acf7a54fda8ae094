"""A scratch copy of the installed app: its code, settings and people, with a database of its own."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

import aiohttp
from prometheus_client import CollectorRegistry
from sqlalchemy import insert, inspect, select

from homelab_steward.contract.incidents import ApprovalRequest, Incident, IncidentStatus
from homelab_steward.contract.protocol import RowKind

from ..agent.agent import Agent
from ..agent.runs.workflow import Stages
from ..inventory.inventory import LiveInventory
from ..inventory.people import People
from ..inventory.polling import PollerContext, PollSlots
from ..inventory.secret_vault import Vault
from ..inventory.tables import people
from ..language.sentences import Sentences
from ..observability.metrics import Metrics
from ..observability.redaction import Redactor
from ..sdk import http
from ..sdk.description import AnyService
from ..settings.model import ConfiguredInstance, Settings
from ..store import approvals, audit, incidents, runs
from ..store.changes import Changes, Watch
from ..store.database import Database
from ..store.migrate import migrate
from ..store.store import Store
from ..wiring.agent import build_agent
from ..wiring.conversation import read_sentences
from .cast import Cast
from .pace import DrillClock, HeldEngine, TaskEngine
from .results import NotHeld
from .service import INSTANCE, SERVICE, drill_runbooks, drill_service
from .world import World

PATIENCE: Final = 60.0
"""Seconds within which the scratch app must get somewhere."""

STILL: Final = 0.1
PASSED: Final = 30.0
MOST_MOVES: Final = 40
"""When nothing happens for STILL seconds, the clock is moved on by PASSED seconds, so often at most.

On a busy machine nothing may happen for long, and after an hour an approval does not hold any more.
"""

TEMPLATE: Final = "template.db"
STORE: Final = "steward.db"


@dataclass
class Scratch:
    """One scratch app: its parts, and the world that it changes."""

    settings: Settings
    cast: Cast
    world: World
    clock: DrillClock
    store: Store
    people: People
    inventory: LiveInventory
    services: Mapping[str, AnyService]
    agent: Agent
    engine: HeldEngine
    session: aiohttp.ClientSession

    async def incidents(self) -> tuple[Incident, ...]:
        """Return all incidents, newest first."""
        async with self.store.read() as connection:
            return await incidents.newest_incidents(connection, 100)

    async def until(self, check: Callable[[Incident], bool], what: str, number: int = 1) -> Incident:
        """Return an incident once ``check`` holds. Raises NotHeld when it does not, which names ``what``.

        The clock is moved on while nothing happens: what waits for minutes is over soon.
        """
        found: Incident | None = None
        moves = 0
        try:
            async with asyncio.timeout(PATIENCE):
                with self.store.changes.watch(RowKind.INCIDENT) as watch:
                    while True:
                        found = next((one for one in await self.incidents() if one.number == number), None)
                        if found is not None and check(found):
                            return found
                        moves += await self._next(watch, may_pass=moves < MOST_MOVES)
        except TimeoutError as err:
            state = "there is none" if found is None else f"it is {found.status}"
            message = f"incident {number} never got {what}: {state}"
            raise NotHeld(message) from err

    async def _next(self, watch: Watch, *, may_pass: bool) -> bool:
        """Wait for the next change; move the clock on when there is none. Return whether it was moved on."""
        try:
            async with asyncio.timeout(STILL if may_pass else None):
                await watch.next()
        except TimeoutError:
            self.clock.move(PASSED)
            return True
        return False

    async def asked(self, number: int = 1) -> ApprovalRequest:
        """Return the request of an incident once it waits for people."""
        waiting = await self.until(lambda one: one.status is IncidentStatus.WAITING, "a request", number)
        return await self.request(waiting.approval_id or "")

    async def ended(self, number: int = 1) -> Incident:
        """Return an incident once its run is over and its result is recorded."""
        return await self.until(
            lambda one: (
                one.run is not None
                and one.run.finished_at is not None
                and one.status is not IncidentStatus.ACTING
            ),
            "the result of a run",
            number,
        )

    async def request(self, request_id: str) -> ApprovalRequest:
        """Return a request as it is now. Raises NotHeld when it is gone."""
        async with self.store.read() as connection:
            found = await approvals.request(connection, request_id)
        if found is None:
            message = "the request has disappeared"
            raise NotHeld(message)
        return found

    async def entries(self, request_id: str) -> tuple[runs.Entry, ...]:
        """Return the journal of a run."""
        async with self.store.read() as connection:
            return await runs.entries(connection, request_id)

    async def audited(self, event: str) -> list[str]:
        """Return the bodies of the audit entries of one event, newest first."""
        async with self.store.read() as connection:
            return [one.body for one in await audit.page(connection, 1000, event=event)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Workshop:
    """Makes scratch apps in ``folder``.

    ``settings`` are the ``installed`` ones without what the drill replaces. The ``sentences`` are read
    once, because that takes seconds.
    """

    settings: Settings
    installed: Settings
    folder: Path
    cast: Cast
    session: aiohttp.ClientSession = field(repr=False)
    sentences: Sentences

    @asynccontextmanager
    async def open(
        self,
        world: World | None = None,
        *,
        settings: Settings | None = None,
        name: str | None = None,
        engine: Callable[[Stages, DrillClock], HeldEngine] = TaskEngine,
    ) -> AsyncIterator[Scratch]:
        """Yield a running scratch app. One with a ``name`` continues what another with it has left."""
        number = sum(one.is_dir() for one in self.folder.iterdir())
        folder = self.folder / (name or f"app{number}")
        async with open_scratch(
            replace(self, settings=settings or self.settings), folder, world or World(), engine
        ) as found:
            yield found


@asynccontextmanager
async def open_scratch(
    shop: Workshop, folder: Path, world: World, engine: Callable[[Stages, DrillClock], HeldEngine]
) -> AsyncIterator[Scratch]:
    """Yield a running scratch app whose data is in ``folder``."""
    await asyncio.to_thread(_make, folder, shop.folder / TEMPLATE)
    settings = replace(shop.settings, data_dir=folder)
    async with AsyncExitStack() as opened:
        database = Database(_url(folder / STORE))
        opened.push_async_callback(database.close)
        clock = DrillClock()
        store = Store(database, Changes(clock))
        known = People(store, settings.people, clock.now)
        await known.start()
        services = {SERVICE: drill_service(world)}
        context = PollerContext(
            changes=store.changes,
            session=shop.session,
            clock=clock,
            redactor=Redactor(),
            metrics=Metrics(CollectorRegistry()),
            slots=PollSlots(),
        )
        inventory = LiveInventory(store, services, Vault(folder / "secret.key"), settings.instances, context)
        opened.push_async_callback(inventory.close)
        engines: list[HeldEngine] = []

        def made(stages: Stages) -> HeldEngine:
            engines.append(engine(stages, clock))
            return engines[0]

        agent = build_agent(settings, store, inventory, known, drill_runbooks(), clock, made, None)
        await inventory.start(agent.reports.take, agent.is_changing)
        opened.push_async_callback(agent.close)
        await agent.start()
        await agent.first_read()
        yield Scratch(
            settings,
            shop.cast,
            world,
            clock,
            store,
            known,
            inventory,
            services,
            agent,
            engines[0],
            shop.session,
        )


@asynccontextmanager
async def open_workshop(installed: Settings, folder: Path) -> AsyncIterator[Workshop]:
    """Yield a workshop in an empty folder, with the people of the installed app.

    Raises StoreUnavailable when the database of the app cannot be read.
    """
    cast = Cast.new()
    known = tuple(replace(one, pin=None) for one in installed.people)
    settings = replace(
        installed,
        data_dir=folder,
        database_url="",
        workflow_database_url=f"sqlite:///{folder / 'dbos.db'}",
        people=known,
        instances=(ConfiguredInstance(id=INSTANCE, service=SERVICE, name="Drill"),),
        telegram=None,
        models=(),
        runs_on="",
        fences=(),
    )
    await _make_template(installed, settings, folder / TEMPLATE, cast)
    async with http.session() as session:
        yield Workshop(
            settings=settings,
            installed=installed,
            folder=folder,
            cast=cast,
            session=session,
            sentences=read_sentences(installed),
        )


async def _make_template(installed: Settings, settings: Settings, file: Path, cast: Cast) -> None:
    """Write the database that each scratch app begins with."""
    rows = await _stored_people(installed.database_url)
    database = Database(_url(file))
    try:
        await migrate(database)
        store = Store(database, Changes(DrillClock()))
        if rows:
            async with store.change() as unit:
                await unit.connection.execute(insert(people), rows)
        known = People(store, settings.people)
        await known.start()
        for one in (*cast.owners, cast.guest):
            await known.save(one.saved())
    finally:
        await database.close()


async def _stored_people(url: str) -> list[dict[str, object]]:
    """Return the rows of the people that clients configured; none before the first start of the app."""
    database = Database(url)
    try:
        if database.file is not None and not database.file.exists():
            return []
        await database.check()
        async with database.read() as connection:
            if not await connection.run_sync(lambda one: inspect(one).has_table(people.name)):
                return []
            return [dict(row) for row in (await connection.execute(select(people))).mappings()]
    finally:
        await database.close()


def _make(folder: Path, template: Path) -> None:
    """Create the folder of a scratch app with the template as its database, unless it exists."""
    if not folder.exists():
        folder.mkdir(mode=0o700)
        shutil.copyfile(template, folder / STORE)


def _url(file: Path) -> str:
    return f"sqlite+aiosqlite:///{file}"
