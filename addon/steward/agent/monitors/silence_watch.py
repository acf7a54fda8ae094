"""Stage: notices what no source reports: stale alerts, silent heartbeats, and updates that last too long."""

from typing import Final

import structlog

from ...clock import Clock
from ..incidents.correlator import Correlator

log = structlog.get_logger(__name__)

TICK: Final = 30.0


class SilenceWatch:
    """Asks the correlator every half minute."""

    def __init__(self, correlator: Correlator, clock: Clock) -> None:
        """Nothing is written before :meth:`run`."""
        self._correlator = correlator
        self._clock = clock

    async def run(self) -> None:
        """Watch until cancelled."""
        while True:
            await self._clock.sleep(TICK)
            try:
                await self._correlator.note_silence()
                await self._correlator.note_updates()
            except Exception:
                log.exception("silence not checked")
