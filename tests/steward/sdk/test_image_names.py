"""Names of container images and their versions."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from steward.sdk.image_names import VERSION, version_of, with_version

DIGEST = f"sha256:{'ab' * 32}"


@pytest.mark.parametrize(
    ("image", "version", "expected"),
    [
        ("radarr", "6", "radarr:6"),
        ("ghcr.io:443/films/radarr:5@sha256:1", "6", "ghcr.io:443/films/radarr:6"),
        ("films/radarr:5", DIGEST, f"films/radarr@{DIGEST}"),
        ("films/radarr", f"5@{DIGEST}", f"films/radarr:5@{DIGEST}"),
    ],
)
def test_an_image_with_another_version(image: str, version: str, expected: str) -> None:
    assert with_version(image, version) == expected


@given(
    st.sampled_from(["radarr", "films/radarr", "ghcr.io:443/films/radarr"]),
    st.sampled_from(["5.2", DIGEST, f"5.2@{DIGEST}"]),
    st.sampled_from(["latest", DIGEST, f"6@{DIGEST}"]),
)
def test_setting_the_version_before_gives_the_image_before(name: str, before: str, after: str) -> None:
    image = with_version(name, before)
    assert version_of(image) == before
    assert with_version(with_version(image, after), before) == image


def test_an_image_without_a_version_is_the_latest() -> None:
    assert version_of("ghcr.io:443/films/radarr") == "latest"


@pytest.mark.parametrize("text", ["", "a b", "-x", "sha256:12", "a/b", "5@sha256:12", "5\n"])
def test_what_is_no_version(text: str) -> None:
    assert VERSION.fullmatch(text) is None
