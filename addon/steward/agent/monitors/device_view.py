"""The devices with all testimonies about them, as messages for people and tools. Pure."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from typing import Final

from homelab_steward.contract.devices import (
    Agreement,
    BlindMonitor,
    DeviceAspect,
    DevicesView,
    DeviceView,
    MatchAnswer,
    MatchQuestion,
    Statement,
)

from ...inventory.ports import Witnessed
from ...quorum.matching import Pair
from ...quorum.reliability import UNKNOWN, Reliabilities, Reliability, share_of
from ...quorum.witnesses import Testimony
from ...store.device_matches import Answered
from ...texts import Text, Texts, texts_of
from .device_book import Device, DeviceBook, Facet, testimonies
from .incident_voices import witness_name

MOST_QUESTIONS: Final = 50
_NOTHING: Final[Reliabilities] = {}
type Names = Callable[[str], str | None]
"""Returns the name of an instance by its id."""

_WORST_FIRST: Final = (Agreement.SPLIT, Agreement.DOWN, Agreement.ALONE, Agreement.BLIND, Agreement.UP)


def view(
    book: DeviceBook,
    now: datetime,
    text: str,
    limit: int,
    *,
    answers: Iterable[Answered] = (),
    language: str | None = None,
    reliable: Reliabilities = _NOTHING,
    name: Names = lambda _: None,
) -> DevicesView:
    """Return the devices with a text in one of their names, those with problems first.

    ``answers`` are those of people about pairs. The texts are in ``language``. The testimonies about an
    aspect begin with the most ``reliable`` witness. ``name`` returns the name of an instance.
    """
    texts = texts_of(language)
    found = [
        _device(one, now, texts, reliable, name)
        for one in book.devices
        if any(facet.said for facet in one.facets) and _fits(one, text)
    ]
    found.sort(key=lambda one: (_rank(one), one.name.casefold(), one.id))
    names = {one.sighting.key: one.name for device in book.devices for one in device.said}
    return DevicesView(
        devices=tuple(found[:limit]),
        questions=tuple(_question(one, names, texts) for one in book.questions[:MOST_QUESTIONS]),
        answers=tuple(_answers(answers, names))[:MOST_QUESTIONS],
        blind=tuple(_blind(book, texts)),
        total=len(found),
    )


def _answers(answers: Iterable[Answered], names: Mapping[str, str]) -> Iterator[MatchAnswer]:
    """Yield the answers of people about sightings that still exist."""
    for one in sorted(answers, key=lambda one: one.decided_at, reverse=True):
        if one.first in names and one.second in names:
            yield MatchAnswer(
                first=one.first,
                second=one.second,
                first_name=names[one.first],
                second_name=names[one.second],
                is_same=one.is_same,
                decided_at=one.decided_at,
            )


def _blind(book: DeviceBook, texts: Texts) -> Iterator[BlindMonitor]:
    said = [one for device in book.devices for one in device.said if one.testimony is not None]
    names = {one.instance.id: one.instance.name for one in said}
    witnesses = {one.witness.id: one.witness for one in testimonies(said)}
    for one in book.blind:
        witness = witnesses[one.witness]
        name = witness_name(witness, names.get)
        yield BlindMonitor(instance_id=witness.instance, name=name, why=texts(one.why))


def _device(device: Device, now: datetime, texts: Texts, reliable: Reliabilities, name: Names) -> DeviceView:
    names = tuple(dict.fromkeys(_names(device)))
    return DeviceView(
        id=device.members[0],
        name=names[0],
        names=names,
        members=device.members,
        targets=device.targets,
        aspects=tuple(_aspect(one, now, texts, reliable, name) for one in device.facets),
    )


def _names(device: Device) -> Iterator[str]:
    """Yield the names of a device: those of targets of the inventory first."""
    yield from (one.about.name for one in device.said if one.about.key != one.target.key)
    yield from (one.name for one in device.said)


def _aspect(facet: Facet, now: datetime, texts: Texts, reliable: Reliabilities, name: Names) -> DeviceAspect:
    said = [(one, one.testimony) for one in facet.said if one.testimony is not None]
    said.sort(key=lambda one: -share_of(reliable, one[1].witness.id, facet.aspect))
    return DeviceAspect(
        aspect=facet.aspect,
        part=facet.part,
        verdict=facet.consensus.verdict,
        why=texts(facet.consensus.why),
        may_act=facet.consensus.may_act,
        statements=tuple(
            _statement(one, testimony, now, reliable.get((testimony.witness.id, facet.aspect), UNKNOWN), name)
            for one, testimony in said
        ),
    )


def _statement(
    one: Witnessed, testimony: Testimony, now: datetime, record: Reliability, name: Names
) -> Statement:
    repeated = testimony.witness.derived_from
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
        right=record.right,
        settled=record.total,
        repeats=(name(repeated) or repeated) if repeated else "",
    )


def _question(pair: Pair, names: Mapping[str, str], texts: Texts) -> MatchQuestion:
    return MatchQuestion(
        first=pair.first,
        second=pair.second,
        first_name=names[pair.first],
        second_name=names[pair.second],
        score=pair.likeness,
        why=", ".join(_common(pair.common, texts)),
    )


def _common(common: Iterable[str], texts: Texts) -> Iterator[str]:
    shown: dict[str, Text] = {
        "uuid": t"same hardware ID",
        "serial": t"same serial number",
        "mac": t"same MAC address",
        "address": t"same address",
        "sys_name": t"same system name",
        "short_name": t"same name",
    }
    yield from (texts(shown[one]) for one in common)


def _fits(device: Device, text: str) -> bool:
    plain = text.strip().casefold()
    return any(plain in one.casefold() for one in _names(device))


def _rank(device: DeviceView) -> int:
    return min((_WORST_FIRST.index(one.verdict) for one in device.aspects), default=len(_WORST_FIRST))
