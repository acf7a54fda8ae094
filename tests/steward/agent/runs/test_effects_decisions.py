"""What carrying out and undoing one step calls and journals, with everything around it in memory."""

from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from homelab_steward.contract.base import Value
from homelab_steward.contract.catalogue import Risk
from homelab_steward.contract.incidents import CheckResult, StepState
from homelab_steward.contract.step_parts import Difference, PlannedReference, PlannedStep
from rig import records
from rig.inventory import NOW, box
from steward.agent.decisions.pausing import Paused
from steward.agent.plans.plan import ReadyStep
from steward.agent.plans.references import ARGUMENT, Source, Work
from steward.agent.runs.effects import INTERRUPTED, NOT_DONE, NOT_SEEN, Effects
from steward.agent.runs.progress import (
    DONE,
    LONGEST_EFFECT,
    LONGEST_LOOKED_FOR,
    LONGEST_READ,
    LOOKED_FOR,
    READ_AGAIN,
    RETRY_DELAYS,
    Progress,
    next_look,
    next_read,
)
from steward.errors import (
    EffectUnknown,
    PreconditionFailed,
    ServiceRefused,
    ServiceUnauthorized,
    ServiceUnreachable,
    TemporaryFailure,
)
from steward.sdk.description import ALSO_CHANGES, Action, Call, DryRun, Effect, Undo
from steward.sdk.fields import number_field
from steward.store.runs import Entry

INTENDED, STARTED, UNKNOWN = StepState.INTENDED, StepState.STARTED, StepState.EFFECT_UNKNOWN
KNOWN, VERIFIED, FAILED = StepState.EFFECT_KNOWN, StepState.VERIFIED, StepState.FAILED
STEP = records.step()
GOOD = CheckResult(name="memory", ok=True, text="3072 MiB")
BAD = CheckResult(name="memory", ok=False, text="2048 MiB")
UNREADABLE = CheckResult(name="memory", ok=None, text="no permission")
REFERENCE = PlannedReference(
    argument="memory", step="first", output="journaled", kind="number", minimum=0.0, maximum=8.0
)
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
    is_deduplicated: bool = False
    advice: str | None = None
    pause: str | None = None
    fence: str | None = None
    latest: float | Exception | None = None
    can_undo: bool = True
    undo_carries_on: bool = False
    is_away: bool = False
    calls: list[str] = field(default_factory=list)
    passing: list[bool] = field(default_factory=list)
    marks: list[tuple[StepState, str]] = field(default_factory=list)
    noted: list[Mapping[str, Value]] = field(default_factory=list)
    slept: list[float] = field(default_factory=list)
    step: PlannedStep = STEP
    progress: Progress = DONE
    time: datetime = NOW
    baseline_given: Mapping[str, Value] = field(default_factory=lambda: {"approved": 1})
    in_doubt: float | None = None
    may_send: bool = True
    is_sending: bool = False

    @asynccontextmanager
    async def sending(self) -> AsyncIterator[None]:
        if not self.may_send:
            raise PreconditionFailed("the lease has ended")
        self.is_sending = True
        try:
            yield
        finally:
            self.is_sending = False

    def in_doubt_for(self, entry: Entry) -> float | None:
        assert entry.position == 0
        return self.in_doubt

    async def carry_out(self, work: Work) -> str | None:
        """Carry out the step; return why it failed. ``progress`` then has the rest."""
        self.progress = await self.effects.carry_out(work)
        given = (self.progress.failure, self.progress.lost, self.progress.unknown, self.progress.wait)
        assert len([one for one in given if one is not None]) <= 1
        return self.progress.failure

    async def poll(self, instances: Collection[str]) -> None:
        assert instances == {"toy1"}
        self.answer("poll", None)

    def ids(self, instance_id: str, kind: str) -> frozenset[str]:
        assert (instance_id, kind) == ("toy1", "")
        return frozenset()

    async def late(self, client: object, call: Call) -> DryRun:
        assert client is self
        assert call.arguments == {"memory": 1}
        self.calls.append("dry run")
        self.step = replace(LINKED, arguments={"memory": 1})
        return DryRun(differences=(), baseline={"late": 1})

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
        await self.require_unpaused(run_id)
        self.calls.append("start")
        return self.is_first

    def fenced(self, step: PlannedStep) -> str | None:
        assert step == self.step
        return self.fence

    async def require_unpaused(self, run_id: str) -> None:
        assert run_id == "run"
        if self.pause is not None:
            raise Paused(self.pause)

    async def mark(
        self, run_id: str, position: int, state: StepState, detail: str, *, is_temporary: bool = False
    ) -> None:
        assert (run_id, position) == ("run", 0)
        self.marks.append((state, detail))
        self.passing.append(is_temporary)

    async def note(self, run_id: str, position: int, values: Mapping[str, Value]) -> None:
        assert (run_id, position) == ("run", 0)
        self.noted.append(values)

    async def baseline(self, run_id: str, position: int) -> Mapping[str, Value]:
        assert (run_id, position) == ("run", 0)
        return {"journaled": 1}

    async def begin_undo(self, run_id: str, position: int) -> None:
        assert (run_id, position) == ("run", 0)
        await self.require_unpaused(run_id)
        self.calls.append("begin undo")

    async def end_undo(self, run_id: str, position: int) -> None:
        assert (run_id, position) == ("run", 0)
        self.calls.append("end undo")

    def now(self) -> datetime:
        return self.time

    async def takes(self, client: object, _call: Call, given: Mapping[str, Value]) -> float:
        assert client is self
        assert given == {"journaled": 1}
        assert self.latest is not None
        if isinstance(self.latest, Exception):
            raise self.latest
        return self.latest

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)

    def clean(self, text: str) -> str:
        return text.replace("secret", "***")

    def begun(self, step: PlannedStep) -> ReadyStep:
        assert step == self.step
        if self.is_away:
            raise ServiceUnreachable("away")
        return ReadyStep(self.action(), self, Call(target=box()))

    def ready(self, step: PlannedStep) -> ReadyStep:
        self.answer("ready", None)
        return self.begun(step)

    async def close(self) -> None:
        """Close nothing."""

    def action(self) -> Action[Any]:
        undo = Undo(
            dry_run=self.called("undo dry run", ()),
            execute=self.noting("undo", "set back"),
            deduplicated=self.undo_carries_on,
        )
        return Action(
            key="set_memory",
            name="Set memory",
            description="",
            risk=Risk.MEDIUM,
            dry_run=self.late,
            arguments=(number_field("memory", "Memory", least=0, most=8),),
            precheck=self.called("precheck", None, self.baseline_given),
            execute=self.noting("execute", "was set", self.baseline_given),
            probe=self.called("probe", Effect.DONE),
            verify=self.called("verify", GOOD),
            undo=undo if self.can_undo else None,
            deduplicated=self.is_deduplicated,
            latest=self.takes if self.latest is not None else None,
            in_doubt=self.advise if self.advice is not None else None,
        )

    def advise(self, call: Call, given: Mapping[str, Value]) -> str:
        assert (call.target, given) == (box(), {"journaled": 1})
        return str(self.advice)

    def called(self, name: str, otherwise: Any, baseline: Mapping[str, Value] | None = None) -> Any:
        async def call(client: object, _call: Call, given: Mapping[str, Value]) -> Any:
            assert client is self
            assert given == (baseline or {"journaled": 1})
            return self.answer(name, otherwise)

        return call

    def noting(self, name: str, otherwise: Any, baseline: Mapping[str, Value] | None = None) -> Any:
        async def call(_client: object, call: Call, given: Mapping[str, Value]) -> Any:
            assert given == (baseline or {"journaled": 1})
            assert self.is_sending
            await call.note({"handle": name})
            return self.answer(name, otherwise)

        return call

    @property
    def effects(self) -> Effects:
        return Effects(self, self, self)  # type: ignore[arg-type]


def work(state: StepState = INTENDED, detail: str = "", undoing_at: datetime | None = None) -> Work:
    entry = Entry(
        position=0,
        state=state,
        changed_at=NOW,
        baseline={"approved": 1},
        detail=detail,
        undoing_at=undoing_at,
    )
    return Work("run", STEP, entry)


def test_the_limits_of_calls_and_retries() -> None:
    assert list(RETRY_DELAYS) == [1, 2, 4, 8, 15, 30]
    assert (LONGEST_EFFECT, LONGEST_READ) == (900, 300)
    assert (LOOKED_FOR, LONGEST_LOOKED_FOR, READ_AGAIN) == (300, 7200, 30)


def test_texts_of_effects() -> None:
    assert NOT_SEEN == "it was sent, but whether it happened is not known"
    assert INTERRUPTED == "the app stopped while it was sent, and whether it happened is not known"
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
    assert world.calls == ["poll", "ready", "dry run", "ready", "precheck", "start", "execute", "verify"]
    assert world.marks[-1] == (VERIFIED, "3072 MiB")
    world = World({"poll": [ServiceUnreachable("secret")]}, step=LINKED)
    assert await world.carry_out(linked) == "***"
    assert (world.calls, world.marks) == (["poll"], [(FAILED, "***")])


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
    ("error", "is_temporary"),
    [
        (PreconditionFailed, False),
        (ServiceRefused, False),
        (ServiceUnauthorized, False),
        (ServiceUnreachable, True),
        (TemporaryFailure, True),
    ],
)
async def test_what_certainly_changed_nothing_fails_without_a_probe(
    error: type[Exception], *, is_temporary: bool
) -> None:
    world = World({"execute": [error("not now")]})
    failure = await world.carry_out(work())
    assert failure is not None
    assert "not now" in failure
    assert world.marks == [(FAILED, failure)]
    assert world.passing == [is_temporary]
    assert world.calls == ["ready", "precheck", "start", "execute"]


@pytest.mark.parametrize(
    ("elapsed", "wait"),
    [(0, 1), (-1, 1), (0.5, 1), (2, 2), (30, 30), (100, 30), (280, 20), (-299, 1), (300, None), (301, None)],
)
def test_looks_become_rarer_until_the_time_is_over(elapsed: float, wait: float | None) -> None:
    assert next_look(elapsed, 300) == wait
    assert next_look(elapsed / 100, 3) == pytest.approx(wait and wait / 100)


def test_it_is_looked_for_some_minutes_and_not_for_ever() -> None:
    elapsed, looks = 0.0, 0
    while (wait := next_look(elapsed, LOOKED_FOR)) is not None:
        elapsed, looks = elapsed + wait, looks + 1
    assert (elapsed, looks) == (300, 15)


MANY = (Effect.NOT_SEEN, Effect.UNKNOWN)
LATE = timedelta(minutes=5)


async def test_an_effect_whose_answer_was_lost_is_found() -> None:
    world = World({"execute": [EffectUnknown("lost")]})
    assert await world.carry_out(work()) is None
    assert world.progress == DONE
    found = (KNOWN, "a later read found it done")
    assert world.marks == [(UNKNOWN, f"{NOT_SEEN}: lost"), found, (VERIFIED, "3072 MiB")]


@pytest.mark.parametrize("effect", MANY)
async def test_an_effect_that_is_not_seen_at_once_is_looked_for_later(effect: Effect) -> None:
    # It is not sent again, also when it may be: our request may still be under way.
    world = World({"execute": [EffectUnknown("lost secret")], "probe": [effect]}, is_deduplicated=True)
    await world.carry_out(work())
    assert world.progress == Progress(wait=1)
    assert world.marks == [(UNKNOWN, f"{NOT_SEEN}: lost ***")]
    assert world.calls.count("execute") == 1


async def test_the_time_for_looking_begins_when_the_answer_was_lost() -> None:
    world = World(
        {"execute": [EffectUnknown("lost")], "probe": [Effect.NOT_SEEN]}, time=NOW + timedelta(hours=1)
    )
    await world.carry_out(work())
    assert world.progress == Progress(wait=1), "the step was intended long ago"
    at_once = Effects(world, world, world, looked_for=0)  # type: ignore[arg-type]
    assert await at_once.carry_out(work()) == Progress(lost=f"{NOT_SEEN}: lost")


async def test_a_duration_that_cannot_be_read_makes_the_search_no_longer() -> None:
    world = World({"probe": [Effect.NOT_SEEN]}, latest=ServiceRefused("no"))
    at_once = Effects(world, world, world, looked_for=0)  # type: ignore[arg-type]
    assert await at_once.carry_out(work(UNKNOWN, "why")) == Progress(lost="why")


async def test_a_copy_waits_while_another_run_copies_its_target() -> None:
    world = World(is_leased=False, step=replace(STEP, preserves=True))
    await world.carry_out(replace(work(), step=world.step))
    assert world.progress == Progress(wait=30)
    assert (world.calls, world.marks) == ([], [])


@pytest.mark.parametrize("effect", MANY)
async def test_an_effect_that_is_never_seen_ends_as_unknown(effect: Effect) -> None:
    world = World({"probe": [effect]}, time=NOW + LATE - timedelta(seconds=1))
    await world.carry_out(work(UNKNOWN, "why"))
    assert world.progress == Progress(wait=1)
    world.time = NOW + LATE
    await world.carry_out(work(UNKNOWN, "why"))
    assert world.progress == Progress(lost="why")
    assert (world.calls, world.marks) == (["probe", "probe"], [])


async def test_an_effect_that_nothing_shows_is_not_looked_for_later() -> None:
    world = World(
        {"execute": [EffectUnknown("lost")], "probe": [Effect.UNKNOWABLE]}, is_deduplicated=True, latest=600.0
    )
    await world.carry_out(work())
    assert world.progress == Progress(lost=f"{NOT_SEEN}: lost")
    assert world.calls.count("probe") == 1
    interrupted = World({"probe": [Effect.UNKNOWABLE]})
    await interrupted.carry_out(work(STARTED))
    assert interrupted.progress == Progress(lost=INTERRUPTED)


@pytest.mark.parametrize("found", [Effect.NOT_SEEN, ServiceUnreachable("away")])
@pytest.mark.parametrize(
    ("latest", "within"),
    [(0, 300), (600, 600), (float("inf"), 7200), (ServiceRefused("no"), 300)],
)
async def test_it_is_looked_for_as_long_as_the_service_may_take(
    latest: float | Exception, within: float, found: Effect | Exception
) -> None:
    world = World({"probe": [found]}, latest=latest)
    world.time = NOW + timedelta(seconds=within - 1)
    await world.carry_out(work(UNKNOWN, "why"))
    assert world.progress == Progress(wait=1)
    world.time = NOW + timedelta(seconds=within)
    await world.carry_out(work(UNKNOWN, "why"))
    assert world.progress == Progress(lost="why")


async def test_a_probe_that_fails_is_not_known_and_it_is_looked_for_later() -> None:
    world = World({"probe": [ServiceRefused("not now")]}, is_deduplicated=True)
    await world.carry_out(work(STARTED))
    assert world.progress == Progress(wait=1)
    assert (world.calls, world.marks) == (["probe"], [(UNKNOWN, INTERRUPTED)])
    world.time = NOW + LATE
    await world.carry_out(work(UNKNOWN, INTERRUPTED))
    assert world.progress == Progress(lost=INTERRUPTED)


@pytest.mark.parametrize("state", [STARTED, UNKNOWN])
async def test_only_proof_says_that_it_did_not_happen(state: StepState) -> None:
    world = World({"probe": [Effect.NOT_DONE]})
    assert await world.carry_out(work(state)) == NOT_DONE
    assert (world.calls, world.marks) == (["probe"], [(FAILED, NOT_DONE)])


@pytest.mark.parametrize("state", [STARTED, UNKNOWN])
async def test_a_started_step_that_took_effect_goes_on_after_a_crash(state: StepState) -> None:
    world = World()
    assert await world.carry_out(work(state)) is None
    assert world.progress == DONE
    assert world.calls == ["probe", "verify"]


@pytest.mark.parametrize("effect", MANY)
async def test_a_started_step_is_not_sent_again_after_a_crash(effect: Effect) -> None:
    world = World({"probe": [effect]})
    await world.carry_out(work(STARTED))
    assert world.progress == Progress(wait=1)
    assert (world.calls, world.marks) == (["probe"], [(UNKNOWN, INTERRUPTED)])


async def test_only_what_the_service_deduplicates_is_sent_again_after_a_crash() -> None:
    world = World({"probe": [Effect.NOT_SEEN]}, is_deduplicated=True)
    assert await world.carry_out(work(STARTED)) is None
    assert world.progress == DONE
    assert world.calls == ["probe", "precheck", "execute", "verify"], "it need not be in the last readings"
    assert world.marks == [(KNOWN, "was set"), (VERIFIED, "3072 MiB")]
    world = World({"probe": [Effect.UNKNOWN]}, is_deduplicated=True)
    await world.carry_out(work(STARTED))
    assert world.calls == ["probe"], "what cannot be read is not sent again"
    assert world.marks == [(UNKNOWN, INTERRUPTED)], "the service answered, so it is not waited for"
    world = World({"probe": [Effect.NOT_SEEN]}, is_deduplicated=True)
    await world.carry_out(work(UNKNOWN))
    assert world.calls == ["probe"], "it is sent again once only"


@pytest.mark.parametrize("state", [STARTED, UNKNOWN])
async def test_what_was_done_in_part_is_carried_on(state: StepState) -> None:
    world = World({"probe": [Effect.BEGUN]}, is_deduplicated=True)
    assert await world.carry_out(work(state)) is None
    assert world.progress == DONE
    assert world.calls == ["probe", "precheck", "execute", "verify"]
    assert world.marks == [(KNOWN, "was set"), (VERIFIED, "3072 MiB")]


@pytest.mark.parametrize("state", [STARTED, UNKNOWN])
async def test_what_may_not_be_sent_twice_is_not_carried_on(state: StepState) -> None:
    world = World({"probe": [Effect.BEGUN]})
    await world.carry_out(work(state))
    assert world.progress.wait is not None
    assert world.calls == ["probe"]


async def test_what_just_ended_in_the_middle_is_carried_on_after_a_wait() -> None:
    world = World({"execute": [TimeoutError(), "was set"], "probe": [Effect.BEGUN]}, is_deduplicated=True)
    await world.carry_out(work())
    assert world.progress == Progress(wait=LONGEST_LOOKED_FOR / 300)
    assert world.marks == [(UNKNOWN, f"{NOT_SEEN}: no answer in time")]
    assert world.calls[-2:] == ["execute", "probe"]
    assert await world.carry_out(work(UNKNOWN)) is None
    assert world.progress == DONE


async def test_it_is_carried_on_for_two_hours_from_its_first_end() -> None:
    world = World({"execute": [ServiceRefused("no")], "probe": [Effect.BEGUN]}, is_deduplicated=True)
    world.time = NOW + timedelta(seconds=LONGEST_LOOKED_FOR - 1)
    await world.carry_out(work(UNKNOWN, "why"))
    assert world.progress == Progress(wait=1)
    world.time = NOW + timedelta(seconds=LONGEST_LOOKED_FOR)
    await world.carry_out(work(UNKNOWN, "why"))
    assert world.progress == Progress(lost="why")
    assert world.calls == ["probe", "precheck", "execute", "probe"] * 2
    assert world.marks == [], "its time counts from when its end was first not known"


async def test_while_its_end_is_not_known_it_is_said_what_to_look_at() -> None:
    advice = "Look at the task secret"
    world = World({"probe": [Effect.NOT_SEEN]}, advice=advice)
    await world.carry_out(work(STARTED))
    assert world.marks == [(UNKNOWN, f"{INTERRUPTED}. Look at the task ***")]
    world = World({"execute": [EffectUnknown("lost.")], "probe": [Effect.NOT_SEEN]}, advice=advice)
    await world.carry_out(work())
    assert world.marks == [(UNKNOWN, f"{NOT_SEEN}: lost. Look at the task ***")]
    world = World({"verify": [UNREADABLE]}, advice=advice)
    await world.carry_out(work(KNOWN))
    known = "it was done, but the result is not known: no permission. Look at the task ***"
    assert world.marks == [(KNOWN, known)]
    world = World(advice=advice, is_away=True)
    await world.carry_out(work(STARTED))
    assert world.marks == [(UNKNOWN, INTERRUPTED)]


@pytest.mark.parametrize("call", ["precheck", "execute"])
async def test_a_refusal_of_the_second_request_says_nothing_about_the_first(call: str) -> None:
    world = World({"probe": [Effect.NOT_SEEN], call: [ServiceRefused("changed")]}, is_deduplicated=True)
    await world.carry_out(work(STARTED))
    assert world.progress == Progress(wait=1)
    assert world.marks == [(UNKNOWN, f"{NOT_SEEN}: changed")]
    assert world.calls[-1] == "probe"


async def test_a_step_that_another_process_started_is_looked_for_and_not_sent() -> None:
    world = World(is_first=False)
    assert await world.carry_out(work()) is None
    assert world.calls == ["ready", "precheck", "start", "probe", "verify"]
    world = World({"probe": [Effect.NOT_SEEN]}, is_first=False, is_deduplicated=True)
    await world.carry_out(work())
    assert world.progress == Progress(wait=1)
    assert world.calls == ["ready", "precheck", "start", "probe"]


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
    assert world.progress.unknown == ("***" if isinstance(result, Exception) else unknown[result])
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


def test_a_result_is_read_again_every_half_minute_up_to_its_time() -> None:
    assert [next_read(elapsed, 600) for elapsed in (0, 580, 599, 600, 601)] == [30, 20, 1, None, None]
    assert next_read(-590, 600) == 10, "a clock that was set back"
    assert next_read(0, 0) is None


@pytest.mark.parametrize("result", [UNREADABLE, ServiceUnreachable("away")])
async def test_a_result_is_waited_for_as_long_as_the_action_may_take(result: Any) -> None:
    world = World({"verify": [result]}, latest=3600)
    for elapsed, wait in ((0, 30), (3599, 1)):
        world.time = NOW + timedelta(seconds=elapsed)
        await world.carry_out(work(KNOWN))
        assert world.progress == Progress(wait=wait)
        assert world.marks == [], "its time counts from when it was sent"
    world.time = NOW + timedelta(seconds=3600)
    await world.carry_out(work(KNOWN))
    assert world.progress.unknown
    assert [state for state, _ in world.marks] == [KNOWN]
    # A result that is known ends the wait at once, good or bad.
    for known, failure in ((GOOD, None), (BAD, "it was sent, but memory is 2048 MiB")):
        assert await World({"verify": [known]}, latest=3600).carry_out(work(KNOWN)) == failure


async def test_an_undo_is_looked_for_as_long_as_the_action_may_take() -> None:
    world = World({READ: [(SOON,)]}, latest=1800)
    for elapsed, is_over in ((1799, False), (1800, True)):
        world.time = NOW + timedelta(seconds=elapsed)
        progress = await world.effects.undo(work(VERIFIED, undoing_at=NOW))
        assert (progress.wait is None) is is_over


READ, SEND = "undo dry run", "undo"
STILL = "memory is still 3072 MiB"


@pytest.mark.parametrize(
    ("world", "result", "calls", "detail"),
    [
        (
            World({READ: [(SOON,), ()]}),
            DONE,
            [READ, "begin undo", SEND, READ],
            "a read shows that it is undone",
        ),
        (World(), DONE, [READ], "a read found it undone already"),
        (
            World({READ: [(SOON,), ()], SEND: [EffectUnknown("lost")]}),
            DONE,
            [READ, "begin undo", SEND, READ],
            "a read shows that it is undone",
        ),
        (World({READ: [(SOON,)]}), Progress(wait=1), [READ, "begin undo", SEND, READ], None),
        (
            World({READ: [(SOON,)], SEND: [EffectUnknown("lost")]}),
            Progress(wait=1),
            [READ, "begin undo", SEND, READ],
            None,
        ),
        (
            World({READ: [(SOON,), ServiceUnreachable("away")]}),
            Progress(wait=1),
            [READ, "begin undo", SEND, READ],
            None,
        ),
        (
            World({READ: [(SOON,), PreconditionFailed("somebody changed it")]}),
            Progress(failure="somebody changed it"),
            [READ, "begin undo", SEND, READ],
            None,
        ),
        (
            World({READ: [(SOON,)], SEND: [ServiceRefused("secret")]}),
            Progress(failure="***"),
            [READ, "begin undo", SEND, "end undo"],
            None,
        ),
        (
            World({READ: [PreconditionFailed("somebody changed it")]}),
            Progress(failure="somebody changed it"),
            [READ],
            None,
        ),
        (World(can_undo=False), Progress(failure="Set memory cannot be undone"), [], None),
    ],
)
async def test_undoing_a_step(world: World, result: Progress, calls: list[str], detail: str | None) -> None:
    assert await world.effects.undo(work(VERIFIED)) == result
    assert world.calls == calls
    assert world.marks == ([] if detail is None else [(StepState.UNDONE, detail)])
    assert world.noted == ([{"handle": "undo"}] if SEND in calls else [])


@pytest.mark.parametrize(
    ("answer", "seconds", "result"),
    [
        ((), 400, DONE),
        ((SOON,), 299, Progress(wait=1)),
        ((SOON, LATER), 300, Progress(failure=f"the undo was sent, but {STILL}, swap is still 1 MiB")),
        (
            ServiceRefused("secret"),
            300,
            Progress(failure="the undo was sent, but whether it is undone is not known: ***"),
        ),
        (PreconditionFailed("changed"), 0, Progress(failure="changed")),
    ],
)
async def test_an_undo_that_was_sent_is_read_and_never_sent_again(
    answer: Any, seconds: float, result: Progress
) -> None:
    world = World({READ: [answer]}, time=NOW + timedelta(seconds=seconds))
    assert await world.effects.undo(work(VERIFIED, undoing_at=NOW)) == result
    assert world.calls == [READ]


@pytest.mark.parametrize(
    "answers",
    [
        {"probe": [ServiceUnreachable("away"), Effect.NOT_SEEN]},
        {"probe": [Effect.NOT_SEEN], "execute": [ServiceUnreachable("away"), "was set"]},
    ],
)
async def test_after_a_crash_a_service_that_is_away_is_waited_for(answers: dict[str, list[Any]]) -> None:
    world = World(answers, is_deduplicated=True)
    effects = world.effects
    assert await effects.carry_out(work(STARTED)) == Progress(wait=1)
    assert world.marks == [], "it stays started: it may be sent again"
    assert await effects.carry_out(work(STARTED)) == DONE
    assert world.marks[0][0] is StepState.EFFECT_KNOWN


@pytest.mark.parametrize("called", ["probe", "execute"])
async def test_after_a_crash_a_service_that_stays_away_is_given_up(called: str) -> None:
    answers: dict[str, list[Any]] = {"probe": [Effect.NOT_SEEN], called: [ServiceUnreachable("away")]}
    world = World(answers, is_deduplicated=True)
    effects = world.effects
    assert await effects.carry_out(work(STARTED)) == Progress(wait=1)
    world.time = NOW + timedelta(seconds=300)
    await effects.carry_out(work(STARTED))
    assert [state for state, _ in world.marks] == [UNKNOWN]


async def test_what_may_not_be_sent_again_is_unknown_at_once() -> None:
    for world in (World({"probe": [ServiceUnreachable("away")]}), World(is_away=True, is_deduplicated=True)):
        assert await world.effects.carry_out(work(STARTED)) == Progress(wait=1)
        assert [state for state, _ in world.marks] == [UNKNOWN]


async def test_an_undo_that_carries_on_is_sent_again_after_a_crash_and_only_then() -> None:
    world = World({READ: [(SOON,), (SOON,), (SOON,), ()]}, undo_carries_on=True)
    effects = world.effects
    assert await effects.undo(work(VERIFIED, undoing_at=NOW)) == Progress(wait=1)
    assert world.calls == [READ, "begin undo", SEND, READ]
    assert await effects.undo(work(VERIFIED, undoing_at=NOW)) == Progress(wait=1)
    assert await effects.undo(work(VERIFIED, undoing_at=NOW)) == DONE
    assert world.calls.count(SEND) == 1


async def test_an_undo_that_ended_in_the_middle_is_carried_on() -> None:
    answers: dict[str, list[Any]] = {READ: [*[(SOON,)] * 3, ()], SEND: [TimeoutError(), "set back"]}
    world = World(answers, undo_carries_on=True)
    effects = world.effects
    assert await effects.undo(work(VERIFIED)) == Progress(wait=LONGEST_LOOKED_FOR / 300)
    assert await effects.undo(work(VERIFIED, undoing_at=NOW)) == DONE
    assert world.calls == [READ, "begin undo", SEND, READ] * 2


async def test_an_undo_that_ended_in_the_middle_is_not_carried_on_when_it_may_not_be() -> None:
    world = World({READ: [(SOON,)], SEND: [TimeoutError()]})
    effects = world.effects
    assert await effects.undo(work(VERIFIED)) == Progress(wait=1)
    assert await effects.undo(work(VERIFIED, undoing_at=NOW)) == Progress(wait=1)
    assert world.calls.count(SEND) == 1


async def test_an_undo_is_carried_on_for_two_hours_from_its_first_end() -> None:
    world = World({READ: [(SOON,)], SEND: [TimeoutError()]}, undo_carries_on=True, advice="Look")
    effects = world.effects
    await effects.undo(work(VERIFIED))
    world.time = NOW + timedelta(seconds=LONGEST_LOOKED_FOR - 1)
    assert await effects.undo(work(VERIFIED, undoing_at=NOW)) == Progress(wait=1)
    world.time = NOW + timedelta(seconds=LONGEST_LOOKED_FOR)
    found = await effects.undo(work(VERIFIED, undoing_at=NOW))
    assert found == Progress(failure=f"the undo was sent, but {STILL}")
    assert world.calls.count(SEND) == 3


async def test_an_undo_whose_service_is_away_after_a_crash_is_carried_on_when_it_is_back() -> None:
    world = World({READ: [(SOON,), ()]}, is_away=True, undo_carries_on=True)
    effects, begun = world.effects, work(VERIFIED, undoing_at=NOW - timedelta(days=1))
    assert await effects.undo(begun) == Progress(wait=1)
    world.time = NOW + timedelta(seconds=299)
    assert await effects.undo(begun) == Progress(wait=1)
    assert SEND not in world.calls
    world.is_away = False
    assert await effects.undo(begun) == DONE
    assert world.calls == [READ, "begin undo", SEND, READ]


async def test_an_undo_that_must_not_be_sent_again_is_only_read_when_its_service_is_back() -> None:
    world = World(is_away=True)
    effects, begun = world.effects, work(VERIFIED, undoing_at=NOW - timedelta(days=1))
    assert await effects.undo(begun) == Progress(wait=1)
    world.is_away = False
    assert await effects.undo(begun) == DONE
    assert world.calls == [READ]


async def test_an_undo_whose_service_stays_away_after_a_crash_is_given_up() -> None:
    world = World(is_away=True, undo_carries_on=True)
    effects, begun = world.effects, work(VERIFIED, undoing_at=NOW)
    assert await effects.undo(begun) == Progress(wait=1)
    world.time = NOW + timedelta(seconds=300)
    seen = "the undo was sent, but whether it is undone is not known: away"
    assert await effects.undo(begun) == Progress(failure=seen)


@pytest.mark.parametrize(
    "answers",
    [
        {READ: [*[ServiceUnreachable("away")] * 7, (SOON,), ()]},
        {READ: [(SOON,), (SOON,), ()], SEND: [ServiceUnreachable("away"), "set back"]},
    ],
)
async def test_an_undo_waits_for_a_service_that_is_away(answers: dict[str, list[Any]]) -> None:
    world = World(answers)
    effects = world.effects
    assert await effects.undo(work(VERIFIED)) == Progress(wait=1)
    assert await effects.undo(work(VERIFIED)) == DONE
    assert world.calls[-3:] == ["begin undo", SEND, READ]


async def test_an_undo_gives_up_a_service_that_stays_away() -> None:
    world = World({"probe": [ServiceUnreachable("away")], READ: [ServiceUnreachable("away")]})
    world.is_deduplicated = True
    effects = world.effects
    assert await effects.carry_out(work(STARTED)) == Progress(wait=1)
    world.time = NOW + timedelta(days=1)
    assert await effects.undo(work(VERIFIED)) == Progress(wait=1), "it is another wait than that of the step"
    world.time += timedelta(seconds=300)
    assert await effects.undo(work(VERIFIED)) == Progress(failure="away")
    assert SEND not in world.calls


async def test_a_step_does_not_begin_while_the_steward_is_paused() -> None:
    world = World(pause="paused by Olga")
    assert await world.carry_out(work()) == "paused by Olga"
    assert world.calls == ["ready", "precheck"]
    assert world.marks == [(FAILED, "paused by Olga")]


async def test_a_request_is_not_sent_again_while_the_steward_is_paused() -> None:
    world = World({"probe": [Effect.NOT_SEEN]}, is_deduplicated=True, pause="paused by Olga")
    await world.carry_out(work(STARTED))
    assert world.progress == Progress(wait=1)
    assert "execute" not in world.calls
    assert world.marks == [(UNKNOWN, f"{NOT_SEEN}: paused by Olga")]


async def test_an_undo_does_not_begin_while_the_steward_is_paused() -> None:
    world = World({"undo dry run": [(records.step().differences[0],)]}, pause="paused by Olga")
    progress = await world.effects.undo(work(VERIFIED))
    assert progress == Progress(failure="paused by Olga")
    assert "undo" not in world.calls
    assert world.marks == []


async def test_a_step_is_not_sent_when_its_target_was_fenced_since() -> None:
    world = World(fence="tank is fenced")
    assert await world.carry_out(work()) == "tank is fenced"
    assert "execute" not in world.calls
    assert world.marks == [(FAILED, "tank is fenced")]
    assert world.passing == [False]


async def test_a_request_is_not_sent_again_when_its_target_was_fenced_since() -> None:
    world = World({"probe": [Effect.NOT_SEEN]}, is_deduplicated=True, fence="tank is fenced")
    await world.carry_out(work(STARTED))
    assert "execute" not in world.calls
    assert world.marks == [(UNKNOWN, f"{NOT_SEEN}: tank is fenced")]


async def test_an_undo_is_not_sent_when_its_target_was_fenced_since() -> None:
    world = World({READ: [(SOON,)]}, fence="tank is fenced")
    assert await world.effects.undo(work(VERIFIED)) == Progress(failure="tank is fenced")
    assert SEND not in world.calls
    assert world.calls[-1] == "end undo"
    assert world.marks == []


@pytest.mark.parametrize("fenced", ["db", "box/radarr"])
async def test_what_a_step_also_changes_may_be_fenced_since(
    monkeypatch: pytest.MonkeyPatch, fenced: str
) -> None:
    one = work(VERIFIED)
    one = replace(one, entry=replace(one.entry, baseline={ALSO_CHANGES: "db"}))
    world = World({READ: [(SOON,)]})
    monkeypatch.setattr(world, "fenced", lambda step: "fenced" if step.target.id == fenced else None)
    assert await world.effects.undo(one) == Progress(failure="fenced")
    assert SEND not in world.calls


async def test_nothing_is_sent_without_a_lease() -> None:
    world = World(may_send=False)
    assert await world.carry_out(work()) == "the lease has ended"
    assert world.calls == ["ready", "precheck", "start"]
    assert world.marks == [(FAILED, "the lease has ended")]
    world = World({"undo dry run": [(SOON,)]}, may_send=False)
    progress = await world.effects.undo(work(KNOWN))
    assert progress.failure == "the lease has ended"
    assert world.calls == ["undo dry run", "begin undo", "end undo"]


@pytest.mark.parametrize("state", [STARTED, UNKNOWN])
@pytest.mark.parametrize(
    ("latest", "since", "wait"),
    [(None, 0.0, 300.0), (None, 299.5, 0.5), (10.0, 100.0, 200.0), (1_000.0, 300.0, 700.0)],
)
async def test_what_another_leader_sent_is_not_looked_for_before_it_has_arrived(
    state: StepState, latest: float | None, since: float, wait: float
) -> None:
    """A probe would find it not done, and the process that was stopped would send it afterwards."""
    world = World(in_doubt=since, latest=latest, is_deduplicated=True)
    await world.carry_out(work(state))
    assert world.progress == Progress(wait=wait)
    assert (world.calls, world.marks) == ([], [])
    progress = await world.effects.undo(work(KNOWN, undoing_at=NOW))
    assert progress == Progress(wait=wait)
    assert (world.calls, world.marks) == ([], [])


@pytest.mark.parametrize("since", [300.0, 1e6])
async def test_what_another_leader_sent_is_looked_for_once_it_has_arrived(since: float) -> None:
    world = World(in_doubt=since)
    assert await world.carry_out(work(STARTED)) is None
    assert world.calls == ["probe", "verify"]
    world = World({"undo dry run": [()]}, in_doubt=since)
    assert await world.effects.undo(work(KNOWN, undoing_at=NOW)) == DONE
    assert world.marks[-1][0] is StepState.UNDONE


async def test_what_nobody_sent_waits_for_nothing() -> None:
    world = World(in_doubt=0.0)
    assert await world.carry_out(work()) is None
    assert world.calls == ["ready", "precheck", "start", "execute", "verify"]
    world = World({"undo dry run": [(SOON,), ()]}, in_doubt=0.0)
    assert await world.effects.undo(work(KNOWN)) == DONE
    assert "undo" in world.calls
