"""A plan: resolved steps with targets and arguments, and the hash that an approval is bound to."""

import hashlib
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import orjson

from homelab_steward.contract.base import Value
from homelab_steward.contract.catalogue import Field, Risk
from homelab_steward.contract.incidents import Difference, Option, PlannedStep
from homelab_steward.contract.state import TargetRef

from ..errors import InvalidArgument
from ..runbooks.model import Readings, Scaled, Step
from ..sdk.arguments import MOST, check_arguments
from ..sdk.arguments import Targets as ArgumentTargets
from ..sdk.description import Action, Client, DryRun
from ..sdk.readings import NOT_REPORTED, Reading, Unknown
from .storable_text import storable

POLICY_VERSION: Final = 1
"""Raised when the rules of the gate change: older approvals are then refused."""

PERSON_REQUEST: Final = "request:"
"""Prefix of the id that stands for a runbook's when a person asked for a single action."""

LONGEST_TEXT: Final = 1_000

RISKS: Final = (Risk.LOW, Risk.MEDIUM, Risk.HIGH)


@dataclass(frozen=True, slots=True)
class Plan:
    """The steps of one option and the baselines of their dry runs."""

    runbook_id: str
    runbook_version: int
    recipe: str
    steps: tuple[PlannedStep, ...]
    baselines: tuple[Mapping[str, Value], ...]

    @property
    def digest(self) -> str:
        """The plan hash."""
        return plan_hash(self.runbook_id, self.runbook_version, self.recipe, self.steps)


def plan_hash(
    runbook_id: str,
    runbook_version: int,
    recipe: str,
    steps: Sequence[PlannedStep],
    policy_version: int = POLICY_VERSION,
) -> str:
    """Return the sha256 over everything a person approves.

    That is the runbook and its version, the recipe, each step's action, resolved target,
    arguments, dry-run differences and risk, and the version of the gate's rules. Texts that
    only explain (titles, notes) are not part of it.
    """
    material = {
        "runbook": runbook_id,
        "version": runbook_version,
        "recipe": recipe,
        "policy": policy_version,
        "steps": [
            {
                "action": step.action,
                "instance": step.target.instance_id,
                "kind": step.target.kind,
                "target": step.target.id,
                "arguments": step.arguments,
                "differences": [[one.field, one.before, one.after] for one in step.differences],
                "risk": step.risk,
                "reversible": step.reversible,
            }
            for step in steps
        ],
    }
    canonical = orjson.dumps(material, option=orjson.OPT_SORT_KEYS)
    return hashlib.sha256(canonical).hexdigest()


def is_person_request(option: Option) -> bool:
    """Return whether an option is a single action that a person asked for, not a runbook's."""
    return option.runbook_id is not None and option.runbook_id.startswith(PERSON_REQUEST)


def scale(rule: Scaled, reading: Reading) -> float:
    """Return the reading times the factor, rounded up to a whole step, within its limit.

    Raises InvalidArgument when the reading is not known or not a finite number, or when the
    result would not be larger (or smaller) than the reading.
    """
    if isinstance(reading, Unknown):
        raise InvalidArgument(rule.reading, f"is not known: {reading.reason}")
    if isinstance(reading, bool) or not isinstance(reading, int | float) or not math.isfinite(reading):
        raise InvalidArgument(rule.reading, "is not a number")
    exact = reading * rule.times / rule.step
    if not math.isfinite(exact) or abs(exact * rule.step) > MOST:
        raise InvalidArgument(rule.reading, "is too large")
    # A rounding error of floats must not cost a whole step.
    scaled = math.ceil(round(exact, 6)) * rule.step
    if rule.at_most is not None:
        scaled = min(scaled, rule.at_most)
    if (rule.times > 1 and scaled <= reading) or (rule.times < 1 and scaled >= reading):
        raise InvalidArgument(rule.reading, f"is already at its limit of {scaled:g}")
    return scaled


def arguments_for(
    step: Step, fields: Sequence[Field], readings: Readings, targets: ArgumentTargets | None = None
) -> dict[str, Value]:
    """Return the step's arguments from its constants and the target's readings.

    Raises InvalidArgument naming the key that is unknown, missing or out of range, or that
    names none of ``targets``.
    """
    arguments: dict[str, Value] = dict(step.arguments)
    for key, rule in step.scaled.items():
        arguments[key] = scale(rule, readings.get(rule.reading, Unknown(NOT_REPORTED)))
    return check_arguments(arguments, fields, targets)


def planned_step(
    action: Action[Client],
    name: str,
    target: TargetRef,
    arguments: Mapping[str, Value],
    dry: DryRun,
    interrupted: str | None,
) -> PlannedStep:
    """Return the step as a person sees it. ``name`` is ``service.action``.

    ``interrupted`` is what of ours the action would interrupt: then its risk is high.
    """
    return PlannedStep(
        action=name,
        target=target,
        arguments=dict(arguments),
        title=action.name,
        risk=action.risk if interrupted is None else Risk.HIGH,
        reversible=action.reversible,
        differences=tuple(_fit(one) for one in dry.differences),
        note=storable(" ".join(_notes(dry.note, interrupted)), LONGEST_TEXT),
        blast_radius=action.blast_radius,
    )


def _notes(note: str, interrupted: str | None) -> Iterator[str]:
    if interrupted is not None:
        yield f"{interrupted.removesuffix('.')}."
    if note:
        yield note


def _fit(one: Difference) -> Difference:
    """Return a difference in a form that can be stored; its texts come from a service."""
    return Difference(
        field=storable(one.field, LONGEST_TEXT),
        before=storable(one.before, LONGEST_TEXT),
        after=storable(one.after, LONGEST_TEXT),
    )


def highest_risk(steps: Sequence[PlannedStep]) -> Risk:
    """Return the highest risk of the steps, LOW when there are none."""
    return max((step.risk for step in steps), key=RISKS.index, default=Risk.LOW)
