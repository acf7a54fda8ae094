"""The pause: who may set it, what it stops, and that it holds after a restart."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from homelab_steward.contract.errors import ContractError, ErrorCode
from homelab_steward.contract.incidents import IncidentStatus, RunStatus, StepState
from homelab_steward.contract.mode import MODE_ID, Pause, PauseScope, SetPause, SetVerbose, StewardMode
from homelab_steward.contract.proposals import OptionKind
from homelab_steward.contract.protocol import RowKind
from homelab_steward.contract.state import FrontEnd, Speaker
from rig import records
from rig.agent_rig import open_rig, opened_store
from rig.databases import is_postgresql
from rig.inventory import NOW, ToyPeople, alert, speaker
from rig.toy import Toy
from steward.agent.decisions.mode import LONGEST_REASON, ModeCommands
from steward.agent.decisions.pausing import stopped
from steward.clock import ManualClock
from steward.store import tables
from steward.store.database import StoreUnavailable
from steward.store.mode import read_mode
from steward.store.store import Store

AUTOMATION = Speaker(front_end=FrontEnd.HOME_ASSISTANT, user_id="")
EVERYTHING = SetPause(speaker=speaker(), scope=PauseScope.EVERYTHING, reason="Painting the rack.")
AUTOMATIC = replace(EVERYTHING, scope=PauseScope.AUTOMATIC)
RESUME = SetPause(speaker=speaker(), scope=None)

DECISIONS = st.one_of(
    st.none(), st.sampled_from(["", "olga"]).map(lambda one: replace(records.decision(), person_id=one))
)


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    async with opened_store(tmp_path) as store:
        yield store


def commands(store: Store) -> ModeCommands:
    return ModeCommands(store, ToyPeople(), ManualClock(NOW))


async def mode_of(store: Store) -> StewardMode:
    async with store.read() as connection:
        return await read_mode(connection)


async def events_of(store: Store) -> list[str]:
    async with store.read() as connection:
        rows = await connection.exec_driver_sql("SELECT event FROM audit ORDER BY position")
        return [row.event for row in rows]


async def test_a_pause_is_stored_published_and_audited(store: Store) -> None:
    with store.changes.watch(RowKind.MODE) as watch:
        mode = await commands(store).set_pause(EVERYTHING)
        event: Any = await watch.next()
    assert (event.id, event.mode) == (MODE_ID, mode)
    assert mode == await mode_of(store)
    assert mode.pause == Pause(
        scope=PauseScope.EVERYTHING,
        person_id="olga",
        person_name="Olga",
        via=FrontEnd.TELEGRAM,
        at=NOW,
        reason="Painting the rack.",
    )
    assert await events_of(store) == ["steward.paused"]
    assert (await commands(store).set_pause(RESUME)).pause is None
    assert await events_of(store) == ["steward.paused", "steward.resumed"]


async def test_what_holds_already_is_not_written_again(store: Store) -> None:
    assert await commands(store).set_pause(RESUME) == StewardMode()
    first = await commands(store).set_pause(EVERYTHING)
    assert await commands(store).set_pause(replace(EVERYTHING, speaker=speaker("2"))) == first
    assert (await commands(store).set_verbose(SetVerbose(speaker=speaker(), verbose=False))) == first
    assert await events_of(store) == ["steward.paused"]


async def test_verbose_is_kept_beside_the_pause(store: Store) -> None:
    await commands(store).set_pause(AUTOMATIC)
    mode = await commands(store).set_verbose(SetVerbose(speaker=speaker("2"), verbose=True))
    assert (mode.verbose, mode.pause is not None) == (True, True)
    assert await mode_of(store) == mode
    assert (await commands(store).set_pause(RESUME)).verbose is True


@pytest.mark.parametrize(
    "said_by", [speaker("3"), speaker("99"), speaker("1", FrontEnd.MCP), speaker("", FrontEnd.TELEGRAM)]
)
async def test_others_change_nothing(store: Store, said_by: Speaker) -> None:
    for refused in (replace(EVERYTHING, speaker=said_by), replace(RESUME, speaker=said_by)):
        with pytest.raises(ContractError) as caught:
            await commands(store).set_pause(refused)
        assert caught.value.code is ErrorCode.FORBIDDEN
    with pytest.raises(ContractError):
        await commands(store).set_verbose(SetVerbose(speaker=said_by, verbose=True))
    assert await mode_of(store) == StewardMode()
    assert set(await events_of(store)) == {"steward.pause_refused", "steward.verbose_refused"}


async def test_an_automation_ends_only_its_own_pause(store: Store) -> None:
    own = await commands(store).set_pause(replace(AUTOMATIC, speaker=AUTOMATION))
    assert own.pause is not None
    assert (own.pause.person_id, own.pause.person_name) == ("", "Home Assistant")
    assert (await commands(store).set_pause(replace(RESUME, speaker=AUTOMATION))).pause is None
    await commands(store).set_pause(EVERYTHING)
    for less in (replace(RESUME, speaker=AUTOMATION), replace(AUTOMATIC, speaker=AUTOMATION)):
        with pytest.raises(ContractError) as caught:
            await commands(store).set_pause(less)
        assert caught.value.code is ErrorCode.FORBIDDEN
    assert (await mode_of(store)).pause is not None


async def test_an_automation_may_stop_more_than_a_person_did(store: Store) -> None:
    await commands(store).set_pause(AUTOMATIC)
    mode = await commands(store).set_pause(replace(EVERYTHING, speaker=AUTOMATION))
    assert mode.pause is not None
    assert mode.pause.scope is PauseScope.EVERYTHING


async def test_the_reason_is_cut_and_shows_nothing_hidden(store: Store) -> None:
    mode = await commands(store).set_pause(replace(EVERYTHING, reason=" \u202e" + "x" * 5 * LONGEST_REASON))
    assert mode.pause is not None
    assert 0 < len(mode.pause.reason) <= LONGEST_REASON
    assert "\u202e" not in mode.pause.reason


@given(scope=st.sampled_from([None, *PauseScope]), decision=DECISIONS)
def test_a_pause_stops_what_no_person_approved(scope: PauseScope | None, decision: Any) -> None:
    pause = Pause(
        scope=scope or PauseScope.AUTOMATIC, person_id="o", person_name="Olga", via=FrontEnd.TELEGRAM, at=NOW
    )
    reason = stopped(StewardMode(pause=pause if scope else None), decision)
    is_automatic = decision is None or not decision.person_id
    assert (reason is not None) is (scope is PauseScope.EVERYTHING or (scope is not None and is_automatic))
    assert reason is None or "Olga" in reason


async def test_an_approval_is_refused_while_everything_is_paused(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig:
        request = await rig.ask()
        await rig.agent.mode.set_pause(EVERYTHING)
        with pytest.raises(ContractError) as caught:
            await rig.press(request)
        assert caught.value.code is ErrorCode.PAUSED
        assert "Olga" in caught.value.message
        assert (await rig.request(await rig.incident())).decision is None
        await rig.agent.mode.set_pause(RESUME)
        await rig.press(request)
        await rig.status(IncidentStatus.RESOLVED)


async def test_what_changes_nothing_is_approved_while_everything_is_paused(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig:
        request = await rig.ask()
        await rig.agent.mode.set_pause(EVERYTHING)
        number = next(one.number for one in request.proposal.options if one.kind is OptionKind.INVESTIGATE)
        await rig.press(request, number)
        await rig.asked_again()
        assert rig.toy.done == []


async def test_an_approved_plan_runs_while_automatic_changes_are_paused(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig:
        await rig.agent.mode.set_pause(AUTOMATIC)
        await rig.press(await rig.ask())
        await rig.status(IncidentStatus.RESOLVED)
        assert rig.toy.done != []


async def test_a_plan_that_has_not_begun_does_not_begin(tmp_path: Path) -> None:
    """Approved, then paused, then the app is killed: the next one starts nothing."""
    async with open_rig(tmp_path) as rig:
        request = await rig.ask()
        await rig.stand_still()
        rig.engine.broken = True  # type: ignore[attr-defined]
        await rig.press(request)
        await rig.agent.mode.set_pause(EVERYTHING)
        toy = rig.toy
    async with open_rig(tmp_path, toy) as rig:
        incident = await rig.until(lambda one: one.run is not None)
        assert incident.run is not None
        assert incident.run.status is RunStatus.REFUSED
        assert "paused by Olga" in (incident.run.error or "")
        assert rig.toy.done == []


async def test_a_plan_between_two_steps_stops_and_undoes_nothing(tmp_path: Path) -> None:
    toy = Toy(hold=asyncio.Event())
    async with open_rig(tmp_path, toy) as rig:
        await rig.press(await rig.ask(alert("ToyThree")))
        await toy.holding.wait()
        await rig.agent.mode.set_pause(EVERYTHING)
        assert toy.hold is not None
        toy.hold.set()
        incident = await rig.until(lambda one: one.run is not None and one.run.finished_at is not None)
        assert incident.run is not None
        assert incident.run.status is RunStatus.FAILED
        states = [one.state for one in incident.run.steps]
        assert states == [StepState.VERIFIED, StepState.FAILED, StepState.INTENDED]
        error = incident.run.error or ""
        assert error.count("paused by Olga") == 2, error
        assert "Not undone" in error
        assert len(toy.done) == 1
        assert await rig.leases() == []


async def test_a_step_of_an_automatic_run_does_not_begin(tmp_path: Path) -> None:
    """A decision without a person is stopped by the pause of automatic changes."""
    async with open_rig(tmp_path) as rig:
        request = await rig.ask()
        await rig.stand_still()
        rig.engine.broken = True  # type: ignore[attr-defined]
        await rig.press(request)
        decided = await rig.request_with(request.id)
        assert decided.decision is not None
        by_itself = replace(decided.decision, person_id="", person_name="Homelab Steward")
        async with rig.store.change() as unit:
            await unit.connection.execute(
                tables.approvals.update()
                .where(tables.approvals.c.id == request.id)
                .values(decision=by_itself.to_json())
            )
        await rig.agent.mode.set_pause(AUTOMATIC)
        assert await rig.agent.execute(request.id) is RunStatus.REFUSED
        assert rig.toy.done == []


async def test_two_people_who_pause_at_once_pause_once(store: Store) -> None:
    first, second = await asyncio.gather(
        commands(store).set_pause(EVERYTHING),
        commands(store).set_pause(replace(EVERYTHING, speaker=speaker("2"))),
    )
    assert first == second == await mode_of(store)
    assert await events_of(store) == ["steward.paused"]


@pytest.mark.skipif(is_postgresql(), reason="a table that is missing is an outage for SQLite only")
async def test_a_pause_that_cannot_be_stored_does_not_count(store: Store) -> None:
    async with store.change() as unit:
        await unit.connection.exec_driver_sql("DROP TABLE audit")
    with pytest.raises(StoreUnavailable):
        await commands(store).set_pause(EVERYTHING)
    assert await mode_of(store) == StewardMode()
    assert store.changes.sequence == 0
