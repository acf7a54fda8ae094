"""What a command of the panel and the cards is made of."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Final

import probatio
from homeassistant.auth.models import User

from .contract.base import Message
from .contract.protocol import Command
from .contract.state import FrontEnd, Speaker
from .coordinator import StewardCoordinator
from .panel_access import Access

ENTRY_ID: Final = "entry_id"
LONGEST_ARGUMENT: Final = 2_000
MOST_ARGUMENTS: Final = 20

type Body = dict[str, Any]
type Run = Callable[[StewardCoordinator, User, Body], Awaitable[Message]]


@dataclass(frozen=True, slots=True, kw_only=True)
class PanelCommand:
    """One command: its name, its fields, who may use it, and what it does."""

    name: str
    fields: dict[Any, Any]
    access: Access
    run: Run


def speaker_of(user: User) -> Speaker:
    """Return the user as the app gets who sends a command."""
    return Speaker(front_end=FrontEnd.PANEL, user_id=user.id)


def query[Answer: Message](
    command: Command, request: type[Message], answer: type[Answer], **fixed: Any
) -> Run:
    """Return what a query does: it passes the fields of the command on to the app."""

    async def run(coordinator: StewardCoordinator, _user: User, body: Body) -> Message:
        fields = {key: one for key, one in body.items() if key not in ("id", "type", ENTRY_ID)}
        return await coordinator.async_call(command, request.from_plain(fields | fixed), answer)

    return run


TEXT: Final = probatio.All(str, probatio.Length(min=1, max=64))
NUMBER: Final = probatio.All(int, probatio.Range(min=1, max=9))
SEARCH: Final = probatio.All(str, probatio.Length(max=200))
ARGUMENT: Final = probatio.All(str, probatio.Length(max=LONGEST_ARGUMENT))
PAGE: Final = {
    probatio.Optional("limit"): probatio.All(int, probatio.Range(min=1, max=500)),
    probatio.Optional("before"): probatio.All(int, probatio.Range(min=0, max=2**62)),
}
