"""Tools of other servers: which may be used, and which definitions people accepted."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from .base import Many, Message, Timestamp
from .state import Speaker

FOREIGN_TOOLS_ID: Final = "foreign_tools"
"""The id of the one row of ForeignToolsReport."""

FOREIGN_TOOLS: Final = "foreign_tools"
"""The key of the service whose instances are the servers."""

READ_TOOL: Final = "read"
READ_PRIVATE_TOOL: Final = "read_private"
CALL_TOOL: Final = "call"
"""The keys of its two tools, which read, and of its action."""

ARGUMENTS: Final = "arguments"
"""The argument of all three: a JSON object with the arguments of the server's own tool."""


class ToolAccess(StrEnum):
    """What a person says that a tool does. What its server says about it is never used for that."""

    READ = "read"
    WRITE = "write"


class ToolState(StrEnum):
    """Whether a chosen tool may be used now.

    ``unknown``: its server was not read yet, or does not answer. ``missing``: its server does not have it.
    ``unusable``: its definition is outside the bounds. ``changed``: its definition is not the one that
    was accepted.
    """

    READY = "ready"
    UNKNOWN = "unknown"
    MISSING = "missing"
    UNUSABLE = "unusable"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True, kw_only=True)
class ForeignTool(Message):
    """A tool that may be used, if its state is ready.

    ``definition`` is what the server gives now, and ``accepted`` what was accepted: name, description and
    schemas as JSON, "" for none. ``digest`` identifies ``definition``. ``reads_only`` is the server's own
    hint, which decides nothing. ``reason`` says why the tool cannot be used.
    """

    name: str
    access: ToolAccess
    is_private: bool = False
    state: ToolState = ToolState.UNKNOWN
    digest: str = ""
    definition: str = ""
    accepted: str = ""
    reads_only: bool | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ForeignServer(Message):
    """A server with the tools that were chosen. ``instance_id`` is its instance.

    ``reason`` says why it is not online, and ``since`` is when it began to be online, or not to be.
    ``next_try_at`` is when the app connects again. ``last_error`` is why the last attempt failed or the
    last connection ended, also after it is online again. ``others`` are tools that were not chosen, at
    most some of the ``other_count``.
    """

    name: str
    kind: str
    instance_id: str
    is_online: bool = False
    reason: str = ""
    since: Timestamp | None = None
    next_try_at: Timestamp | None = None
    last_error: str = ""
    last_error_at: Timestamp | None = None
    tools: Many[ForeignTool] = ()
    others: Many[str] = ()
    other_count: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ForeignToolsReport(Message):
    """All configured servers."""

    servers: Many[ForeignServer] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AcceptForeignTool(Message):
    """``foreign_tools.accept``: accepts the definition of a tool that a person looked at, by its digest."""

    speaker: Speaker
    server: str
    tool: str
    digest: str
