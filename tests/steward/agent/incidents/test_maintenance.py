"""Maintenance windows: their times, who may change them, and that nobody is asked meanwhile."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import islice, pairwise
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from homelab_steward.contract.errors import ContractError, ErrorCode
from homelab_steward.contract.incidents import AlertStatus, IncidentStatus
from homelab_steward.contract.maintenance import (
    MOST_WINDOWS,
    AddMaintenance,
    MaintenanceQuery,
    MaintenanceWindow,
    Occurrence,
    RemoveMaintenance,
    WeeklyTimes,
)
from homelab_steward.contract.protocol import RowKind
from homelab_steward.contract.state import FrontEnd, Speaker
from rig import records
from rig.agent_rig import AgentRig, open_rig
from rig.clocks import HANGING
from rig.inventory import NOW, alert, speaker
from steward.agent.incidents.maintenance import TICK, Cover, Maintenance, as_of, at, covered, is_covered
from steward.clock import ManualClock
from steward.store import incidents, maintenance

AUTOMATION = Speaker(front_end=FrontEnd.HOME_ASSISTANT, user_id="")
HOUR = timedelta(hours=1)
ONCE = Occurrence(starts_at=NOW + HOUR, ends_at=NOW + 3 * HOUR)
ADD = AddMaintenance(speaker=speaker(), title="  Backup\nnight ", once=ONCE)
WINDOW = records.maintenance_window()
NIGHTS = WeeklyTimes(weekdays=(4, 5), begin="23:00", minutes=120, zone="Europe/Vienna")

TIMES = st.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - naive bounds
WEEKLY = st.builds(
    WeeklyTimes,
    weekdays=st.sets(st.integers(0, 6), min_size=1).map(tuple),
    begin=st.times().map(lambda one: f"{one:%H:%M}"),
    minutes=st.integers(1, 24 * 60),
    zone=st.sampled_from(["UTC", "Europe/Vienna", "America/St_Johns", "Pacific/Kiritimati"]),
)
WINDOWS = st.one_of(
    WEEKLY.map(lambda one: replace(WINDOW, once=None, weekly=one)),
    st.tuples(TIMES, st.integers(1, 10**6)).map(
        lambda one: replace(
            WINDOW, once=Occurrence(starts_at=one[0], ends_at=one[0] + timedelta(seconds=one[1]))
        )
    ),
)


@given(WINDOWS, TIMES)
def test_time_spans_are_in_order_and_end_later(window: MaintenanceWindow, since: datetime) -> None:
    spans = [*islice(window.occurrences_from(since), 5)]
    assert all(one.ends_at > since and one.starts_at < one.ends_at for one in spans)
    assert all(one.starts_at < other.starts_at for one, other in pairwise(spans))


@given(WEEKLY, TIMES)
def test_a_weekly_window_comes_within_a_week(weekly: WeeklyTimes, since: datetime) -> None:
    window = replace(WINDOW, once=None, weekly=weekly)
    first = next(window.occurrences_from(since))
    assert first.starts_at <= since + timedelta(days=8)
    local = first.starts_at.astimezone(ZoneInfo(weekly.zone or ""))
    assert {local.weekday(), (local - HOUR).weekday()} & {*weekly.weekdays}
    assert first.ends_at - first.starts_at == timedelta(minutes=weekly.minutes)


@given(WINDOWS, TIMES)
def test_what_is_current_includes_the_time_and_what_follows_does_not(
    window: MaintenanceWindow, now: datetime
) -> None:
    found = at(window, now)
    if found is None:
        assert window.once is not None
        assert window.once.ends_at <= now
        return
    assert found.current is None or found.current.includes(now)
    assert found.current or found.following
    assert at(found, now) == found


def test_local_times_follow_summer_time() -> None:
    window = replace(WINDOW, once=None, weekly=replace(NIGHTS, weekdays=(6,), begin="02:30"))
    spans = window.occurrences(datetime(2026, 3, 27, tzinfo=UTC), datetime(2026, 4, 6, tzinfo=UTC))
    assert [one.starts_at.hour for one in spans] == [1, 0]  # 02:30 does not exist on March 29
    assert [one.ends_at - one.starts_at for one in spans] == [2 * HOUR, 2 * HOUR]


def test_a_window_without_days_never_comes() -> None:
    for days in ((), (7, -1)):
        window = replace(WINDOW, once=None, weekly=replace(NIGHTS, weekdays=days))
        assert window.occurrences(NOW, NOW + timedelta(days=900)) == ()
        assert at(window, NOW) is None


def test_time_spans_between_two_times() -> None:
    window = replace(WINDOW, once=None, weekly=NIGHTS)
    spans = window.occurrences(datetime(2026, 11, 20, 23, 30, tzinfo=UTC), datetime(2026, 11, 28, tzinfo=UTC))
    assert [(one.starts_at.day, one.starts_at.hour) for one in spans] == [(20, 22), (21, 22), (27, 22)]
    assert window.occurrences(datetime(1, 1, 1, tzinfo=UTC), datetime(1999, 1, 1, tzinfo=UTC)) == ()


@given(st.sets(st.sampled_from("abc")), st.sets(st.sampled_from("abc")), st.sets(st.sampled_from("abc")))
def test_a_window_covers_its_instances_categories_or_everything(
    instances: set[str], categories: set[str], around: set[str]
) -> None:
    window = replace(WINDOW, instance_ids=tuple(instances), categories=tuple(categories))
    expected = not (instances or categories) or bool(instances & around) or "c" in categories
    assert is_covered(window, around, {"c"}) is expected


class OneWindow:
    def __init__(self, cover: Cover | None) -> None:
        self._cover = cover

    def covering(self, *_: object) -> Cover | None:
        return self._cover


COVER = Cover(window_id="w", title="Backups", until=NOW + HOUR)


def test_only_what_fires_and_is_not_silenced_by_its_monitor_is_suppressed() -> None:
    fired = records.stored_alert()
    inside = covered(fired, OneWindow(COVER))
    assert (inside.suppressed, inside.silenced_until, inside.window_id) == (
        "Maintenance: Backups",
        NOW + HOUR,
        "w",
    )
    assert covered(inside, OneWindow(None)) == fired
    assert covered(inside, OneWindow(replace(COVER, window_id="x"))).window_id == "x"
    for same in (replace(fired, suppressed="by Max"), replace(fired, status=AlertStatus.RESOLVED)):
        assert covered(same, OneWindow(COVER)) == same
    assert covered(fired, None) == fired


async def refused(rig: AgentRig, request: AddMaintenance | RemoveMaintenance) -> ErrorCode:
    windows = rig.agent.maintenance
    call: Any = windows.add if isinstance(request, AddMaintenance) else windows.remove
    with pytest.raises(ContractError) as caught:
        await call(request)
    return caught.value.code


async def stored_windows(rig: AgentRig) -> tuple[MaintenanceWindow, ...]:
    async with rig.store.read() as connection:
        return await maintenance.windows(connection)


async def test_a_window_is_stored_published_and_audited(tmp_path: Path) -> None:
    async with open_rig(tmp_path, clock=ManualClock(NOW)) as rig:
        with rig.store.changes.watch(RowKind.MAINTENANCE) as watch:
            window = await rig.agent.maintenance.add(ADD)
            event: Any = await watch.next()
            assert (event.id, event.maintenance) == (window.id, window)
            assert await stored_windows(rig) == (window,)
            assert (window.title, window.person_name, window.added_at) == ("Backup night", "Olga", NOW)
            assert (window.current, window.following) == (None, ONCE)
            await rig.agent.maintenance.remove(RemoveMaintenance(speaker=speaker("2"), id=window.id))
            event = await watch.next()
            assert (event.id, event.gone) == (window.id, True)
        assert await stored_windows(rig) == ()
        events = [event for event, _ in await rig.audited()]
        assert events == ["maintenance.added", "maintenance.removed"]


@pytest.mark.parametrize(
    ("request_", "code"),
    [
        (replace(ADD, speaker=speaker("3")), ErrorCode.FORBIDDEN),
        (replace(ADD, speaker=speaker("99")), ErrorCode.FORBIDDEN),
        (replace(ADD, speaker=speaker("1", FrontEnd.MCP)), ErrorCode.FORBIDDEN),
        (replace(ADD, once=None), ErrorCode.INVALID_ARGUMENT),
        (replace(ADD, weekly=NIGHTS), ErrorCode.INVALID_ARGUMENT),
        (replace(ADD, once=Occurrence(starts_at=NOW - HOUR, ends_at=NOW)), ErrorCode.INVALID_ARGUMENT),
        (replace(ADD, once=Occurrence(starts_at=NOW + HOUR, ends_at=NOW + HOUR)), ErrorCode.INVALID_ARGUMENT),
        (
            replace(ADD, once=Occurrence(starts_at=NOW, ends_at=NOW + timedelta(days=31))),
            ErrorCode.INVALID_ARGUMENT,
        ),
        (replace(ADD, instance_ids=("none",)), ErrorCode.INVALID_ARGUMENT),
        (replace(ADD, categories=("",)), ErrorCode.INVALID_ARGUMENT),
        (replace(ADD, notify_minutes=0), ErrorCode.INVALID_ARGUMENT),
        (replace(ADD, notify_minutes=24 * 60 + 1), ErrorCode.INVALID_ARGUMENT),
        *(
            (replace(ADD, once=None, weekly=replace(NIGHTS, **wrong)), ErrorCode.INVALID_ARGUMENT)
            for wrong in (
                {"weekdays": ()},
                {"weekdays": (7,)},
                {"begin": "25:00"},
                {"minutes": 0},
                {"minutes": 24 * 60 + 1},
                {"zone": "Europe/Nowhere"},
            )
        ),
    ],
)
async def test_what_is_refused(tmp_path: Path, request_: AddMaintenance, code: ErrorCode) -> None:
    async with open_rig(tmp_path, clock=ManualClock(NOW)) as rig:
        assert await refused(rig, request_) is code
        assert await stored_windows(rig) == ()
        events = [event for event, _ in await rig.audited()]
        assert events == (["maintenance.refused"] if code is ErrorCode.FORBIDDEN else [])


async def test_there_is_a_most(tmp_path: Path) -> None:
    async with open_rig(tmp_path, clock=ManualClock(NOW)) as rig:
        for _ in range(MOST_WINDOWS):
            await rig.agent.maintenance.add(ADD)
        assert await refused(rig, ADD) is ErrorCode.TOO_MANY


async def test_an_automation_removes_only_its_own(tmp_path: Path) -> None:
    async with open_rig(tmp_path, clock=ManualClock(NOW)) as rig:
        own = await rig.agent.maintenance.add(replace(ADD, speaker=AUTOMATION))
        other = await rig.agent.maintenance.add(ADD)
        assert own.person_name == "Home Assistant"
        await rig.agent.maintenance.remove(RemoveMaintenance(speaker=AUTOMATION, id=own.id))
        removal = RemoveMaintenance(speaker=AUTOMATION, id=other.id)
        assert await refused(rig, removal) is ErrorCode.FORBIDDEN
        assert await refused(rig, replace(removal, speaker=speaker(), id="none")) is ErrorCode.NOT_FOUND
        assert await stored_windows(rig) == (other,)


async def test_the_list_begins_with_the_next(tmp_path: Path) -> None:
    async with open_rig(tmp_path, clock=ManualClock(NOW)) as rig:
        windows = rig.agent.maintenance
        later = await windows.add(replace(ADD, once=None, weekly=replace(NIGHTS, weekdays=(6,), zone=None)))
        sooner = await windows.add(ADD)
        assert later.weekly is not None
        assert later.weekly.zone == "UTC"
        assert (await windows.list(MaintenanceQuery())).windows == (sooner, later)
        until = MaintenanceQuery(until=ONCE.ends_at)
        assert (await windows.list(until)).windows == (sooner,)
        since = MaintenanceQuery(since=ONCE.ends_at)
        assert (await windows.list(since)).windows == (later,)


async def test_nobody_is_asked_in_a_window_and_what_is_wrong_at_its_end_is_asked(tmp_path: Path) -> None:
    """A monitor that sends each alert once: the end of the window finds what is still wrong."""
    clock = ManualClock(NOW)
    async with open_rig(tmp_path, clock=clock) as rig:
        await rig.agent.maintenance.add(replace(ADD, once=Occurrence(starts_at=NOW, ends_at=NOW + HOUR)))
        await rig.fire(alert(), alert("ToyOver"))
        await rig.fire(alert("ToyOver", AlertStatus.RESOLVED))
        assert await rig.incidents() == ()
        (recorded,) = await firing(rig)
        assert recorded.suppressed == "Maintenance: Backup night"
        await turn(rig)
        assert await rig.incidents() == ()
        clock.move(3600)
        await turn(rig)
        assert await stored_windows(rig) == ()
        incident = await rig.status(IncidentStatus.WAITING)
        assert [one.name for one in incident.alerts] == ["ToyMemoryHigh"]
        assert incident.suppressed is None


async def firing(rig: AgentRig) -> tuple[Any, ...]:
    async with rig.store.read() as connection:
        return await incidents.firing(connection, 10)


async def turn(rig: AgentRig) -> None:
    """Do what the agent does every few seconds."""
    await rig.agent.maintenance.look()
    await rig.agent.correlator.note_maintenance()


async def test_what_waits_when_a_window_begins_is_suppressed_until_its_end(tmp_path: Path) -> None:
    clock = ManualClock(NOW)
    async with open_rig(tmp_path, clock=clock) as rig:
        await rig.ask()
        await rig.agent.maintenance.add(replace(ADD, instance_ids=("toy1",)))
        await turn(rig)
        assert (await rig.incident()).suppressed is None
        clock.move(3600)
        await turn(rig)
        incident = await rig.incident()
        assert (incident.suppressed, incident.silenced_until) == ("Maintenance: Backup night", ONCE.ends_at)
        clock.move(2 * 3600)
        await turn(rig)
        assert (await rig.incident()).suppressed is None


async def test_others_are_asked_about(tmp_path: Path) -> None:
    async with open_rig(tmp_path, clock=ManualClock(NOW)) as rig:
        now = Occurrence(starts_at=NOW, ends_at=NOW + HOUR)
        await rig.agent.maintenance.add(replace(ADD, once=now, categories=("storage",)))
        await rig.fire()
        await rig.status(IncidentStatus.WAITING)
        own = rig.inventory.service_row.category.key
        await rig.agent.maintenance.add(replace(ADD, once=now, categories=(own,)))
        await turn(rig)
        assert (await rig.incident()).suppressed is not None


async def test_an_alert_without_a_target_is_of_its_source(tmp_path: Path) -> None:
    async with open_rig(tmp_path, clock=ManualClock(NOW)) as rig:
        now = Occurrence(starts_at=NOW, ends_at=NOW + HOUR)
        await rig.agent.maintenance.add(replace(ADD, once=now, instance_ids=("toy1",)))
        windows = rig.agent.maintenance
        assert windows.covering(None, "toy1") is not None
        assert windows.covering(None, "am") is None


async def test_a_window_holds_after_a_restart(tmp_path: Path) -> None:
    now = Occurrence(starts_at=NOW, ends_at=NOW + HOUR)
    async with open_rig(tmp_path, clock=ManualClock(NOW)) as rig:
        await rig.agent.maintenance.add(replace(ADD, once=now))
        await rig.fire()
    async with open_rig(tmp_path, clock=ManualClock(NOW)) as rig:
        await rig.fire()
        assert await rig.incidents() == ()
    async with open_rig(tmp_path, clock=ManualClock(NOW + 2 * HOUR)) as rig:
        await rig.status(IncidentStatus.WAITING)  # it ended while the app was off
        assert await stored_windows(rig) == ()


async def test_only_the_current_time_span_is_ended(tmp_path: Path) -> None:
    clock = ManualClock(NOW)
    async with open_rig(tmp_path, clock=clock) as rig:
        days = tuple(range(7))
        weekly = WeeklyTimes(weekdays=days, begin="11:00", minutes=120, zone="UTC")
        window = await rig.agent.maintenance.add(replace(ADD, once=None, weekly=weekly))
        removal = RemoveMaintenance(speaker=speaker(), id=window.id, only_current=True)
        await rig.agent.maintenance.remove(removal)
        (left,) = await stored_windows(rig)
        assert left.current is None
        assert left.following is not None
        assert left.following.starts_at == NOW + timedelta(hours=23)
        assert rig.agent.maintenance.covering(None, "am") is None
        assert await refused(rig, removal) is ErrorCode.NOT_FOUND
        clock.move(23 * 3600)
        await rig.agent.maintenance.look()
        assert rig.agent.maintenance.covering(None, "am") is not None
        once = await rig.agent.maintenance.add(
            replace(ADD, once=Occurrence(starts_at=NOW, ends_at=NOW + 48 * HOUR))
        )
        await rig.agent.maintenance.remove(replace(removal, id=once.id))
        assert await stored_windows(rig) == ((await rig.agent.maintenance.list(MaintenanceQuery())).windows)


async def test_it_is_announced_once_before_it_starts(tmp_path: Path) -> None:
    clock = ManualClock(NOW)
    async with open_rig(tmp_path, clock=clock) as rig:
        await rig.agent.maintenance.add(replace(ADD, notify_minutes=30))
        with rig.store.changes.watch(RowKind.MAINTENANCE) as watch:
            clock.move(30 * 60 - 1)
            await rig.agent.maintenance.look()
            assert (await stored_windows(rig))[0].announced is None
            clock.move(1)
            await rig.agent.maintenance.look()
            await rig.agent.maintenance.look()
            event: Any = await watch.next()
            assert event.maintenance.announced == ONCE
            clock.move(30 * 60)
            await rig.agent.maintenance.look()
            event = await watch.next()
            assert (event.maintenance.current, event.maintenance.announced) == (ONCE, ONCE)


def test_what_began_while_the_app_was_off_is_not_announced() -> None:
    window = as_of(replace(WINDOW, notify_minutes=5), NOW + HOUR)
    assert (window.current, window.announced) == (WINDOW.once, None)


async def test_the_window_that_ends_last_covers(tmp_path: Path) -> None:
    async with open_rig(tmp_path, clock=ManualClock(NOW)) as rig:
        for hours in (1, 3, 2):
            span = Occurrence(starts_at=NOW, ends_at=NOW + hours * HOUR)
            await rig.agent.maintenance.add(replace(ADD, once=span))
        cover = rig.agent.maintenance.covering(None, "am")
        assert cover is not None
        assert cover.until == NOW + 3 * HOUR
        assert isinstance(rig.agent.maintenance, Maintenance)


async def test_a_failure_does_not_end_the_watch(tmp_path: Path) -> None:
    clock, calls = ManualClock(NOW), asyncio.Queue[int]()

    async def changed() -> None:
        calls.put_nowait(1)
        if calls.qsize() == 1:
            message = "the store is away"
            raise OSError(message)

    async with open_rig(tmp_path, clock=clock) as rig:
        await rig.stand_still()
        watch = asyncio.create_task(rig.agent.maintenance.run(changed))
        async with asyncio.timeout(HANGING):
            while calls.qsize() < 2:
                clock.move(TICK)
                await asyncio.sleep(0)
        watch.cancel()


async def test_a_silence_that_ends_in_a_window_asks_nobody(tmp_path: Path) -> None:
    """The monitor says nothing when its silence ends; the window still holds."""
    clock = ManualClock(NOW)
    async with open_rig(tmp_path, clock=clock) as rig:
        await rig.ask()
        silenced = replace(alert(), suppressed="Silenced by Max", silenced_until=NOW + HOUR)
        await rig.fire(silenced)
        assert (await rig.incident()).suppressed == "Silenced by Max"
        await rig.agent.maintenance.add(replace(ADD, once=Occurrence(starts_at=NOW, ends_at=NOW + 9 * HOUR)))
        clock.move(2 * 3600)
        await rig.agent.correlator.note_silence()
        incident = await rig.incident()
        assert (incident.suppressed, incident.silenced_until) == (
            "Maintenance: Backup night",
            NOW + 9 * HOUR,
        )


async def test_a_window_that_two_people_remove_at_once_is_removed_once(tmp_path: Path) -> None:
    async with open_rig(tmp_path, clock=ManualClock(NOW)) as rig:
        window = await rig.agent.maintenance.add(ADD)
        removal = RemoveMaintenance(speaker=speaker(), id=window.id)
        results = await asyncio.gather(
            rig.agent.maintenance.remove(removal),
            rig.agent.maintenance.remove(replace(removal, speaker=speaker("2"))),
            rig.agent.maintenance.look(),
            return_exceptions=True,
        )
        refused = [one for one in results if isinstance(one, ContractError)]
        assert [one.code for one in refused] == [ErrorCode.NOT_FOUND]
        assert await stored_windows(rig) == ()
