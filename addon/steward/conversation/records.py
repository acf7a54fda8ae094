"""Answers questions from the store and fresh readings, without a model."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Final, Protocol

from homelab_steward.contract.changes import Change
from homelab_steward.contract.commands import IncidentQuery, Incidents
from homelab_steward.contract.incidents import ApprovalRequest, Decision, Incident, Run
from homelab_steward.contract.plain_text import one_line, quoted
from homelab_steward.contract.proposals import Option, OptionKind
from homelab_steward.contract.restore_drill import RestoreReport
from homelab_steward.contract.state import InstanceStatus, TargetRef
from homelab_steward.contract.step_parts import PlannedStep

from ..agent.plans.plan import is_person_request
from ..agent.requests.proposer import label_with_change
from ..agent.requests.request_plan import is_plan, label
from ..clock import Clock
from ..inventory.ports import Inventory
from ..inventory.version_log import VersionChange
from ..texts import Texts, local, said_in, texts_of
from .autonomy_answers import Levels, no_levels
from .incident_context import IncidentContext
from .monitor_answers import Devices, no_devices
from .note_answers import Notes
from .phrases import say
from .questions import Topic, TopicQuestion
from .scheduling import said_when

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
        notes: Notes | None = None,
    ) -> None:
        """All access is read-only. ``versions`` are the recorded ones, ``levels`` those of autonomy.

        ``devices`` are what the monitors say, ``notes`` what the notebook says.
        """
        self.versions = versions
        self.levels = levels
        self.devices = devices
        self.notes = notes or Notes()
        self._rows = rows
        self._inventory = inventory
        self._clock = clock

    async def answer(self, question: TopicQuestion, language: str, shown: int) -> str:
        """Return the answer in sentences."""
        match question.topic:
            case Topic.PROBLEM:
                return await self._problem(language, shown)
            case Topic.WAITING:
                return await self._waiting(language, shown)
            case Topic.SCHEDULED:
                return await self._scheduled(language, shown)
            case _:
                return await self._done(language, shown, question.hours or HOURS)

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

    def _is_about(self, incident: Incident, target: TargetRef) -> bool:
        """Return whether an incident is about a target, its guest, or an application in it."""
        return incident.target is not None and incident.target.key in self.keys_around(target)

    def keys_around(self, target: TargetRef) -> set[tuple[str, str, str]]:
        """Return the keys of a target, its guest, and an application in it."""
        related_targets = [target, *(one for one in self._inventory.parents(target) if one.kind != "node")]
        application = self._inventory.application(target)
        return {one.key for one in (*related_targets, *((application,) if application else ()))}

    async def incident(self, incident_id: str) -> Incident | None:
        """Return one incident, None when there is none."""
        return await self._rows.incident(incident_id)

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
                reason = one_line(said_in(gap.reason, texts_of(language)))
                yield say(language, "partly_read", name=one.name, part=gap.part, reason=reason)

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
        return " ".join([*lines, *more_line(language, len(pending), shown)])

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
        return " ".join([*lines, *more_line(language, len(runs), shown)])


def _listed(language: str, incidents: Sequence[Incident], shown: int) -> list[str]:
    if not incidents:
        return []
    key = "one_open" if len(incidents) == 1 else "many_open"
    lines = [say(language, key, count=len(incidents))]
    lines += [incident_line(language, one) for one in incidents[:shown]]
    return lines + more_line(language, len(incidents), shown)


def incident_line(language: str, incident: Incident) -> str:
    """Return an incident with its number, title, and status."""
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


def more_line(language: str, count: int, shown: int) -> list[str]:
    """Return how many more there are than are shown, nothing without more."""
    return [say(language, "more", count=count - shown)] if count > shown else []


def option_label(option: Option, inventory: Inventory, texts: Texts) -> str:
    """Return the label of an option; that of a runbook is in the language of the household."""
    if not is_person_request(option):
        return option.label
    steps = [_titled(one, inventory, texts) for one in option.steps]
    if is_plan(option):
        return label(steps, texts)
    return label_with_change(f"{steps[0].title}: {steps[0].target.name}", option.steps)


def _titled(step: PlannedStep, inventory: Inventory, texts: Texts) -> PlannedStep:
    """Return a step with the name of its action, if the action is still there."""
    service, key = inventory.service(step.target.instance_id), step.action.partition(".")[2]
    names = (one.name for one in (service.actions if service else ()) if one.key == key)
    name = next(names, None)
    return step if name is None else replace(step, title=texts.name(name))
