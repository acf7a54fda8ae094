"""Tool calls for models without native support: tools in the prompt, calls as JSON in the answer."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

import orjson

from .messages import ChatMessage, ChatRequest, Delta, Finish, Role, ToolSpec
from .tool_calls import LONGEST, may_start_call, read_calls

NO_TOOL: Final = "none"
"""The tool name in a JSON answer that calls no tool."""

_TOOL_PROMPT: Final = (
    "You answer with one JSON object and nothing else. To use a tool: "
    '{"name": "<tool>", "arguments": {…}}. To answer yourself: {"name": "none", "answer": "<text>"}. '
    "The tools:\n"
)

_ANSWER_PROMPT: Final = "\n\nAnswer the question from this, in plain words."
"""Without this text, small models repeat the call, or end a JSON answer at its first quotation mark."""


def for_small_model(request: ChatRequest) -> ChatRequest:
    """Return a request whose prompt describes its tools and whose JSON Schema enforces the calls.

    Calls and their results in the conversation become plain text. After a result, the request
    has no tools and no schema: small models manage one call only, and the answer can be streamed.
    """
    messages = tuple(_as_plain_message(one) for one in request.messages)
    has_result = bool(request.messages) and request.messages[-1].role is Role.TOOL
    if has_result and request.tools:
        messages = (*messages[:-1], replace(messages[-1], text=messages[-1].text + _ANSWER_PROMPT))
    if has_result or not request.tools:
        return replace(request, messages=messages, tools=())
    tool_prompt = _TOOL_PROMPT + "\n".join(_describe(one) for one in request.tools)
    if messages and messages[0].role is Role.SYSTEM:
        first = replace(messages[0], text=f"{messages[0].text}\n\n{tool_prompt}")
        messages = (first, *messages[1:])
    else:
        messages = (ChatMessage(role=Role.SYSTEM, text=tool_prompt), *messages)
    return replace(request, messages=messages, tools=(), schema=answer_schema(request.tools))


def answer_schema(tools: Sequence[ToolSpec]) -> dict[str, object]:
    """Return the JSON Schema of an answer: one branch for each tool and one for text."""
    branches: list[object] = [
        {
            "type": "object",
            "properties": {"name": {"const": one.name}, "arguments": dict(one.schema)},
            "required": ["name", "arguments"],
            "additionalProperties": False,
        }
        for one in tools
    ]
    text_branch = {
        "type": "object",
        "properties": {"name": {"const": NO_TOOL}, "answer": {"type": "string"}},
        "required": ["name", "answer"],
        "additionalProperties": False,
    }
    return {"anyOf": [*branches, text_branch]}


class CallReader:
    """Reads one streamed answer; holds back text that may be a tool call."""

    def __init__(self, tools: Sequence[ToolSpec], *, by_schema: bool) -> None:
        """With ``by_schema``, the whole answer is one object of ``answer_schema``."""
        self._tools = tools
        self._by_schema = by_schema
        self._held: str | None = "" if tools else None
        self._has_called = False

    def read(self, delta: Delta) -> Iterator[Delta]:
        """Yield what is certain after the next piece."""
        self._has_called = self._has_called or bool(delta.calls)
        if self._held is None:
            yield delta
            return
        self._held += delta.text
        rest = replace(delta, text="")
        if delta.calls or len(self._held) > LONGEST or not (self._by_schema or may_start_call(self._held)):
            rest = replace(delta, text=self._held)
            self._held = None
        if rest.finish is not None and self._held is not None:
            rest = self._finish_held(rest)
        if rest != Delta():
            yield rest

    def end(self) -> Iterator[Delta]:
        """Yield the text still held back when an answer ended without a finish reason."""
        if self._held:
            yield self._finish_held(Delta())

    def _finish_held(self, last: Delta) -> Delta:
        text, self._held = self._held or "", None
        calls = () if self._has_called else read_calls(text, self._tools)
        if calls:
            return replace(last, calls=calls, finish=Finish.CALLS)
        return replace(last, text=_answer_text(text) if self._by_schema else text)


def _answer_text(text: str) -> str:
    """Return the text of a JSON answer, or ``text`` itself if it is not one."""
    try:
        plain = orjson.loads(text)
    except orjson.JSONDecodeError:
        return text
    answer = plain.get("answer") if isinstance(plain, dict) and plain.get("name") == NO_TOOL else None
    return answer if isinstance(answer, str) else text


def _describe(tool: ToolSpec) -> str:
    return f"{tool.name}: {tool.description} Arguments: {orjson.dumps(dict(tool.schema)).decode()}"


def _as_plain_message(message: ChatMessage) -> ChatMessage:
    if message.role is Role.TOOL:
        return ChatMessage(role=Role.USER, text=f"Result of the tool:\n{message.text}")
    if not message.calls:
        return message
    calls = "\n".join(
        orjson.dumps({"name": one.name, "arguments": dict(one.arguments)}).decode() for one in message.calls
    )
    return ChatMessage(role=message.role, text="\n".join(part for part in (message.text, calls) if part))
