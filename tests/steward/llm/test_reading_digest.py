"""Long readings are shortened with a note on what is left out."""

from hypothesis import given
from hypothesis import strategies as st

from steward.llm.reading_digest import SHORTEST, digest


def test_short_text_is_unchanged() -> None:
    assert digest("a\nb", 1000) == "a\nb"


def test_repeated_lines_are_counted() -> None:
    log = "\n".join(f"2026-11-21 10:00:{second:02} import of film {second} done" for second in range(50))
    assert digest(log, 300) == "2026-11-21 10:00:00 import of film 0 done (50 times like this)"


def test_lines_with_problems_are_kept_first() -> None:
    lines = [f"line {word} all is well here" for word in _words(200)]
    lines[120] = "ERROR: database is locked"
    short = digest("\n".join(lines), 600)
    assert "ERROR: database is locked" in short
    assert short.splitlines()[0] == lines[0]
    assert lines[-1] in short
    assert "more lines are not shown" in short.splitlines()[-1]


def test_a_long_line_is_cut_with_a_note() -> None:
    short = digest("x" * 5000, 400)
    assert "4700 more characters" in short


@given(st.text(max_size=3000), st.integers(min_value=-5, max_value=2000))
def test_the_limit_is_respected(text: str, limit: int) -> None:
    assert len(digest(text, limit)) <= max(limit, SHORTEST, len(text) if len(text) <= limit else 0)


# without hexadecimal digits: long hexadecimal numbers are of the same kind
@given(st.lists(st.text(alphabet="ghijklm nop", min_size=1, max_size=60), min_size=30, max_size=80))
def test_the_count_of_left_out_lines_is_correct(lines: list[str]) -> None:
    kinds = list(dict.fromkeys(line.rstrip() for line in lines if line.strip()))
    text = "\n".join(lines)
    short = digest(text, 250)
    if len(text) <= 250 or "not shown" not in short:
        return
    *shown, last = short.splitlines()
    assert len(shown) + int(last.split()[1]) == len(kinds)


def _words(count: int) -> list[str]:
    letters = "abcdefghijklmnopqrstuvwxyz"
    return [letters[one // 26 % 26] + letters[one % 26] + letters[one * 7 % 26] for one in range(count)]
