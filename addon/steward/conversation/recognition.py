"""Recognises what a person wants: an answer that needs no model, a decision, a request, or anything else."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from homelab_steward.contract.catalogue import ActionOffer
from homelab_steward.contract.incidents import Verb

from .given_names import AREA
from .loose_questions import recognise_loosely
from .match_meanings import PRONOUN, comparison, match_meaning, match_mention, with_place
from .meanings import (
    ABOUT_ONE,
    AboutOne,
    AmbiguousName,
    ApprovalAnswer,
    ExtremeQuestion,
    GoalRequest,
    Meaning,
    NoTarget,
    OpenQuestion,
    OpenText,
    PersonRequest,
    PlanRequest,
    ReadingQuestion,
    ScheduledRequest,
    SeveralQuestions,
    UnknownName,
    UnsupportedRequest,
)
from .mentions import Mention, mark, marked
from .places_said import without_place
from .plan_recognition import recognise_plan
from .question_parts import (
    asks_value,
    has_cue,
    parts_between,
    recognise_parts,
    understood_reading,
)
from .references import last_named, with_reference
from .request_parts import PartKind, RequestPart, masked, with_repetition
from .request_recognition import Requested, recognise_request, requested_verbs
from .said_conditions import without_condition
from .said_text import Known, SaidText, known_lists
from .said_times import without_time
from .unknown_names import unknown_in_questions, unknown_in_request
from .words import plain, words_of

if TYPE_CHECKING:
    from .language_matcher import LanguageMatcher, Lists, Match

LONGEST: Final = 300
"""Characters of a text that is recognised. Longer texts are for a model."""

MOST_LEFT_OUT: Final = 2
"""Words of a question that may be left out of its answer, which names them."""

MOST_NAMES: Final = 8
"""Names in one question."""

_SCHEDULED: Final = (PersonRequest, PlanRequest, GoalRequest)
"""The meanings that can be for a time or on a condition."""

_VERBS: Final = {
    "Approve": Verb.APPROVE,
    "Reject": Verb.REJECT,
    "Ignore": Verb.IGNORE,
    "Snooze": Verb.SNOOZE,
    "Cancel": Verb.CANCEL,
}


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
    spelled = spellings[first].corrected(plain(text), known.index.words, others)
    named = with_reference(spelled, before, known.index, matchers)
    if isinstance(named, AmbiguousName):
        return named
    last = last_named(named, before, known.index, matchers)
    unclear = last if isinstance(last, AmbiguousName) else None
    said = _read(named, None if isinstance(last, AmbiguousName) else last, known, matchers)
    found = _recognised(text, said, known, matchers, has_model)
    if isinstance(found, UnsupportedRequest | OpenText | UnknownName | NoTarget):
        found = _conditional(said, known, matchers) or found
    if isinstance(found, UnsupportedRequest | OpenText):
        found = _scheduled(found, said, known, matchers)
    if isinstance(found, UnsupportedRequest):
        found = UnsupportedRequest(with_repetition(found.part, matchers))
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
        meaning = _decision(said, matcher) or _in_area(said, matcher) or _question(said, matcher)
        meaning = meaning or recognise_plan(said, matcher)
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
            meaning = _question_by_parts(said, matcher) or _about_several(said, matcher)
            meaning = meaning or _in_place(said, matcher)
        elif isinstance(requested.meaning, OpenText) and requested.meaning.lacks_action is not None:
            not_offered = not_offered or requested.meaning
        else:
            # "Give me a list of all certificates" has the verb of a request.
            meaning = requested.meaning or _question_with_cue(said, matcher)
            requests.append(requested)
        if meaning is not None:
            return meaning
    if requests:
        return unknown_in_request(said, requests[0]) or OpenText(text=text, lacks_target=True)
    return _unless_unknown(not_offered or _open_text(text, said, matchers, has_model), said, matchers)


def _unless_unknown(
    opened: OpenText, said: SaidText, matchers: Sequence[LanguageMatcher]
) -> OpenText | UnknownName:
    """Return a text, or the unknown name that it is about: one that is not understood, if the rest is."""
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
        rest = _read(timed.rest, said.last, known, [matcher])
        meaning = _recognised(timed.rest, rest, known, [matcher], has_model=False, by_name=False)
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
            return _read(text, last, known, [matcher])

        for found in without_condition(said, read, matcher):
            part = RequestPart(PartKind.CONDITION, found.part)
            rest = read(found.rest, next(iter(found.named), said.last))
            if len(rest.mentions) + len(found.named) != len(said.mentions):
                continue
            meaning = _recognised(found.rest, rest, known, [matcher], has_model=False, by_name=False)
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


def _open_text(
    text: str,
    said: SaidText,
    matchers: Sequence[LanguageMatcher],
    has_model: bool,  # noqa: FBT001
) -> OpenText:
    partly = recognise_loosely(said, matchers[0])
    # A model may understand a command whose verb is not known.
    if partly is None and not has_model and _is_command(said, matchers[0]):
        return OpenText(text=text, lacks_action=said.mentions[0].targets[0])
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
    found = understood_reading(shown, matchers[0].part_texts(known_lists(known)))
    if found is None:
        return None
    part = shown[slice(*found[2])]
    if len(words_of(part)) > MOST_LEFT_OUT or set(words_of(part)) & matchers[0].phrases("changing"):
        return None
    return ReadingQuestion(found[1], mentions[0].targets[0].target), part


def reply_to(
    text: str, offered: OpenQuestion, known: Known, matchers: Sequence[LanguageMatcher]
) -> str | None:
    """Return the completed text when ``text`` answers which name is meant, None when it does not.

    The completed text is "" after no.
    """
    said = plain(text)[:LONGEST]
    if offered.suggested is not None:
        answers = [answer for one in matchers if (answer := one.reply(said)) is not None]
        if answers:
            return offered.with_name(offered.suggested) if answers[0] else ""
    mentions = known.index.find(said)
    if len(mentions) != 1:
        return None
    rest = f"{said[: mentions[0].start]} {said[mentions[0].end :]}"
    words = words_of(rest)
    fillers = [one.phrases("filler") | one.phrases("noun") for one in matchers]
    if words and not any(all(word in filler for word in words) for filler in fillers):
        return None
    return offered.with_name(said[mentions[0].start : mentions[0].end])


def _read(text: str, last: Mention | None, known: Known, matchers: Sequence[LanguageMatcher]) -> SaidText:
    bare = known_lists(known)
    mentions = tuple(one for one in known.index.find(text) if not _is_adjective(text, one, bare, matchers[0]))
    pronouns = {said: PRONOUN for one in matchers for said in one.values("pronoun")}
    names = {mark(number): number for number in range(len(mentions))} or pronouns
    lists = known_lists(known, names)
    no_names = frozenset[str]().union(*(one.phrases("not_name") for one in matchers))
    return SaidText(
        text=text,
        mentions=mentions,
        last=last,
        known=known,
        lists=lists,
        bare=bare,
        no_names=no_names,
        pronouns=pronouns,
    )


def _is_adjective(text: str, mention: Mention, bare: Lists, matcher: LanguageMatcher) -> bool:
    """Return whether a name is an adjective where it is: "how fast", also if something is named Fast."""
    before = words_of(text[: mention.start])[-1:]
    if not before or before[0] not in matcher.phrases("degree"):
        return False
    return "adjective" in matcher.part_texts(bare).get(words_of(text[mention.start : mention.end]), {})


def _question(said: SaidText, matcher: LanguageMatcher) -> Meaning | None:
    """Return the question that a text is in one language, None if it is none."""
    for match in matcher.questions(marked(said.text, said.mentions), said.lists):
        meaning = match_meaning(match, said)
        if meaning is not None:
            return meaning
    if not said.mentions:
        return None
    # "When was the last backup?" is a question about backups also if something is named Backup.
    for match in matcher.questions(said.text, said.bare):
        meaning = match_meaning(match, said)
        if meaning is not None:
            return meaning
    return None


def _question_with_cue(said: SaidText, matcher: LanguageMatcher) -> Meaning | None:
    """Return the question that a text with the verb of a request is, None without a word that asks."""
    is_asked = has_cue(marked(said.text, said.mentions), matcher.part_texts(said.bare))
    meaning = _question_by_parts(said, matcher)
    # "Give the container more memory" does not ask which one has more.
    return meaning if is_asked or not isinstance(meaning, ExtremeQuestion) else None


def _question_by_parts(said: SaidText, matcher: LanguageMatcher) -> Meaning | None:
    """Return the question that the parts of a text make, None when a word is not understood."""
    from .language_matcher import Match  # noqa: PLC0415 - hassil is loaded at the first question

    known = matcher.part_texts(said.bare)
    # "How fast is it" asks about the speed also if something is named Fast.
    clear = tuple(one for one in said.mentions if words_of(said.text[one.start : one.end]) not in known)
    for one in (said, replace(said, mentions=clear)):
        found = recognise_parts(marked(one.text, one.mentions), known)
        if found is not None and found.names:
            return comparison(found, one)
        if found is not None and found.unknown is None:
            return match_meaning(Match(found.intent, found.slots, {}, {}, 0), one)
    return None


def _in_area(said: SaidText, matcher: LanguageMatcher) -> Meaning | None:
    """Return the question about what is in an area: "what is wrong in the cellar", None if it is none."""
    areas = [one for one in said.mentions if one.targets[0].scope == AREA]
    return _in_place(said, matcher) if areas else None


def _in_place(said: SaidText, matcher: LanguageMatcher) -> Meaning | None:
    """Return the question about what is in a place, without which the rest asks about everything."""
    for rest, place in without_place(said, matcher):
        meaning = _question(rest, matcher) or _question_by_parts(rest, matcher)
        placed = with_place(meaning, place) if meaning is not None else None
        if placed is not None:
            return placed
    return None


def _about_several(said: SaidText, matcher: LanguageMatcher) -> Meaning | None:
    """Return a question about several things whose names are joined: each is asked about alone."""
    mentions = said.mentions
    if not 1 < len(mentions) <= MOST_NAMES:
        return None
    known = matcher.part_texts(said.bare)
    gaps = [said.text[one.end : two.start] for one, two in pairwise(mentions)]
    between = [parts_between(one, known) for one in gaps]
    is_joined = any(one for one, _ in between) or not any(map(words_of, gaps))
    if not is_joined or not all(is_plain for _, is_plain in between):
        return None
    before, after = said.text[: mentions[0].start], said.text[mentions[-1].end :]
    found: list[AboutOne] = []
    for one in mentions:
        meaning = _alone(before, said.text[one.start : one.end], after, said, matcher)
        if not isinstance(meaning, ABOUT_ONE) or type(meaning) is not type((found or [meaning])[0]):
            return None
        found.append(meaning)
    return SeveralQuestions(tuple(found))


def _alone(before: str, name: str, after: str, said: SaidText, matcher: LanguageMatcher) -> Meaning | None:
    """Return what a text asks with one name in place of several."""
    text = f"{before}{name}{after}"
    mention = replace(said.known.index.find(name)[0], start=len(before), end=len(before) + len(name))
    lists = replace(said.lists, names={mark(0): 0})
    alone = replace(said, text=text, mentions=(mention,), lists=lists)
    return _question(alone, matcher) or _question_by_parts(alone, matcher)


def _decision(said: SaidText, matcher: LanguageMatcher) -> ApprovalAnswer | None:
    for match in matcher.decisions(marked(said.text, said.mentions), said.lists):
        if match.slots.get("name") == PRONOUN:
            continue
        mention = match_mention(match, said)
        option, number = match.slots.get("option"), match.slots.get("request")
        return ApprovalAnswer(
            verb=_VERBS[match.intent],
            option=int(option) if option is not None else None,
            number=int(number) if number is not None else None,
            target=mention.targets[0].target if mention else None,
            until=_until(match),
            actions=frozenset(str(match.slots.get("cancelled", "")).split("|")) - {""},
        )
    return None


def _until(match: Match) -> str | float | None:
    if match.slots.get("until") is not None:
        return str(match.slots["until"])
    unit = match.slots.get("unit")
    hours = {"min": 1 / 60, "h": 1.0, "d": 24.0, "w": 168.0}.get(str(unit))
    return None if hours is None else hours * float(match.slots.get("count") or 1)
