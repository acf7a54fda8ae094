"""An agent whose cell has earned something: trials, choices and undos are stored before it starts."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Final

from homelab_steward.contract.autonomy import AutonomyLevel
from homelab_steward.contract.incidents import AlertStatus, ApprovalRequest, ApprovalStatus
from rig.agent_rig import AgentRig, open_rig
from rig.inventory import NOW, ToyInventory, alert
from rig.trials import stored_trial
from steward.agent.content_hash import content_hash
from steward.agent.levels.autonomy_state import CellState
from steward.autonomy.cells import Cell
from steward.clock import ManualClock
from steward.store import approvals, scheduled_messages
from steward.store import autonomy as stored

CELL: Final = Cell("toy-memory", 1, "grow", "toy/box")
TEN_MINUTES: Final = 600.0
ACTION: Final = "toy.set_memory"
NATURE: Final = {
    "is_reversible": True,
    "is_idempotent": True,
    "is_high_risk": False,
    "actions": [[ACTION, ""]],
}


async def earn(
    rig: AgentRig,
    good: int,
    level: AutonomyLevel = AutonomyLevel.ASK,
    undos: int = 0,
    run_id: str = "earned",
) -> None:
    """Store good runs and choices of the cell, and its level if it is not the first one."""
    before = NOW - timedelta(days=30)
    digest = content_hash(rig.agent._runs.learner._library["toy-memory"], 1)
    async with rig.store.change() as unit:
        for number in range(good):
            at = before + timedelta(days=20 * number / good)
            trial = stored_trial(
                f"{run_id}{number}",
                runbook_hash=digest,
                started_at=at,
                label="good",
                labelled_at=at + timedelta(days=1),
                nature=NATURE,
            )
            await stored.add_trial(unit.connection, trial)
            await stored.add_selection(unit.connection, _approved(trial))
        for number in range(undos):
            proof = stored.UndoProof(id=f"undo{number}", action=ACTION, major="", worked=True, at=before)
            await stored.add_undo_proof(unit.connection, proof)
        if level is not AutonomyLevel.ASK:
            found = await rig.agent._autonomy.states.one(unit.connection, CELL)
            standing = replace(found.standing, level=level, since=before, raised_at=before)
            await rig.agent._autonomy.states.save(unit, replace(found, standing=standing))


def _approved(trial: stored.StoredTrial) -> stored.Selection:
    return stored.Selection(
        approval_id=trial.run_id,
        runbook_id=trial.runbook_id,
        version=trial.version,
        recipe=trial.recipe,
        target_class=trial.target_class,
        target=trial.target,
        offered_at=trial.started_at,
        choice="approved",
        at=trial.started_at,
    )


@asynccontextmanager
async def earned(
    folder: Path,
    good: int = 10,
    level: AutonomyLevel = AutonomyLevel.VETO,
    undos: int = 0,
    inventory: ToyInventory | None = None,
) -> AsyncIterator[tuple[AgentRig, ManualClock]]:
    """Yield an agent whose cell has a level, and its clock, which stands at NOW."""
    clock = ManualClock(NOW)
    async with open_rig(folder, clock=clock, inventory=inventory) as rig:
        await earn(rig, good, level, undos)
        yield rig, clock


async def cell(rig: AgentRig) -> CellState:
    """Return the cell as the store has it."""
    async with rig.store.read() as connection:
        return await rig.agent._autonomy.states.one(connection, CELL)


async def level(rig: AgentRig) -> AutonomyLevel:
    """Return the level of the cell."""
    return (await cell(rig)).standing.level


async def announced(rig: AgentRig) -> ApprovalRequest:
    """Fire the alert and return the request that is announced."""
    request = await rig.ask()
    assert request.acts_at == NOW + timedelta(seconds=TEN_MINUTES), request.autonomy
    return request


async def proposed(rig: AgentRig) -> list[ApprovalRequest]:
    """Return the requests to raise a level that wait."""
    async with rig.store.read() as connection:
        pending = await approvals.requests_in(connection, ApprovalStatus.PENDING)
    return [one for one in pending if one.raises_level]


async def messages(rig: AgentRig) -> list[str]:
    """Return the messages to people about autonomy, the oldest first."""
    async with rig.store.read() as connection:
        found = await scheduled_messages.newest_of(connection, "autonomy", 10)
    return [line for one in reversed(found) for line in one.lines]


async def again(rig: AgentRig, clock: ManualClock) -> None:
    """Let the same problem begin again, from the same state of the box."""
    await rig.fire(alert(status=AlertStatus.RESOLVED, at=clock.now()))
    rig.toy.limit, rig.toy.used = 2048, 1945
    clock.move(1)
    await rig.fire(alert(at=clock.now()))


async def pass_window(rig: AgentRig, clock: ManualClock, minutes: int = 50) -> None:
    """Let the relapse window pass while the app looks, so often."""
    for _ in range(25 * 60 // minutes):
        clock.move(60 * minutes)
        await rig.agent._autonomy.stage.look()
