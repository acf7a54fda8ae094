"""Registers the panel in the sidebar and the cards for dashboards."""

import json
from pathlib import Path
from typing import Final

from homeassistant.components import frontend, panel_custom
from homeassistant.components.http import StaticPathConfig
from homeassistant.core import HomeAssistant, callback
from homeassistant.util.hass_dict import HassKey

from .const import DOMAIN, PANEL_PATH, TITLE

ELEMENT: Final = "homelab-steward-panel"
ICON: Final = "mdi:server-network"

FOLDER: Final = Path(__file__).parent / "frontend"
STATIC_URL: Final = f"/{DOMAIN}_files"
BUILD: Final = "build.json"
"""Names the files of the bundle; their names change with their content."""

_PANEL_URL: Final[HassKey[str]] = HassKey(f"{DOMAIN}_panel_url")


async def async_serve_files(hass: HomeAssistant) -> None:
    """Serve the bundle and load the cards on dashboards; without a front end nothing is done."""
    if "frontend" not in hass.config.components:
        return
    build = json.loads(await hass.async_add_executor_job((FOLDER / BUILD).read_text))
    # The names contain a digest, so a browser may keep the files.
    await hass.http.async_register_static_paths(
        [StaticPathConfig(STATIC_URL, str(FOLDER), cache_headers=True)]
    )
    hass.data[_PANEL_URL] = f"{STATIC_URL}/{build['panel']}"
    frontend.add_extra_js_url(hass, f"{STATIC_URL}/{build['cards']}")


async def async_show_panel(hass: HomeAssistant) -> None:
    """Add the panel to the sidebar, unless it is there."""
    url = hass.data.get(_PANEL_URL)
    if url is None or frontend.async_panel_exists(hass, PANEL_PATH):
        return
    await panel_custom.async_register_panel(
        hass,
        frontend_url_path=PANEL_PATH,
        webcomponent_name=ELEMENT,
        sidebar_title=TITLE,
        sidebar_icon=ICON,
        module_url=url,
        require_admin=False,
    )


@callback
def remove_panel(hass: HomeAssistant) -> None:
    """Remove the panel when the last entry was removed or disabled."""
    if not hass.config_entries.async_entries(DOMAIN, include_disabled=False):
        frontend.async_remove_panel(hass, PANEL_PATH, warn_if_unknown=False)
