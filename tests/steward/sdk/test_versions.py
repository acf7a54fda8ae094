"""Versions that are not understood are named; those that are, and those that are not known, are not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from steward.sdk.description import Versions

GRAFANA = Versions("10", "13")
ENGINE = Versions("20.10", "28.5", name="Docker Engine", note="with API 1.51")
PROMETHEUS = Versions("2.42", "3.5", others=("Mimir",))


@pytest.mark.parametrize(
    ("versions", "version", "notice"),
    [
        (GRAFANA, "10.0.0", None),
        (GRAFANA, "13.9.2+security-01", None),
        (GRAFANA, None, None),
        (GRAFANA, "", None),
        (GRAFANA, "14.1", "Version 14.1 is newer than those understood (10 to 13)"),
        (GRAFANA, "v9.5.21", "Version v9.5.21 is older than those understood (10 to 13)"),
        (GRAFANA, "main", "Version main is not one of those understood (10 to 13)"),
        (ENGINE, "28", None),
        (ENGINE, "28.5.2", None),
        (ENGINE, "20.9", f"Version 20.9 is older than those understood ({ENGINE})"),
        (ENGINE, "28.6", f"Version 28.6 is newer than those understood ({ENGINE})"),
        (Versions("2026.11"), "2027.1.0", None),
        (Versions("26.11"), "26.9.3", "Version 26.9.3 is older than those understood (26.11 and later)"),
        (PROMETHEUS, "1.9", None),
        (PROMETHEUS, "4.0", "Version 4.0 is newer than those understood (2.42 to 3.5, Mimir)"),
        (Versions(), "1", None),
        (Versions(note="MIB-II"), "1", None),
    ],
)
def test_notice(versions: Versions, version: str | None, notice: str | None) -> None:
    assert versions.notice(version) == notice


@pytest.mark.parametrize(
    ("versions", "text"),
    [
        (Versions(), ""),
        (Versions("4", "4"), "4"),
        (ENGINE, "Docker Engine 20.10 to 28.5 with API 1.51"),
        (Versions("10", "13"), "10 to 13"),
        (Versions("2.19", "2"), "2.19 to 2.x"),
        (Versions("2026.11"), "2026.11 and later"),
        (Versions(note="MIB-II"), "MIB-II"),
        (PROMETHEUS, "2.42 to 3.5, Mimir"),
    ],
)
def test_text(versions: Versions, text: str) -> None:
    assert str(versions) == text


@given(st.lists(st.integers(0, 999), min_size=1, max_size=4), st.lists(st.integers(0, 999), max_size=3))
def test_the_newest_version_includes_all_below_it(newest: list[int], below: list[int]) -> None:
    number = ".".join(map(str, newest))
    versions = Versions(number, number)
    assert versions.notice(".".join(map(str, newest + below))) is None
    above = ".".join(map(str, [*newest[:-1], newest[-1] + 1, *below]))
    assert f"Version {above} is newer" in str(versions.notice(above))
