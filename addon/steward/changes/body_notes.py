"""Reads the notes that a source itself gives: those of one version, or of several under headings. Pure."""

import re
from typing import Final

from .between import Between, between
from .forges import PUBLIC, from_changelog, project
from .markup import visible
from .pull_request_text import Notes
from .release_notes import items
from .versions import first_of_level, parsed

MOST_LINES: Final = 2_000
_LINK: Final = re.compile(r"(https://[^\s()<>\"'|]{1,300})")


def body_notes(body: str, old: str | None, new: str) -> Between:
    """Return the notes of the versions above ``old`` up to ``new`` as far as a body contains them.

    A body without headings for versions is that of the new one: it is complete if no version lies in between.
    """
    if not items(body):
        return Between()
    if old is not None:
        listed = between(from_changelog(body), old, new, is_whole=False)
        if listed.notes:
            return listed
    version = parsed(new)
    is_next = old is not None and version is not None and _is_next(old, new, version.numbers)
    return Between(notes=(Notes("", new, body),), has_target=True, is_whole=is_next)


def linked_project(body: str, package: str) -> str | None:
    """Return the address of the project of a package that the text of a pull request links to.

    That is the first link to a repository in a line that names the package.
    """
    name = package.rpartition("/")[2].casefold()
    for line in visible(body).splitlines()[:MOST_LINES]:
        if name in line.casefold():
            for found in _LINK.finditer(line):
                if (where := project(found[1])) is not None and where.host in PUBLIC:
                    return found[1]
    return None


def _is_next(old: str, new: str, numbers: tuple[int, ...]) -> bool:
    """Return whether no release lies between two versions, as far as numbers can tell."""
    first, before = first_of_level(old, new), parsed(old)
    if first is None or before is None:
        return False
    padded = (*first, 0, 0, 0)[: max(3, len(numbers))]
    steps = [after - earlier for after, earlier in zip(padded, (*before.numbers, 0, 0, 0), strict=False)]
    return padded == (*numbers, 0, 0, 0)[: len(padded)] and next((one for one in steps if one), 0) == 1
