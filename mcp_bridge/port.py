"""The interface of the steward that the bridge needs: the app in process, or a connection to it."""

from contextlib import AbstractContextManager
from typing import Protocol

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
from homelab_steward.contract.state import Instance, Person, Role, Snapshot


class Watch(Protocol):
    """A stream of changed rows. It misses no change after it was opened."""

    async def next(self) -> object:
        """Return the next ``Event``; any other value means that events were lost: read the rows again."""


class Steward(Protocol):
    """The steward. Coroutines may raise ContractError; the other methods return held state."""

    def catalogue(self) -> Catalogue:
        """Return the services with their tools and actions."""

    def instances(self) -> tuple[Instance, ...]:
        """Return the configured services."""

    def snapshots(self) -> tuple[Snapshot, ...]:
        """Return the latest snapshots, which name the available targets."""

    def people(self) -> tuple[Person, ...]:
        """Return the configured people."""

    def foreign_tools(self) -> ForeignToolsReport:
        """Return the foreign servers with their tools."""

    async def read_tool(self, question: ReadTool) -> Reading:
        """Return the reading of one tool."""

    async def request_action(self, request: RequestAction) -> ActionRequested:
        """Create an approval request for an action."""

    async def runbook_targets(self, query: RunbookTargetsQuery) -> RunbookTargets:
        """Return what a runbook can be requested for."""

    async def run_runbook(self, request: RunRunbook) -> RunbookAnswer:
        """Create an approval request for a runbook, or return what it reads."""

    async def approval(self, approval_id: str) -> ApprovalRequest | None:
        """Return the current state of one approval request."""

    async def pending(self) -> tuple[ApprovalRequest, ...]:
        """Return all pending requests."""

    async def incident(self, incident_id: str) -> Incident | None:
        """Return the current state of one incident."""

    async def incidents(self, query: IncidentQuery) -> Incidents:
        """Return the newest incidents, newest first."""

    async def search(self, query: SearchQuery) -> SearchResult:
        """Return the runbooks and past incidents that fit a text, best first."""

    async def devices(self, query: DevicesQuery) -> DevicesView:
        """Return the devices with what all monitors say about each."""

    async def levels(self, query: LevelQuery) -> RunbookLevels:
        """Return the autonomy levels of the runbooks."""

    async def schedules(self, query: ScheduleQuery) -> Schedules:
        """Return what runs on a schedule."""

    async def run_schedule(self, command: RunSchedule) -> Schedule:
        """Run a schedule now, for an owner."""

    async def release(self, asked: ReleaseTexts) -> ReleasedTexts:
        """Return what of a result a client may read; what leaves the home is in the ledger first."""

    def watch(self, *kinds: RowKind) -> AbstractContextManager[Watch]:
        """Yield a watch of rows of ``kinds``."""


def is_owner(steward: Steward, person_id: str) -> bool:
    """Return whether a person is configured and has the role owner."""
    return any(one.id == person_id and one.role is Role.OWNER for one in steward.people())


def is_known(steward: Steward, person_id: str) -> bool:
    """Return whether a person is configured."""
    return any(one.id == person_id for one in steward.people())
