"""The item of a list that a tool or an action is about."""

from collections.abc import Callable, Iterable

from ..errors import PreconditionFailed
from .description import Call


def target[T](
    items: Iterable[T], call: Call, id_of: Callable[[T], object], gone: str = "is not there any more"
) -> T:
    """Return the item that is the target. Raises PreconditionFailed with ``gone`` when it is not listed."""
    for item in items:
        if str(id_of(item)) == call.target.id:
            return item
    raise PreconditionFailed(f"{call.target.name} {gone}")
