"""Chooses the templates that a text can match, by how they begin and what they need: most cannot."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache, reduce
from typing import Final

from hassil.expression import (
    Alternative,
    Expression,
    Group,
    ListReference,
    RuleReference,
    Sentence,
    TextChunk,
)
from hassil.expression import Sequence as Parts
from hassil.intents import Intent, IntentData, RangeSlotList, SlotList, TextSlotList, WildcardSlotList
from hassil.numbers import get_rbnf_engine

_NO_NEEDS: Final[frozenset[Need]] = frozenset()


@dataclass(frozen=True, slots=True)
class Need:
    """One of ``texts``, in lower case, or a value of one of ``lists`` is in every text that matches."""

    texts: frozenset[str] = frozenset()
    lists: frozenset[str] = frozenset()

    def __or__(self, other: Need) -> Need:
        """Return the need of a text that has one of two needs."""
        return Need(self.texts | other.texts, self.lists | other.lists)

    def is_met(self, text: str, occurs: Callable[[str], bool]) -> bool:
        """Return whether a text in lower case meets the need; ``occurs``: a value of a list is in it."""
        return any(map(text.__contains__, self.texts)) or any(map(occurs, self.lists))


class Needs:
    """What texts must contain that match the templates of one language."""

    def __init__(self, rules: Mapping[str, Sentence]) -> None:
        """``rules`` are the expansion rules of the language."""
        self._expressions = {name: one.expression for name, one in rules.items()}
        self._of_rules: dict[str, frozenset[Need]] = {}

    def of(self, expression: Expression) -> frozenset[Need]:
        """Return the needs of a template: a text that matches it meets all of them."""
        match expression:
            case TextChunk():
                return _needs_of_text(expression.text)
            case Alternative():
                return _needs_of_any([] if expression.is_optional else map(self.of, expression.items))
            case Group():
                return _NO_NEEDS.union(*map(self.of, expression.items))
            case RuleReference():
                return self._of_rule(expression.rule_name)
            case ListReference() if not expression.is_inline_range:
                return frozenset({Need(lists=frozenset({expression.list_name}))})
            case _:
                return _NO_NEEDS

    def _of_rule(self, name: str) -> frozenset[Need]:
        if name not in self._of_rules:
            expression = self._expressions.get(name)
            self._of_rules[name] = _NO_NEEDS if expression is None else self.of(expression)
        return self._of_rules[name]


def _needs_of_text(text: str) -> frozenset[Need]:
    """Return the need of each word; hassil may remove the signs beside letters, so they need nothing."""
    words = (one for one in text.casefold().split() if one.isalnum())
    return frozenset(Need(texts=frozenset({one})) for one in words)


def _needs_of_any(branches: Iterable[frozenset[Need]]) -> frozenset[Need]:
    """Return the one need that any of several branches has, none if a branch needs nothing."""
    every = list(branches)
    if not every or not all(every):
        return _NO_NEEDS
    return frozenset({reduce(Need.__or__, (min(one, key=size) for one in every))})


def size(need: Need) -> tuple[int, int, list[str]]:
    """Return what sorts the need first that fewer texts meet; lists have many values."""
    return len(need.lists), len(need.texts), sorted(need.texts | need.lists)


_FIRST: Final = re.compile(r"[^\W_]+")
_DIGITS: Final = frozenset("0123456789")


@dataclass(frozen=True, slots=True)
class Beginning:
    """How a text begins that matches a template.

    ``words`` are starts of the first word, ``lists`` are lists that it can begin with. ``is_open``:
    it can begin with anything. ``is_optional``: the template also matches an empty text.
    """

    words: frozenset[str] = frozenset()
    lists: frozenset[str] = frozenset()
    is_open: bool = False
    is_optional: bool = False

    def __or__(self, other: Beginning) -> Beginning:
        """Return how a text begins that matches one of two templates."""
        return Beginning(
            self.words | other.words,
            self.lists | other.lists,
            self.is_open or other.is_open,
            self.is_optional or other.is_optional,
        )

    def fits(self, text: str, lists: Mapping[str, SlotList]) -> bool:
        """Return whether a text that is not empty can match."""
        first = _FIRST.search(text)
        is_word = first is not None and first[0].casefold().startswith(_starts(self.words))
        return self.is_open or is_word or any(_begins(text, lists.get(one)) for one in self.lists)


@lru_cache(maxsize=1024)
def _starts(words: frozenset[str]) -> tuple[str, ...]:
    return tuple(words)


_NOTHING: Final = Beginning()
_ANYTHING: Final = Beginning(is_open=True)
_EMPTY: Final = Beginning(is_optional=True)


class Beginnings:
    """How texts begin that match the templates of one language."""

    def __init__(self, language: str, rules: Mapping[str, Sentence], lists: Mapping[str, SlotList]) -> None:
        """``lists`` are those that do not change; the others are looked up when a text is matched."""
        self._language = language
        self._expressions = {name: one.expression for name, one in rules.items()}
        self._lists = lists
        self._of_rules: dict[str, Beginning] = {}

    def of_rule(self, name: str) -> Beginning:
        """Return how a text begins that matches a rule."""
        if name not in self._of_rules:
            expression = self._expressions.get(name)
            self._of_rules[name] = _NOTHING if expression is None else self.of(expression)
        return self._of_rules[name]

    def of(self, expression: Expression) -> Beginning:
        """Return how a text begins that matches a template."""
        match expression:
            case TextChunk():
                return _of_text(expression.text)
            case Alternative():
                return self._of_any(expression.items)
            case Parts():
                return self._of_parts(expression.items)
            case RuleReference():
                return self.of_rule(expression.rule_name)
            case ListReference():
                return self._of_list(expression)
            case _:
                return _ANYTHING

    def _of_any(self, expressions: Iterable[Expression]) -> Beginning:
        found = _NOTHING
        for one in expressions:
            found |= self.of(one)
        return found

    def _of_parts(self, parts: Iterable[Expression]) -> Beginning:
        found = _EMPTY
        for part in parts:
            found = replace(found, is_optional=False) | self.of(part)
            if not found.is_optional:
                break
        return found

    def _of_list(self, reference: ListReference) -> Beginning:
        slot_list = self._lists.get(reference.list_name)
        if isinstance(slot_list, TextSlotList):
            return self._of_any(one.text_in for one in slot_list.values)
        if isinstance(slot_list, RangeSlotList):
            return Beginning(words=_DIGITS | self._number_words(slot_list))
        if slot_list is None and not reference.is_inline_range:
            return Beginning(lists=frozenset({reference.list_name}))
        return _ANYTHING

    def _number_words(self, numbers: RangeSlotList) -> frozenset[str]:
        """Return the first words of the numbers of a range."""
        if not numbers.words:
            return frozenset()
        engine = get_rbnf_engine(numbers.words_language or self._language)
        said = (engine.format_number(one).text_by_ruleset.values() for one in numbers.get_numbers())
        return frozenset(word for texts in said for text in texts for word in _of_text(text).words)


def _of_text(text: str) -> Beginning:
    if not text.strip():
        return _EMPTY
    first = _FIRST.match(text.strip())
    return Beginning(words=frozenset({first[0].casefold()})) if first else _ANYTHING


@dataclass(frozen=True, slots=True)
class _Template:
    intent: str
    block: IntentData
    needs: tuple[int, ...]


class SentenceIndex:
    """The templates of some intents, found by the first word of a text and by what it contains."""

    def __init__(
        self, intents: Mapping[str, Sequence[IntentData]], beginnings: Beginnings, needs: Needs
    ) -> None:
        """Each block of ``intents`` has one template."""
        # Templates share needs: each is looked for once in a text.
        self._needs: dict[Need, int] = {}
        self._templates = [
            _Template(name, one, self._numbers_of(needs.of(one.sentences[0].expression)))
            for name, blocks in intents.items()
            for one in blocks
        ]
        self._known_needs = tuple(self._needs)
        self._by_word: defaultdict[str, list[int]] = defaultdict(list)
        self._by_list: defaultdict[str, list[int]] = defaultdict(list)
        self._always: list[int] = []
        for number, one in enumerate(self._templates):
            self._add(number, beginnings.of(one.block.sentences[0].expression))
        self._longest = max(map(len, self._by_word), default=0)

    def possible(
        self,
        texts: Sequence[str],
        lists: Mapping[str, SlotList],
        occurs: Callable[[str], bool] = lambda _: True,
    ) -> dict[str, Intent]:
        """Return the intents with the templates that one of ``texts`` can match.

        ``texts`` are forms of the same text; ``lists`` are those that change. ``occurs`` returns whether
        a value of a list may be in the text.
        """
        numbers = set(self._always)
        for text in texts:
            numbers.update(self._beginning_with(text, lists))
        is_met = self._lookup("\n".join(texts).casefold(), occurs)
        found: dict[str, Intent] = {}
        for number in sorted(numbers):
            template = self._templates[number]
            if not all(map(is_met, template.needs)):
                continue
            found.setdefault(template.intent, Intent(template.intent)).data.append(template.block)
        return found

    def _lookup(self, text: str, occurs: Callable[[str], bool]) -> Callable[[int], bool]:
        """Return what says whether a text meets a need, by its number."""
        met: dict[int, bool] = {}

        def is_met(number: int) -> bool:
            found = met.get(number)
            if found is None:
                found = met[number] = self._known_needs[number].is_met(text, occurs)
            return found

        return is_met

    def _numbers_of(self, needs: Iterable[Need]) -> tuple[int, ...]:
        """Return the numbers of needs; one that few texts meet comes first."""
        return tuple(self._needs.setdefault(one, len(self._needs)) for one in sorted(needs, key=size))

    def _beginning_with(self, text: str, lists: Mapping[str, SlotList]) -> Iterator[int]:
        first = _FIRST.search(text)
        word = first[0].casefold() if first else ""
        for end in range(1, min(len(word), self._longest) + 1):
            yield from self._by_word.get(word[:end], ())
        for name, numbers in self._by_list.items():
            if _begins(text, lists.get(name)):
                yield from numbers

    def _add(self, number: int, beginning: Beginning) -> None:
        if beginning.is_open or beginning.is_optional:
            self._always.append(number)
            return
        for word in beginning.words:
            self._by_word[word].append(number)
        for name in beginning.lists:
            self._by_list[name].append(number)


def _begins(text: str, slot_list: SlotList | None) -> bool:
    """Return whether a text can begin with a value of a list."""
    if isinstance(slot_list, TextSlotList):
        return bool(slot_list.get_candidates(text.lstrip()))
    return isinstance(slot_list, WildcardSlotList | RangeSlotList)
