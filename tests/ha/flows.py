"""Starts and fills in the forms of services and people."""

from typing import Any

from homeassistant.config_entries import SOURCE_USER
from homeassistant.core import HomeAssistant
from pytest_homeassistant_custom_component.common import MockConfigEntry


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
