"""A plan: resolved steps with targets and arguments, and the hash a decision is bound to."""

import hashlib
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import orjson

from homelab_steward.contract.base import Value
from homelab_steward.contract.catalogue import Field, Risk
from homelab_steward.contract.incidents import Difference, Option, PlannedStep
from homelab_steward.contract.state import TargetRef

from ..arguments import MOST, check_arguments
from ..description import Action, Client
from ..errors import InvalidArgument
from ..runbooks.model import Scaled, Step
from .storable_text import storable

POLICY_VERSION: Final = 1
"""Raised when the rules of the gate change: older approvals then no longer hold."""

PERSON_REQUEST: Final = "request:"
"""Begins what stands for a runbook's id when a person asked for a single action."""

LONGEST_WORDS: Final = 1_000

RISKS: Final = (Risk.LOW, Risk.MEDIUM, Risk.HIGH)


@dataclass(frozen=True, slots=True)
class Plan:
    """The steps of one option and the baselines their dry runs found."""

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

    That is the runbook and its version, the recipe, each step's action, resolved
    target, arguments and dry-run differences, and the version of the gate's rules.
    Texts that only explain (titles, notes) are left out.
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
    """Return whether an option is a single action a person asked for, not a runbook's."""
    return option.runbook_id is not None and option.runbook_id.startswith(PERSON_REQUEST)


def scale(rule: Scaled, reading: Value) -> float:
    """Return the reading times the factor, rounded up to a whole step, within its limit.

    Raises InvalidArgument when the reading is no finite number, or when nothing would
    grow (or shrink) any more.
    """
    if isinstance(reading, bool) or not isinstance(reading, int | float) or not math.isfinite(reading):
        raise InvalidArgument(rule.reading, "has no number to start from")
    exact = reading * rule.times / rule.step
    if not math.isfinite(exact) or abs(exact * rule.step) > MOST:
        raise InvalidArgument(rule.reading, "is too large")
    # A hair's breadth of float error must not cost a whole step.
    scaled = math.ceil(round(exact, 6)) * rule.step
    if rule.at_most is not None:
        scaled = min(scaled, rule.at_most)
    if (rule.times > 1 and scaled <= reading) or (rule.times < 1 and scaled >= reading):
        raise InvalidArgument(rule.reading, f"is already at its limit of {scaled:g}")
    return scaled


def arguments_for(step: Step, fields: Sequence[Field], readings: Mapping[str, Value]) -> dict[str, Value]:
    """Return the step's arguments from its constants and the target's readings.

    Raises InvalidArgument naming the key that is unknown, missing or out of range.
    """
    arguments: dict[str, Value] = dict(step.arguments)
    for key, rule in step.scaled.items():
        arguments[key] = scale(rule, readings.get(rule.reading))
    return check_arguments(arguments, fields)


def planned_step(
    action: Action[Client],
    name: str,
    target: TargetRef,
    arguments: Mapping[str, Value],
    differences: tuple[Difference, ...],
    note: str,
) -> PlannedStep:
    """Return the step as a person sees it. ``name`` is ``service.action``."""
    return PlannedStep(
        action=name,
        target=target,
        arguments=dict(arguments),
        title=action.name,
        risk=action.risk,
        reversible=action.reversible,
        differences=tuple(_fit(one) for one in differences),
        note=storable(note, LONGEST_WORDS),
        blast_radius=action.blast_radius,
    )


def _fit(one: Difference) -> Difference:
    """Return a difference as it can be stored; its texts come from a service."""
    return Difference(
        field=storable(one.field, LONGEST_WORDS),
        before=storable(one.before, LONGEST_WORDS),
        after=storable(one.after, LONGEST_WORDS),
    )


def highest_risk(steps: Sequence[PlannedStep]) -> Risk:
    """Return the highest risk of the steps, LOW when there are none."""
    return max((step.risk for step in steps), key=RISKS.index, default=Risk.LOW)
