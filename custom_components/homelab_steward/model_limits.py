"""Reports an issue while a language model has used most of a limit."""

from homeassistant.core import callback

from . import issues
from .contract.protocol import RowKind
from .coordinator import Change, StewardCoordinator
from .days import each_day
from .steward_sensors import LISTED, current_limits


@callback
def watch_model_limits(coordinator: StewardCoordinator) -> None:
    """Report the models that have used the highest threshold of a limit, until the limit begins again."""
    hass, entry = coordinator.hass, coordinator.entry

    @callback
    def check(_change: Change | None = None) -> None:
        full = [
            f"{model}: {limit.percent} %"
            for model, limit in current_limits(coordinator.steward_state)
            if limit.is_nearly_used
        ]
        if full:
            issues.report_model_limit(hass, entry, full[:LISTED])
        else:
            issues.clear_model_limit(hass, entry)

    entry.async_on_unload(coordinator.listen(RowKind.USAGE, check))
    entry.async_on_unload(each_day(hass, check))
    check()
