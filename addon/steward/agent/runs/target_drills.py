"""Stage: tries the actions of marked targets after an owner approved the whole drill, and undoes each."""

import asyncio
import hashlib
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

import structlog

from homelab_steward.contract.catalogue import Risk
from homelab_steward.contract.drill import DrillTargets, TargetDrill, TargetTry, TryState
from homelab_steward.contract.errors import ContractError, ErrorCode
from homelab_steward.contract.incidents import ApprovalRequest, ApprovalStatus, Run, RunStatus, StepState
from homelab_steward.contract.proposals import Option, OptionKind
from homelab_steward.contract.protocol import Event, RowKind
from homelab_steward.contract.state import FrontEnd
from homelab_steward.contract.step_parts import PlannedStep

from ...clock import Clock
from ...errors import ServiceError, StewardError
from ...inventory.ports import Inventory
from ...sdk.categories import GENERAL
from ...sdk.description import DRILL_MARK
from ...store import approvals, audit, runs
from ...store.changes import Watch
from ...store.store import Store
from ...texts import Texts, spoken, translate
from ..decisions.gate import STEWARD
from ..levels.autonomy_notices import tell
from ..levels.ladder import Ladder
from ..plans.drill_plans import DRILL, Settings, Wish, differences, is_same, settings_of, wishes
from ..plans.plan import Plan
from ..plans.resolver import Resolver
from ..requests.request_plan import MOST_STEPS
from ..requests.request_writer import Asker, RequestWriter, Wanted
from .executor import Executor
from .target_drill_state import DrillState, read_state, write_state
from .undoing import TOOK_EFFECT, Undone

log = structlog.get_logger(__name__)

EVERY: Final = 20.0
"""The longest time between two checks of a drill, in seconds."""

LONGEST: Final = timedelta(hours=1)
"""The age of the approval at which no further action is tried."""

UNDECIDED: Final = (ApprovalStatus.PENDING, ApprovalStatus.SCHEDULED)

type Approved = tuple[ApprovalRequest, Option]


class TargetDrills:
    """Runs one drill at a time. Its state is stored, so that it continues after a restart."""

    def __init__(
        self,
        *,
        store: Store,
        inventory: Inventory,
        resolver: Resolver,
        executor: Executor,
        writer: RequestWriter,
        ladder: Ladder,
        begin: Callable[[str], Awaitable[None]],
        clock: Clock,
    ) -> None:
        """``begin`` starts an approved run, ``executor`` undoes it again, ``ladder`` counts the undos."""
        self._store = store
        self._inventory = inventory
        self._resolver = resolver
        self._executor = executor
        self._writer = writer
        self._ladder = ladder
        self._begin = begin
        self._clock = clock
        # It is not known before the first check.
        self._is_under_way = True

    async def take(self, request: DrillTargets) -> TargetDrill:
        """Handle ``drill.targets``. Raises ContractError FORBIDDEN, NOT_FOUND and UNAVAILABLE."""
        if request.speaker.front_end is not FrontEnd.COMMAND_LINE:
            raise ContractError(ErrorCode.FORBIDDEN, translate(t"Only the command line begins a drill."))
        async with self._store.read() as connection:
            state = await read_state(connection)
        is_known = state is not None and request.approval_id in ("", state.approval_id)
        if state is not None and is_known and (request.approval_id or not state.ended_at):
            return await self._shown(state)
        if request.approval_id:
            raise ContractError(ErrorCode.NOT_FOUND, translate(t"There is no such drill."))
        return await self._ask()

    async def run(self) -> None:
        """Continue drills until cancelled."""
        with self._store.changes.watch(RowKind.APPROVAL, RowKind.INCIDENT) as watch:
            while True:
                try:
                    while await self.look():
                        pass
                except Exception:
                    # The tries are in the store: the drill is continued at the next check.
                    log.exception("drill not continued")
                await self._until_needed(watch)

    async def look(self) -> bool:
        """Do the next part of a drill; return whether the following part may be done at once."""
        async with self._store.read(quick=True) as connection:
            state = await read_state(connection)
            request = await approvals.request(connection, state.approval_id) if state else None
        self._is_under_way = state is not None and request is not None and not state.ended_at
        if state is None or request is None or state.ended_at or request.status in UNDECIDED:
            return False
        option = request.proposal.options[0]
        if request.status is not ApprovalStatus.APPROVED:
            reason = translate(t"the drill was not approved")
            results = {str(one): (TryState.NOT_TRIED.value, reason) for one in range(len(option.steps))}
            await self._end(replace(state, results=results), option)
            return False
        if state.before is None:
            await self._save(replace(state, before=await self._settings(option.steps)))
            return True
        number = next((one for one in range(len(option.steps)) if str(one) not in state.results), None)
        if number is None:
            return await self._finish(state, (request, option))
        return await self._next(state, (request, option), number)

    async def _ask(self) -> TargetDrill:
        """Write the request for the whole drill."""
        plans, left_out = await self._plans()
        if not plans:
            nothing = translate(t"No target has the label or tag {DRILL_MARK}.")
            raise ContractError(ErrorCode.UNAVAILABLE, " ".join(left_out) or nothing)
        steps = tuple(one.steps[0] for one in plans)
        count = len(steps)
        wanted = Wanted(
            key=f"{DRILL}targets",
            title=spoken(lambda texts: texts(t"Drill: try {count} actions and undo each")),
            target=None,
            options=(_option(plans, steps),),
            categories=(GENERAL.key,),
            text=translate(t"Each is done, read back and undone, one after another."),
            left_out=left_out,
            owner_only=True,
        )
        written = await self._writer.write(Asker("", STEWARD, None), wanted)
        state = DrillState(approval_id=written.request.id, left_out=left_out)
        await self._save(state)
        self._is_under_way = True
        return await self._shown(state)

    async def _plans(self) -> tuple[list[Plan], tuple[str, ...]]:
        """Return the plans of the actions that can be tried now, and the reasons for the others."""
        plans: list[Plan] = []
        left_out: list[str] = []
        for wish in self._wishes():
            reason = wish.reason
            if not reason and len(plans) == MOST_STEPS:
                reason = translate(t"a drill tries at most {MOST_STEPS} actions")
            if not reason:
                try:
                    plan = await self._resolver.request(wish.target, wish.action, wish.arguments)
                    reason = self._resolver.fenced(plan.steps[0]) or ""
                    plans += [] if reason else [plan]
                except StewardError as err:
                    reason = self._resolver.clean(str(err))
            if reason:
                left_out.append(f"{wish.target.name}, {wish.title}: {reason}")
        return plans, tuple(left_out)

    def _wishes(self) -> list[Wish]:
        found: list[Wish] = []
        for instance in self._inventory.instances():
            service = self._inventory.service(instance.id)
            snapshot = self._inventory.snapshot(instance.id)
            if service is not None and snapshot is not None:
                found += wishes(service, snapshot)
        return found

    async def _next(self, state: DrillState, approved: Approved, number: int) -> bool:
        """Begin a try, or record its result; return False while it is under way."""
        request, option = approved
        child = part_id(request.id, number)
        async with self._store.read() as connection:
            known = await approvals.request(connection, child)
            run = await runs.run(connection, child)
        if known is None:
            reason = await self._try(approved, number)
            return reason is None or await self._note(state, number, TryState.NOT_TRIED, reason)
        if run is None or run.finished_at is None:
            return False
        return await self._note_run(state, option.steps[number], run, number)

    async def _try(self, approved: Approved, number: int) -> str | None:
        """Begin a try of the approved action on its target; return why it cannot begin, None if it has."""
        request, option = approved
        step, decision = option.steps[number], request.decision
        if decision is None or self._clock.now() - decision.at > LONGEST:
            return translate(t"the approval is too old")
        if not self._is_marked(step):
            return translate(t"the target is not marked any more")
        try:
            plan = await self._resolver.request(step.target, step.action.partition(".")[2], step.arguments)
        except StewardError as err:
            return self._resolver.clean(str(err))
        if not is_same(plan.steps[0], step):
            return translate(t"it is not what was approved any more")
        wanted = Wanted(
            key=f"{DRILL}{part_id(request.id, number)}",
            title=spoken(lambda texts: texts(t"Drill: {step.title} ({step.target.name})")),
            target=step.target,
            options=(_single(plan),),
            categories=(self._inventory.around(step.target).category,),
        )
        child = part_id(request.id, number)
        async with self._store.change(durable=True) as unit:
            asker = Asker("", STEWARD, None)
            await self._writer.write_decided(unit, asker, wanted, child, decision, request.first)
        await self._begin(child)
        return None

    def _is_marked(self, step: PlannedStep) -> bool:
        snapshot = self._inventory.snapshot(step.target.instance_id)
        resource = snapshot.resource(step.target.kind, step.target.id) if snapshot else None
        return resource is not None and resource.for_drills

    async def _note(self, state: DrillState, number: int, became: TryState, reason: str) -> bool:
        results = {**state.results, str(number): (became.value, reason)}
        await self._save(replace(state, results=results))
        return True

    async def _note_run(self, state: DrillState, step: PlannedStep, run: Run, number: int) -> bool:
        """Record how a try ended; the result of its undo counts as evidence about the action."""
        became, reason = result_of(run)
        async with self._store.change(durable=True) as unit:
            for entry in await runs.entries(unit.connection, run.id):
                if entry.state is StepState.UNDONE or entry.state in TOOK_EFFECT:
                    proof, worked = f"{run.id}:{entry.position}", entry.state is StepState.UNDONE
                    await self._ladder.note_undo(unit, proof, step.action, step.target, worked=worked)
            results = {**state.results, str(number): (became.value, reason)}
            await write_state(unit.connection, replace(state, results=results))
        return True

    async def _finish(self, state: DrillState, approved: Approved) -> bool:
        """Undo steps of tries that still have an effect, compare the settings, and end the drill."""
        request, option = approved
        for number, step in enumerate(option.steps):
            if state.results[str(number)][0] != TryState.NOT_TRIED:
                undone = await self._executor.undo(part_id(request.id, number))
                if not isinstance(undone, Undone):
                    return False
                if undone.failure is not None:
                    log.warning("drill not undone", target=step.target.name, reason=undone.failure)
        after = await self._settings(option.steps)
        found = differences(state.before or {}, after)
        await self._end(replace(state, differences=found), option)
        return False

    async def _end(self, state: DrillState, option: Option) -> None:
        now = self._clock.now()
        undone = sum(one[0] == TryState.UNDONE for one in state.results.values())
        tried = sum(one[0] != TryState.NOT_TRIED for one in state.results.values())
        body = {
            "approval": state.approval_id,
            "actions": len(option.steps),
            "tried": tried,
            "undone": undone,
            "differences": list(state.differences),
        }

        def say(texts: Texts) -> str:
            return texts(t"Drill on marked targets: {tried} actions tried, {undone} of them undone.")

        async with self._store.change(durable=True) as unit:
            await write_state(unit.connection, replace(state, ended_at=now.isoformat()))
            await audit.append(unit.connection, now, "drill.targets_ended", body)
            if tried:
                await tell(unit, (spoken(say), *state.differences), now)

    async def _settings(self, steps: Sequence[PlannedStep]) -> Settings:
        """Return the settings of all resources of the marked kinds, read now."""
        found: Settings = {}
        for instance_id in dict.fromkeys(one.target.instance_id for one in steps):
            service = self._inventory.service(instance_id)
            try:
                snapshot = await self._inventory.poll_now(instance_id)
            except ServiceError:
                continue  # Then each of its settings is a difference.
            if service is not None:
                found |= settings_of(service, snapshot)
        return found

    async def _save(self, state: DrillState) -> None:
        async with self._store.change(durable=True) as unit:
            await write_state(unit.connection, state)

    async def _shown(self, state: DrillState) -> TargetDrill:
        async with self._store.read() as connection:
            request = await approvals.request(connection, state.approval_id)
        steps = request.proposal.options[0].steps if request else ()
        waits = (TryState.WAITS.value, "")
        tries = [(one, state.results.get(str(number), waits)) for number, one in enumerate(steps)]
        return TargetDrill(
            approval_id=state.approval_id,
            tries=tuple(
                TargetTry(
                    action=one.action,
                    title=one.title,
                    target=one.target,
                    state=TryState(became),
                    reason=reason,
                )
                for one, (became, reason) in tries
            ),
            left_out=state.left_out,
            differences=state.differences,
            ended_at=datetime.fromisoformat(state.ended_at) if state.ended_at else None,
        )

    async def _until_needed(self, watch: Watch) -> None:
        """Return after EVERY seconds, or when a row changed while a drill is under way."""
        timer = asyncio.create_task(self._clock.sleep(EVERY), eager_start=True)
        change = asyncio.create_task(self._relevant(watch))
        try:
            await asyncio.wait((timer, change), return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in (timer, change):
                task.cancel()
            await asyncio.gather(timer, change, return_exceptions=True)

    async def _relevant(self, watch: Watch) -> None:
        """Return when a row changed while a drill is under way."""
        while isinstance(await watch.next(), Event) and not self._is_under_way:
            pass


def part_id(whole_id: str, number: int) -> str:
    """Return the id of the request for one try of a drill, computed from the drill and the number."""
    return hashlib.sha256(f"{whole_id}\x1f{DRILL}{number}".encode()).hexdigest()[:32]


def result_of(run: Run) -> tuple[TryState, str]:
    """Return the state of a try whose run is over, and why it is not undone. Pure."""
    if run.status is RunStatus.UNDONE:
        return TryState.UNDONE, ""
    is_untouched = all(one.state in (StepState.INTENDED, StepState.FAILED) for one in run.steps)
    is_not_tried = run.status is RunStatus.REFUSED or is_untouched
    return TryState.NOT_TRIED if is_not_tried else TryState.FAILED, run.error or translate(t"not undone")


def _option(plans: Sequence[Plan], steps: tuple[PlannedStep, ...]) -> Option:
    digest = hashlib.sha256("\x1f".join(one.digest for one in plans).encode()).hexdigest()
    return Option(
        number=1,
        kind=OptionKind.EACH,
        label=spoken(lambda texts: texts(t"Try all and undo each")),
        plan_hash=digest,
        steps=steps,
        risk=Risk.HIGH,
        reversible=True,
        verification=translate(t"Each change and each undo is read back."),
    )


def _single(plan: Plan) -> Option:
    (step,) = plan.steps
    return Option(
        number=1,
        kind=OptionKind.ACT,
        label=spoken(lambda texts: texts(t"{step.title}, and undo it")),
        plan_hash=plan.digest,
        steps=plan.steps,
        runbook_id=plan.runbook_id,
        runbook_version=plan.runbook_version,
        recipe=plan.recipe,
        risk=step.risk,
        reversible=True,
        verification=translate(t"The result is read back."),
    )
