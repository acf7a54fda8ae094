"""Reads the Markdown and HTML of pull requests and release notes as lines and tables.

Comments of HTML are dropped: nobody who reads the page sees them.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from markdown_it.token import Token

MOST: Final = 200_000
"""Characters of a text that are read. GitHub accepts 65,536 for a pull request, 125,000 for notes."""

LONGEST_LINE: Final = 4_000
LONGEST_ROW: Final = 2_000
MOST_ROWS: Final = 500
"""Lines of tables that are read: a parser of Markdown takes long for a text that is made for it."""

_INVISIBLE: Final = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00ad"))
_HEADINGS: Final = {f"h{level}": "#" * level + " " for level in range(1, 7)}
_BLOCKS: Final = frozenset({"p", "div", "ul", "ol", "blockquote", "pre", "table", "details", "br", "hr"})
_CELLS: Final = frozenset({"td", "th"})
_STARTS: Final = {
    **dict.fromkeys(_BLOCKS, "\n"),
    **{name: f"\n\n{text}" for name, text in _HEADINGS.items()},
    **dict.fromkeys(_CELLS, "| "),
    "li": "\n- ",
    "code": "`",
}
_HIDDEN: Final = frozenset({"script", "style", "svg"})


@dataclass(slots=True)
class Table:
    """Cells of a table as text, row by row."""

    header: list[str]
    rows: list[list[str]] = field(default_factory=list)


@dataclass(slots=True)
class Section:
    """A block that can be opened: its summary, and its content as Markdown."""

    summary: str
    text: str


@dataclass(slots=True)
class _Open:
    """A block that is read: pieces of its summary and of its content. Joined once, at its end."""

    summary: list[str] = field(default_factory=list)
    text: list[str] = field(default_factory=list)

    def section(self) -> Section:
        """Return what was read."""
        return Section("".join(self.summary), "".join(self.text))


class _Reader(HTMLParser):
    """Turns HTML within Markdown into Markdown lines; with ``cuts``, ``<details>`` become sections."""

    def __init__(self, *, cuts: bool = True) -> None:
        super().__init__(convert_charrefs=True)
        self._cuts = cuts
        self.open: list[_Open] = [_Open()]
        self.closed: list[Section] = []
        self._in_summary = False
        self._hidden = 0
        self._cells = 0
        self._is_header = False

    def handle_starttag(self, tag: str, attrs: Sequence[tuple[str, str | None]]) -> None:
        del attrs
        if tag in _HIDDEN:
            self._hidden += 1
        elif tag == "details" and self._cuts:
            self.open.append(_Open())
        elif tag == "summary":
            self._in_summary = self._cuts
            self._add("\n\n")
        else:
            if tag in _CELLS:
                self._cells += 1
                self._is_header = self._is_header or tag == "th"
            self._add(_STARTS.get(tag, ""))

    def handle_endtag(self, tag: str) -> None:
        if tag in _HIDDEN:
            self._hidden = max(0, self._hidden - 1)
        elif tag == "summary":
            self._in_summary = False
        elif tag == "details" and len(self.open) > 1:
            self.closed.append(self.open.pop().section())
        elif tag == "code":
            self._add("`")
        elif tag == "tr" and self._cells:
            self._end_row()
        elif tag in _HEADINGS or tag in _BLOCKS:
            self._add("\n")

    def _end_row(self) -> None:
        """End a row of a table, and mark that of its header."""
        self._add(" |\n" + ("|" + "---|" * self._cells + "\n" if self._is_header else ""))
        self._cells, self._is_header = 0, False

    def handle_data(self, data: str) -> None:
        self._add(data.translate(_INVISIBLE))

    def _add(self, text: str) -> None:
        if self._hidden:
            return
        section = self.open[-1]
        if self._in_summary:
            section.summary.append(text.strip("\n") + ("" if text.strip() else " "))
        else:
            section.text.append(text)


def visible(text: str) -> str:
    """Return the text without characters that have no width, and cut to ``MOST``."""
    return text[:MOST].translate(_INVISIBLE).replace("\r\n", "\n")


def sections(text: str) -> tuple[str, list[Section]]:
    """Return the text outside of blocks that can be opened, and these blocks in order of their end.

    A block that is never closed counts as well: the text may have been cut off.
    """
    reader = _Reader()
    reader.feed(visible(text))
    reader.close()
    left = [one.section() for one in reversed(reader.open)]
    return left.pop().text, [*reader.closed, *left]


def lines(text: str) -> list[str]:
    """Return the lines of a text without HTML, each cut to LONGEST_LINE.

    The content of blocks that can be opened is among them.
    """
    reader = _Reader(cuts=False)
    reader.feed(visible(text))
    reader.close()
    return [line[:LONGEST_LINE] for line in reader.open[0].section().text.split("\n")]


def tables(text: str) -> list[Table]:
    """Return the tables of a Markdown text. Only lines with a column are parsed, and few of them."""
    from markdown_it import MarkdownIt  # noqa: PLC0415 - imported with the first update

    found: list[Table] = []
    row: list[str] = []
    rows = [line if "|" in line and len(line) <= LONGEST_ROW else "" for line in text.split("\n")]
    given = re.sub(r"\n{3,}", "\n\n", "\n".join(rows)).split("\n")[:MOST_ROWS]
    for token in MarkdownIt("commonmark").enable("table").parse("\n".join(given)):
        if token.type == "table_open":
            found.append(Table([]))
        elif token.type == "tr_open":
            row = []
        elif token.type == "inline" and found:
            row.append("".join(_plain(token.children or ())).strip())
        elif token.type == "tr_close":
            table = found[-1]
            if table.header:
                table.rows.append(row)
            else:
                table.header = row
            row = []
    return found


def _plain(tokens: Sequence[Token]) -> Iterator[str]:
    for token in tokens:
        if token.type in ("text", "code_inline"):
            yield token.content
        elif token.type in ("softbreak", "hardbreak"):
            yield " "
