"""Requests about updates: their options, titles and texts."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from homelab_steward.contract.changes import Change, ChangeLevel
from homelab_steward.contract.incidents import ApprovalRequest
from homelab_steward.contract.later import Later
from homelab_steward.contract.proposals import CHANGE, Option, OptionKind
from homelab_steward.contract.step_parts import PlannedStep

from ..agent.plans.change_plans import WaitStep, change_of
from ..agent.plans.plan import Plan, highest_risk, plan_hash
from ..agent.requests.request_plan import PlanStep, bounded
from ..agent.requests.request_writer import Wanted
from ..sdk.later_text import scheduled_text
from ..texts import english, household, spoken, translate
from .watch import LONGEST, Longest

DEFER_DAYS: Final = 7
MINUTE: Final = 60
MOST_LINES: Final = 5
"""Lines of each kind that a request shows."""

ENDS: Final = (".", "!", "?", "…", ":")

LEVELS: Final = {
    ChangeLevel.SAFE: english("Safe"),
    ChangeLevel.CAREFUL: english("Needs care"),
    ChangeLevel.BREAKING: english("Breaking"),
    ChangeLevel.UNKNOWN: english("Not known whether it is safe"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Bundle:
    """Updates that are applied in one run, with their plan. ``order`` is the preview of its waves.

    ``watched`` says for how long it is watched, ``made_of`` what the plan was made of, ``wave`` is the
    place of its wave.
    """

    changes: tuple[Change, ...]
    plan: Plan
    later: Later | None = None
    order: str = ""
    watched: Longest = LONGEST.__getitem__
    made_of: tuple[PlanStep | WaitStep, ...] = ()
    wave: int = 0

    @property
    def id(self) -> str:
        """The id of the update whose run it is."""
        return self.changes[0].id

    @property
    def title(self) -> str:
        """The titles of its updates."""
        return title_of(self.changes)

    def option(self) -> Option:
        """Return the option that applies it."""
        plan = self.plan
        return applying(self.changes, plan.steps, plan.runbook_id, plan.recipe, self.watched)


def title_of(changes: Sequence[Change]) -> str:
    """Return the titles of updates as a phrase."""
    return bounded([one.title for one in changes], household())


def applying(
    changes: Sequence[Change],
    steps: tuple[PlannedStep, ...],
    runbook_id: str,
    recipe: str,
    watched: Longest,
) -> Option:
    """Return the option that applies updates with these steps."""
    label, changing = title_of(changes), [one for one in steps if not one.preserves]
    return Option(
        number=1,
        kind=OptionKind.ACT,
        label=spoken(lambda texts: texts(t"Update {label}")),
        plan_hash=plan_hash(runbook_id, 1, recipe, steps),
        steps=steps,
        runbook_id=runbook_id,
        runbook_version=1,
        recipe=recipe,
        risk=highest_risk(steps),
        reversible=all(one.reversible for one in changing),
        blast_radius="; ".join(dict.fromkeys(one.blast_radius for one in changing if one.blast_radius)),
        verification=_watched(changes, watched),
    )


def _watched(changes: Sequence[Change], watched: Longest) -> str:
    """Return for how long updates are watched, and what they are compared with."""
    seconds = round(max(watched(one.distance) for one in changes))
    if seconds < MINUTE:
        return spoken(
            lambda texts: texts.plural(
                "It is watched for {count} second and compared with how it ran before.",
                "It is watched for {count} seconds and compared with how it ran before.",
                seconds,
            )
        )
    return spoken(
        lambda texts: texts.plural(
            "It is watched for {count} minute and compared with how it ran before.",
            "It is watched for {count} minutes and compared with how it ran before.",
            round(seconds / MINUTE),
        )
    )


def wanted(bundles: Sequence[Bundle]) -> Wanted:
    """Return the request about bundles with the same time, each of which gets a run of its own."""
    first = bundles[0]
    changes = [change for one in bundles for change in one.changes]
    count, titles = len(changes), title_of(changes)
    option = first.option() if len(bundles) == 1 else _each(bundles)
    lines = [scheduled_text(first.later, changes[0].updated_at)] if first.later else []
    lines += _single_lines(first) if len(bundles) == 1 else _several_lines(bundles)
    categories = tuple(dict.fromkeys(one.category for one in changes))
    return Wanted(
        key=f"{CHANGE}{first.id}:{option.plan_hash[:32]}",
        title=first.title if len(bundles) == 1 else spoken(lambda texts: texts(t"{count} updates: {titles}")),
        target=changes[0].target if len(changes) == 1 else None,
        options=(option, _defer(option)),
        categories=categories,
        text="\n".join(lines),
        later=first.later,
    )


def part(changes: Sequence[Change], whole: ApprovalRequest, revision: str, watched: Longest) -> Wanted:
    """Return the request for one bundle of a request about several."""
    leader = changes[0].id
    option = next(one for one in whole.proposal.options if one.kind is OptionKind.EACH)
    steps = tuple(one for one in option.steps if change_of(one) == leader)
    own = applying(changes, steps, f"{CHANGE}{leader}", revision, watched)
    return Wanted(
        key=f"{CHANGE}{leader}:{whole.id}",
        title=title_of(changes),
        target=changes[0].target if len(changes) == 1 else None,
        options=(own,),
        categories=tuple(dict.fromkeys(one.category for one in changes)),
        later=whole.later,
    )


def each_hash(hashes: Iterable[str]) -> str:
    """Return the plan hash of an option that approves several plans."""
    return hashlib.sha256("\x1f".join(hashes).encode()).hexdigest()


def _each(bundles: Sequence[Bundle]) -> Option:
    options, count = [one.option() for one in bundles], len(bundles)
    steps = tuple(step for one in options for step in one.steps)
    return replace(
        options[0],
        kind=OptionKind.EACH,
        label=spoken(lambda texts: texts(t"Update all {count}")),
        plan_hash=each_hash(one.plan_hash for one in options),
        steps=steps,
        runbook_id=None,
        runbook_version=None,
        recipe=None,
        risk=highest_risk(steps),
        reversible=all(one.reversible for one in options),
        blast_radius="; ".join(dict.fromkeys(one.blast_radius for one in options if one.blast_radius)),
    )


def _defer(option: Option) -> Option:
    days = DEFER_DAYS
    return Option(
        number=2,
        kind=OptionKind.DEFER,
        label=spoken(lambda texts: texts(t"Defer {days} days")),
        plan_hash=plan_hash(OptionKind.DEFER, 1, option.plan_hash, ()),
        recipe=OptionKind.DEFER,
    )


def _single_lines(bundle: Bundle) -> list[str]:
    """Return what is known about updates of one run.

    Front ends show the first lines only: the judgement, what breaks, and the way back come first.
    """
    changes = bundle.changes
    judged = [line for one in changes for line in _level(one)]
    breaking = [line for one in changes for line in _breaking(one)]
    back = dict.fromkeys(sentences([one.way_back_text]) for one in changes if one.way_back_text)
    more = [line for one in changes for line in (*_packages(one), *_more(one))]
    return [*judged, *breaking, *back, *([bundle.order] if bundle.order else []), *more]


def sentences(texts: Iterable[str]) -> str:
    """Return texts one after another, each with a mark at its end."""
    return " ".join(text if text.endswith(ENDS) else f"{text}." for text in texts if text)


def _level(change: Change) -> list[str]:
    found = change.assessment
    if found is None:
        return []
    reasons = sentences(found.reasons[:MOST_LINES])
    level = translate(LEVELS[found.level])
    return [f"{level}: {reasons}" if reasons else f"{level}."]


def _breaking(change: Change) -> list[str]:
    found = change.assessment.breaking if change.assessment else ()
    return [translate(t"Breaking: {line}") for line in found[:MOST_LINES]]


def _more(change: Change) -> list[str]:
    found = change.assessment
    if found is None:
        return []
    lines = [translate(t"Security: {line}") for line in found.security[:MOST_LINES]]
    is_said = found.missing in found.reasons[:MOST_LINES]
    missing = [sentences([found.missing])] if found.missing and not is_said else []
    return [*lines, *found.matches[:MOST_LINES], *missing]


def _packages(change: Change) -> list[str]:
    """Return the packages of an update of several."""
    if len(change.packages) == 1:
        return []
    return [f"{one.name} {one.old or '…'} → {one.new}" for one in change.packages[:MOST_LINES]]


def _several_lines(bundles: Sequence[Bundle]) -> list[str]:
    """Return one line for each run of a request about several."""
    lines = []
    for number, one in enumerate(bundles, 1):
        first = one.changes[0]
        reasons = first.assessment.reasons[:1] if first.assessment else ()
        said = sentences((*reasons, first.way_back_text))
        lines.append(". ".join([f"{number}", f"{one.title}: {said}" if said else one.title]))
    return lines
