"""Answers what runs on a thing, and so stops with it."""

from collections.abc import Iterator
from typing import Final

from homelab_steward.contract.state import TargetRef

from ..inventory.ports import INSTANCE
from ..texts import Texts
from .readings import Readings, named

_NOT_RUNNING: Final = frozenset(
    {
        *("bucket", "dataset", "datastore", "disk", "pool", "share", "storage", "volume"),
        *("check", "endpoint", "job", "monitor", "sensor", "target"),
    }
)
"""Kinds of things that are kept on a machine, or only watch it."""


def dependents_text(target: TargetRef, readings: Readings, texts: Texts, shown: int) -> str:
    """Return what is known to run on a target, or to be in a place.

    Nothing that is read says what needs it over the network, so that is said to be unknown.
    """
    name, found = target.name, list(_dependents(target, readings))
    if not found:
        return texts(t"I know of nothing that runs on {name}. What else needs it is not known.")
    names = named(found, shown, texts)
    return texts(t"On {name} run, and stop with it: {names}. What else needs it is not known.")


def _dependents(target: TargetRef, readings: Readings) -> Iterator[TargetRef]:
    """Yield what runs on a target, each name once: a guest and the program in it are one for people."""
    seen = {target.name.casefold()}
    for one in readings.within(target, list(readings.targets())):
        may_run = one.kind == INSTANCE or readings.running_key(one) is not None
        if not may_run or one.kind in _NOT_RUNNING or readings.runs(one) is False:
            continue
        if one.name.casefold() not in seen:
            seen.add(one.name.casefold())
            yield one
