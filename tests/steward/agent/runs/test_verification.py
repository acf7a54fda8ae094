"""Verification: conditions over readings, three-valued, compared with before."""

import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from homelab_steward.contract.incidents import CheckResult, Outcome
from steward.agent.runs.verification import NOT_FOUND, evaluate, evaluate_all, excused, outcome
from steward.runbooks.model import About, Condition, Named, Of, Readings
from steward.sdk.readings import NOT_REPORTED, Reading, Unknown

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
        (BELOW, math.nan, None, "NaN is not a number"),
        (BELOW, math.inf, False, "∞"),
        (BELOW, Unknown("the API failed"), None, "the API failed"),
        (BELOW, None, None, NOT_REPORTED),
        (BELOW, "84", None, "84 is not a number"),
        (BELOW, True, None, "yes is not a number"),
        (ABOVE, 3, True, "3"),
        (ABOVE, 2, False, "2"),
        (ABOVE, math.nan, None, "NaN is not a number"),
        (BETWEEN, 7, True, "7"),
        (BETWEEN, 5, False, "5"),
        (BETWEEN, 10, False, "10"),
        (TRUE, True, True, "yes"),
        (TRUE, False, False, "no"),
        (TRUE, Unknown("stale"), None, "stale"),
        (TRUE, "True", False, "True"),
        (FALSE, False, True, "no"),
        (FALSE, None, None, NOT_REPORTED),
        (FALSE, 0, False, "0"),
        (TRUE, 1, False, "1"),
        (TEXT, "idle", True, "idle"),
        (TEXT, "busy", False, "busy"),
        (TEXT, 1, False, "1"),
    ],
)
def test_a_reading_is_within_its_bound_or_not_or_unknown(
    condition: Condition,
    value: Reading,
    ok: bool | None,  # noqa: FBT001
    text: str,
) -> None:
    assert evaluate(condition, value) == CheckResult(name=condition.name, ok=ok, text=text)


def test_a_condition_without_its_target_or_its_sensor_does_not_apply() -> None:
    app = Condition(name="app", reading="x", of=Of.APPLICATION, equals=True)
    conditions = (BELOW, app)
    low, unknown = (
        CheckResult(name="low", ok=True, text="1"),
        CheckResult(name="app", ok=None, text="no answer"),
    )
    assert evaluate_all(conditions, {Of.TARGET: {"x": 1}}) == (low,)
    assert evaluate_all(conditions, {Of.TARGET: {"x": 1}, Of.APPLICATION: {"y": True}}) == (low,)
    readings: dict[About, Readings] = {Of.TARGET: {"x": 1}, Of.APPLICATION: {"x": Unknown("no answer")}}
    assert evaluate_all(conditions, readings) == (low, unknown)
    assert evaluate_all(conditions, {}) == ()
    assert evaluate_all((), {Of.TARGET: {"x": 1}}) == ()


@pytest.mark.parametrize(
    ("readings", "ok", "text"),
    [
        ({"x": 1}, True, "1"),
        ({"x": 99}, False, "99"),
        ({"x": Unknown("no answer")}, None, "no answer"),
        ({"y": 1}, None, NOT_REPORTED),
        (None, None, NOT_FOUND),
    ],
)
def test_a_condition_on_a_named_target_always_applies(
    readings: Readings | None,
    ok: bool | None,  # noqa: FBT001
    text: str,
) -> None:
    named = Named(service="toy")
    condition = Condition(name="low", reading="x", target=named, below=85)
    every: dict[About, Readings] = {Of.TARGET: {"x": 1}}
    if readings is not None:
        every[named] = readings
    assert evaluate_all((condition,), every) == (CheckResult(name="low", ok=ok, text=text),)


def results(**checks: bool | None) -> list[CheckResult]:
    return [CheckResult(name=name, ok=ok, text="") for name, ok in checks.items()]


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ({}, results(), Outcome.UNKNOWN),
        ({"a": True}, results(), Outcome.UNKNOWN),
        ({}, results(a=True), Outcome.FIXED),
        ({"a": False}, results(a=True, b=True), Outcome.FIXED),
        ({"a": None}, results(a=True), Outcome.FIXED),
        ({}, results(a=False), Outcome.NOT_FIXED),
        ({"a": False}, results(a=False), Outcome.NOT_FIXED),
        ({"a": None}, results(a=False), Outcome.NOT_FIXED),
        ({"a": True}, results(a=False), Outcome.WORSE),
        ({"a": True, "b": False}, results(a=False, b=True), Outcome.WORSE),
        ({"a": True, "b": False}, results(a=True, b=False), Outcome.NOT_FIXED),
        ({"c": True}, results(a=False), Outcome.NOT_FIXED),
        ({"a": True}, results(a=None), Outcome.UNKNOWN),
        ({"a": True, "b": True}, results(a=None, b=True), Outcome.UNKNOWN),
        ({"a": True, "b": False}, results(a=None, b=False), Outcome.NOT_FIXED),
        ({"a": True, "b": True}, results(a=None, b=False), Outcome.WORSE),
    ],
)
def test_outcomes(before: dict[str, bool | None], after: list[CheckResult], expected: Outcome) -> None:
    assert outcome(before, after) is expected


NAMES = st.sampled_from("abc")
OKS = st.sampled_from([True, False, None])


@given(st.dictionaries(NAMES, OKS), st.dictionaries(NAMES, OKS))
def test_success_needs_every_check_and_worse_needs_evidence(
    before: dict[str, bool | None], after: dict[str, bool | None]
) -> None:
    found = outcome(before, results(**after))
    assert (found is Outcome.FIXED) == (bool(after) and all(ok is True for ok in after.values()))
    lost = [name for name, ok in after.items() if ok is False and before.get(name) is True]
    assert (found is Outcome.WORSE) == bool(lost)
    if found is Outcome.UNKNOWN:
        assert False not in after.values()


@given(st.dictionaries(NAMES, OKS), st.dictionaries(NAMES, OKS), NAMES)
def test_what_is_not_known_never_makes_a_verdict_better_or_worse(
    before: dict[str, bool | None], after: dict[str, bool | None], name: str
) -> None:
    blind = outcome(before, results(**{**after, name: None}))
    assert blind is not Outcome.FIXED
    rest = {key: ok for key, ok in after.items() if key != name}
    assert (blind is Outcome.WORSE) == (outcome(before, results(**rest)) is Outcome.WORSE)


def test_only_what_is_bad_about_an_explained_target_becomes_unknown() -> None:
    own = Condition(name="a", reading="x", below=1)
    good, elsewhere = replace(own, name="c"), replace(own, name="d", of=Of.HOST)
    conditions = (own, good, elsewhere)
    checks = (
        CheckResult(name="a", ok=False, text="2"),
        CheckResult(name="c", ok=True, text="0"),
        CheckResult(name="d", ok=False, text="3"),
    )
    found = excused(conditions, checks, {Of.TARGET: "stopped by Alex"})
    assert found == (replace(checks[0], ok=None, text="stopped by Alex"), *checks[1:])
    assert excused(conditions, checks, {}) == checks
