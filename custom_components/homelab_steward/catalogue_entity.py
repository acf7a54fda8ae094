"""Base classes of the entities that the catalogue describes: readings, and actions to request."""

from abc import abstractmethod
from collections.abc import Callable, Iterable
from typing import Any, TypedDict

from homeassistant.core import callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .const import ATTR_REASON, DOMAIN
from .contract.base import Value
from .contract.catalogue import (
    ActionOffer,
    ControlKind,
    ControlOffer,
    Platform,
    SensorOffer,
    ServiceOffer,
    name_of,
    translation_key,
)
from .contract.commands import ActionRequested, RequestAction
from .contract.errors import ContractError
from .contract.plain_text import one_line
from .contract.protocol import Command
from .contract.state import Instance, Resource
from .controls import Control, controls_of
from .coordinator import StewardCoordinator
from .devices import device_owners
from .dynamic_entities import EntitySpec
from .entity import StewardEntity
from .errors import translated
from .pending_actions import ActionKey
from .runtime import StewardConfigEntry
from .speakers import async_speaker

ATTR_WAITING = "waiting_for_approval"
INSTANCE = "instance"
"""Kind of the target that is the instance itself."""


class Naming(TypedDict):
    """The part of an entity description that names the entity."""

    key: str
    name: str
    translation_key: str


type Source = SensorOffer | ActionOffer | Control


def naming(spec: EntitySpec, source: Source) -> Naming:
    """Return the translation key of the entity, and the name for a version without the translation."""
    offer = _described(source)
    return Naming(
        key=offer.key,
        name=name_of(offer, spec.resource_name),
        translation_key=translation_key(spec.service, offer),
    )


class CatalogueEntity(StewardEntity):
    """An entity that the catalogue describes. The platform adds the entity description."""

    def __init__(
        self,
        coordinator: StewardCoordinator,
        instance: Instance,
        spec: EntitySpec,
        source: Source,
    ) -> None:
        """Set device, unique id and icon."""
        offer = _described(source)
        super().__init__(coordinator, offer.key, instance.id, spec.resource, device=spec.device)
        self.owner_id = instance.id
        if spec.resource_name is not None:
            self._attr_translation_placeholders = {"resource": spec.resource_name}
        if offer.icon:
            self._attr_icon = offer.icon


class ReadingEntity(CatalogueEntity):
    """An entity that shows one reading; one that is unknown has the reason in an attribute."""

    def __init__(
        self, coordinator: StewardCoordinator, instance: Instance, spec: EntitySpec, offer: SensorOffer
    ) -> None:
        """Describe the reading as the catalogue does."""
        super().__init__(coordinator, instance, spec, offer)
        self._reading = (spec.resource, offer.key)
        self._reason: str | None = None

    async def async_added_to_hass(self) -> None:
        """Follow the reading."""
        await super().async_added_to_hass()
        readings = self.coordinator.readings
        self.async_on_remove(readings.listen(self.owner_id, self._reading, self._show))
        self._set(*readings.reading(self.owner_id, self._reading))

    @abstractmethod
    def store_value(self, value: Value) -> None:
        """Store the value in the attributes of the platform."""

    @callback
    def _show(self, value: Value, reason: str | None) -> None:
        self._set(value, reason)
        self.async_write_ha_state()

    def _set(self, value: Value, reason: str | None) -> None:
        self.store_value(value)
        if reason != self._reason:
            self._reason = reason
            self._attr_extra_state_attributes = {} if reason is None else {ATTR_REASON: one_line(reason)}


class ActionEntity(CatalogueEntity):
    """An entity that requests actions. A person approves; until then nothing changes."""

    def __init__(
        self,
        coordinator: StewardCoordinator,
        instance: Instance,
        spec: EntitySpec,
        offer: ActionOffer | Control,
    ) -> None:
        """Find the actions; the entity is unavailable while one of them is not offered."""
        self.owner_id = instance.id
        self.actions = offer.actions if isinstance(offer, Control) else (offer.key,)
        self._blocked: str | None = None
        super().__init__(coordinator, instance, spec, offer)
        kind, resource_id = spec.resource or (INSTANCE, instance.id)
        self._keys: tuple[ActionKey, ...] = tuple(
            (f"{spec.service}.{action}", (instance.id, kind, resource_id)) for action in self.actions
        )
        self._attr_extra_state_attributes = {ATTR_WAITING: self._is_waiting()}

    async def async_added_to_hass(self) -> None:
        """Follow the requests for the actions."""
        await super().async_added_to_hass()
        for key in self._keys:
            self.async_on_remove(self.coordinator.pending.listen(key, self._waiting_changed))
        self._attr_extra_state_attributes[ATTR_WAITING] = self._is_waiting()

    def is_available_now(self) -> bool:
        """Return whether the state is current and all actions are offered."""
        reasons = (self.coordinator.unavailable_reason(self.owner_id, one) for one in self.actions)
        self._blocked = next(map(one_line, filter(None, reasons)), None)
        return self._blocked is None and super().is_available_now()

    @property
    def capability_attributes(self) -> dict[str, Any]:
        """Return why an action is not offered: an unavailable entity has no other attributes."""
        capabilities: dict[str, Any] = super().capability_attributes or {}
        return capabilities if self._blocked is None else {**capabilities, ATTR_REASON: self._blocked}

    @callback
    def availability_changed(self) -> None:
        """Write the state when the availability or the reason changed."""
        before = (self._attr_available, self._blocked)
        self._attr_available = self.is_available_now()
        if before != (self._attr_available, self._blocked):
            self.async_write_ha_state()

    async def async_request(self, action: str, **arguments: Value) -> None:
        """Request an action in the name of the user who calls.

        Returns once the approval request exists. Raises ServiceValidationError without a user and for a
        deactivated one, HomeAssistantError when the app refuses.
        """
        speaker = await async_speaker(self.coordinator, self._context, action, needs_user=True)
        request = RequestAction(
            instance_id=self.owner_id,
            action=action,
            speaker=speaker,
            target_id=self.resource[1] if self.resource else None,
            arguments=arguments,
        )
        try:
            answer = await self.coordinator.async_call(Command.REQUEST_ACTION, request, ActionRequested)
        except ContractError as err:
            raise translated(err) from err
        if answer.approval_id is None:
            raise HomeAssistantError(
                answer.message,
                translation_domain=DOMAIN,
                translation_key="not_requested",
                translation_placeholders={"message": answer.message},
            )
        key = self._keys[self.actions.index(action)]
        self.coordinator.pending.add_requested(answer.approval_id, key)

    def _is_waiting(self) -> bool:
        return any(self.coordinator.pending.is_pending(key) for key in self._keys)

    @callback
    def _waiting_changed(self) -> None:
        waiting = self._is_waiting()
        if waiting != self._attr_extra_state_attributes[ATTR_WAITING]:
            self._attr_extra_state_attributes = self._attr_extra_state_attributes | {ATTR_WAITING: waiting}
            self.async_write_ha_state()


class ControlEntity(ActionEntity):
    """A control: shows a reading and requests actions that change it, if it has any."""

    def __init__(
        self, coordinator: StewardCoordinator, instance: Instance, spec: EntitySpec, control: Control
    ) -> None:
        """Describe the control as the catalogue does."""
        super().__init__(coordinator, instance, spec, control)
        self.control = control

    async def async_added_to_hass(self) -> None:
        """Follow the readings."""
        await super().async_added_to_hass()
        readings, offer = self.coordinator.readings, self.control.offer
        for sensor in filter(None, (offer.reading, offer.latest)):
            key = (self.resource, sensor)
            self.async_on_remove(readings.listen(self.owner_id, key, self._show))
        self._read()

    @abstractmethod
    def store_value(self, value: Value) -> None:
        """Store the value of the reading in the attributes of the platform."""

    def value_of(self, sensor: str | None) -> tuple[Value, str | None]:
        """Return a reading of the control and why it is unknown."""
        if sensor is None:
            return None, None
        return self.coordinator.readings.reading(self.owner_id, (self.resource, sensor))

    @callback
    def _show(self, _value: Value, _reason: str | None) -> None:
        self._read()
        self.async_write_ha_state()

    def _read(self) -> None:
        value, reason = self.value_of(self.control.offer.reading)
        reason = reason or self.value_of(self.control.offer.latest)[1]
        self.store_value(value)
        attributes: dict[str, Any] = {ATTR_WAITING: self._is_waiting()} if self.actions else {}
        self._attr_extra_state_attributes = (
            attributes if reason is None else attributes | {ATTR_REASON: one_line(reason)}
        )


def attach_controls(
    entry: StewardConfigEntry,
    kind: ControlKind,
    make: Callable[[StewardCoordinator, Instance, EntitySpec, Control], ControlEntity],
    add: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the controls of one kind as they appear."""

    def plan(
        service: ServiceOffer, _instance: Instance, resources: tuple[Resource, ...]
    ) -> Iterable[EntitySpec]:
        return control_specs(service, resources, kind)

    def make_control(instance: Instance, spec: EntitySpec) -> StewardEntity:
        if not isinstance(spec.source, Control):
            raise TypeError("not a control")
        return make(entry.runtime_data.coordinator, instance, spec, spec.source)

    entry.runtime_data.entities.attach(plan, make_control, add)


def specs(
    sources: Iterable[Source], service: ServiceOffer, resources: tuple[Resource, ...]
) -> Iterable[EntitySpec]:
    """Yield the specs of each source: one for the instance, or one per resource of its kind."""
    owners = device_owners(service, resources)
    for source in sources:
        scope = _described(source).scope
        if scope is None:
            yield EntitySpec(service=service.key, source=source)
            continue
        for resource in resources:
            if resource.kind == scope:
                own = (resource.kind, resource.id)
                owner = owners.get(own)
                yield EntitySpec(
                    service=service.key,
                    source=source,
                    resource=own,
                    resource_name=None if owner == own else resource.name,
                    device=owner,
                )


def reading_specs(
    service: ServiceOffer, resources: tuple[Resource, ...], platform: Platform
) -> Iterable[EntitySpec]:
    """Yield the specs of the readings of one platform."""
    return specs((one for one in service.sensors if one.platform is platform), service, resources)


def control_specs(
    service: ServiceOffer, resources: tuple[Resource, ...], kind: ControlKind
) -> Iterable[EntitySpec]:
    """Yield the specs of the controls of one kind."""
    return specs(controls_of(service, kind, resources), service, resources)


def _described(source: Source) -> SensorOffer | ActionOffer | ControlOffer:
    return source.offer if isinstance(source, Control) else source
