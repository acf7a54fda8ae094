"""What is read of long texts: nobody can make the app work for minutes on one."""

from steward.changes.markup import LONGEST_LINE, LONGEST_ROW, MOST_ROWS, lines, sections, tables

HEADER = "| package | change |\n|---|---|\n"


def test_tables_are_read_up_to_a_number_of_rows() -> None:
    (table,) = tables(f"Text\n\n{HEADER}" + "| sun | 1 -> 2 |\n" * 2 * MOST_ROWS)
    assert table.header == ["package", "change"]
    assert table.rows[0] == ["sun", "1 -> 2"]
    assert len(table.rows) < MOST_ROWS


def test_a_row_that_is_too_long_ends_its_table() -> None:
    (table,) = tables(f"{HEADER}| sun | 1 |\n| {'[' * LONGEST_ROW} | 2 |\n| moon | 3 |\n")
    assert table.rows == [["sun", "1"]]


def test_two_tables_between_text() -> None:
    found = tables(f"{HEADER}| sun | 1 |\n\ntext\n\n\n\n# Heading\n{HEADER}| moon | 2 |\n\nmore [text](x)")
    assert [one.rows for one in found] == [[["sun", "1"]], [["moon", "2"]]]


def test_a_table_of_html_is_one_of_markdown() -> None:
    rows = "<thead><tr><th>package</th><th>change</th></tr></thead><tr><td>sun</td><td>1 -> 2</td></tr>"
    outside, _ = sections(f"<p>Updates:</p><table>{rows}</table>")
    (table,) = tables(outside)
    assert (table.header, table.rows) == (["package", "change"], [["sun", "1 -> 2"]])


def test_blocks_within_blocks_are_read_in_order_of_their_end() -> None:
    outside, blocks = sections("a<details><summary>b</summary>c<details>d</details></details>e<details>f")
    assert outside == "ae"
    assert [(one.summary.strip(), one.text.strip()) for one in blocks] == [("", "d"), ("b", "c"), ("", "f")]


def test_long_lines_are_cut() -> None:
    assert [len(one) for one in lines("x" * 10_000 + "\ny")] == [LONGEST_LINE, 1]
