"""Requests: one action that a person asks for becomes a proposal that waits at the gate."""

import asyncio
import uuid
from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Any, Final

from homelab_steward.contract.commands import ActionRequested, Reading, ReadTool, RequestAction
from homelab_steward.contract.errors import ContractError, ErrorCode
from homelab_steward.contract.incidents import (
    ApprovalRequest,
    ApprovalStatus,
    Incident,
    IncidentStatus,
    Option,
    OptionKind,
    Proposal,
    Severity,
)
from homelab_steward.contract.protocol import RowKind
from homelab_steward.contract.state import FrontEnd, Role, Speaker, TargetRef

from ..clock import Clock
from ..errors import InvalidArgument, PreconditionFailed, ServiceError, describe_error
from ..inventory.ports import Inventory
from ..sdk.description import Action, AnyService, Tool
from ..store import approvals, audit, incidents
from ..store.storable_text import storable
from ..store.store import Store
from ..texts import translate
from .asking import AskingRules
from .correlation import target_key
from .diagnoser import READ_TIMEOUT
from .gate import LONGEST_ID, People
from .plan import PERSON_REQUEST, POLICY_VERSION, Plan, highest_risk
from .proposer import label_with_change, make_request
from .resolver import Resolver

_AUDITED: Final = frozenset({ErrorCode.FORBIDDEN, ErrorCode.TOO_MANY})

MOST_OF_PERSON: Final = 10
"""Requests of one person that may wait at the same time."""

MOST_VIA: Final = 30
"""Requests that may wait at the same time and were made in the same front end."""

VOICE: Final = Speaker(front_end=FrontEnd.HOME_ASSISTANT, user_id="")
"""The speaker of a voice command whom Home Assistant does not know, or an automation."""


@dataclass(frozen=True, slots=True)
class _Asker:
    """Who asks, and in which front end. ``id`` is "" for a voice that is not known and an automation."""

    id: str
    name: str
    via: FrontEnd


class Requests:
    """Takes requests for actions and reads tools for clients. Nothing here changes a service."""

    def __init__(
        self,
        store: Store,
        inventory: Inventory,
        resolver: Resolver,
        people: People,
        clock: Clock,
        rules: AskingRules,
    ) -> None:
        """``rules`` say who is asked, and for how long."""
        self._store = store
        self._inventory = inventory
        self._resolver = resolver
        self._people = people
        self._clock = clock
        self._rules = rules

    async def request(self, request: RequestAction) -> ActionRequested:
        """Return the approval request for an action, also when it waits already, or only its dry run.

        The target is of the kind that is the action's scope. Raises ContractError: FORBIDDEN,
        NOT_FOUND, INVALID_ARGUMENT, UNAVAILABLE (the text says why it must not be done now),
        TOO_MANY (too many requests of the person or the front end wait already). FORBIDDEN and
        TOO_MANY are audited.
        """
        try:
            return await self._take(request)
        except ContractError as err:
            if err.code in _AUDITED:
                await self._audit_refusal(request, err.code)
            raise

    async def _take(self, request: RequestAction) -> ActionRequested:
        asker = self._asker(request)
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
        self, request: RequestAction, asker: _Asker, target: TargetRef, plan: Plan, instead: str = ""
    ) -> ActionRequested:
        if request.only_dry_run:
            return ActionRequested(approval_id=None, incident_id="", instead=instead, option=_option(plan))
        return await self._ask(asker, target, plan, instead)

    async def read(self, question: ReadTool) -> Reading:
        """Return what one tool reads; its target is of the kind that is the tool's scope.

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
        """Return what is stopped, the target itself or what it runs in, and the plan to start it."""
        for stopped in (target, *self._inventory.parents(target)):
            try:
                return stopped, await self._resolver.request_capability(stopped, "start")
            except InvalidArgument, ServiceError:
                continue  # it runs, or cannot be started
        return None

    def _is_owner(self, speaker: Speaker | None) -> bool:
        person = self._people.by_speaker(speaker) if speaker else None
        return person is not None and person.role is Role.OWNER

    def _asker(self, request: RequestAction) -> _Asker:
        """Return who asks. Raises ContractError FORBIDDEN.

        A voice satellite does not know who speaks, and an automation has no user. Whoever is at
        home may ask; only a known person can approve.
        """
        speaker = request.speaker
        if speaker == VOICE:
            name = "an automation" if request.is_automation else "voice"
            return _Asker("", name, speaker.front_end)
        person = self._people.by_speaker(speaker)
        if person is None or not person.decides:
            raise ContractError(ErrorCode.FORBIDDEN, translate(t"You are not allowed to ask for this."))
        return _Asker(person.id, person.name, speaker.front_end)

    async def _audit_refusal(self, request: RequestAction, code: ErrorCode) -> None:
        speaker = request.speaker
        body = {
            "instance": storable(request.instance_id, LONGEST_ID),
            "action": storable(request.action, LONGEST_ID),
            "via": speaker.front_end,
            "user": storable(speaker.user_id, LONGEST_ID),
            "code": code,
        }
        who = f"{speaker.front_end} {speaker.user_id}"
        await self._store.refused(self._clock.now(), "action.refused", who, body)

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

    async def _ask(self, asker: _Asker, target: TargetRef, plan: Plan, instead: str) -> ActionRequested:
        """Store the request; one that waits already is not stored twice.

        ``instead`` is why it is for something else than what was asked for.
        """
        key = f"{PERSON_REQUEST}{plan.digest[:32]}:{target_key(target)}"[:255]
        async with self._store.change(durable=True) as unit:
            known = await incidents.latest_in_group(unit.connection, key)
            if known is not None and known.status is IncidentStatus.WAITING:
                return ActionRequested(
                    approval_id=known.approval_id,
                    incident_id=known.id,
                    message=translate(t"This is waiting for an answer already."),
                    instead=instead,
                )
            _check_room(asker, await approvals.requests_in(unit.connection, ApprovalStatus.PENDING))
            number = await incidents.next_number(unit.connection)
            incident = self._incident(asker, target, plan, key, number)
            await incidents.save_incident(unit.connection, incident)
            incident, request = self._request(incident, asker, plan, instead)
            await approvals.add(unit.connection, request)
            await incidents.save_incident(unit.connection, incident)
            body = {
                "approval": request.id,
                "incident": incident.id,
                "person": asker.id,
                "plans": [plan.digest],
            }
            await audit.append(unit.connection, request.created_at, "action.requested", body)
            unit.publish(RowKind.INCIDENT, incident.id, incident)
            unit.publish(RowKind.APPROVAL, request.id, request)
        return ActionRequested(approval_id=request.id, incident_id=incident.id, instead=instead)

    def _incident(self, asker: _Asker, target: TargetRef, plan: Plan, key: str, number: int) -> Incident:
        now = self._clock.now()
        return Incident(
            id=uuid.uuid4().hex,
            number=number,
            group_key=key,
            title=translate(t"{plan.steps[0].title}: {target.name}, requested by {asker.name}")[:255],
            severity=Severity.INFO,
            category=self._inventory.around(target).category,
            status=IncidentStatus.WAITING,
            opened_at=now,
            updated_at=now,
            alerts=(),
            alert_count=0,
            target=target,
            is_request=True,
        )

    def _request(
        self, incident: Incident, asker: _Asker, plan: Plan, instead: str
    ) -> tuple[Incident, ApprovalRequest]:
        proposal = Proposal(
            id=uuid.uuid4().hex,
            incident_id=incident.id,
            options=(_option(plan),),
            matches=(),
            policy_version=POLICY_VERSION,
            made_at=incident.opened_at,
        )
        proposal = self._rules.marked(proposal)
        request = self._rules.opened(make_request(incident, proposal))
        request = replace(
            request,
            text=instead or request.text,
            requested_by=asker.id,
            requested_via=asker.via,
        )
        incident = replace(incident, proposal=proposal, approval_id=request.id)
        return incident, request


def _check_room(asker: _Asker, pending: Collection[ApprovalRequest]) -> None:
    """Raise ContractError TOO_MANY when too many requests wait already."""
    same_front_end = [one for one in pending if one.requested_via is asker.via]
    of_person = [one for one in same_front_end if one.requested_by == asker.id]
    if asker.id:
        of_person = [one for one in pending if one.requested_by == asker.id]
    if len(of_person) >= MOST_OF_PERSON:
        whose = translate(t"of yours") if asker.id else translate(t"made by {asker.name}")
        text = translate(t"{len(of_person)} requests {whose} are waiting already. Answer some of them first.")
        raise ContractError(ErrorCode.TOO_MANY, text)
    if len(same_front_end) >= MOST_VIA:
        text = translate(
            t"{len(same_front_end)} requests made there are waiting already. Answer some of them first."
        )
        raise ContractError(ErrorCode.TOO_MANY, text)


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
        label=label_with_change(f"{step.title}: {step.target.name}", plan.steps),
        plan_hash=plan.digest,
        steps=plan.steps,
        runbook_id=plan.runbook_id,
        runbook_version=plan.runbook_version,
        recipe=plan.recipe,
        risk=highest_risk(plan.steps),
        reversible=all(one.reversible for one in plan.steps),
        verification=translate(t"The result is read back."),
    )
