"""Recognises a question by its parts, in any order: a name, a reading, a kind of things, a state.

All other words must be words that say nothing by themselves. A word that is not understood could change
the meaning: such a question is not answered here.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from .mentions import PLACE
from .words import WORD

PARTS: Final = ("reading", "adjective", "superlative", "kind", "kind_word", "state", "cue")
"""Lists of the sentences whose texts are parts."""

FILLER: Final = "question_filler"
"""The rule with the words that say nothing by themselves, beside the words that are skipped."""

_WITH_UNKNOWN: Final = ("Value", "Since", "Count", "List", "Extreme")
"""Questions in which a part that is not understood is probably a name, or the place of things."""

_RUNNING: Final[tuple[list[str], ...]] = ([], ["running"])
"""States that say nothing more about a reading: what does not run has none."""

_ORDERS: Final = ("most", "least")


class PartTexts(dict[tuple[str, ...], dict[str, str]]):
    """The slots and values that a text of one or more words can stand for; none for a filler."""

    @cached_property
    def longest(self) -> int:
        """The number of words of the longest text."""
        return max(map(len, self), default=0)


@dataclass(frozen=True, slots=True)
class Recognised:
    """The intent and the slots of a question; ``unknown`` is the place in the text of a name it lacks."""

    intent: str
    slots: Mapping[str, str | int]
    unknown: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class _Parts:
    names: tuple[int, ...]
    found: tuple[Mapping[str, str], ...]
    unknown: tuple[tuple[int, int], ...]

    def values(self, slot: str) -> list[str]:
        """Return the different values that the parts have for a slot, in order."""
        return list(dict.fromkeys(one[slot] for one in self.found if slot in one))


def recognise_parts(text: str, known: PartTexts) -> Recognised | None:
    """Return what a text with marks in place of names asks, None if that is not clear.

    With ``unknown`` it is clear but for a part that could be the name of a thing.
    """
    parts = _parts(text, known)
    if len(parts.names) > 1 or len(parts.unknown) > 1 or (parts.unknown and parts.names):
        return None
    unknown = parts.unknown[0] if parts.unknown else None
    if unknown and not parts.values("cue"):
        return None
    question = _question(parts, has_name=bool(parts.names or parts.unknown))
    if question is None or (unknown and question[0] not in _WITH_UNKNOWN):
        return None
    intent, slots = question
    named: dict[str, str | int] = {**slots, **({"name": parts.names[0]} if parts.names else {})}
    if "machine" in parts.values("kind_word"):
        named["kind_word"] = "machine"
    return Recognised(intent, named, unknown)


def _question(parts: _Parts, *, has_name: bool) -> tuple[str, dict[str, str]] | None:
    """Return the intent and the slots of the parts, without the name; None if they are not clear."""
    cues, states = parts.values("cue"), parts.values("state")
    is_list = bool({"count", "list"} & set(cues))
    readings, kinds = _readings_and_kinds(parts, is_list=is_list, has_name=has_name)
    if "when" in cues[1:] or max(map(len, (readings, states, kinds))) > 1:
        # "Tell me when it restarts" is no question about the past.
        return None
    kind = {"kind": kinds[0]} if kinds else {}
    order = _order(parts)
    if order is not None:
        is_clear = not has_name and states in _RUNNING
        return _extreme(order, readings, kind, parts) if is_clear else None
    if readings:
        if kinds and has_name and "list" in cues:
            # "Which containers on pve1 use memory?" asks for more than a reading of pve1.
            return None
        found = _reading(readings[0], cues, states, has_name=has_name)
        return (found[0], {**found[1], **({} if has_name else kind)}) if found else None
    state = {"state": states[0]} if states else {}
    # "How many printers are online?" names a kind that is not known.
    if is_list and (kind or (parts.unknown and state)):
        return "Count" if "count" in cues else "List", {**kind, **state}
    return _about_one(cues, states) if has_name else None


def _reading(
    reading: str, cues: Sequence[str], states: Sequence[str], *, has_name: bool
) -> tuple[str, dict[str, str]] | None:
    """Return a question about a reading; "running" says nothing more about it."""
    if not (cues or has_name) or states not in _RUNNING:
        return None
    return "Value" if has_name else "ValueOfAll", {"reading": reading}


def _about_one(cues: Sequence[str], states: Sequence[str]) -> tuple[str, dict[str, str]] | None:
    """Return the intent of a question about one thing without a reading."""
    if "changes" in cues:
        return "Changes", {}
    if "since" in cues or ("when" in cues and "started" in cues):
        return "Since", {}
    return ("State", {}) if states and "ask" in cues and "started" not in cues else None


def _extreme(
    order: tuple[str, str], readings: Sequence[str], kind: Mapping[str, str], parts: _Parts
) -> tuple[str, dict[str, str]] | None:
    direction, implied = order
    reading = next(iter(readings), implied)
    if not reading or set(parts.values("cue")) & {"since", "when", "changes"}:
        return None
    return "Extreme", {"order": direction, "reading": reading, **kind}


def _order(parts: _Parts) -> tuple[str, str] | None:
    """Return the direction of a superlative and the reading that it implies, "" for none."""
    found = parts.values("superlative")
    if len(found) != 1:
        return None
    direction, _, reading = found[0].partition(" ")
    return (direction, reading) if direction in _ORDERS else None


def _readings_and_kinds(parts: _Parts, *, is_list: bool, has_name: bool) -> tuple[list[str], list[str]]:
    """Return the readings and the kinds of things; a text that can be both is what the others leave."""
    adjectives = parts.values("adjective")
    readings = [one["reading"] for one in parts.found if "reading" in one and "kind" not in one]
    kinds = [one["kind"] for one in parts.found if "kind" in one and "reading" not in one]
    both = [one for one in parts.found if "kind" in one and "reading" in one]
    for one in both:
        is_kind = readings or adjectives or parts.values("superlative") or (is_list and not has_name)
        (kinds if is_kind else readings).append(one["kind" if is_kind else "reading"])
    # "How many queries does it block" asks what is blocked: the noun is what the adjective or verb is about.
    return list(dict.fromkeys(adjectives or readings)), list(dict.fromkeys(kinds))


def _parts(text: str, known: PartTexts) -> _Parts:
    words = list(WORD.finditer(text))
    folded = [one[0].casefold() for one in words]
    names: list[int] = []
    found: list[Mapping[str, str]] = []
    unknown: list[tuple[int, int]] = []
    at, last_unknown = 0, -1
    while at < len(words):
        number = _mark(folded[at])
        count = 1 if number is not None else _length(folded, at, known)
        if number is not None:
            names.append(number)
        elif count:
            found.append(known[tuple(folded[at : at + count])])
        else:
            is_same = bool(unknown) and last_unknown == at - 1
            start = unknown.pop()[0] if is_same else words[at].start()
            unknown.append((start, words[at].end()))
            last_unknown = at
        at += max(count, 1)
    return _Parts(tuple(dict.fromkeys(names)), tuple(found), tuple(unknown))


def _length(words: Sequence[str], at: int, known: PartTexts) -> int:
    """Return the number of words of the longest text that begins here, 0 when none does."""
    for count in range(min(known.longest, len(words) - at), 0, -1):
        if tuple(words[at : at + count]) in known:
            return count
    return 0


def _mark(word: str) -> int | None:
    """Return the number of the mention that a word marks, None when it marks none."""
    number = word.removeprefix(PLACE).removesuffix(PLACE)
    return int(number) if word.startswith(PLACE) and number.isdigit() else None
