"""Newer tags have the shape of the one that runs, and no pre-release is among them."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from steward.changes.tags import Newer, is_moving, newer_tags, parse_tag


def listed(text: str) -> list[str]:
    return text.split()


LINUXSERVER = listed(
    "latest develop nightly 4.0.1 4.0.2 4.0.1.929-ls230 4.0.1.929-ls231 4.0.2.1183-ls240 4.0.10.2544-ls258 "
    "develop-4.0.11.2688-ls500 version-4.0.2.1183 amd64-4.0.10.2544-ls258 arm64v8-latest 5.0.0.1-ls1"
)
RELEASES = listed(
    "16 16.4 16.4-alpine 16.4-alpine3.20 16.5-alpine 16.6 17.0 17.2 17.2-alpine 18.1 18beta1 18-rc1 19.0-rc2"
)
PLAIN = listed(
    "v1.9.0 v1.10.0 v1.10.1-rc1 v1.10.1-rc.2 1.11.0 v2.0.0-beta.3 2.0 latest edge v1.10.0-slim v1 v1.10 "
    "v1.9.1-debian-12-r3 v1.9.1-debian-12-r12 v1.9.1-debian-11-r99"
)


@pytest.mark.parametrize(
    ("current", "tags", "within", "major"),
    [
        ("4.0.1", LINUXSERVER, "4.0.2", None),
        ("4.0.1.929-ls230", LINUXSERVER, "4.0.10.2544-ls258", "5.0.0.1-ls1"),
        ("version-4.0.1.1", LINUXSERVER, "version-4.0.2.1183", None),
        ("develop-4.0.11.2680-ls490", LINUXSERVER, "develop-4.0.11.2688-ls500", None),
        ("16.4", RELEASES, "16.6", "17.2"),
        ("16.4-alpine", RELEASES, "16.5-alpine", "17.2-alpine"),
        ("16.3-alpine3.20", RELEASES, "16.4-alpine3.20", None),
        ("16.3-alpine3.19", RELEASES, None, None),
        ("v1.9.0", PLAIN, "v1.10.0", None),
        ("v1.10.1-rc1", PLAIN, "v1.10.1-rc.2", None),
        ("v1.9.1-debian-12-r3", PLAIN, "v1.9.1-debian-12-r12", None),
        ("1.0.0-rc1", ["1.0.0-rc2", "1.0.0", "1.1.0-beta1"], "1.1.0-beta1", None),
        ("1.0.0-rc1", ["1.0.0-rc2", "1.0.0"], "1.0.0", None),
        ("2.0.0-beta.9", ["2.0.0-beta.10", "2.0.0-alpha.11"], "2.0.0-beta.10", None),
        ("1.0.0", ["2.0.0-beta", "1.0.1-SNAPSHOT", "1.0.1-nightly.5"], None, None),
        ("20240915", ["20240916", "240917", "9.0.1", "20250101"], "20250101", None),
        ("2024.9.1", ["2024.10.0", "2024.10.0b3", "5.8.1", "2025.1.0"], "2025.1.0", None),
        ("5.8.1", ["2024.07.0", "5.8.2"], "5.8.2", None),
        (
            "RELEASE.2024-01-01T00-00-00Z",
            ["RELEASE.2024-02-03T10-00-00Z", "RELEASE.2024-02-03T10-00-00Z-cpuv1", "latest"],
            "RELEASE.2024-02-03T10-00-00Z",
            None,
        ),
        ("1.2.3-5f3c2d1", ["1.2.4-ab12cd3"], "1.2.4-ab12cd3", None),
        ("1.2.3", ["1.2.3", "1.2.2", "garbage tag", "1.2.4\n", "9" * 40, "1.2.\u0664"], None, None),
    ],
)
def test_the_newest_of_the_same_shape(
    current: str, tags: list[str], within: str | None, major: str | None
) -> None:
    tag = parse_tag(current)
    assert tag is not None
    found = newer_tags(tag, tags)
    assert (found.within and found.within.text, found.major and found.major.text) == (within, major)


@pytest.mark.parametrize(
    ("tag", "expected"),
    [
        ("latest", True),
        ("stable", True),
        ("4", True),
        ("v4", True),
        ("16-alpine", True),
        ("4.0", True),
        ("16.4", False),
        ("4.0.1", False),
        ("20240915", False),
        ("2024.9", True),
        ("2024.8", False),
        ("main-abcdef1", True),
        ("abcdef1", True),
        ("RELEASE.2024-01-01T00-00-00Z", False),
    ],
)
def test_tags_that_are_moved_have_no_newer_ones(tag: str, expected: bool) -> None:  # noqa: FBT001
    assert is_moving(parse_tag(tag), ["4.0.1", "16.4", "2024.9.1", "latest"]) is expected


numbers = st.lists(st.integers(0, 30), min_size=1, max_size=4).map(lambda one: ".".join(map(str, one)))
tags = st.builds(
    "{}{}{}".format,
    st.sampled_from(["", "v", "version-", "develop-"]),
    numbers,
    st.sampled_from(
        ["", "-alpine", "-alpine3.19", "-ls1", "-ls12", "-rc1", "-rc.2", "beta3", "-r2", "-abcdef1"]
    ),
)


@given(tags, st.lists(tags, max_size=12), st.randoms())
def test_what_is_found_is_newer_of_the_same_shape_and_final(
    current: str, others: list[str], order: Random
) -> None:
    tag = parse_tag(current)
    assert tag is not None
    found = newer_tags(tag, others)
    for one in (found.within, found.major):
        assert one is None or (one.shape == tag.shape and one.order > tag.order and one.text in others)
        assert one is None or tag.stage or not one.stage
    if found.within is not None:
        assert newer_tags(found.within, others).within is None
    if found.major is not None:
        assert found.major.numbers[0] > tag.numbers[0]
    order.shuffle(others)
    again = newer_tags(tag, others)
    assert again == found
    assert newer_tags(tag, [current]) == Newer()


@given(st.text(max_size=60))
def test_any_text_is_read_without_an_error(text: str) -> None:
    tag = parse_tag(text)
    assert tag is None or newer_tags(tag, [text]) == Newer()
    is_moving(tag, [text])


@pytest.mark.parametrize("text", ["a-" * 64, "a1-" * 42, "1" * 128, "-1" * 64, "v1" * 64, "a" * 200 + "-1"])
def test_odd_tags_take_no_time(text: str) -> None:
    is_moving(parse_tag(text), [text])
