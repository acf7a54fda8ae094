"""The devices that the instances report, with all testimonies about each of their aspects. Pure."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from homelab_steward.contract.devices import Agreement, Aspect, Method, Word
from homelab_steward.contract.state import TargetRef

from ...inventory.ports import Witnessed
from ...quorum.blindness import Blindness, blind
from ...quorum.matching import Pair, Sighting, match
from ...quorum.witnesses import Consensus, Testimony, agree

type Decided = Mapping[tuple[str, str], bool]
"""The answers of people whether two sightings are the same device, by the keys of the sightings."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facet:
    """One aspect of a device: the testimonies about it, and their consensus."""

    aspect: Aspect
    part: str
    said: tuple[Witnessed, ...]
    consensus: Consensus


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """One device: the keys of its sightings, and the testimonies about it."""

    members: tuple[str, ...]
    said: tuple[Witnessed, ...]
    facets: tuple[Facet, ...]

    @property
    def targets(self) -> tuple[TargetRef, ...]:
        """The targets of the inventory that are this device."""
        return tuple({one.about.key: one.about for one in self.said}.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceBook:
    """All devices. ``blind`` are witnesses that measure nothing, ``dead`` are vantages that are down."""

    devices: tuple[Device, ...]
    questions: tuple[Pair, ...]
    blind: tuple[Blindness, ...]
    dead: frozenset[str]


def device_book(
    witnessed: Iterable[Witnessed],
    decided: Decided,
    now: datetime,
    known_blind: Mapping[str, datetime] | None = None,
) -> DeviceBook:
    """Return the devices of testimonies, and the pairs of sightings that a person is asked about.

    ``known_blind`` has the time since which each witness that was blind before is blind.
    """
    said = tuple(witnessed)
    matches = match(_sightings(said), decided)
    device_of = {key: members for members in matches.devices for key in members}
    by_device: dict[tuple[str, ...], list[Witnessed]] = defaultdict(list)
    for one in said:
        by_device[device_of[one.sighting.key]].append(one)
    blinded = blind(
        (replace(one, subject=members[0]) for members, own in by_device.items() for one in testimonies(own)),
        now,
        known_blind,
    )
    names = frozenset(one.witness for one in blinded)
    dead = _dead(said, now, names)
    devices = tuple(
        Device(members=members, said=tuple(own), facets=tuple(_facets(own, now, names, dead)))
        for members, own in sorted(by_device.items())
    )
    return DeviceBook(devices=devices, questions=matches.questions, blind=blinded, dead=dead)


def reach(said: Iterable[Witnessed]) -> tuple[Witnessed, ...]:
    """Return the testimonies whether a device can be reached, with those that a service of it answers."""
    return tuple(
        one
        for one in said
        if one.testimony is not None and (one.testimony.aspect is Aspect.REACH or _answers(one.testimony))
    )


def testimonies(said: Iterable[Witnessed]) -> tuple[Testimony, ...]:
    """Return the testimonies of the entries that have one."""
    return tuple(one.testimony for one in said if one.testimony is not None)


def _answers(testimony: Testimony) -> bool:
    is_network = testimony.witness.method is not Method.API
    return testimony.aspect is Aspect.SERVICE and testimony.word is Word.UP and is_network


def _facets(
    said: Iterable[Witnessed], now: datetime, blind: Collection[str], dead: Collection[str]
) -> Iterator[Facet]:
    by_part: dict[tuple[Aspect, str], list[Witnessed]] = defaultdict(list)
    for one in said:
        if one.testimony is not None:
            by_part[one.testimony.aspect, one.part].append(one)
    for (aspect, part), own in sorted(by_part.items(), key=lambda one: one[0]):
        counted = reach(said) if aspect is Aspect.REACH else tuple(own)
        consensus = agree(testimonies(counted), now, blind=blind, dead=dead)
        yield Facet(aspect=aspect, part=part, said=counted, consensus=consensus)


def _dead(said: Iterable[Witnessed], now: datetime, blind: Collection[str]) -> frozenset[str]:
    """Return the vantages that are down according to independent witnesses."""
    known = tuple(said)
    vantages = {one.witness.vantage for one in testimonies(known)} - {""}
    by_target: dict[str, list[Testimony]] = defaultdict(list)
    for one in testimonies(reach(known)):
        if one.subject in vantages:
            by_target[one.subject].append(one)
    return frozenset(
        vantage
        for vantage, own in by_target.items()
        if agree(own, now, blind=blind).verdict is Agreement.DOWN
    )


def _sightings(said: Iterable[Witnessed]) -> tuple[Sighting, ...]:
    """Return one sighting for each device of each instance, with all that is known of its identity."""
    found: dict[str, Sighting] = {}
    for one in said:
        old, new = found.get(one.sighting.key), one.sighting
        found[new.key] = replace(old, marks=old.marks.with_more(new.marks)) if old else new
    return tuple(found.values())
