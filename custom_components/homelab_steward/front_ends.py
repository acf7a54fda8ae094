"""Reports an issue while messages of the app do not reach people in a front end."""

from datetime import datetime
from typing import Final

from homeassistant.core import CALLBACK_TYPE, HassJob, callback
from homeassistant.helpers.event import async_call_later

from . import issues
from .contract.protocol import RowKind
from .contract.state import FrontEndState
from .coordinator import Change, StewardCoordinator

GRACE: Final = 60.0
"""Seconds until a problem is reported: most of them are over sooner."""


@callback
def watch_front_ends(coordinator: StewardCoordinator) -> None:
    """Report the problems of each front end that last longer than ``GRACE``, until they are solved."""
    reports = _Reports(coordinator)
    coordinator.entry.async_on_unload(coordinator.listen(RowKind.FRONT_END, reports.on_change))
    coordinator.entry.async_on_unload(reports.stop)
    for front_end in coordinator.steward_state.front_ends:
        reports.check(front_end)


class _Reports:
    """The timers and issues by front end."""

    def __init__(self, coordinator: StewardCoordinator) -> None:
        self._coordinator = coordinator
        self._timers: dict[str, CALLBACK_TYPE] = {}
        self._reported: set[str] = set()

    @callback
    def on_change(self, change: Change) -> None:
        """Check the front end whose row changed."""
        self.check(change.id)

    @callback
    def check(self, front_end: str) -> None:
        """Report, change or delete the issue, or wait before the report."""
        status = self._coordinator.steward_state.front_ends.get(front_end)
        if status is None or status.state is FrontEndState.OK:
            self._clear(front_end)
        elif front_end in self._reported:
            self._report(front_end)
        elif front_end not in self._timers:
            self._report_later(front_end)

    @callback
    def stop(self) -> None:
        """Stop all timers."""
        for stop in self._timers.values():
            stop()
        self._timers.clear()

    def _report_later(self, front_end: str) -> None:
        @callback
        def over(_now: datetime) -> None:
            self._timers.pop(front_end, None)
            self._report(front_end)

        job = HassJob(over, "homelab_steward front end", cancel_on_shutdown=True)
        self._timers[front_end] = async_call_later(self._coordinator.hass, GRACE, job)

    def _report(self, front_end: str) -> None:
        self._reported.add(front_end)
        status = self._coordinator.steward_state.front_ends[front_end]
        issues.report_front_end(
            self._coordinator.hass,
            self._coordinator.entry,
            front_end,
            status.problems,
            is_down=status.state is FrontEndState.DOWN,
        )

    def _clear(self, front_end: str) -> None:
        self._reported.discard(front_end)
        if stop := self._timers.pop(front_end, None):
            stop()
        issues.clear_front_end(self._coordinator.hass, self._coordinator.entry, front_end)
