"""The commands of the panel about updates: list them, ask now, defer, reject, and offer again."""

from typing import Final

import probatio
from homeassistant.auth.models import User

from .contract.base import Message
from .contract.changes import Change, ChangeCommand, ChangeQuery, Changes
from .contract.protocol import Command
from .coordinator import StewardCoordinator
from .panel_access import Access
from .panel_command import TEXT, Body, PanelCommand, Run, query, speaker_of

LONGEST_DELAY: Final = 90
"""Days for which an update can be deferred at once."""


def _command(command: Command) -> Run:
    """Return what sends a command about one update in the name of the user."""

    async def run(coordinator: StewardCoordinator, user: User, body: Body) -> Message:
        days = {"days": body["days"]} if "days" in body else {}
        request = ChangeCommand(speaker=speaker_of(user), id=body["change_id"], **days)
        return await coordinator.async_call(command, request, Change)

    return run


_ONE: Final = {probatio.Required("change_id"): TEXT}

CHANGE_COMMANDS: Final = (
    PanelCommand(
        name="changes",
        fields={probatio.Optional("is_all"): bool, probatio.Optional("begins"): TEXT},
        access=Access.VIEW,
        run=query(Command.LIST_CHANGES, ChangeQuery, Changes),
    ),
    PanelCommand(name="ask_change", fields=_ONE, access=Access.NONE, run=_command(Command.ASK_CHANGE)),
    PanelCommand(
        name="defer_change",
        fields={
            **_ONE,
            probatio.Required("days"): probatio.All(int, probatio.Range(min=1, max=LONGEST_DELAY)),
        },
        access=Access.NONE,
        run=_command(Command.DEFER_CHANGE),
    ),
    PanelCommand(name="reject_change", fields=_ONE, access=Access.NONE, run=_command(Command.REJECT_CHANGE)),
    PanelCommand(name="offer_change", fields=_ONE, access=Access.NONE, run=_command(Command.OFFER_CHANGE)),
)
