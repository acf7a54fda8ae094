"""An agent for tests: a real store and real stages around the toy service."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Final

from homelab_steward.contract.commands import Confirmation, Decide
from homelab_steward.contract.incidents import ApprovalRequest, Incident, IncidentStatus, Verb
from homelab_steward.contract.protocol import RowKind
from homelab_steward.contract.state import FrontEnd
from steward.agent.agent import Agent
from steward.agent.limits import Limits
from steward.agent.runs.workflow import Stages, WorkflowEngine
from steward.clock import Clock, SystemClock
from steward.inventory.ports import Completeness
from steward.runbooks.library import parse
from steward.runbooks.model import Runbook
from steward.sdk.description import IncomingAlert
from steward.search.hybrid import Embedder
from steward.store import approvals, audit, incidents, runs
from steward.store.audit import AuditReport
from steward.store.changes import Changes
from steward.store.database import Database
from steward.store.migrate import migrate
from steward.store.store import Store

from .clocks import HANGING
from .databases import migrated_store_url
from .inventory import PINS, ToyInventory, ToyPeople, alert, speaker
from .toy import Toy

RUNBOOK: Final = """---
id: toy-memory
version: 1
title: Toy memory pressure
match: {alerts: [ToyMemoryHigh], targets: [box], words: memory pressure}
looks:
  - {tool: toy.status}
recipes:
  - id: grow
    label: Increase memory
    steps:
      - action: toy.set_memory
        scaled: {memory: {reading: limit, times: 1.5, step: 256}}
    verify:
      - {name: Memory below 85 %, reading: share, below: 85}
      - {name: It runs, reading: running, equals: true}
    settle: 0.01
    within: 0.05
  - id: restart
    label: Restart it
    steps: [{action: toy.restart}]
    verify: [{name: Memory below 85 %, reading: share, below: 85}]
    settle: 0.01
    within: 0.05
  - id: investigate
    label: Investigate
    kind: investigate
    looks: [{tool: toy.log}]
---
# Toy memory pressure
"""

THREE_STEPS: Final = """---
id: toy-three
version: 1
title: Three steps
match: {alerts: [ToyThree], targets: [box]}
recipes:
  - id: all
    label: Change all
    steps:
      - {action: toy.set_memory, arguments: {memory: 4096}}
      - {action: toy.set_cpu, arguments: {cores: 4}}
      - {action: toy.set_swap, arguments: {swap: 1024}}
    verify:
      - {name: Memory below 85 %, reading: share, below: 85}
      - {name: It runs, reading: running, equals: true}
    settle: 0.01
    within: 0.02
---
# Three steps
"""

LINKED: Final = """---
id: toy-linked
version: 1
title: Steps that depend on each other
match: {alerts: [ToyLinked], targets: [box]}
recipes:
  - id: all
    label: Change all
    steps:
      - {id: memory, action: toy.set_memory, target: {service: toy, name: radarr}, arguments: {memory: 4096}}
      - wait_for: {name: Memory below 60 %, reading: share, below: 60, within: 50}
      - {action: toy.set_cpu, arguments: {cores: {from: memory, output: granted}}}
    verify:
      - {name: Memory below 85 %, reading: share, below: 85, target: {service: toy, name: radarr}}
      - {name: It runs, reading: running, equals: true}
    settle: 0.02
    within: 0.04
---
# Steps that depend on each other
"""
"""The first step reports how many cores the last one sets; in between the run waits."""

LIMITS: Final = Limits(expiry=timedelta(hours=12), changes_per_hour=20, looked_for=0.3)


class TaskEngine:
    """A workflow engine of plain tasks: nothing outlives it."""

    def __init__(self, stages: Stages) -> None:
        self._stages = stages
        self.begun: list[str] = []
        self.tasks: dict[str, asyncio.Task[None]] = {}
        self.broken = False

    async def start(self) -> None:
        """Nothing is left from an earlier start."""

    async def begin(self, request_id: str) -> None:
        self.begun.append(request_id)
        if self.broken:
            message = "the engine is away"
            raise OSError(message)
        if request_id not in self.tasks:
            work = _run(self, self._stages, request_id)
            self.tasks[request_id] = asyncio.create_task(work, name=f"run {request_id}")

    def is_live(self, request_id: str) -> bool:
        return request_id in self.tasks and not self.tasks[request_id].done()

    async def resume(self, request_id: str) -> None:
        self.tasks.pop(request_id, None)
        await self.begin(request_id)

    async def close(self) -> None:
        for task in self.tasks.values():
            task.cancel()
        await asyncio.gather(*self.tasks.values(), return_exceptions=True)

    async def step[Result](self, _name: str, work: Callable[[], Awaitable[Result]]) -> Result:
        return await work()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


async def _run(engine: TaskEngine, stages: Stages, request_id: str) -> None:
    assert isinstance(stages, Agent)
    await stages.run_approved(engine, request_id)


@dataclass
class AgentRig:
    """The rig: what tests poke and look at."""

    store: Store
    agent: Agent
    toy: Toy
    inventory: ToyInventory
    engine: WorkflowEngine

    async def incidents(self) -> tuple[Incident, ...]:
        async with self.store.read() as connection:
            return await incidents.newest_incidents(connection, 10_000)

    async def incident(self, number: int = 1) -> Incident:
        return next(one for one in await self.incidents() if one.number == number)

    async def until(self, check: Callable[[Incident], bool], number: int = 1) -> Incident:
        """Return the incident once ``check`` holds."""
        async with asyncio.timeout(HANGING):
            with self.store.changes.watch(RowKind.INCIDENT) as watch:
                while True:
                    for one in await self.incidents():
                        if one.number == number and check(one):
                            return one
                    await watch.next()

    async def status(self, status: IncidentStatus, number: int = 1, round: int = 1) -> Incident:  # noqa: A002
        return await self.until(lambda one: one.status is status and one.round >= round, number)

    async def asked_again(self, number: int = 1, round: int = 2) -> Incident:  # noqa: A002
        return await self.status(IncidentStatus.WAITING, number, round)

    async def stand_still(self) -> None:
        """Stop all stages, so that a test can call one by hand."""
        tasks = self.agent._tasks
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def request(self, incident: Incident) -> ApprovalRequest:
        assert incident.approval_id is not None
        return await self.request_with(incident.approval_id)

    async def request_with(self, request_id: str) -> ApprovalRequest:
        async with self.store.read() as connection:
            found = await approvals.request(connection, request_id)
        assert found is not None
        return found

    async def fire(self, *alerts: IncomingAlert, completeness: Completeness = Completeness.PARTIAL) -> None:
        await self.agent.correlator.take("am", alerts or (alert(),), completeness)

    async def ask(self, *alerts: IncomingAlert, number: int = 1) -> ApprovalRequest:
        """Fire the alert and return the request that waits."""
        await self.fire(*alerts)
        return await self.request(await self.status(IncidentStatus.WAITING, number))

    async def press(self, request: ApprovalRequest, option: int = 1, user: str = "1") -> ApprovalRequest:
        return await self.agent.gate.decide(approve(request, option, user))

    async def audit(self) -> AuditReport:
        async with self.store.read() as connection:
            return await audit.verify(connection)

    async def audited(self) -> list[tuple[str, str]]:
        """Return (event, body) of every entry of the audit log."""
        async with self.store.read() as connection:
            rows = await connection.exec_driver_sql("SELECT event, body FROM audit ORDER BY position")
            return [(row.event, row.body) for row in rows]

    async def leases(self) -> list[str]:
        async with self.store.read() as connection:
            rows = await connection.exec_driver_sql("SELECT target FROM leases ORDER BY target")
            return [row.target for row in rows]

    async def entries(self, request: ApprovalRequest) -> tuple[runs.Entry, ...]:
        async with self.store.read() as connection:
            return await runs.entries(connection, request.id)


CONFIRMED: Final = {FrontEnd.HOME_ASSISTANT: Confirmation.UNLOCKED}


def decide_command(
    request: ApprovalRequest,
    verb: Verb,
    user: str = "1",
    front_end: FrontEnd = FrontEnd.TELEGRAM,
    option: int | None = None,
    plan_hash: str | None = None,
) -> Decide:
    return Decide(
        approval_id=request.id,
        verb=verb,
        option=option,
        plan_hash=plan_hash,
        speaker=speaker(user, front_end),
        until=request.expires_at + timedelta(hours=1) if verb is Verb.SNOOZE else None,
        confirmation=CONFIRMED.get(front_end, Confirmation.PIN if user in PINS else Confirmation.NONE),
        pin=PINS.get(user),
    )


def approve(request: ApprovalRequest, option: int = 1, user: str = "1") -> Decide:
    return decide_command(request, Verb.APPROVE, user, option=option)


def library(*texts: str) -> dict[str, Runbook]:
    found = [parse(f"{number}.md", text) for number, text in enumerate(texts)]
    return {one.id: one for one in found}


_MIGRATED: Final[list[bytes]] = []
"""The file of a new SQLite database with all migrations, once there was one."""


async def migrate_by_copy(database: Database) -> None:
    """Migrate. A new SQLite file is a copy of the first one: migrations take longer than most tests."""
    if database.file is None or database.file.exists():
        await migrate(database)
        return
    if not _MIGRATED:
        await migrate(database)
        await database.close()
        _MIGRATED.append(await asyncio.to_thread(database.file.read_bytes))
        return
    await asyncio.to_thread(database.file.write_bytes, _MIGRATED[0])


@asynccontextmanager
async def opened_store(
    folder: Path,
    clock: Clock | None = None,
    make: Callable[[Database, Changes], Store] = Store,
) -> AsyncIterator[Store]:
    """Yield the migrated store of ``folder``."""
    database = Database(await migrated_store_url(folder))
    try:
        await migrate_by_copy(database)
        yield make(database, Changes(clock or SystemClock()))
    finally:
        await database.close()


@asynccontextmanager
async def open_rig(
    folder: Path,
    toy: Toy | None = None,
    *,
    clock: Clock | None = None,
    limits: Limits = LIMITS,
    inventory: ToyInventory | None = None,
    people: ToyPeople | None = None,
    runbooks: Mapping[str, Runbook] | Sequence[str] = (RUNBOOK, THREE_STEPS, LINKED),
    engine: Callable[[Stages], WorkflowEngine] = TaskEngine,
    store: Callable[[Database, Changes], Store] = Store,
    is_read: bool = True,
    embedder: Embedder | None = None,
    prepare: Callable[[Agent, Store], None] | None = None,
) -> AsyncIterator[AgentRig]:
    """Yield a running agent in ``folder``; a second one there continues its work, as after a restart.

    With ``is_read`` it has read its inventory once. ``prepare`` is called before it starts.
    """
    clock = clock or SystemClock()
    inventory = inventory or ToyInventory(toy or Toy())
    await asyncio.to_thread(folder.mkdir, parents=True, exist_ok=True)
    async with opened_store(folder, clock, store) as opened:
        made: list[WorkflowEngine] = []

        def build(stages: Stages) -> WorkflowEngine:
            made.append(engine(stages))
            return made[0]

        agent = Agent(
            store=opened,
            inventory=inventory,
            people=people or ToyPeople(),
            library=runbooks if isinstance(runbooks, Mapping) else library(*runbooks),
            clock=clock,
            limits=limits,
            engine=build,
        )
        if embedder is not None:
            agent.use_vectors(embedder, clock)
        if prepare is not None:
            prepare(agent, opened)
        await agent.start()
        if is_read:
            await agent.first_read()
        try:
            yield AgentRig(opened, agent, inventory.toy, inventory, made[0])
        finally:
            await agent.close()
