"""Gives the MCP bridge access to the steward in the same process."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Final

from homelab_steward.contract.autonomy import LevelQuery, RunbookLevels
from homelab_steward.contract.catalogue import Catalogue
from homelab_steward.contract.commands import (
    ActionRequested,
    IncidentQuery,
    Incidents,
    Reading,
    ReadTool,
    RequestAction,
)
from homelab_steward.contract.devices import DevicesQuery, DevicesView
from homelab_steward.contract.errors import ContractError, ErrorCode
from homelab_steward.contract.foreign_tools import ForeignToolsReport
from homelab_steward.contract.incidents import ApprovalRequest, Incident
from homelab_steward.contract.protocol import RowKind
from homelab_steward.contract.records import SearchQuery, SearchResult
from homelab_steward.contract.released_text import ReleasedTexts, ReleaseTexts
from homelab_steward.contract.runbook_runs import (
    RunbookAnswer,
    RunbookTargets,
    RunbookTargetsQuery,
    RunRunbook,
)
from homelab_steward.contract.schedules import RunSchedule, Schedule, ScheduleQuery, Schedules
from homelab_steward.contract.state import Instance, Person, Snapshot

from ..error_mapping import to_contract_error
from ..errors import StewardError
from ..inventory.people import People
from ..inventory.ports import Inventory
from ..observability.redaction import Redactor
from ..store.changes import Changes, Watch
from .ports import RequestPort
from .queries import Queries

CALL_TIMEOUT: Final = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class BridgePorts:
    """The functions of other parts that the bridge uses.

    ``search`` finds runbooks and past incidents, ``release`` decides what a client may read.
    """

    search: Callable[[SearchQuery], Awaitable[SearchResult]]
    runbook_targets: Callable[[RunbookTargetsQuery], Awaitable[RunbookTargets]]
    run_runbook: Callable[[RunRunbook], Awaitable[RunbookAnswer]]
    levels: Callable[[LevelQuery], Awaitable[RunbookLevels]]
    schedules: Callable[[ScheduleQuery], Awaitable[Schedules]]
    run_schedule: Callable[[RunSchedule], Awaitable[Schedule]]
    release: Callable[[ReleaseTexts], Awaitable[ReleasedTexts]]
    devices: Callable[[DevicesQuery], Awaitable[DevicesView]]
    foreign_tools: Callable[[], ForeignToolsReport]


class InProcessSteward:
    """Reads and action requests for the MCP bridge, which cannot decide."""

    def __init__(
        self,
        changes: Changes,
        inventory: Inventory,
        people: People,
        queries: Queries,
        requests: RequestPort,
        catalogue: Catalogue,
        redactor: Redactor,
        ports: BridgePorts,
    ) -> None:
        """``redactor`` removes secrets from error texts."""
        self._changes = changes
        self._inventory = inventory
        self._people = people
        self._queries = queries
        self._requests = requests
        self._catalogue = catalogue
        self._redactor = redactor
        self._ports = ports

    def catalogue(self) -> Catalogue:
        """Return the catalogue."""
        return self._catalogue

    def instances(self) -> tuple[Instance, ...]:
        """Return the configured instances."""
        return self._inventory.instances()

    def snapshots(self) -> tuple[Snapshot, ...]:
        """Return the latest snapshot of each instance that has one."""
        found = (self._inventory.snapshot(one.id) for one in self._inventory.instances())
        return tuple(one for one in found if one is not None)

    def people(self) -> tuple[Person, ...]:
        """Return all known people."""
        return self._people.list()

    def foreign_tools(self) -> ForeignToolsReport:
        """Return the foreign servers with their tools."""
        return self._ports.foreign_tools()

    async def read_tool(self, question: ReadTool) -> Reading:
        """Return the reading of a tool. Raises ContractError."""
        return await self._call(self._requests.read(question))

    async def request_action(self, request: RequestAction) -> ActionRequested:
        """Return the approval request for an action. Raises ContractError."""
        return await self._call(self._requests.request(request))

    async def runbook_targets(self, query: RunbookTargetsQuery) -> RunbookTargets:
        """Return what a runbook can be requested for. Raises ContractError."""
        return await self._call(self._ports.runbook_targets(query))

    async def run_runbook(self, request: RunRunbook) -> RunbookAnswer:
        """Return the approval request for a runbook, or what it reads. Raises ContractError."""
        return await self._call(self._ports.run_runbook(request))

    async def approval(self, approval_id: str) -> ApprovalRequest | None:
        """Return one approval request, None when there is none. Raises ContractError."""
        return await self._call(self._queries.approval(approval_id))

    async def pending(self) -> tuple[ApprovalRequest, ...]:
        """Return the pending requests. Raises ContractError."""
        return await self._call(self._queries.pending())

    async def incident(self, incident_id: str) -> Incident | None:
        """Return one incident, None when there is none. Raises ContractError."""
        return await self._call(self._queries.incident(incident_id))

    async def incidents(self, query: IncidentQuery) -> Incidents:
        """Return the newest incidents in descending order. Raises ContractError."""
        return await self._call(self._queries.list_incidents(query))

    async def search(self, query: SearchQuery) -> SearchResult:
        """Return the runbooks and past incidents that fit. Raises ContractError."""
        return await self._call(self._ports.search(query))

    async def devices(self, query: DevicesQuery) -> DevicesView:
        """Return the devices with what all monitors say about each. Raises ContractError."""
        return await self._call(self._ports.devices(query))

    async def levels(self, query: LevelQuery) -> RunbookLevels:
        """Return the autonomy levels of the runbooks. Raises ContractError."""
        return await self._call(self._ports.levels(query))

    async def schedules(self, query: ScheduleQuery) -> Schedules:
        """Return all schedules. Raises ContractError."""
        return await self._call(self._ports.schedules(query))

    async def run_schedule(self, command: RunSchedule) -> Schedule:
        """Run a schedule now. Raises ContractError."""
        return await self._call(self._ports.run_schedule(command))

    async def release(self, asked: ReleaseTexts) -> ReleasedTexts:
        """Return what of a result a client may read. Raises ContractError."""
        return await self._call(self._ports.release(asked))

    def watch(self, *kinds: RowKind) -> AbstractContextManager[Watch]:
        """Return a context manager that watches rows of ``kinds``."""
        return self._changes.watch(*kinds)

    async def _call[Answer](self, call: Awaitable[Answer]) -> Answer:
        """Return the result of ``call``; errors become ContractError without secrets."""
        try:
            async with asyncio.timeout(CALL_TIMEOUT):
                return await call
        except TimeoutError as err:
            raise ContractError(ErrorCode.TIMEOUT, "The call took too long") from err
        except ContractError as err:
            raise self._clean(err) from err
        except StewardError as err:
            raise self._clean(to_contract_error(err)) from err

    def _clean(self, error: ContractError) -> ContractError:
        return ContractError(error.code, self._redactor.clean(error.message))
