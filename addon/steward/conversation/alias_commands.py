"""Takes from owners what else targets are called, and lists these names."""

import asyncio
import unicodedata
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from homelab_steward.contract.errors import ContractError, ErrorCode
from homelab_steward.contract.plain_text import one_line
from homelab_steward.contract.state import FrontEnd, Person, Role, Speaker
from homelab_steward.contract.target_names import (
    Alias,
    AliasOrigin,
    AliasQuery,
    ChangeAlias,
    TargetKey,
)
from homelab_steward.contract.target_names import Aliases as Listed

from ..clock import Clock
from ..language.said_times import without_time
from ..language.words import words_of
from ..settings.checks import LONGEST_NAME, MOST_WORDS
from ..store import audit
from ..store.storable_text import storable
from ..store.store import Store
from ..texts import translate
from .given_names import AREA, Aliases, target_key
from .meanings import OpenText
from .mentions import NamedTarget
from .recognition import recognise
from .said_conditions import has_condition
from .said_text import Known, known_lists

if TYPE_CHECKING:
    from ..language.language_matcher import LanguageMatcher

MOST_NAMES: Final = 10
"""Other names of one target that people may add."""

FEWEST_LETTERS: Final = 2

LONGEST_STORED: Final = 255
"""Characters of what a stranger sent that the audit log contains."""


@dataclass(frozen=True, slots=True)
class Understood:
    """What a conversation understands now: the targets with their names, and the sentences.

    ``configured`` are the names of things by the other names in the settings.
    """

    known: Known
    matchers: Sequence[LanguageMatcher]
    configured: Mapping[str, str]


class AliasCommands:
    """Adds, removes and lists other names. They count from the next question on."""

    def __init__(
        self,
        aliases: Aliases,
        store: Store,
        person: Callable[[Speaker], Person | None],
        clock: Clock,
        understood: Callable[[], Awaitable[Understood]],
    ) -> None:
        """``person`` returns who speaks, ``understood`` what a conversation understands now."""
        self._aliases = aliases
        self._store = store
        self._person = person
        self._clock = clock
        self._understood = understood
        self._changing = asyncio.Lock()

    async def list(self, query: AliasQuery) -> Listed:
        """Handle ``aliases.list``."""
        understood = await self._understood()
        named = {one.target.key: one for one in understood.known.among}
        found = [*self._own(named), *_from_settings(understood), *self._from_home(named)]
        wanted = (one for one in found if query.instance_id in (None, one.target.instance_id))
        return Listed(aliases=tuple(sorted(wanted, key=_order)))

    async def add(self, request: ChangeAlias) -> Listed:
        """Handle ``aliases.add``.

        Raises ContractError: FORBIDDEN, which is audited, NOT_FOUND, and INVALID_ARGUMENT for a name
        that cannot be used.
        """
        person = await self._owner(request, "add")
        name = _checked(request.name)
        async with self._changing:
            understood = await self._understood()
            key = target_key(request.target)
            target = next((one for one in understood.known.among if one.target.key == key), None)
            if target is None:
                raise ContractError(
                    ErrorCode.NOT_FOUND, translate(t"There is no such target in this instance.")
                )
            self._refuse_known(name, target, understood.known)
            _refuse_understood(name, understood)
            alias = Alias(
                target=request.target,
                target_name=target.target.name,
                name=name,
                origin=AliasOrigin.PERSON,
                added_by=person.name,
                added_at=self._clock.now(),
            )
            async with self._store.change(durable=True) as unit:
                await self._aliases.add(unit, alias)
                body = _audited(alias.target, name, request.speaker, person)
                await audit.append(unit.connection, self._clock.now(), "alias.added", body)
        return await self.list(AliasQuery(instance_id=request.target.instance_id))

    async def remove(self, request: ChangeAlias) -> Listed:
        """Handle ``aliases.remove``. Raises ContractError FORBIDDEN and NOT_FOUND."""
        person = await self._owner(request, "remove")
        async with self._changing:
            words = words_of(request.name)
            rows = (one for one in self._aliases.rows if one.target == request.target)
            alias = next((one for one in rows if words_of(one.name) == words), None)
            if alias is None:
                raise ContractError(ErrorCode.NOT_FOUND, translate(t"Nobody added this name."))
            async with self._store.change(durable=True) as unit:
                await self._aliases.remove(unit, alias)
                body = _audited(alias.target, alias.name, request.speaker, person)
                await audit.append(unit.connection, self._clock.now(), "alias.removed", body)
        return await self.list(AliasQuery(instance_id=request.target.instance_id))

    def _own(self, named: Mapping[tuple[str, str, str], NamedTarget]) -> Iterator[Alias]:
        """Yield the names that people added."""
        for one in self._aliases.rows:
            target = named.get(target_key(one.target))
            name = target.target.name if target else one.target_name
            yield replace(one, target_name=name, gone=target is None)

    def _from_home(self, named: Mapping[tuple[str, str, str], NamedTarget]) -> Iterator[Alias]:
        for key, names in self._aliases.elsewhere().names.items():
            target = named.get(key)
            for name in dict.fromkeys(names) if target else ():
                if target is not None and words_of(name) != words_of(target.target.name):
                    yield _alias(target, name, AliasOrigin.HOME_ASSISTANT)

    def _refuse_known(self, name: str, target: NamedTarget, known: Known) -> None:
        """Raise ContractError if something is called so already, or the target has enough names."""
        rows = self._aliases.rows
        if sum(target_key(one.target) == target.target.key for one in rows) >= MOST_NAMES:
            raise _invalid(translate(t"It has {MOST_NAMES} other names already. Remove one first."))
        same = (one for one in rows if words_of(one.name) == words_of(name))
        stored = next((one for one in same if target_key(one.target) != target.target.key), None)
        found = [one for one in known.index.named(name) if one.target.key != target.target.key]
        if stored is not None or found:
            other = found[0].label if found else stored.target_name if stored else ""
            raise _invalid(translate(t"“{name}” means {other} already."))
        if known.index.named(name):
            raise _invalid(translate(t"It is called “{name}” already."))

    async def _owner(self, request: ChangeAlias, change: str) -> Person:
        """Return the owner who speaks. Raises ContractError FORBIDDEN, which is audited.

        Clients of MCP may not: a name says what a request is about.
        """
        speaker = request.speaker
        person = self._person(speaker)
        if person is not None and person.role is Role.OWNER and speaker.front_end is not FrontEnd.MCP:
            return person
        user = storable(speaker.user_id, LONGEST_STORED)
        body = {
            "change": change,
            "instance": storable(request.target.instance_id, LONGEST_STORED),
            "kind": storable(request.target.kind, LONGEST_STORED),
            "target": storable(request.target.id, LONGEST_STORED),
            "name": storable(request.name, LONGEST_STORED),
            "via": speaker.front_end,
            "user": user,
        }
        await self._store.refused(self._clock.now(), "alias.refused", f"{speaker.front_end} {user}", body)
        raise ContractError(ErrorCode.FORBIDDEN, translate(t"Only owners may change what things are called."))


def _from_settings(understood: Understood) -> Iterator[Alias]:
    for said, name in understood.configured.items():
        for one in understood.known.index.named(name):
            if one.target.kind != AREA:
                yield _alias(one, said, AliasOrigin.SETTINGS)


def _checked(text: str) -> str:
    """Return a name as it is stored. Raises ContractError INVALID_ARGUMENT."""
    name = unicodedata.normalize("NFC", " ".join(text.split()))
    if one_line(name) != name:
        raise _invalid(translate(t"A name cannot have hidden characters."))
    words = words_of(name)
    if not 0 < len(name) <= LONGEST_NAME or not 0 < len(words) <= MOST_WORDS:
        raise _invalid(
            translate(t"A name has one to {MOST_WORDS} words and at most {LONGEST_NAME} characters.")
        )
    if sum(map(str.isalpha, name)) < FEWEST_LETTERS:
        raise _invalid(translate(t"A name needs at least {FEWEST_LETTERS} letters."))
    return name


def _refuse_understood(name: str, understood: Understood) -> None:
    """Raise ContractError if a name says something else, such as "everything" or "all containers".

    A noun such as "NAS" may be a name where it means nothing else. A name with a time or with the beginning
    of a condition would hide that from a request: "Restart it at 5 o'clock".
    """
    known, matchers = understood.known, understood.matchers
    if any(without_time(name, name, one) or has_condition(name, one) for one in matchers):
        raise _invalid(translate(t"“{name}” contains a time or a condition. Use other words."))
    nouns = {noun.casefold() for noun in known.service_nouns}
    if name.casefold() in nouns or not any(one.can_say(name, known_lists(known)) for one in matchers):
        return
    is_word = len(words_of(name)) == 1
    if is_word or not isinstance(recognise(name, (), known, matchers), OpenText):
        raise _invalid(translate(t"“{name}” has a meaning in questions already. Add a word to it."))


def _invalid(reason: str) -> ContractError:
    return ContractError(ErrorCode.INVALID_ARGUMENT, reason, {"key": "name", "reason": reason})


def _alias(one: NamedTarget, name: str, origin: AliasOrigin) -> Alias:
    key = TargetKey(instance_id=one.target.instance_id, kind=one.target.kind, id=one.target.id)
    return Alias(target=key, target_name=one.target.name, name=name, origin=origin)


def _audited(target: TargetKey, name: str, speaker: Speaker, person: Person) -> dict[str, object]:
    return {
        "instance": target.instance_id,
        "kind": target.kind,
        "target": target.id,
        "name": name,
        "person": person.id,
        "via": speaker.front_end,
    }


def _order(one: Alias) -> tuple[object, ...]:
    return (*target_key(one.target), one.name.casefold())
