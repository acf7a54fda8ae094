"""A client of the steward: the current rows, and decisions on requests."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import suppress

from aiohttp import ClientSession

from homelab_steward.contract.changes import Change, ChangeCommand
from homelab_steward.contract.chat import ChatPiece, ChatQuestion
from homelab_steward.contract.client import Connection, Listeners, StewardClient
from homelab_steward.contract.commands import (
    ActionRequested,
    Confirmation,
    Decide,
    IncidentQuery,
    Incidents,
    ReportRefusal,
    RequestAction,
    SaveInstance,
)
from homelab_steward.contract.incidents import ApprovalRequest, ApprovalStatus, Incident, Verb
from homelab_steward.contract.protocol import Command, Event, InitialState, Nothing
from homelab_steward.contract.records import RunbookStatistics
from homelab_steward.contract.state import Instance, Snapshot, Speaker
from lab.changes import Changes


class FrontEndClient:
    """Keeps the rows up to date after `start()`, and reconnects automatically."""

    def __init__(self, session: ClientSession, url: str, token: str) -> None:
        self.changes = Changes()
        self.is_connected = False
        self.incidents: dict[str, Incident] = {}
        self.approvals: dict[str, ApprovalRequest] = {}
        self.statistics: dict[str, RunbookStatistics] = {}
        self.instances: dict[str, Instance] = {}
        self.snapshots: dict[str, Snapshot] = {}
        self.updates: dict[str, Change] = {}
        listeners = Listeners(state=self._on_state, event=self._on_event, connection=self._on_connection)
        self._client = StewardClient(session, url, token, listeners)
        self._task: asyncio.Task[None] | None = None

    async def start(self, timeout: float = 60.0) -> None:
        """Connect and wait for the first state. Raises TimeoutError."""
        self._task = asyncio.create_task(self._client.run(), name="front end")
        await self.wait_for(lambda: self.is_connected, timeout)

    async def close(self) -> None:
        """Disconnect."""
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task
        await self._client.close()

    async def wait_for[T](self, condition: Callable[[], T], timeout: float) -> T:
        """Return the first true value of `condition()`. Raises TimeoutError."""
        return await self.changes.wait_for(condition, timeout)

    def newest(self) -> Incident | None:
        """Return the incident with the highest number."""
        return max(self.incidents.values(), key=lambda one: one.number, default=None)

    def pending(self) -> tuple[ApprovalRequest, ...]:
        """Return the pending requests."""
        return tuple(one for one in self.approvals.values() if one.status is ApprovalStatus.PENDING)

    async def list_incidents(self) -> tuple[Incident, ...]:
        """Return all incidents, newest first. Raises ContractError."""
        query = IncidentQuery(open_only=False, limit=50)
        answer = await self._client.call(Command.LIST_INCIDENTS, query, Incidents)
        return answer.incidents

    async def report_refusal(self, report: ReportRefusal) -> None:
        """Report a press that this client refused. Raises ContractError."""
        await self._client.call(Command.REPORT_REFUSAL, report, Nothing)

    async def approve(
        self,
        request: ApprovalRequest,
        number: int,
        speaker: Speaker,
        confirmation: Confirmation = Confirmation.NONE,
    ) -> ApprovalRequest:
        """Approve an option and return the decided request. Raises ContractError."""
        option = request.proposal.option(number)
        command = Decide(
            approval_id=request.id,
            verb=Verb.APPROVE,
            speaker=speaker,
            option=number,
            plan_hash=option.plan_hash if option is not None else None,
            confirmation=confirmation,
        )
        return await self._client.call(Command.DECIDE, command, ApprovalRequest)

    async def reject(self, request: ApprovalRequest, speaker: Speaker) -> ApprovalRequest:
        """Reject a request and return it. Raises ContractError."""
        command = Decide(approval_id=request.id, verb=Verb.REJECT, speaker=speaker)
        return await self._client.call(Command.DECIDE, command, ApprovalRequest)

    async def ask_about(self, update: Change, speaker: Speaker) -> Change:
        """Ask about an update before its time, and return its row. Raises ContractError."""
        command = ChangeCommand(speaker=speaker, id=update.id)
        return await self._client.call(Command.ASK_CHANGE, command, Change)

    async def add_home_assistant(self) -> Instance:
        """Add Home Assistant as a service, and return it. Raises ContractError."""
        command = SaveInstance(service="home_assistant", name="Home", settings={})
        return await self._client.call(Command.SAVE_INSTANCE, command, Instance)

    def ask(self, question: ChatQuestion) -> AsyncGenerator[ChatPiece]:
        """Yield the pieces of an answer. Raises ContractError."""
        return self._client.ask(question)

    async def request_action(self, request: RequestAction) -> ActionRequested:
        """Ask for an action, and return once the request is known. Raises ContractError."""
        answer = await self._client.call(Command.REQUEST_ACTION, request, ActionRequested)
        await self.wait_for(lambda: answer.approval_id in (None, *self.approvals), 60.0)
        return answer

    def _on_state(self, state: InitialState) -> None:
        self.incidents = {one.id: one for one in state.incidents}
        self.approvals = {one.id: one for one in state.approvals}
        self.statistics = {_statistics_key(one): one for one in state.statistics}
        self.instances = {one.id: one for one in state.instances}
        self.snapshots = {one.instance_id: one for one in state.snapshots}
        self.updates = {one.id: one for one in state.changes}
        self.changes.notify()

    def _on_event(self, event: Event) -> None:
        if event.incident is not None:
            self.incidents[event.id] = event.incident
        if event.approval is not None:
            self.approvals[event.id] = event.approval
        if event.statistics is not None:
            self.statistics[_statistics_key(event.statistics)] = event.statistics
        if event.instance is not None:
            self.instances[event.id] = event.instance
        if event.change is not None:
            self.updates[event.id] = event.change
        if event.snapshot is not None:
            self.snapshots[event.id] = event.snapshot
        self.changes.notify()

    def _on_connection(self, connection: Connection, _: str) -> None:
        self.is_connected = connection is Connection.CONNECTED
        self.changes.notify()


def _statistics_key(row: RunbookStatistics) -> str:
    return f"{row.runbook_id}@{row.version}/{row.recipe}"
