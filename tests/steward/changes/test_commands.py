"""People ask about, defer, reject and offer updates again; nobody else does."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from homelab_steward.contract.changes import ChangeCommand, ChangeQuery, ChangeStatus
from homelab_steward.contract.errors import ContractError, ErrorCode
from homelab_steward.contract.incidents import ApprovalStatus
from homelab_steward.contract.state import Authority, FrontEnd
from rig.changes_rig import changes_rig, found
from rig.inventory import NOW, ToyInventory, ToyPeople, box, speaker
from rig.toy import Toy
from steward.agent.requests.request_plan import PlanStep
from steward.settings.changes import Changes


async def test_a_person_may_ask_before_the_time_and_approves_it_at_the_gate(tmp_path: Path) -> None:
    async with changes_rig(tmp_path, Changes()) as rig:
        rig.sources[0].offer(found())
        await rig.look()
        row = await rig.command("ask", (await rig.row()).id, "2")
        assert row.status is ChangeStatus.ASKED
        request = await rig.request()
        assert request.requested_by == "max"
        assert (await rig.command("ask", row.id)).approval_id == request.id
        assert list(rig.agent.toy.effects) == []
        await rig.agent.press(request)
        assert (await rig.ended()).status is ChangeStatus.DONE


async def test_an_update_is_deferred_for_days_and_its_request_withdrawn(tmp_path: Path) -> None:
    async with changes_rig(tmp_path) as rig:
        rig.sources[0].offer(found())
        await rig.look()
        request = await rig.request()
        row = await rig.command("defer", (await rig.row()).id, days=3)
        assert row.status is ChangeStatus.DEFERRED
        assert row.until == NOW + timedelta(days=3)
        withdrawn = await rig.agent.request_with(request.id)
        assert withdrawn.status is ApprovalStatus.SUPERSEDED
        assert withdrawn.withdrawn == "Deferred by Olga."
        await rig.look()
        assert (await rig.row()).reason == "Deferred by Olga."
        row = await rig.command("offer_again", row.id)
        assert row.status is ChangeStatus.READY
        await rig.look()
        assert (await rig.row()).status is ChangeStatus.ASKED
        assert ("change.decided", True) in [
            (event, '"command":"defer"' in body) for event, body in await rig.agent.audited()
        ]


async def test_a_rejected_version_is_not_offered_by_any_source(tmp_path: Path) -> None:
    async with changes_rig(tmp_path) as rig:
        rig.sources[0].offer(found())
        await rig.look()
        row = await rig.command("reject", (await rig.row()).id)
        assert row.status is ChangeStatus.REJECTED
        rig.sources[0].offer(found(), found(id="elsewhere"))
        await rig.look()
        assert {one.status for one in await rig.rows()} == {ChangeStatus.REJECTED}
        listed = await rig.stage.commands.list(ChangeQuery())
        assert listed.changes == ()
        listed = await rig.stage.commands.list(ChangeQuery(is_all=True, limit=1))
        assert (len(listed.changes), listed.more) == (1, 1)


async def test_a_list_is_bounded_and_says_how_many_more_there_are(tmp_path: Path) -> None:
    names = tuple(f"box{number}" for number in range(7))
    async with changes_rig(tmp_path, Changes(), inventory=ToyInventory(Toy(), names)) as rig:
        rig.sources[0].offer(*map(found, names))
        await rig.look()
        gone = (await rig.row("box3")).id
        await rig.command("reject", gone)
        listed = await rig.stage.commands.list(ChangeQuery(limit=4))
        assert (len(listed.changes), listed.more) == (4, 2)
        assert gone not in {one.id for one in listed.changes}
        listed = await rig.stage.commands.list(ChangeQuery(is_all=True, limit=7))
        assert (listed.changes[-1].id, listed.more) == (gone, 0), "what is over comes last"
        listed = await rig.stage.commands.list(ChangeQuery(is_all=True, limit=0))
        assert (listed.changes, listed.more) == ((), 7)
        for begins, count in ((gone[:10], 1), ("%", 0), ("", 7)):
            listed = await rig.stage.commands.list(ChangeQuery(is_all=True, begins=begins))
            assert len(listed.changes) == count


@pytest.mark.parametrize(
    ("user", "front_end", "name"),
    [
        ("3", FrontEnd.TELEGRAM, "ask"),
        ("stranger", FrontEnd.TELEGRAM, "reject"),
        ("", FrontEnd.HOME_ASSISTANT, "ask"),
        ("1", FrontEnd.MCP, "defer"),
        ("1", FrontEnd.MCP, "reject"),
        ("1", FrontEnd.MCP, "offer_again"),
    ],
)
async def test_who_does_not_decide_changes_nothing(
    tmp_path: Path, user: str, front_end: FrontEnd, name: str
) -> None:
    async with changes_rig(tmp_path, Changes()) as rig:
        rig.sources[0].offer(found())
        await rig.look()
        row = await rig.row()
        command = ChangeCommand(speaker=speaker(user, front_end), id=row.id)
        with pytest.raises(ContractError) as refused:
            await getattr(rig.stage.commands, name)(command)
        assert refused.value.code is ErrorCode.FORBIDDEN
        assert await rig.row() == row
        assert "change.refused" in [event for event, _ in await rig.agent.audited()]


@pytest.mark.parametrize("name", ["defer", "reject", "offer_again"])
async def test_nobody_decides_about_a_category_without_rights_for_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    max_ = ToyPeople.known["2"]
    rights = {"infrastructure": Authority.NOTHING, "media": Authority.HIGH}
    monkeypatch.setitem(ToyPeople.known, "2", replace(max_, authority=rights))
    async with changes_rig(tmp_path, Changes()) as rig:
        rig.sources[0].offer(found())
        await rig.look()
        row = await rig.row()
        with pytest.raises(ContractError) as refused:
            await rig.command(name, row.id, "2")
        assert refused.value.code is ErrorCode.FORBIDDEN
        assert await rig.row() == row
        assert "change.refused" in [event for event, _ in await rig.agent.audited()]


async def test_what_is_wrong_with_a_command_is_said(tmp_path: Path) -> None:
    async with changes_rig(tmp_path, Changes(), toy=Toy(refusal="the disk is full")) as rig:
        rig.sources[0].offer(found(), found("sonarr", steps=(), left_out="It is built here."))
        await rig.look()
        row, shown = await rig.row(), await rig.row("sonarr")
        commands: tuple[tuple[str, str, dict[str, Any], ErrorCode, str], ...] = (
            ("ask", "nothing", {}, ErrorCode.NOT_FOUND, "no such update"),
            ("reject", "nothing", {}, ErrorCode.NOT_FOUND, "no such update"),
            ("ask", row.id, {}, ErrorCode.UNAVAILABLE, "the disk is full"),
            ("ask", shown.id, {}, ErrorCode.UNAVAILABLE, "It is built here."),
            ("defer", row.id, {"days": 0}, ErrorCode.INVALID_ARGUMENT, "1 to 365 days"),
            ("defer", row.id, {"days": 366}, ErrorCode.INVALID_ARGUMENT, "1 to 365 days"),
        )
        for name, key, more, code, text in commands:
            with pytest.raises(ContractError, match=text) as refused:
                await rig.command(name, key, **more)
            assert refused.value.code is code
        rejected = await rig.command("reject", row.id)
        with pytest.raises(ContractError, match="cannot be changed now"):
            await rig.command("defer", rejected.id)
        with pytest.raises(ContractError, match="is not offered now"):
            await rig.command("ask", rejected.id)


async def test_a_decision_comes_before_a_command(tmp_path: Path) -> None:
    async with changes_rig(tmp_path) as rig:
        rig.sources[0].offer(found())
        await rig.look()
        row = await rig.row()
        await rig.agent.press(await rig.request())
        with pytest.raises(ContractError, match="cannot be changed now"):
            await rig.command("reject", row.id)
        assert (await rig.ended()).status is ChangeStatus.DONE


async def test_what_holds_the_target_is_asked_about_first(tmp_path: Path) -> None:
    async with changes_rig(tmp_path) as rig:
        cpu = PlanStep(target=box(), action="set_cpu", arguments={"cores": 4})
        rig.sources[0].offer(found(), found(id="other", new="6.0", steps=(cpu,)))
        await rig.look()
        waiting = next(one for one in await rig.rows() if one.status is ChangeStatus.READY)
        with pytest.raises(ContractError, match="First: "):
            await rig.command("ask", waiting.id)
