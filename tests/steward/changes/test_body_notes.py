"""Notes that a source gives itself: whether they are those of all versions in between."""

import pytest

from steward.changes.body_notes import body_notes, linked_project

ONE = "- A moon can be added"
LISTED = "## 1.2.0\n\n- A sun\n\n## 1.1.0\n\n- A moon\n\n## 1.0.0\n\n- A start"


@pytest.mark.parametrize(
    ("old", "new", "is_complete"),
    [
        ("1.0.0", "1.0.1", True),
        ("1.0.3", "1.1.0", True),
        ("1.9.9", "2.0.0", True),
        ("2026.10.1", "2026.11.0", True),
        ("v1.0.0", "v1.0.1", True),
        ("1.0.0", "1.0.2", False),
        ("1.0.0", "1.2.0", False),
        ("1.0.0", "1.1.1", False),
        ("1.0.0", "3.0.0", False),
        ("1.1.0", "1.0.0", False),
        (None, "1.0.1", False),
        ("1.0.0", "nightly", False),
        ("nightly", "1.0.0", False),
    ],
)
def test_notes_of_one_version_are_complete_when_none_lies_in_between(
    old: str | None, new: str, *, is_complete: bool
) -> None:
    found = body_notes(ONE, old, new)
    assert [(one.version, one.text) for one in found.notes] == [(new, ONE)]
    assert found.is_complete is is_complete


def test_notes_of_several_versions() -> None:
    found = body_notes(LISTED, "1.0.0", "1.2.0")
    assert [(one.version, one.text) for one in found.notes] == [("1.2.0", "- A sun"), ("1.1.0", "- A moon")]
    assert found.is_complete
    assert not body_notes(LISTED, "0.9.0", "1.2.0").is_complete
    assert not body_notes(LISTED, "1.0.0", "1.3.0").is_complete


@pytest.mark.parametrize("body", ["", " \n", "<!-- safe -->", "**Full Changelog**: https://forge.example/x"])
def test_no_notes(body: str) -> None:
    assert body_notes(body, "1.0.0", "1.0.1").notes == ()


@pytest.mark.parametrize(
    ("body", "package", "address"),
    [
        ("Bumps [sun](https://github.com/lab/sun) from 1 to 2.", "lab/sun", "https://github.com/lab/sun"),
        (
            "| [Sun](https://sun.example) ([source](https://github.com/lab/sun)) | 1 -> 2 |",
            "ghcr.io/lab/sun",
            "https://github.com/lab/sun",
        ),
        (
            "| [moon](https://github.com/lab/moon) | 1 |\n| [sun](https://codeberg.org/lab/sun) | 2 |",
            "sun",
            "https://codeberg.org/lab/sun",
        ),
        ("Bumps [sun](https://elsewhere.example/lab/sun) from 1 to 2.", "sun", None),
        ("Bumps [sun](https://github.com/lab) from 1 to 2.", "sun", None),
        ("Bumps sun. See https://github.com.elsewhere.example/lab/sun", "sun", None),
        ("[moon](https://github.com/lab/moon)", "sun", None),
        ("", "sun", None),
    ],
)
def test_the_project_of_a_package_in_a_pull_request(body: str, package: str, address: str | None) -> None:
    assert linked_project(body, package) == address
