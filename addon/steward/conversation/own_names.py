"""What people call targets, and where targets are: names of the owner, and areas of Home Assistant."""

import asyncio
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Final

import orjson

from homelab_steward.contract.errors import ContractError, ErrorCode, MalformedMessage
from homelab_steward.contract.protocol import Nothing
from homelab_steward.contract.target_names import (
    HomePlaces,
    SaveTargetNames,
    TargetKey,
    TargetNames,
    TargetNamesList,
)

from ..agent.speakers import Authors
from ..inventory.ports import INSTANCE, Inventory
from ..store import app_metadata
from ..store.store import Store
from ..texts import translate
from .given_names import GivenNames, target_key
from .mentions import LONGEST_NAME, NameIndex
from .named_targets import SAYABLE, named_targets
from .said_text import Known, known_lists
from .sentences import Sentences
from .words import words_of

MOST_NAMES: Final = 8
MOST_TARGETS: Final = 2_000
MOST_HOMES: Final = 4

_NAMES: Final = "target_names"
_PLACES: Final = "home_places"


class OwnNames:
    """Keeps the names and places in the store; ``given`` is another object after each change."""

    def __init__(self, store: Store, inventory: Inventory, authors: Authors, sentences: Sentences) -> None:
        """Only ``authors`` may save names; a word of the ``sentences`` is no name."""
        self._store = store
        self._inventory = inventory
        self._authors = authors
        self._sentences = sentences
        self._own: dict[TargetKey, tuple[str, ...]] = {}
        self._homes: dict[str, HomePlaces] = {}
        self._changing = asyncio.Lock()
        self.given = GivenNames()

    async def load(self) -> None:
        """Read what was stored; what is not understood is left out."""
        async with self._store.read() as connection:
            names = await app_metadata.read_value(connection, _NAMES)
            places = await app_metadata.read_value(connection, _PLACES)
        self._own = {one.target: one.names for one in _stored(TargetNames, names)}
        self._homes = {one.home_id: one for one in _stored(HomePlaces, places)}
        self.given = self._given()

    async def list(self, _: Nothing) -> TargetNamesList:
        """Return the names that the owner gave to targets."""
        return TargetNamesList(
            targets=tuple(TargetNames(target=target, names=names) for target, names in self._own.items())
        )

    async def save(self, request: SaveTargetNames) -> TargetNames:
        """Replace the names of a target. Raises ContractError for a name that cannot be used."""
        target = request.target
        body = {"instance": target.instance_id[:100], "kind": target.kind[:100]}
        await self._authors.require(request.speaker, "names.refused", body, person_only=True)
        kind = None if target.kind == INSTANCE else target.kind
        if self._inventory.target(target.instance_id, kind, target.id if kind else None) is None:
            raise ContractError(ErrorCode.NOT_FOUND, translate("This thing is not known."))
        async with self._changing:
            names = await self._checked(target, request.names)
            own = {**self._own, target: names} if names else {**self._own}
            if not names:
                own.pop(target, None)
            if len(own) > MOST_TARGETS:
                raise ContractError(ErrorCode.TOO_MANY, translate("There are too many names."))
            await self._write(_NAMES, [TargetNames(target=key, names=many) for key, many in own.items()])
            self._own, self.given = own, self._given(own)
        return TargetNames(target=target, names=names)

    async def set_places(self, places: HomePlaces) -> Nothing:
        """Replace the places of a Home Assistant."""
        async with self._changing:
            homes = {**self._homes, places.home_id: places}
            for home in list(homes)[:-MOST_HOMES]:
                del homes[home]
            if homes != self._homes:
                await self._write(_PLACES, homes.values())
                self._homes = homes
                self.given = self._given()
        return Nothing()

    async def _write(self, key: str, rows: Iterable[TargetNames | HomePlaces]) -> None:
        async with self._store.change() as unit:
            value = orjson.dumps([one.to_dict() for one in rows]).decode()
            await app_metadata.write_value(unit.connection, key, value)

    def _given(self, own: Mapping[TargetKey, tuple[str, ...]] | None = None) -> GivenNames:
        names: dict[tuple[str, str, str], tuple[str, ...]] = {}
        of_homes = ((one.target, one.names) for home in self._homes.values() for one in home.names)
        for target, many in (*of_homes, *(self._own if own is None else own).items()):
            names[target_key(target)] = (*names.get(target_key(target), ()), *many)
        return GivenNames(names, tuple(one for home in self._homes.values() for one in home.places))

    async def _checked(self, target: TargetKey, names: Sequence[str]) -> tuple[str, ...]:
        """Return names as they are stored. Raises ContractError for one that means something else."""
        cleaned = tuple(dict.fromkeys(" ".join(one.split()) for one in names))
        if len(cleaned) > MOST_NAMES:
            raise _refused(translate(t"A thing has at most {MOST_NAMES} names."))
        if not cleaned:
            return ()
        await self._sentences.load()
        taken = self._taken(target)
        common = self._common_words()
        for name in cleaned:
            words = words_of(name)
            if (
                not words
                or len(words) > LONGEST_NAME
                or not SAYABLE.fullmatch(name)
                or not any(map(str.isalpha, name))
            ):
                raise _refused(translate(t"“{name}” is no name: use one to four words with letters."))
            if words in common:
                raise _refused(translate(t"“{name}” is a word of questions and requests. Use another name."))
            if words in taken:
                other = taken[words]
                raise _refused(translate(t"“{name}” is already the name of {other}."))
        return cleaned

    def _taken(self, target: TargetKey) -> Mapping[tuple[str, ...], str]:
        """Return the words of the names of all other targets and places, with what they name."""
        every = named_targets(self._inventory)
        index = NameIndex(every)
        found = {
            words: other.label
            for words in index.phrases
            for other in index.exact(words)
            if other.target.key != target_key(target)
        }
        labels = {one.target.key: one.label for one in every}
        for key, names in self.given.names.items():
            if key != target_key(target):
                found |= {words_of(one): labels.get(key, one) for one in names}
        for place in self.given.places:
            found |= {words_of(one): place.name for one in (place.name, *place.aliases)}
        return found

    def _common_words(self) -> frozenset[tuple[str, ...]]:
        """Return what has a meaning of its own in the sentences of any language."""
        bare = known_lists(Known(among=()))
        found: set[tuple[str, ...]] = set()
        for matcher in self._sentences.of(""):
            found |= set(matcher.part_texts(bare))
            for rule in ("not_name", "filler", "verb_word", "noun"):
                found |= {words_of(one) for one in matcher.phrases(rule)}
            for name in ("pronoun", "kind_word", "time_word"):
                found |= {words_of(one) for one in matcher.values(name)}
        return frozenset(found)


def _refused(text: str) -> ContractError:
    return ContractError(ErrorCode.INVALID_ARGUMENT, text)


def _stored[Row: (TargetNames, HomePlaces)](kind: type[Row], value: str | None) -> Iterator[Row]:
    """Yield the rows of a stored value."""
    for one in orjson.loads(value) if value else ():
        with suppress(MalformedMessage):
            yield kind.from_plain(one)
