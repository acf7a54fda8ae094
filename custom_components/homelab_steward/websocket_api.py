"""Commands of the panel and the cards over Home Assistant's websocket."""

from typing import Any

import probatio
from homeassistant.auth.models import User
from homeassistant.components import websocket_api
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant, callback

from .const import DOMAIN
from .contract.errors import ContractError, ErrorCode
from .contract.protocol import RowKind
from .coordinator import StewardCoordinator
from .notifications.refusal_reports import REPORTS
from .panel_access import Access, viewer_of
from .panel_command import ENTRY_ID, Body, PanelCommand
from .panel_commands import COMMANDS
from .panel_feed import PanelFeed, find_entry


@callback
def register_commands(hass: HomeAssistant) -> None:
    """Register the commands once; each looks for the entry when it is used."""
    websocket_api.async_register_command(hass, _subscribe)
    for one in COMMANDS:
        _register(hass, one)


@websocket_api.websocket_command(
    {
        probatio.Required("type"): f"{DOMAIN}/subscribe",
        probatio.Optional(ENTRY_ID): str,
        probatio.Required("kinds"): [probatio.In([one.value for one in RowKind])],
    }
)
@callback
def _subscribe(hass: HomeAssistant, connection: websocket_api.ActiveConnection, message: Body) -> None:
    """Send the rows of the app, and each change until the client unsubscribes."""
    number = message["id"]

    @callback
    def send(event: Body) -> None:
        connection.send_message(websocket_api.event_message(number, event))

    kinds = [RowKind(one) for one in message["kinds"]]
    feed = PanelFeed(hass, connection.user, message.get(ENTRY_ID), kinds, send)
    connection.send_result(number)
    connection.subscriptions[number] = feed.start()


def _register(hass: HomeAssistant, command: PanelCommand) -> None:
    async def answer(hass: HomeAssistant, connection: websocket_api.ActiveConnection, message: Body) -> None:
        number = message["id"]
        try:
            coordinator = _coordinator(hass, message.get(ENTRY_ID))
            _check_active(hass, coordinator, connection.user, message)
            _check_access(coordinator, connection.user, command.access)
            result = await command.run(coordinator, connection.user, message)
        except ContractError as err:
            connection.send_error(number, err.code.value, err.message)
        else:
            connection.send_result(number, result.to_dict())

    schema: dict[Any, Any] = {
        probatio.Required("type"): f"{DOMAIN}/{command.name}",
        probatio.Optional(ENTRY_ID): str,
    }
    decorated = websocket_api.websocket_command(schema | command.fields)(websocket_api.async_response(answer))
    websocket_api.async_register_command(hass, decorated)


def _coordinator(hass: HomeAssistant, entry_id: str | None) -> StewardCoordinator:
    """Return the coordinator of a loaded entry. Raises ContractError NOT_CONNECTED."""
    entry = find_entry(hass, entry_id)
    if entry is None or entry.state is not ConfigEntryState.LOADED:
        raise ContractError(ErrorCode.NOT_CONNECTED, "The app does not answer")
    return entry.runtime_data.coordinator


def _check_active(hass: HomeAssistant, coordinator: StewardCoordinator, user: User, message: Body) -> None:
    """Raise ContractError FORBIDDEN for a deactivated user, and report it to the app.

    Home Assistant leaves the open connections of a user who is deactivated as they are.
    """
    if not user.is_active:
        hass.data[REPORTS].add(
            coordinator.entry,
            approval_id=message.get("approval_id", ""),
            user_id=user.id,
            press=message["type"],
            reason="inactive_user",
        )
        raise ContractError(ErrorCode.FORBIDDEN, "You are not allowed to do this")


def _check_access(coordinator: StewardCoordinator, user: User, needed: Access) -> None:
    """Raise ContractError FORBIDDEN when the user may not use a command."""
    access = viewer_of(user, coordinator.steward_state).access
    # Access.NONE is needed for what the app refuses itself, because it audits the refusal.
    if needed is not Access.NONE and access not in (needed, Access.FULL):
        raise ContractError(ErrorCode.FORBIDDEN, "You are not allowed to see this")
