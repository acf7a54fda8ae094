"""Answers one question in pieces. A conversation can only request changes, never make them."""

from collections import OrderedDict
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from typing import Final

from homelab_steward.contract.chat import ChatPiece, ChatPieceKind, ChatQuestion
from homelab_steward.contract.errors import ContractError, ErrorCode

from ..clock import Clock
from ..inventory.ports import Inventory
from ..llm.messages import ChatMessage, Role
from ..texts import texts_of
from .incident_context import IncidentContext
from .model_answers import ModelAnswers, Models
from .named_targets import named_targets
from .quota_text import quota_text
from .recognition import (
    Meaning,
    OpenText,
    PersonRequest,
    QuotaQuestion,
    TargetQuestion,
    Topic,
    TopicQuestion,
    recognise,
)
from .records import Records
from .request_answers import RequestAnswers, reply_without_request
from .toolbox import RequestPort, Toolbox

LONGEST_QUESTION: Final = 4_000

REMEMBERED: Final = 900.0
"""Seconds that a conversation is kept after its last exchange."""

CONVERSATIONS: Final = 256
EXCHANGES: Final = 6
LONGEST_REMEMBERED: Final = 2_000

type _Key = tuple[str, str, str]


class Conversation:
    """Answers from the records, by creating a request, or with a language model if one is configured."""

    def __init__(
        self,
        records: Records,
        toolbox: Toolbox,
        request_port: RequestPort,
        inventory: Inventory,
        clock: Clock,
        models: Models | None,
    ) -> None:
        """``request_port`` is the only access to services: reading, and requesting a change."""
        self._records = records
        self._requests = RequestAnswers(request_port, records)
        self._toolbox = toolbox
        self._inventory = inventory
        self._clock = clock
        self._models = models
        self._model_answers = ModelAnswers(models, self._requests, clock) if models else None
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
        async with aclosing(self._pieces(question, self._memory.of(question), exchange)) as pieces:
            async for piece in pieces:
                texts.append(piece.text if piece.kind is ChatPieceKind.TEXT else "")
                expects_reply = piece.expects_reply
                yield piece
        exchange.answer = "".join(texts)
        self._memory.keep(question, exchange)
        yield ChatPiece(
            conversation_id=question.conversation_id, kind=ChatPieceKind.END, expects_reply=expects_reply
        )

    async def _pieces(
        self, question: ChatQuestion, before: Sequence[Exchange], exchange: Exchange
    ) -> AsyncGenerator[ChatPiece]:
        """Yield all pieces but END, and write to ``exchange`` whether the answer is private.

        The last text piece says whether a reply is expected.
        """
        every = named_targets(self._inventory)
        about = await self._records.about(question.incident_id)
        said = [*(about.names(every) if about else ()), *(one.said for one in before)]
        meaning = recognise(question.text, said, every, self._toolbox.actions(every))
        if self._model_answers is None or not isinstance(meaning, OpenText):
            text, expects_reply = await self._known_answer(meaning, question, about)
            yield ChatPiece(
                conversation_id=question.conversation_id,
                kind=ChatPieceKind.TEXT,
                text=text,
                expects_reply=expects_reply,
            )
            return
        turn = self._toolbox.open([*said, meaning.text], every, question.speaker)
        known = about.messages() if about else []
        answer = self._model_answers.answer(question, meaning.text, [*known, *_messages(before)], turn)
        async with aclosing(answer) as pieces:
            async for piece in pieces:
                yield piece
        exchange.is_private = turn.is_private

    async def _known_answer(
        self, meaning: Meaning, question: ChatQuestion, about: IncidentContext | None
    ) -> tuple[str, bool]:
        """Return the answer that needs no model, and whether it expects a reply."""
        language = question.language
        match meaning:
            case TopicQuestion(topic=Topic.PROBLEM) | OpenText(incomplete=None, lacks_target=False) if about:
                return about.answer(texts_of(language), self._clock.now()), False
            case TopicQuestion() | TargetQuestion():
                return await self._records.answer(meaning, language, spoken=question.spoken), False
            case QuotaQuestion():
                health = await self._models.gateway.health() if self._models else ()
                return quota_text(health, language, self._clock.now()), False
            case PersonRequest():
                return await self._requests.create(meaning, question.speaker, language), False
            case _:
                return reply_without_request(meaning, self._inventory, language)


@dataclass(slots=True)
class Exchange:
    """A person's question and the answer. ``is_private``: only local models may read the answer."""

    said: str
    answer: str = ""
    is_private: bool = False


@dataclass(slots=True)
class _Conversation:
    exchanges: list[Exchange] = field(default_factory=list)
    last_used: float = 0.0


class ConversationMemory:
    """Keeps a bounded number of conversations, separately for each front end and user."""

    def __init__(self, clock: Clock) -> None:
        """``clock`` measures the age of conversations."""
        self._clock = clock
        self._conversations: OrderedDict[_Key, _Conversation] = OrderedDict()

    def of(self, question: ChatQuestion) -> tuple[Exchange, ...]:
        """Return the earlier exchanges of the question's conversation, oldest first."""
        self._drop_expired()
        conversation = self._conversations.get(_key(question))
        return tuple(conversation.exchanges) if conversation else ()

    def keep(self, question: ChatQuestion, exchange: Exchange) -> None:
        """Add one exchange to the question's conversation."""
        conversation = self._conversations.setdefault(_key(question), _Conversation())
        said, answer = exchange.said[:LONGEST_REMEMBERED], exchange.answer[:LONGEST_REMEMBERED]
        conversation.exchanges.append(replace(exchange, said=said, answer=answer))
        del conversation.exchanges[:-EXCHANGES]
        conversation.last_used = self._clock.monotonic()
        self._conversations.move_to_end(_key(question))
        while len(self._conversations) > CONVERSATIONS:
            self._conversations.popitem(last=False)

    def _drop_expired(self) -> None:
        """Drop expired conversations; the least recently used come first."""
        now = self._clock.monotonic()
        while self._conversations:
            key, conversation = next(iter(self._conversations.items()))
            if now - conversation.last_used <= REMEMBERED:
                return
            del self._conversations[key]


def _key(question: ChatQuestion) -> _Key:
    return (str(question.speaker.front_end), question.speaker.user_id, question.conversation_id)


def _messages(before: Sequence[Exchange]) -> list[ChatMessage]:
    found: list[ChatMessage] = []
    for one in before:
        found += [
            ChatMessage(role=Role.USER, text=one.said),
            ChatMessage(role=Role.ASSISTANT, text=one.answer, is_private=one.is_private),
        ]
    return found
