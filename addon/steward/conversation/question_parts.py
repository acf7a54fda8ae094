"""Recognises a question by its parts, in any order: a name, a reading, a kind of things, a state.

All other words must be words that say nothing by themselves. A word that is not understood could change
the meaning: such a question is not answered here.
"""

import re
from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from .mentions import PLACE
from .part_texts import PartTexts
from .readings import EITHER, EVERY
from .words import WORD

PARTS: Final = (
    "reading", "adjective", "superlative", "kind", "kind_word", "state", "cue",
    "check", "bound", "unit", "share", "past", "recent", "conjunction", "remaining", "reach", "topic", "amount",
)  # fmt: skip
"""Lists of the sentences whose texts are parts."""

JOINT: Final = "|"
"""Separates several readings that are asked for together."""

LONGEST_PREPOSITION: Final = 2
MOST_STRANGE: Final = 2
"""Words that are not known and may be left out."""

NUMBER: Final = "number"
"""The slot of a number."""

FILLER: Final = "question_filler"
"""The rule with the words that say nothing by themselves, beside the words that are skipped."""

_WITH_UNKNOWN: Final = ("Value", "Since", "Count", "List", "Extreme", "State", "Changes")
"""Questions in which a part that is not understood is probably a name, or the place of things."""

_RUNNING: Final[tuple[list[str], ...]] = ([], ["running"])
"""States that say nothing more about a reading: what does not run has none."""

_OF_UNITS: Final = {"°C": "temperature", "W": "power", "ms": "response answer delay latency"}
"""The readings that a unit without a number asks for."""

_DECIMALS: Final = re.compile(r"[.,](\d+)\b")
_LISTED: Final = re.compile(r"\w\s*[,+/&]\s*\w")
"""Several things that are said after one another."""

_BOUNDS: Final = {">": "over", "<": "under"}
_WITH_UNIT: Final = re.compile(r"(\d+)([a-z]+)")
_SIGN: Final = re.compile(r"\s*([%°])")
_SIGNS: Final = {"%": "%", "°": "°C"}
_ORDERS: Final = ("most", "least")


@dataclass(frozen=True, slots=True)
class Recognised:
    """The intent and the slots of a question.

    ``unknown`` is the place in the text of a name that it lacks, ``names`` are the mentions that it compares.
    """

    intent: str
    slots: Mapping[str, str | int]
    unknown: tuple[int, int] | None = None
    names: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class _Parts:
    names: tuple[int, ...]
    found: tuple[Mapping[str, str], ...]
    unknown: tuple[tuple[int, int], ...]
    fillers: frozenset[str] = frozenset()
    is_listed: bool = False

    @property
    def is_one(self) -> bool:
        """Whether there is one part only: "Temperatures"."""
        return len(self.found) == 1 and "reading" in self.found[0]

    def values(self, slot: str) -> list[str]:
        """Return the different values that the parts have for a slot, in order."""
        return list(dict.fromkeys(one[slot] for one in self.found if slot in one))


def recognise_parts(text: str, known: PartTexts, common: Container[str] = ()) -> Recognised | None:
    """Return what a text with marks in place of names asks, None if that is not clear.

    With ``unknown`` it is clear but for a part that could be the name of a thing. ``common`` words are
    no part of such a name.
    """
    parts = _with_amounts(_parts(text, known))
    if len(parts.unknown) > 1:
        strange = tuple(one for one in parts.unknown if not _is_common(text[slice(*one)], common))
        parts = _Parts(parts.names, parts.found, strange or parts.unknown)
    if len(parts.unknown) > 1 or (parts.unknown and parts.names):
        return None
    if len(parts.names) > 1:
        return _comparison(parts)
    unknown = parts.unknown[0] if parts.unknown else None
    if unknown and not (parts.values("cue") or parts.values("check")):
        return None
    question = _question(parts, has_name=bool(parts.names or parts.unknown))
    if question is None or (unknown and question[0] not in _WITH_UNKNOWN):
        return None
    intent, slots = question
    named: dict[str, str | int] = {**slots, **({"name": parts.names[0]} if parts.names else {})}
    if intent == "Value" and "list" in parts.values("cue") and parts.values("kind"):
        named["count"] = "count"
    if "machine" in parts.values("kind_word"):
        named["kind_word"] = "machine"
    return Recognised(intent, named, unknown)


def recognise_most(
    text: str,
    known: PartTexts,
    common: Container[str],
    reversing: frozenset[str],
    is_place: Callable[[int], bool],
) -> tuple[Recognised, str] | None:
    """Return what a text asks if ``common`` words are left out, and one part that was left out besides.

    ``reversing`` words change what is asked. ``is_place`` says whether a word that begins at a place in the text is where something is: such a
    word, and every word that is not common where nothing is named, may be the name of a thing.
    """
    parts = _with_amounts(_parts(text, known))
    strange = [
        (start + word.start(), start + word.end())
        for start, end in parts.unknown
        for word in WORD.finditer(text[start:end])
        if word[0].casefold() not in common
    ]
    words = {one[0].casefold() for span in parts.unknown for one in WORD.finditer(text[slice(*span)])}
    if (parts.fillers | words) & reversing or len(strange) > MOST_STRANGE:
        return None
    if (strange and len(parts.names) != 1) or any(is_place(start) for start, _ in strange):
        return None
    if any(_is_of_name(text, span) for span in strange):
        return None
    if strange and not _asks(parts) and strange[0][0] == WORD.search(text).start():  # type: ignore[union-attr]
        return None  # "Evict it from memory"
    plain = _reduced(parts)
    is_about_one = parts.names and "Problems" in parts.values("topic")
    if len(parts.names) > 1:
        values = plain.values("reading")
        several = Recognised("Value", {"reading": values[0]}, names=parts.names) if values else None
        found = _comparison(plain) or (several if not plain.values("superlative") else None)
        return (found, "") if found is not None else None
    parts = _with_period(parts)
    topic = None if is_about_one else _topic(parts)
    if topic is not None:
        return topic, text[strange[0][0] : strange[-1][1]] if strange else ""
    question = _question(plain, has_name=bool(parts.names))
    if question is None and parts.names and not plain.values("reading") and not plain.values("kind"):
        question = _state_of(parts)
    if question is None:
        return None
    intent, slots = question
    named: dict[str, str | int] = {**slots, **({"name": parts.names[0]} if parts.names else {})}
    if "list" in parts.values("cue") and intent == "Value":
        named["count"] = "count"
    left_out = text[strange[0][0] : strange[-1][1]] if strange else ""
    return Recognised(intent, named), left_out


def _reduced(parts: _Parts) -> _Parts:
    """Return parts with one reading that combines all, one kind, one state, and no number without a bound."""
    is_list = bool({"count", "list"} & set(parts.values("cue")))
    readings, kinds = _readings_and_kinds(parts, is_list=is_list, has_name=bool(parts.names))
    is_bound = any(map(parts.values, ("bound", "reach"))) or (
        parts.values("superlative") and parts.values("unit")
    )
    dropped = {"reading", "adjective", "kind", "state", *(() if is_bound else (NUMBER, "share", "unit"))}
    found = [
        rest
        for one in parts.found
        if (rest := {slot: value for slot, value in one.items() if slot not in dropped}) or not one
    ]
    is_joint = parts.is_listed and len(readings) > 1 and len(parts.names) == 1
    if readings:
        found = [{**one, "cue": "ask"} if one.get("cue") == "when" else one for one in found]
        found.append({"reading": (JOINT if is_joint else EVERY).join(readings)})
    for slot, values in (("kind", kinds), ("state", parts.values("state"))):
        found += [{slot: values[0]}] if values else []
    return _Parts(parts.names, tuple(found), ())


def _with_period(parts: _Parts) -> _Parts:
    """Return parts with a period in place of "2 hours" where something that happened is asked for."""
    hours = {"h": 1, "d": 24, "w": 168}
    numbers, units = parts.values(NUMBER), [one for one in parts.values("unit") if one in hours]
    is_past = "changes" in parts.values("cue") or parts.values("topic") == ["Done"]
    if not is_past or len(numbers) != 1 or len(units) != 1 or not numbers[0].isdecimal():
        return parts
    rest = tuple(one for one in parts.found if NUMBER not in one and "unit" not in one)
    period = str(max(1, int(numbers[0]) * hours[units[0]]))
    return replace(parts, found=(*rest, {"recent": period}))


def _topic(parts: _Parts) -> Recognised | None:
    """Return the question about the whole homelab that parts ask, None if they say something else too."""
    topics = parts.values("topic")
    other = ("superlative", NUMBER, "share", "bound", "unit", "state")
    if len(topics) != 1 or any(map(parts.values, other)) or not _asks(parts):
        return None
    recent = parts.values("recent")[:1]
    slots: dict[str, str | int] = {"recent": recent[0]} if recent else {}
    return Recognised(topics[0], {**slots, **({"name": parts.names[0]} if parts.names else {})})


def _asks(parts: _Parts) -> bool:
    return bool(parts.values("cue") or parts.values("check"))


def _state_of(parts: _Parts) -> tuple[str, dict[str, str]] | None:
    """Return the question about the state of the one thing that is named, None if something else is asked."""
    other = ("superlative", "recent", "past", NUMBER, "share", "bound", "conjunction")
    asked = set(parts.values("cue")) - {"ask", "list"}
    is_asked = parts.values("check") or parts.values("state") or "Problems" in parts.values("topic")
    return ("State", {}) if is_asked and not asked and not any(map(parts.values, other)) else None


def _is_of_name(text: str, span: tuple[int, int]) -> bool:
    """Return whether a word with a capital letter follows a name: "Home Assistant Yellow"."""
    start, end = span
    before = text[:start].rstrip(" -")
    return before.endswith(PLACE) and text[start:end][:1].isupper()


def has_cue(text: str, known: PartTexts) -> bool:
    """Return whether a text has a word that asks something."""
    return _asks(_parts(text, known))


def _is_common(text: str, common: Container[str]) -> bool:
    return all(one[0].casefold() in common for one in WORD.finditer(text))


def asks_value(text: str, known: PartTexts) -> bool:
    """Return whether a text asks for a value, or what is higher, also if it is not understood as a whole."""
    parts = _parts(text, known)
    asked = ("reading", "adjective", "superlative", "bound")
    return bool(parts.values("cue") or parts.values("check")) and any(map(parts.values, asked))


def understood_reading(text: str, known: PartTexts) -> tuple[int, str, tuple[int, int]] | None:
    """Return the number of the name, the reading, and the place of the words that are not understood.

    None when it is not clear that the last reading of one thing is meant.
    """
    parts = _parts(text, known)
    other = (NUMBER, "share", "bound", "superlative", "past", "recent", "state", "kind")
    readings, _ = _readings_and_kinds(parts, is_list=False, has_name=True)
    is_asked = set(parts.values("cue")) <= {"ask", "count"} and (parts.values("cue") or parts.values("check"))
    is_clear = len(parts.names) == len(readings) == len(parts.unknown) == 1
    if not is_clear or not is_asked or any(map(parts.values, other)):
        return None
    return parts.names[0], readings[0], parts.unknown[0]


def readings_in(text: str, known: PartTexts) -> Sequence[str]:
    """Return the readings that a text names, whatever else it says."""
    readings, _ = _readings_and_kinds(_parts(text, known), is_list=False, has_name=True)
    return readings


def superlative_of(text: str, known: PartTexts) -> tuple[str, str] | None:
    """Return the direction and the reading of a text that is only a superlative, None if it is not."""
    parts = _parts(text, known)
    is_only = not (parts.names or parts.unknown) and all("superlative" in one for one in parts.found if one)
    return _order(parts) if is_only else None


def parts_between(text: str, known: PartTexts) -> tuple[bool, bool]:
    """Return whether a text between two names joins them, and whether it says nothing else."""
    parts = _parts(text, known)
    is_plain = not parts.unknown and all({*one} <= {"cue", "check", "conjunction"} for one in parts.found)
    return bool(parts.values("conjunction")), is_plain


def _comparison(parts: _Parts) -> Recognised | None:
    """Return which of several things has the higher or lower reading, None if that is not asked."""
    readings, _ = _readings_and_kinds(parts, is_list=False, has_name=True)
    is_about_now = not any(map(parts.values, (NUMBER, "share", "recent")))
    order = _order(parts) or _bound_order(parts)
    if order is None or parts.unknown or len(readings) > 1 or not is_about_now:
        return None
    reading = next(iter(readings), order[1])
    if not reading or parts.values("state") not in _RUNNING:
        return None
    slots = {"order": order[0], "reading": reading, **_check(parts)}
    return Recognised("Compare", slots, names=parts.names)


def _with_amounts(parts: _Parts) -> _Parts:
    """Return parts with a number and a unit in place of "a month"."""
    found: list[Mapping[str, str]] = []
    for one in parts.found:
        number, _, unit = one.get("amount", "").partition(" ")
        found.append({NUMBER: number, "unit": unit} if unit else one)
    return replace(parts, found=tuple(found))


def _threshold(
    parts: _Parts, readings: Sequence[str], kind: Mapping[str, str], *, has_name: bool
) -> tuple[str, dict[str, str]] | None:
    """Return a question whether a reading, or a count, is above or below a number."""
    numbers, order = [*parts.values(NUMBER), *parts.values("share")], _order(parts)
    direction = (
        parts.values("bound")
        or parts.values("reach")
        or ([{"most": "over", "least": "under"}[order[0]]] if order else [])
    )
    units = [*parts.values("unit"), *(["%"] if parts.values("share") else [])]
    if not (parts.values("bound") or parts.values("reach") or units or parts.values("check")):
        return None  # "Which of my three disks is the warmest"
    if len(numbers) != 1 or len(direction) != 1 or len(set(units)) > 1 or parts.values("recent"):
        return None
    slots = {"bound": direction[0], NUMBER: numbers[0], **kind, **_check(parts)}
    reading = next(iter(readings), order[1] if order and order[1] else "")
    states = parts.values("state")
    if not reading and not units and kind:
        return "Count", {**slots, **({"state": states[0]} if states else {})}
    # "More than three containers running" is also the name of a reading of some service.
    is_count = reading.startswith("=") and not (has_name or units)
    is_clear = (reading or (units and (has_name or kind))) and states in _RUNNING and not is_count
    unit = {"unit": units[0]} if units else {}
    return ("Threshold", {**slots, **unit, "reading": reading}) if is_clear else None


def _check(parts: _Parts) -> dict[str, str]:
    """Return the slot of a question that is answered with yes or no."""
    asked = [one for one in parts.found if "cue" in one or "check" in one]
    is_check = bool(asked) and "check" in asked[0] and not {"list", "count"} & set(parts.values("cue"))
    return {"check": "check"} if is_check else {}


def _question(parts: _Parts, *, has_name: bool) -> tuple[str, dict[str, str]] | None:
    """Return the intent and the slots of the parts, without the name; None if they are not clear."""
    cues, states = parts.values("cue"), parts.values("state")
    is_list = bool({"count", "list"} & set(cues))
    readings, kinds = _readings_and_kinds(parts, is_list=is_list, has_name=has_name)
    if len(readings) > 1 and _is_joint(parts, has_name=has_name):
        return "Value", {"reading": JOINT.join(readings)}
    if "when" in cues[1:] or max(map(len, (readings, states, kinds))) > 1:
        # "Tell me when it restarts" is no question about the past.
        return None
    if any(map(parts.values, (NUMBER, "share", "bound"))):
        kind = {"kind": kinds[0]} if kinds else {}
        return _threshold(parts, readings, kind, has_name=has_name)
    if parts.values("recent") or (parts.values("past") and has_name and not readings):
        return _past(parts, readings) if has_name else None
    return _about_now(parts, readings, kinds, has_name=has_name)


def _is_joint(parts: _Parts, *, has_name: bool) -> bool:
    """Return whether several readings of one thing are asked for: "memory and CPU of Radarr"."""
    other = (NUMBER, "share", "bound", "superlative", "recent", "state")
    return has_name and bool(parts.values("conjunction")) and not any(map(parts.values, other))


def _about_now(
    parts: _Parts, readings: Sequence[str], kinds: Sequence[str], *, has_name: bool
) -> tuple[str, dict[str, str]] | None:
    """Return a question about the last readings."""
    cues, states = parts.values("cue"), parts.values("state")
    is_list = bool({"count", "list"} & set(cues))
    kind = {"kind": kinds[0]} if kinds else {}
    order = _order(parts)
    if order is not None:
        # "The most memory left" is not the most memory used.
        is_clear = not has_name and states in _RUNNING and not parts.values("remaining")
        return _extreme(order, readings, kind, parts) if is_clear else None
    if readings:
        if kinds and has_name and "list" in cues:
            # "Which containers on pve1 use memory?" asks for more than a reading of pve1.
            return "ValueOfAll", {"reading": readings[0], "kind": kinds[0], "count": "count"}
        found = _reading(readings[0], cues, states, has_name=has_name, has_kind=bool(kinds) or parts.is_one)
        count = {"count": "count"} if "count" in cues or (kind and "list" in cues) else {}
        return (found[0], {**found[1], **({} if has_name else {**kind, **count})}) if found else None
    state = {"state": states[0]} if states else {}
    # "How many printers are online?" names a kind that is not known.
    is_list = is_list or bool(kind and state and parts.values("check"))
    if is_list and (kind or (parts.unknown and state)):
        return "Count" if "count" in cues else "List", {**kind, **state}
    return _about_one(cues, states, is_check=bool(parts.values("check"))) if has_name else None


def _reading(
    reading: str, cues: Sequence[str], states: Sequence[str], *, has_name: bool, has_kind: bool
) -> tuple[str, dict[str, str]] | None:
    """Return a question about a reading; "running" says nothing more about it."""
    is_fitting = states in _RUNNING or (has_name and states == ["healthy"])
    if not (cues or has_name or has_kind) or not is_fitting or "started" in cues:
        return None
    return "Value" if has_name else "ValueOfAll", {"reading": reading}


def _past(parts: _Parts, readings: Sequence[str]) -> tuple[str, dict[str, str]] | None:
    """Return a question what happened to one thing; readings of the past are not known."""
    cues, recent, states = parts.values("cue"), parts.values("recent"), parts.values("state")
    if readings or len(recent) > 1 or parts.values("superlative"):
        return None
    if "when" in cues or ("since" in cues and ("started" in cues or not parts.values("past"))):
        return _about_one(cues, states)
    is_asked = bool(recent) and bool(cues or parts.values("past") or states)
    if is_asked or {"changes", "started"} & set(cues) or states in (["stopped"], ["failing"]):
        return "Changes", {"recent": recent[0]} if recent else {}
    return _about_one(cues, states)


def _about_one(
    cues: Sequence[str], states: Sequence[str], *, is_check: bool = False
) -> tuple[str, dict[str, str]] | None:
    """Return the intent of a question about one thing without a reading."""
    if "changes" in cues:
        return "Changes", {}
    if "since" in cues or ("when" in cues and "started" in cues):
        return "Since", {}
    is_state = bool(states) and (is_check or "ask" in cues or "why" in cues)
    return ("State", {}) if is_state and "started" not in cues else None


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


def _bound_order(parts: _Parts) -> tuple[str, str] | None:
    """Return the direction of "more than" between two names."""
    found = parts.values("bound")
    return ({"over": "most", "under": "least"}[found[0]], "") if len(found) == 1 else None


def _readings_and_kinds(parts: _Parts, *, is_list: bool, has_name: bool) -> tuple[list[str], list[str]]:
    """Return the readings and the kinds of things; a text that can be both is what the others leave."""
    adjectives = parts.values("adjective")
    counted = [_OF_UNITS[one] for one in parts.values("unit") if one in _OF_UNITS]
    if counted and not any(map(parts.values, (NUMBER, "share", "bound", "reach"))):
        # "How many degrees" asks for a temperature.
        return counted[:1], [one["kind"] for one in parts.found if "kind" in one][:1]
    readings = [one["reading"] for one in parts.found if "reading" in one and "kind" not in one]
    kinds = [one["kind"] for one in parts.found if "kind" in one and "reading" not in one]
    both = [one for one in parts.found if "kind" in one and "reading" in one]
    for one in both:
        is_free = not (kinds and not readings)
        is_kind = readings or adjectives or (parts.values("superlative") and is_free)
        is_kind = is_kind or (is_list and not has_name and is_free)
        (kinds if is_kind else readings).append(one["kind" if is_kind else "reading"])
    if adjectives and readings:
        # "How many queries does it block" asks what is blocked, "is the battery full" about the battery.
        readings = [f"{EITHER}{adjectives[0]}{EVERY}{EVERY.join(readings)}"]
    readings = readings or adjectives or parts.values("remaining")
    return list(dict.fromkeys(readings)), list(dict.fromkeys(kinds))


def _parts(text: str, known: PartTexts) -> _Parts:
    words = list(WORD.finditer(text))
    folded = [one[0].casefold() for one in words]
    names: list[int] = []
    found: list[Mapping[str, str]] = []
    unknown: list[tuple[int, int]] = []
    fillers: set[str] = set()
    at, last_unknown = 0, -1
    while at < len(words):
        number = _mark(folded[at])
        count = 1 if number is not None else _length(folded, at, known)
        if number is not None:
            names.append(number)
        elif not count and folded[at].isdecimal():
            found += [*_sign_before(text, words[at]), _number(text, words[at])]
            count = 2 if "." in found[-1][NUMBER] else 1
        elif not count and (joined := _joined_number(folded[at], known)) is not None:
            found += [*_sign_before(text, words[at]), joined]
        elif count:
            text_words = tuple(folded[at : at + count])
            found.append(_meant(known[text_words], found, folded, at, count))
            fillers |= set() if known[text_words] or count > 1 else {folded[at]}
        elif similar := known.similar(folded[at]):
            found += similar
        else:
            is_same = bool(unknown) and last_unknown == at - 1
            start = unknown.pop()[0] if is_same else words[at].start()
            unknown.append((start, words[at].end()))
            last_unknown = at
        at += max(count, 1)
    is_listed = bool(_LISTED.search(text)) or any("conjunction" in one for one in found)
    return _Parts(tuple(dict.fromkeys(names)), tuple(found), tuple(unknown), frozenset(fillers), is_listed)


def _meant(
    slots: Mapping[str, str], before: Sequence[Mapping[str, str]], words: Sequence[str], at: int, count: int
) -> Mapping[str, str]:
    """Return what a text stands for where it is.

    One letter is a unit only after a number. In "disk sda" the noun says what the name is.
    """
    if "unit" in slots and len(words[at]) == 1 and not (before and NUMBER in before[-1]):
        return {slot: value for slot, value in slots.items() if slot != "unit"}
    is_before_name = at + count < len(words) and _mark(words[at + count]) is not None
    if is_before_name and count == 1 and "state" in slots and len(words[at]) <= LONGEST_PREPOSITION:
        return {}  # "on pve1"
    if is_before_name and {"reading", "kind"} <= {*slots}:
        return {slot: value for slot, value in slots.items() if slot != "reading"}
    return slots


def _length(words: Sequence[str], at: int, known: PartTexts) -> int:
    """Return the number of words of the longest text that begins here, 0 when none does."""
    for count in range(min(known.longest, len(words) - at), 0, -1):
        if tuple(words[at : at + count]) in known:
            return count
    return 0


def _number(text: str, word: re.Match[str]) -> dict[str, str]:
    """Return the slots of the number that begins with a word, and of the sign that follows it."""
    decimals = _DECIMALS.match(text, word.end())
    number = f"{word[0]}.{decimals[1]}" if decimals else word[0]
    sign = _SIGN.match(text, decimals.end() if decimals else word.end())
    return {NUMBER: number, **({"unit": _SIGNS[sign[1]]} if sign else {})}


def _sign_before(text: str, word: re.Match[str]) -> list[dict[str, str]]:
    """Return the bound of a number after "<" or ">"."""
    before = text[: word.start()].rstrip()[-1:]
    return [{"bound": _BOUNDS[before]}] if before in _BOUNDS else []


def _joined_number(word: str, known: PartTexts) -> dict[str, str] | None:
    """Return the slots of "60d": a number with its unit."""
    found = _WITH_UNIT.fullmatch(word)
    unit = known.get((found[2],), {}).get("unit") if found else None
    return {NUMBER: found[1], "unit": unit} if found and unit else None


def _mark(word: str) -> int | None:
    """Return the number of the mention that a word marks, None when it marks none."""
    number = word.removeprefix(PLACE).removesuffix(PLACE)
    return int(number) if word.startswith(PLACE) and number.isdigit() else None
