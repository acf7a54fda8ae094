"""Answers questions from the store and fresh readings, without a model."""

from collections.abc import Callable, Iterable, Sequence
from datetime import timedelta
from typing import Final, Protocol

from homelab_steward.contract.changes import Change
from homelab_steward.contract.commands import IncidentQuery, Incidents
from homelab_steward.contract.incidents import ApprovalRequest, Decision, Incident, OptionKind, Run
from homelab_steward.contract.plain_text import one_line, quoted
from homelab_steward.contract.restore_drill import RestoreReport
from homelab_steward.contract.state import InstanceStatus, TargetRef

from ..clock import Clock
from ..errors import ServiceError, ServiceUnreachable
from ..inventory.ports import INSTANCE, Inventory
from ..inventory.version_log import VersionChange
from ..sdk.readings import Unknown
from ..texts import local, texts_of
from .autonomy_answers import Levels, no_levels
from .incident_context import IncidentContext
from .meanings import TargetQuestion, Topic, TopicQuestion
from .monitor_answers import Devices, no_devices
from .option_labels import option_label
from .phrases import say
from .readings import Found, named, worded
from .scheduling import said_when
from .update_states import under_way

SHOWN: Final = 5
SHOWN_ALOUD: Final = 2
LISTED: Final = 20
LOOKED_BACK: Final = 200
TITLE: Final = 200
HOURS: Final = 24
"""How far back a question about the past looks that does not say it."""


class Rows(Protocol):
    """The queries of the store that answers need."""

    async def incident(self, incident_id: str) -> Incident | None:
        """Return one incident, None when there is none."""

    async def list_incidents(self, query: IncidentQuery) -> Incidents:
        """Return the newest incidents, newest first."""

    async def approval(self, approval_id: str) -> ApprovalRequest | None:
        """Return one approval request, None when there is none."""

    async def pending(self) -> tuple[ApprovalRequest, ...]:
        """Return the pending requests."""

    async def scheduled(self) -> tuple[ApprovalRequest, ...]:
        """Return the approved requests that are executed later."""

    async def updates(self) -> tuple[Change, ...]:
        """Return the updates that are not over."""

    async def restores(self) -> RestoreReport | None:
        """Return how far backups were restored in drills, None before the first look."""


class Records:
    """Reports problems, pending requests, recent runs, and the state of a target."""

    def __init__(
        self,
        rows: Rows,
        inventory: Inventory,
        clock: Clock,
        versions: Callable[[], Sequence[VersionChange]] = tuple,
        levels: Levels = no_levels,
        devices: Devices = no_devices,
    ) -> None:
        """All access is read-only. ``versions`` are the recorded ones, ``levels`` those of autonomy.

        ``devices`` are what the monitors say.
        """
        self.versions = versions
        self.levels = levels
        self.devices = devices
        self._rows = rows
        self._inventory = inventory
        self._clock = clock

    async def answer(self, question: TopicQuestion | TargetQuestion, language: str, *, spoken: bool) -> str:
        """Return the answer in sentences."""
        shown = SHOWN_ALOUD if spoken else SHOWN
        if isinstance(question, TargetQuestion):
            return await self._target(question.target, language, shown)
        match question.topic:
            case Topic.PROBLEM:
                return await self._problem(language, shown)
            case Topic.WAITING:
                return await self._waiting(language, shown)
            case Topic.SCHEDULED:
                return await self._scheduled(language, shown)
            case _:
                return await self._done(language, shown, question.hours or HOURS)

    async def in_place(
        self, place: TargetRef, inside: Sequence[TargetRef], language: str, *, spoken: bool
    ) -> str:
        """Return what is wrong in a place that contains the targets ``inside``."""
        shown, keys = SHOWN_ALOUD if spoken else SHOWN, {one.key for one in inside}
        texts, name = texts_of(language), place.name
        if not inside:
            return texts(t"I know nothing in {name}.")
        rows = await self._rows.list_incidents(IncidentQuery(open_only=True, limit=LOOKED_BACK))
        mine = [one for one in rows.incidents if one.target is not None and one.target.key in keys]
        known = {one.target.key for one in mine if one.target is not None}
        doubts = [
            doubt for one in inside if one.key not in known and (doubt := self._problem_of(one, language))
        ]
        lines = [*(_incident(language, one) for one in mine[:shown]), *doubts[:shown]]
        if lines:
            return " ".join([f"{name}:", *lines, *_more(language, len(mine) + len(doubts), 2 * shown)])
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

    async def pending(self) -> tuple[ApprovalRequest, ...]:
        """Return the requests that wait for an answer, newest first."""
        return await self._rows.pending()

    async def scheduled(self) -> tuple[ApprovalRequest, ...]:
        """Return the approved requests that are executed later, newest first."""
        return await self._rows.scheduled()

    async def updates(self) -> tuple[Change, ...]:
        """Return the updates that are not over, the last changed first."""
        return await self._rows.updates()

    async def restores(self) -> RestoreReport | None:
        """Return how far backups were restored in drills, None before the first look."""
        return await self._rows.restores()

    async def incidents_about(self, target: TargetRef | None) -> list[Incident]:
        """Return the newest incidents, those about a target if one is given, newest first."""
        rows = await self._rows.list_incidents(IncidentQuery(limit=LOOKED_BACK))
        return [one for one in rows.incidents if target is None or self._is_about(one, target)]

    async def decision(self, run: Run) -> Decision | None:
        """Return the decision by which something was done, None when nothing says it."""
        request = await self._rows.approval(run.approval_id)
        return None if request is None else request.decision

    async def open_incidents(self) -> tuple[Incident, ...]:
        """Return the newest incidents that are open, newest first."""
        return (await self._rows.list_incidents(IncidentQuery(open_only=True, limit=LOOKED_BACK))).incidents

    async def overview(self) -> str:
        """Return problems, pending requests and recent runs, in English, for a model."""
        parts = [await self._problem("en", LISTED), await self._waiting("en", LISTED)]
        return "\n".join([*parts, await self._done("en", LISTED, HOURS)])

    async def about(self, incident_id: str | None) -> IncidentContext | None:
        """Return the incident that a conversation is about, None when it is about none."""
        incident = None if incident_id is None else await self._rows.incident(incident_id)
        if incident is None:
            return None
        pending = (one for one in await self._rows.pending() if one.incident_id == incident.id)
        return IncidentContext(incident, next(pending, None))

    async def label(self, approval_id: str | None, language: str) -> str | None:
        """Return the label of a pending request's first option, None when it is not pending."""
        for one in await self._rows.pending():
            if one.id == approval_id:
                return option_label(one.proposal.options[0], self._inventory, texts_of(language))
        return None

    async def _problem(self, language: str, shown: int) -> str:
        found = await self.open_incidents()
        lines = [
            say(language, "unreachable", name=one.name, reason=one_line(one.error or one.status))
            for one in self._inventory.instances()
            if one.status not in (InstanceStatus.OK, InstanceStatus.PENDING) and one.expected_off is None
        ]
        lines += self._partly_read(language)
        if not found and not lines:
            return say(language, "all_well", count=len(self._inventory.instances()))
        incidents = _listed(language, found, shown) or [say(language, "none_open")]
        return " ".join([*incidents, *lines])

    async def _scheduled(self, language: str, shown: int) -> str:
        """Return the requests that are executed later, the next one first."""
        found = [(one.later, one) for one in await self._rows.scheduled() if one.later is not None]
        if not found:
            return say(language, "nothing_scheduled")
        lines = [say(language, "one_scheduled" if len(found) == 1 else "many_scheduled", count=len(found))]
        for later, one in sorted(found, key=lambda each: each[0].at)[:shown]:
            texts, now = texts_of(language), self._clock.now()
            when, until = said_when(later.at, now, texts), said_when(later.until, now, texts)
            key, title = "scheduled_if" if later.text else "scheduled", quoted(one.title, TITLE, language)
            values = {"title": title, "when": when, "until": until, "condition": one_line(later.text)}
            lines.append(say(language, key, number=one.incident_number, **values))
        more = [say(language, "more", count=len(found) - shown)] if len(found) > shown else []
        return " ".join([*lines, *more])

    def _partly_read(self, language: str) -> Iterable[str]:
        """Yield what the last polls could not read: no problem in it would have been seen."""
        for one in self._inventory.instances():
            snapshot = self._inventory.snapshot(one.id)
            if snapshot is not None and one.status is InstanceStatus.OK and snapshot.coverage.gaps:
                gap = snapshot.coverage.gaps[0]
                yield say(language, "partly_read", name=one.name, part=gap.part, reason=one_line(gap.reason))

    async def _waiting(self, language: str, shown: int) -> str:
        pending = await self._rows.pending()
        if not pending:
            return say(language, "nothing_waits")
        key = "one_waits" if len(pending) == 1 else "many_wait"
        lines = [say(language, key, count=len(pending))]
        for one in pending[:shown]:
            if one.acts_at is not None:
                lines.append(_acting(one, language))
                continue
            options = ", ".join(f"{option.number} {option.label}" for option in one.proposal.options)
            lines.append(
                say(
                    language,
                    "request",
                    number=one.incident_number,
                    title=quoted(one.title, TITLE, language),
                    options=options,
                )
            )
            lines += _not_offered(language, one)
        return " ".join([*lines, *_more(language, len(pending), shown)])

    async def _done(self, language: str, shown: int, hours: int) -> str:
        span = timedelta(hours=hours)
        length, since = texts_of(language).duration(span), self._clock.now() - span
        rows = await self._rows.list_incidents(IncidentQuery(limit=LOOKED_BACK))
        runs = [one.run for one in rows.incidents if one.run and one.run.started_at > since]
        if not runs:
            return say(language, "nothing_done", length=length)
        lines = [say(language, "done", length=length)]
        for run in runs[:shown]:
            outcome = say(language, f"outcome_{run.status}")
            lines.append(say(language, "did", label=run.label, outcome=outcome))
        return " ".join([*lines, *_more(language, len(runs), shown)])

    async def _target(self, target: TargetRef, language: str, shown: int) -> str:
        """Return the state of a target from a fresh poll, and which update of it is under way."""
        updating = await under_way(self._rows, self._keys(target), language)
        try:
            await self._inventory.poll_now(target.instance_id)
        except ServiceError as err:
            return " ".join([*updating, *await self._unread(target, err, language)])
        mine = await self._about(target)
        now = [*self._state(mine, target, language), *self._seen(target, language, shown)]
        return " ".join([*updating, *now])

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
        return [one for one in await self.incidents_about(target) if not one.is_request]

    def _problems(self, mine: Sequence[Incident], target: TargetRef, language: str) -> list[str]:
        """Return the newest open incident of a target with what is known about it, nothing without one."""
        incident = next((one for one in mine if not one.status.is_closed), None)
        if incident is None:
            return []
        lines = [say(language, "target_problem", name=target.name), _incident(language, incident)]
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
            return say(language, "target_not_known", name=target.name, reason=_joined(seen.unknown))
        return None

    def _instance_name(self, target: TargetRef) -> str:
        instance = self._inventory.instance(target.instance_id)
        return instance.name if instance else target.instance_id

    def _is_about(self, incident: Incident, target: TargetRef) -> bool:
        """Return whether an incident is about a target, its guest, or an application in it."""
        return incident.target is not None and incident.target.key in self._keys(target)

    def _keys(self, target: TargetRef) -> set[tuple[str, str, str]]:
        """Return the keys of a target, its guest, and an application in it."""
        related_targets = [target, *(one for one in self._inventory.parents(target) if one.kind != "node")]
        application = self._inventory.application(target)
        return {one.key for one in (*related_targets, *((application,) if application else ()))}

    def _seen(self, target: TargetRef, language: str, shown: int) -> list[str]:
        """Return the target's readings and, for an instance, its guest's, as one sentence."""
        parts = list(self._readings(target, language))
        host = next(iter(self._inventory.parents(target)), None)
        if target.kind == "instance" and host is not None and host.kind not in ("node", "instance"):
            parts += self._readings(host, language)
        return [say(language, "target_seen", readings=", ".join(parts[: 2 * shown]))] if parts else []

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


def _away(error: ServiceError) -> str:
    """Return the phrase for an instance that could not be read: an answer was given, or none."""
    return "unreachable" if isinstance(error, ServiceUnreachable) else "unreadable"


def _joined(texts: Iterable[str]) -> str:
    """Return different texts as one line, without the full stop at the end."""
    return one_line("; ".join(text.rstrip(".") for text in dict.fromkeys(texts)))


def _listed(language: str, incidents: Sequence[Incident], shown: int) -> list[str]:
    if not incidents:
        return []
    key = "one_open" if len(incidents) == 1 else "many_open"
    lines = [say(language, key, count=len(incidents))]
    lines += [_incident(language, one) for one in incidents[:shown]]
    return lines + _more(language, len(incidents), shown)


def _incident(language: str, incident: Incident) -> str:
    status = say(language, f"status_{incident.status}")
    if incident.silenced_until is not None:
        until = texts_of(language).date_and_time(local(incident.silenced_until))
        status = f"{status}, {say(language, 'silenced_until', until=until)}"
    elif incident.suppressed is not None:
        status = f"{status}, {say(language, 'silenced')}"
    if incident.stale_since is not None:
        since = texts_of(language).date_and_time(local(incident.stale_since))
        status = f"{status}, {say(language, 'stale_since', since=since)}"
    title = quoted(incident.title, TITLE, language)
    return say(language, "incident", number=incident.number, title=title, status=status)


def _acting(request: ApprovalRequest, language: str) -> str:
    """Return what the steward carries out by itself and when; "reject it" stops it."""
    texts, number = texts_of(language), request.incident_number
    label = next((one.label for one in request.proposal.options), request.title)
    time = texts.time(local(request.acts_at or request.expires_at))
    return texts(t"Incident {number}: {label} at {time}, unless you reject it.")


def _not_offered(language: str, request: ApprovalRequest) -> list[str]:
    """Return why no option of a request changes anything, nothing when one does."""
    proposal = request.proposal
    if not proposal.left_out or any(one.kind is OptionKind.ACT for one in proposal.options):
        return []
    return [say(language, "not_offered", reasons=one_line(" ".join(proposal.left_out)))]


def _more(language: str, count: int, shown: int) -> list[str]:
    return [say(language, "more", count=count - shown)] if count > shown else []
