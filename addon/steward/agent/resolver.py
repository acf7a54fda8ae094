"""Turns a recipe into a plan: targets from the inventory, actions by name or capability, dry runs."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Final

from homelab_steward.contract.base import Value
from homelab_steward.contract.incidents import Incident, PlannedStep
from homelab_steward.contract.state import TargetRef

from ..errors import PreconditionFailed
from ..inventory.ports import INSTANCE, Inventory
from ..runbooks.matching import Subject
from ..runbooks.model import Look, Of, Recipe, Runbook, Step
from ..sdk.arguments import check_arguments
from ..sdk.description import Action, Answer, Call, Client, Role, Tool
from .plan import PERSON_REQUEST, Plan, arguments_for, planned_step

type Targets = Mapping[Of, TargetRef]

ROLES: Final = {Of.APPLICATION: Role.APPLICATION, Of.HOST: Role.HOST, Of.STORAGE: Role.STORAGE}

MISSING_TARGET: Final = {
    Of.TARGET: "the target of the alerts is not known",
    Of.APPLICATION: "no configured application is known to run in it",
    Of.HOST: "no configured host is known to run it",
    Of.STORAGE: "no configured storage is known to hold it",
}

CANNOT: Final = {
    "backup": "cannot be backed up",
    "pause": "cannot be paused",
    "restart": "cannot be restarted",
    "resume": "cannot be resumed",
    "rollback": "cannot be rolled back",
    "scale": "cannot be scaled",
    "set_cpu": "cannot be given more or fewer CPUs",
    "set_memory": "cannot be given more or less memory",
    "snapshot": "cannot be saved as a snapshot",
    "start": "cannot be started",
    "stop": "cannot be stopped",
}
"""What is said of a target whose service does not offer a capability."""


@dataclass(frozen=True, slots=True)
class ReadyStep:
    """A step that can be carried out: its action, client and checked call."""

    action: Action[Any]
    client: Client
    call: Call


@dataclass(frozen=True, slots=True)
class ReadyLook:
    """A tool that can be read, as soon as there is a client."""

    name: str
    tool: Tool[Any]
    client: Callable[[], Client]
    call: Call
    clean: Callable[[str], str]

    async def read(self) -> Answer:
        """Return the answer without configured secrets. Raises ServiceError."""
        answer = await self.tool.read(self.client(), self.call)
        return replace(answer, title=self.clean(answer.title), text=self.clean(answer.text))


class Resolver:
    """Finds what runbooks and requests refer to, in the inventory only."""

    def __init__(self, inventory: Inventory) -> None:
        """Everything is looked up in ``inventory``."""
        self._inventory = inventory

    def clean(self, text: str) -> str:
        """Return a service's text without configured secrets."""
        return self._inventory.clean(text)

    def subject(self, incident: Incident) -> Subject:
        """Return the incident as runbooks are matched to it."""
        target = incident.target
        service = self._inventory.service(target.instance_id) if target else None
        return Subject(
            alerts=incident.alerts,
            target=target,
            service=service.key if service else None,
            roles=tuple(role for role in Role if target and self._has_role(target, role)),
        )

    def targets(self, target: TargetRef | None) -> dict[Of, TargetRef]:
        """Return what ``of: target``, ``of: application`` and so on mean for a target."""
        if target is None:
            return {}
        found = {Of.TARGET: target}
        for of, role in ROLES.items():
            with_role = self._inventory.with_role(target, role)
            if with_role is not None:
                found[of] = with_role
        return found

    async def plan(self, runbook: Runbook, recipe: Recipe, targets: Targets) -> Plan:
        """Return the recipe's plan; all its dry runs are made now, at the same time.

        Raises PreconditionFailed when a step does not apply or must not be done now (its text
        is for people), InvalidArgument for an argument that does not fit, ServiceError when a
        dry run fails.
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
        """Return the plan of one requested action on ``target``.

        Raises as :meth:`plan` does.
        """
        target = self._known(target)
        service = self._inventory.service(target.instance_id)
        name = f"{service.key if service else ''}.{key}"
        action = self._action(target, key)
        checked = check_arguments(arguments, action.arguments, partial(self._ids, target.instance_id))
        step, baseline = await self._dry_run(name, action, target, checked)
        return Plan(
            runbook_id=f"{PERSON_REQUEST}{name}",
            runbook_version=1,
            recipe="request",
            steps=(step,),
            baselines=(baseline,),
        )

    def ready(self, step: PlannedStep) -> ReadyStep:
        """Return a planned step that is about to be carried out.

        Raises PreconditionFailed when its target or action does not exist any more or is not
        available now, ServiceUnreachable when there is no client.
        """
        ready = self.begun(replace(step, target=self._known(step.target)))
        self._check_available(step.target, "action", ready.action)
        return ready

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

    def look(self, look: Look, targets: Targets) -> ReadyLook:
        """Return a look that can be read now.

        Raises PreconditionFailed when it does not apply here (its text is for people),
        InvalidArgument for an argument that does not fit.
        """
        target = self._of(look.of, targets)
        service = self._inventory.service(target.instance_id)
        for tool in service.tools if service else ():
            name = f"{service.key}.{tool.key}" if service else ""
            if name == look.tool or (look.tool is None and tool.capability == look.capability):
                fitting = self._fitting(tool, target)
                if fitting is not None:
                    return self._ready_look(tool, name, fitting, look.arguments)
        raise PreconditionFailed(f"{look.name} cannot be read of {target.name}")

    def looks_at(self, target: TargetRef) -> tuple[ReadyLook, ...]:
        """Return every available tool that needs nothing but this target or its instance."""
        service = self._inventory.service(target.instance_id)
        if service is None:
            return ()
        unavailable = self._inventory.unavailable(target.instance_id)
        return tuple(
            self._ready_look(tool, f"{service.key}.{tool.key}", fitting, {})
            for tool in service.tools
            if (fitting := self._fitting(tool, target)) is not None
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
        checked = check_arguments(arguments, tool.arguments, partial(self._ids, target.instance_id))
        client = partial(self._inventory.client, target.instance_id)
        return ReadyLook(name, tool, client, Call(target=target, arguments=checked), self.clean)

    async def _dry_step(self, step: Step, targets: Targets) -> tuple[PlannedStep, Mapping[str, Value]]:
        target = self._known(self._of(step.of, targets))
        name, action = self._action_of(step, target)
        ids = partial(self._ids, target.instance_id)
        arguments = arguments_for(step, action.arguments, self._inventory.readings(target), ids)
        return await self._dry_run(name, action, target, arguments)

    async def _dry_run(
        self, name: str, action: Action[Any], target: TargetRef, arguments: Mapping[str, Value]
    ) -> tuple[PlannedStep, Mapping[str, Value]]:
        self._check_available(target, "action", action)
        client = self._inventory.client(target.instance_id)
        dry = await action.dry_run(client, Call(target=target, arguments=arguments))
        interrupted = self._inventory.interruption(target) if action.interrupts else None
        return planned_step(action, name, target, arguments, dry, interrupted), dry.baseline

    def _of(self, of: Of, targets: Targets) -> TargetRef:
        if of not in targets:
            raise PreconditionFailed(MISSING_TARGET[of])
        return targets[of]

    def _action_of(self, step: Step, target: TargetRef) -> tuple[str, Action[Any]]:
        """Return the action that a step means for a target, with its name."""
        if step.action is not None:
            service_key, _, key = step.action.partition(".")
            self._check_service(target, service_key)
            return step.action, self._action(target, key)
        service = self._inventory.service(target.instance_id)
        for action in service.actions if service else ():
            if action.capability == step.capability and _fits(action, target):
                return f"{service.key if service else ''}.{action.key}", action
        if step.name in CANNOT:
            raise PreconditionFailed(f"{target.name} {CANNOT[step.name]} by the steward")
        raise PreconditionFailed(f"{target.name} does not offer {step.name.replace('_', ' ')}")

    def _action(self, target: TargetRef, key: str) -> Action[Any]:
        service = self._inventory.service(target.instance_id)
        for action in service.actions if service else ():
            if action.key == key:
                if not _fits(action, target):
                    raise PreconditionFailed(f"{action.name} does not apply to {target.name}")
                return action
        raise PreconditionFailed(f"there is no action {key} for {target.name}")

    def _check_service(self, target: TargetRef, key: str) -> None:
        service = self._inventory.service(target.instance_id)
        if service is None or service.key != key:
            raise PreconditionFailed(f"{target.name} does not belong to {key}")

    def _check_available(self, target: TargetRef, what: str, offer: Action[Any] | Tool[Any]) -> None:
        """Raise PreconditionFailed when the credentials or the version do not allow it now."""
        reason = self._inventory.unavailable(target.instance_id).get(f"{what}.{offer.key}")
        if reason is not None:
            raise PreconditionFailed(f"{offer.name} is not available: {reason}")

    def _known(self, target: TargetRef) -> TargetRef:
        """Return the target as the inventory has it now: targets are only ever enumerated."""
        known = self._inventory.target(target.instance_id, target.kind, target.id)
        if known is None:
            raise PreconditionFailed(f"{target.name} does not exist any more")
        return known

    def _has_role(self, target: TargetRef, role: Role) -> bool:
        return self._inventory.with_role(target, role) == target

    def _ids(self, instance_id: str, kind: str) -> frozenset[str]:
        """Return the ids of an instance's resources of one kind."""
        snapshot = self._inventory.snapshot(instance_id)
        return (
            frozenset(one.id for one in snapshot.resources if one.kind == kind) if snapshot else frozenset()
        )


def _fits(offer: Action[Any] | Tool[Any], target: TargetRef) -> bool:
    """Return whether an action or tool is for targets of this kind."""
    return (offer.scope or INSTANCE) == target.kind
