"""Which steps of a run are undone, in which order, and what stays."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from homelab_steward.contract.incidents import StepState
from homelab_steward.contract.step_parts import PlannedStep
from rig import records
from rig.inventory import NOW, box
from steward.agent.plans.references import Work, works
from steward.agent.runs.progress import DONE, Progress
from steward.agent.runs.undoing import LEFT_AS_IT_IS, Undoing, Undone, copies, done, name_of, took_effect
from steward.store.runs import Entry

RUN = "run"
VERIFIED, UNDONE, INTENDED = StepState.VERIFIED, StepState.UNDONE, StepState.INTENDED
KNOWN, FAILED = StepState.EFFECT_KNOWN, StepState.FAILED


def named(name: str, **more: Any) -> PlannedStep:
    return replace(records.step("toy.restart", box(name)), title="Restart", **more)


def entries(*states: StepState) -> list[Entry]:
    return [
        Entry(
            position=position,
            state=state,
            changed_at=NOW,
            baseline={},
            detail="",
            was_started=state is not INTENDED,
        )
        for position, state in enumerate(states)
    ]


@dataclass
class World:
    """The journal, what carries steps out, and what waits: ``failures`` are by the name of the target."""

    entries_given: Sequence[Entry]
    failures: dict[str, Progress] = field(default_factory=dict)
    arrives: float | str | None = None
    undone: list[str] = field(default_factory=list)

    async def entries(self, run_id: str) -> Sequence[Entry]:
        assert run_id == RUN
        return self.entries_given

    async def undo(self, work: Work) -> Progress:
        self.undone.append(work.step.target.name)
        return self.failures.get(work.step.target.name, DONE)

    async def after_undo(self, of_run: Sequence[Work]) -> float | str | None:
        assert [one.entry for one in of_run] == list(self.entries_given)
        return self.arrives

    async def run(self, steps: Sequence[PlannedStep]) -> Undone | float:
        return await Undoing(self, self, self).undo(RUN, steps, took_effect)  # type: ignore[arg-type]


STEPS = (named("first"), named("second"), named("third"))


def test_what_changed_something_is_undone_and_copies_of_data_stay() -> None:
    steps = (named("copy", preserves=True), *STEPS)
    of_run = works(RUN, steps, entries(VERIFIED, VERIFIED, KNOWN, FAILED))
    assert [one.step.target.name for one in took_effect(of_run)] == ["first", "second"]
    assert [one.step.target.name for one in done(of_run)] == ["copy", "first"]
    assert name_of(of_run[1]) == "Restart (first)"


@pytest.mark.parametrize(
    ("state", "is_left"), [(INTENDED, False), (VERIFIED, True), (FAILED, True), (UNDONE, False)]
)
def test_a_copy_may_be_there_once_its_step_was_started(state: StepState, is_left: bool) -> None:  # noqa: FBT001
    of_run = works(RUN, (named("copy", preserves=True), named("first")), entries(state, VERIFIED))
    assert [one.step.target.name for one in copies(of_run)] == (["copy"] if is_left else [])


async def test_steps_are_undone_last_first() -> None:
    world = World(entries(VERIFIED, VERIFIED, UNDONE))
    assert await world.run(STEPS) == Undone(("Restart (third)", "Restart (second)", "Restart (first)"))
    assert world.undone == ["second", "first"]


async def test_only_what_a_step_needs_is_left_when_it_is_not_undone() -> None:
    steps = (named("first"), named("second"), named("third", after=(0,)))
    world = World(entries(VERIFIED, VERIFIED, VERIFIED), {"third": Progress(failure="no answer")})
    assert await world.run(steps) == Undone(
        ("Restart (second)",), f"Restart (third): no answer; Restart (first): {LEFT_AS_IT_IS}"
    )
    assert world.undone == ["third", "second"]
    assert LEFT_AS_IT_IS == "left as it is, because a later step is not undone"


async def test_what_cannot_be_undone_does_not_keep_the_others() -> None:
    steps = (named("first"), named("second", reversible=False))
    world = World(entries(VERIFIED, VERIFIED))
    assert await world.run(steps) == Undone(("Restart (first)",), "Restart (second): it cannot be undone")


async def test_an_undo_that_is_not_seen_yet_is_waited_for() -> None:
    world = World(entries(VERIFIED, VERIFIED), {"second": Progress(wait=7.0)})
    assert await world.run(STEPS[:2]) == 7.0
    assert world.undone == ["second"]


@pytest.mark.parametrize(
    ("arrives", "expected"),
    [(None, Undone(("Restart (first)",))), (9.0, 9.0), ("late", Undone(("Restart (first)",), "late"))],
)
async def test_what_waits_for_an_undone_step_is_read_again(
    arrives: float | str | None, expected: Undone | float
) -> None:
    world = World(entries(VERIFIED), arrives=arrives)
    assert await world.run(STEPS[:1]) == expected


def test_the_text_names_what_is_undone_and_what_is_not() -> None:
    assert Undone(("a", "b")).text == "Undone: a, b."
    assert Undone((), "no answer").text == "Not undone: no answer."
    assert Undone(("a",), "no answer").text == "Undone: a. Not undone: no answer."
