"""Turns a recipe into a plan: targets from the inventory, arguments, dry runs."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from homelab_steward.contract.base import Value
from homelab_steward.contract.incidents import PlannedStep
from homelab_steward.contract.state import TargetRef

from ..arguments import check_arguments
from ..description import Action, Answer, Call, Client, Tool
from ..errors import InvalidArgument, PreconditionFailed
from ..inventory.ports import Inventory
from ..runbooks.model import Look, Of, Recipe, Runbook, Step
from .plan import PERSON_REQUEST, Plan, arguments_for, planned_step

type Targets = Mapping[Of, TargetRef]


@dataclass(frozen=True, slots=True)
class ReadyStep:
    """A step that can be carried out: its action, client and checked call."""

    action: Action[Any]
    client: Client
    call: Call


@dataclass(frozen=True, slots=True)
class ReadyLook:
    """A reading that can be made, as soon as there is a client."""

    name: str
    tool: Tool[Any]
    client: Callable[[], Client]
    call: Call
    clean: Callable[[str], str]

    async def read(self) -> Answer:
        """Read it; secrets are taken out before anybody sees it. Raises ServiceError."""
        answer = await self.tool.read(self.client(), self.call)
        return replace(answer, title=self.clean(answer.title), text=self.clean(answer.text))


class Resolver:
    """Finds what names in runbooks and requests stand for, in the inventory only."""

    def __init__(self, inventory: Inventory) -> None:
        """Look things up in ``inventory``."""
        self._inventory = inventory

    def targets(self, target: TargetRef | None) -> dict[Of, TargetRef]:
        """Return what ``of: target`` and ``of: application`` mean for a target."""
        if target is None:
            return {}
        found = {Of.TARGET: target}
        application = self._inventory.application(target)
        if application is not None:
            found[Of.APPLICATION] = application
        return found

    async def plan(self, runbook: Runbook, recipe: Recipe, targets: Targets) -> Plan:
        """Return the recipe's plan with fresh dry runs, made at the same time.

        Raises PreconditionFailed when a step's target is not there, InvalidArgument
        for an argument that does not fit, ServiceError when a dry run fails.
        """
        made = await asyncio.gather(*(self._dry_step(step, targets) for step in recipe.steps))
        return Plan(
            runbook_id=runbook.id,
            runbook_version=runbook.version,
            recipe=recipe.id,
            steps=tuple(step for step, _ in made),
            baselines=tuple(baseline for _, baseline in made),
        )

    async def request(self, target: TargetRef, key: str, arguments: Mapping[str, Value]) -> Plan:
        """Return the plan of one asked-for action on ``target``.

        Raises as :meth:`plan` does.
        """
        target = self._known(target)
        service = self._inventory.service(target.instance_id)
        name = f"{service.key if service else ''}.{key}"
        action = self._action(target, key)
        checked = check_arguments(arguments, action.arguments)
        step, baseline = await self._dry_run(name, action, target, checked)
        return Plan(
            runbook_id=f"{PERSON_REQUEST}{name}",
            runbook_version=1,
            recipe="request",
            steps=(step,),
            baselines=(baseline,),
        )

    def ready(self, step: PlannedStep) -> ReadyStep:
        """Return a planned step ready to be carried out.

        Raises PreconditionFailed when its target or action is gone, ServiceUnreachable
        when there is no client.
        """
        return self.begun(replace(step, target=self._known(step.target)))

    def begun(self, step: PlannedStep) -> ReadyStep:
        """Return a step that was begun before, to be looked at or taken back.

        Its target was enumerated then; it need not be in the readings we have by now.
        Raises PreconditionFailed when its service or action is gone, ServiceUnreachable
        when there is no client.
        """
        service_key, _, key = step.action.partition(".")
        self._check_service(step.target, service_key)
        action = self._action(step.target, key)
        client = self._inventory.client(step.target.instance_id)
        return ReadyStep(action, client, Call(target=step.target, arguments=step.arguments))

    def look(self, look: Look, targets: Targets) -> ReadyLook | None:
        """Return a reading ready to be made; None when it does not apply here."""
        target = targets.get(look.of)
        if target is None:
            return None
        service_key, _, key = look.tool.partition(".")
        service = self._inventory.service(target.instance_id)
        if service is None or service.key != service_key:
            return None
        for tool in service.tools:
            if tool.key == key:
                return self._ready_look(tool, look.tool, target, look.arguments)
        return None

    def looks_at(self, target: TargetRef) -> tuple[ReadyLook, ...]:
        """Return every reading that needs nothing but this thing."""
        service = self._inventory.service(target.instance_id)
        if service is None:
            return ()
        found = (
            self._ready_look(tool, f"{service.key}.{tool.key}", target, {})
            for tool in service.tools
            if not any(one.required and one.default is None for one in tool.arguments)
        )
        return tuple(look for look in found if look is not None)

    def tool(self, target: TargetRef, key: str, arguments: Mapping[str, Value]) -> ReadyLook:
        """Return one asked-for reading. Raises InvalidArgument when there is none."""
        service = self._inventory.service(target.instance_id)
        for tool in service.tools if service else ():
            if tool.key == key:
                name = f"{service.key}.{key}" if service else key
                look = self._ready_look(tool, name, target, arguments)
                if look is None:
                    raise InvalidArgument("target_id", f"must be a {tool.scope}")
                return look
        raise InvalidArgument("tool", f"there is no tool {key}")

    def _ready_look(
        self,
        tool: Tool[Any],
        name: str,
        target: TargetRef,
        arguments: Mapping[str, Value],
    ) -> ReadyLook | None:
        if tool.scope is not None and tool.scope != target.kind:
            return None
        checked = check_arguments(arguments, tool.arguments)
        client = partial(self._inventory.client, target.instance_id)
        call = Call(target=target, arguments=checked)
        return ReadyLook(name, tool, client, call, self._inventory.clean)

    async def _dry_step(self, step: Step, targets: Targets) -> tuple[PlannedStep, Mapping[str, Value]]:
        target = targets.get(step.of)
        if target is None:
            message = f"there is no {step.of} for {step.action}"
            raise PreconditionFailed(message)
        target = self._known(target)
        service_key, _, key = step.action.partition(".")
        self._check_service(target, service_key)
        action = self._action(target, key)
        readings = self._inventory.readings(target)
        arguments = arguments_for(step, action.arguments, readings)
        return await self._dry_run(step.action, action, target, arguments)

    async def _dry_run(
        self,
        name: str,
        action: Action[Any],
        target: TargetRef,
        arguments: Mapping[str, Value],
    ) -> tuple[PlannedStep, Mapping[str, Value]]:
        client = self._inventory.client(target.instance_id)
        dry = await action.dry_run(client, Call(target=target, arguments=arguments))
        step = planned_step(action, name, target, arguments, dry.differences, dry.note)
        return step, dry.baseline

    def _check_service(self, target: TargetRef, key: str) -> None:
        service = self._inventory.service(target.instance_id)
        if service is None or service.key != key:
            message = f"{target.name} is not of {key}"
            raise PreconditionFailed(message)

    def _known(self, target: TargetRef) -> TargetRef:
        """Return the target as the inventory has it now: targets are only ever enumerated."""
        own_id = None if target.kind == "instance" else target.id
        known = self._inventory.target(target.instance_id, own_id)
        if known is None or known.kind != target.kind:
            message = f"{target.name} is not there any more"
            raise PreconditionFailed(message)
        return known

    def _action(self, target: TargetRef, key: str) -> Action[Any]:
        service = self._inventory.service(target.instance_id)
        for action in service.actions if service else ():
            if action.key == key:
                if action.scope is not None and action.scope != target.kind:
                    raise InvalidArgument("target_id", f"must be a {action.scope}")
                return action
        message = f"there is no action {key} for {target.name}"
        raise PreconditionFailed(message)
