"""Answers one question in pieces. A conversation can only request changes, never make them."""

from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from homelab_steward.contract.chat import ChatPiece, ChatPieceKind, ChatQuestion
from homelab_steward.contract.errors import ContractError, ErrorCode

from ..clock import Clock
from ..language.sentences import Sentences
from ..language.words import plain
from ..llm.messages import ChatMessage
from ..texts import texts_of
from ..tracing import Attribute, SpanKind, span
from .alias_commands import Understood
from .decision_recognition import says_stop
from .decisions import answer_to_request
from .dialogue import ConversationMemory, Exchange, agreed_cost, meaning_in, messages_of
from .grounding import AnswerCheck, Grounds
from .incident_context import IncidentContext
from .known_answers import Answered, KnownAnswers
from .meanings import (
    Meaning,
    OpenText,
    UnsupportedRequest,
)
from .mentions import Mention, NamedTarget
from .model_answers import ModelAnswers, Models
from .model_plans import Planned, Surroundings
from .phrases import say
from .readings import Readings, listed
from .recognition import is_value_question, partly_understood
from .records import Records
from .references import last_named
from .request_answers import completing_question
from .said_text import Known, known_lists
from .stand_in import StandIn, unknown_in_state
from .toolbox import Toolbox
from .turn import Turn
from .vocabulary import Vocabulary

if TYPE_CHECKING:
    from ..language.language_matcher import LanguageMatcher

LONGEST_QUESTION: Final = 4_000

NAMED: Final = 8
"""Readings named in an answer to a question that is not understood."""


class Conversation:
    """Answers from the records, by creating a request, or with a language model if one is configured."""

    def __init__(
        self,
        answers: KnownAnswers,
        records: Records,
        toolbox: Toolbox,
        readings: Readings,
        sentences: Sentences,
        clock: Clock,
        models: Models | None,
    ) -> None:
        """``answers`` need no model; ``sentences`` say what is recognised."""
        self._answers = answers
        self._records = records
        self._toolbox = toolbox
        self._readings = readings
        self._sentences = sentences
        self.vocabulary = Vocabulary(toolbox.catalogue, readings, sentences, has_model=models is not None)
        self._model_answers = ModelAnswers(models, answers.requests, clock) if models else None
        self._memory = ConversationMemory(clock)

    async def ask(self, question: ChatQuestion) -> AsyncGenerator[ChatPiece]:
        """Yield the answer in pieces; the last is of kind END.

        Raises ContractError TOO_LARGE for a question above ``LONGEST_QUESTION`` characters.
        """
        if len(question.text) > LONGEST_QUESTION:
            raise ContractError(ErrorCode.TOO_LARGE, "The question is too long")
        texts: list[str] = []
        expects_reply = False
        exchange = Exchange(said=question.text)
        with span("question", SpanKind.SERVER, _about(question)):
            async with aclosing(self._pieces(question, self._memory.of(question), exchange)) as pieces:
                async for piece in pieces:
                    texts.append(piece.text if piece.kind is ChatPieceKind.TEXT else "")
                    expects_reply = piece.expects_reply
                    yield piece
        exchange.answer = "".join(texts)
        self._memory.keep(question, exchange)
        end = ChatPieceKind.END
        yield ChatPiece(conversation_id=question.conversation_id, kind=end, expects_reply=expects_reply)

    async def understood(self) -> Understood:
        """Return what is understood now."""
        known, matchers = await self.vocabulary.known()
        return Understood(known, matchers, self._sentences.aliases)

    async def _pieces(
        self, question: ChatQuestion, before: Sequence[Exchange], exchange: Exchange
    ) -> AsyncGenerator[ChatPiece]:
        """Yield all pieces but END, and write to ``exchange`` whether the answer is private.

        The last text piece says whether a reply is expected.
        """
        about = await self._records.about(question.incident_id) if question.incident_id else None
        known, matchers = await self.vocabulary.known(question.language, question.text)
        named = about.names(known.among) if about else []
        said = [*named, *(one.said for one in before)]
        last = before[-1] if before else None
        has_model = self._model_answers is not None
        with span("recognition") as made:
            meaning = meaning_in(exchange, last, said, known, matchers, has_model=has_model)
            made.set("steward.meaning", type(meaning).__name__)
        agreed = agreed_cost(last, exchange, matchers)
        if agreed == 0:
            yield _piece(question, say(question.language, "not_asked"))
            return
        if last is not None and agreed is not None:
            exchange.said, before, meaning = last.said, before[:-1], OpenText(text=last.said)
        elif isinstance(meaning, OpenText) and question.spoken and about is not None and not before:
            meaning = answer_to_request(about.request, exchange.said, matchers) or meaning
        elif says_stop(plain(exchange.said), known_lists(known), matchers):
            meaning = await self._stop(said, about, known, matchers) or meaning
        around = Surroundings(known=known, matchers=matchers, agreed=agreed or 0.0)
        planned = await self._planned(question, exchange, last, meaning, around, about)
        if planned is not None:
            yield _piece(question, planned.text, expects_reply=planned.expects_reply)
            return
        meaning = self._with_model(meaning, exchange.said, question, known, about, matchers)
        turn = self._turn(meaning, question, known.among, named, said[len(named) :], matchers)
        if self._model_answers is None or not isinstance(meaning, OpenText) or turn is None:
            answered = await self._by_rules(meaning, question, about, known, matchers, exchange)
            yield _piece(question, answered.text, expects_reply=answered.expects_reply)
            return
        messages = [*(about.messages() if about else []), *messages_of(before)]
        check, stand_in = self._check(meaning.text, question, said, known, messages, about, matchers)
        check.follows_request = last is not None and last.is_request
        answer = self._model_answers.answer(question, messages, turn, check, stand_in.answer, agreed or 0.0)
        async with aclosing(answer) as pieces:
            async for piece in pieces:
                yield piece
        exchange.is_private, exchange.is_failed = turn.is_private, turn.is_failed
        exchange.cost_asked, exchange.is_request = turn.cost_asked, turn.has_requested

    async def _stop(
        self,
        said: Sequence[str],
        about: IncidentContext | None,
        known: Known,
        matchers: Sequence[LanguageMatcher],
    ) -> Meaning | None:
        """Return the decision that "stop it" is after what was ``said``, None if it may ask for a change."""
        last = last_named("", said, known.index, matchers) if said else None
        target = last.targets[0].target if isinstance(last, Mention) else None
        return await self._answers.stops(target, about, names_none=last is None)

    async def _planned(
        self,
        question: ChatQuestion,
        exchange: Exchange,
        last: Exchange | None,
        meaning: Meaning,
        around: Surroundings,
        about: IncidentContext | None,
    ) -> Planned | None:
        """Return what a model planned, None for everything that is no request for it."""
        offered = last.offered_plan if last else None
        is_open = offered is not None or isinstance(meaning, OpenText | UnsupportedRequest)
        if self._answers.model_plans is None or about is not None or not is_open:
            return None
        _, stand_in = self._check(exchange.said, question, (), around.known, (), None, around.matchers)
        found = await self._answers.model_plans.take(
            question, exchange.said, meaning, offered, around, stand_in.answer
        )
        if found is not None:
            exchange.offered_plan, exchange.cost_asked = found.offered, found.cost
            exchange.is_request = found.is_requested
        return found

    def _with_model(
        self,
        meaning: Meaning,
        text: str,
        question: ChatQuestion,
        known: Known,
        about: IncidentContext | None,
        matchers: Sequence[LanguageMatcher],
    ) -> Meaning:
        """Return the meaning of a text if there is a model: it answers what nothing reports.

        It could only guess the state of a thing that is not known.
        """
        if self._model_answers is None:
            return meaning
        meaning, _ = self._partly(meaning)
        if not self._answers.is_reported(meaning):
            meaning = OpenText(text=text)
        if not isinstance(meaning, OpenText) or about is not None:
            return meaning
        check, _ = self._check(meaning.text, question, (), known, (), None, matchers)
        return unknown_in_state(meaning.text, known, check, matchers) or meaning

    async def _by_rules(
        self,
        meaning: Meaning,
        question: ChatQuestion,
        about: IncidentContext | None,
        known: Known,
        matchers: Sequence[LanguageMatcher],
        exchange: Exchange,
    ) -> Answered:
        """Return the answer that needs no model, and note what it asks for."""
        meaning, part = self._partly(meaning)
        meaning = _without_model(meaning) if about is None else meaning
        answered = await self._suggestion(meaning, question, about, known, matchers)
        answered = answered or await self._answers.answer(meaning, question, about)
        if part:
            note = texts_of(question.language)(t"I did not understand “{part}”.")
            answered = replace(answered, text=f"{answered.text} {note}")
        exchange.note(meaning, answered)
        return answered

    def _turn(
        self,
        meaning: Meaning,
        question: ChatQuestion,
        every: Sequence[NamedTarget],
        named: Sequence[str],
        said: Sequence[str],
        matchers: Sequence[LanguageMatcher],
    ) -> Turn | None:
        """Return the tools of a model, None when no model is asked: it could not request it either."""
        if self._model_answers is None or not isinstance(meaning, OpenText):
            return None
        turn = self._toolbox.open([*said, meaning.text], every, question.speaker, matchers, named)
        is_offered = meaning.lacks_action is None and not meaning.lacks_target
        return turn if is_offered or turn.is_person_request else None

    def _partly(self, meaning: Meaning) -> tuple[Meaning, str]:
        """Return the question that a text probably is, and what of it was not understood.

        A model gets what is not understood, or not reported.
        """
        partly = meaning.partly if isinstance(meaning, OpenText) else None
        if partly is None or (self._model_answers is not None and partly.left_out):
            return meaning, ""
        is_known = self._model_answers is None or self._answers.is_reported(partly.question)
        return (partly.question, partly.left_out) if is_known else (meaning, "")

    def _check(
        self,
        text: str,
        question: ChatQuestion,
        said: Sequence[str],
        known: Known,
        before: Sequence[ChatMessage],
        about: IncidentContext | None,
        matchers: Sequence[LanguageMatcher],
    ) -> tuple[AnswerCheck, StandIn]:
        """Return what checks a model's answer, and what stands in for it."""
        mentions = known.index.find(text) or next(filter(None, map(known.index.find, reversed(said))), ())
        check = AnswerCheck(
            lexicon=self.vocabulary.lexicon(known),
            question=text,
            asked=frozenset(one.target for mention in mentions for one in mention.targets),
            known=[Grounds(one.text, is_claim=one.text in said) for one in before],
            is_in=self._answers.is_in,
            sensors=self._readings.lines,
            language=question.language,
        )
        stand_in = StandIn(
            answers=self._answers,
            text=text,
            question=question,
            said=said,
            known=known,
            matchers=matchers,
            about=about,
            check=check,
        )
        return check, stand_in

    async def _suggestion(
        self,
        meaning: Meaning,
        question: ChatQuestion,
        about: IncidentContext | None,
        known: Known,
        matchers: Sequence[LanguageMatcher],
    ) -> Answered | None:
        """Return which runbooks may fit what nothing else answers, None when none does."""
        if about is not None or not isinstance(meaning, OpenText):
            return None
        if meaning.lacks_action or completing_question(meaning, "en"):
            return None
        if is_value_question(meaning.text, known, matchers):
            partly = partly_understood(meaning.text, known, matchers)
            if partly is not None and self._answers.is_reported(partly[0]):
                answered, part = await self._answers.answer(partly[0], question, None), partly[1]
                note = texts_of(question.language)(t"I did not understand “{part}”.")
                return replace(answered, text=f"{answered.text} {note}")
            return self._not_understood(meaning.text, question, known)
        search = self._toolbox.help_search(question.speaker)
        search = replace(search, includes_incidents=search.includes_incidents and not question.is_shared)
        found = await search.suggestion(meaning.text, texts_of(question.language))
        return Answered(found[0], is_private=found[1]) if found else None

    def _not_understood(self, text: str, question: ChatQuestion, known: Known) -> Answered:
        """Return what can be asked about the thing that a question names, instead of an answer."""
        texts = texts_of(question.language)
        mentions = known.index.find(text)
        if not mentions:
            return Answered(say(question.language, "no_model"))
        target = mentions[0].targets[0].target
        known_readings = [
            texts.name(one.sensor.name) for one in self._readings.of(target) if not one.sensor.diagnostic
        ]
        names = listed(known_readings, NAMED, texts)
        name = target.name
        if not known_readings:
            return Answered(texts(t"I did not understand the question about {name}."))
        return Answered(
            texts(
                "I did not understand the question about {name}. You can ask about its state and: {names}.",
                name=name,
                names=names,
            )
        )


def _without_model(meaning: Meaning) -> Meaning:
    """Return what is meant if no model is asked: then an unknown name can only be a name."""
    return meaning.unknown or meaning if isinstance(meaning, OpenText) else meaning


def _piece(question: ChatQuestion, text: str, *, expects_reply: bool = False) -> ChatPiece:
    """Return the only piece of an answer."""
    return ChatPiece(
        conversation_id=question.conversation_id,
        kind=ChatPieceKind.TEXT,
        text=text,
        expects_reply=expects_reply,
    )


def _about(question: ChatQuestion) -> dict[str, Attribute]:
    """Return what a trace says about a question: never its text, and not who asked."""
    return {
        "steward.front_end": str(question.speaker.front_end),
        "steward.language": question.language,
        "steward.spoken": question.spoken,
    }
