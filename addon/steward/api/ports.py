"""Interfaces that the API needs from other parts."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Protocol

from homelab_steward.contract.autonomy import LevelAnswer, LevelQuery, RunbookLevels, SetLevel
from homelab_steward.contract.changes import Change, ChangeCommand, ChangeQuery, Changes
from homelab_steward.contract.commands import ActionRequested, Reading, ReadTool, RequestAction
from homelab_steward.contract.devices import DevicesQuery, DevicesView, MatchDecision
from homelab_steward.contract.protocol import InitialState, Nothing
from homelab_steward.contract.records import (
    AuditPage,
    AuditQuery,
    AuditVerification,
    LedgerPage,
    LedgerQuery,
    ModelRecords,
    ModelsQuery,
    Names,
    NamesQuery,
    RunbookId,
    RunbookRecord,
    RunbookRecords,
    RunbookSource,
    SaveRunbook,
)

from ..sdk.description import IncomingAlert

type Accept = Callable[[str, tuple[IncomingAlert, ...]], Awaitable[None]]
"""Takes an instance id and the alerts of a webhook; returns once they are stored."""


class TelegramWebhook(Protocol):
    """Takes the updates that Telegram posts, with their secret header."""

    def check_webhook(self, secret: str | None) -> None:
        """Raise WebhookRefused unless the secret is right. Called before the body is read."""

    async def handle_webhook(self, body: bytes, secret: str | None) -> None:
        """Process one update. Raises WebhookRefused or WebhookMalformed."""


class StateQueries(Protocol):
    """Reads the initial state of front ends."""

    async def initial(self, sequence: int) -> InitialState:
        """Return the state at ``sequence`` or later, with a bounded number of rows."""


class Instances(Protocol):
    """The part of the inventory that the API uses."""

    @property
    def is_started(self) -> bool:
        """Whether all configured instances are known."""

    def parse_webhook(
        self, instance_id: str, headers: Mapping[str, str], body: bytes
    ) -> tuple[IncomingAlert, ...] | None:
        """Return the alerts of a webhook request, None when no such instance takes alerts.

        Raises ServiceUnauthorized when it is not from the service, ServiceMalformed.
        """

    def signs_webhooks(self, instance_id: str) -> bool:
        """Return whether an instance signs webhooks that say that something changed."""

    def take_change(self, instance_id: str, headers: Mapping[str, str], body: bytes) -> bool:
        """Poll an instance at once if a webhook request says that something changed; return whether it does.

        Raises ServiceUnauthorized when it is not from the service.
        """


class RequestPort(Protocol):
    """Reads tools and creates approval requests for actions."""

    async def read(self, question: ReadTool) -> Reading:
        """Return the reading of a tool. Raises ContractError and StewardError."""

    async def request(self, request: RequestAction) -> ActionRequested:
        """Return the approval request that was created. Raises ContractError and StewardError."""


class ChangePort(Protocol):
    """Lists updates, and takes what people decide about them. All methods may raise ContractError."""

    async def list(self, query: ChangeQuery) -> Changes:
        """Return the updates."""

    async def ask(self, command: ChangeCommand) -> Change:
        """Ask about an update now."""

    async def defer(self, command: ChangeCommand) -> Change:
        """Ask about an update later."""

    async def reject(self, command: ChangeCommand) -> Change:
        """Do not offer this version again."""

    async def offer_again(self, command: ChangeCommand) -> Change:
        """Offer a version again that failed, was rejected, or waits."""


class LevelPort(Protocol):
    """Reads and sets the autonomy levels of runbooks."""

    async def levels(self, query: LevelQuery) -> RunbookLevels:
        """Return the autonomy levels of the runbooks that can change something."""

    async def set_level(self, request: SetLevel) -> LevelAnswer:
        """Lower a level, or request a higher one. Raises ContractError FORBIDDEN, NOT_FOUND, NOT_EARNED."""


class DevicePort(Protocol):
    """What all monitors say about the devices, and which things are the same device."""

    async def view(self, query: DevicesQuery) -> DevicesView:
        """Return the devices, those with problems first."""

    async def decide(self, decision: MatchDecision) -> Nothing:
        """Keep what a person says about two things. Raises ContractError FORBIDDEN, INVALID_ARGUMENT."""


class DatabaseCheck(Protocol):
    """Checks that the database can be written."""

    async def check(self) -> None:
        """Raise StewardError when nothing can be stored."""


class RecordPort(Protocol):
    """Reads stored records for people."""

    async def runbooks(self, query: Nothing) -> RunbookRecords:
        """Return all runbooks."""

    async def names(self, query: NamesQuery) -> Names:
        """Return the names of what services and runbooks declare in a language."""

    async def runbook(self, query: RunbookId) -> RunbookSource:
        """Return the file of a runbook. Raises ContractError NOT_FOUND."""

    async def save_runbook(self, request: SaveRunbook) -> RunbookRecord:
        """Save or check a runbook. Raises ContractError FORBIDDEN and StewardError."""

    async def models(self, query: ModelsQuery) -> ModelRecords:
        """Return the deployments of language models and their use."""

    async def ledger(self, query: LedgerQuery) -> LedgerPage:
        """Return a page of the requests to models outside."""

    async def audit(self, query: AuditQuery) -> AuditPage:
        """Return a page of the audit log."""

    async def verify_audit(self, query: Nothing) -> AuditVerification:
        """Verify the whole audit log."""
