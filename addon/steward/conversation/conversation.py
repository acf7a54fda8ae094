"""Answers one question in pieces. A conversation can only request changes, never make them."""

from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from typing import Final

import structlog

from homelab_steward.contract.base import Value
from homelab_steward.contract.chat import ChatPiece, ChatPieceKind, ChatQuestion
from homelab_steward.contract.errors import ContractError, ErrorCode
from homelab_steward.contract.protocol import ActionRequested, RequestAction

from ..clock import Clock
from ..inventory.ports import Inventory
from ..llm.errors import ModelError, ModelStalled, NoModelAllowed
from ..llm.gateway import LlmGateway
from ..llm.messages import ChatMessage, Role
from .answer_pieces import AnswerPieces
from .claims import claims_a_change
from .conversation_memory import ConversationMemory, Exchange
from .loop import AnswerText, Bounds, Called, Failed, Returned, ToolLoop
from .named_targets import named_in, named_targets
from .person_request import PersonRequest, is_clear, parse_requests, sounds_like_a_request
from .phrases import say
from .prompt import system_prompt
from .pronouns import with_name
from .questions import Question, Topic, recognise
from .quota_text import quota_text
from .records import Records
from .toolbox import RequestPort, Toolbox

log = structlog.get_logger(__name__)

LONGEST_QUESTION: Final = 4_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Models:
    """The language models and the limits of one turn."""

    gateway: LlmGateway
    bounds: Bounds


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
        self._toolbox = toolbox
        self._request_port = request_port
        self._inventory = inventory
        self._clock = clock
        self._models = models
        self._loop = ToolLoop(models.gateway, clock, models.bounds) if models else None
        self._memory = ConversationMemory(clock)

    async def ask(self, question: ChatQuestion) -> AsyncGenerator[ChatPiece]:
        """Yield the answer in pieces; the last is of kind END.

        Raises ContractError TOO_LARGE for a question above ``LONGEST_QUESTION`` characters.
        """
        if len(question.text) > LONGEST_QUESTION:
            raise ContractError(ErrorCode.TOO_LARGE, "The question is too long")
        before = self._memory.of(question)
        texts: list[str] = []
        expects_reply = False
        async with aclosing(self._pieces(question, before)) as pieces:
            async for piece in pieces:
                texts.append(piece.text if piece.kind is ChatPieceKind.TEXT else "")
                expects_reply = piece.expects_reply
                yield piece
        self._memory.keep(question, "".join(texts))
        yield AnswerPieces(question).end(expects_reply=expects_reply)

    async def _pieces(self, question: ChatQuestion, before: Sequence[Exchange]) -> AsyncGenerator[ChatPiece]:
        """Yield all pieces but END. The last text piece says whether a reply is expected."""
        every, out = named_targets(self._inventory), AnswerPieces(question)
        text = with_name(question.text, [one.said for one in before], every)
        known = recognise(text, self._records.named_targets())
        if known is not None:
            yield out.text(await self._from_records(known, question))
            return
        person_requests = parse_requests(text, every, self._toolbox.actions())
        if is_clear(person_requests) and not person_requests[0].missing:
            yield out.text(await self._request(person_requests[0], question))
            return
        if person_requests and not is_clear(person_requests):
            names = ", ".join(f"{one.named_target.label} ({one.action.name})" for one in person_requests)
            yield out.text(say(question.language, "request_of_which", names=names), expects_reply=True)
            return
        if self._loop is None:
            yield self._without_model(question, text, person_requests)
            return
        async with aclosing(self._by_model(self._loop, question, text, before)) as pieces:
            async for piece in pieces:
                yield piece

    async def _from_records(self, known: Question, question: ChatQuestion) -> str:
        if known.topic is Topic.QUOTA:
            health = await self._models.gateway.health() if self._models else ()
            return quota_text(health, question.language, self._clock.now())
        return await self._records.answer(known, question.language, spoken=question.spoken)

    async def _request(self, person_request: PersonRequest, question: ChatQuestion) -> str:
        """Create the request, and return the text that describes it."""
        arguments: dict[str, Value] = dict(person_request.arguments)
        target = person_request.named_target.target
        try:
            asked = await self._request_port.request(
                RequestAction(
                    instance_id=target.instance_id,
                    action=person_request.action.key,
                    speaker=question.speaker,
                    target_id=None if target.kind == "instance" else target.id,
                    arguments=arguments,
                )
            )
        except ContractError as err:
            return _refused(err, question.language)
        return await self._waiting_text(asked, question.language)

    async def _waiting_text(self, asked: ActionRequested, language: str) -> str:
        """Return the text for a waiting request, with its exact effect."""
        label = await self._records.label(asked.approval_id)
        return say(language, "waits_for_approval", label=label or asked.message)

    def _without_model(
        self, question: ChatQuestion, text: str, person_requests: Sequence[PersonRequest]
    ) -> ChatPiece:
        language, out = question.language, AnswerPieces(question)
        if person_requests:
            missing = ", ".join(one.name for one in person_requests[0].missing)
            lacking = say(
                language,
                "request_lacks",
                action=person_requests[0].action.name,
                name=person_requests[0].named_target.label,
                missing=missing,
            )
            return out.text(lacking, expects_reply=True)
        offers = [one for many in self._toolbox.actions().values() for one in many]
        if sounds_like_a_request(text, offers) and not named_in([text], named_targets(self._inventory)):
            return out.text(say(language, "request_of_what"), expects_reply=True)
        return out.text(say(language, "no_model"))

    async def _by_model(
        self, loop: ToolLoop, question: ChatQuestion, text: str, before: Sequence[Exchange]
    ) -> AsyncGenerator[ChatPiece]:
        turn = self._toolbox.open([*(one.said for one in before), text], question.speaker)
        system = system_prompt(
            question.language,
            self._clock.now(),
            spoken=question.spoken,
            is_person_request=turn.is_person_request,
        )
        out, answer_text = AnswerPieces(question), ""
        asked: ActionRequested | None = None
        error: ModelError | None = None
        async with aclosing(
            loop.run(system, _messages(before), text, turn, spoken=question.spoken)
        ) as pieces:
            async for piece in pieces:
                match piece:
                    case AnswerText(text=added):
                        answer_text += added
                        yield out.text(added)
                    case Called(call=call):
                        yield out.called(call)
                    case Returned(call=call, answer=answer):
                        asked = answer.asked or asked
                        yield out.returned(call, answer)
                    case Failed():
                        error = piece.error
        note = await self._closing_note(
            question, answer_text, asked, error, is_person_request=turn.is_person_request
        )
        gap = "" if not answer_text.strip() or not note else " " if question.spoken else "\n\n"
        yield out.text(f"{gap}{note}", expects_reply=not note and answer_text.rstrip().endswith("?"))

    async def _closing_note(
        self,
        question: ChatQuestion,
        answer_text: str,
        asked: ActionRequested | None,
        error: ModelError | None,
        *,
        is_person_request: bool,
    ) -> str:
        """Return the note that follows a model's answer, "" when none is needed."""
        language = question.language
        if asked is not None:
            return await self._waiting_text(asked, language)
        if error is not None:
            return _failed(error, language, answer_text)
        if not answer_text.strip():
            return say(language, "no_answer")
        if claims_a_change(answer_text) or (is_person_request and not answer_text.rstrip().endswith("?")):
            # No request was created: whatever the model claims, nothing was changed.
            return say(language, "nothing_changed")
        return ""


def _messages(before: Sequence[Exchange]) -> list[ChatMessage]:
    found: list[ChatMessage] = []
    for one in before:
        found += [
            ChatMessage(role=Role.USER, text=one.said),
            ChatMessage(role=Role.ASSISTANT, text=one.answer),
        ]
    return found


def _refused(error: ContractError, language: str) -> str:
    key = "not_allowed" if error.code is ErrorCode.FORBIDDEN else "request_refused"
    return say(language, key, reason=error.message)


def _failed(error: ModelError, language: str, answer_text: str) -> str:
    """Return why the answer is missing or incomplete."""
    if answer_text.strip():
        return say(language, "incomplete")
    match error:
        case NoModelAllowed():
            return say(language, "model_not_allowed", reason=str(error))
        case ModelStalled():
            return say(language, "model_stalled")
        case _:
            return say(language, "model_unavailable", reason=str(error))
