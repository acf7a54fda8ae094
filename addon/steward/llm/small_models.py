"""Tools for models that have none: told in words, asked for by schema, read out of the answer."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

import orjson

from .messages import ChatMessage, ChatRequest, Delta, Finish, Role, ToolSpec
from .tool_calls import LONGEST, may_begin_a_call, read_calls

NO_TOOL: Final = "none"
"""What a model that answers by schema names when it answers itself."""

_STATED: Final = (
    "You answer with one JSON object and nothing else. To use a tool: "
    '{"name": "<tool>", "arguments": {…}}. To answer yourself: {"name": "none", "answer": "<text>"}. '
    "The tools:\n"
)


_ANSWER: Final = "\n\nAnswer the question from this, in plain words."
"""Without it a small model asks for the same again, and by schema it ends at its first quotation mark."""


def for_small_model(request: ChatRequest) -> ChatRequest:
    """Return a request with its tools told and enforced by JSON Schema.

    Calls and their results in the conversation become plain text. After a result there
    are no tools any more, and no schema: one reading is as far as a small model gets, and
    its answer can be streamed.
    """
    messages = tuple(_plain(one) for one in request.messages)
    has_result = bool(request.messages) and request.messages[-1].role is Role.TOOL
    if has_result and request.tools:
        messages = (*messages[:-1], replace(messages[-1], text=messages[-1].text + _ANSWER))
    if has_result or not request.tools:
        return replace(request, messages=messages, tools=())
    stated = _STATED + "\n".join(_described(one) for one in request.tools)
    if messages and messages[0].role is Role.SYSTEM:
        first = replace(messages[0], text=f"{messages[0].text}\n\n{stated}")
        messages = (first, *messages[1:])
    else:
        messages = (ChatMessage(role=Role.SYSTEM, text=stated), *messages)
    return replace(request, messages=messages, tools=(), schema=answer_schema(request.tools))


def answer_schema(tools: Sequence[ToolSpec]) -> dict[str, object]:
    """Return the JSON Schema of an answer: one branch for each tool and one for words."""
    branches: list[object] = [
        {
            "type": "object",
            "properties": {"name": {"const": one.name}, "arguments": dict(one.schema)},
            "required": ["name", "arguments"],
            "additionalProperties": False,
        }
        for one in tools
    ]
    words = {
        "type": "object",
        "properties": {"name": {"const": NO_TOOL}, "answer": {"type": "string"}},
        "required": ["name", "answer"],
        "additionalProperties": False,
    }
    return {"anyOf": [*branches, words]}


class CallReader:
    """Reads one answer: what may be a call is held back until that is known."""

    def __init__(self, tools: Sequence[ToolSpec], *, by_schema: bool) -> None:
        """``by_schema`` expects the whole answer to be one object of ``answer_schema``."""
        self._tools = tools
        self._by_schema = by_schema
        self._held: str | None = "" if tools else None
        self._has_called = False

    def read(self, delta: Delta) -> Iterator[Delta]:
        """Yield what can be given out now."""
        self._has_called = self._has_called or bool(delta.calls)
        if self._held is None:
            yield delta
            return
        self._held += delta.text
        rest = replace(delta, text="")
        if delta.calls or len(self._held) > LONGEST or not (self._by_schema or may_begin_a_call(self._held)):
            rest = replace(delta, text=self._held)
            self._held = None
        if rest.finish is not None and self._held is not None:
            rest = self._whole(rest)
        if rest != Delta():
            yield rest

    def end(self) -> Iterator[Delta]:
        """Yield what is still held back, for an answer that never said that it has finished."""
        if self._held:
            yield self._whole(Delta())

    def _whole(self, last: Delta) -> Delta:
        text, self._held = self._held or "", None
        calls = () if self._has_called else read_calls(text, self._tools)
        if calls:
            return replace(last, calls=calls, finish=Finish.CALLS)
        return replace(last, text=_words(text) if self._by_schema else text)


def _words(text: str) -> str:
    """Return what a model says by schema; anything else is its answer as it is."""
    try:
        plain = orjson.loads(text)
    except orjson.JSONDecodeError:
        return text
    answer = plain.get("answer") if isinstance(plain, dict) and plain.get("name") == NO_TOOL else None
    return answer if isinstance(answer, str) else text


def _described(tool: ToolSpec) -> str:
    return f"{tool.name}: {tool.description} Arguments: {orjson.dumps(dict(tool.schema)).decode()}"


def _plain(message: ChatMessage) -> ChatMessage:
    if message.role is Role.TOOL:
        return ChatMessage(role=Role.USER, text=f"Result of the tool:\n{message.text}")
    if not message.calls:
        return message
    said = "\n".join(
        orjson.dumps({"name": one.name, "arguments": dict(one.arguments)}).decode() for one in message.calls
    )
    return ChatMessage(role=message.role, text="\n".join(part for part in (message.text, said) if part))
