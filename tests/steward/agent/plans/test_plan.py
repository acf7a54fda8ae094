"""Plans: what the hash covers, and which arguments are never let through."""

import math
from dataclasses import replace
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from homelab_steward.contract.base import Value
from homelab_steward.contract.catalogue import Field, Risk, SettingKind
from homelab_steward.contract.state import TargetRef
from homelab_steward.contract.step_parts import (
    Difference,
    PlannedReference,
    PlannedStep,
    PlannedWait,
    ShownArgument,
)
from rig import records
from rig.inventory import box
from rig.toy import SERVICE
from steward.agent.plans.plan import (
    POLICY_VERSION,
    Plan,
    arguments_for,
    highest_risk,
    is_person_request,
    plan_hash,
    planned_step,
    scale,
)
from steward.errors import InvalidArgument
from steward.runbooks.model import Scaled, Step
from steward.sdk.arguments import MOST, check_arguments, check_value
from steward.sdk.description import DryRun
from steward.sdk.readings import Unknown
from steward.texts import set_household, texts_of

TEXTS = st.text(st.characters(codec="utf-8"), max_size=12)
VALUES = st.one_of(
    TEXTS,
    st.booleans(),
    st.none(),
    st.integers(-(2**53), 2**53),
    st.floats(allow_nan=False, allow_infinity=False),
)
TARGETS = st.builds(TargetRef, instance_id=TEXTS, kind=TEXTS, id=TEXTS, name=TEXTS)
DIFFERENCES = st.builds(Difference, field=TEXTS, before=TEXTS, after=TEXTS)
NUMBERS = st.floats(allow_nan=False, allow_infinity=False)
REFERENCES = st.builds(
    PlannedReference,
    argument=TEXTS,
    step=TEXTS,
    output=TEXTS,
    kind=TEXTS,
    minimum=st.none() | NUMBERS,
    maximum=st.none() | NUMBERS,
    choices=st.lists(TEXTS, max_size=2).map(tuple),
    scope=st.none() | TEXTS,
)
WAITS = st.builds(
    PlannedWait,
    name=TEXTS,
    reading=TEXTS,
    within=NUMBERS,
    settle=NUMBERS,
    below=st.none() | NUMBERS,
    above=st.none() | NUMBERS,
    equals=VALUES,
)
STEPS = st.builds(
    PlannedStep,
    action=TEXTS,
    target=TARGETS,
    arguments=st.dictionaries(TEXTS, VALUES, max_size=3),
    title=TEXTS,
    risk=st.sampled_from(Risk),
    reversible=st.booleans(),
    differences=st.lists(DIFFERENCES, max_size=3).map(tuple),
    note=TEXTS,
    id=TEXTS,
    references=st.lists(REFERENCES, max_size=2).map(tuple),
    wait=st.none() | WAITS,
)
PLANS = st.tuples(TEXTS, st.integers(0, 2**31), TEXTS, st.lists(STEPS, max_size=3).map(tuple))


def facts(plan: tuple[str, int, str, tuple[PlannedStep, ...]]) -> object:
    """Return everything of a plan that a person approves, as plain data that can be compared."""
    runbook, version, recipe, steps = plan
    return (
        runbook,
        version,
        recipe,
        tuple(
            (
                step.action,
                (step.target.instance_id, step.target.kind, step.target.id, step.target.name),
                # JSON distinguishes 1, 1.0 and true, Python does not.
                orjson.dumps(step.arguments, option=orjson.OPT_SORT_KEYS),
                step.differences,
                step.risk,
                step.reversible,
                step.id,
                orjson.dumps(step.references),
                step.wait and orjson.dumps(replace(step.wait, name="")),
            )
            for step in steps
        ),
    )


@given(PLANS, PLANS)
def test_two_plans_have_the_same_hash_exactly_when_their_facts_are_the_same(
    one: tuple[str, int, str, tuple[PlannedStep, ...]], other: tuple[str, int, str, tuple[PlannedStep, ...]]
) -> None:
    assert (plan_hash(*one) == plan_hash(*other)) == (facts(one) == facts(other))


@given(PLANS, st.data())
def test_every_fact_counts(plan: tuple[str, int, str, tuple[PlannedStep, ...]], data: st.DataObject) -> None:
    runbook, version, recipe, steps = plan
    original = plan_hash(*plan)
    assert plan_hash(runbook + "x", version, recipe, steps) != original
    assert plan_hash(runbook, version + 1, recipe, steps) != original
    assert plan_hash(runbook, version, recipe + "x", steps) != original
    assert plan_hash(runbook, version, recipe, steps, POLICY_VERSION + 1) != original
    assert plan_hash(runbook, version, recipe, (*steps, records.step())) != original
    if not steps:
        return
    number = data.draw(st.integers(0, len(steps) - 1))
    step = steps[number]
    for changed in (
        replace(step, action=step.action + "x"),
        replace(step, target=replace(step.target, instance_id=step.target.instance_id + "x")),
        replace(step, target=replace(step.target, kind=step.target.kind + "x")),
        replace(step, target=replace(step.target, id=step.target.id + "x")),
        replace(step, arguments=step.arguments | {"one more": 1}),
        replace(step, risk=Risk.LOW if step.risk is Risk.HIGH else Risk.HIGH),
        replace(step, reversible=not step.reversible),
        replace(step, id=step.id + "x"),
        replace(step, references=(*step.references, REFERENCE)),
        replace(step, references=(REFERENCE,)),
        replace(step, wait=replace(step.wait, within=step.wait.within + 1e300) if step.wait else WAIT),
        replace(step, differences=(*step.differences, Difference(field="", before="", after=""))),
    ):
        assert (
            plan_hash(runbook, version, recipe, (*steps[:number], changed, *steps[number + 1 :])) != original
        )


@given(PLANS, TEXTS)
def test_texts_that_only_explain_do_not_count(
    plan: tuple[str, int, str, tuple[PlannedStep, ...]], text: str
) -> None:
    runbook, version, recipe, steps = plan
    republished = tuple(
        replace(
            step,
            wait=step.wait and replace(step.wait, name=text),
            title=text,
            note=text,
            blast_radius=text,
        )
        for step in steps
    )
    assert plan_hash(runbook, version, recipe, republished) == plan_hash(*plan)


@given(st.dictionaries(TEXTS, VALUES, min_size=2, max_size=5))
def test_the_order_of_arguments_does_not_count(arguments: dict[str, Value]) -> None:
    backwards = dict(reversed(arguments.items()))
    one, other = (replace(records.step(), arguments=given_) for given_ in (arguments, backwards))
    assert plan_hash("r", 1, "x", (one,)) == plan_hash("r", 1, "x", (other,))


def test_the_order_of_steps_counts() -> None:
    one, other = records.step(), records.step("toy.restart")
    assert plan_hash("r", 1, "x", (one, other)) != plan_hash("r", 1, "x", (other, one))


def test_the_hash_does_not_change_with_a_restart() -> None:
    # An update of the app must not void what waits. Change it together with POLICY_VERSION only.
    assert (
        plan_hash("toy-memory", 1, "grow", (records.step(),))
        == "da550e3e7fa62e7f01aba288ae00962425958ad4c91e5cb386f90f02105211cc"
    )


def test_another_thing_with_the_same_id_is_another_plan() -> None:
    step = records.step()
    renamed = replace(step, target=replace(step.target, name="vaultwarden"))
    assert plan_hash("r", 1, "x", (renamed,)) != plan_hash("r", 1, "x", (step,))


def test_what_the_dry_run_read_is_part_of_the_plan() -> None:
    def step(started: str) -> PlannedStep:
        dry = DryRun(differences=(), baseline={"started": started})
        return planned_step(SERVICE.actions[0], "toy.restart", box(), {}, dry, None)

    assert step("10:00") == step("10:00")
    assert plan_hash("r", 1, "x", (step("10:00"),)) != plan_hash("r", 1, "x", (step("11:00"),))


def test_a_plan_knows_its_hash() -> None:
    plan = Plan("toy-memory", 1, "grow", (records.step(),), ({},))
    assert plan.digest == plan_hash("toy-memory", 1, "grow", plan.steps)


REFERENCE = PlannedReference(
    argument="cores", step="memory", output="granted", kind="number", minimum=1, maximum=8
)
WAIT = PlannedWait(name="Calm", reading="share", within=300, settle=5, below=60)


@pytest.mark.parametrize(
    "change",
    [
        {"argument": "x"},
        {"step": "x"},
        {"output": "x"},
        {"kind": "target"},
        {"minimum": 0},
        {"maximum": 9},
        {"choices": ("x",)},
        {"scope": "x"},
    ],
)
def test_each_fact_of_a_reference_counts(change: dict[str, Any]) -> None:
    one = replace(records.step(), references=(REFERENCE,))
    other = replace(records.step(), references=(replace(REFERENCE, **change),))
    assert plan_hash("r", 1, "x", (one,)) != plan_hash("r", 1, "x", (other,))


@pytest.mark.parametrize(
    "change",
    [{"reading": "x"}, {"within": 301}, {"settle": 6}, {"below": 61}, {"above": 1}, {"equals": True}],
)
def test_each_fact_of_a_wait_counts(change: dict[str, Any]) -> None:
    one = replace(records.step(), wait=WAIT)
    other = replace(records.step(), wait=replace(WAIT, **change))
    assert plan_hash("r", 1, "x", (one,)) != plan_hash("r", 1, "x", (other,))


NUMBER = Field(key="n", kind=SettingKind.NUMBER, name="N", minimum=1, maximum=10)
FREE = Field(key="n", kind=SettingKind.NUMBER, name="N")
FLAG = Field(key="f", kind=SettingKind.BOOLEAN, name="F")
CHOICE = Field(key="c", kind=SettingKind.CHOICE, name="C", choices=("a", "b"))
TEXT = Field(key="t", kind=SettingKind.TEXT, name="T")


@pytest.mark.parametrize(
    ("field", "value", "expected"),
    [
        (NUMBER, 1, 1),
        (NUMBER, 10, 10),
        (NUMBER, 2.0, 2),
        (NUMBER, 2.5, 2.5),
        (FREE, -7, -7),
        (FREE, -0.0, 0),
        (FREE, int(MOST), int(MOST)),
        (FREE, -int(MOST), -int(MOST)),
        (FLAG, True, True),
        (FLAG, False, False),
        (CHOICE, "a", "a"),
        (TEXT, "", ""),
        (TEXT, "{target} {{7*7}} %s ${jndi:ldap://x}", "{target} {{7*7}} %s ${jndi:ldap://x}"),
    ],
)
def test_values_that_fit(field: Field, value: Value, expected: Value) -> None:
    found = check_value(field, value)
    assert (found, type(found)) == (expected, type(expected))


@pytest.mark.parametrize(
    ("field", "value", "reason"),
    [
        (NUMBER, True, "must be a number"),
        (NUMBER, False, "must be a number"),
        (NUMBER, "3", "must be a number"),
        (NUMBER, "three", "must be a number"),
        (NUMBER, 0.999, "must be at least 1"),
        (NUMBER, 10.001, "must be at most 10"),
        (NUMBER, 11, "must be at most 10"),
        (NUMBER, math.nan, "must be a finite number of a sensible size"),
        (FREE, math.nan, "must be a finite number of a sensible size"),
        (FREE, math.inf, "must be a finite number of a sensible size"),
        (FREE, -math.inf, "must be a finite number of a sensible size"),
        (FREE, 1e300, "must be a finite number of a sensible size"),
        (FREE, 10**400, "must be a finite number of a sensible size"),
        (FREE, int(MOST) + 1, "must be a finite number of a sensible size"),
        (FLAG, 1, "must be true or false"),
        (FLAG, 0, "must be true or false"),
        (FLAG, "true", "must be true or false"),
        (CHOICE, "c", "must be one of a, b"),
        (CHOICE, "", "must be one of a, b"),
        (CHOICE, 1, "must be text"),
        (TEXT, 1, "must be text"),
        (TEXT, True, "must be text"),
    ],
)
def test_values_that_do_not(field: Field, value: Value, reason: str) -> None:
    with pytest.raises(InvalidArgument) as refused:
        check_value(field, value)
    assert (refused.value.key, refused.value.reason) == (field.key, reason)


@given(st.one_of(st.integers(), st.floats(), st.booleans(), TEXTS))
def test_what_is_let_through_can_be_hashed(value: Value) -> None:
    try:
        checked = check_value(FREE, value)
    except InvalidArgument:
        return
    step = replace(records.step(), arguments={"n": checked})
    assert plan_hash("r", 1, "x", (step,))
    assert checked == value
    assert orjson.loads(step.to_json())["arguments"]["n"] == checked


def test_arguments_are_all_known_and_none_is_missing() -> None:
    fields = (NUMBER, replace(FLAG, required=False), replace(CHOICE, default="b"))
    assert check_arguments({"n": 3}, fields) == {"n": 3, "c": "b"}
    assert check_arguments({"n": 3, "f": None, "c": "a"}, fields) == {"n": 3, "c": "a"}
    with pytest.raises(InvalidArgument, match=r"^x: is not an argument of this action$"):
        check_arguments({"n": 3, "x": 1}, fields)
    with pytest.raises(InvalidArgument, match=r"^n: is missing$"):
        check_arguments({}, fields)
    with pytest.raises(InvalidArgument, match=r"^n: is missing$"):
        check_arguments({"n": None}, fields)
    with pytest.raises(InvalidArgument, match=r"^c: must be one of"):
        check_arguments({"n": 1, "c": "z"}, fields)


@pytest.mark.parametrize(
    ("rule", "reading", "expected"),
    [
        (Scaled(reading="r", times=1.5, step=256), 2048, 3072),
        (Scaled(reading="r", times=1.5, step=256), 2048.0, 3072),
        (Scaled(reading="r", times=1.5, step=256), 1000, 1536),
        (Scaled(reading="r", times=1.1, step=10), 100, 110),  # 110.00000000000001
        (Scaled(reading="r", times=1.5, step=256, at_most=3000), 2048, 3000),
        (Scaled(reading="r", times=1.0, step=100), 150, 200),
        (Scaled(reading="r", times=1.0, step=100), 200, 200),
        (Scaled(reading="r", times=0.5, step=10), 100, 50),
        (Scaled(reading="r", times=0.5, step=10, at_most=40), 100, 40),
        (Scaled(reading="r", times=3.0, step=1), 1, 3),
    ],
)
def test_scaled_readings(rule: Scaled, reading: Value, expected: float) -> None:
    assert scale(rule, reading) == expected


@pytest.mark.parametrize(
    ("rule", "reading", "reason"),
    [
        (Scaled(reading="r", times=1.5), None, "is not a number"),
        (Scaled(reading="r", times=1.5), "2048", "is not a number"),
        (Scaled(reading="r", times=1.5), True, "is not a number"),
        (Scaled(reading="r", times=1.5), math.nan, "is not a number"),
        (Scaled(reading="r", times=1.5), math.inf, "is not a number"),
        (Scaled(reading="r", times=1.5), 1e300, "is too large"),
        (Scaled(reading="r", times=1e300), 1e300, "is too large"),
        (Scaled(reading="r", times=1.5, at_most=2048), 2048, "is already at its limit of 2048"),
        (Scaled(reading="r", times=1.5, at_most=1024), 2048, "is already at its limit of 1024"),
        (Scaled(reading="r", times=1.5), 0, "is already at its limit of 0"),
        (Scaled(reading="r", times=0.9, step=256), 256, "is already at its limit of 256"),
        (Scaled(reading="r", times=0.5), 0, "is already at its limit of 0"),
    ],
)
def test_readings_that_cannot_be_scaled(rule: Scaled, reading: Value, reason: str) -> None:
    with pytest.raises(InvalidArgument) as refused:
        scale(rule, reading)
    assert (refused.value.key, refused.value.reason) == ("r", reason)


@given(
    st.floats(allow_nan=True, allow_infinity=True) | st.integers(),
    st.floats(0.1, 10),
    st.floats(0.01, 1000),
    st.none() | st.floats(0.1, 1e6),
)
def test_a_scaled_reading_moves_and_keeps_within_its_limit(
    reading: float, times: float, step: float, at_most: float | None
) -> None:
    rule = Scaled(reading="r", times=times, step=step, at_most=at_most)
    try:
        found = scale(rule, reading)
    except InvalidArgument:
        return
    assert math.isfinite(found)
    assert at_most is None or found <= at_most
    assert found > reading if times > 1 else True
    assert found < reading if times < 1 else True


def test_arguments_come_from_constants_and_readings() -> None:
    fields = (NUMBER, replace(TEXT, required=False))
    step = Step(action="a.b", arguments={"t": "x"}, scaled={"n": Scaled(reading="r", times=2)})
    assert arguments_for(step, fields, {"r": 3, "other": 9}) == {"n": 6, "t": "x"}
    with pytest.raises(InvalidArgument, match=r"^r: is not known: The service does not report it$"):
        arguments_for(step, fields, {})
    with pytest.raises(InvalidArgument, match=r"^n: must be at most 10$"):
        arguments_for(step, fields, {"r": 6})
    with pytest.raises(InvalidArgument, match=r"^r: is not known: no answer$"):
        arguments_for(step, fields, {"r": Unknown("no answer")})
    both = Step(action="a.b", arguments={"n": 1}, scaled={"n": Scaled(reading="r", times=2)})
    assert arguments_for(both, fields, {"r": 3}) == {"n": 6}, "what is measured outdoes a constant"


def test_an_argument_that_is_a_target_is_one_there_is() -> None:
    fields = (Field(key="node", kind=SettingKind.TARGET, name="Node", scope="node"),)
    nodes = {"node": {"node/1", "node/2"}}
    step = Step(capability="migrate", arguments={"node": "node/2"})
    assert arguments_for(step, fields, {}, nodes.__getitem__) == {"node": "node/2"}
    step = Step(capability="migrate", arguments={"node": "node/3"})
    with pytest.raises(InvalidArgument, match=r"^node: must be one of these: node/1, node/2$"):
        arguments_for(step, fields, {}, nodes.__getitem__)


def test_a_step_as_a_person_sees_it() -> None:
    action = SERVICE.actions[0]
    differences = (Difference(field="memory", before="1", after="2"),)
    dry = DryRun(differences=differences, baseline={}, note="Mind the gap.")
    found = planned_step(action, "toy.set_memory", box(), {"memory": 2}, dry, None)
    assert found == PlannedStep(
        action="toy.set_memory",
        target=box(),
        arguments={"memory": 2},
        title="Set memory",
        risk=Risk.MEDIUM,
        reversible=True,
        differences=differences,
        note="Mind the gap.",
        blast_radius=action.blast_radius,
        dry_run_digest=found.dry_run_digest,
        shown={"memory": ShownArgument(name=action.arguments[0].name, value="2")},
    )
    interrupting = planned_step(action, "toy.set_memory", box(), {"memory": 2}, dry, "The app runs in it")
    assert interrupting == replace(found, risk=Risk.HIGH, note="The app runs in it. Mind the gap.")


def test_an_approval_is_bound_to_the_baseline_without_what_is_unbound() -> None:
    def digest(**baseline: Value) -> str:
        dry = DryRun(differences=(), baseline=baseline, unbound=frozenset({"backups"}))
        return planned_step(SERVICE.actions[0], "toy.set_memory", box(), {}, dry, None).dry_run_digest

    assert digest(memory=1, backups="a") == digest(memory=1, backups="b") == digest(memory=1)
    assert digest(memory=1, backups="a") != digest(memory=2, backups="a")


def test_arguments_are_named_in_the_language_of_the_household() -> None:
    fields = (
        Field(key="hours", kind=SettingKind.NUMBER, name="Memory usage", unit="h"),
        Field(key="on", kind=SettingKind.BOOLEAN, name="Enabled"),
        Field(key="unused", kind=SettingKind.TEXT, name="Name"),
    )
    action = replace(SERVICE.actions[0], arguments=fields)
    dry = DryRun(differences=(), baseline={})
    set_household("de")
    try:
        found = planned_step(action, "toy.x", box(), {"hours": 2, "on": True}, dry, None)
    finally:
        set_household(None)
    assert found.shown == {
        "hours": ShownArgument(name=texts_of("de").name("Memory usage"), value="2 h"),
        "on": ShownArgument(name=texts_of("de").name("Enabled"), value="ja"),
    }


def test_texts_of_a_service_can_be_hashed_and_stored() -> None:
    differences = (Difference(field="a\0", before="\ud800", after="x" * 2_000),)
    dry = DryRun(differences=differences, baseline={}, note="\udfff")
    found = planned_step(SERVICE.actions[0], "toy.set_memory", box(), {}, dry, None)
    assert found.differences == (Difference(field="a\ufffd", before="\ufffd", after="x" * 1_000),)
    assert found.note == "\ufffd"
    assert plan_hash("r", 1, "x", (found,))


@pytest.mark.parametrize(
    ("risks", "expected"),
    [
        ((), Risk.LOW),
        ((Risk.LOW,), Risk.LOW),
        ((Risk.LOW, Risk.HIGH, Risk.MEDIUM), Risk.HIGH),
        ((Risk.MEDIUM, Risk.LOW), Risk.MEDIUM),
    ],
)
def test_a_plan_is_as_risky_as_its_riskiest_step(risks: tuple[Risk, ...], expected: Risk) -> None:
    assert highest_risk([records.step(risk=risk) for risk in risks]) is expected


@pytest.mark.parametrize(
    ("runbook_id", "expected"), [("request:toy.restart", True), ("toy-memory", False), (None, False)]
)
def test_requests_are_known_by_their_id(runbook_id: str | None, expected: bool) -> None:  # noqa: FBT001
    assert is_person_request(records.option(runbook_id=runbook_id)) is expected
