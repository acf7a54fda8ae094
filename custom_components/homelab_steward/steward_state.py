"""The current rows of the app by id; immutable."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final, Self

from .contract.catalogue import Catalogue, ServiceOffer
from .contract.changes import Change
from .contract.doctor import DoctorReport
from .contract.drill import DrillReport
from .contract.foreign_tools import ForeignToolsReport
from .contract.incidents import ApprovalRequest, ApprovalStatus, Incident, IncidentStatus
from .contract.maintenance import MaintenanceWindow
from .contract.mode import StewardMode
from .contract.protocol import Event, InitialState, RowKind
from .contract.records import RunbookStatistics
from .contract.reports import WeeklyReport
from .contract.restore_drill import RestoreReport
from .contract.schedules import ScheduledMessage
from .contract.state import FrontEndStatus, Instance, Person, Snapshot
from .contract.usage import Usage

CLOSED: Final = frozenset({IncidentStatus.RESOLVED, IncidentStatus.IGNORED})
_KEPT: Final = (ApprovalStatus.PENDING, ApprovalStatus.SCHEDULED)
"""Requests of these are never left out."""

CLOSED_KEPT: Final = 100
"""How many closed incidents and decided approvals are kept: more would fill the memory."""

_BY_ID: Final = {
    RowKind.SNAPSHOT: ("snapshots", "snapshot"),
    RowKind.PERSON: ("people", "person"),
    RowKind.FRONT_END: ("front_ends", "front_end"),
    RowKind.MAINTENANCE: ("windows", "maintenance"),
    RowKind.CHANGE: ("changes", "change"),
}
"""Kinds whose rows are only stored by id: the fields of the state and of the event."""

EMPTY_CATALOGUE: Final = Catalogue(digest="", services=())


@dataclass(frozen=True, slots=True, kw_only=True)
class StewardState:
    """The last known rows. Every change makes a new state."""

    catalogue: Catalogue
    instances: Mapping[str, Instance]
    snapshots: Mapping[str, Snapshot]
    incidents: Mapping[str, Incident]
    approvals: Mapping[str, ApprovalRequest]
    statistics: Mapping[str, RunbookStatistics]
    people: Mapping[str, Person]
    front_ends: Mapping[str, FrontEndStatus]
    windows: Mapping[str, MaintenanceWindow]
    changes: Mapping[str, Change]
    mode: StewardMode
    usage: Usage | None
    report: WeeklyReport | None
    drill: DrillReport | None
    restores: RestoreReport | None
    foreign_tools: ForeignToolsReport | None
    doctor: DoctorReport | None
    scheduled: Mapping[str, ScheduledMessage]
    """The newest message of each schedule."""

    @classmethod
    def empty(cls) -> Self:
        """Return the state before the first message."""
        return cls(
            catalogue=EMPTY_CATALOGUE,
            instances={},
            snapshots={},
            incidents={},
            approvals={},
            statistics={},
            people={},
            front_ends={},
            windows={},
            changes={},
            mode=StewardMode(),
            usage=None,
            report=None,
            drill=None,
            restores=None,
            foreign_tools=None,
            doctor=None,
            scheduled={},
        )

    @classmethod
    def from_state(cls, state: InitialState) -> Self:
        """Return the state in the app's first message."""
        return cls(
            catalogue=state.catalogue,
            instances={row.id: row for row in state.instances},
            snapshots={row.instance_id: row for row in state.snapshots},
            incidents={row.id: row for row in state.incidents},
            approvals={row.id: row for row in state.approvals},
            statistics={statistics_id(row): row for row in state.statistics},
            people={row.id: row for row in state.people},
            front_ends={row.front_end: row for row in state.front_ends},
            windows={row.id: row for row in state.maintenance},
            changes={row.id: row for row in state.changes},
            mode=state.mode,
            usage=state.usage,
            report=state.report,
            drill=state.drill,
            restores=state.restores,
            foreign_tools=state.foreign_tools,
            doctor=state.doctor,
            scheduled={row.schedule_id: row for row in reversed(state.scheduled)},
        )

    def after(self, event: Event) -> StewardState:  # noqa: PLR0911 - one for each kind
        """Return the state after one event."""
        if names := _BY_ID.get(event.kind):
            rows, row = names
            changed: dict[str, Any] = {rows: _changed(getattr(self, rows), event.id, getattr(event, row))}
            return replace(self, **changed)
        match event.kind:
            case RowKind.INSTANCE:
                return self._after_instance(event)
            case RowKind.CATALOGUE:
                return replace(self, catalogue=event.catalogue) if event.catalogue else self
            case RowKind.MODE:
                return replace(self, mode=event.mode) if event.mode else self
            case RowKind.SCHEDULED:
                return self._after_message(event)
            case (
                RowKind.USAGE
                | RowKind.REPORT
                | RowKind.DRILL
                | RowKind.RESTORES
                | RowKind.FOREIGN_TOOLS
                | RowKind.DOCTOR
            ):
                stored: dict[str, Any] = {event.kind.value: getattr(event, event.kind.value)}
                return replace(self, **stored)
            case _:
                return self._after_incident_event(event)

    def offer(self, instance: Instance) -> ServiceOffer | None:
        """Return the catalogue's entry of the instance's service."""
        return self.catalogue.service(instance.service)

    def open_incidents(self) -> tuple[Incident, ...]:
        """Return the open incidents, newest first. Requests of people are none."""
        rows = (row for row in self.incidents.values() if row.status not in CLOSED and not row.is_request)
        return tuple(sorted(rows, key=lambda row: row.number, reverse=True))

    def pending_approvals(self) -> tuple[ApprovalRequest, ...]:
        """Return the pending approval requests, oldest first."""
        rows = (row for row in self.approvals.values() if row.status is ApprovalStatus.PENDING)
        return tuple(sorted(rows, key=lambda row: row.created_at))

    def person_of_user(self, user_id: str | None) -> Person | None:
        """Return the known person with a user id of Home Assistant, None when nobody has it."""
        people = self.people.values()
        return next((one for one in people if user_id is not None and one.ha_user_id == user_id), None)

    def _after_instance(self, event: Event) -> StewardState:
        instances = _changed(self.instances, event.id, event.instance)
        if event.instance is not None:
            return replace(self, instances=instances)
        # The app may not send a separate event for the snapshot.
        return replace(self, instances=instances, snapshots=_changed(self.snapshots, event.id, None))

    def _after_message(self, event: Event) -> StewardState:
        row = event.scheduled
        return replace(self, scheduled=_changed(self.scheduled, row.schedule_id, row)) if row else self

    def _after_incident_event(self, event: Event) -> StewardState:
        match event.kind:
            case RowKind.INCIDENT:
                incidents = _changed(self.incidents, event.id, event.incident)
                return replace(self, incidents=_without_oldest_closed(incidents))
            case RowKind.APPROVAL:
                approvals = _changed(self.approvals, event.id, event.approval)
                return replace(self, approvals=_without_oldest_decided(approvals))
            case _:
                key = statistics_id(event.statistics) if event.statistics else event.id
                return replace(self, statistics=_changed(self.statistics, key, event.statistics))


def statistics_id(row: RunbookStatistics) -> str:
    """Return the id of a row of statistics."""
    return f"{row.runbook_id}/{row.version}/{row.recipe}"


def _changed[Row](rows: Mapping[str, Row], key: str, row: Row | None) -> Mapping[str, Row]:
    """Return the rows with one added, replaced or removed."""
    changed = dict(rows)
    if row is None:
        changed.pop(key, None)
    else:
        changed[key] = row
    return changed


def _without_oldest_closed(rows: Mapping[str, Incident]) -> Mapping[str, Incident]:
    closed = [row for row in rows.values() if row.status in CLOSED]
    if len(closed) <= CLOSED_KEPT:
        return rows
    oldest = min(closed, key=lambda row: row.updated_at)
    return {key: row for key, row in rows.items() if key != oldest.id}


def _without_oldest_decided(rows: Mapping[str, ApprovalRequest]) -> Mapping[str, ApprovalRequest]:
    decided = [row for row in rows.values() if row.status not in _KEPT]
    if len(decided) <= CLOSED_KEPT:
        return rows
    oldest = min(decided, key=lambda row: row.created_at)
    return {key: row for key, row in rows.items() if key != oldest.id}
