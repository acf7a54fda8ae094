"""Did it help: conditions over readings, compared with how it was before."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from homelab_steward.contract.base import Value
from homelab_steward.contract.incidents import CheckResult, Outcome
from steward.agent.verification import evaluate, evaluate_all, outcome
from steward.runbooks.model import Condition, Of

BELOW = Condition(name="low", reading="x", below=85)
ABOVE = Condition(name="high", reading="x", above=2)
TRUE = Condition(name="runs", reading="x", equals=True)
FALSE = Condition(name="stopped", reading="x", equals=False)
TEXT = Condition(name="state", reading="x", equals="idle")
BETWEEN = Condition(name="between", reading="x", below=10, above=5)


@pytest.mark.parametrize(
    ("condition", "value", "ok", "text"),
    [
        (BELOW, 84.96, True, "85"),
        (BELOW, 84.94, True, "84.9"),
        (BELOW, 85, False, "85"),
        (BELOW, 85.0, False, "85"),
        (BELOW, 95.25, False, "95.2"),
        (BELOW, -1, True, "-1"),
        (BELOW, math.nan, False, "nan"),
        (BELOW, math.inf, False, "inf"),
        (BELOW, None, False, "could not be read"),
        (BELOW, "84", False, "84 is no number"),
        (BELOW, True, False, "yes is no number"),
        (ABOVE, 3, True, "3"),
        (ABOVE, 2, False, "2"),
        (ABOVE, math.nan, False, "nan"),
        (BETWEEN, 7, True, "7"),
        (BETWEEN, 5, False, "5"),
        (BETWEEN, 10, False, "10"),
        (TRUE, True, True, "yes"),
        (TRUE, False, False, "no"),
        (TRUE, None, False, "could not be read"),
        (TRUE, "True", False, "True"),
        (FALSE, False, True, "no"),
        (FALSE, None, False, "could not be read"),
        (TEXT, "idle", True, "idle"),
        (TEXT, "busy", False, "busy"),
        (TEXT, 1, False, "1"),
    ],
)
def test_a_reading_keeps_its_bound_or_not(condition: Condition, value: Value, ok: bool, text: str) -> None:  # noqa: FBT001
    assert evaluate(condition, value) == CheckResult(name=condition.name, ok=ok, text=text)


def test_what_is_not_here_is_passed_over_and_what_is_not_readable_is_not() -> None:
    conditions = (BELOW, Condition(name="app", reading="x", of=Of.APPLICATION, equals=True))
    assert evaluate_all(conditions, {Of.TARGET: {"x": 1}}) == (CheckResult(name="low", ok=True, text="1"),)
    assert [
        (one.name, one.ok) for one in evaluate_all(conditions, {Of.TARGET: {"x": 1}, Of.APPLICATION: None})
    ] == [
        ("low", True),
        ("app", False),
    ]
    assert [one.text for one in evaluate_all(conditions, {Of.TARGET: {}, Of.APPLICATION: {"x": True}})] == [
        "could not be read",
        "yes",
    ]
    assert evaluate_all(conditions, {}) == ()
    assert evaluate_all((), {Of.TARGET: {"x": 1}}) == ()


def results(**held: bool) -> list[CheckResult]:
    return [CheckResult(name=name, ok=ok, text="") for name, ok in held.items()]


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ({}, results(), Outcome.NOT_FIXED),
        ({"a": True}, results(), Outcome.NOT_FIXED),
        ({}, results(a=True), Outcome.FIXED),
        ({"a": False}, results(a=True, b=True), Outcome.FIXED),
        ({}, results(a=False), Outcome.NOT_FIXED),
        ({"a": False}, results(a=False), Outcome.NOT_FIXED),
        ({"a": True}, results(a=False), Outcome.WORSE),
        ({"a": True, "b": False}, results(a=False, b=True), Outcome.WORSE),
        ({"a": True, "b": False}, results(a=True, b=False), Outcome.NOT_FIXED),
        ({"c": True}, results(a=False), Outcome.NOT_FIXED),
    ],
)
def test_outcomes(before: dict[str, bool], after: list[CheckResult], expected: Outcome) -> None:
    assert outcome(before, after) is expected


NAMES = st.sampled_from("abc")


@given(st.dictionaries(NAMES, st.booleans()), st.dictionaries(NAMES, st.booleans()))
def test_success_is_claimed_only_when_everything_holds(
    before: dict[str, bool], after: dict[str, bool]
) -> None:
    found = outcome(before, results(**after))
    assert (found is Outcome.FIXED) == (bool(after) and all(after.values()))
    lost = [name for name, ok in after.items() if not ok and before.get(name)]
    assert (found is Outcome.WORSE) == bool(lost)
