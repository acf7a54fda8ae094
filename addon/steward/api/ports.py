"""What the door needs of the rest of the house."""

from collections.abc import Awaitable, Callable
from typing import Protocol

from homelab_steward.contract.protocol import (
    ActionRequested,
    InitialState,
    Reading,
    ReadTool,
    RequestAction,
)

from ..description import AnyService

type Accept = Callable[[str, bytes], Awaitable[None]]
"""Takes (instance id, body) of a webhook; returns once it is stored for good."""

type TakeUpdate = Callable[[bytes, str | None], Awaitable[None]]
"""Takes (body, secret header) of one update that Telegram posted."""


class StateQueries(Protocol):
    """Reads the rows that faces begin with."""

    async def initial(self, sequence: int) -> InitialState:
        """Return the state at ``sequence`` or later: bounded, whatever the house has seen."""


class Instances(Protocol):
    """What the door asks the inventory."""

    @property
    def is_started(self) -> bool:
        """Whether all configured instances are known."""

    def service(self, instance_id: str) -> AnyService | None:
        """Return the description an instance is of, None for an unknown one."""


class RequestPort(Protocol):
    """Reads tools and creates approval requests for actions."""

    async def read(self, question: ReadTool) -> Reading:
        """Return what one tool reads. Raises ContractError and StewardError."""

    async def request(self, request: RequestAction) -> ActionRequested:
        """Return the approval request that was created. Raises ContractError and StewardError."""


class DatabaseCheck(Protocol):
    """A database that can be asked whether it answers."""

    async def check(self) -> None:
        """Raise StewardError when it does not."""
