"""Reports of a service's items about devices, by which several monitors are compared."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from homelab_steward.contract.devices import Aspect, Method, Word

from ...quorum.marks import Marks

WORDS: Final = {True: Word.UP, False: Word.DOWN}
"""The word for a boolean that is True while something is up."""


@dataclass(frozen=True, slots=True)
class Repeats:
    """The source that an item repeats: an integration of Home Assistant, and the host that it reads.

    ``host`` is "" when it is not known.
    """

    integration: str
    host: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Testifies[Item]:
    """How the items of a kind report about devices. Each field is a function of an item.

    ``word`` returns the report; it raises NotKnown when that is not known, and returns None for an item that
    only shows that a device with these ``marks`` exists. Items with the same ``device`` are about the same
    device, by default each is about one of its own. ``part`` is the service of the device that is meant, such
    as its port. ``probe`` is the name of the probe that measures, "" when the service itself does.
    ``checked_at`` is the time of the measurement, by default that of the poll. ``interval`` is in seconds, by
    default that of the poll. ``repeats`` is the source that the item repeats, None when the service measures
    itself. ``labels`` identify the target that the item is about, by default those of the kind.
    """

    word: Callable[[Item], Word | None]
    marks: Callable[[Item], Marks]
    aspect: Callable[[Item], Aspect]
    method: Callable[[Item], Method] = lambda _: Method.API
    device: Callable[[Item], str] | None = None
    part: Callable[[Item], str] = lambda _: ""
    probe: Callable[[Item], str] = lambda _: ""
    checked_at: Callable[[Item], datetime | None] = lambda _: None
    interval: Callable[[Item], float | None] = lambda _: None
    repeats: Callable[[Item], Repeats | None] = lambda _: None
    labels: Callable[[Item], Mapping[str, str]] | None = None
