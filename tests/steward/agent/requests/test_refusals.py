"""What a service refused is not offered again at once; what can work again is offered."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from homelab_steward.contract.incidents import (
    ApprovalStatus,
    Incident,
    IncidentStatus,
    JournalStep,
    Outcome,
    Run,
    RunStatus,
    StepState,
    Verdict,
)
from rig import records
from rig.agent_rig import AgentRig, open_rig
from rig.inventory import NOW, box
from rig.toy import Toy
from steward.agent.requests.recent_refusals import HOLDS, refusal
from steward.agent.requests.reoffers import MORE, Reoffers
from steward.clock import ManualClock

GROW, RESTART = "Increase memory 2 → 3 GiB", "Restart it"
MINUTE = timedelta(minutes=1)


def step(state: StepState) -> JournalStep:
    return JournalStep(index=0, action="a", target=box(), title="Do it", state=state, changed_at=NOW)


def ended(*states: StepState, status: RunStatus = RunStatus.FAILED) -> Run:
    run = records.run(status, error="no quorum")
    return replace(run, finished_at=NOW, steps=tuple(step(state) for state in states))


FAILED, INTENDED = StepState.FAILED, StepState.INTENDED
VERDICT = Verdict(outcome=Outcome.NOT_FIXED, checks=(), at=NOW)


@pytest.mark.parametrize(
    ("run", "after", "expected"),
    [
        (ended(FAILED), MINUTE, "it was refused 1 minute ago: no quorum"),
        (
            ended(FAILED, INTENDED, status=RunStatus.REFUSED),
            MINUTE,
            "it was refused 1 minute ago: no quorum",
        ),
        (ended(status=RunStatus.REFUSED), MINUTE, None),
        (ended(FAILED, INTENDED), MINUTE, "it was refused 1 minute ago: no quorum"),
        (ended(FAILED), HOLDS, None),
        (ended(FAILED), -HOLDS, None),
        (ended(StepState.VERIFIED, FAILED), MINUTE, None),
        (ended(StepState.EFFECT_UNKNOWN), MINUTE, None),
        (ended(), MINUTE, None),
        (ended(FAILED, status=RunStatus.UNDONE), MINUTE, None),
        (replace(ended(FAILED), verdict=VERDICT), MINUTE, None),
        (replace(ended(FAILED), finished_at=None), MINUTE, None),
    ],
)
def test_only_what_changed_nothing_a_short_time_ago_is_a_refusal(
    run: Run, after: timedelta, expected: str | None
) -> None:
    assert refusal(run, NOW + after) == expected


async def labels(rig: AgentRig, incident: Incident) -> list[str]:
    return [one.label for one in (await rig.request(incident)).proposal.options]


async def look(rig: AgentRig) -> None:
    await rig.agent._asked.reoffers.look()


async def test_what_the_service_refused_is_left_out_with_its_reason_and_offered_later(
    tmp_path: Path,
) -> None:
    clock, toy = ManualClock(NOW), Toy(refused=True)
    async with open_rig(tmp_path, toy, clock=clock) as rig:
        await rig.press(await rig.ask())
        again = await rig.asked_again()
        assert await labels(rig, again) == [RESTART, "Investigate"]
        assert again.proposal is not None
        (left_out,) = again.proposal.left_out
        assert left_out.startswith("Increase memory: it was refused just now: ")
        assert again.run is not None
        assert again.run.error is not None
        assert again.run.error in left_out + "."
        await look(rig)
        assert (await rig.incident()).approval_id == again.approval_id
        clock.move(HOLDS.total_seconds())
        await look(rig)
        offered = await rig.until(
            lambda one: one.status is IncidentStatus.WAITING and one.approval_id != again.approval_id
        )
        assert (await labels(rig, offered))[0] == GROW
        old = await rig.request(again)
        assert (old.status, old.withdrawn) == (ApprovalStatus.SUPERSEDED, MORE)


async def test_what_a_dry_run_refuses_is_offered_once_it_can_be_done(tmp_path: Path) -> None:
    toy = Toy()
    toy.refusal = "radarr is locked (backup)"
    async with open_rig(tmp_path, toy) as rig:
        first = await rig.request_with((await rig.ask()).id)
        assert GROW not in [one.label for one in first.proposal.options]
        assert "radarr is locked (backup)" in first.proposal.left_out[0]
        await look(rig)
        assert (await rig.incident()).approval_id == first.id
        toy.refusal = None
        await look(rig)
        offered = await rig.until(
            lambda one: one.status is IncidentStatus.WAITING and one.approval_id != first.id
        )
        assert (await labels(rig, offered))[0] == GROW
        assert offered.round == 1


async def test_a_decision_at_the_same_time_stands(tmp_path: Path) -> None:
    toy = Toy()
    toy.refusal = "locked"
    async with open_rig(tmp_path, toy) as rig:
        request = await rig.ask()
        await rig.stand_still()

        class Deciding:
            async def has_more(self, _incident: Incident) -> bool:
                await rig.press(request)
                return True

        await Reoffers(rig.store, Deciding(), ManualClock(NOW)).look()
        assert (await rig.request_with(request.id)).status is ApprovalStatus.APPROVED


async def test_a_failure_to_look_does_not_end_it(tmp_path: Path) -> None:
    clock = ManualClock(NOW)
    looks: list[str] = []

    class Failing:
        async def has_more(self, incident: Incident) -> bool:
            looks.append(incident.id)
            raise RuntimeError("a defect")

    toy = Toy()
    toy.refusal = "locked"
    async with open_rig(tmp_path, toy) as rig:
        await rig.ask()
        running = asyncio.ensure_future(Reoffers(rig.store, Failing(), clock).run())
        while len(looks) < 2:
            clock.move(61)
            await asyncio.sleep(0.01)
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


async def test_an_incident_without_a_runbook_has_no_more(tmp_path: Path) -> None:
    async with open_rig(tmp_path, runbooks=()) as rig:
        await rig.ask()
        assert not await rig.agent._asked.reoffers._replanner.has_more(await rig.incident())
