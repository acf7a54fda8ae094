"""Orders requested steps on several targets by their dependencies, and leaves out what cannot be. Pure."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from homelab_steward.contract.base import Value
from homelab_steward.contract.incidents import RunStatus, StepState
from homelab_steward.contract.proposals import Option
from homelab_steward.contract.state import TargetRef
from homelab_steward.contract.step_parts import PlannedRecipe, PlannedStep

from ...texts import Texts, household, said_in, translate
from ..plans.plan import PERSON_REQUEST, Plan
from ..plans.references import Work

MOST_STEPS: Final = 20
"""Steps that one person can check before approving them together."""

SHOWN: Final = 5
"""The most targets that the label of a plan names."""

NOT_DONE: Final = {StepState.FAILED, StepState.INTENDED}
IN_DOUBT: Final = {StepState.EFFECT_KNOWN, StepState.EFFECT_UNKNOWN}

RESTART: Final = "restart"
STOP: Final = "stop"


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanStep:
    """One action on one target, or all steps of a runbook's recipe for a target.

    ``action`` is the action's key, ``capability`` that of the action. ``runbook`` is the title of the
    runbook that offers the step, "" when none does. With ``recipe`` the step stands for all steps of that
    recipe, and ``action`` is that of the first. ``preserves``: the step copies data before a later one
    changes it.
    """

    target: TargetRef
    action: str
    capability: str | None = None
    arguments: Mapping[str, Value] = field(default_factory=dict)
    runbook: str = ""
    recipe: PlannedRecipe | None = None
    preserves: bool = False


@dataclass(frozen=True, slots=True)
class Ordered:
    """The steps in order, and the reasons for those that are left out."""

    steps: tuple[PlanStep, ...]
    left_out: tuple[str, ...] = ()


type Parents = Callable[[TargetRef], Sequence[TargetRef]]
type Interrupts = Callable[[TargetRef], str | None]


def ordered(steps: Sequence[PlanStep], parents: Parents, interruption: Interrupts) -> Ordered:
    """Return the steps in the order in which they are to be carried out.

    A stop comes before the steps on the target's parents, every other step comes after them. Targets
    that Home Assistant or the steward runs in come last, and are never stopped. Each target comes once,
    and the restart of a target whose parent is restarted too is left out.
    """
    restarted = {one.target for one in steps if one.capability == RESTART}
    kept: dict[TargetRef, PlanStep] = {}
    left_out: list[str] = []
    for one in steps:
        reason = _why_not(one, kept, restarted, parents, interruption)
        if reason is None:
            kept[one.target] = one
        elif kept.get(one.target) != one:
            left_out.append(f"{one.target.name}: {reason}.")

    last = [one for one in kept.values() if interruption(one.target) is not None]
    first = [one for one in kept.values() if one not in last]
    return Ordered((*_in_order(first, parents), *_in_order(last, parents)), tuple(left_out))


def _in_order(steps: Sequence[PlanStep], parents: Parents) -> list[PlanStep]:
    """Return the steps in the requested order, except that none comes before a step that it waits for."""
    left, found = list(steps), list[PlanStep]()
    while left:
        free = (one for one in left if not any(_precedes(other, one, parents) for other in left))
        following = next(free, left[0])
        left.remove(following)
        found.append(following)
    return found


def _precedes(first: PlanStep, second: PlanStep, parents: Parents) -> bool:
    """Return whether the second step waits for the first.

    A stop waits for the steps on targets within its own target, any other step for those on its parents.
    """
    if second.capability == STOP:
        return second.target in parents(first.target)
    return first.target in parents(second.target)


def _why_not(
    step: PlanStep,
    kept: Mapping[TargetRef, PlanStep],
    restarted: set[TargetRef],
    parents: Parents,
    interruption: Interrupts,
) -> str | None:
    """Return why a step is left out, None when it is not."""
    if step.target in kept:
        return translate(t"only one action for each target")
    stopped = interruption(step.target) if step.capability == STOP else None
    if stopped is not None:
        return translate(t"it is not stopped: {stopped}")
    above = next((one for one in parents(step.target) if one in restarted), None)
    if step.capability == RESTART and above is not None:
        return translate(t"it restarts with {above.name}")
    return None


def needs(steps: Sequence[PlanStep], parents: Parents) -> tuple[tuple[int, ...], ...]:
    """Return the positions of the earlier steps that each step needs.

    These are the steps on parents and children of its target, and those of its own recipe.
    """
    return tuple(
        tuple(earlier for earlier in range(position) if _is_needed(steps[earlier], step, parents))
        for position, step in enumerate(steps)
    )


def _is_needed(earlier: PlanStep, step: PlanStep, parents: Parents) -> bool:
    if _is_same_recipe(earlier, step):
        return True
    return earlier.target in parents(step.target) or step.target in parents(earlier.target)


def _is_same_recipe(first: PlanStep | PlannedStep, second: PlanStep | PlannedStep) -> bool:
    """Return whether two steps belong to the same recipe for the same target."""
    return first.recipe is not None and first.recipe == second.recipe


def made_for(
    steps: Sequence[PlanStep], needed: Sequence[Sequence[int]], parents: Parents
) -> tuple[tuple[int, ...], ...]:
    """Return the positions of the later steps that each step is made for.

    A stop is made for changes of the target's parents, and a step of a recipe for the following steps of
    that recipe.
    """
    return tuple(
        tuple(
            later
            for later, earlier in enumerate(needed)
            if position in earlier and _is_made_for(step, steps[later], parents)
        )
        for position, step in enumerate(steps)
    )


def _is_made_for(step: PlanStep, later: PlanStep, parents: Parents) -> bool:
    if _is_same_recipe(step, later):
        return True
    return step.capability == STOP and later.target in parents(step.target)


@dataclass(frozen=True, slots=True)
class Place:
    """The fields of ``PlannedStep`` that say where a step is in a plan."""

    after: tuple[int, ...] | None = None
    undone_without: tuple[int, ...] = ()
    runbook: str = ""
    id: str = ""
    recipe: PlannedRecipe | None = None


def places(steps: Sequence[PlanStep], parents: Parents, *, stays: bool) -> tuple[Place, ...]:
    """Return the place of each step. With ``stays`` nothing is undone when a later step fails."""
    needed = needs(steps, parents)
    undone = made_for(steps, needed, parents)
    return tuple(
        Place(after, () if stays else without, step.runbook, recipe=step.recipe)
        for step, after, without in zip(steps, needed, undone, strict=True)
    )


def in_sequence(plans: Sequence[Plan], ids: Sequence[str]) -> Plan:
    """Return one plan of the plans of single steps, each with its id ("" for none).

    Each step needs all before it, and is undone when one after it is not done.
    """
    count = len(plans)
    found = [
        Place(tuple(range(position)), tuple(range(position + 1, count)), id=key)
        for position, key in enumerate(ids)
    ]
    return together(plans, found)


def together(plans: Sequence[Plan], found: Sequence[Place]) -> Plan:
    """Return one plan of the plans of actions and recipes, with the place of each of their steps.

    A step that cannot be undone is never undone. Without dependencies the first plan is returned unchanged.
    """
    if any(one.after is None for one in found):
        return plans[0]
    steps = [one for plan in plans for one in plan.steps]
    return Plan(
        runbook_id=f"{PERSON_REQUEST}plan",
        runbook_version=1,
        recipe="plan",
        steps=tuple(_placed(one, place) for one, place in zip(steps, found, strict=True)),
        baselines=tuple(one for plan in plans for one in plan.baselines),
    )


def _placed(step: PlannedStep, place: Place) -> PlannedStep:
    is_undone = step.reversible and step.has_effect and not step.preserves
    undone_without = place.undone_without if is_undone else ()
    return replace(
        step,
        after=place.after,
        undone_without=undone_without,
        runbook=place.runbook,
        id=place.id,
        recipe=place.recipe,
    )


def place_of(step: PlannedStep) -> Place:
    """Return the place that a planned step has."""
    return Place(step.after, step.undone_without, step.runbook, step.id, step.recipe)


def units(steps: Sequence[PlannedStep]) -> list[tuple[PlannedStep, ...]]:
    """Return the steps in order, those of one recipe together, each other step alone."""
    found: list[list[PlannedStep]] = []
    for one in steps:
        if found and _is_same_recipe(found[-1][-1], one):
            found[-1].append(one)
        else:
            found.append([one])
    return [tuple(one) for one in found]


def bounded(names: Sequence[str], texts: Texts) -> str:
    """Return names as a phrase, with the number of those after the first five."""
    more = len(names) - SHOWN
    return texts.listed([*names[:SHOWN], texts(t"{more} more")] if more > 0 else names)


def label(steps: Sequence[PlannedStep], texts: Texts) -> str:
    """Return the text that names the actions, the runbooks that offer them, and the targets of a plan.

    Steps that only wait are not named.
    """
    steps = [one for one in steps if one.has_effect]
    names = [said_in(one.title, texts) for one in steps]
    titles = [
        f"{name} ({one.runbook})" if one.runbook else name for name, one in zip(names, steps, strict=True)
    ]
    if len(set(titles)) == 1:
        return f"{titles[0]}: {bounded([one.target.name for one in steps], texts)}"
    named = [f"{title}: {one.target.name}" for title, one in zip(titles, steps, strict=True)]
    return bounded(named, texts)


def is_plan(option: Option) -> bool:
    """Return whether each step of an option names the steps that it needs (otherwise all before it)."""
    return bool(option.performed) and all(one.after is not None for one in option.performed)


def blocking(work: Work, works: Sequence[Work]) -> Work | None:
    """Return the first step that this one needs and that did not succeed, None when there is none."""
    return next((one for one in _needed(work, works) if one.entry.state is not StepState.VERIFIED), None)


def _needed(work: Work, works: Sequence[Work]) -> list[Work]:
    return [works[one] for one in work.step.after or ()]


def to_take_back(works: Sequence[Work]) -> list[Work]:
    """Return the steps that were made for later steps that were not done, in order.

    A step is left out while one of those later steps may have been done.
    """
    return [
        one
        for one in works
        if one.entry.state is StepState.VERIFIED
        and (states := {works[each].entry.state for each in one.step.undone_without}) & NOT_DONE
        and not states & IN_DOUBT
    ]


@dataclass(frozen=True, slots=True)
class Ended:
    """How the steps of a plan ended; ``text`` names the result of each when not all were carried out."""

    status: RunStatus
    text: str | None = None


def ended(works: Sequence[Work], not_undone: str | None = None) -> Ended:
    """Return how a plan ended after all steps that could be carried out. A copy of data is no change.

    ``not_undone`` names what should have been undone and is not, with the reasons.
    """
    own = [one for one in works if not one.step.preserves]
    states = {one.entry.state for one in own}
    if states <= {StepState.VERIFIED, StepState.EFFECT_KNOWN}:
        return Ended(RunStatus.VERIFYING)
    text = _results(works)
    if not_undone is not None:
        text = f"{text} {translate(t'Not undone: {not_undone}.')}"
    if states & IN_DOUBT:
        return Ended(RunStatus.UNKNOWN, text)
    has_effects = any(one.step.has_effect and one.entry.state is StepState.VERIFIED for one in own)
    if StepState.UNDONE in states and not has_effects and not_undone is None:
        return Ended(RunStatus.UNDONE, text)
    was_started = any(one.entry.was_started for one in own)
    return Ended(RunStatus.FAILED if was_started else RunStatus.REFUSED, text)


def _results(works: Sequence[Work]) -> str:
    """Return a text with the steps that were done, undone, not known, and not done, with the reasons."""
    texts = household()
    done = [_name(one) for one in works if one.step.has_effect and one.entry.state is StepState.VERIFIED]
    undone = [_name(one) for one in reversed(works) if one.entry.state is StepState.UNDONE]
    doubtful = [
        f"{_name(one)}: {one.entry.detail}"
        for one in works
        if one.step.has_effect and one.entry.state in IN_DOUBT
    ]
    waited = [
        one.entry.detail
        for one in works
        if not one.step.has_effect and one.entry.was_started and one.entry.state is not StepState.VERIFIED
    ]
    left = [
        f"{_name(one)}: {_why_left(one, works)}"
        for one in works
        if one.step.has_effect and one.entry.state in NOT_DONE
    ]
    found = [f"{one.removesuffix('.')}." for one in waited]
    if done:
        found.append(texts(t"Done: {texts.listed(done)}."))
    if undone:
        found.append(texts(t"Undone: {texts.listed(undone)}."))
    if doubtful:
        found.append(texts(t"Not known: {'; '.join(doubtful)}."))
    if left:
        found.append(texts(t"Not done: {'; '.join(left)}."))
    return " ".join(found)


def _why_left(work: Work, works: Sequence[Work]) -> str:
    failed = [one for one in _needed(work, works) if one.entry.state is StepState.FAILED]
    # Steps that were done before the failure are undone by now, and are not the reason.
    blocked_by = failed[0] if failed else blocking(work, works)
    if work.entry.state is StepState.FAILED or blocked_by is None:
        return work.entry.detail.removesuffix(".")
    step = blocked_by.step
    name = step.title if _is_same_recipe(step, work.step) else step.target.name
    return translate(t"it needs {name}")


def _name(work: Work) -> str:
    return f"{work.step.title} ({work.step.target.name})"
