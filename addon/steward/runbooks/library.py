"""Reads runbooks from Markdown files and rejects what cannot be carried out."""

import math
import re
from collections.abc import Container, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, Literal

import structlog
import yaml
from probatio import Invalid

from homelab_steward.contract.catalogue import Field
from homelab_steward.contract.proposals import OptionKind
from homelab_steward.contract.restore_drill import RESTORABLE_FROM

from ..errors import InvalidArgument, StewardError
from ..sdk.arguments import check_arguments, check_value
from ..sdk.description import Action, AnyService, Tool
from ..sdk.outputs import mismatch
from ..yaml_values import contains_itself
from .model import ALERTING, Condition, Each, Look, Of, Recipe, Reference, Runbook, Step, WaitFor

log = structlog.get_logger(__name__)

FRONT_MATTER: Final = re.compile(r"\A---\n(.*?)\n---\n(.*)\Z", re.DOTALL)
IDENTIFIER: Final = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*\Z")
LANGUAGE: Final = re.compile(r"[a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*\Z")
OWN_RUNBOOKS: Final = Path(__file__).parent / "own"
SERVICES: Final = Path(__file__).parent.parent / "services"
MOST_OPTIONS: Final = 3
LONGEST_ID: Final = 64
MOST_SYMPTOMS: Final = 40
LONGEST_SYMPTOM: Final = 200
LONGEST_RELAPSE: Final = 720
"""Hours."""


class WrongRunbook(StewardError):
    """A runbook cannot be used; the text names the file and the mistake."""

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
        # The parser in C takes a tenth of the time, at each start.
        front = yaml.load(found[1], Loader=yaml.CSafeLoader)
        if not isinstance(front, dict):
            raise WrongRunbook(name, "front matter must be keys and values")
        if contains_itself(front):
            raise WrongRunbook(name, "front matter has an alias within its own value")
        runbook = Runbook.from_dict({**front, "text": found[2].strip()})
    except yaml.YAMLError as err:
        raise WrongRunbook(name, f"front matter is not YAML: {err}") from err
    except RecursionError as err:
        raise WrongRunbook(name, "front matter is nested too deeply") from err
    except Invalid as err:
        raise WrongRunbook(name, str(err)) from err
    for reason in _mistakes(runbook):
        raise WrongRunbook(name, reason)
    return runbook


def check(name: str, runbook: Runbook, services: Mapping[str, AnyService]) -> None:
    """Raise WrongRunbook when a tool, an action, a capability or an argument does not exist.

    A capability must be offered by at least one service that takes the arguments.
    """
    for look in (*runbook.looks, *(look for one in runbook.recipes for look in one.looks)):
        tools = _offered("tool", look.tool, look.capability, services)
        mistakes = [_look_mistake(look, one) for one in tools]
        _check_any(name, "tool" if look.tool else "capability", look.name, mistakes)
    for recipe in runbook.recipes:
        offered: dict[str | None, tuple[Action[Any], ...]] = {}
        for step in (one for one in recipe.steps if one.wait_for is None):
            actions = offered[step.id] = _offered("action", step.action, step.capability, services)
            mistakes = [_step_mistake(step, one, offered) for one in actions]
            _check_any(name, "action" if step.action else "capability", step.name, mistakes)
    for one in _abouts(runbook):
        if one.target is not None and one.target.service not in (None, *services):
            raise WrongRunbook(name, f"there is no service {one.target.service}")


def _abouts(runbook: Runbook) -> Iterable[Look | Step | Condition]:
    """Yield everything that may name a target."""
    yield from runbook.looks
    for recipe in runbook.recipes:
        yield from recipe.looks
        yield from recipe.steps
        yield from recipe.verify
        yield from (step.wait_for for step in recipe.steps if step.wait_for is not None)


def _services(runbook: Runbook) -> Iterable[str]:
    """Yield the services that a runbook names in a tool, an action or a target."""
    for one in _abouts(runbook):
        if isinstance(one, Look | Step) and "." in one.name:
            yield one.name.partition(".")[0]
        if one.target is not None and one.target.service is not None:
            yield one.target.service


def _offered(
    what: Literal["tool", "action"],
    named: str | None,
    capability: str | None,
    services: Mapping[str, AnyService],
) -> tuple[Any, ...]:
    """Return the tools or actions that a name (``service.key``) or a capability may stand for."""
    return tuple(
        one
        for service in services.values()
        for one in (service.tools if what == "tool" else service.actions)
        if (f"{service.key}.{one.key}" == named or (named is None and one.capability == capability))
        and not (isinstance(one, Tool) and one.is_owner_only)
    )


def _check_any(name: str, what: str, key: str, mistakes: Sequence[str | None]) -> None:
    """Raise WrongRunbook with the first mistake when no candidate is without one."""
    if not mistakes:
        raise WrongRunbook(name, f"there is no {what} {key}")
    if all(mistakes):
        raise WrongRunbook(name, f"{key}: {mistakes[0]}")


def _look_mistake(look: Look, tool: Tool[Any]) -> str | None:
    try:
        check_arguments(look.arguments, tool.arguments)
    except InvalidArgument as err:
        return str(err)
    return None


def _step_mistake(
    step: Step, action: Action[Any], offered: Mapping[str | None, tuple[Action[Any], ...]]
) -> str | None:
    """Return the first mistake; ``offered`` is what each earlier step may stand for, by its id."""
    fields = {field.key: field for field in action.arguments}
    given = {*step.arguments, *step.scaled}
    for argument in sorted(given - set(fields)):
        return f"has no argument {argument}"
    for field in fields.values():
        if field.required and field.default is None and field.key not in given:
            return f"needs the argument {field.key}"
    try:
        for argument, value in step.constants.items():
            check_value(fields[argument], value)
    except InvalidArgument as err:
        return str(err)
    for argument, reference in step.references.items():
        reason = _reference_mistake(fields[argument], reference, offered.get(reference.step, ()))
        if reason is not None:
            return f"{argument}: {reason}"
    return None


def _reference_mistake(field: Field, reference: Reference, producers: Iterable[Action[Any]]) -> str | None:
    """Return why none of the actions has an output that the argument takes, None when one has."""
    reasons = [
        mismatch(output, field)
        for action in producers
        for output in action.outputs
        if output.key == reference.output
    ]
    if not reasons:
        return f"step {reference.step} has no output {reference.output}"
    return reasons[0] if all(reasons) else None


def built_in_folders() -> tuple[Path, ...]:
    """Return the folders of runbooks that come with the app: general ones, then those of services."""
    return (OWN_RUNBOOKS, *folders_in_services(SERVICES))


def folders_in_services(services: Path) -> tuple[Path, ...]:
    """Return the folders of runbooks inside the folders of services."""
    return tuple(sorted(services.glob("[!.]*/runbooks")))


def read_library(
    folders: Iterable[Path], services: Mapping[str, AnyService], broken: Container[str] = ()
) -> dict[str, Runbook]:
    """Return all runbooks of the folders by id; a later folder replaces an id.

    A runbook that names one of the ``broken`` services, which could not be loaded, is left out.
    Raises WrongRunbook naming the file.
    """
    library: dict[str, Runbook] = {}
    for folder in folders:
        library |= _read_folder(folder, services, broken)
    return library


def _read_folder(
    folder: Path, services: Mapping[str, AnyService], broken: Container[str]
) -> dict[str, Runbook]:
    found: dict[str, Runbook] = {}
    for path in sorted(folder.glob("*.md")):
        try:
            text = path.read_text(encoding="utf-8")
        except ValueError as err:
            raise WrongRunbook(path.name, "is not UTF-8 text") from err
        runbook = parse(path.name, text)
        needed = next((one for one in _services(runbook) if one in broken and one not in services), None)
        if needed is not None:
            log.warning("runbook is left out", file=path.name, service=needed)
            continue
        check(path.name, runbook, services)
        if runbook.id in found:
            raise WrongRunbook(path.name, f"{runbook.id} exists already")
        found[runbook.id] = runbook
    return found


def _mistakes(runbook: Runbook) -> Iterable[str]:
    """Yield the mistakes that the types do not rule out."""
    yield from _id_mistakes("id", runbook.id)
    if runbook.version < 1:
        yield "version must be 1 or more"
    if not LANGUAGE.match(runbook.language):
        yield "language must be a language tag such as en or pt-BR"
    if not 1 <= len(runbook.recipes) <= MOST_OPTIONS:
        yield f"needs one to {MOST_OPTIONS} recipes"
    if len({recipe.id for recipe in runbook.recipes}) != len(runbook.recipes):
        yield "two recipes have the same id"
    yield from _symptom_mistakes(runbook.symptoms)
    yield from _name_mistakes("look", runbook.looks)
    for recipe in runbook.recipes:
        yield from _recipe_mistakes(recipe, is_read_back=runbook.each is not None)
    if runbook.each is not None:
        yield from _each_mistakes(runbook)
    for one in _abouts(runbook):
        yield from _target_mistakes(one)


def _each_mistakes(runbook: Runbook) -> Iterable[str]:
    """Yield what a runbook for each thing of a stack, or each instance, cannot have.

    The action for a stack is read back by itself.
    """
    if runbook.match.alerts or runbook.match.checks:
        yield "with each, only people ask for it: it cannot match alerts or checks"
    acting = [one for one in runbook.recipes if one.kind is OptionKind.ACT]
    if runbook.each is Each.INSTANCE:
        if acting or any(one.kind is not OptionKind.INVESTIGATE for one in runbook.recipes):
            yield "with each: instance, it only reads: each recipe has kind: investigate"
        return
    if not acting:
        yield "with each: stack, one recipe changes something"
    if len(acting) > 1:
        yield "with each, only one recipe can change something"
    for recipe in acting:
        first = recipe.steps[0]
        step = Step(action=first.action, capability=first.capability)
        if recipe != Recipe(id=recipe.id, label=recipe.label, steps=(step,)):
            yield f"recipe {recipe.id}: with each, it has one step with an action or capability only"


def _symptom_mistakes(symptoms: Sequence[str]) -> Iterable[str]:
    if len(symptoms) > MOST_SYMPTOMS:
        yield f"symptoms must have at most {MOST_SYMPTOMS} entries"
    if len({one.casefold() for one in symptoms}) != len(symptoms):
        yield "symptoms has an entry twice"
    for one in symptoms:
        if not one.strip() or "\n" in one or len(one) > LONGEST_SYMPTOM:
            yield f"symptom {one[:40]!r} must be one line of at most {LONGEST_SYMPTOM} characters"


def _target_mistakes(one: Look | Step | Condition) -> Iterable[str]:
    if one.target is None:
        return
    named = one.target
    if named.reading is not None and (named.kind is None or isinstance(one, Condition)):
        yield f"{one.name!r}: a target with reading needs kind, and only a look or a step can have it"
    if not (named.service or named.instance or named.role or named.reading):
        yield f"{one.name!r}: target needs service, instance or role"
    if one.of is not Of.TARGET:
        yield f"{one.name!r} has both of and target"


def _name_mistakes(what: str, entries: Iterable[Look | Step]) -> Iterable[str]:
    for one in entries:
        exact = one.tool if isinstance(one, Look) else one.action
        if (exact is None) == (one.capability is None):
            key = "tool" if isinstance(one, Look) else "action"
            yield f"{what} {one.name!r} needs either {key} or capability"


def _recipe_mistakes(recipe: Recipe, *, is_read_back: bool) -> Iterable[str]:
    """Yield the mistakes of a recipe. ``is_read_back``: its action says whether it succeeded."""
    yield from _id_mistakes("recipe id", recipe.id)
    acts = recipe.kind is OptionKind.ACT
    if recipe.kind in (OptionKind.DEFER, OptionKind.EACH):
        yield f"recipe {recipe.id}: {recipe.kind} is for updates only"
    if acts and not recipe.steps:
        yield f"recipe {recipe.id} has no steps"
    elif acts and all(step.wait_for is not None for step in recipe.steps):
        yield f"recipe {recipe.id} only waits"
    if acts and not recipe.verify and not is_read_back:
        yield f"recipe {recipe.id} does not say how to verify"
    if not acts and recipe.steps:
        yield f"recipe {recipe.id} changes nothing: it cannot have steps"
    yield from _number_mistakes(recipe)
    yield from _name_mistakes(f"recipe {recipe.id}: look", recipe.looks)
    actions = [step for step in recipe.steps if step.wait_for is None]
    yield from _name_mistakes(f"recipe {recipe.id}: step", actions)
    yield from _step_id_mistakes(recipe)
    yield from _wait_mistakes(recipe)
    if len({condition.name for condition in recipe.verify}) != len(recipe.verify):
        yield f"recipe {recipe.id}: two conditions have the same name"
    for condition in recipe.verify:
        yield from _bound_mistakes(condition)


def _bound_mistakes(condition: Condition) -> Iterable[str]:
    bounds = (condition.below, condition.above, condition.equals)
    if sum(bound is not None for bound in bounds) != 1:
        yield f"condition {condition.name!r} needs one of below, above, equals"
    is_seen_only_after = isinstance(condition, WaitFor) or condition.about is not Of.TARGET
    if condition.reading == ALERTING and is_seen_only_after:
        yield f"condition {condition.name!r}: only verify has the reading {ALERTING}, without of and target"


def _step_id_mistakes(recipe: Recipe) -> Iterable[str]:
    """Yield mistakes in the ids of steps; a reference names an earlier step that is an action."""
    known: set[str] = set()
    earlier: set[str] = set()
    for step in recipe.steps:
        for key, reference in step.references.items():
            if reference.step not in earlier:
                yield f"recipe {recipe.id}: {key}: no earlier action has the id {reference.step}"
            if key in step.scaled:
                yield f"recipe {recipe.id}: {key} is given twice"
        if step.id is None:
            continue
        yield from _id_mistakes(f"recipe {recipe.id}: step id", step.id)
        if step.id in known:
            yield f"recipe {recipe.id}: two steps have the id {step.id}"
        known.add(step.id)
        if step.wait_for is None:
            earlier.add(step.id)


def _wait_mistakes(recipe: Recipe) -> Iterable[str]:
    for step in recipe.steps:
        if step.wait_for is None:
            continue
        if Step(id=step.id, wait_for=step.wait_for) != step:
            yield f"recipe {recipe.id}: a step with wait_for can only have an id"
        if not recipe.settle <= step.wait_for.within < math.inf:
            yield f"recipe {recipe.id}: within of wait_for must be at least settle"
        yield from _bound_mistakes(step.wait_for)


def _number_mistakes(recipe: Recipe) -> Iterable[str]:
    if not 0 < recipe.settle <= recipe.within < math.inf:
        yield f"recipe {recipe.id}: within must be at least settle, both above 0"
    if not 1 <= recipe.relapse <= LONGEST_RELAPSE:
        yield f"recipe {recipe.id}: relapse must be from 1 to {LONGEST_RELAPSE} hours"
    yield from _backup_mistakes(recipe)
    for step in recipe.steps:
        for key, rule in step.scaled.items():
            if not (0 < rule.step < math.inf and 0 < rule.times < math.inf):
                yield f"recipe {recipe.id}: {key}: step and times must be above 0"


def _backup_mistakes(recipe: Recipe) -> Iterable[str]:
    if recipe.needs_backup is not None and not 0 < recipe.needs_backup < math.inf:
        yield f"recipe {recipe.id}: needs_backup must be above 0"
    if recipe.needs_proof is None:
        return
    if not 0 < recipe.needs_proof.days < math.inf:
        yield f"recipe {recipe.id}: days of needs_proof must be above 0"
    if recipe.needs_proof.level.rank < RESTORABLE_FROM.rank:
        yield f"recipe {recipe.id}: level of needs_proof must be booted or answered"


def _id_mistakes(what: str, name: str) -> Iterable[str]:
    if not IDENTIFIER.match(name):
        yield f"{what} {name!r} must be lower-case letters, digits and dashes"
    if len(name) > LONGEST_ID:
        yield f"{what} {name!r} must have at most {LONGEST_ID} characters"
