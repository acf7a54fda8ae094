"""Recognises what a person wants: an answer that needs no model, a decision, a request, or anything else."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
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
    Offers,
    OpenQuestion,
    OpenText,
    ReadingQuestion,
    SinceQuestion,
    TargetQuestion,
    Topic,
    TopicQuestion,
    UnknownName,
)
from .mentions import Mention, NameIndex, is_likely, mark, marked, nearest_names
from .named_targets import NamedTarget
from .request_recognition import Requested, recognise_request, requested_verbs
from .words import WORD, plain, words_of

if TYPE_CHECKING:
    from .language_matcher import LanguageMatcher, Lists, Match

LONGEST: Final = 300
"""Characters of a text that is recognised. Longer texts are for a model."""

LONGEST_NAME: Final = 3
"""Words of a name that is not known."""

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


@dataclass(frozen=True, kw_only=True)
class Known:
    """What can be asked about: all targets, their actions, the names of readings and of kinds of things.

    ``aliases`` are other names of targets, with the name that they stand for.
    """

    among: tuple[NamedTarget, ...]
    offers: Offers = field(default_factory=dict)
    readings: Mapping[str, str] = field(default_factory=dict)
    kinds: Mapping[str, str] = field(default_factory=dict)
    service_names: Mapping[str, str] = field(default_factory=dict)
    aliases: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def index(self) -> NameIndex:
        """The names of the targets."""
        return NameIndex(self.among, self.service_names, self.aliases)

    @cached_property
    def verbs(self) -> tuple[str, ...]:
        """The first words of the keys of all actions."""
        return tuple({one.key.partition("_")[0] for many in self.offers.values() for one in many})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Text:
    """A text with the names in it, and the target that was named before it."""

    text: str
    mentions: tuple[Mention, ...]
    last: Mention | None
    known: Known
    lists: Lists
    bare: Lists
    no_names: frozenset[str]


def recognise(text: str, before: Sequence[str], known: Known, matchers: Sequence[LanguageMatcher]) -> Meaning:
    """Return the meaning of a text.

    ``before`` are the person's earlier messages, oldest first; ``matchers`` are those of all
    languages, the one of the person first.
    """
    if len(text) > LONGEST:
        return OpenText(text=text)
    said = _read(plain(text), before, known, matchers)
    matchers = likely_languages(said.text, matchers)
    requests: list[Requested] = []
    for matcher in matchers:
        meaning = _decision(said, matcher) or _question(said, matcher)
        if meaning is None:
            requested = recognise_request(said.text, said.mentions, said.last, known.offers, matcher)
            meaning = requested.meaning if requested else None
            requests += [requested] if requested else []
        if meaning is not None:
            return meaning
    for requested in requests:
        unknown = _unknown_in_request(said, requested)
        return unknown or OpenText(text=text, lacks_target=True)
    for matcher in matchers:
        unknown = _unknown_in_question(said, matcher)
        if unknown is not None:
            return unknown
    return OpenText(text=text)


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


def _read(text: str, before: Sequence[str], known: Known, matchers: Sequence[LanguageMatcher]) -> _Text:
    from .language_matcher import Lists  # noqa: PLC0415 - hassil is loaded at the first question

    index = known.index
    mentions = index.find(text)
    last = next((found[0] for said in reversed(before) if (found := index.find(plain(said)))), None)
    pronouns = {said: PRONOUN for one in matchers for said in one.values("pronoun")}
    names = {mark(number): number for number in range(len(mentions))} or pronouns
    bare = Lists(names={}, readings=known.readings, kinds=known.kinds, verbs=known.verbs)
    lists = Lists(names=names, readings=known.readings, kinds=known.kinds, verbs=known.verbs)
    no_names = frozenset[str]().union(*(one.phrases("not_name") for one in matchers))
    return _Text(
        text=text,
        mentions=mentions,
        last=last,
        known=known,
        lists=lists,
        bare=bare,
        no_names=no_names,
    )


def _question(said: _Text, matcher: LanguageMatcher) -> Meaning | None:
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


def _decision(said: _Text, matcher: LanguageMatcher) -> ApprovalAnswer | None:
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


def _meaning(match: Match, said: _Text) -> Meaning | None:
    """Return what a question means, None when its sentence does not fit after all."""
    if match.intent in _TOPICS:
        recent = match.slots.get("recent") if match.intent == "Done" else None
        return TopicQuestion(_TOPICS[match.intent], None if recent is None else int(recent))
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
            return ReadingQuestion(str(slots["reading"]))
        case "Extreme" | "Longest":
            kind, is_most = slots.get("kind"), slots["order"] == "most"
            return ExtremeQuestion(str(slots.get("reading") or _UPTIME), kind, is_most)
        case "Count" | "List":
            kind, is_count = str(slots.get("kind") or "any"), match.intent == "Count"
            return ListQuestion(kind, slots.get("state"), place, is_count)
        case _:
            return None


def _mention(match: Match, said: _Text) -> Mention | None:
    number = match.slots.get("name")
    if number is None:
        return None
    return said.last if number == PRONOUN else said.mentions[int(number)]


def _target(match: Match, said: _Text) -> NamedTarget | AmbiguousName | None:
    """Return the target that a sentence names; instances come first unless it is called a machine."""
    mention = _mention(match, said)
    if mention is None:
        return None
    kinds = (match.slots.get("kind_word"), match.slots.get("kind_after"))
    scoped = [one for one in mention.targets if one.scope is not None]
    chosen = scoped if "machine" in kinds and scoped else list(mention.targets)
    same = [one for one in chosen if one.scope == chosen[0].scope]
    if len(same) == 1 or chosen[0].scope is not None:
        return chosen[0]
    offered = OpenQuestion(said.text[: mention.start], said.text[mention.end :])
    return AmbiguousName(tuple(one.label for one in same), offered)


def _unknown_in_question(said: _Text, matcher: LanguageMatcher) -> UnknownName | None:
    """Return the unknown name that a question is about, None if it is about none.

    Forms that people also use for things that are no machines need a name with a capital letter.
    """
    for match in sorted(matcher.unknown(said.text, said.bare), key=_by_name):
        name = match.texts.get("name", "").removesuffix("'s").strip()
        has_kind = bool(match.slots.get("kind_word") or match.slots.get("kind_after"))
        if not _is_name(name, said) or (match.slots.get("the") and not has_kind):
            continue
        shown, start = _as_written(name, said.text)
        is_clear = match.metadata.get("unknown") == "clear"
        if is_clear or (shown[:1].isupper() and start > 0):
            return _unknown(shown, start, said)
    return None


def _unknown_in_request(said: _Text, requested: Requested) -> UnknownName | None:
    words = requested.unexplained
    if not words or len(words) > LONGEST_NAME:
        return None
    name = said.text[words[0].start() : words[-1].end()]
    if not _is_name(name.casefold(), said):
        return None
    return _unknown(name, words[0].start(), said)


def _unknown(name: str, start: int, said: _Text) -> UnknownName:
    """Return that a name is not known, and the text with the similar one that is probably meant."""
    near = nearest_names(name, said.known.among)
    if not near or not is_likely(name, near[0]):
        return UnknownName(name, near)
    offered = OpenQuestion(said.text[:start], said.text[start + len(name) :], near[0])
    return UnknownName(name, near, offered)


def _by_name(match: Match) -> tuple[int, int]:
    """Sort a match with a recognised kind of machine, and then one with a shorter name, first."""
    has_kind = bool(match.slots.get("kind_word") or match.slots.get("kind_after"))
    return (0 if has_kind else 1, len(match.texts.get("name", "")))


def _is_name(name: str, said: _Text) -> bool:
    """Return whether words can be a name, and are none that is known."""
    words = WORD.findall(name.casefold())
    if not 0 < len(words) <= LONGEST_NAME or any(one in said.no_names or one.isdigit() for one in words):
        return False
    start = said.text.casefold().find(name.casefold())
    end = start + len(name)
    return not any(one.start < end and start < one.end for one in said.mentions)


def _as_written(name: str, text: str) -> tuple[str, int]:
    """Return a name as it stands in a text, and where."""
    found = re.search(r"\W+".join(map(re.escape, name.split())), text, re.IGNORECASE)
    return (found[0], found.start()) if found else (name, 0)
