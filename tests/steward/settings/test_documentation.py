"""The address and the branch of the notebook's repository."""

import pytest
from probatio import Invalid

from steward.settings.documentation import Documentation, git_branch, git_remote


@pytest.mark.parametrize(
    "address",
    [
        "https://git.example.org/olga/notes.git",
        "https://git.example.org:8443/notes",
        "ssh://git@git.example.org/notes.git",
        "git@git.example.org:olga/notes.git",
        "/srv/git/notes.git",
    ],
)
def test_addresses_of_repositories(address: str) -> None:
    assert git_remote(address) == address


@pytest.mark.parametrize(
    "address",
    [
        "https://olga:secret@git.example.org/notes.git",
        "https://token@git.example.org/notes.git",
        "ssh://git:secret@git.example.org/notes.git",
        "ssh://-oProxyCommand=touch/notes.git",
        "git@git.example.org:-x",
        "http://git.example.org/notes.git",
        "ext::sh -c touch",
        "--upload-pack=touch",
        "notes",
        "",
        7,
    ],
)
def test_what_is_no_address_or_has_a_password_is_refused(address: object) -> None:
    with pytest.raises(Invalid):
        git_remote(address)


@pytest.mark.parametrize("name", ["-x", "a..b", "a.lock", "a/", "", "a b", 7])
def test_what_is_no_branch_is_refused(name: object) -> None:
    with pytest.raises(Invalid):
        git_branch(name)


def test_a_remote_needs_a_repository() -> None:
    assert not Documentation().uses_git
    assert Documentation(git=True).uses_git
    assert Documentation(remote="/srv/notes.git").uses_git
    assert git_branch("notes/lab-1") == "notes/lab-1"
