"""Answers a question with a language model: tool calls within bounds, then the answer."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from string.templatelib import Template
from typing import Final

import orjson

from homelab_steward.contract.chat import ChatPiece, ChatQuestion
from homelab_steward.contract.commands import ActionRequested
from homelab_steward.contract.plain_text import one_line

from ..clock import Clock
from ..llm.errors import (
    EmptyAnswer,
    ModelError,
    ModelSlow,
    ModelStalled,
    ModelUnavailable,
    NoModelAllowed,
    RequestTooLong,
    TooCostly,
)
from ..llm.gateway import LlmGateway
from ..llm.messages import Allowance, ChatMessage, ChatRequest, Finish, Role, ToolCall, ToolSpec
from ..llm.model_spans import tool_span
from ..llm.privacy import PrivacyClass
from ..llm.settings import Spending
from ..llm.tool_calls import why_not
from ..texts import texts_of
from .grounding import AnswerCheck
from .help_search import FIND_HELP
from .model_texts import called_piece, result_text, returned_piece, system_prompt, text_piece
from .phrases import say
from .request_answers import RequestAnswers
from .turn import ToolAnswer, Turn

CHARACTERS_PER_TOKEN: Final = 3
"""A low estimate for English, so that the server never cuts off the request."""

LEAST_RESULT: Final = 400
LONGEST_RESULT: Final = 6_000
AGREED: Final = 2.0
"""How often the estimate a turn may cost after a yes: its later requests contain what was read."""

LONGEST_TOOL_NAME: Final = 64

_CUT: Final = {Finish.LENGTH: "cut_by_length", Finish.FILTERED: "cut_by_filter"}
_EMPTY: Final = {Finish.LENGTH: "token_limit", Finish.FILTERED: "filtered"}
"""The texts about an answer that ended early, with and without a text of its own."""

_FAILURES: Final = {
    NoModelAllowed: "model_not_allowed",
    ModelSlow: "model_stalled",
    ModelStalled: "model_stalled",
    ModelUnavailable: "model_unavailable",
    RequestTooLong: "model_too_long",
}
"""The texts about errors; the first kind that fits counts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """The limits of one turn. Times are in seconds; ``context_tokens`` is the smallest model's window.

    ``spoken_seconds`` replaces ``seconds`` for a question asked by voice. A client gives up after
    60 seconds without a piece of the answer, so that one step has less: ``step_seconds``.
    """

    steps: int = 6
    calls_per_step: int = 6
    calls_at_once: int = 4
    seconds: float = 90.0
    spoken_seconds: float = 40.0
    step_seconds: float = 50.0
    call_seconds: float = 15.0
    answer_tokens: int = 700
    context_tokens: int = 8192


@dataclass(frozen=True, slots=True, kw_only=True)
class Models:
    """The language models and the limits of one turn."""

    gateway: LlmGateway
    bounds: Bounds
    spending: Spending = field(default_factory=Spending)


type Facts = Callable[[], Awaitable[str]]
"""Returns what the records know about the question, in the language of the person."""


@dataclass(slots=True, kw_only=True)
class Progress:
    """The state of a turn. ``room`` is how many characters of context are free.

    ``gap`` separates the texts of two steps. ``check`` decides what of the answer is given out.
    ``allowance`` is what the turn may still cost. ``error`` is set when the model gave no answer or
    stopped in the middle of it; ``finish`` is why its last message ended; ``asked`` is set when a
    request now waits for a person's decision.
    """

    turn: Turn
    check: AnswerCheck
    ends: float
    room: int
    messages: list[ChatMessage]
    language: str
    is_spoken: bool
    allowance: Allowance | None = None
    done: dict[bytes, str] = field(default_factory=dict)
    gap: str = " "
    answer: str = ""
    finish: Finish = Finish.STOP
    asked: ActionRequested | None = None
    error: ModelError | None = None

    @property
    def is_private(self) -> bool:
        """Whether only local models may read the messages."""
        return any(one.is_private for one in self.messages)

    def given(self, text: str, *, is_first: bool) -> str:
        """Return a text as it is given out, after a gap if it is the first one of a step."""
        is_next_step = bool(text) and is_first and self.answer[-1:].strip() != ""
        text = f"{self.gap}{text}" if is_next_step else text
        self.answer += text
        return text


class ModelAnswers:
    """Runs turns. Closing the generator early cancels the model request and the tool calls."""

    def __init__(self, models: Models, requests: RequestAnswers, clock: Clock) -> None:
        """The gateway decides which model answers; ``requests`` describes a request that was created."""
        self._gateway = models.gateway
        self._bounds = models.bounds
        self._spending = models.spending
        self._requests = requests
        self._clock = clock

    async def answer(
        self,
        question: ChatQuestion,
        before: Sequence[ChatMessage],
        turn: Turn,
        check: AnswerCheck,
        facts: Facts | None,
        agreed: float = 0.0,
    ) -> AsyncGenerator[ChatPiece]:
        """Yield the pieces of the answer; the last says whether a reply is expected.

        The person agreed to a cost of ``agreed``. What would cost more is not sent: the answer asks for it.

        ``before`` are the earlier messages; the oldest are dropped when they are too long. ``facts``
        stand in for what a model does not answer. The turn is private afterwards if the answer is.
        """
        progress = self._begin(question, before, turn, check)
        if self._spending.ask_above is not None:
            progress.allowance = Allowance(max(self._spending.ask_above, agreed * AGREED))
        async with aclosing(self._steps(question, progress)) as pieces:
            async for piece in pieces:
                yield piece
        turn.is_private = progress.is_private
        answer = progress.answer.rstrip()
        is_answered = bool(answer) or progress.asked is not None
        turn.is_failed = progress.error is not None or check.unread is not None or not is_answered
        note = await self._closing_note(progress, question.language, facts)
        gap = progress.gap if answer and note else ""
        turn.cost_asked = progress.error.cost if isinstance(progress.error, TooCostly) else None
        is_cut = progress.finish in _CUT or check.unread is not None
        if gap and is_cut and answer[-1].isalnum():
            gap = f"…{gap}"
        expects_reply = turn.cost_asked is not None or (not note and answer.endswith("?"))
        yield replace(text_piece(question, f"{gap}{note}"), expects_reply=expects_reply)

    def _begin(
        self, question: ChatQuestion, before: Sequence[ChatMessage], turn: Turn, check: AnswerCheck
    ) -> Progress:
        bounds, text = self._bounds, check.question
        system = system_prompt(
            question.language,
            self._clock.now(),
            spoken=question.spoken,
            is_person_request=turn.is_person_request,
        )
        tools = len(orjson.dumps([[one.name, one.description, dict(one.schema)] for one in turn.specs()]))
        room = (bounds.context_tokens - bounds.answer_tokens) * CHARACTERS_PER_TOKEN
        room -= len(system) + len(text) + tools
        kept: list[ChatMessage] = []
        for message in reversed(before):
            # Earlier messages get at most half of the context: the readings need the rest.
            if sum(len(one.text) for one in kept) + len(message.text) > max(room, 0) // 2:
                break
            kept.insert(0, message)
        messages = [
            ChatMessage(role=Role.SYSTEM, text=system),
            *kept,
            ChatMessage(role=Role.USER, text=text),
        ]
        seconds = bounds.spoken_seconds if question.spoken else bounds.seconds
        return Progress(
            turn=turn,
            check=check,
            messages=messages,
            language=question.language.partition("-")[0].casefold(),
            is_spoken=question.spoken,
            room=room - sum(len(one.text) for one in kept),
            gap=" " if question.spoken else "\n\n",
            ends=self._clock.monotonic() + seconds,
        )

    async def _steps(self, question: ChatQuestion, progress: Progress) -> AsyncGenerator[ChatPiece]:
        """Yield pieces until the model answers, creates a request, or fails."""
        is_stuck = False
        for step in range(1, self._bounds.steps + 1):
            calls: list[ToolCall] = []
            # A model that only repeats calls gets no tools in the next step.
            is_last = step == self._bounds.steps or is_stuck
            async with aclosing(self._ask_model(progress, calls, is_last=is_last)) as texts:
                async for text in texts:
                    yield text_piece(question, text)
            if progress.error is not None or progress.check.unread is not None or not calls or is_last:
                return
            for call in calls:
                yield called_piece(question, call)
            is_stuck = all(_fingerprint(call) in progress.done for call in calls)
            answers = await self._run_calls(calls, progress)
            for call, answer in zip(calls, answers, strict=True):
                progress.asked = answer.asked or progress.asked
                if answer.ok:
                    is_record = call.name != FIND_HELP.name
                    progress.check.add(answer.title, answer.text, answer.about, is_record=is_record)
                yield returned_piece(question, call, answer)
            if progress.asked is not None:
                return

    async def _ask_model(
        self, progress: Progress, calls: list[ToolCall], *, is_last: bool
    ) -> AsyncGenerator[str]:
        """Send the next model request; its tool calls are appended to ``calls`` with new ids."""
        request = ChatRequest(
            messages=tuple(progress.messages),
            privacy=PrivacyClass.PRIVATE if progress.is_private else None,
            tools=() if is_last else progress.turn.specs(),
            wanted=() if is_last else _wanted(progress),
            max_tokens=self._bounds.answer_tokens,
            deadline=min(max(progress.ends - self._clock.monotonic(), 0.0), self._bounds.step_seconds),
            allowance=progress.allowance,
            language=progress.language,
            is_spoken=progress.is_spoken,
        )
        texts: list[str] = []
        requested: list[ToolCall] = []
        given = False
        try:
            async with aclosing(self._gateway.stream(request)) as deltas:
                async for delta in deltas:
                    requested += delta.calls
                    progress.finish = delta.finish or progress.finish
                    texts.append(delta.text)
                    text = progress.given(progress.check.read(delta.text), is_first=not given)
                    given = given or bool(text)
                    if text:
                        yield text
                    if progress.check.unread is not None:
                        return
        except ModelError as err:
            progress.error = err
            return
        text = progress.given(progress.check.end(is_answer=not requested), is_first=not given)
        if text:
            yield text
        first = len(progress.messages)
        calls += [
            replace(one, id=f"c{first}_{number}", name=one.name[:LONGEST_TOOL_NAME] or "unknown")
            for number, one in enumerate(requested[: self._bounds.calls_per_step])
        ]
        progress.messages.append(ChatMessage(role=Role.ASSISTANT, text="".join(texts), calls=tuple(calls)))

    async def _run_calls(self, calls: Sequence[ToolCall], progress: Progress) -> tuple[ToolAnswer, ...]:
        """Run a step's calls concurrently, and append their results to the messages."""
        free = asyncio.Semaphore(self._bounds.calls_at_once)

        async def one(call: ToolCall) -> ToolAnswer:
            async with free:
                return await self._run_call(call, progress)

        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(one(call)) for call in calls]
        answers = tuple(task.result() for task in tasks)
        share = max(progress.room // (2 * len(calls)), LEAST_RESULT)
        for call, answer in zip(calls, answers, strict=True):
            text = result_text(answer, min(share, LONGEST_RESULT))
            progress.done.setdefault(_fingerprint(call), call.id)
            progress.room -= len(text)
            progress.messages.append(
                ChatMessage(role=Role.TOOL, text=text, call_id=call.id, is_private=answer.is_private)
            )
        return answers

    async def _run_call(self, call: ToolCall, progress: Progress) -> ToolAnswer:
        """Return the result of one call; an invalid or repeated call gets an explanation instead."""
        reason = why_not(call, progress.turn.specs())
        if reason is not None:
            return ToolAnswer(title="Invalid call", text=reason, ok=False)
        if _fingerprint(call) in progress.done:
            return ToolAnswer(title="Repeated call", text="The result is above: use it.", ok=False)
        seconds = min(self._bounds.call_seconds, max(progress.ends - self._clock.monotonic(), 0.0))
        try:
            with tool_span(call.name):
                async with asyncio.timeout(seconds):
                    return await progress.turn.call(call)
        except TimeoutError:
            return ToolAnswer(title="No answer", text=f"No result within {seconds:.0f} s.", ok=False)

    async def _closing_note(self, progress: Progress, language: str, facts: Facts | None) -> str:
        """Return the note that follows the model's text, "" when none is needed."""
        answer, check = progress.answer.strip(), progress.check
        if progress.asked is not None:
            return await self._requests.waiting_text(progress.asked, language)
        if isinstance(progress.error, TooCostly):
            asked = cost_question(progress.error, language, self._spending.currency)
            return " ".join(filter(None, [await self._known(facts), asked]))
        if progress.error is not None:
            failed = failure_text(progress.error, language, answer, self._bounds.answer_tokens)
            return " ".join(filter(None, [failed, await self._known(facts)]))
        lacking = _lacking(check, language, answer)
        if lacking is not None:
            return " ".join(filter(None, [lacking, await self._known(facts)]))
        notes = [say(language, _CUT[progress.finish])] if progress.finish in _CUT else []
        is_question = answer.endswith("?")
        if check.claims_a_change(answer) or (progress.turn.is_person_request and not is_question):
            # No request was created: whatever the model claims, nothing was changed.
            notes.append(say(language, "nothing_changed"))
        if check.claims_state and not check.readings:
            notes.append(say(language, "nothing_read"))
        return " ".join(notes)

    async def _known(self, facts: Facts | None) -> str:
        """Return what the records know, "" when they do not answer in time or are not asked."""
        if facts is None:
            return ""
        try:
            async with asyncio.timeout(self._bounds.call_seconds):
                return await facts()
        except TimeoutError:
            return ""


def _lacking(check: AnswerCheck, language: str, answer: str) -> str | None:
    """Return what an answer lacks because it was not read, None for one that lacks nothing."""
    if check.dropped:
        return say(language, "sentences_left_out" if answer else "answer_left_out")
    if check.unread is not None:
        return say(language, "left_out", part=one_line(check.unread)) if answer else ""
    return None if answer else say(language, "no_answer")


def _wanted(progress: Progress) -> tuple[ToolSpec, ...]:
    """Return the tools of which one must be called before an answer can be true, () for none.

    They read something about what was asked, and about each thing of which nothing was read yet.
    """
    check, turn = progress.check, progress.turn
    if progress.asked is not None or turn.is_person_request:
        return ()
    is_about_thing = check.names_things or check.needs_reading or bool(check.readings)
    about = turn.specs_about(check.missing) if is_about_thing else ()
    return about or (turn.specs() if check.needs_reading else ())


def cost_question(error: TooCostly, language: str, currency: str) -> str:
    """Return the question whether an answer may cost so much."""
    cost = texts_of(language).money(error.cost, currency)
    return say(language, "costs", name=error.deployment, cost=cost)


def failure_text(error: ModelError, language: str, answer: str, tokens: int) -> str:
    """Return why the answer is missing or incomplete; ``tokens`` is the limit of one answer."""
    if answer:
        return say(language, "incomplete")
    key = next((key for kind, key in _FAILURES.items() if isinstance(error, kind)), "model_failed")
    if isinstance(error, EmptyAnswer):
        key = _EMPTY.get(error.finish, "no_answer")
    reason = error.text
    if isinstance(reason, Template):
        reason = texts_of(language)(reason)
    return say(language, key, reason=reason, count=tokens)


def _fingerprint(call: ToolCall) -> bytes:
    return orjson.dumps([call.name, dict(call.arguments), call.problem], option=orjson.OPT_SORT_KEYS)
