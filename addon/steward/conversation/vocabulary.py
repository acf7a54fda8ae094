"""What can be asked about now: the targets, and the names of their readings and kinds in the catalogue."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from homelab_steward.contract.catalogue import Catalogue, ServiceOffer

from ..texts import languages, texts_of
from .lexicon import Lexicon
from .named_targets import NamedTarget
from .said_text import Known
from .words import words_of

if TYPE_CHECKING:
    from .language_matcher import LanguageMatcher

_PLURALS = ("s", "e", "en", "n", "es")
"""Endings of several things, in all languages."""


class Vocabulary:
    """Keeps what can be asked about until there are other targets."""

    def __init__(self, catalogue: Catalogue) -> None:
        """``catalogue`` does not change."""
        self._catalogue = catalogue
        self._known: Known | None = None
        self._lexicon: Lexicon | None = None

    def known(self, every: Sequence[NamedTarget], matchers: Sequence[LanguageMatcher]) -> Known:
        """Return what can be asked about ``every`` target, also by the aliases of the sentences."""
        if self._known is None or self._known.among != tuple(every):
            aliases = {said: str(name) for one in matchers for said, name in one.values("alias").items()}
            self._known = known_things(self._catalogue, every, aliases)
        return self._known

    def lexicon(self, known: Known, matchers: Sequence[LanguageMatcher]) -> Lexicon:
        """Return the names of what is known, and the words for states in all languages."""
        if self._lexicon is None or self._lexicon.names is not known.index:
            self._lexicon = Lexicon(known.index, matchers, known.readings, known.kinds)
        return self._lexicon


def known_things(
    catalogue: Catalogue, every: Sequence[NamedTarget], aliases: Mapping[str, str] | None = None
) -> Known:
    """Return what can be asked about ``every`` target. ``aliases`` are names by other names."""
    here = {one.service for one in every}
    services = [one for one in catalogue.services if one.key in here]
    return Known(
        among=tuple(every),
        offers={one.key: one.actions for one in services},
        readings=_readings(services),
        kinds=_kinds(services),
        service_names={one.key: one.name for one in services},
        aliases=aliases or {},
        categories=_categories(catalogue, services),
    )


def _readings(services: Sequence[ServiceOffer]) -> dict[str, str]:
    """Return the names of readings, in all languages, with the mark of an exact name."""
    names = {sensor.name for one in services for sensor in one.sensors}
    translated = [texts_of(one) for one in languages()]
    return {texts.name(name).casefold(): f"={name.casefold()}" for name in names for texts in translated}


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
