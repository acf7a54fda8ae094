"""Turns a recipe into a plan: targets from the inventory, actions by name or capability, dry runs."""

import asyncio
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any, Final

from homelab_steward.contract.base import Value
from homelab_steward.contract.state import TargetRef
from homelab_steward.contract.step_parts import PlannedStep, PlannedWait

from ...clock import Clock, SystemClock
from ...coalesce import coalesced_reads
from ...errors import Fenced, PreconditionFailed, ServiceUnreachable
from ...inventory.ports import ANSWERS, INSTANCE, Inventory
from ...runbooks.model import (
    MISSING_TARGET,
    ROLES,
    About,
    Condition,
    Look,
    Named,
    Of,
    Recipe,
    Reference,
    Runbook,
    Step,
)
from ...sdk.arguments import MOST_SHOWN, check_arguments
from ...sdk.description import Action, Call, Tool
from ...sdk.description.capabilities import CANNOT
from ...sdk.readings import NotKnown
from ...texts import translate
from .plan import (
    PERSON_REQUEST,
    WAIT,
    Plan,
    ReadyLook,
    ReadyStep,
    also_changed,
    arguments_for,
    planned_reference,
    planned_step,
    planned_wait,
    unknown_dry_run,
    waiting_step,
)
from .recipe_conditions import judge

type Targets = Mapping[About, TargetRef]
"""The targets that a runbook's looks, steps and conditions are about."""

LONGEST_DRY_RUN: Final = 60.0
"""Seconds for one dry run. It only reads, and people or other plans wait for it."""


class Resolver:
    """Turns recipes and requests into plans, steps and looks that can be carried out.

    Every target comes from the inventory.
    """

    def __init__(
        self, inventory: Inventory, longest: float = LONGEST_DRY_RUN, clock: Clock | None = None
    ) -> None:
        """Targets and actions come from ``inventory``. A dry run may last ``longest`` seconds."""
        self._inventory = inventory
        self._longest = longest
        self._clock = clock or SystemClock()

    def clean(self, text: str) -> str:
        """Return a service's text without configured secrets."""
        return self._inventory.clean(text)

    def is_off(self, target: TargetRef) -> bool:
        """Return whether the last poll shows that the target is off."""
        return self._inventory.is_off(target)

    def targets(self, target: TargetRef | None) -> dict[About, TargetRef]:
        """Return what ``of: target``, ``of: application`` and so on mean for a target."""
        if target is None:
            return {}
        found: dict[About, TargetRef] = {Of.TARGET: target}
        for of, role in ROLES.items():
            with_role = self._inventory.with_role(target, role)
            if with_role is not None:
                found[of] = with_role
        return found

    def condition_targets(self, targets: Targets, conditions: Sequence[Condition]) -> dict[About, TargetRef]:
        """Return the targets, and those that conditions name; a name needs exactly one target."""
        found = dict(targets)
        for condition in conditions:
            if condition.target is not None and len(fitting := self._find(condition.target, targets)) == 1:
                found[condition.target] = fitting[0]
        return found

    async def plan(self, runbook: Runbook, recipe: Recipe, targets: Targets) -> Plan:
        """Return the recipe's plan; all its dry runs are made now, concurrently.

        Raises PreconditionFailed when a step does not apply or must not be done now (its text
        is for people), InvalidArgument for an argument that does not fit, ServiceError when a
        dry run fails.
        """
        home = await judge(recipe, targets.get(Of.TARGET), self._inventory, self._clock.now())
        for condition in recipe.verify:
            if condition.target is not None:
                self._check_reading(condition, targets)
        made = await asyncio.gather(*(self._plan_step(step, recipe, targets) for step in recipe.steps))
        return Plan(
            runbook_id=runbook.id,
            runbook_version=runbook.version,
            recipe=recipe.id,
            steps=tuple(step for step, _ in made),
            baselines=tuple(baseline for _, baseline in made),
            unknown_facts=home.unknown,
        )

    async def request(self, target: TargetRef, key: str, arguments: Mapping[str, Value]) -> Plan:
        """Return the plan of one requested action on ``target``.

        Raises as :meth:`plan` does.
        """
        target = self._known(target)
        service = self._inventory.service(target.instance_id)
        name = f"{service.key if service else ''}.{key}"
        action = self._action(target, key)
        checked = check_arguments(arguments, action.arguments, partial(self.ids, target.instance_id))
        step, baseline = await self._dry_run(name, action, target, checked)
        return Plan(
            runbook_id=f"{PERSON_REQUEST}{name}",
            runbook_version=1,
            recipe="request",
            steps=(step,),
            baselines=(baseline,),
        )

    async def request_capability(self, target: TargetRef, capability: str) -> Plan:
        """Return the plan of the action with a capability that needs no arguments.

        Raises as :meth:`plan` does.
        """
        _, action = self.action_of(Step(capability=capability), self._known(target))
        return await self.request(target, action.key, {})

    def waiting(self, target: TargetRef, wait: PlannedWait) -> Plan:
        """Return the plan of a step that only waits. Raises PreconditionFailed without such a reading."""
        target = self._known(target)
        self._check_has(target, wait.reading)
        return Plan(
            runbook_id=f"{PERSON_REQUEST}{WAIT}",
            runbook_version=1,
            recipe="request",
            steps=(waiting_step(wait, target),),
            baselines=({},),
        )

    def problems(self, target: TargetRef) -> tuple[str, ...]:
        """Return what the checks of the last poll find wrong with a target."""
        return self._inventory.seen(target).problems

    def ready(self, step: PlannedStep) -> ReadyStep:
        """Return a planned step that is about to be carried out.

        Raises PreconditionFailed when its target or action does not exist any more or is not
        available now, ServiceUnreachable when there is no client.
        """
        ready = self.begun(replace(step, target=self._known(step.target)))
        self._check_available(step.target, "action", ready.action)
        return ready

    async def poll(self, instances: Collection[str]) -> None:
        """Poll instances now, concurrently. Raises ServiceError."""
        await asyncio.gather(*map(self._inventory.poll_now, instances))

    def begun(self, step: PlannedStep) -> ReadyStep:
        """Return a step that was started before, to be read or undone.

        Its target need not be in the last readings. Raises PreconditionFailed when its
        service or action does not exist any more, ServiceUnreachable when there is no client.
        """
        service_key, _, key = step.action.partition(".")
        self._check_service(step.target, service_key)
        action = self._action(step.target, key)
        client = self._inventory.client(step.target.instance_id)
        return ReadyStep(action, client, Call(target=step.target, arguments=step.arguments))

    def fenced(self, step: PlannedStep) -> str | None:
        """Return which fence forbids a step or its undo, None when none does."""
        return self._inventory.fenced(step.target, step.action.partition(".")[2]) if step.has_effect else None

    def look(self, look: Look, targets: Targets) -> ReadyLook:
        """Return a look that can be read now.

        Raises PreconditionFailed when it does not apply here (its text is for people),
        InvalidArgument for an argument that does not fit.
        """
        target = self._of(look.about, targets)
        service = self._inventory.service(target.instance_id)
        # What reads the target itself comes before what reads the whole instance.
        open_tools = [one for one in service.tools if not one.is_owner_only] if service else []
        for tool in sorted(open_tools, key=lambda one: not _fits(one, target)):
            name = f"{service.key}.{tool.key}" if service else ""
            if name == look.tool or (look.tool is None and tool.capability == look.capability):
                fitting = self._fitting(tool, target)
                if fitting is not None:
                    return self._ready_look(tool, name, fitting, look.arguments)
        raise PreconditionFailed(t"{look.name} cannot be read of {target.name}")

    def looks_at(self, target: TargetRef) -> tuple[ReadyLook, ...]:
        """Return every available tool that needs no other argument than this target or its instance."""
        service = self._inventory.service(target.instance_id)
        if service is None:
            return ()
        unavailable = self._inventory.unavailable(target.instance_id)
        return tuple(
            self._ready_look(tool, f"{service.key}.{tool.key}", fitting, {})
            for tool in service.tools
            if not tool.is_owner_only
            and (fitting := self._fitting(tool, target)) is not None
            and f"tool.{tool.key}" not in unavailable
            and not any(one.required and one.default is None for one in tool.arguments)
        )

    def tool(self, tool: Tool[Any], target: TargetRef, arguments: Mapping[str, Value]) -> ReadyLook:
        """Return one requested tool of the target's service.

        Raises InvalidArgument for an argument that does not fit, PreconditionFailed when the
        tool is not available.
        """
        return self._ready_look(tool, tool.key, target, arguments)

    def _fitting(self, tool: Tool[Any], target: TargetRef) -> TargetRef | None:
        """Return what a look's tool reads: the target, or the whole instance that it is in."""
        if _fits(tool, target):
            return target
        return self._inventory.target(target.instance_id) if tool.scope is None else None

    def _ready_look(
        self, tool: Tool[Any], name: str, target: TargetRef, arguments: Mapping[str, Value]
    ) -> ReadyLook:
        self._check_available(target, "tool", tool)
        checked = check_arguments(arguments, tool.arguments, partial(self.ids, target.instance_id))
        client = partial(self._inventory.client, target.instance_id)
        return ReadyLook(name, tool, client, Call(target=target, arguments=checked), self._inventory.clean)

    async def _plan_step(
        self, step: Step, recipe: Recipe, targets: Targets
    ) -> tuple[PlannedStep, Mapping[str, Value]]:
        if step.wait_for is not None:
            target = self._check_reading(step.wait_for, targets)
            return planned_wait(step.wait_for, target, recipe.settle, step.id), {}
        target, name, action = self.placed(step, targets)
        ids = partial(self.ids, target.instance_id)
        arguments = arguments_for(step, action.arguments, self._inventory.readings(target), ids)
        if not step.references:
            planned, baseline = await self._dry_run(name, action, target, arguments)
            return replace(planned, id=step.id or ""), baseline
        # The dry run is made when the values are known.
        self._check_available(target, "action", action)
        references = tuple(
            planned_reference(key, one, action.arguments, self._producer(one, recipe, targets).outputs)
            for key, one in step.references.items()
        )
        interrupted = self._inventory.interruption(target) if action.interrupts else None
        planned = planned_step(action, name, target, arguments, unknown_dry_run(references), interrupted)
        return replace(planned, id=step.id or "", references=references), {}

    def placed(self, step: Step, targets: Targets) -> tuple[TargetRef, str, Action[Any]]:
        """Return the target of a step, and its action with its name. Raises PreconditionFailed."""
        target = self._known(self._of(step.about, targets))
        return target, *self.action_of(step, target)

    def _producer(self, reference: Reference, recipe: Recipe, targets: Targets) -> Action[Any]:
        """Return the action of the step that a reference names; a loaded runbook has such a step."""
        step = next(one for one in recipe.steps if one.id == reference.step)
        _, _, action = self.placed(step, targets)
        return action

    def _check_reading(self, condition: Condition, targets: Targets) -> TargetRef:
        """Return the target of a condition. Raises PreconditionFailed when it has no such reading."""
        target = self._known(self._of(condition.about, targets))
        self._check_has(target, condition.reading)
        return target

    def _check_has(self, target: TargetRef, reading: str) -> None:
        service = self._inventory.service(target.instance_id)
        kind = service.kind(target.kind) if service else None
        sensors = kind.sensors if kind else service.sensors if service and target.kind == INSTANCE else ()
        known = {sensor.key for sensor in sensors} | ({ANSWERS} if target.kind == INSTANCE else set())
        if reading not in known:
            raise PreconditionFailed(t"{target.name} has no reading {reading}")

    async def _dry_run(
        self, name: str, action: Action[Any], target: TargetRef, arguments: Mapping[str, Value]
    ) -> tuple[PlannedStep, Mapping[str, Value]]:
        self._check_available(target, "action", action)
        client = self._inventory.client(target.instance_id)
        try:
            async with coalesced_reads(), asyncio.timeout(self._longest):
                dry = await action.dry_run(client, Call(target=target, arguments=arguments))
        except NotKnown as err:
            raise PreconditionFailed(str(err)) from err
        except TimeoutError as err:
            raise ServiceUnreachable(t"{target.name} did not answer the dry run in time") from err
        for one in also_changed(target, dry.baseline):
            if (reason := self._inventory.fenced(one, action.key)) is not None:
                raise Fenced(reason)
        interrupted = self._inventory.interruption(target) if action.interrupts else None
        return planned_step(action, name, target, arguments, dry, interrupted), dry.baseline

    def action_of(self, step: Step, target: TargetRef) -> tuple[str, Action[Any]]:
        """Return the action that a step means for a target, with its name. Raises PreconditionFailed."""
        if step.action is not None:
            service_key, _, key = step.action.partition(".")
            self._check_service(target, service_key)
            return step.action, self._action(target, key)
        service = self._inventory.service(target.instance_id)
        for action in service.actions if service else ():
            if action.capability == step.capability and _fits(action, target):
                return f"{service.key if service else ''}.{action.key}", action
        if step.name in CANNOT:
            raise PreconditionFailed(t"{target.name} {translate(CANNOT[step.name])} by the steward")
        raise PreconditionFailed(t"{target.name} does not offer {step.name.replace('_', ' ')}")

    def _action(self, target: TargetRef, key: str) -> Action[Any]:
        service = self._inventory.service(target.instance_id)
        for action in service.actions if service else ():
            if action.key == key:
                if not _fits(action, target):
                    raise PreconditionFailed(t"{action.name} does not apply to {target.name}")
                return action
        raise PreconditionFailed(t"there is no action {key} for {target.name}")

    def _check_service(self, target: TargetRef, key: str) -> None:
        service = self._inventory.service(target.instance_id)
        if service is None or service.key != key:
            raise PreconditionFailed(t"{target.name} does not belong to {key}")

    def _check_available(self, target: TargetRef, what: str, offer: Action[Any] | Tool[Any]) -> None:
        """Raise PreconditionFailed when the credentials or the version do not allow it now."""
        reason = self._inventory.unavailable(target.instance_id).get(f"{what}.{offer.key}")
        if reason is not None:
            raise PreconditionFailed(t"{offer.name} is not available: {reason}")
        if what == "action" and (reason := self._inventory.fenced(target, offer.key)) is not None:
            raise Fenced(reason)

    def _of(self, about: About, targets: Targets) -> TargetRef:
        if isinstance(about, Named):
            return self._only(about, targets)
        if about not in targets:
            raise PreconditionFailed(translate(MISSING_TARGET[about]))
        return targets[about]

    def _only(self, named: Named, targets: Targets) -> TargetRef:
        """Return the one target that fits. Raises PreconditionFailed when none or several do."""
        found = self._find(named, targets)
        if not found:
            raise PreconditionFailed(t"no target fits {named}")
        if len(found) > 1:
            names = ", ".join(target.name for target in found[:MOST_SHOWN])
            raise PreconditionFailed(t"{len(found)} targets fit {named}: {names}")
        return found[0]

    def _find(self, named: Named, targets: Targets) -> tuple[TargetRef, ...]:
        found = self._inventory.find(
            service=named.service,
            instance=named.instance,
            kind=named.kind,
            name=named.name,
            role=named.role,
        )
        if named.reading is None:
            return found
        if not (named.service or named.instance or named.role):
            own = targets[Of.TARGET].instance_id if Of.TARGET in targets else None
            found = tuple(one for one in found if one.instance_id == own)
        return tuple(one for one in found if self._inventory.readings(one).get(named.reading) is True)

    def _known(self, target: TargetRef) -> TargetRef:
        """Return the current target of the inventory with this identity. Raises PreconditionFailed."""
        known = self._inventory.target(target.instance_id, target.kind, target.id)
        if known is None:
            raise PreconditionFailed(t"{target.name} does not exist any more")
        return known

    def ids(self, instance_id: str, kind: str) -> frozenset[str]:
        """Return the ids of an instance's resources of one kind."""
        snapshot = self._inventory.snapshot(instance_id)
        return (
            frozenset(one.id for one in snapshot.resources if one.kind == kind) if snapshot else frozenset()
        )


def _fits(offer: Action[Any] | Tool[Any], target: TargetRef) -> bool:
    """Return whether an action or tool is for targets of this kind."""
    return (offer.scope or INSTANCE) == target.kind
