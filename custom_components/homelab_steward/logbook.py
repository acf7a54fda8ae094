"""Describes in the logbook what Home Assistant did because the app asked for it."""

from collections.abc import Callable
from typing import Any, Final

from homeassistant.components.logbook import LOGBOOK_ENTRY_MESSAGE, LOGBOOK_ENTRY_NAME
from homeassistant.core import Event, HomeAssistant, callback
from homeassistant.helpers.translation import async_get_cached_translations

from .const import DOMAIN, EVENT_APP_ACTION, TITLE

USED: Final = "used {action}"
USED_ON: Final = "used {action} on {target}"
"""Said until Home Assistant has loaded the sentences of its language."""


@callback
def async_describe_events(
    hass: HomeAssistant,
    async_describe_event: Callable[[str, str, Callable[[Event[Any]], dict[str, str]]], None],
) -> None:
    """Describe the event that comes before each action of the app, in the same context."""

    @callback
    def describe(event: Event[Any]) -> dict[str, str]:
        action, target = event.data["action"], event.data["target"]
        texts = async_get_cached_translations(hass, hass.config.language, "common", DOMAIN)
        key, english = ("logbook_used_on", USED_ON) if target else ("logbook_used", USED)
        sentence = texts.get(f"component.{DOMAIN}.common.{key}", english)
        message = sentence.format(action=action, target=target)
        return {LOGBOOK_ENTRY_NAME: TITLE, LOGBOOK_ENTRY_MESSAGE: message}

    async_describe_event(DOMAIN, EVENT_APP_ACTION, describe)
