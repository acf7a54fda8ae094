"""Judges from release notes whether an update breaks an ordinary set-up. Pure.

Structure comes first: a section for breaking changes, a commit with "!", "Changes" above the ordinary
sections. For other lines a small linear model estimates whether they break something.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from homelab_steward.contract.changes import Distance

from .change_model import CLAIMS, is_short, load, named_first, named_in, score
from .pull_request_text import Notes, PackageUpdate, PullRequestUpdates
from .release_notes import Item, Section, items
from .versions import parsed

LEAST: Final = 0.54
"""The estimate from which a line counts as a breaking change."""

PATCH_STEP: Final = 0.12
"""By how much the limit is higher for a patch release, as one in six breaks something."""

MAJOR_STEP: Final = 0.14
"""By how much the limit is lower for the first release of a major version: most of them break something."""

LISTED_REMOVED: Final = 0.12
"""By how much a line below a heading for what was removed is more certain."""

MOST_REASONS: Final = 5
MOST_WORDS: Final = 4
"""Words of a line such as "None in this release"."""

_DENIALS: Final = frozenset({"denial", "older"})
"""What a line says that names no change below a heading for breaking changes."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """Whether an update breaks something: None when that is not known, which is not the same as no.

    ``reasons`` are the lines that say so, the most certain first. They are texts from outside.
    """

    breaks: bool | None
    reasons: tuple[str, ...] = ()


def judge(notes: str, version: str = "") -> Judgement:
    """Return whether the release notes of ``version`` name a breaking change.

    None for notes without any text.
    """
    found = items(notes)
    if not found:
        return Judgement(None)
    least = least_for(version)
    rated = sorted(((_certainty(one), one.text) for one in dict.fromkeys(found)), key=lambda one: -one[0])
    reasons = [text for certainty, text in rated if certainty >= least]
    return Judgement(bool(reasons), tuple(dict.fromkeys(reasons))[:MOST_REASONS])


def least_for(version: str) -> float:
    """Return the estimate from which a line counts: by the place of the version's last number that is not 0.

    A third number, or one after it, makes a patch release: 2.1.1 and 11.0.0.6. Before 1.0 it can be anything.

    Many projects do not follow semantic versioning, so it only shifts the limit.
    """
    found = parsed(version)
    if found is None or len(found.numbers) == 1:
        return LEAST
    major, minor, *patches = (*found.numbers, 0)
    if any(patches) and major:
        return LEAST + PATCH_STEP
    return LEAST - MAJOR_STEP if major > 1 and not minor else LEAST


def judge_pull_request(pull: PullRequestUpdates) -> Judgement:
    """Return whether a pull request breaks something, by its notes and by what it exchanges.

    It is None when the notes of an update are missing or cut off. Another image in place of one always
    breaks: it has another user, folder and variables. A first pin changes nothing. Advisories are no notes,
    and without the old version it is not known which notes are missing.
    """
    replaced = [f"{one.name} → {one.new_name}" for one in pull.updates if one.new_name]
    found = [judge(one.text, one.version) for one in pull.notes]
    reasons = [reason for one in found if one.breaks for reason in one.reasons]
    if replaced or reasons:
        return Judgement(True, tuple(dict.fromkeys([*replaced, *reasons]))[:MOST_REASONS])
    changed = [one for one in pull.updates if one.old is not None or one.distance is Distance.UNKNOWN]
    is_known = bool(pull.updates) and not pull.is_cut_off
    is_known = is_known and all(one.old is not None and has_notes(one, pull) for one in changed)
    return Judgement(False if is_known else None)


def _certainty(item: Item) -> float:
    """Return how certain it is that a line is a breaking change, 0 to 1.

    What is listed as one counts in every release. What is only about a later one does not.
    """
    if item.section is Section.FUTURE and not item.is_marked:
        return 0.0
    estimate = score(item, load()) + (LISTED_REMOVED if item.section is Section.REMOVED else 0.0)
    is_listed = item.is_marked or item.is_first or item.section is Section.BREAKING
    return max(estimate, LEAST + PATCH_STEP) if is_listed and not _denies(item.text) else estimate


def _denies(text: str) -> bool:
    """Return whether a line below a heading for breaking changes says that there are none."""
    named = named_in(text)
    if "none" in named_first(text) and is_short(text, MOST_WORDS):
        return True
    return bool(_DENIALS & named) or ("nothing" in named and not CLAIMS & named)


def has_notes(update: PackageUpdate, pull: PullRequestUpdates) -> bool:
    """Return whether the notes are about an update: by its name, or by those of the same release.

    A link to a comparison is no note. Each version that is listed has to have one.
    """
    notes = [one for one in pull.notes if items(one.text)]
    same = [one for one in pull.updates if (one.old, one.new) == (update.old, update.new)]
    if not any(one.package for one in pull.notes):
        is_told = any(one.version for one in notes) and not _versions(pull.notes) - _versions(notes)
        return is_told and len(same) == len(pull.updates)
    names = [name for one in same for name in (one.name, one.name.rpartition("/")[2])]
    listed, told = ([one for one in some if _is_of(one.package, names)] for some in (pull.notes, notes))
    return bool(told) and not _versions(listed) - _versions(told)


def _versions(notes: Sequence[Notes]) -> frozenset[tuple[int, ...]]:
    """Return the versions that notes are about."""
    return frozenset(found.numbers for one in notes if (found := parsed(one.version)) is not None)


def _is_of(package: str, names: Sequence[str]) -> bool:
    """Return whether the package of notes is one of these names."""
    return any(package and (package == name or package.endswith(f"/{name}")) for name in names)
