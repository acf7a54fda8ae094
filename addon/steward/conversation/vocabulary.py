"""What can be asked about now: the targets, and the names of their readings and kinds in the catalogue."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from homelab_steward.contract.catalogue import Catalogue, ServiceOffer

from ..texts import languages, texts_of
from .given_names import GivenNames
from .lexicon import Lexicon
from .named_targets import NamedTarget
from .names_first import spoken_names
from .readings import OR
from .said_text import Known
from .words import words_of

if TYPE_CHECKING:
    from .language_matcher import LanguageMatcher

SHORTEST_WORD: Final = 3
MOST_NAMES: Final = 12
"""Readings with the same word in their names, of which a question can mean one."""

_PLURALS = ("s", "e", "en", "n", "es")
"""Endings of several things, in all languages."""


class Vocabulary:
    """Keeps what can be asked about until there are other targets."""

    def __init__(self, catalogue: Catalogue, aliases: Mapping[str, str] | None = None) -> None:
        """``catalogue`` does not change; ``aliases`` are names of things by other names for them."""
        self._catalogue = catalogue
        self._aliases = aliases or {}
        self._known: Known | None = None
        self._lexicon: Lexicon | None = None

    def known(
        self, every: Sequence[NamedTarget], matchers: Sequence[LanguageMatcher], given: GivenNames
    ) -> Known:
        """Return what can be asked about ``every`` target, also by the aliases of the sentences."""
        if self._known is None or self._known.among != tuple(every) or self._known.given is not given:
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
