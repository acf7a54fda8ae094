"""Which outputs of earlier steps are filled in, and what the work of a step contains afterwards."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from homelab_steward.contract.base import Value
from homelab_steward.contract.incidents import StepState
from homelab_steward.contract.step_parts import PlannedReference, PlannedStep
from rig import records
from rig.inventory import NOW, box
from steward.agent.plans.references import ARGUMENT, References, Source, Work, works
from steward.errors import InvalidArgument
from steward.sdk.description import Call, DryRun
from steward.sdk.fields import number_field
from steward.store.runs import Entry

FIRST = replace(records.step("toy.restart", box("sonarr")), id="first")
LINKED = replace(
    records.step(),
    references=(
        PlannedReference(
            argument="memory", step="first", output="granted", kind="number", minimum=0.0, maximum=8192.0
        ),
    ),
)
ENTRY = Entry(position=1, state=StepState.INTENDED, changed_at=NOW, baseline={"old": 1}, detail="")


class World:
    """The journal and the resolver, in memory: the first step reported ``granted``."""

    def __init__(self) -> None:
        self.notes: list[tuple[str, int, Mapping[str, Value]]] = []
        self.polled: set[str] = set()
        self.reported: Value = 4096

    async def baseline(self, run_id: str, position: int) -> Mapping[str, Value]:
        assert (run_id, position) == ("run", 0)
        return {"granted": self.reported}

    async def note(self, run_id: str, position: int, values: Mapping[str, Value]) -> None:
        self.notes.append((run_id, position, values))

    async def poll(self, instances: Collection[str]) -> None:
        self.polled = set(instances)

    def ids(self, instance_id: str, kind: str) -> frozenset[str]:
        assert (instance_id, kind) == (FIRST.target.instance_id, "")
        return frozenset()

    def ready(self, step: PlannedStep) -> Any:
        assert step == LINKED
        assert self.polled == {FIRST.target.instance_id, LINKED.target.instance_id}
        action = SimpleNamespace(
            arguments=(number_field("memory", "Memory", least=0, most=8192),), dry_run=self.dry_run
        )
        return SimpleNamespace(action=action, client=self, call=Call(target=step.target, arguments={}))

    async def dry_run(self, client: object, call: Call) -> DryRun:
        assert client is self
        assert call == Call(target=LINKED.target, arguments={"memory": 4096})
        return DryRun(differences=(), baseline={"before": 2048})


async def filled_in(work: Work) -> tuple[Work, World]:
    world: Any = World()
    return await References(world, world).fill_in(work), world


def test_only_steps_with_an_id_can_be_referred_to() -> None:
    """Two steps without an id would otherwise share an empty name."""
    (work,) = works("run", (FIRST, LINKED, LINKED), [ENTRY])
    assert work.sources == {"first": Source(0, FIRST.target)}


def test_arguments_that_were_journaled_are_those_of_the_step() -> None:
    """A crash between two steps does not lose the value that the second one was approved with."""
    journaled = replace(ENTRY, baseline={"old": 1, "argument:memory": 4096})
    step = replace(LINKED, arguments={"cores": 2})
    first, second = works("run", (FIRST, step), [replace(ENTRY, position=0), journaled])
    assert (first.step, second.step.arguments) == (FIRST, {"cores": 2, "memory": 4096})


def test_journaled_arguments_have_a_prefix_that_no_key_of_an_action_can_have() -> None:
    """The journal of an earlier version is read after an update, so the prefix stays as it is."""
    assert ARGUMENT == "argument:"


async def test_the_work_has_the_arguments_and_the_baseline_that_were_journaled() -> None:
    work = Work("run", LINKED, ENTRY, {"first": Source(0, FIRST.target)})
    done, world = await filled_in(work)
    noted = {"before": 2048, "argument:memory": 4096}
    assert world.notes == [("run", 1, noted)]
    assert done.step.arguments == {"memory": 4096}
    assert done.entry == replace(ENTRY, baseline={"old": 1, **noted})
    assert done.sources == work.sources


async def test_a_step_that_was_started_keeps_the_arguments_it_was_started_with() -> None:
    work = Work("run", LINKED, replace(ENTRY, was_started=True), {"first": Source(0, FIRST.target)})
    done, world = await filled_in(work)
    assert done is work
    assert world.notes == []


async def test_a_value_that_was_not_approved_is_refused_before_the_dry_run() -> None:
    world: Any = World()
    world.reported = 9000
    work = Work("run", LINKED, ENTRY, {"first": Source(0, FIRST.target)})
    with pytest.raises(InvalidArgument, match="must be a number from 0 to 8192"):
        await References(world, world).fill_in(work)
    assert world.notes == []
