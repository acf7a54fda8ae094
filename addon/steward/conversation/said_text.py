"""Reads a text: the names in it, also spelled, by number, or before a comma, and the places."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from homelab_steward.contract.state import TargetRef

from ..inventory.stacks import Stack
from ..language.text_parts import mark
from ..language.words import WORD, words_of
from .given_names import GivenNames
from .meanings import Offers
from .mentions import Mention, NamedTarget, NameIndex
from .request_verbs import is_switching

if TYPE_CHECKING:
    from ..language.language_matcher import LanguageMatcher, Lists

PRONOUN: Final = -1
"""The number of a pronoun in place of a mention."""

LONGEST: Final = 300
"""Characters of a text that is recognised. Longer texts are for a model."""


@dataclass(frozen=True, kw_only=True)
class Known:
    """What can be asked about: all targets, their actions, the names of readings and of kinds of things.

    ``aliases`` are other names of targets, with the name that they stand for, ``categories`` the keys of the
    services by the name of their category, ``reading_words`` the words of names of readings by language,
    ``given`` the names that people gave, and places, ``programs`` the names of all services. A stack is named
    with one of the ``stack_nouns``.
    """

    among: tuple[NamedTarget, ...]
    offers: Offers = field(default_factory=dict)
    readings: Mapping[str, str] = field(default_factory=dict)
    reading_words: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    kinds: Mapping[str, str] = field(default_factory=dict)
    service_names: Mapping[str, str] = field(default_factory=dict)
    service_nouns: Mapping[str, str] = field(default_factory=dict)
    aliases: Mapping[str, str] = field(default_factory=dict)
    categories: Mapping[str, frozenset[str]] = field(default_factory=dict)
    given: GivenNames = field(default_factory=GivenNames)
    programs: frozenset[str] = frozenset()
    stacks: tuple[Stack, ...] = ()
    stack_nouns: frozenset[str] = frozenset()

    @cached_property
    def index(self) -> NameIndex:
        """The names of the targets."""
        index = NameIndex(self.among, self.service_names, self.aliases, self.given)
        index.add_nouns(self.among, self.service_nouns)
        index.add_stacks(self.stacks, self.stack_nouns, self.among)
        return index

    @cached_property
    def verbs(self) -> tuple[str, ...]:
        """The first words of the keys of all actions."""
        return tuple({one.key.partition("_")[0] for many in self.offers.values() for one in many})


@dataclass(frozen=True, slots=True, kw_only=True)
class SaidText:
    """A text with the names in it, and the target that was named before it.

    ``joining`` are the words between the names of several things.
    """

    text: str
    mentions: tuple[Mention, ...]
    last: Mention | None
    known: Known
    lists: Lists
    bare: Lists
    no_names: frozenset[str]
    pronouns: Mapping[str, int]
    joining: frozenset[str]


def known_lists(known: Known, names: Mapping[str, int] | None = None) -> Lists:
    """Return what a text may contain now, with ``names`` in place of mentions."""
    from ..language.language_matcher import Lists  # noqa: PLC0415 - hassil is not loaded at the start

    return Lists(
        names=names or {},
        readings=known.readings,
        words=known.reading_words,
        kinds=known.kinds,
        verbs=known.verbs,
    )


def read_text(text: str, last: Mention | None, known: Known, matchers: Sequence[LanguageMatcher]) -> SaidText:
    """Return a text with the names in it; ``last`` was named before, ``matchers`` begin with the person's."""
    bare = known_lists(known)
    mentions = tuple(one for one in known.index.find(text) if not _is_adjective(text, one, bare, matchers[0]))
    if mentions and _is_verb(text, mentions[0], known, matchers[0]):
        mentions = mentions[1:]
    following = (*mentions[1:], None)
    mentions = tuple(
        one for one, two in zip(mentions, following, strict=bool(mentions)) if not _is_label(text, one, two)
    )
    pronouns, no_names = _of_languages(tuple(matchers))
    names = {mark(number): number for number in range(len(mentions))} or pronouns
    lists = known_lists(known, names)
    return SaidText(
        text=text,
        mentions=mentions,
        last=last,
        known=known,
        lists=lists,
        bare=bare,
        no_names=no_names,
        pronouns=pronouns,
        joining=frozenset(matchers[0].values("conjunction")),
    )


@lru_cache(maxsize=32)
def _of_languages(matchers: tuple[LanguageMatcher, ...]) -> tuple[Mapping[str, int], frozenset[str]]:
    """Return the pronouns of languages, and the words that are no names."""
    pronouns = {said: PRONOUN for one in matchers for said in one.values("pronoun")}
    return pronouns, frozenset[str]().union(*(one.phrases("not_name") for one in matchers))


def _is_label(text: str, mention: Mention, following: Mention | None) -> bool:
    """Return whether a noun for an instance only says where the next name is: "the hypervisor pve1"."""
    if following is None or mention.targets[0].scope is not None:
        return False
    inside = {one.target.instance_id for one in following.targets if one.scope is not None}
    is_next = not text[mention.end : following.start].strip()
    return is_next and mention.targets[0].target.instance_id in inside


def _is_verb(text: str, mention: Mention, known: Known, matcher: LanguageMatcher) -> bool:
    """Return whether a name is the verb of a request where it is: "switch it off" names no Switch."""
    rest = text[mention.start :]
    is_first = not text[matcher.prefix("polite", text) : mention.start].strip()
    return is_first and is_switching(rest, known.offers, matcher)


def _is_adjective(text: str, mention: Mention, bare: Lists, matcher: LanguageMatcher) -> bool:
    """Return whether a name is an adjective where it is: "how fast", also if something is named Fast."""
    before = words_of(text[: mention.start])[-1:]
    if not before or before[0] not in matcher.phrases("degree"):
        return False
    return "adjective" in matcher.part_texts(bare).get(words_of(text[mention.start : mention.end]), {})


_LETTERS: Final = re.compile(r"(?<!\w)[^\W\d_](?: [^\W\d_])+(?!\w)")


def with_spelled_names(text: str, index: NameIndex, matcher: LanguageMatcher) -> str:
    """Return a text with the names of known things in place of their letters, and of what was heard.

    A spoken dot is one of a name.
    """
    text = _LETTERS.sub(lambda one: _joined_letters(one[0], index), text)
    return _with_heard_names(_with_dots(text, index, matcher), index)


def _with_heard_names(text: str, index: NameIndex) -> str:
    """Return a text with a name in place of two words that sound like it: "son are" for Sonarr."""
    words = list(WORD.finditer(text))
    for before, after in pairwise(words):
        if text[before.end() : after.start()] != " ":
            continue
        name = index.heard_as(before[0], after[0])
        if name is not None:
            return _with_heard_names(f"{text[: before.start()]}{name}{text[after.end() :]}", index)
    return text


def _joined_letters(letters: str, index: NameIndex) -> str:
    word = letters.replace(" ", "")
    is_known = word.casefold() in index.words or index.begins_series(word)
    return word if is_known else letters


def _with_dots(text: str, index: NameIndex, matcher: LanguageMatcher) -> str:
    dots = matcher.phrases("dot")
    words = list(WORD.finditer(text))
    for before, dot, after in zip(words, words[1:], words[2:], strict=False):
        name = f"{before[0]}.{after[0]}"
        if dot[0].casefold() in dots and index.has_words(words_of(name)):
            return _with_dots(f"{text[: before.start()]}{name}{text[after.end() :]}", index, matcher)
    return text


_MACHINE: Final = "machine"
_SIGNS: Final = ",+&/"
_NUMBERED: Final = re.compile(r"([^\W\d_]+)(\d{1,2})")
_BREAK: Final = re.compile("\\s*[,:;\N{EN DASH}-]\\s+")


def with_names_in_place(text: str, index: NameIndex, matchers: Sequence[LanguageMatcher]) -> str:
    """Return a text with the names before its first comma in place of a pronoun after it.

    The text itself if something else stands before the comma, or no pronoun after it.
    """
    comma = _BREAK.search(text)
    while comma is not None:
        names = index.find(text[: comma.start()])
        rest = text[comma.end() :]
        for matcher in matchers[:1]:
            place = _pronoun(rest, len(names), matcher) if names else None
            if place is None or index.find(rest) or not _is_only_names(text[: comma.start()], names, matcher):
                continue
            before = rest[: place[0]].removesuffix("-")
            return " ".join(f"{before} {text[: comma.start()]} {rest[place[1] :]}".split())
        comma = _BREAK.search(text, comma.end())
    return text


def _pronoun(text: str, count: int, matcher: LanguageMatcher) -> tuple[int, int] | None:
    """Return where a pronoun for one or several things stands, the longest one first."""
    known = matcher.phrases("several_pronoun") if count > 1 else {*matcher.values("pronoun")}
    for said in sorted(known, key=len, reverse=True):
        found = re.search(rf"(?<!\w){re.escape(said)}(?!\w)", text, re.IGNORECASE)
        if found is not None:
            return found.span()
    return None


def _is_only_names(text: str, names: Sequence[Mention], matcher: LanguageMatcher) -> bool:
    """Return whether nothing stands beside names but words that join them, articles, and kinds."""
    ends = [0, *(place for one in names for place in one.span), len(text)]
    beside = [text[start:end] for start, end in list(pairwise(ends))[::2]]
    nothing = {*matcher.values("conjunction"), *matcher.values("the"), *matcher.values("kind_word")}
    nothing |= {*matcher.values("kind")} | matcher.phrases("noun")
    return all(word[0].casefold() in nothing for one in beside for word in WORD.finditer(one))


def with_names_of_ids(text: str, index: NameIndex, matchers: Sequence[LanguageMatcher]) -> str:
    """Return a text with names in place of the numbers of machines: "container 105", "ct 105 and 106"."""
    numbers = index.numbers
    words = list(WORD.finditer(text))
    if not numbers or not any(one[0] in numbers for one in words):
        return text
    nouns = {
        said for one in matchers[:2] for said, kind in one.values("kind_word").items() if kind == _MACHINE
    }
    joining = {said for one in matchers[:1] for said in one.values("conjunction")}
    spans: list[tuple[int, int]] = []
    end, is_counted, noun = 0, False, None
    for word in words:
        said, gap = word[0].casefold(), text[end : word.start()]
        is_counted = is_counted or (bool(spans) and spans[-1][1] == end and any(map(gap.count, _SIGNS)))
        if said in numbers and is_counted:
            # The name gets a noun of its own.
            spans.append((word.start() if noun is None else noun, word.end()))
        # "Container 105 and 106", but not "give container 105 512 MB".
        is_joined = said in joining and bool(spans) and spans[-1][1] == end
        is_noun = said in nouns or said.removesuffix("s") in nouns
        noun = word.start() if is_noun else None
        is_counted = is_joined or is_noun
        end = word.end()
    for start, end in reversed(spans):
        number = words_of(text[start:end])[-1]
        text = f"{text[:start]}{numbers[number]}{text[end:]}"
    return text


def spoken_names(names: Sequence[str], matchers: Sequence[LanguageMatcher]) -> dict[str, str]:
    """Return names that end with a number by how they are said: "pve one" for pve1."""
    found: dict[str, str] = {}
    for name in names:
        words = words_of(name)
        said = _NUMBERED.fullmatch(words[0]) if len(words) == 1 else None
        if said is None:
            continue
        for matcher in matchers:
            for number in (said[2], *matcher.number_words(int(said[2]))):
                found.setdefault(f"{said[1]} {number}", name)
    return found


LONGEST_LOCATIVE: Final = 3
"""Words before a name that say that something is there."""


def locative_start(text: str, end: int, matcher: LanguageMatcher, rule: str = "locative") -> int | None:
    """Return where "in the" before a place in a text begins, None if nothing of the kind is there."""
    for word in list(WORD.finditer(text, 0, end))[-LONGEST_LOCATIVE:]:
        length = matcher.prefix(rule, text[word.start() : end].rstrip())
        if length and not text[word.start() + length : end].strip():
            return word.start()
    return None


def without_place(said: SaidText, matcher: LanguageMatcher) -> Iterator[tuple[SaidText, TargetRef]]:
    """Yield a text without each of its places, and the place."""
    for number, one in enumerate(said.mentions):
        start = locative_start(said.text, one.start, matcher)
        if start is None:
            continue
        moved = one.end - start
        rest = said.text[:start] + said.text[one.end :]
        others = tuple(
            each if each.end <= start else replace(each, start=each.start - moved, end=each.end - moved)
            for at, each in enumerate(said.mentions)
            if at != number
        )
        names = {mark(at): at for at in range(len(others))} or dict(said.pronouns)
        lists = replace(said.lists, names=names)
        yield replace(said, text=rest, mentions=others, lists=lists), one.targets[0].target
