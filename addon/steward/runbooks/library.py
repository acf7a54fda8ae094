"""Reads runbooks from Markdown files and refuses what cannot be carried out."""

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

import yaml
from probatio import Invalid

from homelab_steward.contract.incidents import OptionKind

from ..description import AnyService
from ..errors import StewardError
from .model import Recipe, Runbook

FRONT_MATTER: Final = re.compile(r"\A---\n(.*?)\n---\n(.*)\Z", re.DOTALL)
IDENTIFIER: Final = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*\Z")
OWN_RUNBOOKS: Final = Path(__file__).parent / "own"
MOST_OPTIONS: Final = 3


class WrongRunbook(StewardError):
    """A runbook cannot be used; the text names the file and what to mend."""

    def __init__(self, name: str, reason: str) -> None:
        """Name the file and the reason."""
        super().__init__(f"{name}: {reason}")


def parse(name: str, text: str) -> Runbook:
    """Return the runbook in a Markdown text with YAML front matter.

    Raises WrongRunbook naming ``name`` and the key that does not fit.
    """
    found = FRONT_MATTER.match(text.replace("\r\n", "\n"))
    if found is None:
        raise WrongRunbook(name, "needs front matter between two lines of ---")
    try:
        front = yaml.safe_load(found[1])
        if not isinstance(front, dict):
            raise WrongRunbook(name, "front matter must be keys and values")
        runbook = Runbook.from_dict({**front, "text": found[2].strip()})
    except yaml.YAMLError as err:
        raise WrongRunbook(name, f"front matter is no YAML: {err}") from err
    except Invalid as err:
        raise WrongRunbook(name, str(err)) from err
    for reason in _mistakes(runbook):
        raise WrongRunbook(name, reason)
    return runbook


def check(name: str, runbook: Runbook, services: Mapping[str, AnyService]) -> None:
    """Raise WrongRunbook when a tool or action it names does not exist."""
    looks = [*runbook.looks, *(look for one in runbook.recipes for look in one.looks)]
    for look in looks:
        service, _, key = look.tool.partition(".")
        known = services.get(service)
        if known is None or key not in {tool.key for tool in known.tools}:
            raise WrongRunbook(name, f"there is no tool {look.tool}")
    for recipe in runbook.recipes:
        for step in recipe.steps:
            service, _, key = step.action.partition(".")
            known = services.get(service)
            if known is None or key not in {one.key for one in known.actions}:
                raise WrongRunbook(name, f"there is no action {step.action}")


def read_library(folders: Iterable[Path], services: Mapping[str, AnyService]) -> dict[str, Runbook]:
    """Return all runbooks of the folders by id; a later folder replaces an id."""
    library: dict[str, Runbook] = {}
    for folder in folders:
        for path in sorted(folder.glob("*.md")):
            runbook = parse(path.name, path.read_text(encoding="utf-8"))
            check(path.name, runbook, services)
            library[runbook.id] = runbook
    return library


def _mistakes(runbook: Runbook) -> Iterable[str]:
    """Yield what the types cannot say."""
    if not IDENTIFIER.match(runbook.id):
        yield f"id {runbook.id!r} must be small letters, digits and dashes"
    if runbook.version < 1:
        yield "version must be 1 or more"
    if not 1 <= len(runbook.recipes) <= MOST_OPTIONS:
        yield f"needs one to {MOST_OPTIONS} recipes"
    if len({recipe.id for recipe in runbook.recipes}) != len(runbook.recipes):
        yield "two recipes have the same id"
    for recipe in runbook.recipes:
        yield from _recipe_mistakes(recipe)


def _recipe_mistakes(recipe: Recipe) -> Iterable[str]:
    if not IDENTIFIER.match(recipe.id):
        yield f"recipe id {recipe.id!r} must be small letters, digits and dashes"
    acts = recipe.kind is OptionKind.ACT
    if acts and not recipe.steps:
        yield f"recipe {recipe.id} has no steps"
    if acts and not recipe.verify:
        yield f"recipe {recipe.id} does not say how to verify"
    if not acts and recipe.steps:
        yield f"recipe {recipe.id} only looks: it cannot have steps"
    if recipe.settle <= 0 or recipe.within < recipe.settle:
        yield f"recipe {recipe.id}: within must be at least settle, both above 0"
    for condition in recipe.verify:
        bounds = (condition.below, condition.above, condition.equals)
        if sum(bound is not None for bound in bounds) != 1:
            yield f"condition {condition.name!r} needs one of below, above, equals"
