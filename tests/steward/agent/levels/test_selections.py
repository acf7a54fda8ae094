"""What people chose is kept, also what they chose while the app was off."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from homelab_steward.contract.incidents import ApprovalRequest, ApprovalStatus, Verb
from rig import records
from rig.agent_rig import AgentRig, decide_command, open_rig, opened_store
from rig.inventory import NOW
from steward.agent.levels.autonomy_cells import cell_of
from steward.agent.levels.observing import note_offer
from steward.agent.levels.selections import Selections, choice_of
from steward.clock import ManualClock
from steward.store import approvals, incidents
from steward.store import autonomy as stored

STEWARD = replace(records.decision(), person_id="")


@pytest.mark.parametrize(
    ("request_now", "expected"),
    [
        (None, "gone"),
        (records.request(), None),
        (records.request(status=ApprovalStatus.SCHEDULED, decision=records.decision()), None),
        (records.request(status=ApprovalStatus.APPROVED, decision=records.decision()), "approved"),
        (
            records.request(status=ApprovalStatus.APPROVED, decision=records.decision(option=2)),
            "other_option",
        ),
        (records.request(status=ApprovalStatus.APPROVED, decision=STEWARD), "automatic"),
        (records.request(status=ApprovalStatus.REJECTED, decision=records.decision(Verb.REJECT)), "rejected"),
        (records.request(status=ApprovalStatus.IGNORED, decision=records.decision(Verb.IGNORE)), "ignored"),
        (records.request(status=ApprovalStatus.EXPIRED), "ignored"),
        (records.request(status=ApprovalStatus.SUPERSEDED), "withdrawn"),
        (records.request(status=ApprovalStatus.APPROVED), "gone"),
    ],
)
def test_choices(request_now: ApprovalRequest | None, expected: str | None) -> None:
    assert choice_of(request_now) == expected


async def test_a_choice_has_the_time_of_its_decision(tmp_path: Path) -> None:
    """The app may look later. What nobody decided has the time at which that was seen."""
    clock = ManualClock(NOW)
    async with open_rig(tmp_path, clock=clock) as rig:
        request = await rig.ask()
        clock.move(60)
        decided = await rig.agent.gate.decide(decide_command(request, Verb.REJECT))
        assert decided.decision is not None
        later = replace(request, id="later")
        async with rig.store.change() as unit:
            incident = (await rig.incidents())[0]
            assert await note_offer(unit, incident, later) == cell_of(request.proposal.option(1))
        clock.move(60)
        await rig.agent._autonomy.stage.look()
        async with rig.store.read() as connection:
            found = await stored.selections_of(connection, "toy-memory", 1)
        times = {one.approval_id: one.at for one in found}
        assert times == {request.id: decided.decision.at, "later": clock.now()}


async def test_what_was_decided_while_the_app_was_off_has_the_time_of_the_decision(tmp_path: Path) -> None:
    async with opened_store(tmp_path) as store:
        decided, decision = records.request(), records.decision(Verb.REJECT)
        expired = records.request(id="expired", status=ApprovalStatus.EXPIRED)
        gone = replace(offer("gone"), target="gone")
        async with store.change() as unit:
            await incidents.save_incident(unit.connection, records.incident())
            for request in (decided, expired):
                await approvals.add(unit.connection, request)
            assert await approvals.decide(
                unit.connection, decided.id, ApprovalStatus.REJECTED, decision, None
            )
            for row in (offer(decided.id), offer(expired.id), gone):
                await stored.add_selection(unit.connection, row)
        clock = ManualClock(NOW + timedelta(days=1))
        await Selections(store, clock).look()
        async with store.read() as connection:
            found = await stored.selections_of(connection, "toy-memory", 1)
    assert decision.at != clock.now()
    assert {one.approval_id: (one.choice, one.at) for one in found} == {
        decided.id: ("rejected", decision.at),
        "expired": ("ignored", clock.now()),
        "gone": ("gone", clock.now()),
    }


def offer(approval_id: str) -> stored.Selection:
    return stored.Selection(
        approval_id=approval_id,
        runbook_id="toy-memory",
        version=1,
        recipe="grow",
        target_class="toy.vm",
        target="toy",
        offered_at=NOW,
        choice=stored.OFFERED,
        at=NOW,
    )


async def choices(rig: AgentRig) -> list[tuple[str, str]]:
    async with rig.store.read() as connection:
        return [(one.recipe, one.choice) for one in await stored.selections_of(connection, "toy-memory", 1)]


async def test_an_offer_is_stored_and_then_what_was_chosen(tmp_path: Path) -> None:
    async with open_rig(tmp_path, clock=ManualClock(NOW)) as rig:
        request = await rig.ask()
        assert await choices(rig) == [("grow", "offered")]
        await rig.agent._autonomy.stage.look()
        assert await choices(rig) == [("grow", "offered")]
        await rig.agent.gate.decide(decide_command(request, Verb.REJECT))
        await rig.agent._autonomy.stage.look()
        await rig.agent._autonomy.stage.look()
        assert await choices(rig) == [("grow", "rejected")]


async def test_without_a_target_nothing_is_offered_by_a_cell(tmp_path: Path) -> None:
    async with open_rig(tmp_path, clock=ManualClock(NOW)) as rig:
        request = await rig.ask()
        incident = replace((await rig.incidents())[0], target=None)
        async with rig.store.change() as unit:
            assert await note_offer(unit, incident, request) is None
