"""Starts and fills in the forms of services and people."""

from typing import Any

from homeassistant.config_entries import SOURCE_USER, ConfigSubentry
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from pytest_homeassistant_custom_component.common import MockConfigEntry

FILLED = {
    "name": "My Proxmox",
    "url": "https://pve.example.org:8006",
    "proxmox_token_id": "steward@pve!homelab",
    "proxmox_token_secret": "top-secret",
    "verify_tls": False,
}


async def start(hass: HomeAssistant, entry: MockConfigEntry, kind: str) -> dict[str, Any]:
    return dict(
        await hass.config_entries.subentries.async_init(
            (entry.entry_id, kind), context={"source": SOURCE_USER}
        )
    )


async def fill(hass: HomeAssistant, form: Any, data: dict[str, Any]) -> dict[str, Any]:
    return dict(await hass.config_entries.subentries.async_configure(form["flow_id"], data))


def keys(form: dict[str, Any]) -> list[str]:
    return [str(getattr(key.schema, "schema", key.schema)) for key in form["data_schema"].schema]


def suggested(form: dict[str, Any]) -> dict[str, Any]:
    return {
        str(getattr(key.schema, "schema", key.schema)): (key.description or {}).get("suggested_value")
        for key in form["data_schema"].schema
    }


async def add_service(hass: HomeAssistant, entry: MockConfigEntry) -> ConfigSubentry:
    """Add Proxmox, and return its subentry."""
    form = await start(hass, entry, "service")
    form = await fill(hass, form, {"service": "proxmox"})
    result = await fill(hass, form, FILLED)
    assert result["type"] is FlowResultType.CREATE_ENTRY
    await hass.async_block_till_done()
    return next(one for one in entry.subentries.values() if one.subentry_type == "service")
