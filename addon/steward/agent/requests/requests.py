"""Turns the request for one action into a pending approval request, and reads tools for clients."""

import asyncio
from collections.abc import Collection
from typing import Any

from homelab_steward.contract.commands import ActionRequested, Reading, ReadTool, RequestAction
from homelab_steward.contract.errors import ContractError, ErrorCode
from homelab_steward.contract.later import Later
from homelab_steward.contract.proposals import Option, OptionKind
from homelab_steward.contract.state import Role, Speaker, TargetRef

from ...errors import InvalidArgument, PreconditionFailed, ServiceError, describe_error
from ...inventory.ports import Inventory
from ...sdk.description import Action, AnyService, Tool
from ...sdk.later_text import scheduled_text
from ...store.target_keys import target_key
from ...texts import said_in, spoken, translate
from ..decisions.gate import People
from ..diagnosis.diagnoser import READ_TIMEOUT
from ..plans.plan import PERSON_REQUEST, Plan, highest_risk
from ..plans.resolver import Resolver
from .later import invalid
from .proposer import label_with_change
from .request_writer import AUDITED, Asker, RequestWriter, Wanted, asker_of, key_of, was_waiting


class Requests:
    """Handles requests for actions, and reads of tools. Nothing here changes a service."""

    def __init__(
        self, inventory: Inventory, resolver: Resolver, people: People, writer: RequestWriter
    ) -> None:
        """``writer`` stores the requests."""
        self._inventory = inventory
        self._resolver = resolver
        self._people = people
        self._writer = writer

    async def request(self, request: RequestAction) -> ActionRequested:
        """Return the request for an action, or the equal one that is pending already, or only the dry run.

        The target is of the kind that is the action's scope. Raises ContractError: FORBIDDEN,
        NOT_FOUND, INVALID_ARGUMENT, UNAVAILABLE (the text says why it must not be done now),
        TOO_MANY (too many requests of the person or the front end wait already). FORBIDDEN and
        TOO_MANY are audited.
        """
        try:
            return await self._take(request)
        except ContractError as err:
            if err.code in AUDITED:
                what = {"instance": request.instance_id, "action": request.action}
                await self._writer.audit_refusal(request.speaker, what, err.code)
            raise

    async def _take(self, request: RequestAction) -> ActionRequested:
        asker = asker_of(self._people, request.speaker, is_automation=request.is_automation)
        wrong = invalid(request.later, self._writer.now()) if request.later else None
        if wrong is not None:
            raise ContractError(ErrorCode.INVALID_ARGUMENT, wrong)
        action = _offer(self._service(request.instance_id).actions, request.action)
        target = self._target(request.instance_id, action.scope, request.target_id)
        try:
            plan = await self._resolver.request(target, request.action, request.arguments)
        except InvalidArgument as err:
            raise ContractError(ErrorCode.INVALID_ARGUMENT, str(err), {"key": err.key}) from err
        except ServiceError as err:
            reason = self._resolver.clean(str(err))
            start = await self._start(target) if action.capability == "restart" else None
            if start is None:
                raise ContractError(ErrorCode.UNAVAILABLE, reason) from err
            stopped, plan = start
            instead = translate(
                t"{target.name} cannot be restarted: {reason}. {stopped.name} is not running."
            )
            return await self._answer(request, asker, stopped, plan, instead)
        return await self._answer(request, asker, target, plan)

    async def _answer(
        self, request: RequestAction, asker: Asker, target: TargetRef, plan: Plan, instead: str = ""
    ) -> ActionRequested:
        if request.only_dry_run:
            return ActionRequested(
                approval_id=None,
                incident_id="",
                instead=instead,
                option=self._writer.shown(_option(plan)),
                categories=self._categories(target),
            )
        return await self._ask(asker, target, plan, request.later, instead)

    async def read(self, question: ReadTool) -> Reading:
        """Return the answer of one tool; its target is of the kind that is the tool's scope.

        Raises ContractError: FORBIDDEN (only an owner may read it), NOT_FOUND, INVALID_ARGUMENT,
        UNAVAILABLE (the text says why the tool is not offered now). When the service does not
        answer, ``ok`` is False.
        """
        tool = _offer(self._service(question.instance_id).tools, question.tool)
        if tool.is_owner_only and not self._is_owner(question.speaker):
            raise ContractError(ErrorCode.FORBIDDEN, translate(t"Only an owner may read this."))
        target = self._target(question.instance_id, tool.scope, question.target_id)
        try:
            look = self._resolver.tool(tool, target, question.arguments)
        except InvalidArgument as err:
            raise ContractError(ErrorCode.INVALID_ARGUMENT, str(err), {"key": err.key}) from err
        except PreconditionFailed as err:
            raise ContractError(ErrorCode.UNAVAILABLE, str(err)) from err
        try:
            async with asyncio.timeout(READ_TIMEOUT):
                answer = await look.read()
        except (ServiceError, TimeoutError) as err:
            return Reading(
                title=translate(t"{target.name} does not answer"),
                text=self._resolver.clean(describe_error(err)),
                ok=False,
            )
        return Reading(title=answer.title, text=answer.text)

    async def _start(self, target: TargetRef) -> tuple[TargetRef, Plan] | None:
        """Return the first of the target and its parents that can be started, and the plan to start it."""
        for stopped in (target, *self._inventory.parents(target)):
            try:
                return stopped, await self._resolver.request_capability(stopped, "start")
            except InvalidArgument, ServiceError:
                continue  # it runs, or cannot be started
        return None

    def _categories(self, target: TargetRef) -> tuple[str, ...]:
        return (self._inventory.around(target).category,)

    def _is_owner(self, speaker: Speaker | None) -> bool:
        person = self._people.by_speaker(speaker) if speaker else None
        return person is not None and person.role is Role.OWNER

    def _service(self, instance_id: str) -> AnyService:
        service = self._inventory.service(instance_id)
        if service is None:
            raise ContractError(ErrorCode.NOT_FOUND, translate(t"There is no such instance."))
        return service

    def _target(self, instance_id: str, scope: str | None, target_id: str | None) -> TargetRef:
        target = self._inventory.target(instance_id, scope, target_id)
        if target is None:
            raise ContractError(ErrorCode.NOT_FOUND, translate(t"There is no such target in this instance."))
        return target

    async def _ask(
        self, asker: Asker, target: TargetRef, plan: Plan, later: Later | None, instead: str
    ) -> ActionRequested:
        """Store the request, or return the equal one that is pending already.

        ``instead`` says why another action is requested than the one that was asked for.
        """
        now = self._writer.now()
        when, title = scheduled_text(later, now) if later else "", plan.steps[0].title
        wanted = Wanted(
            key=f"{PERSON_REQUEST}{key_of(plan, later, now)}:{target_key(target)}",
            title=spoken(lambda texts: texts(t"{title}: {target.name}, requested by {asker.name}")),
            target=target,
            options=(_option(plan),),
            categories=self._categories(target),
            text="\n".join(filter(None, (when, instead))),
            later=later,
        )
        written = await self._writer.write(asker, wanted)
        return ActionRequested(
            approval_id=written.request.id,
            incident_id=written.request.incident_id,
            message=was_waiting(written.request) if written.was_waiting else "",
            instead=instead,
        )


def _offer[Offer: (Action[Any], Tool[Any])](offers: Collection[Offer], key: str) -> Offer:
    """Return the action or tool with this key. Raises ContractError NOT_FOUND."""
    found = next((one for one in offers if one.key == key), None)
    if found is None:
        raise ContractError(ErrorCode.NOT_FOUND, translate(t"This instance does not offer that."))
    return found


def _option(plan: Plan) -> Option:
    step = plan.steps[0]
    return Option(
        number=1,
        kind=OptionKind.ACT,
        label=label_with_change(
            spoken(lambda texts: f"{said_in(step.title, texts)}: {step.target.name}"), plan.steps
        ),
        plan_hash=plan.digest,
        steps=plan.steps,
        runbook_id=plan.runbook_id,
        runbook_version=plan.runbook_version,
        recipe=plan.recipe,
        risk=highest_risk(plan.steps),
        reversible=all(one.reversible for one in plan.steps),
        verification=translate(t"The result is read back."),
    )
