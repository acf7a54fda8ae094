"""Names that people gave to targets, in the app or elsewhere, and the places and stacks with targets."""

import asyncio
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Final

import orjson

from homelab_steward.contract.errors import MalformedMessage
from homelab_steward.contract.protocol import Nothing
from homelab_steward.contract.state import TargetRef
from homelab_steward.contract.target_names import Alias, HomePlace, HomePlaces, TargetKey

from ..inventory.ports import INSTANCE, Inventory
from ..inventory.stacks import Stack
from ..language.words import words_of
from ..store import aliases as stored
from ..store import app_metadata
from ..store.store import Store, Unit

AREA: Final = "area"
"""The kind of a place of Home Assistant, or of a stack, that is used like a target."""

type Key = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class GivenNames:
    """The names that people gave, by the key of the target; places are targets of kind ``area``."""

    names: Mapping[Key, tuple[str, ...]] = field(default_factory=dict)
    places: tuple[HomePlace, ...] = ()

    def inside(self, place: TargetRef, among: Iterable[TargetRef], inventory: Inventory) -> list[TargetRef]:
        """Return those of ``among`` that are in a place, also by what they run in, or in a stack."""
        if is_stack(place):
            return _in_stack(place, among, inventory)
        found = [one for one in self.places if one.name == place.id]
        keys = {target_key(each) for one in found for each in one.targets}
        others = {words_of(each) for one in found for each in one.others}
        placed = {target_key(each) for one in self.places for each in one.targets}
        every = list(among)
        direct = {
            one.key
            for one in every
            if one.key in keys or (one.key not in placed and words_of(one.name) in others)
        }
        return [one for one in every if self._is_in(one, direct, placed, inventory)]

    @staticmethod
    def _is_in(
        target: TargetRef,
        direct: set[Key],
        placed: set[Key],
        inventory: Inventory,
    ) -> bool:
        """Return whether the nearest of a target and what it runs in that has a place is in this one."""
        for one in (target, *inventory.parents(target)):
            if one.key in direct:
                return True
            if one.key in placed:
                return False
        return False


def place_target(place: HomePlace) -> TargetRef:
    """Return a place as a target."""
    return TargetRef(instance_id="", kind=AREA, id=place.name, name=place.name)


def stack_target(stack: Stack) -> TargetRef:
    """Return a stack as a place."""
    above = f"{stack.parent.kind}/{stack.parent.id}/" if stack.parent is not None else ""
    return TargetRef(instance_id=stack.instance_id, kind=AREA, id=f"{above}{stack.name}", name=stack.name)


def is_stack(place: TargetRef) -> bool:
    """Return whether a place is a stack, which is in an instance."""
    return place.kind == AREA and bool(place.instance_id)


def _in_stack(place: TargetRef, among: Iterable[TargetRef], inventory: Inventory) -> list[TargetRef]:
    """Return those of ``among`` that are in a stack, with the instances that run in it."""
    found = next((one for one in inventory.stacks() if stack_target(one).key == place.key), None)
    members = found.members if found is not None else ()
    return [
        one
        for one in among
        if one in members or (one.kind == INSTANCE and not set(members).isdisjoint(inventory.parents(one)))
    ]


def target_key(target: TargetKey) -> Key:
    """Return the key of a target, as that of TargetRef."""
    return target.instance_id, target.kind, target.id


_NOTHING: Final = GivenNames()


def nothing_given() -> GivenNames:
    """Return that nothing was named: always the same object, so that others see that nothing changed."""
    return _NOTHING


MOST_HOMES: Final = 4
"""Home Assistants whose places are kept, the last that reported."""

_PLACES: Final = "home_places"


class Places:
    """The places of each Home Assistant; ``given`` is another object after each change."""

    def __init__(self, store: Store) -> None:
        """``store`` keeps them for the time when Home Assistant is not connected."""
        self._store = store
        self._homes: dict[str, HomePlaces] = {}
        self._changing = asyncio.Lock()
        self.given = GivenNames()

    async def load(self) -> None:
        """Read what was stored; what is not understood is left out."""
        async with self._store.read() as connection:
            stored = await app_metadata.read_value(connection, _PLACES)
        self._homes = {one.home_id: one for one in _stored(stored)}
        self.given = self._given()

    async def report(self, places: HomePlaces) -> Nothing:
        """Replace the places of a Home Assistant."""
        async with self._changing:
            homes = {one: known for one, known in self._homes.items() if one != places.home_id}
            homes[places.home_id] = places
            for home in list(homes)[:-MOST_HOMES]:
                del homes[home]
            if homes != self._homes:
                async with self._store.change() as unit:
                    value = orjson.dumps([one.to_dict() for one in homes.values()]).decode()
                    await app_metadata.write_value(unit.connection, _PLACES, value)
                self._homes = homes
                self.given = self._given()
        return Nothing()

    def _given(self) -> GivenNames:
        names: dict[Key, tuple[str, ...]] = {}
        for one in (each for home in self._homes.values() for each in home.names):
            key = target_key(one.target)
            names[key] = (*names.get(key, ()), *one.names)
        return GivenNames(names, tuple(one for home in self._homes.values() for one in home.places))


def _stored(value: str | None) -> Iterator[HomePlaces]:
    """Yield the places in a stored value."""
    for one in orjson.loads(value) if value else ():
        with suppress(MalformedMessage):
            yield HomePlaces.from_plain(one)


type Words = tuple[str, ...]


class Aliases:
    """The names that are stored; ``given`` returns another object after each change."""

    def __init__(self, store: Store, places: Places) -> None:
        """``places`` has the names and places of Home Assistant."""
        self._store = store
        self._places = places
        self._merged: tuple[GivenNames, GivenNames] | None = None
        self.rows: tuple[Alias, ...] = ()

    async def load(self) -> None:
        """Read what was stored."""
        async with self._store.read() as connection:
            self._set(await stored.every(connection))

    def elsewhere(self) -> GivenNames:
        """Return the names and places of Home Assistant."""
        return self._places.given

    def given(self) -> GivenNames:
        """Return all names that people gave, here and in Home Assistant, and the places there."""
        elsewhere = self._places.given
        if self._merged is None or self._merged[0] is not elsewhere:
            self._merged = elsewhere, replace(elsewhere, names=_with_aliases(elsewhere, self.rows))
        return self._merged[1]

    async def add(self, unit: Unit, alias: Alias) -> None:
        """Store a name; it counts after the commit."""
        await stored.save(unit.connection, alias, " ".join(words_of(alias.name)))
        unit.on_commit(lambda: self._set((*self.rows, alias)))

    async def remove(self, unit: Unit, alias: Alias) -> None:
        """Delete a name; it does not count after the commit."""
        await stored.remove(unit.connection, alias.target, " ".join(words_of(alias.name)))
        unit.on_commit(lambda: self._set(one for one in self.rows if one != alias))

    def _set(self, rows: Iterable[Alias]) -> None:
        self.rows, self._merged = tuple(rows), None


def _with_aliases(elsewhere: GivenNames, rows: Iterable[Alias]) -> dict[Key, tuple[str, ...]]:
    names = dict(elsewhere.names)
    for one in rows:
        key = target_key(one.target)
        names[key] = (*names.get(key, ()), one.name)
    return names
