"""One process of the app that applies updates: it asks, approves, watches, takes back, and is killed."""

import asyncio
import os
import random
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC
from hashlib import sha256
from typing import Any, Final

import aiohttp
import msgspec
import orjson

from homelab_steward.contract.changes import Change, ChangeStatus
from homelab_steward.contract.incidents import ApprovalStatus
from lab.visit import load
from rig.agent_rig import AgentRig, open_rig
from rig.changes_rig import assessment
from rig.databases import workflow_url
from rig.inventory import ToyPeople
from rig.visited_inventory import Connected, VisitedInventory
from steward.agent.agent import Agent
from steward.agent.plans.back_plans import BackPlans
from steward.agent.plans.resolver import Resolver
from steward.agent.requests.request_writer import RequestWriter
from steward.agent.runs.dbos_engine import DbosEngine
from steward.agent.runs.journal import Journal
from steward.agent.runs.run_watch import RunWatch
from steward.api.home_connections import HomeConnections
from steward.changes.back_questions import BackQuestions
from steward.changes.images import ImageSource
from steward.changes.observer import Observer
from steward.changes.pull_requests import PullRequests
from steward.changes.registry import Login, RegistryClient
from steward.changes.watcher import Watch, Watcher
from steward.clock import SystemClock
from steward.sdk.access import Access
from steward.settings.changes import Changes
from steward.store import approvals, change_records, change_watches, incidents
from steward.store.store import Store
from steward.wiring.changes import ChangeParts, ChangeStage, build_changes

from .app_process import LIMITS, LONGEST_END, AppProcess
from .update_world import IMAGE, KINDS

SETTINGS: Final = Changes(
    digest_days=0, patch_days=0, minor_days=0, major_days=0, unknown_days=0, ask_at=None
)
WATCHED: Final = 2.0
READ_EVERY: Final = 0.25
ASKED_AFTER: Final = 1.0
"""Seconds of a watch, between two of its reads, and after which people are asked before data goes back."""

FIRST: Final = ("hook", IMAGE, "restarts", "good")
LEAST: Final = 2
"""Updates of a world, also when its processes were killed before they began any."""

MOST_AT_AN_EFFECT: Final = 3
OVER: Final = frozenset(
    {
        ChangeStatus.DONE,
        ChangeStatus.WENT_BACK,
        ChangeStatus.FAILED,
        ChangeStatus.BLOCKED,
        ChangeStatus.REJECTED,
        ChangeStatus.GONE,
    }
)


@dataclass
class Updating:
    """The parts of one process."""

    process: AppProcess
    session: aiohttp.ClientSession
    rig: AgentRig
    stage: ChangeStage
    chance: random.Random

    async def look(self) -> bool:
        """Do what is due, and approve what waits; return whether nothing is under way."""
        for instance in self.rig.inventory.instances():
            await self.rig.inventory.poll_now(instance.id)
        await self.stage.finder.look()
        await self.stage.pipeline.follow()
        await self.stage.pipeline.ask()
        async with self.rig.store.read() as connection:
            pending = await approvals.requests_in(connection, ApprovalStatus.PENDING)
        for request in pending:
            await self.rig.press(request)
        await self._note_watches()
        return not pending and all(one.status in OVER for one in await self.rows())

    async def rows(self) -> tuple[Change, ...]:
        async with self.rig.store.read() as connection:
            return await change_records.shown(connection, 1000)

    async def post(self, path: str) -> None:
        async with self.session.post(f"{self.process.url}/{path}") as answer:
            answer.raise_for_status()

    async def next(self) -> None:
        """Let the next update be offered, one of each kind first; the image is blocked when it failed."""
        known = len(await self.rows())
        await self.post(f"next/{FIRST[known] if known < len(FIRST) else self.chance.choice(KINDS)}")

    async def _note_watches(self) -> None:
        """Write what is normal and for how long it was watched, to be compared over all processes."""
        for row in await self.rows():
            if row.approval_id is None:
                continue
            async with self.rig.store.read() as connection:
                body = await change_watches.watch(connection, row.approval_id)
            if body is not None:
                watch = msgspec.json.decode(body, type=Watch)
                normal = sha256(msgspec.json.encode(watch.baseline)).hexdigest()
                line = orjson.dumps([row.approval_id, normal, watch.reads.last])
                with (self.process.folder / "watches.jsonl").open("ab") as file:
                    file.write(line + b"\n")


async def update(process: AppProcess) -> None:
    """Continue the updates of a folder until the process is killed; the last one writes the report."""
    async with _updating(process) as it:
        if process.seconds is not None and it.chance.random() < 0.5:
            await it.post(f"kill/{os.getpid()}/{it.chance.randint(1, MOST_AT_AN_EFFECT)}")
        end = asyncio.get_running_loop().time() + LONGEST_END
        while not (is_idle := await it.look()) or process.seconds is not None or len(await it.rows()) < LEAST:
            if is_idle:
                await it.next()
            if asyncio.get_running_loop().time() > end:
                raise TimeoutError(f"still under way: {await it.rows()}")
            await asyncio.sleep(READ_EVERY)
        await _report(it)
        os._exit(0)


async def _report(it: Updating) -> None:
    rows = []
    async with it.rig.store.read() as connection:
        for row in await it.rows():
            incident = await incidents.existing(connection, row.incident_id or "")
            run = incident.run
            rows.append(
                {
                    "target": row.target.name,
                    "status": row.status.value,
                    "run": run.status.value if run else "none",
                    "error": (run.error if run else None) or "",
                    "is_closed": incident.status.is_closed,
                }
            )
    events = [(event, orjson.loads(body)) for event, body in await it.rig.audited()]
    verdicts = [body["run"] for event, body in events if event == "run.verdict"]
    lines = (it.process.folder / "watches.jsonl").read_bytes().splitlines()
    report = {
        "rows": rows,
        "watches": [orjson.loads(line) for line in lines],
        "verdicts": verdicts,
        "leases": await it.rig.leases(),
        "audit_broken_at": (await it.rig.audit()).broken_at,
    }
    (it.process.folder / "report.json").write_bytes(orjson.dumps(report))


@asynccontextmanager
async def _updating(process: AppProcess) -> AsyncIterator[Updating]:
    clock = SystemClock()
    async with AsyncExitStack() as stack:
        session = await stack.enter_async_context(aiohttp.ClientSession())
        async with session.get(f"{process.url}/services") as answer:
            world = await answer.json()
        inventory = VisitedInventory(_connected(world["services"], session, clock))
        for instance in inventory.instances():
            await inventory.poll_now(instance.id)
        rig = await stack.enter_async_context(
            open_rig(
                process.folder,
                inventory=inventory,
                limits=LIMITS,
                engine=lambda stages: DbosEngine(workflow_url(process.folder), stages),
                prepare=lambda agent, store: _watch(agent, store, inventory, clock),
            )
        )
        registry = RegistryClient(session, clock, (Login(host=world["registry"], plain_http=True),))

        async def judged(_found: object) -> Any:
            return assessment()

        stage = build_changes(
            ChangeParts(
                store=rig.store,
                inventory=inventory,
                clock=clock,
                settings=SETTINGS,
                agent=rig.agent,
                people=ToyPeople(),
                sources=(
                    PullRequests(inventory, READ_EVERY),
                    ImageSource(inventory, registry, clock),
                ),
                assess=judged,
            )
        )
        chance = random.Random(process.seed)  # noqa: S311 - repeatable, not secret
        yield Updating(process, session, rig, stage, chance)


def _connected(
    services: Mapping[str, Mapping[str, Any]], session: aiohttp.ClientSession, clock: SystemClock
) -> dict[str, Connected]:
    found: dict[str, Connected] = {}
    for key, settings in services.items():
        service = load(key)
        home = HomeConnections(str)
        client = service.connect(Access(settings=settings, session=session, clock=clock, home=home))
        found[key] = Connected(service=service, client=client, clock=clock)
    return found


def _watch(agent: Agent, store: Store, inventory: VisitedInventory[Connected], clock: SystemClock) -> None:
    def make(resolver: Resolver, journal: Journal, writer: RequestWriter) -> RunWatch:
        plans = BackPlans(inventory, resolver, journal)
        questions = BackQuestions(store, journal, writer, inventory, plans, UTC, fresh=ASKED_AFTER)
        observer = Observer(inventory, resolver, clock)
        return Watcher(store, observer, questions, clock, lambda _: WATCHED, often=READ_EVERY)

    agent.use_watch(make)
