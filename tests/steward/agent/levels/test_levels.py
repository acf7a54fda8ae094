"""Levels of runbooks: what clients see, and what people change."""

from pathlib import Path

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from homelab_steward.contract.autonomy import AutonomyLevel, LevelQuery, SetLevel
from homelab_steward.contract.errors import ContractError, ErrorCode
from homelab_steward.contract.incidents import ApprovalStatus, Verb
from homelab_steward.contract.state import FrontEnd
from rig.agent_rig import AgentRig, decide_command, open_rig
from rig.earned import NATURE, cell, earned, level, messages, proposed
from rig.inventory import NOW, speaker
from rig.trials import stored_trial
from steward.clock import ManualClock
from steward.store import autonomy as stored
from steward.texts import said_in, texts_of

OBSERVE, ASK = AutonomyLevel.OBSERVE, AutonomyLevel.ASK
VETO, AUTO = AutonomyLevel.VETO, AutonomyLevel.AUTO


def wish(to: AutonomyLevel, user: str = "1", runbook: str = "toy-memory", recipe: str = "") -> SetLevel:
    return SetLevel(runbook_id=runbook, level=to, speaker=speaker(user), recipe=recipe)


async def refused(rig: AgentRig, request: SetLevel) -> ContractError:
    with pytest.raises(ContractError) as found:
        await rig.agent.levels.set_level(request)
    return found.value


async def events(rig: AgentRig) -> list[str]:
    return [event for event, _ in await rig.audited() if event.startswith("autonomy.")]


async def test_levels_show_the_cells_with_their_evidence(tmp_path: Path) -> None:
    async with earned(tmp_path, 10, undos=5) as (rig, _clock):
        answer = await rig.agent.levels.levels(LevelQuery(language="de"))
        found = {one.id: one for one in answer.levels}
        assert found["toy-three"].cells == ()
        assert found["toy-three"].level is ASK
        (cell,) = found["toy-memory"].cells
        assert found["toy-memory"].level is cell.level is VETO
        assert (cell.recipe, cell.label, cell.target_class) == ("grow", "Speicher erhöhen", "toy/box")
        assert (cell.good, cell.bad, cell.automatic, cell.harm_bound) == (10, 0, 0, 1.0)
        assert round(cell.evidence, 2) == 6.87
        assert cell.undo_evidence > 1
        assert len(cell.missing) == 2
        assert all(":" in one for one in cell.missing)


async def test_runbooks_without_cells_cost_no_reads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with earned(tmp_path, 10) as (rig, _clock):
        read: list[str] = []
        before = stored.trials_of

        async def trials_of(
            connection: AsyncConnection, runbook_id: str, version: int
        ) -> tuple[stored.StoredTrial, ...]:
            read.append(runbook_id)
            return await before(connection, runbook_id, version)

        monkeypatch.setattr(stored, "trials_of", trials_of)
        answer = await rig.agent.levels.levels(LevelQuery(language="en"))
        assert len(answer.levels) > 1
        assert {*read} == {one.id for one in answer.levels if one.cells} == {"toy-memory"}


async def test_anybody_who_decides_lowers_at_once_and_nobody_is_asked_to_raise_it(tmp_path: Path) -> None:
    async with earned(tmp_path, 10) as (rig, _clock):
        answer = await rig.agent.levels.set_level(wish(ASK, "2"))
        assert (answer.runbook.level, answer.approval_ids) == (ASK, ())
        assert await messages(rig) == [
            "Increase memory (toy/box): asked about from now on, because Max wanted it."
        ]
        await rig.agent._autonomy.stage.look()
        assert await proposed(rig) == []
        assert await events(rig) == ["autonomy.lowered"]
        # The same level again changes nothing.
        await rig.agent.levels.set_level(wish(ASK, "2"))
        assert await events(rig) == ["autonomy.lowered"]


async def test_an_answer_that_another_look_took_is_not_taken_again(tmp_path: Path) -> None:
    async with earned(tmp_path, 10, ASK) as (rig, _clock):
        await rig.agent.levels.set_level(wish(VETO))
        (request,) = await proposed(rig)
        await rig.press(request)
        stage = rig.agent._autonomy.stage
        promotions = stage._promotions
        async with rig.store.read() as connection:
            (before,) = await promotions._states.all(connection)
        assert before.proposal_id == request.id
        await stage.look()
        # Another replica, or a person who set the level, was faster.
        await promotions._take_answer(before)
        async with rig.store.read() as connection:
            (after,) = await promotions._states.all(connection)
        assert after.declined_at is None, "nobody declined it"
        assert await level(rig) is VETO
        assert await events(rig) == ["autonomy.raised"]


async def test_an_earned_level_becomes_a_request_once(tmp_path: Path) -> None:
    async with earned(tmp_path, 10, ASK) as (rig, _clock):
        answer = await rig.agent.levels.set_level(wish(VETO))
        (request,) = await proposed(rig)
        assert answer.approval_ids == (request.id,)
        (option,) = request.proposal.options
        assert (option.label, option.changes) == ("Allow it", "Level: asked about → announced")
        assert said_in(option.changes, texts_of("de")) == "Stufe: nachgefragt → angekündigt"
        again = await rig.agent.levels.set_level(wish(VETO, recipe="grow"))
        assert again.approval_ids == (request.id,)
        await rig.press(request)
        await rig.agent._autonomy.stage.look()
        assert await level(rig) is VETO
        assert await events(rig) == ["autonomy.raised"]


async def test_only_an_owner_approves_a_higher_level(tmp_path: Path) -> None:
    async with earned(tmp_path, 10, ASK) as (rig, _clock):
        await rig.agent._autonomy.stage.look()
        (request,) = await proposed(rig)
        with pytest.raises(ContractError) as found:
            await rig.press(request, user="2")
        assert found.value.code is ErrorCode.FORBIDDEN
        assert (await refused(rig, wish(VETO, "2"))).code is ErrorCode.FORBIDDEN


async def test_what_is_not_earned_any_more_is_not_asked_about_any_longer(tmp_path: Path) -> None:
    async with earned(tmp_path, 10, ASK) as (rig, _clock):
        await rig.agent._autonomy.stage.look()
        (request,) = await proposed(rig)
        await rig.agent._autonomy.stage.look()
        assert [one.id for one in await proposed(rig)] == [request.id]
        digest = (await cell(rig)).runbook_hash
        bad = stored_trial("bad", runbook_hash=digest, label="bad", labelled_at=NOW, nature=NATURE)
        async with rig.store.change() as unit:
            await stored.add_trial(unit.connection, bad)
        await rig.agent._autonomy.stage.look()
        assert await proposed(rig) == []
        assert (await rig.request_with(request.id)).status is ApprovalStatus.SUPERSEDED
        assert await level(rig) is ASK


async def test_rejected_it_is_not_asked_again_for_thirty_days(tmp_path: Path) -> None:
    async with earned(tmp_path, 10, ASK) as (rig, clock):
        await rig.agent._autonomy.stage.look()
        (request,) = await proposed(rig)
        await rig.agent.gate.decide(decide_command(request, Verb.REJECT))
        await rig.agent._autonomy.stage.look()
        clock.move(30 * 86_400 - 1)
        await rig.agent._autonomy.stage.look()
        assert await proposed(rig) == []
        clock.move(1)
        await rig.agent._autonomy.stage.look()
        assert len(await proposed(rig)) == 1
        assert await level(rig) is ASK


async def test_what_is_not_earned_is_refused_in_words(tmp_path: Path) -> None:
    async with earned(tmp_path, 10, ASK) as (rig, _clock):
        far = await refused(rig, wish(AUTO))
        assert (far.code, far.message) == (ErrorCode.NOT_EARNED, "A level is raised one step at a time.")
        nothing = await refused(rig, wish(VETO, runbook="toy-three"))
        assert (nothing.code, nothing.message) == (
            ErrorCode.NOT_EARNED,
            "No run of this runbook has been judged yet.",
        )
        lower = await refused(rig, wish(OBSERVE, runbook="toy-three"))
        assert lower.code is ErrorCode.NOT_EARNED
        assert lower.message.startswith("This runbook has not run yet."), lower.message
        assert (await refused(rig, wish(VETO, runbook="gone"))).code is ErrorCode.NOT_FOUND
    async with earned(tmp_path / "few", 7, ASK) as (rig, _clock):
        assert "missing: 2" in (await refused(rig, wish(VETO))).message


@pytest.mark.parametrize("user", ["3", "stranger"])
async def test_who_does_not_decide_is_refused_and_audited(tmp_path: Path, user: str) -> None:
    async with open_rig(tmp_path, clock=ManualClock(NOW)) as rig:
        assert (await refused(rig, wish(ASK, user))).code is ErrorCode.FORBIDDEN
        machine = SetLevel(runbook_id="x", level=ASK, speaker=speaker("1", FrontEnd.MCP))
        assert (await refused(rig, machine)).code is ErrorCode.FORBIDDEN
        assert await events(rig) == ["autonomy.refused", "autonomy.refused"]
