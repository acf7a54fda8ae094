"""Probes of fences."""

from collections.abc import Iterator
from itertools import count

from homelab_steward.contract.errors import ErrorCode
from homelab_steward.contract.fences import AddFence, Fence
from homelab_steward.contract.incidents import RunStatus

from ..texts import english
from .access_probes import is_over
from .attempts import approval, approve, ask, must_refuse, must_wait, nothing_done, panel
from .probe import Probe
from .results import require
from .scratch import Scratch, Workshop
from .service import BOX, INSTANCE

FENCE = Fence(id="", instance=INSTANCE, kind=BOX, target="box/alpha", reason="drill")


async def _set_fence(scratch: Scratch) -> None:
    speaker = panel(scratch.cast.owner)
    mode = await scratch.agent.fences.add(AddFence(speaker=speaker, fence=FENCE))
    require(len(mode.fences) == 1, "the fence of an owner was not set")


async def _at_gate(shop: Workshop) -> None:
    """Approve a request whose target was fenced after the question."""
    async with shop.open() as scratch:
        request = await ask(scratch)
        await _set_fence(scratch)
        for owner in scratch.cast.owners:
            command = approval(request, panel(owner))
            await must_refuse(scratch, command, "an owner", ErrorCode.FORBIDDEN)
        await must_wait(scratch, request)


async def _at_executor(shop: Workshop) -> None:
    """Set the fence after the approval: before the plan is made again, and right before it is sent."""
    async with shop.open() as scratch:
        scratch.engine.is_held = True
        request = await ask(scratch)
        await approve(scratch, request)
        await _set_fence(scratch)
        scratch.engine.is_held = False
        await scratch.agent.begin(request.id)
        await must_be_refused(scratch)
    async with shop.open() as scratch:
        request = await ask(scratch)
        reads = count(1)
        scratch.world.at_action_read = lambda: _fence_at_precheck(scratch, reads)
        await approve(scratch, request)
        await must_be_refused(scratch)


def _fence_at_precheck(scratch: Scratch, reads: Iterator[int]) -> None:
    """Set the fence in the second read of the action: the first was that of its dry run."""
    if next(reads) > 1:
        scratch.inventory.use_fences((FENCE,))


async def must_be_refused(scratch: Scratch) -> None:
    """Raise NotHeld unless a run ends without an effect."""
    incident = await scratch.until(is_over, "the end of its run")
    nothing_done(scratch)
    status = incident.run.status if incident.run else None
    require(status in (RunStatus.REFUSED, RunStatus.FAILED), f"the run is {status}")


PROBES = (
    Probe(id="fence-at-gate", title=english("What is behind a fence cannot be approved"), run=_at_gate),
    Probe(
        id="fence-at-executor", title=english("What is behind a fence is not carried out"), run=_at_executor
    ),
)
