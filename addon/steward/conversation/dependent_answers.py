"""Answers what runs on a thing, and so stops with it."""

from collections.abc import Iterator
from typing import Final

from homelab_steward.contract.state import TargetRef

from ..inventory.ports import INSTANCE
from ..texts import Texts
from .questions import DependentsQuestion
from .readings import Readings, named

_NOT_RUNNING: Final = frozenset(
    {
        *("bucket", "dataset", "datastore", "disk", "pool", "share", "storage", "volume"),
        *("check", "endpoint", "job", "monitor", "sensor", "target"),
    }
)
"""Kinds of things that are kept on a machine, or only watch it."""


_RESTARTS: Final = ("restart", "reboot")


def dependents_text(question: DependentsQuestion, readings: Readings, texts: Texts, shown: int) -> str:
    """Return what is known to run on a target, or to be in a place, and whether a restart can be requested.

    Nothing that is read says what needs it over the network, so that is said to be unknown.
    """
    text = _dependents_text(question.target, readings, texts, shown)
    return f"{text} {_restart_text(question.target, readings, texts)}" if question.is_restart else text


def _restart_text(target: TargetRef, readings: Readings, texts: Texts) -> str:
    """Return whether the restart of a target can be requested."""
    service, name = readings.inventory.service(target.instance_id), target.name
    scope = None if target.kind == INSTANCE else target.kind
    offered = service.offer().actions if service is not None else ()
    if not any(one.scope == scope and one.key.partition("_")[0] in _RESTARTS for one in offered):
        return texts(t"A restart of {name} is not offered.")
    return texts(t"You can request a restart of {name}: nothing is done before somebody approves it.")


def _dependents_text(target: TargetRef, readings: Readings, texts: Texts, shown: int) -> str:
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
