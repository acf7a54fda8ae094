"""Readings are compared by what their sensors measure; what says nothing about health is left out."""

from datetime import UTC, datetime
from typing import Any, Final

import pytest

from homelab_steward.contract.base import Value
from steward.changes.log_lines import Tone, added, kind_of, per_minute, said, tone_of
from steward.changes.observations import (
    CheckReads,
    Relation,
    Sample,
    Thing,
    certain,
    gauge_of,
    number_of,
    thing_of,
)
from steward.sdk.description import Measure, Sensor, Work
from steward.sdk.sensors import (
    celsius,
    count,
    diagnostic,
    duration,
    flag,
    load,
    percentage,
    restarts,
    served,
    shows,
    since,
    started,
    time,
)

NOW: Final = datetime(2026, 11, 28, 3, 0, tzinfo=UTC)
BEFORE: Final = "2026-11-28T02:59:00+00:00"


def none(_: object) -> Any:
    return None


@pytest.mark.parametrize(
    ("sensor", "measure"),
    [
        (served("clients", "Clients", none), Measure.SERVED),
        (count("clients_failing", "Clients failing", none), Measure.COUNT),
        (count("up", "Restart requests", none), Measure.COUNT),
        (percentage("disk", "Disk usage", none), Measure.SHARE),
        (duration("response", "Response time", none), Measure.DURATION),
        (duration("uptime", "Uptime", none, diagnostic=True), None),
        (restarts(none), Measure.RESTARTS),
        (diagnostic("restart_needed", "Restart needed", none), None),
        (diagnostic("image", "Image", none), None),
        (started(none), Measure.START),
        (since("started_at", "Started", none), None),
        (since("last_save", "Last save", none), None),
        (time("last_sync", "Last sync", none), Measure.AGE),
        (count("updates_waiting", "Updates waiting", none), Measure.COUNT),
        (shows(Work.STREAMING, count("people", "People", none)), Measure.COUNT),
        (celsius("temperature", "Temperature", none), None),
        (flag("running", "Running", none, "running"), None),
        *zip(
            load(used=none, limit=none, cpu=none),
            (Measure.MEMORY, Measure.MEMORY, None, Measure.CPU),
            strict=True,
        ),
    ],
)
def test_sensors_say_what_they_measure(sensor: Sensor[Any], measure: Measure | None) -> None:
    gauge = gauge_of(sensor)
    assert (gauge.measure if gauge else None) is measure


@pytest.mark.parametrize(
    ("measure", "value", "number"),
    [
        (Measure.AGE, BEFORE, 60),
        (Measure.START, BEFORE, NOW.timestamp() - 60),
        (Measure.AGE, "2026-11-28T02:59:00", None),
        (Measure.AGE, "never", None),
        (Measure.AGE, "2026-11-28T03:00:10+00:00", None),
        (Measure.AGE, 5, None),
        (Measure.SERVED, 5, 5),
        (Measure.SERVED, True, None),
        (Measure.SERVED, "5", None),
        (Measure.SERVED, None, None),
    ],
)
def test_what_is_no_number_is_not_known(measure: Measure, value: Value, number: float | None) -> None:
    assert number_of(measure, value, NOW) == number


@pytest.mark.parametrize(
    ("running", "answers", "works"),
    [(True, True, True), (False, True, False), (None, True, None), (True, False, False), (True, None, None)],
)
def test_a_thing_works_when_it_is_read_and_runs(
    running: Value, *, answers: bool | None, works: bool | None
) -> None:
    sensors: tuple[Sensor[Any], ...] = (
        flag("running", "Running", none, "running"),
        flag("online", "Online", none, "connectivity"),
        flag("sick", "Sick", none, "problem"),
        flag("root", "Runs as root", none),
    )
    values = {"running": running, "online": False, "sick": True, "root": True}
    made = thing_of("box", Relation.ITSELF, sensors, values, CheckReads(), NOW, answers=answers)
    assert made.works is works
    assert made.flags == {"online": False, "sick": False}


def test_an_app_is_not_known_while_its_machine_is_not() -> None:
    def read(*, itself: bool | None) -> bool | None:
        things = {
            "box": Thing(name="box", relation=Relation.ITSELF, works=itself),
            "app": Thing(name="app", relation=Relation.APPLICATION, works=False),
        }
        return certain(Sample(at=NOW, things=things)).things["app"].works

    assert read(itself=None) is None
    assert read(itself=False) is False
    assert certain(Sample(at=NOW, things={})).things == {}


@pytest.mark.parametrize(
    ("line", "tone"),
    [
        ("2026-11-28T03:00:00 INFO Reindexing clip_index", Tone.NOTE),
        ("2026-11-28 03:00:00 [Error] indexer returned 503", Tone.ERROR),
        ("ERROR database is locked", Tone.SEVERE),
        ("E1128 could not sync", Tone.ERROR),
        ("panic: runtime error", Tone.SEVERE),
        ("open /config/state: permission denied", Tone.ERROR),
        ("finished with 0 errors", Tone.NOTE),
        ("WARN option is deprecated", Tone.WARNING),
        ("waiting to acquire database lock", Tone.WARNING),
    ],
)
def test_the_tone_of_lines(line: str, tone: Tone) -> None:
    assert tone_of(said(line)) is tone


def test_lines_of_one_kind_differ_in_numbers_and_names_only() -> None:
    one = kind_of(said("2026-11-28T03:00:00.123Z GET '/api/v3' by 0a1b2c3d4e5f took 17 ms"))
    assert one == kind_of(said("03:00:01 GET '/api' by 99ffee11aa22 took 1,700 ms"))
    assert one != kind_of(said("03:00:01 PUT '/api' by 99ffee11aa22 took 1,700 ms"))


def test_new_lines_are_found_whatever_their_order() -> None:
    assert added(["a", "b", "b"], ["b", "b", "c"]) == ["c"]
    assert added(["c", "b"], ["d", "c", "b"]) == ["d"]
    assert added(["b"], ["b", "b"]) == ["b"]


def test_the_pace_of_lines_needs_enough_valid_times() -> None:
    lines = [f"2026-11-28T03:00:{one:02} text" for one in range(0, 40, 2)]
    assert per_minute(lines) == 30
    assert per_minute(lines[:5]) is None
    assert per_minute([*lines, "2026-99-28T03:00:00 text"]) is None
