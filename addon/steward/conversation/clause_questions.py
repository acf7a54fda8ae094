"""Finds the question among the clauses of a text of which the rest is not understood.

People tell why they ask: "the kids are waiting, how full is the queue of SABnzbd, I put one in yesterday".
The answer names what was left out. A text in which anything could be a request is left as it is.
"""

from collections.abc import Iterator, Sequence
from itertools import islice, pairwise
from typing import TYPE_CHECKING, Final, NamedTuple, get_args

from ..language.discourse import clauses, without_joiners
from ..language.question_parts import asks, has_cue
from ..language.text_parts import read_parts
from ..language.words import WORD, words_of
from .meanings import Meaning, OpenText, Partly, SeveralMeanings, UnknownName
from .questions import (
    ActionHistoryQuestion,
    ChangesQuestion,
    CompareQuestion,
    Question,
    SeveralQuestions,
    TargetQuestion,
    Topic,
    TopicQuestion,
)
from .recognition import recognise
from .request_verbs import requested_verbs
from .said_text import Known, known_lists

if TYPE_CHECKING:
    from ..language.language_matcher import LanguageMatcher
    from ..language.part_texts import PartTexts

MOST_CLAUSES: Final = 6
MOST_QUESTIONS: Final = 3
MOST_JOINED: Final = 3
"""Clauses of a text of which two are tried together."""
LONGEST_LEFT_OUT: Final = 80
"""Characters of what is named as left out."""

_QUESTIONS: Final = get_args(Question.__value__)


class _Clause(NamedTuple):
    """A clause with its meaning; ``question`` is what it asks, ``left_out`` what of it is not understood."""

    text: str
    meaning: Meaning
    question: Meaning | None
    left_out: str


def question_among_clauses(
    text: str, before: Sequence[str], known: Known, matchers: Sequence[LanguageMatcher]
) -> OpenText | UnknownName | None:
    """Return the question that one clause asks, or the unknown name that it is about, else None.

    None too when a clause is a request, or may be one: the rest could be its condition.
    """
    said = [text[slice(*one)] for one in clauses(text) if WORD.search(text[slice(*one)])]
    if not 1 < len(said) <= MOST_CLAUSES:
        return None
    read = [
        _read(without_joiners(one, matchers[0]), [*before, *said[:number]], known, matchers)
        for number, one in enumerate(said)
    ]
    if any(_may_be_request(one, known, matchers) for one in read):
        return None
    asked = [one for one in read if one.question is not None]
    names = _unknown_names(read, known, matchers[0])
    if len(names) == 1 and all(one.question is None or _is_about_all(one.question) for one in asked):
        return names[0]
    if not asked and len(said) <= MOST_JOINED:
        asked = list(_of_pairs(said, before, known, matchers))
    questions = list(dict.fromkeys(one.question for one in asked if one.question is not None))
    if not 0 < len(questions) <= MOST_QUESTIONS or _is_of_others(read, asked, known, matchers[0]):
        return None
    whole = questions[0] if len(questions) == 1 else SeveralMeanings(tuple(questions))
    return OpenText(text=text, partly=Partly(whole, _left_out(read, asked)))


def _is_of_others(
    read: Sequence[_Clause], asked: Sequence[_Clause], known: Known, matcher: LanguageMatcher
) -> bool:
    """Return whether a question may be about what another clause says: "what is its memory"."""
    others = [one for one in read if one not in asked]
    if any(one.question is not None and is_about_past(one.question) for one in asked):
        return any(has_time(one.text, matcher) for one in others)  # "It failed yesterday, what changed"
    if not any(one.question is not None and _is_about_all(one.question) for one in asked):
        return False
    return any(isinstance(one.meaning, UnknownName) or known.index.find(one.text) for one in others)


def _read(clause: str, before: Sequence[str], known: Known, matchers: Sequence[LanguageMatcher]) -> _Clause:
    """Return what a clause says, or the question that it ends with: "Paul asks how full tank is"."""
    words = list(WORD.finditer(clause))
    folded = [one[0].casefold() for one in words]
    asking = (words[at].start() for at in range(1, len(words)) if matchers[0].asking.length(folded, at))
    texts = matchers[0].part_texts(known_lists(known))
    starts = [0, *islice((one for one in asking if _begins_with_cue(clause[one:], texts)), 1)]
    meanings = []
    for start in starts:
        rest = clause[start:]
        meaning = recognise(rest, before, known, matchers)
        meanings.append(meaning)
        question, left_out = meaning, ""
        if isinstance(meaning, OpenText) and meaning.partly is not None:
            question, left_out = meaning.partly.question, meaning.partly.left_out
        if isinstance(question, _QUESTIONS) and _asks(rest, question, left_out, known, matchers[0]):
            left_out = ", ".join(one for one in (clause[:start].strip(), left_out) if one)
            return _Clause(clause, meaning, question, left_out)
    return _Clause(clause, meanings[0], None, "")


def _begins_with_cue(text: str, texts: PartTexts) -> bool:
    """Return whether a text begins with "how" or "which", and not with "is"."""
    return any("cue" in one and "check" not in one for one in read_parts(text, texts).found[:1])


def _asks(clause: str, question: Meaning, left_out: str, known: Known, matcher: LanguageMatcher) -> bool:
    """Return whether a clause asks, also without a word that asks: "memory of Sonarr"."""
    if isinstance(question, ActionHistoryQuestion) and question.is_statement:
        return False
    if _is_about_all(question) and {*words_of(clause)} & {*matcher.values("pronoun")}:
        return False
    if _is_of_state(question) and (left_out or any(one.start == 0 for one in known.index.find(clause))):
        return False  # "Radarr is slow again" asks nothing, "shake Radarr" neither.
    parts = read_parts(clause, matcher.part_texts(known_lists(known)))
    if _is_about_all(question) or isinstance(question, TopicQuestion):
        # "The space is running out" asks nothing, "is the space running out" does.
        return any({"cue", "check"} & one.keys() for one in parts.found[:1])
    return asks(parts) or not _is_of_state(question)


def _is_of_state(question: Meaning) -> bool:
    """Return whether the state of one or several things is asked for: their names alone mean that too."""
    if isinstance(question, SeveralQuestions):
        return all(map(_is_of_state, question.questions))
    return isinstance(question, TargetQuestion)


def _of_pairs(
    said: Sequence[str], before: Sequence[str], known: Known, matchers: Sequence[LanguageMatcher]
) -> Iterator[_Clause]:
    """Yield what two clauses ask together: "TrueNAS please, how hot is sda"."""
    for first, second in pairwise(said):
        both = _read(f"{first}, {second}", before, known, matchers)
        if both.question is not None and not _is_of_state(both.question):
            yield both
            return


def _unknown_names(read: Sequence[_Clause], known: Known, matcher: LanguageMatcher) -> list[UnknownName]:
    """Return the unknown names in clauses that ask for something."""
    texts = matcher.part_texts(known_lists(known))
    found = (
        one.meaning
        for one in read
        if isinstance(one.meaning, UnknownName)
        and (has_cue(one.text, texts) or read_parts(one.text, texts).values("reading"))
    )
    return list(dict.fromkeys(found))


def _is_about_all(question: Meaning) -> bool:
    """Return whether a question names nothing that it is about."""
    is_placed = any(getattr(question, one, None) is not None for one in ("target", "place"))
    return not is_placed and not isinstance(question, TopicQuestion | SeveralQuestions | CompareQuestion)


def _may_be_request(clause: _Clause, known: Known, matchers: Sequence[LanguageMatcher]) -> bool:
    """Return whether a clause is anything but talk or a question, or has the verb of an action."""
    if clause.question is not None or isinstance(clause.meaning, _QUESTIONS):
        return False
    if isinstance(clause.meaning, OpenText) and clause.meaning.lacks_action:
        return True
    if isinstance(clause.meaning, OpenText | UnknownName):
        return bool(requested_verbs(clause.text, known.offers, matchers[0]))
    return True


def _left_out(read: Sequence[_Clause], asked: Sequence[_Clause]) -> str:
    """Return what of a text is not understood, cut to what can be said."""
    parts = [
        one.left_out if one.question is not None else one.text
        for one in read
        if one.question is not None or not any(one.text in each.text for each in asked)
    ]
    said = ", ".join(one.strip() for one in parts if one.strip())
    return said if len(said) <= LONGEST_LEFT_OUT else f"{said[:LONGEST_LEFT_OUT].rstrip()}…"


def is_about_past(found: Meaning) -> bool:
    """Return whether a question asks what happened."""
    return isinstance(found, ChangesQuestion) or (
        isinstance(found, TopicQuestion) and found.topic is Topic.DONE
    )


def has_time(clause: str, matcher: LanguageMatcher) -> bool:
    """Return whether a clause says when: what happened then may be asked."""
    words, times = words_of(clause), matcher.table_of_values("recent")
    is_recent = any(times.length(words, at) for at in range(len(words)))
    return is_recent or matcher.find("time", clause) is not None
