"""Stage: finds stale alerts, silent heartbeats and webhooks, and updates that last too long."""

from typing import Final

from ...clock import Clock
from ...tasks import repeat
from ..incidents.correlator import Correlator

TICK: Final = 30.0


class SilenceWatch:
    """Makes the correlator check for silence every half minute."""

    def __init__(self, correlator: Correlator, clock: Clock) -> None:
        """Nothing is written before :meth:`run`."""
        self._correlator = correlator
        self._clock = clock

    async def run(self) -> None:
        """Watch until cancelled."""
        await repeat(self._look, TICK, self._clock, "silence not checked")

    async def _look(self) -> None:
        await self._correlator.note_silence()
        await self._correlator.note_updates()
