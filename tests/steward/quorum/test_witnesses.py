"""Which witnesses are one vote, and which testimonies are young enough to count."""

import pytest

from homelab_steward.contract.devices import Word
from steward.quorum.witnesses import Witness, groups

from .statements import NOW, says, witness

KUMA = witness("kuma", vantage="pve1")


@pytest.mark.parametrize(
    ("other", "votes"),
    [
        (witness("prtg", vantage="pve2"), 2),
        (witness("prtg"), 2),
        (witness("prtg", vantage="pve1"), 1),
        (witness("kuma-http", instance="kuma", vantage="pve3"), 1),
        (witness("ha", derived_from="kuma"), 1),
    ],
)
def test_what_is_shared_makes_one_vote(other: Witness, votes: int) -> None:
    assert len(groups([KUMA, other])) == len(groups([other, KUMA])) == votes


def test_unknown_vantages_are_not_the_same() -> None:
    assert len(groups([witness("kuma"), witness("prtg")])) == 2


def test_two_that_repeat_a_third_are_one_vote() -> None:
    assert len(groups([witness("a", derived_from="x"), witness("b", derived_from="x")])) == 1


def test_two_that_a_third_links_are_one_vote() -> None:
    link = witness("link", instance="kuma", vantage="pve2")
    members = [KUMA, witness("prtg", vantage="pve2"), witness("zabbix", vantage="pve3")]
    assert {len(one) for one in groups([*members, link])} == {1, 3}


def test_what_repeats_another_is_no_link_between_them() -> None:
    home, repeats = witness("home"), witness("home@kuma", instance="home", derived_from="kuma")
    assert set(groups([home, repeats, KUMA])) == {frozenset({home}), frozenset({repeats, KUMA})}
    assert len(groups([home, repeats])) == 1, "what it repeats is not heard"


def test_a_repeated_repetition_is_in_the_same_group() -> None:
    second = witness("home@am", instance="home", derived_from="am")
    assert len(groups([second, witness("am", derived_from="kuma"), KUMA])) == 1


def test_two_that_repeat_each_other_are_one_vote() -> None:
    assert len(groups([witness("a", derived_from="b"), witness("b", derived_from="a")])) == 1


def test_a_witness_counts_once() -> None:
    assert groups([KUMA, KUMA]) == (frozenset({KUMA}),)


@pytest.mark.parametrize(
    ("age", "is_fresh"),
    [(-1.1, False), (-1.0, True), (0.0, True), (2.49, True), (2.5, False), (60.0, False)],
)
def test_fresh_is_younger_than_two_and_a_half_intervals(age: float, is_fresh: bool) -> None:  # noqa: FBT001
    assert says("kuma", Word.UP, age=age).is_fresh(NOW) is is_fresh
