"""What the bridge asks of the steward, whoever answers: the app itself or a connection to it."""

from contextlib import AbstractContextManager
from typing import Protocol

from homelab_steward.contract.catalogue import Catalogue
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


class Watch(Protocol):
    """Rows as they change, from the moment it was opened: none in between is missed."""

    async def next(self) -> object:
        """Return the next ``Event``; anything else means that some were lost: look again."""


class Steward(Protocol):
    """The steward. What is awaited may raise ContractError; the rest is at hand."""

    def catalogue(self) -> Catalogue:
        """Return what the steward can read and do."""

    def instances(self) -> tuple[Instance, ...]:
        """Return the configured services."""

    def snapshots(self) -> tuple[Snapshot, ...]:
        """Return the latest readings: they name the targets there are."""

    def people(self) -> tuple[Person, ...]:
        """Return everybody who is known."""

    async def read_tool(self, question: ReadTool) -> Reading:
        """Return what one tool reads."""

    async def request_action(self, request: RequestAction) -> ActionRequested:
        """Return the approval request a wish became."""

    async def approval(self, approval_id: str) -> ApprovalRequest | None:
        """Return one approval request as it is now."""

    async def pending(self) -> tuple[ApprovalRequest, ...]:
        """Return all requests that wait for a person."""

    async def incident(self, incident_id: str) -> Incident | None:
        """Return one incident as it is now."""

    async def incidents(self, query: IncidentQuery) -> Incidents:
        """Return the newest incidents, newest first."""

    def watch(self, *kinds: RowKind) -> AbstractContextManager[Watch]:
        """Yield a watch over rows of ``kinds``."""


def is_known(steward: Steward, person_id: str) -> bool:
    """Return whether a person is one of the house."""
    return any(one.id == person_id for one in steward.people())
