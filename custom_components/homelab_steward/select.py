"""Selects: a reading with a few values and the action that sets it, and the autonomy levels."""

from homeassistant.components.select import SelectEntity, SelectEntityDescription
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .autonomy import AutonomyLevels
from .catalogue_entity import ControlEntity, attach_controls, naming
from .contract.base import Value
from .contract.catalogue import ControlKind
from .contract.state import Instance
from .controls import Control
from .coordinator import StewardCoordinator
from .dynamic_entities import EntitySpec
from .runtime import StewardConfigEntry

PARALLEL_UPDATES = 0


async def async_setup_entry(
    hass: HomeAssistant, entry: StewardConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Set up the selects of every instance and runbook as they appear."""
    attach_controls(entry, ControlKind.SELECT, ControlSelect, async_add_entities)
    AutonomyLevels(entry.runtime_data.coordinator, async_add_entities).start()


class ControlSelect(ControlEntity, SelectEntity):
    """Requests an action with the selected option as its argument."""

    def __init__(
        self, coordinator: StewardCoordinator, instance: Instance, spec: EntitySpec, control: Control
    ) -> None:
        """Describe the select as the catalogue does."""
        super().__init__(coordinator, instance, spec, control)
        self._labels = dict(control.options)
        self.entity_description = SelectEntityDescription(
            **naming(spec, control), options=list(self._labels.values())
        )

    def store_value(self, value: Value) -> None:
        """Store the label of the value."""
        self._attr_current_option = self._labels.get(str(value))

    async def async_select_option(self, option: str) -> None:
        """Request the option. Raises as ``async_request`` does."""
        value = next(one for one, label in self._labels.items() if label == option)
        await self.async_request(self.actions[0], **{self.control.offer.argument or "": value})
