"""The order and the bounds of plans for several targets, and how their steps end."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from homelab_steward.contract.catalogue import Risk
from homelab_steward.contract.incidents import RunStatus, StepState
from homelab_steward.contract.state import TargetRef
from homelab_steward.contract.step_parts import PlannedRecipe, PlannedStep, PlannedWait
from rig import records
from steward.agent.plans.plan import Plan, plan_hash
from steward.agent.plans.references import Work
from steward.agent.requests.request_plan import (
    RESTART,
    STOP,
    Ended,
    Place,
    PlanStep,
    blocking,
    ended,
    in_sequence,
    is_plan,
    label,
    made_for,
    needs,
    ordered,
    place_of,
    places,
    to_take_back,
    together,
    units,
)
from steward.store import runs
from steward.texts import household

NOW: Final = datetime(2026, 11, 20, tzinfo=UTC)
NAMES: Final = ("node", "guest", "app", "other", "nas")
RUNS_IN: Final = {"app": ("guest", "node"), "guest": ("node",), "other": ("node",)}


def target(name: str) -> TargetRef:
    return TargetRef(instance_id=name, kind="box", id=name, name=name)


def parents(one: TargetRef) -> tuple[TargetRef, ...]:
    return tuple(map(target, RUNS_IN.get(one.name, ())))


def step(name: str, capability: str = "start") -> PlanStep:
    return PlanStep(target=target(name), action=capability, capability=capability)


def free(_target: TargetRef) -> None:
    return None


def names(steps: Sequence[PlanStep]) -> list[str]:
    return [one.target.name for one in steps]


@pytest.mark.parametrize(
    ("capability", "expected"),
    [
        ("start", ["node", "guest", "app"]),
        (STOP, ["app", "guest", "node"]),
        ("update", ["node", "guest", "app"]),
    ],
)
def test_what_stops_stops_first_where_nothing_runs_in_it(capability: str, expected: list[str]) -> None:
    found = ordered([step(one, capability) for one in ("guest", "app", "node")], parents, free)
    assert names(found.steps) == expected
    assert found.left_out == ()
    assert needs(found.steps, parents) == ((), (0,), (0, 1))


@pytest.mark.parametrize(("capability", "expected"), [("start", ["guest", "app"]), (STOP, ["app", "guest"])])
@pytest.mark.parametrize("asked", [("app", "guest"), ("guest", "app")])
def test_the_order_needs_only_the_nearest_place(
    capability: str, expected: list[str], asked: tuple[str, ...]
) -> None:
    def nearest(one: TargetRef) -> tuple[TargetRef, ...]:
        return {"app": (target("guest"),), "guest": (target("nas"), target("node"))}.get(one.name, ())

    found = ordered([step(one, capability) for one in asked], nearest, free)
    assert names(found.steps) == expected


def test_what_restarts_with_something_else_is_left_out() -> None:
    found = ordered([step("app", RESTART), step("other", RESTART), step("guest", RESTART)], parents, free)
    assert names(found.steps) == ["other", "guest"]
    assert found.left_out == ("app: it restarts with guest.",)
    assert needs(found.steps, parents) == ((), ())


def test_a_start_in_what_restarts_is_kept() -> None:
    found = ordered([step("app"), step("guest", RESTART)], parents, free)
    assert (names(found.steps), found.left_out) == (["guest", "app"], ())


@pytest.mark.parametrize("second", [RESTART, STOP])
def test_a_target_has_one_action(second: str) -> None:
    found = ordered([step("nas", RESTART), step("nas", second)], parents, free)
    assert names(found.steps) == ["nas"]
    assert found.steps[0].capability == RESTART
    assert found.left_out == (() if second == RESTART else ("nas: only one action for each target.",))


def test_what_home_assistant_runs_in_comes_last_and_is_not_stopped() -> None:
    def interruption(one: TargetRef) -> str | None:
        return "Home Assistant runs in it" if one.name == "node" else None

    restarts = ordered([step("node"), step("guest"), step("nas")], parents, interruption)
    assert names(restarts.steps) == ["guest", "nas", "node"]
    stops = ordered([step("node", STOP), step("guest", STOP)], parents, interruption)
    assert names(stops.steps) == ["guest"]
    assert stops.left_out == ("node: it is not stopped: Home Assistant runs in it.",)


STEPS: Final = st.lists(
    st.builds(step, st.sampled_from(NAMES), st.sampled_from([RESTART, STOP, "start"])), max_size=8
)
PARENTS: Final = st.dictionaries(
    st.sampled_from(NAMES), st.lists(st.sampled_from(NAMES), max_size=2, unique=True), max_size=5
)


@given(STEPS, PARENTS, st.sets(st.sampled_from(NAMES)))
def test_any_plan_has_each_target_once_and_needs_only_earlier_steps(
    steps: list[PlanStep], places: Mapping[str, Sequence[str]], ours: set[str]
) -> None:
    def runs_in(one: TargetRef) -> tuple[TargetRef, ...]:
        return tuple(map(target, places.get(one.name, ())))

    def interruption(one: TargetRef) -> str | None:
        return "ours" if one.name in ours else None

    found = ordered(steps, runs_in, interruption)
    kept = names(found.steps)
    assert len(kept) == len(set(kept))
    assert all(one in steps for one in found.steps)
    last = [one in ours for one in kept]
    assert last == sorted(last), "what interrupts the steward comes last"
    assert not any(one.capability == STOP and one.target.name in ours for one in found.steps)
    mentioned = {text.partition(":")[0] for text in found.left_out}
    assert mentioned | set(kept) == {one.target.name for one in steps}, "nothing is dropped silently"
    for position, needed in enumerate(needs(found.steps, runs_in)):
        assert all(one < position for one in needed)
        for one in range(position):
            first, second = found.steps[one].target, found.steps[position].target
            is_near = first in runs_in(second) or second in runs_in(first)
            assert (one in needed) == is_near


# Steps as they are approved


def planned(name: str, after: tuple[int, ...] | None = (), title: str = "Restart") -> PlannedStep:
    return PlannedStep(
        action="toy.restart",
        target=target(name),
        arguments={},
        title=title,
        risk=Risk.LOW,
        reversible=False,
        after=after,
    )


@pytest.mark.parametrize(
    ("steps", "expected"),
    [
        ([planned("app")], "Restart: app"),
        ([planned("app"), planned("nas")], "Restart: app and nas"),
        ([planned("app"), planned("nas", title="Stop")], "Restart: app and Stop: nas"),
        ([replace(planned("app"), runbook="Stuck"), planned("nas")], "Restart (Stuck): app and Restart: nas"),
        ([replace(planned(one), runbook="Stuck") for one in ("app", "nas")], "Restart (Stuck): app and nas"),
        ([planned(str(one)) for one in range(5)], "Restart: 0, 1, 2, 3, and 4"),
        ([planned(str(one)) for one in range(8)], "Restart: 0, 1, 2, 3, 4, and 3 more"),
    ],
)
def test_the_label_names_at_most_five_targets(steps: list[PlannedStep], expected: str) -> None:
    assert label(steps, household()) == expected


def test_the_hash_covers_what_a_step_needs() -> None:
    one = Plan(runbook_id="x", runbook_version=1, recipe="x", steps=(planned("app"),), baselines=({"a": 1},))
    two = Plan(runbook_id="x", runbook_version=1, recipe="x", steps=(planned("nas"),), baselines=({"a": 2},))
    plan = together([one, two], [Place(()), Place((0,))])
    assert [one.after for one in plan.steps] == [(), (0,)]
    assert plan.baselines == ({"a": 1}, {"a": 2})
    assert (plan.runbook_id, plan.runbook_version, plan.recipe) == ("request:plan", 1, "plan")
    assert plan.digest != together([one, two], [Place(()), Place(())]).digest
    assert together([one], [Place()]) is one
    ordinary = [plan_hash("x", 1, "x", [planned("app", after)]) for after in (None, ())]
    assert ordinary[0] != ordinary[1]


def test_what_was_stopped_for_something_else_is_undone_without_it() -> None:
    steps = [step("app", STOP), step("guest", STOP), step("node", STOP), step("nas", STOP)]
    needed = needs(steps, parents)
    assert made_for(steps, needed, parents) == ((1, 2), (2,), (), ())
    assert [one.undone_without for one in places(steps, parents, stays=False)] == [(1, 2), (2,), (), ()]
    assert places(steps, parents, stays=True) == tuple(map(Place, needed))
    starts = [step("node"), step("guest"), step("app")]
    assert made_for(starts, needs(starts, parents), parents) == ((), (), ()), "a started host stays"
    backup = [step("guest", "backup"), step("node", STOP)]
    assert made_for(backup, needs(backup, parents), parents) == ((), ())
    named = places([PlanStep(target=target("app"), action="x", runbook="Stuck")], parents, stays=False)
    assert named == (Place((), (), "Stuck"),)


def test_only_what_can_be_undone_is_undone_and_the_hash_covers_it() -> None:
    def plan(reversible: bool) -> Plan:  # noqa: FBT001
        only = replace(planned("app"), reversible=reversible)
        return Plan(runbook_id="x", runbook_version=1, recipe="x", steps=(only,), baselines=({},))

    place = [Place((), (1,), "Stuck"), Place((0,))]
    kept, back = together([plan(False)] * 2, place), together([plan(True)] * 2, place)
    assert [one.undone_without for one in kept.steps] == [(), ()]
    assert [one.undone_without for one in back.steps] == [(1,), ()]
    assert [one.runbook for one in back.steps] == ["Stuck", ""]
    assert back.digest != together([plan(True)] * 2, [Place(()), Place((0,))]).digest


@pytest.mark.parametrize(
    ("steps", "expected"),
    [((planned("app"),), True), ((planned("app", None),), False), ((), False)],
)
def test_an_option_is_a_plan_when_its_steps_say_what_they_need(
    steps: tuple[PlannedStep, ...],
    expected: bool,  # noqa: FBT001
) -> None:
    assert is_plan(records.option(steps=steps)) is expected


def works(*steps: tuple[PlannedStep, StepState, str]) -> tuple[Work, ...]:
    return tuple(
        Work(
            "run",
            one,
            runs.Entry(
                position=position,
                state=state,
                changed_at=NOW,
                detail=detail,
                baseline={},
                was_started=state is not StepState.INTENDED and detail != "refused",
                undoing_at=None,
            ),
        )
        for position, (one, state, detail) in enumerate(steps)
    )


OK: Final = (planned("nas"), StepState.VERIFIED, "")
FAILED: Final = (planned("guest"), StepState.FAILED, "no answer.")


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (works(OK, OK), Ended(RunStatus.VERIFYING)),
        (works(OK, (planned("app"), StepState.EFFECT_KNOWN, "x")), Ended(RunStatus.VERIFYING)),
        (
            works(OK, FAILED, (planned("app", (1,)), StepState.INTENDED, "")),
            Ended(
                RunStatus.FAILED,
                "Done: Restart (nas). Not done: Restart (guest): no answer; Restart (app): it needs guest.",
            ),
        ),
        (
            works((planned("guest"), StepState.FAILED, "refused")),
            Ended(RunStatus.REFUSED, "Not done: Restart (guest): refused."),
        ),
        (
            works(OK, (planned("app"), StepState.EFFECT_UNKNOWN, "lost")),
            Ended(RunStatus.UNKNOWN, "Done: Restart (nas). Not known: Restart (app): lost."),
        ),
        (
            works(
                (planned("nas"), StepState.EFFECT_UNKNOWN, "late"),
                (planned("app"), StepState.EFFECT_UNKNOWN, "lost"),
            ),
            Ended(RunStatus.UNKNOWN, "Not known: Restart (nas): late; Restart (app): lost."),
        ),
        (
            works((planned("nas"), StepState.UNDONE, ""), (planned("app"), StepState.UNDONE, ""), FAILED),
            Ended(
                RunStatus.UNDONE,
                "Undone: Restart (app) and Restart (nas). Not done: Restart (guest): no answer.",
            ),
        ),
        (
            works(OK, (planned("app"), StepState.UNDONE, ""), FAILED),
            Ended(
                RunStatus.FAILED,
                "Done: Restart (nas). Undone: Restart (app). Not done: Restart (guest): no answer.",
            ),
        ),
        (
            works(
                (planned("guest"), StepState.EFFECT_KNOWN, "unread"),
                (planned("app", (0,)), StepState.INTENDED, ""),
            ),
            Ended(
                RunStatus.UNKNOWN,
                "Not known: Restart (guest): unread. Not done: Restart (app): it needs guest.",
            ),
        ),
    ],
)
def test_how_a_plan_ends(found: tuple[Work, ...], expected: Ended) -> None:
    assert ended(found) == expected


RECIPE: Final = PlannedRecipe(runbook_id="stuck", version=1, recipe="all", target=target("app"))


def test_the_steps_of_a_recipe_need_those_before_and_are_undone_without_those_after_them() -> None:
    one = replace(step("app"), runbook="Stuck", recipe=RECIPE)
    other = replace(one, target=target("nas"))
    steps = [one, step("other"), other, replace(other, recipe=replace(RECIPE, recipe="another"))]
    assert needs(steps, parents) == ((), (), (0,), ())
    assert places(steps, parents, stays=False) == (
        Place((), (2,), "Stuck", recipe=RECIPE),
        Place(()),
        Place((0,), (), "Stuck", recipe=RECIPE),
        Place((), (), "Stuck", recipe=replace(RECIPE, recipe="another")),
    )
    assert [len(each) for each in units([replace(planned("app"), recipe=each.recipe) for each in steps])] == [
        1,
        1,
        1,
        1,
    ]


def test_the_hash_covers_the_recipe_and_a_place_is_that_of_its_step() -> None:
    plan = Plan(
        runbook_id="x", runbook_version=1, recipe="x", steps=(planned("app"),) * 2, baselines=({"a": 1},) * 2
    )
    place = Place((), (1,), "Stuck", "a", RECIPE)
    made = together([plan], [place, Place((0,), recipe=RECIPE)])
    assert [place_of(one) for one in made.steps] == [
        replace(place, undone_without=()),
        Place((0,), recipe=RECIPE),
    ]
    assert len(made.baselines) == 2
    newer = replace(RECIPE, version=2)
    others = [
        together([plan], [replace(place, recipe=one), Place((0,), recipe=one)]) for one in (None, newer)
    ]
    assert len({made.digest, *(one.digest for one in others)}) == 3
    assert units(made.steps) == [made.steps]
    assert [len(one) for one in units(others[0].steps)] == [1, 1]


def test_what_only_waits_is_not_named() -> None:
    wait = PlannedWait(name="It runs", reading="running", within=5, settle=1, equals=True)
    assert label([planned("app"), replace(planned("nas"), wait=wait)], household()) == "Restart: app"


def test_the_step_that_failed_is_named_as_the_reason_within_its_recipe() -> None:
    one, two, three = (
        replace(planned("app", after, title), recipe=RECIPE)
        for after, title in (((), "Stop"), ((0,), "Resize"), ((0, 1), "Start"))
    )
    found = works(
        (one, StepState.UNDONE, ""), (two, StepState.FAILED, "no."), (three, StepState.INTENDED, "")
    )
    text = "Undone: Stop (app). Not done: Resize (app): no; Start (app): it needs Resize."
    assert ended(found) == Ended(RunStatus.UNDONE, text)


@pytest.mark.parametrize("state", StepState)
def test_a_step_is_held_up_until_what_it_needs_succeeded(state: StepState) -> None:
    found = works((planned("guest"), state, ""), (planned("app", (0,)), StepState.INTENDED, ""), OK)
    assert (blocking(found[1], found) is found[0]) == (state is not StepState.VERIFIED)
    assert blocking(found[2], found) is None


@pytest.mark.parametrize(
    ("copy", "update", "status"),
    [
        (StepState.VERIFIED, StepState.VERIFIED, RunStatus.VERIFYING),
        (StepState.VERIFIED, StepState.FAILED, RunStatus.FAILED),
        (StepState.VERIFIED, StepState.UNDONE, RunStatus.UNDONE),
        (StepState.VERIFIED, StepState.EFFECT_UNKNOWN, RunStatus.UNKNOWN),
        # A copy of data alone changed nothing, whether it was made or not.
        (StepState.FAILED, StepState.INTENDED, RunStatus.REFUSED),
        (StepState.EFFECT_UNKNOWN, StepState.INTENDED, RunStatus.REFUSED),
        (StepState.EFFECT_KNOWN, StepState.INTENDED, RunStatus.REFUSED),
    ],
)
def test_a_copy_of_data_is_no_change(copy: StepState, update: StepState, status: RunStatus) -> None:
    first = replace(planned("guest"), preserves=True)
    found = works((first, copy, "no answer"), (planned("app", (0,)), update, "no answer"))
    assert ended(found).status is status
    assert to_take_back(found) == []


def test_a_copy_of_data_is_not_undone_with_the_update() -> None:
    copy = replace(planned("guest"), preserves=True)
    plans = [Plan("request:x", 1, "request", (one,), ({},)) for one in (copy, planned("app"))]
    plan = in_sequence(plans, ["c.0", "c.1"])
    assert [one.undone_without for one in plan.steps] == [(), ()]
    assert plan.steps[1].after == (0,)


def test_what_could_not_be_undone_is_said() -> None:
    found = ended(works(OK, FAILED), "Restart (nas): refused")
    assert found.text is not None
    assert found.text.endswith("no answer. Not undone: Restart (nas): refused.")


@pytest.mark.parametrize("state", StepState)
@pytest.mark.parametrize("later", StepState)
def test_a_step_is_taken_back_when_what_it_was_done_for_is_not_done(
    state: StepState, later: StepState
) -> None:
    first = replace(planned("app"), undone_without=(1,))
    found = works((first, state, ""), (planned("guest", (0,)), later, ""), FAILED)
    is_left = state is StepState.VERIFIED and later in (StepState.FAILED, StepState.INTENDED)
    assert to_take_back(found) == ([found[0]] if is_left else [])


def test_nothing_is_taken_back_while_something_may_have_been_done() -> None:
    first = replace(planned("app"), undone_without=(1, 2))
    doubtful = (planned("guest"), StepState.EFFECT_UNKNOWN, "lost")
    assert to_take_back(works((first, StepState.VERIFIED, ""), doubtful, FAILED)) == []
