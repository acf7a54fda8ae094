"""Reports an issue for each finding of the app's doctor that needs a person."""

from homeassistant.core import callback

from . import issues
from .contract.protocol import RowKind
from .coordinator import Change, StewardCoordinator


@callback
def watch_doctor(coordinator: StewardCoordinator) -> None:
    """Report the findings of the last report, and delete the issues of those that are solved."""
    hass, entry = coordinator.hass, coordinator.entry

    @callback
    def check(_change: Change | None = None) -> None:
        report = coordinator.steward_state.doctor
        # Without a report the app has not looked since its start: nothing is known to be solved.
        if report is not None:
            issues.set_doctor(hass, entry, [one for one in report.findings if one.needs_repair])

    entry.async_on_unload(coordinator.listen(RowKind.DOCTOR, check))
    check()
