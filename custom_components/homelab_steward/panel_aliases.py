"""The commands of the panel for the other names of services and of what is in them."""

from typing import Any, Final

import probatio
from homeassistant.auth.models import User

from .contract.base import Message
from .contract.protocol import Command
from .contract.target_names import Aliases, AliasQuery, ChangeAlias, TargetKey
from .coordinator import StewardCoordinator
from .panel_access import Access
from .panel_command import SEARCH, TEXT, Body, PanelCommand, Run, query, speaker_of

LONGEST_ID: Final = 255

_ID: Final = probatio.All(str, probatio.Length(min=1, max=LONGEST_ID))
_NAME: Final[dict[Any, Any]] = {
    probatio.Required("instance_id"): TEXT,
    probatio.Required("kind"): TEXT,
    probatio.Required("target_id"): _ID,
    probatio.Required("name"): SEARCH,
}


def _change(command: Command) -> Run:
    """Return what adds or removes a name; the app decides who may, and which names it takes."""

    async def run(coordinator: StewardCoordinator, user: User, body: Body) -> Message:
        target = TargetKey(instance_id=body["instance_id"], kind=body["kind"], id=body["target_id"])
        request = ChangeAlias(speaker=speaker_of(user), target=target, name=body["name"])
        return await coordinator.async_call(command, request, Aliases)

    return run


ALIAS_COMMANDS: Final = (
    PanelCommand(
        name="aliases",
        fields={probatio.Optional("instance_id"): TEXT},
        access=Access.VIEW,
        run=query(Command.LIST_ALIASES, AliasQuery, Aliases),
    ),
    PanelCommand(name="add_alias", fields=_NAME, access=Access.NONE, run=_change(Command.ADD_ALIAS)),
    PanelCommand(name="remove_alias", fields=_NAME, access=Access.NONE, run=_change(Command.REMOVE_ALIAS)),
)
