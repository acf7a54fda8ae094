"""Untrusted text cannot add markup, hidden characters, links or lines."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lab.telegram.html import parse_html
from lab.telegram.markup import units as units_of_the_lab
from steward.telegram.markup import (
    Rich,
    bold,
    code_line,
    exact,
    fitted,
    joined,
    literal,
    plain,
    prose,
    split,
    units,
)


@given(st.text())
def test_units_are_utf16(text: str) -> None:
    countable = text.encode("utf-16-le", "replace").decode("utf-16-le")
    assert units(countable) == units_of_the_lab(countable)


@given(st.text(max_size=300))
def test_any_text_is_valid_html_of_the_measured_length(text: str) -> None:
    for piece in (prose(text, 200), exact(text), code_line(text, 200), bold(prose(text, 50) + exact(text))):
        parsed = parse_html("x" + piece.html + "x").text  # Telegram trims the ends
        assert units_of_the_lab(parsed) == piece.units + 2
        piece.html.encode()


@pytest.mark.parametrize(
    "text",
    [
        "<b>bold</b>",
        "</b></code>",
        "&lt;i&gt;",
        "*bold* _it_ [a](http://x)",
        "<a href='tg://user?id=1'>x</a>",
    ],
)
def test_markup_in_a_value_is_escaped(text: str) -> None:
    parsed = parse_html(exact(text).html)
    assert parsed.text == text
    assert [entity.kind for entity in parsed.entities] == ["code"]


@pytest.mark.parametrize(
    "hidden",
    ["\u202e", "\u2066", "\u200b", "\u200d", "\ufeff", "\u00ad", "\U000e0041", "\x00", "\ud800", "\u3164"],
)
def test_hidden_characters_are_removed_from_prose_and_shown_in_values(hidden: str) -> None:
    assert plain(f"rad{hidden}arr", 50) == "radarr"
    assert f"⟨U+{ord(hidden):04X}⟩" in exact(f"rad{hidden}arr").html


def test_line_breaks_in_text_cannot_add_lines() -> None:
    assert plain("fine\n\n✅ Resolved\u2028x", 50) == "fine ✅ Resolved x"
    assert "\n" not in exact("a\nb").html


@pytest.mark.parametrize("text", ["@admin", "https://evil.example", "see evil.example/x"])
def test_prose_contains_no_links(text: str) -> None:
    shown = parse_html(prose(text, 100).html).text
    assert text not in shown
    assert shown.replace("\u2060", "") == text


def test_right_to_left_text_is_isolated() -> None:
    assert prose("\u05d0\u05d1", 50).html == "\u2068\u05d0\u05d1\u2069"
    assert prose("radarr", 50).html == "radarr"


def test_empty_value_is_shown() -> None:
    assert exact("").html == "(empty)"


@given(st.lists(st.text("ab😀", max_size=40).map(literal), max_size=30), st.integers(0, 400))
def test_fitted_counts_the_missing_lines(lines: list[Rich], room: int) -> None:
    kept = fitted(lines, room, "Details")
    assert joined(kept).units <= room
    if joined(lines).units <= room:
        assert kept == lines
    elif kept:
        missing = len(lines) - (len(kept) - 1)
        assert kept[:-1] == lines[: len(kept) - 1]
        assert kept[-1].html.startswith(f"… {missing} more line")


@given(st.lists(st.text("ab<😀", max_size=60), max_size=5), st.integers(2, 40))
def test_split_keeps_all_text(texts: list[str], room: int) -> None:
    line = Rich(sum(((exact(text) + literal(text)).parts for text in texts), ()))
    pieces = split(line, room)
    assert all(piece.units <= room for piece in pieces)
    whole = "".join(text for piece in pieces for text, _ in piece.parts)
    assert whole == "".join(text for text, _ in line.parts)


def test_long_text_is_shortened_with_an_ellipsis() -> None:
    assert plain("x" * 300, 10) == "x" * 9 + "…"
    assert plain("short", 10) == "short"
