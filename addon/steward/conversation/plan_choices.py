"""What a language model can choose from for a plan: actions and runbooks near a request. Pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import lru_cache
from typing import Final

from homelab_steward.contract.catalogue import ActionOffer, Risk
from homelab_steward.contract.state import TargetRef

from ..agent.requests.request_plan import PlanStep
from ..inventory.ports import INSTANCE, Inventory
from ..language.words import words_of
from ..search.terms import words as searched_words
from .mentions import NamedTarget
from .said_text import Known
from .tool_schemas import object_schema

MOST_CHOICES: Final = 24
"""More choices make a small model slow and inaccurate."""

MOST_CHOSEN: Final = 5
LONGEST_ABOUT: Final = 90
"""Characters of the description of a choice."""

CHANGES: Final = "changes"

_SAID, _RELATED, _OTHER = range(3)

_PROMPT: Final = (
    "You plan changes in a homelab. A person approves each plan. Choose only from the list, only what the "
    "request asks for, and nothing when nothing of the list does that. Write one JSON object and nothing "
    f'else: {{"{CHANGES}": [names of the list]}}'
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One action on one target. ``is_said``: the request names the target, or what it belongs to."""

    name: str
    about: str
    named_target: NamedTarget
    title: str
    step: PlanStep
    is_said: bool


@dataclass(frozen=True, slots=True)
class _Found:
    rank: tuple[int, int]
    choice: Choice


def choices(
    text: str,
    known: Known,
    inventory: Inventory,
    offered: Mapping[TargetRef, PlanStep],
    groups: Mapping[str, str],
) -> tuple[Choice, ...]:
    """Return at most ``MOST_CHOICES`` that are near a text, those of what it names first.

    ``offered`` is what runbooks offer for open incidents, ``groups`` are patterns of services by the word
    for them. There are no changes with a high risk, and none that needs a value.
    """
    said = said_targets(text, known, inventory, groups)
    if not said:
        return ()
    near = {above for one in said for above in inventory.parents(one)}
    wanted = _stems(text)
    found: list[_Found] = []
    for one in known.among:
        place = _place(one.target, said, near, inventory)
        for choice in _of_target(one, known, offered, is_said=place == _SAID):
            texts = f"{choice.name} {choice.about} {known.service_names.get(one.service, '')}"
            shared = len(wanted & _stems(texts))
            if shared or place == _SAID:
                found.append(_Found((place, -shared), choice))
    found.sort(key=lambda one: one.rank)
    return tuple({one.choice.name: one.choice for one in reversed(found[:MOST_CHOICES])}.values())[::-1]


def said_targets(
    text: str, known: Known, inventory: Inventory, groups: Mapping[str, str]
) -> frozenset[TargetRef]:
    """Return what a text names, by name or as a category or a group, with the guest of a program.

    A program and the guest that it runs in are the same for a person.
    """
    named = {one.target for mention in known.index.find(text) for one in mention.targets}
    words = words_of(text)
    for service in _said_services(words, known, groups):
        named |= {one.target for one in known.among if one.service == service and one.scope is None}
    for one in tuple(named):
        application = inventory.application(one)
        named |= {application} if application is not None else set()
        if one.kind == INSTANCE:
            named |= set(inventory.parents(one)[:1])
    return frozenset(named)


def _said_services(words: Sequence[str], known: Known, groups: Mapping[str, str]) -> Iterator[str]:
    """Yield the services of the categories and groups that a text names."""
    padded = f" {' '.join(words)} "
    for name, services in known.categories.items():
        if name and f" {name} " in padded:
            yield from services
    patterns = [pattern for said, pattern in groups.items() if f" {said} " in padded]
    yield from (one for one in known.service_names if any(fnmatchcase(one, each) for each in patterns))


def _place(target: TargetRef, said: frozenset[TargetRef], near: set[TargetRef], inventory: Inventory) -> int:
    if target in said:
        return _SAID
    return _RELATED if target in near or not said.isdisjoint(inventory.parents(target)) else _OTHER


def _of_target(
    named_target: NamedTarget, known: Known, offered: Mapping[TargetRef, PlanStep], *, is_said: bool
) -> Iterator[Choice]:
    """Yield what can be done with a target, first what a runbook offers."""
    label, step = named_target.label, offered.get(named_target.target)
    if step is not None:
        yield Choice(
            name=f"{step.runbook}: {label}",
            about="What the runbook of its open problem offers",
            named_target=named_target,
            title=step.runbook,
            step=step,
            is_said=is_said,
        )
    for action in known.offers.get(named_target.service, ()):
        if action.scope == named_target.scope and _is_simple(action):
            yield Choice(
                name=f"{action.name}: {label}",
                about=action.description[:LONGEST_ABOUT],
                named_target=named_target,
                title=action.name,
                step=PlanStep(target=named_target.target, action=action.key, capability=action.capability),
                is_said=is_said,
            )


def _is_simple(action: ActionOffer) -> bool:
    """Return whether a model may choose an action: it has no high risk and needs no value."""
    needs_value = any(one.required and one.default is None for one in action.arguments)
    return action.risk is not Risk.HIGH and not needs_value


@lru_cache(maxsize=1_024)
def _stems(text: str) -> frozenset[str]:
    return frozenset(one.stem for one in searched_words(text))


def plan_prompt() -> str:
    """Return the instructions for a model."""
    return _PROMPT


def plan_question(text: str, among: Iterable[Choice]) -> str:
    """Return the request with the list of choices."""
    lines = "\n".join(f"- {one.name} ({one.about})" if one.about else f"- {one.name}" for one in among)
    return f"The list:\n{lines}\n\nThe request: {text}"


def plan_schema(among: Iterable[Choice]) -> dict[str, object]:
    """Return the JSON Schema of a plan."""
    items = {"enum": [one.name for one in among]}
    changes = {"type": "array", "items": items, "maxItems": MOST_CHOSEN}
    return object_schema({CHANGES: changes}, [CHANGES])


def chosen(plan: Mapping[str, object], among: Sequence[Choice]) -> tuple[Choice, ...] | None:
    """Return what a model chose, each once; None when it is no valid plan, also if only a part is not."""
    names, known = plan.get(CHANGES), {one.name: one for one in among}
    if not isinstance(names, list) or len(names) > MOST_CHOSEN:
        return None
    if not all(isinstance(one, str) and one in known for one in names):
        return None
    return tuple(known[one] for one in dict.fromkeys(names))
