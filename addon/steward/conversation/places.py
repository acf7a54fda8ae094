"""Keeps the places of Home Assistant, and the names that people gave to devices there."""

import asyncio
from collections.abc import Iterator
from contextlib import suppress
from typing import Final

import orjson

from homelab_steward.contract.errors import MalformedMessage
from homelab_steward.contract.protocol import Nothing
from homelab_steward.contract.target_names import HomePlaces

from ..store import app_metadata
from ..store.store import Store
from .given_names import GivenNames, Key, target_key

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
