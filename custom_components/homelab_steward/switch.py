"""Switches: a yes-or-no reading, and the actions that turn it on and off."""

from typing import Any

from homeassistant.components.switch import SwitchEntity, SwitchEntityDescription
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .catalogue_entity import ControlEntity, attach_controls, naming
from .contract.base import Value
from .contract.catalogue import ControlKind
from .contract.state import Instance
from .controls import Control
from .coordinator import StewardCoordinator
from .dynamic_entities import EntitySpec
from .runtime import StewardConfigEntry
from .values import as_on

PARALLEL_UPDATES = 0


async def async_setup_entry(
    hass: HomeAssistant, entry: StewardConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Set up the switches of every instance as they appear."""
    attach_controls(entry, ControlKind.SWITCH, ControlSwitch, async_add_entities)


class ControlSwitch(ControlEntity, SwitchEntity):
    """Requests one action to turn on and another to turn off."""

    def __init__(
        self, coordinator: StewardCoordinator, instance: Instance, spec: EntitySpec, control: Control
    ) -> None:
        """Describe the switch as the catalogue does."""
        super().__init__(coordinator, instance, spec, control)
        self.entity_description = SwitchEntityDescription(**naming(spec, control))

    def store_value(self, value: Value) -> None:
        """Store the value."""
        self._attr_is_on = as_on(value)

    async def async_turn_on(self, **kwargs: Any) -> None:
        """Request to turn on. Raises as ``async_request`` does."""
        await self.async_request(self.actions[0])

    async def async_turn_off(self, **kwargs: Any) -> None:
        """Request to turn off. Raises as ``async_request`` does."""
        await self.async_request(self.actions[-1])
