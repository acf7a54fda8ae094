"""What can be asked about now: the targets, and the names of their readings and kinds."""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Final, Self

from homelab_steward.contract.catalogue import Catalogue, ServiceOffer
from homelab_steward.contract.protocol import Event, RowKind

from ..inventory.stacks import Stack
from ..language.part_texts import OR
from ..language.sentences import Sentences, keep_what_is_loaded
from ..language.words import plain, words_of
from ..store.changes import Changes, Lost
from ..texts import ENGLISH, household, languages, texts_of
from .given_names import GivenNames
from .lexicon import Lexicon
from .mentions import NamedTarget
from .named_targets import TargetNames
from .readings import Readings
from .recognition import likely_languages
from .said_text import Known, known_lists, spoken_names
from .several_sentences import recognise_all

if TYPE_CHECKING:
    from ..language.language_matcher import LanguageMatcher

SHORTEST_WORD: Final = 3
MOST_NAMES: Final = 12
"""Readings with the same word in their names, of which a question can mean one."""

_PLURALS = ("s", "e", "en", "n", "es")
"""Endings of several things, in all languages."""


type Matchers = Sequence[LanguageMatcher]


class Vocabulary:
    """What can be asked about, prepared in threads: after the start, and when there are other targets."""

    def __init__(
        self, catalogue: Catalogue, readings: Readings, sentences: Sentences, *, has_model: bool = False
    ) -> None:
        """``catalogue`` does not change. ``readings`` have the inventory, and the names that people gave.

        With ``has_model`` the words of answers are prepared too.
        """
        self._names = TargetNames(readings.inventory)
        self._readings = readings
        self._sentences = sentences
        self._things = _Things(catalogue)
        self._has_model = has_model
        self._known: Known | None = None
        self._used: set[str] = set()
        """The languages whose indexes are made."""
        self._lexicon: Lexicon | None = None
        self._preparing = asyncio.Lock()
        self._task: asyncio.Task[None] | None = None

    def start(self, changes: Changes, due: Callable[[], Awaitable[None]]) -> Self:
        """Prepare when ``due`` returns, and after each change of the targets, until closed.

        Returns itself.
        """
        self._task = asyncio.create_task(self._keep_prepared(changes, due), name="vocabulary")
        return self

    async def close(self) -> None:
        """Stop preparing; a step that is under way in a thread takes less than a second."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _keep_prepared(self, changes: Changes, due: Callable[[], Awaitable[None]]) -> None:
        with changes.watch(RowKind.INSTANCE, RowKind.SNAPSHOT) as watch:
            await due()
            await self.known()
            keep_what_is_loaded()
            listed: dict[str, object] = {}
            async for event in watch:
                names = None if isinstance(event, Lost) else _names_in(event)
                if isinstance(event, Lost) or listed.get(event.id, ()) != names:
                    await self.known()
                if not isinstance(event, Lost):
                    listed[event.id] = names

    async def known(self, language: str | None = None, text: str = "") -> tuple[Known, Matchers]:
        """Return what can be asked about, with the matchers that read a text, that of its language first.

        ``language`` is a BCP 47 tag, None for the household's.
        """
        async with self._preparing:
            await self._sentences.load()
            every, given = self._names.every(), self._readings.given()
            stacks = self._readings.inventory.stacks()
            own = self._sentences.of(household().language)
            matchers = own if language is None else self._sentences.of(language)
            seen = self._known
            is_same = seen is not None and seen.among is every and seen.given is given
            if self._known is None or not is_same or self._known.stacks != stacks:
                aliases = self._sentences.aliases
                known = await asyncio.to_thread(self._things.known, every, given, aliases, own, stacks)
                await asyncio.to_thread(_read_words, known, own)
                # Others are prepared when they are used: each takes some MiB.
                self._used = {own[0].language, ENGLISH}
                await self._use(known, [one for one in own if one.language in self._used])
                self._known = known
            likely = likely_languages(plain(text), matchers)
            missing = [one for one in likely if one.language not in self._used]
            if missing:
                await self._use(self._known, missing)
                self._used.update(one.language for one in missing)
            return self._known, matchers

    async def _use(self, known: Known, matchers: Matchers) -> None:
        """Use each language once in a thread, which makes its indexes."""
        for one in matchers:
            await asyncio.to_thread(_use_once, known, one)
        if self._has_model:
            every = self._sentences.of(household().language)
            self._lexicon = await asyncio.to_thread(_used_lexicon, known, every, self._lexicon)

    def lexicon(self, known: Known) -> Lexicon:
        """Return the names of what is known, and the words for states in all languages."""
        if self._lexicon is None or self._lexicon.names is not known.index:
            matchers = self._sentences.of(household().language)
            self._lexicon = _used_lexicon(known, matchers, self._lexicon)
        return self._lexicon


class _Things:
    """Makes what is known; what depends on the kinds of services only stays the same object."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._of_services: tuple[frozenset[str], Known] | None = None

    def known(
        self,
        every: tuple[NamedTarget, ...],
        given: GivenNames,
        configured: Mapping[str, str],
        matchers: Sequence[LanguageMatcher],
        stacks: tuple[Stack, ...],
    ) -> Known:
        """Return what can be asked about ``every`` target. ``configured`` are names by other names."""
        here = frozenset(one.service for one in every)
        if self._of_services is None or self._of_services[0] != here:
            self._of_services = here, _known_of_services(self._catalogue, here)
        aliases = {said: str(name) for one in matchers for said, name in one.values("alias").items()}
        names = [one.target.name for one in every]
        known = replace(
            self._of_services[1],
            among=every,
            given=given,
            aliases={**spoken_names(names, matchers), **aliases, **configured},
            service_nouns={
                said: str(keys) for one in matchers for said, keys in one.values("service_noun").items()
            },
            stacks=stacks,
            stack_nouns=frozenset(said for one in matchers for said in one.values("stack_noun")),
        )
        _ = known.index  # made here, in a thread
        return known


def _read_words(known: Known, matchers: Matchers) -> None:
    """Make what every text is compared with in every language."""
    for one in matchers:
        one.spelling(known_lists(known))


def _use_once(known: Known, matcher: LanguageMatcher) -> None:
    """Recognise texts that nothing explains, which makes every index of a language."""
    name = next((one.target.name for one in known.among), "")
    for text in _TEXTS:
        recognise_all(text.format(name=name), (), known, [matcher])


_TEXTS: Final = ("{name} qwrtz", "qwrtz {name}", "qwrtz qwrtz. 7 {name}, qwrtz")


def _used_lexicon(known: Known, matchers: Sequence[LanguageMatcher], kept: Lexicon | None) -> Lexicon:
    """Return the words of answers, whose indexes were made."""
    is_same = kept is not None and kept.is_about(known.readings, known.kinds)
    if kept is None or not is_same:
        kept = Lexicon(known.index, matchers, known.readings, known.kinds)
    lexicon = kept.with_names(known.index)
    lexicon.prepare()
    return lexicon


def _names_in(event: Event) -> object:
    """Return what an event says about which targets there are, and how they are called."""
    if event.instance is not None:
        return event.instance.name
    if event.snapshot is not None:
        return tuple((one.kind, one.id, one.name) for one in event.snapshot.resources)
    return None


def known_things(
    catalogue: Catalogue,
    every: Sequence[NamedTarget],
    aliases: Mapping[str, str] | None = None,
    given: GivenNames | None = None,
) -> Known:
    """Return what can be asked about ``every`` target. ``aliases`` are names by other names."""
    of_services = _known_of_services(catalogue, {one.service for one in every})
    return replace(of_services, among=tuple(every), aliases=aliases or {}, given=given or GivenNames())


def _known_of_services(catalogue: Catalogue, here: Collection[str]) -> Known:
    """Return what can be asked about any target of some services."""
    services = [one for one in catalogue.services if one.key in here]
    return Known(
        among=(),
        offers={one.key: one.actions for one in services},
        readings=_readings(services),
        reading_words=_reading_words(services, catalogue.services),
        kinds=_kinds(services),
        service_names={one.key: one.name for one in services},
        categories=_categories(catalogue, services),
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
