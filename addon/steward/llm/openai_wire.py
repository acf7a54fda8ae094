"""OpenAI's chat format: builds request bodies and parses chunks.

Source: the OpenAPI document of the OpenAI API (chat completions, embeddings, models);
Ollama, vLLM and llama.cpp have the same API.
"""

import re
from collections.abc import Collection
from typing import Final

import orjson

from homelab_steward.contract.plain_text import one_line

from .call_assembly import CallAssembler
from .messages import ChatMessage, ChatRequest, Delta, Finish, Role, Usage

type JsonObject = dict[str, object]

_FINISHES: Final = (
    (re.compile(r"tool|function_call"), Finish.CALLS),
    (re.compile(r"length|max_?(?:\w+_)?tokens|token_limit|context_window|window_exceeded"), Finish.LENGTH),
    (
        re.compile(
            r"filter|guardrail|refus|safety|sensitive|moderat|recitation|blocklist|prohibited|toxic|spii"
        ),
        Finish.FILTERED,
    ),
)
"""The reasons by parts of the names that servers use; every other one is ``STOP``."""

LONGEST_MODEL: Final = 100
"""Characters of the name of the model that answered."""

_NOT_IN_NAMES: Final = re.compile(r"[^a-zA-Z0-9_-]")
_FAULTS: Final = re.compile(
    r"error(?!_toxic)|abort|cancel|fail|malformed|unexpected_tool_call|time_?out|insufficient_system_resource"
)
"""Reasons of an answer that the server gave up; its text is not whole."""

_FAULT_KEYS: Final = ("detail", "message")
"""Where servers put an error that has no key ``error``, in place of ``choices``."""

_THOUGHT_FIELDS: Final = ("reasoning_content", "reasoning", "reasoning_details", "thinking")
_THOUGHT_PARTS: Final = frozenset({"thinking", "reasoning", "reasoning_text", "redacted_thinking"})


class InvalidResponse(ValueError):
    """A response does not have this format."""


class ServerFault(Exception):
    """A server sent an error instead of the rest of an answer."""

    def __init__(self, error: object) -> None:
        """``error`` is decoded JSON; it may quote the question."""
        super().__init__("the server sent an error")
        self.error = error


def chat_body(request: ChatRequest, model: str) -> JsonObject:
    """Return the body of a streamed chat completion."""
    body: JsonObject = {
        "model": model,
        "messages": [_message(one) for one in request.messages],
        "max_tokens": request.max_tokens,
        "temperature": request.temperature,
        "stream": True,
        "stream_options": {"include_usage": True},
    }
    if request.tools:
        body["tools"] = [
            {
                "type": "function",
                "function": {
                    "name": one.name,
                    "description": one.description,
                    "parameters": dict(one.schema),
                },
            }
            for one in request.tools
        ]
    if request.schema is not None:
        body["response_format"] = {
            "type": "json_schema",
            "json_schema": {"name": "answer", "schema": dict(request.schema)},
        }
    return body


def without(body: JsonObject, parameters: Collection[str]) -> JsonObject:
    """Return the body without parameters that the model does not accept; the limit gets its newer name."""
    kept = {key: value for key, value in body.items() if key not in parameters}
    if "max_tokens" in parameters and "max_tokens" in body:
        kept["max_completion_tokens"] = body["max_tokens"]
    return kept


def embedding_body(texts: tuple[str, ...], model: str) -> JsonObject:
    """Return the body of an embeddings request."""
    return {"model": model, "input": list(texts), "encoding_format": "float"}


def read_embeddings(plain: object, wanted: int) -> tuple[tuple[float, ...], ...]:
    """Return one vector per text, in order. Raises InvalidResponse."""
    rows = _list(_object(plain).get("data"))
    try:
        ordered = sorted((_object(one) for one in rows), key=lambda one: int(str(one.get("index", 0))))
        vectors = tuple(tuple(float(str(part)) for part in _list(one.get("embedding"))) for one in ordered)
    except ValueError as err:
        raise InvalidResponse("an embedding is not a list of numbers") from err
    if len(vectors) != wanted or not all(vectors):
        raise InvalidResponse("expected one vector for each text")
    return vectors


def read_models(plain: object) -> tuple[str, ...]:
    """Return the names of the models that a server offers. Raises InvalidResponse."""
    return tuple(str(_object(one).get("id", "")) for one in _list(_object(plain).get("data")))


class ChunkReader:
    """Parses the chunks of one answer; ``end`` returns its tool calls and why it ended."""

    def __init__(self, tools: Collection[str] = ()) -> None:
        """``tools`` are the names of the tools that the request offers."""
        self._calls = CallAssembler(tools)
        self._finish: Finish | None = None
        self._has_text = False
        self._model = ""

    @property
    def has_finished(self) -> bool:
        """Whether the server said why the answer ended."""
        return self._finish is not None

    @property
    def has_content(self) -> bool:
        """Whether the answer has text or a call."""
        return self._has_text or bool(self._calls)

    def read(self, chunk: object) -> Delta | None:
        """Return what a decoded chunk adds, None if nothing.

        Raises InvalidResponse, and ServerFault if the chunk is an error.
        """
        plain = _object(chunk)
        error = _fault(plain)
        if error is not None:
            raise ServerFault(error)
        self._model = self._model or one_line(str(plain.get("model") or ""))[:LONGEST_MODEL]
        usage = _usage(plain.get("usage"))
        choices = plain.get("choices")
        choice = choices[0] if isinstance(choices, list) and choices else None
        if not isinstance(choice, dict):
            return None if usage is None else Delta(usage=usage)
        message = choice.get("delta") or choice.get("message")
        delta = message if isinstance(message, dict) else {}
        self._calls.add(delta.get("tool_calls"))
        self._calls.add(delta.get("function_call"))
        self._add_finish(choice.get("finish_reason"))
        content = delta.get("content")
        text = content_text(content) or content_text(delta.get("refusal"))
        self._has_text = self._has_text or bool(text)
        is_thinking = any(delta.get(one) for one in _THOUGHT_FIELDS) or _has_thought(content)
        result = Delta(text=text, usage=usage, is_thinking=is_thinking)
        return result if result != Delta() else None

    def finish(self) -> None:
        """Note that the server ended the answer, whether or not it said why."""
        self._finish = self._finish or Finish.STOP

    def end(self) -> Delta:
        """Return the last piece of the answer."""
        finish = self._finish or Finish.STOP
        calls = self._calls.calls(is_cut=finish is Finish.LENGTH)
        return Delta(calls=calls, finish=Finish.CALLS if calls else finish, model=self._model)

    def _add_finish(self, reason: object) -> None:
        """Keep the reason; some servers send several, and the end is what cut the answer off."""
        if not isinstance(reason, str) or not reason.strip():
            return
        key = reason.strip().casefold()
        if _FAULTS.search(key):
            raise InvalidResponse("the server stopped the answer")
        if self._finish not in (Finish.LENGTH, Finish.FILTERED):
            found = (finish for pattern, finish in _FINISHES if pattern.search(key))
            self._finish = next(found, Finish.STOP)


def _fault(chunk: JsonObject) -> object:
    """Return the error in a chunk, None if there is none. An object without any value is no error."""
    error = chunk.get("error")
    if error and not (isinstance(error, dict) and not any(error.values())):
        return error
    if chunk.get("choices"):
        return None
    has_text = any(isinstance(chunk.get(one), str | list) and chunk[one] for one in _FAULT_KEYS)
    return chunk if chunk.get("object") == "error" or has_text else None


def tool_names(body: JsonObject) -> frozenset[str]:
    """Return the names of the tools in a request body of ``chat_body``."""
    tools = body.get("tools")
    functions = [one.get("function") for one in (tools if isinstance(tools, list) else [])]
    return frozenset(str(one.get("name")) for one in functions if isinstance(one, dict))


def content_text(content: object) -> str:
    """Return the text of a message's content: a text, a part, or a list of parts."""
    if isinstance(content, str):
        return content.encode("utf-8", "replace").decode()  # half of a surrogate pair becomes "?"
    if isinstance(content, list):
        return "".join(content_text(one) for one in content)
    if isinstance(content, dict) and content.get("type", "text") in ("text", "output_text"):
        return content_text(content.get("text"))
    return ""


def _has_thought(content: object) -> bool:
    parts = content if isinstance(content, list) else [content]
    return any(isinstance(one, dict) and one.get("type") in _THOUGHT_PARTS for one in parts)


def _message(message: ChatMessage) -> JsonObject:
    plain: JsonObject = {"role": str(message.role), "content": message.text}
    if message.calls:
        plain["tool_calls"] = [
            {
                "id": one.id,
                "type": "function",
                "function": {
                    "name": _sendable_name(one.name),
                    "arguments": orjson.dumps(dict(one.arguments)).decode(),
                },
            }
            for one in message.calls
        ]
    if message.role is Role.TOOL and message.call_id is not None:
        plain["tool_call_id"] = message.call_id
    return plain


def _sendable_name(name: str) -> str:
    """Return the name of a call as servers accept it, also of a call that named no tool."""
    return _NOT_IN_NAMES.sub("_", name)[:64] or "unknown"


def _usage(plain: object) -> Usage | None:
    if not isinstance(plain, dict):
        return None
    prompt, answer = plain.get("prompt_tokens"), plain.get("completion_tokens")
    return Usage(
        prompt_tokens=prompt if isinstance(prompt, int) else 0,
        answer_tokens=answer if isinstance(answer, int) else 0,
    )


def _object(value: object) -> JsonObject:
    if not isinstance(value, dict):
        raise InvalidResponse("expected an object")
    return value


def _list(value: object) -> list[object]:
    if not isinstance(value, list):
        raise InvalidResponse("expected a list")
    return value
