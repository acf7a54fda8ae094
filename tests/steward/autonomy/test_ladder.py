"""What the next level needs, what a label costs, and what a person may raise."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from homelab_steward.contract.autonomy import AutonomyLevel
from steward.autonomy.evidence import AgreementEvidence, Evidence, UndoEvidence, after, start
from steward.autonomy.ladder import (
    Missing,
    after_disuse,
    after_label,
    initial,
    lowered,
    next_step,
    proof,
    raised,
)
from steward.autonomy.levels import LADDER, RANK, Nature, Standing
from steward.autonomy.trials import Label
from steward.texts import said_in, texts_of

from .cases import AUTO, NOW, SAFE, VETO, agreed, evidence, good, trial, undos

LEVEL = AutonomyLevel
LATER = NOW + timedelta(days=1)
ONCE_ONLY = Nature(is_reversible=False, is_idempotent=False, is_high_risk=False)
IRREVERSIBLE = replace(ONCE_ONLY, is_idempotent=True)
NOTHING = (start(), UndoEvidence(), AgreementEvidence())
SAME = "Times that people do the same themselves and that are missing: {}."
BLIND = [*[Label.GOOD] * 20, *[Label.UNKNOWN_BLIND] * 3]


@pytest.mark.parametrize(
    ("standing", "nature", "found", "missing"),
    [
        (Standing(level=LEVEL.OBSERVE), SAFE, NOTHING, Missing(LEVEL.ASK, (SAME.format(4),))),
        (
            Standing(level=LEVEL.OBSERVE),
            ONCE_ONLY,
            (start(), undos(0), agreed(3)),
            Missing(LEVEL.ASK, (SAME.format(1),)),
        ),
        (Standing(level=LEVEL.OBSERVE), SAFE, (start(), undos(0), agreed(4)), Missing(LEVEL.ASK)),
        (
            Standing(),
            SAFE,
            NOTHING,
            Missing(
                LEVEL.VETO,
                (
                    "Good runs in a row that are missing: 9.",
                    "Choices of its first option that are missing: 4.",
                ),
            ),
        ),
        (Standing(), SAFE, (good(9), undos(0), agreed(4)), Missing(LEVEL.VETO)),
        (
            Standing(),
            SAFE,
            (good(8), undos(0), agreed(3)),
            Missing(
                LEVEL.VETO,
                (
                    "Good runs in a row that are missing: 1.",
                    "Choices of its first option that are missing: 1.",
                ),
            ),
        ),
        (Standing(), IRREVERSIBLE, (good(9), undos(0), agreed(4)), Missing(LEVEL.VETO)),
        (
            Standing(),
            ONCE_ONLY,
            (good(9), undos(0), agreed(4)),
            Missing(
                None,
                (
                    (
                        "It never gets a higher level. "
                        "It cannot be undone, and doing it twice is not the same as once."
                    ),
                ),
            ),
        ),
        (
            Standing(is_owner_only=True),
            SAFE,
            (good(9), undos(0), agreed(4)),
            Missing(
                None,
                ("It never gets a higher level. This version did harm twice: only an owner may approve it.",),
            ),
        ),
        (
            Standing(),
            SAFE,
            (evidence([*[Label.GOOD] * 23, Label.BAD]), undos(0), agreed(4)),
            Missing(LEVEL.VETO, ("Good runs in a row that are missing: 2.",)),
        ),
        (
            Standing(),
            SAFE,
            (evidence([*[Label.GOOD] * 23, Label.BAD, Label.GOOD, Label.GOOD]), undos(0), agreed(4)),
            Missing(LEVEL.VETO),
        ),
        (
            Standing(),
            SAFE,
            (replace(good(20), drift=20.0), undos(0), agreed(4)),
            Missing(LEVEL.VETO, ("It fails more often than before.",)),
        ),
        (
            VETO,
            SAFE,
            (good(9), undos(0), agreed(4)),
            Missing(
                LEVEL.AUTO,
                ("Good runs in a row that are missing: 11.", "Undos that work and are missing: 80."),
            ),
        ),
        (VETO, SAFE, (good(20), undos(80), agreed(4)), Missing(LEVEL.AUTO)),
        (
            VETO,
            SAFE,
            (good(20), undos(79), agreed(3)),
            Missing(
                LEVEL.AUTO,
                (
                    "Choices of its first option that are missing: 1.",
                    "Undos that work and are missing: 1.",
                ),
            ),
        ),
        (
            VETO,
            SAFE,
            (evidence(BLIND), undos(80), agreed(4)),
            Missing(LEVEL.AUTO, ("Unknown results in its last 10 runs: 3. At most 2 are allowed.",)),
        ),
        (VETO, SAFE, (evidence(BLIND[:-1]), undos(80), agreed(4)), Missing(LEVEL.AUTO)),
        (
            VETO,
            IRREVERSIBLE,
            (good(20), undos(80), agreed(4)),
            Missing(
                None,
                ("It never gets a higher level. It cannot be undone: it is always announced first.",),
            ),
        ),
        (
            VETO,
            replace(SAFE, is_high_risk=True),
            (good(20), undos(80), agreed(4)),
            Missing(None, ("It never gets a higher level. Its risk is high: it is always announced first.",)),
        ),
        (AUTO, SAFE, (good(20), undos(80), agreed(4)), Missing(None)),
    ],
)
def test_the_next_step(
    standing: Standing,
    nature: Nature,
    found: tuple[Evidence, UndoEvidence, AgreementEvidence],
    missing: Missing,
) -> None:
    step = next_step(standing, nature, *found)
    assert step == missing
    assert step.is_earned is (missing.level is not None and not missing.texts)


@pytest.mark.parametrize(
    ("before", "labels", "level"),
    [
        (AUTO, [Label.GOOD], LEVEL.AUTO),
        (AUTO, [Label.UNKNOWN_BLIND], LEVEL.AUTO),
        (AUTO, [Label.BAD], LEVEL.VETO),
        (AUTO, [Label.WENT_DARK], LEVEL.VETO),
        (AUTO, [Label.HARM], LEVEL.ASK),
        (AUTO, [Label.BAD, Label.GOOD, Label.GOOD, Label.GOOD, Label.GOOD, Label.GOOD, Label.BAD], LEVEL.ASK),
        (VETO, [Label.GOOD], LEVEL.VETO),
        (VETO, [Label.BAD], LEVEL.ASK),
        (VETO, [Label.HARM], LEVEL.ASK),
        (AUTO, [Label.WORSE], LEVEL.ASK),
        (VETO, [Label.WORSE], LEVEL.ASK),
        (Standing(), [Label.BAD], LEVEL.ASK),
        (Standing(), [Label.HARM], LEVEL.ASK),
        (Standing(level=LEVEL.OBSERVE), [Label.HARM], LEVEL.OBSERVE),
    ],
)
def test_what_a_label_costs(before: Standing, labels: list[Label], level: AutonomyLevel) -> None:
    found, standing = good(20), before
    for number, label in enumerate(labels):
        found = after(found, trial(label, number))
        standing = after_label(standing, found, label, LATER)
    assert standing.level is level
    assert standing.since == (LATER if level is not before.level else before.since)
    assert standing.harmed == sum(one.is_harm for one in labels)


def test_a_success_rate_that_fell_costs_all_levels_at_once() -> None:
    found = replace(good(20), drift=20.0)
    assert after_label(AUTO, found, Label.BAD, LATER).level is LEVEL.ASK
    assert after_label(AUTO, found, Label.GOOD, LATER).level is LEVEL.AUTO


def test_a_version_that_did_harm_twice_is_for_owners_only() -> None:
    once = after_label(AUTO, good(20), Label.HARM, LATER)
    assert (once.harmed, once.is_owner_only) == (1, False)
    twice = after_label(once, good(20), Label.WORSE, LATER)
    assert (twice.harmed, twice.is_owner_only, twice.level) == (2, True, LEVEL.ASK)
    assert after_label(twice, good(20), Label.GOOD, LATER).is_owner_only


@pytest.mark.parametrize(
    ("standing", "newest", "days", "level"),
    [
        (AUTO, None, 179, LEVEL.AUTO),
        (AUTO, None, 180, LEVEL.VETO),
        (AUTO, NOW + timedelta(days=1), 180, LEVEL.AUTO),
        (AUTO, NOW + timedelta(days=1), 181, LEVEL.VETO),
        (AUTO, NOW - timedelta(days=90), 100, LEVEL.AUTO),
        (VETO, None, 180, LEVEL.ASK),
        (Standing(since=NOW), None, 900, LEVEL.ASK),
        (Standing(level=LEVEL.OBSERVE, since=NOW), None, 900, LEVEL.OBSERVE),
        (Standing(level=LEVEL.AUTO), None, 900, LEVEL.AUTO),
        (Standing(level=LEVEL.AUTO), NOW, 180, LEVEL.VETO),
    ],
)
def test_what_is_not_used_loses_a_level(
    standing: Standing, newest: object, days: int, level: AutonomyLevel
) -> None:
    now = NOW + timedelta(days=days)
    found = after_disuse(standing, newest, now)  # type: ignore[arg-type]
    assert found.level is level
    assert found.since == (standing.since if level is standing.level else now)


def test_another_half_year_costs_another_level() -> None:
    first = after_disuse(AUTO, NOW, NOW + timedelta(days=180))
    assert after_disuse(first, NOW, NOW + timedelta(days=359)) == first
    assert after_disuse(first, NOW, NOW + timedelta(days=360)).level is LEVEL.ASK


def test_a_new_version_of_what_had_a_level_only_observes() -> None:
    assert initial(has_earlier_level=True) == Standing(level=LEVEL.OBSERVE)
    assert initial(has_earlier_level=False) == Standing(level=LEVEL.ASK)


def test_a_person_lowers_a_level() -> None:
    assert lowered(AUTO, LEVEL.OBSERVE, LATER) == replace(AUTO, level=LEVEL.OBSERVE, since=LATER)
    assert lowered(VETO, LEVEL.AUTO, LATER) == VETO
    assert lowered(VETO, LEVEL.VETO, LATER) == VETO


def test_a_person_raises_a_level_that_is_earned() -> None:
    found = raised(Standing(harmed=1), Missing(LEVEL.VETO), LATER)
    assert found == Standing(level=LEVEL.VETO, since=LATER, raised_at=LATER, harmed=1)


def test_an_owner_may_let_it_ask_before_that_is_earned() -> None:
    observing, missing = Standing(level=LEVEL.OBSERVE), Missing(LEVEL.ASK, ("more",))
    assert (missing.is_earned, missing.may_be_given) == (False, True)
    assert raised(observing, missing, LATER).level is LEVEL.ASK
    assert not Missing(LEVEL.VETO, ("more",)).may_be_given
    assert Missing(LEVEL.VETO).may_be_given


@pytest.mark.parametrize(
    "missing", [Missing(None), Missing(None, ("never",)), Missing(LEVEL.AUTO, ("more",))]
)
def test_nobody_raises_a_level_that_is_not_earned(missing: Missing) -> None:
    with pytest.raises(ValueError, match=r"\(.*\)"):
        raised(VETO, missing, LATER)


LABELS = st.lists(st.sampled_from(Label), max_size=30)


@settings(max_examples=50)
@given(LABELS, st.sampled_from(LADDER), st.sampled_from(Label))
def test_no_label_raises_a_level_and_good_never_lowers_one(
    labels: list[Label], level: AutonomyLevel, label: Label
) -> None:
    found = after(evidence(labels), trial(label, 99))
    before = Standing(level=level)
    standing = after_label(before, found, label, LATER)
    assert RANK[standing.level] <= RANK[level]
    assert standing == before or label.is_bad
    assert RANK[standing.level] >= min(RANK[level], RANK[LEVEL.ASK])


@settings(max_examples=50)
@given(LABELS)
def test_the_good_runs_that_are_missing_are_enough_and_no_fewer(labels: list[Label]) -> None:
    found = evidence(labels)
    count = 0
    while next_step(Standing(), SAFE, found, undos(0), agreed(4)).texts:
        found = after(found, trial(Label.GOOD, 99))
        count += 1
    said = next_step(Standing(), SAFE, evidence(labels), undos(0), agreed(4)).texts
    drift = "It fails more often than before."
    missing = [one for one in said if one != drift]
    assert missing == ([f"Good runs in a row that are missing: {count}."] if count else []) or said == (
        drift,
    )


@pytest.mark.parametrize(
    ("harmed", "runs", "text"),
    [
        (0, 37, "0 of 37 automatic runs did lasting harm: at most 7.8 % (95 %)."),
        (0, 1, "0 of 1 automatic run did lasting harm: at most 95 % (95 %)."),
        (1, 37, "1 of 37 automatic runs did lasting harm: at most 12.2 % (95 %)."),
    ],
)
def test_the_proof_of_a_promotion(harmed: int, runs: int, text: str) -> None:
    assert proof(Evidence(automatic=runs, automatic_harmed=harmed)) == text


def test_what_was_undone_is_no_lasting_harm() -> None:
    found = start()
    for number, label in enumerate([Label.WORSE, Label.WORSE, Label.HARM, Label.GOOD]):
        found = after(found, trial(label, number, is_automatic=True))
    found = after(found, trial(Label.WORSE, 9))
    assert (found.harmed, found.automatic, found.automatic_harmed, found.automatic_worse) == (4, 4, 1, 2)
    assert proof(found).startswith("1 of 4 automatic runs did lasting harm: at most ")
    assert proof(found).endswith(" % (95 %). 2 made things worse and were undone.")
    once = Evidence(automatic=37, automatic_worse=1)
    assert proof(once).endswith(" % (95 %). 1 made things worse and was undone.")


def test_the_proof_in_another_language() -> None:
    said = said_in(proof(Evidence(automatic=37)), texts_of("de"))
    assert (
        said == "0 von 37 automatischen Ausführungen richteten bleibenden Schaden an: höchstens 7,8 % (95 %)."
    )
