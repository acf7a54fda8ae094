"""The commands of the panel about false alarms, and who may use them."""

from typing import Final

import probatio
from homeassistant.auth.models import User

from .contract.base import Message
from .contract.false_alarms import CoolDownQuery, CoolDowns, MarkFalseAlarm, RemoveCoolDown
from .contract.incidents import Incident
from .contract.protocol import Command, Nothing
from .coordinator import StewardCoordinator
from .panel_access import Access
from .panel_command import TEXT, Body, PanelCommand, query, speaker_of


async def _mark(coordinator: StewardCoordinator, user: User, body: Body) -> Message:
    """Say that an incident was a false alarm; the app decides who may."""
    request = MarkFalseAlarm(incident_id=body["incident_id"], speaker=speaker_of(user))
    return await coordinator.async_call(Command.MARK_FALSE_ALARM, request, Incident)


async def _remove(coordinator: StewardCoordinator, user: User, body: Body) -> Message:
    """Ask people again about what was called a false alarm."""
    request = RemoveCoolDown(id=body["cool_down_id"], speaker=speaker_of(user))
    return await coordinator.async_call(Command.REMOVE_COOL_DOWN, request, Nothing)


FALSE_ALARM_COMMANDS: Final = (
    PanelCommand(
        name="cool_downs",
        fields={},
        access=Access.VIEW,
        run=query(Command.LIST_COOL_DOWNS, CoolDownQuery, CoolDowns),
    ),
    PanelCommand(
        name="false_alarm",
        fields={probatio.Required("incident_id"): TEXT},
        access=Access.NONE,
        run=_mark,
    ),
    PanelCommand(
        name="remove_cool_down",
        fields={probatio.Required("cool_down_id"): TEXT},
        access=Access.NONE,
        run=_remove,
    ),
)
