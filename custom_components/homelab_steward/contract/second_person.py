"""When an option needs no second person, as the gate and all clients judge it. Pure."""

from datetime import datetime

from .incidents import ApprovalRequest
from .mode import Elevation
from .proposals import Option


def covers(elevation: Elevation | None, request: ApprovalRequest, option: Option, now: datetime) -> bool:
    """Return whether the owner who began an elevation may approve an option of a request alone now."""
    if elevation is None or not elevation.is_open(now):
        return False
    if elevation.instance_id:
        return {one.target.instance_id for one in option.steps} == {elevation.instance_id}
    return {request.category, *request.also_in} == {elevation.category}


def needs_another(request: ApprovalRequest, option: Option) -> bool:
    """Return whether an option needs two approvals and the first is missing.

    Of a request that is approved: whether one person was enough.
    """
    return option.needs_two and (request.first is None or request.first.option != option.number)


def alone(
    elevation: Elevation | None, request: ApprovalRequest, option: Option, now: datetime
) -> Elevation | None:
    """Return in which elevation its owner may approve alone what needs two people, None without one."""
    if elevation is None or not option.needs_two:
        return None
    return elevation if covers(elevation, request, option, now) else None
