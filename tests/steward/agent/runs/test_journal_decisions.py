"""What the journal stores, audits and publishes for each change of a run."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from homelab_steward.contract.incidents import Incident, Outcome, Run, RunStatus, StepState, Verdict
from homelab_steward.contract.proposals import Option
from homelab_steward.contract.protocol import Event
from homelab_steward.contract.step_parts import PlannedWait
from rig import records
from rig.agent_rig import opened_store
from rig.inventory import NOW, box
from rig.recorded_store import RecordedStore
from steward.agent.runs.journal import BUDGET_SPAN, LONGEST_DETAIL, Intent, Journal, idempotency_key
from steward.clock import ManualClock, boot_seconds
from steward.errors import LeadershipLost
from steward.store import approvals, incidents
from steward.store.database import Database
from steward.store.leader import Leader
from steward.store.leader_election import claim
from steward.store.leader_rules import Claim

RUN = "request"
STEPS = (records.step(), records.step("toy.restart", box("sonarr")))
OPTION = records.option(1, steps=STEPS)
INCIDENT = records.incident(records.stored_alert(), approval_id=RUN)
REQUEST = records.request(OPTION)
KEY = "295aedd957d7e2ebbd6974772a5c34a0053c1e3847fdbfed6010f8efd95956b5"
KEY_WITHOUT_RECIPE = "6df1365f05691970f56685fbd39ef46c54a1b1d3d994b7fa100e05f7e7814f36"


class World:
    """A journal in a store of its own."""

    def __init__(self, store: RecordedStore) -> None:
        self.store = store
        self.clock = ManualClock(NOW)
        self.journal = Journal(store, self.clock)

    async def put(self, number: int = 1, run_id: str = RUN) -> Incident:
        """Store an incident with its request."""
        incident = replace(INCIDENT, id=f"incident{number}" if number > 1 else "incident", number=number)
        async with self.store.change(durable=True) as unit:
            await incidents.save_incident(unit.connection, incident)
            request = replace(REQUEST, id=run_id, incident_id=incident.id)
            await approvals.add(unit.connection, request)
        return incident

    async def intend(
        self, option: Option = OPTION, budget: int = 10, number: int = 1, run_id: str = RUN, **changes: Any
    ) -> RunStatus:
        incident = await self.put(number, run_id)
        request = replace(REQUEST, id=run_id, incident_id=incident.id)
        given = {"baselines": [{}] * len(option.steps), **changes}
        intent = Intent(request=request, incident=incident, option=option, **given)
        return await self.journal.intend(intent, budget)

    async def run(self, run_id: str = RUN) -> Run:
        record = await self.journal.read(run_id)
        assert record is not None
        return record.run

    async def audited(self) -> list[Mapping[str, Any]]:
        async with self.store.read() as connection:
            rows = await connection.exec_driver_sql("SELECT event, body FROM audit ORDER BY position")
            return [{"event": row.event, **orjson.loads(row.body)} for row in rows]


@asynccontextmanager
async def opened(folder: Path) -> AsyncIterator[World]:
    async with opened_store(folder, make=RecordedStore) as store:
        assert isinstance(store, RecordedStore)
        yield World(store)


def test_the_idempotency_key_does_not_change_with_an_update() -> None:
    """A run that was approved before an update is not carried out again after it."""
    assert idempotency_key(INCIDENT, OPTION, 1) == KEY
    assert idempotency_key(INCIDENT, replace(OPTION, recipe=None), 1) == KEY_WITHOUT_RECIPE


async def test_what_is_intended_is_stored_and_audited(tmp_path: Path) -> None:
    async with opened(tmp_path) as world:
        with world.store.changes.watch() as watch:
            assert await world.intend(before={"a": True, "b": None}) is RunStatus.RUNNING
            event = await watch.next()
        assert isinstance(event, Event)
        assert event.incident is not None
        run = await world.run()
        assert event.incident.run == run
        assert (run.id, run.approval_id, run.incident_id) == (RUN, RUN, "incident")
        assert (run.option, run.label, run.plan_hash) == (1, "Increase memory", "hash-1")
        assert (run.status, run.started_at, run.finished_at, run.error) == (
            RunStatus.RUNNING,
            NOW,
            None,
            None,
        )
        assert [(one.index, one.action, one.state, one.changed_at) for one in run.steps] == [
            (0, "toy.set_memory", StepState.INTENDED, NOW),
            (1, "toy.restart", StepState.INTENDED, NOW),
        ]
        assert [one.target for one in run.steps] == [one.target for one in STEPS]
        assert [one.title for one in run.steps] == [one.title for one in STEPS]
        assert await world.journal.checks_before(RUN) == {"a": True, "b": None}
        assert await world.audited() == [
            {"event": "run.intended", "run": RUN, "plan": "hash-1", "status": "running"}
        ]


@pytest.mark.parametrize("reason", [None, "it was asked about again since"])
async def test_whether_an_approval_holds_is_read_in_the_transaction(
    tmp_path: Path, reason: str | None
) -> None:
    async with opened(tmp_path) as world:
        read: list[AsyncConnection] = []

        async def holds(connection: AsyncConnection) -> str | None:
            read.append(connection)
            assert connection.in_transaction()
            return reason

        status = await world.intend(holds=holds)
        run = await world.run()
        assert len(read) == 1
        if reason is None:
            assert (status, run.error, len(run.steps)) == (RunStatus.RUNNING, None, 2)
        else:
            assert (status, run.error, run.steps) == (RunStatus.REFUSED, reason, ())


async def test_what_is_refused_anyway_is_not_read(tmp_path: Path) -> None:
    async with opened(tmp_path) as world:

        async def holds(_connection: AsyncConnection) -> str | None:
            raise AssertionError

        assert await world.intend(refusal="too late", holds=holds) is RunStatus.REFUSED
        assert (await world.run()).error == "too late"


async def test_a_refusal_is_a_run_without_steps(tmp_path: Path) -> None:
    async with opened(tmp_path) as world:
        assert await world.intend(refusal="x" * 2000) is RunStatus.REFUSED
        run = await world.run()
        assert (run.status, run.steps, run.finished_at) == (RunStatus.REFUSED, (), NOW)
        assert run.error == "x" * LONGEST_DETAIL
        assert await world.journal.entries(RUN) == ()
        assert [one["status"] for one in await world.audited()] == ["refused"]


async def test_the_same_steps_are_carried_out_once(tmp_path: Path) -> None:
    async with opened(tmp_path) as world:
        assert await world.intend() is RunStatus.RUNNING
        await world.put(2, "again")
        intent = Intent(request=replace(REQUEST, id="again"), incident=INCIDENT, option=OPTION)
        assert await world.journal.intend(intent, 10) is RunStatus.REFUSED
        assert (await world.run("again")).error == "this was carried out already"


@pytest.mark.parametrize(
    ("budget", "age", "expected"),
    [
        (4, timedelta(0), None),
        (3, timedelta(0), "the limit of 3 changes an hour is reached"),
        (3, BUDGET_SPAN, "the limit of 3 changes an hour is reached"),
        (3, BUDGET_SPAN + timedelta(microseconds=1), None),
        # A clock that was wrong.
        (3, -timedelta(microseconds=1), None),
        (1, timedelta(days=1), "the limit of 1 changes an hour is reached"),
    ],
)
async def test_only_so_many_steps_are_started_in_an_hour(
    tmp_path: Path, budget: int, age: timedelta, expected: str | None
) -> None:
    assert timedelta(hours=1) == BUDGET_SPAN
    async with opened(tmp_path) as world:
        await world.intend()
        assert await world.journal.start(RUN, 0)
        assert await world.journal.start(RUN, 1)
        world.clock.jump(age.total_seconds())
        status = await world.intend(budget=budget, number=2, run_id="later")
        assert status is (RunStatus.REFUSED if expected else RunStatus.RUNNING)
        assert (await world.run("later")).error == expected


async def test_a_step_that_only_waits_needs_no_budget(tmp_path: Path) -> None:
    wait = PlannedWait(name="It runs", reading="running", within=60.0, settle=5.0)
    option = replace(OPTION, steps=(STEPS[0], replace(STEPS[1], wait=wait)))
    async with opened(tmp_path) as world:
        assert await world.intend(option, budget=1) is RunStatus.RUNNING
        assert [one.has_effect for one in (await world.run()).steps] == [True, False]


async def test_reading_more_needs_no_budget(tmp_path: Path) -> None:
    async with opened(tmp_path) as world:
        assert await world.intend(replace(OPTION, steps=()), budget=0) is RunStatus.RUNNING


async def test_steps_are_started_once(tmp_path: Path) -> None:
    async with opened(tmp_path) as world:
        await world.intend()
        world.clock.jump(1)
        assert await world.journal.start(RUN, 1) is True
        assert await world.journal.start(RUN, 1) is False
        first, second = (await world.run()).steps
        assert (first.state, first.changed_at, first.detail) == (StepState.INTENDED, NOW, "")
        assert (second.state, second.changed_at, second.detail) == (
            StepState.STARTED,
            NOW + timedelta(seconds=1),
            "",
        )
        record = await world.journal.read(RUN)
        assert record is not None
        assert not record.is_untouched
        assert (await world.audited())[1:] == [
            {"event": "run.step", "run": RUN, "step": 1, "state": "started"}
        ]


async def test_a_state_is_written_with_its_detail(tmp_path: Path) -> None:
    async with opened(tmp_path) as world:
        await world.intend()
        record = await world.journal.read(RUN)
        assert record is not None
        assert record.is_untouched
        world.clock.jump(1)
        await world.journal.mark(RUN, 0, StepState.FAILED, "x" * 2000, is_temporary=True)
        await world.journal.mark(RUN, 1, StepState.INTENDED)
        assert LONGEST_DETAIL == 1000
        found = [(one.state, one.detail) for one in await world.journal.entries(RUN)]
        assert found == [(StepState.FAILED, "x" * LONGEST_DETAIL), (StepState.INTENDED, "")]
        run = await world.run()
        assert [(one.state, one.detail) for one in run.steps] == found
        assert [one.is_temporary for one in run.steps] == [True, False]
        async with world.store.read() as connection:
            incident = await incidents.existing(connection, "incident")
        assert incident.run == run
        assert incident.updated_at == NOW + timedelta(seconds=1)


async def test_notes_are_added_to_the_baseline(tmp_path: Path) -> None:
    async with opened(tmp_path) as world:
        await world.intend(baselines=({"a": 1}, {"b": 2}))
        await world.journal.note(RUN, 1, {"c": 3})
        assert await world.journal.baseline(RUN, 0) == {"a": 1}
        assert await world.journal.baseline(RUN, 1) == {"b": 2, "c": 3}


async def test_an_undo_is_audited_once(tmp_path: Path) -> None:
    async with opened(tmp_path) as world:
        await world.intend()
        for _ in range(2):
            await world.journal.begin_undo(RUN, 1)
            assert (await world.audited())[1:] == [{"event": "run.undo", "run": RUN, "step": 1}]


async def test_the_first_verdict_stands_and_is_audited(tmp_path: Path) -> None:
    async with opened(tmp_path) as world:
        await world.intend()
        verdict = Verdict(outcome=Outcome.FIXED, checks=(), summary="It is fixed.", at=NOW)
        with world.store.changes.watch() as watch:
            await world.journal.record_verdict(RUN, verdict)
            event = await watch.next()
        assert isinstance(event, Event)
        assert event.incident is not None
        assert event.incident.run == await world.run()
        await world.journal.record_verdict(RUN, replace(verdict, outcome=Outcome.WORSE))
        assert (await world.run()).verdict == verdict
        assert (await world.audited())[1:] == [{"event": "run.verdict", "run": RUN, "outcome": "fixed"}]


@pytest.mark.parametrize(
    ("status", "is_over"),
    [
        (RunStatus.RUNNING, False),
        (RunStatus.VERIFYING, False),
        (RunStatus.SUCCEEDED, True),
        (RunStatus.FAILED, True),
    ],
)
async def test_a_run_that_is_over_releases_its_leases(
    tmp_path: Path, status: RunStatus, *, is_over: bool
) -> None:
    async with opened(tmp_path) as world:
        await world.intend()
        assert await world.journal.lease(RUN, STEPS[0])
        assert not await world.journal.lease("other", STEPS[0])
        world.clock.jump(1)
        await world.journal.settle(RUN, status, "x" * 2000 if is_over else None)
        run = await world.run()
        assert run.status is status
        assert run.finished_at == (NOW + timedelta(seconds=1) if is_over else None)
        assert run.error == ("x" * LONGEST_DETAIL if is_over else None)
        async with world.store.read() as connection:
            assert (await incidents.existing(connection, "incident")).run == run
        assert (await world.audited())[1:] == [{"event": "run.status", "run": RUN, "status": status}]
        assert await world.journal.lease("other", STEPS[0]) is is_over
        await world.journal.settle(RUN, RunStatus.VERIFYING)
        assert (await world.run()).status is (status if is_over else RunStatus.VERIFYING)


async def test_a_run_that_does_not_exist(tmp_path: Path) -> None:
    async with opened(tmp_path) as world:
        assert await world.journal.read("unknown") is None
        await world.journal.settle("unknown", RunStatus.FAILED)
        assert await world.audited() == []


async def test_every_change_is_durable(tmp_path: Path) -> None:
    async with opened(tmp_path) as world:
        await world.intend()
        await world.journal.lease(RUN, STEPS[0])
        await world.journal.start(RUN, 0)
        await world.journal.mark(RUN, 0, StepState.EFFECT_KNOWN)
        await world.journal.note(RUN, 0, {"a": 1})
        await world.journal.begin_undo(RUN, 0)
        await world.journal.record_verdict(RUN, Verdict(outcome=Outcome.FIXED, checks=(), at=NOW))
        await world.journal.settle(RUN, RunStatus.SUCCEEDED)
        assert world.store.durable == [True] * 9


def leader_of(epoch: int, unclean_age: float | None = None) -> Leader:
    return Leader("local", Claim(epoch=epoch, unclean_age=unclean_age), None, boot_seconds())


async def test_the_journal_has_which_leader_sent_something(tmp_path: Path) -> None:
    async with opened(tmp_path) as world:
        await world.intend()
        assert [one.epoch for one in await world.journal.entries(RUN)] == [0, 0]
        for expected in (1, 2):
            leader = await claim(world.store.database, "local")
            assert leader is not None
            assert leader.epoch == expected
            world.store.database.leader = leader
            if expected == 1:
                assert await world.journal.start(RUN, 0)
                assert await world.journal.start(RUN, 1)
            else:
                await world.journal.begin_undo(RUN, 1)
        assert [one.epoch for one in await world.journal.entries(RUN)] == [1, 2]


async def test_what_only_an_earlier_leader_can_have_sent_is_in_doubt(tmp_path: Path) -> None:
    async with opened(tmp_path) as world:
        await world.intend()
        entry = (await world.journal.entries(RUN))[0]
        assert world.journal.in_doubt_for(entry) is None
        world.store.database.leader = leader_of(2, unclean_age=1_000.0)
        since = world.journal.in_doubt_for(entry)
        assert since is not None
        assert since >= 1_000.0
        assert world.journal.in_doubt_for(replace(entry, epoch=2)) is None


async def test_only_the_leader_sends(tmp_path: Path) -> None:
    async with opened(tmp_path) as world:
        async with world.journal.sending() as nothing:
            assert nothing is None
        world.store.database.leader = leader = leader_of(1)
        async with world.journal.sending():
            assert not leader.lost.is_set()
        leader.lose()
        with pytest.raises(LeadershipLost):
            async with world.journal.sending():
                pytest.fail("it was sent")


async def test_a_former_leader_writes_nothing_to_the_journal(tmp_path: Path) -> None:
    async with opened(tmp_path) as world:
        database = world.store.database
        database.leader = first = await claim(database, "local")
        assert first is not None
        await world.intend()
        second = await claim_beside(database)
        assert second.epoch == first.epoch + 1
        before = await world.run(), await world.journal.entries(RUN)
        for write in (
            world.journal.start(RUN, 0),
            world.journal.mark(RUN, 0, StepState.FAILED, "late"),
            world.journal.note(RUN, 0, {"late": 1}),
            world.journal.begin_undo(RUN, 0),
            world.journal.end_undo(RUN, 0),
            world.journal.lease(RUN, STEPS[0]),
            world.journal.settle(RUN, RunStatus.FAILED, "late"),
            world.intend(number=2, run_id="other"),
        ):
            with pytest.raises(LeadershipLost):
                await write
        assert (await world.run(), await world.journal.entries(RUN)) == before


async def claim_beside(database: Database) -> Leader:
    """Become the leader as another process."""
    leader, database.leader = database.leader, None
    found = await claim(database, "other")
    database.leader = leader
    assert found is not None
    return found
