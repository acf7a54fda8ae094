"""One line for each option of a request: what it changes, whether it can be undone, and its risk."""

import re
from collections.abc import Sequence
from typing import Final

from homeassistant.util import dt as dt_util

from ..contract.catalogue import Catalogue
from ..contract.mode import Elevation
from ..contract.plain_text import one_line
from ..contract.proposals import Option, OptionKind
from ..contract.step_arguments import extra_arguments, names_of
from ..contract.step_parts import PlannedStep
from ..phrases import Phrases

_DIGEST: Final = re.compile(r"\b(sha256:[0-9a-f]{12}|[0-9a-f]{12})(?:[0-9a-f]{28}|[0-9a-f]{52})\b")
"""An image or a commit. The beginning identifies it; the hash of the plan contains all of it."""


def unknown_fact(fact: str, phrases: Phrases) -> str:
    """Return that a fact about the home is not known, which an option depends on."""
    return phrases("unknown_fact", text=phrases.get(f"fact_{fact}") or one_line(fact))


def plan_of(
    option: Option, phrases: Phrases, catalogue: Catalogue, elevation: Elevation | None = None
) -> str:
    """Return one option on one line: target, changes, arguments, and whether it is reversible.

    In ``elevation`` its owner may approve the option without a second person; None for none.
    """
    head = f"{option.number} {one_line(option.label)}"
    if option.kind is OptionKind.DEFER:
        return f"{head}: {phrases('asks_again')}"
    if not option.kind.changes_something:
        return f"{head}: {phrases('changes_nothing')}"
    steps = [f"{_step(step, catalogue)}{_place(step, option, phrases)}" for step in option.steps]
    changes = "; ".join((*steps, one_line(option.changes)) if option.changes else steps)
    undo = phrases("reversible" if option.reversible else "irreversible")
    risk = phrases(f"risk_{option.risk.value}")
    two = f" {_people(elevation, phrases)}" if option.needs_two else ""
    return f"{f'{head}: {changes}' if changes else head}. {undo} {risk}{two}"


def _people(elevation: Elevation | None, phrases: Phrases) -> str:
    """Return that two people have to approve, or who may do it alone until when."""
    if elevation is None:
        return phrases("needs_two")
    time = f"{dt_util.as_local(elevation.ends_at):%H:%M}"
    return phrases("alone_until", person=one_line(elevation.person_name), time=time)


def _step(step: PlannedStep, catalogue: Catalogue) -> str:
    changes = [f"{one.field} {one.before} → {one.after}" for one in step.differences]
    changes += [f"{name} {_DIGEST.sub(r'\1…', value)}" for name, value in extra_arguments(step, catalogue)]
    text = f"{step.title} ({step.target.name})"
    return one_line(f"{text}: {', '.join(changes)}" if changes else text)


def _place(step: PlannedStep, option: Option, phrases: Phrases) -> str:
    """Return what a step waits for, without what it is undone, and which runbook offers it."""
    found = {
        "after_step": _names(step.after or (), option, phrases),
        "undone_without": _names(step.undone_without, option, phrases),
    }
    found["from_runbook"] = one_line(step.runbook)
    return "".join(f", {phrases(key, text=text)}" for key, text in found.items() if text)


def _names(positions: Sequence[int], option: Option, phrases: Phrases) -> str:
    names = names_of(positions, option.steps, lambda number: phrases("step_number", number=str(number)))
    return one_line(", ".join(names))
