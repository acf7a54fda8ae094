"""Recognises a question by its parts, in any order: a name, a reading, a kind of things, a state.

All other words must be words that say nothing by themselves. A word that is not understood could change
the meaning: such a question is not answered here.
"""

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from .bound_parts import (
    EMPTY,
    RUNNING,
    UPTIME,
    check_of,
    emptiness_of,
    order_of,
    threshold_of,
)
from .part_texts import EITHER, EVERY, PartTexts
from .text_parts import NUMBER, PLACE, Parts, read_parts
from .words import WORD

JOINT: Final = "|"
"""Separates several readings that are asked for together."""

PEOPLE: Final = "viewers clients"
"""The reading of people, who are only counted by one thing: nothing knows how many are at home."""

KINDS: Final = "|"
"""Separates several kinds of things that are meant together."""

FILLER: Final = "question_filler"
"""The rule with the words that say nothing by themselves, beside the words that are skipped."""

_WITH_UNKNOWN: Final = ("Value", "Since", "Count", "List", "Extreme", "State", "Changes")
"""Questions in which a part that is not understood is probably a name, or the place of things."""

OF_UNITS: Final = {"°C": "temperature", "W": "power", "ms": "response answer delay latency"}
"""The readings that a unit without a number asks for."""

OPPOSITES: Final = {
    "running": "stopped",
    "stopped": "running",
    "healthy": "failing",
    "failing": "healthy",
    "most": "least",
    "least": "most",
}
"""The opposites of states and directions."""


@dataclass(frozen=True, slots=True)
class Recognised:
    """The intent and the slots of a question.

    ``unknown`` is the place in the text of a name that it lacks, ``names`` are the mentions that it compares.
    """

    intent: str
    slots: Mapping[str, str | int]
    unknown: tuple[int, int] | None = None
    names: tuple[int, ...] = ()


def recognise_parts(
    text: str,
    known: PartTexts,
    common: Container[str] = (),
    *,
    allows_label: bool = False,
) -> Recognised | None:
    """Return what a text with marks in place of names asks, None if that is not clear.

    With ``unknown`` it is clear but for a part that could be the name of a thing. ``common`` words are
    no part of such a name. With ``allows_label`` nothing needs to be asked: "Freezer temperature".
    """
    parts = with_amounts(read_parts(text, known))
    if len(parts.unknown) > 1:
        strange = tuple(one for one in parts.unknown if not _is_common(text[slice(*one)], common))
        parts = Parts(parts.names, parts.found, strange or parts.unknown)
    if len(parts.unknown) > 1 or (parts.unknown and parts.names) or asks_advice(parts):
        return None
    if len(parts.names) > 1:
        return comparison_of(parts)
    unknown = parts.unknown[0] if parts.unknown else None
    if unknown and not asks(parts) and not (allows_label and _is_label_of_reading(parts)):
        return None
    question = question_of(parts, has_name=bool(parts.names or parts.unknown))
    if question is None or (unknown and question[0] not in _WITH_UNKNOWN):
        return None
    intent, slots = question
    named: dict[str, str | int] = {**slots, **({"name": parts.names[0]} if parts.names else {})}
    if intent == "Value" and "list" in parts.values("cue") and parts.values("kind"):
        named["count"] = "count"
    if "machine" in parts.values("kind_word"):
        named["kind_word"] = "machine"
    return Recognised(intent, named, unknown)


def with_negation(
    found: Recognised | None, text: str, known: PartTexts, negations: frozenset[str]
) -> Recognised | None:
    """Return a question with the opposite of its state if that is negated: "which are not online".

    ``negations`` are words such as "not". None if one of them belongs to something else.
    """
    if found is None or "state" not in found.slots or not read_parts(text, known).fillers & negations:
        return found
    rests = (text[one.end() :] for one in WORD.finditer(text) if one[0].casefold() in negations)
    is_negated = any("state" in one for rest in rests for one in read_parts(rest, known).found[:1])
    state = OPPOSITES.get(str(found.slots["state"]))
    return replace(found, slots={**found.slots, "state": state}) if is_negated and state else None


def _is_label_of_reading(parts: Parts) -> bool:
    return parts.is_label and bool(parts.values("reading"))


def asks(parts: Parts) -> bool:
    """Return whether a word asks something."""
    return bool(parts.values("cue") or parts.values("check"))


def asks_advice(parts: Parts) -> bool:
    """Return whether a text asks for advice, or what something is for, which no record says."""
    return "advice" in parts.values("cue")


def has_cue(text: str, known: PartTexts) -> bool:
    """Return whether a text has a word that asks something."""
    return asks(read_parts(text, known))


def _is_common(text: str, common: Container[str]) -> bool:
    return all(one[0].casefold() in common for one in WORD.finditer(text))


def asks_value(text: str, known: PartTexts) -> bool:
    """Return whether a text asks for a value, or what is higher, also if it is not understood as a whole."""
    parts = read_parts(text, known)
    asked = ("reading", "adjective", "superlative", "bound")
    return bool(parts.values("cue") or parts.values("check")) and any(map(parts.values, asked))


def understood_reading(text: str, known: PartTexts) -> tuple[int, str, tuple[int, int]] | None:
    """Return the number of the name, the reading, and the place of the words that are not understood.

    None when it is not clear that the last reading of one thing is meant.
    """
    parts = read_parts(text, known)
    other = (NUMBER, "share", "bound", "superlative", "past", "recent", "state", "kind")
    readings, _ = readings_and_kinds(parts, is_list=False, has_name=True)
    is_asked = set(parts.values("cue")) <= {"ask", "count"} and (parts.values("cue") or parts.values("check"))
    is_clear = len(parts.names) == len(readings) == len(parts.unknown) == 1
    if not is_clear or not is_asked or any(map(parts.values, other)):
        return None
    return parts.names[0], readings[0], parts.unknown[0]


def readings_in(text: str, known: PartTexts) -> Sequence[str]:
    """Return the readings that a text names, whatever else it says."""
    readings, _ = readings_and_kinds(read_parts(text, known), is_list=False, has_name=True)
    return readings


def superlative_of(text: str, known: PartTexts) -> tuple[str, str] | None:
    """Return the direction and the reading of a text that is only a superlative, None if it is not."""
    parts = read_parts(text, known)
    is_only = not (parts.names or parts.unknown) and all("superlative" in one for one in parts.found if one)
    return order_of(parts) if is_only else None


def parts_between(text: str, known: PartTexts) -> tuple[bool, bool]:
    """Return whether a text between two names joins them, and whether it says nothing else."""
    parts = read_parts(text, known)
    joining = {"cue", "check", "conjunction", "kind", "kind_word"}
    is_plain = not parts.unknown and all({*one} <= joining for one in parts.found)
    return bool(parts.values("conjunction")), is_plain


def names_reading_first(text: str, known: PartTexts) -> bool:
    """Return whether a reading stands before the first name, and nothing is asked: "total memory of it"."""
    before = read_parts(text[: max(text.find(PLACE), 0)], known)
    return before.is_label and bool(before.values("reading"))


def kinds_in(text: str, known: PartTexts) -> set[str]:
    """Return the kinds of things that a text names."""
    return set(read_parts(text, known).values("kind"))


def comparison_of(parts: Parts) -> Recognised | None:
    """Return which of several things has the higher or lower reading, None if that is not asked."""
    readings, _ = readings_and_kinds(parts, is_list=False, has_name=True)
    is_about_now = not any(map(parts.values, (NUMBER, "share", "recent")))
    order = order_of(parts) or _bound_order(parts)
    if order is None or parts.unknown or len(readings) > 1 or not is_about_now:
        return None
    reading = next(iter(readings), order[1])
    if not reading and parts.values("state") == ["running"] and not parts.values("kind"):
        reading = UPTIME  # "Has Radarr been up longer than Sonarr"
    if not reading or parts.values("state") not in RUNNING:
        return None
    implied = {"implied": order[1]} if order[1] else {}
    slots = {"order": order[0], "reading": reading, **implied, **check_of(parts)}
    return Recognised("Compare", slots, names=parts.names)


def with_amounts(parts: Parts) -> Parts:
    """Return parts with a number and a unit in place of "a month"."""
    found: list[Mapping[str, str]] = []
    for one in parts.found:
        number, _, unit = one.get("amount", "").partition(" ")
        found.append({NUMBER: number, "unit": unit} if unit else one)
    return replace(parts, found=tuple(found))


def question_of(parts: Parts, *, has_name: bool) -> tuple[str, dict[str, str]] | None:
    """Return the intent and the slots of the parts, without the name; None if they are not clear."""
    cues, states = parts.values("cue"), parts.values("state")
    is_list = bool({"count", "list"} & set(cues))
    readings, kinds = readings_and_kinds(parts, is_list=is_list, has_name=has_name)
    if len(kinds) > 1 and parts.is_listed:
        kinds = [KINDS.join(kinds)]
    if len(readings) > 1 and _is_joint(parts, has_name=has_name):
        return "Value", {"reading": JOINT.join(readings)}
    if "when" in cues[1:] or max(map(len, (readings, states, kinds))) > 1:
        # "Tell me when it restarts" is no question about the past.
        return None
    kind = {"kind": kinds[0]} if kinds else {}
    if any(map(parts.values, (NUMBER, "share", "bound"))):
        return threshold_of(parts, readings, kind, has_name=has_name)
    if parts.values("size") and (EMPTY in parts.values("size") or not readings):
        return emptiness_of(parts, readings, kind)
    if parts.values("recent") or (parts.values("past") and has_name and not readings):
        return _past(parts, readings) if has_name else None
    return _about_now(parts, readings, kinds, has_name=has_name)


def _is_joint(parts: Parts, *, has_name: bool) -> bool:
    """Return whether several readings of one thing are asked for: "memory and CPU of Radarr"."""
    other = (NUMBER, "share", "bound", "superlative", "recent", "state")
    return has_name and bool(parts.values("conjunction")) and not any(map(parts.values, other))


def _about_now(
    parts: Parts, readings: Sequence[str], kinds: Sequence[str], *, has_name: bool
) -> tuple[str, dict[str, str]] | None:
    """Return a question about the last readings."""
    cues, states = parts.values("cue"), parts.values("state")
    is_list = bool({"count", "list"} & set(cues))
    kind = {"kind": kinds[0]} if kinds else {}
    order = order_of(parts)
    if order is not None:
        is_clear = not has_name and states in RUNNING
        return _extreme(order, readings, kind, parts) if is_clear else None
    if readings:
        if readings[0] == PEOPLE and not (kinds or has_name):
            return None
        if kinds and has_name and "list" in cues:
            # "Which containers on pve1 use memory?" asks for more than a reading of pve1.
            return "ValueOfAll", {"reading": readings[0], "kind": kinds[0], "count": "count"}
        is_said = bool(kinds) or parts.is_one or bool(parts.values("check"))
        found = _reading(readings[0], cues, states, has_name=has_name, has_kind=is_said)
        count = {"count": "count"} if "count" in cues or (kind and "list" in cues) else {}
        return (found[0], {**found[1], **({} if has_name else {**kind, **count})}) if found else None
    state = {"state": states[0]} if states else {}
    # "How many printers are online?" names a kind that is not known.
    # "How long has the node pve1 been running" asks about one thing.
    is_about_past = {"since", "when", "why", "changes", "started"} & set(cues)
    is_checked = bool(state and parts.values("check") and not (has_name and is_about_past))
    is_list = is_list or bool(kind and (is_checked or _names_things(parts, has_name)))
    if is_list and (kind or (parts.unknown and state)):
        return "Count" if "count" in cues else "List", {**kind, **state}
    return _about_one(cues, states, is_check=bool(parts.values("check"))) if has_name else None


def _names_things(parts: Parts, has_name: bool) -> bool:  # noqa: FBT001
    """Return whether a text only names a kind of things: "running containers"."""
    other = ("superlative", "amount", "reach", "remaining", "unit")
    # "The Radarr server" is Radarr, "Prometheus targets" are in Prometheus.
    is_noun = has_name and "service" in parts.values("kind_word")
    return parts.is_label and not is_noun and not any(map(parts.values, other))


def _reading(
    reading: str, cues: Sequence[str], states: Sequence[str], *, has_name: bool, has_kind: bool
) -> tuple[str, dict[str, str]] | None:
    """Return a question about a reading; "running" says nothing more about it."""
    is_fitting = states in RUNNING or (has_name and states == ["healthy"])
    if not (cues or has_name or has_kind) or not is_fitting or "started" in cues:
        return None
    return "Value" if has_name else "ValueOfAll", {"reading": reading}


def _past(parts: Parts, readings: Sequence[str]) -> tuple[str, dict[str, str]] | None:
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
    order: tuple[str, str], readings: Sequence[str], kind: Mapping[str, str], parts: Parts
) -> tuple[str, dict[str, str]] | None:
    direction, implied = order
    reading = next(iter(readings), implied)
    if readings and implied == OF_UNITS["°C"]:
        reading = f"{implied}{EVERY}{readings[0]}"  # "Which GPU is the hottest"
    if not reading or set(parts.values("cue")) & {"since", "when", "changes"}:
        return None
    if parts.values("remaining") and not implied:
        # The most space left is the least space used. "The most memory left" is not the least memory used.
        if reading != "disk space":
            return None
        direction = OPPOSITES[direction]
    return "Extreme", {"order": direction, "reading": reading, **kind}


def _bound_order(parts: Parts) -> tuple[str, str] | None:
    """Return the direction of "more than" between two names."""
    found = parts.values("bound")
    return ({"over": "most", "under": "least"}[found[0]], "") if len(found) == 1 else None


def readings_and_kinds(parts: Parts, *, is_list: bool, has_name: bool) -> tuple[list[str], list[str]]:
    """Return the readings and the kinds of things; a text that can be both is what the others leave."""
    adjectives = parts.values("adjective")
    counted = [OF_UNITS[one] for one in parts.values("unit") if one in OF_UNITS]
    if counted and not any(map(parts.values, (NUMBER, "share", "bound", "reach"))):
        # "How many degrees" asks for a temperature, with a part for that of no other thing.
        of_parts = [one["reading"] for one in parts.found if "reading" in one and "kind" not in one]
        if counted[0] == OF_UNITS["°C"] and of_parts:
            counted = [EVERY.join([counted[0], *of_parts])]
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
        # "How hot is the GPU" asks for no other reading of it.
        either = "" if adjectives[0] == OF_UNITS["°C"] else EITHER
        readings = [f"{either}{adjectives[0]}{EVERY}{EVERY.join(readings)}"]
    readings = readings or adjectives or parts.values("remaining")
    return list(dict.fromkeys(readings)), list(dict.fromkeys(kinds))
