"""What could not be applied for a reason that passes is asked about again; a bad version is not."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from homelab_steward.contract.changes import ChangeStatus
from homelab_steward.contract.incidents import JournalStep, Outcome, Run, RunStatus, StepState, Verdict
from rig import records
from rig.changes_rig import ChangesRig, changes_rig, found
from rig.inventory import NOW, box
from rig.toy import Toy
from steward.changes.following import moved, was_not_applied
from steward.errors import PreconditionFailed, ServiceError, ServiceUnreachable, TemporaryFailure


async def tried(rig: ChangesRig) -> None:
    await rig.look()
    await rig.agent.press(await rig.request())
    await rig.ended()


async def test_what_fails_for_a_reason_that_passes_is_asked_about_later_and_later(tmp_path: Path) -> None:
    failures: list[ServiceError] = [
        TemporaryFailure("the registry timed out"),
        ServiceUnreachable("the engine does not answer"),
        TemporaryFailure("no space left on device"),
        TemporaryFailure("no space left on device"),
    ]
    waits = [timedelta(hours=1), timedelta(hours=6), timedelta(days=1), timedelta(days=1)]
    toy = Toy(failures=failures)
    async with changes_rig(tmp_path, toy=toy) as rig:
        rig.sources[0].offer(found())
        for count, wait in enumerate(waits, 1):
            text = str(failures[0])
            await tried(rig)
            row = await rig.row()
            assert (row.status, row.tries) == (ChangeStatus.HELD, count)
            assert row.until == rig.clock.now() + wait
            assert text in row.reason
            assert row.reason.startswith(
                "It was not applied: " if count == 1 else f"It was not applied {count} times: "
            )
            rig.clock.move(wait.total_seconds() - 1)
            await rig.look()
            assert (await rig.row()).status is ChangeStatus.HELD
            rig.clock.move(1)
        await tried(rig)
        row = await rig.row()
        assert (row.status, row.tries) == (ChangeStatus.DONE, 0)
        assert list(toy.effects) == ["set_memory 4096"]


async def test_what_fails_because_of_its_version_is_blocked(tmp_path: Path) -> None:
    async with changes_rig(tmp_path, toy=Toy(failures=[PreconditionFailed("it ended with code 3")])) as rig:
        rig.sources[0].offer(found())
        await tried(rig)
        await rig.look()
        row = await rig.row()
        assert row.status is ChangeStatus.BLOCKED
        assert "it ended with code 3" in row.result


async def test_a_person_who_offers_it_again_begins_anew(tmp_path: Path) -> None:
    async with changes_rig(tmp_path, toy=Toy(failures=[TemporaryFailure("no space left")])) as rig:
        rig.sources[0].offer(found())
        await tried(rig)
        row = await rig.command("offer_again", (await rig.row()).id)
        assert (row.status, row.tries) == (ChangeStatus.READY, 0)


def step(state: StepState, *, is_temporary: bool = False, has_effect: bool = True) -> JournalStep:
    return JournalStep(
        index=0,
        action="toy.set_memory",
        target=box(),
        title="Set memory",
        state=state,
        changed_at=NOW,
        has_effect=has_effect,
        is_temporary=is_temporary,
    )


PASSED = step(StepState.FAILED, is_temporary=True)


@pytest.mark.parametrize(
    ("status", "steps", "expected"),
    [
        (RunStatus.REFUSED, (), True),
        (RunStatus.FAILED, (PASSED,), True),
        (RunStatus.FAILED, (), False),
        (RunStatus.FAILED, (step(StepState.FAILED),), False),
        (RunStatus.FAILED, (PASSED, step(StepState.FAILED)), False),
        (RunStatus.FAILED, (step(StepState.INTENDED), PASSED), True),
        (RunStatus.UNDONE, (step(StepState.UNDONE), PASSED), True),
        (RunStatus.FAILED, (step(StepState.VERIFIED), PASSED), False),
        (RunStatus.FAILED, (step(StepState.EFFECT_UNKNOWN), PASSED), False),
        (RunStatus.FAILED, (step(StepState.VERIFIED, has_effect=False), PASSED), True),
        (RunStatus.UNKNOWN, (PASSED,), False),
        (RunStatus.RUNNING, (PASSED,), False),
    ],
)
def test_a_run_changed_nothing_for_a_reason_that_passes(
    status: RunStatus, steps: tuple[JournalStep, ...], *, expected: bool
) -> None:
    run: Run = replace(records.run(), status=status, steps=steps)
    assert was_not_applied(run) is expected
    verdict = Verdict(outcome=Outcome.WORSE, checks=(), at=NOW, summary="It is worse.")
    assert was_not_applied(replace(run, verdict=verdict)) is (status is RunStatus.REFUSED)


def test_without_a_request_it_is_asked_about_at_once() -> None:
    row = moved(records.change(status=ChangeStatus.ASKED), None, None, NOW)
    assert (row.status, row.until, row.tries) == (ChangeStatus.READY, None, 0)
