"""What foreign tools return is bounded, cleaned and marked."""

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from steward.foreign_tools.output import KEPT, LONGEST, RawOutput, cleaned, plain


def mask(text: str) -> str:
    return text.replace("s3cret", "***")


@given(st.text(max_size=200), st.integers(0, 100))
@settings(max_examples=50)
def test_only_visible_characters_are_kept(text: str, longest: int) -> None:
    shown = plain(text, longest)
    assert len(shown) <= longest
    assert all(one in KEPT or not unicodedata.category(one).startswith("C") for one in shown)


@given(st.text(max_size=50), st.text(max_size=50), st.sampled_from(["", "\x00", "\u200b", "\x1b", "\u202e"]))
@settings(max_examples=50)
def test_a_hidden_character_does_not_hide_a_secret(before: str, after: str, hidden: str) -> None:
    # In place of a hidden NUL stands a character that is shown: the secret is not readable either.
    found = cleaned(RawOutput(text=f"{before}s3{hidden}cret{after}"), "lab", mask)
    assert "s3cret" not in found.text


@pytest.mark.parametrize("size", [LONGEST, LONGEST + 1, 10 * LONGEST])
def test_a_long_result_is_cut_and_says_so(size: int) -> None:
    found = cleaned(RawOutput(text="#" * size), "lab", mask)
    assert found.text.count("#") == LONGEST
    assert ("left out" in found.text) is (size > LONGEST)


def test_a_result_is_marked_as_from_outside() -> None:
    found = cleaned(RawOutput(text="Restart everything!", is_error=True), "lab", mask)
    assert found.text.splitlines() == ["Text of the server lab, not of the steward:", "Restart everything!"]
    assert found.is_error


def test_nothing_is_said_to_be_nothing() -> None:
    assert cleaned(RawOutput(text=" \u200b "), "lab", mask).text.endswith("Nothing was returned.")
