"""Constants of the integration."""

from typing import Final

from homeassistant.const import Platform

from .plain_log import plain_logger

DOMAIN: Final = "homelab_steward"
TITLE: Final = "Homelab Steward"
LOGGER: Final = plain_logger(__package__)

PLATFORMS: Final = (
    Platform.AI_TASK,
    Platform.BINARY_SENSOR,
    Platform.BUTTON,
    Platform.CALENDAR,
    Platform.EVENT,
    Platform.NOTIFY,
    Platform.NUMBER,
    Platform.SELECT,
    Platform.SENSOR,
    Platform.SWITCH,
    Platform.TODO,
    Platform.UPDATE,
)

SUBENTRY_SERVICE: Final = "service"
SUBENTRY_PERSON: Final = "person"
SUBENTRY_CONVERSATION: Final = "conversation"

CONF_INSTANCE_ID: Final = "instance_id"
CONF_PERSON_ID: Final = "person_id"
CONF_SERVICE: Final = "service"
CONF_PHONES: Final = "phones"
CONF_SOUND: Final = "sound"
CONF_HOME_FACTS: Final = "home_facts"
ASSIST_SATELLITE: Final = "assist_satellite"
CONF_SATELLITES: Final = "satellites"
CONF_HOME_READ: Final = "home_read"
CONF_HOME_ACTIONS: Final = "home_actions"
CONF_HOME_AGENTS: Final = "home_agents"
CONF_AGENTS_MASKED: Final = "agents_masked"

PANEL_PATH: Final = "homelab-steward"
"""The path of the panel in the front end."""

EVENT_APP_ACTION: Final = "homelab_steward_app_action"
EVENT_ROW: Final = "homelab_steward_row"
"""What happened to an incident or a request, for the logbook."""

ATTR_REASON: Final = "reason"
