"""Finds the item that is the target of a tool or an action."""

from collections.abc import Awaitable, Callable, Iterable

from ..errors import PreconditionFailed, ServiceMalformed, ServiceUnreachable
from .coverage import Gaps
from .description import Call
from .readings import NotKnown


def target[T](
    items: Iterable[T], call: Call, id_of: Callable[[T], object], gone: str = "is not there any more"
) -> T:
    """Return the item that is the target. Raises PreconditionFailed with ``gone`` when it is not listed."""
    for item in items:
        if str(id_of(item)) == call.target.id:
            return item
    raise PreconditionFailed(f"{call.target.name} {gone}")


async def target_if_there[T](
    read: Callable[[Gaps], Awaitable[Iterable[T]]], call: Call, id_of: Callable[[T], object]
) -> T | None:
    """Return the item that is the target, None when it certainly does not exist.

    ``read`` returns the items; parts that it cannot read are gaps. Raises ServiceMalformed when the item is
    not listed and there is a gap, ServiceUnreachable when the list is not known.
    """
    gaps = Gaps()
    try:
        found = await read(gaps)
    except NotKnown as err:
        raise ServiceUnreachable(str(err)) from err
    item = next((one for one in found if str(id_of(one)) == call.target.id), None)
    if item is None and (missing := gaps.coverage.gaps):
        raise ServiceMalformed(missing[0].reason)
    return item
