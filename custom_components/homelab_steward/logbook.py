"""Describes in the logbook what Home Assistant did because the app asked for it."""

from collections.abc import Callable
from typing import Any

from homeassistant.components.logbook import LOGBOOK_ENTRY_MESSAGE, LOGBOOK_ENTRY_NAME
from homeassistant.core import Event, HomeAssistant, callback

from .const import DOMAIN, EVENT_APP_ACTION, TITLE


@callback
def async_describe_events(
    hass: HomeAssistant,
    async_describe_event: Callable[[str, str, Callable[[Event[Any]], dict[str, str]]], None],
) -> None:
    """Describe the event that comes before each action of the app, in the same context."""

    @callback
    def describe(event: Event[Any]) -> dict[str, str]:
        target = event.data["target"]
        message = f"used {event.data['action']}" + (f" on {target}" if target else "")
        return {LOGBOOK_ENTRY_NAME: TITLE, LOGBOOK_ENTRY_MESSAGE: message}

    async_describe_event(DOMAIN, EVENT_APP_ACTION, describe)
