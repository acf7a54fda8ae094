"""Takes release notes apart: what each line says, below which heading, in which kind of section. Pure."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Final

from .announcements import is_about_later, is_for_others, says_it_breaks
from .dialects import as_markdown
from .markup import lines


class Section(StrEnum):
    """What a heading, or the type of a commit, says about the lines below it."""

    BREAKING = "breaking"
    REMOVED = "removed"
    DEPRECATED = "deprecated"
    CHANGED = "changed"
    UPGRADE = "upgrade"
    SECURITY = "security"
    FEATURES = "features"
    FIXES = "fixes"
    DEPENDENCIES = "dependencies"
    INTERNAL = "internal"
    DOCUMENTATION = "documentation"
    FUTURE = "future"
    THANKS = "thanks"
    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One line or sentence of release notes."""

    text: str
    section: Section
    is_marked: bool = False
    """A commit with "!", or "BREAKING CHANGE:" before the text."""

    is_first: bool = False
    """It stands below "Changes", before the sections for features and fixes: what people have to know."""


_HEADINGS: Final = {
    Section.FUTURE: (
        "looking ahead|upcoming|roadmap|what'?s next|ausblick|à venir|próximamente|vooruitblik|未来"
    ),
    Section.BREAKING: (
        "breaking|incompatib|important|attention"
        "|🚨|💥|⚠|wichtig|achtung|handlungsbedarf|belangrijk|let op|à savoir"
        "|atención|重大|不兼容|破坏性"
    ),
    Section.REMOVED: "remov|🔥|🗑|entfernt|supprim|elimin|verwijderd|entfallen|移除|删除",
    Section.DEPRECATED: r"deprecat(?!\w*\W+(?:and |& )?chang)|veraltet|obsol|verouderd|弃用|废弃",
    Section.UPGRADE: (
        "upgrad|updat|migrat|noteworthy|notable|notice|notes?$|hinweis|remarque|notas|opmerking"
        "|mise à jour|actualiza|升级|注意"
    ),
    Section.SECURITY: "securit|sicherheit|sécurité|seguridad|beveiliging|🔒|安全",
    Section.DEPENDENCIES: "dependenc|deps|abhängigkeit|dépendance|dependencia|⬆|依赖",
    Section.DOCUMENTATION: (
        r"\bdocs?\b|documenta|dokumenta|translation|übersetz|i18n|📚|📝|文档|翻译"
        r"|^(?:manual )?install(?:ation|ing)?:?$"
    ),
    Section.INTERNAL: (
        r"internal|refactor|chore|build|\bci\b|tests?$|maintenance|housekeeping|under the hood|🧹|👷"
    ),
    Section.THANKS: "contributor|thank|credit|sponsor|danke|merci|gracias|dank",
    Section.FIXES: "fix|bug|🐛|fehler|korrektur|correct|correccion|opgelost|repair|修复|修正",
    Section.FEATURES: (
        r"featur|added|new\b|enhance|improve|✨|🚀|neu|verbess|nouveau|novedad|mejora|nieuw|verbeter|highlight|新增|新功能|优化|改进"
    ),
    Section.CHANGED: "chang|geändert|änderung|cambio|gewijzigd|behaviou?r|变更|更改",
}
_TYPES: Final = {
    **dict.fromkeys(("feat", "feature", "perf", "performance", "add", "added", "new"), Section.FEATURES),
    **dict.fromkeys(("enh", "enhancement", "improve", "improvement"), Section.FEATURES),
    **dict.fromkeys(("fix", "fixed", "bug", "bugfix"), Section.FIXES),
    **dict.fromkeys(("security", "sec"), Section.SECURITY),
    **dict.fromkeys(("docs", "doc", "documentation", "i18n"), Section.DOCUMENTATION),
    **dict.fromkeys(("refactor", "chore", "build", "ci", "test", "tests", "style"), Section.INTERNAL),
    **dict.fromkeys(("travis", "travis-ci", "appveyor", "circleci", "lint"), Section.INTERNAL),
    **dict.fromkeys(("deps", "dependency", "dependencies"), Section.DEPENDENCIES),
    "breaking": Section.BREAKING,
    **dict.fromkeys(("drop", "dropped", "remove", "removed"), Section.REMOVED),
    **dict.fromkeys(("deprecate", "deprecated", "deprecation", "dep"), Section.DEPRECATED),
    **dict.fromkeys(("chg", "change", "changed", "adjust", "adjusted", "adjustment"), Section.CHANGED),
}
_DEVELOPERS: Final = re.compile(
    r"\bdev\b|\bdevs\b|develop(?:ers?|ment)\b|\bcontributing\b|entwickl|développe|desarroll|ontwikkel"
)
_PEOPLE: Final = re.compile(r"user|admin|everyone|nutzer|anwender|utilisateur|usuario|gebruiker")
"""Words in a heading that name readers who are not developers."""

LONGEST: Final = 4_000
"""Characters of a bullet or a paragraph that are read."""

_NOBODY_ELSE: Final = frozenset(
    {Section.INTERNAL, Section.DOCUMENTATION, Section.DEPENDENCIES, Section.THANKS}
)
_HEADING: Final = re.compile(r"\s*(#{1,6}\s+|#{2,6}(?=[^\W\d_]))(.*?)\s*#*\s*$|\s*\*\*([^*]+)\*\*:?\s*$")
_UNDERLINE: Final = re.compile(r"([=\-~^\"'`#*+])\1{3,}\s*")
"""The line below a heading in reStructuredText."""

_TITLE: Final = 2
"""Words of a bullet that can be the title of those below it."""

_LEAD: Final = 3
"""Words of a line with a colon that can be a heading, such as "Bug fixes:"."""

_GENERAL: Final = frozenset({Section.NONE, Section.CHANGED})
"""Sections that say less than a title within them."""

_LEADS: Final = {
    Section.FUTURE: re.compile(
        r"\blast (?:release|version) (?:with|that|to)\b|\bwill be (?:removed|dropped|deprecated|gone)\b"
        r"|\bnext (?:major )?(?:release|version)\b",
        re.IGNORECASE,
    ),
    Section.BREAKING: re.compile(r"\bbreaking\b|\bincompatib|\bnot backwards?.compatible", re.IGNORECASE),
    Section.REMOVED: re.compile(r"\b(?:removed|dropped)\b", re.IGNORECASE),
}
_CHANGES: Final = re.compile(r"\W*(?:changes|änderungen|changements|cambios|wijzigingen)\b", re.IGNORECASE)
_ORDINARY: Final = frozenset(
    {Section.FEATURES, Section.FIXES, Section.CHANGED, Section.REMOVED, Section.DEPRECATED}
)
"""Sections of ordinary changes. "Changes" above the first of them is what people must know."""
_EMOJI_HEADING: Final = re.compile(r"[^\w\s*#`\-\[(<\"'>|]\S*\s+\S+(?:\s+\S+){0,2}\s*$")
_BULLET: Final = re.compile(r"\s*(?:[-*+•]|\d+[.)]|o(?= +[A-Z`]))\s+")
_COMMIT: Final = re.compile(
    r"\**(\w[\w-]*)\**(?:\(([^)]*)\))?(!)?(?: #\d{1,9})?(?::\**|\**:)\s+(.*)", re.DOTALL
)
_KIND: Final = re.compile(r"(``?|\*\*)(\w+):?\1:?\s+(?=\S)")
"""The type of a change in code or in bold: "``Fixed`` "."""

_LABEL: Final = re.compile(r"\[([A-Z]{3,20})(?:/[A-Z]{3,20})?\]:?\s*")
"""The type of a change in brackets: "[CHANGE] ", "[BUGFIX/CHANGE] "."""

_MARK: Final = re.compile(
    r"((?:[\w*/-]{1,30}:\s)?)\W{0,8}\b(?:(?:breaking|incompatible)[ -]changes?\b\W{0,8}:"
    r"|breaking\*{0,2}:(?!\w)|breaking\s?(?::warning:|⚠️?)\W{0,8}|breaking[\])])\s*",
    re.IGNORECASE,
)
"""What marks a breaking change at the beginning of a line, or after the part of the program."""

_NUMBERS: Final = re.compile(
    r"^(?:(?:PR |Issue )?\[?#\d{1,9}\]?|\[(?:Issue|PR) #?\d{1,9}\])"
    r"(?:[, ]+\[?#\d{1,9}\]?)*(?::|\s-|(?=\s))\s*",
    re.IGNORECASE,
)
"""Numbers of issues before a line."""

_DATE: Final = re.compile(r"^\**\d{1,4}[./-]\d{1,2}[./-]\d{1,4}:?\**:?\s*-?\s*")
"""The day before a line, in a list of versions by day."""

_ESCAPED: Final = re.compile(r"\\([!-/:-@\[-`{-~])")
_CREDIT: Final = re.compile(
    r"\s+by\s+@[\w\-\[\]]{1,80}\s+in\s+\S+|\s*\(\[?#\d{1,9}\]?(?:\([^)(]{0,500}\))?\)"
    r"|\s*\(\[[0-9a-f]{7,40}\]\([^)(]{0,500}\)\)"
)
_LINK: Final = re.compile(r"!?\[([^\]\[]{0,300})\]\([^)(]{0,500}\)")
_ADDRESS: Final = re.compile(r"https?://\S+")
_SENTENCE: Final = re.compile(r"(?<=[.!?])\s+(?=[^\W\d_a-z]|`)|(?<=。)(?=.)")
_NO_NOTE: Final = re.compile(
    r"\W*(?:truncated|full changelog\b\W*(?:v?\d\S*)?|compare (?:source|view|changes)"
    r"|(?:there (?:are|is) )?no (?:release notes|changelog|notes)\b.{0,60}"
    r"|(?:please )?(?:see|read|check|view|refer to) (?:the )?(?:full )?(?:changelog|release notes)\b"
    r"(?:(?!break|migrat|upgrad|important).){0,60}"
    r"|(?:release|version) v?\d+(?:\.\d+)+\S{0,20}|released:? \d{1,4}[./-]\d{1,2}[./-]\d{1,4})\W*",
    re.IGNORECASE,
)
"""What a forge adds to notes, and what stands in place of notes."""

_FENCE: Final = re.compile(r"\s*(```|~~~)")


@dataclass(frozen=True, slots=True)
class _Below:
    """Items below one heading; "" before the first one."""

    heading: str
    section: Section
    items: list[Item] = field(default_factory=list)


def items(notes: str) -> tuple[Item, ...]:
    """Return what the notes say: bullet by bullet, and sentence by sentence in prose. No code blocks."""
    blocks = _blocks(notes)
    ordinary = next((number for number, one in enumerate(blocks) if _is_ordinary(one)), 0)
    return tuple(
        replace(one, is_first=number < ordinary and _is_known_first(block))
        for number, block in enumerate(blocks)
        for one in block.items
    )


def _is_ordinary(block: _Below) -> bool:
    return block.section in _ORDINARY and _CHANGES.match(block.heading) is None


def _is_known_first(block: _Below) -> bool:
    return block.section is not Section.FUTURE and _CHANGES.match(block.heading) is not None


def _blocks(notes: str) -> list[_Below]:
    """Return the headings with what is below them."""
    reader = _Blocks()
    is_code = False
    for line in [*as_markdown(lines(notes)), ""]:
        if _FENCE.match(line) and (is_code or not reader.is_underline(line)):
            is_code = not is_code
        elif not is_code:
            reader.read(line)
    return reader.found


class _Blocks:
    """Reads lines into blocks: below headings, below titles in lists, and below sentences with a colon."""

    def __init__(self) -> None:
        self.found = [_Below("", Section.NONE)]
        self._level = 0
        self._pending: list[str] = []
        self._underlines: list[str] = []
        """Characters below headings, in the order of their levels."""

        self._outer: list[tuple[int, _Below]] = []
        """Indents of titles in lists, -1 for a sentence, each with the block around it."""

    def read(self, line: str) -> None:
        """Read one line; the last one has to be empty."""
        if self.is_underline(line):
            self._open(self._depth_of(line[0]), self._pending.pop().strip())
        elif _UNDERLINE.fullmatch(line) and not self._pending:
            return
        elif (heading := _heading(line)) is not None:
            self._end()
            self._open(*heading)
        elif _BULLET.match(line):
            self._end(indent_of(line))
            self._leave(indent_of(line))
            self._pending = [line]
        elif not line.strip() or line.lstrip().startswith("|"):
            self._end()
            self._pending = [line] if line.strip() else []
        else:
            if not self._pending:
                self._leave(-1)
            self._pending.append(line)

    def is_underline(self, line: str) -> bool:
        """Return whether a line makes a heading of the one above it."""
        is_one = len(self._pending) == 1 and _BULLET.match(self._pending[0]) is None
        return is_one and _UNDERLINE.fullmatch(line) is not None

    def _depth_of(self, underline: str) -> int:
        if underline not in self._underlines:
            self._underlines.append(underline)
        return self._underlines.index(underline) + 1

    def _open(self, depth: int, text: str) -> None:
        """Begin the block below a heading."""
        self._outer.clear()
        section = section_of(text)
        if section is Section.NONE and depth > self._level:
            section = self.found[-1].section
        else:
            self._level = depth
        self.found.append(_Below(text, section))

    def _end(self, indent: int | None = None) -> None:
        """Keep what was read of a bullet or a paragraph; ``indent`` is that of the bullet that follows."""
        block, pending = self.found[-1], self._pending
        self._pending = []
        block.items.extend(_said(pending, block.section))
        if not pending:
            return
        is_bullet = _BULLET.match(pending[0]) is not None
        if is_bullet and (indent is None or indent <= indent_of(pending[0])):
            return
        text = " ".join(pending).strip()
        section = _title_of(_BULLET.sub("", text, count=1)) if is_bullet else _lead_of(text)
        if section is not Section.NONE and (block.section in _GENERAL or section is Section.FUTURE):
            self._outer.append((indent_of(pending[0]) if is_bullet else -1, block))
            self.found.append(_Below(block.heading, section))

    def _leave(self, indent: int) -> None:
        """End the blocks of titles that are not above a line with this indent."""
        around = None
        while self._outer and indent <= self._outer[-1][0]:
            around = self._outer.pop()[1]
        if around is not None:
            self.found.append(_Below(around.heading, around.section))


def indent_of(line: str) -> int:
    """Return how far a line is indented; a tab counts as four."""
    return len(line.expandtabs(4)) - len(line.expandtabs(4).lstrip())


def _title_of(text: str) -> Section:
    """Return what a bullet says about the bullets below it, when it is no more than a title."""
    words = len(text.split())
    is_title = words <= _TITLE or (text.endswith(":") and words <= 2 * _TITLE)
    return section_of(text) if is_title else Section.NONE


def _lead_of(text: str) -> Section:
    """Return what a heading without marks, or a sentence, with a colon at its end says about a list."""
    if not text.endswith(":"):
        return Section.NONE
    if len(text.split()) <= _LEAD:
        return section_of(text)
    return next((section for section, pattern in _LEADS.items() if pattern.search(text)), Section.NONE)


def section_of(heading: str) -> Section:
    """Return the kind of a heading. What breaks only for developers is internal."""
    text = heading.casefold()
    if _DEVELOPERS.search(text) and not _PEOPLE.search(text):
        return Section.INTERNAL
    for section, pattern in _HEADINGS.items():
        if re.search(pattern, text):
            return section
    return Section.NONE


def _heading(line: str) -> tuple[int, str] | None:
    """Return level and text of a heading; a line in bold, and a short one with a sign, are the deepest."""
    found = _HEADING.fullmatch(line)
    if found is not None:
        return (len(found[1]), found[2]) if found[1] else (7, found[3])
    if _EMOJI_HEADING.fullmatch(line.strip()) and section_of(line) is not Section.NONE:
        return 7, line.strip()
    return None


def _said(lines: list[str], section: Section) -> Iterator[Item]:
    """Yield the items of a bullet or a paragraph."""
    if not lines:
        return
    is_bullet = _BULLET.match(lines[0]) is not None
    text = " ".join(
        _BULLET.sub("", one, count=1).strip() if _BULLET.match(one) else one.strip() for one in lines
    )[:LONGEST]
    text = _ADDRESS.sub("", _LINK.sub(r"\1", _CREDIT.sub("", _ESCAPED.sub(r"\1", text)))).strip()
    text = _DATE.sub("", _NUMBERS.sub("", text, count=1), count=1)
    marked = _MARK.match(text)
    if marked is not None:
        text = marked[1] + text[marked.end() :]
    own, is_marked, text = _commit(text, section)
    is_marked = is_marked or marked is not None
    parts = [text] if is_bullet else _SENTENCE.split(text)
    is_later = False
    for part in map(str.strip, parts):
        is_later = is_about_later(part, after=is_later)
        if re.search(r"[^\W\d_]", part) and not _NO_NOTE.fullmatch(part):
            yield Item(
                text=part,
                section=_section_within(part, own, is_later=is_later),
                is_marked=is_marked or says_it_breaks(part),
            )


def _section_within(text: str, section: Section, *, is_later: bool) -> Section:
    """Return the section of a sentence, which may be about a later release, or for others than users."""
    if section is Section.BREAKING:
        return section
    if is_for_others(text):
        return Section.INTERNAL
    return Section.FUTURE if is_later else section


def _commit(text: str, section: Section) -> tuple[Section, bool, str]:
    """Return section, mark and text of a line that may begin with the type of a commit, or a scope."""
    if (quoted := _KIND.match(text)) is not None and quoted[2].casefold() in _TYPES:
        text = f"{quoted[2]}: {text[quoted.end() :]}"
    if (label := _LABEL.match(text)) is not None:
        named = section_of(label[1])
        is_said = section in _GENERAL and named is not Section.NONE
        return named if is_said else section, False, text[label.end() :]
    found = _COMMIT.match(text)
    if found is None:
        return section, False, text
    kind, scope = found[1].casefold(), (found[2] or "").casefold()
    own = Section.DEPENDENCIES if "deps" in (kind, scope) else _TYPES.get(kind)
    if own is None:
        return section, found[3] is not None, text
    is_marked = found[3] is not None and own not in (Section.DEPENDENCIES, Section.DOCUMENTATION)
    said = f"{found[1].capitalize()} {found[4]}" if own is Section.REMOVED else found[4]
    if own in _NOBODY_ELSE or section is Section.NONE or is_marked:
        return own, is_marked, said
    # "What's changed" says less than the type of the commit, "Breaking changes" says more.
    return own if section is Section.CHANGED else section, is_marked, said
