"""Approval requests: one row, decided at most once."""

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from homelab_steward.contract.incidents import ApprovalRequest, ApprovalStatus, Decision, Verb
from rig import records
from rig.inventory import NOW
from rig.records import LATER
from steward.store import approvals, incidents, runs
from steward.store.store import Store

TICK = timedelta(microseconds=1)
APPROVED, REJECTED, IGNORED = ApprovalStatus.APPROVED, ApprovalStatus.REJECTED, ApprovalStatus.IGNORED
OVER = [one for one in ApprovalStatus if one is not ApprovalStatus.PENDING]


async def put(store: Store, *requests: ApprovalRequest) -> None:
    async with store.change() as unit:
        await incidents.save_incident(unit.connection, records.incident())
        for request in requests:
            await approvals.add(unit.connection, request)


async def decide(
    store: Store,
    decision: Decision | None = None,
    status: ApprovalStatus = APPROVED,
    plan_hash: str | None = "hash-1",
    request_id: str = "request",
) -> bool:
    async with store.change() as unit:
        made = decision or records.decision()
        return await approvals.decide(unit.connection, request_id, status, made, plan_hash)


async def find(store: Store, request_id: str = "request") -> ApprovalRequest | None:
    async with store.read() as connection:
        return await approvals.request(connection, request_id)


async def test_request_round_trip(store: Store) -> None:
    whole = records.request(records.option(1), records.option(2), reminders=1)
    await put(store, whole)
    assert await find(store) == whole
    assert await find(store, "unknown") is None


async def test_request_without_options_round_trip(store: Store) -> None:
    bare = replace(records.request(), proposal=replace(records.proposal(), options=()))
    await put(store, bare)
    assert await find(store) == bare
    assert not await decide(store)
    assert await decide(store, records.decision(Verb.IGNORE, option=None), IGNORED, None)


async def test_decision_round_trip(store: Store) -> None:
    request = records.request()
    await put(store, request)
    made = records.decision(option=2)
    assert await decide(store, made, plan_hash="hash-2")
    assert await find(store) == replace(request, status=APPROVED, decision=made)


async def stored(store: Store) -> ApprovalRequest:
    found = await find(store)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("decision", "status", "plan_hash", "expected"),
    [
        (records.decision(option=1), APPROVED, "hash-1", True),
        (records.decision(option=2), APPROVED, "hash-2", True),
        (records.decision(option=1), APPROVED, "hash-2", False),
        (records.decision(option=2), APPROVED, "hash-1", False),
        (records.decision(option=3), APPROVED, "hash-1", False),
        (records.decision(option=None), APPROVED, "hash-1", False),
        (records.decision(option=1), APPROVED, None, False),
        (records.decision(option=1), APPROVED, "", False),
        (records.decision(at=LATER - TICK), APPROVED, "hash-1", True),
        (records.decision(at=LATER), APPROVED, "hash-1", False),
        (records.decision(at=LATER + TICK), APPROVED, "hash-1", False),
        (records.decision(Verb.REJECT, option=None), REJECTED, None, True),
        (records.decision(Verb.IGNORE, option=None), IGNORED, None, True),
        (records.decision(Verb.REJECT, at=LATER, option=None), REJECTED, None, False),
    ],
)
async def test_accepted_and_rejected_decisions(
    store: Store,
    decision: Decision,
    status: ApprovalStatus,
    plan_hash: str | None,
    expected: bool,  # noqa: FBT001
) -> None:
    await put(store, records.request())
    assert await decide(store, decision, status, plan_hash) is expected
    found = await stored(store)
    assert found.status is (status if expected else ApprovalStatus.PENDING)
    assert found.decision == (decision if expected else None)


@pytest.mark.parametrize("status", OVER)
async def test_closed_request_cannot_be_decided_or_closed(store: Store, status: ApprovalStatus) -> None:
    await put(store, records.request(status=status))
    assert not await decide(store)
    assert not await decide(store, records.decision(Verb.IGNORE, option=None), IGNORED, None)
    async with store.change() as unit:
        assert not await approvals.close(unit.connection, "request", ApprovalStatus.EXPIRED, LATER)
        assert not await approvals.close(unit.connection, "request", ApprovalStatus.SUPERSEDED, LATER)
        await approvals.count_reminder(unit.connection, "request", 0)
    found = await stored(store)
    assert (found.status, found.decision, found.reminders) == (status, None, 0)


async def test_decision_changes_one_request_only(store: Store) -> None:
    await put(store, records.request(), records.request(id="other"))
    assert await decide(store)
    assert (await stored(store)).status is APPROVED
    found = await find(store, "other")
    assert found is not None
    assert found.status is ApprovalStatus.PENDING
    assert not await decide(store, request_id="unknown")
    # The plan hash of one request is not valid for another.
    special = records.request(records.option(1, plan_hash="special"), id="third")
    await put(store, special)
    assert not await decide(store, plan_hash="special", request_id="other")


async def test_one_of_fifty_concurrent_decisions_is_stored(store: Store) -> None:
    await put(store, records.request())
    decisions = [
        (records.decision(name=f"p{number}"), APPROVED, "hash-1")
        if number % 2
        else (records.decision(Verb.REJECT, option=None, name=f"p{number}"), REJECTED, None)
        for number in range(50)
    ]
    answers = await asyncio.gather(*(decide(store, *one) for one in decisions))
    assert sum(answers) == 1
    winner = decisions[answers.index(True)]
    found = await stored(store)
    assert (found.decision, found.status) == (winner[0], winner[1])


@pytest.mark.parametrize(
    ("status", "at", "expected"),
    [
        (ApprovalStatus.EXPIRED, LATER - TICK, False),
        (ApprovalStatus.EXPIRED, LATER, True),
        (ApprovalStatus.EXPIRED, LATER + TICK, True),
        (ApprovalStatus.SUPERSEDED, NOW, True),
    ],
)
async def test_close_without_a_decision(
    store: Store,
    status: ApprovalStatus,
    at: datetime,
    expected: bool,  # noqa: FBT001
) -> None:
    await put(store, records.request(), records.request(id="other"))
    async with store.change() as unit:
        assert await approvals.close(unit.connection, "request", status, at) is expected
        assert not await approvals.close(unit.connection, "unknown", status, LATER)
    found = await stored(store)
    assert found.status is (status if expected else ApprovalStatus.PENDING)
    other = await find(store, "other")
    assert other is not None
    assert other.status is ApprovalStatus.PENDING


async def test_request_is_either_decidable_or_expired(store: Store) -> None:
    for number, at in enumerate((LATER - TICK, LATER, LATER + TICK)):
        name = f"r{number}"
        await put(store, records.request(id=name))
        won = await decide(store, records.decision(at=at), request_id=name)
        async with store.change() as unit:
            closed = await approvals.close(unit.connection, name, ApprovalStatus.EXPIRED, at)
        assert won is not closed


async def test_reminders_are_counted_for_one_request(store: Store) -> None:
    await put(store, records.request(), records.request(id="other"))
    async with store.change() as unit:
        assert await approvals.count_reminder(unit.connection, "request", 0)
        assert await approvals.count_reminder(unit.connection, "request", 1)
        assert not await approvals.count_reminder(unit.connection, "request", 1)
    assert (await stored(store)).reminders == 2
    other = await find(store, "other")
    assert other is not None
    assert other.reminders == 0


async def test_requests_by_status_and_newest(store: Store) -> None:
    rows = [
        records.request(id=f"r{number}", created_at=NOW + timedelta(minutes=number), status=status)
        for number, status in enumerate([ApprovalStatus.PENDING, APPROVED, ApprovalStatus.PENDING, APPROVED])
    ]
    await put(store, *rows)
    async with store.read() as connection:
        pending = await approvals.requests_in(connection, ApprovalStatus.PENDING)
        assert [one.id for one in pending] == ["r2", "r0"]
        assert [one.id for one in await approvals.requests_in(connection, APPROVED, 1)] == ["r3"]
        assert await approvals.requests_in(connection, REJECTED) == ()
        assert [one.id for one in await approvals.newest(connection, 3)] == ["r3", "r2", "r1"]


async def test_approved_requests_without_run(store: Store) -> None:
    await put(
        store,
        records.request(id="a", status=APPROVED),
        records.request(id="b", status=APPROVED),
        records.request(id="c"),
        records.request(id="d", status=REJECTED),
    )
    async with store.change() as unit:
        await runs.add_run(unit.connection, records.run(id="a"), {})
        assert await approvals.approved_without_run(unit.connection) == ("b",)


async def test_requests_by_id(store: Store) -> None:
    first, second, other = (records.request(id=one) for one in ("a", "b", "c"))
    await put(store, second, first, other)
    async with store.read() as connection:
        assert await approvals.requests(connection, ["b", "a", "unknown"]) == (first, second)
        assert await approvals.requests(connection, ()) == ()


async def approve_first(
    store: Store, before: Decision | None, decision: Decision, of: str = "request"
) -> bool:
    async with store.change() as unit:
        return await approvals.approve_first(unit.connection, of, before, decision)


async def snooze(store: Store, now: datetime, until: datetime | None, expires_at: datetime) -> bool:
    async with store.change() as unit:
        return await approvals.snooze(unit.connection, "request", now, until, expires_at)


async def test_the_first_approval_is_stored_once_until_it_is_known(store: Store) -> None:
    other = replace(records.request(), id="other")
    await put(store, records.request(), other)
    first, second = records.decision(option=1), records.decision(option=2)
    assert await approve_first(store, None, first)
    assert (await stored(store)).first == first
    assert await find(store, "other") == other
    assert not await approve_first(store, None, second), "somebody was first"
    assert not await approve_first(store, second, second), "it is not the one that was seen"
    assert await approve_first(store, first, second)
    assert (await stored(store)).first == second
    assert not await approve_first(store, None, first, "unknown")


@pytest.mark.parametrize("status", OVER)
async def test_what_is_over_gets_no_first_approval_no_snooze_and_asks_nobody(
    store: Store, status: ApprovalStatus
) -> None:
    over = replace(records.request(), status=status)
    await put(store, over)
    assert not await approve_first(store, None, records.decision())
    assert not await snooze(store, NOW, LATER, LATER)
    async with store.change() as unit:
        await approvals.note_asked(unit.connection, "request", ("olga",))
    assert await find(store) == over


async def test_a_snooze_moves_the_end_of_one_request_that_has_not_expired(store: Store) -> None:
    other = replace(records.request(), id="other")
    await put(store, records.request(), other)
    end = records.request().expires_at
    until, later = end + TICK, end + 2 * TICK
    assert await snooze(store, end - TICK, until, later)
    found = await stored(store)
    assert (found.snoozed_until, found.expires_at) == (until, later)
    assert await find(store, "other") == other
    assert not await snooze(store, later, later, later), "it has expired"
    assert await snooze(store, end, None, later)
    assert (await stored(store)).snoozed_until is None


async def test_a_first_approval_after_the_end_is_too_late(store: Store) -> None:
    await put(store, records.request())
    end = records.request().expires_at
    assert not await approve_first(store, None, replace(records.decision(), at=end))
    assert await approve_first(store, None, replace(records.decision(), at=end - TICK))


async def test_who_is_asked_is_stored_for_one_request(store: Store) -> None:
    other = replace(records.request(), id="other")
    await put(store, replace(records.request(), asked=("olga",)), other)
    async with store.change() as unit:
        await approvals.note_asked(unit.connection, "request", ("olga", "max"))
    assert (await stored(store)).asked == ("olga", "max")
    assert await find(store, "other") == other


async def test_a_scheduled_request_is_released_cancelled_or_ended_once(store: Store) -> None:
    names = ("r1", "r2", "r3")
    scheduled = [replace(records.request(), id=one, status=ApprovalStatus.SCHEDULED) for one in names]
    await put(store, *scheduled)
    decision = records.decision(Verb.REJECT, option=None)
    async with store.change() as unit:
        assert [one.id for one in await approvals.of_incident(unit.connection, scheduled[0].incident_id)] == [
            *names
        ]
        assert await approvals.release(unit.connection, "r1", NOW) is True
        assert await approvals.cancel(unit.connection, "r2", decision) is True
        for one in names[:2]:
            assert await approvals.release(unit.connection, one, NOW) is False
            assert await approvals.cancel(unit.connection, one, decision) is False
            assert await approvals.end_scheduled(unit.connection, one, NOW, "gone") is False
        assert await approvals.end_scheduled(unit.connection, "r3", NOW, "gone") is True
    found = [await find(store, one) for one in names]
    assert [one and one.status for one in found] == [APPROVED, REJECTED, ApprovalStatus.SUPERSEDED]
    assert found[2] is not None
    assert found[2].withdrawn == "gone"
