"""Judges from release notes whether an update breaks an ordinary set-up. Pure.

Structure comes first: a section for breaking changes, a commit with "!", "Changes" above the ordinary
sections. For other lines a small linear model estimates whether they break something.
"""

from dataclasses import dataclass
from typing import Final

from .change_model import load, named_in, score
from .pull_request_text import PackageUpdate, PullRequestUpdates
from .release_notes import Item, Section, items

LEAST: Final = 0.65
"""The estimate from which a line counts as a breaking change."""

MOST_REASONS: Final = 5

_DENIALS: Final = frozenset({"denial", "nothing", "older"})
"""What a line says that names no change below a heading for breaking changes: "None"."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """Whether an update breaks something: None when that is not known, which is not the same as no.

    ``reasons`` are the lines that say so, the most certain first. They are texts from outside.
    """

    breaks: bool | None
    reasons: tuple[str, ...] = ()


def judge(notes: str) -> Judgement:
    """Return whether release notes name a breaking change; None for notes without any text."""
    found = items(notes)
    if not found:
        return Judgement(None)
    rated = sorted(((_certainty(one), one.text) for one in found), key=lambda one: -one[0])
    reasons = [text for certainty, text in rated if certainty >= LEAST]
    return Judgement(bool(reasons), tuple(dict.fromkeys(reasons))[:MOST_REASONS])


def judge_pull_request(pull: PullRequestUpdates) -> Judgement:
    """Return whether a pull request breaks something, by its notes and by what it exchanges.

    It is None when the notes of an update are missing or cut off. Another image in place of one always
    breaks: it has another user, folder and variables. A first pin changes nothing.
    """
    replaced = [f"{one.name} → {one.new_name}" for one in pull.updates if one.new_name]
    found = [judge(one.text) for one in pull.notes]
    reasons = [reason for one in found if one.breaks for reason in one.reasons]
    if replaced or reasons:
        return Judgement(True, tuple(dict.fromkeys([*replaced, *reasons]))[:MOST_REASONS])
    changed = [one for one in pull.updates if one.old is not None]
    is_known = bool(pull.updates) and not pull.is_cut_off and all(_has_notes(one, pull) for one in changed)
    return Judgement(False if is_known else None)


def _certainty(item: Item) -> float:
    """Return how certain it is that a line is a breaking change, 0 to 1."""
    estimate = score(item, load())
    is_listed = item.is_marked or item.is_first or item.section is Section.BREAKING
    return max(estimate, LEAST) if is_listed and not _DENIALS & named_in(item.text) else estimate


def _has_notes(update: PackageUpdate, pull: PullRequestUpdates) -> bool:
    """Return whether the notes are about an update: by its name, or by those of the same release."""
    named = [one.package for one in pull.notes if one.package]
    same = [one for one in pull.updates if (one.old, one.new) == (update.old, update.new)]
    if not named:
        return bool(pull.notes) and len(same) == len(pull.updates)
    names = [name for one in same for name in (one.name, one.name.rpartition("/")[2])]
    return any(one == name or one.endswith(f"/{name}") for one in named for name in names)
