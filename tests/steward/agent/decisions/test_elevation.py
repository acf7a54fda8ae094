"""Elevation: one owner, a narrow scope, a short time, and never again at once."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from homelab_steward.contract.catalogue import Risk
from homelab_steward.contract.errors import ContractError, ErrorCode
from homelab_steward.contract.incidents import ApprovalStatus
from homelab_steward.contract.mode import Elevation, Pause, PauseScope, SetElevation, SetPause, StewardMode
from homelab_steward.contract.proposals import Option, OptionKind
from homelab_steward.contract.protocol import RowKind
from homelab_steward.contract.state import FrontEnd, Person, Role, Speaker
from rig import records
from rig.agent_rig import LIMITS, AgentRig, open_rig
from rig.clocks import WatchedClock
from rig.inventory import NOW, PINS, ToyPeople, speaker
from steward.agent.decisions import elevation as elevation_module
from steward.agent.decisions.authorization import needs_no_second
from steward.agent.decisions.elevation import LONGEST, REST, RETRY, refusal
from steward.clock import ManualClock
from steward.store.mode import read_mode

OLGA: Final = ToyPeople.known["1"]
WISH: Final = SetElevation(speaker=speaker(), hours=2, instance_id="toy1", pin=PINS["1"])
END: Final = SetElevation(speaker=speaker(), hours=None)
OPEN: Final = Elevation(
    person_id="olga",
    person_name="Olga",
    via=FrontEnd.PANEL,
    opened_at=NOW,
    ends_at=NOW + timedelta(hours=2),
    instance_id="toy1",
)
REQUEST: Final = records.request()
OPTION: Final = Option(
    number=1, kind=OptionKind.ACT, label="Restart", plan_hash="x", steps=(records.step(),), needs_two=True
)
PAUSE: Final = SetPause(speaker=speaker("2"), scope=PauseScope.AUTOMATIC)


@asynccontextmanager
async def two_people(folder: Path) -> AsyncIterator[tuple[AgentRig, WatchedClock]]:
    """Yield a rig in which every approval needs two people."""
    clock = WatchedClock(NOW)
    async with open_rig(folder, clock=clock, limits=replace(LIMITS, two_from=Risk.LOW)) as rig:
        yield rig, clock


async def mode_of(rig: AgentRig) -> StewardMode:
    async with rig.store.read() as connection:
        return await read_mode(connection)


async def until_closed(rig: AgentRig) -> Elevation:
    """Return the elevation once its end is noted."""
    with rig.store.changes.watch(RowKind.MODE) as watch:
        while True:
            elevation = (await mode_of(rig)).elevation
            if elevation is not None and elevation.closed_at is not None:
                return elevation
            await watch.next()


async def refused(rig: AgentRig, request: SetElevation) -> ErrorCode:
    before = await mode_of(rig)
    with pytest.raises(ContractError) as caught:
        await rig.agent.elevations.set(request)
    assert await mode_of(rig) == before
    return caught.value.code


async def test_what_an_owner_approves_in_its_scope_needs_no_second_person(tmp_path: Path) -> None:
    async with two_people(tmp_path) as (rig, _):
        request = await rig.ask()
        mode = await rig.agent.elevations.set(WISH)
        assert mode.elevation == replace(OPEN, via=FrontEnd.TELEGRAM)
        assert (await rig.press(request)).status is ApprovalStatus.APPROVED
        audited = await rig.audited()
        begun = next(body for event, body in audited if event == "elevation.begun")
        assert '"person":"olga"' in begun.replace(" ", "")
        assert PINS["1"] not in begun
        decided = next(body for event, body in audited if event == "approval.decided")
        assert '"elevated":true' in decided.replace(" ", "")


async def test_without_one_the_request_waits_for_another_person(tmp_path: Path) -> None:
    async with two_people(tmp_path) as (rig, clock):
        request = await rig.ask()
        await rig.agent.elevations.set(WISH)
        clock.move(timedelta(hours=2).total_seconds())
        half = await rig.press(request)
        assert half.status is ApprovalStatus.PENDING
        assert half.first is not None
        done = await rig.press(half, user="2")
        assert done.status is ApprovalStatus.APPROVED
        decided = next(body for event, body in await rig.audited() if event == "approval.decided")
        assert "elevated" not in decided


async def test_it_survives_a_restart_and_ends_by_itself(tmp_path: Path) -> None:
    async with two_people(tmp_path) as (rig, _):
        await rig.agent.elevations.set(WISH)
    clock = ManualClock(NOW + timedelta(hours=1))
    async with open_rig(tmp_path, clock=clock, limits=replace(LIMITS, two_from=Risk.LOW)) as rig:
        elevation = (await mode_of(rig)).elevation
        assert elevation is not None
        assert elevation.is_open(clock.now())
        assert await rig.agent.elevations.look() == 900.0
        clock.move(3600 - 60)
        assert await rig.agent.elevations.look() == 60.0
        clock.move(60)
        elevation = await until_closed(rig)
        assert elevation.closed_at == elevation.ends_at
        assert [event for event, _ in await rig.audited()].count("elevation.ended") == 1
        assert await rig.agent.elevations.look() == 900.0


async def test_it_cannot_be_renewed_while_it_is_open_nor_within_an_hour_after(tmp_path: Path) -> None:
    async with two_people(tmp_path) as (rig, clock):
        await rig.agent.elevations.set(WISH)
        assert await refused(rig, WISH) is ErrorCode.INVALID_ARGUMENT
        clock.move(600)
        ended = await rig.agent.elevations.set(END)
        assert ended.elevation is not None
        assert ended.elevation.closed_at == clock.now()
        assert await rig.agent.elevations.set(END) == ended
        clock.move(REST.total_seconds() - 1)
        assert await refused(rig, WISH) is ErrorCode.INVALID_ARGUMENT
        clock.move(1)
        await rig.agent.elevations.set(WISH)


async def test_a_pause_ends_it_and_keeps_it_from_beginning(tmp_path: Path) -> None:
    async with two_people(tmp_path) as (rig, _):
        await rig.agent.elevations.set(WISH)
        mode = await rig.agent.mode.set_pause(PAUSE)
        assert mode.elevation is not None
        assert mode.elevation.closed_at == NOW
        assert "elevation.ended" in [event for event, _ in await rig.audited()]
        assert await refused(rig, WISH) is ErrorCode.INVALID_ARGUMENT
        mode = await rig.agent.mode.set_pause(replace(PAUSE, scope=None))
        assert mode.elevation is not None
        assert not mode.elevation.is_open(NOW)


@pytest.mark.parametrize(
    "said_by",
    [
        speaker("2"),
        speaker("3"),
        speaker("99"),
        speaker("1", FrontEnd.MCP),
        speaker("1", FrontEnd.ASSIST),
        Speaker(front_end=FrontEnd.HOME_ASSISTANT, user_id=""),
    ],
)
async def test_only_an_owner_begins_one(tmp_path: Path, said_by: Speaker) -> None:
    async with two_people(tmp_path) as (rig, _):
        assert await refused(rig, replace(WISH, speaker=said_by)) is ErrorCode.FORBIDDEN
        assert "elevation.refused" in [event for event, _ in await rig.audited()]


async def test_a_wrong_pin_begins_none_and_is_audited(tmp_path: Path) -> None:
    async with two_people(tmp_path) as (rig, _):
        for pin in ("", "0000"):
            assert await refused(rig, replace(WISH, pin=pin)) is ErrorCode.PIN_NEEDED
        assert [event for event, _ in await rig.audited()].count("elevation.refused") == 2


async def test_who_may_not_change_the_mode_may_not_end_one(tmp_path: Path) -> None:
    async with two_people(tmp_path) as (rig, _):
        await rig.agent.elevations.set(WISH)
        for said_by in (
            speaker("3"),
            speaker("1", FrontEnd.MCP),
            Speaker(front_end=FrontEnd.HOME_ASSISTANT, user_id=""),
        ):
            assert await refused(rig, replace(END, speaker=said_by)) is ErrorCode.FORBIDDEN
        await rig.agent.elevations.set(replace(END, speaker=speaker("2")))


@pytest.mark.parametrize(
    "wrong",
    [
        replace(WISH, hours=8.1),
        replace(WISH, hours=0),
        replace(WISH, hours=-1),
        replace(WISH, instance_id=""),
        replace(WISH, category="media"),
        replace(WISH, instance_id="toy2"),
        replace(WISH, instance_id="", category="no_such"),
    ],
)
async def test_it_is_short_and_about_one_thing_that_exists(tmp_path: Path, wrong: SetElevation) -> None:
    async with two_people(tmp_path) as (rig, _):
        assert await refused(rig, wrong) is ErrorCode.INVALID_ARGUMENT


async def test_a_category_that_exists_is_a_scope(tmp_path: Path) -> None:
    async with two_people(tmp_path) as (rig, _):
        category = rig.inventory.service_row.category.key
        mode = await rig.agent.elevations.set(replace(WISH, instance_id="", category=category))
        assert mode.elevation is not None
        assert (await rig.press(await rig.ask())).status is ApprovalStatus.APPROVED


def allows(
    elevation: Elevation | None = OPEN,
    person: Person = OLGA,
    said_by: Speaker = speaker(),  # noqa: B008 - frozen
    now: datetime = NOW,
    category: str = "media",
    also_in: tuple[str, ...] = (),
) -> bool:
    request = replace(REQUEST, category=category, also_in=also_in)
    return needs_no_second(elevation, person, said_by, request, OPTION, now)


def test_it_holds_for_who_began_it_in_its_time_and_scope() -> None:
    assert allows()
    assert not allows(None)
    assert not allows(now=OPEN.ends_at)
    assert allows(now=OPEN.ends_at - timedelta(seconds=1))
    assert not allows(now=NOW - timedelta(seconds=1))
    assert not allows(replace(OPEN, closed_at=NOW))
    assert not allows(person=replace(OLGA, id="otto"))
    assert not allows(person=replace(OLGA, role=Role.MEMBER))
    assert not allows(said_by=speaker("1", FrontEnd.ASSIST))
    assert not allows(said_by=speaker("1", FrontEnd.MCP))
    assert not allows(replace(OPEN, instance_id="toy2"))
    media = replace(OPEN, instance_id="", category="media")
    assert allows(media)
    assert not allows(media, category="network")
    assert not allows(media, also_in=("network",))


@settings(max_examples=50)
@given(
    hours=st.one_of(st.none(), st.floats(-1, 10, allow_nan=False)),
    scope=st.sampled_from([("", ""), ("media", ""), ("", "toy1"), ("media", "toy1")]),
    is_paused=st.booleans(),
    age=st.one_of(st.none(), st.floats(-2, 5, allow_nan=False)),
)
def test_it_begins_only_when_everything_allows_it(
    hours: float | None,
    scope: tuple[str, str],
    is_paused: bool,  # noqa: FBT001
    age: float | None,
) -> None:
    pause = Pause(scope=PauseScope.AUTOMATIC, person_id="o", person_name="O", via=FrontEnd.PANEL, at=NOW)
    last = None if age is None else replace(OPEN, ends_at=NOW - timedelta(hours=age), opened_at=NOW - LONGEST)
    mode = StewardMode(pause=pause if is_paused else None, elevation=last)
    category, instance = scope
    request = replace(WISH, hours=hours, category=category, instance_id=instance)
    may = (
        hours is not None
        and timedelta(0) < timedelta(hours=hours) <= LONGEST
        and bool(category) is not bool(instance)
        and not is_paused
        and (last is None or last.ends_at + REST <= NOW)
    )
    assert (refusal(mode, request, NOW) is None) is may


async def test_the_stage_goes_on_after_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with two_people(tmp_path) as (rig, clock):
        elevations, tried = rig.agent.elevations, asyncio.Event()
        real = elevations.look

        async def broken() -> float:
            monkeypatch.setattr(elevations, "look", real)
            tried.set()
            raise ValueError

        await rig.agent.elevations.set(WISH)
        monkeypatch.setattr(elevations, "look", broken)
        rig.store.changes.publish(RowKind.MODE, "steward", await mode_of(rig))
        await tried.wait()
        clock.move(timedelta(hours=3).total_seconds())
        await clock.until_asleep(RETRY)
        clock.move(RETRY)
        await until_closed(rig)


async def test_an_elevation_that_was_ended_in_the_meantime_is_not_ended_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with two_people(tmp_path) as (rig, clock):
        await rig.stand_still()
        await rig.agent.elevations.set(WISH)
        clock.move(timedelta(hours=3).total_seconds())
        before = await mode_of(rig)
        answers = [before, StewardMode()]

        async def read(_connection: object) -> StewardMode:
            return answers.pop(0)

        monkeypatch.setattr(elevation_module, "read_mode", read)
        await rig.agent.elevations.look()
        assert answers == []
        assert await mode_of(rig) == before
