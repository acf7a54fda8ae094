"""Buttons: each requests one action, which a person then approves."""

from collections.abc import Iterable

from homeassistant.components.button import ButtonEntity, ButtonEntityDescription
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .catalogue_entity import ActionEntity, control_specs, naming, specs
from .contract.catalogue import ActionOffer, ControlKind, ServiceOffer
from .contract.state import Instance, Resource
from .controls import Control, is_complete
from .coordinator import StewardCoordinator
from .dynamic_entities import EntitySpec
from .entity import StewardEntity
from .runtime import StewardConfigEntry

PARALLEL_UPDATES = 0


async def async_setup_entry(
    hass: HomeAssistant, entry: StewardConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Set up the buttons of every instance as they appear."""
    coordinator = entry.runtime_data.coordinator

    def plan(
        service: ServiceOffer, _instance: Instance, resources: tuple[Resource, ...]
    ) -> Iterable[EntitySpec]:
        controls = tuple(control_specs(service, resources, ControlKind.BUTTON))
        yield from controls
        keys = {one.source.offer.key for one in controls if isinstance(one.source, Control)}
        actions = [one for one in service.actions if one.button and is_complete(one)]
        yield from specs((one for one in actions if one.key not in keys), service, resources)

    def make(instance: Instance, spec: EntitySpec) -> StewardEntity:
        return ActionButton(coordinator, instance, spec)

    entry.runtime_data.entities.attach(plan, make, async_add_entities)


class ActionButton(ActionEntity, ButtonEntity):
    """Requests one action when it is pressed."""

    def __init__(self, coordinator: StewardCoordinator, instance: Instance, spec: EntitySpec) -> None:
        """Describe the button as the catalogue does. Raises TypeError for a reading."""
        if not isinstance(spec.source, ActionOffer | Control):
            raise TypeError("not an action")
        super().__init__(coordinator, instance, spec, spec.source)
        self.entity_description = ButtonEntityDescription(**naming(spec, spec.source))

    async def async_press(self) -> None:
        """Request the action. Raises as ``async_request`` does."""
        await self.async_request(self.actions[0])
