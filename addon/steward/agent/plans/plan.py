"""A plan: resolved steps with targets and arguments, and the hash that an approval is bound to."""

import hashlib
import math
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import orjson

from homelab_steward.contract.base import Value
from homelab_steward.contract.catalogue import Field, Risk
from homelab_steward.contract.proposals import BACK, CHANGE, Option
from homelab_steward.contract.state import TargetRef
from homelab_steward.contract.step_arguments import argument_text, with_unit
from homelab_steward.contract.step_parts import (
    Difference,
    PlannedReference,
    PlannedStep,
    PlannedWait,
    ShownArgument,
)

from ...errors import InvalidArgument, ServiceUnreachable
from ...runbooks.model import Readings, Reference, Scaled, Step, WaitFor
from ...sdk.arguments import MOST, check_arguments
from ...sdk.arguments import Targets as ArgumentTargets
from ...sdk.description import ALSO_CHANGES, Action, Answer, Call, Client, DryRun, Tool
from ...sdk.outputs import Output, OutputKind, mismatch
from ...sdk.readings import NOT_REPORTED, NotKnown, Reading, Unknown
from ...store.storable_text import storable
from ...texts import Texts, english, said_in, spoken, translate

POLICY_VERSION: Final = 1
"""Raised when the rules of the gate change: older approvals are then refused."""

PERSON_REQUEST: Final = "request:"
"""Prefix of ``runbook_id`` in the plan of a single action that a person asked for."""

WAIT: Final = "wait_for"
"""The action of a step that only waits."""

NOT_KNOWN_YET: Final = english("not known yet")

LONGEST_TEXT: Final = 1_000

RISKS: Final = (Risk.LOW, Risk.MEDIUM, Risk.HIGH)


@dataclass(frozen=True, slots=True)
class Plan:
    """The steps of one option and the baselines of their dry runs.

    ``unknown_facts`` are the facts about the home that it depends on and that are not known.
    """

    runbook_id: str
    runbook_version: int
    recipe: str
    steps: tuple[PlannedStep, ...]
    baselines: tuple[Mapping[str, Value], ...]
    unknown_facts: tuple[str, ...] = ()

    @property
    def digest(self) -> str:
        """The plan hash."""
        return plan_hash(self.runbook_id, self.runbook_version, self.recipe, self.steps)


@dataclass(frozen=True, slots=True)
class ReadyStep:
    """A step that can be carried out: its action, client and checked call."""

    action: Action[Any]
    client: Client
    call: Call


@dataclass(frozen=True, slots=True)
class ReadyLook:
    """A tool with its checked call, which can be read as soon as there is a client."""

    name: str
    tool: Tool[Any]
    client: Callable[[], Client]
    call: Call
    clean: Callable[[str], str]

    async def read(self) -> Answer:
        """Return the answer without configured secrets. Raises ServiceError."""
        try:
            answer = await self.tool.read(self.client(), self.call)
        except NotKnown as err:
            raise ServiceUnreachable(str(err)) from err
        return replace(answer, title=self.clean(answer.title), text=self.clean(answer.text))


def plan_hash(
    runbook_id: str,
    runbook_version: int,
    recipe: str,
    steps: Sequence[PlannedStep],
    policy_version: int = POLICY_VERSION,
) -> str:
    """Return the sha256 over everything a person approves.

    That is the runbook and its version, the recipe, each step's action, resolved target with its
    name, arguments, what the dry run read and would change, the risk, and the version of the
    gate's rules. So an approval does not hold for another guest that got the same number, nor
    after somebody else restarted or changed the target. For an output
    of an earlier step, that is the step's id, the output and what its value may be; for a wait,
    the condition and its times; for a step of several targets, the steps that it needs, those
    without which it is undone, and the recipe that it belongs to. Texts that only explain (titles,
    notes) are not part of it.
    """
    material = {
        "runbook": runbook_id,
        "version": runbook_version,
        "recipe": recipe,
        "policy": policy_version,
        "steps": [_material(step) for step in steps],
    }
    canonical = orjson.dumps(material, option=orjson.OPT_SORT_KEYS)
    return hashlib.sha256(canonical).hexdigest()


def _material(step: PlannedStep) -> dict[str, object]:
    """Return everything of a step that a person approves."""
    material: dict[str, object] = {
        "action": step.action,
        "instance": step.target.instance_id,
        "kind": step.target.kind,
        "target": step.target.id,
        "name": step.target.name,
        "dry_run": step.dry_run_digest,
        "arguments": step.arguments,
        "differences": [[one.field, one.before, one.after] for one in step.differences],
        "risk": step.risk,
        "reversible": step.reversible,
    }
    if step.id:
        material["id"] = step.id
    if step.references:
        material["references"] = step.references
    if step.after is not None:
        material["after"] = step.after
        material["undone_without"] = step.undone_without
    if step.recipe is not None:
        material["recipe"] = step.recipe
    if step.preserves:
        material["preserves"] = True
    if step.wait is not None:
        material["wait"] = replace(step.wait, name="", failure="", late="")
    return material


def is_person_request(option: Option) -> bool:
    """Return whether an option is a single action that a person asked for, not a runbook's."""
    return option.runbook_id is not None and option.runbook_id.startswith(PERSON_REQUEST)


def is_change(option: Option) -> bool:
    """Return whether an option applies an update."""
    return option.runbook_id is not None and option.runbook_id.startswith(CHANGE)


def is_back(option: Option) -> bool:
    """Return whether an option restores the data from before an update."""
    return option.runbook_id is not None and option.runbook_id.startswith(BACK)


def reads_itself_back(option: Option) -> bool:
    """Return whether the steps of an option verify themselves, because no recipe verifies them."""
    return is_person_request(option) or is_change(option) or is_back(option)


def scale(rule: Scaled, reading: Reading) -> float:
    """Return the reading times the factor, rounded up to a whole step, within its limit.

    Raises InvalidArgument when the reading is not known or not a finite number, or when the
    result would not be larger (or smaller) than the reading.
    """
    if isinstance(reading, Unknown):
        raise InvalidArgument(rule.reading, t"is not known: {reading.reason}")
    if isinstance(reading, bool) or not isinstance(reading, int | float) or not math.isfinite(reading):
        raise InvalidArgument(rule.reading, t"is not a number")
    exact = reading * rule.times / rule.step
    if not math.isfinite(exact) or abs(exact * rule.step) > MOST:
        raise InvalidArgument(rule.reading, t"is too large")
    # A rounding error of floats must not cost a whole step.
    scaled = math.ceil(round(exact, 6)) * rule.step
    if rule.at_most is not None:
        scaled = min(scaled, rule.at_most)
    if (rule.times > 1 and scaled <= reading) or (rule.times < 1 and scaled >= reading):
        raise InvalidArgument(rule.reading, t"is already at its limit of {scaled:g}")
    return scaled


def arguments_for(
    step: Step, fields: Sequence[Field], readings: Readings, targets: ArgumentTargets | None = None
) -> dict[str, Value]:
    """Return the step's arguments from its constants and the target's readings.

    Arguments that outputs of earlier steps fill in are left out. Raises InvalidArgument naming
    the key that is unknown, missing or out of range, or that names none of ``targets``.
    """
    arguments = step.constants
    for key, rule in step.scaled.items():
        arguments[key] = scale(rule, readings.get(rule.reading, Unknown(NOT_REPORTED)))
    own = [field for field in fields if field.key not in step.references]
    return check_arguments(arguments, own, targets)


def planned_reference(
    key: str, reference: Reference, fields: Sequence[Field], outputs: Sequence[Output]
) -> PlannedReference:
    """Return a reference with the bounds of its value: those of the argument and of the output.

    Raises InvalidArgument when there is no such argument or output, or when they do not fit.
    """
    field = next((one for one in fields if one.key == key), None)
    if field is None:
        raise InvalidArgument(key, t"is not an argument of this action")
    output = next((one for one in outputs if one.key == reference.output), None)
    if output is None:
        raise InvalidArgument(key, t"step {reference.step} has no output {reference.output}")
    reason = mismatch(output, field)
    if reason is not None:
        raise InvalidArgument(key, reason)
    return PlannedReference(
        argument=key,
        step=reference.step,
        output=output.key,
        kind=output.kind.value,
        minimum=None if field.minimum is None else float(field.minimum),
        maximum=None if field.maximum is None else float(field.maximum),
        choices=output.choices,
        scope=output.scope,
    )


def output_value(reference: PlannedReference, value: Value, targets: Collection[str]) -> Value:
    """Return the value of an output when it is within the approved bounds.

    ``targets`` are the ids that an output of the kind target may be. Raises InvalidArgument
    without the value: its text comes from outside.
    """
    if value is None:
        raise InvalidArgument(reference.argument, t"step {reference.step} did not report {reference.output}")
    if not _is_approved(reference, value, targets):
        raise InvalidArgument(
            reference.argument,
            translate(t"{reference.output} of step {reference.step} must be {_allowed(reference)}"),
        )
    return value


def _is_approved(reference: PlannedReference, value: Value, targets: Collection[str]) -> bool:
    if reference.kind != OutputKind.NUMBER:
        allowed = reference.choices if reference.kind == OutputKind.CHOICE else targets
        return isinstance(value, str) and value in allowed
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    low, high = reference.minimum, reference.maximum
    return low is not None and high is not None and low <= value <= high


def _allowed(reference: PlannedReference) -> str:
    """Return the bounds of a reference's value, as a text for people."""
    if reference.kind == OutputKind.NUMBER:
        return translate(t"a number from {reference.minimum:g} to {reference.maximum:g}")
    if reference.kind == OutputKind.CHOICE:
        return translate(t"one of {', '.join(reference.choices)}")
    return translate(t"the id of a {reference.scope} that exists")


def unknown_dry_run(references: Sequence[PlannedReference]) -> DryRun:
    """Return the dry run of a step whose arguments are not known yet: one difference for each of them."""
    return DryRun(
        differences=tuple(
            Difference(
                field=one.argument,
                before=translate(NOT_KNOWN_YET),
                after=translate(t"{one.output} of step {one.step}, {_allowed(one)}"),
            )
            for one in references
        ),
        baseline={},
    )


def planned_wait(condition: WaitFor, target: TargetRef, settle: float, step_id: str | None) -> PlannedStep:
    """Return a step that only waits, as a person sees it. ``settle`` is in seconds."""
    wait = PlannedWait(
        name=spoken(lambda texts: texts.name(condition.name)),
        reading=condition.reading,
        within=condition.within,
        settle=settle,
        below=condition.below,
        above=condition.above,
        equals=condition.equals,
    )
    return replace(waiting_step(wait, target), id=step_id or "")


def waiting_step(wait: PlannedWait, target: TargetRef) -> PlannedStep:
    """Return a step that only waits, as a person sees it."""

    def title(texts: Texts) -> str:
        length, name = texts.exact_duration(wait.within), said_in(wait.name, texts)
        return texts(t'Wait up to {length} for "{name}"')

    return PlannedStep(
        action=WAIT,
        target=target,
        arguments={},
        title=spoken(title),
        risk=Risk.LOW,
        reversible=True,
        wait=wait,
    )


def planned_step(
    action: Action[Client],
    name: str,
    target: TargetRef,
    arguments: Mapping[str, Value],
    dry: DryRun,
    interrupted: str | None,
) -> PlannedStep:
    """Return the step as a person sees it. ``name`` is ``service.action``.

    ``interrupted`` says which of Home Assistant and the steward the action interrupts: then its risk is high.
    """
    return PlannedStep(
        action=name,
        target=target,
        arguments=dict(arguments),
        title=spoken(lambda texts: texts.name(action.name)),
        risk=action.risk if interrupted is None else Risk.HIGH,
        reversible=action.reversible,
        differences=tuple(_fit(one) for one in dry.differences),
        note=storable(" ".join(_notes(dry.note, interrupted)), LONGEST_TEXT),
        blast_radius=spoken(lambda texts: texts.name(action.blast_radius)),
        dry_run_digest=_digest(dry.bound),
        shown={one.key: _shown(one, arguments[one.key]) for one in action.arguments if one.key in arguments},
    )


def also_changed(target: TargetRef, baseline: Mapping[str, Value]) -> tuple[TargetRef, ...]:
    """Return the further targets that an action or its undo changes, by the baseline of its dry run."""
    ids = str(baseline.get(ALSO_CHANGES, "")).split(",")
    return tuple(replace(target, id=one, name=one.rpartition("/")[2]) for one in ids if one)


def _shown(field: Field, value: Value) -> ShownArgument:
    """Return an argument as people see it, in the language of the household."""
    if isinstance(value, bool):
        text = spoken(lambda texts: texts(t"yes") if value else texts(t"no"))
    else:
        text = argument_text(value)
    return ShownArgument(name=spoken(lambda texts: texts.name(field.name)), value=with_unit(text, field.unit))


def _digest(baseline: Mapping[str, Value]) -> str:
    """Return the sha256 of a baseline, which itself may be long or private."""
    return hashlib.sha256(orjson.dumps(dict(baseline), option=orjson.OPT_SORT_KEYS)).hexdigest()


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
