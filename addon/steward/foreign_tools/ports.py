"""Interfaces of a connection to a server of tools, whatever its kind is."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Final, Protocol

from ..errors import EffectUnknown, ServiceError
from ..settings.foreign_tools import ForeignServer
from .definitions import ToolDefinition
from .output import RawOutput

MOST_TOOLS: Final = 1_000
"""Tools of one server that are read; the rest is left out."""

type Arguments = Mapping[str, object]
"""The arguments of a call: a JSON object."""


class ServerFailed(ServiceError):
    """A server cannot be used: it did not start, does not answer, or answered garbage."""


class CallLost(EffectUnknown):
    """A call was sent, and its answer did not come."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Offered:
    """What a server offers: definitions that can be used, and the names of the others with the reason.

    ``is_cut``: it has more tools than are read.
    """

    tools: Sequence[ToolDefinition] = ()
    unusable: Mapping[str, str]
    is_cut: bool = False


class ServerConnection(Protocol):
    """One open connection to a server."""

    async def offered(self) -> Offered:
        """Return what the server offers now. Raises ServerFailed."""

    async def call(self, tool: str, arguments: Arguments) -> RawOutput:
        """Send one call and return its result.

        Raises ServerFailed when it was not sent for certain, CallLost when its answer did not come.
        """

    async def changed(self) -> None:
        """Wait until the server says that its tools changed. Raises ServerFailed when the connection ends."""


type Connect = Callable[[ForeignServer], AbstractAsyncContextManager[ServerConnection]]
"""Opens a connection; entering it raises ServerFailed. It is left by the task that entered it."""
