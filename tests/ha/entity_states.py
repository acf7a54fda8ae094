"""The states of entities."""

from homeassistant.core import HomeAssistant, State


def state(hass: HomeAssistant, entity_id: str) -> State:
    """Return the state of an entity that exists."""
    found = hass.states.get(entity_id)
    assert found is not None, entity_id
    return found
