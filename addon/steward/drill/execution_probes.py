"""Probes of the executor: answers that are lost, undo, limits, and runs that meet."""

import asyncio
from dataclasses import replace

from homelab_steward.contract.commands import RequestAction
from homelab_steward.contract.incidents import ApprovalRequest, Incident, Outcome, RunStatus, StepState

from ..texts import english
from .attempts import approve, ask, panel, run
from .probe import Probe
from .results import require
from .scratch import Scratch, Workshop
from .service import INSTANCE
from .world import LIMIT, MORE, Faults, World

MOST_CHANGES = 3
"""Changes an hour in the probe of that limit: more would only take longer."""

CHANGED = f"limit alpha {MORE}"
UNDONE = f"limit alpha {LIMIT}"


def _with(**faults: object) -> World:
    return World(faults=replace(Faults(), **faults))  # type: ignore[arg-type]


def _outcome(incident: Incident) -> Outcome | None:
    return incident.run.verdict.outcome if incident.run and incident.run.verdict else None


def _status(incident: Incident) -> RunStatus | None:
    return incident.run.status if incident.run else None


def must_be_undone(scratch: Scratch, incident: Incident) -> None:
    """Raise NotHeld unless what was done is undone and the run says so."""
    require(_outcome(incident) is Outcome.WORSE, f"the verdict is {_outcome(incident)}")
    require(scratch.world.effects == [CHANGED, UNDONE], f"the effects are {scratch.world.effects}")
    require(_status(incident) is RunStatus.UNDONE, f"the run is {_status(incident)}")


async def _answer_lost(shop: Workshop) -> None:
    """Lose the answer of a change that was made: it is found by a read, and not sent again."""
    async with shop.open(_with(answer_lost=True)) as scratch:
        incident = await run(scratch)
        require(scratch.world.effects == [CHANGED], f"the effects are {scratch.world.effects}")
        require(_outcome(incident) is Outcome.FIXED, f"the verdict is {_outcome(incident)}")


async def _late_effect(shop: Workshop) -> None:
    """Lose the answer of a change that is made later: it is looked for, and not sent again."""
    async with shop.open(_with(late_reads=8)) as scratch:
        incident = await run(scratch)
        require(scratch.world.effects == [CHANGED], f"the effects are {scratch.world.effects}")
        require(_outcome(incident) is Outcome.FIXED, f"the verdict is {_outcome(incident)}")


async def _worse(shop: Workshop) -> None:
    """Make something worse: it is undone without a question."""
    async with shop.open(_with(breaks=True)) as scratch:
        must_be_undone(scratch, await run(scratch))


async def _failed_undo(shop: Workshop) -> None:
    """Refuse the undo: the run says that it is not undone."""
    async with shop.open(_with(breaks=True, undo_refused=True)) as scratch:
        incident = await run(scratch)
        must_not_claim_undo(scratch, incident)


async def _undo_read_back(shop: Workshop) -> None:
    """Accept the undo and do nothing: a read finds that, and the run says that it is not undone."""
    async with shop.open(_with(breaks=True, undo_ignored=True)) as scratch:
        incident = await run(scratch)
        must_not_claim_undo(scratch, incident)


def must_not_claim_undo(scratch: Scratch, incident: Incident) -> None:
    """Raise NotHeld when a run claims an undo that did not happen, or does not say so."""
    require(scratch.world.boxes["alpha"].limit == MORE, "the probe did not prevent the undo")
    require(_status(incident) is RunStatus.FAILED, f"the run is {_status(incident)}")
    steps = incident.run.steps if incident.run else ()
    require(all(one.state is not StepState.UNDONE for one in steps), "the step counts as undone")
    error = incident.run.error if incident.run else None
    require(error, "the run does not say that it is not undone")
    require((error or "") in incident.write_up, "the report does not say that it is not undone")


async def _budget(shop: Workshop) -> None:
    """Approve one change more than are allowed in an hour."""
    allowed = min(shop.settings.limits.changes_per_hour, MOST_CHANGES)
    limits = replace(shop.settings.limits, changes_per_hour=allowed)
    names = [f"box{number}" for number in range(allowed + 1)]
    async with shop.open(boxes(names), settings=replace(shop.settings, limits=limits)) as scratch:
        for number, name in enumerate(names, 1):
            await approve(scratch, await ask(scratch, number=number, box=name))
            await scratch.ended(number)
        incident = await scratch.ended(len(names))
        require(_status(incident) is RunStatus.REFUSED, f"the last run is {_status(incident)}")
        done = scratch.world.effects
        require(len(done) == allowed, f"{len(done)} changes were made where {allowed} are allowed")


def boxes(names: list[str]) -> World:
    """Return a world with these boxes."""
    world = World()
    world.boxes = {name: replace(world.boxes["alpha"]) for name in names}
    return world


async def _two_runs(shop: Workshop) -> None:
    """Approve a second change of a target while the first one is under way."""
    held = asyncio.Event()
    async with shop.open(_with(hold=held)) as scratch:
        first = await ask(scratch)
        await approve(scratch, first)
        await scratch.world.holding.wait()
        second = await _requested(scratch)
        await approve(scratch, second)
        other = await scratch.ended(2)
        held.set()
        await scratch.ended(1)
        require(_status(other) is not RunStatus.SUCCEEDED, "two runs changed one target at the same time")
        require(scratch.world.effects == [CHANGED], f"the effects are {scratch.world.effects}")


async def _requested(scratch: Scratch) -> ApprovalRequest:
    """Ask for another change of the first box, as a person does."""
    answer = await scratch.agent.requests.request(
        RequestAction(
            instance_id=INSTANCE,
            action="set_limit",
            target_id="box/alpha",
            arguments={"limit": 2 * MORE},
            speaker=panel(scratch.cast.owner),
        )
    )
    return await scratch.request(answer.approval_id or "")


PROBES = (
    Probe(id="answer-lost", title=english("A lost answer is no reason to send again"), run=_answer_lost),
    Probe(id="late-effect", title=english("A late effect is found, and not sent again"), run=_late_effect),
    Probe(id="worse", title=english("What made things worse is undone"), run=_worse),
    Probe(id="failed-undo", title=english("A failed undo is reported"), run=_failed_undo),
    Probe(
        id="undo-read-back", title=english("An undo counts only when it is read back"), run=_undo_read_back
    ),
    Probe(id="budget", title=english("The limit of changes an hour holds"), run=_budget),
    Probe(id="two-runs", title=english("Two runs never change one target at the same time"), run=_two_runs),
)
