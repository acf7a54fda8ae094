"""Recognises what a person wants: an answer that needs no model, a decision, a request, or anything else."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from homelab_steward.contract.catalogue import ActionOffer
from homelab_steward.contract.incidents import Verb
from homelab_steward.contract.state import TargetRef

from .meanings import (
    AmbiguousName,
    ApprovalAnswer,
    ChangesQuestion,
    ExtremeQuestion,
    ListQuestion,
    Meaning,
    NoTarget,
    OpenQuestion,
    OpenText,
    ReadingQuestion,
    SinceQuestion,
    TargetQuestion,
    Topic,
    TopicQuestion,
)
from .mentions import Mention, mark, marked
from .named_targets import NamedTarget
from .question_parts import recognise_parts
from .references import with_reference
from .request_recognition import Requested, recognise_request, requested_verbs
from .said_text import Known, SaidText
from .unknown_names import unknown_in_questions, unknown_in_request
from .words import plain, words_of

if TYPE_CHECKING:
    from .language_matcher import LanguageMatcher, Match

LONGEST: Final = 300
"""Characters of a text that is recognised. Longer texts are for a model."""

PRONOUN: Final = -1
"""The number of a pronoun in place of a mention."""

_TOPICS: Final = {
    "Problems": Topic.PROBLEM,
    "Waiting": Topic.WAITING,
    "Done": Topic.DONE,
    "Quota": Topic.QUOTA,
    "ExpectedOff": Topic.EXPECTED_OFF,
    "Backups": Topic.BACKUPS,
    "Certificates": Topic.CERTIFICATES,
    "Updates": Topic.UPDATES,
    "Watching": Topic.WATCHING,
    "CloudRequests": Topic.CLOUD,
    "Help": Topic.HELP,
}
_VERBS: Final = {
    "Approve": Verb.APPROVE,
    "Reject": Verb.REJECT,
    "Ignore": Verb.IGNORE,
    "Snooze": Verb.SNOOZE,
}
_ABOUT_ONE: Final[Mapping[str, Callable[[TargetRef], Meaning]]] = {
    "State": TargetQuestion,
    "Since": SinceQuestion,
    "Changes": ChangesQuestion,
}
_UPTIME: Final = "uptime started"


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
    matchers = likely_languages(plain(text), matchers)
    said = _read(with_reference(plain(text), before, known.index, matchers), before, known, matchers)
    requests: list[Requested] = []
    not_offered: OpenText | None = None
    for matcher in matchers:
        meaning = _decision(said, matcher) or _question(said, matcher)
        if meaning is not None:
            return meaning
        requested = recognise_request(said.text, said.mentions, said.last, known.offers, matcher)
        if requested is None:
            meaning = _question_by_parts(said, matcher)
        elif isinstance(requested.meaning, OpenText) and requested.meaning.lacks_action is not None:
            not_offered = not_offered or requested.meaning
        else:
            # "Give me a list of all certificates" has the verb of a request.
            meaning = requested.meaning or _question_by_parts(said, matcher)
            requests.append(requested)
        if meaning is not None:
            return meaning
    if requests:
        return unknown_in_request(said, requests[0]) or OpenText(text=text, lacks_target=True)
    return not_offered or unknown_in_questions(said, matchers) or _open_text(text, said, matchers, has_model)


def _open_text(
    text: str,
    said: SaidText,
    matchers: Sequence[LanguageMatcher],
    has_model: bool,  # noqa: FBT001
) -> OpenText:
    unknown = None if has_model else unknown_in_questions(said, matchers, is_clear=False)
    return OpenText(text=text, unknown=unknown)


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


def _read(text: str, before: Sequence[str], known: Known, matchers: Sequence[LanguageMatcher]) -> SaidText:
    from .language_matcher import Lists  # noqa: PLC0415 - hassil is loaded at the first question

    index = known.index
    mentions = index.find(text)
    last = next((found[0] for said in reversed(before) if (found := index.find(plain(said)))), None)
    pronouns = {said: PRONOUN for one in matchers for said in one.values("pronoun")}
    names = {mark(number): number for number in range(len(mentions))} or pronouns
    bare = Lists(names={}, readings=known.readings, kinds=known.kinds, verbs=known.verbs)
    lists = Lists(names=names, readings=known.readings, kinds=known.kinds, verbs=known.verbs)
    no_names = frozenset[str]().union(*(one.phrases("not_name") for one in matchers))
    return SaidText(
        text=text,
        mentions=mentions,
        last=last,
        known=known,
        lists=lists,
        bare=bare,
        no_names=no_names,
    )


def _question(said: SaidText, matcher: LanguageMatcher) -> Meaning | None:
    """Return the question that a text is in one language, None if it is none."""
    for match in matcher.questions(marked(said.text, said.mentions), said.lists):
        meaning = _meaning(match, said)
        if meaning is not None:
            return meaning
    if not said.mentions:
        return None
    # "When was the last backup?" is a question about backups also if something is named Backup.
    for match in matcher.questions(said.text, said.bare):
        meaning = _meaning(match, said)
        if meaning is not None:
            return meaning
    return None


def _question_by_parts(said: SaidText, matcher: LanguageMatcher) -> Meaning | None:
    """Return the question that the parts of a text make, None when a word is not understood."""
    from .language_matcher import Match  # noqa: PLC0415 - hassil is loaded at the first question

    known = matcher.part_texts(said.bare)
    # "How fast is it" asks about the speed also if something is named Fast.
    clear = tuple(one for one in said.mentions if words_of(said.text[one.start : one.end]) not in known)
    for one in (said, replace(said, mentions=clear)):
        found = recognise_parts(marked(one.text, one.mentions), known)
        if found is not None and found.unknown is None:
            return _meaning(Match(found.intent, found.slots, {}, {}, 0), one)
    return None


def _decision(said: SaidText, matcher: LanguageMatcher) -> ApprovalAnswer | None:
    for match in matcher.decisions(marked(said.text, said.mentions), said.lists):
        if match.slots.get("name") == PRONOUN:
            continue
        mention = _mention(match, said)
        option, number = match.slots.get("option"), match.slots.get("request")
        return ApprovalAnswer(
            verb=_VERBS[match.intent],
            option=int(option) if option is not None else None,
            number=int(number) if number is not None else None,
            target=mention.targets[0].target if mention else None,
            until=_until(match),
        )
    return None


def _until(match: Match) -> str | float | None:
    if match.slots.get("until") is not None:
        return str(match.slots["until"])
    unit = match.slots.get("unit")
    hours = {"min": 1 / 60, "h": 1.0, "d": 24.0, "w": 168.0}.get(str(unit))
    return None if hours is None else hours * float(match.slots.get("count") or 1)


def _meaning(match: Match, said: SaidText) -> Meaning | None:
    """Return what a question means, None when its sentence does not fit after all."""
    if match.intent in _TOPICS:
        recent = match.slots.get("recent") if match.intent == "Done" else None
        place = _target(match, said)
        if isinstance(place, AmbiguousName):
            return place
        hours = None if recent is None else int(recent)
        return TopicQuestion(_TOPICS[match.intent], hours, place.target if place else None)
    slots = match.slots
    if slots.get("name") == PRONOUN and match.metadata.get("pronoun") is False:
        return None
    if slots.get("name") == PRONOUN and said.last is None:
        return NoTarget()
    target = _target(match, said)
    if isinstance(target, AmbiguousName):
        return target
    return _about_target(match, target.target) if target else _about_all(match)


def _about_target(match: Match, target: TargetRef) -> Meaning | None:
    """Return what a question about one thing means."""
    if match.intent in _ABOUT_ONE:
        return _ABOUT_ONE[match.intent](target)
    if match.intent == "Value":
        return ReadingQuestion(str(match.slots["reading"]), target)
    return _about_all(match, target)


def _about_all(match: Match, place: TargetRef | None = None) -> Meaning | None:
    """Return what a question about several things means, None for one that lacks its thing."""
    slots = match.slots
    match match.intent:
        case "ValueOfAll":
            return ReadingQuestion(str(slots["reading"]), kind=slots.get("kind"))
        case "Extreme" | "Longest":
            kind, is_most = slots.get("kind"), slots["order"] == "most"
            return ExtremeQuestion(str(slots.get("reading") or _UPTIME), kind, is_most)
        case "Count" | "List":
            kind, is_count = str(slots.get("kind") or "any"), match.intent == "Count"
            return ListQuestion(kind, slots.get("state"), place, is_count)
        case _:
            return None


def _mention(match: Match, said: SaidText) -> Mention | None:
    number = match.slots.get("name")
    if number is None:
        return None
    return said.last if number == PRONOUN else said.mentions[int(number)]


def _target(match: Match, said: SaidText) -> NamedTarget | AmbiguousName | None:
    """Return the target that a sentence names; instances come first unless it is called a machine."""
    mention = _mention(match, said)
    if mention is None:
        return None
    kinds = (match.slots.get("kind_word"), match.slots.get("kind_after"))
    scoped = [one for one in mention.targets if one.scope is not None]
    chosen = scoped if "machine" in kinds and scoped else list(mention.targets)
    same = [one for one in chosen if one.scope == chosen[0].scope]
    if len(same) == 1:
        return chosen[0]
    offered = OpenQuestion(said.text[: mention.start], said.text[mention.end :])
    return AmbiguousName(tuple(one.label for one in same), offered)
