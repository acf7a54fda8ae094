"""Numbers: a numeric reading, and the action that sets it."""

from homeassistant.components.number import NumberEntity, NumberEntityDescription, NumberMode
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
from .values import as_number, whole

PARALLEL_UPDATES = 0


async def async_setup_entry(
    hass: HomeAssistant, entry: StewardConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Set up the numbers of every instance as they appear."""
    attach_controls(entry, ControlKind.NUMBER, ControlNumber, async_add_entities)


class ControlNumber(ControlEntity, NumberEntity):
    """Requests an action with the new value as its argument."""

    def __init__(
        self, coordinator: StewardCoordinator, instance: Instance, spec: EntitySpec, control: Control
    ) -> None:
        """Describe the number as the catalogue does."""
        super().__init__(coordinator, instance, spec, control)
        argument = control.argument
        self.entity_description = NumberEntityDescription(
            **naming(spec, control),
            mode=NumberMode.BOX,
            native_min_value=argument.minimum if argument else None,
            native_max_value=argument.maximum if argument else None,
            native_unit_of_measurement=_unit(control),
        )

    def store_value(self, value: Value) -> None:
        """Store the value."""
        self._attr_native_value = as_number(value)

    async def async_set_native_value(self, value: float) -> None:
        """Request the value. Raises as ``async_request`` does."""
        await self.async_request(self.actions[0], **{self.control.offer.argument or "": whole(value)})


def _unit(control: Control) -> str | None:
    """Return the unit of the reading, else that of the argument."""
    found = (one.unit for one in (control.reading, control.argument) if one and one.unit)
    return next(found, None)
