"""Diagnostics of an entry: structure and counts, nothing private."""

from collections import Counter
from typing import Any, Final

from homeassistant.components.diagnostics import async_redact_data
from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import CONF_TOKEN, CONF_URL
from homeassistant.core import HomeAssistant

from .const import CONF_PHONES
from .contract.state import Instance, Person
from .runtime import StewardConfigEntry

_PRIVATE: Final = {CONF_TOKEN, CONF_URL, CONF_PHONES, "title", "unique_id", "name", "discovery_keys"}


async def async_get_config_entry_diagnostics(
    hass: HomeAssistant, entry: StewardConfigEntry
) -> dict[str, Any]:
    """Return the state of the connection and the structure of the received rows.

    An entry that is not loaded has received none.
    """
    described = {"entry": async_redact_data(entry.as_dict(), _PRIVATE)}
    if entry.state is not ConfigEntryState.LOADED:
        return described | {"connected": False}
    coordinator = entry.runtime_data.coordinator
    steward_state, hello = coordinator.steward_state, coordinator.hello
    return described | {
        "connected": coordinator.connected,
        "app": {
            "version": hello.app_version if hello else None,
            "schema_version": hello.schema_version if hello else None,
        },
        "catalogue": {
            "digest": steward_state.catalogue.digest,
            "services": [offer.key for offer in steward_state.catalogue.services],
        },
        "instances": [_instance(one) for one in steward_state.instances.values()],
        "resources": {
            key: Counter(one.kind for one in snapshot.resources)
            for key, snapshot in steward_state.snapshots.items()
        },
        "people": [_person(one) for one in steward_state.people.values()],
        "incidents": Counter(one.status.value for one in steward_state.incidents.values()),
        "approvals": Counter(one.status.value for one in steward_state.approvals.values()),
        "changes": Counter(
            f"{one.source.value} {one.status.value}" for one in steward_state.changes.values()
        ),
        "is_paused": steward_state.mode.pause is not None,
        "maintenance_windows": len(steward_state.windows),
        "front_ends": {one.front_end.value: one.state.value for one in steward_state.front_ends.values()},
        "phones": len(entry.runtime_data.notifications.phones()),
    }


def _instance(instance: Instance) -> dict[str, Any]:
    """Return an instance without its name and address."""
    return {
        "id": instance.id,
        "service": instance.service,
        "origin": instance.origin.value,
        "status": instance.status.value,
        "version": instance.version,
        "settings": sorted(instance.settings),
    }


def _person(person: Person) -> dict[str, Any]:
    """Return a person without identity."""
    return {
        "role": person.role.value,
        "origin": person.origin.value,
        "has_ha_user": person.ha_user_id is not None,
        "has_telegram": person.telegram_user_id is not None,
    }
