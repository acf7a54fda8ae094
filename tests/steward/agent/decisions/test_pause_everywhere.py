"""The pause of everything stops each way by which something is done, at the next checkpoint of that way."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import pytest

from homelab_steward.contract.autonomy import AutonomyLevel
from homelab_steward.contract.catalogue import Risk
from homelab_steward.contract.commands import RequestAction
from homelab_steward.contract.errors import ContractError, ErrorCode
from homelab_steward.contract.incidents import ApprovalRequest, IncidentStatus, RunStatus, Verb
from homelab_steward.contract.later import Later
from homelab_steward.contract.mode import PauseScope, SetPause
from homelab_steward.contract.state import FrontEnd
from rig.agent_rig import AgentRig, decide_command, open_rig
from rig.changes_rig import changes_rig, found
from rig.earned import TEN_MINUTES, announced, earned
from rig.inventory import NOW, ToyInventory, alert, speaker
from rig.toy import SERVICE, Toy
from steward.clock import ManualClock

PAUSE: Final = SetPause(speaker=speaker("2"), scope=PauseScope.EVERYTHING)
RESUME: Final = SetPause(speaker=speaker("2"), scope=None)
LOW: Final = replace(SERVICE, actions=tuple(replace(one, risk=Risk.LOW) for one in SERVICE.actions))
"""Every action has a low risk: that is all that a voice may approve."""

HANDS: Final = (FrontEnd.HOME_ASSISTANT, FrontEnd.TELEGRAM, FrontEnd.PANEL, FrontEnd.ASSIST)
"""The front ends in which a person approves: the phone, Telegram, the panel and Assist."""

ASKERS: Final = (FrontEnd.MCP, FrontEnd.HOME_ASSISTANT, FrontEnd.ASSIST, FrontEnd.COMMAND_LINE)
"""Where an action is asked for; MCP is REST too."""

type Way = Callable[[Path], Awaitable[list[str]]]


@asynccontextmanager
async def low_risks(folder: Path, toy: Toy | None = None, **more: Any) -> AsyncIterator[AgentRig]:
    inventory = ToyInventory(toy or Toy())
    inventory.service_row = LOW
    async with open_rig(folder, inventory=inventory, **more) as rig:
        yield rig


async def pause(rig: AgentRig) -> None:
    await rig.agent.mode.set_pause(PAUSE)


async def over(rig: AgentRig, status: RunStatus | None = None) -> None:
    """Wait for the end of the run, which has this status."""
    incident = await rig.until(lambda one: one.run is not None and one.run.finished_at is not None)
    assert incident.run is not None
    assert status in (None, incident.run.status), incident.run
    assert "paused by" in (incident.run.error or ""), incident.run


def pressed(via: FrontEnd) -> Way:
    async def way(folder: Path) -> list[str]:
        async with low_risks(folder) as rig:
            request = await rig.ask()
            await pause(rig)
            await refused(rig, request, via)
            return rig.toy.done

    return way


async def refused(rig: AgentRig, request: ApprovalRequest, via: FrontEnd) -> None:
    command = decide_command(
        request, Verb.APPROVE, front_end=via, option=1, plan_hash=request.proposal.options[0].plan_hash
    )
    with pytest.raises(ContractError) as caught:
        await rig.agent.gate.decide(command)
    assert caught.value.code is ErrorCode.PAUSED


def asked(via: FrontEnd) -> Way:
    async def way(folder: Path) -> list[str]:
        async with low_risks(folder) as rig:
            await pause(rig)
            answer = await rig.agent.requests.request(_wish(via))
            await refused(rig, await rig.request_with(answer.approval_id or ""), FrontEnd.TELEGRAM)
            return rig.toy.done

    return way


def _wish(via: FrontEnd = FrontEnd.TELEGRAM, later: Later | None = None) -> RequestAction:
    return RequestAction(
        instance_id="toy1",
        action="set_memory",
        speaker=speaker("1", via),
        target_id="box/radarr",
        arguments={"memory": 4096},
        later=later,
    )


async def scheduled(folder: Path) -> list[str]:
    clock = ManualClock(NOW)
    at = NOW + timedelta(hours=3)
    async with open_rig(folder, clock=clock) as rig:
        answer = await rig.agent.requests.request(_wish(later=Later(at=at, until=at + timedelta(hours=1))))
        await rig.press(await rig.request_with(answer.approval_id or ""))
        await pause(rig)
        clock.move(3 * 3600)
        await rig.agent._asked.scheduled.look()
        await over(rig, RunStatus.REFUSED)
        return rig.toy.done


async def approved_and_not_begun(folder: Path) -> list[str]:
    async with open_rig(folder) as rig:
        request = await rig.ask()
        await rig.stand_still()
        rig.engine.broken = True  # type: ignore[attr-defined]
        await rig.press(request)
        await pause(rig)
        assert await rig.agent.execute(request.id) is RunStatus.REFUSED
        return rig.toy.done


async def announced_run(folder: Path) -> list[str]:
    async with earned(folder) as (rig, clock):
        request = await announced(rig)
        await pause(rig)
        clock.move(TEN_MINUTES)
        await rig.agent._autonomy.announced.look()
        assert (await rig.request_with(request.id)).acts_at is None
        return rig.toy.done


async def automatic_run(folder: Path) -> list[str]:
    async with earned(folder, 40, AutonomyLevel.AUTO, 80) as (rig, _clock):
        await pause(rig)
        request = await rig.ask()
        assert request.decision is None
        assert any("paused by" in one for one in request.autonomy)
        return rig.toy.done


async def automatic_run_that_was_decided(folder: Path) -> list[str]:
    """It is decided by the steward itself, and its run has not begun."""
    async with earned(folder) as (rig, clock):
        request = await announced(rig)
        await rig.stand_still()
        rig.engine.broken = True  # type: ignore[attr-defined]
        clock.move(TEN_MINUTES)
        await rig.agent._autonomy.announced.look()
        decided = await rig.request_with(request.id)
        assert decided.decision is not None
        await pause(rig)
        assert await rig.agent.execute(request.id) is RunStatus.REFUSED
        return rig.toy.done


async def update(folder: Path) -> list[str]:
    async with changes_rig(folder) as rig:
        rig.sources[0].offer(found())
        await rig.look()
        (request,) = await rig.pending()
        await pause(rig.agent)
        await refused(rig.agent, request, FrontEnd.TELEGRAM)
        return rig.agent.toy.done


async def update_that_was_approved(folder: Path) -> list[str]:
    async with changes_rig(folder) as rig:
        rig.sources[0].offer(found())
        await rig.look()
        (request,) = await rig.pending()
        rig.agent.engine.broken = True  # type: ignore[attr-defined]
        await rig.agent.press(request)
        await pause(rig.agent)
        assert await rig.agent.agent.execute(request.id) is RunStatus.REFUSED
        return rig.agent.toy.done


WAYS: Final[dict[str, Way]] = {
    **{f"approved by {one}": pressed(one) for one in HANDS},
    **{f"asked for by {one}": asked(one) for one in ASKERS},
    "scheduled": scheduled,
    "update": update,
    "update, approved and not begun": update_that_was_approved,
    "approved and not begun": approved_and_not_begun,
    "announced": announced_run,
    "automatic": automatic_run,
    "automatic, decided and not begun": automatic_run_that_was_decided,
}


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS.keys())
async def test_nothing_begins_on_any_way(tmp_path: Path, way: Way) -> None:
    assert await way(tmp_path) == []


async def test_the_next_step_does_not_begin_and_nothing_is_undone(tmp_path: Path) -> None:
    toy = Toy(hold=asyncio.Event())
    async with open_rig(tmp_path, toy) as rig:
        await rig.press(await rig.ask(alert("ToyThree")))
        await toy.holding.wait()
        await pause(rig)
        assert toy.hold is not None
        toy.hold.set()
        await over(rig, RunStatus.FAILED)
        assert len(toy.done) == 1


async def test_the_undo_of_a_run_that_made_things_worse_does_not_begin(tmp_path: Path) -> None:
    """What was sent is read back and judged; the undo would be another change."""
    toy = Toy(breaks=True, hold=asyncio.Event())
    async with open_rig(tmp_path, toy) as rig:
        await rig.press(await rig.ask())
        await toy.holding.wait()
        await pause(rig)
        assert toy.hold is not None
        toy.hold.set()
        await over(rig, RunStatus.FAILED)
        assert len(toy.done) == 1


async def test_what_was_sent_is_still_read_back(tmp_path: Path) -> None:
    """The one exception: a read changes nothing, and the result has to be known."""
    toy = Toy(hold=asyncio.Event())
    async with open_rig(tmp_path, toy) as rig:
        await rig.press(await rig.ask())
        await toy.holding.wait()
        await pause(rig)
        assert toy.hold is not None
        toy.hold.set()
        incident = await rig.status(IncidentStatus.RESOLVED)
        assert incident.run is not None
        assert incident.run.status is RunStatus.SUCCEEDED
        assert len(toy.done) == 1


async def test_after_it_people_may_approve_again(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig:
        request = await rig.ask()
        await pause(rig)
        await refused(rig, request, FrontEnd.TELEGRAM)
        await rig.agent.mode.set_pause(RESUME)
        await rig.press(request)
        await rig.status(IncidentStatus.RESOLVED)
