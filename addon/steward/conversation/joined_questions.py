"""Recognises two questions in one sentence: "is everything fine and how full is the NAS".

The second one begins with a word that asks. If it is not understood, it is named in the answer.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Final

from ..language.discourse import without_discourse
from ..language.words import WORD, words_of
from .meanings import (
    AmbiguousName,
    AmbiguousRequest,
    ApprovalAnswer,
    GoalRequest,
    Meaning,
    NoTarget,
    OpenText,
    PersonRequest,
    PlanRequest,
    ScheduledRequest,
    UnknownName,
    UnsupportedRequest,
)
from .questions import ReadingQuestion, TopicQuestion

if TYPE_CHECKING:
    from ..language.language_matcher import LanguageMatcher

REQUESTS: Final = (PersonRequest, PlanRequest, GoalRequest, ScheduledRequest)
INCOMPLETE: Final = (
    OpenText,
    NoTarget,
    AmbiguousName,
    AmbiguousRequest,
    UnsupportedRequest,
    ApprovalAnswer,
)
"""What only the whole text can say, or what a person is asked about."""

_UNKNOWN: Final = (OpenText, NoTarget, UnknownName)
"""What a part is taken for that is not understood."""

type Reads = Callable[[Sequence[str]], list[Meaning]]
"""Returns the meanings of parts, of which a later one may refer to an earlier one."""


def joined_questions(text: str, whole: Meaning, read: Reads, matcher: LanguageMatcher) -> Sequence[Meaning]:
    """Return the meanings of the two parts of a text that say different things, () if it has none.

    ``whole`` is the meaning of the text without its parts.
    """
    for parts in _joined(text, matcher):
        found = read(parts)
        both = _with_target(found, whole)
        # "Is everything fine and are there updates" has two questions, of which one would be left out.
        is_topic, is_reading = isinstance(whole, TopicQuestion), isinstance(whole, ReadingQuestion)
        is_more = not (is_topic or is_reading) or (whole in both and both[0] != both[1])
        if is_more and (not is_topic or _are_topics(both)) and _are_apart(both):
            return both
        if _leaves_out(found, whole) and parts[1] in without_discourse(text, matcher):
            return [found[0], OpenText(text=parts[1])]
    return ()


def _leaves_out(found: Sequence[Meaning], whole: Meaning) -> bool:
    """Return whether a text is only what its first part asks: the second one says nothing that is known."""
    first, second = (_question_of(one) for one in found)
    return first == _question_of(whole) and first is not None and isinstance(second, _UNKNOWN)


def _question_of(meaning: Meaning) -> Meaning | None:
    """Return what a meaning asks, None for a request."""
    if isinstance(meaning, OpenText) and meaning.partly is not None and not meaning.partly.left_out:
        return meaning.partly.question
    return None if isinstance(meaning, (*REQUESTS, UnsupportedRequest)) else meaning


def _joined(text: str, matcher: LanguageMatcher) -> Iterator[tuple[str, str]]:
    """Yield a text in two parts, of which the second begins with a word that asks: "… and how full is …"."""
    joining = {*matcher.values("conjunction")}
    for word in WORD.finditer(text):
        rest = text[word.end() :].lstrip(" ,")
        is_asking = bool(matcher.asking.length(words_of(rest)))
        if word.start() and word[0].casefold() in joining and is_asking:
            yield text[: word.start()].strip(" ,"), rest


def _are_apart(found: Sequence[Meaning]) -> bool:
    """Return whether two parts say different things.

    "Restart Radarr and is it up?" asks about the time after the restart.
    """
    if not found or any(isinstance(one, (*INCOMPLETE, UnknownName)) for one in found):
        return False
    requests = [one for one in found if isinstance(one, REQUESTS)]
    return not requests or (
        len(requests) < len(found) and targets_of(found[0]).isdisjoint(targets_of(found[1]))
    )


def _with_target(found: Sequence[Meaning], whole: Meaning) -> list[Meaning]:
    """Return two parts with the thing that only the first one names: "how old is it and which version"."""
    if not isinstance(whole, ReadingQuestion):
        return list(found)
    return [
        whole if isinstance(one, ReadingQuestion) and one.reading == whole.reading else one for one in found
    ]


def _are_topics(found: Sequence[Meaning]) -> bool:
    """Return whether all parts ask about the whole homelab, each about something else."""
    return all(isinstance(one, TopicQuestion) for one in found) and len(set(found)) == len(found)


def targets_of(meaning: Meaning) -> set[tuple[str, str, str]]:
    """Return the keys of the targets that a meaning is about."""
    match meaning:
        case PersonRequest():
            return {meaning.named_target.target.key}
        case PlanRequest():
            return {one.named_target.target.key for one in meaning.requests}
        case ScheduledRequest():
            return targets_of(meaning.request)
        case _:
            target = getattr(meaning, "target", None)
            return {target.key} if target is not None else set()
