"""Separates a request from the talk beside it: "the kids are waiting, restart Sonarr please".

Only a clause that says something about people, or what is wrong with a thing, is talk. A clause that could be
a condition, a time, an exception, or another request is none: it stays, and the request is refused with it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from ..language.discourse import clauses, is_complaint, is_courtesy, says_nothing, without_joiners
from ..language.said_times import lacks_clock, without_time
from ..language.words import WORD, masked, words_of
from .mentions import Mention
from .request_verbs import DESTRUCTIVE, requested_verbs
from .said_conditions import ONLY_WORD, has_condition
from .said_text import Known, known_lists

if TYPE_CHECKING:
    from ..language.language_matcher import LanguageMatcher

MOST_CLAUSES: Final = 8
LONGEST_PARTICLE: Final = 2
"""Letters of a word such as "zu" that is part of a verb only beside it."""

_LIMITS: Final = ("condition", "more", "negation")
_HARMLESS: Final = ("unable", "talk_phrase", "talk_noun")
"""Rules with what is no limit, whatever its words mean elsewhere: "my wife can't open it"."""

_LAB_PARTS: Final = ("reading", "kind")
_SIGNS: Final = " ,;:.!-\N{EN DASH}\N{EM DASH}()"


@dataclass(frozen=True, slots=True)
class Beside:
    """A text without its talk. ``names`` are the names in the talk, ``is_emphasised`` a limit said twice.

    ``is_before``: some of the talk stands before the rest.
    """

    rest: str
    talk: tuple[str, ...]
    names: tuple[tuple[str, Mention], ...]
    is_before: bool
    is_emphasised: bool


def without_talk(text: str, known: Known, matcher: LanguageMatcher) -> Beside | None:
    """Return a text without its talk, None if it has none, or is nothing else."""
    parts = [text[slice(*one)] for one in _parts(text, known, matcher)]
    if not 1 < len(parts) <= MOST_CLAUSES:
        return None
    is_now = any(_occurs("now_word", words_of(one), matcher) for one in parts)
    emphasis = [_is_whole(one, "emphasis", matcher) for one in parts]
    left = [
        is_emphasis or is_talk(one, known, matcher, is_now=is_now)
        for one, is_emphasis in zip(parts, emphasis, strict=True)
    ]
    if all(left) or not any(left):
        return None
    talk = [one for one, is_left in zip(parts, left, strict=True) if is_left]
    kept = [without_joiners(one, matcher) for one, is_left in zip(parts, left, strict=True) if not is_left]
    names = tuple((one[slice(*name.span)], name) for one in talk for name in known.index.find(one))
    said = tuple(
        one.strip(_SIGNS)
        for one, is_emphasis in zip(parts, emphasis, strict=True)
        if one in talk and not is_emphasis and not _says_nothing(one, matcher)
    )
    return Beside(", ".join(one.strip(_SIGNS) for one in kept), said, names, left[0], any(emphasis))


def is_talk(clause: str, known: Known, matcher: LanguageMatcher, *, is_now: bool = False) -> bool:
    """Return whether a clause limits nothing, and requests nothing.

    ``is_now``: the request says that it is for now, and a time in the clause is none of it.
    """
    clause = without_joiners(clause, matcher)
    words = words_of(clause)
    if not words or _says_nothing(clause, matcher) or is_complaint(words, matcher):
        return True
    if "?" in clause:
        return False
    mentions = known.index.find(clause)
    named = _named_length(clause, mentions)
    if named and is_complaint(words[named:], matcher, "named_complaint"):
        return True
    begun = _subject_length(words, named, matcher)
    return 0 < begun < len(words) and not _may_limit(clause, begun, mentions, known, matcher, is_now=is_now)


def _parts(text: str, known: Known, matcher: LanguageMatcher) -> Iterator[tuple[int, int]]:
    """Yield where the clauses of a text are, also without a comma: a request after "so", "and not before"."""
    for start, end in clauses(text):
        words = list(WORD.finditer(text, start, end))
        folded = [one[0].casefold() for one in words]
        begin = start
        for at in range(1, len(words)):
            if matcher.table("emphasis").length(folded, at) == len(words) - at:
                yield begin, words[at].start()
                begin = words[at].start()
                break
            after = at + matcher.table("therefore").length(folded, at)
            rest = text[words[after].start() : end] if at < after < len(words) else ""
            if rest and requested_verbs(_masked(rest, known), known.offers, matcher):
                yield begin, words[at].start()
                begin = words[after].start()
        if words:
            yield begin, end


def _masked(text: str, known: Known) -> str:
    """Return a text with the names in it masked."""
    return masked(text, [one.span for one in known.index.find(text)])


def _says_nothing(clause: str, matcher: LanguageMatcher) -> bool:
    """Return whether a clause is a courtesy, or has only fillers that limit nothing: not "the other too"."""
    words = words_of(clause)
    is_plain = says_nothing(words, matcher) and not _occurs("limit_word", words, matcher)
    return is_plain or is_courtesy(list(WORD.finditer(clause)), matcher)


def _is_whole(clause: str, rule: str, matcher: LanguageMatcher) -> bool:
    words = words_of(without_joiners(clause, matcher))
    return bool(words) and matcher.table(rule).length(words) == len(words)


def _named_length(clause: str, mentions: Sequence[Mention]) -> int:
    """Return the number of words of the name that a clause begins with, 0 without one."""
    begins = bool(mentions) and not clause[: mentions[0].start].strip()
    return len(words_of(clause[: mentions[0].end])) if begins else 0


def _subject_length(words: Sequence[str], named: int, matcher: LanguageMatcher) -> int:
    """Return the number of words of what a clause says something about, 0 when that is not clear."""
    if named:
        return named if matcher.table("talk_state").length(words, named) else 0
    return matcher.table("talk_subject").length(words)


def _may_limit(
    clause: str,
    begun: int,
    mentions: Sequence[Mention],
    known: Known,
    matcher: LanguageMatcher,
    *,
    is_now: bool,
) -> bool:
    """Return whether a clause could be a condition, a time, an exception, or another request."""
    hidden = masked(clause, [one.span for one in mentions])
    for rule in _HARMLESS:
        hidden = _without(hidden, rule, matcher)
    words = words_of(hidden)
    limits = ("limit_word",) if is_now else ("limit_word", "limit_time")
    return (
        has_condition(hidden, matcher)
        or any(matcher.find(rule, hidden) for rule in _LIMITS)
        or any(_occurs(rule, words, matcher) for rule in limits)
        or any(one in matcher.values(ONLY_WORD) for one in words)
        or _is_demand(words, begun, matcher)
        or (not is_now and _has_time(hidden, matcher))
        or _has_verb(words, matcher, is_named=bool(mentions))
        or _is_about_lab(words, known, matcher)
    )


def _occurs(rule: str, words: Sequence[str], matcher: LanguageMatcher) -> bool:
    return any(matcher.table(rule).length(words, at) for at in range(len(words)))


def _is_demand(words: Sequence[str], begun: int, matcher: LanguageMatcher) -> bool:
    """Return whether something else than the person has to be so: "the queue must be empty"."""
    return not matcher.table("first_person").length(words) and _occurs("demand", words[begun:], matcher)


def _without(text: str, rule: str, matcher: LanguageMatcher) -> str:
    """Return a text with all places of a rule masked."""
    words = list(WORD.finditer(text))
    folded = [one[0].casefold() for one in words]
    spans = [
        (words[at].start(), words[at + length - 1].end())
        for at in range(len(words))
        if (length := matcher.table(rule).length(folded, at))
    ]
    return masked(text, spans)


def _has_time(text: str, matcher: LanguageMatcher) -> bool:
    """Return whether a clause says a time that is not over."""
    words = list(WORD.finditer(text))
    folded = [one[0].casefold() for one in words]
    recent = matcher.table_of_values("recent")
    spans = [
        (words[at].start(), words[at + length - 1].end())
        for at in range(len(words))
        if (length := recent.length(folded, at))
    ]
    later = masked(text, spans)
    timed = without_time(later, later, matcher)
    return matcher.find("time", later) is not None or (timed is not None and not lacks_clock(timed.said))


def _has_verb(words: Sequence[str], matcher: LanguageMatcher, *, is_named: bool) -> bool:
    """Return whether a clause has the verb of an action, or a part of one beside what it is done with."""
    particles = matcher.phrases("after_closing") | matcher.phrases("filler")
    verbs = {
        one for one in words if one in matcher.phrases("verb_word") or one in matcher.phrases(DESTRUCTIVE)
    }
    if any(one not in particles and len(one) > LONGEST_PARTICLE for one in verbs):
        return True
    return bool(verbs) and (is_named or any(one in matcher.values("pronoun") for one in words[1:]))


def _is_about_lab(words: Sequence[str], known: Known, matcher: LanguageMatcher) -> bool:
    """Return whether words name a reading, or a kind of thing: both can be limits."""
    parts = matcher.part_texts(known_lists(known))
    for at in range(len(words)):
        for count in range(1, min(parts.longest, len(words) - at) + 1):
            if any(one in parts.get(tuple(words[at : at + count]), ()) for one in _LAB_PARTS):
                return True
    return False
