"""Names that people gave to targets, and the places where targets are."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from homelab_steward.contract.state import TargetRef
from homelab_steward.contract.target_names import HomePlace, TargetKey

from ..inventory.ports import Inventory
from .words import words_of

AREA: Final = "area"
"""The kind of a place of Home Assistant that is used like a target."""

type Key = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class GivenNames:
    """The names that people gave, by the key of the target; places are targets of kind ``area``."""

    names: Mapping[Key, tuple[str, ...]] = field(default_factory=dict)
    places: tuple[HomePlace, ...] = ()

    def inside(self, place: TargetRef, among: Iterable[TargetRef], inventory: Inventory) -> list[TargetRef]:
        """Return those of ``among`` that are in a place, also by what they run in."""
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


def target_key(target: TargetKey) -> Key:
    """Return the key of a target, as that of TargetRef."""
    return target.instance_id, target.kind, target.id


_NOTHING: Final = GivenNames()


def nothing_given() -> GivenNames:
    """Return that nothing was named: always the same object, so that others see that nothing changed."""
    return _NOTHING
