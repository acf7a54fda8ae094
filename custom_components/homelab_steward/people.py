"""Reports an issue while no known person may decide."""

from homeassistant.core import callback

from . import issues
from .contract.protocol import RowKind
from .coordinator import Change, StewardCoordinator


@callback
def watch_people(coordinator: StewardCoordinator) -> None:
    """Report an issue as long as no known person may decide anything."""

    @callback
    def check(_change: Change | None = None) -> None:
        people = coordinator.steward_state.people.values()
        nobody = not any(person.decides for person in people)
        issues.set_nobody_decides(coordinator.hass, coordinator.entry, nobody=nobody)

    coordinator.entry.async_on_unload(coordinator.listen(RowKind.PERSON, check))
    check()
