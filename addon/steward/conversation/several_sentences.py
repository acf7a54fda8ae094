"""Recognises each sentence of a text that has several, and the question after small talk."""

import re
from collections.abc import Iterator, Sequence
from itertools import islice, pairwise
from typing import TYPE_CHECKING, Final

from ..language.discourse import clause_starts, is_complaint, is_courtesy, says_nothing, without_joiners
from ..language.words import WORD, plain, words_of
from .approval_bypass import request_without_approval
from .clause_questions import has_time, is_about_past, question_among_clauses
from .counted_targets import says_count
from .joined_questions import INCOMPLETE, REQUESTS, joined_questions, targets_of
from .meanings import (
    Meaning,
    NoTarget,
    OpenText,
    PersonRequest,
    PlanRequest,
    Prohibition,
    ScheduledRequest,
    SeveralMeanings,
    UnknownName,
    UnsupportedRequest,
)
from .questions import ReadingQuestion, Topic, TopicQuestion
from .recognition import recognise
from .references import followed
from .request_parts import PartKind, RequestPart
from .request_talk import without_talk
from .request_verbs import requested_verbs
from .requests_in_talk import request_in_talk
from .said_text import Known

if TYPE_CHECKING:
    from ..language.language_matcher import LanguageMatcher

MOST_SENTENCES: Final = 4

# One letter is an abbreviation: "105 u. 110".
_END: Final = re.compile(r"(?:(?<![\d\s])(?<!\s\w)[.?!;]+|(?<=[^\W\d])[ \u202f\xa0][?!;]+)[\s¿¡]+(?=\w)")
"""French has a space before such a mark."""
_UNCLEAR: Final = (OpenText, NoTarget, UnsupportedRequest, UnknownName)
"""What a text can be taken for whose talk is read as a part of a request."""

type _Sentence = tuple[str, Meaning]


def recognise_all(
    text: str,
    before: Sequence[str],
    known: Known,
    matchers: Sequence[LanguageMatcher],
    *,
    has_model: bool = False,
) -> Meaning:
    """Return the meaning of a text of one or more sentences; the arguments are those of ``recognise``.

    If one of several sentences is not understood, the text is recognised as a whole: it may be a condition.
    What is not understood and names a secret, such as a password, asks for it.
    """
    found = _recognise_all(text, before, known, matchers, has_model=has_model)
    is_unclear = isinstance(found, NoTarget) or _lacks_something(found)
    if is_unclear and matchers[0].find("secret_noun", plain(text)) is not None:
        return TopicQuestion(Topic.SECRETS)
    return found


def _recognise_all(
    text: str,
    before: Sequence[str],
    known: Known,
    matchers: Sequence[LanguageMatcher],
    *,
    has_model: bool,
) -> Meaning:
    said = _without_joiner(plain(text), matchers)
    refused = request_without_approval(said, known, matchers[0])
    if refused is not None:
        return refused
    wanted = _after_complaint(said, before, known, matchers)
    if wanted is not None:
        return wanted
    found = _recognised(said, before, known, matchers, has_model=has_model)
    if isinstance(found, _UNCLEAR) or _lacks_something(found):
        wanted = _beside_talk(said, before, known, matchers)
        # A refusal is only better than what is not understood at all.
        if wanted is not None and not (
            isinstance(wanted, UnsupportedRequest) and found != OpenText(text=said)
        ):
            return wanted
    if not _lacks_something(found):
        return found
    refused = None if has_model else request_in_talk(_sentences(said), before, known, matchers)
    if refused is not None:
        return refused
    question = _after_small_talk(said, before, known, matchers)
    if question is None and not has_model and _is_all_open(found):
        question = question_among_clauses(said, before, known, matchers)
    return question or found


def _after_complaint(
    text: str, before: Sequence[str], known: Known, matchers: Sequence[LanguageMatcher]
) -> Meaning | None:
    """Return the request after what is wrong with a thing, or its refusal: "Sonarr hangs again, restart it".

    None if no request follows, or if the first clause says anything else: it could be a condition.
    """
    mentions = known.index.find(text)
    if not mentions or text[: mentions[0].start].strip():
        return None
    name = mentions[0]
    for start in clause_starts(text, matchers[0]):
        clause = words_of(text[name.end : start])
        if start > name.end and is_complaint(clause, matchers[0], "named_complaint"):
            earlier = [*before, text[name.start : name.end]]
            found = _recognised(text[start:], earlier, known, matchers, has_model=False)
            return found if isinstance(found, (*REQUESTS, UnsupportedRequest)) else None
    return None


def _beside_talk(
    text: str, before: Sequence[str], known: Known, matchers: Sequence[LanguageMatcher]
) -> Meaning | None:
    """Return the request that a text is without its talk, which is named, or its refusal, None if it is none.

    What the request refers to stands in the text. Talk before it may name it.
    """
    beside = without_talk(text, known, matchers[0])
    if beside is None:
        return None
    named = known.index.find(beside.rest)
    keys = {one.targets[0].target.key for _, one in beside.names}
    if not named and ((not keys and beside.is_before) or len(keys) > 1):
        return None
    name = [said for said, _ in beside.names[:1]]
    found = _recognised(beside.rest, [*before, *name], known, matchers, has_model=False)
    if not named and name and not isinstance(found, REQUESTS):
        # "Radarr hangs again, restart please" has no pronoun.
        found = _recognised(f"{name[0]} {beside.rest}", before, known, matchers, has_model=False)
    if isinstance(found, UnsupportedRequest):
        return found
    if not isinstance(found, REQUESTS) or (beside.is_emphasised and not isinstance(found, ScheduledRequest)):
        return None
    if not keys <= targets_of(found):
        return None
    talk = ", ".join(beside.talk)
    return SeveralMeanings((OpenText(text=talk), found)) if talk else found


def _is_all_open(found: Meaning) -> bool:
    """Return whether nothing of a text was understood as a whole sentence."""
    return all(map(_lacks_something, found.meanings if isinstance(found, SeveralMeanings) else (found,)))


def _lacks_something(found: Meaning) -> bool:
    """Return whether a text, or a part of it, was not understood."""
    if isinstance(found, SeveralMeanings):
        return any(map(_lacks_something, found.meanings))
    is_whole = isinstance(found, OpenText) and found.partly is not None and not found.partly.left_out
    return isinstance(found, OpenText | UnknownName) and not is_whole


def _after_small_talk(
    text: str, before: Sequence[str], known: Known, matchers: Sequence[LanguageMatcher]
) -> Meaning | None:
    """Return the question after what a person tells about themselves, None if no question follows."""
    unknown: Meaning | None = None
    for rest, is_timed in without_small_talk(text, known, matchers[0]):
        found = _recognised(rest, before, known, matchers, has_model=False)
        if isinstance(found, UnknownName):
            unknown = found
        if _lacks_something(found) or _asks_for_change(found) or (is_timed and is_about_past(found)):
            continue
        return found
    return unknown


def _asks_for_change(found: Meaning) -> bool:
    if isinstance(found, SeveralMeanings):
        return any(map(_asks_for_change, found.meanings))
    return isinstance(found, (*REQUESTS, *INCOMPLETE)) and not isinstance(found, OpenText)


def _recognised(
    said: str,
    before: Sequence[str],
    known: Known,
    matchers: Sequence[LanguageMatcher],
    *,
    has_model: bool,
) -> Meaning:
    sentences = [one for one in _sentences(said) if not _says_nothing(one, matchers)]
    said = said if len(sentences) != 1 else sentences[0]
    found = _each(sentences, before, known, matchers)
    excepted = [one for one, meaning in found if isinstance(meaning, Prohibition)]
    if excepted and any(isinstance(meaning, REQUESTS) for _, meaning in found):
        # "Restart all containers. Don't touch Radarr."
        return UnsupportedRequest(RequestPart(PartKind.MORE, excepted[0].rstrip(" .!")))
    if len(found) > 1 and _is_understood(found, matchers, has_model=has_model):
        return _together([meaning for _, meaning in found])
    whole = recognise(said, before, known, matchers, has_model=has_model)
    if isinstance(whole, OpenText | UnsupportedRequest | TopicQuestion | ReadingQuestion):

        def read(parts: Sequence[str]) -> list[Meaning]:
            return [meaning for _, meaning in _each(parts, before, known, matchers)]

        both = joined_questions(said, whole, read, matchers[0])
        if both:
            return _together(both)
    if isinstance(whole, OpenText) and any(isinstance(one, NoTarget) for _, one in found):
        # "The access point is slow. Restart it." names nothing.
        return whole if known.index.find(said) else NoTarget()
    if isinstance(whole, OpenText) and whole.incomplete is None:
        return _with_request(said, before, known, matchers) or whole
    return whole


def _with_request(
    text: str, before: Sequence[str], known: Known, matchers: Sequence[LanguageMatcher]
) -> UnsupportedRequest | None:
    """Return the refusal of a request that is joined to something that is not understood."""
    joining = {*matchers[0].values("conjunction")}
    for word in WORD.finditer(text):
        parts = (text[: word.start()].strip(" ,"), text[word.end() :].strip(" ,"))
        if word[0].casefold() not in joining or not all(parts):
            continue
        if not any(requested_verbs(one, known.offers, matchers[0]) for one in parts):
            continue
        found = [recognise(one, before, known, matchers) for one in parts]
        for part, meaning, other in zip(parts, found, reversed(found), strict=True):
            if isinstance(meaning, OpenText) and isinstance(other, REQUESTS):
                return UnsupportedRequest(RequestPart(PartKind.UNKNOWN, part.rstrip(" .!")))
    return None


def _sentences(text: str) -> list[str]:
    """Return the sentences of a text; a number such as "3.5" or "3. " ends none."""
    ends = [0, *(one.end() for one in _END.finditer(text)), len(text)]
    return [text[start:end].strip() for start, end in pairwise(ends) if text[start:end].strip()]


def _without_joiner(text: str, matchers: Sequence[LanguageMatcher]) -> str:
    """Return a text without the "and" that it begins with."""
    first = WORD.match(text)
    is_joiner = first is not None and first[0].casefold() in matchers[0].values("conjunction")
    is_joiner = is_joiner and not text.startswith("-", first.end() if first else 0)  # "Puis-je"
    return text[first.end() :].lstrip(" ,") or text if first is not None and is_joiner else text


def _each(
    sentences: Sequence[str], before: Sequence[str], known: Known, matchers: Sequence[LanguageMatcher]
) -> list[_Sentence]:
    """Return the meaning of each sentence; a pronoun may refer to the sentence before."""
    if not 1 < len(sentences) <= MOST_SENTENCES:
        return []
    found: list[_Sentence] = []
    for one in sentences:
        meaning = followed(one, found[-1][1], known, matchers) if found else None
        alone = _without_joiner(one, matchers)
        meaning = meaning or recognise(alone, [*before, *(said for said, _ in found)], known, matchers)
        if isinstance(meaning, OpenText) and meaning.partly is not None and not meaning.partly.left_out:
            meaning = meaning.partly.question
        found.append((one, meaning))
    return found


def _is_understood(
    found: Sequence[_Sentence], matchers: Sequence[LanguageMatcher], *, has_model: bool
) -> bool:
    """Return whether the sentences can be answered one after another.

    What is not understood beside questions is named. Beside a request it could be a condition of it.
    """
    requests = [number for number, (_, one) in enumerate(found) if isinstance(one, REQUESTS)]
    unclear = [(said, one) for said, one in found if isinstance(one, INCOMPLETE)]
    if any(_is_conditional(said, matchers) for said, _ in found[1:]):
        return False
    if requests or len(unclear) == len(found):
        return not unclear
    return not has_model and all(isinstance(one, OpenText) for _, one in unclear)


def _is_conditional(sentence: str, matchers: Sequence[LanguageMatcher]) -> bool:
    """Return whether a sentence may depend on the one before: "Is Plex down? Then restart it"."""
    return any(one.prefix(rule, sentence) for one in matchers for rule in ("clause_break", "condition"))


def _together(found: Sequence[Meaning]) -> Meaning:
    """Return several meanings as one: requests for now are approved together."""
    now = [
        one
        for one in found
        if isinstance(one, PersonRequest) or (isinstance(one, PlanRequest) and not one.place)
    ]
    merged: list[Meaning] = []
    for one in found:
        if one in now and len(now) > 1:
            if one is now[0]:
                merged.append(_plan(now))
            continue
        merged.append(UnknownName(one.name, one.nearest) if isinstance(one, UnknownName) else one)
    return merged[0] if len(merged) == 1 else SeveralMeanings(tuple(merged))


def _plan(requests: Sequence[PersonRequest | PlanRequest]) -> PlanRequest:
    plans = [one if isinstance(one, PlanRequest) else PlanRequest((one,)) for one in requests]
    return PlanRequest(
        requests=tuple(each for one in plans for each in one.requests),
        not_offered=tuple(each for one in plans for each in one.not_offered),
    )


def _says_nothing(sentence: str, matchers: Sequence[LanguageMatcher]) -> bool:
    """Return whether a sentence is a greeting, a courtesy, or a complaint: "Hello", "my game is so slow"."""
    words, folded = list(WORD.finditer(sentence)), words_of(sentence)
    if matchers[0].find("more", sentence) or says_count(sentence, matchers[0]):
        return False  # "Restart Sonarr. L'autre aussi."
    return any(
        is_courtesy(words, one) or says_nothing(folded, one) or is_complaint(folded, one) for one in matchers
    )


MOST_RESTS: Final = 4
"""Shorter texts that are tried as a question."""


def without_small_talk(text: str, known: Known, matcher: LanguageMatcher) -> Iterator[tuple[str, bool]]:
    """Yield a text without what it begins with, while that is small talk, and whether a time was left out."""
    starts = clause_starts(text, matcher)
    is_timed = False
    for start, end in islice(pairwise([0, *starts]), MOST_RESTS):
        clause = text[start:end]
        if not _is_small_talk(clause, known, matcher):
            return
        is_timed = is_timed or has_time(clause, matcher)
        yield without_joiners(text[end:], matcher), is_timed


def _is_small_talk(clause: str, known: Known, matcher: LanguageMatcher) -> bool:
    """Return whether a clause says something about the person that limits nothing."""
    clause = without_joiners(clause, matcher)
    words = list(WORD.finditer(clause))
    folded = [one[0].casefold() for one in words]
    if not words or is_courtesy(words, matcher) or says_nothing(folded, matcher):
        return True
    begun = max(matcher.table(one).length(folded) for one in ("speaker", "well_wish"))
    if not begun or "?" in clause or known.index.find(clause):
        return False
    return not any(matcher.prefix("condition", clause[one.start() :]) for one in words[begun:])
