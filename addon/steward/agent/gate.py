"""The gate: who may decide what. Every decision is made here."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, Protocol

import structlog

from homelab_steward.contract.catalogue import Risk
from homelab_steward.contract.errors import ContractError, ErrorCode
from homelab_steward.contract.incidents import (
    ApprovalRequest,
    ApprovalStatus,
    Decision,
    Incident,
    IncidentStatus,
    Option,
    OptionKind,
    Verb,
)
from homelab_steward.contract.protocol import Decide, RowKind
from homelab_steward.contract.state import FrontEnd, Person, Role, Speaker

from ..clock import Clock
from ..store import approvals, audit, incidents
from ..store.database import StoreUnavailable
from ..store.storable_text import storable
from ..store.store import Store, Unit

log = structlog.get_logger(__name__)

LONGEST_ID: Final = 64

STATUS: Final = {
    Verb.APPROVE: ApprovalStatus.APPROVED,
    Verb.REJECT: ApprovalStatus.REJECTED,
    Verb.IGNORE: ApprovalStatus.IGNORED,
}
VIA: Final = {
    FrontEnd.HOME_ASSISTANT: "Home Assistant",
    FrontEnd.TELEGRAM: "Telegram",
    FrontEnd.PANEL: "the panel",
    FrontEnd.MCP: "MCP",
    FrontEnd.COMMAND_LINE: "the command line",
}


class People(Protocol):
    """The known people."""

    def by_speaker(self, speaker: Speaker) -> Person | None:
        """Return the person with a client's user id."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a decision is refused."""

    code: ErrorCode
    message: str


UNKNOWN_PERSON: Final = Refusal(ErrorCode.FORBIDDEN, "You are not allowed to decide.")
MACHINE: Final = Refusal(ErrorCode.FORBIDDEN, "An MCP client may ask, but only a person decides.")


def authorize(
    person: Person | None, request: ApprovalRequest, command: Decide, now: datetime
) -> Refusal | None:
    """Return why this decision is refused, None when it is allowed.

    Pure. The compare-and-swap in the store makes the final decision.
    """
    if person is None or command.speaker.front_end is FrontEnd.MCP:
        return UNKNOWN_PERSON if person is None else MACHINE
    if person.role is Role.VIEWER:
        return Refusal(ErrorCode.FORBIDDEN, "You can view requests, but not decide.")
    if request.status is not ApprovalStatus.PENDING:
        return already(request)
    if request.expires_at <= now:
        return Refusal(ErrorCode.EXPIRED, "Too late: this request has expired.")
    if command.verb is not Verb.APPROVE:
        return None
    return _authorize_option(person, request.proposal.option(command.option or 0), command)


def _authorize_option(person: Person, option: Option | None, command: Decide) -> Refusal | None:
    if option is None:
        return Refusal(ErrorCode.INVALID_ARGUMENT, f"There is no option {command.option}.")
    if command.plan_hash is not None and command.plan_hash != option.plan_hash:
        return Refusal(ErrorCode.PLAN_CHANGED, "The plan is not the one you were shown.")
    if option.risk is Risk.HIGH and person.role is not Role.OWNER:
        return Refusal(ErrorCode.FORBIDDEN, "Only an owner may approve something this risky.")
    return None


def already(request: ApprovalRequest) -> Refusal:
    """Return the refusal of a decision on a request that is not pending."""
    decision = request.decision
    if decision is None:
        if request.status is ApprovalStatus.EXPIRED:
            return Refusal(ErrorCode.EXPIRED, "Too late: this request has expired.")
        return Refusal(ErrorCode.ALREADY_DECIDED, "This request needs no answer any more.")
    what = decision.label or decision.verb
    when = decision.at.strftime("%H:%M UTC")
    return Refusal(
        ErrorCode.ALREADY_DECIDED,
        f"Already decided: {what}, by {decision.person_name} at {when} via {VIA[decision.via]}.",
    )


class Gate:
    """Takes decisions. The execution of an approved request is started with ``begin``."""

    def __init__(
        self,
        store: Store,
        people: People,
        clock: Clock,
        begin: Callable[[str], Awaitable[None]],
    ) -> None:
        """``begin`` starts the execution of an approved request, once per id."""
        self._store = store
        self._people = people
        self._clock = clock
        self._begin = begin

    async def decide(self, command: Decide) -> ApprovalRequest:
        """Return the request with the decision.

        Raises ContractError: FORBIDDEN, NOT_FOUND, ALREADY_DECIDED, EXPIRED,
        INVALID_ARGUMENT or PLAN_CHANGED; each refusal is audited. Raises UNAVAILABLE when the
        decision cannot be stored: it does not count.
        """
        person = self._people.by_speaker(command.speaker)
        try:
            async with self._store.change(durable=True) as unit:
                answer = await self._decide_in(unit, person, command)
                if isinstance(answer, Refusal):
                    await self._audit_refusal(unit, command, answer)
        except StoreUnavailable as err:
            raise ContractError(ErrorCode.UNAVAILABLE, f"Not decided. {err}.") from err
        if isinstance(answer, Refusal):
            raise ContractError(answer.code, answer.message)
        if answer.status is ApprovalStatus.APPROVED:
            await self._try_to_begin(answer.id)
        return answer

    async def _try_to_begin(self, request_id: str) -> None:
        try:
            await self._begin(request_id)
        except Exception:
            # The decision is stored; the run starter starts it later.
            log.exception("approved run not started yet", approval=request_id)

    async def _decide_in(
        self, unit: Unit, person: Person | None, command: Decide
    ) -> ApprovalRequest | Refusal:
        """Decide within the transaction; return the decided request or the refusal."""
        if person is None:
            return UNKNOWN_PERSON
        request = await approvals.request(unit.connection, command.approval_id)
        if request is None:
            return Refusal(ErrorCode.NOT_FOUND, "There is no such request.")
        refusal = authorize(person, request, command, self._clock.now())
        if refusal is not None:
            return refusal
        option = _option_of(request, command)
        decision = self._decision(person, command, option)
        status, plan_hash = STATUS[command.verb], option.plan_hash if option else None
        if not await approvals.decide(unit.connection, request.id, status, decision, plan_hash):
            now_is = await approvals.request(unit.connection, request.id)
            return already(now_is or request)
        decided = replace(request, status=status, decision=decision)
        await self._record(unit, decided, decision, option)
        return decided

    def _decision(self, person: Person, command: Decide, option: Option | None) -> Decision:
        return Decision(
            verb=command.verb,
            person_id=person.id,
            person_name=person.name,
            via=command.speaker.front_end,
            at=self._clock.now(),
            option=option.number if option else None,
            label=option.label if option else command.verb.value.capitalize(),
        )

    async def _record(
        self,
        unit: Unit,
        decided: ApprovalRequest,
        decision: Decision,
        option: Option | None,
    ) -> None:
        """Write the audit entry and the incident in the same transaction."""
        unit.publish(RowKind.APPROVAL, decided.id, decided)
        body = {
            "approval": decided.id,
            "verb": decision.verb,
            "option": decision.option,
            "plan": option.plan_hash if option else None,
            "person": decision.person_id,
            "via": decision.via,
        }
        await audit.append(unit.connection, decision.at, "approval.decided", body)
        incident = await incidents.existing(unit.connection, decided.incident_id)
        moved = after_decision(incident, decision, option)
        await incidents.save_incident(unit.connection, moved)
        unit.publish(RowKind.INCIDENT, moved.id, moved)

    async def _audit_refusal(self, unit: Unit, command: Decide, refusal: Refusal) -> None:
        body: Mapping[str, object] = {
            "approval": storable(command.approval_id, LONGEST_ID),
            "verb": command.verb,
            "option": command.option,
            "via": command.speaker.front_end,
            "user": storable(command.speaker.user_id, LONGEST_ID),
            "code": refusal.code,
        }
        who = f"{command.speaker.front_end} {command.speaker.user_id}"
        await self._store.refusals.append(unit.connection, self._clock.now(), "approval.refused", who, body)


def after_decision(incident: Incident, decision: Decision, option: Option | None) -> Incident:
    """Return the incident after a decision. Pure."""
    if option is not None:
        acts = option.kind is OptionKind.ACT
        text = f"{option.label}: approved by {decision.person_name}."
        return replace(
            incident,
            status=IncidentStatus.ACTING,
            updated_at=decision.at,
            resolution=text if acts else incident.resolution,
        )
    ignored = decision.verb is Verb.IGNORE
    verb = "Ignored" if ignored else "Rejected"
    # A person's request (no alerts) that is rejected is over; a problem continues.
    over = ignored or not incident.alerts
    return replace(
        incident,
        status=IncidentStatus.IGNORED if over else IncidentStatus.UNSOLVED,
        updated_at=decision.at,
        resolution=f"{verb} by {decision.person_name}.",
    )


def _option_of(request: ApprovalRequest, command: Decide) -> Option | None:
    if command.verb is not Verb.APPROVE:
        return None
    return request.proposal.option(command.option or 0)
