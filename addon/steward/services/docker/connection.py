"""How the engine is reached: a unix socket, or HTTP with a client certificate where it wants one."""

from dataclasses import replace
from typing import Final

from yarl import URL

from homelab_steward.contract.catalogue import Field, SettingKind

from ...errors import InvalidSetting
from ...sdk.access import Access
from ...sdk.fields import CLIENT_TLS_SETTINGS

UNIX: Final = "unix://"
SOCKET_HOST: Final = URL("http://docker.sock")
"""The host that requests through a unix socket name."""

SETTINGS: Final = (
    Field(
        key="address",
        kind=SettingKind.TEXT,
        name="Address",
        description="Such as unix:///var/run/docker.sock or https://docker.example.org:2376",
        default="unix:///var/run/docker.sock",
    ),
    *CLIENT_TLS_SETTINGS,
)


def address(access: Access) -> tuple[URL, str | None]:
    """Return the URL of the API and the path of its unix socket, if it has one. Raises InvalidSetting."""
    text = access.text("address")
    if text.startswith(f"{UNIX}/"):
        return SOCKET_HOST, text.removeprefix(UNIX)
    try:
        return replace(access, settings={"url": text}).address, None
    except InvalidSetting as err:
        raise InvalidSetting("address", f"{err.reason} or unix:///path") from err
