"""Answers requests for several targets: creates one request that a person approves as a whole."""

from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import replace
from typing import Final

from homelab_steward.contract.commands import ActionRequested
from homelab_steward.contract.errors import ContractError, ErrorCode
from homelab_steward.contract.incidents import Incident
from homelab_steward.contract.state import Speaker, TargetRef

from ..agent.requests.plan_requests import RequestPlan
from ..agent.requests.repairs import repairs
from ..agent.requests.request_plan import PlanStep, bounded
from ..inventory.ports import INSTANCE
from ..texts import Texts, said_in, texts_of
from .given_names import AREA
from .meanings import Goal, GoalRequest, PlanRequest
from .named_targets import named_targets
from .phrases import say
from .readings import Readings
from .request_answers import RequestAnswers
from .scheduling import Scheduled, finishing_by

type RequestPlanPort = Callable[[RequestPlan], Awaitable[ActionRequested]]
type OpenIncidents = Callable[[], Awaitable[Sequence[Incident]]]

_CAPABILITIES: Final = {
    Goal.DOWN: frozenset({"start"}),
    Goal.FREE_SPACE: frozenset({"free_space", "clean_up"}),
    Goal.POWER_CUT: frozenset({"stop"}),
}


class PlanAnswers:
    """Turns what a person wants into actions of the catalogue, and requests them together."""

    def __init__(
        self, port: RequestPlanPort, requests: RequestAnswers, readings: Readings, incidents: OpenIncidents
    ) -> None:
        """``requests`` have the text of a request that waits. ``incidents`` returns the open ones."""
        self._port = port
        self._incidents = incidents
        self._requests = requests
        self._inventory = readings.inventory
        self._given = readings.given

    async def create(
        self,
        plan: PlanRequest | GoalRequest,
        speaker: Speaker,
        language: str,
        scheduled: Scheduled | None = None,
    ) -> str:
        """Create the request, and return the text that describes it, or why there is none."""
        texts = texts_of(language)
        if isinstance(plan, PlanRequest):
            request = self._asked(plan, speaker, texts)
        else:
            request = await self._for_goal(plan, speaker, texts)
        if not request.steps:
            return " ".join([*request.left_out, _nothing(plan, texts)])
        if scheduled is not None and isinstance(plan, GoalRequest) and plan.goal is Goal.POWER_CUT:
            begun = finishing_by(scheduled.later, len(request.steps), self._requests.now())
            scheduled = replace(scheduled, later=begun)
        later = scheduled.later if scheduled else None
        return (await self.request(replace(request, later=later), language, scheduled))[0]

    async def request(
        self, request: RequestPlan, language: str, scheduled: Scheduled | None = None
    ) -> tuple[str, bool]:
        """Create the request; return its text or why there is none, and whether there is one."""
        try:
            asked = await self._port(request)
        except ContractError as err:
            key = "not_allowed" if err.code is ErrorCode.FORBIDDEN else "request_refused"
            return say(language, key, reason=said_in(err.message, texts_of(language))), False
        return await self._requests.waiting_text(asked, language, scheduled), True

    def _asked(self, plan: PlanRequest, speaker: Speaker, texts: Texts) -> RequestPlan:
        """Return what was asked for, without what is not in the place that was said, and what is excepted."""
        kept = {*plan.excepted, *(above for one in plan.excepted for above in self._inventory.parents(one))}
        steps = [
            PlanStep(
                target=one.named_target.target,
                action=one.action.key,
                capability=one.action.capability,
                arguments=one.arguments,
            )
            for one in plan.requests
            if self._is_in(one.named_target.target, plan.place) and one.named_target.target not in kept
        ]
        others = [one.label for one in plan.not_offered if self._is_in(one.target, plan.place)]
        left = [one.named_target.label for one in plan.requests if one.named_target.target in kept]
        left_out: list[str] = []
        if others:
            names = bounded(others, texts)
            left_out.append(texts(t"I cannot do that with {names}."))
        if left:
            names = bounded(left, texts)
            left_out.append(texts(t"Left as it is: {names}."))
        return RequestPlan(speaker=speaker, steps=tuple(steps), left_out=tuple(left_out))

    async def _for_goal(self, plan: GoalRequest, speaker: Speaker, texts: Texts) -> RequestPlan:
        """Return the actions of the catalogue that serve a goal, for every target that needs them."""
        if plan.goal is Goal.DOWN:
            return await self._repairs(plan, speaker, texts)
        steps = list(self._offered(plan))
        if plan.goal is Goal.FREE_SPACE:
            steps = await self._with_recipes(plan, steps)
        if plan.goal is Goal.POWER_CUT:
            # What runs in something that is stopped stops with it.
            stopped = {one.target for one in steps}
            steps = [one for one in steps if stopped.isdisjoint(self._inventory.parents(one.target))]
        # Before a power cut, what is stopped stays off also if something else cannot be stopped.
        return RequestPlan(speaker=speaker, steps=tuple(steps), stays=plan.goal is Goal.POWER_CUT)

    async def _with_recipes(self, plan: GoalRequest, steps: Sequence[PlanStep]) -> list[PlanStep]:
        """Return the steps, with what runbooks offer for open problems in place of the same actions.

        A recipe counts when one of its steps serves the goal.
        """
        offered = repairs(await self._incidents(), self._inventory, _CAPABILITIES[plan.goal])
        found = {one: step for one, step in offered.items() if self._is_in(one, plan.place)}
        covered = {step.target for step in found.values()}
        return [*found.values(), *(one for one in steps if one.target not in covered)]

    async def _repairs(self, plan: GoalRequest, speaker: Speaker, texts: Texts) -> RequestPlan:
        """Return what repairs everything that is down: what a runbook offers, else its start."""
        down = self._down()
        offered = repairs(await self._incidents(), self._inventory)
        starts = {one.target: one for one in self._offered(plan)}
        found = {one: offered.get(one) or starts.get(one) for one in down}
        others = [target.name for target, step in found.items() if step is None]
        names = bounded(others, texts)
        return RequestPlan(
            speaker=speaker,
            steps=tuple(step for step in found.values() if step is not None),
            left_out=(texts(t"I cannot start {names}."),) if others else (),
        )

    def _offered(self, plan: GoalRequest) -> Iterator[PlanStep]:
        """Yield one action for each target that has one for the goal and needs no arguments."""
        for one in named_targets(self._inventory):
            service = self._inventory.service(one.target.instance_id)
            if service is None or not self._needs(plan, one.target):
                continue
            for action in service.offer().actions:
                is_for = action.scope == one.scope and action.capability in _CAPABILITIES[plan.goal]
                # A stream can be stopped too, but not be started again.
                is_for = is_for and (plan.goal is not Goal.POWER_CUT or action.reversible)
                if is_for and not any(each.required and each.default is None for each in action.arguments):
                    yield PlanStep(target=one.target, action=action.key, capability=action.capability)
                    break

    def _needs(self, plan: GoalRequest, target: TargetRef) -> bool:
        if plan.goal is Goal.DOWN:
            return self._is_down(target)
        if plan.goal is Goal.POWER_CUT:
            return target.kind != INSTANCE and not self._inventory.is_off(target)
        return self._is_in(target, plan.place)

    def _down(self) -> list[TargetRef]:
        return [one.target for one in named_targets(self._inventory) if self._is_down(one.target)]

    def _is_down(self, target: TargetRef) -> bool:
        """Return whether a target does not run, although it is not meant to be off."""
        return self._inventory.is_off(target) and self._inventory.why_off(target) is None

    def _is_in(self, target: TargetRef, place: TargetRef | None) -> bool:
        if place is None or place in (target, *self._inventory.parents(target)):
            return True
        if place.kind == AREA:
            return bool(self._given().inside(place, [target], self._inventory))
        return place.kind == INSTANCE and place.instance_id == target.instance_id


def _nothing(plan: PlanRequest | GoalRequest, texts: Texts) -> str:
    """Return that there is nothing to request, and why."""
    if isinstance(plan, PlanRequest):
        return texts("None of these things is there. Nothing has been requested.")
    match plan.goal:
        case Goal.DOWN:
            return texts("Nothing that I can start is down. Nothing has been requested.")
        case Goal.FREE_SPACE:
            return texts("I know no service there that can free space. Nothing has been requested.")
        case Goal.POWER_CUT:
            return texts("I know no machine that I can stop. Nothing has been requested.")
