"""The command of the panel that accepts the changed definition of a tool of another server."""

from typing import Final

import probatio
from homeassistant.auth.models import User

from .contract.base import Message
from .contract.foreign_tools import AcceptForeignTool, ForeignToolsReport
from .contract.protocol import Command, Nothing
from .coordinator import StewardCoordinator
from .panel_access import Access
from .panel_command import Body, PanelCommand, speaker_of

NAME: Final = probatio.All(str, probatio.Length(min=1, max=128))


async def _accept(coordinator: StewardCoordinator, user: User, body: Body) -> Message:
    """Accept the definition that was shown; the app decides who may, and pushes the new state."""
    request = AcceptForeignTool(
        speaker=speaker_of(user), server=body["server"], tool=body["tool"], digest=body["digest"]
    )
    await coordinator.async_call(Command.ACCEPT_FOREIGN_TOOL, request, ForeignToolsReport)
    return Nothing()


TOOL_COMMANDS: Final = (
    PanelCommand(
        name="accept_tool",
        fields={
            probatio.Required("server"): NAME,
            probatio.Required("tool"): NAME,
            probatio.Required("digest"): NAME,
        },
        access=Access.FULL,
        run=_accept,
    ),
)
