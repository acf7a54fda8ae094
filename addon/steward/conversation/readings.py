"""Finds the readings that a question means, by the descriptions of the services, and words them."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from homelab_steward.contract.catalogue import Platform, SensorOffer
from homelab_steward.contract.state import TargetRef

from ..inventory.ports import INSTANCE, Inventory
from ..language.part_texts import EITHER, EVERY, OR
from ..language.words import words_of
from ..sdk.readings import Reading, Unknown
from ..texts import Texts, said_in
from .given_names import AREA, GivenNames, nothing_given

_PROBLEM: Final = "problem"
_TIMESTAMP: Final = "timestamp"
_RUNNING: Final = ("running", "online", "up", "available", "loaded", "active", "connected")
"""Readings that say whether a thing runs, the best first."""

FEW: Final = 2
"""Items that are named instead of counted."""

_DAYS_FROM: Final = 2
"""Days from which on a length is shown in days, and below in hours."""

_FULL: Final = f"{EITHER}disk space"
"""What "full" asks for, beside the name of what is full."""

_TELLING: Final = frozenset({"temperature", "humidity", "voltage", "battery", "cpu", "gpu", "swap"})
"""Words for parts and quantities. A reading without one that is asked for is another reading."""

_SECONDS: Final = {"s": 1.0, "min": 60.0, "h": 3_600.0, "d": 86_400.0}


@dataclass(frozen=True, slots=True)
class Found:
    """One reading of one target."""

    target: TargetRef
    sensor: SensorOffer
    value: Reading

    @property
    def is_known(self) -> bool:
        """Whether the reading is a value."""
        return self.value is not None and not isinstance(self.value, Unknown)

    def amount(self, now: datetime) -> float | None:
        """Return the value as a number: the seconds since a time, None when it is none."""
        if isinstance(self.value, bool) or not self.is_known:
            return None
        if isinstance(self.value, int | float):
            return float(self.value)
        at = _time(str(self.value)) if self.sensor.device_class == _TIMESTAMP else None
        return None if at is None else (now - at).total_seconds()


class Readings:
    """The last readings of all targets."""

    def __init__(self, inventory: Inventory, given: Callable[[], GivenNames] = nothing_given) -> None:
        """Nothing is polled: the poller keeps the readings recent. ``given`` returns the places."""
        self._inventory = inventory
        self.given = given

    @property
    def inventory(self) -> Inventory:
        """The inventory that has the readings."""
        return self._inventory

    def targets(self) -> Iterator[TargetRef]:
        """Yield all instances and resources."""
        for instance in self._inventory.instances():
            target = self._inventory.target(instance.id)
            if target is not None:
                yield target
            yield from self.resources(instance.id)

    def resources(self, instance_id: str) -> Iterator[TargetRef]:
        """Yield the resources of an instance."""
        snapshot = self._inventory.snapshot(instance_id)
        for one in snapshot.resources if snapshot else ():
            target = self._inventory.target(instance_id, one.kind, one.id)
            if target is not None:
                yield target

    def of(self, target: TargetRef, *, is_known: bool = False) -> list[Found]:
        """Return the readings of a target in the order of its description; with ``is_known`` only values."""
        service = self._inventory.service(target.instance_id)
        scope = None if target.kind == INSTANCE else target.kind
        readings = self._inventory.readings(target)
        found = [
            Found(target, sensor, readings[sensor.key])
            for sensor in (service.offer().sensors if service else ())
            if sensor.scope == scope and readings.get(sensor.key) is not None
        ]
        return [one for one in found if one.is_known or not is_known]

    def asked(self, target: TargetRef, reading: str, *, is_whole: bool = False) -> list[Found]:
        """Return the readings of a target that a question means, the best first.

        With ``is_whole`` they fit all that is said.
        """
        every = self.of(target)
        found = [(rank, one) for one in every if (rank := _rank(one.sensor, reading)) is not None]
        if not found and (EVERY in reading or reading.startswith("=")):
            near = self._asked_nearly(target, reading, is_whole=is_whole)
            return [one for one in near if _is_about(one.sensor, reading)]
        found.sort(key=lambda one: one[0])
        if found or "version" not in reading.split() or target.kind != INSTANCE:
            return [one for _, one in found]
        instance = self._inventory.instance(target.instance_id)
        version = SensorOffer(key="version", name="Version")
        return [Found(target, version, instance.version)] if instance and instance.version else []

    def _asked_nearly(self, target: TargetRef, reading: str, *, is_whole: bool) -> list[Found]:
        """Return the readings that fit what is said first: "memory of the loaded models".

        Of words that only occur in names, any may be what is asked for.
        """
        first, _, others = reading.partition(EVERY)
        if not others:
            # "Response time" is the name of a reading elsewhere, and here it is "Answer time".
            return self.asked(target, reading[1:])
        if is_whole and first.startswith(EITHER):
            # "Is the battery full" does not ask for the space of disks, and no speed is full.
            near = self.asked(target, others)
            return [one for one in near if first != _FULL or one.sensor.unit == "%"]
        if is_whole and "=" not in reading:
            return []
        if first == _FULL:
            return self.asked(target, others)  # "Is the queue full" asks for no space of disks.
        found = self.asked(target, reading.rpartition(EVERY)[0])
        is_any = first.startswith(("=", EITHER))
        return found or (self.asked(target, others) if is_any else [])

    def asked_of_all(self, reading: str, among: Sequence[TargetRef] | None = None) -> list[Found]:
        """Return the best known reading of each target (of ``among``) that a question means, all of it."""
        found: list[Found] = []
        for target in self.targets() if among is None else among:
            known = [one for one in self.asked(target, reading, is_whole=True) if one.is_known]
            found += known[:1]
        return found

    def near(self, target: TargetRef) -> list[TargetRef]:
        """Return a target, what it runs in, and what runs in it, without nodes and hosts of others."""
        inside = (one for one in self._inventory.parents(target) if one.kind not in ("node", INSTANCE))
        application = self._inventory.application(target)
        return [target, *inside, *((application,) if application else ())]

    def contents(self, target: TargetRef) -> list[TargetRef]:
        """Return the resources in a target, or everything in a place."""
        if target.kind == AREA:
            return self.given().inside(target, self.targets(), self._inventory)
        found = self.resources(target.instance_id)
        if target.kind == INSTANCE:
            return list(found)
        return [one for one in found if target in self._inventory.parents(one)]

    def running_key(self, target: TargetRef) -> str | None:
        """Return the reading that says whether a target runs, None when it has none that is known."""
        readings = self._inventory.readings(target)
        return next((key for key in _RUNNING if isinstance(readings.get(key), bool)), None)

    def lines(self, target: TargetRef) -> str:
        """Return the known readings of a target in English, each in a line with its unit."""
        found = [one for one in self.of(target, is_known=True) if one.sensor.device_class != _TIMESTAMP]
        return "\n".join(f"{one.sensor.name}: {_plain(one)}" for one in found)

    def within(self, place: TargetRef | None, targets: Sequence[TargetRef]) -> list[TargetRef]:
        """Return those targets that are in a place, all without one."""
        if place is None:
            return list(targets)
        inside = {one.key for one in self.contents(place)}
        return [one for one in targets if one.key in inside or place in self._inventory.parents(one)]

    def runs(self, target: TargetRef) -> bool | None:
        """Return whether a target runs, None when that is not known."""
        key = self.running_key(target)
        if key is not None:
            return self._inventory.readings(target)[key] is True
        if self._inventory.is_off(target) or self._inventory.why_off(target) is not None:
            return False
        return None

    def is_failing(self, target: TargetRef) -> bool:
        """Return whether a check or a reading says that something is wrong with a target."""
        if self._inventory.seen(target).problems:
            return True
        return any(one.sensor.device_class == _PROBLEM and one.value is True for one in self.of(target))


def _plain(found: Found) -> str:
    """Return a value with its unit: "none" for a problem that there is not."""
    if isinstance(found.value, bool):
        return "yes" if found.value else "none"
    return f"{found.value} {found.sensor.unit or ''}".rstrip()


def worded(found: Found, texts: Texts, now: datetime) -> str:
    """Return a reading with its name: "Memory usage 83 %"."""
    return f"{texts.name(found.sensor.name)} {value_text(found, texts, now)}"


def value_text(found: Found, texts: Texts, now: datetime) -> str:
    """Return the value of a reading for people."""
    sensor, value = found.sensor, found.value
    if isinstance(value, Unknown) or value is None:
        reason = said_in(value.reason, texts) if isinstance(value, Unknown) else ""
        return texts(t"not known ({reason})") if reason else texts(t"not known")
    if isinstance(value, bool) or sensor.platform is Platform.BINARY_SENSOR:
        return texts("yes") if value else texts("no")
    if isinstance(value, int | float):
        return _number_text(sensor, value, texts)
    at = _time(str(value)) if sensor.device_class == _TIMESTAMP else None
    return str(value) if at is None else texts.ago(now - at)


def _number_text(sensor: SensorOffer, value: float, texts: Texts) -> str:
    if sensor.unit == "d" and value == round(value):
        # A backup of today is 0 days old: neither "0 seconds" nor "24 hours" is known.
        return texts.plural("{count} day", "{count} days", round(value))
    factor = _SECONDS.get(sensor.unit or "")
    if factor and (sensor.device_class == "duration" or sensor.unit == "d"):
        return length_text(timedelta(seconds=value * factor), texts)
    text = texts.number(value, 1 if sensor.precision is None else sensor.precision)
    return f"{text} {sensor.unit}" if sensor.unit else text


def length_text(length: timedelta, texts: Texts) -> str:
    """Return a length of time, from two days on in days."""
    days = round(length / timedelta(days=1))
    if abs(days) >= _DAYS_FROM:
        # "3 weeks" would not say when a certificate with 24 days left expires.
        return texts.plural("{count} day", "{count} days", days)
    return texts.duration(length)


def _rank(sensor: SensorOffer, reading: str) -> tuple[int, ...] | None:
    """Return how well a reading fits the words of a question, None if it does not."""
    if EVERY in reading:
        ranks = [_rank(sensor, one) for one in reading.split(EVERY)]
        return tuple(place for one in ranks for place in one or ()) if all(ranks) else None
    reading = reading.removeprefix(EITHER)
    if reading.startswith("="):
        return (0,) if sensor.name.casefold() in reading[1:].split(OR) else None
    key, name = sensor.key.split("_"), words_of(sensor.name)
    for place, word in enumerate(reading.split()):
        if word in key or word in name or word == sensor.device_class:
            begins = 0 if key[0] == word or sensor.key == word else 1
            binary = 1 if sensor.platform is Platform.BINARY_SENSOR else 0
            return (place, binary, begins, 0 if sensor.unit == "%" else 1)
    return None


def _is_about(sensor: SensorOffer, reading: str) -> bool:
    """Return whether a reading is about every part and quantity that is asked for."""
    said = {*sensor.key.split("_"), *words_of(sensor.name), sensor.device_class}
    return all(_told(one) <= said for one in reading.split(EVERY))


def _told(reading: str) -> set[str]:
    """Return the parts and quantities that words for a reading name, whichever of them is meant."""
    words = reading.removeprefix(EITHER)
    if not words.startswith("="):
        return {*words.split()[:1]} & _TELLING
    return set.intersection(*({*words_of(one)} for one in words[1:].split(OR))) & _TELLING


def _time(text: str) -> datetime | None:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def named(targets: Iterable[TargetRef], shown: int, texts: Texts) -> str:
    """Return the names of targets as a phrase, the first ones with the number of the others."""
    names = list(dict.fromkeys(one.name for one in targets))
    return listed(names, shown, texts)


def listed(items: Sequence[str], shown: int, texts: Texts) -> str:
    """Return items as a phrase, the first ones with the number of the others, if those are many."""
    more = len(items) - shown if len(items) > shown + FEW else 0
    kept = list(items[:shown]) if more > 0 else list(items)
    return texts.listed([*kept, texts(t"{more} more")] if more > 0 else kept)
