"""The devices and what all monitors say about them, as messages for people and tools. Pure."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Final

from homelab_steward.contract.devices import (
    Agreement,
    DeviceAspect,
    DevicesView,
    DeviceView,
    MatchQuestion,
    Statement,
)

from ..inventory.ports import Witnessed
from ..quorum.matching import Pair
from ..quorum.witnesses import Testimony
from ..texts import Text, translate
from .device_book import Device, DeviceBook, Facet

MOST_QUESTIONS: Final = 50
_WORST_FIRST: Final = (Agreement.SPLIT, Agreement.DOWN, Agreement.ALONE, Agreement.BLIND, Agreement.UP)


def view(book: DeviceBook, now: datetime, text: str, limit: int) -> DevicesView:
    """Return the devices with a text in one of their names, those with problems first."""
    found = [
        _device(one, now)
        for one in book.devices
        if any(facet.said for facet in one.facets) and _fits(one, text)
    ]
    found.sort(key=lambda one: (_rank(one), one.name.casefold(), one.id))
    names = {one.sighting.key: one.name for device in book.devices for one in device.said}
    questions = tuple(_question(one, names) for one in book.questions[:MOST_QUESTIONS])
    return DevicesView(devices=tuple(found[:limit]), questions=questions, total=len(found))


def _device(device: Device, now: datetime) -> DeviceView:
    names = tuple(dict.fromkeys(_names(device)))
    return DeviceView(
        id=device.members[0],
        name=names[0],
        names=names,
        members=device.members,
        targets=device.targets,
        aspects=tuple(_aspect(one, now) for one in device.facets),
    )


def _names(device: Device) -> Iterator[str]:
    """Yield the names of a device: those of targets of the inventory first."""
    yield from (one.about.name for one in device.said if one.about.key != one.target.key)
    yield from (one.name for one in device.said)


def _aspect(facet: Facet, now: datetime) -> DeviceAspect:
    return DeviceAspect(
        aspect=facet.aspect,
        part=facet.part,
        verdict=facet.consensus.verdict,
        why=translate(facet.consensus.why),
        may_act=facet.consensus.may_act,
        statements=tuple(
            _statement(one, one.testimony, now) for one in facet.said if one.testimony is not None
        ),
    )


def _statement(one: Witnessed, testimony: Testimony, now: datetime) -> Statement:
    return Statement(
        instance_id=one.instance.id,
        instance=one.instance.name,
        name=one.name,
        method=testimony.witness.method,
        word=testimony.word,
        vantage=testimony.witness.vantage,
        since=testimony.since,
        checked_at=testimony.checked_at,
        is_fresh=testimony.is_fresh(now),
    )


def _question(pair: Pair, names: dict[str, str]) -> MatchQuestion:
    return MatchQuestion(
        first=pair.first,
        second=pair.second,
        first_name=names[pair.first],
        second_name=names[pair.second],
        score=pair.likeness,
        why=", ".join(_common(pair.common)),
    )


def _common(common: Iterable[str]) -> Iterator[str]:
    texts: dict[str, Text] = {
        "uuid": t"same hardware ID",
        "serial": t"same serial number",
        "mac": t"same MAC address",
        "address": t"same address",
        "sys_name": t"same system name",
        "short_name": t"same name",
    }
    yield from (translate(texts[one]) for one in common)


def _fits(device: Device, text: str) -> bool:
    plain = text.strip().casefold()
    return any(plain in one.casefold() for one in _names(device))


def _rank(device: DeviceView) -> int:
    return min((_WORST_FIRST.index(one.verdict) for one in device.aspects), default=len(_WORST_FIRST))
