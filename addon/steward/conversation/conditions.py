"""Turns what a person said about a condition into readings with bounds, or says why it cannot be decided."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from homelab_steward.contract.base import Value
from homelab_steward.contract.home import HomeFact
from homelab_steward.contract.later import LaterCondition
from homelab_steward.contract.state import TargetRef

from ..clock import Clock
from ..inventory.ports import ANSWERS, HOME, INSTANCE, Inventory
from ..sdk.description import Activity, Work
from ..sdk.home import FACT_NAMES
from ..sdk.readings import Unknown
from ..texts import Texts, english, household, translate
from .comparison_answers import ComparisonAnswers
from .meanings import Happens, SaidCondition
from .readings import Found, Readings

type Clause = Callable[[Texts], str]
"""Says when a condition holds, in a language: "When nobody is streaming on Plex"."""

EXAMPLES: Final = 3
"""Names that a question for a name contains."""

_OVER: Final = {
    Work.STREAMING: english("When nobody is streaming on {names}"),
    Work.DOWNLOADING: english("When the queue of {names} is empty"),
    Work.SCANNING: english("When no library of {names} is being scanned"),
    Work.ANSWERING: english("When {names} is not answering requests"),
}

_HOME: Final = {
    (HomeFact.SOMEBODY_HOME, True): english("When somebody is home"),
    (HomeFact.SOMEBODY_HOME, False): english("When nobody is home"),
    (HomeFact.SOMEBODY_ASLEEP, True): english("When somebody is asleep"),
    (HomeFact.SOMEBODY_ASLEEP, False): english("When nobody is asleep"),
    (HomeFact.EVERYBODY_ASLEEP, True): english("When everybody is asleep"),
    (HomeFact.EVERYBODY_ASLEEP, False): english("When not everybody is asleep"),
    (HomeFact.GUESTS, True): english("When guests are there"),
    (HomeFact.GUESTS, False): english("When no guests are there"),
    (HomeFact.ON_BATTERY, True): english("When the power is out"),
    (HomeFact.ON_BATTERY, False): english("When the power is back"),
    (HomeFact.ALARM_ARMED, True): english("When the alarm is armed"),
    (HomeFact.ALARM_ARMED, False): english("When the alarm is not armed"),
}

_IDLE: Final = (english("When {names} is idle"), english("When {names} are idle"))
_UP: Final = (english("When {names} is running"), english("When {names} are running"))
_DOWN: Final = (english("When {names} is not running"), english("When {names} are not running"))
"""The text about one thing, and that about several."""


@dataclass(frozen=True, slots=True)
class Decidable:
    """What is waited for, and the clause that says it."""

    conditions: tuple[LaterCondition, ...]
    clause: Clause


@dataclass(frozen=True, slots=True)
class Undecidable:
    """Why a condition cannot be decided, as a sentence in a language."""

    reason: Clause


@dataclass(frozen=True, slots=True)
class _Shown:
    """A reading that shows whether work is under way."""

    target: TargetRef
    key: str
    name: str
    activity: Activity


class Conditions:
    """Finds the readings that decide a condition, by the descriptions of the services."""

    def __init__(self, inventory: Inventory, clock: Clock) -> None:
        """Nothing is polled here."""
        self._inventory = inventory
        self._readings = Readings(inventory)
        self._comparisons = ComparisonAnswers(self._readings, clock)

    def decide(
        self,
        said: Sequence[SaidCondition],
        own: Sequence[TargetRef],
        facts: Mapping[str, bool | None] | None = None,
    ) -> Decidable | Undecidable:
        """Return the readings of all conditions. ``own`` is what the request is about.

        ``facts`` are what Home Assistant says about the home now.
        """
        found: list[Decidable] = []
        for one in said:
            decided = _home(one, facts or {}) if one.happens is Happens.HOME else self._one(one, own)
            if isinstance(decided, Undecidable):
                return decided
            found.append(decided)
        clauses = [one.clause for one in found]
        return Decidable(
            tuple(condition for one in found for condition in one.conditions),
            lambda texts: texts.listed([clauses[0](texts), *(_lowered(one(texts)) for one in clauses[1:])]),
        )

    def _one(self, said: SaidCondition, own: Sequence[TargetRef]) -> Decidable | Undecidable:
        about = (said.target,) if said.target is not None else tuple(own)
        match said.happens:
            case Happens.OVER | Happens.UNDER_WAY:
                return self._work(said, about)
            case Happens.BACKUP:
                return self._backup(said, about)
            case Happens.UP | Happens.DOWN:
                return self._runs(about, runs=said.happens is Happens.UP)
            case _:
                return self._bound(said, about)

    def _work(self, said: SaidCondition, about: Sequence[TargetRef]) -> Decidable | Undecidable:
        shown = [] if said.is_of_all else self._busy_with(said.work, about)
        if not shown and (said.is_general or said.is_of_all):
            shown = self._busy_with(said.work, self._every())
        if not shown:
            return Undecidable(_unknown_work(() if said.is_general or said.is_of_all else about))
        instances = {one.target.instance_id: None for one in shown}
        names = [name for one in instances if (name := self._name(one))]
        if said.happens is Happens.OVER:
            return Decidable(
                tuple(_equal(one, one.activity.idle) for one in shown), _over_clause(said.work, names)
            )
        if len(shown) > 1:
            # Each of them alone would do, which cannot be said with conditions that must all hold.
            return Undecidable(_naming(english("Say which one: {names}."), names, either=True))
        return Decidable((_busy(shown[0]),), _naming(english("When {names} is busy"), names))

    def _busy_with(self, work: str, about: Iterable[TargetRef]) -> list[_Shown]:
        """Return the readings that show a kind of work, "" for any."""
        return [
            one
            for one in self._shown(about)
            if one.activity.work is not Work.BACKUP and work in ("", one.activity.work)
        ]

    def _backup(self, said: SaidCondition, about: Sequence[TargetRef]) -> Decidable | Undecidable:
        shown = [one for one in self._shown(about) if one.activity.work is Work.BACKUP]
        if not shown and said.target is None:
            shown = [one for one in self._shown(self._every()) if one.activity.work is Work.BACKUP]
        names = list(dict.fromkeys(one.target.name for one in shown))
        if not shown:
            return Undecidable(lambda texts: texts("I know no backup of it."))
        if len(shown) > len(about):
            text = english("Say whose backup, for example: {names}.")
            return Undecidable(_naming(text, names[:EXAMPLES], either=True))
        conditions: list[LaterCondition] = []
        for one in shown:
            made = self._time(one)
            if made is None:
                text = english("It is not known when {names} was last backed up.")
                return Undecidable(_naming(text, [one.target.name]))
            conditions.append(_condition(one, after=made))
        return Decidable(
            tuple(conditions), _naming(english("When a new backup of {names} is finished"), names)
        )

    def _runs(self, about: Sequence[TargetRef], *, runs: bool) -> Decidable | Undecidable:
        conditions: list[LaterCondition] = []
        for target in about:
            reading = ANSWERS if target.kind == INSTANCE else self._readings.running_key(target)
            if reading is None:
                text = english("{names} does not report whether it runs.")
                return Undecidable(_naming(text, [target.name]))
            what = translate("answers") if reading == ANSWERS else translate("runs")
            name = f"{target.name}: {what}"
            conditions.append(LaterCondition(name=name, target=target, reading=reading, equals=runs))
        return Decidable(tuple(conditions), _about(_UP if runs else _DOWN, [one.name for one in about]))

    def _bound(self, said: SaidCondition, about: Sequence[TargetRef]) -> Decidable | Undecidable:
        question = said.threshold
        target = about[0] if len(about) == 1 else None
        found = self._comparisons.compared(question, target) if question and target else None
        if question is None or found is None:
            text = english("{names} does not report that.")
            return Undecidable(_naming(text, [one.name for one in about]))
        limit = self._comparisons.in_own_unit(found, question)
        is_over = question.bound.is_over
        condition = LaterCondition(
            name=f"{found.target.name}: {household().name(found.sensor.name)}",
            target=found.target,
            reading=found.sensor.key,
            above=limit if is_over else None,
            below=None if is_over else limit,
        )
        return Decidable((condition,), _bound_clause(found, limit, is_over=is_over))

    def _every(self) -> Iterator[TargetRef]:
        """Yield all instances that are not meant to be off: in those nothing is under way."""
        for one in self._inventory.instances():
            target = self._inventory.target(one.id)
            if target is not None and self._inventory.why_off(target) is None:
                yield target

    def _shown(self, about: Iterable[TargetRef]) -> list[_Shown]:
        """Return the readings that show work of things, of what is in them, and of what runs in them."""
        found: dict[tuple[object, str], _Shown] = {}
        for target in about:
            for one in (*self._readings.near(target), *self._readings.contents(target)):
                service = self._inventory.service(one.instance_id)
                kind = service.kind(one.kind) if service and one.kind != INSTANCE else None
                sensors = (
                    service.sensors if service and one.kind == INSTANCE else kind.sensors if kind else ()
                )
                for sensor in sensors:
                    if sensor.activity is not None:
                        shown = _Shown(one, sensor.key, sensor.name, sensor.activity)
                        found[one.key, sensor.key] = shown
        return list(found.values())

    def _name(self, instance_id: str) -> str:
        instance = self._inventory.instance(instance_id)
        return instance.name if instance else ""

    def _time(self, shown: _Shown) -> datetime | None:
        value = self._inventory.readings(shown.target).get(shown.key)
        if value is None or isinstance(value, Unknown):
            return None
        try:
            return datetime.fromisoformat(str(value))
        except ValueError:
            return None


def _home(said: SaidCondition, facts: Mapping[str, bool | None]) -> Decidable | Undecidable:
    """Return the condition on a fact about the home, or that Home Assistant does not say whether it is so."""
    if facts.get(said.fact) is None:
        return Undecidable(
            lambda texts: texts(
                "Home Assistant does not say whether {fact}: choose an entity for it in the options of the "
                "Homelab Steward integration.",
                fact=texts(FACT_NAMES[said.fact]),
            )
        )
    condition = LaterCondition(
        name=household()(FACT_NAMES[said.fact]),
        target=TargetRef(instance_id="", kind=HOME, id="", name=""),
        reading=said.fact,
        equals=not said.is_not_so,
    )
    clause = _HOME[HomeFact(said.fact), not said.is_not_so]
    return Decidable((condition,), lambda texts: texts(clause))


def _condition(
    shown: _Shown, *, equals: Value = None, above: float | None = None, after: datetime | None = None
) -> LaterCondition:
    return LaterCondition(
        name=f"{shown.target.name}: {household().name(shown.name)}",
        target=shown.target,
        reading=shown.key,
        equals=equals,
        above=above,
        after=after,
    )


def _equal(shown: _Shown, value: Value) -> LaterCondition:
    return _condition(shown, equals=value)


def _busy(shown: _Shown) -> LaterCondition:
    idle = shown.activity.idle
    return _condition(shown, equals=not idle) if isinstance(idle, bool) else _condition(shown, above=0)


def _naming(text: str, names: Sequence[str], *, either: bool = False) -> Clause:
    """Return a text with names, in a language."""
    return lambda texts: texts(text, names=texts.listed(names, either=either))


def _about(texts: tuple[str, str], names: Sequence[str]) -> Clause:
    """Return the text about one thing, or that about several."""
    return _naming(texts[len(names) > 1], names)


def _over_clause(work: str, names: Sequence[str]) -> Clause:
    return _naming(_OVER[Work(work)], names) if work else _about(_IDLE, names)


def _unknown_work(about: Sequence[TargetRef]) -> Clause:
    if not about:
        return lambda texts: texts("Nothing that I know reports that.")
    text = english("{names} does not report whether it is busy with that.")
    return _naming(text, [one.name for one in about])


def _bound_clause(found: Found, limit: float, *, is_over: bool) -> Clause:
    def clause(texts: Texts) -> str:
        reading, target = texts.name(found.sensor.name), found.target.name
        value = " ".join(filter(None, (texts.number(limit), found.sensor.unit)))
        if is_over:
            return texts(t"When {reading} of {target} is above {value}")
        return texts(t"When {reading} of {target} is below {value}")

    return clause


def _lowered(clause: str) -> str:
    """Return a clause that does not begin a sentence."""
    return clause[:1].lower() + clause[1:]
