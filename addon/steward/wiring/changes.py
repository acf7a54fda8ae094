"""Builds the stage of updates from its sources."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

import aiohttp
import structlog

from ..agent.agent import Agent
from ..agent.decisions.gate import People
from ..agent.plans.resolver import Resolver
from ..changes.commands import ChangeCommands
from ..changes.finding import Assess, Finder
from ..changes.found import Source
from ..changes.images import ImageSource
from ..changes.keeping import Keeper
from ..changes.offered import ServiceUpdates
from ..changes.pipeline import Pipeline
from ..changes.planner import Planner
from ..changes.preserver import Preserver
from ..changes.pull_requests import PullRequests
from ..changes.registry import Login, RegistryClient
from ..clock import Clock
from ..inventory.ports import Inventory
from ..settings.changes import Changes
from ..settings.model import Settings
from ..store.store import Store

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeParts:
    """The parts that updates use. ``assess`` judges what ``sources`` find."""

    store: Store
    inventory: Inventory
    clock: Clock
    settings: Changes
    agent: Agent
    people: People
    sources: Sequence[Source]
    assess: Assess


class ChangeStage:
    """The stage, what it found, and the commands of people about it."""

    def __init__(self, pipeline: Pipeline, finder: Finder, commands: ChangeCommands, keeper: Keeper) -> None:
        """Nothing is done before :meth:`start`."""
        self.pipeline = pipeline
        self.finder = finder
        self.commands = commands
        self.keeper = keeper
        self._running: asyncio.Task[None] | None = None

    def start(self, first_read: Callable[[], Awaitable[None]]) -> None:
        """Find and ask from now on, after the first polls."""
        self._running = asyncio.create_task(self._run(first_read), name="updates")
        self._running.add_done_callback(_log_if_failed)

    async def close(self) -> None:
        """Stop. The next start continues."""
        if self._running is not None:
            self._running.cancel()
            await asyncio.gather(self._running, return_exceptions=True)

    async def _run(self, first_read: Callable[[], Awaitable[None]]) -> None:
        await first_read()
        async with asyncio.TaskGroup() as group:
            group.create_task(self.pipeline.run(), name="updates: apply")
            group.create_task(self.keeper.run(), name="updates: keep")


def _log_if_failed(task: asyncio.Task[None]) -> None:
    if not task.cancelled() and (err := task.exception()) is not None:
        log.critical("stage stopped", stage=task.get_name(), exc_info=err)


def build_changes(parts: ChangeParts) -> ChangeStage:
    """Return the stage; nothing is done before its pipeline runs."""
    agent = parts.agent
    preserver = Preserver(parts.inventory, Resolver(parts.inventory), parts.clock)
    finder = Finder(
        parts.store,
        parts.inventory,
        parts.clock,
        parts.settings,
        parts.sources,
        parts.assess,
        preserver.prepared,
    )
    pipeline = Pipeline(
        parts.store,
        parts.clock,
        finder,
        Planner(agent.change_plans, finder, agent.maintenance, parts.clock),
        agent.writer,
        parts.people.list,
        agent.begin,
    )
    commands = ChangeCommands(parts.store, pipeline, parts.people, parts.clock)
    keeper = Keeper(parts.store, parts.clock, agent.drop_copies, parts.settings.keep_days)
    return ChangeStage(pipeline, finder, commands, keeper)


def sources(
    inventory: Inventory, session: aiohttp.ClientSession, clock: Clock, settings: Settings
) -> tuple[Source, ...]:
    """Return all sources of updates."""
    logins = tuple(
        Login(host=one.host, username=one.username, password=one.password, plain_http=one.plain_http)
        for one in settings.registries
    )
    return (
        ServiceUpdates(inventory),
        PullRequests(inventory, float(settings.changes.watch_poll_seconds)),
        ImageSource(inventory, RegistryClient(session, clock, logins), clock),
    )
