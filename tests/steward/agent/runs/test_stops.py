"""A person who stops something while a run is verified does not make the run look bad."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from homelab_steward.contract.incidents import Outcome, RunStatus, Severity
from rig import records
from rig.agent_rig import RUNBOOK, open_rig
from rig.inventory import CANARY, ToyInventory, box
from rig.toy import SERVICE, Toy
from steward.agent.runs.stops import Stops
from steward.agent.runs.verifier import NOT_KNOWN
from steward.errors import ServiceUnreachable
from steward.sdk.description import Call, Check, Outage, Stop
from steward.sdk.readings import Busy

BOX = box()
SET, RESTART = records.step(), records.step("toy.restart")
BY_PERSON = Stop(is_meant=True, text=f"root stopped it with {CANARY}")
SAID = "root stopped it with ***"
BY_ITSELF = Stop(is_meant=False, text="It ended by itself")

type Why = Callable[[Any, Call], Awaitable[Stop]]


def answers(stop: Stop | Exception) -> Why:
    async def why(_client: object, call: Call) -> Stop:
        assert call.target == BOX
        if isinstance(stop, Exception):
            raise stop
        return stop

    return why


def watched(inventory: ToyInventory, why: Why | None) -> ToyInventory:
    """Let the service read how a box was stopped; other checks of the service do not matter."""
    other: Check[Any] = Check(key="other", name="Other", severity=Severity.WARNING, problem=lambda _: None)
    plain = replace(other, key="plain", scope="box")
    ended = replace(plain, key="ended", outage=Outage(why=why))
    inventory.service_row = replace(SERVICE, checks=(other, plain, ended))
    return inventory


async def polled(why: Why | None, *, running: bool = False) -> ToyInventory:
    inventory = watched(ToyInventory(Toy()), why)
    inventory.extra["running"] = running
    await inventory.poll_now("toy1")
    return inventory


@pytest.mark.parametrize(
    ("stop", "expected"),
    [
        (BY_PERSON, SAID),
        (BY_ITSELF, None),
        (Busy("a task is running"), None),
        (ServiceUnreachable("no answer"), None),
        (TimeoutError(), None),
    ],
    ids=["person", "itself", "busy", "not readable", "slow"],
)
async def test_only_a_person_on_record_explains_a_stop(stop: Stop | Exception, expected: str | None) -> None:
    inventory = await polled(answers(stop))
    assert await Stops(inventory).why(BOX, (SET,)) == expected


async def test_what_runs_was_not_stopped() -> None:
    """The record of an old stop says nothing about now."""
    inventory = await polled(answers(BY_PERSON), running=True)
    assert await Stops(inventory).why(BOX, (SET,)) is None


async def test_a_run_that_restarts_its_target_may_have_stopped_it() -> None:
    """The service has no record of whether the steward or a person sent it."""
    inventory = await polled(answers(BY_PERSON))
    assert await Stops(inventory).why(BOX, (SET, RESTART)) is None


async def test_nothing_is_known_without_a_record_or_a_service() -> None:
    inventory = await polled(None)
    assert await Stops(inventory).why(BOX, (SET,)) is None
    inventory.known = False
    assert await Stops(inventory).why(BOX, (SET,)) is None
    assert await Stops(inventory).why(BOX, ()) is None


@pytest.mark.parametrize("stop", [BY_PERSON, BY_ITSELF], ids=["person", "itself"])
async def test_what_a_person_stopped_was_not_made_worse_by_the_run(tmp_path: Path, stop: Stop) -> None:
    async with open_rig(tmp_path, Toy(breaks=True), runbooks=[RUNBOOK]) as rig:
        watched(rig.inventory, answers(stop))
        await rig.press(await rig.ask())
        run = (await rig.until(lambda one: one.run is not None and one.run.finished_at is not None)).run
        assert run is not None
        assert run.verdict is not None
        if stop is BY_ITSELF:
            assert (run.status, run.verdict.outcome) == (RunStatus.UNDONE, Outcome.WORSE)
            return
        assert (run.status, run.verdict.outcome) == (RunStatus.UNKNOWN, Outcome.UNKNOWN)
        assert run.error == f"{NOT_KNOWN}: It runs ({SAID})."
        assert rig.toy.done == ["set_memory 3072"], "nothing is undone"
