"""Reads what a pull request of Renovate, Dependabot or updatecli updates, from its title and body.

The body is text from outside: it is evidence of what changes, and decides nothing.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from homelab_steward.contract.changes import Distance

from .markup import Section, Table, sections, tables, visible
from .versions import distance, first_of_level, parsed


class UpdateKind(StrEnum):
    """What is updated."""

    IMAGE = "image"
    CHART = "chart"
    PACKAGE = "package"
    DIGEST = "digest"


@dataclass(frozen=True, slots=True, kw_only=True)
class PullRequest:
    """A pull request as its forge shows it."""

    title: str
    body: str
    branch: str = ""
    files: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PackageUpdate:
    """One package in another version. ``old`` is None when the version is pinned for the first time."""

    name: str
    kind: UpdateKind
    old: str | None
    new: str
    distance: Distance
    new_name: str = ""
    """Name of the package that replaces it, "" for the same one."""


@dataclass(frozen=True, slots=True)
class Notes:
    """Release notes of one version; ``version`` and ``package`` are "" when the text does not say."""

    package: str
    version: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PullRequestUpdates:
    """What a pull request updates, and what its body says about it."""

    updates: tuple[PackageUpdate, ...]
    notes: tuple[Notes, ...] = ()
    is_cut_off: bool = False
    """The body ends before its notes do."""

    is_security: bool = False
    severity: str = ""
    merges_itself: bool = False
    is_abandoned: bool = False
    reopens: bool = False
    """Closing it does not reject it: the tool opens it again."""


_ARROW: Final = re.compile(r"\s*(?:→|➔|➜|⟶|->|=>)\s*")
_TYPES: Final = {"pin": Distance.PATCH, "pindigest": Distance.DIGEST, "bump": None, "replacement": None}
_ADVISORY: Final = re.compile(r"\b(?:CVE-\d{4}-\d{4,}|GHSA(?:-[0-9a-z]{4}){3})\b", re.IGNORECASE)
_SEVERITY: Final = re.compile(r"\b(critical|high|moderate|medium|low)\b", re.IGNORECASE)
_VERSION_HEADING: Final = re.compile(
    r"^#{1,6}[ \t]{0,9}(?:(?:release|version)[ \t]{1,9})?\[?`?([^\s`\]\d]{0,60}\d[^\s`\]]{0,60})`?\]?.*$",
    re.MULTILINE | re.IGNORECASE,
)
_BUMPS: Final = re.compile(
    r"^(?:Bumps|Updates|build\(deps[^)]*\):\s*bump)\s+(?:the requirements on\s+)?"
    r"\[?`?([^\s\]`]+)`?\]?(?:\([^)\s]*\))?\s+from\s+`?([^\s`]+)`?\s+to\s+`?([^\s`]+?)`?\.?\s*$",
    re.MULTILINE | re.IGNORECASE,
)
_TITLE: Final = re.compile(
    r"\b(?:bump|update|upgrade)s?\s+(?:image\s+|chart\s+)?(?:version\s+of\s+)?(\S+)\s+(?:\S+\s+){0,2}?"
    r"(?:from\s+(\S+)\s+)?to\s+(\S+?)(?:\s+in\s+\S+)?$",
    re.IGNORECASE,
)
_PACKAGE: Final = re.compile(r"^#{3,6}[ \t]+[^\n]{1,200}(?<!\])\(([^()\n]{1,200})\)[ \t]*$", re.MULTILINE)
"""The heading above the notes of a package, where a forge cannot fold them: "#### lab/kite (kite)"."""

_FILES_UPDATED: Final = re.compile(r"\s*\d+ file\(s\) updated with\b")
_KEY_UPDATED: Final = re.compile(r'updated from "\'?([^"\']*)\'?" to "\'?([^"\']+)\'?"')
_COLUMNS: Final = frozenset({"package", "update", "change"})
"""Columns of a table of updates; Snyk and Mend have others, of vulnerabilities."""

_SOURCES: Final = re.compile(
    r"\s*\((?:source|changelog|homepage)(?:,\s*(?:source|changelog|homepage))*\)\s*$"
)
_IMAGE_WORDS: Final = frozenset({"image", "container", "docker", "stage", "final"})
_CHART_WORDS: Final = frozenset({"chart", "helm", "helmchart"})
_CHARTS: Final = re.compile(
    r"helmrelease|chart\.ya?ml|(?:^|/)helmfile|\bapplication(?:set)?\.ya?ml", re.IGNORECASE
)
_IMAGES: Final = re.compile(
    r"compose[^/]*\.ya?ml$|(?:docker|container)file|values[^/]*\.ya?ml$", re.IGNORECASE
)


def read_pull_request(pull: PullRequest) -> PullRequestUpdates:
    """Return what the pull request updates; no updates when nothing in it can be read."""
    body = visible(pull.body)
    outside, blocks = sections(body)
    updates = tuple(dict.fromkeys(_updates(pull, outside, blocks)))
    notes = tuple(_notes(outside, blocks))
    is_security, severity = _security(pull.title, outside, notes)
    return PullRequestUpdates(
        updates=updates,
        notes=notes,
        is_cut_off=_is_cut_off(body, updates, notes),
        is_security=is_security,
        severity=severity,
        merges_itself=re.search(r"\*\*Automerge\*\*:\s*Enabled", body) is not None,
        is_abandoned=re.search(r"\*\*Abandoned package\*\*|is abandoned", body, re.IGNORECASE) is not None,
        reopens="will automatically reopen it" in body,
    )


def _updates(pull: PullRequest, outside: str, blocks: Sequence[Section]) -> Iterator[PackageUpdate]:
    """Yield the updates of the most certain source: the table, the sentences, the title."""
    listed = [one for one in tables(outside) if _COLUMNS & {name.casefold() for name in one.header}]
    found = [one for table in listed for one in _of_table(pull, table)]
    if not found:
        found = [_update(pull, name, old, new) for name, old, new in _BUMPS.findall(outside)]
    if not found and (key := _changed_key(pull, outside, blocks)) is not None:
        found = [key]
    if not found and not listed and (title := _TITLE.search(pull.title)) is not None:
        found = [_update(pull, title[1], title[2], title[3])]
    yield from found


def _of_table(pull: PullRequest, table: Table) -> Iterator[PackageUpdate]:
    columns = {name.casefold(): index for index, name in enumerate(table.header)}
    for row in table.rows:
        cells = {name: row[index] for name, index in columns.items() if index < len(row)}
        name = _SOURCES.sub("", cells.get("package", "")).strip()
        if not name:
            continue
        if "from" in cells and "to" in cells:
            yield _update(pull, name, cells["from"], cells["to"])
        elif "change" in cells:
            old, new = _changed(cells["change"])
            if new:
                yield _typed(pull, name, old, new, cells)


def _typed(pull: PullRequest, name: str, old: str, new: str, cells: dict[str, str]) -> PackageUpdate:
    """Return an update of Renovate's table, whose column *Update* may name the distance."""
    former, _, other = (one.strip() for one in _ARROW.sub("→", name).partition("→"))
    update = _update(pull, former, old or None, new, cells.get("type", ""))
    named = cells.get("update", "").casefold()
    if named in list(Distance):
        update = replace(update, distance=Distance(named))
    elif (meant := _TYPES.get(named)) is not None:
        update = replace(update, distance=meant)
    if update.distance is Distance.DIGEST:
        update = replace(update, kind=UpdateKind.DIGEST)
    return replace(update, new_name=other)


def _changed(cell: str) -> tuple[str, str]:
    """Return both versions of a cell "1.2 → 1.3"; "" for a first pin, and for a text."""
    parts = _ARROW.split(cell, 1)
    if len(parts) == 1:
        return "", ""
    return parts[0].strip(" `'\""), parts[1].strip(" `'\"")


def _update(pull: PullRequest, name: str, old: str | None, new: str, declared: str = "") -> PackageUpdate:
    far = distance(old or None, new)
    kind = UpdateKind.DIGEST if far is Distance.DIGEST else _kind(pull, name, declared)
    return PackageUpdate(name=name, kind=kind, old=old or None, new=new, distance=far)


def _kind(pull: PullRequest, name: str, declared: str) -> UpdateKind:
    """Return what a package is: as declared, by its name, the words of the pull request, or the files."""
    host, _, rest = name.partition("/")
    if (kind := _meant(declared)) is not None:
        return kind
    if rest and ("." in host or ":" in host):
        return UpdateKind.IMAGE
    if (kind := _meant(f"{pull.title} {pull.branch}")) is not None:
        return kind
    if _CHARTS.search(" ".join(pull.files)):
        return UpdateKind.CHART
    return UpdateKind.IMAGE if any(_IMAGES.search(one) for one in pull.files) else UpdateKind.PACKAGE


def _meant(text: str) -> UpdateKind | None:
    """Return the kind that words like "helm", "docker tag" and "stage" name."""
    words = set(re.split(r"[^a-z]+", text.casefold()))
    if words & _IMAGE_WORDS:
        return UpdateKind.IMAGE
    return UpdateKind.CHART if words & _CHART_WORDS else None


def _changed_key(pull: PullRequest, outside: str, blocks: Sequence[Section]) -> PackageUpdate | None:
    """Return the update of updatecli, which names a key of a file, and the package in its title."""
    text = "\n".join((outside, *(one.text for one in blocks)))
    key = _KEY_UPDATED.search(text)
    if key is None:
        return None
    title = _TITLE.search(pull.title)
    name = title[1] if title is not None else pull.title
    return _update(pull, name, key[1], key[2])


def _notes(outside: str, blocks: Sequence[Section]) -> Iterator[Notes]:
    """Yield the release notes in the body, version by version."""
    for block in blocks:
        summary = block.summary.strip()
        if summary.casefold() in (
            "commits",
            "maintainer changes",
            "dependabot commands and options",
            "options:",
        ):
            continue
        if not block.text.strip() or _KEY_UPDATED.search(block.text) or _FILES_UPDATED.match(block.text):
            continue
        found = re.search(r"\(([^)(]{1,200})\)\s*$", summary[-300:])
        package = found[1] if found is not None else ""
        yield from _by_version(package, summary, block.text)
    yield from _unfolded(outside)
    if (advisories := _part(outside, "GitHub Vulnerability Alerts")) is not None:
        yield Notes("", "", advisories)


def _unfolded(outside: str) -> Iterator[Notes]:
    """Yield the notes of a forge without blocks that can be opened: each package has a heading."""
    found = re.search(
        r"^#{1,6}\s*Release Notes\s*$(.*?)(?=^#{1,6}\s*Configuration\s*$|\Z)",
        outside,
        re.MULTILINE | re.DOTALL,
    )
    text = found[1] if found is not None else ""
    heads = list(_PACKAGE.finditer(text))
    for index, head in enumerate(heads):
        end = heads[index + 1].start() if index + 1 < len(heads) else len(text)
        yield from _by_version(head[1], "", re.sub(r"(?m)^---\s*$", "", text[head.end() : end]))


def _by_version(package: str, summary: str, text: str) -> Iterator[Notes]:
    heads = [one for one in _VERSION_HEADING.finditer(text) if parsed(one[1]) is not None]
    version = summary if parsed(summary) is not None else ""
    first = text[: heads[0].start()] if heads else text
    if first.strip() and not _is_introduction(first):
        yield Notes(package, version, first.strip())
    for index, head in enumerate(heads):
        end = heads[index + 1].start() if index + 1 < len(heads) else len(text)
        if content := text[head.end() : end].strip():
            yield Notes(package, head[1], content)


def _is_introduction(text: str) -> bool:
    return re.fullmatch(r"\s*Sourced from .*", text.strip()) is not None


def _part(text: str, heading: str) -> str | None:
    """Return the text below a heading, until the next one of any level or a line."""
    found = re.search(
        rf"^#+\s*{re.escape(heading)}\s*$(.*?)(?=^#|^---\s*$|\Z)", text, re.MULTILINE | re.DOTALL
    )
    return None if found is None else found[1].strip()


def _security(title: str, outside: str, notes: Sequence[Notes]) -> tuple[bool, str]:
    """Return whether an advisory is named, and how severe it is."""
    texts = [outside, *(one.text for one in notes)]
    lines = [line for text in texts for line in text.splitlines() if _ADVISORY.search(line)]
    is_marked = (
        re.search(r"\[security\]|\bsecurity upgrade\b", title, re.IGNORECASE)
        or "disable automated security fix PRs" in outside
    )
    severity = next((found[1].lower() for line in lines if (found := _SEVERITY.search(line))), "")
    return bool(lines or is_marked), "moderate" if severity == "medium" else severity


def _is_cut_off(body: str, updates: Sequence[PackageUpdate], notes: Sequence[Notes]) -> bool:
    """Return whether notes are missing between the versions.

    A shortened body is complete if it has the first release beyond the old version.
    """
    if re.search(r"body was truncated|\(truncated\)|⚠️? ?truncated", body, re.IGNORECASE) is None:
        return False
    versions = {found.numbers for one in notes if (found := parsed(one.version)) is not None}
    for update in updates:
        first = first_of_level(update.old or "", update.new)
        if first is None or not any(_is_release(one, first) for one in versions):
            return True
    return not updates


def _is_release(version: tuple[int, ...], first: tuple[int, ...]) -> bool:
    """Return whether a version is the first one of a level: 11.0.0 of (11,), not 11.0.2."""
    padded = (*version, 0, 0, 0)[: max(3, len(version))]
    return padded == (*first, 0, 0, 0)[: len(padded)]
