"""Recognises what a person wants: an answer that needs no model, a decision, a request, or anything else."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from homelab_steward.contract.catalogue import ActionOffer

from ..language.clitics import with_pronouns_after_verbs
from ..language.discourse import without_discourse, without_repetition
from ..language.question_parts import (
    asks_value,
    has_cue,
    understood_reading,
)
from ..language.said_times import without_time
from ..language.spoken_numbers import with_digits
from ..language.words import as_said, masked, names_joined, plain, words_of
from .counted_targets import with_right_count, without_counts
from .decision_recognition import decision
from .loose_questions import makes_other, recognise_loosely
from .meanings import (
    AmbiguousName,
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
from .mentions import Mention, marked
from .open_texts import open_text
from .plan_recognition import recognise_plan
from .prohibitions import recognise_prohibition
from .question_recognition import (
    question_about_several,
    question_by_parts,
    question_by_sentence,
    question_in_area,
    question_in_place,
    question_with_cue,
)
from .questions import ReadingQuestion, TopicQuestion
from .references import last_named, with_reference
from .request_particles import without_particles
from .request_parts import PartKind, RequestPart, with_repetition
from .request_recognition import Requested, recognise_request, request_of_only_target
from .request_verbs import requested_verbs
from .runbook_recognition import recognise_runbook
from .said_conditions import Conditional, without_condition
from .said_text import (
    LONGEST,
    Known,
    SaidText,
    known_lists,
    read_text,
    with_names_in_place,
    with_names_of_ids,
    with_spelled_names,
)
from .unknown_names import kind_in_request, unknown_in_part, unknown_in_questions, unknown_in_request

if TYPE_CHECKING:
    from ..language.language_matcher import LanguageMatcher

MOST_LEFT_OUT: Final = 2
"""Words of a question that may be left out of its answer, which names them."""

_SCHEDULED: Final = (PersonRequest, PlanRequest, GoalRequest)
"""The meanings that can be for a time or on a condition."""


def recognise(
    text: str,
    before: Sequence[str],
    known: Known,
    matchers: Sequence[LanguageMatcher],
    *,
    has_model: bool = False,
) -> Meaning:
    """Return the meaning of a text.

    ``before`` are the person's earlier messages, oldest first; ``matchers`` are those of all
    languages, the one of the person first. With ``has_model`` a text for a model is returned without
    the name that may be unknown in it, which takes longer to find.
    """
    if len(text) > LONGEST:
        return OpenText(text=text)
    every, matchers = list(matchers), likely_languages(plain(text), matchers)
    spellings = [one.spelling(known_lists(known)) for one in every]
    first = every.index(matchers[0])
    others = spellings[:first] + spellings[first + 1 :]
    said_names = with_pronouns_after_verbs(with_digits(plain(text), matchers[0]), matchers[0])
    said_names = with_spelled_names(said_names, known.index, matchers[0])
    spelled = spellings[first].corrected(said_names, known.index.words, others)
    # "Detén lo" can also be one word of the sentences.
    spelled = with_pronouns_after_verbs(spelled, matchers[0])
    whole, spelled = spelled, without_discourse(spelled, matchers[0])
    if spelled != whole and not known.index.find(spelled):
        # "Since Sonarr hangs again, restart it" names it in the reason.
        before = (*before, whole)
    spelled, counted = without_counts(spelled, known, matchers[0])
    spelled = without_repetition(without_particles(spelled, known, matchers[0]), matchers[0])
    spelled = with_names_of_ids(spelled, known.index, matchers)
    spelled = with_names_in_place(spelled, known.index, matchers)
    named = with_reference(spelled, before, known.index, matchers) if before else spelled
    if isinstance(named, AmbiguousName):
        return named
    last = last_named(named, before, known.index, matchers) if before else None
    unclear = last if isinstance(last, AmbiguousName) else None
    said = read_text(named, None if isinstance(last, AmbiguousName) else last, known, matchers)
    found = _recognised(text, said, known, matchers, has_model)
    if isinstance(found, TopicQuestion) and found.people:
        # "Marta" is no misspelled word.
        people = names_joined(found.people[0], whole, matchers[0].values("conjunction"))
        return replace(found, people=tuple(as_said(one, whole, said_names) for one in people))
    if isinstance(found, UnsupportedRequest | OpenText | UnknownName | NoTarget):
        found = _conditional(said, known, matchers) or found
    if isinstance(found, UnsupportedRequest | OpenText):
        found = _scheduled(found, said, known, matchers)
    found = with_right_count(found, counted)
    if isinstance(found, UnsupportedRequest):
        found = UnsupportedRequest(with_repetition(found.part, matchers), unknown_in_part(found.part, said))
    # Two things fit: the person is asked which one.
    return unclear if unclear is not None and isinstance(found, NoTarget) else found


def _recognised(
    text: str,
    said: SaidText,
    known: Known,
    matchers: Sequence[LanguageMatcher],
    has_model: bool,  # noqa: FBT001
    *,
    by_name: bool = True,
) -> Meaning:
    requests: list[Requested] = []
    not_offered: OpenText | None = None
    for matcher in matchers:
        meaning: Meaning | None = decision(said, matcher) or recognise_prohibition(said, matcher)
        meaning = meaning or question_in_area(said, matcher) or question_by_sentence(said, matcher)
        meaning = meaning or recognise_runbook(said, matcher) or recognise_plan(said, matcher)
        if meaning is not None:
            return meaning
        requested = recognise_request(
            said.text,
            said.mentions,
            said.last,
            known.offers,
            matcher,
            is_first=by_name and matcher is matchers[0],
        )
        if requested is None and not_offered is not None:
            continue  # A request in the first language is no question in another one.
        if requested is None:
            meaning = question_by_parts(said, matcher) or question_about_several(said, matcher)
            meaning = meaning or question_in_place(said, matcher)
        elif isinstance(requested.meaning, OpenText) and requested.meaning.lacks_action is not None:
            not_offered = not_offered or requested.meaning
        else:
            # "Give me a list of all certificates" has the verb of a request.
            meaning = (
                _question_with_noun(requested.meaning, said, matcher)
                or requested.meaning
                or question_with_cue(said, matcher)
            )
            requests.append(requested)
        if meaning is not None:
            return meaning
    if requests:
        return _without_target(text, said, requests[0], known, matchers[0])
    return _unless_unknown(
        not_offered or open_text(text, said, known, matchers, has_model=has_model), said, matchers
    )


def _question_with_noun(
    requested: Meaning | None, said: SaidText, matcher: LanguageMatcher
) -> Meaning | None:
    """Return the question that a text is if what no request explains asks: "scrub age of tank".

    The first word then is no verb, but part of the name of a reading.
    """
    if not isinstance(requested, UnsupportedRequest) or requested.part.kind is not PartKind.UNKNOWN:
        return None
    if not has_cue(requested.part.text, matcher.part_texts(said.bare)):
        return None
    meaning = question_by_parts(said, matcher)
    return meaning if isinstance(meaning, ReadingQuestion) else None


def _without_target(
    text: str, said: SaidText, requested: Requested, known: Known, matcher: LanguageMatcher
) -> Meaning:
    """Return a request that names no target: "deploy a monitoring system" may fit only one repository."""
    if not said.mentions and has_cue(said.text, matcher.part_texts(said.bare)):
        # "Is there anything that one could update" and "backup ages" have the verb of a request, and ask.
        partly = recognise_loosely(said, matcher)
        if partly is not None and not partly.left_out:
            return OpenText(text=text, partly=partly)
    only = None if said.mentions else request_of_only_target(said.text, known.among, known.offers, matcher)
    return (
        only
        or kind_in_request(said, requested, matcher)
        or unknown_in_request(said, requested)
        or OpenText(text=text, lacks_target=True)
    )


def _unless_unknown(
    opened: OpenText | UnsupportedRequest, said: SaidText, matchers: Sequence[LanguageMatcher]
) -> OpenText | UnsupportedRequest | UnknownName:
    """Return a text, or the unknown name that it is about: one that is not understood, if the rest is."""
    if isinstance(opened, UnsupportedRequest):
        return opened
    if opened.partly is not None and not opened.partly.left_out:
        return opened
    unknown = unknown_in_questions(said, matchers)
    if unknown is None or (opened.partly is not None and unknown.name not in opened.partly.left_out):
        return opened
    return unknown


def _scheduled(
    found: UnsupportedRequest | OpenText, said: SaidText, known: Known, matchers: Sequence[LanguageMatcher]
) -> Meaning:
    """Return the request for a time that a text is, or why it is none."""
    if isinstance(found, UnsupportedRequest) and found.part.kind not in (PartKind.TIME, PartKind.UNKNOWN):
        return found
    hidden = masked(said.text, [one.span for one in said.mentions])
    reason: Meaning | None = None
    for matcher in matchers:
        timed = without_time(said.text, hidden, matcher)
        if timed is None:
            continue
        rest = read_text(timed.rest, said.last, known, [matcher])
        meaning = _recognised(
            timed.rest, rest, known, [matcher], has_model=False, by_name=matcher is matchers[0]
        )
        is_all = isinstance(found, UnsupportedRequest) and found.part.text == timed.part  # Not "until" it.
        if isinstance(meaning, UnsupportedRequest) or (is_all and _is_not_offered(meaning, rest, matcher)):
            reason = reason or meaning
        is_same = [one.targets for one in rest.mentions] == [one.targets for one in said.mentions]
        if is_same and isinstance(meaning, _SCHEDULED) and not _has_two_actions(meaning):
            part = found.part if isinstance(found, UnsupportedRequest) else None
            return ScheduledRequest(meaning, timed.said, part or RequestPart(PartKind.TIME, timed.part))
    return reason if isinstance(found, UnsupportedRequest) and reason is not None else found


def _conditional(
    said: SaidText, known: Known, matchers: Sequence[LanguageMatcher]
) -> ScheduledRequest | OpenText | None:
    """Return the request on a condition that a text is, None if it is none that is understood.

    What the thing does not offer is said, and not that the condition is the reason.
    """
    not_offered: OpenText | None = None
    for matcher in matchers:

        def read(text: str, last: Mention | None, matcher: LanguageMatcher = matcher) -> SaidText:
            return read_text(text, last, known, [matcher])

        for found in without_condition(said, read, matcher):
            meaning = _on_condition(found, said, read, known, (matcher, matcher is matchers[0]))
            if isinstance(meaning, ScheduledRequest):
                return meaning
            not_offered = meaning or not_offered
    return not_offered


def _on_condition(
    found: Conditional,
    said: SaidText,
    read: Callable[[str, Mention | None], SaidText],
    known: Known,
    language: tuple[LanguageMatcher, bool],
) -> ScheduledRequest | OpenText | None:
    """Return the request that waits for a condition, or that it is not offered, None if it is none.

    ``language`` is that of the condition, and whether it is the first one.
    """
    matcher, is_first = language
    part = RequestPart(PartKind.CONDITION, found.part)
    rest = read(found.rest, next(iter(found.named), said.last))
    if len(rest.mentions) + len(found.named) != len(said.mentions):
        return None
    meaning = _recognised(found.rest, rest, known, [matcher], has_model=False, by_name=is_first)
    if isinstance(meaning, UnsupportedRequest):
        meaning = _scheduled(meaning, rest, known, [matcher])
    if isinstance(meaning, ScheduledRequest):
        return replace(meaning, part=part, conditions=found.conditions)
    if isinstance(meaning, _SCHEDULED) and not _has_two_actions(meaning):
        return ScheduledRequest(meaning, None, part, found.conditions)
    if isinstance(meaning, OpenText) and _is_not_offered(meaning, rest, matcher):
        return meaning
    return None


def _is_not_offered(meaning: Meaning, said: SaidText, matcher: LanguageMatcher) -> bool:
    """Return whether a thing does not offer what is requested of it: "shake it" requests nothing known."""
    if not isinstance(meaning, OpenText) or meaning.lacks_action is None:
        return False
    hidden = masked(said.text, [one.span for one in said.mentions])
    return bool(requested_verbs(hidden, said.known.offers, matcher))


def _has_two_actions(meaning: PersonRequest | PlanRequest | GoalRequest) -> bool:
    """Return whether a time or a condition may be meant for only one of several actions."""
    if not isinstance(meaning, PlanRequest):
        return False
    return len({one.action.key.partition("_")[0] for one in meaning.requests}) > 1


def likely_languages(text: str, matchers: Sequence[LanguageMatcher]) -> Sequence[LanguageMatcher]:
    """Return the first language, and those with at least as many of their words in a text."""
    words = words_of(text)
    counts = [sum(word in one.phrases("not_name") for word in words) for one in matchers]
    least = max(counts[0], min(max(counts), 1))
    others = zip(matchers[1:], counts[1:], strict=True)
    return [matchers[0], *(one for one, count in others if count >= least)]


def requested_actions(
    text: str, actions: Iterable[ActionOffer], matchers: Sequence[LanguageMatcher]
) -> tuple[ActionOffer, ...]:
    """Return those of ``actions`` that the text requests; () when the text is not a request.

    "Restart Radarr" and "kannst du Radarr neu starten?" are requests; "should I restart it?",
    "did you restart it?" and "don't restart it" are not.
    """
    offered = tuple(actions)
    for matcher in matchers:
        verbs = requested_verbs(plain(text)[:LONGEST], {"": offered}, matcher)
        if verbs:
            return tuple(one for one in offered if one.key.partition("_")[0] in verbs)
    return ()


def is_value_question(text: str, known: Known, matchers: Sequence[LanguageMatcher]) -> bool:
    """Return whether a text asks for a value, also if it is not understood as a whole."""
    said = plain(text)[:LONGEST]
    bare, mentions = known_lists(known), known.index.find(said)
    return any(asks_value(marked(said, mentions), one.part_texts(bare)) for one in matchers[:1])


def partly_understood(
    text: str, known: Known, matchers: Sequence[LanguageMatcher]
) -> tuple[ReadingQuestion, str] | None:
    """Return the reading that a text asks for, and the words of it that are not understood.

    None when those words could change which reading is meant.
    """
    said = plain(text)[:LONGEST]
    mentions = known.index.find(said)
    if len(mentions) != 1:
        return None
    shown = marked(said, mentions)
    part_texts = matchers[0].part_texts(known_lists(known))
    found = understood_reading(shown, part_texts)
    if found is None or makes_other(shown, found[2], part_texts):
        return None
    part = shown[slice(*found[2])]
    if len(words_of(part)) > MOST_LEFT_OUT or set(words_of(part)) & matchers[0].phrases("changing"):
        return None
    return ReadingQuestion(found[1], mentions[0].targets[0].target), part
