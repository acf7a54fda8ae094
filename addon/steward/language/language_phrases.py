"""The phrases of one language: its rules and lists, which are looked up in texts."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from types import MappingProxyType
from typing import Any, Final

from hassil.intents import Intents, SlotList, TextSlotList, TextSlotValue
from hassil.numbers import get_rbnf_engine
from hassil.string_matcher import MatchContext, MatchSettings, match_expression

from .expressions import SharedExpressions, texts_of
from .matcher_blocks import is_template, plain_values
from .sentence_files import DYNAMIC, Content
from .sentence_index import Beginnings
from .text_lists import PlainTextList
from .words import WORD, words_of


class PhraseTable:
    """Phrases that are looked up at a place in a text."""

    def __init__(self, texts: Iterable[str]) -> None:
        """``texts`` are phrases in any order."""
        found: defaultdict[str, set[str]] = defaultdict(set)
        longest: dict[str, int] = {}
        for text in texts:
            words = words_of(text)
            if words:
                # Mostly the text itself: thousands of phrases need no other objects.
                phrase = " ".join(words)
                found[words[0]].add(text if text == phrase else phrase)
                longest[words[0]] = max(longest.get(words[0], 0), len(words))
        self._by_first: Final[Mapping[str, set[str]]] = dict(found)
        self._longest: Final[Mapping[str, int]] = longest

    def length(self, words: Sequence[str], at: int = 0) -> int:
        """Return the number of words of the longest phrase that begins at a place, 0 when none does."""
        phrases = self._by_first.get(words[at]) if at < len(words) else None
        if phrases is None:
            return 0
        most = min(self._longest[words[at]], len(words) - at)
        lengths = (count for count in range(most, 0, -1) if " ".join(words[at : at + count]) in phrases)
        return next(lengths, 0)


MOST_PREFIXES: Final = 4_000
"""Beginnings of texts that are kept with the length of what they match."""

_NUMBERS: Final = (*range(2, 101), *range(200, 1001, 100), 128, 256, 512, 768, 1024, 1536, 2048, 4096)
"""Numbers that are also recognised as words: sizes of memory are powers of two."""


class LanguagePhrases:
    """The rules, the lists, and the numbers of one language.

    What texts are matched with is made when it is used: most languages are only compared with.
    """

    def __init__(self, content: Content) -> None:
        """``content`` was checked by ``sentence_files``."""
        self.language: str = content["language"]
        self._intents = Intents.from_dict(content)
        _share(self._intents)
        self._skip_words = tuple(self._intents.skip_words)
        self._phrases: dict[str, frozenset[str]] = {}
        self._tables: dict[str, PhraseTable] = {}
        self._worded: dict[str, Mapping[tuple[str, ...], Any]] = {}
        self._prefixes: dict[tuple[str, str], int] = {}
        self._values: dict[str, Mapping[str, Any]] = {}

    @cached_property
    def _own(self) -> Mapping[str, tuple[Sequence[TextSlotValue], Sequence[TextSlotValue]]]:
        """The values of each list, see ``plain_values``."""
        shared = SharedExpressions()
        rules = self._intents.expansion_rules
        return {name: plain_values(one, rules, shared) for name, one in self._intents.slot_lists.items()}

    @cached_property
    def _matched_lists(self) -> Mapping[str, SlotList]:
        """The lists that texts are matched with; a list of plain texts is looked up, not tried in turn."""
        return {
            name: PlainTextList(name, [*self._own[name][0], *self._own[name][1]])
            if isinstance(one, TextSlotList)
            else one
            for name, one in self._intents.slot_lists.items()
        }

    @cached_property
    def _beginnings(self) -> Beginnings:
        fixed = {name: one for name, one in self._matched_lists.items() if name not in DYNAMIC}
        return Beginnings(self.language, self._intents.expansion_rules, fixed)

    @cached_property
    def _settings(self) -> MatchSettings:
        rules = self._intents.expansion_rules
        lists = dict(self._matched_lists)
        return MatchSettings(slot_lists=lists, expansion_rules=rules, language=self.language)

    @property
    def skip_words(self) -> tuple[str, ...]:
        """Texts that may stand in any sentence and say nothing."""
        return self._skip_words

    def prefix(self, rule: str, text: str) -> int:
        """Return how many characters at the start of a text match a rule, as whole words.

        A Spanish text may begin with the sign of a question.
        """
        kept = self._prefixes.get((rule, text))
        if kept is None:
            # The same part of a text is looked at in several ways.
            if len(self._prefixes) >= MOST_PREFIXES:
                self._prefixes.clear()
            kept = self._prefixes[rule, text] = self._prefix(rule, text)
        return kept

    def _prefix(self, rule: str, text: str) -> int:
        said = text.lstrip("¿¡ ")
        if said != text:
            length = self._prefix(rule, said)
            return length and length + len(text) - len(said)
        sentence = self._intents.expansion_rules.get(rule)
        if sentence is None or not text:
            return 0
        if not self._beginnings.of_rule(rule).fits(text, self._settings.slot_lists):
            return 0
        padded = f"{text} "
        found = match_expression(self._settings, MatchContext(text=padded), sentence.expression)
        ends = (len(padded) - len(one.text) for one in found)
        return max((min(end, len(text)) for end in ends if _is_end(padded, end)), default=0)

    def find(self, rule: str, text: str) -> tuple[int, int] | None:
        """Return where a rule first matches in a text, None if it does not."""
        for word in WORD.finditer(text):
            length = self.prefix(rule, text[word.start() :])
            if length:
                return word.start(), word.start() + length
        return None

    def phrases(self, rule: str) -> frozenset[str]:
        """Return the texts of a rule without lists."""
        if rule not in self._phrases:
            sentence = self._intents.expansion_rules.get(rule)
            texts = texts_of(sentence.expression, self._intents.expansion_rules) if sentence else ()
            self._phrases[rule] = frozenset(texts)
        return self._phrases[rule]

    def table(self, rule: str) -> PhraseTable:
        """Return the texts of a rule without lists, to be looked up in a text."""
        found = self._tables.get(rule)
        if found is None:
            found = self._tables[rule] = PhraseTable(self.phrases(rule))
        return found

    def table_of_values(self, name: str) -> PhraseTable:
        """Return the texts of a list, to be looked up in a text."""
        kept = f"{{{name}}}"
        found = self._tables.get(kept)
        if found is None:
            found = self._tables[kept] = PhraseTable(self.values(name))
        return found

    def values(self, name: str) -> Mapping[str, Any]:
        """Return the texts of a list with the values that they stand for."""
        if name not in self._values:
            slot_list = self._intents.slot_lists.get(name)
            values = slot_list.values if isinstance(slot_list, TextSlotList) else ()
            self._values[name] = {
                text: text if one.value_out is None else one.value_out
                for one in sorted(values, key=is_template)
                for text in texts_of(one.text_in, self._intents.expansion_rules)
            }
        return self._values[name]

    def worded(self, name: str) -> Mapping[tuple[str, ...], Any]:
        """Return the words of the texts of a list with the values that they stand for."""
        found = self._worded.get(name)
        if found is None:
            found = self._worded[name] = {words_of(text): value for text, value in self.values(name).items()}
        return found

    @cached_property
    def common(self) -> frozenset[str]:
        """The words that cannot be the name of a thing, and do not change which reading is meant."""
        return (self.phrases("common") | self.phrases("closed_class")) - self.phrases("reversing")

    @cached_property
    def asking(self) -> PhraseTable:
        """The texts that ask something."""
        return PhraseTable((*self.values("cue"), *self.values("check")))

    @cached_property
    def nothing(self) -> frozenset[tuple[str, ...]]:
        """The words of the texts that say nothing: greetings and fillers."""
        return frozenset((*map(words_of, self._skip_words), *((one,) for one in self.phrases("filler"))))

    @cached_property
    def numbers(self) -> Mapping[str, int]:
        """The numbers that are said as words."""
        found: dict[str, int] = {}
        for number in _NUMBERS:
            for text in self.number_words(number):
                found.setdefault(text, number)
        return MappingProxyType(found)

    @cached_property
    def joined_numbers(self) -> Mapping[tuple[str, ...], int]:
        """The numbers that are said as several words, without the words that join them."""
        joiners = self.values("conjunction")
        said = ((words_of(text), number) for text, number in self.numbers.items())
        plain = ((tuple(one for one in words if one not in joiners), number) for words, number in said)
        return MappingProxyType({words: number for words, number in plain if len(words) > 1})

    def number_words(self, number: int) -> frozenset[str]:
        """Return how a number is said."""
        said = get_rbnf_engine(self.language).format_number(number)
        texts = {said.text, *said.text_by_ruleset.values()}
        return frozenset(one.replace("\N{SOFT HYPHEN}", "").casefold() for one in texts)


def _share(intents: Intents) -> None:
    """Let equal parts of the rules and of the lists be the same objects."""
    shared = SharedExpressions()
    for rule in intents.expansion_rules.values():
        rule.expression = shared.of(rule.expression)
    for slot_list in intents.slot_lists.values():
        if isinstance(slot_list, TextSlotList):
            for one in slot_list.values:
                one.text_in = shared.of(one.text_in)


def _is_end(text: str, end: int) -> bool:
    """Return whether a word ends at this place."""
    return end > 0 and (not text[end - 1].isalnum() or end == len(text) or not text[end].isalnum())
