"""Updates go from found to applied through the real gate and executor, or stop safely on the way."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from homelab_steward.contract.catalogue import Risk
from homelab_steward.contract.changes import (
    Assessment,
    ChangeLevel,
    ChangeSource,
    ChangeStatus,
    Distance,
    PackageChange,
    WayBack,
)
from homelab_steward.contract.errors import ContractError
from homelab_steward.contract.incidents import ApprovalStatus, Outcome, RunStatus, Verb, Verdict
from homelab_steward.contract.maintenance import AddMaintenance, Occurrence
from homelab_steward.contract.proposals import OptionKind
from homelab_steward.contract.protocol import RowKind
from homelab_steward.contract.second_person import needs_another
from rig import records
from rig.agent_rig import LIMITS, TaskEngine, decide_command
from rig.changes_rig import AT_ONCE, ChangesRig, ToySource, assessment, changes_rig, found
from rig.inventory import NOW, ToyInventory, ToyPeople, box, speaker
from rig.toy import Toy
from steward.agent.plans.change_plans import ChangePlans
from steward.agent.requests.request_plan import PlanStep
from steward.changes import finding, pipeline
from steward.changes.following import moved, save
from steward.changes.found import Found
from steward.changes.rows import change_id
from steward.clock import ManualClock
from steward.settings.changes import ChangeGroup, Changes
from steward.store.changes import Lost
from steward.texts import local

from .test_watcher import Updated, watch_of, watched_inventory

TWO_STEPS = (
    PlanStep(target=box(), action="set_memory", arguments={"memory": 4096}),
    PlanStep(target=box(), action="set_cpu", arguments={"cores": 4}),
)


def cpu(name: str = "sonarr", **changes: Any) -> Found:
    """Return an update that sets something else: boxes of the toy share their numbers."""
    step = PlanStep(target=box(name), action="set_cpu", arguments={"cores": 4})
    return found(name, **{"steps": (step,), **changes})


def swap(name: str = "lidarr", **changes: Any) -> Found:
    step = PlanStep(target=box(name), action="set_swap", arguments={"swap": 1024})
    return found(name, steps=(step,), **changes)


def three() -> ToyInventory:
    return ToyInventory(Toy(), ("radarr", "sonarr", "lidarr"))


async def by_hand(rig: ChangesRig, *, is_on: bool = True) -> None:
    """Let the engine begin nothing, as after a kill right behind the decision."""
    engine = rig.agent.engine
    assert isinstance(engine, TaskEngine)
    engine.broken = is_on


async def test_an_update_is_held_asked_about_approved_applied_and_done(tmp_path: Path) -> None:
    async with changes_rig(tmp_path, Changes()) as rig:
        rig.sources[0].offer(found())
        await rig.look()
        row = await rig.row()
        assert row.status is ChangeStatus.HELD
        assert row.until is not None
        assert NOW + timedelta(days=3) <= row.until < NOW + timedelta(days=4)
        assert f"{local(row.until):%H:%M}" == "18:00"
        assert "Held until" in row.reason
        assert await rig.pending() == ()
        rig.later(days=4)
        await rig.look()
        assert (await rig.row()).status is ChangeStatus.ASKED
        (request,) = await rig.pending()
        assert request.title == "radarr 5.1.0 → 5.1.1"
        assert request.requested_by == ""
        assert [one.kind for one in request.proposal.options] == [OptionKind.ACT, OptionKind.DEFER]
        assert "Safe: 3 fixes, no breaking change." in request.text
        assert "It can be taken back with its data." in request.text
        await rig.agent.press(request)
        row = await rig.ended()
        assert row.status is ChangeStatus.DONE
        assert "It helped." in row.result
        await rig.look()
        assert await rig.pending() == ()
        assert list(rig.agent.toy.effects) == ["set_memory 4096"]


async def test_what_went_back_is_blocked_until_a_person_offers_it_again(tmp_path: Path) -> None:
    toy = Toy(refused_change="set_cpu")
    async with changes_rig(tmp_path, toy=toy) as rig:
        rig.sources[0].offer(found(steps=TWO_STEPS))
        await rig.look()
        await rig.agent.press(await rig.request())
        row = await rig.ended()
        assert row.status is ChangeStatus.WENT_BACK
        assert list(toy.effects) == ["set_memory 4096", "undo set_memory 2048"]
        await rig.look()
        row = await rig.row()
        assert row.status is ChangeStatus.BLOCKED
        assert row.result.startswith("5.1.1 failed here on November 20: ")
        assert "set_cpu" in row.result.replace("Set cpu", "set_cpu")
        # The same version from another source, and a newer one.
        rig.sources[0].offer(found(id="again", steps=TWO_STEPS), found(new="5.1.2", steps=TWO_STEPS))
        await rig.look()
        statuses = {(one.offer, one.revision): one.status for one in await rig.rows()}
        assert statuses == {
            ("toys:radarr", "5.1.1"): ChangeStatus.BLOCKED,
            ("toys:again", "5.1.1"): ChangeStatus.BLOCKED,
            ("toys:radarr", "5.1.2"): ChangeStatus.ASKED,
        }
        toy.refused_change = ""
        rig.sources[0].offer(found(id="again", steps=TWO_STEPS))
        await rig.look()
        blocked = next(one for one in await rig.rows() if one.offer == "toys:again")
        await rig.command("offer_again", blocked.id)
        await rig.look()
        (request,) = await rig.pending()
        await rig.agent.press(request)
        again = next(one for one in await rig.rows() if one.id == blocked.id)
        await rig.agent.until(lambda one: one.status.is_closed and one.id == again.incident_id, 3)
        await rig.look()
        assert {one.status for one in await rig.rows() if one.id == blocked.id} == {ChangeStatus.DONE}


@pytest.mark.parametrize(
    ("verb", "status", "text"),
    [
        (Verb.REJECT, ChangeStatus.REJECTED, "Rejected by Olga."),
        (Verb.IGNORE, ChangeStatus.DEFERRED, "Deferred by Olga."),
    ],
)
async def test_a_person_rejects_or_ignores_a_version(
    tmp_path: Path, verb: Verb, status: ChangeStatus, text: str
) -> None:
    async with changes_rig(tmp_path) as rig:
        rig.sources[0].offer(found())
        await rig.look()
        await rig.agent.agent.gate.decide(decide_command(await rig.request(), verb))
        await rig.look()
        row = await rig.row()
        assert row.status is status
        assert text in (row.reason, row.result)
        rig.sources[0].offer(found(new="5.1.2"))
        await rig.look()
        assert (await rig.row(new="5.1.2")).status is ChangeStatus.ASKED


async def test_a_deferred_update_is_asked_about_after_a_week(tmp_path: Path) -> None:
    async with changes_rig(tmp_path) as rig:
        rig.sources[0].offer(found())
        await rig.look()
        request = await rig.request()
        await rig.agent.press(request, option=2)
        await rig.ended()
        row = await rig.row()
        assert row.status is ChangeStatus.DEFERRED
        assert row.until == NOW + timedelta(days=7)
        rig.later(days=6)
        await rig.look()
        assert await rig.pending() == ()
        rig.later(days=1)
        await rig.look()
        (again,) = await rig.pending()
        assert again.id != request.id
        assert list(rig.agent.toy.effects) == []


async def test_an_unanswered_request_is_asked_again_a_day_later(tmp_path: Path) -> None:
    async with changes_rig(tmp_path) as rig:
        rig.sources[0].offer(found())
        await rig.look()
        rig.later(hours=13)
        await rig.agent.agent._asked.expiry.look()
        await rig.look()
        row = await rig.row()
        assert row.status is ChangeStatus.DEFERRED
        rig.later(days=1)
        await rig.look()
        assert (await rig.row()).status is ChangeStatus.ASKED


@pytest.mark.parametrize("stage", ["held", "asked", "approved"])
async def test_a_new_revision_ends_the_older_one_at_every_stage(tmp_path: Path, stage: str) -> None:
    settings = Changes() if stage == "held" else AT_ONCE
    async with changes_rig(tmp_path, settings) as rig:
        rig.sources[0].offer(found())
        await rig.look()
        before = None if stage == "held" else await rig.request()
        if stage == "approved" and before is not None:
            await by_hand(rig)
            await rig.agent.press(before)
            await rig.work()
            assert (await rig.row()).status is ChangeStatus.APPLYING
        rig.sources[0].offer(found(new="5.1.2"))
        await rig.look()
        old, new = await rig.row(new="5.1.1"), await rig.row(new="5.1.2")
        assert old.status is ChangeStatus.GONE
        assert old.result == "5.1.2 is offered instead."
        if stage == "held":
            assert new.status is ChangeStatus.HELD
            return
        assert before is not None
        if stage == "asked":
            assert (await rig.agent.request_with(before.id)).status is ApprovalStatus.SUPERSEDED
        else:
            # The approval was for another revision: the executor refuses it.
            await by_hand(rig, is_on=False)
            await rig.agent.agent._run_starter.look()
            await rig.agent.agent._run_starter.look()
            done = await rig.agent.until(lambda one: one.status.is_closed and one.id == old.incident_id)
            assert done.run is not None
            assert done.run.status is RunStatus.REFUSED
            await rig.look()
        assert list(rig.agent.toy.effects) == []
        (request,) = await rig.pending()
        assert request.title == "radarr 5.1.0 → 5.1.2"
        await rig.agent.press(request)
        assert (await rig.ended(new="5.1.2")).status is ChangeStatus.DONE
        assert list(rig.agent.toy.effects) == ["set_memory 4096"]


async def test_a_run_that_began_is_not_ended_by_a_new_revision(tmp_path: Path) -> None:
    toy = Toy()
    async with changes_rig(tmp_path, toy=toy) as rig:
        toy.request_lost = True
        rig.sources[0].offer(found())
        await rig.look()
        await rig.agent.press(await rig.request())
        await rig.agent.until(lambda one: one.run is not None)
        rig.sources[0].offer(found(new="5.1.2"))
        await rig.look()
        assert (await rig.row(new="5.1.1")).status in (ChangeStatus.APPLYING, ChangeStatus.WATCHING)
        newer = await rig.row(new="5.1.2")
        assert newer.status is ChangeStatus.READY
        assert newer.reason == "First: radarr 5.1.0 → 5.1.1."


async def test_what_cannot_be_read_stays_and_what_is_gone_comes_back(tmp_path: Path) -> None:
    (source,) = sources = [ToySource()]
    async with changes_rig(tmp_path, sources=sources) as rig:
        source.offer(found())
        await rig.look()
        for change in ({"unknown": frozenset({"radarr"})}, {"unread": frozenset({"toy1"})}):
            source.offer(**change)
            await rig.look()
            assert (await rig.row()).status is ChangeStatus.ASKED
        source.broken = True
        await rig.look()
        assert (await rig.row()).status is ChangeStatus.ASKED
        source.broken = False
        request = await rig.request()
        source.offer()
        await rig.look()
        assert (await rig.row()).status is ChangeStatus.GONE
        withdrawn = await rig.agent.request_with(request.id)
        assert withdrawn.status is ApprovalStatus.SUPERSEDED
        assert withdrawn.withdrawn == "It is not offered any more."
        source.offer(found())
        await rig.look()
        assert (await rig.row()).status is ChangeStatus.ASKED


async def test_an_unexpected_error_of_a_source_costs_no_other_source(tmp_path: Path) -> None:
    class Wrong(ToySource):
        async def find(self) -> Any:
            raise KeyError("x")

    async with changes_rig(tmp_path, sources=[Wrong(name="wrong"), ToySource()]) as rig:
        rig.sources[1].offer(found(), replace(found("stranger"), target=box("stranger")))
        await rig.look()
        assert await rig.statuses() == {"radarr 5.1.1": ChangeStatus.ASKED}


async def test_two_sources_never_change_one_target(tmp_path: Path) -> None:
    sources = [ToySource(name="images"), ToySource(name="pulls")]
    async with changes_rig(tmp_path, sources=sources) as rig:
        sources[0].offer(found())
        sources[1].offer(found(id="#47", new="5.1.2", source=ChangeSource.PULL_REQUEST))
        await rig.look()
        assert await rig.statuses() == {
            "radarr 5.1.1": ChangeStatus.READY,
            "radarr 5.1.2": ChangeStatus.ASKED,
        }
        assert (await rig.row(new="5.1.1")).reason == "First: radarr 5.1.0 → 5.1.2."
        await rig.agent.press(await rig.request(new="5.1.2"))
        assert (await rig.ended(new="5.1.2")).status is ChangeStatus.DONE
        sources[1].offer()
        sources[0].offer(found(steps=(TWO_STEPS[1],)))
        await rig.look()
        assert (await rig.row(new="5.1.1")).status is ChangeStatus.ASKED


async def test_an_update_waits_while_something_else_is_asked_about_its_target(tmp_path: Path) -> None:
    async with changes_rig(tmp_path) as rig:
        request = await rig.agent.ask()
        rig.sources[0].offer(found())
        await rig.look()
        row = await rig.row()
        assert row.status is ChangeStatus.READY
        assert row.reason.startswith("First: ")
        await rig.agent.agent.gate.decide(decide_command(request, Verb.IGNORE))
        await rig.look()
        assert (await rig.row()).status is ChangeStatus.ASKED


async def test_safe_updates_share_one_request_and_each_gets_its_run(tmp_path: Path) -> None:
    inventory = three()
    async with changes_rig(tmp_path, inventory=inventory) as rig:
        rig.sources[0].offer(found(), cpu(), swap())
        await rig.look()
        (request,) = await rig.pending()
        assert request.title.startswith("3 updates: ")
        option = request.proposal.options[0]
        assert option.kind is OptionKind.EACH
        assert len(option.steps) == 3
        inventory.toy.refused_change = "set_cpu"
        await rig.agent.press(request)
        await rig.look()
        rows = [await rig.ended(name) for name in ("radarr", "sonarr", "lidarr")]
        assert [one.status for one in rows] == [ChangeStatus.DONE, ChangeStatus.FAILED, ChangeStatus.DONE]
        assert len({one.approval_id for one in rows} | {request.id}) == 4
        assert sorted(inventory.toy.effects) == ["set_memory 4096", "set_swap 1024"]
        part = await rig.agent.request_with(rows[0].approval_id or "")
        assert part.decision is not None
        assert part.decision.person_id == "olga"
        assert (await rig.agent.audit()).broken_at is None


async def test_both_who_approved_updates_together_approved_each(tmp_path: Path) -> None:
    limits = replace(LIMITS, two_from=Risk.LOW)
    async with changes_rig(tmp_path, inventory=three(), limits=limits) as rig:
        rig.sources[0].offer(found(), cpu())
        await rig.look()
        (request,) = await rig.pending()
        await rig.agent.press(await rig.agent.press(request), user="2")
        await rig.look()
        for name in ("radarr", "sonarr"):
            part = await rig.agent.request_with((await rig.ended(name)).approval_id or "")
            assert part.first is not None
            assert part.decision is not None
            assert (part.first.person_id, part.decision.person_id) == ("olga", "max")
            assert not needs_another(part, part.proposal.options[0])


async def test_what_is_risky_is_asked_about_alone(tmp_path: Path) -> None:
    def judged(one: Found) -> Any:
        return assessment(ChangeLevel.BREAKING if one.id == "sonarr" else ChangeLevel.SAFE)

    async with changes_rig(tmp_path, inventory=three(), assess=judged) as rig:
        rig.sources[0].offer(found(), cpu(), swap(way_back=WayBack.NONE))
        await rig.look()
        titles = sorted(one.title for one in await rig.pending())
        assert titles == ["lidarr 5.1.0 → 5.1.1", "radarr 5.1.0 → 5.1.1", "sonarr 5.1.0 → 5.1.1"]


async def test_deferring_or_rejecting_a_shared_request_is_about_all(tmp_path: Path) -> None:
    async with changes_rig(tmp_path) as rig:
        rig.sources[0].offer(found(), cpu())
        await rig.look()
        (request,) = await rig.pending()
        await rig.agent.agent.gate.decide(decide_command(request, Verb.REJECT))
        await rig.look()
        assert {one.status for one in await rig.rows()} == {ChangeStatus.REJECTED}
        assert await rig.pending() == ()


async def test_coupled_updates_are_applied_in_one_run(tmp_path: Path) -> None:
    async with changes_rig(tmp_path) as rig:
        rig.sources[0].offer(found(couples=(box("sonarr"),)), cpu())
        await rig.look()
        (request,) = await rig.pending()
        assert request.proposal.options[0].kind is OptionKind.ACT
        assert len(request.proposal.options[0].steps) == 2
        assert {one.approval_id for one in await rig.rows()} == {request.id}
        assert sum(one.applied_with is None for one in await rig.rows()) == 1
        await rig.agent.press(request)
        rows = [await rig.ended(name) for name in ("radarr", "sonarr")]
        assert {one.status for one in rows} == {ChangeStatus.DONE}
        assert sorted(rig.agent.toy.effects) == ["set_cpu 4", "set_memory 4096"]


async def test_coupled_updates_wait_for_each_other(tmp_path: Path) -> None:
    async with changes_rig(tmp_path, Changes(patch_days=0)) as rig:
        held = replace(cpu().packages[0], distance=Distance.MINOR)
        rig.sources[0].offer(found(couples=(box("sonarr"),)), cpu(packages=(held,)))
        await rig.look()
        assert await rig.pending() == ()
        rig.later(days=8)
        await rig.look()
        assert len(await rig.pending()) == 1


async def test_the_canary_is_first_and_stops_the_others_when_it_fails(tmp_path: Path) -> None:
    group = ChangeGroup(id="nodes", canary=("son*",), wave_size=1)
    same = (PackageChange(name="k3s", old="1.35.1", new="1.35.2", distance=Distance.PATCH),)
    inventory = three()
    async with changes_rig(tmp_path, replace(AT_ONCE, groups=(group,)), inventory=inventory) as rig:
        rig.sources[0].offer(found(packages=same), cpu(packages=same), swap(packages=same))
        await rig.look()
        (request,) = await rig.pending()
        assert request.title.startswith("sonarr")
        assert "Order: sonarr; lidarr; radarr." in request.text
        assert (await rig.row("radarr")).reason == "First it is applied to sonarr and lidarr."
        assert {one.target.name: one.wave for one in await rig.rows()} == {
            "sonarr": 1,
            "lidarr": 2,
            "radarr": 3,
        }
        await rig.agent.press(request)
        assert (await rig.ended("sonarr")).status is ChangeStatus.DONE
        await rig.look()
        (request,) = await rig.pending()
        assert request.title.startswith("lidarr")
        inventory.toy.refused_change = "set_swap"
        await rig.agent.press(request)
        assert (await rig.ended("lidarr")).status is ChangeStatus.FAILED
        await rig.look()
        assert await rig.pending() == ()
        assert (await rig.row("radarr")).reason == "It failed on lidarr, so nobody is asked about it here."
        # A person may still want it.
        row = await rig.command("ask", (await rig.row("radarr")).id)
        assert row.status is ChangeStatus.ASKED
        assert (await rig.request("radarr")).requested_by == "olga"


async def test_an_ignored_group_is_not_offered(tmp_path: Path) -> None:
    group = ChangeGroup(id="mine", names=("RAD*",), services=("toy",), kinds=("box",), ignore=True)
    async with changes_rig(tmp_path, replace(AT_ONCE, groups=(group,))) as rig:
        rig.sources[0].offer(found(), cpu())
        await rig.look()
        assert await rig.statuses() == {"sonarr 5.1.1": ChangeStatus.ASKED}


async def test_an_approved_update_waits_for_the_maintenance_of_its_target(tmp_path: Path) -> None:
    group = ChangeGroup(id="night", only_in_maintenance=True)
    async with changes_rig(tmp_path, replace(AT_ONCE, groups=(group,))) as rig:
        rig.sources[0].offer(found(), cpu())
        await rig.look()
        assert await rig.pending() == ()
        assert (await rig.row()).reason == "There is no maintenance window for radarr."
        begin = NOW + timedelta(hours=5)
        once = Occurrence(starts_at=begin, ends_at=begin + timedelta(hours=2))
        await rig.agent.agent.maintenance.add(
            AddMaintenance(speaker=speaker(), title="Night", instance_ids=("toy1",), once=once)
        )
        rig.later(minutes=10)
        await rig.look()
        (request,) = await rig.pending()
        assert request.later is not None
        assert request.later.at == begin
        await rig.agent.press(request)
        await rig.look()
        parts = [await rig.request(name) for name in ("radarr", "sonarr")]
        assert {one.status for one in parts} == {ApprovalStatus.SCHEDULED}
        assert len({one.id for one in parts} | {request.id}) == 3
        assert {one.status for one in await rig.rows()} == {ChangeStatus.ASKED}
        assert list(rig.agent.toy.effects) == []
        rig.later(hours=5)
        await rig.agent.agent._asked.scheduled.look()
        rows = [await rig.ended(name) for name in ("radarr", "sonarr")]
        assert {one.status for one in rows} == {ChangeStatus.DONE}


async def test_a_scheduled_update_that_is_another_one_by_now_is_asked_about_again(tmp_path: Path) -> None:
    group = ChangeGroup(id="night", only_in_maintenance=True)
    async with changes_rig(tmp_path, replace(AT_ONCE, groups=(group,))) as rig:
        once = Occurrence(starts_at=NOW + timedelta(hours=1), ends_at=NOW + timedelta(hours=3))
        await rig.agent.agent.maintenance.add(
            AddMaintenance(speaker=speaker(), title="Night", instance_ids=("toy1",), once=once)
        )
        rig.sources[0].offer(found())
        await rig.look()
        request = await rig.request()
        await rig.agent.press(request)
        rig.agent.toy.limit = 3000
        rig.later(hours=1)
        await rig.agent.agent._asked.scheduled.look()
        assert (await rig.agent.request_with(request.id)).status is ApprovalStatus.SUPERSEDED
        await rig.look()
        (again,) = await rig.pending()
        assert again.id != request.id
        assert list(rig.agent.toy.effects) == []


async def test_a_new_revision_ends_what_is_scheduled(tmp_path: Path) -> None:
    group = ChangeGroup(id="night", only_in_maintenance=True)
    async with changes_rig(tmp_path, replace(AT_ONCE, groups=(group,))) as rig:
        once = Occurrence(starts_at=NOW + timedelta(hours=1), ends_at=NOW + timedelta(hours=3))
        await rig.agent.agent.maintenance.add(
            AddMaintenance(speaker=speaker(), title="Night", instance_ids=("toy1",), once=once)
        )
        rig.sources[0].offer(found())
        await rig.look()
        request = await rig.agent.press(await rig.request())
        assert request.status is ApprovalStatus.SCHEDULED
        rig.sources[0].offer(found(new="5.1.2"))
        await rig.look()
        assert (await rig.agent.request_with(request.id)).status is ApprovalStatus.SUPERSEDED
        (again,) = await rig.pending()
        assert again.title == "radarr 5.1.0 → 5.1.2"
        assert list(rig.agent.toy.effects) == []


async def test_a_plan_that_cannot_be_made_is_tried_again_later(tmp_path: Path) -> None:
    toy = Toy(refusal="the disk is full")
    async with changes_rig(tmp_path, toy=toy) as rig:
        rig.sources[0].offer(found())
        await rig.look()
        row = await rig.row()
        assert row.status is ChangeStatus.READY
        assert row.reason == "the disk is full"
        toy.refusal = None
        await rig.look()
        assert await rig.pending() == ()
        rig.later(minutes=11)
        await rig.look()
        assert (await rig.row()).status is ChangeStatus.ASKED


async def test_what_the_steward_cannot_apply_is_only_shown(tmp_path: Path) -> None:
    async with changes_rig(tmp_path) as rig:
        rig.sources[0].offer(found(steps=(), left_out="It is built here."), cpu(steps=()))
        await rig.look()
        assert await rig.pending() == ()
        assert (await rig.row()).reason == "It is built here."
        assert (await rig.row("sonarr")).reason == "The steward cannot apply it."


async def test_a_refused_run_is_asked_about_again_an_hour_later(tmp_path: Path) -> None:
    toy = Toy()
    async with changes_rig(tmp_path, toy=toy) as rig:
        rig.sources[0].offer(found())
        await rig.look()
        await by_hand(rig)
        await rig.agent.press(await rig.request())
        toy.limit = 3000
        await by_hand(rig, is_on=False)
        await rig.agent.agent._run_starter.look()
        row = await rig.ended()
        assert row.status is ChangeStatus.HELD
        assert "something changed" in row.reason
        rig.later(hours=1)
        await rig.look()
        assert (await rig.row()).status is ChangeStatus.ASKED
        assert list(toy.effects) == []


async def test_the_stage_works_by_itself(tmp_path: Path) -> None:
    async with changes_rig(tmp_path) as rig:
        rig.sources[0].offer(found())
        rig.stage.start(rig.agent.agent.first_read)
        incident = await rig.agent.until(lambda one: one.approval_id is not None)
        await rig.agent.press(await rig.agent.request(incident))
        await rig.until(lambda rows: rows[0].status is ChangeStatus.DONE)
        await rig.stage.close()
        assert list(rig.agent.toy.effects) == ["set_memory 4096"]


@pytest.mark.parametrize("is_worse", [False, True])
async def test_an_update_is_watched_and_goes_back_when_it_is_worse(tmp_path: Path, *, is_worse: bool) -> None:
    clock, inventory = ManualClock(NOW), watched_inventory(Toy())
    async with changes_rig(tmp_path, clock=clock, inventory=inventory) as rig:
        rig.agent.agent.use_watch(watch_of(rig.agent, clock))
        rig.sources[0].offer(found())
        await rig.look()
        await by_hand(rig)
        request = await rig.agent.press(await rig.request())
        assert await rig.agent.agent.execute(request.id) is RunStatus.VERIFYING
        await rig.look()
        assert (await rig.row()).status is ChangeStatus.WATCHING
        inventory.toy.running = not is_worse
        await Updated(rig.agent, clock, request).until_over()
        await rig.agent.agent.conclude(request.id)
        await rig.work()
        row = await rig.row()
        if not is_worse:
            assert row.status is ChangeStatus.DONE
            assert "Memory used: 380 MiB (average was 380)" in row.result
            return
        assert row.status is ChangeStatus.WENT_BACK
        assert "radarr does not run" in row.result
        assert list(inventory.toy.effects) == ["set_memory 4096", "undo set_memory 2048"]
        await rig.look()
        row = await rig.row()
        assert row.status is ChangeStatus.BLOCKED
        assert row.result.startswith("5.1.1 failed here on November 20: It is worse than before: radarr does")
        assert await rig.pending() == ()


async def test_two_people_at_once_decide_once(tmp_path: Path) -> None:
    async with changes_rig(tmp_path) as rig:
        rig.sources[0].offer(found(), cpu())
        await rig.look()
        (request,) = await rig.pending()
        answers = await asyncio.gather(
            rig.agent.press(request),
            rig.agent.agent.gate.decide(decide_command(request, Verb.REJECT, "2")),
            rig.agent.press(request, user="2"),
            return_exceptions=True,
        )
        assert sum(isinstance(one, ContractError) for one in answers) == 2
        await asyncio.gather(rig.work(), rig.work())
        rows = [await rig.row(name) for name in ("radarr", "sonarr")]
        if ChangeStatus.REJECTED in {one.status for one in rows}:
            assert list(rig.agent.toy.effects) == []
            return
        rows = [await rig.ended(name) for name in ("radarr", "sonarr")]
        assert {one.status for one in rows} == {ChangeStatus.DONE}
        assert sorted(rig.agent.toy.effects) == ["set_cpu 4", "set_memory 4096"]


async def test_nobody_is_asked_in_their_quiet_time(tmp_path: Path) -> None:
    async with changes_rig(tmp_path) as rig:
        at = local(NOW).time()
        quiet: dict[str, Any] = {
            "quiet_from": f"{at:%H:%M}",
            "quiet_until": f"{(NOW + timedelta(hours=2)):%H:%M}",
        }
        people = [replace(one, **quiet) for one in ToyPeople().list()]
        rig.stage.pipeline._people = lambda: people
        rig.sources[0].offer(found())
        await rig.look()
        assert await rig.pending() == ()
        assert "quiet time" in (await rig.row()).reason
        rig.later(hours=2)
        await rig.look()
        assert len(await rig.pending()) == 1


async def test_old_rows_go_and_what_failed_stays_longest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(finding, "KEPT", 1)
    async with changes_rig(tmp_path) as rig:
        for number, status in enumerate([*[ChangeStatus.DONE] * 3, ChangeStatus.BLOCKED]):
            row = records.change(f"c{number}", status=status, updated_at=NOW - timedelta(days=number))
            async with rig.agent.store.change() as unit:
                await save(unit, row)
        with rig.agent.store.changes.watch(RowKind.CHANGE) as watch:
            await rig.look()
            event = await watch.next()
        assert not isinstance(event, Lost)
        assert event.gone
        await rig.look()
        assert {one.id for one in await rig.rows()} == {"c0", "c3"}


def test_how_a_run_ended_is_what_the_update_is() -> None:
    asked = records.request(status=ApprovalStatus.APPROVED, decision=records.decision())
    row = records.change(status=ChangeStatus.WATCHING)
    unknown = replace(records.run(RunStatus.UNKNOWN), error="Not known.")
    assert moved(row, asked, unknown, NOW).status is ChangeStatus.FAILED
    verdict = Verdict(outcome=Outcome.UNKNOWN, checks=(), at=NOW, summary="Whether it runs is not known.")
    after = moved(row, asked, replace(unknown, verdict=verdict), NOW)
    assert after.status is ChangeStatus.DONE
    assert after.result == "Whether it runs is not known.\nNot known."
    assert moved(row, None, None, NOW).status is ChangeStatus.READY
    running = moved(replace(row, status=ChangeStatus.ASKED), asked, None, NOW)
    assert running.status is ChangeStatus.APPLYING
    assert moved(running, asked, records.run(RunStatus.RUNNING), NOW) is running
    cancelled = replace(asked, status=ApprovalStatus.REJECTED, decision=records.decision(verb=Verb.CANCEL))
    after = moved(row, cancelled, None, NOW)
    assert (after.status, after.reason) == (ChangeStatus.DEFERRED, "Cancelled by Olga.")


async def test_an_error_does_not_stop_the_stage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with changes_rig(tmp_path) as rig:
        stage = rig.stage
        failed: set[object] = set()

        def once(work: Callable[[], Awaitable[Any]]) -> Callable[[], Awaitable[Any]]:
            async def fails_first() -> Any:
                if work not in failed:
                    failed.add(work)
                    raise OSError("the store is away")
                return await work()

            return fails_first

        for owner, name in ((stage.pipeline, "follow"), (stage.pipeline, "ask"), (stage.finder, "look")):
            monkeypatch.setattr(owner, name, once(getattr(owner, name)))
        rig.sources[0].offer(found())
        stage.start(rig.agent.agent.first_read)
        while not await rig.rows() or not await rig.pending():
            await asyncio.sleep(0)
            rig.later(seconds=1)
        await stage.close()
        assert len(failed) == 3


async def test_an_approval_that_cannot_be_begun_is_begun_later(tmp_path: Path) -> None:
    async with changes_rig(tmp_path) as rig:
        rig.sources[0].offer(found(), cpu())
        await rig.look()
        (request,) = await rig.pending()
        await by_hand(rig)
        await rig.agent.press(request)
        await rig.work()
        assert {one.status for one in await rig.rows()} == {ChangeStatus.APPLYING}
        await by_hand(rig, is_on=False)
        await rig.agent.agent._run_starter.look()
        rows = [await rig.ended(name) for name in ("radarr", "sonarr")]
        assert {one.status for one in rows} == {ChangeStatus.DONE}


async def test_a_source_with_too_many_updates_ends_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(finding, "MOST_OFFERS", 1)
    async with changes_rig(tmp_path) as rig:
        rig.sources[0].offer(found())
        await rig.look()
        rig.sources[0].offer(cpu(), swap("other"))
        await rig.look()
        assert (await rig.row()).status is ChangeStatus.ASKED


async def test_an_update_that_turns_out_to_mend_a_security_problem_is_held_no_longer(tmp_path: Path) -> None:
    security: list[str] = []
    clock = ManualClock(NOW)
    async with changes_rig(
        tmp_path,
        Changes(),
        clock=clock,
        assess=lambda _: assessment(security=tuple(security), at=clock.now()),
    ) as rig:
        rig.sources[0].offer(found())
        await rig.look()
        security.append("CVE-2026-1 (high)")
        await rig.look()
        assert (await rig.row()).status is ChangeStatus.HELD
        rig.later(days=1)
        await rig.look()
        (request,) = await rig.pending()
        assert "Security: CVE-2026-1 (high)" in request.text


async def test_texts_from_outside_are_bounded_and_no_address_is_trusted(tmp_path: Path) -> None:
    wrong = PackageChange(name="a\nb\u202e", old="1\x00", new="9" * 999, distance=Distance.PATCH)
    async with changes_rig(tmp_path) as rig:
        rig.sources[0].offer(
            found(
                title="Radarr\n<b>" + "x" * 999,
                packages=(wrong,) * 99,
                revision="sha\x00" + "1" * 999,
                url="javascript:alert(1)",
                way_back_text="2\nSafe: \u202e" + "y" * 9999,
            ),
            cpu(url="https://example.org/notes", title="\u202e\n\u200b"),
        )
        await rig.look()
        row = await rig.row()
        assert row.url is None
        assert (await rig.row("sonarr")).url == "https://example.org/notes"
        assert len(row.title) <= 255
        assert "\n" not in row.title
        assert len(row.packages) == 50
        assert (row.packages[0].name, len(row.packages[0].new)) == ("a b", 255)
        assert len(row.revision) <= 255
        assert len(row.way_back_text) <= 1000
        assert row.way_back_text.startswith("2 Safe: y")
        assert (await rig.row("sonarr")).title == "sonarr"
        request = await rig.request()
        assert len(request.title) <= 255
        await rig.agent.press(request)
        await rig.work()
        assert (await rig.ended()).status is ChangeStatus.DONE


async def test_a_new_revision_between_a_shared_approval_and_its_parts_is_not_applied(tmp_path: Path) -> None:
    async with changes_rig(tmp_path) as rig:
        rig.sources[0].offer(found(), cpu())
        await rig.look()
        (request,) = await rig.pending()
        await rig.agent.press(request)
        await rig.agent.until(lambda one: one.status.is_closed)
        rig.sources[0].offer(found(new="5.1.2"), cpu())
        await rig.stage.finder.look()
        await rig.work()
        assert (await rig.row(new="5.1.1")).status is ChangeStatus.GONE
        assert (await rig.ended("sonarr")).status is ChangeStatus.DONE
        assert list(rig.agent.toy.effects) == ["set_cpu 4"]
        assert (await rig.row(new="5.1.2")).status is ChangeStatus.ASKED


async def test_only_some_requests_wait_at_the_same_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pipeline, "MOST_REQUESTS", 1)
    async with changes_rig(tmp_path, assess=lambda _: assessment(ChangeLevel.CAREFUL)) as rig:
        rig.sources[0].offer(found(), cpu())
        await rig.look()
        (request,) = await rig.pending()
        (waiting,) = [one for one in await rig.rows() if one.status is ChangeStatus.READY]
        assert waiting.reason == "Other updates are asked about first."
        await rig.look()
        assert await rig.pending() == (request,)
        await rig.agent.agent.gate.decide(decide_command(request, Verb.REJECT))
        await rig.look()
        (after,) = await rig.pending()
        assert after.title == waiting.title


@pytest.mark.parametrize(
    ("level", "most", "first"),
    [(ChangeLevel.CAREFUL, 2, 2), (ChangeLevel.SAFE, 1, 4), (ChangeLevel.SAFE, 0, 0)],
)
async def test_services_are_only_asked_for_plans_that_fit_into_the_requests(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, level: ChangeLevel, most: int, first: int
) -> None:
    monkeypatch.setattr(pipeline, "MOST_REQUESTS", most)
    planned: list[str] = []
    make = ChangePlans.make

    async def counted(plans: ChangePlans, change_id: str, *more: Any) -> Any:
        planned.append(change_id)
        return await make(plans, change_id, *more)

    monkeypatch.setattr(ChangePlans, "make", counted)
    names = tuple(f"box{number}" for number in range(9))
    settings = replace(AT_ONCE, card_most=4)
    async with changes_rig(
        tmp_path, settings, inventory=ToyInventory(Toy(), names), assess=lambda _: assessment(level)
    ) as rig:
        rig.sources[0].offer(*map(found, names))
        for _ in range(3):
            await rig.look()
        assert len(planned) == first
        statuses = [one.status for one in await rig.rows()]
        assert statuses.count(ChangeStatus.ASKED) == first
        assert len(await rig.pending()) == most


async def test_one_that_cannot_be_judged_or_planned_keeps_no_other_from_being_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make = ChangePlans.make

    async def fails(plans: ChangePlans, change_id: str, *more: Any) -> Any:
        if change_id == change_of_radarr:
            raise KeyError("secret")
        return await make(plans, change_id, *more)

    def judged(one: Found) -> Assessment:
        if one.target.name == "lidarr":
            raise ValueError("no text of this kind")
        return assessment()

    monkeypatch.setattr(ChangePlans, "make", fails)
    async with changes_rig(tmp_path, inventory=three(), assess=judged) as rig:
        change_of_radarr = change_id("toys", found())
        rig.sources[0].offer(swap(), found(), cpu())
        await rig.look()
        assert await rig.statuses() == {
            "radarr 5.1.1": ChangeStatus.READY,
            "sonarr 5.1.1": ChangeStatus.ASKED,
        }
        assert (await rig.row()).reason == "a defect (KeyError)"


@dataclass
class Hanging:
    """The plan of one update, which is not made before it is let go."""

    target: str
    begun: asyncio.Queue[str] = field(default_factory=asyncio.Queue)
    go: asyncio.Event = field(default_factory=asyncio.Event)

    def put_in(self, monkeypatch: pytest.MonkeyPatch) -> None:
        make = ChangePlans.make

        async def hangs(plans: ChangePlans, change_id: str, revision: str, steps: Any) -> Any:
            if any(one.target.name == self.target for one in steps):
                self.begun.put_nowait(change_id)
                await self.go.wait()
            return await make(plans, change_id, revision, steps)

        monkeypatch.setattr(ChangePlans, "make", hangs)


async def test_a_plan_that_hangs_stops_no_other_update(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with changes_rig(tmp_path, inventory=three()) as rig:
        rig.sources[0].offer(cpu())
        await rig.look()
        hanging = Hanging("radarr")
        hanging.put_in(monkeypatch)
        rig.sources[0].offer(cpu(), found(), swap())
        await rig.stage.finder.look()
        asking = asyncio.create_task(rig.stage.pipeline.ask())
        await hanging.begun.get()
        # What was approved is carried out, and a person may ask about another one.
        await rig.agent.press(await rig.request("sonarr"))
        await rig.agent.until(lambda one: one.status.is_closed)
        await rig.stage.pipeline.follow()
        assert (await rig.row("sonarr")).status is ChangeStatus.DONE
        lidarr = await rig.command("ask", (await rig.row("lidarr")).id)
        assert lidarr.status is ChangeStatus.ASKED
        hanging.go.set()
        await asking
        assert (await rig.row()).status is ChangeStatus.ASKED
        # It was asked about by the person, and not once more by the plan that was made at the same time.
        assert len(await rig.pending()) == 2


@pytest.mark.parametrize("change", ["deferred", "gone", "other steps", "held"])
async def test_what_changed_while_its_plan_was_made_is_not_asked_about(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, change: str
) -> None:
    hanging = Hanging("radarr")
    hanging.put_in(monkeypatch)
    async with changes_rig(tmp_path) as rig:
        rig.sources[0].offer(found())
        await rig.stage.finder.look()
        row = await rig.row()
        asking = asyncio.create_task(rig.stage.pipeline.ask())
        await hanging.begun.get()
        by_person = asyncio.create_task(rig.command("ask", row.id))
        await hanging.begun.get()
        if change == "deferred":
            await rig.command("defer", row.id, days=3)
        elif change == "held":
            await rig.agent.ask()
        else:
            others = (found(steps=cpu("radarr").steps),) if change == "other steps" else ()
            rig.sources[0].offer(*others)
            await rig.stage.finder.look()
        hanging.go.set()
        await asking
        if change == "other steps":
            # A person wants the update, and is asked about its new steps.
            assert (await by_person).status is ChangeStatus.ASKED
            await rig.agent.press(await rig.request())
            assert (await rig.ended()).status is ChangeStatus.DONE
            assert list(rig.agent.toy.effects) == ["set_cpu 4"]
            return
        with pytest.raises(ContractError):
            await by_person
        after = await rig.row()
        assert after.status is not ChangeStatus.ASKED
        assert after.approval_id is None


async def test_the_reason_of_a_plan_that_fails_lets_the_next_one_of_its_target_be_asked(
    tmp_path: Path,
) -> None:
    unknown = PlanStep(target=box(), action="no_such_action", arguments={})
    async with changes_rig(tmp_path) as rig:
        rig.sources[0].offer(found(steps=(unknown,)), found(new="6.0.0", id="next major"))
        await rig.look()
        statuses = await rig.statuses()
        assert statuses == {"radarr 5.1.1": ChangeStatus.READY, "radarr 6.0.0": ChangeStatus.ASKED}


@pytest.mark.parametrize("times", [1, pipeline.PLANNED_MOST])
async def test_an_update_whose_row_is_written_while_it_is_planned_is_planned_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, times: int
) -> None:
    async with changes_rig(tmp_path) as rig:
        rig.sources[0].offer(found())
        await rig.stage.finder.look()
        row = await rig.row()
        make, written = ChangePlans.make, list[str]()

        async def writes(plans: ChangePlans, change_id: str, revision: str, steps: Any) -> Any:
            if len(written) < times:
                written.append(f"judged {len(written)}")
                async with rig.agent.store.change() as unit:
                    await save(unit, replace(await rig.row(), reason=written[-1]))
            return await make(plans, change_id, revision, steps)

        monkeypatch.setattr(ChangePlans, "make", writes)
        if times == pipeline.PLANNED_MOST:
            with pytest.raises(ContractError, match=r"is being judged\. Try again"):
                await rig.command("ask", row.id)
            assert await rig.pending() == ()
        asked = await rig.command("ask", row.id)
        assert asked.status is ChangeStatus.ASKED
        assert len(await rig.pending()) == 1
