"""Stores requests, which wait for a decision then: equal ones once, and a limited number."""

import hashlib
import uuid
from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Final

from homelab_steward.contract.base import Value
from homelab_steward.contract.errors import ContractError, ErrorCode
from homelab_steward.contract.incidents import (
    ApprovalRequest,
    ApprovalStatus,
    Decision,
    Incident,
    IncidentStatus,
    Severity,
)
from homelab_steward.contract.later import Later
from homelab_steward.contract.proposals import Option, Proposal
from homelab_steward.contract.protocol import RowKind
from homelab_steward.contract.state import FrontEnd, Speaker, TargetRef

from ...clock import Clock
from ...inventory.ports import Inventory
from ...store import approvals, audit, incidents
from ...store.storable_text import storable
from ...store.store import Store, Unit
from ...texts import said_in, spoken, translate
from ..decisions.gate import LONGEST_ID, People, after_decision
from ..plans.plan import POLICY_VERSION, Plan
from .asking import AskingRules
from .proposer import make_request

_NO_TIME: Final = datetime(1970, 1, 1, tzinfo=UTC)

AUDITED: Final = frozenset({ErrorCode.FORBIDDEN, ErrorCode.TOO_MANY})
"""The refusals of requests that are audited."""

MOST_OF_PERSON: Final = 10
"""Requests of one person that may wait at the same time."""

MOST_VIA: Final = 30
"""Requests that may wait at the same time and were made in the same front end."""

LONGEST_KEY: Final = 255
LONGEST_TITLE: Final = 255

type Also = Callable[[Unit, ApprovalRequest], Awaitable[None]]
"""Writes rows that belong to a request, in the transaction that stores it."""

_UNDECIDED: Final = (IncidentStatus.WAITING, IncidentStatus.SCHEDULED)

VOICE: Final = Speaker(front_end=FrontEnd.HOME_ASSISTANT, user_id="")
"""The speaker of a voice command by an unknown person, and of an automation."""


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks, and in which front end. ``id`` is "" for an unknown voice and for an automation.

    ``via`` is None for the steward itself.
    """

    id: str
    name: str
    via: FrontEnd | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a person asked for.

    Only one request with the same ``key`` is pending. ``text`` is shown instead of the title,
    ``left_out`` are the reasons for what cannot be offered now. ``target`` is None for several targets;
    ``categories`` are those of all targets. ``later`` is when the request is executed, None for at once.
    ``owner_only``: only an owner may approve it.
    """

    key: str
    title: str
    target: TargetRef | None
    options: tuple[Option, ...]
    categories: tuple[str, ...]
    text: str = ""
    left_out: tuple[str, ...] = ()
    later: Later | None = None
    owner_only: bool = False


@dataclass(frozen=True, slots=True)
class Written:
    """The pending request, and whether it was pending before."""

    request: ApprovalRequest
    was_waiting: bool


def asker_of(people: People, speaker: Speaker, *, is_automation: bool) -> Asker:
    """Return who asks. Raises ContractError FORBIDDEN.

    A voice satellite does not know who speaks, and an automation has no user. Everybody at home may
    ask; only a known person can approve.
    """
    if speaker == VOICE:
        return Asker("", "an automation" if is_automation else "voice", speaker.front_end)
    person = people.by_speaker(speaker)
    if person is None or not person.decides:
        reason = spoken(lambda texts: texts(t"You are not allowed to ask for this."))
        raise ContractError(ErrorCode.FORBIDDEN, reason)
    return Asker(person.id, person.name, speaker.front_end)


def key_of(plan: Plan, later: Later | None, now: datetime) -> str:
    """Return a key that is the same for equal requests: a hash of the plan, and of when it is executed."""
    if later is None:
        return plan.digest[:32]
    if later.at <= now:
        # Equal conditions that are requested a minute later have another time.
        later = replace(later, at=_NO_TIME, until=_NO_TIME)
    return hashlib.sha256(plan.digest.encode() + later.to_json()).hexdigest()[:32]


def was_waiting(request: ApprovalRequest) -> str:
    """Return the text for a request that is not stored a second time."""
    if request.status is ApprovalStatus.SCHEDULED:
        return translate(t"This is scheduled already.")
    return translate(t"This is waiting for an answer already.")


class RequestWriter:
    """Writes requests, each with an incident that has no alerts."""

    def __init__(self, store: Store, inventory: Inventory, clock: Clock, rules: AskingRules) -> None:
        """``rules`` say who is asked, and for how long."""
        self._store = store
        self._inventory = inventory
        self._clock = clock
        self._rules = rules

    def now(self) -> datetime:
        """Return the time at which requests are stored."""
        return self._clock.now()

    def shown(self, option: Option) -> Option:
        """Return an option as people would be asked about it."""
        return self._rules.marked_option(option)

    async def write(self, asker: Asker, wanted: Wanted, also: Also | None = None) -> Written:
        """Store a request, or return the equal one that is pending already. Raises ContractError TOO_MANY.

        ``also`` writes further rows in the same transaction. Requests of the steward itself are not limited.
        """
        async with self._store.change(durable=True) as unit:
            known = await incidents.latest_in_group(unit.connection, wanted.key[:LONGEST_KEY])
            if known is not None and known.status in _UNDECIDED and known.approval_id:
                (waiting,) = await approvals.requests(unit.connection, (known.approval_id,))
                if also is not None:
                    await also(unit, waiting)
                return Written(waiting, True)
            if asker.via is not None:
                pending = await approvals.requests_in(unit.connection, ApprovalStatus.PENDING)
                scheduled = await approvals.requests_in(unit.connection, ApprovalStatus.SCHEDULED)
                check_room(asker, (*pending, *scheduled))
            number = await incidents.next_number(unit.connection)
            incident = self._incident(wanted, number)
            await incidents.save_incident(unit.connection, incident)
            incident, request = self._request(incident, asker, wanted)
            await approvals.add(unit.connection, request)
            await incidents.save_incident(unit.connection, incident)
            body = {
                "approval": request.id,
                "incident": incident.id,
                "person": asker.id,
                "plans": [one.plan_hash for one in wanted.options],
            }
            await audit.append(unit.connection, request.created_at, "action.requested", body)
            unit.publish(RowKind.INCIDENT, incident.id, incident)
            unit.publish(RowKind.APPROVAL, request.id, request)
            if also is not None:
                await also(unit, request)
        return Written(request, False)

    async def write_decided(
        self,
        unit: Unit,
        asker: Asker,
        wanted: Wanted,
        request_id: str,
        decision: Decision,
        first: Decision | None = None,
    ) -> ApprovalRequest:
        """Store a request that was approved as a part of another one; its first option is approved.

        A request with a time is scheduled. ``unit`` is the transaction; ``request_id`` must be new. ``first``
        is the first of two approvals of the other request.
        """
        option = wanted.options[0]
        incident = self._incident(wanted, await incidents.next_number(unit.connection))
        await incidents.save_incident(unit.connection, incident)
        incident, request = self._request(incident, asker, wanted)
        request = replace(request, id=request_id, expires_at=decision.at + (request.expires_at - self.now()))
        await approvals.add(unit.connection, request)
        if first is not None:
            first = replace(first, option=option.number, label=option.label)
            await approvals.approve_first(unit.connection, request.id, None, first)
        status = ApprovalStatus.APPROVED if wanted.later is None else ApprovalStatus.SCHEDULED
        decision = replace(decision, option=option.number, label=option.label)
        await approvals.decide(unit.connection, request.id, status, decision, option.plan_hash)
        moved = IncidentStatus.ACTING if wanted.later is None else IncidentStatus.SCHEDULED
        incident = replace(after_decision(incident, decision, option), status=moved, approval_id=request.id)
        await incidents.save_incident(unit.connection, incident)
        body = {
            "approval": request.id,
            "verb": decision.verb,
            "option": option.number,
            "plan": option.plan_hash,
            "person": decision.person_id,
            "via": decision.via,
        }
        await audit.append(unit.connection, self._clock.now(), "approval.decided", body)
        request = replace(request, status=status, decision=decision, first=first)
        unit.publish(RowKind.INCIDENT, incident.id, incident)
        unit.publish(RowKind.APPROVAL, request.id, request)
        return request

    async def audit_refusal(self, speaker: Speaker, what: Mapping[str, Value], code: ErrorCode) -> None:
        """Write a refused request to the audit log; ``what`` are the fields that identify the request."""
        texts = {key: storable(str(value), LONGEST_ID) for key, value in what.items()}
        user = storable(speaker.user_id, LONGEST_ID)
        body = {**texts, "via": speaker.front_end, "user": user, "code": code}
        who = f"{speaker.front_end} {speaker.user_id}"
        await self._store.refused(self._clock.now(), "action.refused", who, body)

    def _incident(self, wanted: Wanted, number: int) -> Incident:
        now = self._clock.now()
        return Incident(
            id=uuid.uuid4().hex,
            number=number,
            group_key=wanted.key[:LONGEST_KEY],
            title=spoken(lambda texts: said_in(wanted.title, texts)[:LONGEST_TITLE]),
            severity=Severity.INFO,
            category=wanted.categories[0],
            status=IncidentStatus.WAITING,
            opened_at=now,
            updated_at=now,
            alerts=(),
            alert_count=0,
            target=wanted.target,
            is_request=True,
        )

    def _request(self, incident: Incident, asker: Asker, wanted: Wanted) -> tuple[Incident, ApprovalRequest]:
        proposal = Proposal(
            id=uuid.uuid4().hex,
            incident_id=incident.id,
            options=wanted.options,
            matches=(),
            policy_version=POLICY_VERSION,
            made_at=incident.opened_at,
            left_out=wanted.left_out,
        )
        proposal = self._rules.marked(proposal)
        request = replace(
            make_request(incident, proposal), also_in=wanted.categories[1:], owner_only=wanted.owner_only
        )
        request = self._rules.opened(request)
        request = replace(
            request,
            text=wanted.text or request.text,
            requested_by=asker.id,
            requested_via=asker.via,
            later=wanted.later,
        )
        if wanted.later is not None:
            request = replace(request, expires_at=min(request.expires_at, wanted.later.until))
        return replace(incident, proposal=proposal, approval_id=request.id), self._rules.worded(request)


def check_room(asker: Asker, pending: Collection[ApprovalRequest]) -> None:
    """Raise ContractError TOO_MANY when too many requests are pending or scheduled already. Pure."""
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
