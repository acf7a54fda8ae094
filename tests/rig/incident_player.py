"""Plays a scenario: the agent, the inventory, the store and the services are those of the app.

The clock stands still but for what waits for a result: a run, and the client of a service. Polls and
timers wait until that time has passed. So no test sleeps, and what is to happen in two minutes does.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any, override

import aiohttp
import orjson
from prometheus_client import CollectorRegistry

from homelab_steward.contract.incidents import ApprovalRequest, Incident, IncidentStatus
from homelab_steward.contract.proposals import Option
from homelab_steward.contract.protocol import RowKind
from lab.alertmanager_store import fingerprint
from lab.clock import SteppedClock
from lab.fixtures import JoinsApp, fixture_of
from lab.lab import Lab
from lab.scenarios import Change, FiringAlert, Scenario, replayed
from lab.wire import JsonObject
from steward.agent.agent import Agent
from steward.agent.runs.workflow import Stages
from steward.api.home_connections import HomeConnections
from steward.errors import ServiceError
from steward.inventory.inventory import LiveInventory
from steward.inventory.polling import PollerContext
from steward.inventory.secret_vault import Vault
from steward.observability.metrics import Metrics
from steward.observability.redaction import Redactor
from steward.runbooks.library import built_in_folders, read_library
from steward.runbooks.matching import RunbookIndex
from steward.runbooks.model import Recipe, Runbook
from steward.sdk.access import Access
from steward.sdk.coverage import Gaps
from steward.sdk.description import AnyService, Client
from steward.services.finder import find_services
from steward.settings.model import ConfiguredInstance
from steward.store import approvals, incidents
from steward.store.store import Store

from .agent_rig import LIMITS, TaskEngine, approve, opened_store
from .clocks import HANGING
from .inventory import ToyPeople

MONITOR = "alertmanager"
"""The service that sends the alerts of scenarios."""

LOOKS = 12
"""Polls of all instances after the break within which a check finds the problem."""

PAUSE = 11.0
"""Seconds between them: what is off is confirmed 10 seconds later."""

FIRING = 86_400.0
"""Seconds for which an alert fires if nothing ends it."""

READS = 6
"""Reads after which a result is final: every read costs real time."""

_is_stepping: ContextVar[bool] = ContextVar("is_stepping", default=False)


class ScenarioClock(SteppedClock):
    """Moves when a run sleeps; all others sleep until their time has passed."""

    def __init__(self) -> None:
        super().__init__()
        self._sleepers: list[tuple[float, asyncio.Future[None]]] = []
        self._slept = asyncio.Event()

    @override
    async def sleep(self, seconds: float) -> None:
        if _is_stepping.get():
            await self.step(seconds)
            return
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._sleepers.append((self.monotonic() + seconds, future))
        self._slept.set()
        await future

    async def until_asleep(self, count: int) -> None:
        """Wait until so many sleep."""
        async with asyncio.timeout(HANGING):
            while sum(not future.done() for _, future in self._sleepers) < count:
                self._slept.clear()
                await self._slept.wait()

    async def step(self, seconds: float) -> None:
        """Move, wake who has slept long enough, and let other tasks run once."""
        self.advance(seconds)
        due = [one for one in self._sleepers if one[0] <= self.monotonic()]
        self._sleepers = [one for one in self._sleepers if one[0] > self.monotonic()]
        for _, future in due:
            if not future.done():
                future.set_result(None)
        await asyncio.sleep(0)


class ClientClock(SteppedClock):
    """The scenario's clock as clients of services use it: their sleeps move it."""

    def __init__(self, clock: ScenarioClock) -> None:
        super().__init__()
        self._clock = clock

    @override
    def now(self) -> datetime:
        return self._clock.now()

    @override
    def time(self) -> float:
        return self._clock.time()

    @override
    def monotonic(self) -> float:
        return self._clock.monotonic()

    @override
    async def sleep(self, seconds: float) -> None:
        await self._clock.step(seconds)


class ScenarioEngine(TaskEngine):
    """Runs what was approved in tasks whose sleeps move the clock."""

    def __init__(self, stages: Stages, clock: ScenarioClock) -> None:
        super().__init__(stages)
        self._clock = clock

    @override
    async def begin(self, request_id: str) -> None:
        before = _is_stepping.set(True)
        try:
            await super().begin(request_id)
        finally:
            _is_stepping.reset(before)

    @override
    async def sleep(self, seconds: float) -> None:
        await self._clock.step(seconds)


@cache
def all_services() -> Mapping[str, AnyService]:
    """Return all services, read once."""
    return find_services()


@cache
def built_in_runbooks() -> Mapping[str, Runbook]:
    """Return all built-in runbooks, read once; each verification reads at most READS times."""
    found = read_library(built_in_folders(), all_services())
    return {
        one.id: replace(one, recipes=tuple(_read_rarely(recipe) for recipe in one.recipes))
        for one in found.values()
    }


@cache
def built_in_index() -> RunbookIndex:
    """Return the index of all built-in runbooks, built once; no scenario changes a runbook."""
    return RunbookIndex(built_in_runbooks())


def _read_rarely(recipe: Recipe) -> Recipe:
    return replace(recipe, settle=max(recipe.settle, recipe.within / READS))


@dataclass
class PlayedLab:
    """A lab, and the agent and inventory that watch it."""

    lab: Lab
    clock: ScenarioClock
    store: Store
    inventory: LiveInventory
    agent: Agent
    scenario: Scenario
    after: Change | None = None
    seen_writes: int = 0

    async def change(self, change: Change) -> None:
        """Change the lab."""
        if isinstance(change, Mapping):
            replayed(self.lab, self.scenario.services[0]).replace(change)
        else:
            await change(self.lab)

    async def follow(self) -> None:
        """Bring about what follows a change that took effect."""
        writes = len(self.lab.world.effects)
        if writes == self.seen_writes:
            return
        self.seen_writes = writes
        if self.after is not None:
            await self.change(self.after)
        if self.scenario.alert is not None and self.scenario.ends and self.after is self.scenario.helps:
            await self.fire(self.scenario.alert, for_seconds=0)

    async def poll(self) -> None:
        """Poll all instances once."""
        for one in self.inventory.instances():
            with suppress(ServiceError):
                await self.inventory.poll_now(one.id)

    async def fire(self, alert: FiringAlert, for_seconds: float = FIRING) -> None:
        """Let the monitor send an alert, as it does: the alert stays readable, and a webhook is sent.

        With 0 seconds the alert has ended.
        """
        status = "firing" if for_seconds else "resolved"
        labels = {"alertname": alert.name, "severity": "warning", **alert.labels}
        row: JsonObject = {"labels": {**labels}, "annotations": {"summary": alert.summary}}
        ends = datetime.fromtimestamp(self.lab.world.wall() + for_seconds, UTC).isoformat()
        await self.lab.alertmanager.post_alerts([{**row, "endsAt": ends}])
        at = datetime.fromtimestamp(self.lab.world.wall(), UTC).isoformat()
        sent = {
            **row,
            "status": status,
            "startsAt": at,
            "endsAt": ends,
            "fingerprint": fingerprint(tuple(labels.items())),
        }
        body = orjson.dumps({"version": "4", "status": status, "alerts": [sent]})
        parsed = self.inventory.parse_webhook(MONITOR, {}, body)
        assert parsed, "the monitor's webhook was not understood"
        await self.agent.intake.accept(MONITOR, parsed)

    async def all(self) -> tuple[Incident, ...]:
        """Return all incidents."""
        async with self.store.read() as connection:
            return await incidents.newest_incidents(connection, 100)

    async def mine(self) -> Incident | None:
        """Return the incident of the scenario's alert or check."""
        for one in await self.all():
            if any(_is_meant(self.scenario, alert.name, alert.labels) for alert in one.alerts):
                return one
        return None

    async def until(self, is_reached: Callable[[Incident], bool]) -> Incident:
        """Return the incident once it is as wanted. Raises AssertionError with what it is instead."""
        found: Incident | None = None
        try:
            async with asyncio.timeout(HANGING / 2):
                with self.store.changes.watch(RowKind.INCIDENT) as watch:
                    while True:
                        found = await self.mine()
                        if found is not None and is_reached(found):
                            return found
                        await watch.next()
        except TimeoutError:
            raise AssertionError(f"the incident stays as it is: {found and described(found)}") from None

    async def detected(self) -> Incident:
        """Return the incident, once people are asked about it."""
        if self.scenario.passes:
            await self.clock.step(self.scenario.passes)
        if self.scenario.alert is not None:
            await self.poll()
            await self.fire(self.scenario.alert)
        for _ in range(LOOKS):
            await self.poll()
            if self.scenario.alert is not None or await self.mine() is not None:
                break
            await self.clock.step(PAUSE)
        else:
            snapshots = [(one.name, one.status, one.error) for one in self.inventory.instances()]
            raise AssertionError(f"no check found it: {[one.title for one in await self.all()]}, {snapshots}")
        return await self.until(lambda one: one.status is IncidentStatus.WAITING)

    async def request(self, incident: Incident) -> ApprovalRequest:
        """Return what people are asked about an incident."""
        async with self.store.read() as connection:
            found = await approvals.request(connection, incident.approval_id or "")
        assert found is not None
        return found

    async def press(self, incident: Incident) -> Option:
        """Approve the scenario's recipe, and return its option."""
        request = await self.request(incident)
        for option in request.proposal.options:
            if (option.runbook_id, option.recipe) == (self.scenario.runbook, self.scenario.recipe):
                await self.agent.gate.decide(approve(request, option.number))
                return option
        offered = [f"{one.runbook_id}/{one.recipe}: {one.label}" for one in request.proposal.options]
        raise AssertionError(
            f"{self.scenario.recipe} is not offered, but {offered}; left out: {request.proposal.left_out}; "
            f"matches: {[one.runbook_id for one in request.proposal.matches]}"
        )


def described(incident: Incident) -> object:
    """Return what explains why an incident is where it is."""
    run, proposal = incident.run, incident.proposal
    return {
        "incident": (
            incident.title,
            incident.status,
            incident.round,
            incident.resolution,
            incident.suppressed,
        ),
        "alerts": [(one.name, one.status, one.summary) for one in incident.alerts],
        "options": [(one.runbook_id, one.recipe) for one in proposal.options] if proposal else None,
        "left out": proposal.left_out if proposal else None,
        "run": (run.status, run.error, run.verdict, run.steps) if run else None,
    }


def _is_meant(scenario: Scenario, name: str, labels: Mapping[str, str]) -> bool:
    if scenario.alert is not None:
        return name == scenario.alert.name and "check" not in labels
    return labels.get("check") == scenario.check


@asynccontextmanager
async def opened_scenario(
    scenario: Scenario, folder: Path, after: Change | None = None
) -> AsyncIterator[PlayedLab]:
    """Yield the scenario's lab, read once while all is well; ``after`` follows each change."""
    clock = ScenarioClock()
    keys = tuple(dict.fromkeys((*scenario.services, *((MONITOR,) if scenario.alert else ()))))
    async with AsyncExitStack() as opened:
        lab = Lab(services=keys, clock=clock, real_alertmanager=False, is_alerting=False)
        await opened.enter_async_context(lab)
        for key in scenario.services:
            if (prepare := fixture_of(key).prepare) is not None:
                await prepare(lab)
        store = await opened.enter_async_context(opened_store(folder, clock))
        home = HomeConnections(lambda text: text)
        for served in lab.served.values():
            if isinstance(served, JoinsApp):
                served.join(home)
        redactor = Redactor()
        context = PollerContext(
            changes=store.changes,
            session=await opened.enter_async_context(aiohttp.ClientSession()),
            clock=clock,
            redactor=redactor,
            metrics=Metrics(CollectorRegistry()),
            home=home,
        )
        made: list[PlayedLab] = []

        async def before_poll() -> None:
            if made:
                await made[0].follow()

        services = {
            key: _watched(service, ClientClock(clock), before_poll) if key in keys else service
            for key, service in all_services().items()
        }
        configured = [_configured(key, lab, scenario) for key in keys]
        inventory = LiveInventory(store, services, Vault(folder / "secret.key"), configured, context)
        agent = Agent(
            store=store,
            inventory=inventory,
            people=ToyPeople(),
            library=built_in_runbooks(),
            clock=clock,
            limits=LIMITS,
            engine=lambda stages: ScenarioEngine(stages, clock),
            index=built_in_index(),
        )
        await inventory.start(agent.reports.take, agent.is_changing)
        opened.push_async_callback(inventory.close)
        await agent.start()
        opened.push_async_callback(agent.close)
        await agent.first_read()
        made.append(
            PlayedLab(
                lab=lab,
                clock=clock,
                store=store,
                inventory=inventory,
                agent=agent,
                scenario=scenario,
                after=after,
            )
        )
        await made[0].poll()
        yield made[0]


def _configured(key: str, lab: Lab, scenario: Scenario) -> ConfiguredInstance:
    settings = {**fixture_of(key).settings(lab.served[key]), **scenario.settings.get(key, {})}
    return ConfiguredInstance(id=key, service=key, name=all_services()[key].name, settings=settings)


def _watched(
    service: AnyService, clock: ClientClock, before_poll: Callable[[], Awaitable[None]]
) -> AnyService:
    """Return a service whose clients move the clock, and that calls ``before_poll``."""

    def connect(access: Access) -> Client:
        client: Client = service.connect(replace(access, clock=clock))
        return client

    async def poll(client: Any, gaps: Gaps) -> Any:
        await before_poll()
        return await service.poll(client, gaps)

    return replace(service, connect=connect, poll=poll)
