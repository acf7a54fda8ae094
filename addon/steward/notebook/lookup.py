"""Finds what the notebook says about a thing, with the page, the section, and when it was written."""

import asyncio
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from .folder import OWN
from .git_repository import GitFailed, GitRepository

MOST_PAGES: Final = 5_000
LARGEST: Final = 256 * 1024
"""Bytes of a page; a larger one is not read."""

LEFT_OUT: Final = ("README.md", "masked.md", "topology.md", "runbooks")
"""What the app writes that says nothing about how a thing was set up."""

_ORDER: Final = ("decisions", "changes", "inventory", "changelog", "incidents")
"""The other folders of the app: those that explain most first, after the pages of the owner."""

_HEADING: Final = re.compile(r"(#{1,6})\s+(.*?)\s*#*\s*\Z")
_LINK: Final = re.compile(r"\[((?:\\.|[^\]\\])*)\]\([^)]*\)")
_RULE: Final = re.compile(r"[\s|:-]+\Z")
_FENCE: Final = "```"


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A part of a page: its headings from the outermost to its own, and its text as paragraphs."""

    headings: tuple[str, ...]
    paragraphs: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """What a section of a page says about a thing.

    ``section`` is its heading, "" for none. ``is_own`` is whether the owner wrote the page.
    ``written_at`` is None when that is not known.
    """

    page: str
    section: str
    text: str
    is_own: bool
    written_at: datetime | None = None


class Lookup:
    """Reads the pages of the notebook. Nothing is written."""

    def __init__(self, folder: Path, repository: GitRepository | None, safe: Callable[[str], str]) -> None:
        """``safe`` masks what is secret or private; the pages of the owner were never masked."""
        self._folder = folder
        self._repository = repository
        self._safe = safe

    async def about(self, name: str, most: int) -> tuple[Passage, ...]:
        """Return the passages about a thing, those that explain most first, each page once."""
        found = await asyncio.to_thread(self._find, name, most)
        return tuple([await self._dated(one) for one in found])

    def _find(self, name: str, most: int) -> list[Passage]:
        found = [one for page in _pages(self._folder) if (one := self._of_page(page, name)) is not None]
        found.sort(key=_rank)
        return [passage for _, passage in found[:most]]

    def _of_page(self, page: str, name: str) -> tuple[bool, Passage] | None:
        """Return the first section of a page about a thing, and whether its headings name it."""
        try:
            text = (self._folder / page).read_text("utf-8")
        except OSError, ValueError:
            return None
        is_own = page.partition("/")[0] not in OWN
        passages = [
            (is_named, Passage(page=page, section=one.headings[-1], text=self._safe(said), is_own=is_own))
            for one in sections(text)
            if one.headings
            for is_named, said in _said(one, name)
        ]
        return next(iter(sorted(passages, key=lambda one: not one[0])), None)

    async def _dated(self, one: Passage) -> Passage:
        at = None
        if self._repository is not None:
            try:
                at = await self._repository.committed_at(one.page)
            except GitFailed:
                at = None
        if at is None:
            at = await asyncio.to_thread(_changed_at, self._folder / one.page)
        return Passage(
            page=self._safe(one.page),
            section=self._safe(one.section),
            text=one.text,
            is_own=one.is_own,
            written_at=at,
        )


def sections(text: str) -> Iterator[Section]:
    """Yield the sections of a page in Markdown that have a text. Code and diagrams are left out."""
    headings: list[tuple[int, str]] = []
    lines: list[str] = []
    is_code = False
    for line in [*text.splitlines(), "# "]:
        if line.lstrip().startswith(_FENCE):
            is_code = not is_code
            continue
        heading = None if is_code else _HEADING.match(line)
        if heading is None:
            lines += [] if is_code else [line]
            continue
        if paragraphs := tuple(_paragraphs(lines)):
            yield Section(headings=tuple(one for _, one in headings), paragraphs=paragraphs)
        depth = len(heading[1])
        headings = [one for one in headings if one[0] < depth] + [(depth, _plain(heading[2]))]
        lines = []


def _paragraphs(lines: list[str]) -> Iterator[str]:
    """Yield paragraphs, items of lists, and rows of tables as plain text."""
    open_lines: list[str] = []
    for number, line in enumerate([*lines, ""]):
        is_alone = line.lstrip().startswith(("|", "* ", "- ", "+ "))
        if (is_alone or not line.strip()) and open_lines:
            yield _plain(" ".join(open_lines))
            open_lines = []
        is_header = number + 1 < len(lines) and line.startswith("|") and _RULE.match(lines[number + 1])
        if is_alone and not is_header and not _RULE.match(line):
            yield _plain(line)
        elif not is_alone and line.strip():
            open_lines.append(line)


def _plain(text: str) -> str:
    """Return a line of Markdown as a person would say it."""
    row = re.split(r"(?<!\\)\|", text.strip().strip("|")) if text.lstrip().startswith("|") else [text]
    line = ", ".join(cell for one in row if (cell := one.strip()))
    return " ".join(_LINK.sub(r"\1", line).replace("\\", "").lstrip("*+- ").replace("**", "").split())


def _said(one: Section, name: str) -> Iterator[tuple[bool, str]]:
    """Yield what a section says about a thing, and whether its headings name it."""
    is_name = re.compile(rf"(?<!\w){re.escape(name)}(?!\w)", re.IGNORECASE)
    if any(map(is_name.search, one.headings)):
        yield True, " ".join(one.paragraphs)
        return
    named = [paragraph for paragraph in one.paragraphs if is_name.search(paragraph)]
    if named:
        yield False, " ".join(named)


def _rank(found: tuple[bool, Passage]) -> tuple[bool, bool, int, str]:
    is_named, one = found
    folder = one.page.partition("/")[0]
    # Of the pages of the app the newest month is first: its name sorts last.
    place = _ORDER.index(folder) if folder in _ORDER else len(_ORDER)
    return not one.is_own, not is_named if one.is_own else False, place, one.page


def _pages(folder: Path) -> Iterator[str]:
    """Yield the paths of the pages that may say how something was set up, none outside of the folder."""
    root = folder.resolve()
    for number, file in enumerate(sorted(folder.rglob("*.md"))):
        page = file.relative_to(folder).as_posix()
        parts = page.split("/")
        if number >= MOST_PAGES:
            return
        if parts[0] in LEFT_OUT or any(part.startswith(".") for part in parts):
            continue
        if file.resolve().is_relative_to(root) and file.stat().st_size <= LARGEST:
            yield page


def _changed_at(file: Path) -> datetime | None:
    try:
        return datetime.fromtimestamp(file.stat().st_mtime, UTC)
    except OSError:
        return None
