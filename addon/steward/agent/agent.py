"""Builds every stage once and keeps them running."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from contextlib import suppress
from typing import Final

import structlog

from homelab_steward.contract.incidents import Incident, IncidentStatus, RunStatus
from homelab_steward.contract.state import TargetRef

from ..clock import Clock
from ..inventory.ports import Inventory
from ..runbooks.matching import RunbookIndex
from ..runbooks.model import Runbook
from ..search.hybrid import Embedder
from ..store import runs
from ..store.store import Store
from ..store.target_keys import target_key
from .decisions.elevation import Elevations
from .decisions.fences import Fences
from .decisions.gate import Gate, People
from .decisions.mode import ModeCommands
from .decisions.speakers import Authors
from .diagnosis.diagnoser import Diagnoser
from .diagnosis.past_incidents import PastIncidents
from .diagnosis.record_search import RecordSearch
from .diagnosis.vector_builder import VectorBuilder
from .incidents.incident_parts import IncidentParts
from .incidents.intake import Intake
from .inputs import AgentInputs
from .levels.autonomy_parts import AutonomyParts, AutonomyRules
from .levels.runbook_drafts import DraftFolder, DraftRepository, RunbookDrafts
from .limits import Limits
from .monitors.monitor_watch import MonitorWatch
from .monitors.quorum import Devices
from .monitors.silence_watch import SilenceWatch
from .plans.change_plans import ChangePlans
from .plans.resolver import Resolver
from .requests.asking import AskingRules
from .requests.preferences import PreferenceCommands
from .requests.proposer import Proposer
from .requests.request_parts import RequestParts
from .requests.request_writer import RequestWriter
from .requests.target_sets import TargetSets
from .runs.change_verifier import ChangeVerifier
from .runs.journal import Journal
from .runs.run_parts import RunParts
from .runs.run_spans import run_span, stage_span
from .runs.run_starter import RunStarter
from .runs.run_watch import RunWatch
from .runs.target_drills import TargetDrills
from .runs.undoing import Undone
from .runs.workflow import Durable, Stages, WorkflowEngine, run_approved
from .stage import AlertStorm, Stage

log = structlog.get_logger(__name__)

FIRST_POLL: Final = 5.0
"""Seconds that the stages wait at the start for instances to be read."""


type MakeWatch = Callable[[Resolver, Journal, RequestWriter], RunWatch]
"""Returns the part that watches the runs of updates."""


class Agent:
    """All stages of the agent, and the commands that clients call, as public attributes."""

    _change_verifier: ChangeVerifier | None = None

    def __init__(
        self,
        *,
        store: Store,
        inventory: Inventory,
        people: People,
        library: Mapping[str, Runbook],
        clock: Clock,
        limits: Limits,
        engine: Callable[[Stages], WorkflowEngine],
        index: RunbookIndex | None = None,
    ) -> None:
        """``engine`` makes the workflow engine for the stages; tests share an ``index`` of the library."""
        inputs = AgentInputs(
            store=store, inventory=inventory, people=people, library=library, clock=clock, limits=limits
        )
        self._store, self._inventory = store, inventory
        self._index = index = index or RunbookIndex(library)
        self._resolver = resolver = Resolver(inventory, clock=clock)
        self._past = past = PastIncidents(store, clock, resolver.clean)
        self._tasks: list[asyncio.Task[None]] = []
        self._added: list[tuple[str, Callable[[], Awaitable[None]]]] = []
        self._has_read = asyncio.Event()
        self._configured_fences = limits.fences
        rules = AskingRules(
            expiry=limits.expiry, people=people.list, two_from=limits.two_from, unlock_from=limits.unlock_from
        )
        self.devices = Devices(store, inventory, Authors(store, people, clock), clock)
        self.search = RecordSearch(library, index, past, resolver.clean)
        self.writer = writer = RequestWriter(store, inventory, clock, rules)
        self._diagnoser = diagnoser = Diagnoser(
            store, inventory, resolver, library, index, clock, self.devices.lines
        )
        self._autonomy = autonomy = AutonomyParts(
            store=store,
            inventory=inventory,
            people=people,
            library=library,
            clock=clock,
            writer=writer,
            begin=self._begin_run,
            rules=AutonomyRules(quorum=self.devices, veto=limits.veto, zone=limits.zone),
        )
        self._runs = RunParts(inputs, resolver=resolver, diagnoser=diagnoser, trials=autonomy.trials)
        self._engine = engine(self)
        self.begin = self._engine.begin
        self._run_starter = RunStarter(store, clock, self._engine)
        self._proposer = Proposer(store, resolver, library, clock, rules, past, autonomy.decision)
        self._asked = RequestParts(
            inputs,
            resolver=resolver,
            diagnoser=diagnoser,
            proposer=self._proposer,
            writer=writer,
            executor=self._runs.executor,
            begin=self.begin,
        )
        self.target_drills = TargetDrills(
            store=store,
            inventory=inventory,
            resolver=resolver,
            executor=self._runs.executor,
            writer=writer,
            ladder=autonomy.ladder,
            begin=self._begin_run,
            clock=clock,
        )
        self._incidents = IncidentParts(inputs)
        self._add_stages(clock)
        self._add_commands(people, clock)

    def _add_stages(self, clock: Clock) -> None:
        """Build the stages that take alerts, and those that watch the monitors."""
        store, alert_storm = self._store, AlertStorm(clock)
        self.correlator, self.reports = self._incidents.correlator, self._incidents.reports
        self.intake = Intake(store, self.correlator, alert_storm, clock, self.first_read)
        self._stages = (
            Stage("diagnose", IncidentStatus.OPEN, self._diagnose, store, alert_storm, clock),
            Stage("propose", IncidentStatus.DIAGNOSED, self._propose, store, alert_storm, clock),
        )
        self._watches = (
            ("silence watch", SilenceWatch(self.correlator, clock)),
            (
                "monitor watch",
                MonitorWatch(store, self._inventory, self.correlator, clock, self.devices.note),
            ),
        )

    def _add_commands(self, people: People, clock: Clock) -> None:
        """Set the attributes that clients call."""
        store, inventory, incidents, asked = self._store, self._inventory, self._incidents, self._asked
        why_incomplete = TargetSets(inventory).why_incomplete
        self.gate = Gate(store, people, clock, self.begin, self._resolver.fenced, why_incomplete)
        self.mode = ModeCommands(store, people, clock)
        self.elevations = Elevations(store, inventory, people, clock)
        self.fences = Fences(store, inventory, people, clock)
        self.preferences = PreferenceCommands(store, people, clock)
        self.levels, self.change_plans = self._autonomy.levels, ChangePlans(store, self._resolver)
        self.maintenance, self.expectations = incidents.maintenance, incidents.expectations
        self.comments, self.false_alarms = incidents.comments, incidents.false_alarms
        self.requests, self.plan_requests = asked.actions, asked.plans
        self.runbook_requests, self.runbook_targets = asked.runbooks, asked.runbook_targets

    def use_vectors(self, embedder: Embedder, clock: Clock) -> None:
        """Search runbooks and past incidents also by embeddings. To be called before the start."""
        indexes = (self._index.documents, self._past.documents)
        for one in indexes:
            one.use(embedder)
        self._added.append(("vectors", VectorBuilder(indexes, clock).run))

    def use_drafts(
        self,
        folder: DraftFolder,
        library: Mapping[str, Runbook],
        clock: Clock,
        repository: DraftRepository | None = None,
    ) -> None:
        """Draft runbooks of repeated repairs into a folder. To be called before the start.

        Owners can also have them proposed in a ``repository``.
        """
        drafts = RunbookDrafts(
            self._store, self._inventory, self._resolver, library, clock, self.writer, folder, repository
        )
        self._added.append(("runbook drafts", drafts.run))

    def use_watch(self, make: MakeWatch) -> None:
        """Watch the runs of updates. Call it before the start; without it their steps are read back."""
        watch = make(self._resolver, self._runs.journal, self.writer)
        self._change_verifier = ChangeVerifier(
            self._store, self._runs.journal, self._runs.executor, self._runs.verifier, watch
        )

    async def start(self) -> None:
        """Start all stages and the workflows. They wait for :meth:`first_read`.

        Unfinished work of the last run of the app is continued; that needs the targets. After a
        restore from a backup such work is ended, before anybody can approve something new.
        """
        await self.fences.start(self._configured_fences)
        await self.maintenance.start()
        await self._runs.after_restore.settle(self._read_inventory)
        await self._engine.start()
        self._run("first polls", self._note_first_read())
        self._run("intake", self.intake.run())
        self._run("expiry", self._once_read(self._asked.expiry.run))
        self._run("withdrawals", self._once_read(self._asked.withdrawals.run))
        for stage in self._stages:
            self._run("stage", self._once_read(stage.run))
        self._run("run starter", self._once_read(self._run_starter.run))
        self._run("scheduled requests", self._once_read(self._asked.scheduled.run))
        self._run("announced runs", self._once_read(self._autonomy.announced.run))
        self._run("autonomy", self._once_read(self._autonomy.stage.run))
        for name, watch in self._watches:
            self._run(name, self._once_read(watch.run))
        self._run("target drills", self._once_read(self.target_drills.run))
        self._run("maintenance", self._once_read(self._incidents.watch_maintenance))
        self._run("reoffers", self._once_read(self._asked.reoffers.run))
        self._run("elevation", self.elevations.run())
        self._run("fences", self._once_read(self.fences.run))
        self._run("past incidents", self._once_read(self._past.run))
        self._run("retention", self._once_read(self._incidents.retention.run))
        for name, work in self._added:
            self._run(name, self._once_read(work))

    async def first_read(self) -> None:
        """Wait until every instance was polled once, but no longer than FIRST_POLL seconds from the start."""
        await self._has_read.wait()

    def use_runbook(self, runbook: Runbook) -> None:
        """Replace a changed runbook in the text index."""
        self._index.put(runbook)

    async def close(self) -> None:
        """Stop all stages; the next start continues unfinished work."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks.clear()
        await self._engine.close()

    async def is_changing(self, targets: Sequence[TargetRef]) -> bool:
        """Return whether a run has the lease of one of these targets, which may be off until the run ends."""
        async with self._store.read() as connection:
            return await runs.are_leased(connection, [target_key(one) for one in targets])

    async def run_approved(self, durable: Durable, request_id: str) -> None:
        """Execute, verify and conclude an approved request."""
        await run_approved(durable, self, request_id)

    async def drop_copies(self, request_id: str) -> Undone | float:
        """Remove the copies of data that a run made before an update."""
        return await self._runs.executor.drop_copies(request_id)

    async def execute(self, request_id: str) -> RunStatus | float:
        """Carry out a request; return the run's status, or the seconds after which to call again."""
        await self.first_read()
        if self._change_verifier is not None:
            await self._change_verifier.begin(request_id)
        async with run_span(self._store, request_id, "execute"):
            return await self._runs.executor.execute(request_id)

    async def verify(self, request_id: str, attempt: int) -> float | None:
        """Verify whether a run helped; return the seconds until the next read, None when the run is over."""
        await self.first_read()
        verifier = self._change_verifier or self._runs.verifier
        async with run_span(self._store, request_id, "verification"):
            return await verifier.verify(request_id, attempt)

    async def conclude(self, request_id: str) -> None:
        """Record the result of a run and update its incident; ask again if the plan has changed.

        Alerts that the run of an update covered, and that still fire, become problems of their own.
        """
        await self.first_read()
        await self._runs.learner.conclude(request_id)
        await self.correlator.note_updates()
        await self.plan_requests.ask_again(request_id)

    async def give_up(self, request_id: str, reason: str) -> None:
        """End a run that cannot be continued."""
        await self.first_read()
        await self._runs.executor.give_up(request_id, reason)

    async def _diagnose(self, incident: Incident) -> None:
        """Diagnose an open incident and propose what to do: both are stored in one transaction."""
        with stage_span("diagnose", incident):
            diagnosed = await self._diagnoser.diagnosed(incident)
        try:
            await self._propose(diagnosed)
        except Exception:
            # The stage that proposes tries again, without another diagnosis.
            await self._diagnoser.keep(diagnosed)
            raise

    async def _propose(self, incident: Incident) -> None:
        with stage_span("propose", incident):
            await self._proposer.work(incident)

    async def _begin_run(self, request_id: str) -> None:
        await self._engine.begin(request_id)

    async def _read_inventory(self) -> None:
        """Wait for the first polls, then pass the reports of alerts on to the correlator."""
        # An instance that does not answer must not delay the others; its row shows that it does not answer.
        with suppress(TimeoutError):
            async with asyncio.timeout(FIRST_POLL):
                await self._inventory.first_polls()
        await self.reports.pass_on()

    async def _note_first_read(self) -> None:
        try:
            await self._index.build()
            await self._read_inventory()
        finally:
            self._has_read.set()

    async def _once_read(self, work: Callable[[], Awaitable[None]]) -> None:
        await self.first_read()
        await work()

    def _run(self, name: str, work: Coroutine[object, object, None]) -> None:
        task = asyncio.create_task(work, name=name)
        task.add_done_callback(_log_if_failed)
        self._tasks.append(task)


def _log_if_failed(task: asyncio.Task[None]) -> None:
    if not task.cancelled() and (err := task.exception()) is not None:
        log.critical("stage stopped", stage=task.get_name(), exc_info=err)
