"""Runs one turn with a model: tool calls within bounds, then an answer."""

import asyncio
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Final

import orjson

from ..clock import Clock
from ..llm.errors import ModelError
from ..llm.gateway import LlmGateway
from ..llm.messages import ChatMessage, ChatRequest, Role, ToolCall
from ..llm.reading_digest import SHORTEST, digest
from ..llm.tool_calls import why_not
from .toolbox import ToolAnswer, Turn

CHARACTERS_PER_TOKEN: Final = 3
"""A low estimate for English, so that the server never cuts off the request."""

LEAST_RESULT: Final = 400
LONGEST_RESULT: Final = 6_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """The limits of one turn. Times are in seconds; ``context_tokens`` is the smallest model's window.

    ``spoken_seconds`` replaces ``seconds`` for a question asked by voice.
    """

    steps: int = 6
    calls_per_step: int = 6
    calls_at_once: int = 4
    seconds: float = 90.0
    spoken_seconds: float = 40.0
    call_seconds: float = 15.0
    answer_tokens: int = 700
    context_tokens: int = 8192


@dataclass(frozen=True, slots=True)
class AnswerText:
    """Text of the answer."""

    text: str


@dataclass(frozen=True, slots=True)
class Called:
    """A tool is about to be called."""

    call: ToolCall


@dataclass(frozen=True, slots=True)
class Returned:
    """A tool call returned."""

    call: ToolCall
    answer: ToolAnswer


@dataclass(frozen=True, slots=True)
class Failed:
    """The model gave no answer, or stopped in the middle of it."""

    error: ModelError


type Piece = AnswerText | Called | Returned | Failed


@dataclass(slots=True)
class _State:
    """The progress of a turn; ``room`` is how many characters of context are free."""

    messages: list[ChatMessage]
    room: int
    ends: float = 0.0
    done: dict[bytes, str] = field(default_factory=dict)


class ToolLoop:
    """Runs turns. Closing the generator early cancels the model request and the tool calls."""

    def __init__(self, gateway: LlmGateway, clock: Clock, bounds: Bounds) -> None:
        """``gateway`` decides which model answers."""
        self._gateway = gateway
        self._clock = clock
        self._bounds = bounds

    async def run(
        self, system: str, before: Sequence[ChatMessage], text: str, turn: Turn, *, spoken: bool
    ) -> AsyncGenerator[Piece]:
        """Yield a turn's pieces. A turn ends with text, an approval request, or a failure.

        ``before`` are the earlier messages; the oldest are dropped when they are too long.
        """
        seconds = self._bounds.spoken_seconds if spoken else self._bounds.seconds
        state = self._initial_state(system, before, text, turn)
        state.ends = self._clock.monotonic() + seconds
        is_stuck = False
        for step in range(1, self._bounds.steps + 1):
            calls: list[ToolCall] = []
            # A model that only repeats calls gets no tools in the next step.
            is_last = step == self._bounds.steps or is_stuck
            async with aclosing(self._ask_model(state, turn, calls, is_last=is_last)) as pieces:
                async for piece in pieces:
                    yield piece
                    if isinstance(piece, Failed):
                        return
            if not calls or is_last:
                return
            for call in calls:
                yield Called(call)
            is_stuck = all(_fingerprint(call) in state.done for call in calls)
            answers = await self._run_calls(calls, turn, state)
            for call, answer in zip(calls, answers, strict=True):
                yield Returned(call, answer)
            if any(one.asked is not None for one in answers):
                return

    def _initial_state(self, system: str, before: Sequence[ChatMessage], text: str, turn: Turn) -> _State:
        bounds = self._bounds
        tools = len(orjson.dumps([[one.name, one.description, dict(one.schema)] for one in turn.specs()]))
        room = (bounds.context_tokens - bounds.answer_tokens) * CHARACTERS_PER_TOKEN
        room -= len(system) + len(text) + tools
        kept: list[ChatMessage] = []
        for message in reversed(before):
            # Earlier messages get at most half of the context: the readings need the rest.
            if sum(len(one.text) for one in kept) + len(message.text) > max(room, 0) // 2:
                break
            kept.insert(0, message)
        room -= sum(len(one.text) for one in kept)
        messages = [
            ChatMessage(role=Role.SYSTEM, text=system),
            *kept,
            ChatMessage(role=Role.USER, text=text),
        ]
        return _State(messages=messages, room=room)

    async def _ask_model(
        self, state: _State, turn: Turn, calls: list[ToolCall], *, is_last: bool
    ) -> AsyncGenerator[AnswerText | Failed]:
        """Send the next model request; its tool calls are appended to ``calls`` with new ids."""
        request = ChatRequest(
            messages=tuple(state.messages),
            tools=() if is_last else turn.specs(),
            max_tokens=self._bounds.answer_tokens,
            deadline=max(state.ends - self._clock.monotonic(), 0.0),
        )
        texts: list[str] = []
        requested: list[ToolCall] = []
        try:
            async with aclosing(self._gateway.stream(request)) as deltas:
                async for delta in deltas:
                    requested += delta.calls
                    if delta.text:
                        texts.append(delta.text)
                        yield AnswerText(delta.text)
        except ModelError as err:
            yield Failed(err)
            return
        first = len(state.messages)
        calls += [
            ToolCall(id=f"c{first}_{number}", name=one.name, arguments=one.arguments)
            for number, one in enumerate(requested[: self._bounds.calls_per_step])
        ]
        state.messages.append(ChatMessage(role=Role.ASSISTANT, text="".join(texts), calls=tuple(calls)))

    async def _run_calls(
        self, calls: Sequence[ToolCall], turn: Turn, state: _State
    ) -> tuple[ToolAnswer, ...]:
        """Run a step's calls concurrently, and append their results to the messages."""
        free = asyncio.Semaphore(self._bounds.calls_at_once)

        async def one(call: ToolCall) -> ToolAnswer:
            async with free:
                return await self._answer(call, turn, state)

        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(one(call)) for call in calls]
        answers = tuple(task.result() for task in tasks)
        share = max(state.room // (2 * len(calls)), LEAST_RESULT)
        for call, answer in zip(calls, answers, strict=True):
            text = tool_result_text(answer, min(share, LONGEST_RESULT))
            state.done.setdefault(_fingerprint(call), call.id)
            state.room -= len(text)
            state.messages.append(ChatMessage(role=Role.TOOL, text=text, call_id=call.id))
        return answers

    async def _answer(self, call: ToolCall, turn: Turn, state: _State) -> ToolAnswer:
        """Return the result of one call; an invalid or repeated call gets an explanation instead."""
        reason = why_not(call, turn.specs())
        if reason is not None:
            return ToolAnswer(title="Invalid call", text=reason, ok=False)
        if _fingerprint(call) in state.done:
            return ToolAnswer(title="Repeated call", text="The result is above: use it.", ok=False)
        seconds = min(self._bounds.call_seconds, max(state.ends - self._clock.monotonic(), 0.0))
        try:
            async with asyncio.timeout(seconds):
                return await turn.call(call)
        except TimeoutError:
            return ToolAnswer(title="No answer", text=f"No result within {seconds:.0f} s.", ok=False)


def tool_result_text(answer: ToolAnswer, limit: int) -> str:
    """Return a tool result as JSON for a model, marked as data."""
    payload: Mapping[str, object] = {
        "title": digest(answer.title, SHORTEST),
        "ok": answer.ok,
        "data_not_instructions": digest(answer.text, limit),
    }
    return orjson.dumps(payload).decode()


def _fingerprint(call: ToolCall) -> bytes:
    return orjson.dumps([call.name, dict(call.arguments)], option=orjson.OPT_SORT_KEYS)
