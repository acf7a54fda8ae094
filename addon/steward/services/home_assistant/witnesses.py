"""What entities of Home Assistant say about devices of the homelab."""

from collections.abc import Mapping
from typing import Final

from homelab_steward.contract.devices import Aspect, Method, Word
from homelab_steward.contract.home import HomeWitness

from ...quorum.marks import Marks, marks
from ...sdk.answers import NotKnown
from ...sdk.description import Repeats, ResourceKind, Testifies
from ...sdk.display import brief
from .models import ReportedState

TRACKER: Final = "device_tracker"
PROBLEM: Final = "problem"
_WORDS: Final[Mapping[str, Mapping[str, Word]]] = {
    TRACKER: {"home": Word.UP, "not_home": Word.DOWN},
    "binary_sensor": {"on": Word.UP, "off": Word.DOWN},
    "sensor": {
        "up": Word.UP,
        "down": Word.DOWN,
        "paused": Word.PAUSED,
        "maintenance": Word.PAUSED,
    },
}
"""What each state of an entity means, by its domain; nothing is known of every other one."""

_PROBLEMS: Final = {"on": Word.DOWN, "off": Word.UP}
_METHODS: Final = {"ping": Method.ICMP, "snmp": Method.SNMP}
"""How integrations look at devices; the others ask an API."""


def word(one: HomeWitness) -> Word:
    """Return what an entity says. Raises NotKnown for states that say nothing, such as ``unavailable``."""
    words = _PROBLEMS if one.device_class == PROBLEM else _WORDS.get(one.domain, {})
    found = words.get(one.state)
    if found is None:
        raise NotKnown(t"The state {brief(one.state, 50)} is not known")
    return found


def marks_of(one: HomeWitness) -> Marks:
    """Return what the device registry knows of a device."""
    return marks(serial=one.serial, macs=one.macs, addresses=[one.address], name=one.name)


def aspect(one: HomeWitness) -> Aspect:
    """Return what an entity is about: a problem of a device is none of its network or of a service."""
    if one.device_class == PROBLEM:
        return Aspect.CAPACITY
    return Aspect.REACH if one.domain == TRACKER or one.device_class == "connectivity" else Aspect.SERVICE


def labels(one: HomeWitness) -> Mapping[str, str]:
    """Return how alerts would name the device."""
    return {key: value for key, value in (("instance", one.address), ("name", one.name)) if value}


WITNESS: Final = ResourceKind[ReportedState, HomeWitness](
    key="witness",
    items=lambda state: state.report.witnesses,
    id=lambda one: one.id,
    title=lambda one: one.name,
    part="witnesses",
    icon="mdi:eye",
    testifies=(
        Testifies(
            word=word,
            marks=marks_of,
            aspect=aspect,
            method=lambda one: _METHODS.get(one.integration or "", Method.API),
            device=lambda one: one.device or "",
            part=lambda one: one.id if aspect(one) is Aspect.CAPACITY else "",
            repeats=lambda one: Repeats(integration=one.integration or "", host=one.source),
            labels=labels,
        ),
    ),
)
