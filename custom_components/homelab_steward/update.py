"""Updates: the installed and the newest version, and what asks for the installation of it."""

from functools import partial
from typing import Any

from homeassistant.components.update import (
    UpdateEntity,
    UpdateEntityDescription,
    UpdateEntityFeature,
)
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .catalogue_entity import ControlEntity, attach_controls, naming
from .change_rows import WAITING, current
from .change_update import ChangeUpdate, async_command, update_specs
from .contract.base import Value
from .contract.catalogue import ControlKind
from .contract.protocol import Command
from .contract.state import Instance
from .controls import Control
from .coordinator import StewardCoordinator
from .dynamic_entities import EntitySpec
from .runtime import StewardConfigEntry

PARALLEL_UPDATES = 0


async def async_setup_entry(
    hass: HomeAssistant, entry: StewardConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Set up the updates of every instance as they appear: those of controls, and those the app found."""
    coordinator = entry.runtime_data.coordinator
    attach_controls(entry, ControlKind.UPDATE, ControlUpdate, async_add_entities)
    entry.runtime_data.entities.attach(
        partial(update_specs, coordinator), partial(ChangeUpdate, coordinator), async_add_entities
    )


class ControlUpdate(ControlEntity, UpdateEntity):
    """Shows both versions; with an action it requests the installation of the newest one."""

    def __init__(
        self, coordinator: StewardCoordinator, instance: Instance, spec: EntitySpec, control: Control
    ) -> None:
        """Describe the update as the catalogue does. One without an action is diagnostic."""
        super().__init__(coordinator, instance, spec, control)
        category = EntityCategory.CONFIG if self.actions else EntityCategory.DIAGNOSTIC
        self.entity_description = UpdateEntityDescription(**naming(spec, control), entity_category=category)
        self._attr_release_url = control.offer.release_url
        if self.actions:
            self._attr_supported_features = UpdateEntityFeature.INSTALL

    def store_value(self, value: Value) -> None:
        """Store both versions."""
        latest, _ = self.value_of(self.control.offer.latest)
        self._attr_installed_version = None if value is None else str(value)
        self._attr_latest_version = None if latest is None else str(latest)

    async def async_install(self, version: str | None, backup: bool, **kwargs: Any) -> None:  # noqa: FBT001 - as in Home Assistant
        """Request the installation; an update that the app found is asked for with its judgement.

        Raises as ``async_request`` does.
        """
        change = current(self.coordinator.steward_state, self.owner_id, self.resource)
        if change is not None and change.status in WAITING:
            await async_command(self.coordinator, self._context, Command.ASK_CHANGE, change)
        else:
            await self.async_request(self.actions[0])
