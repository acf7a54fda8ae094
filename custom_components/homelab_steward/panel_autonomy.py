"""The commands of the panel about autonomy levels, and who may use them."""

from typing import Final

import probatio
from homeassistant.auth.models import User

from .contract.autonomy import AutonomyLevel, LevelAnswer, LevelQuery, RunbookLevels, SetLevel
from .contract.base import Message
from .contract.protocol import Command
from .coordinator import StewardCoordinator
from .panel_access import Access
from .panel_command import SEARCH, TEXT, Body, PanelCommand, query, speaker_of


async def _set_level(coordinator: StewardCoordinator, user: User, body: Body) -> Message:
    """Lower a level, or ask for a higher one; the app decides who may."""
    request = SetLevel(
        runbook_id=body["runbook_id"],
        level=AutonomyLevel(body["level"]),
        speaker=speaker_of(user),
        recipe=body.get("recipe", ""),
        target_class=body.get("target_class", ""),
        language=body["language"],
    )
    return await coordinator.async_call(Command.SET_LEVEL, request, LevelAnswer)


AUTONOMY_COMMANDS: Final = (
    PanelCommand(
        name="levels",
        fields={probatio.Required("language"): TEXT},
        access=Access.VIEW,
        run=query(Command.LIST_LEVELS, LevelQuery, RunbookLevels),
    ),
    PanelCommand(
        name="set_level",
        fields={
            probatio.Required("runbook_id"): SEARCH,
            probatio.Required("level"): probatio.In([one.value for one in AutonomyLevel]),
            probatio.Optional("recipe"): SEARCH,
            probatio.Optional("target_class"): SEARCH,
            probatio.Required("language"): TEXT,
        },
        access=Access.NONE,
        run=_set_level,
    ),
)
