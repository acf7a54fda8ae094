"""Going back to snapshots of volumes that ends in the middle: the pods are wanted again in the end."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from lab.faults import FaultKind
from services.kubernetes import storage
from services.kubernetes.step import Ended, Step, before_write, kill, past_the_limit
from services.kubernetes.test_volume_restore import WRITES, claim, image, updated, volume, workload
from steward.agent.runs.progress import DONE, LONGEST_LOOKED_FOR
from steward.sdk.description import Effect

UNDO_WRITES = 6


@asynccontextmanager
async def planned() -> AsyncIterator[Step]:
    async with updated() as it:
        await it.plan()
        yield Step(it)


def pods(step: Step) -> tuple[str, int]:
    return image(step.it.state), workload(step.it.state)["spec"]["replicas"]


def is_back(step: Step) -> bool:
    own = claim(step.it.state)["spec"]["volumeName"] == "pvc-radarr-config"
    kept = volume(step.it.state, "pvc-radarr-config")["spec"]["persistentVolumeReclaimPolicy"]
    return own and kept == "Delete" and pods(step) == ("radarr:7", 1)


@pytest.mark.parametrize("number", range(len(WRITES)))
async def test_a_restore_that_is_cancelled_is_carried_on(
    number: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with planned() as step:
        before_write(step.it.here, number, past_the_limit(monkeypatch), monkeypatch)
        assert await step.carry_out() == DONE
        assert step.it.here.writes == WRITES
        assert pods(step) == ("radarr:6", 1)


@pytest.mark.parametrize("number", range(len(WRITES)))
async def test_a_restore_is_carried_on_after_the_app_was_killed(
    number: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with planned() as step:
        before_write(step.it.here, number, kill, monkeypatch)
        with pytest.raises(Ended):
            await step.carry_out()
        step.live()
        assert await step.carry_out() == DONE
        assert step.it.here.writes == WRITES
        assert pods(step) == ("radarr:6", 1)


@pytest.mark.parametrize("number", range(4, 6))
async def test_a_way_back_that_is_cancelled_and_then_killed_is_carried_on(
    number: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The claim is refused after the pods ended and the claim was deleted."""
    async with planned() as step:
        here = step.it.here
        here.arm(FaultKind.STATUS, method="POST", path=storage.path("media"), status=422, times=1)
        with monkeypatch.context() as patched:
            before_write(here, number, past_the_limit(patched), patched)
            before_write(here, number + 1, kill, patched)
            with pytest.raises(Ended):
                await step.carry_out()
        step.live()
        found = await step.carry_out()
        assert found.failure == "it was sent, but it did not happen"
        assert is_back(step)


@pytest.mark.parametrize("number", range(UNDO_WRITES))
@pytest.mark.parametrize("is_killed", [False, True])
async def test_an_undo_that_ends_in_the_middle_is_carried_on(
    number: int, monkeypatch: pytest.MonkeyPatch, *, is_killed: bool
) -> None:
    async with planned() as step:
        assert await step.carry_out() == DONE
        happens = kill if is_killed else past_the_limit(monkeypatch)
        before_write(step.it.here, number, happens, monkeypatch)
        if is_killed:
            with pytest.raises(Ended):
                await step.undo()
            step.live()
        assert await step.undo() == DONE
        assert is_back(step)


async def test_an_undo_whose_pods_do_not_end_lets_them_run_again(monkeypatch: pytest.MonkeyPatch) -> None:
    async with planned() as step:
        assert await step.carry_out() == DONE
        monkeypatch.setattr("services.kubernetes.ENDS", 1_000.0)
        found = await step.undo()
        assert found.failure is not None
        assert "uses the volume claims and does not end" in found.failure
        assert pods(step) == ("radarr:6", 1)


async def test_what_cannot_be_brought_back_is_tried_for_two_hours_and_then_said() -> None:
    async with planned() as step:
        here, begun = step.it.here, step.clock.monotonic()
        here.arm(FaultKind.STATUS, method="POST", path=storage.path("media"), status=422)
        found = await step.carry_out()
        assert found.lost is not None
        assert "Going back failed too" in found.lost
        assert "If radarr then has no pods, set its number of pods to 1." in found.lost
        assert "its image was radarr:7" in found.lost
        assert "radarr-config (pvc-radarr-config)" in found.lost
        assert step.clock.monotonic() - begun >= LONGEST_LOOKED_FOR
        assert workload(step.it.state)["spec"]["replicas"] == 0


async def test_what_can_be_brought_back_within_that_time_is(monkeypatch: pytest.MonkeyPatch) -> None:
    async with planned() as step:
        here = step.it.here
        here.arm(FaultKind.STATUS, method="POST", path=storage.path("media"), status=422)
        advance = step.clock.advance

        def mended(seconds: float) -> None:
            advance(seconds)
            if step.clock.monotonic() > LONGEST_LOOKED_FOR / 2:
                here.lab.faults.clear()

        monkeypatch.setattr(step.clock, "advance", mended)
        assert (await step.carry_out()).failure == "it was sent, but it did not happen"
        assert is_back(step)


async def test_nothing_is_half_done_before_the_first_change() -> None:
    async with updated() as it:
        await it.plan()
        assert await it.probe() is Effect.NOT_SEEN
