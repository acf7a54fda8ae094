"""Stored runs: journal, leases, budget and outcomes."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy.exc import IntegrityError

from homelab_steward.contract.incidents import JournalStep, Outcome, Run, RunStatus, StepState
from homelab_steward.contract.records import RunbookStatistics
from rig import records
from rig.inventory import NOW, box
from steward.store import incidents, runs
from steward.store.runs import Entry, PastOutcome, RunOutcome
from steward.store.store import Store, Unit

HOUR = timedelta(hours=1)
TICK = timedelta(microseconds=1)
INTENDED, STARTED = StepState.INTENDED, StepState.STARTED


def run(count: int = 2, name: str = "request", status: RunStatus = RunStatus.RUNNING) -> Run:
    steps = tuple(
        JournalStep(
            index=number, action="toy.set_memory", target=box(), title="Set", state=INTENDED, changed_at=NOW
        )
        for number in range(count)
    )
    return replace(records.run(status, id=name), steps=steps)


async def put(unit: Unit, row: Run) -> None:
    await incidents.save_incident(unit.connection, records.incident())
    await runs.add_run(unit.connection, row, {"Memory": True, "It runs": False, "Disk": None})
    keys = [f"{row.id}-{step.index}" for step in row.steps]
    await runs.add_entries(unit.connection, row, keys, [{"limit": 2048.0, "n": None}] * len(keys))


async def test_a_run_comes_back_as_it_was(store: Store) -> None:
    async with store.change() as unit:
        await put(unit, run())
    async with store.read() as connection:
        assert await runs.run(connection, "request") == run()
        assert await runs.run(connection, "unknown") is None
        assert await runs.checks_before(connection, "request") == {
            "Memory": True,
            "It runs": False,
            "Disk": None,
        }
        assert await runs.checks_before(connection, "unknown") == {}
        assert await runs.entries(connection, "request") == tuple(
            Entry(number, INTENDED, NOW, {"limit": 2048.0, "n": None}, "") for number in range(2)
        )
        assert await runs.entries(connection, "unknown") == ()


async def test_baseline_is_extended(store: Store) -> None:
    async with store.change() as unit:
        await put(unit, run())
        await runs.add_to_baseline(unit.connection, "request", 1, {"handle": "a", "n": 2})
        await runs.add_to_baseline(unit.connection, "request", 1, {"handle": "b"})
    async with store.read() as connection:
        assert await runs.baseline(connection, "request", 0) == {"limit": 2048.0, "n": None}
        assert await runs.baseline(connection, "request", 1) == {"limit": 2048.0, "n": 2, "handle": "b"}
        first, second = await runs.entries(connection, "request")
        assert (first.baseline, second.baseline["handle"]) == ({"limit": 2048.0, "n": None}, "b")


async def test_run_without_steps(store: Store) -> None:
    async with store.change() as unit:
        await put(unit, run(0))
        assert await runs.entries(unit.connection, "request") == ()


async def test_save_changes_one_run_only(store: Store) -> None:
    async with store.change() as unit:
        await put(unit, run())
        await put(unit, run(name="other"))
        done = replace(run(), status=RunStatus.SUCCEEDED)
        await runs.save_run(unit.connection, done)
        assert await runs.run(unit.connection, "request") == done
        assert await runs.run(unit.connection, "other") == run(name="other")


async def test_idempotency_key_is_unique(store: Store) -> None:
    async with store.change() as unit:
        await put(unit, run(1))
        await runs.add_run(unit.connection, run(1, "other"), {})
        assert await runs.are_known(unit.connection, ["x", "request-0"])
        assert not await runs.are_known(unit.connection, ["x", "y"])
        assert not await runs.are_known(unit.connection, [])

    async def again() -> None:
        async with store.change() as unit:
            await runs.add_entries(unit.connection, run(1, "other"), ["request-0"], [{}])

    with pytest.raises(IntegrityError):
        await again()


async def test_intended_step_is_started_once(store: Store) -> None:
    async with store.change() as unit:
        await put(unit, run())
        await put(unit, run(name="other"))
        assert await runs.start(unit.connection, "request", 1, NOW + HOUR)
        assert not await runs.start(unit.connection, "request", 1, NOW + HOUR)
        assert not await runs.start(unit.connection, "request", 2, NOW)
        assert not await runs.start(unit.connection, "unknown", 0, NOW)
        first, second = await runs.entries(unit.connection, "request")
        assert (first.state, first.was_started) == (INTENDED, False)
        assert second == Entry(1, STARTED, NOW + HOUR, first.baseline, "", was_started=True)
        assert [one.state for one in await runs.entries(unit.connection, "other")] == [INTENDED, INTENDED]
        for state in StepState:
            await runs.mark(unit.connection, "request", 1, state, NOW, "x")
            assert await runs.start(unit.connection, "request", 1, NOW) is (state is INTENDED)


async def test_mark_changes_one_step_and_keeps_was_started(store: Store) -> None:
    async with store.change() as unit:
        await put(unit, run())
        await put(unit, run(name="other"))
        await runs.start(unit.connection, "request", 0, NOW)
        await runs.mark(unit.connection, "request", 0, StepState.FAILED, NOW + HOUR, "no")
        first, second = await runs.entries(unit.connection, "request")
        assert (first.state, first.changed_at, first.detail, first.was_started) == (
            StepState.FAILED,
            NOW + HOUR,
            "no",
            True,
        )
        assert second.state is INTENDED
        assert [one.state for one in await runs.entries(unit.connection, "other")] == [INTENDED, INTENDED]


async def test_an_undo_is_begun_once(store: Store) -> None:
    async with store.change() as unit:
        await put(unit, run())
        await put(unit, run(name="other"))
        assert await runs.begin_undo(unit.connection, "request", 0, NOW)
        assert not await runs.begin_undo(unit.connection, "request", 0, NOW)
        assert not await runs.begin_undo(unit.connection, "unknown", 0, NOW)
        assert await runs.begin_undo(unit.connection, "request", 1, NOW)


async def test_spent_budget(store: Store) -> None:
    async def spent() -> int:
        return await runs.spent(unit.connection, NOW - HOUR, NOW)

    async with store.change() as unit:
        assert await spent() == 0
        await put(unit, run(3))
        assert await spent() == 3, "steps that will be started"
        await runs.start(unit.connection, "request", 0, NOW)
        assert await spent() == 3
        await runs.mark(unit.connection, "request", 0, StepState.VERIFIED, NOW, "")
        await runs.save_run(unit.connection, replace(run(3), status=RunStatus.FAILED))
        assert await spent() == 1, "a finished run starts no more steps"
        for number, (at, expected) in enumerate(
            [(NOW - HOUR, 2), (NOW - HOUR - TICK, 2), (NOW, 3), (NOW + TICK, 3), (NOW + HOUR, 3)]
        ):
            name = f"r{number}"
            await put(unit, run(1, name, RunStatus.VERIFYING))
            await runs.start(unit.connection, name, 0, at)
            assert await spent() == expected, at


async def test_a_step_without_an_effect_costs_nothing(store: Store) -> None:
    async with store.change() as unit:
        row = run(2)
        row = replace(row, steps=(row.steps[0], replace(row.steps[1], has_effect=False)))
        await put(unit, row)
        assert await runs.spent(unit.connection, NOW - HOUR, NOW) == 1, "it will be started"
        await runs.start(unit.connection, "request", 1, NOW)
        await runs.save_run(unit.connection, replace(row, status=RunStatus.FAILED))
        assert await runs.spent(unit.connection, NOW - HOUR, NOW) == 0, "it was started"


async def test_lease_has_one_holder(store: Store) -> None:
    async with store.change() as unit:
        connection = unit.connection
        assert await runs.take_lease(connection, "box", "one", NOW)
        assert await runs.take_lease(connection, "box", "one", NOW), "the same run may take it again"
        assert not await runs.take_lease(connection, "box", "other", NOW)
        assert await runs.take_lease(connection, "disk", "one", NOW)
        assert await runs.take_lease(connection, "node", "other", NOW)
        await runs.drop_leases(connection, "one")
        assert await runs.take_lease(connection, "box", "other", NOW)
        assert not await runs.take_lease(connection, "node", "one", NOW)


async def test_outcome_is_stored_once(store: Store) -> None:
    async def add(name: str, outcome: Outcome, hours: int, target: str = "box", recipe: str = "grow") -> bool:
        at = NOW + hours * HOUR
        return await runs.add_outcome(
            unit.connection,
            RunOutcome(
                run_id=name,
                runbook_id="toy",
                version=1,
                runbook_hash="a1",
                recipe=recipe,
                target=target,
                target_class="toy.box",
                decided_by="olga",
                via="telegram",
                status=RunStatus.SUCCEEDED,
                outcome=outcome,
                started_at=NOW,
                finished_at=at,
                at=at,
            ),
        )

    async with store.change() as unit:
        assert await add("a", Outcome.FIXED, 1)
        assert not await add("a", Outcome.WORSE, 2)
        assert await add("b", Outcome.WORSE, 2)
        assert await add("c", Outcome.NOT_FIXED, 3, target="other")
        assert await add("d", Outcome.NOT_FIXED, 4, recipe="other")
        assert await runs.last_outcomes(unit.connection, "toy", "box") == {
            "grow": PastOutcome(Outcome.WORSE, NOW + 2 * HOUR),
            "other": PastOutcome(Outcome.NOT_FIXED, NOW + 4 * HOUR),
        }
        assert await runs.last_outcomes(unit.connection, "other", "box") == {}


async def test_statistics(store: Store) -> None:
    row = RunbookStatistics(runbook_id="b", version=1, recipe="x", title="B", fixed=1)
    async with store.change() as unit:
        connection = unit.connection
        for one in (row, replace(row, fixed=2), replace(row, runbook_id="a"), replace(row, version=2)):
            await runs.save_statistics(connection, one)
        assert await runs.recipe_statistics(connection, "b", 1, "x") == replace(row, fixed=2)
        assert await runs.recipe_statistics(connection, "b", 2, "x") == replace(row, version=2)
        assert await runs.recipe_statistics(connection, "b", 3, "x") is None
        assert await runs.recipe_statistics(connection, "b", 1, "y") is None
        assert await runs.runbook_statistics(connection, "b", 2) == {"x": replace(row, version=2)}
        assert await runs.runbook_statistics(connection, "b", 3) == {}
        found = await runs.all_statistics(connection)
        assert [(one.runbook_id, one.version) for one in found] == [("a", 1), ("b", 1), ("b", 2)]
