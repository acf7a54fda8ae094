"""Keeps the result of a drill: one row and one audit entry."""

from pathlib import Path

from homelab_steward.contract.drill import DRILL_ID, DrillReport, ReportDrill
from homelab_steward.contract.errors import ContractError, ErrorCode
from homelab_steward.contract.protocol import Nothing, RowKind
from homelab_steward.contract.state import FrontEnd

from ..clock import Clock
from ..store import audit
from ..store.drills import write_drill
from ..store.store import Store
from ..texts import translate
from .workplace import remove_leftovers


def begin_drills(data_dir: Path, store: Store, clock: Clock) -> DrillKeeper:
    """Remove what a drill that was killed has left, and return what keeps the results of drills."""
    remove_leftovers(data_dir)
    return DrillKeeper(store, clock)


class DrillKeeper:
    """Stores results of drills."""

    def __init__(self, store: Store, clock: Clock) -> None:
        """Write to ``store``."""
        self._store = store
        self._clock = clock

    async def take(self, request: ReportDrill) -> Nothing:
        """Handle ``drill.report``. Raises ContractError FORBIDDEN unless the command line reports it."""
        if request.speaker.front_end is not FrontEnd.COMMAND_LINE:
            raise ContractError(ErrorCode.FORBIDDEN, translate(t"Only the command line reports a drill."))
        await self.keep(request.report)
        return Nothing()

    async def keep(self, report: DrillReport) -> None:
        """Store a result, and publish it."""
        async with self._store.change(durable=True) as unit:
            await write_drill(unit.connection, report)
            body = {
                "probes": report.probes,
                "held": report.held,
                "failed": [one.id for one in report.failed],
                "not_applicable": [one.id for one in report.not_applicable],
            }
            await audit.append(unit.connection, self._clock.now(), "drill.ended", body)
            unit.publish(RowKind.DRILL, DRILL_ID, report)
