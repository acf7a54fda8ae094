"""How often a witness was right: what counts, and how it fades."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from homelab_steward.contract.devices import Aspect, Word
from steward.agent.monitors.incident_voices import voice_lines
from steward.quorum.reliability import HALF_LIFE, UNKNOWN, Outcome, Reliability, reliabilities, share_of

from .statements import NOW, says

REACH, SERVICE = Aspect.REACH, Aspect.SERVICE
DAY = timedelta(days=1)


def was(
    right: bool,  # noqa: FBT001
    *,
    age: timedelta = DAY,
    witness: str = "prtg",
    aspect: Aspect = REACH,
) -> Outcome:
    return Outcome(witness=witness, aspect=aspect, was_right=right, settled_at=NOW - age)


def share(*outcomes: Outcome) -> float:
    return share_of(reliabilities(outcomes, NOW), "prtg", REACH)


def test_each_witness_and_aspect_is_counted_apart() -> None:
    found = reliabilities([was(True), was(False), was(True, witness="kuma"), was(False, aspect=SERVICE)], NOW)
    assert {key: (one.right, one.total) for key, one in found.items()} == {
        ("prtg", REACH): (1, 2),
        ("kuma", REACH): (1, 1),
        ("prtg", SERVICE): (0, 1),
    }


def test_what_is_not_known_is_between_right_and_wrong() -> None:
    assert Reliability() == UNKNOWN
    assert share() == 0.5
    assert share(was(False)) < share() < share(was(True)) < share(*[was(True)] * 9)


def test_a_single_outcome_is_no_certainty() -> None:
    assert share(was(True, age=timedelta())) == round(2 / 3, 6)


def test_older_outcomes_count_less() -> None:
    assert share(was(True, age=HALF_LIFE)) == round(1.5 / 2.5, 6)
    assert share(was(True, age=HALF_LIFE), was(False)) < 0.5


def test_an_outcome_from_the_future_counts_once() -> None:
    assert share(was(True, age=-1_000 * DAY)) == share(was(True, age=timedelta()))


outcomes = st.lists(
    st.builds(
        was,
        st.booleans(),
        age=st.timedeltas(-DAY, 1_000 * DAY),
        witness=st.sampled_from(["prtg", "kuma", "unifi"]),
        aspect=st.sampled_from(list(Aspect)),
    ),
    max_size=30,
)


@given(outcomes, st.randoms(use_true_random=False))
def test_the_order_of_outcomes_does_not_matter(found: list[Outcome], random: object) -> None:
    mixed = list(found)
    random.shuffle(mixed)  # type: ignore[attr-defined]
    assert reliabilities(mixed, NOW) == reliabilities(found, NOW)


@given(outcomes)
def test_a_share_is_never_certain_and_counts_are_whole(found: list[Outcome]) -> None:
    for one in reliabilities(found, NOW).values():
        assert 0 < one.share < 1
        assert 0 <= one.right <= one.total


@given(outcomes)
def test_all_are_still_named(found: list[Outcome]) -> None:
    said = [says("prtg", Word.DOWN), says("kuma", Word.DOWN), says("unifi", Word.UP)]
    lines = voice_lines(said, NOW, str.upper, reliabilities(found, NOW))
    assert {one.split(" ", 1)[0] for one in lines} == {"PRTG", "KUMA", "UNIFI"}
    assert lines[-1].startswith("UNIFI says up"), "who says down is first, also if it is often wrong"


def test_the_most_reliable_is_first_and_its_record_is_said() -> None:
    found = reliabilities([was(False), was(True, witness="unifi"), was(True, witness="unifi")], NOW)
    said = [says("prtg", Word.DOWN), says("kuma", Word.DOWN), says("unifi", Word.DOWN)]
    assert voice_lines(said, NOW, str.upper, found) == (
        "UNIFI says down (right in 2 of 2 cases)",
        "KUMA says down",
        "PRTG says down (right in 0 of 1 case)",
    )
