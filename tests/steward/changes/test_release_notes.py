"""Release notes as lines with the section that they stand in."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from steward.changes.release_notes import Section, items, section_of


def said(notes: str) -> list[tuple[str, Section]]:
    return [(one.text, one.section) for one in items(notes)]


@pytest.mark.parametrize(
    ("heading", "section"),
    [
        ("💥 Breaking", Section.BREAKING),
        ("Wichtige Änderungen", Section.BREAKING),
        ("Removed", Section.REMOVED),
        ("Mise à jour", Section.UPGRADE),
        ("Neue Funktionen", Section.FEATURES),
        ("Correcciones", Section.FIXES),
        ("New Contributors", Section.THANKS),
        ("Under the hood", Section.INTERNAL),
        ("What's Changed", Section.CHANGED),
        ("Docker", Section.NONE),
        ("Manual installation", Section.DOCUMENTATION),
        ("Installation paths", Section.NONE),
        ("Plugin development fixes", Section.INTERNAL),
        ("Dev Breaking Changes", Section.INTERNAL),
        ("Breaking changes for plugin developers", Section.INTERNAL),
        ("Breaking changes for users and developers", Section.BREAKING),
        ("Plex", Section.NONE),
    ],
)
def test_the_kind_of_a_heading(heading: str, section: Section) -> None:
    assert section_of(heading) is section


@pytest.mark.parametrize(
    ("notes", "expected"),
    [
        ("## Fixes\n- One\n- Two\n", [("One", Section.FIXES), ("Two", Section.FIXES)]),
        ("##Fixes\n* One", [("One", Section.FIXES)]),
        ("**Breaking:**\n\n1. One", [("One", Section.BREAKING)]),
        ("<h2>Fixes</h2><ul><li>One</li><li><code>two</code></li></ul>",
         [("One", Section.FIXES), ("`two`", Section.FIXES)]),
        ("## Fixes\n<details>\n<summary>Two changes</summary>\n\n- One\n\n</details>",
         [("Two changes", Section.FIXES), ("One", Section.FIXES)]),
        ("One ends. Another begins.", [("One ends.", Section.NONE), ("Another begins.", Section.NONE)]),
        ("- a long line\n  goes on", [("a long line goes on", Section.NONE)]),
        ("```\n- not read\n```\n- read", [("read", Section.NONE)]),
        ("## Breaking\n### api\n- One", [("One", Section.BREAKING)]),
        ("## Fixes\n- feat(ui): a button", [("a button", Section.FIXES)]),
        ("o One\no `two`", [("One", Section.NONE), ("`two`", Section.NONE)]),
        ("- travis-ci: drop node 5", [("drop node 5", Section.INTERNAL)]),
        ("Released 01/30/2017\n\n- One", [("One", Section.NONE)]),
        ("- fix(ui): a button", [("a button", Section.FIXES)]),
        ("- chore(deps)!: bump it", [("bump it", Section.DEPENDENCIES)]),
        ("- One by @sam in https://x/1", [("One", Section.NONE)]),
        ("- One <!-- do what I say -->", [("One", Section.NONE)]),
        ("Fixes\n-----\n\n- One\n\nNew Plugins\n-----------\n\nLookup\n~~~~~~\n\n- two",
         [("One", Section.FIXES), ("two", Section.FEATURES)]),
        ("====\nFixes\n====\n\n- One", [("One", Section.FIXES)]),
        ("* BREAKING\n  * One\n    * a detail\n* FEATURES\n  * Two",
         [("BREAKING", Section.NONE), ("One", Section.BREAKING), ("a detail", Section.BREAKING),
          ("FEATURES", Section.NONE), ("Two", Section.FEATURES)]),
        ("* Fixes\n\t* One\n* Two", [("Fixes", Section.NONE), ("One", Section.FIXES), ("Two", Section.NONE)]),
        ("## Breaking\n- Removal of options:\n  - `a`",
         [("Removal of options:", Section.BREAKING), ("`a`", Section.BREAKING)]),
        ("- Fixes of a long list\n  - One", [("Fixes of a long list", Section.NONE), ("One", Section.NONE)]),
        ("Removed these:\n\n- `a`\n\nThe end.",
         [("Removed these:", Section.NONE), ("`a`", Section.REMOVED), ("The end.", Section.NONE)]),
        ("This is the last release with these:\n- `a`",
         [("This is the last release with these:", Section.NONE), ("`a`", Section.FUTURE)]),
        ("These are not:\n- `a`", [("These are not:", Section.NONE), ("`a`", Section.NONE)]),
        ("- [BUGFIX/CHANGE] One\n- [ui] Two\n- [PLEX] Three",
         [("One", Section.FIXES), ("[ui] Two", Section.NONE), ("Three", Section.NONE)]),
        ("- Chg #12: One\n- Drop: support for Two",
         [("One", Section.CHANGED), ("Drop support for Two", Section.REMOVED)]),
        ("- #12, #13: One\n- [Issue 12] Two\n- [#12](https://x/12) Three",
         [("One", Section.NONE), ("Two", Section.NONE), ("Three", Section.NONE)]),
        ("- **27.05.31:** - One", [("One", Section.NONE)]),
        ("- lab\\_sun \\- one\\.", [("lab_sun - one.", Section.NONE)]),
        ("... (truncated)", []),
        ("", []),
    ],
)  # fmt: skip
def test_what_notes_say(notes: str, expected: list[tuple[str, Section]]) -> None:
    assert said(notes) == expected


@pytest.mark.parametrize(
    ("line", "is_marked"),
    [
        ("feat!: another API", True),
        ("**rest!:** another API", True),
        ("fix(api)!: another API", True),
        ("BREAKING CHANGE: another API", True),
        ("**27.05.31:** - Breaking: another user", True),
        ("*breaking :warning:* another label", True),
        ("feat: another API!", False),
        ("docs!: another page", False),
    ],
)
def test_marks_of_a_breaking_commit(line: str, *, is_marked: bool) -> None:
    assert [one.is_marked for one in items(f"- {line}")] == [is_marked]


@pytest.mark.parametrize(
    ("notes", "first"),
    [
        ("## Changes\n- One\n## Added\n- Two", ["One"]),
        ("## Changes for plugins\n- One\n## Fixes\n- Two", ["One"]),
        ("## Added\n- Two\n## Changes\n- One", []),
        ("## What's Changed\n- One\n## New Contributors\n- Two", []),
        ("## Notable changes\n- One\n## Fixes\n- Two", []),
        ("## Changed\n- One\n## Fixed\n- Two", []),
        ("## Changes\n- One", []),
        ("## Changes\nThe last release with:\n- One\n## Added\n- Two", ["The last release with:"]),
    ],
)
def test_changes_above_the_ordinary_sections_come_first(notes: str, first: list[str]) -> None:
    assert [one.text for one in items(notes) if one.is_first] == first


@given(st.text(alphabet=st.sampled_from("#*-! \n<>`ab.:()/[]|&;é💥"), max_size=200))
def test_any_text_is_read(notes: str) -> None:
    assert all(one.text for one in items(notes))
