"""Which applications deploy the files of a pull request."""

from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from steward.changes.git_sources import deployers, path_key, repository_key
from steward.sdk.description import DeclaredIn, PullRequestOffer

URL: Final = "https://git.example.org/rack/apps"


def offer(*files: str, base: str = "main", **more: object) -> PullRequestOffer:
    values: dict[str, object] = {
        "author": "renovate",
        "branch": "renovate/x",
        "base": base,
        "is_default_base": base == "main",
        "repositories": (URL,),
        "files": files,
    }
    return PullRequestOffer(**(values | more))  # type: ignore[arg-type]


def at(path: str, branch: str = "", repository: str = URL) -> list[DeclaredIn]:
    return [DeclaredIn(repository=repository, path=path, branch=branch)]


@pytest.mark.parametrize(
    "url",
    [
        "https://git.example.org/rack/apps.git",
        "https://token@git.example.org:3000/rack/apps/",
        "http://GIT.example.org/Rack/apps",
        "ssh://git@git.example.org:2222/rack/apps.git",
        "git@git.example.org:rack/apps.git",
        "git.example.org:rack/apps",
    ],
)
def test_addresses_of_one_repository_are_the_same(url: str) -> None:
    assert repository_key(url) == repository_key(URL) == "git.example.org/rack/apps"


@pytest.mark.parametrize("url", ["", "apps", "https://git.example.org", "oci//x", "/srv/git/apps.git"])
def test_what_is_no_address_is_the_same_as_nothing(url: str) -> None:
    assert repository_key(url) == ""
    assert deployers(offer("a/b", repositories=(url,)), {"app": at("a", repository=url)}) == ()


def test_another_repository_or_host_is_another_one() -> None:
    others = ("https://git.example.org/rack/other", "https://git.example.com/rack/apps")
    assert all(deployers(offer("a/b"), {"app": at("a", repository=one)}) == () for one in others)


@pytest.mark.parametrize(
    ("base", "branch", "fits"),
    [
        ("main", "", True),
        ("main", "main", True),
        ("main", "prod", False),
        ("prod", "", False),
        ("prod", "prod", True),
    ],
)
def test_the_branch_must_be_the_one_that_it_is_merged_into(base: str, branch: str, fits: bool) -> None:  # noqa: FBT001
    assert bool(deployers(offer("a/b", base=base), {"app": at("a", branch)})) is fits


@pytest.mark.parametrize(
    ("path", "fits"),
    [
        ("apps/radarr", True),
        ("./apps/radarr/", True),
        ("/apps/radarr", True),
        ("apps/radarr/values.yaml", True),
        ("", True),
        ("./", True),
        ("apps/rad", False),
        ("apps/sonarr", False),
        ("radarr", False),
    ],
)
def test_the_path_must_contain_a_file(path: str, fits: bool) -> None:  # noqa: FBT001
    assert bool(deployers(offer("apps/radarr/values.yaml"), {"app": at(path)})) is fits


def test_the_closest_folder_of_each_file_counts() -> None:
    declared = {"root": at(""), "apps": at("apps"), "radarr": at("apps/radarr"), "twin": at("apps/radarr")}
    assert deployers(offer("apps/radarr/x.yaml"), declared) == ("radarr", "twin")
    assert deployers(offer("apps/radarr/x.yaml", "README.md"), declared) == ("radarr", "twin", "root")
    assert deployers(offer("apps/new/x.yaml"), declared) == ("apps",)


def test_without_known_files_nothing_is_found() -> None:
    assert deployers(offer(files=None), {"root": at("")}) == ()


@given(st.text(), st.text())
def test_any_text_is_compared_without_an_error(path: str, url: str) -> None:
    assert path_key(path_key(path)) == path_key(path)
    deployers(offer(path), {"app": at(path, repository=url)})
