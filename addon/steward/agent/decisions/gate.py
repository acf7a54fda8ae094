"""The gate: every decision of a person is checked, stored, and audited here."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Final, Protocol

import structlog

from homelab_steward.contract.commands import Confirmation, Decide
from homelab_steward.contract.errors import ContractError, ErrorCode
from homelab_steward.contract.incidents import (
    ApprovalRequest,
    ApprovalStatus,
    Decision,
    Incident,
    IncidentStatus,
    Verb,
)
from homelab_steward.contract.proposals import Option
from homelab_steward.contract.protocol import RowKind
from homelab_steward.contract.second_person import needs_another
from homelab_steward.contract.state import Person, Speaker
from homelab_steward.contract.step_parts import PlannedStep

from ...clock import Clock
from ...inventory.ports import PinRefusal
from ...store import approvals, audit, incidents
from ...store.database import StoreUnavailable
from ...store.mode import read_mode
from ...store.storable_text import storable
from ...store.store import Store, Unit
from ...texts import english, translate
from ..requests import habits
from .authorization import UNKNOWN_PERSON, Refusal, already, authorize, needs_no_second
from .pausing import stopped

log = structlog.get_logger(__name__)

LONGEST_ID: Final = 64

STEWARD: Final = "steward"
"""The name of the steward in requests and decisions of its own."""

STATUS: Final = {
    Verb.APPROVE: ApprovalStatus.APPROVED,
    Verb.REJECT: ApprovalStatus.REJECTED,
    Verb.IGNORE: ApprovalStatus.IGNORED,
}
_VERBS: Final = {
    Verb.APPROVE: english("Approve"),
    Verb.REJECT: english("Reject"),
    Verb.IGNORE: english("Ignore"),
    Verb.SNOOZE: english("Snooze"),
    Verb.CANCEL: english("Cancel"),
}


class People(Protocol):
    """The known people."""

    def by_speaker(self, speaker: Speaker) -> Person | None:
        """Return the person with a client's user id."""

    def list(self) -> tuple[Person, ...]:
        """Return all known people."""

    async def check_pin(self, person: Person, pin: str) -> PinRefusal | None:
        """Return why a PIN does not confirm that it is this person, None when it does."""


class Gate:
    """Checks and stores decisions, and starts the execution of approved requests."""

    def __init__(
        self,
        store: Store,
        people: People,
        clock: Clock,
        begin: Callable[[str], Awaitable[None]],
        fenced: Callable[[PlannedStep], str | None],
        incomplete: Callable[[Option], str | None],
    ) -> None:
        """``begin`` starts the execution of an approved request, once per id.

        ``fenced`` returns which fence forbids a step, None when none does. ``incomplete`` returns why
        the targets of an option are not those that were shown any more, None when they are.
        """
        self._store = store
        self._people = people
        self._clock = clock
        self._begin = begin
        self._fenced = fenced
        self._incomplete = incomplete

    async def decide(self, command: Decide) -> ApprovalRequest:
        """Return the request with the decision; a snooze or a first of two approvals leaves it pending.

        A request with a time is scheduled when it is approved, and rejected when it is cancelled.

        Raises ContractError: FORBIDDEN, NOT_FOUND, ALREADY_DECIDED, EXPIRED, INVALID_ARGUMENT,
        PLAN_CHANGED, UNLOCK_NEEDED or PIN_NEEDED; each refusal is audited. Raises UNAVAILABLE
        when the decision cannot be stored: then nothing is decided.
        """
        person = self._people.by_speaker(command.speaker)
        wrong_pin = await self._wrong_pin(person, command)
        try:
            async with self._store.change(durable=True) as unit:
                answer = wrong_pin or await self._decide_in(unit, person, command)
                if isinstance(answer, Refusal):
                    await self._audit_refusal(unit, command, answer)
        except StoreUnavailable as err:
            raise ContractError(ErrorCode.UNAVAILABLE, translate(t"Not decided. {err}.")) from err
        if isinstance(answer, Refusal):
            raise answer.error()
        if answer.status is ApprovalStatus.APPROVED:
            await self._try_to_begin(answer.id)
        return answer

    async def _wrong_pin(self, person: Person | None, command: Decide) -> Refusal | None:
        """Return why the PIN of a decision is refused, None when it is right or there is none."""
        if person is None or command.confirmation is not Confirmation.PIN:
            return None
        found = await self._people.check_pin(person, command.pin or "")
        return None if found is None else Refusal(ErrorCode.PIN_NEEDED, found.text, found.until)

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
        request = await approvals.request(unit.connection, command.approval_id) if person else None
        if person is None or request is None:
            not_found = Refusal(ErrorCode.NOT_FOUND, translate(t"There is no such request."))
            return Refusal(ErrorCode.FORBIDDEN, translate(UNKNOWN_PERSON)) if person is None else not_found
        refusal = authorize(person, request, command, self._clock.now())
        refusal = refusal or await over(unit, request)
        if refusal is not None:
            return refusal
        if command.verb is Verb.CANCEL:
            return await self._cancel(unit, request, self._decision(person, command, None))
        if command.verb is Verb.SNOOZE and command.until is not None:
            return await self._snooze(unit, person, request, command, command.until)
        return await self._decide_now(unit, person, request, command)

    async def _decide_now(
        self, unit: Unit, person: Person, request: ApprovalRequest, command: Decide
    ) -> ApprovalRequest | Refusal:
        """Approve, reject or ignore, or store the first of two approvals."""
        option = _option_of(request, command)
        refusal = self._why_fenced(option) or self._why_incomplete(option)
        if refusal is not None:
            return refusal
        if option is not None and await self._needs_another(unit, person, request, command, option):
            return await self._approve_first(unit, person, request, command, option)
        decision = self._decision(person, command, option)
        paused = await paused_now(unit, option, decision)
        if paused is not None:
            return paused
        status, plan_hash = STATUS[command.verb], option.plan_hash if option else None
        if option is not None and request.later is not None:
            status = ApprovalStatus.SCHEDULED
        if not await approvals.decide(unit.connection, request.id, status, decision, plan_hash):
            now_is = await approvals.request(unit.connection, request.id)
            return already(now_is or request)
        decided = replace(request, status=status, decision=decision)
        await record(unit, decided, decision, option)
        return decided

    async def _needs_another(
        self, unit: Unit, person: Person, request: ApprovalRequest, command: Decide, option: Option
    ) -> bool:
        """Return whether another person has to approve an option too."""
        if not needs_another(request, option):
            return False
        mode = await read_mode(unit.connection)
        now = self._clock.now()
        return not needs_no_second(mode.elevation, person, command.speaker, request, option, now)

    def _why_fenced(self, option: Option | None) -> Refusal | None:
        """Return the refusal of an option that a fence forbids, None when none does."""
        if option is None or not option.kind.changes_something:
            return None
        reasons = (self._fenced(one) for one in option.steps)
        reason = next((one for one in reasons if one is not None), None)
        return None if reason is None else Refusal(ErrorCode.FORBIDDEN, translate(t"Not approved: {reason}."))

    def _why_incomplete(self, option: Option | None) -> Refusal | None:
        """Return the refusal of an option with targets that do not exist any more, None when all exist."""
        reason = None if option is None else self._incomplete(option)
        if reason is None:
            return None
        return Refusal(ErrorCode.PLAN_CHANGED, translate(t"Not approved: {reason}."))

    async def _cancel(
        self, unit: Unit, request: ApprovalRequest, decision: Decision
    ) -> ApprovalRequest | Refusal:
        if not await approvals.cancel(unit.connection, request.id, decision):
            return already(await approvals.request(unit.connection, request.id) or request)
        cancelled = replace(request, status=ApprovalStatus.REJECTED, decision=decision)
        await record(unit, cancelled, decision, None)
        return cancelled

    async def _snooze(
        self, unit: Unit, person: Person, request: ApprovalRequest, command: Decide, until: datetime
    ) -> ApprovalRequest | Refusal:
        """Snooze the request until ``until``; the time that is left until it expires begins then."""
        now = self._clock.now()
        expires_at = until + (request.expires_at - now)
        if not await approvals.snooze(unit.connection, request.id, now, until, expires_at):
            return already(await approvals.request(unit.connection, request.id) or request)
        snoozed = replace(request, snoozed_until=until, expires_at=expires_at, acts_at=None)
        body = {
            "approval": request.id,
            "until": until.isoformat(),
            "person": person.id,
            "via": command.speaker.front_end,
        }
        await audit.append(unit.connection, now, "approval.snoozed", body)
        unit.publish(RowKind.APPROVAL, request.id, snoozed)
        return snoozed

    async def _approve_first(
        self, unit: Unit, person: Person, request: ApprovalRequest, command: Decide, option: Option
    ) -> ApprovalRequest | Refusal:
        """Store the first of two approvals; the request waits for another person."""
        first = self._decision(person, command, option)
        if not await approvals.approve_first(unit.connection, request.id, request.first, first):
            return already(await approvals.request(unit.connection, request.id) or request)
        half = replace(request, first=first)
        body = {
            "approval": request.id,
            "option": option.number,
            "plan": option.plan_hash,
            "person": person.id,
            "via": first.via,
        }
        await audit.append(unit.connection, first.at, "approval.first", body)
        unit.publish(RowKind.APPROVAL, request.id, half)
        return half

    def _decision(self, person: Person, command: Decide, option: Option | None) -> Decision:
        return Decision(
            verb=command.verb,
            person_id=person.id,
            person_name=person.name,
            via=command.speaker.front_end,
            at=self._clock.now(),
            option=option.number if option else None,
            label=option.label if option else translate(_VERBS[command.verb]),
        )

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


async def record(unit: Unit, decided: ApprovalRequest, decision: Decision, option: Option | None) -> None:
    """Write the audit entry of a stored decision and update its incident, in the same transaction."""
    unit.publish(RowKind.APPROVAL, decided.id, decided)
    body = {
        "approval": decided.id,
        "verb": decision.verb,
        "option": decision.option,
        "plan": option.plan_hash if option else None,
        "person": decision.person_id,
        "via": decision.via,
    }
    if option is not None and needs_another(decided, option):
        body["elevated"] = True
    await audit.append(unit.connection, decision.at, "approval.decided", body)
    incident = await incidents.existing(unit.connection, decided.incident_id)
    moved = after_decision(incident, decision, option)
    if decided.status is ApprovalStatus.SCHEDULED:
        moved = replace(moved, status=IncidentStatus.SCHEDULED)
    await incidents.save_incident(unit.connection, moved)
    unit.publish(RowKind.INCIDENT, moved.id, moved)
    if decision.person_id:
        await habits.note(unit, incident, decision, option)


async def over(unit: Unit, request: ApprovalRequest) -> Refusal | None:
    """Return the refusal of a decision about an incident that has ended, None while it is open."""
    incident = await incidents.existing(unit.connection, request.incident_id)
    if not incident.status.is_closed:
        return None
    return Refusal(ErrorCode.EXPIRED, translate(t"Too late: this is over. {incident.resolution}").rstrip())


async def paused_now(unit: Unit, option: Option | None, decision: Decision) -> Refusal | None:
    """Return the refusal of an approval that a pause stops, None for an option that changes nothing."""
    if option is None or not option.kind.changes_something:
        return None
    reason = stopped(await read_mode(unit.connection), decision)
    return None if reason is None else Refusal(ErrorCode.PAUSED, translate(t"Not approved: {reason}."))


def after_decision(incident: Incident, decision: Decision, option: Option | None) -> Incident:
    """Return the incident after a decision. Pure."""
    if option is not None:
        acts = option.kind.changes_something
        is_alone = decision.person_id == ""
        text = translate(t"{option.label}: approved by {decision.person_name}.")
        if is_alone:
            text = translate(t"{option.label}: decided by the steward itself.")
        return replace(
            incident,
            status=IncidentStatus.ACTING,
            updated_at=decision.at,
            resolution=text if acts else incident.resolution,
        )
    ignored = decision.verb is Verb.IGNORE
    # A person's request (no alerts) that is rejected is over; a problem continues.
    over = ignored or not incident.alerts
    return replace(
        incident,
        status=IncidentStatus.IGNORED if over else IncidentStatus.UNSOLVED,
        updated_at=decision.at,
        resolution=_without_approval(decision),
    )


def _without_approval(decision: Decision) -> str:
    match decision.verb:
        case Verb.IGNORE:
            return translate(t"Ignored by {decision.person_name}.")
        case Verb.CANCEL:
            return translate(t"Cancelled by {decision.person_name}.")
        case _:
            return translate(t"Rejected by {decision.person_name}.")


def _option_of(request: ApprovalRequest, command: Decide) -> Option | None:
    if command.verb is not Verb.APPROVE:
        return None
    return request.proposal.option(command.option or 0)
