"""Reports issues about fences: what people are asked to fence, and fences that fit nothing."""

from homeassistant.core import callback

from . import issues
from .contract.protocol import RowKind
from .coordinator import Change, StewardCoordinator


@callback
def watch_fences(coordinator: StewardCoordinator) -> None:
    """Report offers until an owner answers them, and problems until a fence fits something."""
    hass, entry = coordinator.hass, coordinator.entry

    @callback
    def check(_change: Change | None = None) -> None:
        mode = coordinator.steward_state.mode
        offered = [one.name for one in mode.fence_offers]
        wrong = [
            f"{one.target or one.instance or one.id}: {one.problem}" for one in mode.fences if one.problem
        ]
        issues.set_fences(hass, entry, "fence_offers", offered)
        issues.set_fences(hass, entry, "fence_problems", wrong)

    entry.async_on_unload(coordinator.listen(RowKind.MODE, check))
    check()
