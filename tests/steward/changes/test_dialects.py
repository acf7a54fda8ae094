"""Release notes that are not plain Markdown are read as if they were."""

import pytest

from steward.changes.breaking import judge
from steward.changes.dialects import as_markdown
from steward.changes.release_notes import Section, items


def read(text: str) -> list[tuple[str, Section]]:
    return [(one.text, one.section) for one in items(text)]


def test_headings_and_anchors_of_asciidoc() -> None:
    text = (
        "[[release-4]]\n== Tide 4.0\n\n[float]\n[[breaking-4]]\n=== Breaking changes\n\n* The flag is gone\n"
    )
    assert read(text) == [("The flag is gone", Section.BREAKING)]


@pytest.mark.parametrize(
    "alert",
    ["[WARNING]\n====\nMove the folder first.\n====\n", "> [!IMPORTANT]\n> Move the folder first.\n"],
)
def test_an_alert_is_important_and_what_is_below_it_is_not(alert: str) -> None:
    found = read(f"{alert}\n* A map\n")
    assert found == [("Move the folder first.", Section.BREAKING), ("A map", Section.NONE)]
    assert judge(f"{alert}\n* A map\n", "1.2.0").reasons == ("Move the folder first.",)


@pytest.mark.parametrize("alert", ["[NOTE]\n====\nIt is fast.\n====\n", "> [!TIP]\n> It is fast.\n"])
def test_a_note_is_no_alert(alert: str) -> None:
    assert judge(alert, "1.2.0").breaks is False


def test_headings_of_gnu_news() -> None:
    text = "* Noteworthy changes in release 2.0\n\n** Removed features\n\n  The window is gone.\n"
    assert ("The window is gone.", Section.REMOVED) in read(text)
    nested = ["* A", "** Fix it", "** Add more", "* B"]
    assert [*as_markdown(nested)] == nested, "nested lists stay as they are"


def test_rows_of_a_table_have_the_kind_of_their_cell() -> None:
    heading = ("| Area | Kind | Change |", "|---|---|---|")
    rows = (*heading, "| API | Removed | The XML output |", "| CI | Removed | Old jobs |")
    table = "\n".join(rows)
    found = read(table)
    assert ("Removed The XML output", Section.REMOVED) in found
    assert ("Old jobs", Section.INTERNAL) in found
    plain = "| a | b |"
    assert [*as_markdown([plain])] == [plain]


def test_an_alert_that_does_not_end_and_many_of_them_are_read_in_time() -> None:
    assert read("[CAUTION]\n====\nBack up first.")[0] == ("Back up first.", Section.BREAKING)
    assert len([*as_markdown(["[WARNING]", "====", "x"] * 20_000)]) < 200_000
