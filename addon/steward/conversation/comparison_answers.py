"""Answers whether a reading is above or below a number, and which of several targets has the higher one."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

from homelab_steward.contract.catalogue import SensorOffer
from homelab_steward.contract.state import TargetRef

from ..clock import Clock
from ..language.bound_parts import UPTIME
from ..language.words import words_of
from ..texts import Texts
from .questions import Bound, CompareQuestion, ThresholdQuestion
from .reading_answers import of_kind
from .readings import Found, Readings, listed, value_text, worded
from .units import factor, is_bytes, unit_of

_NOT_USED: Final = frozenset({"free", "left", "remaining", "available", "limit", "total", "size"})
"""Words of readings that say nothing about what is used: "does it use less than 1 GB"."""

_LEFT: Final = frozenset({"free", "left", "remaining", "available"})
"""Words of readings that say how much is left."""

_UPTIME: Final = SensorOffer(key="uptime", name="Uptime", unit="s", device_class="duration")
"""How long something runs, whether it reports a length or the time of its start."""

_OF_BYTES: Final = frozenset({"memory", "disk", "space", "gpu", "swap"})
"""Words for quantities that are measured in bytes."""


class ComparisonAnswers:
    """Compares the last readings."""

    def __init__(self, readings: Readings, clock: Clock) -> None:
        """All access is read-only."""
        self._readings = readings
        self._clock = clock

    def answer(self, question: ThresholdQuestion | CompareQuestion, texts: Texts, shown: int) -> str:
        """Return the answer in sentences, with the readings that were compared."""
        if isinstance(question, CompareQuestion):
            return self._compared(question, texts)
        if question.target is None:
            return self._which(question, texts, shown)
        return self._of_target(question, question.target, texts, shown)

    def compared(self, question: ThresholdQuestion, target: TargetRef) -> Found | None:
        """Return the only reading of a target that a question compares, None when it is not clear."""
        found = self._matching(question, target)
        return found[0] if len(found) == 1 else None

    def in_own_unit(self, found: Found, question: ThresholdQuestion) -> float:
        """Return the number of a question in the unit of a reading."""
        own, unit = unit_of(found), question.unit
        return question.bound.number / (factor(own, unit or own) or 1.0)

    def _compared(self, question: CompareQuestion, texts: Texts) -> str:
        free = self._all_free(question) if question.is_left else []
        found = free or self._comparable(question)
        if not found:
            missing = next(
                (one for one in question.targets if not self._known(one, question.reading)),
                question.targets[-1],
            )
            return self._missing(missing, question.reading, None, texts)
        now = self._clock.now()
        values = [f"{one.target.name} {value_text(one, texts, now)}" for one in found]
        name, readings = texts.name(found[0].sensor.name), texts.listed(values)
        text = texts(t"Free: {readings}.") if free else texts(t"{name}: {readings}.")
        if question.is_left and not free and not _says_left(found[0]):
            return text  # 40 % of one thing may be more than 60 % of another one.
        return self._with_winner(question, found, text, texts)

    def _with_winner(self, question: CompareQuestion, found: Sequence[Found], text: str, texts: Texts) -> str:
        """Return the answer before ``text``, which shows what is compared."""
        amounts = [self._amount(one) for one in found]
        # What is used most has the least left.
        is_most = question.is_most is (question.is_left or not _says_left(found[0]))
        best = max(amounts) if is_most else min(amounts)
        winners = [one.target.name for one, amount in zip(found, amounts, strict=True) if amount == best]
        if question.is_check:
            is_first = amounts[0] == best and len(winners) == 1
            return f"{texts('Yes') if is_first else texts('No')}. {text}"
        if len(winners) > 1:
            return f"{texts('They are equal.')} {text}"
        return f"{winners[0]}. {text}"

    def _all_free(self, question: CompareQuestion) -> list[Found]:
        """Return how much each target has left, [] if it is not known of one of them, or in other units."""
        found = [self._free(one, question.reading) for one in question.targets]
        known = [one for one in found if one is not None]
        is_comparable = len(known) == len(found) and len({one.sensor.unit for one in known}) == 1
        return known if is_comparable else []

    def _free(self, target: TargetRef, reading: str) -> Found | None:
        """Return what a target has left, from its limit or its share in use."""
        for one in self._readings.near(target):
            known = {each.sensor.key: each for each in self._readings.of(one, is_known=True)}
            for used in self._numbers(one, reading):
                part, _, word = used.sensor.key.rpartition("_")
                limit, share = known.get(f"{part}_limit"), known.get("disk_share")
                total = self._amount(limit) if limit is not None else None
                if total is None and not part and share is not None and self._amount(share):
                    total = self._amount(used) * 100 / self._amount(share)
                if word == "used" and total is not None:
                    sensor = replace(used.sensor, precision=0)
                    return Found(one, sensor, total - self._amount(used))
        return None

    def _of_target(self, question: ThresholdQuestion, target: TargetRef, texts: Texts, shown: int) -> str:
        found = self._matching(question, target)
        if not found:
            return self._missing(target, question.reading, question.unit, texts)
        now = self._clock.now()
        if len({one.target.key for one in found}) > 1:
            return self._fitting(question, found, texts, shown)
        name, readings = found[0].target.name, ", ".join(worded(one, texts, now) for one in found[:shown])
        text = texts(t"{name}: {readings}.")
        if len(found) > 1:
            # Which of them is meant is not known.
            return text
        holds = _bound_of(found[0], question).holds(self._scaled(found[0], question.unit))
        return f"{texts('Yes') if holds else texts('No')}. {text}"

    def _missing(self, target: TargetRef, reading: str, unit: str | None, texts: Texts) -> str:
        """Return that a reading of a target is not known now, or that it has none."""
        every = (each for one in self._readings.near(target) for each in self._asked(one, reading))
        unknown = next((one for one in every if not one.is_known and _has_unit(one, unit)), None)
        if unknown is None:
            return texts(t"{target.name} does not report that.")
        name, readings = unknown.target.name, worded(unknown, texts, self._clock.now())
        return texts(t"{name}: {readings}.")

    def _asked(self, target: TargetRef, reading: str) -> list[Found]:
        return self._readings.asked(target, reading) if reading else []

    def _which(self, question: ThresholdQuestion, texts: Texts, shown: int) -> str:
        found = self._of_all(question)
        if not found:
            return texts("Nothing that I know reports that.")
        return self._fitting(question, found, texts, shown)

    def _fitting(self, question: ThresholdQuestion, found: Sequence[Found], texts: Texts, shown: int) -> str:
        """Return those readings that are above or below the number, or else the nearest one."""
        now = self._clock.now()
        scaled = {id(one): self._scaled(one, question.unit) for one in found}
        bounds = {id(one): _bound_of(one, question) for one in found}
        is_over = bounds[id(found[0])].is_over
        ordered = sorted(found, key=lambda one: scaled[id(one)], reverse=is_over)
        fitting = [one for one in ordered if bounds[id(one)].holds(scaled[id(one)])]
        total = len(found)
        shown_values = [f"{one.target.name} {value_text(one, texts, now)}" for one in fitting or ordered[:1]]
        names = listed(shown_values, shown, texts)
        if not fitting:
            return texts(t"None of {total}. The nearest: {names}.")
        count = len(fitting)
        return texts(t"{count} of {total}: {names}.")

    def _comparable(self, question: CompareQuestion) -> list[Found]:
        """Return one reading of each target, all with the name and unit of the first one that all have."""
        every = [self._known(one, question.reading) for one in question.targets]
        for first in every[0]:
            same = [next((one for one in many if _kind_of(one) == _kind_of(first)), None) for many in every]
            found = [one for one in same if one is not None]
            if len(found) == len(question.targets):
                return found
        return []

    def _known(self, target: TargetRef, reading: str) -> list[Found]:
        """Return the numbers that a target, or what runs it, reports."""
        for one in self._readings.near(target):
            if found := self._numbers(one, reading):
                return found
        return []

    def _numbers(self, target: TargetRef, reading: str) -> list[Found]:
        """Return the numbers that a target reports for a reading, the best first."""
        asked = self._readings.asked(target, reading)
        if reading == UPTIME:
            lengths = (_uptime(one, self._clock.now()) for one in asked)
            return [one for one in lengths if one is not None]
        return [one for one in asked if self._is_number(one)]

    def _matching(self, question: ThresholdQuestion, target: TargetRef) -> list[Found]:
        """Return the readings of a target that can be compared, or those of what is in it."""
        if question.reading:
            known = _left(self._known(target, question.reading), question)
            found = [one for one in known if _has_unit(one, question.unit)][:1]
            found = found or self._inside(question, target)
            # "Does the battery last ten minutes?" names the unit of another reading. Bytes of memory do not.
            is_told = is_bytes(question.unit) and _OF_BYTES & {*words_of(question.reading)}
            if found or not question.unit or is_told or question.is_left or question.reading == UPTIME:
                return found
        near = (self._readings.of(one, is_known=True) for one in self._readings.near(target))
        found = next((many for every in near if (many := self._in_unit(every, question.unit))), [])
        return found or self._inside(question, target)

    def _inside(self, question: ThresholdQuestion, target: TargetRef) -> list[Found]:
        if not question.reading:
            return []
        contents = self._readings.contents(target)
        every = (_left(self._known(one, question.reading), question) for one in contents)
        found = (next((one for one in many if _has_unit(one, question.unit)), None) for many in every)
        return [one for one in found if one is not None]

    def _in_unit(self, every: Sequence[Found], unit: str | None) -> list[Found]:
        fitting = [one for one in every if self._is_number(one) and unit and _has_unit(one, unit)]
        return [one for one in fitting if not (is_bytes(unit) and _NOT_USED & {*words_of(one.sensor.name)})]

    def _of_all(self, question: ThresholdQuestion) -> list[Found]:
        """Return the reading of each target; where their units differ, those in the most common one."""
        found: list[Found] = []
        for target in self._readings.within(question.place, of_kind(self._readings, question.kind)):
            found += self._fitting_of(target, question)
        units = [one.sensor.unit for one in found]
        common = max(units, key=units.count, default=None)
        return [one for one in found if question.unit or one.sensor.unit == common]

    def _fitting_of(self, target: TargetRef, question: ThresholdQuestion) -> list[Found]:
        """Return the best reading of a target; without words for it the only one in the unit."""
        if not question.reading:
            found = self._in_unit(self._readings.of(target, is_known=True), question.unit)
            return found if len(found) == 1 else []
        asked = _left(self._numbers(target, question.reading), question)
        return [one for one in asked if _has_unit(one, question.unit)][:1]

    def _is_number(self, found: Found) -> bool:
        return found.sensor.device_class != "timestamp" and found.amount(self._clock.now()) is not None

    def _amount(self, found: Found) -> float:
        return found.amount(self._clock.now()) or 0.0

    def _scaled(self, found: Found, unit: str | None) -> float:
        """Return a reading in the unit of the question."""
        own = unit_of(found)
        return self._amount(found) * (factor(own, unit or own) or 1.0)


def _uptime(found: Found, now: datetime) -> Found | None:
    """Return how long something runs, by a length or the time of its start; None for anything else."""
    amount, by = found.amount(now), factor(unit_of(found), "s")
    if amount is None or by is None or {"age", "backup"} & {*found.sensor.key.split("_")}:
        return None
    return Found(found.target, _UPTIME, amount * by)


def _left(found: Sequence[Found], question: ThresholdQuestion) -> list[Found]:
    """Return those readings that say how much is left, if that is asked; of a share, what is used says it."""
    if not question.is_left:
        return list(found)
    return [one for one in found if one.sensor.unit == "%" or _LEFT & {*words_of(one.sensor.name)}]


def _bound_of(found: Found, question: ThresholdQuestion) -> Bound:
    """Return what a reading is compared with: 20 % are left if 80 % are used."""
    bound = question.bound
    if not question.is_left or _LEFT & {*words_of(found.sensor.name)}:
        return bound
    return replace(bound, number=100 - bound.number, is_over=not bound.is_over)


def _says_left(found: Found) -> bool:
    """Return whether a reading says how much is left."""
    return bool(_LEFT & {*words_of(found.sensor.name)})


def _kind_of(found: Found) -> tuple[str, str | None]:
    return found.sensor.name, found.sensor.unit


def _has_unit(found: Found, unit: str | None) -> bool:
    """Return whether a reading is in a unit, or can be converted to it."""
    return unit is None or factor(unit_of(found), unit) is not None
