"""Recognizes the events in changed rows, and sends them to the triggers of automations."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.dispatcher import async_dispatcher_send
from homeassistant.util.signal_type import SignalType

from .const import DOMAIN, EVENT_ROW
from .contract.catalogue import Catalogue
from .contract.incidents import (
    ApprovalRequest,
    ApprovalStatus,
    Incident,
    IncidentStatus,
    JournalStep,
    Run,
    RunStatus,
    StepState,
)
from .contract.plain_text import one_line
from .contract.protocol import RowKind
from .contract.reports import WeeklyReport
from .coordinator import Change, StewardCoordinator
from .health import has_problem, incidents_about
from .phrases import Phrases, category_name
from .steward_state import CLOSED, StewardState

INCIDENT_EVENTS: Final = {
    IncidentStatus.OPEN: "opened",
    IncidentStatus.WAITING: "waiting",
    IncidentStatus.ACTING: "acting",
    IncidentStatus.RESOLVED: "resolved",
    IncidentStatus.UNSOLVED: "unsolved",
    IncidentStatus.IGNORED: "ignored",
}
REQUEST_EVENTS: Final = {
    ApprovalStatus.PENDING: "requested",
    ApprovalStatus.SCHEDULED: "scheduled",
    ApprovalStatus.APPROVED: "approved",
    ApprovalStatus.REJECTED: "rejected",
    ApprovalStatus.IGNORED: "ignored",
    ApprovalStatus.EXPIRED: "expired",
    ApprovalStatus.SUPERSEDED: "superseded",
}
_UNDECIDED: Final = (ApprovalStatus.PENDING, ApprovalStatus.SCHEDULED)

CHANGE_EVENTS: Final = {
    RunStatus.SUCCEEDED: "verified",
    RunStatus.UNDONE: "undone",
    RunStatus.FAILED: "failed",
    RunStatus.UNKNOWN: "unknown",
}
"""The ends of runs that may have changed something; a refused one changed nothing."""

LOGGED: Final = ("number", "title", "label", "person")
"""The values of an event that the logbook shows."""

LOGBOOK_EVENTS: Final = frozenset(
    {
        *(f"incident_{one}" for one in ("opened", "resolved", "unsolved")),
        *(f"request_{one}" for one in (*REQUEST_EVENTS.values(), "snoozed")),
    }
)
"""The events that have a sentence in the logbook; the others are between them."""

SNOOZED: Final = "snoozed"
REPORTED: Final = "sent"
UNHEALTHY: Final = "unhealthy"
RECOVERED: Final = "recovered"

_UNTOUCHED: Final = (StepState.INTENDED, StepState.FAILED)
_ENDED: Final = CLOSED | {IncidentStatus.UNSOLVED}


@dataclass(frozen=True, slots=True, kw_only=True)
class RowEvent:
    """What happened to one incident, request or service, with the data for automations."""

    coordinator: StewardCoordinator
    event_type: str
    data: Mapping[str, Any]
    row: Incident | ApprovalRequest | str
    """The incident or the request, or the id of the instance."""


INCIDENT_SIGNAL: Final[SignalType[RowEvent]] = SignalType(f"{DOMAIN}_incident")
REQUEST_SIGNAL: Final[SignalType[RowEvent]] = SignalType(f"{DOMAIN}_request")
HEALTH_SIGNAL: Final[SignalType[RowEvent]] = SignalType(f"{DOMAIN}_health")


async def async_watch_rows(hass: HomeAssistant, coordinator: StewardCoordinator) -> None:
    """Send the events of all rows until the entry is unloaded. What is there at the start is none."""
    _Watch(coordinator, await Phrases.async_load(hass)).start()


class _Watch:
    """Sends each event once; knows which services had a problem when that was last known."""

    def __init__(self, coordinator: StewardCoordinator, phrases: Phrases) -> None:
        self._coordinator = coordinator
        self._hass = coordinator.hass
        self._phrases = phrases
        state = coordinator.steward_state
        self._problems = {one: has_problem(state, one) for one in state.instances}
        self._silenced = {row.id for row in state.open_incidents() if row.suppressed is not None}

    def start(self) -> None:
        entry, listen = self._coordinator.entry, self._coordinator.listen
        entry.async_on_unload(listen(RowKind.INCIDENT, self._incident_changed))
        entry.async_on_unload(listen(RowKind.APPROVAL, self._request_changed))
        entry.async_on_unload(listen(RowKind.INSTANCE, self._instance_changed))
        entry.async_on_unload(self._coordinator.listen_availability(None, self._availability_changed))

    @callback
    def _incident_changed(self, change: Change) -> None:
        before, after = change.before.incidents.get(change.id), change.after.incidents.get(change.id)
        if after is not None and (event_type := self._loud_event(change, after)):
            data = incident_data(after, change.after.catalogue, self._phrases)
            self._send(INCIDENT_SIGNAL, event_type, data, after)
        targets = {one.target.instance_id for one in (before, after) if one and one.target}
        for instance_id in sorted(targets):
            self._check(instance_id)

    def _loud_event(self, change: Change, after: Incident) -> str | None:
        """Return the event of an incident, None while it is silenced: it opens when it is not any more."""
        event_type = incident_event(change.before, after)
        is_opened = event_type == INCIDENT_EVENTS[IncidentStatus.OPEN]
        if is_opened and after.suppressed is not None:
            self._silenced.add(after.id)
            return None
        if after.id not in self._silenced:
            return event_type
        if after.status in _ENDED:
            self._silenced.discard(after.id)
        elif after.suppressed is None:
            self._silenced.discard(after.id)
            return INCIDENT_EVENTS[IncidentStatus.OPEN]
        return None

    @callback
    def _request_changed(self, change: Change) -> None:
        before, after = change.before.approvals.get(change.id), change.after.approvals.get(change.id)
        if after is not None and (event_type := request_event(before, after)):
            data = request_data(after, change.after.catalogue, self._phrases)
            self._send(REQUEST_SIGNAL, event_type, data, after)

    @callback
    def _instance_changed(self, change: Change) -> None:
        self._check(change.id)

    @callback
    def _availability_changed(self) -> None:
        """Check all services after a reconnect, once all entities are available again."""
        self._hass.loop.call_soon(self._check_all)

    @callback
    def _check_all(self) -> None:
        for instance_id in self._coordinator.steward_state.instances:
            self._check(instance_id)

    def _check(self, instance_id: str) -> None:
        """Send an event if a service got a problem or lost it since that was last known."""
        if not self._coordinator.connected:
            return
        state = self._coordinator.steward_state
        if instance_id not in state.instances:
            self._problems.pop(instance_id, None)
            return
        now, before = has_problem(state, instance_id), self._problems.get(instance_id)
        if now is None:
            return
        self._problems[instance_id] = now
        if before is not None and before is not now:
            data = service_data(state, instance_id)
            self._send(HEALTH_SIGNAL, UNHEALTHY if now else RECOVERED, data, instance_id)

    def _send(
        self,
        signal: SignalType[RowEvent],
        event_type: str,
        data: Mapping[str, Any],
        row: Incident | ApprovalRequest | str,
    ) -> None:
        event = RowEvent(coordinator=self._coordinator, event_type=event_type, data=data, row=row)
        async_dispatcher_send(self._hass, signal, event)
        if isinstance(row, str):
            return
        kind = "incident" if isinstance(row, Incident) else "request"
        if f"{kind}_{event_type}" in LOGBOOK_EVENTS:
            fields = {key: data.get(key) for key in LOGGED}
            self._hass.bus.async_fire(EVENT_ROW, {"kind": kind, "event_type": event_type, **fields})


def incident_event(before: StewardState, after: Incident) -> str | None:
    """Return the event of a changed incident, None when the change is none.

    Old ended incidents leave the state and may return to it; that is no event. An incident is
    opened once, until it ends. The request of a person is no incident.
    """
    if after.is_request or not _is_new_status(before, after):
        return None
    return INCIDENT_EVENTS.get(after.status)


def _is_new_status(before: StewardState, after: Incident) -> bool:
    known = before.incidents.get(after.id)
    if known is None:
        newest = max((one.number for one in before.incidents.values()), default=0)
        return after.status not in _ENDED or after.number > newest
    if after.status is IncidentStatus.OPEN:
        return known.status in _ENDED
    return known.status is not after.status


def request_event(before: ApprovalRequest | None, after: ApprovalRequest) -> str | None:
    """Return the event of a changed request, None when the change is none.

    Old decided requests leave the state and may return to it; that is no event.
    """
    if after.status is ApprovalStatus.PENDING:
        if before is None:
            return REQUEST_EVENTS[after.status]
        is_snoozed = after.snoozed_until is not None and after.snoozed_until != before.snoozed_until
        return SNOOZED if is_snoozed else None
    if before is None or before.status not in _UNDECIDED or before.status is after.status:
        return None
    return REQUEST_EVENTS[after.status]


def incident_data(incident: Incident, catalogue: Catalogue, phrases: Phrases) -> dict[str, Any]:
    """Return what automations may use of an incident: names and numbers, no labels, no readings."""
    return {
        "incident_id": incident.id,
        "number": incident.number,
        "title": one_line(incident.title)[:200],
        "severity": incident.severity.value,
        "category": incident.category,
        "category_name": category_name(catalogue, incident.category, phrases),
        "target": one_line(incident.target.name) if incident.target else None,
        "approval_id": incident.approval_id,
        "resolution": one_line(incident.resolution)[:500],
        "not_offered": _not_offered(incident),
    }


def _not_offered(incident: Incident) -> list[str]:
    """Return the options that are not offered while the incident waits, each with the reason."""
    if incident.status is not IncidentStatus.WAITING or incident.proposal is None:
        return []
    return [one_line(one)[:200] for one in incident.proposal.left_out]


def request_data(approval: ApprovalRequest, catalogue: Catalogue, phrases: Phrases) -> dict[str, Any]:
    """Return what automations may use of a request: names and numbers, no plans, no readings."""
    decision, until = approval.decision, approval.snoozed_until
    return {
        "approval_id": approval.id,
        "incident_id": approval.incident_id,
        "number": approval.incident_number,
        "title": one_line(approval.title)[:200],
        "severity": approval.severity.value,
        "category": approval.category,
        "category_name": category_name(catalogue, approval.category, phrases),
        "options": [
            {"number": one.number, "label": one_line(one.label)[:200], "risk": one.risk.value}
            for one in approval.proposal.options
        ],
        "option": decision.option if decision else None,
        "label": one_line(decision.label)[:200] if decision else None,
        "person": (one_line(decision.person_name) or None) if decision else None,
        "via": decision.via.value if decision else None,
        "snoozed_until": until.isoformat() if until else None,
        "acts_at": approval.acts_at.isoformat() if approval.acts_at else None,
    }


def change_event(before: Incident | None, after: Incident) -> str | None:
    """Return the event of a run that ended and changed something, None when there is none.

    An incident that returns to the state after a while is no event, nor is a later verdict.
    """
    run = after.run
    if before is None or run is None or not any(map(_has_changed, run.steps)):
        return None
    was_over = before.run is not None and before.run.id == run.id and before.run.status in CHANGE_EVENTS
    return None if was_over else CHANGE_EVENTS.get(run.status)


def _has_changed(step: JournalStep) -> bool:
    """Return whether a step changed something, or may have."""
    return step.has_effect and step.state not in _UNTOUCHED


def change_data(state: StewardState, incident: Incident, run: Run, phrases: Phrases) -> dict[str, Any]:
    """Return what automations may use of a run: what it did, where, and who approved it."""
    approval = state.approvals.get(run.approval_id)
    decision = approval.decision if approval else None
    steps = [one for one in run.steps if _has_changed(one)]
    return {
        "run_id": run.id,
        "approval_id": run.approval_id,
        "incident_id": incident.id,
        "number": incident.number,
        "title": one_line(run.label)[:200],
        "category": incident.category,
        "category_name": category_name(state.catalogue, incident.category, phrases),
        "targets": list(dict.fromkeys(one_line(one.target.name)[:200] for one in steps)),
        "steps": [{"title": one_line(one.title)[:200], "state": one.state.value} for one in steps],
        "person": (one_line(decision.person_name) or None) if decision else None,
        "via": decision.via.value if decision else None,
        "outcome": run.verdict.outcome.value if run.verdict else None,
        "reason": one_line(run.error or "")[:500],
        "started_at": run.started_at.isoformat(),
        "finished_at": run.finished_at.isoformat() if run.finished_at else None,
    }


def service_data(state: StewardState, instance_id: str) -> dict[str, Any]:
    """Return what automations may use of a service: its name, and why it has a problem."""
    instance = state.instances[instance_id]
    offer = state.offer(instance)
    return {
        "name": one_line(instance.name),
        "service": instance.service,
        "service_name": offer.name if offer else instance.service,
        "status": instance.status.value,
        "reason": one_line(instance.error or "")[:200],
        "incidents": [
            {"number": one.number, "title": one_line(one.title)[:200], "severity": one.severity.value}
            for one in incidents_about(state, instance_id)
        ],
    }


def report_data(report: WeeklyReport) -> dict[str, Any]:
    """Return the figures of a weekly report that automations may use."""
    week = report.week
    return {
        "report_id": report.id,
        "opened": week.opened,
        "resolved": week.resolved,
        "unsolved": week.unsolved,
        "requests": week.requests,
        "approved": week.approved,
        "cloud_requests": week.cloud_requests,
    }
