"""Conditions of detectors, and merging of overlapping spans."""

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
def test_a_detector_searches_where_its_conditions_are_met(one: Detector, text: str, found: list[str]) -> None:
    assert _found(DetectorSet([one]), text) == found


def test_conditions_must_be_met_in_the_same_block() -> None:
    far = "door\n" + "a line without anything\n" * BLOCK + "12\n"
    assert _found(DetectorSet([detector("X", r"\d+", words="door")]), far) == []


def test_only_some_detectors_cross_lines() -> None:
    text = "begin" + "\nline" * BLOCK + "\nend"
    pattern = re.compile(r"begin.*end", re.DOTALL)
    across = Detector(label="X", pattern=pattern, crosses_lines=True)
    assert _found(DetectorSet([across]), text) == [text]
    assert _found(DetectorSet([Detector(label="X", pattern=pattern)]), text) == []


@given(st.lists(st.text(alphabet="ab1 ", max_size=400), max_size=12))
def test_blocks_cover_the_whole_text(lines: list[str]) -> None:
    text = "\n".join(lines)
    assert _found(DetectorSet([DIGITS]), text) == re.findall(r"\d+", text)


def test_the_order_of_spans_is_deterministic() -> None:
    detectors = [detector(f"L{number}", r"\d+", words=f"w{number} door gate hall") for number in range(30)]
    assert [one.label for one in DetectorSet(detectors).find("hall gate door 1")] == [
        one.label for one in detectors
    ]


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
def test_merged_spans_are_disjoint_and_cover_the_same_characters(spans: list[Span]) -> None:
    merged = merge(spans)
    covered = {position for one in spans for position in range(one.start, one.end)}
    assert {position for one in merged for position in range(one.start, one.end)} == covered
    assert all(one.end <= other.start for one, other in pairwise(merged))
    secret = {position for one in spans if one.is_secret for position in range(one.start, one.end)}
    assert all(one.is_secret == any(one.start <= position < one.end for position in secret) for one in merged)
