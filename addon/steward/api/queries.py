"""Read access to the store for front ends: the initial state and single rows."""

from collections.abc import Awaitable, Callable, Collection, Iterable, Iterator
from dataclasses import replace
from typing import Final, Protocol

from sqlalchemy.ext.asyncio import AsyncConnection

from homelab_steward.contract.catalogue import Catalogue
from homelab_steward.contract.changes import Change
from homelab_steward.contract.commands import IncidentQuery, Incidents
from homelab_steward.contract.doctor import DoctorReport
from homelab_steward.contract.errors import ContractError, ErrorCode
from homelab_steward.contract.foreign_tools import ForeignToolsReport
from homelab_steward.contract.incidents import ApprovalRequest, ApprovalStatus, Incident, IncidentStatus
from homelab_steward.contract.mode import StewardMode
from homelab_steward.contract.protocol import InitialState, Nothing
from homelab_steward.contract.records import IncidentId, IncidentRecord, LastPoll, LastPolls
from homelab_steward.contract.restore_drill import RestoreReport
from homelab_steward.contract.state import FrontEndStatus, Instance, Person
from homelab_steward.contract.usage import Usage

from ..inventory.ports import Inventory
from ..store import (
    approvals,
    change_records,
    drills,
    incidents,
    maintenance,
    preferences,
    reports,
    restore_proofs,
    runs,
    scheduled_messages,
)
from ..store.mode import read_mode
from ..store.store import Store
from ..texts import translate

CLOSED_SHOWN: Final = 50
DECIDED_SHOWN: Final = 20
MESSAGES_SHOWN: Final = 20
CHANGES_SHOWN: Final = 100
"""Updates that are over and are sent at first; of the others MOST_LISTED are."""

NOTES_BYTES: Final = 2 * 1024 * 1024
"""Release notes that are sent at first: all together must fit into one message."""

MOST_LISTED: Final = 500
MOST_WAITING: Final = 200
LONGEST_TEXT: Final = 200


class KnownPeople(Protocol):
    """The people of the initial state."""

    def list(self) -> tuple[Person, ...]:
        """Return all known people."""


class Queries:
    """Read-only queries for front ends."""

    def __init__(
        self,
        store: Store,
        inventory: Inventory,
        people: KnownPeople,
        catalogue: Callable[[], Catalogue],
        front_ends: Callable[[], tuple[FrontEndStatus, ...]],
        usage: Callable[[AsyncConnection], Awaitable[Usage]],
        foreign_tools: Callable[[], ForeignToolsReport | None] = lambda: None,
        doctor: Callable[[], DoctorReport | None] = lambda: None,
    ) -> None:
        """``catalogue`` returns the catalogue of the app, ``front_ends`` those that the app serves.

        ``usage`` reads how much the language models were used, ``foreign_tools`` returns the foreign servers,
        ``doctor`` the last report of the doctor.
        """
        self._store = store
        self._inventory = inventory
        self._people = people
        self._catalogue = catalogue
        self._front_ends = front_ends
        self._usage = usage
        self._foreign_tools = foreign_tools
        self._doctor = doctor

    async def initial(self, sequence: int) -> InitialState:
        """Return the initial state of a front end.

        The caller reads ``sequence`` first: later changes are sent again as events, which is
        harmless because events contain whole rows.
        """
        instances = self._inventory.instances()
        snapshots = (self._inventory.snapshot(one.id) for one in instances)
        async with self._store.read() as connection:
            pending = await approvals.requests_in(connection, ApprovalStatus.PENDING, MOST_WAITING)
            approved = await approvals.requests_in(connection, ApprovalStatus.SCHEDULED, MOST_WAITING)
            latest = await approvals.newest(connection, DECIDED_SHOWN)
            open_now = await incidents.newest_incidents(connection, MOST_LISTED, open_only=True)
            newest = await incidents.newest_incidents(connection, CLOSED_SHOWN)
            statistics = await runs.all_statistics(connection)
            mode = await read_mode(connection)
            windows = await maintenance.windows(connection)
            usage = await self._usage(connection)
            report = await reports.latest(connection)
            messages = await scheduled_messages.newest(connection, MESSAGES_SHOWN)
            changes = await change_records.current(connection, MOST_LISTED, CHANGES_SHOWN)
            drill = await drills.last_drill(connection)
            restores = await restore_proofs.report(connection)
            habits = await preferences.newest(connection, MOST_LISTED)
        return InitialState(
            sequence=sequence,
            catalogue=self._catalogue(),
            instances=instances,
            snapshots=tuple(one for one in snapshots if one is not None),
            incidents=tuple({one.id: one for one in (*map(brief, open_now), *newest)}.values()),
            approvals=tuple({one.id: one for one in (*pending, *approved, *latest)}.values()),
            statistics=statistics,
            people=self._people.list(),
            front_ends=self._front_ends(),
            mode=mode,
            maintenance=windows,
            usage=usage,
            drill=drill,
            restores=restores,
            foreign_tools=self._foreign_tools(),
            doctor=self._doctor(),
            preferences=habits,
            report=report,
            scheduled=messages,
            changes=tuple(with_notes(changes, NOTES_BYTES)),
        )

    async def list_incidents(self, query: IncidentQuery) -> Incidents:
        """Return the newest incidents in descending order; the open ones without requests of people."""
        limit = max(1, min(query.limit, MOST_LISTED))
        is_open = tuple(one for one in IncidentStatus if not one.is_closed)
        wanted = incidents.IncidentFilter(
            statuses=is_open if query.open_only else query.statuses,
            severities=query.severities,
            category=query.category,
            text=query.text[:LONGEST_TEXT],
            problems_only=query.open_only,
        )
        async with self._store.read() as connection:
            found, total = await incidents.incident_page(connection, wanted, limit, query.before)
        return Incidents(incidents=tuple(map(brief, found)) if query.brief else found, total=total)

    async def incident_record(self, query: IncidentId) -> IncidentRecord:
        """Return an incident with the requests and runs of all its rounds. Raises ContractError NOT_FOUND."""
        async with self._store.read() as connection:
            incident = await incidents.incident(connection, query.id)
            if incident is None:
                raise ContractError(ErrorCode.NOT_FOUND, translate(t"There is no such incident."))
            return IncidentRecord(
                incident=incident,
                approvals=await approvals.of_incident(connection, query.id),
                runs=await runs.of_incident(connection, query.id),
            )

    async def approval(self, approval_id: str) -> ApprovalRequest | None:
        """Return one approval request, None when there is none."""
        async with self._store.read() as connection:
            return await approvals.request(connection, approval_id)

    async def mode(self) -> StewardMode:
        """Return whether the steward is paused, and how much it reports."""
        async with self._store.read() as connection:
            return await read_mode(connection)

    async def incident(self, incident_id: str) -> Incident | None:
        """Return one incident, None when there is none."""
        async with self._store.read() as connection:
            return await incidents.incident(connection, incident_id)

    async def incident_with_requests(
        self, connection: AsyncConnection, incident_id: str, approval_ids: Collection[str]
    ) -> tuple[Incident | None, tuple[ApprovalRequest, ...]]:
        """Return an incident with these requests and its current one, read on ``connection``."""
        incident = await incidents.incident(connection, incident_id)
        ids = set(approval_ids)
        if incident is not None and incident.approval_id is not None:
            ids.add(incident.approval_id)
        return incident, await approvals.requests(connection, ids)

    async def last_polls(self, _query: Nothing) -> LastPolls:
        """Return when each instance was polled last."""
        polled = ((one.id, one.polled_at) for one in self._inventory.instances())
        return LastPolls(
            polls=tuple(LastPoll(instance_id=key, at=at) for key, at in polled if at is not None)
        )

    def instances(self) -> tuple[Instance, ...]:
        """Return the configured services with the results of their last polls."""
        return self._inventory.instances()

    async def pending(self) -> tuple[ApprovalRequest, ...]:
        """Return all pending requests, newest first."""
        async with self._store.read() as connection:
            return await approvals.requests_in(connection, ApprovalStatus.PENDING)

    async def scheduled(self) -> tuple[ApprovalRequest, ...]:
        """Return all scheduled requests, newest first."""
        async with self._store.read() as connection:
            return await approvals.requests_in(connection, ApprovalStatus.SCHEDULED)

    async def updates(self) -> tuple[Change, ...]:
        """Return the updates that are not over, the last changed first."""
        async with self._store.read() as connection:
            return await change_records.shown(connection, 0)

    async def restores(self) -> RestoreReport | None:
        """Return how far backups were restored in drills, None before the first look."""
        async with self._store.read() as connection:
            return await restore_proofs.report(connection)

    async def updates_of(self, approval_id: str) -> tuple[Change, ...]:
        """Return the updates that are asked about or applied by a request."""
        async with self._store.read() as connection:
            return await change_records.of_request(connection, approval_id)

    async def unsolved(self) -> tuple[Incident, ...]:
        """Return the unsolved incidents, oldest first."""
        async with self._store.read() as connection:
            return await incidents.incidents_in(connection, [IncidentStatus.UNSOLVED])


def with_notes(rows: Iterable[Change], most: int) -> Iterator[Change]:
    """Yield updates; the release notes of the first ones are kept, up to ``most`` bytes together."""
    for row in rows:
        most -= len(row.assessment.notes.encode()) if row.assessment else 0
        if most < 0 and row.assessment is not None:
            yield replace(row, assessment=replace(row.assessment, notes=""))
        else:
            yield row


def brief(incident: Incident) -> Incident:
    """Return the incident without its long fields; its next event contains the whole row."""
    return replace(incident, diagnosis=None, proposal=None, write_up="")
