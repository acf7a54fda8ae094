"""Gives the MCP bridge access to the steward in the same process."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AbstractContextManager
from typing import Final

from homelab_steward.contract.catalogue import Catalogue
from homelab_steward.contract.commands import (
    ActionRequested,
    IncidentQuery,
    Incidents,
    Reading,
    ReadTool,
    RequestAction,
)
from homelab_steward.contract.errors import ContractError, ErrorCode
from homelab_steward.contract.incidents import ApprovalRequest, Incident
from homelab_steward.contract.protocol import RowKind
from homelab_steward.contract.records import SearchQuery, SearchResult
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
        search: Callable[[SearchQuery], Awaitable[SearchResult]],
    ) -> None:
        """``redactor`` removes secrets from error texts. ``search`` finds runbooks and past incidents."""
        self._changes = changes
        self._inventory = inventory
        self._people = people
        self._queries = queries
        self._requests = requests
        self._catalogue = catalogue
        self._redactor = redactor
        self._search = search

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

    async def read_tool(self, question: ReadTool) -> Reading:
        """Return the reading of a tool. Raises ContractError."""
        return await self._call(self._requests.read(question))

    async def request_action(self, request: RequestAction) -> ActionRequested:
        """Return the approval request for an action. Raises ContractError."""
        return await self._call(self._requests.request(request))

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
        return await self._call(self._search(query))

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
