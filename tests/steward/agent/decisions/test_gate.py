"""The gate: who may decide, that one decision wins, and that every other is answered and audited."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.ext.asyncio import AsyncConnection

from homelab_steward.contract.catalogue import Risk
from homelab_steward.contract.commands import Decide
from homelab_steward.contract.errors import ContractError, ErrorCode
from homelab_steward.contract.incidents import (
    Alert,
    ApprovalRequest,
    ApprovalStatus,
    Decision,
    IncidentStatus,
    Verb,
)
from homelab_steward.contract.proposals import OptionKind
from homelab_steward.contract.protocol import Event, RowKind
from homelab_steward.contract.state import FrontEnd, Person, Role
from rig import records
from rig.agent_rig import TaskEngine, approve, decide_command, open_rig, opened_store
from rig.inventory import NOW, ToyPeople, complete, speaker, unfenced
from steward.agent.decisions.authorization import Refusal, already, authorize
from steward.agent.decisions.gate import Gate, after_decision
from steward.agent.runs.run_starter import TICK
from steward.clock import ManualClock
from steward.store import approvals, audit, incidents, preferences
from steward.store.store import Store

OWNER = records.person(Role.OWNER)
MEMBER = records.person(Role.MEMBER, "Max")
GUEST = records.person(Role.GUEST, "Vera")
REQUEST = records.request(records.option(1), records.option(2, risk=Risk.HIGH))


def say(verb: Verb = Verb.APPROVE, option: int | None = 1, plan_hash: str | None = None) -> Decide:
    return decide_command(REQUEST, verb, option=option, plan_hash=plan_hash)


def code(refusal: Refusal | None) -> ErrorCode | None:
    return refusal.code if refusal else None


@pytest.mark.parametrize(
    ("person", "saying", "expected"),
    [
        (OWNER, say(), None),
        (OWNER, say(plan_hash="hash-1"), None),
        (OWNER, say(option=2), None),
        (OWNER, say(option=2, plan_hash="hash-2"), None),
        (OWNER, say(Verb.REJECT, option=None), None),
        (OWNER, say(Verb.IGNORE, option=None), None),
        (MEMBER, say(), None),
        (MEMBER, say(option=2), ErrorCode.FORBIDDEN),
        (MEMBER, say(Verb.REJECT, option=None), None),
        (MEMBER, say(Verb.IGNORE, option=2), None),
        (GUEST, say(), ErrorCode.FORBIDDEN),
        (GUEST, say(Verb.REJECT, option=None), ErrorCode.FORBIDDEN),
        (GUEST, say(Verb.IGNORE, option=None), ErrorCode.FORBIDDEN),
        (None, say(), ErrorCode.FORBIDDEN),
        (None, say(Verb.IGNORE, option=None), ErrorCode.FORBIDDEN),
        (OWNER, say(option=None), ErrorCode.INVALID_ARGUMENT),
        (OWNER, say(option=0), ErrorCode.INVALID_ARGUMENT),
        (OWNER, say(option=3), ErrorCode.INVALID_ARGUMENT),
        (OWNER, say(option=-1), ErrorCode.INVALID_ARGUMENT),
        (OWNER, say(plan_hash="hash-2"), ErrorCode.PLAN_CHANGED),
        (OWNER, say(plan_hash=""), ErrorCode.PLAN_CHANGED),
        (MEMBER, say(option=2, plan_hash="forged"), ErrorCode.PLAN_CHANGED),
    ],
)
def test_who_may_say_what(person: Person | None, saying: Decide, expected: ErrorCode | None) -> None:
    assert code(authorize(person, REQUEST, saying, NOW)) == expected


@pytest.mark.parametrize("verb", list(Verb))
@pytest.mark.parametrize("person", [OWNER, MEMBER, GUEST, None])
def test_nobody_decides_through_a_machine(person: Person | None, verb: Verb) -> None:
    words = replace(say(verb), speaker=speaker("1", FrontEnd.MCP))
    assert code(authorize(person, REQUEST, words, NOW)) == ErrorCode.FORBIDDEN
    assert (
        code(authorize(person, replace(REQUEST, status=ApprovalStatus.EXPIRED), words, NOW))
        == ErrorCode.FORBIDDEN
    )


DECIDING = [one for one in Verb if one is not Verb.CANCEL]


@pytest.mark.parametrize("verb", DECIDING)
@pytest.mark.parametrize("status", [one for one in ApprovalStatus if one is not ApprovalStatus.PENDING])
def test_what_is_over_is_over_for_everybody(status: ApprovalStatus, verb: Verb) -> None:
    over = replace(REQUEST, status=status)
    expected = ErrorCode.EXPIRED if status is ApprovalStatus.EXPIRED else ErrorCode.ALREADY_DECIDED
    assert code(authorize(OWNER, over, say(verb), NOW)) == expected
    assert code(authorize(GUEST, over, say(verb), NOW)) == ErrorCode.FORBIDDEN


@pytest.mark.parametrize("status", list(ApprovalStatus))
def test_only_what_is_scheduled_can_be_cancelled(status: ApprovalStatus) -> None:
    expected = {
        ApprovalStatus.SCHEDULED: None,
        ApprovalStatus.PENDING: ErrorCode.INVALID_ARGUMENT,
        ApprovalStatus.EXPIRED: ErrorCode.EXPIRED,
    }
    one = replace(REQUEST, status=status)
    found = code(authorize(MEMBER, one, say(Verb.CANCEL), REQUEST.expires_at))
    assert found == expected.get(status, ErrorCode.ALREADY_DECIDED)
    assert code(authorize(GUEST, one, say(Verb.CANCEL), NOW)) == ErrorCode.FORBIDDEN


@pytest.mark.parametrize("verb", DECIDING)
@pytest.mark.parametrize(
    ("offset", "expected"),
    [
        (-timedelta(microseconds=1), None),
        (timedelta(0), ErrorCode.EXPIRED),
        (timedelta(microseconds=1), ErrorCode.EXPIRED),
    ],
)
def test_the_instant_of_expiry_is_too_late(verb: Verb, offset: timedelta, expected: ErrorCode | None) -> None:
    assert code(authorize(OWNER, REQUEST, say(verb), REQUEST.expires_at + offset)) == expected


def test_texts_of_refusals() -> None:
    assert authorize(None, REQUEST, say(), NOW) == Refusal(
        ErrorCode.FORBIDDEN, "You are not allowed to decide."
    )
    assert authorize(GUEST, REQUEST, say(), NOW) == Refusal(
        ErrorCode.FORBIDDEN, "You can view requests, but not decide."
    )
    assert authorize(MEMBER, REQUEST, say(option=2), NOW) == Refusal(
        ErrorCode.FORBIDDEN, "This risk is higher than you may approve."
    )
    assert authorize(OWNER, REQUEST, say(option=7), NOW) == Refusal(
        ErrorCode.INVALID_ARGUMENT, "There is no option 7."
    )
    assert authorize(OWNER, REQUEST, say(plan_hash="x"), NOW) == Refusal(
        ErrorCode.PLAN_CHANGED, "The plan is not the one you were shown."
    )
    assert authorize(OWNER, REQUEST, say(), REQUEST.expires_at) == Refusal(
        ErrorCode.EXPIRED, "Too late: this request has expired."
    )


def test_a_late_decision_is_answered_with_who_decided_what_when_and_where() -> None:
    decided = replace(
        REQUEST, status=ApprovalStatus.APPROVED, decision=records.decision(via=FrontEnd.HOME_ASSISTANT)
    )
    assert already(decided) == Refusal(
        ErrorCode.ALREADY_DECIDED,
        "Already decided: Increase memory, by Olga at 12:00 via Home Assistant.",
    )
    wordless = replace(decided, decision=records.decision(Verb.REJECT, option=None, label=""))
    assert already(wordless).message == "Already decided: reject, by Olga at 12:00 via Telegram."
    expired = replace(REQUEST, status=ApprovalStatus.EXPIRED)
    assert already(expired) == Refusal(ErrorCode.EXPIRED, "Too late: this request has expired.")
    superseded = replace(REQUEST, status=ApprovalStatus.SUPERSEDED)
    assert already(superseded) == Refusal(ErrorCode.ALREADY_DECIDED, "This request needs no answer any more.")


NAMES = {
    FrontEnd.HOME_ASSISTANT: "Home Assistant",
    FrontEnd.TELEGRAM: "Telegram",
    FrontEnd.PANEL: "the panel",
    FrontEnd.ASSIST: "Assist",
    FrontEnd.MCP: "MCP",
    FrontEnd.COMMAND_LINE: "the command line",
}


def test_what_the_steward_decided_itself_names_no_person() -> None:
    own = records.decision(Verb.APPROVE, via=FrontEnd.STEWARD, name="")
    acted = replace(REQUEST, status=ApprovalStatus.APPROVED, decision=own)
    refusal = already(acted)
    assert refusal.code is ErrorCode.ALREADY_DECIDED
    assert refusal.message == f"Too late: the steward itself carried out {own.label} at 12:00."


@pytest.mark.parametrize("front_end", [one for one in FrontEnd if one is not FrontEnd.STEWARD])
def test_every_front_end_has_a_name(front_end: FrontEnd) -> None:
    decided = replace(
        REQUEST, status=ApprovalStatus.IGNORED, decision=records.decision(Verb.IGNORE, via=front_end)
    )
    assert already(decided).message.endswith(f" via {NAMES[front_end]}.")


ALERT = records.stored_alert()


@pytest.mark.parametrize(
    ("verb", "kind", "alerts", "status", "resolution"),
    [
        (Verb.APPROVE, OptionKind.ACT, (ALERT,), IncidentStatus.ACTING, "Increase memory: approved by Olga."),
        (Verb.APPROVE, OptionKind.INVESTIGATE, (ALERT,), IncidentStatus.ACTING, ""),
        (Verb.APPROVE, OptionKind.ACT, (), IncidentStatus.ACTING, "Increase memory: approved by Olga."),
        (Verb.REJECT, None, (ALERT,), IncidentStatus.UNSOLVED, "Rejected by Olga."),
        (Verb.REJECT, None, (), IncidentStatus.IGNORED, "Rejected by Olga."),
        (Verb.IGNORE, None, (ALERT,), IncidentStatus.IGNORED, "Ignored by Olga."),
        (Verb.IGNORE, None, (), IncidentStatus.IGNORED, "Ignored by Olga."),
    ],
)
def test_what_a_decision_makes_of_an_incident(
    verb: Verb, kind: OptionKind | None, alerts: tuple[Alert, ...], status: IncidentStatus, resolution: str
) -> None:
    before = records.incident(*alerts)
    made = records.decision(verb, at=NOW + timedelta(minutes=5))
    after = after_decision(before, made, records.option(kind=kind) if kind else None)
    assert (after.status, after.resolution) == (status, resolution)
    assert after.updated_at == made.at


class Begun:
    """Takes what the gate begins."""

    def __init__(self) -> None:
        self.ids: list[str] = []

    async def __call__(self, request_id: str) -> None:
        self.ids.append(request_id)


async def put(store: Store, request: ApprovalRequest) -> None:
    async with store.change(durable=True) as unit:
        await incidents.save_incident(unit.connection, records.incident(ALERT, approval_id=request.id))
        await approvals.add(unit.connection, request)


WORDS = st.builds(
    Decide,
    approval_id=st.just("request"),
    verb=st.sampled_from(Verb),
    option=st.sampled_from([None, 0, 1, 2, 3]),
    plan_hash=st.sampled_from([None, "hash-1", "hash-2", "forged"]),
    speaker=st.builds(speaker, st.sampled_from(["1", "2", "3", "4"]), st.sampled_from(FrontEnd)),
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(words=st.lists(WORDS, min_size=1, max_size=8))
async def test_one_decision_wins_in_any_order(
    tmp_path_factory: pytest.TempPathFactory, words: list[Decide]
) -> None:
    folder = tmp_path_factory.mktemp("gate")
    clock = ManualClock(NOW)
    async with opened_store(folder, clock) as store:
        begun = Begun()
        await put(store, REQUEST)
        gate = Gate(store, ToyPeople(), clock, begun, unfenced, complete)
        answers = await asyncio.gather(*(gate.decide(one) for one in words), return_exceptions=True)
        fine = [
            one for one in words if authorize(ToyPeople().by_speaker(one.speaker), REQUEST, one, NOW) is None
        ]
        won = [one for one in answers if isinstance(one, ApprovalRequest)]
        assert len(won) == min(1, len(fine)), "one of those that may decide does, and no other"
        assert all(isinstance(one, ContractError) for one in answers if one not in won)
        async with store.read() as connection:
            final = await approvals.request(connection, "request")
            rows = await connection.exec_driver_sql("SELECT event FROM audit")
            events = [row.event for row in rows]
        assert final is not None
        assert won == ([final] if fine else [])
        assert (final.status is ApprovalStatus.PENDING) == (not fine)
        assert events.count("approval.decided") == len(won)
        assert events.count("approval.refused") == len(words) - len(won)
        assert begun.ids == [one.id for one in won if one.status is ApprovalStatus.APPROVED]


@pytest.mark.parametrize(
    ("saying", "person", "expected"),
    [
        (approve(REQUEST, user="4"), None, ErrorCode.FORBIDDEN),
        (approve(REQUEST, user="3"), GUEST, ErrorCode.FORBIDDEN),
        (approve(REQUEST, option=2, user="2"), MEMBER, ErrorCode.FORBIDDEN),
        (replace(approve(REQUEST), plan_hash="forged"), OWNER, ErrorCode.PLAN_CHANGED),
        (approve(REQUEST, option=9), OWNER, ErrorCode.INVALID_ARGUMENT),
        (replace(approve(REQUEST), approval_id="unknown"), OWNER, ErrorCode.NOT_FOUND),
        (replace(approve(REQUEST, user="4"), approval_id="unknown"), None, ErrorCode.FORBIDDEN),
    ],
)
async def test_a_refused_decision_changes_nothing_and_is_audited(
    tmp_path: Path, saying: Decide, person: Person | None, expected: ErrorCode
) -> None:
    async with opened_store(tmp_path) as store:
        begun = Begun()
        await put(store, REQUEST)
        gate = Gate(store, ToyPeople(), ManualClock(NOW), begun, unfenced, complete)
        result = store.changes.sequence
        with pytest.raises(ContractError) as refused:
            await gate.decide(saying)
        assert store.changes.sequence == result, "nothing is published"
        assert refused.value.code is expected
        async with store.read() as connection:
            assert await approvals.request(connection, "request") == REQUEST
            kept = await incidents.incident(connection, "incident")
            rows = (await connection.exec_driver_sql("SELECT event, body FROM audit")).all()
        assert kept is not None
        assert kept.status is IncidentStatus.WAITING
        assert begun.ids == []
        assert [row.event for row in rows] == ["approval.refused"]
        assert f'"code":"{expected}"' in rows[0].body
        assert f'"user":"{saying.speaker.user_id}"' in rows[0].body
        assert f'"approval":"{saying.approval_id}"' in rows[0].body


async def test_a_decision_at_the_instant_of_expiry_is_refused_by_the_store_too(tmp_path: Path) -> None:
    clock = ManualClock(NOW)
    async with opened_store(tmp_path, clock) as store:
        await put(store, REQUEST)
        made = records.decision(at=REQUEST.expires_at)
        async with store.change() as unit:
            late = await approvals.decide(unit.connection, "request", ApprovalStatus.APPROVED, made, "hash-1")
            in_time = await approvals.decide(
                unit.connection,
                "request",
                ApprovalStatus.APPROVED,
                replace(made, at=REQUEST.expires_at - timedelta(microseconds=1)),
                "hash-1",
            )
        assert (late, in_time) == (False, True)


PAIRS = [
    (("1", FrontEnd.HOME_ASSISTANT, Verb.APPROVE, 1), ("1", FrontEnd.TELEGRAM, Verb.APPROVE, 1)),
    (("1", FrontEnd.HOME_ASSISTANT, Verb.APPROVE, 1), ("2", FrontEnd.TELEGRAM, Verb.APPROVE, 1)),
    (("1", FrontEnd.HOME_ASSISTANT, Verb.APPROVE, 2), ("2", FrontEnd.TELEGRAM, Verb.APPROVE, 1)),
    (("2", FrontEnd.PANEL, Verb.APPROVE, 1), ("1", FrontEnd.TELEGRAM, Verb.REJECT, None)),
    (("1", FrontEnd.TELEGRAM, Verb.IGNORE, None), ("2", FrontEnd.TELEGRAM, Verb.APPROVE, 1)),
]


async def test_one_of_two_simultaneous_decisions_wins_every_time(tmp_path: Path) -> None:
    begun: list[str] = []

    async def begin(request_id: str) -> None:
        begun.append(request_id)

    async with opened_store(tmp_path, ManualClock(NOW)) as store:
        gate = Gate(store, ToyPeople(), ManualClock(NOW), begin, unfenced, complete)
        approved = []
        for number in range(50):
            request = await _waiting(store, number)
            commands = _pair(request, number)
            winner = await _race(gate, commands if number % 2 else commands[::-1])
            if winner.status is ApprovalStatus.APPROVED:
                approved.append(winner.id)
        assert begun == approved
        async with store.read() as connection:
            assert (await audit.verify(connection)).broken_at is None
            rows = await connection.exec_driver_sql("SELECT event FROM audit")
            events = [row.event for row in rows]
        assert events.count("approval.decided") == events.count("approval.refused") == 50


@pytest.mark.parametrize("number", range(len(PAIRS)))
async def test_what_wins_is_carried_out_once(tmp_path: Path, number: int) -> None:
    async with open_rig(tmp_path) as rig:
        winner = await _race(rig.agent.gate, _pair(await rig.ask(), number))
        over = (IncidentStatus.RESOLVED, IncidentStatus.UNSOLVED, IncidentStatus.IGNORED)
        await rig.until(lambda one: one.status in over)
        assert len(rig.toy.done) == (1 if winner.status is ApprovalStatus.APPROVED else 0)
        assert await rig.leases() == []


async def _waiting(store: Store, number: int) -> ApprovalRequest:
    """Store an incident that waits for a request, and return the request."""
    request = replace(REQUEST, id=f"request{number}", incident_id=f"incident{number}")
    incident = records.incident(id=request.incident_id, number=number + 1, approval_id=request.id)
    async with store.change() as unit:
        await incidents.save_incident(unit.connection, incident)
        await approvals.add(unit.connection, request)
    return request


def _pair(request: ApprovalRequest, number: int) -> list[Decide]:
    return [
        decide_command(request, verb, user, front_end, option)
        for user, front_end, verb, option in PAIRS[number % len(PAIRS)]
    ]


async def _race(gate: Gate, commands: list[Decide]) -> ApprovalRequest:
    """Return the request as the winning command decided it."""
    answers = await asyncio.gather(*(gate.decide(one) for one in commands), return_exceptions=True)
    won = [one for one in answers if isinstance(one, ApprovalRequest)]
    lost = [one for one in answers if isinstance(one, ContractError)]
    assert (len(won), len(lost)) == (1, 1)
    decision = won[0].decision
    assert decision is not None
    assert lost[0].code is ErrorCode.ALREADY_DECIDED
    assert lost[0].message.startswith(f"Already decided: {decision.label}, by {decision.person_name} at ")
    return won[0]


async def test_a_decision_stands_when_the_engine_is_away(tmp_path: Path) -> None:
    clock = ManualClock(NOW)
    async with open_rig(tmp_path, clock=clock) as rig:
        assert isinstance(rig.engine, TaskEngine)
        request = await rig.ask()
        rig.engine.broken = True
        decided = await rig.press(request)
        assert decided.status is ApprovalStatus.APPROVED
        assert rig.toy.done == []
        rig.engine.broken = False
        clock.move(TICK)
        await rig.status(IncidentStatus.RESOLVED)
        assert rig.toy.done == ["set_memory 3072"]
        assert rig.engine.begun == [request.id, request.id]


async def test_a_decision_whose_caller_disconnects_is_carried_out(tmp_path: Path) -> None:
    clock = ManualClock(NOW)
    async with open_rig(tmp_path, clock=clock) as rig:
        request = await rig.ask()
        with rig.store.changes.watch(RowKind.APPROVAL) as watch:
            pressing = asyncio.create_task(rig.press(request))
            result = await watch.next()
            pressing.cancel()
            with pytest.raises(asyncio.CancelledError):
                await pressing
        assert isinstance(result, Event)
        assert result.approval is not None
        assert result.approval.status is ApprovalStatus.APPROVED
        clock.move(TICK)
        await rig.status(IncidentStatus.RESOLVED)
        assert rig.toy.done == ["set_memory 3072"]


async def test_all_front_ends_get_a_decision(tmp_path: Path) -> None:
    async with opened_store(tmp_path) as store:
        await put(store, REQUEST)
        gate = Gate(store, ToyPeople(), ManualClock(NOW), Begun(), unfenced, complete)
        with store.changes.watch() as watch:
            decided = await gate.decide(decide_command(REQUEST, Verb.IGNORE))
            first, second = await watch.next(), await watch.next()
        assert isinstance(first, Event)
        assert isinstance(second, Event)
        assert (first.kind, first.approval) == (RowKind.APPROVAL, decided)
        assert second.kind is RowKind.INCIDENT
        assert second.incident is not None
        assert second.incident.status is IncidentStatus.IGNORED
        assert decided.decision == records.decision(Verb.IGNORE, option=None, label="Ignore")
        async with store.read() as connection:
            (habit,) = await preferences.newest(connection, 10)
        assert habit.ignored == 1, "what people decide is counted"


async def test_a_person_who_decides_between_the_read_and_the_write_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with opened_store(tmp_path) as store:
        await put(store, REQUEST)
        real = approvals.decide

        async def overtaken(
            connection: AsyncConnection,
            request_id: str,
            status: ApprovalStatus,
            decision: Decision,
            plan_hash: str | None,
        ) -> bool:
            rival = records.decision(Verb.REJECT, option=None, name="Max", label="Reject")
            assert await real(connection, request_id, ApprovalStatus.REJECTED, rival, None)
            return await real(connection, request_id, status, decision, plan_hash)

        monkeypatch.setattr(approvals, "decide", overtaken)
        begun = Begun()
        gate = Gate(store, ToyPeople(), ManualClock(NOW), begun, unfenced, complete)
        with pytest.raises(ContractError, match="Already decided: Reject, by Max at 12:00") as late:
            await gate.decide(approve(REQUEST))
        assert late.value.code is ErrorCode.ALREADY_DECIDED
        assert begun.ids == []
        async with store.read() as connection:
            rows = (await connection.exec_driver_sql("SELECT event FROM audit")).all()
        assert [row.event for row in rows] == ["approval.refused"]


async def test_a_request_that_is_executed_between_the_read_and_the_cancel_is_not_cancelled(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with opened_store(tmp_path) as store:
        scheduled = replace(REQUEST, status=ApprovalStatus.SCHEDULED)
        await put(store, scheduled)
        real = approvals.cancel

        async def overtaken(connection: AsyncConnection, request_id: str, decision: Decision) -> bool:
            assert await approvals.release(connection, request_id, NOW)
            return await real(connection, request_id, decision)

        monkeypatch.setattr(approvals, "cancel", overtaken)
        gate = Gate(store, ToyPeople(), ManualClock(NOW), Begun(), unfenced, complete)
        with pytest.raises(ContractError) as late:
            await gate.decide(say(Verb.CANCEL))
        assert late.value.code is ErrorCode.ALREADY_DECIDED
        async with store.read() as connection:
            found = await approvals.request(connection, REQUEST.id)
        assert found is not None
        assert found.status is ApprovalStatus.APPROVED


async def test_decisions_of_unknown_people_do_not_fill_the_audit_log(tmp_path: Path) -> None:
    async with opened_store(tmp_path) as store:
        gate = Gate(store, ToyPeople(), ManualClock(NOW), Begun(), unfenced, complete)
        evil = Decide(
            approval_id="x\0" * 5_000,
            verb=Verb.APPROVE,
            speaker=speaker("\ud800" * 5_000),
        )
        with pytest.raises(ContractError):
            await gate.decide(evil)
        async with store.read() as connection:
            (row,) = (await connection.exec_driver_sql("SELECT body FROM audit")).all()
        assert len(row.body) < 1_000
