"""A small house for tests: a real store and real stages around a toy service."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import ClassVar

from homelab_steward.contract.base import Value
from homelab_steward.contract.catalogue import Category, Field, Risk, SettingKind
from homelab_steward.contract.incidents import (
    AlertStatus,
    ApprovalRequest,
    ApprovalStatus,
    CheckResult,
    Difference,
    Incident,
    IncidentStatus,
    Severity,
    Verb,
)
from homelab_steward.contract.protocol import Decide, RowKind
from homelab_steward.contract.state import (
    FaceKind,
    Instance,
    InstanceStatus,
    Origin,
    Person,
    Resource,
    Role,
    Snapshot,
    Speaker,
    TargetRef,
)
from steward.agent.agent import Agent, Limits
from steward.clock import Clock, SystemClock
from steward.description import (
    Access,
    Action,
    Answer,
    AnyService,
    Call,
    DryRun,
    Effect,
    IncomingAlert,
    Sensor,
    Service,
    Tool,
)
from steward.errors import EffectUnknown, ServiceRefused, ServiceUnreachable
from steward.runbooks.library import parse
from steward.store import approvals, incidents
from steward.store.changes import Changes, Lost
from steward.store.database import Database
from steward.store.migrate import migrate
from steward.store.store import Store

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)

RUNBOOK = """---
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


@dataclass
class Toy:
    """The toy world: one box, what was done to it, and how it misbehaves."""

    limit: float = 2048
    used: float = 1945
    running: bool = True
    effects: list[str] = field(default_factory=list)
    answer_lost: bool = False
    refused: bool = False
    down: bool = False
    helps: bool = True
    breaks: bool = False
    hold: asyncio.Event | None = None

    async def close(self) -> None:
        """Nothing to let go of."""

    @property
    def share(self) -> float:
        return 100 * self.used / self.limit

    def check_up(self) -> None:
        if self.down:
            message = "the toy does not answer"
            raise ServiceUnreachable(message)

    async def set_memory(self, value: float) -> None:
        self.check_up()
        if self.refused:
            message = "the toy said no"
            raise ServiceRefused(message)
        if self.hold is not None:
            await self.hold.wait()
        self.effects.append(f"set_memory {value:g}")
        if self.helps:
            self.limit = value
        if self.breaks:
            self.running = False
        if self.answer_lost:
            message = "the answer was lost"
            raise EffectUnknown(message)


async def _status(toy: Toy, call: Call) -> Answer:
    toy.check_up()
    return Answer(title=f"{call.target.name} uses {toy.share:.0f} %", text=f"{toy.used} of {toy.limit}")


async def _log(toy: Toy, call: Call) -> Answer:
    toy.check_up()
    return Answer(title="The log is quiet", text=f"log of {call.target.name}")


async def _dry_set(toy: Toy, call: Call) -> DryRun:
    toy.check_up()
    change = Difference(field="memory", before=f"{toy.limit:g} MiB", after=f"{call.number('memory'):g} MiB")
    return DryRun(differences=(change,), baseline={"memory": toy.limit})


async def _pre_set(toy: Toy, _call: Call, _baseline: Mapping[str, Value]) -> None:
    toy.check_up()


async def _do_set(toy: Toy, call: Call, _baseline: Mapping[str, Value]) -> str:
    await toy.set_memory(call.number("memory"))
    return "ok"


async def _probe_set(toy: Toy, call: Call, baseline: Mapping[str, Value]) -> Effect:
    toy.check_up()
    if toy.limit == call.number("memory"):
        return Effect.DONE
    return Effect.NOT_DONE if toy.limit == baseline["memory"] else Effect.UNKNOWN


async def _verify_set(toy: Toy, call: Call, _baseline: Mapping[str, Value]) -> CheckResult:
    ok = toy.limit == call.number("memory") or not toy.helps
    return CheckResult(name="memory", ok=ok, text=f"{toy.limit:g} MiB")


async def _undo_set(toy: Toy, _call: Call, baseline: Mapping[str, Value]) -> str:
    toy.effects.append(f"undo {baseline['memory']:g}")
    toy.limit = float(baseline["memory"] or 0)
    toy.running = True
    return "as before"


async def _dry_restart(toy: Toy, _call: Call) -> DryRun:
    toy.check_up()
    return DryRun(differences=(), baseline={}, note="Everybody is thrown out.")


async def _do_restart(toy: Toy, _call: Call, _baseline: Mapping[str, Value]) -> str:
    toy.check_up()
    toy.effects.append("restart")
    toy.used = 500
    if toy.answer_lost:
        message = "the answer was lost"
        raise EffectUnknown(message)
    return "restarted"


async def _probe_restart(_toy: Toy, _call: Call, _baseline: Mapping[str, Value]) -> Effect:
    return Effect.UNKNOWN


async def _verify_restart(toy: Toy, _call: Call, _baseline: Mapping[str, Value]) -> CheckResult:
    return CheckResult(name="running", ok=toy.running, text="it runs")


async def _poll(toy: Toy) -> Toy:
    toy.check_up()
    return toy


def _connect(_access: Access) -> Toy:
    raise NotImplementedError


SERVICE: AnyService = Service(
    key="toy",
    name="Toy",
    category=Category.INFRASTRUCTURE,
    settings=(),
    connect=_connect,
    poll=_poll,
    version=lambda _toy: "1",
    sensors=(Sensor(key="count", name="Boxes", value=lambda _toy: 1),),
    tools=(
        Tool(key="status", name="Status", description="", read=_status, scope="box"),
        Tool(key="log", name="Log", description="", read=_log, scope="box"),
    ),
    actions=(
        Action(
            key="set_memory",
            name="Set memory",
            description="",
            risk=Risk.MEDIUM,
            dry_run=_dry_set,
            precheck=_pre_set,
            execute=_do_set,
            probe=_probe_set,
            verify=_verify_set,
            undo=_undo_set,
            idempotent=True,
            scope="box",
            arguments=(
                Field(key="memory", kind=SettingKind.NUMBER, name="Memory", minimum=128, maximum=65536),
            ),
        ),
        Action(
            key="restart",
            name="Restart",
            description="",
            risk=Risk.HIGH,
            dry_run=_dry_restart,
            precheck=_pre_set,
            execute=_do_restart,
            probe=_probe_restart,
            verify=_verify_restart,
            scope="box",
        ),
    ),
)


class ToyInventory:
    """One toy instance with one box, as the inventory port sees it."""

    def __init__(self, toy: Toy) -> None:
        self.toy = toy
        self._snapshot: Snapshot | None = None
        self.instance_row = Instance(
            id="toy1", service="toy", name="Toy", origin=Origin.FILE, status=InstanceStatus.OK
        )

    def instances(self) -> tuple[Instance, ...]:
        return (self.instance_row,)

    def instance(self, instance_id: str) -> Instance | None:
        return self.instance_row if instance_id == "toy1" else None

    def service(self, instance_id: str) -> AnyService | None:
        return SERVICE if instance_id == "toy1" else None

    def client(self, instance_id: str) -> Toy:
        assert instance_id == "toy1"
        return self.toy

    def snapshot(self, instance_id: str) -> Snapshot | None:
        return self._snapshot if instance_id == "toy1" else None

    async def poll_now(self, instance_id: str) -> Snapshot:
        self.toy.check_up()
        values: dict[str, Value] = {
            "share": self.toy.share,
            "limit": self.toy.limit,
            "running": self.toy.running,
        }
        box = Resource(kind="box", id="box/1", name="radarr", values=values)
        self._snapshot = Snapshot(instance_id=instance_id, taken_at=NOW, resources=(box,))
        return self._snapshot

    def target(self, instance_id: str, target_id: str | None) -> TargetRef | None:
        if instance_id != "toy1":
            return None
        if target_id is None:
            return TargetRef(instance_id="toy1", kind="instance", id="toy1", name="Toy")
        return box() if target_id == "box/1" else None

    def locate(self, labels: Mapping[str, str]) -> TargetRef | None:
        return box() if labels.get("name") == "radarr" else None

    def parents(self, target: TargetRef) -> tuple[TargetRef, ...]:
        own = self.target("toy1", None)
        return (own,) if own and target.kind == "box" else ()

    def application(self, target: TargetRef) -> TargetRef | None:
        return None

    def readings(self, target: TargetRef) -> Mapping[str, Value]:
        if self._snapshot is None or target.kind != "box":
            return {}
        return self._snapshot.resources[0].values


def box() -> TargetRef:
    return TargetRef(instance_id="toy1", kind="box", id="box/1", name="radarr")


class ToyPeople:
    """An owner, a member and a viewer; everybody else is a stranger."""

    known: ClassVar = {
        "1": Person(id="olga", name="Olga", role=Role.OWNER, telegram_user_id=1),
        "2": Person(id="max", name="Max", role=Role.MEMBER, telegram_user_id=2),
        "3": Person(id="vera", name="Vera", role=Role.VIEWER, telegram_user_id=3),
    }

    def by_speaker(self, speaker: Speaker) -> Person | None:
        return self.known.get(speaker.user_id)


def alert(
    name: str = "ToyMemoryHigh",
    status: AlertStatus = AlertStatus.FIRING,
    at: datetime = NOW,
    **labels: str,
) -> IncomingAlert:
    return IncomingAlert(
        name=name,
        status=status,
        severity=Severity.WARNING,
        starts_at=at,
        labels={"name": "radarr"} | labels,
        summary="Memory of radarr is at 95 %",
    )


class TaskEngine:
    """A workflow engine of plain tasks: nothing outlives it."""

    def __init__(self) -> None:
        self.workflow: Callable[[str], Awaitable[None]] | None = None
        self.tasks: dict[str, asyncio.Task[None]] = {}

    async def start(self) -> None:
        """Nothing is left from a former life."""

    async def begin(self, request_id: str) -> None:
        assert self.workflow is not None
        if request_id not in self.tasks:
            self.tasks[request_id] = asyncio.ensure_future(self.workflow(request_id))  # type: ignore[arg-type]

    async def close(self) -> None:
        for task in self.tasks.values():
            task.cancel()
        await asyncio.gather(*self.tasks.values(), return_exceptions=True)

    async def step[Result](self, _name: str, work: Callable[[], Awaitable[Result]]) -> Result:
        return await work()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


@dataclass
class House:
    """The rig: what tests poke and look at."""

    store: Store
    agent: Agent
    toy: Toy
    inventory: ToyInventory
    engine: TaskEngine

    async def incident(self, number: int = 1) -> Incident:
        async with self.store.read() as connection:
            every = await incidents.newest_incidents(connection, 100)
        return next(one for one in every if one.number == number)

    async def incidents(self) -> tuple[Incident, ...]:
        async with self.store.read() as connection:
            return await incidents.newest_incidents(connection, 1000)

    async def until(self, check: Callable[[Incident], bool], number: int = 1) -> Incident:
        """Return the incident once ``check`` holds."""
        async with asyncio.timeout(10):
            with self.store.changes.watch(RowKind.INCIDENT) as watch:
                while True:
                    for one in await self.incidents():
                        if one.number == number and check(one):
                            return one
                    if isinstance(await watch.next(), Lost):
                        continue

    async def status(self, status: IncidentStatus, number: int = 1) -> Incident:
        return await self.until(lambda one: one.status is status, number)

    async def request(self, incident: Incident) -> ApprovalRequest:
        assert incident.approval_id is not None
        async with self.store.read() as connection:
            found = await approvals.request(connection, incident.approval_id)
        assert found is not None
        return found

    async def fire(self, *alerts: IncomingAlert, complete: bool = False) -> None:
        await self.agent.correlator.take("am", alerts or (alert(),), complete=complete)

    async def ask(self) -> ApprovalRequest:
        """Fire the alert and return the request that waits."""
        await self.fire()
        return await self.request(await self.status(IncidentStatus.WAITING))

    async def press(self, request: ApprovalRequest, option: int = 1, user: str = "1") -> ApprovalRequest:
        return await self.agent.gate.decide(approve(request, option, user))


def approve(request: ApprovalRequest, option: int = 1, user: str = "1") -> Decide:
    return Decide(
        approval_id=request.id,
        verb=Verb.APPROVE,
        option=option,
        speaker=Speaker(face=FaceKind.TELEGRAM, user_id=user),
    )


@asynccontextmanager
async def house(
    folder: Path, toy: Toy | None = None, clock: Clock | None = None, limits: Limits | None = None
) -> AsyncIterator[House]:
    """Yield a running house in ``folder``; a second one there is its next life."""
    clock = clock or SystemClock()
    toy = toy or Toy()
    database = Database(f"sqlite+aiosqlite:///{folder / 'steward.db'}")
    await migrate(database)
    store = Store(database, Changes(clock))
    inventory = ToyInventory(toy)
    engine = TaskEngine()
    runbook = parse("toy.md", RUNBOOK)
    agent = Agent(
        store=store,
        inventory=inventory,
        people=ToyPeople(),
        library={runbook.id: runbook},
        clock=clock,
        limits=limits or Limits(patience=timedelta(hours=12), changes_per_hour=20),
        engine=lambda stages: engine,
    )
    engine.workflow = lambda request_id: agent.run_approved(engine, request_id)
    await agent.start()
    try:
        yield House(store, agent, toy, inventory, engine)
    finally:
        await agent.close()
        await database.close()


PENDING = ApprovalStatus.PENDING
