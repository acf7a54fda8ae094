"""Answers how a target is, or what is in a place: from open incidents, the last poll, and a fresh one."""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from typing import Final

from homelab_steward.contract.changes import Change, ChangeStatus
from homelab_steward.contract.incidents import AlertStatus, Incident
from homelab_steward.contract.plain_text import one_line, quoted
from homelab_steward.contract.state import InstanceStatus, TargetRef

from ..clock import Clock
from ..errors import ServiceError, ServiceUnreachable
from ..inventory.ports import INSTANCE, Inventory
from ..sdk.readings import Unknown
from ..texts import Texts, said_in, texts_of
from .phrases import say
from .readings import Found, listed, named, worded
from .records import Records, incident_line, more_line

TITLE: Final = 200
MOST_ALERTS: Final = 3

SHOWN_OF_ALL: Final = 4
"""Times as many readings as usual are shown of a thing of which all are asked for."""

PHRASES: Final = {ChangeStatus.APPLYING: "update_applied", ChangeStatus.WATCHING: "update_watched"}

type _Seen = Callable[[TargetRef, str, int], list[str]]
"""Returns what is read of a target, in a language, with so many readings."""


class TargetAnswers:
    """Reports the state of a target, and what is wrong in a place."""

    def __init__(self, records: Records, inventory: Inventory, clock: Clock) -> None:
        """A target is polled before its state is reported; nothing is changed."""
        self._records = records
        self._inventory = inventory
        self._clock = clock

    async def in_place(self, place: TargetRef, inside: Sequence[TargetRef], language: str, shown: int) -> str:
        """Return what is wrong in a place that contains the targets ``inside``."""
        keys = {one.key for one in inside}
        texts, name = texts_of(language), place.name
        if not inside:
            return texts(t"I know nothing in {name}.")
        rows = await self._records.open_incidents()
        mine = [one for one in rows if one.target is not None and one.target.key in keys]
        known = {one.target.key for one in mine if one.target is not None}
        doubts = [
            doubt for one in inside if one.key not in known and (doubt := self._problem_of(one, language))
        ]
        lines = [*(incident_line(language, one) for one in mine[:shown]), *doubts[:shown]]
        if lines:
            return " ".join([f"{name}:", *lines, *more_line(language, len(mine) + len(doubts), 2 * shown)])
        names = named(inside, shown, texts)
        return texts(t"{name}: no problem is known. There: {names}.")

    def _problem_of(self, target: TargetRef, language: str) -> str | None:
        """Return what the last poll says against a target, None if nothing."""
        if target.kind == INSTANCE:
            found = self._inventory.instance(target.instance_id)
            is_read = found is None or found.status in (InstanceStatus.OK, InstanceStatus.PENDING)
            if found is not None and not is_read and found.expected_off is None:
                return say(
                    language, "unreachable", name=found.name, reason=one_line(found.error or found.status)
                )
        problems = self._inventory.seen(target).problems
        return say(language, "target_ill", name=target.name, problem=_joined(problems)) if problems else None

    async def of_target(self, target: TargetRef, language: str, shown: int) -> str:
        """Return the state of a target from a fresh poll, and which update of it is under way."""
        return await self._now(target, language, self._seen, shown)

    async def all_of(self, target: TargetRef, inside: Sequence[TargetRef], language: str, shown: int) -> str:
        """Return the state of a target with all that it reports, and names of what is in it."""
        text = await self._now(target, language, self._every_reading, shown)
        if not inside:
            return text
        texts, names = texts_of(language), named(inside, shown, texts_of(language))
        return f"{text} {texts(t'It also has readings of {names}.')}"

    async def _now(self, target: TargetRef, language: str, seen: _Seen, shown: int) -> str:
        updating = await self._under_way(self._records.keys_around(target), language)
        try:
            await self._inventory.poll_now(target.instance_id)
        except ServiceError as err:
            return " ".join([*updating, *await self._unread(target, err, language)])
        mine = await self._about(target)
        now = [*self._state(mine, target, language), *seen(target, language, shown)]
        return " ".join([*updating, *now])

    async def _under_way(self, targets: Collection[tuple[str, str, str]], language: str) -> list[str]:
        """Return sentences about the updates under way of one of the targets with these keys."""
        found: list[str] = []
        for change in await self._records.updates():
            if change.status in PHRASES and not {one.key for one in _targets(change)}.isdisjoint(targets):
                incident = await self._records.incident(change.incident_id or "")
                found += _said(change, incident, language)
        return found

    async def _unread(self, target: TargetRef, error: ServiceError, language: str) -> list[str]:
        """Return the state of a target whose instance cannot be read: only the instance does not answer."""
        off = self._inventory.why_off(target)
        if off is not None:
            return [say(language, "target_off", name=target.name, reason=one_line(off))]
        if target.kind == INSTANCE:
            return [say(language, _away(error), name=target.name, reason=error)]
        away = say(language, _away(error), name=self._instance_name(target), reason=error)
        lines = [say(language, "target_not_known", name=target.name, reason=away.rstrip("."))]
        return [*lines, *self._problems(await self._about(target), target, language)]

    async def _about(self, target: TargetRef) -> list[Incident]:
        """Return the newest incidents about a target, without what a person requested."""
        return [one for one in await self._records.incidents_about(target) if not one.is_request]

    def _problems(self, mine: Sequence[Incident], target: TargetRef, language: str) -> list[str]:
        """Return the newest open incident of a target with what is known about it, nothing without one."""
        incident = next((one for one in mine if not one.status.is_closed), None)
        if incident is None:
            return []
        lines = [say(language, "target_problem", name=target.name), incident_line(language, incident)]
        diagnosis = incident.diagnosis
        if diagnosis is None:
            return lines
        view = diagnosis.explanation
        seen = [say(language, "model_view", text=one_line(view.text))] if view else []
        return [*lines, one_line(diagnosis.summary), *seen]

    def _state(self, mine: Sequence[Incident], target: TargetRef, language: str) -> list[str]:
        if problems := self._problems(mine, target, language):
            return problems
        off = self._inventory.why_off(target)
        if off is not None:
            return [say(language, "target_off", name=target.name, reason=one_line(off))]
        lines = [self._doubt(target, language) or say(language, "target_well", name=target.name)]
        if mine and mine[0].resolution:
            ended = mine[0].resolved_at or mine[0].updated_at
            since = texts_of(language).ago(self._clock.now() - ended)
            resolution = one_line(mine[0].resolution)
            number = mine[0].number
            lines.append(say(language, "target_last", number=number, ago=since, resolution=resolution))
        return lines

    def _doubt(self, target: TargetRef, language: str) -> str | None:
        """Return what the last poll says against a target without an open incident, None if nothing."""
        seen = self._inventory.seen(target)
        if not seen.is_listed:
            where = self._instance_name(target)
            return say(language, "target_not_listed", name=target.name, instance=where)
        if seen.problems:
            return say(language, "target_ill", name=target.name, problem=_joined(seen.problems))
        if seen.unknown:
            reasons = (said_in(one, texts_of(language)) for one in seen.unknown)
            return say(language, "target_not_known", name=target.name, reason=_joined(reasons))
        return None

    def _instance_name(self, target: TargetRef) -> str:
        instance = self._inventory.instance(target.instance_id)
        return instance.name if instance else target.instance_id

    def _seen(self, target: TargetRef, language: str, shown: int) -> list[str]:
        """Return the target's readings and, for an instance, its guest's, as one sentence."""
        parts = list(self._readings(target, language))
        host = next(iter(self._inventory.parents(target)), None)
        if target.kind == "instance" and host is not None and host.kind not in ("node", "instance"):
            parts += self._readings(host, language)
        return [say(language, "target_seen", readings=", ".join(parts[: 2 * shown]))] if parts else []

    def _every_reading(self, target: TargetRef, language: str, shown: int) -> list[str]:
        """Return all readings of a target, also those that are not known, as one sentence."""
        service = self._inventory.service(target.instance_id)
        scope = None if target.kind == INSTANCE else target.kind
        readings, texts, now = self._inventory.readings(target), texts_of(language), self._clock.now()
        parts = [
            worded(Found(target, sensor, readings[sensor.key]), texts, now)
            for sensor in (service.offer().sensors if service else ())
            if sensor.scope == scope and readings.get(sensor.key) not in (None, "")
        ]
        items = listed(parts, SHOWN_OF_ALL * shown, texts)
        return [say(language, "target_seen", readings=items)] if parts else []

    def _readings(self, target: TargetRef, language: str) -> Iterable[str]:
        service = self._inventory.service(target.instance_id)
        scope = None if target.kind == "instance" else target.kind
        readings = self._inventory.readings(target)
        for sensor in service.offer().sensors if service else ():
            value = readings.get(sensor.key)
            if sensor.scope != scope or sensor.diagnostic or value is None or isinstance(value, Unknown):
                continue
            found = Found(target, sensor, value)
            yield worded(found, texts_of(language), self._clock.now())


def reported_elsewhere(name: str, inventory: Inventory, texts: Texts) -> str | None:
    """Return which services report on one that is not known itself, None if none does."""
    services = ((one, inventory.service(one.id)) for one in inventory.instances())
    found = [one.name for one, service in services if service and service.reports_on == name.casefold()]
    if not found:
        return None
    names = texts.listed(found, either=True)
    return texts(t"{name} itself is not known here. Ask about {names}, which reports what happens on it.")


def _away(error: ServiceError) -> str:
    """Return the phrase for an instance that could not be read: an answer was given, or none."""
    return "unreachable" if isinstance(error, ServiceUnreachable) else "unreadable"


def _joined(texts: Iterable[str]) -> str:
    """Return different texts as one line, without the full stop at the end."""
    return one_line("; ".join(text.rstrip(".") for text in dict.fromkeys(texts)))


def _targets(change: Change) -> Iterator[TargetRef]:
    yield change.target
    yield from change.watched


def _said(change: Change, incident: Incident | None, language: str) -> Iterator[str]:
    title = quoted(change.title, TITLE, language)
    yield say(language, PHRASES[change.status], title=title)
    firing = [
        one_line(one.summary or one.name).rstrip(".")
        for one in (incident.alerts if incident else ())
        if one.status is AlertStatus.FIRING
    ]
    if firing:
        alerts = "; ".join(dict.fromkeys(firing[:MOST_ALERTS]))
        yield say(language, "update_alerts", alerts=alerts)
