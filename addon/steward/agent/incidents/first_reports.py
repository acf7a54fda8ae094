"""Holds the alerts of the first polls until all instances were polled once."""

from typing import Final

import structlog

from ...inventory.ports import Completeness
from ...sdk.description import IncomingAlert
from .correlator import Correlator

log = structlog.get_logger(__name__)

MOST_HELD: Final = 1_000


class FirstReports:
    """Passes reports of alerts on to the correlator, the first ones together after the first polls.

    A monitor is often read before the instance that its alerts are about: without that instance
    in the inventory the alerts would have no target.
    """

    def __init__(self, correlator: Correlator) -> None:
        """Reports are held until :meth:`pass_on`."""
        self._correlator = correlator
        self._held: list[tuple[str, tuple[IncomingAlert, ...], Completeness]] | None = []

    async def take(self, source: str, alerts: tuple[IncomingAlert, ...], completeness: Completeness) -> None:
        """Take what a poll found; see :meth:`Correlator.take`."""
        if self._held is not None and len(self._held) < MOST_HELD:
            self._held.append((source, alerts, completeness))
        else:
            await self._correlator.take(source, alerts, completeness)

    async def pass_on(self) -> None:
        """Pass on what is held, in its order, and hold nothing from now on."""
        while self._held:
            source, alerts, completeness = self._held.pop(0)
            try:
                await self._correlator.take(source, alerts, completeness)
            except Exception:
                log.exception("alerts of the first poll not taken", instance=source)
        self._held = None
