"""How often the database is asked between a webhook and its request: time that every alert takes."""

import asyncio
from pathlib import Path

from homelab_steward.contract.incidents import IncidentStatus
from homelab_steward.contract.protocol import RowKind
from rig.agent_rig import AgentRig, open_rig
from rig.clocks import HANGING
from rig.inventory import alert
from rig.round_trips import RoundTrips, round_trips
from steward.sdk.description import IncomingAlert


async def counted(rig: AgentRig, incoming: IncomingAlert) -> RoundTrips:
    """Return what is asked from the webhook of an alert until its request is published."""
    with rig.store.changes.watch(RowKind.APPROVAL) as watch, round_trips(rig.store.database) as counts:
        async with asyncio.timeout(HANGING):
            await asyncio.gather(rig.agent.intake.accept("toy1", [incoming]), watch.next())
    return counts


async def test_an_alert_without_a_runbook(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig:
        await rig.ask(alert("Printer", name="printer"))
        counts = await counted(rig, alert("Fax", name="fax"))
        assert counts.transactions <= 4
        assert len(counts.statements) <= 19, counts.statements


async def test_an_alert_with_three_options(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig:
        await rig.ask(alert("Printer", name="printer"))
        counts = await counted(rig, alert())
        request = await rig.request(await rig.status(IncidentStatus.WAITING, number=2))
        assert len(request.proposal.options) == 3
        assert counts.transactions <= 5
        assert len(counts.statements) <= 28, counts.statements
