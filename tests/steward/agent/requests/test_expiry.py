"""Requests nobody answers: people are reminded once, then it is expired; never denied, never approved."""

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from homelab_steward.contract.incidents import (
    Alert,
    ApprovalRequest,
    ApprovalStatus,
    IncidentStatus,
    Severity,
    Verb,
)
from homelab_steward.contract.protocol import Event, RowKind
from homelab_steward.contract.state import Role
from rig import records
from rig.agent_rig import opened_store
from rig.clocks import WatchedClock
from rig.inventory import NOW
from steward.agent.requests.expiry import TICK, Expiry, is_reminder_due
from steward.clock import ManualClock
from steward.store import approvals, incidents
from steward.store.store import Store

HOUR = timedelta(hours=1)
REQUEST = records.request(expires_at=NOW + 12 * HOUR)
PEOPLE = (
    records.person(Role.OWNER),
    replace(records.person(Role.MEMBER, "Max"), asked_after_minutes=10),
)


@pytest.mark.parametrize(
    ("now", "after", "reminders", "expected"),
    [
        (NOW + HOUR, HOUR, 0, True),
        (NOW + HOUR - timedelta(microseconds=1), HOUR, 0, False),
        (NOW + HOUR, HOUR, 1, False),
        (NOW + HOUR, None, 0, False),
        (NOW + 12 * HOUR - timedelta(microseconds=1), HOUR, 0, True),
        (NOW + 12 * HOUR, HOUR, 0, False),
        (NOW + 13 * HOUR, 13 * HOUR, 0, False),
        (NOW - HOUR, HOUR, 0, False),
    ],
)
def test_when_people_are_reminded(
    now: datetime,
    after: timedelta | None,
    reminders: int,
    expected: bool,  # noqa: FBT001
) -> None:
    assert is_reminder_due(replace(REQUEST, reminders=reminders), now, after) is expected


def test_nobody_is_reminded_of_what_the_steward_does_by_itself() -> None:
    assert is_reminder_due(REQUEST, NOW + HOUR, HOUR)
    alone = replace(REQUEST, acts_at=NOW + 2 * HOUR)
    assert not is_reminder_due(alone, NOW + HOUR, HOUR)


PROBLEM, PERSON_REQUEST = (records.stored_alert(),), ()


async def put(store: Store, request: ApprovalRequest, alerts: tuple[Alert, ...] = PROBLEM) -> None:
    async with store.change() as unit:
        waiting = records.incident(*alerts, approval_id=request.id)
        await incidents.save_incident(unit.connection, waiting)
        await approvals.add(unit.connection, request)


async def state(store: Store) -> tuple[ApprovalRequest, IncidentStatus, str]:
    async with store.read() as connection:
        request = await approvals.request(connection, "request")
        incident = await incidents.incident(connection, "incident")
    assert request is not None
    assert incident is not None
    return request, incident.status, incident.resolution


async def events(store: Store) -> list[str]:
    async with store.read() as connection:
        return [row.event for row in await connection.exec_driver_sql("SELECT event FROM audit")]


@pytest.mark.parametrize(
    ("alerts", "status"), [(PROBLEM, IncidentStatus.UNSOLVED), (PERSON_REQUEST, IncidentStatus.IGNORED)]
)
async def test_no_answer_is_expired_and_nothing_is_done(
    tmp_path: Path, alerts: tuple[Alert, ...], status: IncidentStatus
) -> None:
    clock = ManualClock(REQUEST.expires_at - timedelta(microseconds=1))
    async with opened_store(tmp_path, clock) as store:
        await put(store, REQUEST, alerts)
        expiry = Expiry(store, clock, None)
        await expiry.look()
        assert await state(store) == (REQUEST, IncidentStatus.WAITING, "")
        clock.move(0.000001)
        with store.changes.watch() as watch:
            await expiry.look()
            result, then = await watch.next(), await watch.next()
        expired = replace(REQUEST, status=ApprovalStatus.EXPIRED)
        assert isinstance(result, Event)
        assert isinstance(then, Event)
        assert (result.kind, result.approval) == (RowKind.APPROVAL, expired)
        assert then.incident is not None
        assert then.incident.updated_at == REQUEST.expires_at
        words = "Nobody answered in time; nothing was done."
        assert await state(store) == (expired, status, words)
        assert then.incident.resolution == words
        assert await events(store) == ["approval.expired"]
        await expiry.look()
        assert await events(store) == ["approval.expired"], "once"


async def test_people_are_reminded_once_with_the_request_as_it_is(tmp_path: Path) -> None:
    clock = ManualClock(NOW)
    async with opened_store(tmp_path, clock) as store:
        await put(store, REQUEST)
        expiry = Expiry(store, clock, HOUR)
        await expiry.look()
        clock.move(3_600)
        with store.changes.watch(RowKind.APPROVAL) as watch:
            await expiry.look()
            result = await watch.next()
        assert isinstance(result, Event)
        assert result.approval == replace(REQUEST, reminders=1)
        sequence = store.changes.sequence
        clock.move(3_600)
        await expiry.look()
        assert store.changes.sequence == sequence
        assert (await state(store))[0].reminders == 1


async def test_what_was_decided_meanwhile_is_neither_reminded_nor_expired(tmp_path: Path) -> None:
    clock = ManualClock(REQUEST.expires_at)
    async with opened_store(tmp_path, clock) as store:
        await put(store, REQUEST)
        expiry = Expiry(store, clock, HOUR)
        async with store.change() as unit:
            made = records.decision(Verb.IGNORE, option=None)
            assert await approvals.decide(unit.connection, "request", ApprovalStatus.IGNORED, made, None)
        sequence = store.changes.sequence
        # It was seen pending, and decided before it was expired or reminded of.
        await expiry._expire(REQUEST, clock.now())
        await expiry._remind(REQUEST)
        assert store.changes.sequence == sequence
        assert (await state(store))[0].status is ApprovalStatus.IGNORED
        assert await events(store) == []


async def test_an_incident_that_moved_on_is_left_alone(tmp_path: Path) -> None:
    clock = ManualClock(REQUEST.expires_at)
    async with opened_store(tmp_path, clock) as store:
        await put(store, REQUEST)
        async with store.change() as unit:
            moved = records.incident(records.stored_alert(), status=IncidentStatus.RESOLVED)
            await incidents.save_incident(unit.connection, moved)
        await Expiry(store, clock, None).look()
        request, status, resolution = await state(store)
        assert request.status is ApprovalStatus.EXPIRED
        assert (status, resolution) == (IncidentStatus.RESOLVED, "")


async def test_it_looks_every_few_seconds_and_a_failure_ends_nothing(tmp_path: Path) -> None:
    clock = WatchedClock(NOW)
    async with opened_store(tmp_path, clock) as store:
        await put(store, REQUEST)
        expiry = Expiry(store, clock, None)
        read = store.read
        store.read = None  # type: ignore[assignment, method-assign]
        running = asyncio.create_task(expiry.run())
        await clock.until_asleep(TICK)
        store.read = read  # type: ignore[method-assign]
        clock.jump(12 * 3_600)
        await clock.pass_by(TICK)
        await clock.until_asleep(TICK)
        assert (await state(store))[0].status is ApprovalStatus.EXPIRED
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


async def test_while_it_is_silenced_nobody_is_reminded(tmp_path: Path) -> None:
    clock = ManualClock(NOW + HOUR)
    async with opened_store(tmp_path, clock) as store:
        await put(store, REQUEST)
        silenced = records.incident(records.stored_alert(), approval_id=REQUEST.id)
        async with store.change() as unit:
            await incidents.save_incident(unit.connection, replace(silenced, suppressed="silenced"))
        expiry = Expiry(store, clock, HOUR)
        await expiry.look()
        assert (await state(store))[0].reminders == 0
        async with store.change() as unit:
            await incidents.save_incident(unit.connection, silenced)
        await expiry.look()
        assert (await state(store))[0].reminders == 1


async def test_when_a_snooze_ends_people_are_reminded_once(tmp_path: Path) -> None:
    clock = ManualClock(NOW)
    async with opened_store(tmp_path, clock) as store:
        await put(store, REQUEST)
        expiry, end = Expiry(store, clock, HOUR, lambda: PEOPLE), NOW + 3 * HOUR
        async with store.change() as unit:
            assert await approvals.snooze(unit.connection, REQUEST.id, NOW, end, REQUEST.expires_at)
        clock.move(2 * 3_600)
        sequence = store.changes.sequence
        await expiry.look()
        assert store.changes.sequence == sequence, "nobody is reminded or asked while it is snoozed"
        clock.move(3_600)
        await expiry.look()
        request, _, _ = await state(store)
        assert (request.reminders, request.snoozed_until) == (1, None)
        await expiry.look()
        assert (await state(store))[0].reminders == 1


async def test_the_next_person_is_asked_when_nobody_answers(tmp_path: Path) -> None:
    clock = ManualClock(NOW)
    async with opened_store(tmp_path, clock) as store:
        await put(store, replace(REQUEST, asked=("olga",)))
        expiry = Expiry(store, clock, None, lambda: PEOPLE)
        await expiry.look()
        assert (await state(store))[0].asked == ("olga",)
        clock.move(600)
        with store.changes.watch(RowKind.APPROVAL) as watch:
            await expiry.look()
            event = await watch.next()
        assert isinstance(event, Event)
        assert event.approval is not None
        assert event.approval.asked == ("olga", "max")
        sequence = store.changes.sequence
        await expiry.look()
        assert store.changes.sequence == sequence


async def test_nobody_else_is_asked_about_what_was_decided_meanwhile(tmp_path: Path) -> None:
    clock = ManualClock(NOW + HOUR)
    async with opened_store(tmp_path, clock) as store:
        await put(store, REQUEST)
        async with store.change() as unit:
            made = records.decision(Verb.IGNORE, option=None)
            assert await approvals.decide(unit.connection, "request", ApprovalStatus.IGNORED, made, None)
        sequence = store.changes.sequence
        await Expiry(store, clock, None, lambda: PEOPLE)._ask_more(REQUEST, clock.now())
        assert store.changes.sequence == sequence
        assert (await state(store))[0].asked == ()


async def test_a_reminder_waits_for_the_end_of_the_quiet_time(tmp_path: Path) -> None:
    """12:00 UTC is 13:00 in Vienna: both people are quiet until 15:00 there."""
    quiet = tuple(replace(one, quiet_from="12:30", quiet_until="15:00") for one in PEOPLE)
    clock = ManualClock(NOW + HOUR)
    async with opened_store(tmp_path, clock) as store:
        await put(store, replace(REQUEST, asked=("olga",)))
        expiry = Expiry(store, clock, HOUR, lambda: quiet, "Europe/Vienna")
        await expiry.look()
        request, _, _ = await state(store)
        assert (request.reminders, request.asked) == (0, ("olga", "max")), (
            "the next person is asked meanwhile"
        )
        clock.move(3_600)
        await expiry.look()
        assert (await state(store))[0].reminders == 1


async def test_what_is_critical_reminds_in_the_quiet_time(tmp_path: Path) -> None:
    quiet = tuple(replace(one, quiet_from="00:00", quiet_until="23:59") for one in PEOPLE)
    clock = ManualClock(NOW + HOUR)
    async with opened_store(tmp_path, clock) as store:
        await put(store, replace(REQUEST, asked=("olga",), severity=Severity.CRITICAL))
        await Expiry(store, clock, HOUR, lambda: quiet).look()
        assert (await state(store))[0].reminders == 1


async def test_nobody_more_is_asked_while_it_is_silenced(tmp_path: Path) -> None:
    clock = ManualClock(NOW + HOUR)
    async with opened_store(tmp_path, clock) as store:
        await put(store, replace(REQUEST, asked=("olga",)))
        silenced = records.incident(records.stored_alert(), approval_id=REQUEST.id)
        silenced = replace(silenced, suppressed="silenced")
        async with store.change() as unit:
            await incidents.save_incident(unit.connection, silenced)
        await Expiry(store, clock, None, lambda: PEOPLE).look()
        assert (await state(store))[0].asked == ("olga",)


async def test_a_reminder_that_was_sent_before_a_crash_is_not_sent_again(tmp_path: Path) -> None:
    clock = ManualClock(NOW + HOUR)
    async with opened_store(tmp_path, clock) as store:
        await put(store, REQUEST)
        await Expiry(store, clock, HOUR).look()
    async with opened_store(tmp_path, clock) as store:
        expiry = Expiry(store, clock, HOUR)
        await expiry.look()
        await expiry._remind(REQUEST)  # as it was read before the crash
        assert (await state(store))[0].reminders == 1
        assert store.changes.sequence == 0
