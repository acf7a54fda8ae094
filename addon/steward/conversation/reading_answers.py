"""Answers questions about readings: of one thing, of all, the highest, how many, and which."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from homelab_steward.contract.catalogue import Platform
from homelab_steward.contract.state import TargetRef

from ..clock import Clock
from ..inventory.ports import INSTANCE
from ..language.part_texts import EITHER, EVERY
from ..language.question_parts import OF_UNITS
from ..texts import Texts
from .questions import Bound, ExtremeQuestion, ListQuestion, ReadingQuestion
from .readings import Found, Readings, listed, named, value_text, worded
from .units import in_unit

READINGS: Final = 3
"""Readings of one thing in an answer."""

_SERVICE: Final = "service"
_ANY: Final = "any"
_KINDS: Final = {
    "service": (INSTANCE,),
    "guest": ("container", "vm"),
    "storage": ("pool", "volume", "datastore", "dataset", "storage", "bucket"),
    "node": ("node", "system", "environment"),
    "monitor": ("monitor", "endpoint", "sensor", "job"),
    "device": ("device", "access_point", "switch", "router"),
}
"""Kinds of resources by what people call them; other kinds have their own name."""


_POOLS: Final = {"disk_share": ("pool", "datastore", "volume")}
"""Kinds of resources that are what a reading is about in the first place, by its key."""

_NEARLY_FULL: Final = 85.0
"""Percent of a disk."""


class ReadingAnswers:
    """Answers from the last readings."""

    def __init__(self, readings: Readings, clock: Clock) -> None:
        """All access is read-only."""
        self._inventory = readings.inventory
        self._readings = readings
        self._clock = clock

    def answer(
        self, question: ReadingQuestion | ExtremeQuestion | ListQuestion, texts: Texts, shown: int
    ) -> str:
        """Return the answer in sentences."""
        match question:
            case ReadingQuestion():
                return self._reading(question, texts, shown)
            case ExtremeQuestion():
                return self._extreme(question, texts, shown)
            case ListQuestion():
                return self._which(question, texts, shown)

    def is_reported(self, question: ReadingQuestion | ExtremeQuestion) -> bool:
        """Return whether the target, or anything, has the readings that are asked for."""
        if isinstance(question, ExtremeQuestion) or question.target is None:
            return bool(self._readings.asked_of_all(question.reading))
        near = [*self._readings.near(question.target), *self._readings.contents(question.target)]
        return any(self._readings.asked(one, question.reading) for one in near)

    def _reading(self, question: ReadingQuestion, texts: Texts, shown: int) -> str:
        """Return the readings of a target, or of all targets that have them."""
        if question.target is None:
            return self._of_all(question, texts, shown)
        target, now = question.target, self._clock.now()
        for one in self._readings.near(target):
            asked = self._readings.asked(one, question.reading)
            found = self._in_unit(asked, question.unit)
            if found:
                readings = ", ".join(worded(each, texts, now) for each in found[:READINGS])
                return texts(t"{one.name}: {readings}.")
            if asked:
                return _not_in(question.unit, texts)
        inside = [
            found[0]
            for one in self._readings.contents(target)
            if (found := self._in_unit(self._readings.asked(one, question.reading), question.unit))
        ]
        if inside and question.is_count and inside[0].sensor.platform is Platform.BINARY_SENSOR:
            return _counted([one.target for one in inside if one.value is True], len(inside), texts, shown)
        if inside:
            readings = self._named_values(inside, texts, shown)
            return texts(t"{target.name}: {readings}.")
        return self._not_reported(target, texts, shown)

    def _in_unit(self, found: Sequence[Found], unit: str | None) -> list[Found]:
        """Return those readings that can be shown in a unit, in it; all without one."""
        shown = (in_unit(one, unit, self._clock.now()) for one in found)
        return [one for one in shown if one is not None]

    def _extreme(self, question: ExtremeQuestion, texts: Texts, shown: int) -> str:
        """Return which targets have the highest or lowest reading."""
        groups: dict[tuple[str, str | None], list[Found]] = defaultdict(list)
        for target in self._readings.within(question.place, of_kind(self._readings, question.kind)):
            for one in self._in_unit(self._readings.asked(target, question.reading), question.unit):
                if one.amount(self._clock.now()) is not None:
                    groups[one.sensor.name, one.sensor.unit].append(one)
        if not groups and question.unit is not None:
            return _not_in(question.unit, texts)
        if not groups:
            return self._nothing(question.reading, texts, shown)
        found = max(groups.values(), key=len)
        found.sort(key=self._amount, reverse=question.is_most)
        name = texts.name(found[0].sensor.name)
        first, others = found[0], found[1:shown]
        value = value_text(first, texts, self._clock.now())
        text = texts(t"{name}: {first.target.name} with {value}.")
        if not others:
            return text
        readings = self._named_values(others, texts, shown, sort=False)
        return " ".join([text, texts(t"Then {readings}.")])

    def _which(self, question: ListQuestion, texts: Texts, shown: int) -> str:
        """Return how many things there are, and which."""
        within = self._within(question)
        if question.bound is not None and within:
            return self._count_check(question, question.bound, within, texts, shown)
        if not within:
            return texts("I know no such thing.")
        if question.state is None:
            count, names = len(within), named(within, shown, texts)
            return texts(t"{count}: {names}.")
        states = [(one, self.is_in(one, question.state)) for one in within]
        fitting = [one for one, state in states if state]
        unknown = [one for one, state in states if state is None]
        lines = [_counted(fitting, len(within), texts, shown)]
        if unknown:
            names = named(unknown, shown, texts)
            lines.append(texts(t"Not known of {names}."))
        return " ".join(lines)

    def _count_check(
        self, question: ListQuestion, bound: Bound, within: Sequence[TargetRef], texts: Texts, shown: int
    ) -> str:
        """Return whether there are more or fewer things than a number, and how many."""
        count = sum(question.state is None or self.is_in(one, question.state) is True for one in within)
        answer = self._which(replace(question, bound=None), texts, shown)
        return f"{texts('Yes') if bound.holds(count) else texts('No')}. {answer}"

    def _of_all(self, question: ReadingQuestion, texts: Texts, shown: int) -> str:
        within = self._readings.within(question.place, of_kind(self._readings, question.kind))
        asked = {one.key for one in within}
        every = [one for one in self._readings.asked_of_all(question.reading) if one.target.key in asked]
        found = self._in_unit(every, question.unit)
        if every and not found:
            return _not_in(question.unit, texts)
        if not found:
            return self._nothing(question.reading, texts, shown)
        if question.is_count and found[0].sensor.platform is Platform.BINARY_SENSOR:
            return _counted([one.target for one in found if one.value is True], len(found), texts, shown)
        readings = self._named_values(found, texts, shown)
        if (
            found[0].sensor.platform is not Platform.BINARY_SENSOR
            or len({one.sensor.name for one in found}) > 1
        ):
            return f"{readings}."
        # "OPNsense yes" alone is no answer to "is the internet down".
        name = texts.name(found[0].sensor.name)
        return texts(t"{name}: {readings}.")

    def _named_values(self, found: Sequence[Found], texts: Texts, shown: int, *, sort: bool = True) -> str:
        """Return readings of several targets with their names, the highest first."""
        ordered = sorted(found, key=self._weight, reverse=True) if sort else list(found)
        if ordered[0].sensor.platform is Platform.BINARY_SENSOR:
            ordered.sort(key=lambda one: one.value is not True)
        now = self._clock.now()
        return listed([f"{one.target.name} {value_text(one, texts, now)}" for one in ordered], shown, texts)

    def _weight(self, found: Found) -> tuple[bool, bool, float]:
        """Return what orders readings: what is nearly full first, then pools before what is in them."""
        amount, pools = self._amount(found), _POOLS.get(found.sensor.key, ())
        return bool(pools) and amount >= _NEARLY_FULL, found.target.kind in pools, amount

    def _amount(self, found: Found) -> float:
        amount = found.amount(self._clock.now())
        return float("-inf") if amount is None else amount

    def _not_reported(self, target: TargetRef, texts: Texts, shown: int) -> str:
        """Return that a target does not report what was asked for, and what it reports."""
        known = [
            texts.name(one.sensor.name) for one in self._readings.of(target) if not one.sensor.diagnostic
        ]
        text = texts(t"{target.name} does not report that.")
        if not known:
            return text
        readings = listed(known, 2 * shown, texts)
        return " ".join([text, texts(t"It reports {readings}.")])

    def _nothing(self, reading: str, texts: Texts, shown: int) -> str:
        """Return that nothing reports what was asked for, and of what a part of it is known.

        "How hot is the GPU" names what has a temperature, but no temperature.
        """
        text = texts("Nothing that I know reports that.")
        parts = [one.removeprefix(EITHER) for one in reading.split(EVERY)] if EVERY in reading else []
        parts.sort(key=lambda one: one not in OF_UNITS.values())
        found = next(filter(None, map(self._readings.asked_of_all, parts)), None)
        if found is None:
            return text
        name, names = texts.name(found[0].sensor.name), named((one.target for one in found), shown, texts)
        return " ".join([text, texts(t"{name} is known of: {names}.")])

    def _within(self, question: ListQuestion) -> Sequence[TargetRef]:
        found = self._readings.within(question.place, of_kind(self._readings, question.kind))
        if found or question.place is None or INSTANCE not in kinds_of(question.kind):
            return found
        # OPNsense has services of its own.
        own = [one for one in self._readings.targets() if one.kind == _SERVICE]
        return self._readings.within(question.place, own)

    def is_in(self, target: TargetRef, state: str) -> bool | None:
        """Return whether a target is in a state, None when that is not known."""
        match state:
            case "running":
                return self._runs(target)
            case "stopped":
                runs = self._runs(target)
                return None if runs is None else not runs
            case "failing":
                return self._readings.is_failing(target)
            case "outdated":
                found = [one for one in self._readings.asked(target, "update waiting") if one.is_known]
                return any(bool(one.value) for one in found) if found else None
            case _:
                return not self._readings.is_failing(target) and self._runs(target) is not False

    def _runs(self, target: TargetRef) -> bool | None:
        if target.kind != INSTANCE:
            return self._readings.runs(target)
        instance = self._inventory.instance(target.instance_id)
        return None if instance is None else instance.status in ("ok", "unauthorized", "failing")


def _counted(targets: Sequence[TargetRef], total: int, texts: Texts, shown: int) -> str:
    """Return how many of all targets these are, and which."""
    count, names = len(targets), named(targets, shown, texts)
    return texts(t"{count} of {total}: {names}.") if targets else texts(t"None of {total}.")


def _not_in(unit: str | None, texts: Texts) -> str:
    return texts(t"I cannot say that in {unit}.")


def of_kind(readings: Readings, kind: str | None) -> list[TargetRef]:
    """Return the targets of a kind that people say, all without one."""
    kinds = kinds_of(kind or _ANY)
    return [one for one in readings.targets() if kind in (None, _ANY) or one.kind in kinds]


def kinds_of(kind: str) -> set[str]:
    """Return the kinds of resources that people mean by a kind."""
    return {each for one in kind.split("|") for each in _KINDS.get(one, (one,))}
