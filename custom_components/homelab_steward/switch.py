"""Switches: readings with actions, maintenance of each service, and how much the steward does by itself."""

from abc import abstractmethod
from collections.abc import Iterable
from datetime import timedelta
from typing import Any, Final

from homeassistant.components.switch import SwitchEntity, SwitchEntityDescription
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.util import dt as dt_util

from .catalogue_entity import ControlEntity, attach_controls, naming
from .contract.base import Message, Value
from .contract.catalogue import ControlKind, ServiceOffer
from .contract.errors import ContractError
from .contract.maintenance import AddMaintenance, MaintenanceWindow, Occurrence
from .contract.mode import PauseScope, SetPause, SetVerbose, StewardMode
from .contract.plain_text import one_line
from .contract.protocol import Command, RowKind
from .contract.state import Instance, Resource, Speaker
from .controls import Control
from .coordinator import Change, StewardCoordinator
from .dynamic_entities import EntitySpec, InstanceEntity
from .entity import StewardEntity
from .errors import refused, translated
from .maintenance import active_of, async_add, async_end, described, is_own
from .phrases import Phrases
from .runtime import StewardConfigEntry
from .speakers import async_speaker
from .values import as_on

PARALLEL_UPDATES = 0

MAINTENANCE_TIME: Final = timedelta(hours=24)
"""When maintenance that a switch starts ends at the latest: a forgotten one would hide problems."""


async def async_setup_entry(
    hass: HomeAssistant, entry: StewardConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Set up the switches of the app, and those of every instance as they appear."""
    coordinator = entry.runtime_data.coordinator
    async_add_entities([AutomaticActions(coordinator), Verbose(coordinator)])

    def plan(
        service: ServiceOffer, instance: Instance, _resources: tuple[Resource, ...]
    ) -> Iterable[EntitySpec]:
        yield EntitySpec(service=instance.service, source=InstanceEntity.MAINTENANCE)

    def make(instance: Instance, spec: EntitySpec) -> StewardEntity:
        return MaintenanceSwitch(coordinator, instance)

    entry.runtime_data.entities.attach(plan, make, async_add_entities)
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


class ModeSwitch(StewardEntity, SwitchEntity):
    """A switch of the app that shows a part of its mode."""

    _attr_entity_category = EntityCategory.CONFIG

    def __init__(self, coordinator: StewardCoordinator, key: str) -> None:
        """Show the mode as it is now."""
        super().__init__(coordinator, key)
        self._attr_translation_key = key
        self.show(coordinator.steward_state.mode)

    async def async_added_to_hass(self) -> None:
        """Follow the mode."""
        await super().async_added_to_hass()
        self.async_on_remove(self.coordinator.listen(RowKind.MODE, self._row_changed))
        self.show(self.coordinator.steward_state.mode)

    @abstractmethod
    def show(self, mode: StewardMode) -> None:
        """Store the mode in the attributes of the switch."""

    @callback
    def _row_changed(self, change: Change) -> None:
        self.show(change.after.mode)
        self.async_write_ha_state()

    async def async_user(self) -> Speaker:
        """Return who uses the switch. Raises ServiceValidationError for a deactivated user."""
        return await async_speaker(self.coordinator, self._context, self.translation_key or "")

    async def async_set(self, command: Command, request: Message) -> None:
        """Change the mode. Raises HomeAssistantError."""
        try:
            mode = await self.coordinator.async_call(command, request, StewardMode)
        except ContractError as err:
            raise translated(err) from err
        self.coordinator.store(mode)


class AutomaticActions(ModeSwitch):
    """Off while the steward is paused: nothing that no person approved begins."""

    _unrecorded_attributes = frozenset({"scope", "person", "since", "reason"})

    def __init__(self, coordinator: StewardCoordinator) -> None:
        """Show the pause as it is now."""
        super().__init__(coordinator, "automatic_actions")

    def show(self, mode: StewardMode) -> None:
        """Show whether the steward is paused, by whom and since when."""
        pause = mode.pause
        self._attr_is_on = pause is None
        self._attr_extra_state_attributes = {
            "scope": pause.scope.value if pause else None,
            "person": one_line(pause.person_name) if pause else None,
            "since": pause.at.isoformat() if pause else None,
            "reason": one_line(pause.reason) if pause else None,
        }

    async def async_turn_on(self, **kwargs: Any) -> None:
        """End the pause. Raises HomeAssistantError."""
        await self.async_set(Command.SET_PAUSE, SetPause(speaker=await self.async_user(), scope=None))

    async def async_turn_off(self, **kwargs: Any) -> None:
        """Pause what no person approved; a wider pause stays. Raises HomeAssistantError."""
        if self._attr_is_on:
            request = SetPause(speaker=await self.async_user(), scope=PauseScope.AUTOMATIC)
            await self.async_set(Command.SET_PAUSE, request)


class Verbose(ModeSwitch):
    """On while every step is reported."""

    def __init__(self, coordinator: StewardCoordinator) -> None:
        """Show the mode as it is now."""
        super().__init__(coordinator, "verbose")

    def show(self, mode: StewardMode) -> None:
        """Show whether every step is reported."""
        self._attr_is_on = mode.verbose

    async def async_turn_on(self, **kwargs: Any) -> None:
        """Report every step. Raises HomeAssistantError."""
        await self.async_set(Command.SET_VERBOSE, SetVerbose(speaker=await self.async_user(), verbose=True))

    async def async_turn_off(self, **kwargs: Any) -> None:
        """Report only requests and results. Raises HomeAssistantError."""
        await self.async_set(Command.SET_VERBOSE, SetVerbose(speaker=await self.async_user(), verbose=False))


class MaintenanceSwitch(StewardEntity, SwitchEntity):
    """On while a service is in maintenance: its alerts are expected, and nobody is asked."""

    _attr_translation_key = InstanceEntity.MAINTENANCE
    _unrecorded_attributes = frozenset({"windows"})

    def __init__(self, coordinator: StewardCoordinator, instance: Instance) -> None:
        """Show the windows as they are now."""
        super().__init__(coordinator, "steward_maintenance", instance.id)
        self._instance = instance
        self._phrases = Phrases({})
        self._show()

    async def async_added_to_hass(self) -> None:
        """Follow the windows."""
        await super().async_added_to_hass()
        self._phrases = await Phrases.async_load(self.hass)
        self.async_on_remove(self.coordinator.listen(RowKind.MAINTENANCE, self._row_changed))
        self._show()

    def is_available_now(self) -> bool:
        """Return whether the app is connected: a service may not answer during maintenance."""
        return self.coordinator.is_available(None)

    async def async_turn_on(self, **kwargs: Any) -> None:
        """Start maintenance of this service, unless it has begun. Raises HomeAssistantError."""
        self._show()
        if self._attr_is_on:
            return
        now = dt_util.utcnow()
        request = AddMaintenance(
            speaker=await self._async_user(),
            title=self._phrases("maintenance_title", name=one_line(self._instance.name)),
            instance_ids=(self._instance.id,),
            once=Occurrence(starts_at=now, ends_at=now + MAINTENANCE_TIME),
        )
        await async_add(self.coordinator, request)

    async def async_turn_off(self, **kwargs: Any) -> None:
        """End maintenance of this service. Raises HomeAssistantError when it is part of a wider one."""
        windows, speaker = [window for window, _ in self._active()], await self._async_user()
        for window in windows:
            if is_own(window, self._instance.id):
                await async_end(self.coordinator, window, speaker)
        wider = next((one for one in windows if not is_own(one, self._instance.id)), None)
        if wider is not None:
            raise refused("wider_maintenance", title=one_line(wider.title))

    async def _async_user(self) -> Speaker:
        return await async_speaker(self.coordinator, self._context, "maintenance")

    @callback
    def _row_changed(self, _change: Change) -> None:
        before = (self._attr_is_on, self._attr_extra_state_attributes)
        self._show()
        if before != (self._attr_is_on, self._attr_extra_state_attributes):
            self.async_write_ha_state()

    def _active(self) -> tuple[tuple[MaintenanceWindow, Occurrence], ...]:
        return active_of(self.coordinator.steward_state, self._instance.id, dt_util.utcnow())

    def _show(self) -> None:
        found = self._active()
        self._attr_is_on = bool(found)
        self._attr_extra_state_attributes = {"windows": [described(one, span) for one, span in found]}
