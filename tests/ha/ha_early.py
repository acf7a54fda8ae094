"""Lets the test harness of the previous release run with this Home Assistant.

Loaded by pytest before every other plug-in: Home Assistant puts its own HTTP client
in the place of `httpx`, and refuses to where a plug-in has imported that before it.
"""

import homeassistant  # noqa: F401  # replaces httpx before respx imports it
from homeassistant.components import logger
from homeassistant.core import HomeAssistant


def _keep_logger_overwrites(_hass: HomeAssistant) -> None:
    """Replace a function that the harness calls and Home Assistant no longer has."""


if not hasattr(logger, "_clear_logger_overwrites"):
    logger._clear_logger_overwrites = _keep_logger_overwrites  # type: ignore[attr-defined]
