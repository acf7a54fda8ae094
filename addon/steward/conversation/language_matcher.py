"""Matches texts with the sentences of one language, by hassil."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from types import MappingProxyType
from typing import Any, Final

from hassil.expression import TextChunk
from hassil.intents import (
    Intent,
    Intents,
    SlotList,
    TextSlotList,
    TextSlotValue,
    WildcardSlotList,
)
from hassil.models import MatchEntity
from hassil.numbers import get_rbnf_engine
from hassil.recognize import recognize_all
from hassil.string_matcher import MatchContext, MatchSettings, match_expression
from hassil.util import normalize_text

from .expressions import texts_of
from .sentence_files import Content
from .words import WORD

REQUEST: Final = frozenset({"Request"})
DECISIONS: Final = frozenset({"Approve", "Reject", "Ignore", "Snooze"})
REPLIES: Final = frozenset({"Yes", "No"})

MOST_MATCHES: Final = 64
"""Matches of one text that are considered."""

_NUMBERS: Final = range(2, 61)
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
    kinds: Mapping[str, str] = field(default_factory=dict)
    verbs: tuple[str, ...] = ()


class LanguageMatcher:
    """The sentences of one language."""

    def __init__(self, content: Content) -> None:
        """``content`` was checked by ``sentence_files``."""
        self.language: str = content["language"]
        self._intents = Intents.from_dict(content)
        self._parts = {
            name: self._with(name) for name in ("questions", "requests", "decisions", "replies", "unknown")
        }
        self._lists: tuple[Lists, Mapping[str, SlotList]] | None = None
        self._kept: dict[str, tuple[Mapping[str, str], SlotList]] = {}
        self._phrases: dict[str, frozenset[str]] = {}
        self._values: dict[str, Mapping[str, Any]] = {}
        self._settings = MatchSettings(
            slot_lists=dict(self._intents.slot_lists),
            expansion_rules=self._intents.expansion_rules,
            language=self.language,
        )

    def prepare(self) -> None:
        """Parse all templates, which otherwise happens at their first use."""
        for part in self._parts.values():
            for intent in part.intents.values():
                for block in intent.data:
                    for one in block.sentences:
                        one.get_required_clauses(self._intents.expansion_rules)
        for rule in ("filler", "noun", "verb_word", "not_name", "before_noun"):
            self.phrases(rule)
        self.find("time", "100")
        _ = self.numbers

    def questions(self, text: str, lists: Lists) -> list[Match]:
        """Return the questions that a text can be, best first."""
        return self._matches("questions", text, self._slot_lists(lists))

    def requests(self, text: str, lists: Lists) -> list[Match]:
        """Return the requests that a text can be, best first."""
        return self._matches("requests", text, self._slot_lists(lists))

    def decisions(self, text: str, lists: Lists) -> list[Match]:
        """Return the decisions about an approval request that a text can be, best first."""
        return self._matches("decisions", text, self._slot_lists(lists))

    def reply(self, text: str) -> bool | None:
        """Return whether a text says yes or no, None when it says something else."""
        found = self._matches("replies", text, {})
        return found[0].intent == "Yes" if found else None

    def unknown(self, text: str, lists: Lists) -> list[Match]:
        """Return the questions that a text can be if any words can be a name."""
        anything = {**self._slot_lists(lists), "name": WildcardSlotList("name")}
        return self._matches("unknown", text, anything)

    def prefix(self, rule: str, text: str) -> int:
        """Return how many characters at the start of a text match a rule, as whole words."""
        sentence = self._intents.expansion_rules.get(rule)
        if sentence is None or not text:
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

    @cached_property
    def numbers(self) -> Mapping[str, int]:
        """The numbers that are said as words."""
        engine = get_rbnf_engine(self.language)
        found: dict[str, int] = {}
        for number in _NUMBERS:
            said = engine.format_number(number)
            for text in {said.text, *said.text_by_ruleset.values()}:
                found.setdefault(text.replace("\N{SOFT HYPHEN}", "").casefold(), number)
        return MappingProxyType(found)

    def _with(self, part: str) -> Intents:
        """Return the intents of one part; they share what was parsed."""
        chosen = {name: one for name, one in self._intents.intents.items() if _part_of(name) == part}
        if part == "unknown":
            chosen = {
                name: Intent(name, [block for block in one.data if (block.metadata or {}).get("unknown")])
                for name, one in self._intents.intents.items()
            }
        return replace(self._intents, intents=chosen)

    def _matches(self, part: str, text: str, lists: Mapping[str, SlotList]) -> list[Match]:
        found: list[Match] = []
        for result in recognize_all(text, self._parts[part], slot_lists=dict(lists), language=self.language):
            if not all(_is_whole(text, one) for one in result.entities_list):
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
        if self._lists is not None and self._lists[0] is lists:
            return self._lists[1]
        made: dict[str, SlotList] = {
            "name": _text_list("name", lists.names),
            "reading": self._extended("reading", lists.readings),
            "kind": self._extended("kind", lists.kinds),
            "verb": _text_list("verb", {one: one for one in lists.verbs}),
        }
        self._lists = (lists, made)
        return made

    def _extended(self, name: str, added: Mapping[str, str]) -> SlotList:
        """Return a list of the sentences with more values; the last one is kept, with its index."""
        kept = self._kept.get(name)
        if kept is not None and kept[0] == added:
            return kept[1]
        own = self._intents.slot_lists.get(name)
        values = list(own.values) if isinstance(own, TextSlotList) else []
        made = TextSlotList(name, [*values, *_slot_values(added)])
        self._kept[name] = (added, made)
        return made


def _part_of(intent: str) -> str:
    for part, names in (("requests", REQUEST), ("decisions", DECISIONS), ("replies", REPLIES)):
        if intent in names:
            return part
    return "unknown" if intent == "UnknownThing" else "questions"


def _is_end(text: str, end: int) -> bool:
    """Return whether a word ends at this place."""
    return end > 0 and (not text[end - 1].isalnum() or end == len(text) or not text[end].isalnum())


def _is_whole(text: str, entity: MatchEntity) -> bool:
    """Return whether what a list or a wildcard matched begins and ends with a word."""
    if entity.text_span is None:
        return True
    start, end = entity.text_span
    is_start = start == 0 or not text[start - 1 : start + 1].isalnum()
    return is_start and (end >= len(text) or not text[end - 1 : end + 1].isalnum())


def _text_list(name: str, values: Mapping[str, Any]) -> TextSlotList:
    return TextSlotList(name, _slot_values(values))


def _slot_values(values: Mapping[str, Any]) -> list[TextSlotValue]:
    return [TextSlotValue(TextChunk(normalize_text(text)), value) for text, value in values.items()]
