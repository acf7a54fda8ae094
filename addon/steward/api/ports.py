"""Interfaces that the API needs from other parts."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Protocol

from homelab_steward.contract.commands import ActionRequested, Reading, ReadTool, RequestAction
from homelab_steward.contract.protocol import InitialState

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


class DatabaseCheck(Protocol):
    """Checks that the database can be written."""

    async def check(self) -> None:
        """Raise StewardError when nothing can be stored."""
