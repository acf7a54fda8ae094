"""The label of a run: bad at once, good when the window has closed, unknown by what was readable before."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from homelab_steward.contract.incidents import Outcome, Severity
from steward.autonomy.cells import Cell
from steward.autonomy.trials import (
    RELAPSE_WINDOW,
    Circumstance,
    HourPart,
    Label,
    NoLabel,
    Observed,
    Watch,
    circumstance,
    label_of,
)

from .cases import NOW

FIXED = Observed(outcome=Outcome.FIXED, changed_at=NOW)
CLOSED = NOW + RELAPSE_WINDOW


@pytest.mark.parametrize(
    ("changed", "label"),
    [
        ({}, Label.GOOD),
        ({"outcome": None}, NoLabel.LATER),
        ({"outcome": None, "has_effect": False}, NoLabel.NEVER),
        ({"has_effect": False}, NoLabel.NEVER),
        ({"outcome": Outcome.WORSE}, Label.WORSE),
        ({"outcome": Outcome.WORSE, "undo_failed": True}, Label.HARM),
        ({"outcome": Outcome.NOT_FIXED, "undo_failed": True}, Label.HARM),
        ({"undo_failed": True}, Label.HARM),
        ({"outcome": Outcome.NOT_FIXED}, Label.BAD),
        ({"outcome": Outcome.RELAPSED}, Label.BAD),
        ({"is_back": True}, Label.BAD),
        ({"is_back": True, "outcome": Outcome.UNKNOWN}, Label.BAD),
        ({"is_back": True, "outcome": Outcome.WORSE}, Label.WORSE),
        ({"outcome": Outcome.UNKNOWN}, Label.WENT_DARK),
        ({"outcome": Outcome.UNKNOWN, "was_readable": False}, Label.UNKNOWN_BLIND),
        ({"watch": Watch.TARGET_DARK}, Label.WENT_DARK),
        ({"watch": Watch.TARGET_DARK, "was_readable": False}, Label.UNKNOWN_BLIND),
        ({"watch": Watch.NOT_WATCHED}, Label.UNKNOWN_BLIND),
        ({"window": timedelta(hours=25)}, NoLabel.LATER),
        ({"window": timedelta(hours=1)}, Label.GOOD),
    ],
)
def test_the_label_when_the_usual_window_has_closed(changed: dict[str, Any], label: Label | NoLabel) -> None:
    assert label_of(replace(FIXED, **changed), CLOSED) is label


@pytest.mark.parametrize(
    ("changed", "label"),
    [
        ({}, NoLabel.LATER),
        ({"watch": Watch.TARGET_DARK}, NoLabel.LATER),
        ({"outcome": Outcome.NOT_FIXED}, Label.BAD),
        ({"outcome": Outcome.RELAPSED}, Label.BAD),
        ({"outcome": Outcome.WORSE}, Label.WORSE),
        ({"outcome": Outcome.UNKNOWN}, Label.WENT_DARK),
        ({"is_back": True}, Label.BAD),
    ],
)
def test_only_what_is_bad_is_said_before_the_window_closes(
    changed: dict[str, Any], label: Label | NoLabel
) -> None:
    before = CLOSED - timedelta(microseconds=1)
    assert label_of(replace(FIXED, **changed), before) is label


@settings(max_examples=50)
@given(
    outcome=st.sampled_from([None, *Outcome]),
    flags=st.tuples(st.booleans(), st.booleans(), st.booleans(), st.booleans()),
    watch=st.sampled_from(Watch),
    hours=st.integers(0, 100),
)
def test_good_is_only_what_was_fixed_and_watched_to_the_end(
    outcome: Outcome | None, flags: tuple[bool, bool, bool, bool], watch: Watch, hours: int
) -> None:
    has_effect, undo_failed, was_readable, is_back = flags
    run = Observed(
        outcome=outcome,
        changed_at=NOW,
        has_effect=has_effect,
        undo_failed=undo_failed,
        was_readable=was_readable,
        is_back=is_back,
        watch=watch,
    )
    is_good = (
        outcome is Outcome.FIXED
        and has_effect
        and watch is Watch.COVERED
        and not undo_failed
        and not is_back
        and timedelta(hours=hours) >= RELAPSE_WINDOW
    )
    assert (label_of(run, NOW + timedelta(hours=hours)) is Label.GOOD) is is_good


def test_the_window_is_a_day() -> None:
    assert timedelta(days=1) == RELAPSE_WINDOW


@pytest.mark.parametrize(
    ("label", "is_bad", "is_harm", "is_unknown"),
    [
        (Label.GOOD, False, False, False),
        (Label.BAD, True, False, False),
        (Label.WORSE, True, True, False),
        (Label.HARM, True, True, False),
        (Label.UNKNOWN_BLIND, False, False, True),
        (Label.WENT_DARK, True, False, True),
    ],
)
def test_what_a_label_counts_as(label: Label, *, is_bad: bool, is_harm: bool, is_unknown: bool) -> None:
    assert (label.is_bad, label.is_harm, label.is_unknown) == (is_bad, is_harm, is_unknown)


@pytest.mark.parametrize(
    ("hour", "part"),
    [
        (0, HourPart.NIGHT),
        (5, HourPart.NIGHT),
        (6, HourPart.MORNING),
        (11, HourPart.MORNING),
        (12, HourPart.AFTERNOON),
        (17, HourPart.AFTERNOON),
        (18, HourPart.EVENING),
        (23, HourPart.EVENING),
    ],
)
def test_the_part_of_the_day(hour: int, part: HourPart) -> None:
    at = datetime(2026, 11, 29, hour, 59, tzinfo=UTC)
    assert circumstance(at, Severity.INFO, 0) == Circumstance(part, Severity.INFO, others_open=False)


@pytest.mark.parametrize(("count", "others_open"), [(0, False), (1, True), (2, True)])
def test_other_incidents_are_a_circumstance(count: int, others_open: bool) -> None:  # noqa: FBT001
    assert circumstance(NOW, Severity.CRITICAL, count).others_open is others_open


def test_the_key_of_a_cell() -> None:
    assert Cell("disk-full", 3, "grow disk", "proxmox/guest").key == "disk-full/3/grow%20disk/proxmox%2Fguest"


PART = st.text(alphabet="ab/@% ", max_size=4)
CELLS = st.builds(Cell, PART, st.integers(1, 3), PART, PART)


@settings(max_examples=50)
@given(CELLS, CELLS)
def test_two_cells_have_two_keys(one: Cell, other: Cell) -> None:
    assert (one.key == other.key) is (one == other)


def test_the_names_that_are_stored() -> None:
    """A stored trial is read again by a later version."""
    assert [one.value for one in Label] == ["good", "bad", "worse", "harm", "unknown_blind", "went_dark"]
    assert [one.value for one in NoLabel] == ["later", "never"]
    assert [one.value for one in Watch] == ["covered", "target_dark", "not_watched"]
    assert [one.value for one in HourPart] == ["night", "morning", "afternoon", "evening"]
