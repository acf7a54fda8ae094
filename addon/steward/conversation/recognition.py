"""Recognises what a person wants: an answer that needs no model, a decision, a request, or anything else."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from homelab_steward.contract.catalogue import ActionOffer

from ..language.clitics import with_pronouns_after_verbs
from ..language.discourse import clause_starts, without_discourse, without_repetition
from ..language.question_parts import (
    asks_value,
    has_cue,
    names_reading_first,
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
from .plan_recognition import recognise_plan
from .prohibitions import recognise_prohibition
from .question_recognition import (
    begins_with_verb,
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
from .said_conditions import without_condition
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

MOST_CLAUSES: Final = 4
"""Clauses of a text that are tried as a request."""

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
    return _unless_unknown(not_offered or _open_text(text, said, known, matchers, has_model), said, matchers)


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
    reason: UnsupportedRequest | None = None
    for matcher in matchers:
        timed = without_time(said.text, hidden, matcher)
        if timed is None:
            continue
        rest = read_text(timed.rest, said.last, known, [matcher])
        meaning = _recognised(
            timed.rest, rest, known, [matcher], has_model=False, by_name=matcher is matchers[0]
        )
        if isinstance(meaning, UnsupportedRequest):
            reason = reason or meaning
        is_same = [one.targets for one in rest.mentions] == [one.targets for one in said.mentions]
        if is_same and isinstance(meaning, _SCHEDULED) and not _has_two_actions(meaning):
            part = found.part if isinstance(found, UnsupportedRequest) else None
            return ScheduledRequest(meaning, timed.said, part or RequestPart(PartKind.TIME, timed.part))
    return reason if isinstance(found, UnsupportedRequest) and reason is not None else found


def _conditional(
    said: SaidText, known: Known, matchers: Sequence[LanguageMatcher]
) -> ScheduledRequest | None:
    """Return the request on a condition that a text is, None if it is none that is understood."""
    for matcher in matchers:

        def read(text: str, last: Mention | None, matcher: LanguageMatcher = matcher) -> SaidText:
            return read_text(text, last, known, [matcher])

        for found in without_condition(said, read, matcher):
            part = RequestPart(PartKind.CONDITION, found.part)
            rest = read(found.rest, next(iter(found.named), said.last))
            if len(rest.mentions) + len(found.named) != len(said.mentions):
                continue
            meaning = _recognised(
                found.rest, rest, known, [matcher], has_model=False, by_name=matcher is matchers[0]
            )
            if isinstance(meaning, UnsupportedRequest):
                meaning = _scheduled(meaning, rest, known, [matcher])
            if isinstance(meaning, ScheduledRequest):
                return replace(meaning, part=part, conditions=found.conditions)
            if isinstance(meaning, _SCHEDULED) and not _has_two_actions(meaning):
                return ScheduledRequest(meaning, None, part, found.conditions)
    return None


def _has_two_actions(meaning: PersonRequest | PlanRequest | GoalRequest) -> bool:
    """Return whether a time or a condition may be meant for only one of several actions."""
    if not isinstance(meaning, PlanRequest):
        return False
    return len({one.action.key.partition("_")[0] for one in meaning.requests}) > 1


def _request_after(said: SaidText, known: Known, matcher: LanguageMatcher) -> UnsupportedRequest | None:
    """Return the refusal of a request after a clause that is not understood, which may limit it."""
    for start in clause_starts(said.text, matcher)[:MOST_CLAUSES]:
        rest = read_text(said.text[start:], None, known, [matcher])
        requested = recognise_request(rest.text, rest.mentions, None, known.offers, matcher)
        meaning = requested.meaning if requested is not None else None
        if isinstance(meaning, UnsupportedRequest):
            return meaning
        if isinstance(meaning, PersonRequest):
            return UnsupportedRequest(RequestPart(PartKind.UNKNOWN, said.text[:start].strip(" ,.;:!?-")))
    return None


def _open_text(
    text: str,
    said: SaidText,
    known: Known,
    matchers: Sequence[LanguageMatcher],
    has_model: bool,  # noqa: FBT001
) -> OpenText | UnsupportedRequest:
    refused = None if has_model else _request_after(said, known, matchers[0])
    if refused is not None:
        return refused
    is_command = begins_with_verb(said, matchers[0])
    partly = None if is_command else recognise_loosely(said, matchers[0])
    # A model may understand a command whose verb is not known.
    if partly is None and not has_model and (is_command or _is_command(said, matchers[0])):
        return (
            OpenText(text=text, lacks_action=said.mentions[0].targets[0])
            if said.mentions
            else OpenText(text=text, lacks_target=True)
        )
    unknown = None if has_model or partly else unknown_in_questions(said, matchers, is_clear=False)
    return OpenText(text=text, unknown=unknown, partly=partly)


def _is_command(said: SaidText, matcher: LanguageMatcher) -> bool:
    """Return whether a text about one thing begins with a verb that is not known: "evict it"."""
    rest = said.text[matcher.prefix("polite", said.text) :]
    words = words_of(rest)
    if (
        not words
        or len(said.mentions) != 1
        or "?" in rest
        or said.mentions[0].start < len(said.text) - len(rest) + 1
    ):
        return False
    known = matcher.part_texts(said.bare)
    rules = ("common", "not_name", "reversing", "spoken_request")
    nothing = frozenset[str]().union(*map(matcher.phrases, rules))
    if names_reading_first(marked(said.text, said.mentions), known):
        return False
    is_known = words[:1] in known or words[0] in nothing or bool(known.similar(words[0]))
    return not is_known and not has_cue(marked(said.text, said.mentions), known)


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
