"""Which update of a target is current, and its versions, as entities show them."""

from collections.abc import Iterable
from typing import Final

from .contract.changes import Change, ChangeSource, ChangeStatus, Distance
from .contract.plain_text import one_line
from .readings import ResourceId
from .steward_state import StewardState

INSTANCE: Final = "instance"
"""Kind of the target that is the instance itself."""

OVER: Final = frozenset(
    {
        ChangeStatus.DONE,
        ChangeStatus.WENT_BACK,
        ChangeStatus.FAILED,
        ChangeStatus.REJECTED,
        ChangeStatus.BLOCKED,
        ChangeStatus.GONE,
    }
)
WAITING: Final = frozenset({ChangeStatus.HELD, ChangeStatus.READY, ChangeStatus.ASKED, ChangeStatus.DEFERRED})
RUNNING: Final = frozenset({ChangeStatus.APPLYING, ChangeStatus.WATCHING})
SKIPPED: Final = frozenset(
    {ChangeStatus.REJECTED, ChangeStatus.BLOCKED, ChangeStatus.WENT_BACK, ChangeStatus.FAILED}
)
"""Versions that nobody is asked about again."""

DIGEST_SHOWN: Final = 19
"""Characters of a digest that people compare: the algorithm and 12 digits."""


def resource_of(change: Change) -> ResourceId | None:
    """Return the resource that an update is about, None for the instance itself."""
    target = change.target
    return None if target.kind == INSTANCE else (target.kind, target.id)


def shown_changes(state: StewardState) -> Iterable[Change]:
    """Yield the updates that get an entity: those of Home Assistant have one of their own."""
    return (one for one in state.changes.values() if one.source is not ChangeSource.HOME_ASSISTANT)


def current(state: StewardState, instance_id: str, resource: ResourceId | None) -> Change | None:
    """Return the update of a target that is not over, else the one that changed last."""
    found = (
        one
        for one in shown_changes(state)
        if one.target.instance_id == instance_id and resource_of(one) == resource
    )
    return max(found, key=lambda one: (one.status not in OVER, one.updated_at), default=None)


def versions(change: Change) -> tuple[str | None, str]:
    """Return the version that runs and the one that is offered; equal ones differ by their digest."""
    package = change.packages[0] if change.packages else None
    old, new = (package.old, package.new) if package else (None, change.revision)
    if change.distance is Distance.DIGEST or old == new:
        new = f"{new} ({change.revision[:DIGEST_SHOWN]})"
    if change.status is ChangeStatus.DONE:
        return one_line(new), one_line(new)
    if change.status is ChangeStatus.GONE:
        return old and one_line(old), one_line(old or new)
    return old and one_line(old), one_line(new)
