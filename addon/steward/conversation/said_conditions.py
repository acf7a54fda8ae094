"""Finds the condition of a request and reads what it waits for; the sentences are data of each language."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from homelab_steward.contract.state import TargetRef

from ..language.question_parts import recognise_parts
from ..language.words import WORD, masked
from .meanings import Happens, SaidCondition
from .mentions import Mention, marked
from .question_recognition import match_meaning
from .questions import Bound, ThresholdQuestion
from .said_text import PRONOUN, SaidText

if TYPE_CHECKING:
    from ..language.language_matcher import LanguageMatcher, Match

CONDITION_WORD: Final = "condition_word"
"""The list of a language's words that begin a condition, with what they mean."""

ONLY_WORD: Final = "only_word"
"""The list of words for "only" that stand apart from a condition, with what they make of "when"."""

LONGEST: Final = 5
"""Words of one entry of the list."""

_AFTER: Final = "after"
_CUT: Final = " ,;:.!?-'"
_HAPPENS: Final = {
    "Idle": Happens.OVER,
    "Busy": Happens.UNDER_WAY,
    "BackupDone": Happens.BACKUP,
    "Up": Happens.UP,
    "Down": Happens.DOWN,
    "Home": Happens.HOME,
}
_OPPOSITES: Final = {
    Happens.OVER: Happens.UNDER_WAY,
    Happens.UNDER_WAY: Happens.OVER,
    Happens.UP: Happens.DOWN,
    Happens.DOWN: Happens.UP,
    Happens.BOUND: Happens.BOUND,
    Happens.HOME: Happens.HOME,
}

type Read = Callable[[str, Mention | None], SaidText]
"""Finds the names in a text; a pronoun in it stands for the mention."""


@dataclass(frozen=True, slots=True)
class Conditional:
    """A text without its condition. ``part`` is the condition as it was said, ``named`` the things in it."""

    rest: str
    part: str
    conditions: tuple[SaidCondition, ...]
    named: tuple[Mention, ...]


@dataclass(frozen=True, slots=True)
class _Opening:
    """The words that begin a condition: ``mode`` says whether it is waited for, and whether it is negated."""

    start: int
    end: int
    mode: str


def without_condition(said: SaidText, read: Read, matcher: LanguageMatcher) -> Iterator[Conditional]:
    """Yield a text without a condition that is understood, for each way to find one; the longest first."""
    hidden = masked(said.text, [one.span for one in said.mentions])
    for opening in _openings(hidden, matcher):
        limited = _limited(hidden[: opening.start], matcher)
        beginning, mode = said.text[: opening.start], opening.mode
        if limited is not None:
            beginning = f"{beginning[: limited.start].rstrip()} {beginning[limited.end :]}"
            mode = limited.mode if mode == "when" else mode
        for end in _ends(hidden, opening.end):
            clause = said.text[opening.end : end].strip(_CUT)
            if _is_between(said.mentions, opening.start, end) or not clause:
                continue
            found = _clause(clause, mode, said.last, read, matcher)
            if found is None:
                continue
            before, after = beginning.strip(_CUT), said.text[end:].lstrip(_CUT)
            after = after[matcher.prefix("clause_break", after) if not before else 0 :].lstrip(_CUT)
            part = said.text[opening.start : end].strip(_CUT)
            yield Conditional(f"{before} {after}".strip(), part, *found)


def _limited(beginning: str, matcher: LanguageMatcher) -> _Opening | None:
    """Return a word for "only" that stands before the condition: "only restart it when …"."""
    words = matcher.values(ONLY_WORD)
    found = [one for one in WORD.finditer(beginning) if one[0].casefold() in words]
    return (
        _Opening(found[-1].start(), found[-1].end(), str(words[found[-1][0].casefold()])) if found else None
    )


def _openings(hidden: str, matcher: LanguageMatcher) -> Iterator[_Opening]:
    """Yield where a condition can begin, with the longest entry of the list there."""
    known = matcher.worded(CONDITION_WORD)
    words = list(WORD.finditer(hidden))
    folded = tuple(one[0].casefold() for one in words)
    taken = -1
    for place, word in enumerate(words):
        for count in range(min(LONGEST, len(words) - place), 0, -1):
            mode = known.get(folded[place : place + count])
            if mode is not None and place > taken:
                taken = place + count - 1
                yield _Opening(word.start(), words[taken].end(), str(mode))
                break


def has_condition(text: str, matcher: LanguageMatcher) -> bool:
    """Return whether a condition can begin in a text."""
    return next(_openings(text, matcher), None) is not None


def _ends(hidden: str, start: int) -> list[int]:
    """Return where a condition can end, the furthest first."""
    ends = [one.end() for one in WORD.finditer(hidden, start)]
    # "%" is no word.
    return sorted({*ends, *(end + 2 for end in ends if hidden[end : end + 2] == " %"), len(hidden)})[::-1]


def _is_between(mentions: Sequence[Mention], start: int, end: int) -> bool:
    """Return whether a condition would stand between names of what is requested."""
    return any(one.end <= start for one in mentions) and any(one.start >= end for one in mentions)


def _clause(
    text: str, mode: str, last: Mention | None, read: Read, matcher: LanguageMatcher
) -> tuple[tuple[SaidCondition, ...], tuple[Mention, ...]] | None:
    """Return the conditions that a clause says together, None when one is not understood."""
    said = read(text, last)
    found = _one(said, mode, matcher)
    if found is not None:
        return (found,), said.mentions
    several = _of_each_name(said, mode, last, read, matcher)
    if several is not None:
        return several, said.mentions
    if mode.startswith("not"):
        return None  # "Unless it is down and nobody is streaming" may mean either.
    for word in WORD.finditer(text):
        length = matcher.prefix("joiner", text[word.start() :])
        if not length or not word.start():
            continue
        first = _one(read(text[: word.start()].strip(_CUT), last), mode, matcher)
        others = _clause(text[word.start() + length :].strip(_CUT), mode, last, read, matcher)
        if first is not None and others is not None:
            return (first, *others[0]), said.mentions
    return None


def _of_each_name(
    said: SaidText, mode: str, last: Mention | None, read: Read, matcher: LanguageMatcher
) -> tuple[SaidCondition, ...] | None:
    """Return the condition on each of several names: "nobody is streaming on Plex and Jellyfin".

    "Nobody on Plex or Jellyfin" means both, "somebody on Plex or Jellyfin" one of them, which is not known.
    """
    gaps = [said.text[one.end : two.start].strip(_CUT) for one, two in pairwise(said.mentions)]
    joins = [matcher.prefix("joiner", one) == len(one) for one in gaps]
    either = [bool(one) and matcher.prefix("either", one) == len(one) for one in gaps]
    is_joined = bool(gaps) and all(map(any, zip(joins, either, strict=True)))
    if not is_joined or (mode.startswith("not") and not any(either)):
        return None  # "Unless somebody is streaming on Plex and Jellyfin" may mean either.
    before, after = said.text[: said.mentions[0].start], said.text[said.mentions[-1].end :]
    found: list[SaidCondition] = []
    for one in said.mentions:
        condition = _one(read(f"{before}{said.text[slice(*one.span)]}{after}", last), mode, matcher)
        if condition is None or (any(either) and condition.happens is not Happens.OVER):
            return None
        found.append(condition)
    return tuple(found)


def _one(said: SaidText, mode: str, matcher: LanguageMatcher) -> SaidCondition | None:
    """Return the condition that a clause says, None when it is not understood."""
    is_once, is_negated = mode.endswith("if"), mode.startswith("not")
    shown = marked(said.text, said.mentions)
    for match in matcher.conditions(shown, said.lists):
        if (match.metadata.get("after") is True and mode != _AFTER) or not _is_known(match, said):
            continue
        happens = _HAPPENS[match.intent]
        if is_negated and happens not in _OPPOSITES:
            continue
        return SaidCondition(
            happens=_OPPOSITES[happens] if is_negated else happens,
            target=_named(match, said),
            work=str(match.slots.get("work", "")),
            is_general=_said_of(match) == "any",
            is_of_all=_said_of(match) == "all",
            is_once=is_once,
            fact=str(match.slots.get("fact", "")),
            is_not_so=("no" in match.slots) is not is_negated and happens is Happens.HOME,
        )
    return _bound(said, shown, matcher, is_once=is_once, is_negated=is_negated)


def _said_of(match: Match) -> str:
    """Return what a clause without a name is about: "any" or "all" work, "" for that of the request."""
    return "" if "name" in match.slots else str(match.slots.get("of", ""))


def _is_known(match: Match, said: SaidText) -> bool:
    return match.slots.get("name", PRONOUN) == PRONOUN or match.slots["name"] in range(len(said.mentions))


def _named(match: Match, said: SaidText) -> TargetRef | None:
    """Return the target that a clause names, None for a pronoun and without a name."""
    number = match.slots.get("name", PRONOUN)
    return None if number == PRONOUN else said.mentions[int(number)].targets[0].target


def _bound(
    said: SaidText, shown: str, matcher: LanguageMatcher, *, is_once: bool, is_negated: bool
) -> SaidCondition | None:
    """Return a condition that compares a reading with a number."""
    from ..language.language_matcher import Match  # noqa: PLC0415 - hassil is not loaded at the start

    course = matcher.phrases("course")
    shown = WORD.sub(lambda word: "" if word[0].casefold() in course else word[0], shown)
    found = recognise_parts(shown, matcher.part_texts(said.bare))
    if found is None or found.intent != "Threshold" or found.unknown is not None or found.names:
        return None
    meaning = match_meaning(Match(found.intent, found.slots, {}, {}, 0), said)
    if not isinstance(meaning, ThresholdQuestion):
        return None
    bound = meaning.bound
    bound = Bound(bound.number, is_over=bound.is_over is not is_negated)
    return SaidCondition(
        happens=Happens.BOUND,
        target=meaning.target,
        threshold=replace(meaning, bound=bound),
        is_once=is_once,
    )
