"""The executor: what was approved, each step at most once, and nothing claimed unseen."""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Final

import pytest
from sqlalchemy import update

from homelab_steward.contract.base import Value
from homelab_steward.contract.catalogue import Risk
from homelab_steward.contract.commands import RequestAction
from homelab_steward.contract.incidents import (
    ApprovalRequest,
    ApprovalStatus,
    CheckResult,
    Incident,
    IncidentStatus,
    Outcome,
    RunStatus,
    StepState,
    Verb,
)
from rig import records
from rig.agent_rig import LIMITS, RUNBOOK, AgentRig, TaskEngine, decide_command, library, open_rig
from rig.clocks import WatchedClock
from rig.inventory import NOW, ToyInventory, alert, box, speaker
from rig.toy import SERVICE, Toy
from steward.agent.runs import effects, step_reads
from steward.agent.runs.effects import INTERRUPTED, NOT_SEEN
from steward.agent.runs.executor import LONGEST_DELAY
from steward.agent.runs.journal import Journal, idempotency_key
from steward.agent.runs.progress import RETRY_DELAYS
from steward.agent.runs.workflow import Stages
from steward.clock import ManualClock
from steward.runbooks.model import Runbook
from steward.sdk.description import Call
from steward.store import approvals, incidents, runs, tables
from steward.store.target_keys import target_key

LATER: Final = NOW + timedelta(minutes=1)


async def refused(rig: AgentRig, request: ApprovalRequest, words: str) -> Incident:
    """Check that the run was refused, nothing was done, and the question is asked again."""
    incident = await rig.asked_again()
    assert incident.run is not None
    assert incident.run.status is RunStatus.REFUSED
    assert incident.run.error == words
    assert incident.run.steps == ()
    assert incident.run.finished_at is not None
    assert words in incident.resolution
    assert rig.toy.done == []
    assert await rig.entries(request) == ()
    assert await rig.leases() == []
    return incident


async def failed(
    rig: AgentRig, words: str, state: StepState, number: int = 1, status: RunStatus = RunStatus.FAILED
) -> Incident:
    """Check that the run failed with these words, and the question is asked again."""
    incident = await rig.asked_again(number)
    assert incident.run is not None
    assert incident.run.status is status
    assert incident.run.error == words
    assert incident.run.steps[-1].state is state
    assert words in incident.resolution
    assert await rig.leases() == []
    return incident


async def in_doubt(rig: AgentRig, text: str) -> Incident:
    """Check that the run ended as unknown with this text, and that nobody is asked to do it again."""
    incident = await rig.status(IncidentStatus.UNSOLVED)
    assert incident.run is not None
    assert incident.run.status is RunStatus.UNKNOWN
    assert incident.run.error == text
    assert incident.run.steps[-1].state is StepState.EFFECT_UNKNOWN
    assert text in incident.resolution
    assert await rig.leases() == []
    return incident


async def request_cores(rig: AgentRig, name: str) -> None:
    """Request 8 cores for a box, and approve it."""
    asked = await rig.agent.requests.request(
        RequestAction(
            instance_id="toy1",
            action="set_cpu",
            speaker=speaker(),
            target_id=box(name).id,
            arguments={"cores": 8},
        )
    )
    assert asked.approval_id is not None
    await rig.press(await rig.request_with(asked.approval_id))


async def test_a_world_that_drifted_is_refused_and_asked_again(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig:
        request = await rig.ask()
        rig.toy.limit = 3000
        await rig.press(request)
        words = "the plan is not the one you approved: something changed since"
        incident = await refused(rig, request, words)
        again = await rig.request(incident)
        assert again.id != request.id
        assert again.proposal.options[0].plan_hash != request.proposal.options[0].plan_hash
        assert (await rig.audit()).broken_at is None


async def test_a_restart_is_refused_if_somebody_restarted_it_in_the_meantime(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig:
        request = await rig.ask()
        number = next(one.number for one in request.proposal.options if one.label == "Restart it")
        rig.toy.started = "11:00"
        await rig.press(request, number)
        await refused(rig, request, "the plan is not the one you approved: something changed since")
        assert rig.toy.done == []


async def test_a_target_that_is_gone_is_refused(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig:
        request = await rig.ask()
        await rig.stand_still()
        rig.engine.broken = True  # type: ignore[attr-defined]
        await rig.press(request)
        del rig.inventory.boxes[box().id]
        assert await rig.agent.execute(request.id) is RunStatus.REFUSED
        incident = await rig.until(lambda one: one.run is not None)
        assert incident.run is not None
        assert incident.run.error == "radarr does not exist any more"
        assert rig.toy.done == []


async def test_a_service_that_does_not_answer_when_the_plan_is_made_again_is_refused(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig:
        request = await rig.ask()
        rig.toy.down = True
        await rig.press(request)
        await refused(rig, request, "the toy does not answer")


async def test_a_defect_when_the_plan_is_made_again_is_refused(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig:
        request = await rig.ask()
        rig.toy.defect = "dry_run"
        await rig.press(request)
        await refused(rig, request, "the plan cannot be made now: a defect (KeyError)")


async def test_a_runbook_that_is_gone_is_refused(tmp_path: Path) -> None:
    books: dict[str, Runbook] = library(RUNBOOK)
    async with open_rig(tmp_path, runbooks=books) as rig:
        request = await rig.ask()
        books.clear()
        await rig.press(request)
        await refused(rig, request, "the runbook does not exist any more")


async def test_a_runbook_of_another_version_is_refused(tmp_path: Path) -> None:
    books = library(RUNBOOK)
    async with open_rig(tmp_path, runbooks=books) as rig:
        request = await rig.ask()
        books["toy-memory"] = replace(books["toy-memory"], version=2)
        await rig.press(request)
        await refused(rig, request, "the plan is not the one you approved: something changed since")


@pytest.mark.parametrize(
    ("away", "done"),
    [(LONGEST_DELAY, ["set_memory 3072"]), (LONGEST_DELAY + timedelta(seconds=1), [])],
)
async def test_what_was_approved_too_long_ago_is_asked_again(
    tmp_path: Path, away: timedelta, done: list[str]
) -> None:
    toy = Toy()
    async with open_rig(tmp_path, toy, clock=ManualClock(NOW)) as rig:
        assert isinstance(rig.engine, TaskEngine)
        request = await rig.ask()
        rig.engine.broken = True
        await rig.press(request)
    async with open_rig(tmp_path, toy, clock=ManualClock(NOW + away)) as rig:
        if done:
            await rig.status(IncidentStatus.RESOLVED)
        else:
            await refused(rig, request, "it was approved too long ago and not started since")
        assert rig.toy.done == done


async def test_the_hourly_limit_survives_a_restart(tmp_path: Path) -> None:
    limits = replace(LIMITS, changes_per_hour=2)
    toy = Toy()
    inventory = ToyInventory(toy, ["radarr", "sonarr", "lidarr", "readarr"])
    clock = ManualClock(NOW)
    async with open_rig(tmp_path, clock=clock, limits=limits, inventory=inventory) as rig:
        for number, name in enumerate(["radarr", "sonarr"], 1):
            await _fill(rig, name, number)
        assert len(toy.done) == 2
    clock = ManualClock(NOW + timedelta(minutes=59))
    async with open_rig(tmp_path, clock=clock, limits=limits, inventory=inventory) as rig:
        toy.limit = 2048
        await rig.press(await rig.ask(alert(name="lidarr"), number=3))
        incident = await rig.asked_again(3)
        assert incident.run is not None
        assert incident.run.status is RunStatus.REFUSED
        assert incident.run.error == "the limit of 2 changes an hour is reached"
        assert len(toy.done) == 2
        clock.move(120)
        await rig.press(await rig.request(incident))
        await rig.status(IncidentStatus.RESOLVED, 3)
        assert len(toy.done) == 3


async def _fill(rig: AgentRig, name: str, number: int) -> None:
    rig.toy.limit = 2048
    await rig.press(await rig.ask(alert(name=name), number=number))
    await rig.status(IncidentStatus.RESOLVED, number)


async def test_two_runs_at_once_keep_the_budget_together(tmp_path: Path) -> None:
    limits = replace(LIMITS, changes_per_hour=1)
    toy = Toy(hold=asyncio.Event())
    async with open_rig(tmp_path, toy, limits=limits) as rig:
        one = await rig.ask(alert(name="radarr"), number=1)
        other = await rig.ask(alert(name="sonarr"), number=2)
        await asyncio.gather(rig.press(one), rig.press(other))
        await toy.holding.wait()
        assert toy.hold is not None
        toy.hold.set()
        await rig.until(lambda found: found.run is not None and found.run.finished_at is not None, 1)
        await rig.until(lambda found: found.run is not None and found.run.finished_at is not None, 2)
        assert len(toy.done) == 1
        refusals = [found for found in await rig.incidents() if found.run and found.run.error]
        assert [found.run.error for found in refusals if found.run] == [
            "the limit of 1 changes an hour is reached"
        ]


async def test_a_budget_of_nothing_lets_looking_closer_pass(tmp_path: Path) -> None:
    async with open_rig(tmp_path, limits=replace(LIMITS, changes_per_hour=0)) as rig:
        await rig.press(await rig.ask(), option=3)
        incident = await rig.asked_again()
        assert incident.run is not None
        assert incident.run.status is RunStatus.SUCCEEDED


async def test_steps_dated_by_a_clock_that_was_wrong_use_up_no_budget(tmp_path: Path) -> None:
    limits = replace(LIMITS, changes_per_hour=1)
    toy = Toy()
    async with open_rig(tmp_path, toy, clock=ManualClock(NOW + timedelta(days=365)), limits=limits) as rig:
        await _fill(rig, "radarr", 1)
    async with open_rig(tmp_path, toy, clock=ManualClock(NOW), limits=limits) as rig:
        await _fill(rig, "sonarr", 2)
        assert len(toy.done) == 2


async def test_a_target_that_another_run_is_at_work_on_is_left_alone(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig:
        request = await rig.ask()
        async with rig.store.change() as unit:
            assert await runs.take_lease(unit.connection, target_key(box()), "another", NOW)
        await rig.press(request)
        incident = await rig.asked_again()
        assert incident.run is not None
        assert incident.run.error == "another run is changing radarr"
        assert [step.state for step in incident.run.steps] == [StepState.FAILED]
        assert rig.toy.done == []
        assert await rig.leases() == [target_key(box())], "the other's lease is not dropped"


async def test_a_precheck_that_says_not_now_ends_it(tmp_path: Path) -> None:
    async with open_rig(tmp_path, Toy(not_now=True)) as rig:
        await rig.press(await rig.ask())
        await failed(rig, "not now", StepState.FAILED, status=RunStatus.REFUSED)
        assert rig.toy.done == []


async def test_a_precheck_with_a_defect_ends_it(tmp_path: Path) -> None:
    async with open_rig(tmp_path, Toy(defect="precheck")) as rig:
        await rig.press(await rig.ask())
        await failed(rig, "a defect (KeyError)", StepState.FAILED, status=RunStatus.REFUSED)
        assert rig.toy.done == []


async def test_a_service_that_refuses_has_changed_nothing(tmp_path: Path) -> None:
    async with open_rig(tmp_path, Toy(refused=True)) as rig:
        request = await rig.ask()
        await rig.press(request)
        await failed(rig, "the toy said no", StepState.FAILED)
        assert rig.toy.done == []
        (entry,) = await rig.entries(request)
        assert entry.was_started


async def test_an_effect_whose_answer_was_lost_is_found_and_verified(tmp_path: Path) -> None:
    async with open_rig(tmp_path, Toy(answer_lost=True)) as rig:
        request = await rig.ask()
        await rig.press(request)
        incident = await rig.status(IncidentStatus.RESOLVED)
        assert rig.toy.done == ["set_memory 3072"]
        assert incident.run is not None
        assert [step.state for step in incident.run.steps] == [StepState.VERIFIED]
        assert await _states(rig) == ["started", "effect_unknown", "effect_known", "verified"]


class HurriedEngine(TaskEngine):
    """Moves the clock instead of sleeping, so that the number of looks does not depend on the machine."""

    def __init__(self, stages: Stages, clock: ManualClock) -> None:
        super().__init__(stages)
        self._clock = clock

    async def sleep(self, seconds: float) -> None:
        self._clock.move(seconds)
        await asyncio.sleep(0)


async def test_a_request_that_was_lost_is_reported_as_unknown_and_not_sent_again(tmp_path: Path) -> None:
    clock = ManualClock(NOW)
    async with open_rig(
        tmp_path, Toy(request_lost=True), clock=clock, engine=lambda stages: HurriedEngine(stages, clock)
    ) as rig:
        await rig.press(await rig.ask())
        await in_doubt(rig, f"{NOT_SEEN}: no answer")
        assert rig.toy.done == []
        assert len(rig.toy.probed) > 3, "it was looked for again and again"


async def test_an_effect_that_comes_minutes_after_the_lost_answer_is_found(tmp_path: Path) -> None:
    toy = Toy(request_lost=True)

    def arrive(place: str) -> None:
        if place == "probe" and len(toy.probed) == 4:
            toy.effects.append("set_memory 3072")
            toy.numbers["limit"] = 3072

    toy.passing = arrive
    # The fourth look comes in time on a busy machine too.
    async with open_rig(tmp_path, toy, limits=replace(LIMITS, looked_for=5.0)) as rig:
        await rig.press(await rig.ask())
        incident = await rig.status(IncidentStatus.RESOLVED)
        assert toy.done == ["set_memory 3072"]
        assert incident.run is not None
        assert incident.run.status is RunStatus.SUCCEEDED


async def test_while_an_effect_is_looked_for_its_target_is_left_alone_and_others_are_not(
    tmp_path: Path,
) -> None:
    limits = replace(LIMITS, looked_for=60.0)
    async with open_rig(tmp_path, Toy(request_lost=True), limits=limits) as rig:
        await rig.press(await rig.ask())
        await rig.until(lambda one: _state(one) is StepState.EFFECT_UNKNOWN)
        assert await rig.leases() == [target_key(box())]
        rig.toy.request_lost = False
        await request_cores(rig, "sonarr")
        await rig.status(IncidentStatus.RESOLVED, number=2)
        await request_cores(rig, "radarr")
        ended = await rig.status(IncidentStatus.IGNORED, number=3)
        assert ended.run is not None
        assert (ended.run.status, ended.run.error) == (
            RunStatus.REFUSED,
            "another run is changing radarr",
        )
    # The lease and the search survive a restart of the app.
    async with open_rig(tmp_path, rig.toy, limits=limits) as rig:
        await rig.until(lambda one: _state(one) is StepState.EFFECT_UNKNOWN)
        assert await rig.leases() == [target_key(box())]


@pytest.mark.parametrize("fault", [{"probe_blind": True}, {"defect": "probe"}])
async def test_an_effect_that_is_not_known_is_reported_and_never_repeated(
    tmp_path: Path, fault: dict[str, object]
) -> None:
    toy = Toy(answer_lost=True)
    for name, value in fault.items():
        setattr(toy, name, value)
    async with open_rig(tmp_path, toy) as rig:
        await rig.press(await rig.ask())
        incident = await in_doubt(rig, f"{NOT_SEEN}: the answer was lost")
        assert toy.done == ["set_memory 3072"]
        assert incident.run is not None
        assert incident.run.steps[0].detail == incident.run.error


async def test_a_defect_while_it_is_done_counts_as_unknown(tmp_path: Path) -> None:
    toy = Toy()

    def stumble(place: str) -> None:
        if place == "effect":
            raise ZeroDivisionError

    toy.passing = stumble
    async with open_rig(tmp_path, toy) as rig:
        await rig.press(await rig.ask())
        await rig.status(IncidentStatus.RESOLVED)
        assert toy.done == ["set_memory 3072"]
        assert '"state":"effect_unknown"' in " ".join(body for _, body in await rig.audited())


async def test_sent_but_it_is_still_off_is_said(tmp_path: Path) -> None:
    async with open_rig(tmp_path, Toy(helps=False)) as rig:
        await rig.press(await rig.ask())
        incident = await failed(rig, "it was sent, but memory is 2048 MiB", StepState.EFFECT_KNOWN)
        assert rig.toy.done == ["set_memory 3072"]
        assert incident.run is not None
        assert incident.run.verdict is None, "there is no verdict without the effect"


@pytest.mark.parametrize(
    ("toy", "reason"),
    [
        (Toy(defect="verify"), "a defect (KeyError)"),
        (Toy(verify_blind=True), "it does not say"),
    ],
)
async def test_a_step_whose_result_is_not_known_is_not_a_failure(
    tmp_path: Path, toy: Toy, reason: str
) -> None:
    async with open_rig(tmp_path, toy) as rig:
        await rig.press(await rig.ask())
        incident = await rig.status(IncidentStatus.RESOLVED)
        assert incident.run is not None
        assert incident.run.status is RunStatus.SUCCEEDED, "the runbook's own conditions hold"
        assert [step.state for step in incident.run.steps] == [StepState.EFFECT_KNOWN]
        assert incident.run.steps[0].detail == f"it was done, but the result is not known: {reason}"


async def test_a_service_that_is_restarting_is_waited_for(tmp_path: Path) -> None:
    clock = WatchedClock(NOW)
    toy = Toy()

    def go_away(place: str) -> None:
        if place == "effect":
            toy.down = True

    toy.passing = go_away
    async with open_rig(tmp_path, toy, clock=clock) as rig:
        await rig.press(await rig.ask())
        await rig.until(lambda one: _state(one) is StepState.EFFECT_KNOWN)
        await clock.pass_by(RETRY_DELAYS[0])
        await clock.until_asleep(RETRY_DELAYS[1])
        toy.down = False
        clock.move(RETRY_DELAYS[1])
        await rig.status(IncidentStatus.RESOLVED)


async def test_a_service_that_stays_away_leaves_the_result_unknown(tmp_path: Path) -> None:
    clock = WatchedClock(NOW)
    toy = Toy()

    def go_away(place: str) -> None:
        if place == "effect":
            toy.down = True

    toy.passing = go_away
    async with open_rig(tmp_path, toy, clock=clock) as rig:
        await rig.press(await rig.ask())
        await rig.until(lambda one: _state(one) is StepState.EFFECT_KNOWN)
        for seconds in RETRY_DELAYS:
            await clock.pass_by(seconds)
        text = "it was done, but the result is not known: the toy does not answer"
        incident = await rig.until(lambda one: bool(one.run and one.run.steps[0].detail == text))
        assert _state(incident) is StepState.EFFECT_KNOWN


async def _states(rig: AgentRig) -> list[str]:
    """Return the states that steps went through, as the audit log has them."""
    return [json.loads(body)["state"] for event, body in await rig.audited() if event == "run.step"]


def _state(incident: Incident) -> StepState | None:
    return incident.run.steps[0].state if incident.run and incident.run.steps else None


async def test_steps_are_done_in_order_and_one_that_fails_stops_the_rest(tmp_path: Path) -> None:
    toy = Toy()

    def refuse(place: str) -> None:
        toy.refused = place == "execute" and len(toy.done) == 1

    toy.passing = refuse
    async with open_rig(tmp_path, toy) as rig:
        await rig.press(await rig.ask(alert("ToyThree")))
        incident = await rig.asked_again()
        assert toy.done == ["set_memory 4096", "undo set_memory 2048"]
        assert incident.run is not None
        assert [step.state for step in incident.run.steps] == [
            StepState.UNDONE,
            StepState.FAILED,
            StepState.INTENDED,
        ]
        assert incident.run.status is RunStatus.UNDONE
        assert incident.run.error == ("Set cpu (radarr): the toy said no. Undone: Set memory (radarr).")
        assert await rig.leases() == []


async def test_when_the_undo_after_a_failed_step_fails_the_state_of_each_step_is_said(
    tmp_path: Path,
) -> None:
    toy = Toy()

    def refuse(place: str) -> None:
        toy.refused = place == "execute" and len(toy.done) == 2
        toy.undo_refused = True

    toy.passing = refuse
    async with open_rig(tmp_path, toy) as rig:
        await rig.press(await rig.ask(alert("ToyThree")))
        incident = await rig.asked_again()
        assert toy.done == ["set_memory 4096", "set_cpu 4"], "nothing is undone past the first failure"
        assert incident.run is not None
        assert incident.run.status is RunStatus.FAILED
        assert incident.run.error == (
            "Set swap (radarr): the toy said no. Not undone: Set cpu (radarr): the toy refuses to go back; "
            "Set memory (radarr): left as it is, because a later step is not undone."
        )
        assert [step.state for step in incident.run.steps] == [
            StepState.VERIFIED,
            StepState.VERIFIED,
            StepState.FAILED,
        ]


async def test_when_the_effect_of_a_step_is_not_known_nothing_is_undone(tmp_path: Path) -> None:
    toy = Toy()

    def lose(place: str) -> None:
        toy.request_lost = place == "execute" and len(toy.done) == 1

    toy.passing = lose
    async with open_rig(tmp_path, toy) as rig:
        await rig.press(await rig.ask(alert("ToyThree")))
        incident = await rig.status(IncidentStatus.UNSOLVED)
        assert toy.done == ["set_memory 4096"]
        assert incident.run is not None
        assert incident.run.status is RunStatus.UNKNOWN
        assert incident.run.error == (
            f"Set cpu (radarr): {NOT_SEEN}: no answer. Done before it, and not undone: Set memory (radarr)"
        )


async def test_an_undo_under_way_when_the_app_stopped_is_not_sent_again(tmp_path: Path) -> None:
    toy = Toy(breaks=True, undo_ignored=True)
    async with open_rig(tmp_path, toy, limits=replace(LIMITS, looked_for=60.0)) as rig:
        request = await rig.ask()
        await rig.press(request)
        undoing = asyncio.Event()
        toy.passing = lambda place: undoing.set() if place == "undo" else None
        await undoing.wait()
    sent: list[str] = []
    toy.passing = lambda place: sent.append(place) if place == "undo" else None
    async with open_rig(tmp_path, toy) as rig:
        await failed(
            rig,
            f"{NOT_UNDONE}Set memory (radarr): the undo was sent, but memory is still 3072 MiB.",
            StepState.VERIFIED,
        )
    assert sent == []


async def test_an_undo_that_cannot_be_read_back_is_not_claimed(tmp_path: Path) -> None:
    toy = Toy(breaks=True)

    def hide(place: str) -> None:
        if place == "undone":
            toy.defect = "undo_dry_run"

    toy.passing = hide
    async with open_rig(tmp_path, toy) as rig:
        await rig.press(await rig.ask())
        text = "the undo was sent, but whether it is undone is not known: a defect (KeyError)"
        await failed(rig, f"{NOT_UNDONE}Set memory (radarr): {text}.", StepState.VERIFIED)


async def test_what_somebody_changes_while_it_is_undone_is_said(tmp_path: Path) -> None:
    toy = Toy(breaks=True)

    def change(place: str) -> None:
        if place == "undone":
            toy.limit = 9000

    toy.passing = change
    async with open_rig(tmp_path, toy) as rig:
        await rig.press(await rig.ask())
        text = "memory is 9000: somebody else changed it"
        await failed(rig, f"{NOT_UNDONE}Set memory (radarr): {text}.", StepState.VERIFIED)


async def test_worse_after_the_third_step_is_undone_last_first(tmp_path: Path) -> None:
    toy = Toy()

    def fall_over(place: str) -> None:
        toy.breaks = place in ("execute", "effect") and len(toy.done) >= 2

    toy.passing = fall_over
    async with open_rig(tmp_path, toy) as rig:
        await rig.press(await rig.ask(alert("ToyThree")))
        incident = await rig.asked_again()
        assert toy.done == [
            "set_memory 4096",
            "set_cpu 4",
            "set_swap 1024",
            "undo set_swap 512",
            "undo set_cpu 2",
            "undo set_memory 2048",
        ]
        assert incident.run is not None
        assert incident.run.status is RunStatus.UNDONE
        assert [step.state for step in incident.run.steps] == [StepState.UNDONE] * 3
        assert incident.run.verdict is not None
        assert incident.run.verdict.outcome is Outcome.WORSE
        assert incident.run.error == "It made things worse and was undone."


NOT_UNDONE: Final = "It made things worse and could not be undone. Not undone: "


@pytest.mark.parametrize(
    ("toy", "reason"),
    [
        (Toy(breaks=True, undo_refused=True), "the toy refuses to go back"),
        (
            Toy(breaks=True, defect="undo"),
            "the undo was sent, but memory is still 3072 MiB",
        ),
        (Toy(breaks=True, defect="undo_dry_run"), "a defect (KeyError)"),
        (Toy(breaks=True, undo_ignored=True), "the undo was sent, but memory is still 3072 MiB"),
    ],
)
async def test_an_undo_that_is_not_done_is_not_claimed(tmp_path: Path, toy: Toy, reason: str) -> None:
    async with open_rig(tmp_path, toy) as rig:
        await rig.press(await rig.ask())
        await failed(rig, f"{NOT_UNDONE}Set memory (radarr): {reason}.", StepState.VERIFIED)
        assert rig.toy.done == ["set_memory 3072"]


async def test_an_undo_whose_answer_was_lost_is_read_back(tmp_path: Path) -> None:
    async with open_rig(tmp_path, Toy(breaks=True, undo_answer_lost=True)) as rig:
        await rig.press(await rig.ask())
        incident = await rig.asked_again()
        assert incident.run is not None
        assert incident.run.status is RunStatus.UNDONE
        assert incident.run.steps[0].detail == "a read shows that it is undone"
        assert rig.toy.done == ["set_memory 3072", "undo set_memory 2048"]


@pytest.mark.parametrize(
    ("limit", "status", "text"),
    [
        (2048, RunStatus.UNDONE, "a read found it undone already"),
        (4096, RunStatus.FAILED, "memory is 4096: somebody else changed it"),
    ],
)
async def test_what_somebody_else_changed_since_is_not_undone(
    tmp_path: Path, limit: int, status: RunStatus, text: str
) -> None:
    async with open_rig(tmp_path, Toy(breaks=True)) as rig:
        request = await rig.ask()

        def change(place: str) -> None:
            if place == "undo_dry_run":
                rig.toy.limit = limit

        rig.toy.passing = change
        await rig.press(request)
        incident = await rig.asked_again()
        assert incident.run is not None
        assert incident.run.status is status
        assert text in f"{incident.run.error} {incident.run.steps[0].detail}"
        assert rig.toy.done == ["set_memory 3072"], "the undo was not sent"


async def test_a_step_without_an_undo_is_not_undone_and_that_is_reported(tmp_path: Path) -> None:
    book = RUNBOOK.replace(
        "verify: [{name: Memory below 85 %, reading: share, below: 85}]",
        "verify: [{name: It runs, reading: running, equals: true}]",
    )
    async with open_rig(tmp_path, Toy(), runbooks=[book]) as rig:
        request = await rig.ask()

        def fall_over(place: str) -> None:
            if place == "verify":
                rig.toy.running = True
            if place == "poll" and rig.toy.done:
                rig.toy.running = False

        rig.toy.passing = fall_over
        await rig.press(request, option=2)
        text = f"{NOT_UNDONE}Restart (radarr): it cannot be undone."
        incident = await failed(rig, text, StepState.VERIFIED)
        assert incident.run is not None
        assert incident.run.verdict is not None
        assert incident.run.verdict.outcome is Outcome.WORSE
        assert rig.toy.done == ["restart 500"]


async def test_an_app_closed_in_the_middle_leaves_it_started_and_the_next_looks(tmp_path: Path) -> None:
    toy = Toy(hold=asyncio.Event())
    async with open_rig(tmp_path, toy) as rig:
        request = await rig.ask()
        await rig.press(request)
        await toy.holding.wait()
    toy.hold = None
    assert toy.done == []
    async with open_rig(tmp_path, toy) as rig:
        incident = await rig.status(IncidentStatus.RESOLVED)
        assert toy.done == ["set_memory 3072"]
        assert incident.run is not None
        assert await _states(rig) == ["started", "effect_known", "verified"]


async def test_a_step_that_must_not_be_repeated_is_reported_after_a_restart(tmp_path: Path) -> None:
    toy = Toy(hold=asyncio.Event())
    async with open_rig(tmp_path, toy) as rig:
        await rig.press(await rig.ask(), option=2)
        await toy.holding.wait()
    toy.hold = None
    async with open_rig(tmp_path, toy) as rig:
        await in_doubt(rig, INTERRUPTED)
        assert toy.done == []


async def test_without_a_client_after_a_crash_the_effect_is_not_known(tmp_path: Path) -> None:
    toy = Toy(hold=asyncio.Event())
    async with open_rig(tmp_path, toy, clock=ManualClock(NOW)) as rig:
        await rig.press(await rig.ask())
        await toy.holding.wait()
    inventory = ToyInventory(toy)
    inventory.connected = False
    async with open_rig(tmp_path, inventory=inventory) as rig:
        await in_doubt(rig, INTERRUPTED)
        assert toy.done == []


async def test_a_target_that_is_not_read_yet_after_a_crash_is_looked_at_all_the_same(tmp_path: Path) -> None:
    toy = Toy(hold=asyncio.Event())
    async with open_rig(tmp_path, toy) as rig:
        await rig.press(await rig.ask())
        await toy.holding.wait()
    toy.hold = None
    inventory = ToyInventory(toy, [])
    async with open_rig(tmp_path, inventory=inventory) as rig:
        # What a step changes may be away half-way: its precheck decides, not the last readings.
        incident = await rig.status(IncidentStatus.UNSOLVED)
        assert incident.run is not None
        assert incident.run.steps[-1].state is StepState.VERIFIED
        assert toy.done == ["set_memory 3072"]


async def test_the_same_run_executed_twice_at_once_does_it_once(tmp_path: Path) -> None:
    toy = Toy(hold=asyncio.Event())
    async with open_rig(tmp_path, toy) as rig:
        request = await rig.ask()
        await rig.press(request)
        await toy.holding.wait()
        again = asyncio.create_task(rig.agent.execute(request.id))
        assert toy.hold is not None
        toy.hold.set()
        assert await again in (RunStatus.VERIFYING, RunStatus.SUCCEEDED)
        await rig.status(IncidentStatus.RESOLVED)
        assert toy.done == ["set_memory 3072"]


async def test_a_run_that_is_over_stays_as_it_is(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig:
        request = await rig.ask()
        await rig.press(request)
        await rig.status(IncidentStatus.RESOLVED)
        before = (await rig.audit()).head
        assert await rig.agent.execute(request.id) is RunStatus.SUCCEEDED
        assert await rig.agent.verify(request.id, 0) is None
        await rig.agent.conclude(request.id)
        await rig.agent.give_up(request.id, "no")
        assert (await rig.audit()).head == before
        assert rig.toy.done == ["set_memory 3072"]


@pytest.mark.parametrize("verb", [Verb.REJECT, Verb.IGNORE])
async def test_what_was_not_approved_is_never_executed(tmp_path: Path, verb: Verb) -> None:
    async with open_rig(tmp_path) as rig:
        request = await rig.ask()
        assert await rig.agent.execute(request.id) is RunStatus.REFUSED
        await rig.agent.gate.decide(decide_command(request, verb))
        assert await rig.agent.execute(request.id) is RunStatus.REFUSED
        assert await rig.agent.execute("unknown") is RunStatus.REFUSED
        assert rig.toy.done == []
        assert await rig.entries(request) == ()


async def test_an_approved_option_that_does_not_exist_is_never_executed(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig:
        request = await rig.ask()
        async with rig.store.change() as unit:
            # Somebody with a hand in the database approved an option that was never offered.
            forged = records.decision(option=9).to_json()
            await unit.connection.execute(
                update(tables.approvals).values(status=ApprovalStatus.APPROVED.value, decision=forged)
            )
        assert await rig.agent.execute(request.id) is RunStatus.REFUSED


async def test_a_run_that_cannot_be_started_ends_with_the_reason(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig:
        assert isinstance(rig.engine, TaskEngine)
        request = await rig.ask()
        rig.engine.broken = True
        await rig.press(request)
        await rig.agent.give_up(request.id, "the disk is full")
        await rig.agent.conclude(request.id)
        await refused(rig, request, "the disk is full")


async def test_a_run_that_breaks_in_the_middle_ends_with_the_reason(tmp_path: Path) -> None:
    toy = Toy(hold=asyncio.Event())
    async with open_rig(tmp_path, toy) as rig:
        request = await rig.ask()
        await rig.press(request)
        await toy.holding.wait()
        await rig.engine.close()
        await rig.agent.give_up(request.id, "the disk is full")
        await rig.agent.conclude(request.id)
        incident = await rig.status(IncidentStatus.UNSOLVED)
        assert incident.run is not None
        assert (incident.run.status, incident.run.error) == (RunStatus.UNKNOWN, "the disk is full")


async def test_the_same_steps_are_not_journaled_twice_for_one_question(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig:
        assert isinstance(rig.engine, TaskEngine)
        request = await rig.ask()
        await rig.press(request)
        await rig.status(IncidentStatus.RESOLVED)
        # A second approval of the same option, of the same round of the same incident: that must not be.
        twin = replace(request, id="twin", status=ApprovalStatus.PENDING, expires_at=request.expires_at)
        incident = await rig.incident()
        rig.toy.limit, rig.toy.used = 2048.0, 1945
        async with rig.store.change() as unit:
            await approvals.add(unit.connection, twin)
            waiting = replace(incident, status=IncidentStatus.WAITING, approval_id="twin", resolved_at=None)
            await incidents.save_incident(unit.connection, waiting)
        rig.engine.broken = True
        await rig.press(twin)
        assert await rig.agent.execute("twin") is RunStatus.REFUSED
        assert rig.toy.done == ["set_memory 3072"]
        found = await rig.incident()
        assert found.run is not None
        assert found.run.error == "this was carried out already"


def test_the_idempotency_key_is_one_per_question_step_and_target() -> None:
    incident = records.incident()
    option = records.option(steps=(records.step(), records.step()))
    original = idempotency_key(incident, option, 0)
    assert len(original) == 64
    others = [
        idempotency_key(replace(incident, id="other"), option, 0),
        idempotency_key(replace(incident, round=2), option, 0),
        idempotency_key(incident, replace(option, runbook_id="other"), 0),
        idempotency_key(incident, replace(option, runbook_version=2), 0),
        idempotency_key(incident, replace(option, recipe="other"), 0),
        idempotency_key(incident, replace(option, recipe=None), 0),
        idempotency_key(incident, option, 1),
        idempotency_key(incident, replace(option, steps=(records.step("toy.restart"),)), 0),
        idempotency_key(incident, replace(option, steps=(records.step(target=box("sonarr")),)), 0),
    ]
    assert len({original, *others}) == len(others) + 1
    assert idempotency_key(replace(incident, number=9), replace(option, label="x", number=3), 0) == original


async def test_a_note_is_in_the_journal_before_the_action_goes_on(tmp_path: Path) -> None:
    toy = Toy(handle="job-1", hold=asyncio.Event(), probe_blind=True)
    async with open_rig(tmp_path, toy) as rig:
        request = await rig.ask()
        await rig.press(request)
        await toy.holding.wait()
        (entry,) = await rig.entries(request)
        assert entry.baseline == {"limit": 2048.0, "handle": "job-1"}
    # The app stopped before the service answered: the next probe finds the handle.
    toy.hold = None
    async with open_rig(tmp_path, toy) as rig:
        await in_doubt(rig, INTERRUPTED)
        assert {"limit": 2048.0, "handle": "job-1"} in toy.probed
        assert toy.done == []


async def test_a_note_is_known_to_the_probe_of_the_same_run(tmp_path: Path) -> None:
    toy = Toy(handle="job-1", answer_lost=True)
    async with open_rig(tmp_path, toy) as rig:
        await rig.press(await rig.ask())
        await rig.status(IncidentStatus.RESOLVED)
        assert toy.probed == [{"limit": 2048.0, "handle": "job-1"}]


async def test_a_note_that_cannot_be_written_leaves_the_effect_unknown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with open_rig(tmp_path, Toy(handle="job-1")) as rig:
        request = await run_by_hand(rig)
        _break(monkeypatch, rig, "note")
        assert isinstance(await rig.agent.execute(request.id), float)
        assert rig.toy.done == []
        assert "effect_unknown" in await _states(rig)


async def test_an_action_that_became_unavailable_is_refused(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig:
        request = await rig.ask()
        rig.inventory.not_offered["action.set_memory"] = "The credentials lack the right VM.Config"
        await rig.press(request)
        reason = "Set memory is not available: The credentials lack the right VM.Config"
        await refused(rig, request, reason)


async def test_an_action_that_becomes_unavailable_just_before_it_is_not_carried_out(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig:
        request = await run_by_hand(rig)

        def lose_the_right(place: str) -> None:
            if place == "dry_run":
                rig.toy.passing = lambda _place: None
                asyncio.get_running_loop().call_soon(
                    rig.inventory.not_offered.update, {"action.set_memory": "no right"}
                )

        rig.toy.passing = lose_the_right
        assert await rig.agent.execute(request.id) is RunStatus.REFUSED
        incident = await rig.incident()
        assert incident.run is not None
        assert incident.run.error == "Set memory is not available: no right"
        assert rig.toy.done == []


async def test_a_plan_whose_risk_became_high_is_refused(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig:
        request = await rig.ask()
        assert request.proposal.options[1].risk is Risk.HIGH, "the toy's restart always is"
        rig.inventory.service_row = replace(
            SERVICE,
            actions=tuple(
                replace(one, interrupts=True) if one.key == "set_memory" else one for one in SERVICE.actions
            ),
        )
        rig.inventory.interrupted = "Home Assistant runs in it"
        await rig.press(request)
        incident = await rig.asked_again()
        option = (await rig.request(incident)).proposal.options[0]
        assert option.risk is Risk.HIGH
        assert option.steps[0].note == "Home Assistant runs in it."
        assert rig.toy.done == []


async def test_a_request_is_carried_out_like_any_plan(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig:
        asked = await rig.agent.requests.request(_request())
        request = await rig.request_with(asked.approval_id or "")
        await rig.press(request)
        incident = await rig.status(IncidentStatus.RESOLVED)
        assert rig.toy.done == ["set_cpu 8"]
        assert incident.run is not None
        assert incident.run.verdict is not None
        assert [check.name for check in incident.run.verdict.checks] == ["Set cpu (radarr)"]


async def test_a_request_is_refused_and_over_when_something_changed(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig:
        asked = await rig.agent.requests.request(_request())
        request = await rig.request_with(asked.approval_id or "")
        rig.toy.numbers["cpu"] = 4
        await rig.press(request)
        incident = await rig.status(IncidentStatus.IGNORED)
        assert rig.toy.done == []
        assert "the plan is not the one you approved" in incident.resolution


def _request() -> RequestAction:
    return RequestAction(
        instance_id="toy1",
        action="set_cpu",
        speaker=speaker(),
        target_id=box().id,
        arguments={"cores": 8},
    )


async def test_texts_of_a_service_are_made_storable(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig:
        request = await rig.ask()
        await rig.press(request)
        await rig.status(IncidentStatus.RESOLVED)
        journal = Journal(rig.store, ManualClock(LATER))
        await journal.mark(request.id, 0, StepState.VERIFIED, "a\0b\ud800" + "x" * 5_000)
        (entry,) = await rig.entries(request)
        assert entry.detail == "a\ufffdb\ufffd" + "x" * 996
        incident = await rig.incident()
        assert incident.run is not None
        assert incident.run.steps[0].detail == entry.detail
        assert incident.run.steps[0].changed_at == LATER


async def run_by_hand(rig: AgentRig, option: int = 1) -> ApprovalRequest:
    """Approve, with an engine that begins nothing: the test executes by hand."""
    assert isinstance(rig.engine, TaskEngine)
    rig.engine.broken = True
    request = await rig.ask()
    await rig.press(request, option)
    return request


def _break(monkeypatch: pytest.MonkeyPatch, rig: AgentRig, name: str, state: StepState | None = None) -> None:
    """Let the journal break at its next call of ``name`` (for this state)."""
    journal = rig.agent._runs.executor._journal
    real = getattr(journal, name)

    async def broken(*arguments: object) -> object:
        if state is None or state in arguments:
            monkeypatch.undo()
            message = "the disk is full"
            raise OSError(message)
        return await real(*arguments)

    monkeypatch.setattr(journal, name, broken)


@pytest.mark.parametrize(
    ("name", "state", "end"),
    [
        ("start", None, RunStatus.VERIFYING),
        ("mark", StepState.EFFECT_KNOWN, RunStatus.VERIFYING),
        ("mark", StepState.VERIFIED, RunStatus.VERIFYING),
        ("settle", None, RunStatus.VERIFYING),
    ],
)
async def test_a_run_whose_journal_broke_goes_on_where_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, state: StepState | None, end: RunStatus
) -> None:
    async with open_rig(tmp_path) as rig:
        request = await run_by_hand(rig)
        _break(monkeypatch, rig, name, state)
        with pytest.raises(OSError, match="the disk is full"):
            await rig.agent.execute(request.id)
        assert await rig.agent.execute(request.id) is end
        assert rig.toy.done == ["set_memory 3072"]
        (entry,) = await rig.entries(request)
        assert entry.state is StepState.VERIFIED


async def test_a_failure_that_was_written_stays_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with open_rig(tmp_path, Toy(refused=True)) as rig:
        request = await run_by_hand(rig)
        _break(monkeypatch, rig, "settle")
        with pytest.raises(OSError, match="the disk is full"):
            await rig.agent.execute(request.id)
        rig.toy.refused = False
        assert await rig.agent.execute(request.id) is RunStatus.FAILED
        assert rig.toy.done == []
        incident = await rig.incident()
        assert incident.run is not None
        assert incident.run.error == "the toy said no"


async def test_what_was_only_intended_is_planned_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with open_rig(tmp_path) as rig:
        request = await run_by_hand(rig)
        _break(monkeypatch, rig, "lease")
        with pytest.raises(OSError, match="the disk is full"):
            await rig.agent.execute(request.id)
        (entry,) = await rig.entries(request)
        assert entry.state is StepState.INTENDED
        rig.toy.limit = 3000
        assert await rig.agent.execute(request.id) is RunStatus.REFUSED
        assert rig.toy.done == []
        incident = await rig.incident()
        assert incident.run is not None
        assert incident.run.error == "the plan is not the one you approved: something changed since"
        assert await rig.leases() == []


async def test_what_was_only_intended_is_done_when_nothing_has_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with open_rig(tmp_path) as rig:
        request = await run_by_hand(rig)
        _break(monkeypatch, rig, "lease")
        with pytest.raises(OSError, match="the disk is full"):
            await rig.agent.execute(request.id)
        assert await rig.agent.execute(request.id) is RunStatus.VERIFYING
        assert rig.toy.done == ["set_memory 3072"]


async def test_a_step_that_somebody_else_has_started_is_not_started_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with open_rig(tmp_path) as rig:
        request = await run_by_hand(rig)
        journal = rig.agent._runs.executor._journal
        real = journal.start

        async def overtaken(run_id: str, position: int) -> bool:
            assert await real(run_id, position)
            return await real(run_id, position)

        monkeypatch.setattr(journal, "start", overtaken)
        assert isinstance(await rig.agent.execute(request.id), float)
        assert rig.toy.done == []
        assert _state(await rig.incident()) is StepState.EFFECT_UNKNOWN


async def test_after_a_crash_it_is_tried_once_more_and_not_for_ever(tmp_path: Path) -> None:
    toy = Toy(hold=asyncio.Event())
    async with open_rig(tmp_path, toy) as rig:
        await rig.press(await rig.ask())
        await toy.holding.wait()
    toy.hold, toy.request_lost = None, True
    tries: list[str] = []
    toy.passing = lambda place: tries.append(place) if place == "execute" else None
    async with open_rig(tmp_path, toy) as rig:
        await in_doubt(rig, f"{NOT_SEEN}: no answer")
    assert tries == ["execute"]


async def test_a_service_whose_code_hangs_is_given_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(effects, "LONGEST_EFFECT", 0.05)
    toy = Toy(hold=asyncio.Event())
    async with open_rig(tmp_path, toy) as rig:
        await rig.press(await rig.ask())
        await in_doubt(rig, f"{NOT_SEEN}: no answer in time")
        bodies = " ".join(body for _, body in await rig.audited())
        assert '"state":"effect_unknown"' in bodies


async def test_a_look_that_hangs_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(step_reads, "LONGEST_READ", 0.05)

    async def hang(_toy: Toy, _call: Call, _baseline: Mapping[str, Value]) -> CheckResult:
        await asyncio.Event().wait()
        raise AssertionError

    inventory = ToyInventory(Toy())
    first, *others = SERVICE.actions
    inventory.service_row = replace(SERVICE, actions=(replace(first, verify=hang), *others))
    async with open_rig(tmp_path, inventory=inventory) as rig:
        await rig.press(await rig.ask())
        incident = await rig.status(IncidentStatus.RESOLVED)
        assert incident.run is not None
        assert incident.run.steps[0].detail == "it was done, but the result is not known: no answer in time"


async def test_an_instance_that_became_another_service_is_not_touched(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig:
        request = await run_by_hand(rig)

        def become(place: str) -> None:
            if place == "dry_run":
                rig.inventory.service_row = replace(SERVICE, key="other")

        rig.toy.passing = become
        assert await rig.agent.execute(request.id) is RunStatus.REFUSED
        incident = await rig.incident()
        assert incident.run is not None
        assert incident.run.error == "radarr does not belong to toy"
        assert rig.toy.done == []
