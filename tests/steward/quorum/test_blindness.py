"""When a witness counts as blind."""

from collections.abc import Sequence

import pytest

from homelab_steward.contract.devices import Word
from steward.quorum.blindness import blind
from steward.quorum.witnesses import Testimony as Said
from steward.quorum.witnesses import Witness
from steward.texts import translate

from .statements import MINUTE, NOW, says, witness

UP, DOWN = Word.UP, Word.DOWN


def watched(
    down: int, up: int, *, who: Witness | str = "prtg", since: float | None = 1.0, age: float = 0.5
) -> list[Said]:
    return [
        *(says(who, DOWN, subject=f"d{n}", since=since, age=age) for n in range(down)),
        *(says(who, UP, subject=f"u{n}", age=age) for n in range(up)),
    ]


def found(said: Sequence[Said]) -> list[str]:
    return [one.witness for one in blind(said, NOW)]


@pytest.mark.parametrize(
    ("down", "up", "is_blind"),
    [
        (4, 0, False),
        (5, 0, True),
        (5, 11, True),
        (5, 12, False),
        (6, 14, True),
        (6, 15, False),
        (30, 70, True),
        (29, 71, False),
        (11, 26, False),
    ],
)
def test_five_and_thirty_percent(down: int, up: int, is_blind: bool) -> None:  # noqa: FBT001
    assert found(watched(down, up)) == (["prtg"] if is_blind else [])


@pytest.mark.parametrize(
    ("since", "is_blind"), [(0.0, True), (2.0, True), (2.1, False), (-0.1, False), (None, False)]
)
def test_they_go_down_within_two_intervals(since: float | None, is_blind: bool) -> None:  # noqa: FBT001
    assert bool(found(watched(5, 0, since=since))) is is_blind


def test_what_another_monitor_confirms_is_an_outage() -> None:
    said = watched(6, 0)
    assert found([*said, says("kuma", DOWN, subject="d3")]) == []
    assert found([*said, says("kuma", UP, subject="d3")]) == ["prtg"]
    assert found([*said, says("kuma", DOWN, subject="d3", age=3)]) == ["kuma", "prtg"]
    assert found([*said, says("kuma", DOWN, subject="other")]) == ["prtg"]


def test_what_repeats_it_confirms_nothing() -> None:
    said = [*watched(6, 0), says(witness("ha", derived_from="prtg"), DOWN, subject="d1")]
    assert found(said) == ["prtg"]


def test_services_of_one_device_count_once() -> None:
    said = [says("prtg", DOWN, subject="nas", since=1.0) for _ in range(9)]
    assert found(said) == []


def test_paused_subjects_are_not_watched() -> None:
    paused = [says("prtg", Word.PAUSED, subject=f"p{n}") for n in range(40)]
    assert found([*watched(5, 0), *paused]) == ["prtg"]


def test_a_clock_that_stands_is_blind() -> None:
    said = watched(0, 2, age=2.5)
    assert found(said) == ["prtg"]
    assert [translate(one.why) for one in blind(said, NOW)] == [
        "It has checked nothing since 2026-11-01 11:57 UTC"
    ]
    assert found([*said, says("prtg", UP, subject="fresh")]) == []


def test_who_says_nothing_is_not_blind() -> None:
    assert found([says("prtg", Word.UNKNOWN, age=9), says("prtg", Word.PAUSED, age=9)]) == []


def test_the_reason_has_the_numbers() -> None:
    assert [translate(one.why) for one in blind(watched(5, 3), NOW)] == [
        "5 of 8 went down at once, and no other monitor agrees"
    ]


def test_what_is_not_fresh_did_not_go_down_now() -> None:
    said = [*watched(5, 0, since=1.0, age=2.5), says("prtg", UP, subject="fresh")]
    assert found(said) == []


@pytest.mark.parametrize(
    ("since", "down", "up", "is_blind"),
    [(1, 5, 0, True), (1, 4, 0, False), (1, 5, 12, False), (23.9 * 60, 5, 0, True), (24 * 60, 5, 0, False)],
)
def test_who_was_blind_stays_blind_while_as_much_is_down(
    since: float,
    down: int,
    up: int,
    is_blind: bool,  # noqa: FBT001
) -> None:
    """Also after a restart, when it is not known any more since when it is down; but not for ever."""
    said = watched(down, up, since=None)
    known = {"prtg": NOW - since * MINUTE}
    assert [one.witness for one in blind(said, NOW, known)] == (["prtg"] if is_blind else [])
    assert blind(said, NOW, {"kuma": NOW}) == ()


def test_who_was_blind_is_not_when_another_monitor_agrees_or_nothing_is_fresh() -> None:
    known = {"prtg": NOW}
    said = watched(5, 0, since=None)
    assert blind([*said, says("kuma", DOWN, subject="d1")], NOW, known) == ()
    old = [*watched(5, 0, since=None, age=2.5), says("prtg", UP, subject="fresh")]
    assert blind(old, NOW, known) == ()
