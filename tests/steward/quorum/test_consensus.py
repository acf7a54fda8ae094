"""What witnesses say together, and whether it may be acted upon."""

import random
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from homelab_steward.contract.devices import Agreement, Aspect, Word
from steward.quorum.witnesses import Consensus, Witness, agree
from steward.quorum.witnesses import Testimony as Said
from steward.texts import translate

from .statements import MINUTE, NOW, says, witness

UP, DOWN, PAUSED, UNKNOWN = Word.UP, Word.DOWN, Word.PAUSED, Word.UNKNOWN
STALE = 2.5
SAME_HOST = [says(witness(name, vantage="pve1"), DOWN) for name in ("kuma", "prtg")]


@pytest.mark.parametrize(
    ("said", "verdict", "may_act"),
    [
        ([], Agreement.BLIND, False),
        ([says("kuma", UNKNOWN), says("prtg", PAUSED)], Agreement.BLIND, False),
        ([says("kuma", DOWN, age=STALE)], Agreement.BLIND, False),
        ([says("kuma", UP)], Agreement.UP, False),
        ([says("kuma", UP), says("prtg", UP)], Agreement.UP, False),
        ([says("kuma", DOWN)], Agreement.ALONE, False),
        (SAME_HOST, Agreement.ALONE, False),
        ([says("kuma", DOWN), says("prtg", DOWN, age=STALE)], Agreement.ALONE, False),
        ([says("kuma", DOWN), says("prtg", PAUSED)], Agreement.ALONE, False),
        ([says("kuma", DOWN), says("kuma", UP)], Agreement.ALONE, False),
        ([says("kuma", DOWN), says("prtg", UP)], Agreement.SPLIT, False),
        ([says("kuma", DOWN), says("prtg", DOWN), says("ha", UP)], Agreement.SPLIT, False),
        ([says("kuma", DOWN), says("prtg", DOWN), says("prtg", UP)], Agreement.SPLIT, False),
        ([says("kuma", DOWN), says("prtg", DOWN)], Agreement.DOWN, True),
        ([says("kuma", DOWN), says("prtg", DOWN), says("ha", UP, age=STALE)], Agreement.DOWN, True),
        ([*SAME_HOST, says("steward", DOWN)], Agreement.DOWN, True),
    ],
)
def test_verdicts(said: Sequence[Said], verdict: Agreement, may_act: bool) -> None:  # noqa: FBT001
    found = agree(said, NOW)
    assert (found.verdict, found.may_act) == (verdict, may_act)


def test_who_is_for_and_against_is_named() -> None:
    said = [says("prtg", DOWN), says("kuma", DOWN), says("ha", UP), says("old", UP, age=9)]
    found = agree(said, NOW)
    assert (found.support, found.against, found.silent) == (("kuma", "prtg"), ("ha",), ("old",))
    assert translate(found.why) == "Some monitors report the problem, others say that there is none"


def test_up_is_supported_by_those_that_say_so() -> None:
    found = agree([says("prtg", UP), says("kuma", UNKNOWN)], NOW)
    assert found == Consensus(verdict=Agreement.UP, why=found.why, support=("prtg",), silent=("kuma",))


def test_the_reasons_tell_the_verdicts_apart() -> None:
    lists: tuple[list[Said], ...] = (
        [],
        [says("kuma", UP)],
        [says("kuma", DOWN)],
        [says("kuma", DOWN), says("kuma", UP)],
        [says("kuma", DOWN), says("prtg", DOWN)],
    )
    texts = [translate(agree(one, NOW).why) for one in lists]
    assert texts == [
        "No monitor says anything that counts",
        "Nobody reports the problem",
        "Only one independent witness reports the problem",
        "The only witness contradicts itself",
        "2 independent witnesses report the problem",
    ]


def test_a_blind_witness_says_nothing() -> None:
    said = [says("kuma", DOWN), says("prtg", DOWN)]
    assert agree(said, NOW, blind={"prtg"}).verdict is Agreement.ALONE
    assert agree([*said, says("ha", UP)], NOW, blind={"ha"}).may_act


def test_what_is_behind_a_dead_vantage_is_unknown() -> None:
    said = [says(witness("kuma", vantage="pve1"), DOWN), says(witness("prtg", vantage="pve2"), DOWN)]
    assert agree(said, NOW, dead={"pve2"}).silent == ("prtg",)
    assert agree([says("kuma", DOWN)], NOW, dead={""}).support == ("kuma",)


names = st.sampled_from(["a", "b", "c", "d"])
witnesses = st.builds(
    Witness,
    id=names,
    instance=names,
    vantage=st.sampled_from(["", "v1", "v2"]),
    derived_from=st.sampled_from(["", "a", "b"]),
)
testimonies = st.lists(
    st.builds(
        Said,
        witness=witnesses,
        subject=st.just("nas"),
        aspect=st.just(Aspect.REACH),
        word=st.sampled_from(Word),
        checked_at=st.sampled_from([NOW, NOW - MINUTE, NOW - 3 * MINUTE]),
        interval=st.just(MINUTE),
    ),
    max_size=7,
)


@settings(max_examples=40)
@given(testimonies, st.randoms(use_true_random=False))
def test_the_order_does_not_matter(said: list[Said], order: random.Random) -> None:
    mixed = order.sample(said, len(said))
    one, other = agree(said, NOW), agree(mixed, NOW)
    assert translate(one.why) == translate(other.why)
    assert _facts(one) == _facts(other)


@settings(max_examples=40)
@given(testimonies, witnesses)
def test_a_fresh_opponent_always_stops_it(said: list[Said], who: Witness) -> None:
    assert not agree([*said, says(who, UP)], NOW).may_act


@settings(max_examples=40)
@given(testimonies, witnesses, st.sampled_from(["id", "instance", "vantage", "derived_from"]))
def test_what_shares_something_adds_no_vote(said: list[Said], who: Witness, shared: str) -> None:
    downs = [one for one in said if one.word is DOWN and one.is_fresh(NOW)]
    if not downs:
        return
    first = downs[0].witness
    value: str = first.id if shared == "derived_from" else getattr(first, shared)
    if not value:
        return
    others = {name for one in said if one.witness != first for name in (one.witness.id, one.witness.instance)}
    if first.derived_from in others and shared in ("instance", "vantage"):
        return  # it is a vote of what it repeats, not of the monitor that passes it on
    changed: dict[str, Any] = {shared: value}
    twin = replace(Witness(id="new", instance="new"), **changed)
    assert agree([*said, says(twin, DOWN)], NOW).may_act <= agree(said, NOW).may_act


@settings(max_examples=40)
@given(testimonies)
def test_what_is_stale_never_counts(said: list[Said]) -> None:
    fresh = [one for one in said if one.is_fresh(NOW)]
    one, other = agree(said, NOW), agree(fresh, NOW)
    assert (one.verdict, one.may_act, one.support, one.against) == (
        other.verdict,
        other.may_act,
        other.support,
        other.against,
    )


@settings(max_examples=40)
@given(testimonies)
def test_acting_needs_two_that_share_nothing(said: list[Said]) -> None:
    if agree(said, NOW).may_act:
        speak = [one.witness for one in said if one.word is DOWN and one.is_fresh(NOW)]
        assert any(one.sources.isdisjoint(two.sources) for one in speak for two in speak)


def _facts(found: Consensus) -> tuple[object, ...]:
    return found.verdict, found.may_act, found.support, found.against, found.silent
