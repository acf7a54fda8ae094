"""Keeps the entities of all instances as the catalogue and the readings say."""

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from homeassistant.core import callback
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from . import devices
from .contract.catalogue import ActionOffer, SensorOffer, ServiceOffer
from .contract.protocol import RowKind
from .contract.state import Instance, InstanceStatus, Resource
from .coordinator import Change, StewardCoordinator
from .entity import StewardEntity
from .subentries import Subentries


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """What one entity is drawn from; equal spots are the same entity."""

    service: str
    offer: SensorOffer | ActionOffer | None
    kind: str | None = None
    resource_id: str | None = None
    resource_name: str | None = None

    @property
    def reading(self) -> SensorOffer:
        """Return the reading shown. Raises TypeError when it is none."""
        if not isinstance(self.offer, SensorOffer):
            raise TypeError("not a reading")
        return self.offer

    @property
    def action(self) -> ActionOffer:
        """Return the action asked for. Raises TypeError when it is none."""
        if not isinstance(self.offer, ActionOffer):
            raise TypeError("not an action")
        return self.offer


type Plan = Callable[[ServiceOffer, Instance, Iterable[Resource]], Iterable[Spot]]
type Make = Callable[[Instance, Spot], StewardEntity]


@dataclass(frozen=True, slots=True)
class _Easel:
    """One platform: what it would draw, how, and where it hangs it."""

    plan: Plan
    make: Make
    add: AddConfigEntryEntitiesCallback


type _Key = tuple[int, Spot]


class Drawing:
    """The devices and entities of all instances of one entry."""

    def __init__(self, coordinator: StewardCoordinator, subentries: Subentries) -> None:
        """Draw nothing yet: platforms attach first."""
        self._coordinator = coordinator
        self._hass = coordinator.hass
        self._subentries = subentries
        self._easels: list[_Easel] = []
        self._drawn: dict[str, dict[_Key, StewardEntity]] = {}
        self._places: dict[str, str | None] = {}

    @callback
    def start(self) -> None:
        """Follow the app from now on, until the entry is unloaded."""
        entry, listen = self._coordinator.entry, self._coordinator.listen
        entry.async_on_unload(listen(RowKind.INSTANCE, self._instance_changed))
        entry.async_on_unload(listen(RowKind.SNAPSHOT, self._snapshot_changed))
        entry.async_on_unload(listen(RowKind.CATALOGUE, lambda _: self.redraw_all()))

    @callback
    def attach(self, plan: Plan, make: Make, add: AddConfigEntryEntitiesCallback) -> None:
        """Let a platform draw: everything known now, then whatever appears."""
        self._easels.append(_Easel(plan, make, add))
        self.redraw_all()

    @callback
    def redraw_all(self) -> None:
        """Bring every instance's device and entities up to date."""
        for instance_id in self._coordinator.steward_state.instances:
            self.redraw(instance_id)

    @callback
    def redraw(self, instance_id: str) -> None:
        """Bring one instance's device and entities up to date."""
        instance = self._coordinator.steward_state.instances.get(instance_id)
        if instance is None or not self._subentries.has_place(instance):
            self._drawn.pop(instance_id, None)
            return
        subentry_id = self._subentries.subentry_id(instance_id)
        if self._places.get(instance_id, subentry_id) != subentry_id:
            # Home Assistant removed device and entities with the former subentry.
            self._drawn.pop(instance_id, None)
        self._places[instance_id] = subentry_id
        devices.register_instance(self._hass, self._coordinator, instance, subentry_id)
        wanted = self._wanted(instance)
        drawn = self._drawn.setdefault(instance_id, {})
        gone = [drawn.pop(key) for key in tuple(drawn) if key not in wanted]
        fresh = {key: self._easels[key[0]].make(instance, key[1]) for key in wanted if key not in drawn}
        drawn.update(fresh)
        if gone:
            # The next of the same unique id must wait until the former has left.
            self._coordinator.entry.async_create_task(
                self._hass, self._replace(gone, instance_id, fresh, subentry_id)
            )
        else:
            self._add(fresh, subentry_id)

    async def _replace(
        self,
        gone: Iterable[StewardEntity],
        instance_id: str,
        fresh: dict[_Key, StewardEntity],
        subentry_id: str | None,
    ) -> None:
        await asyncio.gather(*(entity.async_remove() for entity in gone if entity.was_added))
        drawn = self._drawn.get(instance_id, {})
        still = {key: entity for key, entity in fresh.items() if drawn.get(key) is entity}
        self._add(still, subentry_id)

    def _add(self, fresh: dict[_Key, StewardEntity], subentry_id: str | None) -> None:
        for index, easel in enumerate(self._easels):
            entities = [entity for key, entity in fresh.items() if key[0] == index]
            easel.add(entities, config_subentry_id=subentry_id)

    def _wanted(self, instance: Instance) -> dict[_Key, None]:
        """Return everything to be drawn of the instance, in order."""
        steward_state = self._coordinator.steward_state
        offer = steward_state.offer(instance)
        snapshot = steward_state.snapshots.get(instance.id)
        if offer is None:
            return {}
        resources = snapshot.resources if snapshot else ()
        return {
            (index, spot): None
            for index, easel in enumerate(self._easels)
            for spot in easel.plan(offer, instance, resources)
        }

    @callback
    def _instance_changed(self, change: Change) -> None:
        if change.id not in change.after.instances:
            self._drawn.pop(change.id, None)
            devices.remove_instance(self._hass, self._coordinator, change.id)
        elif _looks(change, before=True) != _looks(change, before=False):
            self.redraw(change.id)

    @callback
    def _snapshot_changed(self, change: Change) -> None:
        if _resources(change, before=True) != _resources(change, before=False):
            self.redraw(change.id)


def _looks(change: Change, *, before: bool) -> Instance | None:
    """Return the instance without what changes at every poll."""
    steward_state = change.before if before else change.after
    instance = steward_state.instances.get(change.id)
    if instance is None:
        return None
    return replace(instance, status=InstanceStatus.OK, error=None, polled_at=None)


def _resources(change: Change, *, before: bool) -> list[tuple[str, str, str | None]] | None:
    """Return what there is and of which version, whatever its readings."""
    steward_state = change.before if before else change.after
    snapshot = steward_state.snapshots.get(change.id)
    if snapshot is None:
        return None
    resources = [(one.kind, one.id, one.name) for one in snapshot.resources]
    return [("version", "", snapshot.version), *resources]
