"""The steward as the MCP bridge calls it, in the same process."""

import asyncio
from collections.abc import Awaitable
from contextlib import AbstractContextManager
from typing import Final

from homelab_steward.contract.catalogue import Catalogue
from homelab_steward.contract.errors import ContractError, ErrorCode
from homelab_steward.contract.incidents import ApprovalRequest, Incident
from homelab_steward.contract.protocol import (
    ActionRequested,
    IncidentQuery,
    Incidents,
    Reading,
    ReadTool,
    RequestAction,
    RowKind,
)
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
    """What the bridge may ask: everything a face reads, and wishes. Decisions are not among it."""

    def __init__(
        self,
        changes: Changes,
        inventory: Inventory,
        people: People,
        queries: Queries,
        requests: RequestPort,
        catalogue: Catalogue,
        redactor: Redactor,
    ) -> None:
        """``redactor`` cleans what refusals say of secrets."""
        self._changes = changes
        self._inventory = inventory
        self._people = people
        self._queries = queries
        self._requests = requests
        self._catalogue = catalogue
        self._redactor = redactor

    def catalogue(self) -> Catalogue:
        """Return what the app can read and do."""
        return self._catalogue

    def instances(self) -> tuple[Instance, ...]:
        """Return the configured services."""
        return self._inventory.instances()

    def snapshots(self) -> tuple[Snapshot, ...]:
        """Return the latest readings."""
        found = (self._inventory.snapshot(one.id) for one in self._inventory.instances())
        return tuple(one for one in found if one is not None)

    def people(self) -> tuple[Person, ...]:
        """Return everybody who is known."""
        return self._people.list()

    async def read_tool(self, question: ReadTool) -> Reading:
        """Return what one tool reads. Raises ContractError."""
        return await self._answered(self._requests.read(question))

    async def request_action(self, request: RequestAction) -> ActionRequested:
        """Return the approval request a wish became. Raises ContractError."""
        return await self._answered(self._requests.request(request))

    async def approval(self, approval_id: str) -> ApprovalRequest | None:
        """Return one approval request as it is now. Raises ContractError."""
        return await self._answered(self._queries.approval(approval_id))

    async def pending(self) -> tuple[ApprovalRequest, ...]:
        """Return all requests that wait for a person. Raises ContractError."""
        return await self._answered(self._queries.pending())

    async def incident(self, incident_id: str) -> Incident | None:
        """Return one incident as it is now. Raises ContractError."""
        return await self._answered(self._queries.incident(incident_id))

    async def incidents(self, query: IncidentQuery) -> Incidents:
        """Return the newest incidents, newest first. Raises ContractError."""
        return await self._answered(self._queries.list_incidents(query))

    def watch(self, *kinds: RowKind) -> AbstractContextManager[Watch]:
        """Yield a watch over rows of ``kinds``."""
        return self._changes.watch(*kinds)

    async def _answered[Answer](self, asked: Awaitable[Answer]) -> Answer:
        """Return the answer; whatever is refused is said in the contract's words."""
        try:
            async with asyncio.timeout(CALL_TIMEOUT):
                return await asked
        except TimeoutError as err:
            raise ContractError(ErrorCode.TIMEOUT, "It took too long") from err
        except ContractError as err:
            raise self._clean(err) from err
        except StewardError as err:
            raise self._clean(to_contract_error(err)) from err

    def _clean(self, error: ContractError) -> ContractError:
        return ContractError(error.code, self._redactor.clean(error.message))
