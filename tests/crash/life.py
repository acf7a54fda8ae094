"""One process of the app, from its start until nothing is under way, with the monitor and the people."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Collection
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, Final

import aiohttp

from homelab_steward.contract.changes import ChangeStatus
from homelab_steward.contract.errors import ContractError, ErrorCode
from homelab_steward.contract.incidents import ApprovalRequest, ApprovalStatus, IncidentStatus, Verb
from homelab_steward.contract.protocol import RowKind
from rig.agent_rig import AgentRig, decide_command, open_rig
from rig.changes_rig import AT_ONCE, ToySource, assessment
from rig.databases import workflow_url
from rig.inventory import ToyPeople
from steward.agent.agent import Agent
from steward.agent.limits import Limits
from steward.agent.plans.back_plans import BackPlans
from steward.agent.plans.resolver import Resolver
from steward.agent.requests.request_writer import RequestWriter
from steward.agent.runs.dbos_engine import DbosEngine
from steward.agent.runs.journal import Journal
from steward.agent.runs.run_watch import RunWatch
from steward.agent.runs.workflow import Stages, WorkflowEngine
from steward.changes.back_questions import BackQuestions
from steward.changes.observer import Observer
from steward.changes.watcher import Watcher
from steward.clock import SystemClock
from steward.sdk.description import IncomingAlert
from steward.store import approvals, change_records, incidents, runs
from steward.store.mode import read_mode
from steward.store.store import Store
from steward.wiring.changes import ChangeParts, ChangeStage, build_changes

from .points import Points
from .runbooks import RUNBOOKS
from .service import BoxClient, BoxInventory, BoxServer
from .world import World

LONGEST: Final = 100.0
"""Seconds after which something that is still under way is lost."""

LIMITS: Final = Limits(
    expiry=timedelta(hours=1),
    changes_per_hour=1_000,
    looked_for=0.6,
    veto=timedelta(seconds=0.5),
)
WATCHED: Final = 0.5
READ_EVERY: Final = 0.1
ASKED_AFTER: Final = 0.0
"""Seconds of a watch, between two of its reads, and after which people are asked before data goes back."""

BREATH: Final = 0.03
"""Seconds between two looks at whether anything is under way: several rows change at about the same time."""

BUSY: Final = (IncidentStatus.OPEN, IncidentStatus.DIAGNOSED, IncidentStatus.ACTING)
OVER: Final = (
    ChangeStatus.DONE,
    ChangeStatus.WENT_BACK,
    ChangeStatus.FAILED,
    ChangeStatus.BLOCKED,
    ChangeStatus.REJECTED,
    ChangeStatus.GONE,
    ChangeStatus.HELD,
)

type Answer = Callable[[ApprovalRequest], Verb | None]
"""Returns what a person does with a request that waits, None for nothing."""


@dataclass
class Life:
    """What scenarios use."""

    rig: AgentRig
    points: Points
    server: BoxServer
    stage: ChangeStage | None
    answer: Answer
    option: int = 1
    _presses: dict[str, asyncio.Task[None]] = field(default_factory=dict)
    _lost: list[asyncio.Task[None]] = field(default_factory=list)

    @property
    def world(self) -> World:
        world: World = self.points.disk.world
        return world

    @property
    def agent(self) -> Agent:
        return self.rig.agent

    async def once(self, key: str, command: Callable[[], Awaitable[object]]) -> None:
        """Send a command unless the app confirmed it before; a person repeats what was not confirmed."""
        if key not in self.world.taken:
            await command()
            self.confirm(key)

    def confirm(self, key: str) -> None:
        """Note that somebody was shown that the app has something."""
        with self.points.disk.lock:
            self.world.taken.add(key)

    async def fire(self, *alerts: IncomingAlert) -> None:
        """Send alerts as a monitor does: again until they are confirmed."""
        for one in alerts:
            await self.once(f"alert {one.fingerprint}", partial(self.agent.intake.accept, "toy1", [one]))

    def verb(self, request: ApprovalRequest, answered: Collection[str]) -> Verb | None:
        """Return what a person does with a request that waits: each incident is answered once."""
        return None if request.incident_id in answered else self.answer(request)

    async def press(self, request: ApprovalRequest, verb: Verb) -> None:
        """Press a button; what is shown as its result is noted."""
        option = self.option if verb is Verb.APPROVE else None
        numbers = [one.number for one in request.proposal.options]
        if option is not None and option not in numbers:
            option = numbers[0]
        try:
            after = await self.agent.gate.decide(decide_command(request, verb, option=option))
        except ContractError as err:
            if err.code is ErrorCode.PAUSED:
                # A person who reads that lets it wait.
                with self.points.disk.lock:
                    self.world.answered.add(request.incident_id)
            elif err.code not in (ErrorCode.ALREADY_DECIDED, ErrorCode.EXPIRED):
                raise
            return
        with self.points.disk.lock:
            self.world.answers[request.id] = after.status.value
            self.world.answered.add(request.incident_id)

    async def people(self) -> None:
        """Answer the requests that wait, until cancelled."""
        with self.rig.store.changes.watch(RowKind.APPROVAL) as watch:
            while True:
                await self._press_waiting()
                await watch.next()

    async def until(self, check: Callable[[ApprovalRequest], bool]) -> ApprovalRequest:
        """Return the request for which ``check`` holds, as soon as there is one."""
        with self.rig.store.changes.watch(RowKind.APPROVAL) as watch:
            while True:
                for one in await self.requests():
                    if check(one):
                        return one
                await watch.next()

    async def sleep_until(self, at: datetime) -> None:
        """Wait until that time."""
        await asyncio.sleep(max(0.0, (at - datetime.now(UTC)).total_seconds()))

    async def requests(self) -> list[ApprovalRequest]:
        async with self.rig.store.read() as connection:
            return [
                one for status in ApprovalStatus for one in await approvals.requests_in(connection, status)
            ]

    async def is_paused(self) -> bool:
        async with self.rig.store.read() as connection:
            return (await read_mode(connection)).pause is not None

    async def pending(self) -> tuple[ApprovalRequest, ...]:
        async with self.rig.store.read() as connection:
            return await approvals.requests_in(connection, ApprovalStatus.PENDING)

    async def is_settled(self, wanted: int) -> bool:
        """Return whether nothing is under way and nobody wants to answer, all read at one instant."""
        # Before the read: what is answered while it goes on is still read as pending.
        answered = frozenset(self.world.answered)
        async with self.rig.store.read() as connection:
            pending = await approvals.requests_in(connection, ApprovalStatus.PENDING)
            changes = await change_records.shown(connection, 100)
            left = (
                [one for one in pending if self.verb(one, answered) is not None],
                [one for one in changes if one.status not in OVER],
                await incidents.incidents_in(connection, BUSY),
                await runs.unfinished(connection),
                await approvals.approved_without_run(connection),
                await approvals.announced(connection),
                await approvals.requests_in(connection, ApprovalStatus.SCHEDULED),
            )
            known = await incidents.newest_incidents(connection, 100)
        return len(known) >= wanted and not any(left)

    async def until_settled(self, wanted: int) -> bool:
        """Wait until there are so many incidents and nothing is under way; return False after LONGEST."""
        with suppress(TimeoutError):
            async with asyncio.timeout(LONGEST):
                with self.rig.store.changes.watch() as watch:
                    while not await self.is_settled(wanted):
                        await watch.next()
                        await asyncio.sleep(BREATH)
                return True
        return False

    async def _press_waiting(self) -> None:
        for request in await self.pending():
            verb = self.verb(request, self.world.answered)
            if verb is not None and request.id not in self._presses:
                self._presses[request.id] = asyncio.create_task(self.press(request, verb))

    def lose_clients(self) -> None:
        """Cancel the presses under way, as when their clients are gone; people press again."""
        for one in self._presses.values():
            one.cancel()
        self._lost += self._presses.values()
        self._presses.clear()
        self._lost.append(asyncio.create_task(self._press_waiting()))

    async def close(self) -> None:
        """End the presses that wait."""
        tasks = [*self._presses.values(), *self._lost]
        for one in tasks:
            one.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


@asynccontextmanager
async def opened(
    points: Points,
    *,
    answer: Answer,
    late: int | None = None,
    source: ToySource | None = None,
    limits: Limits = LIMITS,
    engine: Callable[[Stages], WorkflowEngine] | None = None,
) -> AsyncIterator[Life]:
    """Yield a running app in the folder of the disk. With a ``source`` it applies updates.

    Without an ``engine`` it has that of the app.
    """
    folder, clock = points.disk.folder, SystemClock()
    async with AsyncExitStack() as stack:
        server = BoxServer(points, late)
        runner = await server.start()
        stack.push_async_callback(runner.cleanup)
        session = await stack.enter_async_context(aiohttp.ClientSession())
        inventory = BoxInventory(BoxClient(session, f"http://127.0.0.1:{server.port}"))
        await inventory.poll_now("toy1")

        def prepared(agent: Agent, store: Store) -> None:
            if source is not None:
                agent.use_watch(_watch(store, inventory, clock))

        rig = await stack.enter_async_context(
            open_rig(
                folder,
                inventory=inventory,
                limits=limits,
                runbooks=RUNBOOKS,
                engine=engine or (lambda stages: DbosEngine(workflow_url(folder), stages)),
                prepare=prepared,
            )
        )
        stage = _stage(rig, clock, source) if source is not None else None
        if stage is not None:
            stage.start(rig.agent.first_read)
            stack.push_async_callback(stage.close)
        life = Life(rig, points, server, stage, answer)
        stack.push_async_callback(life.close)
        yield life


def _watch(
    store: Store, inventory: BoxInventory, clock: SystemClock
) -> Callable[[Resolver, Journal, RequestWriter], RunWatch]:
    def make(resolver: Resolver, journal: Journal, writer: RequestWriter) -> RunWatch:
        plans = BackPlans(inventory, resolver, journal)
        questions = BackQuestions(store, journal, writer, inventory, plans, UTC, fresh=ASKED_AFTER)
        observer = Observer(inventory, resolver, clock)
        return Watcher(store, observer, questions, clock, lambda _: WATCHED, often=READ_EVERY)

    return make


def _stage(rig: AgentRig, clock: SystemClock, source: ToySource) -> ChangeStage:
    async def judged(_: object) -> Any:
        return assessment()

    return build_changes(
        ChangeParts(
            store=rig.store,
            inventory=rig.inventory,
            clock=clock,
            settings=AT_ONCE,
            agent=rig.agent,
            people=ToyPeople(),
            sources=(source,),
            assess=judged,
        )
    )
