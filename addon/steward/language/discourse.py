"""Leaves out what a text says beside its question or request: greetings, courtesy, and reasons.

A reason limits nothing: "restart it, because it is slow" is "restart it". A clause that could be a time or
a condition is never left out.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from .said_times import lacks_clock, without_time
from .words import WORD, words_of

if TYPE_CHECKING:
    from .language_matcher import LanguageMatcher

_BREAK: Final = re.compile(
    "\\s*[,;:()\N{EN DASH}\N{EM DASH}]+\\s*(?:\\s|\\Z)|\\s+[(-]+\\s*|(?<=[^\\W\\d])[.!?]+\\s+"
)
_CLAUSE_END: Final = re.compile("[,;:.!?\N{EN DASH}]+\\s+[¿¡]?|\\s-+\\s")
_SIGNS: Final = " ,;:.!\N{EN DASH}-"
_END: Final = re.compile(f"[{_SIGNS}]*([?]?)[ .!]*\\Z")

SHORTEST_REASON: Final = 4
"""Words of a reason that begins like a time."""

LONGEST_COURTESY: Final = 12
"""Words of a courtesy at the end of a text."""

type _Words = Sequence[re.Match[str]]


def without_discourse(text: str, matcher: LanguageMatcher) -> str:
    """Return a text without what it says beside its question or request; the text itself if that is all."""
    while True:
        shorter = _without_opening(text, matcher) or _without_clause(text, matcher)
        shorter = shorter or _without_ending(text, matcher)
        if shorter is None or not WORD.search(shorter):
            return text
        text = shorter


def _without_opening(text: str, matcher: LanguageMatcher) -> str | None:
    """Return a text without "Good morning, could you tell me"."""
    words = list(WORD.finditer(text))
    folded = _folded(words)
    count, framed = matcher.table("opening").length(folded), frame_length(folded, matcher)
    if framed > count:
        if _may_be_notice(folded[framed:], matcher):
            return None
        count = framed
    if not 0 < count < len(words):
        return None
    count += _join_length(folded, count, matcher)
    return text[words[count].start() :] if count < len(words) else None


def without_repetition(text: str, matcher: LanguageMatcher) -> str:
    """Return a text without "once more", unless that is all: "restart it once more" is "restart it"."""
    words = list(WORD.finditer(text))
    folded, table = _folded(words), matcher.table("once_more")
    for at in range(1, len(words)):
        if length := table.length(folded, at):
            return f"{text[: words[at].start()].rstrip()}{text[words[at + length - 1].end() :]}"
    return text


def repeats(text: str, matcher: LanguageMatcher) -> bool:
    """Return whether a text only requests the same again: "do that again, please"."""
    said = without_discourse(text, matcher)
    words = words_of(said[matcher.prefix("polite", said) :])
    return bool(words) and matcher.table("repeating").length(words) == len(words)


def without_joiners(text: str, matcher: LanguageMatcher) -> str:
    """Return a text without the "but" or the "and so" that it begins with."""
    words = list(WORD.finditer(text))
    count = _join_length(_folded(words), 0, matcher)
    return text[words[count].start() :] if 0 < count < len(words) else text


def _join_length(words: Sequence[str], start: int, matcher: LanguageMatcher) -> int:
    at = start
    while length := matcher.table("opening_join").length(words, at):
        at += length
    return at - start


def frame_length(words: Sequence[str], matcher: LanguageMatcher, start: int = 0) -> int:
    """Return the number of words of a frame that begins at a place: "would you be so good as to tell me".

    It has a start, a verb, and words that say nothing before and after it.
    """
    count = matcher.table("question_frame").length(words, start)
    at = start + matcher.table("frame_start").length(words, start)
    verb = 0
    while at > start and not (verb := matcher.table("frame_verb").length(words, at)):
        skipped = matcher.table("frame_word").length(words, at)
        if not skipped:
            break
        at += skipped
    return max(count, at - start + verb if verb else 0)


def _may_be_notice(words: Sequence[str], matcher: LanguageMatcher) -> bool:
    """Return whether what follows "tell me" may be the time of a message: "tell me when it restarts"."""
    is_timed = bool(matcher.table("notice").length(words))
    return is_timed and not any(matcher.table("past_word").length(words, at) for at in range(len(words)))


def _without_clause(text: str, matcher: LanguageMatcher) -> str | None:
    """Return a text without one of its clauses that is a courtesy or a reason."""
    found = list(clauses(text))
    for start, end in found if len(found) > 1 else ():
        words = list(WORD.finditer(text, start, end))
        is_left_out = is_courtesy(words, matcher) or is_complaint(_folded(words), matcher)
        if words and (is_left_out or _is_reason(text[start:end], words, matcher)):
            return _joined(text[:start], text[end:], matcher)
    return None


def _without_ending(text: str, matcher: LanguageMatcher) -> str | None:
    """Return a text without the courtesy or the reason that it ends with, also if no comma is before it."""
    words = list(WORD.finditer(text))
    folded = _folded(words)
    for at in range(1, len(words)):
        left = len(words) - at
        is_courtesy = left <= LONGEST_COURTESY and matcher.table("courtesy").length(folded, at) == left
        is_reason = bool(matcher.table("because").length(folded, at)) or _is_alternative(folded[at:], matcher)
        if is_courtesy or (is_reason and not _is_limiting(text[words[at].start() :], matcher)):
            return _joined(text[: words[at].start()], _END.search(text)[1], matcher)  # type: ignore[index]
    return None


def _is_alternative(words: Sequence[str], matcher: LanguageMatcher) -> bool:
    """Return whether words are what a person would do otherwise: "or do I have to go to the cellar".

    What has the verb of an action may be a request.
    """
    begun = matcher.table("alternative").length(words)
    return bool(begun) and not matcher.phrases("verb_word").intersection(words[begun:])


def clauses(text: str) -> Iterator[tuple[int, int]]:
    """Yield where the clauses of a text begin and end."""
    ends = [(0, 0), *(one.span() for one in _BREAK.finditer(text)), (len(text), len(text))]
    yield from ((before[1], after[0]) for before, after in pairwise(ends))


def clause_starts(text: str, matcher: LanguageMatcher) -> list[int]:
    """Return where a clause begins, or a frame such as "could you tell me"."""
    words = list(WORD.finditer(text))
    folded = [one[0].casefold() for one in words]
    joiners = (*matcher.values("conjunction"), *matcher.phrases("opening_join"))
    found = {one.end() for one in _CLAUSE_END.finditer(text) if one.end() < len(text)}
    for at, word in enumerate(words[1:], 1):
        # "I came home and would love to hear that everything is fine"
        if folded[at - 1] in joiners and frame_length(folded, matcher, at):
            found.add(word.start())
    return sorted(found)


def is_courtesy(words: _Words, matcher: LanguageMatcher) -> bool:
    """Return whether words are a greeting or a courtesy."""
    folded = _folded(words)
    lengths = (matcher.table(one).length(folded) for one in ("courtesy", "opening", "tag_question"))
    return len(words) in lengths


def says_nothing(words: Sequence[str], matcher: LanguageMatcher) -> bool:
    """Return whether all words are greetings and fillers."""
    return tuple(words) in matcher.nothing or all((one,) in matcher.nothing for one in words)


def is_complaint(words: Sequence[str], matcher: LanguageMatcher, start: str = "complaint_start") -> bool:
    """Return whether words only say what is wrong with what was named: "it hangs all the time".

    ``start`` is the rule of the words that it begins with.
    """
    table = matcher.table("complaint_word")
    at = matcher.table(start).length(words)
    while 0 < at < len(words) and (length := table.length(words, at)):
        at += length
    return 0 < at == len(words)


def _is_reason(text: str, words: _Words, matcher: LanguageMatcher) -> bool:
    """Return whether a clause says why something is wanted."""
    folded = _folded(words)
    is_begun = any(matcher.table(one).length(folded) for one in ("because", "reason"))
    if not is_begun and len(words) >= SHORTEST_REASON and matcher.table("reason_start").length(folded):
        # "Since yesterday" is a time, "since Sonarr hangs again" is not.
        is_begun = matcher.find("time", text) is None
    return is_begun and not _is_limiting(text, matcher)


def _is_limiting(text: str, matcher: LanguageMatcher) -> bool:
    """Return whether a clause has a time of day, or may be a condition."""
    if any(matcher.prefix("condition", text[one.start() :]) for one in list(WORD.finditer(text))[1:]):
        return True
    timed = without_time(text, text, matcher)
    return timed is not None and not lacks_clock(timed.said)


def _joined(before: str, after: str, matcher: LanguageMatcher) -> str:
    """Return the rest of a text, without "so" or "but" where it begins now."""
    is_asked = before.rstrip(_SIGNS).endswith("?") and not after.strip(_SIGNS)
    before, after = before.rstrip(f"{_SIGNS}?¿¡"), after.lstrip(_SIGNS)
    after = "?" if is_asked else after
    if not before:
        return without_joiners(after, matcher)
    return f"{before}{after}" if after in ("", "?") else f"{before}, {after}"


def _folded(words: _Words) -> list[str]:
    return [one[0].casefold() for one in words]
