"""Requests for one action on each of several targets: one proposal that is approved as a whole."""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import structlog

from homelab_steward.contract.commands import ActionRequested
from homelab_steward.contract.errors import ContractError, ErrorCode
from homelab_steward.contract.incidents import ApprovalRequest, RunStatus
from homelab_steward.contract.later import Later
from homelab_steward.contract.proposals import Option, OptionKind
from homelab_steward.contract.state import FrontEnd, Speaker, TargetRef
from homelab_steward.contract.step_parts import PlannedStep

from ...coalesce import coalesced_reads
from ...errors import StewardError
from ...inventory.ports import Inventory
from ...runbooks.model import Runbook
from ...sdk.later_text import scheduled_text
from ...store import approvals, runs
from ...store.store import Store
from ...texts import spoken, translate
from ..decisions.gate import People
from ..plans.plan import PERSON_REQUEST, Plan, highest_risk, is_change
from ..plans.recipe_plans import plan_of
from ..plans.resolver import Resolver
from .later import invalid
from .request_plan import MOST_STEPS, Ordered, PlanStep, is_plan, label, ordered, places, together, units
from .request_writer import AUDITED, VOICE, Asker, RequestWriter, Wanted, asker_of, key_of, was_waiting

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestPlan:
    """The steps that a person asked for. ``left_out`` has those that cannot be requested, with the reasons.

    ``later`` is when the plan is executed after the approval, None for at once. With ``stays`` nothing
    is undone when a later step fails. ``text`` is shown with the plan.
    """

    speaker: Speaker
    steps: tuple[PlanStep, ...]
    left_out: tuple[str, ...] = ()
    later: Later | None = None
    stays: bool = False
    text: str = ""


class PlanRequests:
    """Turns requests for several actions into one pending request. Nothing here changes a service."""

    def __init__(
        self,
        store: Store,
        inventory: Inventory,
        resolver: Resolver,
        library: Mapping[str, Runbook],
        people: People,
        writer: RequestWriter,
    ) -> None:
        """``library`` has the runbooks by id. ``writer`` stores the requests in ``store``."""
        self._store = store
        self._inventory = inventory
        self._resolver = resolver
        self._library = library
        self._people = people
        self._writer = writer

    async def request(self, request: RequestPlan) -> ActionRequested:
        """Return the request for the steps that can be carried out now, or an equal pending one.

        Its text says which are left out. Raises ContractError: FORBIDDEN, INVALID_ARGUMENT (the time),
        UNAVAILABLE (too many steps, or none can be carried out), TOO_MANY. FORBIDDEN and TOO_MANY
        are audited.
        """
        try:
            asker = asker_of(self._people, request.speaker, is_automation=False)
            wrong = invalid(request.later, self._writer.now()) if request.later else None
            if wrong is not None:
                raise ContractError(ErrorCode.INVALID_ARGUMENT, wrong)
            wanted = await self.wanted(request, asker.name)
            written = await self._writer.write(asker, wanted)
        except ContractError as err:
            if err.code in AUDITED:
                what = {"steps": len(request.steps)}
                await self._writer.audit_refusal(request.speaker, what, err.code)
            raise
        return ActionRequested(
            approval_id=written.request.id,
            incident_id=written.request.incident_id,
            message=was_waiting(written.request) if written.was_waiting else "",
            instead=" ".join(wanted.left_out),
        )

    async def ask_again(self, request_id: str) -> None:
        """Ask again about an approved plan that was refused because it has changed."""
        async with self._store.read() as connection:
            run = await runs.run(connection, request_id)
            request = await approvals.request(connection, request_id)
        option = request.proposal.option(run.option) if run and request else None
        if run is None or request is None or option is None or not is_plan(option):
            return
        if is_change(option) or any(not one.has_effect and one.recipe is None for one in option.steps):
            return  # The stage of updates makes new plans of updates and of plans with waits itself.
        asker = self._asker(request)
        if run.status is not RunStatus.REFUSED or asker is None:
            return
        try:
            wanted = await self.wanted(self._again(option, run.error or ""), asker.name)
            if wanted.options[0].plan_hash != option.plan_hash:
                await self._writer.write(asker, wanted)
        except ContractError as err:
            log.info("not asked again", request=request_id, reason=err.message)

    def _asker(self, request: ApprovalRequest) -> Asker | None:
        """Return who asked for it, None when they may not ask any more."""
        via = request.requested_via or FrontEnd.HOME_ASSISTANT
        if not request.requested_by:
            return Asker("", "voice", via)
        person = next((one for one in self._people.list() if one.id == request.requested_by), None)
        return Asker(person.id, person.name, via) if person and person.decides else None

    def _again(self, option: Option, reason: str) -> RequestPlan:
        return RequestPlan(
            speaker=VOICE,
            steps=tuple(asked_step(one, self._inventory) for one in units(option.steps)),
            stays=not any(one.undone_without for one in option.steps),
            text=translate(t"Approve it again: {reason}"),
        )

    async def wanted(self, request: RequestPlan, asker: str) -> Wanted:
        """Return the request to store; ``asker`` is a name. Raises ContractError UNAVAILABLE."""
        targets, later = {one.target for one in request.steps}, request.later
        _check_count(len(targets))
        found = ordered(request.steps, self._inventory.parents, self._inventory.interruption)
        plan, refused = await self._planned(found, stays=request.stays)
        left_out = (*request.left_out, *found.left_out, *refused)
        if not plan.steps:
            raise ContractError(ErrorCode.UNAVAILABLE, " ".join(left_out))
        _check_count(sum(one.has_effect for one in plan.steps))
        name, now = spoken(lambda texts: label(plan.steps, texts)), self._writer.now()
        return Wanted(
            key=f"{PERSON_REQUEST}{key_of(plan, later, now)}",
            title=spoken(lambda texts: texts(t"{name}, requested by {asker}")),
            target=plan.steps[0].target if len(plan.steps) == 1 else None,
            categories=self._categories(plan),
            options=(_option(plan, name),),
            text="\n".join(filter(None, (scheduled_text(later, now) if later else "", request.text))),
            left_out=left_out,
            later=later,
        )

    def _categories(self, plan: Plan) -> tuple[str, ...]:
        return tuple(dict.fromkeys(self._inventory.around(one.target).category for one in plan.steps))

    async def _planned(self, found: Ordered, *, stays: bool) -> tuple[Plan, tuple[str, ...]]:
        """Return the plan of the steps with a successful dry run, and the reasons for the others.

        Of a recipe all steps are in the plan, or none.
        """
        async with coalesced_reads():
            made = await asyncio.gather(*(self._dry_run(one) for one in found.steps))
        changed: set[TargetRef] = set()
        ready: list[tuple[PlanStep, Plan]] = []
        refused: list[str] = []
        for step, plan in zip(found.steps, made, strict=True):
            if isinstance(plan, str):
                refused.append(plan)
                continue
            targets = {one.target for one in plan.steps if one.has_effect}
            if targets.isdisjoint(changed):
                ready.append((step, plan))
                changed |= targets
            else:
                refused.append(f"{step.target.name}: {translate(t'only one action for each target')}.")
        steps = [one for step, plan in ready for one in self._steps(step, plan)]
        placed = places(steps, self._inventory.parents, stays=stays)
        return together([plan for _, plan in ready], placed), tuple(refused)

    def _steps(self, step: PlanStep, plan: Plan) -> Iterator[PlanStep]:
        """Yield the single steps of an action or a recipe."""
        for one in plan.steps:
            own = plan_step(one, self._inventory) if step.recipe is not None else step
            yield replace(own, runbook=step.runbook, recipe=step.recipe)

    async def _dry_run(self, step: PlanStep) -> Plan | str:
        """Return the plan of an action or of all steps of a recipe, or why there is none."""
        try:
            if step.recipe is not None:
                return await plan_of(step.recipe, self._library, self._resolver)
            return await self._resolver.request(step.target, step.action, step.arguments)
        except StewardError as err:
            reason = self._resolver.clean(str(err)).removesuffix(".")
            return f"{step.target.name}: {reason}."


def _check_count(count: int) -> None:
    """Raise ContractError UNAVAILABLE for more changes than a person can check together."""
    if count > MOST_STEPS:
        text = translate(t"These are {count} changes. At most {MOST_STEPS} can be approved together.")
        raise ContractError(ErrorCode.UNAVAILABLE, text)


def plan_step(step: PlannedStep, inventory: Inventory) -> PlanStep:
    """Return the request for a planned step: one action on one target."""
    service, key = inventory.service(step.target.instance_id), step.action.partition(".")[2]
    capabilities = (one.capability for one in (service.actions if service else ()) if one.key == key)
    return PlanStep(
        target=step.target,
        action=key,
        capability=next(capabilities, None),
        arguments=step.arguments,
        runbook=step.runbook,
    )


def asked_step(unit: Sequence[PlannedStep], inventory: Inventory) -> PlanStep:
    """Return the request that planned steps come from: one action, or a recipe for its target."""
    first, recipe = plan_step(unit[0], inventory), unit[0].recipe
    if recipe is None or len(unit) == 1:
        return replace(first, recipe=recipe)
    return replace(first, target=recipe.target, capability=None, arguments={}, recipe=recipe)


def _option(plan: Plan, name: str) -> Option:
    return Option(
        number=1,
        kind=OptionKind.ACT,
        label=name,
        plan_hash=plan.digest,
        steps=plan.steps,
        runbook_id=plan.runbook_id,
        runbook_version=plan.runbook_version,
        recipe=plan.recipe,
        risk=highest_risk(plan.steps),
        reversible=all(one.reversible for one in plan.steps),
        verification=translate(t"The result of each change is read back."),
    )
