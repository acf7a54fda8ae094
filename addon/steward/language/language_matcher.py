"""Matches texts with the sentences of one language, by hassil."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from typing import Any, Final

from hassil.intents import Intent, SlotList, WildcardSlotList
from hassil.recognize import recognize_all
from hassil.util import normalize_for_matching, normalize_text, remove_skip_words_tracked

from homelab_steward.contract.catalogue import ActionOffer

from .expressions import SharedExpressions
from .language_phrases import LanguagePhrases
from .matcher_blocks import (
    Folded,
    Occurring,
    chosen_blocks,
    is_whole,
    single_blocks,
    slot_values,
    texts_of_content,
)
from .part_texts import PartTexts
from .question_parts import FILLER
from .sentence_files import Content
from .sentence_index import Needs, SentenceIndex
from .spelling import Spelling, pairs_in, words_in
from .text_lists import PlainTextList
from .text_parts import NUMBER, PARTS
from .words import kept_words_of, words_of

_SENTENCES: Final = (
    "questions", "requests", "plans", "conditions", "decisions", "replies", "unknown", "clear",
)  # fmt: skip
"""The parts of the sentences, each with an index of its own."""

MOST_LISTS: Final = 4
"""Lists that are kept as those of hassil."""

MOST_MATCHES: Final = 64
"""Matches of one text that are considered."""

MOST_KEPT: Final = 256
"""Texts whose matches are kept: the parts of one question are matched several times."""

_BROKEN: Final = str.maketrans("-_", "  ")
"""Hassil also compares a text with spaces in place of hyphens."""

_UNKNOWN: Final = ("unknown", "clear")
"""The parts in which any words can be a name."""

_ANYTHING: Final[Mapping[str, SlotList]] = {"name": WildcardSlotList("name")}


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

    def matches_as(self, other: Lists) -> bool:
        """Return whether texts match the same with other lists; what is made once is the same object."""
        is_known = self.readings is other.readings and self.kinds is other.kinds
        names = self.names is other.names or [*self.names.items()] == [*other.names.items()]
        return self is other or (is_known and names and self.verbs == other.verbs)


_NO_LISTS: Final = Lists()


class LanguageMatcher(LanguagePhrases):
    """The sentences of one language, which texts are matched with."""

    def __init__(self, content: Content) -> None:
        """``content`` was checked by ``sentence_files``."""
        super().__init__(content)
        # A text is matched with and without its names, and with nothing but verbs. Replaced as a whole,
        # because a thread may prepare other lists meanwhile.
        self._lists: tuple[tuple[Lists, Mapping[str, SlotList]], ...] = ()
        self._verbs: tuple[object, Lists] | None = None
        self._vocabulary: tuple[Mapping[str, str], Mapping[str, str], frozenset[str]] | None = None
        self._kept: dict[str, tuple[Mapping[str, Any], SlotList]] = {}
        self._folded: Folded = {}
        self._found: dict[tuple[str, str, tuple[str, ...], int], tuple[Lists, Sequence[Match]]] = {}
        self._own_kinds: tuple[Mapping[str, str], Mapping[str, str]] | None = None
        self._worded_kinds: tuple[Mapping[str, str], Mapping[tuple[str, ...], str]] | None = None
        texts = list(texts_of_content(content))
        self._said = frozenset(words_in(texts))
        self._pairs = frozenset(pairs_in(texts))
        self._spelling: tuple[Mapping[str, str], Spelling] | None = None
        self._part_texts: tuple[Mapping[str, str], Mapping[str, str], PartTexts] | None = None

    @cached_property
    def _parts(self) -> Mapping[str, SentenceIndex]:
        """The templates of each part of the sentences."""
        shared = SharedExpressions()
        blocks = {name: single_blocks(one.data, shared) for name, one in self._intents.intents.items()}
        needs = Needs(self._intents.expansion_rules)
        return {
            part: SentenceIndex(chosen_blocks(blocks, part), self._beginnings, needs) for part in _SENTENCES
        }

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
        for rule in ("courtesy", "opening", "tag_question"):
            self.table(rule)
        _ = self.numbers

    def questions(self, text: str, lists: Lists) -> Sequence[Match]:
        """Return the questions that a text can be, best first."""
        return self._matches("questions", text, lists)

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

    def requests(self, text: str, lists: Lists) -> Sequence[Match]:
        """Return the requests that a text can be, best first."""
        return self._matches("requests", text, lists)

    def plans(self, text: str, lists: Lists) -> Sequence[Match]:
        """Return the requests for a goal that a text can be, best first."""
        return self._matches("plans", text, lists)

    def conditions(self, text: str, lists: Lists) -> Sequence[Match]:
        """Return the conditions of a request that a text can be, best first."""
        return self._matches("conditions", text, lists)

    def decisions(self, text: str, lists: Lists) -> Sequence[Match]:
        """Return the decisions about an approval request that a text can be, best first."""
        return self._matches("decisions", text, lists)

    def reply(self, text: str) -> bool | None:
        """Return whether a text says yes or no, None when it says something else."""
        found = self._matches("replies", text, _NO_LISTS)
        return found[0].intent == "Yes" if found else None

    def unknown(self, text: str, lists: Lists, *, is_clear: bool = False) -> Sequence[Match]:
        """Return the questions that a text can be if any words can be a name.

        With ``is_clear``, only those that people do not use for things that are no machines.
        """
        return self._matches("clear" if is_clear else "unknown", text, lists)

    def worded_kinds(self, kinds: Mapping[str, str]) -> Mapping[tuple[str, ...], str]:
        """Return the words of the names of kinds, also of ``kinds``; the last result is kept."""
        kept = self._worded_kinds
        if kept is None or kept[0] is not kinds:
            every = {**kinds, **self.values("kind")}
            kept = self._worded_kinds = kinds, {words_of(text): str(kind) for text, kind in every.items()}
        return kept[1]

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
        found = PartTexts({kept_words_of(text): {} for text in fillers})
        for slot in PARTS:
            for text, value in self.values(slot).items():
                words = kept_words_of(text)
                # "Today" says nothing about a reading: the last one is of today.
                if slot != "recent" or words not in found:
                    found.setdefault(words, {})[slot] = str(value)
        for text, number in self.numbers.items():
            found.setdefault(kept_words_of(text), {NUMBER: str(number)})
        self._add_of_inventory(found, lists)
        found.pop((), None)
        found.share_slots()
        return found

    def _add_of_inventory(self, found: PartTexts, lists: Lists) -> None:
        """Add the names of readings and kinds, and the words that those of readings consist of."""
        own = frozenset(found)
        for slot, values in (("reading", lists.readings), ("kind", self._kinds(lists.kinds))):
            for text, value in values.items():
                words = kept_words_of(text)
                if words not in own:
                    found.setdefault(words, {})[slot] = value
                elif slot == "kind" and "kind" in found[words]:
                    # "Apps" are services, and what a NAS calls so.
                    found[words] = {**found[words], "kind": value}
        common = self.common | self.phrases("reversing") | self.phrases("not_name")
        for word, value in lists.words.get(self.language, {}).items():
            if word not in common:
                found.setdefault((word,), {"reading": value})

    def _matches(self, part: str, text: str, lists: Lists) -> Sequence[Match]:
        """Return what a text can be, best first; it is kept while the lists are the same."""
        key = part, text, tuple(lists.names), len(lists.readings)
        kept = self._found.get(key)
        if kept is None or not kept[0].matches_as(lists):
            if len(self._found) >= MOST_KEPT:
                self._found.clear()
            find = self._find_unknown if part in _UNKNOWN else self._find
            kept = self._found[key] = lists, find(part, text, self._slot_lists(lists))
        return kept[1]

    def _find(self, part: str, text: str, lists: Mapping[str, SlotList]) -> Sequence[Match]:
        forms, skip_words = _forms(text, self._skip_words)
        possible = self._parts[part].possible(forms, lists)
        return self._matched(possible, text, lists, skip_words) if possible else ()

    def _find_unknown(self, part: str, text: str, lists: Mapping[str, SlotList]) -> Sequence[Match]:
        known = {**self._matched_lists, **lists, **_ANYTHING}
        folded = normalize_text(text).casefold()
        occurring = Occurring(known, f"{folded}\n{folded.translate(_BROKEN)}", self._folded)
        forms, skip_words = _forms(text, self._skip_words)
        possible = self._parts[part].possible(forms, known, occurring.occurs)
        # After a wildcard each value of a list is searched for: only those that occur are left.
        return self._matched(possible, text, occurring.lists(), skip_words) if possible else ()

    def _matched(
        self,
        possible: dict[str, Intent],
        text: str,
        lists: Mapping[str, SlotList],
        skip_words: Sequence[str],
    ) -> Sequence[Match]:
        intents = replace(
            self._intents,
            intents=possible,
            slot_lists=dict(self._matched_lists),
            skip_words=list(skip_words),
        )
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
        return tuple(sorted(found, key=lambda one: -one.literal))

    def _slot_lists(self, lists: Lists) -> Mapping[str, SlotList]:
        for kept, known in self._lists:
            if kept.matches_as(lists):
                return known
        made: dict[str, SlotList] = {
            "name": self._extended("name", lists.names),
            "reading": self._extended("reading", lists.readings),
            "kind": self._extended("kind", self._kinds(lists.kinds)),
            "verb": self._extended("verb", {one: one for one in lists.verbs}),
        }
        self._lists = (*self._lists, (lists, made))[-MOST_LISTS:]
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
        own = self._matched_lists.get(name)
        if not added:
            return own or PlainTextList(name, [])
        kept = self._kept.get(name)
        if kept is not None and (kept[0] is added or kept[0] == added):
            return kept[1]
        # A name comes before a template that stands for the same text.
        texts, templates = self._own.get(name, ((), ()))
        made = PlainTextList(name, [*texts, *slot_values(added), *templates])
        made.get_candidates("")  # hassil makes an index at the first use, which is here in no other thread
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
