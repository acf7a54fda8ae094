"""Problems of monitors: those that are blind, disagree about a device, or cannot be read. Pure."""

import hashlib
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from homelab_steward.contract.devices import Agreement, Aspect, Word
from homelab_steward.contract.incidents import Alert, AlertStatus, Severity
from homelab_steward.contract.state import Instance, InstanceStatus

from ...inventory.ports import CHECK
from ...quorum.witnesses import Testimony, Witness
from ...store.monitor_problems import ProblemKind
from ...texts import Text, household, translate, translate_plural
from .device_book import Device, DeviceBook, Facet, testimonies
from .incident_voices import voice_lines, witness_name

SETTLES: Final = timedelta(minutes=1)
"""How long a monitor is blind before it is reported."""

GONE_FOR: Final = timedelta(minutes=2)
"""How long a monitor must be unreadable, and monitors must disagree at least, before it is reported."""

INTERVALS: Final = 2.0
"""Monitors check at different times: a disagreement counts after so many intervals of the slowest one."""

MOST_SPLITS: Final = 20
"""Disagreements that are reported at a time."""

MOST_NAMED: Final = 10
"""Devices that a text names."""

CHECKS: Final = {
    ProblemKind.BLIND: "monitor_blind",
    ProblemKind.SPLIT: "monitors_disagree",
    ProblemKind.GONE: "monitor_gone",
}
"""The checks of the alerts, which the app makes itself."""

DOUBTS: Final = frozenset({CHECKS[ProblemKind.BLIND], CHECKS[ProblemKind.SPLIT]})
"""The checks of problems in which it is not known which monitor is right."""

READABLE: Final = (InstanceStatus.OK, InstanceStatus.PENDING)


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """The report to people. ``source`` is the instance that the problem is in."""

    source: str
    summary: str
    description: str
    severity: Severity


@dataclass(frozen=True, slots=True, kw_only=True)
class Blind:
    """A witness is blind. ``name`` is what people call it."""

    key: str
    witness: str
    source: str
    name: str
    why: Text
    kind: ProblemKind = ProblemKind.BLIND
    settles: timedelta = SETTLES

    def report(self) -> Report:
        """Return the report to people."""
        name, why = self.name, self.why
        return Report(
            source=self.source,
            summary=translate(t"{name} is blind: {why}"),
            description=translate(t"What it says does not count until it sees again."),
            severity=Severity.WARNING,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Gone:
    """A monitor cannot be read. ``kept`` are devices that others watch, ``lost`` those that nobody does."""

    key: str
    source: str
    name: str
    kept: tuple[str, ...]
    lost: tuple[str, ...]
    others: tuple[str, ...]
    witness: str = ""
    kind: ProblemKind = ProblemKind.GONE
    settles: timedelta = GONE_FOR

    def report(self) -> Report:
        """Return the report to people."""
        name, others, kept, lost = self.name, *map(named, (self.others, self.kept, self.lost))
        texts = [translate(t"Still watched, by {others}: {kept}.")] if self.kept else []
        texts += [translate(t"Watched by nobody now: {lost}.")] if self.lost else []
        summary = translate(t"{name} cannot be read: its devices are still watched by {others}")
        if self.lost:
            summary = translate_plural(
                "{name} cannot be read: nobody watches {count} device now",
                "{name} cannot be read: nobody watches {count} devices now",
                len(self.lost),
                name=name,
            )
        severity = Severity.WARNING if self.lost else Severity.INFO
        return Report(source=self.source, summary=summary, description=" ".join(texts), severity=severity)


@dataclass(frozen=True, slots=True, kw_only=True)
class Split:
    """Monitors disagree about an aspect of a device.

    ``down`` and ``up`` are the witnesses of each side as (instance id, name); ``lines`` are for people.
    """

    key: str
    device: Device
    facet: Facet
    name: str
    down: tuple[tuple[str, str], ...]
    up: tuple[tuple[str, str], ...]
    lines: tuple[str, ...]
    settles: timedelta
    witness: str = ""
    kind: ProblemKind = ProblemKind.SPLIT

    @property
    def source(self) -> str:
        """The instance of the first witness that says down."""
        return self.down[0][0]

    def report(self, read: Word) -> Report:
        """Return the report. ``read`` is the app's own result; the side that contradicts it is wrong."""
        device = self.name
        wrong = self.up if read is Word.DOWN else self.down
        ups, downs = (household().listed(one for _, one in side) for side in (self.up, self.down))
        summary = translate(t"{device} is down according to {downs}, and up according to {ups}")
        own = translate(t"Homelab Steward cannot check it itself.")
        if read is Word.UP:
            summary = translate(t"{device} answers, but is down according to {downs}")
            own = translate(t"Homelab Steward reaches it.")
        if read is Word.DOWN:
            summary = translate(t"{device} does not answer, but is up according to {ups}")
            own = translate(t"Homelab Steward does not reach it.")
        return Report(
            source=wrong[0][0],
            summary=summary,
            description=" ".join((*(f"{one}." for one in self.lines), own)),
            severity=Severity.WARNING,
        )


type Finding = Blind | Gone | Split


def findings(book: DeviceBook, instances: Mapping[str, Instance], now: datetime) -> tuple[Finding, ...]:
    """Return the current problems. ``instances`` are the instances, by id, whose absence is reported."""
    gone = {key for key, one in instances.items() if one.status not in READABLE}
    splits = sorted(_splits(book, now), key=lambda one: one.key)
    return (*_blind(book, gone), *_gone(book, instances, gone, now), *splits[:MOST_SPLITS])


def is_in_doubt(alerts: Iterable[Alert]) -> bool:
    """Return whether one of the firing alerts says that monitors are blind or disagree."""
    firing = (one for one in alerts if one.status is AlertStatus.FIRING)
    return any(one.labels.get(CHECK) in DOUBTS for one in firing)


def named(names: Collection[str]) -> str:
    """Return the first names, and how many more there are."""
    shown = list(names)[:MOST_NAMED]
    more = len(names) - len(shown)
    text = translate_plural("{count} more", "{count} more", more)
    return household().listed([*shown, text] if more else shown)


def _blind(book: DeviceBook, gone: Collection[str]) -> Iterator[Blind]:
    """Yield the witnesses that are blind, without those that cannot be read: they are ``Gone``."""
    witnesses = {one.witness.id: one.witness for device in book.devices for one in testimonies(device.said)}
    names = _names(book)
    for one in book.blind:
        witness = witnesses[one.witness]
        if witness.instance not in gone:
            name = witness_name(witness, names.get)
            yield Blind(
                key=_key(ProblemKind.BLIND, witness.id),
                witness=witness.id,
                source=witness.instance,
                name=name,
                why=one.why,
            )


def _gone(
    book: DeviceBook, instances: Mapping[str, Instance], gone: Collection[str], now: datetime
) -> Iterator[Gone]:
    """Yield the monitors that cannot be read and watched something."""
    names = _names(book)
    blind = {one.witness for one in book.blind}
    for key in sorted(gone):
        kept: list[str] = []
        lost: list[str] = []
        others: set[Witness] = set()
        for device in book.devices:
            said = [one for one in testimonies(device.said) if one.word in (Word.UP, Word.DOWN)]
            if not any(one.witness.instance == key for one in said):
                continue
            left = {one.witness for one in said if _still_watches(one, now, gone, blind)}
            others |= left
            (kept if left else lost).append(device_name(device))
        if kept or lost:
            yield Gone(
                key=_key(ProblemKind.GONE, key),
                source=key,
                name=instances[key].name,
                kept=tuple(sorted(kept)),
                lost=tuple(sorted(lost)),
                others=tuple(sorted({witness_name(one, names.get) for one in others})),
            )


def _still_watches(one: Testimony, now: datetime, gone: Collection[str], blind: Collection[str]) -> bool:
    return one.is_fresh(now) and one.witness.instance not in gone and one.witness.id not in blind


def _splits(book: DeviceBook, now: datetime) -> Iterator[Split]:
    """Yield the aspects about which independent witnesses disagree; capacities are not compared."""
    names = _names(book)
    for device in book.devices:
        for facet in device.facets:
            if facet.consensus.verdict is not Agreement.SPLIT or facet.aspect is Aspect.CAPACITY:
                continue
            said = testimonies(facet.said)
            slowest = max(one.interval for one in said if one.is_fresh(now))
            counting = {*facet.consensus.support, *facet.consensus.against}
            yield Split(
                key=_key(ProblemKind.SPLIT, device.members[0], facet.aspect, facet.part),
                device=device,
                facet=facet,
                name=f"{device_name(device)} ({facet.part})" if facet.part else device_name(device),
                down=_who(said, facet.consensus.support, names),
                up=_who(said, facet.consensus.against, names),
                lines=voice_lines([one for one in said if one.witness.id in counting], now, names.get),
                settles=max(GONE_FOR, INTERVALS * slowest),
            )


def _who(
    said: Iterable[Testimony], ids: Iterable[str], names: Mapping[str, str]
) -> tuple[tuple[str, str], ...]:
    """Return the instance and the name of each witness."""
    by_id: dict[str, Witness] = {one.witness.id: one.witness for one in said}
    return tuple((by_id[one].instance, witness_name(by_id[one], names.get)) for one in ids)


def device_name(device: Device) -> str:
    """Return the name of a device: that of its target in the inventory, else that of the first monitor."""
    known = (one.about.name for one in device.said if one.about.key != one.target.key)
    return next(known, device.said[0].name)


def _names(book: DeviceBook) -> dict[str, str]:
    """Return the names of the instances with sightings, by id."""
    return {one.instance.id: one.instance.name for device in book.devices for one in device.said}


def _key(kind: ProblemKind, *parts: str) -> str:
    return hashlib.sha256("\n".join((kind, *parts)).encode()).hexdigest()
