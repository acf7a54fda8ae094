"""Tool calls for models without native support: tools in the prompt, calls as JSON in the answer."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import orjson

from .messages import ChatMessage, ChatRequest, Role, ToolSpec

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


def answer_text(text: str) -> str:
    """Return the text of an answer by ``answer_schema``, or ``text`` itself if it is not one."""
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
