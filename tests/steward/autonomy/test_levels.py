"""What a cell may do now: one case for each limit, beside the value that just passes."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from homelab_steward.contract.autonomy import AutonomyLevel
from steward.autonomy.evidence import AgreementEvidence, Evidence, UndoEvidence, after
from steward.autonomy.levels import (
    LADDER,
    RANK,
    Nature,
    Situation,
    Standing,
    allowed_level,
    decide,
    is_sample,
)
from steward.autonomy.trials import Label
from steward.texts import said_in, spoken, texts_of

from .cases import AUTO, DAY, NIGHT, NOW, SAFE, VETO, agreed, evidence, good, situation, trial, undos

LEVEL = AutonomyLevel
IRREVERSIBLE = Nature(is_reversible=False, is_idempotent=True, is_high_risk=False)
ONCE_ONLY = Nature(is_reversible=False, is_idempotent=False, is_high_risk=False)
HIGH_RISK = replace(SAFE, is_high_risk=True)
FULL = good(20)
BLIND_LABELS = [*[Label.GOOD] * 20, *[Label.UNKNOWN_BLIND] * 3]


def with_target(found: Evidence, label: Label, good_since: int) -> Evidence:
    """Return evidence whose target had a label, some good runs after it, and a value that is enough."""
    number = 200
    for one in [label, *[Label.GOOD] * good_since]:
        number += 1
        found = after(found, trial(one, number, target="radarr"))
    return replace(found, value=80.0, drift=1.0)


@pytest.mark.parametrize(
    ("changed", "level", "reason"),
    [
        ({}, LEVEL.AUTO, "It is done at once, and reported."),
        ({"standing": VETO}, LEVEL.VETO, "It is announced, and done unless somebody stops it."),
        ({"standing": Standing()}, LEVEL.ASK, "A person approves each run."),
        (
            {"standing": Standing(level=LEVEL.OBSERVE)},
            LEVEL.OBSERVE,
            "It is only observed until a person allows it to ask.",
        ),
        ({"evidence": good(19)}, LEVEL.VETO, "Its runs do not prove enough yet: 38.9 of 40."),
        ({"evidence": good(9)}, LEVEL.VETO, "Its runs do not prove enough yet: 5.7 of 40."),
        ({"evidence": replace(FULL, value=40.0)}, LEVEL.AUTO, "It is done at once, and reported."),
        ({"evidence": good(8)}, LEVEL.ASK, "Its runs do not prove enough yet: 4.7 of 5."),
        ({"standing": VETO, "evidence": replace(FULL, value=5.0)}, LEVEL.VETO, None),
        ({"undo": undos(79)}, LEVEL.VETO, "Its undo is not proven enough yet: 38.7 of 40."),
        ({"undo": UndoEvidence(40.0)}, LEVEL.AUTO, None),
        ({"undo": UndoEvidence()}, LEVEL.VETO, "Its undo is not proven enough yet: 1 of 40."),
        ({"agreement": agreed(3)}, LEVEL.ASK, "People have not chosen its first option often enough yet."),
        ({"agreement": AgreementEvidence(5.0)}, LEVEL.AUTO, None),
        ({"nature": IRREVERSIBLE}, LEVEL.VETO, "It cannot be undone: it is always announced first."),
        (
            {"nature": ONCE_ONLY},
            LEVEL.ASK,
            "It cannot be undone, and doing it twice is not the same as once.",
        ),
        ({"nature": replace(SAFE, is_idempotent=False)}, LEVEL.AUTO, None),
        ({"nature": HIGH_RISK}, LEVEL.VETO, "Its risk is high: it is always announced first."),
        ({"is_blind": True}, LEVEL.VETO, "Its target cannot be read now."),
        ({"is_sample": True}, LEVEL.VETO, "One of ten automatic runs is announced first. This is one."),
        ({"circumstance": NIGHT}, LEVEL.VETO, "Approved runs in a situation like this: 0 of 3."),
        (
            {"evidence": replace(FULL, approved={DAY: 2})},
            LEVEL.VETO,
            "Approved runs in a situation like this: 2 of 3.",
        ),
        ({"evidence": replace(FULL, approved={DAY: 3})}, LEVEL.AUTO, None),
        (
            {"evidence": evidence(BLIND_LABELS)},
            LEVEL.VETO,
            "Unknown results in its last 10 runs: 3. At most 2 are allowed.",
        ),
        ({"evidence": evidence(BLIND_LABELS[:-1])}, LEVEL.AUTO, None),
        ({"evidence": replace(FULL, drift=20.0)}, LEVEL.ASK, "It fails more often than before."),
        ({"evidence": replace(FULL, drift=19.9)}, LEVEL.AUTO, None),
        ({"target": "radarr"}, LEVEL.ASK, "Good runs on this target: 0 of 2."),
        (
            {"target": "radarr", "evidence": with_target(FULL, Label.GOOD, 0)},
            LEVEL.ASK,
            "Good runs on this target: 1 of 2.",
        ),
        ({"target": "radarr", "evidence": with_target(FULL, Label.GOOD, 1)}, LEVEL.AUTO, None),
        (
            {"target": "radarr", "evidence": with_target(FULL, Label.BAD, 1)},
            LEVEL.ASK,
            "It failed on this target. Good runs since then: 1 of 2.",
        ),
        ({"target": "radarr", "evidence": with_target(FULL, Label.BAD, 2)}, LEVEL.AUTO, None),
        (
            {
                "target": "radarr",
                "evidence": with_target(FULL, Label.BAD, 2),
                "standing": replace(AUTO, raised_at=None),
            },
            LEVEL.ASK,
            "It failed on this target, and its level was not raised since then.",
        ),
        (
            {"standing": replace(VETO, is_owner_only=True)},
            LEVEL.ASK,
            "This version did harm twice: only an owner may approve it.",
        ),
        ({"needs_person": ("The home is not known.",)}, LEVEL.ASK, "The home is not known."),
        ({"same_state": 2}, LEVEL.AUTO, None),
        (
            {"same_state": 3},
            LEVEL.ASK,
            "Done from the same state without lasting success: 3 times.",
        ),
        ({"recent": 4}, LEVEL.AUTO, None),
        (
            {"recent": 5},
            LEVEL.ASK,
            "Repairs of this target in four hours: 5. Something else may be wrong.",
        ),
        ({"same_state": None}, LEVEL.ASK, "It is not known how often this was done lately."),
        ({"recent": None}, LEVEL.ASK, "It is not known how often this was done lately."),
    ],
)
def test_each_limit(changed: dict[str, Any], level: AutonomyLevel, reason: str | None) -> None:
    found = decide(situation(**changed))
    assert found.level is allowed_level(situation(**changed)) is level
    if reason is not None:
        assert found.reasons == (reason,)
    assert found.is_blocked is bool({"same_state", "recent"} & set(changed) and level is LEVEL.ASK)


@pytest.mark.parametrize("since", [timedelta(0), timedelta(microseconds=1)])
def test_a_target_is_pinned_until_the_level_is_raised_after_its_bad_run(since: timedelta) -> None:
    found = with_target(FULL, Label.BAD, 2)
    bad_at = found.targets["radarr"].bad_at
    assert bad_at is not None
    standing = replace(AUTO, raised_at=bad_at + since)
    level = decide(situation(target="radarr", evidence=found, standing=standing)).level
    assert level is (LEVEL.AUTO if since else LEVEL.ASK)


def test_a_target_is_only_pinned_for_itself() -> None:
    assert decide(situation(evidence=with_target(FULL, Label.BAD, 0))).level is LEVEL.AUTO


def test_a_proven_undo_makes_up_for_nothing_else() -> None:
    """Without an undo it would be asked about, so no proof of the undo changes anything."""
    for changed in ({"evidence": good(8)}, {"agreement": agreed(0)}, {"target": "radarr"}):
        unproven = decide(situation(undo=UndoEvidence(), **changed))
        assert unproven == decide(situation(undo=undos(500), **changed))
        assert unproven.level is LEVEL.ASK


def test_all_reasons_are_given() -> None:
    found = decide(situation(nature=HIGH_RISK, undo=undos(0), is_blind=True))
    assert len(found.reasons) == 3
    found = decide(situation(same_state=9, recent=9, agreement=agreed(0), needs_person=("Paused.",)))
    assert len(found.reasons) == 4
    assert found.is_blocked


def test_a_level_that_asks_already_gives_no_other_reason() -> None:
    assert decide(situation(standing=Standing(), evidence=good(0))).reasons == (
        "A person approves each run.",
    )


def test_what_only_observes_stays_so_when_it_is_blocked() -> None:
    found = decide(situation(standing=Standing(level=LEVEL.OBSERVE), recent=None))
    assert (found.level, found.is_blocked) == (LEVEL.OBSERVE, True)


def test_a_reason_is_said_in_other_languages() -> None:
    given_reason = spoken(lambda texts: texts("It fails more often than before."))
    found = decide(situation(evidence=good(8), needs_person=(given_reason,))).reasons
    assert [said_in(one, texts_of("de")) for one in found] == [
        "Es schlägt öfter fehl als früher.",
        "Seine Ausführungen beweisen noch nicht genug: 4,7 von 5.",
    ]


SITUATIONS = st.builds(
    Situation,
    standing=st.builds(
        Standing,
        level=st.sampled_from(LADDER),
        raised_at=st.sampled_from([None, NOW]),
        is_owner_only=st.booleans(),
    ),
    nature=st.builds(
        Nature, is_reversible=st.booleans(), is_idempotent=st.booleans(), is_high_risk=st.booleans()
    ),
    evidence=st.builds(
        evidence,
        st.tuples(st.integers(0, 25), st.lists(st.sampled_from(Label), max_size=4)).map(
            lambda parts: [Label.GOOD] * parts[0] + parts[1]
        ),
    ),
    undo=st.sampled_from([undos(0), undos(80)]),
    agreement=st.sampled_from([agreed(0), agreed(4)]),
    target=st.sampled_from(["sonarr", "radarr"]),
    circumstance=st.sampled_from([DAY, NIGHT]),
    same_state=st.sampled_from([None, 0, 3]),
    recent=st.sampled_from([None, 0, 5]),
    is_blind=st.booleans(),
    is_sample=st.booleans(),
    needs_person=st.sampled_from([(), ("Paused.",)]),
)


@settings(max_examples=50)
@given(SITUATIONS)
def test_a_decision_never_exceeds_the_level_and_a_lower_level_never_allows_more(found: Situation) -> None:
    ranks = [
        RANK[decide(replace(found, standing=replace(found.standing, level=level))).level] for level in LADDER
    ]
    assert ranks == sorted(ranks)
    assert all(rank <= RANK[level] for rank, level in zip(ranks, LADDER, strict=True))


@settings(max_examples=50)
@given(SITUATIONS)
def test_a_decision_has_reasons_and_is_automatic_only_without_any_limit(found: Situation) -> None:
    decision = decide(found)
    assert decision.reasons
    assert decision.level is allowed_level(found)
    if decision.level is LEVEL.AUTO:
        assert found.evidence.value >= 40
        assert found.undo.value >= 40
        assert found.nature.is_reversible
        assert not any((found.nature.is_high_risk, found.is_blind, found.needs_person, decision.is_blocked))


def test_one_of_ten_requests_is_a_sample() -> None:
    sampled = [number for number in range(2000) if is_sample(f"request-{number}")]
    assert 150 < len(sampled) < 250
    # The same ones after a restart and in a later version: a request is not drawn again.
    assert sampled[:6] == [0, 5, 16, 21, 35, 38]


def test_a_cell_begins_with_questions() -> None:
    assert (Standing().harmed, Standing().is_owner_only, Standing().level) == (0, False, LEVEL.ASK)
