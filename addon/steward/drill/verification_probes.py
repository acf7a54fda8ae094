"""Probes of the verification: monitors and readings that lie, say nothing, or are old."""

import asyncio

from homelab_steward.contract.incidents import AlertStatus, Incident, Outcome, RunStatus

from ..texts import english
from .attempts import MONITOR, alert_of, approve, ask, run
from .execution_probes import CHANGED, _outcome, _status, _with
from .probe import Probe
from .results import require
from .scratch import Workshop
from .service import INSTANCE, MEMORY, MONITORED, WATCHED


async def _unknown(shop: Workshop) -> None:
    """Hide the reading after the change: the result is not known, and nothing is undone."""
    async with shop.open(_with(blind=True)) as scratch:
        must_be_unknown(await run(scratch))
        require(scratch.world.effects == [CHANGED], f"the effects are {scratch.world.effects}")


def must_be_unknown(incident: Incident) -> None:
    """Raise NotHeld unless the result of a run is not known."""
    require(_outcome(incident) is Outcome.UNKNOWN, f"the verdict is {_outcome(incident)}")
    require(_status(incident) is RunStatus.UNKNOWN, f"the run is {_status(incident)}")


async def _lying_monitor(shop: Workshop) -> None:
    """End the alert after a change that did not help, and after one that the service did not make."""
    for world in (_with(useless=True), _with(ignored=True)):
        async with shop.open(world) as scratch:
            held = world.faults.hold = asyncio.Event()
            await approve(scratch, await ask(scratch, WATCHED))
            await world.holding.wait()
            ended = alert_of(scratch, WATCHED, status=AlertStatus.RESOLVED)
            await scratch.agent.correlator.take(MONITOR, [ended])
            held.set()
            incident = await scratch.ended()
            require(_outcome(incident) is not Outcome.FIXED, "the word of the monitor counted as proof")
            require(_status(incident) is not RunStatus.SUCCEEDED, f"the run is {_status(incident)}")


async def _blind_monitor(shop: Workshop) -> None:
    """Stop the monitor before the change: what it said before proves nothing."""
    async with shop.open() as scratch:
        must_be_unknown(await run(scratch, MONITORED))


async def _stale_reading(shop: Workshop) -> None:
    """Let the service stop answering after the change: what was read before is no proof."""
    async with shop.open(_with(away=True)) as scratch:
        scratch.world.boxes["alpha"].used = 100
        await scratch.inventory.poll_now(INSTANCE)
        request = await ask(scratch, MEMORY)
        await approve(scratch, request)
        incident = await scratch.ended()
        require(_outcome(incident) is not Outcome.FIXED, "readings from before the change counted as proof")
        require(_status(incident) is not RunStatus.SUCCEEDED, f"the run is {_status(incident)}")


PROBES = (
    Probe(id="unknown", title=english("Not known is neither good nor worse"), run=_unknown),
    Probe(
        id="lying-monitor", title=english("A monitor that says all is well is no proof"), run=_lying_monitor
    ),
    Probe(
        id="blind-monitor",
        title=english("A monitor that stopped reporting proves nothing"),
        run=_blind_monitor,
    ),
    Probe(
        id="stale-reading", title=english("A reading from before a change proves nothing"), run=_stale_reading
    ),
)
