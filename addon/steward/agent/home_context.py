"""Whether a recipe may be carried out in the home as it is now. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from homelab_steward.contract.home import HomeFact

from ..runbooks.model import Recipe, Step
from ..sdk.home import FACT_NAMES
from ..texts import translate


@dataclass(frozen=True, slots=True, kw_only=True)
class HomeVerdict:
    """Why a recipe must not be carried out now, None when it may; and the facts that are not known.

    What is not known does not stop a person who approves, but nothing is carried out without a person.
    """

    refusal: str | None = None
    unknown: tuple[HomeFact, ...] = ()


def has_conditions(recipe: Recipe) -> bool:
    """Return whether a recipe, or one of its steps, depends on the home."""
    return any(part.not_while or part.only_while for part in _parts(recipe))


def judge(recipe: Recipe, facts: Mapping[str, bool | None]) -> HomeVerdict:
    """Return whether a recipe with all its steps may be carried out, given the facts by name."""
    parts = _parts(recipe)
    excluded = _each(one for part in parts for one in part.not_while)
    required = _each(one for part in parts for one in part.only_while)
    for fact in excluded:
        if facts.get(fact) is True:
            return HomeVerdict(refusal=translate("not while {fact}", fact=translate(FACT_NAMES[fact])))
    for fact in required:
        if facts.get(fact) is False:
            return HomeVerdict(refusal=translate("only while {fact}", fact=translate(FACT_NAMES[fact])))
    return HomeVerdict(unknown=tuple(one for one in _each((*excluded, *required)) if facts.get(one) is None))


def _parts(recipe: Recipe) -> tuple[Recipe | Step, ...]:
    return (recipe, *recipe.steps)


def _each(facts: Iterable[HomeFact]) -> tuple[HomeFact, ...]:
    return tuple(dict.fromkeys(facts))
