"""Bounds of what a plan is made of, and what links its steps."""

from dataclasses import replace

import pytest

from homelab_steward.contract.base import Value
from homelab_steward.contract.catalogue import Field, Risk, SettingKind
from homelab_steward.contract.step_parts import Difference, PlannedReference, PlannedStep, PlannedWait
from rig import records
from rig.inventory import box
from rig.toy import SERVICE
from steward.agent.plans.plan import (
    arguments_for,
    output_value,
    plan_hash,
    planned_reference,
    planned_step,
    planned_wait,
    scale,
    unknown_dry_run,
)
from steward.errors import InvalidArgument
from steward.runbooks.model import Reference, Scaled, Step, WaitFor
from steward.sdk.arguments import MOST
from steward.sdk.description import DryRun
from steward.sdk.outputs import Output, OutputKind

MEMORY = Field(key="memory", kind=SettingKind.NUMBER, name="Memory", minimum=16, maximum=4096)
CORES = Field(key="cores", kind=SettingKind.NUMBER, name="Cores", minimum=1, maximum=8)
MODE = Field(key="mode", kind=SettingKind.CHOICE, name="Mode", choices=("fast", "safe", "off"))
GUEST = Field(key="guest", kind=SettingKind.TARGET, name="Guest", scope="guest")
FIELDS = (CORES, MEMORY, MODE, GUEST)
OUTPUTS = (
    Output(key="other", kind=OutputKind.NUMBER),
    Output(key="granted", kind=OutputKind.NUMBER),
    Output(key="chosen", kind=OutputKind.CHOICE, choices=("fast", "safe")),
    Output(key="made", kind=OutputKind.TARGET, scope="guest"),
)
NUMBER = PlannedReference(
    argument="memory", step="first", output="granted", kind="number", minimum=16.0, maximum=4096.0
)
CHOICE = PlannedReference(
    argument="mode", step="first", output="chosen", kind="choice", choices=("fast", "safe")
)
TARGET = PlannedReference(argument="guest", step="first", output="made", kind="target", scope="guest")
LINKED_HASH = "d67286a54cd5d571f708b6fef8bdecbf186257aba5ac4306b75a7aeda7eb8acf"


@pytest.mark.parametrize(
    ("rule", "reading", "expected"),
    [
        (Scaled(reading="r", times=1.0, step=1), MOST, MOST),
        # A rounding error is below a millionth of a step.
        (Scaled(reading="r", times=2.0, step=1), 0.500_000_1, 1),
        (Scaled(reading="r", times=2.0, step=1), 0.500_001, 2),
    ],
)
def test_bounds_of_scaled_readings(rule: Scaled, reading: float, expected: float) -> None:
    assert scale(rule, reading) == expected


@pytest.mark.parametrize(
    ("rule", "reading"),
    [
        (Scaled(reading="r", times=1.0, step=1), MOST + 2),
        (Scaled(reading="r", times=1.5, step=256), MOST),
        (Scaled(reading="r", times=1.0, step=1), -MOST - 2),
    ],
)
def test_readings_above_the_bound_are_not_scaled(rule: Scaled, reading: float) -> None:
    with pytest.raises(InvalidArgument, match="is too large"):
        scale(rule, reading)


@pytest.mark.parametrize(
    ("interrupted", "note", "expected"),
    [
        ("Home Assistant runs here", "", "Home Assistant runs here."),
        ("Home Assistant runs here.", "Restarts it.", "Home Assistant runs here. Restarts it."),
        (None, "Restarts it.", "Restarts it."),
    ],
)
def test_the_note_begins_with_what_is_interrupted(interrupted: str | None, note: str, expected: str) -> None:
    action = SERVICE.actions[0]
    step = planned_step(
        action, "toy.any", box(), {}, DryRun(differences=(), baseline={}, note=note), interrupted
    )
    assert step.note == expected
    assert step.risk is (action.risk if interrupted is None else Risk.HIGH)


def test_the_hash_of_linked_steps_does_not_change_with_an_update() -> None:
    """An approval that was given before an update holds after it."""
    wait = PlannedWait(name="It runs", reading="running", within=60.0, settle=5.0, equals=True)
    steps = (replace(records.step(), id="first"), replace(records.step(), references=(NUMBER,), wait=wait))
    assert plan_hash("book", 1, "recipe", steps, 1) == LINKED_HASH
    renamed = (steps[0], replace(steps[1], wait=replace(wait, name="Runs")))
    assert plan_hash("book", 1, "recipe", renamed, 1) == LINKED_HASH, "a name only explains"


@pytest.mark.parametrize(
    ("key", "output", "expected"),
    [("memory", "granted", NUMBER), ("mode", "chosen", CHOICE), ("guest", "made", TARGET)],
)
def test_a_reference_has_the_bounds_of_its_argument(
    key: str, output: str, expected: PlannedReference
) -> None:
    assert planned_reference(key, Reference(step="first", output=output), FIELDS, OUTPUTS) == expected


def test_a_reference_keeps_the_bounds_that_are_given() -> None:
    target = Reference(step="first", output="made")
    half = replace(GUEST, minimum=1, maximum=2)
    found = planned_reference("guest", target, [half], OUTPUTS)
    assert (found.minimum, found.maximum) == (1.0, 2.0)


@pytest.mark.parametrize(
    ("key", "output", "reason"),
    [
        ("swap", "granted", "swap: is not an argument of this action"),
        ("memory", "unknown", "memory: step first has no output unknown"),
        ("memory", "chosen", "memory: is a number, and chosen is a choice"),
    ],
)
def test_a_reference_that_does_not_fit_is_refused(key: str, output: str, reason: str) -> None:
    with pytest.raises(InvalidArgument) as refused:
        planned_reference(key, Reference(step="first", output=output), FIELDS, OUTPUTS)
    assert str(refused.value) == reason


@pytest.mark.parametrize(
    ("reference", "value"),
    [
        (NUMBER, 16),
        (NUMBER, 16.5),
        (NUMBER, 4096),
        (CHOICE, "fast"),
        (CHOICE, "safe"),
        (TARGET, "101"),
    ],
)
def test_an_output_that_was_approved_is_taken(reference: PlannedReference, value: Value) -> None:
    assert output_value(reference, value, {"101", "102"}) == value


NUMBER_TEXT = "memory: granted of step first must be a number from 16 to 4096"
CHOICE_TEXT = "mode: chosen of step first must be one of fast, safe"
TARGET_TEXT = "guest: made of step first must be the id of a guest that exists"


@pytest.mark.parametrize(
    ("reference", "value", "reason"),
    [
        (NUMBER, None, "memory: step first did not report granted"),
        (NUMBER, 15.9, NUMBER_TEXT),
        (NUMBER, 4096.1, NUMBER_TEXT),
        (NUMBER, "32", NUMBER_TEXT),
        (CHOICE, "off", CHOICE_TEXT),
        (CHOICE, "101", CHOICE_TEXT),
        (CHOICE, 1, CHOICE_TEXT),
        (TARGET, "103", TARGET_TEXT),
        (TARGET, "fast", TARGET_TEXT),
        (TARGET, 101, TARGET_TEXT),
    ],
)
def test_an_output_that_was_not_approved_is_refused(
    reference: PlannedReference, value: Value, reason: str
) -> None:
    with pytest.raises(InvalidArgument) as refused:
        output_value(reference, value, {"101", "102"})
    assert str(refused.value) == reason


def test_a_truth_is_not_a_number() -> None:
    with pytest.raises(InvalidArgument):
        output_value(replace(NUMBER, minimum=0.0), value=True, targets=())


def test_arguments_that_are_filled_in_later_are_not_missing() -> None:
    step = Step(action="toy.set_memory", arguments={"memory": Reference(step="first", output="granted")})
    assert arguments_for(step, [MEMORY], {}) == {}


def test_arguments_that_are_not_known_yet_are_shown_with_what_they_may_be() -> None:
    shown = unknown_dry_run([NUMBER, CHOICE])
    assert shown.differences == (
        Difference(
            field="memory",
            before="not known yet",
            after="granted of step first, a number from 16 to 4096",
        ),
        Difference(field="mode", before="not known yet", after="chosen of step first, one of fast, safe"),
    )
    assert shown.baseline == {}


@pytest.mark.parametrize(("step_id", "expected"), [("second", "second"), (None, "")])
def test_a_wait_as_a_person_sees_it(step_id: str | None, expected: str) -> None:
    condition = WaitFor(name="It runs", reading="running", within=60.0, below=3.0)
    assert planned_wait(condition, box(), 5.0, step_id) == PlannedStep(
        action="wait_for",
        target=box(),
        arguments={},
        title='Wait up to 1 minute for "It runs"',
        risk=Risk.LOW,
        reversible=True,
        id=expected,
        wait=PlannedWait(name="It runs", reading="running", within=60.0, settle=5.0, below=3.0),
    )
