"""The rules of updates: held by distance, safe ones together, canaries first, one at a time on a target."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from homelab_steward.contract.catalogue import Risk
from homelab_steward.contract.changes import (
    Change,
    ChangeLevel,
    ChangeSource,
    ChangeStatus,
    Distance,
    WayBack,
)
from rig import records
from rig.changes_rig import assessment
from rig.inventory import NOW, box
from steward.changes.policy import (
    FAILED,
    Act,
    Facts,
    asking_time,
    cards,
    coupled,
    earlier_text,
    furthest,
    group_of,
    held_until,
    may_share_a_card,
    next_step,
    preview,
    rank,
    waves,
)
from steward.settings.changes import ChangeGroup, Changes
from steward.texts import local, set_zone

SAFE = records.change(assessment=assessment(), way_back=WayBack.DATA)
TEXTS = st.sampled_from(["", "reason"])
TIMES = st.integers(-20, 20).map(lambda days: NOW + timedelta(days=days))


@given(
    st.none() | TIMES,
    st.builds(Facts, now=st.just(NOW), left_out=TEXTS, holder=TEXTS, earlier=TEXTS, is_quiet=st.booleans()),
    st.sampled_from([ChangeStatus.HELD, ChangeStatus.DEFERRED]),
)
def test_nobody_is_asked_while_anything_stands_against_it(
    until: datetime | None, facts: Facts, status: ChangeStatus
) -> None:
    step = next_step(replace(SAFE, until=until, status=status), facts)
    is_held = until is not None and until > NOW
    if is_held:
        assert step.act is Act.HOLD
        assert step.until == until
    elif facts.left_out or facts.holder or facts.earlier or facts.is_quiet:
        assert step.act is Act.WAIT
    else:
        assert step.act is Act.ASK
    assert bool(step.reason) is (step.act is not Act.ASK)


@given(st.sampled_from(Distance), st.integers(-40, 40), st.sampled_from([None, 30]))
def test_an_update_is_held_by_its_distance_from_its_release(
    level: Distance, age: int, own_days: int | None
) -> None:
    days = {
        Distance.DIGEST: 1,
        Distance.PATCH: 3,
        Distance.MINOR: 7,
        Distance.MAJOR: 14,
        Distance.UNKNOWN: 14,
    }[level]
    group = ChangeGroup(id="slow", patch_days=own_days)
    days = own_days if own_days is not None and level is Distance.PATCH else days
    at_once = Changes(ask_at=None)
    until = held_until(replace(SAFE, distance=level), NOW - timedelta(days=age), at_once, group)
    # A release in the future counts from now.
    left = days - max(0, age)
    assert until == (NOW + timedelta(days=left) if left > 0 else None)
    urgent = replace(SAFE, distance=level, assessment=assessment(security=("CVE-2026-1",)))
    assert held_until(urgent, NOW, Changes(), group) is None
    together = held_until(replace(SAFE, distance=level), NOW - timedelta(days=age), Changes(), group)
    assert (together is None) is (until is None)
    if until is not None and together is not None:
        assert timedelta(0) <= together - until < timedelta(days=1)
        assert f"{local(together):%H:%M}" == "18:00"


@contextmanager
def zone_of_household(name: str) -> Iterator[None]:
    set_zone(ZoneInfo(name))
    try:
        yield
    finally:
        set_zone(UTC)


def test_the_time_of_the_question_is_the_next_one_of_the_household() -> None:
    at = datetime(2026, 11, 20, 18, 0, tzinfo=UTC)
    assert asking_time(at, f"{local(at):%H:%M}") == at
    after = asking_time(at + timedelta(minutes=1), f"{local(at):%H:%M}")
    assert after == at + timedelta(days=1)


@given(
    st.datetimes(datetime(2026, 3, 27), datetime(2026, 10, 27), timezones=st.just(UTC)),  # noqa: DTZ001
    st.times().map(lambda one: f"{one:%H:%M}"),
)
def test_nobody_is_asked_before_the_hold_ends_when_the_clocks_change(at: datetime, asked: str) -> None:
    with zone_of_household("Europe/Berlin"):
        found = asking_time(at, asked)
    assert at <= found <= at + timedelta(hours=25)


def test_an_hour_that_exists_twice_is_the_one_of_the_hold() -> None:
    at = datetime(2026, 10, 25, 1, 15, tzinfo=UTC)
    with zone_of_household("Europe/Berlin"):
        assert asking_time(at, "02:30") == at + timedelta(minutes=15)


@given(
    st.sampled_from(ChangeLevel), st.sampled_from(Distance), st.sampled_from(WayBack), st.sampled_from(Risk)
)
def test_only_what_is_known_to_be_safe_shares_a_request(
    level: ChangeLevel, far: Distance, way_back: WayBack, risk: Risk
) -> None:
    row = replace(SAFE, assessment=assessment(level), distance=far, way_back=way_back)
    if may_share_a_card(row, risk):
        assert level is ChangeLevel.SAFE
        assert far in (Distance.DIGEST, Distance.PATCH, Distance.MINOR)
        assert way_back in (WayBack.DATA, WayBack.IMAGE, WayBack.REVERT, WayBack.SNAPSHOT)
        assert risk is not Risk.HIGH
    assert may_share_a_card(SAFE, Risk.MEDIUM)
    assert not may_share_a_card(replace(row, assessment=None), risk)
    breaking = assessment(breaking=("The API is removed.",))
    assert not may_share_a_card(replace(SAFE, assessment=breaking), Risk.LOW)


@given(st.lists(st.booleans(), max_size=40), st.integers(1, 10))
def test_every_item_is_in_one_request_and_the_risky_ones_are_alone(shares: list[bool], most: int) -> None:
    found = cards(list(enumerate(shares)), most)
    assert sorted(one for card in found for one in card) == list(range(len(shares)))
    for card in found:
        assert 1 <= len(card) <= most
        assert len(card) == 1 or all(shares[one] for one in card)
    sharing = sum(shares)
    assert len(found) == len(shares) - sharing + -(-sharing // most)


def fleet(count: int, statuses: Sequence[ChangeStatus] = ()) -> list[Change]:
    rows = [records.change(f"c{number}", target=box(f"n{number:02}"), group="g") for number in range(count)]
    return [replace(row, status=status) for row, status in zip(rows, statuses, strict=False)] or rows


@given(st.integers(0, 20), st.integers(1, 6), st.sampled_from([(), ("n03",), ("n1*", "N00"), ("nothing",)]))
def test_waves_have_every_update_once_and_the_canaries_first(
    count: int, size: int, canary: tuple[str, ...]
) -> None:
    rows = fleet(count)
    planned = waves(rows, ChangeGroup(id="g", canary=canary, wave_size=size))
    assert sorted(one.id for wave in planned for one in wave) == sorted(one.id for one in rows)
    names = [one.target.name for one in rows]
    first = [name for name in names if name == "n03" and "n03" in canary]
    if first:
        assert [one.target.name for one in planned[0]] == first
    assert all(len(wave) <= size for wave in planned[1:])
    assert bool(preview(planned)) is (len(planned) > 1)
    by_label = waves(rows, None)
    assert [len(one) for one in by_label] == [1, count - 1][: max(0, min(2, count))]


@given(st.lists(st.sampled_from(ChangeStatus), min_size=1, max_size=8), st.integers(1, 3))
def test_a_wave_waits_for_the_ones_before_and_stops_after_a_failure(
    statuses: list[ChangeStatus], size: int
) -> None:
    rows = fleet(len(statuses), statuses)
    planned = waves(rows, ChangeGroup(id="g", wave_size=size))
    over = {ChangeStatus.DONE, ChangeStatus.GONE, ChangeStatus.REJECTED}
    for number, wave in enumerate(planned):
        before = [one.status for earlier in planned[:number] for one in earlier]
        for one in wave:
            text = earlier_text(one, planned)
            assert bool(text) is (not {*before} <= over)
            assert ("failed" in text) is bool({*before} & FAILED)
    assert earlier_text(records.change("stranger"), planned) == ""


@given(st.lists(st.tuples(st.integers(0, 7), st.integers(0, 7)), max_size=10))
def test_coupled_updates_are_together_once(pairs: list[tuple[int, int]]) -> None:
    rows = fleet(8)
    couples = {f"c{one}": [box(f"n{other:02}") for first, other in pairs if first == one] for one in range(8)}
    found = coupled(rows, couples)
    assert sorted(one.id for each in found for one in each) == [f"c{number}" for number in range(8)]
    place = {one.id: number for number, each in enumerate(found) for one in each}
    for one, other in pairs:
        assert place[f"c{one}"] == place[f"c{other}"]
    assert len(found) >= 8 - len(pairs)
    assert all([one.id for one in each] == sorted(one.id for one in each) for each in found)


def test_what_a_repository_declares_comes_first_and_then_the_smallest_change() -> None:
    pull = records.change("a", source=ChangeSource.PULL_REQUEST, distance=Distance.MAJOR)
    image = records.change("b", source=ChangeSource.IMAGE, distance=Distance.DIGEST)
    larger = records.change(
        "c", source=ChangeSource.IMAGE, distance=Distance.MINOR, found_at=NOW - timedelta(1)
    )
    assert sorted([larger, image, pull], key=rank) == [pull, image, larger]


@pytest.mark.parametrize(
    ("group", "fits"),
    [
        (ChangeGroup(id="g"), True),
        (ChangeGroup(id="g", services=("docker",), kinds=("container",), names=("*ARR",)), True),
        (ChangeGroup(id="g", services=("portainer",)), False),
        (ChangeGroup(id="g", kinds=("vm",)), False),
        (ChangeGroup(id="g", names=("son*",)), False),
        (ChangeGroup(id="g", labels={"tier": "media"}), True),
        (ChangeGroup(id="g", labels={"tier": "media", "more": ""}), False),
    ],
)
def test_the_first_group_that_fits_counts(group: ChangeGroup, *, fits: bool) -> None:
    target = replace(box(), kind="container")
    settings = Changes(groups=(group, ChangeGroup(id="rest")))
    found = group_of(settings, "docker", target, {"tier": "media"})
    assert found is not None
    assert (found.id == "g") is fits
    assert group_of(Changes(), "docker", target, {}) is None


def test_the_distance_that_is_not_known_is_the_furthest() -> None:
    assert furthest([]) is Distance.UNKNOWN
    assert furthest([Distance.PATCH, Distance.UNKNOWN, Distance.MAJOR]) is Distance.UNKNOWN
    assert furthest([Distance.PATCH, Distance.DIGEST]) is Distance.PATCH
