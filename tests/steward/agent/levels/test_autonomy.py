"""Earned autonomy on the real stages: a cell earns its levels by its runs, and loses them by one."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from homelab_steward.contract.autonomy import AutonomyLevel
from homelab_steward.contract.devices import Word
from homelab_steward.contract.errors import ContractError, ErrorCode
from homelab_steward.contract.incidents import ApprovalStatus, IncidentStatus, Verb
from homelab_steward.contract.mode import PauseScope, SetPause
from homelab_steward.contract.state import FrontEnd
from rig import records
from rig.agent_rig import decide_command, open_rig
from rig.earned import (
    TEN_MINUTES,
    again,
    announced,
    cell,
    earn,
    earned,
    level,
    messages,
    pass_window,
    proposed,
)
from rig.inventory import NOW, ToyInventory, alert, box, speaker
from rig.toy import Toy
from rig.trials import stored_trial
from steward.agent.levels.announced_runs import CHANGED, LATE, LATEST
from steward.agent.levels.autonomy import NEEDS_PERSON, NOT_JUDGED, TRIED
from steward.agent.levels.autonomy_cells import cell_of, nature, nature_of
from steward.autonomy.levels import is_sample
from steward.clock import ManualClock
from steward.inventory.ports import OUTAGE
from steward.services.home_assistant import SERVICE as HOME
from steward.store import autonomy as stored

from ..monitors.test_quorum import DOWN, UP, Monitored, about


async def test_without_a_raised_cell_people_are_asked_as_ever(tmp_path: Path) -> None:
    clock = ManualClock(NOW)
    async with open_rig(tmp_path, clock=clock) as rig:
        await earn(rig, 30)
        request = await rig.ask()
        assert (request.acts_at, request.autonomy, request.owner_only) == (None, (), False)


async def test_what_is_announced_is_carried_out_at_its_time_and_not_before(tmp_path: Path) -> None:
    async with earned(tmp_path) as (rig, clock):
        request = await announced(rig)
        assert request.autonomy == ("It is announced, and done unless somebody stops it.",)
        clock.move(TEN_MINUTES - 1)
        await rig.agent._autonomy.announced.look()
        assert rig.toy.done == []
        clock.move(1)
        await rig.status(IncidentStatus.RESOLVED)
        assert rig.toy.done == ["set_memory 3072"]
        decided = await rig.request_with(request.id)
        assert decided.decision is not None
        assert (decided.decision.person_id, decided.decision.via) == ("", FrontEnd.STEWARD)
        async with rig.store.read() as connection:
            (trial,) = await stored.open_trials(connection)
        assert trial.is_automatic


async def test_an_alert_is_acted_on_when_the_app_measures_the_same(tmp_path: Path) -> None:
    """The alert comes from a monitor, and the memory of the box is nearly used up."""
    async with earned(tmp_path, inventory=Monitored()) as (rig, _):
        await announced(rig)


async def test_an_alert_that_the_app_cannot_confirm_is_left_to_people(tmp_path: Path) -> None:
    inventory = Monitored()
    inventory.toy.used = 100
    async with earned(tmp_path, inventory=inventory) as (rig, _):
        request = await rig.ask()
        assert request.acts_at is None
        assert "Some monitors report the problem, others say that there is none." in request.autonomy


@pytest.mark.parametrize(
    ("home", "kuma", "acts"), [(DOWN, DOWN, True), (UP, DOWN, False), (DOWN, UP, False), (UP, UP, False)]
)
async def test_an_outage_is_acted_on_when_home_assistant_and_another_monitor_agree(
    tmp_path: Path,
    home: Word,
    kuma: Word,
    acts: bool,  # noqa: FBT001
) -> None:
    inventory = Monitored()
    inventory.services["home"] = HOME
    inventory.said = (about("home", home), about("kuma", kuma))
    async with earned(tmp_path, inventory=inventory) as (rig, _):
        request = await rig.ask(replace(alert(), labels={"name": "radarr", OUTAGE: "box_stopped"}))
        assert (request.acts_at is not None) is acts
        assert rig.toy.done == []


@pytest.mark.parametrize("is_polled", [True, False])
async def test_at_its_time_only_a_fresh_reading_confirms_an_alert(tmp_path: Path, *, is_polled: bool) -> None:
    inventory = Monitored()
    async with earned(tmp_path, inventory=inventory) as (rig, clock):
        request = await announced(rig)
        clock.move(TEN_MINUTES)
        if is_polled:
            inventory.instance_row = replace(inventory.instance_row, polled_at=clock.now())
        await rig.agent._autonomy.announced.look()
        if is_polled:
            await rig.status(IncidentStatus.RESOLVED)
            return
        held = await rig.request_with(request.id)
        assert (held.status, held.acts_at, rig.toy.done) == (ApprovalStatus.PENDING, None, [])
        assert held.autonomy[-1] == "Only one independent witness reports the problem."


async def test_one_press_stops_it(tmp_path: Path) -> None:
    async with earned(tmp_path) as (rig, clock):
        request = await announced(rig)
        await rig.agent.gate.decide(decide_command(request, Verb.REJECT, "2"))
        clock.move(TEN_MINUTES)
        await rig.agent._autonomy.announced.look()
        assert rig.toy.done == []
        assert (await rig.incident()).status is IncidentStatus.UNSOLVED


async def test_do_it_now_does_it_at_once(tmp_path: Path) -> None:
    async with earned(tmp_path) as (rig, clock):
        await rig.press(await announced(rig), user="2")
        await rig.status(IncidentStatus.RESOLVED)
        clock.move(TEN_MINUTES)
        await rig.agent._autonomy.announced.look()
        assert rig.toy.done == ["set_memory 3072"]


async def test_snoozed_it_waits_for_a_person(tmp_path: Path) -> None:
    async with earned(tmp_path) as (rig, clock):
        request = await announced(rig)
        snoozed = await rig.agent.gate.decide(decide_command(request, Verb.SNOOZE))
        assert snoozed.acts_at is None
        clock.move(TEN_MINUTES)
        await rig.agent._autonomy.announced.look()
        assert rig.toy.done == []
        assert (await rig.request_with(request.id)).status is ApprovalStatus.PENDING


@pytest.mark.parametrize("scope", list(PauseScope))
async def test_paused_at_its_time_it_waits_for_a_person_for_good(tmp_path: Path, scope: PauseScope) -> None:
    async with earned(tmp_path) as (rig, clock):
        request = await announced(rig)
        await rig.agent.mode.set_pause(SetPause(speaker=speaker(), scope=scope))
        clock.move(TEN_MINUTES)
        await rig.agent._autonomy.announced.look()
        await rig.agent.mode.set_pause(SetPause(speaker=speaker(), scope=None))
        await rig.agent._autonomy.announced.look()
        held = await rig.request_with(request.id)
        assert (held.status, held.acts_at, rig.toy.done) == (ApprovalStatus.PENDING, None, [])
        assert "the steward is paused by Olga" in held.autonomy[-1].lower().replace("olga", "Olga")
        # A person may still approve it.
        await rig.press(held)
        await rig.status(IncidentStatus.RESOLVED)


async def test_while_paused_nothing_is_announced(tmp_path: Path) -> None:
    async with earned(tmp_path) as (rig, _clock):
        await rig.agent.mode.set_pause(SetPause(speaker=speaker(), scope=PauseScope.AUTOMATIC))
        request = await rig.ask()
        assert request.acts_at is None
        assert request.autonomy == ("The steward is paused by Olga.",)


async def test_a_changed_plan_is_never_carried_out_but_asked_about(tmp_path: Path) -> None:
    async with earned(tmp_path) as (rig, clock):
        request = await announced(rig)
        rig.toy.limit = 2500
        clock.move(TEN_MINUTES)
        await rig.until(lambda one: one.approval_id not in (None, request.id))
        again = await rig.request(await rig.status(IncidentStatus.WAITING))
        assert (await rig.request_with(request.id)).withdrawn == CHANGED
        assert (again.acts_at, rig.toy.done) == (None, [])
        assert again.autonomy == (TRIED,)


async def test_a_clock_set_forward_takes_no_time_from_people(tmp_path: Path) -> None:
    async with earned(tmp_path) as (rig, clock):
        await announced(rig)
        await rig.agent._autonomy.announced.look()
        clock.jump(TEN_MINUTES + 60)
        await rig.agent._autonomy.announced.look()
        assert rig.toy.done == []
        clock.move(TEN_MINUTES)
        await rig.status(IncidentStatus.RESOLVED)


async def test_after_a_restart_it_is_still_carried_out_once(tmp_path: Path) -> None:
    toy, clock = Toy(), ManualClock(NOW)
    async with open_rig(tmp_path, toy, clock=clock) as rig:
        await earn(rig, 10, AutonomyLevel.VETO)
        await announced(rig)
    clock.move(TEN_MINUTES)
    async with open_rig(tmp_path, toy, clock=clock) as rig:
        await rig.status(IncidentStatus.RESOLVED)
        assert toy.done == ["set_memory 3072"]


async def test_off_at_its_time_for_long_it_waits_for_a_person(tmp_path: Path) -> None:
    toy, clock = Toy(), ManualClock(NOW)
    async with open_rig(tmp_path, toy, clock=clock) as rig:
        await earn(rig, 10, AutonomyLevel.VETO)
        request = await announced(rig)
    clock.move(TEN_MINUTES + LATEST.total_seconds() + 1)
    async with open_rig(tmp_path, toy, clock=clock) as rig:
        await rig.agent._autonomy.announced.look()
        held = await rig.request_with(request.id)
        assert (held.status, held.acts_at, held.autonomy[-1]) == (ApprovalStatus.PENDING, None, LATE)
        assert toy.done == []


async def test_a_held_request_is_not_announced_again_by_the_stage(tmp_path: Path) -> None:
    async with earned(tmp_path) as (rig, clock):
        request = await announced(rig)
        async with rig.store.change(durable=True) as unit:
            await rig.agent._autonomy.ladder.lower(unit, await cell(rig), AutonomyLevel.ASK, "it was wanted")
        clock.move(TEN_MINUTES)
        await rig.agent._autonomy.announced.look()
        held = await rig.request_with(request.id)
        assert (held.status, held.acts_at, rig.toy.done) == (ApprovalStatus.PENDING, None, [])
        assert held.autonomy[-1] == "A person approves each run."


@pytest.mark.parametrize("sampled", [True, False])
async def test_one_in_ten_automatic_runs_is_announced(tmp_path: Path, *, sampled: bool) -> None:
    async with earned(tmp_path, 0, AutonomyLevel.ASK) as (rig, _clock):
        request = await rig.ask()
        await earn(rig, 25, AutonomyLevel.AUTO, undos=90)
        ids = (f"{number:032}" for number in range(1000))
        request = replace(request, id=next(one for one in ids if is_sample(one) is sampled))
        async with rig.store.change() as unit:
            judged = await rig.agent._autonomy.decision.judged(unit, await rig.incident(), request)
        assert judged.is_alone is not sampled
        assert (judged.request.acts_at is not None) is sampled


async def test_a_cell_earns_its_levels_and_loses_them_by_harm(tmp_path: Path) -> None:
    clock = ManualClock(NOW)
    async with open_rig(tmp_path, clock=clock) as rig:
        await earn(rig, 8)
        await rig.press(await rig.ask())
        await rig.status(IncidentStatus.RESOLVED)
        await rig.agent._autonomy.stage.look()
        assert await level(rig) is AutonomyLevel.ASK
        await pass_window(rig, clock)
        await rig.agent._autonomy.stage.look()
        (request,) = await proposed(rig)
        assert "0 of 0 automatic runs" in request.text
        assert request.asked == ("olga",)
        await rig.press(request)
        await rig.agent._autonomy.stage.look()
        assert await level(rig) is AutonomyLevel.VETO

        await again(rig, clock)
        waiting = await rig.status(IncidentStatus.WAITING, 3)
        assert (await rig.request(waiting)).acts_at is not None
        clock.move(TEN_MINUTES)
        await rig.status(IncidentStatus.RESOLVED, 3)
        await pass_window(rig, clock)

        await earn(rig, 20, undos=90, run_id="more")
        await rig.agent._autonomy.stage.look()
        (request,) = await proposed(rig)
        await rig.press(request)
        await rig.agent._autonomy.stage.look()
        assert await level(rig) is AutonomyLevel.AUTO

        rig.toy.breaks, rig.toy.undo_refused = True, True
        clock.move((NOW + timedelta(days=4) - clock.now()).total_seconds())
        await again(rig, clock)
        incident = await rig.until(lambda one: one.run is not None or one.status is IncidentStatus.WAITING, 5)
        if incident.run is None:
            clock.move(TEN_MINUTES)
        await rig.until(lambda one: one.round > 1, 5)
        assert await level(rig) is AutonomyLevel.ASK
        lines = await messages(rig)
        assert lines[-1].endswith("asked about from now on, because what a run did could not be undone.")
        events = [event for event, _ in await rig.audited()]
        assert [one for one in events if one.startswith("autonomy.")] == [
            "autonomy.raised",
            "autonomy.raised",
            "autonomy.undo",
            "autonomy.lowered",
        ]


async def test_what_is_not_waited_for_or_has_no_cell_is_objected_to(tmp_path: Path) -> None:
    async with earned(tmp_path) as (rig, _clock):
        request = await announced(rig)
        other = replace(request.proposal, options=request.proposal.options[2:])
        async with rig.store.change() as unit:
            objection = rig.agent._autonomy.decision.objection
            assert await objection(unit, request) is None
            assert await objection(unit, replace(request, proposal=other)) == NEEDS_PERSON
            assert await objection(unit, replace(request, id="another")) == "Nobody waits for it any more."


async def test_what_cannot_be_judged_is_left_to_people(tmp_path: Path) -> None:
    async with earned(tmp_path) as (rig, _clock):
        request = await announced(rig)
        incident = await rig.incident()
        decision = rig.agent._autonomy.decision
        option = request.proposal.options[0]
        broken = replace(await cell(rig), evidence=None)  # type: ignore[arg-type]
        async with rig.store.read() as connection:
            for about in (incident, replace(incident, target=None)):
                allowed = await decision._allowed(connection, about, request, option, broken)
                assert (allowed.level, allowed.reasons) == (AutonomyLevel.ASK, (NOT_JUDGED,))


async def test_two_people_or_an_unknown_home_need_a_person(tmp_path: Path) -> None:
    async with earned(tmp_path) as (rig, _clock):
        request = await announced(rig)
        option = replace(request.proposal.options[0], unknown_facts=("streaming",))
        async with rig.store.read() as connection:
            found = await rig.agent._autonomy.decision._needs_person(connection, request, option)
        assert found == (NEEDS_PERSON,)


async def test_what_is_not_used_for_long_loses_a_level(tmp_path: Path) -> None:
    async with earned(tmp_path) as (rig, clock):
        clock.move(200 * 86_400)
        await rig.agent._autonomy.stage.look()
        assert await level(rig) is AutonomyLevel.ASK
        (line,) = await messages(rig)
        assert line.endswith("because it was not used for 180 days.")


async def test_a_trial_of_other_content_changes_no_level_and_an_undo_counts_once(tmp_path: Path) -> None:
    async with earned(tmp_path) as (rig, _clock):
        ladder = rig.agent._autonomy.ladder
        trial = stored_trial("other", runbook_hash="other", label="harm", labelled_at=NOW)
        async with rig.store.change() as unit:
            await ladder.labelled(unit, trial)
            for worked in (True, False):
                await ladder.note_undo(unit, "drill", "toy.set_memory", box(), worked=worked)
        assert await level(rig) is AutonomyLevel.VETO
        async with rig.store.read() as connection:
            (proof,) = await stored.undo_proofs_of(connection, "toy.set_memory", "")
        assert proof.worked


def test_only_recipes_that_change_something_have_a_cell() -> None:
    option = replace(records.option(), recipe="grow")
    assert cell_of(option) is not None
    assert cell_of(None) is None
    assert cell_of(replace(option, runbook_id="request:1")) is None
    assert cell_of(replace(option, runbook_id=None)) is None
    assert cell_of(replace(option, steps=())) is None


@pytest.mark.parametrize(
    ("actions", "is_repeatable"),
    [
        (["toy.set_memory"], True),
        (["toy.restart"], True),
        (["toy.set_memory", "toy.restart"], True),
        (["toy.search"], False),
        (["toy.restart", "toy.search"], False),
        (["toy.unknown"], False),
    ],
)
def test_what_is_done_twice_without_another_effect(actions: list[str], is_repeatable: bool) -> None:  # noqa: FBT001
    """A restart too: nobody has to be there because it cannot be undone."""
    steps = tuple(replace(records.step(), action=one) for one in actions)
    option = replace(records.option(), steps=steps, reversible=False)
    found = nature(nature_of(option, ToyInventory(Toy())))
    assert found.is_repeatable is is_repeatable


async def test_what_did_harm_twice_is_approved_by_an_owner_only(tmp_path: Path) -> None:
    async with earned(tmp_path) as (rig, _clock):
        digest = (await cell(rig)).runbook_hash
        async with rig.store.change(durable=True) as unit:
            for number in range(2):
                trial = stored_trial(f"harm{number}", runbook_hash=digest, label="harm", labelled_at=NOW)
                await rig.agent._autonomy.ladder.labelled(unit, trial)
        request = await rig.ask()
        assert (request.acts_at, request.owner_only, request.asked) == (None, True, ("olga",))
        with pytest.raises(ContractError) as refused:
            await rig.press(request, user="2")
        assert refused.value.code is ErrorCode.FORBIDDEN
        await rig.press(request)
        await rig.status(IncidentStatus.RESOLVED)
