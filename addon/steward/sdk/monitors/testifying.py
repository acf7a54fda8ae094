"""The reports of a monitor's items about devices."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from homelab_steward.contract.devices import Aspect, Word

from ...quorum.marks import Marks, marks, port
from ..alarms import Status
from ..description import Testifies
from .watched import Watched

_WORDS: Final[Mapping[Status, Word]] = {
    Status.UP: Word.UP,
    Status.DOWN: Word.DOWN,
    Status.PAUSED: Word.PAUSED,
    Status.MAINTENANCE: Word.PAUSED,
}
"""The word for each status; every other status means UNKNOWN."""


def word_of(status: Status) -> Word:
    """Return the word of a report for a status."""
    return _WORDS.get(status, Word.UNKNOWN)


def marks_of(labels: Mapping[str, str]) -> Marks:
    """Return the marks in the labels of an item: ``instance`` is an address, ``host`` a name."""
    return marks(addresses=[labels.get("instance", "")], name=labels.get("host", ""))


def watched_testifies(
    *,
    aspect: Callable[[Watched[Any]], Aspect] = lambda _: Aspect.SERVICE,
    part: Callable[[Watched[Any]], str] = lambda one: port(one.labels.get("instance", "")),
    marks: Callable[[Watched[Any]], Marks] = lambda one: marks_of(one.labels),
    **own: Any,
) -> Testifies[Watched[Any]]:
    """Return the reports of watched items whether a service works; ``own`` are other fields of Testifies.

    An item without an address and a host does not report about a device.
    """

    def word(one: Watched[Any]) -> Word | None:
        return word_of(one.status) if one.labels.get("instance") or one.labels.get("host") else None

    return Testifies(word=word, aspect=aspect, part=part, marks=marks, **own)
