"""What carrying out and undoing one step calls and journals, with everything around it in memory."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from homelab_steward.contract.base import Value
from homelab_steward.contract.catalogue import Risk
from homelab_steward.contract.incidents import (
    CheckResult,
    Difference,
    PlannedReference,
    PlannedStep,
    StepState,
)
from homelab_steward.contract.state import TargetRef
from rig import records
from rig.inventory import NOW, box
from steward.agent.effects import (
    LONGEST_EFFECT,
    LONGEST_READ,
    NOT_DONE,
    NOT_SEEN,
    RETRY_DELAYS,
    Effects,
)
from steward.agent.references import ARGUMENT, Source, Work
from steward.agent.resolver import ReadyStep
from steward.errors import (
    EffectUnknown,
    PreconditionFailed,
    ServiceRefused,
    ServiceUnauthorized,
    ServiceUnreachable,
)
from steward.sdk.description import Action, Call, Effect, Undo
from steward.store.runs import Entry

INTENDED, STARTED, UNKNOWN = StepState.INTENDED, StepState.STARTED, StepState.EFFECT_UNKNOWN
KNOWN, VERIFIED, FAILED = StepState.EFFECT_KNOWN, StepState.VERIFIED, StepState.FAILED
STEP = records.step()
GOOD = CheckResult(name="memory", ok=True, text="3072 MiB")
BAD = CheckResult(name="memory", ok=False, text="2048 MiB")
UNREADABLE = CheckResult(name="memory", ok=None, text="no permission")
REFERENCE = PlannedReference(argument="memory", step="first", output="journaled", kind="number")
LINKED = replace(STEP, references=(REFERENCE,))
SOON = Difference(field="memory", before="3072 MiB", after="2048 MiB")
LATER = Difference(field="swap", before="1 MiB", after="0 MiB")


@dataclass
class World:
    """The journal, the resolver, the clock and the action of one step.

    ``answers`` holds what each call returns or raises, in order; the last one stays.
    """

    answers: dict[str, list[Any]] = field(default_factory=dict)
    is_leased: bool = True
    is_first: bool = True
    is_idempotent: bool = False
    can_undo: bool = True
    calls: list[str] = field(default_factory=list)
    marks: list[tuple[StepState, str]] = field(default_factory=list)
    noted: list[Mapping[str, Value]] = field(default_factory=list)
    slept: list[float] = field(default_factory=list)
    step: PlannedStep = STEP
    unknown: str | None = None
    baseline_given: Mapping[str, Value] = field(default_factory=lambda: {"approved": 1})

    async def carry_out(self, work: Work) -> str | None:
        """Carry out the step; return why it failed. ``unknown`` is then why that is not known."""
        progress = await self.effects.carry_out(work)
        assert progress.wait is None
        assert progress.failure is None or progress.unknown is None
        self.unknown = progress.unknown
        return progress.failure

    async def late(
        self, step: PlannedStep, outputs: Mapping[str, tuple[TargetRef, Value]]
    ) -> tuple[Mapping[str, Value], Mapping[str, Value]]:
        assert step == LINKED
        assert outputs == {"memory": (box("sonarr"), 1)}
        self.answer("late", None)
        self.step = replace(LINKED, arguments={"memory": 1})
        return {"memory": 1}, {"late": 1}

    def answer(self, call: str, otherwise: Any) -> Any:
        self.calls.append(call)
        left = self.answers.get(call, [otherwise])
        result = left.pop(0) if len(left) > 1 else left[0]
        if isinstance(result, Exception):
            raise result
        return result

    async def lease(self, run_id: str, step: PlannedStep) -> bool:
        assert (run_id, step) == ("run", self.step)
        return self.is_leased

    async def start(self, run_id: str, position: int) -> bool:
        assert (run_id, position) == ("run", 0)
        self.calls.append("start")
        return self.is_first

    async def mark(self, run_id: str, position: int, state: StepState, detail: str) -> None:
        assert (run_id, position) == ("run", 0)
        self.marks.append((state, detail))

    async def note(self, run_id: str, position: int, values: Mapping[str, Value]) -> None:
        assert (run_id, position) == ("run", 0)
        self.noted.append(values)

    async def baseline(self, run_id: str, position: int) -> Mapping[str, Value]:
        assert (run_id, position) == ("run", 0)
        return {"journaled": 1}

    async def begin_undo(self, run_id: str, position: int) -> None:
        assert (run_id, position) == ("run", 0)
        self.calls.append("begin undo")

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)

    def clean(self, text: str) -> str:
        return text.replace("secret", "***")

    def begun(self, step: PlannedStep) -> ReadyStep:
        assert step == self.step
        return ReadyStep(self.action(), self, Call(target=box()))

    def ready(self, step: PlannedStep) -> ReadyStep:
        self.answer("ready", None)
        return self.begun(step)

    async def close(self) -> None:
        """Close nothing."""

    def action(self) -> Action[Any]:
        undo = Undo(dry_run=self.called("undo dry run", ()), execute=self.noting("undo", "set back"))
        return Action(
            key="set_memory",
            name="Set memory",
            description="",
            risk=Risk.MEDIUM,
            dry_run=self.called("dry run", None),
            precheck=self.called("precheck", None, self.baseline_given),
            execute=self.noting("execute", "was set", self.baseline_given),
            probe=self.called("probe", Effect.DONE),
            verify=self.called("verify", GOOD),
            undo=undo if self.can_undo else None,
            idempotent=self.is_idempotent,
        )

    def called(self, name: str, otherwise: Any, baseline: Mapping[str, Value] | None = None) -> Any:
        async def call(client: object, _call: Call, given: Mapping[str, Value]) -> Any:
            assert client is self
            assert given == (baseline or {"journaled": 1})
            return self.answer(name, otherwise)

        return call

    def noting(self, name: str, otherwise: Any, baseline: Mapping[str, Value] | None = None) -> Any:
        async def call(_client: object, call: Call, given: Mapping[str, Value]) -> Any:
            assert given == (baseline or {"journaled": 1})
            await call.note({"handle": name})
            return self.answer(name, otherwise)

        return call

    @property
    def effects(self) -> Effects:
        return Effects(self, self, self)  # type: ignore[arg-type]


def work(state: StepState = INTENDED, detail: str = "") -> Work:
    entry = Entry(position=0, state=state, changed_at=NOW, baseline={"approved": 1}, detail=detail)
    return Work("run", STEP, entry)


def test_the_limits_of_calls_and_retries() -> None:
    assert RETRY_DELAYS == (1, 2, 4, 8, 15, 30)
    assert (LONGEST_EFFECT, LONGEST_READ) == (900, 300)


def test_texts_of_effects() -> None:
    assert NOT_SEEN == "it was sent, but whether it happened is not known"
    assert NOT_DONE == "it was sent, but it did not happen"


async def test_a_step_is_leased_checked_started_done_and_read_back() -> None:
    world = World()
    assert await world.carry_out(work()) is None
    assert world.calls == ["ready", "precheck", "start", "execute", "verify"]
    assert world.marks == [(KNOWN, "was set"), (VERIFIED, "3072 MiB")]
    assert world.noted == [{"handle": "execute"}]


async def test_outputs_of_earlier_steps_are_filled_in_before_the_start() -> None:
    linked = replace(work(), step=LINKED, sources={"first": Source(0, box("sonarr"))})
    world = World(step=LINKED, baseline_given={"approved": 1, "late": 1, f"{ARGUMENT}memory": 1})
    assert await world.carry_out(linked) is None
    assert world.calls == ["late", "ready", "precheck", "start", "execute", "verify"]
    assert world.marks[-1] == (VERIFIED, "3072 MiB")
    world = World({"late": [PreconditionFailed("secret")]}, step=LINKED)
    assert await world.carry_out(linked) == "***"
    assert (world.calls, world.marks) == (["late"], [(FAILED, "***")])


async def test_a_step_that_is_over_is_left_alone() -> None:
    world = World()
    assert await world.carry_out(work(VERIFIED)) is None
    assert await world.carry_out(work(FAILED, "refused")) == "refused"
    assert (world.calls, world.marks) == ([], [])


async def test_a_step_that_took_effect_is_read_back_only() -> None:
    world = World()
    assert await world.carry_out(work(KNOWN)) is None
    assert (world.calls, world.marks) == (["verify"], [(VERIFIED, "3072 MiB")])


@pytest.mark.parametrize(
    ("world", "failure", "calls"),
    [
        (World(is_leased=False), "another run is changing radarr", []),
        (World({"ready": [PreconditionFailed("is gone")]}), "is gone", ["ready"]),
        (World({"precheck": [PreconditionFailed("secret")]}), "***", ["ready", "precheck"]),
        (World({"precheck": [ValueError("any")]}), "a defect (ValueError)", ["ready", "precheck"]),
        (World({"precheck": [TimeoutError()]}), "no answer in time", ["ready", "precheck"]),
    ],
)
async def test_what_fails_before_the_start_changes_nothing(
    world: World, failure: str, calls: list[str]
) -> None:
    assert await world.carry_out(work()) == failure
    assert (world.calls, world.marks) == (calls, [(FAILED, failure)])


@pytest.mark.parametrize(
    "error", [PreconditionFailed, ServiceRefused, ServiceUnauthorized, ServiceUnreachable]
)
async def test_what_certainly_changed_nothing_fails_without_a_probe(error: type[Exception]) -> None:
    world = World({"execute": [error("not now")]})
    failure = await world.carry_out(work())
    assert failure is not None
    assert "not now" in failure
    assert world.marks == [(FAILED, failure)]
    assert world.calls == ["ready", "precheck", "start", "execute"]


@pytest.mark.parametrize(
    ("effect", "failure", "state"),
    [
        (Effect.DONE, None, VERIFIED),
        (Effect.UNKNOWN, f"{NOT_SEEN}: lost", UNKNOWN),
        (Effect.NOT_DONE, f"{NOT_DONE}: lost", FAILED),
    ],
)
async def test_an_effect_whose_answer_was_lost_is_probed(
    effect: Effect, failure: str | None, state: StepState
) -> None:
    # It is not tried again, also when it may be: our request may still be under way.
    world = World({"execute": [EffectUnknown("lost")], "probe": [effect]}, is_idempotent=True)
    assert await world.carry_out(work()) == failure
    found = [(KNOWN, "a later read found it done")] if failure is None else []
    assert world.marks == [(UNKNOWN, "lost"), *found, (state, failure or "3072 MiB")]
    assert world.calls.count("execute") == 1


@pytest.mark.parametrize("state", [STARTED, UNKNOWN])
@pytest.mark.parametrize(
    ("effect", "failure", "last"),
    [
        (Effect.DONE, None, VERIFIED),
        (Effect.UNKNOWN, NOT_SEEN, UNKNOWN),
        (Effect.NOT_DONE, NOT_DONE, FAILED),
    ],
)
async def test_a_started_step_is_probed_after_a_crash(
    state: StepState, effect: Effect, failure: str | None, last: StepState
) -> None:
    world = World({"probe": [effect]})
    assert await world.carry_out(work(state)) == failure
    assert world.calls == ["probe"] if failure else ["probe", "verify"]
    assert world.marks[-1] == (last, failure or "3072 MiB")


async def test_a_started_idempotent_step_is_tried_once_more() -> None:
    world = World({"probe": [Effect.NOT_DONE]}, is_idempotent=True)
    assert await world.carry_out(work(STARTED)) is None
    assert world.calls == ["probe", "ready", "precheck", "start", "execute", "verify"]
    assert world.marks == [(INTENDED, ""), (KNOWN, "was set"), (VERIFIED, "3072 MiB")]
    world = World({"probe": [Effect.NOT_DONE]}, is_idempotent=True)
    assert await world.carry_out(work(UNKNOWN)) == NOT_DONE
    world = World({"probe": [Effect.NOT_DONE]}, is_idempotent=True, is_first=False)
    assert await world.carry_out(work(STARTED)) == NOT_DONE, "it is not tried forever"


async def test_a_step_that_another_process_started_is_probed() -> None:
    world = World(is_first=False)
    assert await world.carry_out(work()) is None
    assert world.calls == ["ready", "precheck", "start", "probe", "verify"]


async def test_a_probe_that_fails_is_not_known_and_nothing_is_repeated() -> None:
    world = World({"probe": [ServiceRefused("not now")]}, is_idempotent=True)
    assert await world.carry_out(work(STARTED)) == NOT_SEEN
    assert world.calls == ["probe"]


@pytest.mark.parametrize(
    ("result", "failure", "marks"),
    [
        (GOOD, None, [(VERIFIED, "3072 MiB")]),
        (BAD, "it was sent, but memory is 2048 MiB", []),
        (UNREADABLE, None, [(KNOWN, "it was done, but the result is not known: no permission")]),
        (ServiceRefused("secret"), None, [(KNOWN, "it was done, but the result is not known: ***")]),
    ],
)
async def test_results_of_reading_back(
    result: Any, failure: str | None, marks: Sequence[tuple[StepState, str]]
) -> None:
    world = World({"verify": [result]})
    assert await world.carry_out(work(KNOWN)) == failure
    assert world.marks == marks
    unknown = {GOOD: None, BAD: None, UNREADABLE: "no permission"}
    assert world.unknown == ("***" if isinstance(result, Exception) else unknown[result])
    found = await World({"verify": [result]}).effects.read_back(work(KNOWN))
    expected = CheckResult(name=STEP.title, ok=None, text="***") if isinstance(result, Exception) else result
    assert found == expected


async def test_reads_are_tried_again_while_the_service_does_not_answer() -> None:
    away = ServiceUnreachable("away")
    world = World({"verify": [away, away, GOOD]})
    assert (await world.effects.read_back(work(KNOWN))).ok
    assert world.slept == [1, 2]
    world = World({"verify": [away]})
    assert (await world.effects.read_back(work(KNOWN))).ok is None
    assert world.slept == list(RETRY_DELAYS)
    assert len(world.calls) == len(RETRY_DELAYS) + 1
    world = World({"verify": [ServiceRefused("no")]})
    assert (await world.effects.read_back(work(KNOWN))).ok is None
    assert world.slept == []


@pytest.mark.parametrize(
    ("world", "failure", "calls", "detail"),
    [
        (World({"undo dry run": [(SOON,), ()]}), None, ["undo dry run", "undo", "undo dry run"], "set back"),
        (World(), None, ["undo dry run"], "a read found it undone already"),
        (
            World({"undo dry run": [(SOON,), ()], "undo": [EffectUnknown("lost")]}),
            None,
            ["undo dry run", "undo", "undo dry run"],
            "a later read found it undone",
        ),
        (
            World({"undo dry run": [(SOON, LATER)]}),
            "it was sent, but memory is still 3072 MiB, swap is still 1 MiB",
            ["undo dry run", "undo", "undo dry run"],
            None,
        ),
        (
            World({"undo dry run": [(SOON,)], "undo": [EffectUnknown("lost secret")]}),
            "it was sent, but memory is still 3072 MiB: lost ***",
            ["undo dry run", "undo", "undo dry run"],
            None,
        ),
        (
            World({"undo dry run": [(SOON,)], "undo": [ServiceRefused("secret")]}),
            "***",
            ["undo dry run", "undo"],
            None,
        ),
        (
            World({"undo dry run": [PreconditionFailed("somebody changed it")]}),
            "somebody changed it",
            ["undo dry run"],
            None,
        ),
        (World(can_undo=False), "Set memory cannot be undone", [], None),
    ],
)
async def test_undoing_a_step(
    world: World, failure: str | None, calls: list[str], detail: str | None
) -> None:
    assert await world.effects.undo(work(VERIFIED)) == failure
    assert world.calls == ["begin undo", *calls]
    assert world.marks == ([] if detail is None else [(StepState.UNDONE, detail)])
    assert world.noted == ([{"handle": "undo"}] if "undo" in calls else [])
