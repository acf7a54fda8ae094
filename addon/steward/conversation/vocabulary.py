"""What can be asked about now: the targets with unique labels, and the names of their readings and kinds."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from operator import is_not
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from homelab_steward.contract.catalogue import Catalogue, ServiceOffer
from homelab_steward.contract.state import Instance, TargetRef

from ..inventory.ports import Inventory
from ..language.part_texts import OR
from ..language.words import WORD, words_of
from ..texts import languages, texts_of
from .given_names import GivenNames
from .lexicon import Lexicon
from .mentions import NamedTarget
from .readings import Readings
from .said_text import Known, spoken_names

if TYPE_CHECKING:
    from ..language.language_matcher import LanguageMatcher

SHORTEST_WORD: Final = 3
MOST_NAMES: Final = 12
"""Readings with the same word in their names, of which a question can mean one."""

_PLURALS = ("s", "e", "en", "n", "es")
"""Endings of several things, in all languages."""


class Vocabulary:
    """Keeps what can be asked about until there are other targets."""

    def __init__(
        self,
        catalogue: Catalogue,
        readings: Readings,
        aliases: Mapping[str, str] | None = None,
    ) -> None:
        """``catalogue`` does not change; ``aliases`` are names of things by other names for them.

        ``readings`` have the inventory, and the names that people gave.
        """
        self._catalogue = catalogue
        self._names = TargetNames(readings.inventory)
        self._readings = readings
        self._aliases = aliases or {}
        self._known: Known | None = None
        self._lexicon: Lexicon | None = None

    def known(self, matchers: Sequence[LanguageMatcher]) -> Known:
        """Return what can be asked about every target, also by the aliases of the sentences."""
        every, given = self._names.every(), self._readings.given()
        if self._known is None or self._known.among is not every or self._known.given is not given:
            aliases = {said: str(name) for one in matchers for said, name in one.values("alias").items()}
            names = [one.target.name for one in every]
            aliases = {**spoken_names(names, matchers), **aliases, **self._aliases}
            nouns = {said: str(keys) for one in matchers for said, keys in one.values("service_noun").items()}
            self._known = replace(known_things(self._catalogue, every, aliases, given), service_nouns=nouns)
        return self._known

    def lexicon(self, known: Known, matchers: Sequence[LanguageMatcher]) -> Lexicon:
        """Return the names of what is known, and the words for states in all languages."""
        if self._lexicon is None or self._lexicon.names is not known.index:
            self._lexicon = Lexicon(known.index, matchers, known.readings, known.kinds)
        return self._lexicon


def known_things(
    catalogue: Catalogue,
    every: Sequence[NamedTarget],
    aliases: Mapping[str, str] | None = None,
    given: GivenNames | None = None,
) -> Known:
    """Return what can be asked about ``every`` target. ``aliases`` are names by other names."""
    here = {one.service for one in every}
    services = [one for one in catalogue.services if one.key in here]
    return Known(
        among=tuple(every),
        offers={one.key: one.actions for one in services},
        readings=_readings(services),
        reading_words=_reading_words(services, catalogue.services),
        kinds=_kinds(services),
        service_names={one.key: one.name for one in services},
        aliases=aliases or {},
        categories=_categories(catalogue, services),
        given=given or GivenNames(),
        programs=frozenset(one.name.casefold() for one in catalogue.services),
    )


def _readings(services: Sequence[ServiceOffer]) -> dict[str, str]:
    """Return the names of readings, in all languages, with the mark of an exact name."""
    names = {sensor.name for one in services for sensor in one.sensors}
    translated = [texts_of(one) for one in languages()]
    return {texts.name(name).casefold(): f"={name.casefold()}" for name in names for texts in translated}


def _reading_words(
    services: Sequence[ServiceOffer], every: Sequence[ServiceOffer]
) -> dict[str, dict[str, str]]:
    """Return by language the words that names of readings consist of, with the exact names of those readings.

    A word that occurs in many names says too little, and that of a program (of ``every`` service) is a name.
    """
    names = {sensor.name for one in services for sensor in one.sensors}
    programs = {word for one in every for word in words_of(one.name)}
    found: dict[str, dict[str, str]] = {}
    for language in languages():
        texts = texts_of(language)
        by_word: dict[str, set[str]] = defaultdict(set)
        for name in names:
            for word in words_of(texts.name(name)):
                by_word[word].add(name.casefold())
        found[language] = {
            word: f"={OR.join(sorted(many))}"
            for word, many in by_word.items()
            if len(word) >= SHORTEST_WORD
            and not word.isdecimal()
            and word not in programs
            and len(many) <= MOST_NAMES
        }
    return found


def _categories(catalogue: Catalogue, services: Sequence[ServiceOffer]) -> dict[str, frozenset[str]]:
    """Return the names of categories, in all languages, with the keys of their services."""
    return {
        " ".join(words_of(texts.name(one.name))): frozenset(
            service.key for service in services if service.category == one.key
        )
        for one in catalogue.categories
        for texts in map(texts_of, languages())
    }


def _kinds(services: Sequence[ServiceOffer]) -> dict[str, str]:
    """Return the names of kinds of things, in all languages, with their keys, separated by "|"."""
    found: dict[str, set[str]] = defaultdict(set)
    for service in services:
        for one in service.resources:
            for texts in map(texts_of, languages()):
                name = texts.name(one.name).casefold()
                found[name].add(one.kind)
                for ending in _PLURALS:
                    found[f"{name}{ending}"].add(one.kind)
    return {name: "|".join(sorted(kinds)) for name, kinds in found.items()}


SAYABLE: Final = re.compile(r"(?=.{1,40}\Z)[\w.:/()+@-]+(?: [\w.:/()+@-]+){0,3}")
"""A name of up to four words. Longer names could carry instructions to a model."""


def named_targets(inventory: Inventory) -> tuple[NamedTarget, ...]:
    """Return all targets, instances first. Labels are unique.

    Targets with the same name are named with the place where they are: Radarr on nas, Radarr on mini.
    """
    found = [*_instances(inventory), *_resources(inventory)]
    times = Counter(one.label.casefold() for one in found)
    placed = {
        one: _label_with_place(inventory, one.target) for one in found if times[one.label.casefold()] > 1
    }
    times.update(label.casefold() for label in placed.values())
    return tuple(_with_label(one, (one.label, placed.get(one, "")), times) for one in found)


class TargetNames:
    """All targets with their labels; they are read again when an instance or its readings changed."""

    def __init__(self, inventory: Inventory) -> None:
        """``inventory`` replaces what it knows about an instance by new objects."""
        self._inventory = inventory
        self._read: tuple[object, ...] | None = None
        self._targets: tuple[NamedTarget, ...] = ()

    def every(self) -> tuple[NamedTarget, ...]:
        """Return what ``named_targets`` returns."""
        instances = self._inventory.instances()
        read = (*instances, *(self._inventory.snapshot(one.id) for one in instances))
        before = self._read
        if before is None or len(before) != len(read) or any(map(is_not, before, read, strict=True)):
            self._read, found = read, named_targets(self._inventory)
            # The same tuple lets others see at once that nothing changed.
            self._targets = self._targets if self._targets == found else found
        return self._targets


def named_in(texts: Sequence[str], among: Iterable[NamedTarget]) -> tuple[NamedTarget, ...]:
    """Return the targets whose name or label occurs in one of the texts, as whole words.

    A label such as "Radarr on nas" does not mean the other targets named Radarr.
    """
    said = [f" {_words(text)} " for text in texts]

    def is_in(name: str) -> bool:
        words = _words(name)
        return bool(words) and any(f" {words} " in text for text in said)

    found = [one for one in among if is_in(one.target.name) or is_in(one.label)]
    exact = {one.target.name for one in found if one.label != one.target.name and is_in(one.label)}
    return tuple(one for one in found if one.target.name not in exact or is_in(one.label))


def occurs(name: str, text: str) -> bool:
    """Return whether a name or value occurs in a text, as whole words."""
    words = _words(name)
    return bool(words) and f" {words} " in f" {_words(text)} "


def related_targets(inventory: Inventory, named_target: NamedTarget) -> tuple[TargetRef, ...]:
    """Return a target, its parents, and the application that runs in it."""
    application = inventory.application(named_target.target)
    return (
        named_target.target,
        *inventory.parents(named_target.target),
        *((application,) if application else ()),
    )


def by_label(among: Iterable[NamedTarget]) -> Mapping[str, NamedTarget]:
    """Return the targets by their labels."""
    return {one.label: one for one in among}


def _instances(inventory: Inventory) -> Iterable[NamedTarget]:
    for instance in inventory.instances():
        target = inventory.target(instance.id)
        if target is not None:
            yield NamedTarget(target.name, target, instance.service)


def _resources(inventory: Inventory) -> Iterable[NamedTarget]:
    for instance in inventory.instances():
        snapshot = inventory.snapshot(instance.id)
        for resource in snapshot.resources if snapshot else ():
            target = inventory.target(instance.id, resource.kind, resource.id)
            if target is not None:
                yield NamedTarget(target.name, target, instance.service)


def _with_label(one: NamedTarget, labels: Iterable[str], times: Mapping[str, int]) -> NamedTarget:
    """Return the target with the first label that is unique and short; else with its kind and id."""
    found = (label for label in labels if times[label.casefold()] == 1 and SAYABLE.fullmatch(label))
    return NamedTarget(next(found, f"{one.target.kind} {one.target.id}"), one.target, one.service)


def _label_with_place(inventory: Inventory, target: TargetRef) -> str:
    """Return the name and where the target is: what it runs in, or the host of its address.

    Empty when that is not known.
    """
    parents = (one.name for one in inventory.parents(target) if one.name != target.name)
    instance = inventory.instance(target.instance_id)
    place = next(parents, None) or (_host(instance) if instance else "")
    return f"{target.name} on {place}" if place else ""


def _host(instance: Instance) -> str:
    """Return the host in the address of an instance, without its domain."""
    texts = (value for value in instance.settings.values() if isinstance(value, str) and "://" in value)
    host = next(filter(None, (urlsplit(one).hostname for one in texts)), "")
    return host if host.replace(".", "").isdigit() else host.partition(".")[0]


@lru_cache(maxsize=4096)
def _words(text: str) -> str:
    """Return the words of a text; cached, because a text is compared with every name."""
    return " ".join(WORD.findall(text.casefold()))
