"""The app in a process that a test ends with SIGKILL, at any point of a run.

Run as a program it imports everything once and then forks one process for each line it
gets, so that a process costs a fraction of a second.
"""

import asyncio
import gc
import os
import select
import signal
import sys
import traceback
from collections import Counter
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final, override

import orjson
from sqlalchemy import func
from sqlalchemy import select as select_from

from homelab_steward.contract.autonomy import AutonomyLevel
from homelab_steward.contract.base import Value
from homelab_steward.contract.commands import RequestAction
from homelab_steward.contract.incidents import Incident, IncidentStatus
from homelab_steward.contract.later import Later, LaterCondition
from steward.agent.requests.plan_requests import RequestPlan
from steward.agent.requests.request_plan import STOP, PlanStep
from steward.agent.runs.dbos_engine import DbosEngine
from steward.agent.runs.workflow import Stages
from steward.store.changes import Changes
from steward.store.database import Database
from steward.store.store import Store, Unit
from steward.store.tables import audit

from .agent_rig import LIMITS, AgentRig, approve, open_rig
from .databases import workflow_url
from .earned import earn
from .inventory import alert, box, speaker
from .toy import EffectsFile, NumbersFile, Toy

LOOK_AGAIN: Final = 0.02
LAST_CHANCE: Final = 5.0
SETTLED: Final = (
    IncidentStatus.RESOLVED,
    IncidentStatus.WAITING,
    IncidentStatus.IGNORED,
    IncidentStatus.UNSOLVED,
)


class KillPoint:
    """Records every point that the process passes, and kills it at the given one."""

    def __init__(self, kill: str | None) -> None:
        self.kill = kill
        self.passed: list[str] = []
        self.armed = False
        self._times: Counter[str] = Counter()
        self.on_pass: Callable[[str], None] = lambda _point: None

    def passing(self, point: str) -> None:
        """Note a point; one that is passed again has a number."""
        if not self.armed:
            return
        self._times[point] += 1
        if self._times[point] > 1:
            point = f"{point} #{self._times[point]}"
        self.on_pass(point)
        self.passed.append(point)
        if point == self.kill:
            os.kill(os.getpid(), signal.SIGKILL)


class KillableStore(Store):
    """A store whose every transaction has a point just before and just after its commit.

    Events are published before the last point of their transaction is passed: arming the
    kill point and reading its points has to wait for ``at_rest``.
    """

    def __init__(self, database: Database, changes: Changes, kill_point: KillPoint) -> None:
        super().__init__(database, changes)
        self._kill_point = kill_point
        self._under_way = 0
        self._ended = asyncio.Event()

    @override
    @asynccontextmanager
    async def change(self, *, durable: bool = False, quick: bool = False) -> AsyncIterator[Unit]:
        self._under_way += 1
        try:
            async with super().change(durable=durable, quick=quick) as unit:
                before = await _newest(unit)
                yield unit
                name = await _name(unit, before)
                self._kill_point.passing(f"before {name}")
            self._kill_point.passing(f"after {name}")
        finally:
            self._under_way -= 1
            self._ended.set()

    async def at_rest(self) -> None:
        """Return when no transaction is under way."""
        while self._under_way:
            self._ended.clear()
            await self._ended.wait()


class KillableEngine(DbosEngine):
    """The real engine, with a point before and after a run is begun."""

    def __init__(self, url: str, stages: Stages, kill_point: KillPoint) -> None:
        super().__init__(url, stages)
        self._kill_point = kill_point

    @override
    async def begin(self, request_id: str) -> None:
        self._kill_point.passing("before begin")
        await super().begin(request_id)
        self._kill_point.passing("after begin")


async def _newest(unit: Unit) -> int:
    return int(await unit.connection.scalar(select_from(func.max(audit.c.position))) or 0)


async def _name(unit: Unit, before: int) -> str:
    """Name a transaction after what it wrote into the audit log."""
    written = select_from(audit.c.event, audit.c.body).where(audit.c.position > before)
    rows = await unit.connection.execute(written.order_by(audit.c.position))
    parts = []
    for row in rows:
        body = orjson.loads(row.body)
        words = (row.event, *(str(body[key]) for key in ("step", "state", "status") if key in body))
        parts.append(" ".join(words))
    published = ",".join(sorted({str(kind) for kind, _, _ in unit.published}))
    return " + ".join(parts) or published or "lease or note"


@dataclass(frozen=True, kw_only=True)
class Scenario:
    """How the toy behaves, and what is decided."""

    alert: str = "ToyMemoryHigh"
    option: int = 1
    faults: dict[str, object] = field(default_factory=dict)
    drift: str | None = None
    """The point at which somebody else changes the world."""
    request: bool = False
    later: bool = False
    """The request waits for a condition, which holds as soon as it is approved."""
    announced: bool = False
    """The steward carries it out itself, a second after it announced it."""
    plan: bool = False
    """Two changes are asked for; what is changed first runs in what is changed then."""


SCENARIOS: Final = {
    "fixed": Scenario(),
    "worse": Scenario(faults={"breaks": True}),
    "once only": Scenario(option=2),
    "answer lost": Scenario(faults={"answer_lost": True}),
    "request lost": Scenario(faults={"request_lost": True}),
    "not now": Scenario(faults={"not_now": True}),
    "drifted": Scenario(drift="before begin"),
    "investigated": Scenario(option=3),
    "three steps": Scenario(alert="ToyThree"),
    "linked": Scenario(alert="ToyLinked", faults={"reported": {"granted": 6}, "slow": 2}),
    "request": Scenario(request=True),
    "later": Scenario(later=True),
    "later drifted": Scenario(later=True, drift="after approval.decided"),
    "plan": Scenario(plan=True),
    "plan undone": Scenario(plan=True, faults={"refused_change": "set_cpu"}),
    "announced": Scenario(announced=True),
    "noted": Scenario(faults={"handle": "job-1", "answer_lost": True}),
}


def _world(folder: Path, scenario: Scenario, kill_point: KillPoint) -> Toy:
    toy = Toy(numbers=NumbersFile(folder / "world.json"), effects=EffectsFile(folder / "effects.txt"))
    for name, value in scenario.faults.items():
        setattr(toy, name, value)
    toy.passing = kill_point.passing

    def drift(point: str) -> None:
        if point == scenario.drift:
            toy.limit = 3000

    kill_point.on_pass = drift
    return toy


async def run_process(folder: Path, scenario: Scenario, kill: str | None, *, is_first: bool) -> None:
    """Run once in ``folder``, write the report, and exit as if killed."""
    kill_point = KillPoint(kill)
    toy = _world(folder, scenario, kill_point)
    async with open_rig(
        folder,
        toy,
        engine=lambda stages: KillableEngine(workflow_url(folder), stages, kill_point),
        store=lambda database, changes: KillableStore(database, changes, kill_point),
        limits=replace(LIMITS, veto=timedelta(seconds=1)),
    ) as rig:
        if scenario.plan:
            rig.inventory.running_in[box("sonarr").key] = box()
        if is_first:
            await _decide(rig, scenario, kill_point)
        incident = await rig.until(lambda one: _is_settled(one, is_first=is_first or scenario.announced))
        await _at_rest(rig)
        if kill is not None:
            await asyncio.sleep(LAST_CHANCE)  # the last points come after the last event
        report = await _report(rig, incident, kill_point)
        (folder / "report.json").write_bytes(orjson.dumps(report))
        os._exit(0)


def _plan() -> RequestPlan:
    steps = (
        PlanStep(target=box("sonarr"), action="set_memory", capability=STOP, arguments={"memory": 4096}),
        PlanStep(target=box(), action="set_cpu", capability=STOP, arguments={"cores": 8}),
    )
    return RequestPlan(speaker=speaker(), steps=steps)


async def _decide(rig: AgentRig, scenario: Scenario, kill_point: KillPoint) -> None:
    if scenario.announced:
        await earn(rig, 10, AutonomyLevel.VETO)
        kill_point.armed = True
        await rig.fire(alert(scenario.alert))
        return
    if scenario.plan:
        await rig.agent.plan_requests.request(_plan())
        request = await rig.request(await rig.status(IncidentStatus.WAITING))
    elif scenario.request or scenario.later:
        await rig.agent.requests.request(_wish(_waiting() if scenario.later else None))
        request = await rig.request(await rig.status(IncidentStatus.WAITING))
    else:
        request = await rig.ask(alert(scenario.alert))
    await _at_rest(rig)
    kill_point.armed = True
    await rig.agent.gate.decide(approve(request, scenario.option))


def _wish(later: Later | None) -> RequestAction:
    arguments: dict[str, Value] = {"cores": 8} if later is None else {"memory": 4096}
    return RequestAction(
        instance_id="toy1",
        action="set_cpu" if later is None else "set_memory",
        speaker=speaker(),
        target_id=box().id,
        arguments=arguments,
        later=later,
    )


def _waiting() -> Later:
    now = datetime.now(UTC)
    runs = LaterCondition(name="radarr: runs", target=box(), reading="running", equals=True)
    return Later(at=now, until=now + timedelta(days=1), conditions=(runs,), text="When radarr is running")


async def _at_rest(rig: AgentRig) -> None:
    assert isinstance(rig.store, KillableStore)
    await rig.store.at_rest()


def _is_settled(incident: Incident, *, is_first: bool) -> bool:
    if is_first and incident.status is IncidentStatus.WAITING:
        return incident.round > 1
    return incident.status in SETTLED


async def _report(rig: AgentRig, incident: Incident, kill_point: KillPoint) -> dict[str, object]:
    run = incident.run
    request = await rig.request(incident)
    chain = await rig.audit()
    return {
        "passed": kill_point.passed,
        "incidents": len(await rig.incidents()),
        "status": incident.status,
        "round": incident.round,
        "resolution": incident.resolution,
        "request": request.status,
        "run": run.status if run else None,
        "steps": [step.state for step in run.steps] if run else [],
        "effects": rig.toy.done,
        "probed": [dict(one) for one in rig.toy.probed],
        "leases": await rig.leases(),
        "audit_broken_at": chain.broken_at,
    }


def _fork(asked: Mapping[str, Any]) -> None:
    """Run in a forked process, with its output in a log."""
    folder = Path(asked["folder"])
    with (folder / f"{asked['name']}.log").open("w", encoding="utf-8") as log:
        os.dup2(log.fileno(), 1)
        os.dup2(log.fileno(), 2)
        try:
            scenario = SCENARIOS[asked["scenario"]]
            asyncio.run(run_process(folder, scenario, asked["kill"], is_first=asked["is_first"]))
        except BaseException:  # noqa: BLE001 - the log is the only output of this process
            traceback.print_exc(file=log)
        log.flush()
        sys.stdout.flush()
        os._exit(1)


async def _play_once() -> None:
    """Play one run without the workflow engine: what is made at first use is there in each forked process."""
    with TemporaryDirectory() as folder:
        async with open_rig(Path(folder)) as rig:
            await rig.press(await rig.ask())
            await rig.status(IncidentStatus.RESOLVED)


def main() -> None:
    """Fork a process for each line of JSON; print the number and exit code of each that ended."""
    asyncio.run(_play_once())
    # A collection in a forked process would visit, and so copy, all that was made before.
    gc.freeze()
    fork_server: dict[int, int] = {}
    # Unbuffered: what has been read already would be hidden from select.
    stdin = open(0, "rb", buffering=0)  # noqa: SIM115 - it stays open
    while True:
        if select.select([stdin], [], [], LOOK_AGAIN)[0]:
            line = stdin.readline()
            if not line:
                return
            asked = orjson.loads(line)
            pid = os.fork()
            if pid == 0:
                _fork(asked)
            fork_server[pid] = asked["number"]
        while fork_server:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if pid == 0:
                break
            print(fork_server.pop(pid), os.waitstatus_to_exitcode(status), flush=True)  # noqa: T201 - the answer


if __name__ == "__main__":
    main()
