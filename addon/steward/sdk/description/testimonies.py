"""What an item of a service says about a device, so that several monitors can be compared."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from homelab_steward.contract.devices import Aspect, Method, Word

from ...quorum.marks import Marks

WORDS: Final = {True: Word.UP, False: Word.DOWN}
"""What is said by whether something is up."""


@dataclass(frozen=True, slots=True)
class Repeats:
    """Where what an item says comes from: an integration of Home Assistant, and the host that it reads.

    ``host`` is "" when it is not known.
    """

    integration: str
    host: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Testifies[Item]:
    """How the items of a kind say something about devices.

    ``word`` is what an item says; it raises NotKnown for what is not known, and returns None when it says
    nothing and only ``marks`` are known of the device. Items with the same ``device`` are about the same
    device of this service, by default each is about its own. ``part`` is the service of the device that is
    meant, such as its port. ``probe`` is the name of the probe that looks, "" when the service itself does.
    ``checked_at`` is when it looked, by default when it is polled. ``interval`` is in seconds, by default
    that of the poll. ``repeats`` is where it has it from, None when the service looks itself. ``labels``
    name what it is about, by default those of the kind.
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
