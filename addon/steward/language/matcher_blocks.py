"""Prepares the templates and the lists of sentences for a matcher."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from operator import itemgetter
from typing import Any, Final

from hassil.expression import Sentence, TextChunk
from hassil.intents import IntentData, SlotList, TextSlotList, TextSlotValue
from hassil.models import MatchEntity
from hassil.util import normalize_text

from .expressions import SharedExpressions, texts_of
from .sentence_files import Content

REQUEST: Final = frozenset({"Request"})
DECISIONS: Final = frozenset({"Approve", "Reject", "Ignore", "Snooze", "Cancel", "Stop", "FalseAlarm"})
CONDITIONS: Final = frozenset({"Idle", "Busy", "BackupDone", "Up", "Down", "Home"})
PLANS: Final = frozenset({"FixDown", "FreeSpace", "PowerCut", "MoveToVlan", "RunRunbook", "LeaveAlone"})
REPLIES: Final = frozenset({"Yes", "No"})

GRAM: Final = 3
"""Letters of the start of a value that must be in a text for the value to be in it."""


class FoldedValues:
    """The values of a list in lower case, by how they begin."""

    def __init__(self, values: Iterable[TextSlotValue]) -> None:
        """Keep the place of each value: the order of the values is that of their matches."""
        self._by_start: dict[str, list[tuple[int, str, TextSlotValue]]] = {}
        for place, value in enumerate(values):
            text = _text_of(value).casefold()
            self._by_start.setdefault(text[:GRAM], []).append((place, text, value))
        self._short = tuple(one for one in self._by_start if len(one) < GRAM)

    def occurring(self, forms: str, starts: AbstractSet[str]) -> list[TextSlotValue]:
        """Return the values that are in ``forms``, in order; ``starts`` are all of its ``GRAM`` letters."""
        found = [
            (place, value)
            for start in (*self._short, *(self._by_start.keys() & starts))
            for place, text, value in self._by_start[start]
            if text in forms
        ]
        return [value for _, value in sorted(found, key=itemgetter(0))]


type Folded = dict[str, tuple[SlotList, FoldedValues]]
"""The values of each list with their texts in lower case."""


class Occurring:
    """The lists of a matcher with only the values that occur in the forms of a text."""

    def __init__(self, known: Mapping[str, SlotList], forms: str, folded: Folded) -> None:
        """``forms`` are in lower case; ``folded`` keeps the texts of the lists in lower case."""
        self._known = known
        self._forms = forms
        self._folded = folded
        self._starts = frozenset(forms[at : at + GRAM] for at in range(len(forms) - GRAM + 1))
        self._lists: dict[str, SlotList] = {}

    def occurs(self, name: str) -> bool:
        """Return whether a value of a list may occur; of a list that is not known, it may."""
        found = self._list(name) if name in self._known else None
        return not isinstance(found, TextSlotList) or bool(found.values)

    def lists(self) -> dict[str, SlotList]:
        """Return all lists with what occurs of them."""
        return {name: self._list(name) for name in self._known}

    def _list(self, name: str) -> SlotList:
        if name not in self._lists:
            slot_list = self._known[name]
            values = self._occurring(name, slot_list) if isinstance(slot_list, TextSlotList) else None
            self._lists[name] = slot_list if values is None else TextSlotList(name, values)
        return self._lists[name]

    def _occurring(self, name: str, slot_list: TextSlotList) -> list[TextSlotValue]:
        kept = self._folded.get(name)
        if kept is None or kept[0] is not slot_list:
            kept = self._folded[name] = (slot_list, FoldedValues(slot_list.values))
        return kept[1].occurring(self._forms, self._starts)


def texts_of_content(content: Content) -> Iterator[str]:
    """Yield all templates of the intents, lists, and rules."""
    for intent in content["intents"].values():
        for block in intent["data"]:
            yield from block["sentences"]
    for one in content["lists"].values():
        for value in one.get("values", ()):
            yield value["in"] if isinstance(value, dict) else value
    yield from content["expansion_rules"].values()


def single_blocks(blocks: Iterable[IntentData], shared: SharedExpressions) -> list[IntentData]:
    """Return blocks with one template each, in hassil's order: the most text before a wildcard first."""
    found: list[IntentData] = []
    for block in blocks:
        single = [replace(block, sentence_texts=[text]) for text in block.sentence_texts]
        for one in single:
            for sentence in one.sentences:
                sentence.expression = shared.of(sentence.expression)
        found += sorted(single, key=_wildcard_order)
    return found


def _wildcard_order(block: IntentData) -> int:
    sentence = block.sentences[0]
    has_wildcard = any(one in block.wildcard_list_names for one in sentence.list_names())
    return -sentence.text_chunk_count() if has_wildcard else 0


def chosen_blocks(blocks: Mapping[str, list[IntentData]], part: str) -> dict[str, list[IntentData]]:
    """Return the blocks of the intents of one part; "unknown" are those that name a thing."""
    if part in ("unknown", "clear"):
        kinds = ("clear",) if part == "clear" else ("clear", "loose")
        return {
            name: [one for one in many if (one.metadata or {}).get("unknown") in kinds]
            for name, many in blocks.items()
        }
    return {name: many for name, many in blocks.items() if _part_of(name) == part}


def _part_of(intent: str) -> str:
    parts = (
        ("requests", REQUEST),
        ("plans", PLANS),
        ("conditions", CONDITIONS),
        ("decisions", DECISIONS),
        ("replies", REPLIES),
    )
    for part, names in parts:
        if intent in names:
            return part
    return "unknown" if intent == "UnknownThing" else "questions"


def is_whole(text: str, entity: MatchEntity) -> bool:
    """Return whether what a list or a wildcard matched begins and ends with a word."""
    if entity.text_span is None:
        return True
    start, end = entity.text_span
    is_start = start == 0 or not text[start - 1 : start + 1].isalnum()
    return is_start and (end >= len(text) or not text[end - 1 : end + 1].isalnum())


def plain_values(
    slot_list: SlotList, rules: Mapping[str, Sentence], shared: SharedExpressions
) -> tuple[Sequence[TextSlotValue], Sequence[TextSlotValue]]:
    """Return the values of a list that are texts, and the texts that its templates stand for."""
    values = slot_list.values if isinstance(slot_list, TextSlotList) else ()
    texts = [one for one in values if not is_template(one)]
    templates = [
        replace(one, text_in=shared.of(TextChunk(text)))
        for one in values
        if is_template(one)
        for text in texts_of(one.text_in, rules)
    ]
    return texts, templates


def is_template(value: TextSlotValue) -> bool:
    """Return whether a value of a list stands for several texts."""
    return not isinstance(value.text_in, TextChunk)


def _text_of(value: TextSlotValue) -> str:
    return value.text_in.text if isinstance(value.text_in, TextChunk) else ""


def slot_values(values: Mapping[str, Any]) -> list[TextSlotValue]:
    """Return the values of a list by their texts."""
    return [TextSlotValue(TextChunk(normalize_text(text)), value) for text, value in values.items()]
