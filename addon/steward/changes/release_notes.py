"""Takes release notes apart: what each line says, below which heading, in which kind of section. Pure."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Final

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
    Section.BREAKING: (
        "breaking|important|attention|🚨|💥|⚠|wichtig|achtung|handlungsbedarf|belangrijk|let op|à savoir"
        "|atención|重大|不兼容|破坏性"
    ),
    Section.FUTURE: (
        "looking ahead|upcoming|roadmap|what'?s next|ausblick|à venir|próximamente|vooruitblik|未来"
    ),
    Section.REMOVED: "remov|🔥|🗑|entfernt|supprim|elimin|verwijderd|entfallen|移除|删除",
    Section.DEPRECATED: "deprecat|veraltet|obsol|verouderd|弃用|废弃",
    Section.UPGRADE: (
        "upgrad|updat|migrat|notes?$|hinweis|remarque|notas|opmerking|mise à jour|actualiza|升级|注意"
    ),
    Section.SECURITY: "securit|sicherheit|sécurité|seguridad|beveiliging|🔒|安全",
    Section.DEPENDENCIES: "dependenc|deps|abhängigkeit|dépendance|dependencia|⬆|依赖",
    Section.DOCUMENTATION: "doc|translation|übersetz|i18n|📚|📝|文档|翻译",
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
    "feat": Section.FEATURES,
    "feature": Section.FEATURES,
    "fix": Section.FIXES,
    "perf": Section.FEATURES,
    "security": Section.SECURITY,
    "docs": Section.DOCUMENTATION,
    "doc": Section.DOCUMENTATION,
    "i18n": Section.DOCUMENTATION,
    **dict.fromkeys(("refactor", "chore", "build", "ci", "test", "tests", "style"), Section.INTERNAL),
    "deps": Section.DEPENDENCIES,
    "breaking": Section.BREAKING,
    "removed": Section.REMOVED,
    "deprecated": Section.DEPRECATED,
    "changed": Section.CHANGED,
    "added": Section.FEATURES,
}
LONGEST: Final = 4_000
"""Characters of a bullet or a paragraph that are read."""

_NOBODY_ELSE: Final = frozenset(
    {Section.INTERNAL, Section.DOCUMENTATION, Section.DEPENDENCIES, Section.THANKS}
)
_HEADING: Final = re.compile(r"\s*(#{1,6}\s+|#{2,6}(?=[^\W\d_]))(.*?)\s*#*\s*$|\s*\*\*([^*]+)\*\*:?\s*$")
_CHANGES: Final = re.compile(r"\W*(?:changes|änderungen|changements|cambios|wijzigingen)\b", re.IGNORECASE)
_ORDINARY: Final = frozenset(
    {Section.FEATURES, Section.FIXES, Section.CHANGED, Section.REMOVED, Section.DEPRECATED}
)
"""Sections of ordinary changes. "Changes" above the first of them is what people must know."""
_EMOJI_HEADING: Final = re.compile(r"[^\w\s*#`\-\[(<\"'>|]\S*\s+\S+(?:\s+\S+){0,2}\s*$")
_BULLET: Final = re.compile(r"\s*(?:[-*+•]|\d+[.)])\s+")
_COMMIT: Final = re.compile(r"\**(\w[\w-]*)\**(?:\(([^)]*)\))?(!)?(?::\**|\**:)\s+(.*)", re.DOTALL)
_MARK: Final = re.compile(r"\W*\bBREAKING[ -]CHANGES?\b\W*:\s*", re.IGNORECASE)
_CREDIT: Final = re.compile(
    r"\s+by\s+@[\w\-\[\]]{1,80}\s+in\s+\S+|\s*\(\[?#\d{1,9}\]?(?:\([^)(]{0,500}\))?\)"
    r"|\s*\(\[[0-9a-f]{7,40}\]\([^)(]{0,500}\)\)"
)
_LINK: Final = re.compile(r"!?\[([^\]\[]{0,300})\]\([^)(]{0,500}\)")
_ADDRESS: Final = re.compile(r"https?://\S+")
_SENTENCE: Final = re.compile(r"(?<=[.!?])\s+(?=[^\W\d_a-z]|`)|(?<=。)(?=.)")
_NO_NOTE: Final = re.compile(r"\W*(?:truncated\W*|full changelog\b\W*(?:v?\d\S*)?)", re.IGNORECASE)
"""What a forge adds to notes."""

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
        replace(one, is_first=number < ordinary and _CHANGES.match(block.heading) is not None)
        for number, block in enumerate(blocks)
        for one in block.items
    )


def _is_ordinary(block: _Below) -> bool:
    return block.section in _ORDINARY and _CHANGES.match(block.heading) is None


def _blocks(notes: str) -> list[_Below]:
    """Return the headings with what is below them."""
    found = [_Below("", Section.NONE)]
    level, is_code = 0, False
    pending: list[str] = []
    for line in [*lines(notes), ""]:
        if _FENCE.match(line):
            is_code = not is_code
        elif is_code:
            continue
        elif (heading := _heading(line)) is not None:
            found[-1].items.extend(_said(pending, found[-1].section))
            pending = []
            depth, text = heading
            section = section_of(text)
            if section is Section.NONE and depth > level:
                section = found[-1].section
            else:
                level = depth
            found.append(_Below(text, section))
        elif not line.strip() or _BULLET.match(line) or line.lstrip().startswith("|"):
            found[-1].items.extend(_said(pending, found[-1].section))
            pending = [line] if line.strip() else []
        else:
            pending.append(line)
    return found


def section_of(heading: str) -> Section:
    """Return the kind of a heading."""
    text = heading.casefold()
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
    text = _ADDRESS.sub("", _LINK.sub(r"\1", _CREDIT.sub("", text))).strip()
    marked = _MARK.match(text)
    if marked is not None:
        text = text[marked.end() :]
    own, is_marked, text = _commit(text, section)
    is_marked = is_marked or marked is not None
    parts = [text] if is_bullet else _SENTENCE.split(text)
    for part in parts:
        if re.search(r"[^\W\d_]", part) and not _NO_NOTE.fullmatch(part.strip()):
            yield Item(text=part.strip(), section=own, is_marked=is_marked)


def _commit(text: str, section: Section) -> tuple[Section, bool, str]:
    """Return section, mark and text of a line that may begin with the type of a commit, or a scope."""
    found = _COMMIT.match(text)
    if found is None:
        return section, False, text
    kind, scope = found[1].casefold(), (found[2] or "").casefold()
    own = Section.DEPENDENCIES if "deps" in (kind, scope) else _TYPES.get(kind)
    if own is None:
        return section, found[3] is not None, text
    is_marked = found[3] is not None and own not in (Section.DEPENDENCIES, Section.DOCUMENTATION)
    if own in _NOBODY_ELSE or section is Section.NONE or is_marked:
        return own, is_marked, found[4]
    # "What's changed" says less than the type of the commit, "Breaking changes" says more.
    return own if section is Section.CHANGED else section, is_marked, found[4]
