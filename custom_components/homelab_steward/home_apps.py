"""The apps of Home Assistant OS and their logs, as its Supervisor integration knows them."""

from typing import Final

from homeassistant.core import HomeAssistant
from homeassistant.helpers.hassio import is_hassio

from .const import DOMAIN
from .contract.errors import ContractError, ErrorCode
from .contract.home import HomeApp

SUPERVISOR: Final = "hassio"
LONGEST_LOG: Final = 60_000
"""Characters of a log that are sent, from its end."""

LINES: Final = "100"


def supervised_apps(hass: HomeAssistant) -> tuple[tuple[HomeApp, ...], str | None]:
    """Return all apps but the steward's own, and what is missing from them."""
    if not is_hassio(hass):
        return (), None
    # Its requirements are installed only where it is set up.
    from homeassistant.components.hassio.coordinator import get_addons_info  # noqa: PLC0415
    from homeassistant.components.hassio.exceptions import HassioNotReadyError  # noqa: PLC0415

    try:
        infos = get_addons_info(hass)
    except HassioNotReadyError:
        return (), "The Supervisor integration is starting"
    found = tuple(
        HomeApp(
            id=slug,
            name=str(info["name"]),
            state=str(info["state"]),
            version=str(info["version"]),
            starts=str(info["boot"]) == "auto",
        )
        for slug, info in infos.items()
        if info is not None and not is_own_app(slug)
    )
    unread = sum(info is None for info in infos.values())
    return found, f"{unread} of {len(infos)} apps could not be read" if unread else None


def is_own_app(slug: str) -> bool:
    """Return whether an app is the steward, which would report and stop itself."""
    return slug.endswith(DOMAIN)


async def async_app_log(hass: HomeAssistant, slug: str) -> str:
    """Return the last lines that an app wrote. Raises ContractError."""
    apps, _ = supervised_apps(hass)
    if slug not in {one.id for one in apps}:
        raise ContractError(ErrorCode.NOT_FOUND, f"There is no app {slug[:50]}")
    from homeassistant.components.hassio.const import DATA_COMPONENT  # noqa: PLC0415
    from homeassistant.components.hassio.handler import HassioAPIError  # noqa: PLC0415

    try:
        text: str = await hass.data[DATA_COMPONENT].send_command(
            f"/addons/{slug}/logs",
            method="get",
            return_text=True,
            params={"lines": LINES, "no_colors": ""},
        )
    except HassioAPIError as err:
        raise ContractError(ErrorCode.INTERNAL, f"The log could not be read: {err}") from err
    return text[-LONGEST_LOG:]
