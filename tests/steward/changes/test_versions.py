"""Distances between versions."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from homelab_steward.contract.changes import Distance
from steward.changes.versions import distance, first_of_level, is_digest, is_older, parsed

NUMBER = st.integers(0, 99)


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("1.2.3", "2.0.0", Distance.MAJOR),
        ("v1.2.3", "v1.3.0", Distance.MINOR),
        ("1.2", "1.2.1", Distance.PATCH),
        ("4.0.14.2939", "4.0.14.2941", Distance.PATCH),
        ("1.27.1-alpine", "1.27.2-alpine", Distance.PATCH),
        ("1.27.1-alpine", "1.27.2-slim", Distance.UNKNOWN),
        ("2.1.0-ls12", "2.1.0-ls13", Distance.PATCH),
        ("^0.4.0", "^0.6.0", Distance.MINOR),
        (">=3.1,<4", "5.0", Distance.UNKNOWN),
        ("grafana-7.3.0", "grafana-8.0.1", Distance.MAJOR),
        ("20240101", "20250601", Distance.UNKNOWN),
        ("240915", "250321", Distance.UNKNOWN),
        ("2025.1.4", "2025.2.0", Distance.MINOR),
        ("17-alpine", "18-alpine", Distance.MAJOR),
        ("latest", "1.0", Distance.UNKNOWN),
        ("nightly", "stable", Distance.UNKNOWN),
        ("", "1.0", Distance.UNKNOWN),
        (None, "1.0", Distance.UNKNOWN),
        (None, "0b596c4", Distance.DIGEST),
        ("5463044", "930b414", Distance.DIGEST),
        ("sha256:" + "a" * 64, "sha256:" + "b" * 64, Distance.DIGEST),
        ("1.4.2", "930b414", Distance.UNKNOWN),
        ("2.24.0", "2.23.0", Distance.UNKNOWN),
        ("4.0.1", "3", Distance.UNKNOWN),
        ("4.0.1", "4", Distance.PATCH),
    ],
)
def test_the_distance_of_tags(old: str | None, new: str, expected: Distance) -> None:
    assert distance(old, new) is expected


@given(NUMBER, NUMBER, NUMBER, NUMBER)
def test_the_first_number_that_differs_is_the_distance(major: int, minor: int, patch: int, more: int) -> None:
    old = f"v{major}.{minor}.{patch}"
    assert distance(old, f"v{major + more + 1}.0.0") is Distance.MAJOR
    assert distance(old, f"v{major}.{minor + more + 1}.0") is Distance.MINOR
    assert distance(old, f"v{major}.{minor}.{patch + more + 1}") is Distance.PATCH


@given(NUMBER, NUMBER, NUMBER, st.integers(0, 2))
def test_what_was_withdrawn_is_older(major: int, minor: int, patch: int, place: int) -> None:
    new = [major, minor, patch]
    old = [*new[:place], new[place] + 1, *new[place + 1 :]]
    assert is_older(".".join(map(str, old)), ".".join(map(str, new)))
    assert not is_older(".".join(map(str, new)), ".".join(map(str, old)))


@given(st.text(max_size=40), st.text(max_size=40))
def test_any_text_has_a_distance(old: str, new: str) -> None:
    assert distance(old, new) in Distance
    parsed(new)


@pytest.mark.parametrize(
    ("old", "new", "first"),
    [
        ("2.19.6", "2.20.1", (2, 20)),
        ("10.10.7", "11.0.2", (11,)),
        ("2.0.0", "2.3.0", (2, 1)),
        ("9.1", "11.0", (10,)),
        ("1.4.2", "1.4.5", (1, 4, 3)),
        ("20240101", "20250601", None),
        ("aaaaaaa", "bbbbbbb", None),
    ],
)
def test_the_first_release_beyond_a_version(old: str, new: str, first: tuple[int, ...] | None) -> None:
    assert first_of_level(old, new) == first


@pytest.mark.parametrize(("text", "expected"), [("0b596c4", True), ("20240915", False), ("1.2.3", False)])
def test_a_digest_is_no_date(text: str, expected: bool) -> None:  # noqa: FBT001 - a table
    assert is_digest(text) is expected
