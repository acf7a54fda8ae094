"""Scheduled requests: executed once at their time, or asked about again; cancelled; never lost."""

import asyncio
from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from homelab_steward.contract.commands import RequestAction
from homelab_steward.contract.errors import ContractError, ErrorCode
from homelab_steward.contract.incidents import (
    ApprovalRequest,
    ApprovalStatus,
    Incident,
    IncidentStatus,
    RunStatus,
    Verb,
)
from homelab_steward.contract.later import Later, LaterCondition
from homelab_steward.contract.protocol import RowKind
from homelab_steward.contract.state import InstanceStatus, Person, Role, TargetRef
from rig import records
from rig.agent_rig import AgentRig, TaskEngine, approve, decide_command, open_rig
from rig.clocks import WatchedClock
from rig.inventory import ITSELF, NOW, ToyInventory, box, speaker
from rig.toy import Toy
from steward.agent.requests.later import LATEST, LONGEST_WAIT
from steward.agent.requests.scheduled_requests import HOME_SLEEP, RETRY, _option, _relevant
from steward.clock import ManualClock
from steward.inventory.ports import ANSWERS, HOME
from steward.store import app_metadata
from steward.store.changes import Changes

AT = NOW + timedelta(hours=3)
TIMED = Later(at=AT, until=AT + LATEST)
LOW = LaterCondition(name="CPU below 4", target=box(), reading="cpu", below=4)
WAITING = Later(at=NOW, until=NOW + LONGEST_WAIT, conditions=(LOW,), text="it has few cores")


def wish(later: Later | None = TIMED, user: str = "1", memory: int = 4096) -> RequestAction:
    return RequestAction(
        instance_id="toy1",
        action="set_memory",
        speaker=speaker(user),
        target_id="box/radarr",
        arguments={"memory": memory},
        later=later,
    )


async def scheduled(rig: AgentRig, later: Later = TIMED) -> ApprovalRequest:
    asked = await rig.agent.requests.request(wish(later))
    request = await rig.request_with(asked.approval_id or "")
    assert request.later == later
    return await rig.press(request)


async def over(rig: AgentRig, number: int = 1) -> Incident:
    return await rig.until(lambda one: one.status.is_closed, number)


async def test_it_is_executed_at_its_time_and_not_before(tmp_path: Path) -> None:
    clock = ManualClock(NOW)
    async with open_rig(tmp_path, clock=clock) as rig:
        request = await scheduled(rig)
        assert request.status is ApprovalStatus.SCHEDULED
        assert (await rig.incident()).status is IncidentStatus.SCHEDULED
        clock.move((AT - NOW).total_seconds() - 1)
        await rig.agent._asked.scheduled.look()
        await rig.agent._run_starter.look()
        assert rig.toy.done == []
        with pytest.raises(ContractError) as refused:
            await rig.agent.gate.decide(approve(request))
        assert refused.value.code is ErrorCode.ALREADY_DECIDED
        clock.move(1)
        assert "late" not in (await over(rig)).resolution
        stored = await rig.request_with(request.id)
        assert (stored.status, stored.released_at) == (ApprovalStatus.APPROVED, AT)
        assert len(rig.toy.done) == 1


async def test_it_is_asked_again_when_the_target_changed(tmp_path: Path) -> None:
    clock = ManualClock(NOW)
    async with open_rig(tmp_path, clock=clock) as rig:
        request = await scheduled(rig)
        rig.toy.numbers["limit"] = 3000.0
        clock.move((AT - NOW).total_seconds())
        first = await over(rig)
        assert rig.toy.done == []
        stored = await rig.request_with(request.id)
        assert stored.status is ApprovalStatus.SUPERSEDED
        assert stored.withdrawn == first.resolution
        assert "Something changed since it was approved." in stored.withdrawn
        again = await rig.request(await rig.status(IncidentStatus.WAITING, 2))
        assert again.later is None
        assert "Something changed" in again.text
        assert again.requested_by == "olga"
        await rig.press(again)
        await over(rig, 2)
        assert len(rig.toy.done) == 1


async def test_late_by_an_hour_it_is_executed_and_later_asked_again(tmp_path: Path) -> None:
    clock = ManualClock(NOW)
    toy = Toy()
    async with open_rig(tmp_path, toy, clock=clock) as rig:
        first = await scheduled(rig)
        second = Later(at=AT + timedelta(hours=1), until=AT + timedelta(hours=2))
        await rig.press(
            await rig.request_with(
                (await rig.agent.requests.request(wish(second, memory=5120))).approval_id or ""
            )
        )
    clock.move((AT - NOW + timedelta(hours=2, seconds=1)).total_seconds())
    async with open_rig(tmp_path, toy, clock=clock) as rig:
        await over(rig, 1)
        await over(rig, 2)
        assert "the app was not running then" in (await rig.request_with(first.id)).withdrawn
        assert "the app was not running then" in (await rig.incident(2)).resolution
        assert toy.done == []
    async with open_rig(tmp_path / "late", toy, clock=ManualClock(NOW)) as rig:
        await scheduled(rig)
    late = ManualClock(AT + LATEST)
    async with open_rig(tmp_path / "late", toy, clock=late) as rig:
        await over(rig)
        assert len(toy.done) == 1
        assert "It was executed 60 minutes late" in (await rig.incident()).resolution


async def test_what_had_to_be_over_is_not_begun_afterwards(tmp_path: Path) -> None:
    clock, toy = ManualClock(NOW), Toy()
    async with open_rig(tmp_path, toy, clock=clock) as rig:
        await scheduled(rig, replace(TIMED, finish_by=TIMED.until))
    clock.move((TIMED.until - NOW).total_seconds() + 1)
    async with open_rig(tmp_path, toy, clock=clock) as rig:
        incident = await over(rig)
        assert incident.resolution.startswith(
            "It had to be finished by Nov 20, 2026, 16:00, and was not begun"
        )
        assert toy.done == []
        assert len(await rig.incidents()) == 1, "nobody is asked again"


async def test_a_condition_that_holds_is_read_again_before_it_is_executed(tmp_path: Path) -> None:
    async with open_rig(tmp_path, clock=ManualClock(NOW)) as rig:
        rig.toy.numbers["cpu"] = 8.0
        request = await scheduled(rig, WAITING)
        await rig.agent._asked.scheduled.look()
        assert rig.toy.done == [], "by the last readings it holds, by those of now it does not"
        assert (await rig.request_with(request.id)).status is ApprovalStatus.SCHEDULED
        rig.toy.numbers["cpu"] = 2.0
        snapshot = await rig.inventory.poll_now("toy1")
        rig.store.changes.publish(RowKind.SNAPSHOT, "other", snapshot)
        rig.store.changes.publish(RowKind.SNAPSHOT, "toy1", snapshot)
        await over(rig)
        assert len(rig.toy.done) == 1


ANSWERING = LaterCondition(name="Toy: answers", target=ITSELF, reading=ANSWERS, equals=True)


async def test_a_condition_that_is_checked_once_is_not_waited_for(tmp_path: Path) -> None:
    async with open_rig(tmp_path, clock=ManualClock(NOW)) as rig:
        rig.toy.numbers["cpu"] = 8.0
        request = await scheduled(rig, replace(WAITING, is_once=True))
        incident = await over(rig)
        assert rig.toy.done == []
        assert incident.resolution == "The condition does not hold (CPU below 4: 8). Nothing was done."
        assert (await rig.request_with(request.id)).withdrawn == incident.resolution
        rig.toy.numbers["cpu"] = 2.0
        await scheduled(rig, replace(WAITING, is_once=True))
        await over(rig, 2)
        assert len(rig.toy.done) == 1


async def test_a_condition_that_is_checked_once_and_not_known_is_not_assumed(tmp_path: Path) -> None:
    async with open_rig(tmp_path, clock=ManualClock(NOW)) as rig:
        unreadable = replace(LOW, reading="no_such_reading")
        await scheduled(rig, replace(WAITING, conditions=(unreadable,), is_once=True))
        incident = await over(rig)
        assert incident.resolution.startswith("It is not known whether the condition holds (CPU below 4: ")
        assert rig.toy.done == []


async def test_it_is_executed_once_home_assistant_says_that_everybody_is_asleep(tmp_path: Path) -> None:
    """Nothing changes in the app: Home Assistant is asked again."""
    clock, inventory = WatchedClock(NOW), ToyInventory(Toy())
    home = TargetRef(instance_id="", kind=HOME, id="", name="")
    asleep = LaterCondition(name="asleep", target=home, reading="everybody_asleep", equals=True)
    inventory.facts = {"everybody_asleep": False}
    async with open_rig(tmp_path, clock=clock, inventory=inventory) as rig:
        request = await scheduled(rig, replace(WAITING, conditions=(asleep,)))
        await clock.until_asleep(HOME_SLEEP)
        assert inventory.toy.done == []
        assert (await rig.request_with(request.id)).status is ApprovalStatus.SCHEDULED
        inventory.facts = {"everybody_asleep": True}
        clock.move(HOME_SLEEP)
        await over(rig)
        assert len(inventory.toy.done) == 1


async def test_it_is_executed_when_an_instance_answers_again(tmp_path: Path) -> None:
    """The row of the instance changes, and no reading does."""
    inventory = ToyInventory(Toy())
    async with open_rig(tmp_path, clock=ManualClock(NOW), inventory=inventory) as rig:
        inventory.instance_row = replace(inventory.instance_row, status=InstanceStatus.UNREACHABLE)
        request = await scheduled(rig, replace(WAITING, conditions=(ANSWERING,)))
        await rig.agent._asked.scheduled.look()
        assert rig.toy.done == []
        assert (await rig.request_with(request.id)).status is ApprovalStatus.SCHEDULED
        inventory.instance_row = replace(inventory.instance_row, status=InstanceStatus.OK)
        rig.store.changes.publish(RowKind.INSTANCE, "toy1", inventory.instance_row)
        await over(rig)
        assert len(inventory.toy.done) == 1


async def test_the_same_condition_said_later_is_the_same_request(tmp_path: Path) -> None:
    clock = ManualClock(NOW)
    async with open_rig(tmp_path, clock=clock) as rig:
        rig.toy.numbers["cpu"] = 8.0
        first = await rig.agent.requests.request(wish(WAITING))
        clock.move(60)
        at = clock.now()
        again = await rig.agent.requests.request(wish(replace(WAITING, at=at, until=at + LONGEST_WAIT)))
        assert (again.approval_id, again.message) == (
            first.approval_id,
            "This is waiting for an answer already.",
        )
        other = replace(WAITING, conditions=(replace(LOW, below=3),), at=at, until=at + LONGEST_WAIT)
        assert (await rig.agent.requests.request(wish(other))).approval_id != first.approval_id


async def test_what_cannot_be_read_now_is_not_executed(tmp_path: Path) -> None:
    async with open_rig(tmp_path, clock=ManualClock(NOW)) as rig:
        request = await scheduled(rig, replace(WAITING, at=AT, until=AT + LONGEST_WAIT))
        rig.toy.down = True
        await rig.stand_still()
        rig.agent._asked.scheduled._clock = ManualClock(AT)
        (waiting,) = await rig.agent._asked.scheduled.look()
        assert waiting == request.later
        assert rig.toy.done == []


@pytest.mark.parametrize("fault", ["not_now", "down"])
async def test_what_cannot_be_done_then_is_refused_with_the_reason(tmp_path: Path, fault: str) -> None:
    clock = ManualClock(NOW)
    async with open_rig(tmp_path, clock=clock) as rig:
        request = await scheduled(rig)
        setattr(rig.toy, fault, True)
        clock.move((AT - NOW).total_seconds())
        incident = await over(rig)
        assert rig.toy.done == []
        assert (await rig.request_with(request.id)).status is ApprovalStatus.APPROVED
        assert incident.run is not None
        assert incident.run.status is RunStatus.REFUSED


async def test_too_late_and_no_longer_possible(tmp_path: Path) -> None:
    clock = ManualClock(NOW)
    toy = Toy()
    async with open_rig(tmp_path, toy, clock=clock) as rig:
        await scheduled(rig)
    toy.down = True
    clock.move((AT - NOW + LATEST).total_seconds() + 1)
    async with open_rig(tmp_path, toy, clock=clock) as rig:
        assert "It cannot be done now" in (await over(rig)).resolution


async def test_a_start_that_fails_and_a_look_that_fails_lose_nothing(tmp_path: Path) -> None:
    clock = ManualClock(NOW)
    async with open_rig(tmp_path, clock=clock) as rig:
        assert isinstance(rig.engine, TaskEngine)
        request = await scheduled(rig)
        rig.engine.broken = True
        clock.move((AT - NOW).total_seconds())
        await rig.status(IncidentStatus.ACTING)
        assert (await rig.request_with(request.id)).status is ApprovalStatus.APPROVED
        assert rig.toy.done == []
        rig.engine.broken = False
        await rig.agent._run_starter.look()
        await over(rig)
        assert len(rig.toy.done) == 1


async def test_a_condition_is_waited_for_and_not_assumed(tmp_path: Path) -> None:
    clock = ManualClock(NOW)
    async with open_rig(tmp_path, clock=clock) as rig:
        unreadable = replace(LOW, reading="no_such_reading")
        await scheduled(rig, replace(WAITING, conditions=(LOW, unreadable)))
        await rig.agent._asked.scheduled.look()
        assert rig.toy.done == []
        clock.move(LONGEST_WAIT.total_seconds() + 1)
        incident = await over(rig)
        assert rig.toy.done == []
        assert "The condition did not hold until" in incident.resolution


async def test_a_cancelled_one_is_never_executed(tmp_path: Path) -> None:
    clock = ManualClock(NOW)
    async with open_rig(tmp_path, clock=clock) as rig:
        request = await scheduled(rig)
        with pytest.raises(ContractError) as refused:
            await rig.agent.gate.decide(decide_command(request, Verb.CANCEL, user="3"))
        assert refused.value.code is ErrorCode.FORBIDDEN
        both = [rig.agent.gate.decide(decide_command(request, Verb.CANCEL)) for _ in range(2)]
        results = await asyncio.gather(*both, return_exceptions=True)
        assert sorted(isinstance(one, ContractError) for one in results) == [False, True]
        incident = await rig.incident()
        assert (incident.status, incident.resolution) == (IncidentStatus.IGNORED, "Cancelled by Olga.")
        clock.move((AT - NOW).total_seconds())
        await rig.agent._asked.scheduled.look()
        assert rig.toy.done == []


async def test_only_a_scheduled_one_is_cancelled(tmp_path: Path) -> None:
    async with open_rig(tmp_path, clock=ManualClock(NOW)) as rig:
        asked = await rig.agent.requests.request(wish())
        request = await rig.request_with(asked.approval_id or "")
        with pytest.raises(ContractError) as refused:
            await rig.agent.gate.decide(decide_command(request, Verb.CANCEL))
        assert refused.value.code is ErrorCode.INVALID_ARGUMENT
        again = await rig.agent.requests.request(wish())
        assert (again.approval_id, again.message) == (request.id, "This is waiting for an answer already.")
        await rig.press(request)
        once_more = await rig.agent.requests.request(wish())
        assert (once_more.approval_id, once_more.message) == (request.id, "This is scheduled already.")
        with pytest.raises(ContractError) as refused:
            await rig.agent.requests.request(wish(Later(at=NOW, until=NOW)))
        assert refused.value.code is ErrorCode.INVALID_ARGUMENT


async def test_two_lookers_execute_it_once(tmp_path: Path) -> None:
    clock = ManualClock(NOW)
    async with open_rig(tmp_path, clock=clock) as rig:
        request = await scheduled(rig)
        await rig.stand_still()
        clock.move((AT - NOW).total_seconds())
        await asyncio.gather(*(rig.agent._asked.scheduled.look() for _ in range(3)))
        await over(rig)
        assert len(rig.toy.done) == 1
        released = [name for name, _ in await rig.audited() if name == "approval.released"]
        assert released == ["approval.released"]
        assert (await rig.request_with(request.id)).status is ApprovalStatus.APPROVED


async def test_after_a_restore_what_was_due_is_not_executed(tmp_path: Path) -> None:
    clock = ManualClock(NOW)
    toy = Toy()
    async with open_rig(tmp_path, toy, clock=clock) as rig:
        due = await scheduled(rig)
        future = Later(at=AT + timedelta(days=1), until=AT + timedelta(days=1))
        kept = await rig.request_with(
            (await rig.agent.requests.request(wish(future, memory=5120))).approval_id or ""
        )
        await rig.press(kept)
        async with rig.store.change(durable=True) as unit:
            await app_metadata.write_value(unit.connection, app_metadata.RESTORED, "1")
    clock.move((AT - NOW).total_seconds())
    async with open_rig(tmp_path, toy, clock=clock) as rig:
        assert (await rig.request_with(due.id)).status is ApprovalStatus.SUPERSEDED
        assert (await rig.request_with(kept.id)).status is ApprovalStatus.SCHEDULED
        assert toy.done == []


async def test_who_lost_the_right_is_not_obeyed(tmp_path: Path) -> None:
    clock = ManualClock(NOW)
    async with open_rig(tmp_path, clock=clock, inventory=ToyInventory(Toy())) as rig:
        request = await scheduled(rig)
        people = rig.agent._asked.scheduled._people()
        rig.agent._asked.scheduled._people = lambda: [replace(one, role=Role.GUEST) for one in people]
        clock.move((AT - NOW).total_seconds())
        await over(rig)
        assert rig.toy.done == []
        assert "may not approve this any more" in (await rig.request_with(request.id)).withdrawn
        await rig.status(IncidentStatus.WAITING, 2)


async def test_what_is_not_scheduled_any_more_is_neither_executed_nor_ended(tmp_path: Path) -> None:
    async with open_rig(tmp_path, clock=ManualClock(NOW)) as rig:
        request = await scheduled(rig)
        await rig.agent.gate.decide(decide_command(request, Verb.CANCEL))
        assert await rig.agent._asked.scheduled._release(request)
        await rig.agent._asked.scheduled._end(request, "too late")
        stored = await rig.request_with(request.id)
        assert (stored.status, stored.withdrawn) == (ApprovalStatus.REJECTED, "")
        assert (await rig.incident()).resolution == "Cancelled by Olga."
        assert rig.toy.done == []


class WithoutRetries(ManualClock):
    """Does not wait before something that failed is tried again."""

    async def sleep(self, seconds: float) -> None:
        if seconds != RETRY:
            await super().sleep(seconds)


async def test_a_look_that_fails_is_repeated(tmp_path: Path) -> None:
    clock = ManualClock(NOW)
    async with open_rig(tmp_path, clock=clock) as rig:
        stage = rig.agent._asked.scheduled
        await scheduled(rig)
        await rig.stand_still()
        stage._clock = WithoutRetries(AT)
        people, failures = stage._people, iter([OSError("away")])

        def fail_once() -> Iterable[Person]:
            for one in failures:
                raise one
            return people()

        stage._people = fail_once
        clock.move((AT - NOW).total_seconds())
        task = asyncio.create_task(stage.run())
        await over(rig)
        task.cancel()
        assert len(rig.toy.done) == 1


async def test_what_became_due_meanwhile_is_not_waited_for(tmp_path: Path) -> None:
    clock = ManualClock(NOW)
    async with open_rig(tmp_path, clock=clock) as rig:
        await rig.stand_still()
        clock.move((AT - NOW).total_seconds())
        with rig.store.changes.watch() as watch:
            await rig.agent._asked.scheduled._until_due(watch, (TIMED,), NOW)


@pytest.mark.parametrize(
    ("kind", "row_id", "row", "wakes"),
    [
        (RowKind.APPROVAL, "request", records.request(), False),
        (RowKind.APPROVAL, "request", replace(records.request(), later=TIMED), True),
        (RowKind.APPROVAL, "request", None, True),
        (RowKind.INSTANCE, "other", None, False),
        (RowKind.INSTANCE, "toy1", None, True),
    ],
)
async def test_only_rows_that_may_change_what_is_due_are_looked_at(
    kind: RowKind, row_id: str, row: ApprovalRequest | None, *, wakes: bool
) -> None:
    changes = Changes(ManualClock(NOW))
    with changes.watch() as watch:
        changes.publish(kind, row_id, row)
        # Eager: it is done with all rows that were published when it waits.
        task = asyncio.create_task(_relevant(watch, {"toy1"}), eager_start=True)
        assert task.done() is wakes
        task.cancel()


def test_a_request_without_an_approved_option_is_a_defect() -> None:
    with pytest.raises(LookupError):
        _option(records.request())
