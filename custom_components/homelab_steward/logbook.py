"""Describes in the logbook what happened to incidents and requests, and what the app did."""

from collections.abc import Callable
from typing import Any, Final

from homeassistant.components.logbook import LOGBOOK_ENTRY_MESSAGE, LOGBOOK_ENTRY_NAME
from homeassistant.core import Event, HomeAssistant, callback
from homeassistant.helpers.translation import async_get_cached_translations

from .const import DOMAIN, EVENT_APP_ACTION, EVENT_ROW, TITLE

ENGLISH: Final = {
    "logbook_used": "used {action}",
    "logbook_used_on": "used {action} on {target}",
    "logbook_incident_opened": "opened incident {number}: {title}",
    "logbook_incident_resolved": "closed incident {number} as resolved: {title}",
    "logbook_incident_unsolved": "could not solve incident {number}: {title}",
    "logbook_request_requested": "asked for a decision on incident {number}: {title}",
    "logbook_request_approved": "approved “{label}” for incident {number}",
    "logbook_request_scheduled": "scheduled an option for incident {number}: {title}",
    "logbook_request_rejected": "rejected the options for incident {number}: {title}",
    "logbook_request_ignored": "ignored incident {number}: {title}",
    "logbook_request_snoozed": "lets the request about incident {number} wait: {title}",
    "logbook_request_expired": "got no decision on incident {number}: {title}",
    "logbook_request_superseded": "withdrew the request about incident {number}: {title}",
}
"""Shown until Home Assistant has loaded the sentences of its language. Other events have no sentence."""


@callback
def async_describe_events(
    hass: HomeAssistant,
    async_describe_event: Callable[[str, str, Callable[[Event[Any]], dict[str, str]]], None],
) -> None:
    """Describe the events of rows, and the event that comes before each action of the app."""

    def sentence(key: str, **placeholders: Any) -> str:
        texts = async_get_cached_translations(hass, hass.config.language, "common", DOMAIN)
        text = texts.get(f"component.{DOMAIN}.common.{key}", ENGLISH[key])
        return text.format(**placeholders)

    @callback
    def describe_action(event: Event[Any]) -> dict[str, str]:
        action, target = event.data["action"], event.data["target"]
        message = sentence("logbook_used_on" if target else "logbook_used", action=action, target=target)
        return {LOGBOOK_ENTRY_NAME: TITLE, LOGBOOK_ENTRY_MESSAGE: message}

    @callback
    def describe_row(event: Event[Any]) -> dict[str, str]:
        data = event.data
        message = sentence(
            f"logbook_{data['kind']}_{data['event_type']}",
            number=data["number"],
            title=data["title"],
            label=data["label"],
        )
        return {LOGBOOK_ENTRY_NAME: data["person"] or TITLE, LOGBOOK_ENTRY_MESSAGE: message}

    async_describe_event(DOMAIN, EVENT_APP_ACTION, describe_action)
    async_describe_event(DOMAIN, EVENT_ROW, describe_row)
