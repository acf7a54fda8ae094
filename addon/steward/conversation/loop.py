"""One turn with a model: it reads as much as it needs, within bounds, and then answers."""

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
from .toolbox import Answered, Turn

CHARACTERS_PER_TOKEN: Final = 3
"""Fewer than any tokenizer we know needs for English: rather too short than cut off by the server."""

LEAST_RESULT: Final = 400
LONGEST_RESULT: Final = 6_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """What one turn may cost. Times are seconds; ``context_tokens`` is the smallest model's window.

    Nobody stands before a satellite for longer than ``spoken_seconds``.
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
class Said:
    """Words of the answer."""

    text: str


@dataclass(frozen=True, slots=True)
class Called:
    """A tool is being asked."""

    call: ToolCall


@dataclass(frozen=True, slots=True)
class Returned:
    """What a tool answered."""

    call: ToolCall
    answer: Answered


@dataclass(frozen=True, slots=True)
class Failed:
    """The model gave no answer, or broke off."""

    error: ModelError


type Piece = Said | Called | Returned | Failed


@dataclass(slots=True)
class _State:
    """How far a turn is."""

    messages: list[ChatMessage]
    room: int
    ends: float = 0.0
    done: dict[bytes, str] = field(default_factory=dict)


class ToolLoop:
    """Runs turns. Leaving the generator early breaks everything off."""

    def __init__(self, gateway: LlmGateway, clock: Clock, bounds: Bounds) -> None:
        """``gateway`` alone decides which model answers."""
        self._gateway = gateway
        self._clock = clock
        self._bounds = bounds

    async def run(
        self, system: str, before: Sequence[ChatMessage], text: str, turn: Turn, *, spoken: bool
    ) -> AsyncGenerator[Piece]:
        """Yield a turn's pieces. It ends with words, with a wish that waits, or with a failure.

        ``before`` is what was said earlier; the oldest of it goes first when it is too long.
        """
        seconds = self._bounds.spoken_seconds if spoken else self._bounds.seconds
        state = self._begun(system, before, text, turn)
        state.ends = self._clock.monotonic() + seconds
        is_stuck = False
        for step in range(1, self._bounds.steps + 1):
            calls: list[ToolCall] = []
            # Who asks only what was answered already may not ask any more.
            is_last = step == self._bounds.steps or is_stuck
            async with aclosing(self._asked(state, turn, calls, is_last=is_last)) as pieces:
                async for piece in pieces:
                    yield piece
                    if isinstance(piece, Failed):
                        return
            if not calls or is_last:
                return
            for call in calls:
                yield Called(call)
            is_stuck = all(_fingerprint(call) in state.done for call in calls)
            answers = await self._carried_out(calls, turn, state)
            for call, answer in zip(calls, answers, strict=True):
                yield Returned(call, answer)
            if any(one.asked is not None for one in answers):
                return

    def _begun(self, system: str, before: Sequence[ChatMessage], text: str, turn: Turn) -> _State:
        bounds = self._bounds
        tools = len(orjson.dumps([[one.name, one.description, dict(one.schema)] for one in turn.specs()]))
        room = (bounds.context_tokens - bounds.answer_tokens) * CHARACTERS_PER_TOKEN
        room -= len(system) + len(text) + tools
        kept: list[ChatMessage] = []
        for message in reversed(before):
            # Never more than half of it for what was said before: the readings need the rest.
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

    async def _asked(
        self, state: _State, turn: Turn, calls: list[ToolCall], *, is_last: bool
    ) -> AsyncGenerator[Said | Failed]:
        """Ask the model once more; its calls are put into ``calls`` with ids of our own."""
        request = ChatRequest(
            messages=tuple(state.messages),
            tools=() if is_last else turn.specs(),
            max_tokens=self._bounds.answer_tokens,
            deadline=max(state.ends - self._clock.monotonic(), 0.0),
        )
        words: list[str] = []
        wanted: list[ToolCall] = []
        try:
            async with aclosing(self._gateway.stream(request)) as deltas:
                async for delta in deltas:
                    wanted += delta.calls
                    if delta.text:
                        words.append(delta.text)
                        yield Said(delta.text)
        except ModelError as err:
            yield Failed(err)
            return
        first = len(state.messages)
        calls += [
            ToolCall(id=f"c{first}_{number}", name=one.name, arguments=one.arguments)
            for number, one in enumerate(wanted[: self._bounds.calls_per_step])
        ]
        state.messages.append(ChatMessage(role=Role.ASSISTANT, text="".join(words), calls=tuple(calls)))

    async def _carried_out(
        self, calls: Sequence[ToolCall], turn: Turn, state: _State
    ) -> tuple[Answered, ...]:
        """Carry out a step's calls beside each other, and put what they told into the talk."""
        free = asyncio.Semaphore(self._bounds.calls_at_once)

        async def one(call: ToolCall) -> Answered:
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

    async def _answer(self, call: ToolCall, turn: Turn, state: _State) -> Answered:
        """Return what one call came to; one that fits no tool, or was made before, is told so."""
        reason = why_not(call, turn.specs())
        if reason is not None:
            return Answered(title="No such call", text=reason, ok=False)
        if _fingerprint(call) in state.done:
            return Answered(title="Asked before", text="The answer stands above: use it.", ok=False)
        seconds = min(self._bounds.call_seconds, max(state.ends - self._clock.monotonic(), 0.0))
        try:
            async with asyncio.timeout(seconds):
                return await turn.call(call)
        except TimeoutError:
            return Answered(title="No answer", text=f"Nothing came within {seconds:.0f} s.", ok=False)


def tool_result_text(answer: Answered, limit: int) -> str:
    """Return what a model is told of a tool's answer: data, marked as such, never instructions."""
    plain: Mapping[str, object] = {
        "title": digest(answer.title, SHORTEST),
        "ok": answer.ok,
        "data_not_instructions": digest(answer.text, limit),
    }
    return orjson.dumps(plain).decode()


def _fingerprint(call: ToolCall) -> bytes:
    return orjson.dumps([call.name, dict(call.arguments)], option=orjson.OPT_SORT_KEYS)
