"""Reports an issue for each instance whose credentials lack rights."""

from homeassistant.core import callback

from . import issues
from .contract.protocol import RowKind
from .coordinator import Change, StewardCoordinator


@callback
def watch_rights(coordinator: StewardCoordinator) -> None:
    """Report the rights that the credentials of an instance lack, until they have them."""
    hass, entry = coordinator.hass, coordinator.entry

    @callback
    def check(instance_id: str) -> None:
        state = coordinator.steward_state
        instance, snapshot = state.instances.get(instance_id), state.snapshots.get(instance_id)
        rights = snapshot.missing_rights if snapshot else ()
        if instance is None or not rights:
            issues.clear_missing_rights(hass, entry, instance_id)
        else:
            issues.report_missing_rights(hass, entry, instance_id, instance.name, rights)

    @callback
    def row_changed(change: Change) -> None:
        if change.kind is RowKind.INSTANCE or _lacks_others(change):
            check(change.id)

    for kind in (RowKind.INSTANCE, RowKind.SNAPSHOT):
        entry.async_on_unload(coordinator.listen(kind, row_changed))
    for instance_id in coordinator.steward_state.instances:
        check(instance_id)


def _lacks_others(change: Change) -> bool:
    """Return whether the snapshot names other missing rights than the one before."""
    before, after = change.before.snapshots.get(change.id), change.after.snapshots.get(change.id)
    return (before.missing_rights if before else ()) != (after.missing_rights if after else ())
