"""Says what a sentence that a text matches means: the question, and the target that it names."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from homelab_steward.contract.state import TargetRef

from ..inventory.ports import INSTANCE
from .meanings import (
    ActionHistoryQuestion,
    AmbiguousName,
    Bound,
    ChangesQuestion,
    CompareQuestion,
    ExtremeQuestion,
    ListQuestion,
    Meaning,
    NoTarget,
    OpenQuestion,
    ReadingQuestion,
    SeveralQuestions,
    SinceQuestion,
    TargetQuestion,
    ThresholdQuestion,
    Topic,
    TopicQuestion,
)
from .mentions import Mention
from .named_targets import NamedTarget
from .question_parts import JOINT, Recognised
from .reading_answers import kinds_of
from .readings import EVERY
from .said_text import SaidText
from .text_parts import NUMBER

if TYPE_CHECKING:
    from .language_matcher import Match

PRONOUN: Final = -1
"""The number of a pronoun in place of a mention."""

_TOPICS: Final = {
    "Problems": Topic.PROBLEM,
    "Waiting": Topic.WAITING,
    "Scheduled": Topic.SCHEDULED,
    "Done": Topic.DONE,
    "Quota": Topic.QUOTA,
    "ExpectedOff": Topic.EXPECTED_OFF,
    "Backups": Topic.BACKUPS,
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
}
_PLACED: Final = (Topic.BACKUPS, Topic.CERTIFICATES, Topic.UPDATES, Topic.EXPECTED_OFF, Topic.WATCHING)
"""Topics that can be asked about what is in a place."""

_ABOUT_ONE: Final[Mapping[str, Callable[[TargetRef], Meaning]]] = {
    "State": TargetQuestion,
    "Since": SinceQuestion,
}
_TOPIC_READINGS: Final = {
    "update updates": Topic.UPDATES,
    "update updates version": Topic.UPDATES,
    "certificate": Topic.CERTIFICATES,
    "backup": Topic.BACKUPS,
}
"""Readings that are asked about everything as a topic."""

_UPTIME: Final = "uptime started"


def match_meaning(match: Match, said: SaidText) -> Meaning | None:
    """Return what a question means, None when its sentence does not fit after all."""
    if match.intent in _TOPICS:
        return _about_topic(match, said)
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
    recent = match.slots.get("recent")
    return None if recent is None else int(recent)


def _bound(match: Match) -> Bound | None:
    slots = match.slots
    if NUMBER not in slots:
        return None
    return Bound(float(slots[NUMBER]), is_over=slots["bound"] == "over", is_check="check" in slots)


def _about_target(match: Match, target: TargetRef) -> Meaning | None:
    """Return what a question about one thing means."""
    if match.intent in _ABOUT_ONE:
        return _ABOUT_ONE[match.intent](target)
    if match.intent == "Changes":
        return ChangesQuestion(target, _hours(match))
    if match.intent == "ActionHistory":
        return _action_history(match, target)
    if match.intent == "Threshold":
        return _threshold(match, target)
    if match.intent == "Value":
        found = _readings_of(str(match.slots["reading"]), target)
        is_count = "count" in match.slots
        return replace(found, is_count=is_count) if isinstance(found, ReadingQuestion) else found
    return _about_all(match, target)


def _action_history(match: Match, target: TargetRef) -> ActionHistoryQuestion:
    verbs = str(match.slots.get("past_action") or match.slots["action_event"])
    is_statement = "wish" in match.slots
    return ActionHistoryQuestion(target, frozenset(verbs.split("|")), _hours(match), is_statement)


def _readings_of(reading: str, target: TargetRef) -> Meaning:
    """Return a question about one or several readings of a target."""
    found = tuple(ReadingQuestion(one, target) for one in reading.split(JOINT))
    return found[0] if len(found) == 1 else SeveralQuestions(found)


def _about_all(match: Match, place: TargetRef | None = None) -> Meaning | None:
    """Return what a question about several things means, None for one that lacks its thing."""
    slots = match.slots
    match match.intent:
        case "ValueOfAll":
            kind, is_count = slots.get("kind"), "count" in slots
            topic = None if kind else _topic_of(str(slots["reading"]))
            value = ReadingQuestion(str(slots["reading"]), kind=kind, is_count=is_count, place=place)
            return TopicQuestion(topic) if topic else value
        case "Extreme" | "Longest":
            kind, is_most = slots.get("kind"), slots["order"] == "most"
            return ExtremeQuestion(str(slots.get("reading") or _UPTIME), kind, is_most, place)
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


def _threshold(match: Match, target: TargetRef | None = None) -> Meaning | None:
    slots, bound = match.slots, _bound(match)
    if bound is None:
        return None
    return ThresholdQuestion(
        str(slots.get("reading") or ""), slots.get("unit"), bound, target, slots.get("kind")
    )


def _about_topic(match: Match, said: SaidText) -> Meaning:
    place = _target(match, said)
    if isinstance(place, AmbiguousName):
        # Several monitors list a device under one name: all that they say is asked for.
        mention = match_mention(match, said) if match.intent == "Monitors" else None
        if mention is None:
            return place
        place = mention.targets[0]
    hours = _hours(match) if match.intent == "Done" else None
    return TopicQuestion(_TOPICS[match.intent], hours, place.target if place else None)


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


def comparison(found: Recognised, said: SaidText) -> Meaning:
    """Return a comparison; things of the same kind are meant, if their names allow it."""
    mentions = [said.mentions[one] for one in found.names]
    targets = [_same_kind(one, mentions[0].targets[0].scope) for one in mentions]
    slots = found.slots
    return CompareQuestion(
        str(slots["reading"]), tuple(targets), slots["order"] == "most", is_check="check" in slots
    )


def _same_kind(mention: Mention, scope: str | None) -> TargetRef:
    return next((one for one in mention.targets if one.scope == scope), mention.targets[0]).target


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
