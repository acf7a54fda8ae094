"""Keeps the other names that people gave to targets, together with what Home Assistant calls them."""

from collections.abc import Callable, Iterable
from dataclasses import replace

from homelab_steward.contract.target_names import Alias

from ..store import aliases as stored
from ..store.store import Store, Unit
from .given_names import GivenNames, Key, target_key
from .words import words_of

type Words = tuple[str, ...]


class Aliases:
    """The names that are stored; ``given`` returns another object after each change."""

    def __init__(self, store: Store, elsewhere: Callable[[], GivenNames]) -> None:
        """``elsewhere`` returns the names and places of Home Assistant."""
        self._store = store
        self._elsewhere = elsewhere
        self._merged: tuple[GivenNames, GivenNames] | None = None
        self.rows: tuple[Alias, ...] = ()

    async def load(self) -> None:
        """Read what was stored."""
        async with self._store.read() as connection:
            self._set(await stored.every(connection))

    def elsewhere(self) -> GivenNames:
        """Return the names and places of Home Assistant."""
        return self._elsewhere()

    def given(self) -> GivenNames:
        """Return all names that people gave, here and in Home Assistant, and the places there."""
        elsewhere = self._elsewhere()
        if self._merged is None or self._merged[0] is not elsewhere:
            self._merged = elsewhere, replace(elsewhere, names=_merged(elsewhere, self.rows))
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


def _merged(elsewhere: GivenNames, rows: Iterable[Alias]) -> dict[Key, tuple[str, ...]]:
    names = dict(elsewhere.names)
    for one in rows:
        key = target_key(one.target)
        names[key] = (*names.get(key, ()), one.name)
    return names
