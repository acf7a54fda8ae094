"""Judges an update by rules from what is known about it. Pure; texts from outside are evidence only.

What is not known never makes an update safe, and no text lowers what a rule found.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from homelab_steward.contract.changes import Assessment, ChangeLevel, ChangeSource, ReleaseState
from homelab_steward.contract.plain_text import one_line, visible_lines

from ..store.storable_text import storable
from ..texts import translate
from .breaking import MOST_REASONS as MOST_LISTED
from .breaking import Judgement, judge, judge_pull_request
from .facts import Facts, ReadNotes, days, is_rebuild, published
from .found import Found
from .note_signs import signs
from .pull_request_text import Notes, PullRequest, PullRequestUpdates, read_pull_request
from .reasons import matches, reasons, security, shown_line
from .release_notes import items
from .relevance import fixed_problems, is_untouched, touched_settings

MOST_REASONS: Final = 10
MOST_LINES: Final = 5
MOST_ITEMS: Final = 2_000
LONGEST_NOTES: Final = 6_000

_ORDER: Final = (ChangeLevel.SAFE, ChangeLevel.CAREFUL, ChangeLevel.UNKNOWN, ChangeLevel.BREAKING)


def assess(found: Found, facts: Facts) -> Assessment:
    """Return what is known about an update, and how much care it needs."""
    read = read_notes(found, facts)
    why = sorted(reasons(found, facts, read), key=lambda one: -_ORDER.index(one.level))
    level = max((one.level for one in why), key=_ORDER.index, default=ChangeLevel.UNKNOWN)
    return Assessment(
        level=level,
        at=facts.now,
        reasons=tuple(dict.fromkeys(one.text for one in why))[:MOST_REASONS],
        breaking=tuple(map(shown_line, read.judgement.reasons[:MOST_LINES])),
        security=tuple(security(facts, read)),
        matches=tuple(matches(read)),
        age_days=days(facts.now, published(found, facts)),
        stable_days=days(facts.now, facts.running_since),
        notes=_excerpt(read.texts),
        withdrawn=facts.withdrawn,
        release=facts.release,
        missing="" if facts.is_complete or is_rebuild(found) else facts.missing,
    )


def with_earlier_look(before: Assessment | None, after: Assessment, version: str) -> Assessment:
    """Return a judgement with what an earlier one saw: a release that was listed and is not any more.

    That the releases cannot be read now changes nothing.
    """
    known = before.release if before is not None else ReleaseState.UNKNOWN
    if known not in (ReleaseState.LISTED, ReleaseState.DELETED) or after.release is ReleaseState.LISTED:
        return after
    if after.release is ReleaseState.UNKNOWN and known is ReleaseState.LISTED:
        return replace(after, release=known)
    text = translate(t"Its project deleted the release of {version}")
    return replace(
        after,
        level=ChangeLevel.BREAKING,
        reasons=(text, *after.reasons)[:MOST_REASONS],
        withdrawn=after.withdrawn or text,
        release=ReleaseState.DELETED,
    )


def is_worse(before: Assessment | None, after: Assessment) -> bool:
    """Return whether a person who was asked with one judgement has to be asked again with another.

    That something could not be looked up this time is no new evidence.
    """
    if before is None:
        return False
    if after.withdrawn and not before.withdrawn:
        return True
    if after.level is ChangeLevel.UNKNOWN:
        return False
    return _ORDER.index(after.level) > _ORDER.index(before.level)


def pull_request_of(found: Found) -> PullRequestUpdates | None:
    """Return what is read in the pull request that an update is, None for other updates."""
    if found.source is not ChangeSource.PULL_REQUEST:
        return None
    return read_pull_request(PullRequest(title=found.title, body=found.notes))


def read_notes(found: Found, facts: Facts) -> ReadNotes:
    """Return what the notes of all versions say."""
    pull = pull_request_of(found)
    texts = (*(pull.notes if pull is not None else ()), *facts.notes)
    listed = tuple(one for each in texts for one in items(each.text))[:MOST_ITEMS]
    judgement, seen = _judged(texts, pull, is_complete=facts.is_complete), signs(listed)
    lines = dict.fromkeys((*judgement.reasons, *seen.deprecated))
    return ReadNotes(
        judgement=judgement,
        signs=seen,
        pull=pull,
        fixes=fixed_problems(listed, facts.problems, (found.target.name, *facts.names)),
        touched=touched_settings(lines, facts.uses),
        is_untouched=(
            facts.has_all_variables
            and len(judgement.reasons) < MOST_LISTED
            and is_untouched(judgement.reasons, facts.uses)
        ),
        texts=texts,
    )


def _judged(texts: Sequence[Notes], pull: PullRequestUpdates | None, *, is_complete: bool) -> Judgement:
    """Return whether the notes of one of the versions name a breaking change.

    That there is none is only known when the notes are complete, or the pull request has them all.
    """
    every = [judge(one.text, one.version) for one in texts]
    own = judge_pull_request(pull) if pull is not None else Judgement(None)
    broken = dict.fromkeys(_reasons_of([*every, own]))
    if broken:
        return Judgement(True, tuple(broken))
    has_all = own.breaks is False or (is_complete and bool(every))
    return Judgement(False if has_all and all(one.breaks is False for one in every) else None)


def _reasons_of(every: Sequence[Judgement]) -> Iterator[str]:
    for one in every:
        if one.breaks:
            yield from one.reasons


def with_summary(assessment: Assessment, summary: str) -> Assessment:
    """Return the assessment with a summary, which changes nothing else."""
    return replace(assessment, summary=shown_line(summary))


def _excerpt(texts: Sequence[Notes]) -> str:
    parts = (f"{one_line(one.version)}\n{visible_lines(one.text)}".strip() for one in texts)
    return storable("\n\n".join(parts), LONGEST_NOTES)
