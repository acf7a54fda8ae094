"""Reports an issue while a rule did not hold in the last drill, or that drill is old."""

from datetime import timedelta
from typing import Final

from homeassistant.core import callback
from homeassistant.util import dt as dt_util

from . import issues
from .contract.protocol import RowKind
from .coordinator import Change, StewardCoordinator
from .days import each_day

OLD: Final = timedelta(days=90)
"""The age from which the last drill is old. One that never ran is not: the drill is optional."""


@callback
def watch_drills(coordinator: StewardCoordinator) -> None:
    """Report what the last drill found, and when it is old."""
    hass, entry = coordinator.hass, coordinator.entry

    @callback
    def check(_change: Change | None = None) -> None:
        drill = coordinator.steward_state.drill
        failed = [one.title for one in drill.failed] if drill else []
        is_old = drill is not None and dt_util.utcnow() - drill.at > OLD
        issues.set_drill(hass, entry, failed, is_old=is_old)

    entry.async_on_unload(coordinator.listen(RowKind.DRILL, check))
    entry.async_on_unload(each_day(hass, check))
    check()
