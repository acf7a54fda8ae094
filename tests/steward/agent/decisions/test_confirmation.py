"""What shows that it is the person themselves, snoozing, and options that two people approve."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from homelab_steward.contract.catalogue import Risk
from homelab_steward.contract.commands import Confirmation, Decide
from homelab_steward.contract.errors import ContractError, ErrorCode
from homelab_steward.contract.incidents import ApprovalRequest, ApprovalStatus, IncidentStatus, Verb
from homelab_steward.contract.protocol import Event, RowKind
from homelab_steward.contract.state import NO_PIN, Authority, FrontEnd, Person, Role
from rig import records
from rig.agent_rig import decide_command, opened_store
from rig.inventory import NOW, ToyPeople, complete, speaker, unfenced
from steward.agent.decisions.authorization import LONGEST_SNOOZE, authorize
from steward.agent.decisions.gate import Gate
from steward.clock import ManualClock
from steward.inventory.ports import PinRefusal
from steward.store import approvals, audit, incidents
from steward.store.store import Store

OWNER = records.person(Role.OWNER)
LOW, MEDIUM, HIGH = (
    replace(records.option(n, risk=risk), needs_unlock=risk is Risk.HIGH) for n, risk in enumerate(Risk, 1)
)
REQUEST = records.request(LOW, MEDIUM, HIGH)
BOTH = records.request(replace(LOW, needs_two=True), MEDIUM)


def approve(number: int, front_end: FrontEnd, confirmation: Confirmation = Confirmation.NONE) -> Decide:
    command = decide_command(REQUEST, Verb.APPROVE, "1", front_end, option=number)
    return replace(command, confirmation=confirmation, pin=None)


@pytest.mark.parametrize(
    ("front_end", "confirmation", "codes"),
    [
        (FrontEnd.TELEGRAM, Confirmation.NONE, [None, None, ErrorCode.PIN_NEEDED]),
        (FrontEnd.TELEGRAM, Confirmation.UNLOCKED, [None, None, ErrorCode.PIN_NEEDED]),
        (FrontEnd.TELEGRAM, Confirmation.PIN, [None, None, None]),
        (FrontEnd.HOME_ASSISTANT, Confirmation.NONE, [None, None, ErrorCode.UNLOCK_NEEDED]),
        (FrontEnd.HOME_ASSISTANT, Confirmation.PIN, [None, None, ErrorCode.UNLOCK_NEEDED]),
        (FrontEnd.HOME_ASSISTANT, Confirmation.UNLOCKED, [None, None, None]),
        (FrontEnd.HOME_ASSISTANT, Confirmation.SIGNED_IN, [None, None, None]),
        (FrontEnd.PANEL, Confirmation.NONE, [None, None, None]),
        (FrontEnd.COMMAND_LINE, Confirmation.NONE, [None, None, None]),
        (FrontEnd.ASSIST, Confirmation.NONE, [None, ErrorCode.FORBIDDEN, ErrorCode.FORBIDDEN]),
        (FrontEnd.ASSIST, Confirmation.UNLOCKED, [None, ErrorCode.FORBIDDEN, ErrorCode.FORBIDDEN]),
        (FrontEnd.MCP, Confirmation.SIGNED_IN, [ErrorCode.FORBIDDEN] * 3),
    ],
)
def test_what_a_risk_needs(
    front_end: FrontEnd, confirmation: Confirmation, codes: list[ErrorCode | None]
) -> None:
    found = [authorize(OWNER, REQUEST, approve(n, front_end, confirmation), NOW) for n in (1, 2, 3)]
    assert [one.code if one else None for one in found] == codes


def test_person_without_a_pin_reads_what_to_do() -> None:
    command = approve(3, FrontEnd.TELEGRAM)
    for has_pin, message in ((True, "Send your PIN to approve something this risky."), (False, NO_PIN)):
        refusal = authorize(replace(OWNER, has_pin=has_pin), REQUEST, command, NOW)
        assert refusal is not None
        assert (refusal.code, refusal.message) == (ErrorCode.PIN_NEEDED, message)


def test_a_lower_risk_can_need_an_unlocked_phone_too() -> None:
    request = records.request(LOW, replace(MEDIUM, needs_unlock=True))
    command = approve(2, FrontEnd.HOME_ASSISTANT)
    refusal = authorize(OWNER, request, command, NOW)
    assert refusal is not None
    assert refusal.code is ErrorCode.UNLOCK_NEEDED
    assert authorize(OWNER, request, replace(command, confirmation=Confirmation.UNLOCKED), NOW) is None


def test_a_person_decides_nothing_in_a_category_that_is_not_theirs() -> None:
    sam = replace(OWNER, authority={REQUEST.category: Authority.NOTHING})
    for verb in Verb:
        refusal = authorize(sam, REQUEST, decide_command(REQUEST, verb, option=1), NOW)
        assert refusal is not None
        assert refusal.code is ErrorCode.FORBIDDEN


@pytest.mark.parametrize(
    ("delta", "is_refused"),
    [
        (timedelta(0), True),
        (timedelta(microseconds=1), False),
        (LONGEST_SNOOZE, False),
        (LONGEST_SNOOZE + timedelta(microseconds=1), True),
        (None, True),
    ],
)
def test_how_long_a_request_can_be_snoozed(delta: timedelta | None, is_refused: bool) -> None:  # noqa: FBT001
    until = None if delta is None else NOW + delta
    command = replace(decide_command(REQUEST, Verb.SNOOZE), until=until)
    refusal = authorize(OWNER, REQUEST, command, NOW)
    assert (refusal is not None and refusal.code is ErrorCode.INVALID_ARGUMENT) is is_refused


class Rig:
    """A gate with one request that waits, and what it began."""

    def __init__(self, store: Store) -> None:
        self.store, self.begun = store, list[str]()
        self.clock = ManualClock(NOW)
        self.gate = Gate(store, ToyPeople(), self.clock, self.begin, unfenced, complete)

    async def begin(self, request_id: str) -> None:
        self.begun.append(request_id)

    async def put(self, request: ApprovalRequest) -> None:
        async with self.store.change() as unit:
            waiting = records.incident(
                records.stored_alert(), approval_id=request.id, status=IncidentStatus.WAITING
            )
            await incidents.save_incident(unit.connection, waiting)
            await approvals.add(unit.connection, request)

    async def request(self) -> ApprovalRequest:
        async with self.store.read() as connection:
            found = await approvals.request(connection, "request")
        assert found is not None
        return found

    async def events(self) -> list[str]:
        async with self.store.read() as connection:
            assert (await audit.verify(connection)).broken_at is None
            return [row.event for row in await connection.exec_driver_sql("SELECT event FROM audit")]

    async def refused(self, command: Decide) -> ErrorCode:
        with pytest.raises(ContractError) as caught:
            await self.gate.decide(command)
        return caught.value.code


@pytest.fixture
async def rig(tmp_path: Path) -> AsyncIterator[Rig]:
    async with opened_store(tmp_path) as store:
        yield Rig(store)


def said(request: ApprovalRequest, verb: Verb = Verb.APPROVE, user: str = "1", **fields: Any) -> Decide:
    return replace(decide_command(request, verb, user, option=1), **fields)


async def test_a_wrong_pin_is_refused_and_nothing_is_said_of_it(rig: Rig) -> None:
    await rig.put(REQUEST)
    assert await rig.refused(said(REQUEST, option=3, pin="9999")) is ErrorCode.PIN_NEEDED
    assert await rig.refused(said(REQUEST, option=3, pin=None)) is ErrorCode.PIN_NEEDED
    async with rig.store.read() as connection:
        bodies = [str(row.body) for row in await connection.exec_driver_sql("SELECT body FROM audit")]
    assert len(bodies) == 2
    assert not any("9999" in body or "2580" in body for body in bodies)
    assert "2580" not in repr(said(REQUEST))
    assert (await rig.gate.decide(said(REQUEST, option=3))).status is ApprovalStatus.APPROVED
    assert rig.begun == ["request"]


async def test_a_snoozed_request_waits_longer(rig: Rig) -> None:
    await rig.put(REQUEST)
    until = NOW + timedelta(hours=8)
    with rig.store.changes.watch(RowKind.APPROVAL) as watch:
        answer = await rig.gate.decide(said(REQUEST, Verb.SNOOZE, until=until))
        event: Any = await watch.next()
    assert answer == event.approval == await rig.request()
    assert (answer.status, answer.snoozed_until) == (ApprovalStatus.PENDING, until)
    assert answer.expires_at == until + (REQUEST.expires_at - NOW)
    assert await rig.events() == ["approval.snoozed"]
    assert rig.begun == []
    rig.clock.move(7_200)
    assert (await rig.gate.decide(said(REQUEST, Verb.REJECT))).status is ApprovalStatus.REJECTED
    assert await rig.refused(said(REQUEST, Verb.SNOOZE)) is ErrorCode.ALREADY_DECIDED


async def test_two_people_approve_and_the_second_one_starts_it(rig: Rig) -> None:
    await rig.put(BOTH)
    with rig.store.changes.watch() as watch:
        first = await rig.gate.decide(said(BOTH))
        published = await watch.next()
    assert isinstance(published, Event)
    assert (published.kind, published.approval) == (RowKind.APPROVAL, first)
    assert (first.status, rig.begun) == (ApprovalStatus.PENDING, [])
    assert first.first is not None
    assert (first.first.person_id, first.first.option) == ("olga", 1)
    assert first == await rig.request()
    assert await rig.refused(said(BOTH)) is ErrorCode.ALREADY_DECIDED
    second = await rig.gate.decide(said(BOTH, user="2"))
    assert second.status is ApprovalStatus.APPROVED
    assert second.decision is not None
    assert second.decision.person_id == "max"
    assert rig.begun == ["request"]
    assert await rig.events() == ["approval.first", "approval.refused", "approval.decided"]


async def test_the_second_person_can_reject_or_choose_another_option(rig: Rig) -> None:
    await rig.put(BOTH)
    await rig.gate.decide(said(BOTH))
    other = await rig.gate.decide(said(BOTH, user="2", option=2))
    assert (other.status, other.decision and other.decision.option) == (ApprovalStatus.APPROVED, 2)


async def test_two_first_approvals_at_the_same_time_count_once(rig: Rig) -> None:
    await rig.put(BOTH)
    stale = await rig.request()
    await rig.gate.decide(said(BOTH))
    async with rig.store.change() as unit:
        late = records.decision(Verb.APPROVE, option=1)
        assert not await approvals.approve_first(unit.connection, "request", stale.first, late)
        assert not await approvals.snooze(
            unit.connection, "request", REQUEST.expires_at + timedelta(days=1), NOW, NOW
        )


@pytest.mark.parametrize("verb", [Verb.SNOOZE, Verb.APPROVE])
async def test_a_decision_that_came_just_before_is_shown(
    rig: Rig, verb: Verb, monkeypatch: pytest.MonkeyPatch
) -> None:
    await rig.put(BOTH)

    async def late(*_: object) -> bool:
        return False

    monkeypatch.setattr(approvals, "snooze", late)
    monkeypatch.setattr(approvals, "approve_first", late)
    assert await rig.refused(said(BOTH, verb)) is ErrorCode.EXPIRED


async def test_a_request_that_is_not_there_is_not_found(rig: Rig) -> None:
    assert await rig.refused(said(REQUEST)) is ErrorCode.NOT_FOUND
    assert await rig.refused(said(REQUEST, speaker=speaker("99"))) is ErrorCode.FORBIDDEN


class LockedPeople(ToyPeople):
    async def check_pin(self, person: Person, pin: str) -> PinRefusal | None:
        return PinRefusal("Too many wrong PINs.", NOW + timedelta(minutes=15))


async def test_a_lock_is_refused_with_its_end_as_a_time(rig: Rig) -> None:
    await rig.put(REQUEST)
    rig.gate._people = LockedPeople()
    with pytest.raises(ContractError) as caught:
        await rig.gate.decide(said(REQUEST, option=3, pin="9999"))
    assert caught.value.placeholders == {"until": (NOW + timedelta(minutes=15)).isoformat()}
