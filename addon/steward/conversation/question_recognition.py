"""Recognises questions, by whole sentences or by their parts, and says what they mean."""

from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from homelab_steward.contract.state import TargetRef

from ..inventory.ports import INSTANCE
from ..language.bound_parts import UPTIME
from ..language.part_texts import EVERY
from ..language.question_parts import (
    JOINT,
    has_cue,
    kinds_in,
    parts_between,
    recognise_parts,
    with_negation,
)
from ..language.text_parts import NUMBER, PLACE, mark, read_parts
from ..language.words import words_of
from ..llm.detectors.common_words import PROGRAMS
from .comparisons import comparison, of_what_is_left
from .given_names import AREA
from .meanings import AmbiguousName, Meaning, NoTarget, OpenQuestion
from .mentions import Mention, NamedTarget, marked
from .questions import (
    ABOUT_ONE,
    AboutOne,
    ActionHistoryQuestion,
    Bound,
    ChangesQuestion,
    DependentsQuestion,
    ExtremeQuestion,
    ListQuestion,
    ReadingQuestion,
    SeveralQuestions,
    SinceQuestion,
    TargetQuestion,
    ThresholdQuestion,
    Topic,
    TopicQuestion,
)
from .reading_answers import kinds_of
from .request_verbs import is_switching
from .said_text import PRONOUN, SaidText, without_place

if TYPE_CHECKING:
    from ..language.language_matcher import LanguageMatcher, Match

MOST_NAMES: Final = 8
"""Names in one question."""

LONGEST_PEOPLE: Final = 4
"""Words of the names of people, without those that join them."""


def begins_with_verb(said: SaidText, matcher: LanguageMatcher) -> bool:
    """Return whether a text begins with a verb that changes something: "reload it" asks for no reading."""
    start = matcher.prefix("polite", said.text)
    rest = said.text[start:].lstrip()
    if "?" in rest or not any(matcher.prefix(rule, rest) for rule in ("command_verb", "destructive_verb")):
        return False
    shown, known = marked(said.text, said.mentions), matcher.part_texts(said.bare)
    # "Restart it, dad has said yes" does not ask with "has".
    asking = (one for one in read_parts(shown, known).found if "cue" in one and "check" not in one)
    return not has_cue(shown.partition(PLACE)[0], known) and not any(asking)


def question_by_sentence(said: SaidText, matcher: LanguageMatcher) -> Meaning | None:
    """Return the question that a text is in one language, None if it is none."""
    if is_switching(said.text, said.known.offers, matcher):
        return None
    for match in matcher.questions(marked(said.text, said.mentions), said.lists):
        meaning = match_meaning(of_what_is_left(match, matcher), said)
        if meaning is not None:
            return meaning
    names = (said.text[one.start : one.end] for one in said.mentions)
    if not said.mentions or not all(matcher.can_say(one, said.bare) for one in names):
        return None
    # "When was the last backup?" is a question about backups also if something is named Backup.
    for match in matcher.questions(said.text, said.bare):
        meaning = match_meaning(match, said)
        if meaning is not None:
            return meaning
    return None


def question_with_cue(said: SaidText, matcher: LanguageMatcher) -> Meaning | None:
    """Return the question that a text with the verb of a request is, None without a word that asks."""
    is_asked = has_cue(marked(said.text, said.mentions), matcher.part_texts(said.bare))
    meaning = question_by_parts(said, matcher)
    # "Give the container more memory" does not ask which one has more.
    return meaning if is_asked or not isinstance(meaning, ExtremeQuestion) else None


def question_by_parts(said: SaidText, matcher: LanguageMatcher) -> Meaning | None:
    """Return the question that the parts of a text make, None when a word is not understood."""
    from ..language.language_matcher import Match  # noqa: PLC0415 - hassil is not loaded at the start

    if begins_with_verb(said, matcher) or is_switching(said.text, said.known.offers, matcher):
        return None
    known = matcher.part_texts(said.bare)
    # "How fast is it" asks about the speed also if something is named Fast.
    clear = tuple(one for one in said.mentions if words_of(said.text[one.start : one.end]) not in known)
    for one in (said, replace(said, mentions=clear)):
        if one is not said:
            several = question_about_several(said, matcher)  # "How full are tank and fast"
            if several is not None or len(clear) == len(said.mentions):
                return several
        shown = marked(one.text, one.mentions)
        found = with_negation(recognise_parts(shown, known), shown, known, matcher.phrases("negation"))
        if found is not None and found.names:
            return comparison(found, one, matcher)
        if found is not None and found.unknown is None:
            return match_meaning(Match(found.intent, found.slots, {}, {}, 0), one)
    return None


def question_in_area(said: SaidText, matcher: LanguageMatcher) -> Meaning | None:
    """Return the question about what is in an area: "what is wrong in the cellar", None if it is none."""
    areas = [one for one in said.mentions if one.targets[0].scope == AREA]
    return question_in_place(said, matcher) if areas else None


def question_in_place(said: SaidText, matcher: LanguageMatcher) -> Meaning | None:
    """Return the question about what is in a place, without which the rest asks about everything."""
    for rest, place in without_place(said, matcher):
        meaning = question_by_sentence(rest, matcher) or question_by_parts(rest, matcher)
        placed = with_place(meaning, place) if meaning is not None else None
        if placed is not None:
            return placed
    return None


def question_about_several(said: SaidText, matcher: LanguageMatcher) -> Meaning | None:
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
    # "Containers on pve1 and disks on the NAS" asks for different things.
    if not kinds_in(" ".join(gaps), known) <= kinds_in(f"{before} {after}", known):
        return None
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
    return question_by_sentence(alone, matcher) or question_by_parts(alone, matcher)


_TOPICS: Final = {
    "Problems": Topic.PROBLEM,
    "Waiting": Topic.WAITING,
    "Scheduled": Topic.SCHEDULED,
    "Done": Topic.DONE,
    "Quota": Topic.QUOTA,
    "ExpectedOff": Topic.EXPECTED_OFF,
    "Backups": Topic.BACKUPS,
    "NoBackup": Topic.NO_BACKUP,
    "Maintenance": Topic.MAINTENANCE,
    "Logs": Topic.LOGS,
    "Restores": Topic.RESTORES,
    "Certificates": Topic.CERTIFICATES,
    "Updates": Topic.UPDATES,
    "Watching": Topic.WATCHING,
    "CloudRequests": Topic.CLOUD,
    "Help": Topic.HELP,
    "Autonomy": Topic.AUTONOMY,
    "NotAlone": Topic.NOT_ALONE,
    "Monitors": Topic.MONITORS,
    "BlindMonitors": Topic.BLIND_MONITORS,
    "SetUp": Topic.SET_UP,
    "ThisMonth": Topic.THIS_MONTH,
    "Secrets": Topic.SECRETS,
    "Addresses": Topic.ADDRESSES,
}
_BROAD: Final = ("any", "service", "node", "device")
"""Kinds whose words people also use for everything."""

_PLACED: Final = (
    Topic.BACKUPS,
    Topic.NO_BACKUP,
    Topic.CERTIFICATES,
    Topic.UPDATES,
    Topic.EXPECTED_OFF,
    Topic.WATCHING,
)
"""Topics that can be asked about what is in a place."""

_TOPIC_READINGS: Final = {
    "update updates": Topic.UPDATES,
    "update updates version": Topic.UPDATES,
    "certificate": Topic.CERTIFICATES,
    "backup": Topic.BACKUPS,
}
"""Readings that are asked about everything as a topic."""


def match_meaning(match: Match, said: SaidText) -> Meaning | None:
    """Return what a question means, None when its sentence does not fit after all."""
    if match.intent in _TOPICS:
        return _about_topic(match, said) if _names_person(match, said) else None
    slots = match.slots
    if slots.get("name") == PRONOUN and match.metadata.get("pronoun") is False:
        return None
    if slots.get("name") == PRONOUN and said.last is None:
        return NoTarget()
    target = _target(match, said)
    if isinstance(target, AmbiguousName):
        return target
    if match.intent == "Timeline":
        return ChangesQuestion(None, _hours(match))
    return _about_target(match, target.target) if target else _about_all(match)


def _hours(match: Match) -> int | None:
    """Return how far back a question asks, None when it does not say."""
    return int(match.slots["recent"]) if match.slots.get("recent") is not None else None


def _bound(match: Match) -> Bound | None:
    if NUMBER not in (slots := match.slots):
        return None
    return Bound(float(slots[NUMBER]), is_over=slots["bound"] == "over", is_check="check" in slots)


def _about_target(match: Match, target: TargetRef) -> Meaning | None:
    """Return what a question about one thing means."""
    match match.intent:
        case "State":
            return TargetQuestion(target, is_all="all" in match.slots)
        case "Since":
            return SinceQuestion(target)
        case "Dependents":
            return DependentsQuestion(target, is_restart="restart" in match.slots)
        case "Changes":
            return ChangesQuestion(target, _hours(match))
        case _:
            return _about_readings(match, target)


def _about_readings(match: Match, target: TargetRef) -> Meaning | None:
    """Return what a question about the readings or actions of one thing means, or of what is in it."""
    if match.intent == "ActionHistory":
        return _action_history(match, target)
    if match.intent == "Threshold":
        return _threshold(match, target)
    if match.intent != "Value":
        return _about_all(match, target)
    value, is_count = _readings_of(str(match.slots["reading"]), target), "count" in match.slots
    return replace(value, is_count=is_count) if isinstance(value, ReadingQuestion) else value


def _action_history(match: Match, target: TargetRef) -> ActionHistoryQuestion:
    verbs = str(match.slots.get("past_action") or match.slots["action_event"])
    return ActionHistoryQuestion(target, frozenset(verbs.split("|")), _hours(match), "wish" in match.slots)


def _readings_of(reading: str, target: TargetRef) -> Meaning:
    """Return a question about one or several readings of a target."""
    found = tuple(ReadingQuestion(one, target) for one in reading.split(JOINT))
    return found[0] if len(found) == 1 else SeveralQuestions(found)


def _about_all(match: Match, place: TargetRef | None = None) -> Meaning | None:
    """Return what a question about several things means, None for one that lacks its thing."""
    slots = match.slots
    match match.intent:
        case "ValueOfAll":
            kind, topic = slots.get("kind"), _topic_of(str(slots["reading"]))
            is_topic = topic is Topic.UPDATES or (topic is not None and not kind)
            value = ReadingQuestion(str(slots["reading"]), kind=kind, is_count="count" in slots, place=place)
            return TopicQuestion(topic, kind=_narrow(kind)) if topic and is_topic else value
        case "Extreme" | "Longest":
            kind, is_most = slots.get("kind"), slots["order"] == "most"
            return ExtremeQuestion(str(slots.get("reading") or UPTIME), kind, is_most, place)
        case "Count" | "List":
            kind, is_count = str(slots.get("kind") or "any"), match.intent == "Count"
            if place is not None and place.kind != INSTANCE and place.kind in kinds_of(kind):
                # "Is the Wi-Fi in the attic up?" asks about one access point.
                return TargetQuestion(place)
            return ListQuestion(kind, slots.get("state"), place, is_count, _bound(match))
        case "Threshold":
            return _threshold(match)
        case _:
            return None


def _topic_of(reading: str) -> Topic | None:
    """Return the topic that readings of everything are asked about as: "age of the backups"."""
    topics = {_TOPIC_READINGS.get(one) for one in reading.split(EVERY)} - {None}
    return next(iter(topics)) if len(topics) == 1 else None


def _narrow(kind: str | None) -> str | None:
    """Return a kind that limits a topic, None for "services" and "servers", with which people mean all."""
    return None if kind in _BROAD else kind


def _threshold(match: Match, target: TargetRef | None = None) -> ThresholdQuestion | None:
    """Return a question about a number; with another kind of things it is about those in the target."""
    slots, bound = match.slots, _bound(match)
    if bound is None:
        return None
    reading, kind, is_left = str(slots.get("reading") or ""), slots.get("kind"), "remaining" in slots
    is_place = target is not None and kind is not None and target.kind not in kinds_of(kind)
    of, place = (None, target) if is_place else (target, None)
    return ThresholdQuestion(reading, slots.get("unit"), bound, of, kind, place, is_left)


def _about_topic(match: Match, said: SaidText) -> Meaning:
    place = _target(match, said)
    if isinstance(place, AmbiguousName):
        # Several monitors list a device under one name: all that they say is asked for.
        mention = match_mention(match, said) if match.intent == "Monitors" else None
        if mention is None:
            return place
        place = mention.targets[0]
    people = (match.texts["person"],) if "person" in match.texts else ()
    hours = _hours(match) if people or match.intent == "Done" else None
    target, kind = place.target if place else None, _narrow(match.slots.get("kind"))
    return TopicQuestion(_TOPICS[match.intent], hours, target, people, kind)


def _names_person(match: Match, said: SaidText) -> bool:
    """Return whether the words for people in a sentence, if there are any, can be their names."""
    words = [one for one in words_of(match.texts.get("person", "")) if one not in said.joining]
    programs = PROGRAMS | said.known.programs
    is_thing = any(PLACE in one or one in said.no_names or one in programs for one in words)
    return not is_thing and len(words) <= LONGEST_PEOPLE


def with_place(meaning: Meaning, place: TargetRef) -> Meaning | None:
    """Return a question about everything as one about what is in a place, None if it is about one thing."""
    match meaning:
        case TopicQuestion(topic=Topic.PROBLEM, target=None):
            return TargetQuestion(place)
        case TopicQuestion(topic=topic, target=None) if topic in _PLACED:
            return replace(meaning, target=place)
        case ChangesQuestion(target=None):
            return replace(meaning, target=place)
        case ReadingQuestion(target=None) | ThresholdQuestion(target=None):
            return replace(meaning, place=place)
        case ExtremeQuestion() | ListQuestion(place=None):
            return replace(meaning, place=place)
        case _:
            return None


def match_mention(match: Match, said: SaidText) -> Mention | None:
    """Return the mention that a sentence names, None when it names none."""
    number = match.slots.get("name")
    if number is None:
        return None
    return said.last if number == PRONOUN else said.mentions[int(number)]


def _target(match: Match, said: SaidText) -> NamedTarget | AmbiguousName | None:
    """Return the target that a sentence names; instances come first unless it is called a machine."""
    mention = match_mention(match, said)
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
