"""Where shapes are looked for, and what becomes of parts that overlap."""

import re
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from steward.llm.detectors.detector import BLOCK, Detector, DetectorSet, Span, detector, merge

DIGITS = detector("DIGITS", r"\d+")


def _found(detectors: DetectorSet, text: str) -> list[str]:
    return [text[one.start : one.end] for one in detectors.find(text)]


@pytest.mark.parametrize(
    ("one", "text", "found"),
    [
        (DIGITS, "a 12 b 3", ["12", "3"]),
        (detector("X", r"\d+", near="@"), "12", []),
        (detector("X", r"\d+", near="@ #"), "#12", ["12"]),
        (detector("X", r"\d+", words="door gate"), "doors 12", []),
        (detector("X", r"\d+", words="door gate"), "GATE_12", ["12"]),
        (detector("X", r"\d+", hint=r"x\d"), "12", []),
        (detector("X", r"\d+", hint=r"x\d"), "x12", ["12"]),
        (detector("X", r"a(?P<part>\d+)", "part"), "a12 b3", ["12"]),
        (detector("X", r"\d+", 0, lambda match: match.group() != "12"), "12 13", ["13"]),
    ],
)
def test_a_shape_is_looked_for_where_its_signs_are(one: Detector, text: str, found: list[str]) -> None:
    assert _found(DetectorSet([one]), text) == found


def test_signs_must_stand_in_the_same_lines() -> None:
    far = "door\n" + "a line without anything\n" * BLOCK + "12\n"
    assert _found(DetectorSet([detector("X", r"\d+", words="door")]), far) == []


def test_only_some_shapes_cross_lines() -> None:
    text = "begin" + "\nline" * BLOCK + "\nend"
    pattern = re.compile(r"begin.*end", re.DOTALL)
    across = Detector(label="X", pattern=pattern, crosses_lines=True)
    assert _found(DetectorSet([across]), text) == [text]
    assert _found(DetectorSet([Detector(label="X", pattern=pattern)]), text) == []


@given(st.lists(st.text(alphabet="ab1 ", max_size=400), max_size=12))
def test_nothing_is_lost_between_blocks(lines: list[str]) -> None:
    text = "\n".join(lines)
    assert _found(DetectorSet([DIGITS]), text) == re.findall(r"\d+", text)


def test_the_order_of_what_is_seen_does_not_hang_on_chance() -> None:
    many = [detector(f"L{number}", r"\d+", words=f"w{number} door gate hall") for number in range(30)]
    assert [one.label for one in DetectorSet(many).find("hall gate door 1")] == [one.label for one in many]


_SPANS = st.builds(
    lambda start, length, label, is_secret: Span(
        start=start, end=start + length, label=label, is_secret=is_secret
    ),
    st.integers(0, 30),
    st.integers(1, 10),
    st.sampled_from("AB"),
    st.booleans(),
)


@given(st.lists(_SPANS, max_size=12))
def test_merged_parts_are_apart_and_cover_the_same(spans: list[Span]) -> None:
    merged = merge(spans)
    covered = {place for one in spans for place in range(one.start, one.end)}
    assert {place for one in merged for place in range(one.start, one.end)} == covered
    assert all(one.end <= other.start for one, other in pairwise(merged))
    secret = {place for one in spans if one.is_secret for place in range(one.start, one.end)}
    assert all(one.is_secret == any(one.start <= place < one.end for place in secret) for one in merged)
