"""Whether all targets of an option still exist: an option with missing targets is refused."""

from homelab_steward.contract.proposals import Option, OptionKind
from homelab_steward.contract.state import CoverageStatus, TargetRef

from ...inventory.ports import Inventory
from ...sdk.arguments import MOST_SHOWN
from ...texts import household, translate


class TargetSets:
    """Compares the targets of options with the current inventory; nothing is polled."""

    def __init__(self, inventory: Inventory) -> None:
        """``inventory`` knows which targets exist."""
        self._inventory = inventory

    def why_incomplete(self, option: Option) -> str | None:
        """Return why an option cannot be approved as it was made, None when it can.

        It cannot when nothing is left to change, or when a target is gone. A target that could not be read
        counts as existing. An option EACH without steps is planned after the approval.
        """
        if not option.kind.changes_something:
            return None
        targets = {one.target.key: one.target for one in option.steps}
        if option.kind is OptionKind.ACT and all(one.wait is not None for one in option.steps):
            return translate(t"no target fits any more, so nothing would be changed")
        gone = [one.name for one in targets.values() if self._is_gone(one)]
        if not gone:
            return None
        total, count = len(targets), len(gone)
        names = household().listed(gone[:MOST_SHOWN])
        if total == 1:
            return translate(t"{names} does not exist any more")
        return translate(t"{count} of {total} targets do not exist any more: {names}")

    def _is_gone(self, target: TargetRef) -> bool:
        """Return whether a complete reading does not have a target, or its instance was removed."""
        if self._inventory.target(target.instance_id, target.kind, target.id) is not None:
            return False
        if self._inventory.instance(target.instance_id) is None:
            return True
        snapshot = self._inventory.snapshot(target.instance_id)
        return snapshot is not None and snapshot.coverage.status is CoverageStatus.COMPLETE
