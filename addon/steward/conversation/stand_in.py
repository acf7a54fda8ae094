"""Answers from the records, in place of a model, about what a question names."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from homelab_steward.contract.chat import ChatQuestion

from ..language.question_parts import readings_in
from ..language.words import WORD, words_of
from ..texts import texts_of
from .grounding import AnswerCheck
from .incident_context import IncidentContext
from .known_answers import KnownAnswers
from .meanings import Meaning, OpenText, UnknownName
from .mentions import Mention, marked, nearest_names
from .phrases import say
from .questions import ReadingQuestion, TargetQuestion, Topic, TopicQuestion
from .recognition import recognise
from .references import referred
from .said_text import Known, known_lists

if TYPE_CHECKING:
    from ..language.language_matcher import LanguageMatcher

MOST_THINGS: Final = 4
"""Things that an answer is about."""

SHORTEST_VERB: Final = 5
"""Letters of a verb of a request that has no other use, unlike "on" and "aus"."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StandIn:
    """The answer to one question of a person from the records.

    ``said`` are the person's earlier messages, ``about`` is the incident that the conversation is about.
    """

    answers: KnownAnswers
    text: str
    question: ChatQuestion
    said: Sequence[str]
    known: Known
    matchers: Sequence[LanguageMatcher]
    about: IncidentContext | None
    check: AnswerCheck

    async def answer(self) -> str:
        """Return what is known about the things that the question names, "" for another topic."""
        language = self.question.language
        find = self.known.index.find
        mentions = referred(self.text, self.said, self.known.index, self.matchers)
        if not mentions and self.check.follows_request:
            mentions = next(filter(None, map(find, reversed(self.said))), ())
        if not mentions and self.about is None:
            unknown = self._unknown()
            if unknown is not None:
                return (await self.answers.answer(unknown, self.question, None)).text
            if not self.check.asks_state:
                return await self._without_model()
        if mentions and is_order(self.text, mentions, self.matchers):
            names = texts_of(language).listed([one.targets[0].label for one in mentions])
            return say(language, "order_unknown", names=names)
        meanings = [self._about(one) for one in mentions[:MOST_THINGS]] or [TopicQuestion(Topic.PROBLEM)]
        answered = [await self.answers.answer(one, self.question, self.about) for one in meanings]
        return say(language, "known", facts=" ".join(one.text for one in answered))

    async def _without_model(self) -> str:
        """Return what is answered if there is no model, "" for what only a model can answer."""
        meaning = recognise(self.text, (), self.known, self.matchers)
        if isinstance(meaning, OpenText) and meaning.partly is not None and not meaning.partly.left_out:
            meaning = meaning.partly.question
        elif isinstance(meaning, OpenText) and not meaning.lacks_target:
            return ""
        return (await self.answers.answer(meaning, self.question, None)).text

    def _about(self, mention: Mention) -> Meaning:
        """Return the question about one thing: for the reading that the text names, or for its state."""
        known = self.matchers[0].part_texts(known_lists(self.known))
        shown = marked(self.text, self.known.index.find(self.text))
        target = mention.targets[0].target
        readings = [ReadingQuestion(one, target) for one in readings_in(shown, known)]
        # A reading that nothing reports is said not to be reported.
        other = readings[0] if readings else TargetQuestion(target)
        return next(filter(self.answers.is_reported, readings), other)

    def _unknown(self) -> UnknownName | None:
        """Return the name of a thing that is not known in a question that a model could not answer."""
        if self.check.strange_names:
            name = self.check.strange_names[0]
            return UnknownName(name, nearest_names(name, self.known.among))
        if self.check.asks_state:
            return None
        meaning = recognise(self.text, (), self.known, self.matchers)
        return meaning.unknown if isinstance(meaning, OpenText) else None


def is_order(text: str, mentions: Sequence[Mention], matchers: Sequence[LanguageMatcher]) -> bool:
    """Return whether a text is no question and has a verb for things that it names.

    "Kick Sonarr" begins with a verb that is not known; in "Sonarr restart when idle" it is beside the name.
    """
    words = words_of(text)
    matcher = matchers[0]
    lists = (one for name in ("cue", "check") for one in matcher.values(name))
    asking = matcher.phrases("ask_verb").union(first for one in lists for first in words_of(one)[:1])
    if "?" in text or words[0] in asking:
        return False
    verbs = {one for one in matcher.phrases("verb_word") if len(one) >= SHORTEST_VERB}
    beside = [words_of(text[: one.start])[-1:] + words_of(text[one.end :])[:1] for one in mentions]
    if any(word in verbs for pair in beside for word in pair):
        return True
    fillers = matcher.phrases("question_filler") | matcher.phrases("answer_filler")
    readings = (first for one in matcher.values("reading") for first in words_of(one)[:1])
    before = words_of(text[: mentions[0].start])
    known = {*fillers, *matcher.phrases("not_name"), *readings}
    return bool(before) and before[0] not in known and all(one in fillers for one in before[1:])


def unknown_in_state(
    text: str, known: Known, check: AnswerCheck, matchers: Sequence[LanguageMatcher]
) -> UnknownName | None:
    """Return the unknown thing whose state a question asks for: a model could only guess it."""
    if not check.asks_state:
        return None
    if known.index.find(text):
        return _unknown_beside_name(text, known, check)
    meaning = recognise(text, (), known, matchers)
    unknown = meaning.unknown if isinstance(meaning, OpenText) else meaning
    if not isinstance(unknown, UnknownName):
        return None
    # "The movies" are no thing here, and a word that is understood.
    is_word = any(unknown.name.casefold() in one.values("gloss") for one in matchers)
    return None if is_word else unknown


def _unknown_beside_name(text: str, known: Known, check: AnswerCheck) -> UnknownName | None:
    """Return the unknown name that a known one begins: "Home Assistant Yellow"."""
    for mention in known.index.find(text):
        word = WORD.match(text, mention.end + 1)
        is_end = word is not None and not words_of(text[word.end() :])
        if word is not None and is_end and text[mention.end] == " " and word[0] in check.strange_names:
            name = mention.targets[0].label
            return UnknownName(text[mention.start : word.end()], (name,))
    return None
