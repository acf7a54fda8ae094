"""Adds, replaces and removes entities as the catalogue and the snapshots change."""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

from homeassistant.core import callback
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from . import devices
from .contract.catalogue import ActionOffer, SensorOffer, ServiceOffer
from .contract.protocol import RowKind
from .contract.state import Instance, InstanceStatus, Resource
from .controls import Control
from .coordinator import Change, StewardCoordinator
from .entity import StewardEntity
from .readings import ResourceId
from .subentries import Subentries


class InstanceEntity(StrEnum):
    """Entities of an instance that the catalogue does not describe; each is its translation key."""

    MAINTENANCE = "maintenance"
    PROBLEM = "problem"
    STATUS = "status"
    UPDATE = "update"
    WEBHOOK = "webhook"


@dataclass(frozen=True, slots=True, kw_only=True)
class EntitySpec:
    """What one entity is made of; equal specs are the same entity.

    ``device`` is the resource to whose device it belongs, None for that of the instance.
    ``resource_name`` is None for a resource with a device of its own: the device has the name.
    """

    service: str
    source: SensorOffer | ActionOffer | Control | InstanceEntity
    resource: ResourceId | None = None
    resource_name: str | None = None
    device: ResourceId | None = None

    @property
    def reading(self) -> SensorOffer:
        """Return the reading. Raises TypeError when the entity shows none."""
        if not isinstance(self.source, SensorOffer):
            raise TypeError("not a reading")
        return self.source


type Plan = Callable[[ServiceOffer, Instance, tuple[Resource, ...]], Iterable[EntitySpec]]
type Make = Callable[[Instance, EntitySpec], StewardEntity]


@dataclass(frozen=True, slots=True)
class _Platform:
    """One platform: which entities it wants, how to make one, and how to add them."""

    plan: Plan
    make: Make
    add: AddConfigEntryEntitiesCallback


type _Key = tuple[int, EntitySpec]
"""Index of the platform, and the spec."""


class DynamicEntities:
    """The devices and entities of all instances of one entry."""

    def __init__(self, coordinator: StewardCoordinator, subentries: Subentries) -> None:
        """Start without platforms; each one attaches itself."""
        self._coordinator = coordinator
        self._hass = coordinator.hass
        self._subentries = subentries
        self._platforms: list[_Platform] = []
        self._entities: dict[str, dict[_Key, StewardEntity]] = {}
        self._subentry_ids: dict[str, str | None] = {}
        self._locks: dict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    @callback
    def start(self) -> None:
        """Add all entities, and follow the app until the entry is unloaded.

        Every platform must be attached: each instance is looked at once, for all of them.
        """
        entry, listen = self._coordinator.entry, self._coordinator.listen
        entry.async_on_unload(listen(RowKind.INSTANCE, self._instance_changed))
        entry.async_on_unload(listen(RowKind.SNAPSHOT, self._snapshot_changed))
        entry.async_on_unload(listen(RowKind.CATALOGUE, self._catalogue_changed))
        entry.async_on_unload(listen(RowKind.CHANGE, self._update_found))
        self.refresh_all()

    @callback
    def attach(self, plan: Plan, make: Make, add: AddConfigEntryEntitiesCallback) -> None:
        """Add the entities of a platform from :meth:`start` on."""
        self._platforms.append(_Platform(plan, make, add))

    @callback
    def refresh_all(self) -> None:
        """Bring devices and entities of every instance up to date."""
        for instance_id in self._coordinator.steward_state.instances:
            self.refresh(instance_id)

    @callback
    def refresh(self, instance_id: str) -> None:
        """Bring devices and entities of one instance up to date."""
        instance = self._coordinator.steward_state.instances.get(instance_id)
        if instance is None or not self._subentries.has_place(instance):
            self._remove_entities(instance_id)
            return
        subentry_id = self._subentries.subentry_id(instance_id)
        if self._subentry_ids.get(instance_id, subentry_id) != subentry_id:
            # Home Assistant removed devices and entities together with the former subentry.
            self._remove_entities(instance_id)
        self._subentry_ids[instance_id] = subentry_id
        devices.register_instance(self._hass, self._coordinator, instance, subentry_id)
        self._refresh_entities(instance, subentry_id)

    def _refresh_entities(self, instance: Instance, subentry_id: str | None) -> None:
        wanted = self._wanted(instance)
        entities = self._entities.setdefault(instance.id, {})
        old = [entities.pop(key) for key in tuple(entities) if self._is_obsolete(instance, key, wanted)]
        new = {key: self._platforms[key[0]].make(instance, key[1]) for key in wanted if key not in entities}
        entities.update(new)
        if any(one.resource and devices.is_gone(self._coordinator, instance.id, one.resource) for one in old):
            devices.remove_stale(self._hass, self._coordinator)
        if old or self._locks[instance.id].locked():
            self._schedule(instance.id, old, new, subentry_id)
        else:
            self._add(new, subentry_id)

    def _remove_entities(self, instance_id: str) -> None:
        old = tuple(self._entities.pop(instance_id, {}).values())
        if old:
            self._schedule(instance_id, old, {}, None)

    def _schedule(
        self,
        instance_id: str,
        old: Iterable[StewardEntity],
        new: dict[_Key, StewardEntity],
        subentry_id: str | None,
    ) -> None:
        """Remove and add in a task: an entity can be added only after the former one is removed."""
        self._coordinator.entry.async_create_task(
            self._hass, self._replace(instance_id, old, new, subentry_id)
        )

    def _is_obsolete(self, instance: Instance, key: _Key, wanted: dict[_Key, None]) -> bool:
        """Return whether an entity must go. One that is only not listed now stays, unavailable."""
        if key in wanted:
            return self._entities[instance.id][key].was_removed
        resource = key[1].resource
        if resource is None or self._coordinator.readings.has(instance.id, resource):
            return True
        return devices.is_gone(self._coordinator, instance.id, resource)

    async def _replace(
        self,
        instance_id: str,
        old: Iterable[StewardEntity],
        new: dict[_Key, StewardEntity],
        subentry_id: str | None,
    ) -> None:
        async with self._locks[instance_id]:
            await asyncio.gather(*(entity.async_remove() for entity in old if entity.was_added))
            current = self._entities.get(instance_id, {})
            self._add({key: one for key, one in new.items() if current.get(key) is one}, subentry_id)

    def _add(self, new: dict[_Key, StewardEntity], subentry_id: str | None) -> None:
        for index, platform in enumerate(self._platforms):
            if entities := [entity for key, entity in new.items() if key[0] == index]:
                platform.add(entities, config_subentry_id=subentry_id)

    def _wanted(self, instance: Instance) -> dict[_Key, None]:
        """Return the keys of all entities that the instance should have, in order."""
        steward_state = self._coordinator.steward_state
        offer = steward_state.offer(instance)
        snapshot = steward_state.snapshots.get(instance.id)
        if offer is None:
            return {}
        resources = snapshot.resources if snapshot else ()
        return {
            (index, spec): None
            for index, platform in enumerate(self._platforms)
            for spec in platform.plan(offer, instance, resources)
        }

    @callback
    def _catalogue_changed(self, _change: Change) -> None:
        self.refresh_all()
        devices.remove_stale(self._hass, self._coordinator)

    @callback
    def _instance_changed(self, change: Change) -> None:
        if change.id not in change.after.instances:
            self._remove_entities(change.id)
            devices.remove_stale(self._hass, self._coordinator)
        elif _described(change, before=True) != _described(change, before=False):
            self.refresh(change.id)

    @callback
    def _update_found(self, change: Change) -> None:
        found = change.after.changes.get(change.id)
        if found is not None and change.id not in change.before.changes:
            self.refresh(found.target.instance_id)

    @callback
    def _snapshot_changed(self, change: Change) -> None:
        if _listed(change, before=True) != _listed(change, before=False):
            self.refresh(change.id)


def _described(change: Change, *, before: bool) -> Instance | None:
    """Return the instance without what changes at every poll."""
    steward_state = change.before if before else change.after
    instance = steward_state.instances.get(change.id)
    if instance is None:
        return None
    return replace(instance, status=InstanceStatus.OK, error=None, polled_at=None)


def _listed(change: Change, *, before: bool) -> tuple[object, ...] | None:
    """Return the version, the resources by name and what is not listed; no readings."""
    steward_state = change.before if before else change.after
    snapshot = steward_state.snapshots.get(change.id)
    if snapshot is None:
        return None
    resources = [(one.kind, one.id, one.name) for one in snapshot.resources]
    coverage = snapshot.coverage
    return snapshot.version, coverage.status, [gap.part for gap in coverage.gaps], resources
