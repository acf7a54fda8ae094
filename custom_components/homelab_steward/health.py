"""Computes from the rows of the app whether a service has a problem."""

from typing import Final

from .contract.incidents import Incident, Severity
from .contract.state import InstanceStatus
from .steward_state import CLOSED, StewardState

_UNREADABLE: Final = frozenset(
    {InstanceStatus.UNREACHABLE, InstanceStatus.UNAUTHORIZED, InstanceStatus.FAILING}
)


def incidents_about(state: StewardState, instance_id: str) -> tuple[Incident, ...]:
    """Return the open incidents about an instance or anything in it, newest first.

    Those with the severity "info" are left out: they are no problem.
    """
    # Selected before they are sorted: this runs for each change of an incident.
    found = (one for one in state.incidents.values() if _is_about(one, instance_id))
    return tuple(sorted(found, key=lambda one: one.number, reverse=True))


def _is_about(incident: Incident, instance_id: str) -> bool:
    return (
        incident.target is not None
        and incident.target.instance_id == instance_id
        and incident.status not in CLOSED
        and incident.severity is not Severity.INFO
        and not incident.is_request
    )


def has_problem(state: StewardState, instance_id: str) -> bool | None:
    """Return whether a service has a problem, None when that is not known.

    It has one while an incident about it is open, and while it cannot be read and is not meant to
    be off.
    """
    instance = state.instances.get(instance_id)
    if instance is None:
        return None
    if incidents_about(state, instance_id):
        return True
    if instance.status is InstanceStatus.PENDING:
        return None
    return instance.status in _UNREADABLE and instance.expected_off is None
