"""Reads runbooks from Markdown files and refuses what cannot be carried out."""

import math
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

import yaml
from probatio import Invalid

from homelab_steward.contract.incidents import OptionKind

from ..arguments import check_arguments, check_value
from ..description import AnyService
from ..errors import InvalidArgument, StewardError
from .model import Look, Recipe, Runbook, Step

FRONT_MATTER: Final = re.compile(r"\A---\n(.*?)\n---\n(.*)\Z", re.DOTALL)
IDENTIFIER: Final = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*\Z")
OWN_RUNBOOKS: Final = Path(__file__).parent / "own"
MOST_OPTIONS: Final = 3
LONGEST_ID: Final = 64


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
    """Raise WrongRunbook when a tool, an action or an argument it names does not exist."""
    for look in (*runbook.looks, *(look for one in runbook.recipes for look in one.looks)):
        _check_look(name, look, services)
    for recipe in runbook.recipes:
        for step in recipe.steps:
            _check_step(name, step, services)


def _check_look(name: str, look: Look, services: Mapping[str, AnyService]) -> None:
    service, _, key = look.tool.partition(".")
    known = services.get(service)
    tool = next((one for one in known.tools if one.key == key), None) if known else None
    if tool is None:
        raise WrongRunbook(name, f"there is no tool {look.tool}")
    try:
        check_arguments(look.arguments, tool.arguments)
    except InvalidArgument as err:
        raise WrongRunbook(name, f"{look.tool}: {err}") from err


def _check_step(name: str, step: Step, services: Mapping[str, AnyService]) -> None:
    service, _, key = step.action.partition(".")
    known = services.get(service)
    action = next((one for one in known.actions if one.key == key), None) if known else None
    if action is None:
        raise WrongRunbook(name, f"there is no action {step.action}")
    fields = {field.key: field for field in action.arguments}
    given = {*step.arguments, *step.scaled}
    for argument in sorted(given - set(fields)):
        raise WrongRunbook(name, f"{step.action} has no argument {argument}")
    for field in fields.values():
        if field.required and field.default is None and field.key not in given:
            raise WrongRunbook(name, f"{step.action} needs the argument {field.key}")
    for argument, value in step.arguments.items():
        try:
            check_value(fields[argument], value)
        except InvalidArgument as err:
            raise WrongRunbook(name, f"{step.action}: {err}") from err


def read_library(folders: Iterable[Path], services: Mapping[str, AnyService]) -> dict[str, Runbook]:
    """Return all runbooks of the folders by id; a later folder replaces an id."""
    library: dict[str, Runbook] = {}
    for folder in folders:
        library |= _read_folder(folder, services)
    return library


def _read_folder(folder: Path, services: Mapping[str, AnyService]) -> dict[str, Runbook]:
    found: dict[str, Runbook] = {}
    for path in sorted(folder.glob("*.md")):
        try:
            text = path.read_text(encoding="utf-8")
        except ValueError as err:
            raise WrongRunbook(path.name, "is no UTF-8 text") from err
        runbook = parse(path.name, text)
        check(path.name, runbook, services)
        if runbook.id in found:
            raise WrongRunbook(path.name, f"{runbook.id} is there already")
        found[runbook.id] = runbook
    return found


def _mistakes(runbook: Runbook) -> Iterable[str]:
    """Yield what the types cannot say."""
    yield from _id_mistakes("id", runbook.id)
    if runbook.version < 1:
        yield "version must be 1 or more"
    if not 1 <= len(runbook.recipes) <= MOST_OPTIONS:
        yield f"needs one to {MOST_OPTIONS} recipes"
    if len({recipe.id for recipe in runbook.recipes}) != len(runbook.recipes):
        yield "two recipes have the same id"
    for recipe in runbook.recipes:
        yield from _recipe_mistakes(recipe)


def _recipe_mistakes(recipe: Recipe) -> Iterable[str]:
    yield from _id_mistakes("recipe id", recipe.id)
    acts = recipe.kind is OptionKind.ACT
    if acts and not recipe.steps:
        yield f"recipe {recipe.id} has no steps"
    if acts and not recipe.verify:
        yield f"recipe {recipe.id} does not say how to verify"
    if not acts and recipe.steps:
        yield f"recipe {recipe.id} only looks: it cannot have steps"
    yield from _figure_mistakes(recipe)
    if len({condition.name for condition in recipe.verify}) != len(recipe.verify):
        yield f"recipe {recipe.id}: two conditions have the same name"
    for condition in recipe.verify:
        bounds = (condition.below, condition.above, condition.equals)
        if sum(bound is not None for bound in bounds) != 1:
            yield f"condition {condition.name!r} needs one of below, above, equals"


def _figure_mistakes(recipe: Recipe) -> Iterable[str]:
    if not 0 < recipe.settle <= recipe.within < math.inf:
        yield f"recipe {recipe.id}: within must be at least settle, both above 0"
    for step in recipe.steps:
        for key, rule in step.scaled.items():
            if not (0 < rule.step < math.inf and 0 < rule.times < math.inf):
                yield f"recipe {recipe.id}: {key}: step and times must be above 0"


def _id_mistakes(what: str, name: str) -> Iterable[str]:
    if not IDENTIFIER.match(name):
        yield f"{what} {name!r} must be small letters, digits and dashes"
    if len(name) > LONGEST_ID:
        yield f"{what} {name!r} must have at most {LONGEST_ID} letters"
