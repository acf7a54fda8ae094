"""Reads release notes in AsciiDoc, as GNU NEWS, with alerts of GitHub, and in tables, as Markdown. Pure."""

import re
from collections.abc import Iterator, Sequence
from typing import Final

_ASCIIDOC: Final = re.compile(r"(={2,5}) (\S[^\n]*)")
_ANCHOR: Final = re.compile(r"\[\[[^\]]*\]\]|\[(?:float|discrete)\]")
_NEWS: Final = re.compile(r"\*\* ([A-Z][^*]{2,60})")
_ALERT: Final = re.compile(r">?\s*\[!?(IMPORTANT|CAUTION|WARNING|NOTE|TIP)\]\s*")
_ONLY_NOTES: Final = frozenset({"NOTE", "TIP"})
_QUOTE: Final = re.compile(r"\s*> ?(.*)")
_BLOCK: Final = "===="
MOST_CELLS: Final = 8

IMPORTANT: Final = "# Important"
AFTER: Final = "# Release"
"""Headings around an alert: what stands below it is not a part of it."""

_KINDS: Final = frozenset({"breaking", "removed", "changed", "deprecated", "fixed", "added", "security"})
_OF_DEVELOPERS: Final = {
    "build": "build",
    "ci": "ci",
    "docs": "docs",
    "documentation": "docs",
    "tests": "test",
}


def as_markdown(lines: Sequence[str]) -> Iterator[str]:
    """Yield lines of release notes with headings and lists as Markdown writes them."""
    ends = ""
    for number, line in enumerate(lines):
        following = lines[number + 1 :][:2]
        if ends:
            text, ends = _of_alert(line, ends)
            yield from text
        elif (alert := _ALERT.fullmatch(line)) and following:
            ends = _BLOCK if following[0].strip() == _BLOCK else ">"
            yield from ("", AFTER if alert[1] in _ONLY_NOTES else IMPORTANT, "")
        elif _ANCHOR.fullmatch(line.strip()):
            yield ""
        else:
            yield _converted(line, following)


def _of_alert(line: str, ends: str) -> tuple[tuple[str, ...], str]:
    """Return a line within an alert, and what ends it."""
    if ends == ">":
        quoted = _QUOTE.fullmatch(line)
        return ((quoted[1],), ends) if quoted else (("", AFTER, "", line), "")
    if line.strip() != _BLOCK:
        return (line,), ends
    # The first of the two lines around the block begins it.
    return ((), f"{_BLOCK} end") if ends == _BLOCK else (("", AFTER, ""), "")


def _converted(line: str, following: Sequence[str]) -> str:
    if found := _ASCIIDOC.fullmatch(line):
        return f"{'#' * len(found[1])} {found[2]}"
    is_news = len(following) > 1 and not following[0].strip() and following[1].startswith("  ")
    if is_news and (heading := _NEWS.fullmatch(line)):
        return f"## {heading[1]}"
    return _row(line) if line.startswith("|") else line


def _row(line: str) -> str:
    """Return a row of a table as a list item when one of its cells is a kind of change."""
    cells = [one.strip() for one in line.strip().strip("|").split("|")][:MOST_CELLS]
    kinds = [one.casefold() for one in cells if one.casefold() in _KINDS]
    if len(kinds) != 1 or len(cells) < 2:  # noqa: PLR2004 - a kind and a text
        return line
    text = max(cells, key=len)
    developers = (_OF_DEVELOPERS[one.casefold()] for one in cells if one.casefold() in _OF_DEVELOPERS)
    return f"- {next(developers, kinds[0])}: {text}"
