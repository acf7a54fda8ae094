"""Reads the notes that a source itself gives: those of one version, or of several under headings. Pure."""

from .between import Between, between
from .forges import from_changelog
from .pull_request_text import Notes
from .release_notes import items
from .versions import first_of_level, parsed


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


def _is_next(old: str, new: str, numbers: tuple[int, ...]) -> bool:
    """Return whether no release lies between two versions, as far as numbers can tell."""
    first, before = first_of_level(old, new), parsed(old)
    if first is None or before is None:
        return False
    padded = (*first, 0, 0, 0)[: max(3, len(numbers))]
    steps = [after - earlier for after, earlier in zip(padded, (*before.numbers, 0, 0, 0), strict=False)]
    return padded == (*numbers, 0, 0, 0)[: len(padded)] and next((one for one in steps if one), 0) == 1
