"""Matches texts with the sentences of one language, by hassil."""

from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from types import MappingProxyType
from typing import Any, Final

from hassil.intents import (
    Intent,
    Intents,
    SlotList,
    TextSlotList,
    WildcardSlotList,
)
from hassil.numbers import get_rbnf_engine
from hassil.recognize import recognize_all
from hassil.string_matcher import MatchContext, MatchSettings, match_expression
from hassil.util import normalize_for_matching, normalize_text, remove_skip_words_tracked

from homelab_steward.contract.catalogue import ActionOffer

from .expressions import texts_of
from .matcher_blocks import (
    Folded,
    Occurring,
    chosen_blocks,
    is_whole,
    plain_values,
    single_blocks,
    slot_values,
    texts_of_content,
)
from .part_texts import PartTexts
from .phrase_table import PhraseTable
from .question_parts import FILLER
from .sentence_files import DYNAMIC, Content
from .sentence_index import Beginnings, SentenceIndex
from .sentence_needs import Needs
from .spelling import Spelling, pairs_in, words_in
from .text_parts import NUMBER, PARTS
from .words import WORD, words_of

_SENTENCES: Final = (
    "questions", "requests", "plans", "conditions", "decisions", "replies", "unknown", "clear",
)  # fmt: skip
"""The parts of the sentences, each with an index of its own."""

MOST_LISTS: Final = 4
"""Lists that are kept as those of hassil."""

MOST_PREFIXES: Final = 4_000
"""Beginnings of texts that are kept with the length of what they match."""

MOST_MATCHES: Final = 64
"""Matches of one text that are considered."""

_BROKEN: Final = str.maketrans("-_", "  ")
"""Hassil also compares a text with spaces in place of hyphens."""

_ANYTHING: Final[Mapping[str, SlotList]] = {"name": WildcardSlotList("name")}

_NUMBERS: Final = range(2, 101)
"""Numbers that are also recognised as words."""


@dataclass(frozen=True, slots=True)
class Match:
    """A sentence that a text matches. ``literal`` counts the characters that the template contains."""

    intent: str
    slots: Mapping[str, Any]
    texts: Mapping[str, str]
    metadata: Mapping[str, Any]
    literal: int


@dataclass(frozen=True, slots=True)
class Lists:
    """What a text may contain now: the words for each name, and the words of readings, kinds, actions."""

    names: Mapping[str, int] = field(default_factory=dict)
    readings: Mapping[str, str] = field(default_factory=dict)
    words: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    kinds: Mapping[str, str] = field(default_factory=dict)
    verbs: tuple[str, ...] = ()


class LanguageMatcher:
    """The sentences of one language."""

    def __init__(self, content: Content) -> None:
        """``content`` was checked by ``sentence_files``."""
        self.language: str = content["language"]
        intents = Intents.from_dict(content)
        rules = intents.expansion_rules
        # A list of plain texts is looked up; each template of a list would be tried.
        self._own = {name: plain_values(one, rules) for name, one in intents.slot_lists.items()}
        lists: dict[str, SlotList] = {
            name: TextSlotList(name, [*self._own[name][0], *self._own[name][1]])
            if isinstance(one, TextSlotList)
            else one
            for name, one in intents.slot_lists.items()
        }
        self._intents = replace(intents, slot_lists=lists)
        self._skip_words = tuple(intents.skip_words)
        fixed = {name: one for name, one in lists.items() if name not in DYNAMIC}
        blocks = {name: single_blocks(one.data) for name, one in intents.intents.items()}
        self._beginnings, needs = Beginnings(self.language, rules, fixed), Needs(rules)
        self._parts = {
            part: SentenceIndex(chosen_blocks(blocks, part), self._beginnings, needs) for part in _SENTENCES
        }
        # A text is matched with and without its names, and with nothing but verbs.
        self._lists: deque[tuple[Lists, Mapping[str, SlotList]]] = deque(maxlen=MOST_LISTS)
        self._verbs: tuple[object, Lists] | None = None
        self._vocabulary: tuple[Mapping[str, str], Mapping[str, str], frozenset[str]] | None = None
        self._kept: dict[str, tuple[Mapping[str, Any], SlotList]] = {}
        self._folded: Folded = {}
        self._phrases: dict[str, frozenset[str]] = {}
        self._tables: dict[str, PhraseTable] = {}
        self._worded: dict[str, Mapping[tuple[str, ...], Any]] = {}
        self._prefixes: dict[tuple[str, str], int] = {}
        self._own_kinds: tuple[Mapping[str, str], Mapping[str, str]] | None = None
        self._worded_kinds: tuple[Mapping[str, str], Mapping[tuple[str, ...], str]] | None = None
        self._values: dict[str, Mapping[str, Any]] = {}
        texts = list(texts_of_content(content))
        self._said = frozenset(words_in(texts))
        self._pairs = frozenset(pairs_in(texts))
        self._spelling: tuple[Mapping[str, str], Spelling] | None = None
        self._part_texts: tuple[Mapping[str, str], Mapping[str, str], PartTexts] | None = None
        self._settings = MatchSettings(slot_lists=dict(lists), expansion_rules=rules, language=self.language)

    @property
    def skip_words(self) -> tuple[str, ...]:
        """Texts that may stand in any sentence and say nothing."""
        return self._skip_words

    def spelling(self, lists: Lists) -> Spelling:
        """Return the words of the sentences and of the names of readings; the last result is kept."""
        words = lists.words.get(self.language, {})
        kept = self._spelling
        # The words stay the same while the same kinds of services are there: other things are no reason.
        if kept is None or (kept[0] is not words and kept[0] != words):
            abbreviations = {said: str(meant) for said, meant in self.values("abbreviation").items()}
            said = (*self._said, *words, *words_in(self.numbers))
            reversing = self.phrases("reversing") | self.phrases("negation") | self.phrases("nobody")
            common = self.common | self.phrases("not_name") | self.phrases("filler")
            kept = self._spelling = words, Spelling(said, abbreviations, reversing, self._pairs, common)
        return kept[1]

    def prepare(self) -> None:
        """Parse what is otherwise parsed at its first use."""
        for rule in ("filler", "noun", "verb_word", "not_name", "before_noun"):
            self.phrases(rule)
        self.find("time", "100")
        _ = self.numbers

    def questions(self, text: str, lists: Lists) -> list[Match]:
        """Return the questions that a text can be, best first."""
        return self._matches("questions", text, self._slot_lists(lists))

    def can_say(self, text: str, lists: Lists) -> bool:
        """Return whether all words of a text are words of the sentences, or of readings and kinds."""
        kept = self._vocabulary
        if kept is None or kept[0] is not lists.readings or kept[1] is not lists.kinds:
            known = self._said.union(words_in(lists.readings), words_in(lists.kinds), words_in(self.numbers))
            kept = self._vocabulary = lists.readings, lists.kinds, known
        return kept[2].issuperset(words_of(text))

    def verb_lists(self, offers: Mapping[str, Iterable[ActionOffer]]) -> Lists:
        """Return lists of nothing but the first words of the keys of actions; the last ones are kept."""
        if self._verbs is None or self._verbs[0] is not offers:
            verbs = {one.key.partition("_")[0] for many in offers.values() for one in many}
            self._verbs = offers, Lists(verbs=tuple(verbs))
        return self._verbs[1]

    def requests(self, text: str, lists: Lists) -> list[Match]:
        """Return the requests that a text can be, best first."""
        return self._matches("requests", text, self._slot_lists(lists))

    def plans(self, text: str, lists: Lists) -> list[Match]:
        """Return the requests for a goal that a text can be, best first."""
        return self._matches("plans", text, self._slot_lists(lists))

    def conditions(self, text: str, lists: Lists) -> list[Match]:
        """Return the conditions of a request that a text can be, best first."""
        return self._matches("conditions", text, self._slot_lists(lists))

    def decisions(self, text: str, lists: Lists) -> list[Match]:
        """Return the decisions about an approval request that a text can be, best first."""
        return self._matches("decisions", text, self._slot_lists(lists))

    def reply(self, text: str) -> bool | None:
        """Return whether a text says yes or no, None when it says something else."""
        found = self._matches("replies", text, {})
        return found[0].intent == "Yes" if found else None

    def unknown(self, text: str, lists: Lists, *, is_clear: bool = False) -> list[Match]:
        """Return the questions that a text can be if any words can be a name.

        With ``is_clear``, only those that people do not use for things that are no machines.
        """
        known = {**self._intents.slot_lists, **self._slot_lists(lists), **_ANYTHING}
        folded = normalize_text(text).casefold()
        occurring = Occurring(known, f"{folded}\n{folded.translate(_BROKEN)}", self._folded)
        forms, skip_words = _forms(text, self._skip_words)
        possible = self._parts["clear" if is_clear else "unknown"].possible(forms, known, occurring.occurs)
        # After a wildcard each value of a list is searched for: only those that occur are left.
        return self._matched(possible, text, occurring.lists(), skip_words) if possible else []

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
                for one in values
                for text in texts_of(one.text_in, self._intents.expansion_rules)
            }
        return self._values[name]

    def worded(self, name: str) -> Mapping[tuple[str, ...], Any]:
        """Return the words of the texts of a list with the values that they stand for."""
        found = self._worded.get(name)
        if found is None:
            found = self._worded[name] = {words_of(text): value for text, value in self.values(name).items()}
        return found

    def worded_kinds(self, kinds: Mapping[str, str]) -> Mapping[tuple[str, ...], str]:
        """Return the words of the names of kinds, also of ``kinds``; the last result is kept."""
        kept = self._worded_kinds
        if kept is None or kept[0] is not kinds:
            every = {**kinds, **self.values("kind")}
            kept = self._worded_kinds = kinds, {words_of(text): str(kind) for text, kind in every.items()}
        return kept[1]

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

    def part_texts(self, lists: Lists) -> PartTexts:
        """Return the texts that are parts of questions; the last result is kept."""
        kept = self._part_texts
        is_same = kept is not None and kept[0] is lists.readings and kept[1] is lists.kinds
        if kept is None or not (is_same or (kept[0] == lists.readings and kept[1] == lists.kinds)):
            kept = (lists.readings, lists.kinds, self._parts_of_questions(lists))
            self._part_texts = kept
        return kept[2]

    def _parts_of_questions(self, lists: Lists) -> PartTexts:
        """Return the texts with the slots that they can stand for; the sentences precede the inventory."""
        fillers = (*self.phrases(FILLER), *self._skip_words, *self.values("the"))
        found = PartTexts({words_of(text): {} for text in fillers})
        for slot in PARTS:
            for text, value in self.values(slot).items():
                words = words_of(text)
                # "Today" says nothing about a reading: the last one is of today.
                if slot != "recent" or words not in found:
                    found.setdefault(words, {})[slot] = str(value)
        for text, number in self.numbers.items():
            found.setdefault(words_of(text), {NUMBER: str(number)})
        self._add_of_inventory(found, lists)
        found.pop((), None)
        return found

    def _add_of_inventory(self, found: PartTexts, lists: Lists) -> None:
        """Add the names of readings and kinds, and the words that those of readings consist of."""
        own = frozenset(found)
        for slot, values in (("reading", lists.readings), ("kind", self._kinds(lists.kinds))):
            for text, value in values.items():
                words = words_of(text)
                if words not in own:
                    found.setdefault(words, {})[slot] = value
                elif slot == "kind" and "kind" in found[words]:
                    # "Apps" are services, and what a NAS calls so.
                    found[words] = {**found[words], "kind": value}
        common = self.common | self.phrases("reversing") | self.phrases("not_name")
        for word, value in lists.words.get(self.language, {}).items():
            if word not in common:
                found.setdefault((word,), {"reading": value})

    @cached_property
    def numbers(self) -> Mapping[str, int]:
        """The numbers that are said as words."""
        found: dict[str, int] = {}
        for number in _NUMBERS:
            for text in self.number_words(number):
                found.setdefault(text, number)
        return MappingProxyType(found)

    def number_words(self, number: int) -> frozenset[str]:
        """Return how a number is said."""
        said = get_rbnf_engine(self.language).format_number(number)
        texts = {said.text, *said.text_by_ruleset.values()}
        return frozenset(one.replace("\N{SOFT HYPHEN}", "").casefold() for one in texts)

    def _matches(self, part: str, text: str, lists: Mapping[str, SlotList]) -> list[Match]:
        forms, skip_words = _forms(text, self._skip_words)
        possible = self._parts[part].possible(forms, lists)
        return self._matched(possible, text, lists, skip_words) if possible else []

    def _matched(
        self,
        possible: dict[str, Intent],
        text: str,
        lists: Mapping[str, SlotList],
        skip_words: Sequence[str],
    ) -> list[Match]:
        intents = replace(self._intents, intents=possible, skip_words=list(skip_words))
        found: list[Match] = []
        for result in recognize_all(text, intents, slot_lists=dict(lists), language=self.language):
            if not all(is_whole(text, one) for one in result.entities_list):
                continue
            found.append(
                Match(
                    intent=result.intent.name,
                    slots={key: one.value for key, one in result.entities.items()},
                    texts={key: one.text.strip() for key, one in result.entities.items()},
                    metadata=result.intent_data.metadata or {},
                    literal=result.text_chunks_matched,
                )
            )
            if len(found) == MOST_MATCHES:
                break
        return sorted(found, key=lambda one: -one.literal)

    def _slot_lists(self, lists: Lists) -> Mapping[str, SlotList]:
        for kept, known in self._lists:
            if kept is lists:
                return known
        made: dict[str, SlotList] = {
            "name": self._extended("name", lists.names),
            "reading": self._extended("reading", lists.readings),
            "kind": self._extended("kind", self._kinds(lists.kinds)),
            "verb": self._extended("verb", {one: one for one in lists.verbs}),
        }
        self._lists.append((lists, made))
        return made

    def _kinds(self, kinds: Mapping[str, str]) -> Mapping[str, str]:
        """Return names of kinds; where a service has its own, both are meant."""
        if not kinds:
            return kinds
        kept = self._own_kinds
        if kept is None or kept[0] is not kinds:
            own = self.values("kind")
            both = {
                text: f"{own[text]}|{kind}" if own.get(text, kind) != kind else kind
                for text, kind in kinds.items()
            }
            kept = self._own_kinds = kinds, both
        return kept[1]

    def _extended(self, name: str, added: Mapping[str, Any]) -> SlotList:
        """Return a list of the sentences with more values; the last one is kept, with its index."""
        own = self._intents.slot_lists.get(name)
        if not added:
            return own or TextSlotList(name, [])
        kept = self._kept.get(name)
        if kept is not None and (kept[0] is added or kept[0] == added):
            return kept[1]
        # A name comes before a template that stands for the same text.
        texts, templates = self._own.get(name, ((), ()))
        made = TextSlotList(name, [*texts, *slot_values(added), *templates])
        self._kept[name] = (added, made)
        return made


@lru_cache(maxsize=64)
def _forms(text: str, skip_words: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return a text as hassil compares it, with and without skip words, and those that occur in it."""
    tracked = normalize_for_matching(text)
    whole, folded = tracked.text, tracked.text.casefold()
    present = tuple(one for one in skip_words if one.casefold() in folded)
    if not present:
        return (whole,), ()
    remove_skip_words_tracked(tracked, present, ignore_whitespace=False)
    return (whole, tracked.text), present


def _is_end(text: str, end: int) -> bool:
    """Return whether a word ends at this place."""
    return end > 0 and (not text[end - 1].isalnum() or end == len(text) or not text[end].isalnum())
