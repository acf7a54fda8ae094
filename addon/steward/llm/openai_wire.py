"""OpenAI's chat format: builds request bodies and parses chunks.

Source: the OpenAPI document of the OpenAI API (chat completions, embeddings, models);
Ollama, vLLM and llama.cpp have the same API.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

import orjson

from homelab_steward.contract.base import Value

from .messages import ChatMessage, ChatRequest, Delta, Finish, Role, ToolCall, Usage

type JsonObject = dict[str, object]

MOST_CALLS: Final = 32
LONGEST_ARGUMENTS: Final = 64 * 1024

_FINISHES: Final = {
    "stop": Finish.STOP,
    "length": Finish.LENGTH,
    "tool_calls": Finish.CALLS,
    "function_call": Finish.CALLS,
    "content_filter": Finish.FILTERED,
}


class InvalidResponse(ValueError):
    """A response does not have this format."""


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


@dataclass(slots=True)
class _Partial:
    id: str = ""
    name: str = ""
    arguments: str = ""


@dataclass(slots=True)
class ChunkReader:
    """Parses the chunks of one answer; returns the tool calls with the finish reason."""

    _calls: dict[int, _Partial] = field(default_factory=dict)
    has_finished: bool = False

    def read(self, chunk: object) -> Delta | None:
        """Return what a decoded chunk adds, None if nothing. Raises InvalidResponse."""
        plain = _object(chunk)
        if "error" in plain:
            raise InvalidResponse("the server sent an error")
        choices = plain.get("choices")
        usage = _usage(plain.get("usage"))
        if not choices:
            return None if usage is None else Delta(usage=usage)
        choice = _object(_list(choices)[0])
        delta = _object(choice.get("delta") or choice.get("message") or {})
        self._add(delta.get("tool_calls") or [])
        finish = self._finish(choice.get("finish_reason"))
        text = delta.get("content")
        result = Delta(
            text=text if isinstance(text, str) else "",
            calls=self._complete_calls() if finish is not None else (),
            finish=finish,
            usage=usage,
        )
        return result if result != Delta() else None

    def _finish(self, reason: object) -> Finish | None:
        if not isinstance(reason, str):
            return None
        self.has_finished = True
        return Finish.CALLS if self._calls else _FINISHES.get(reason, Finish.STOP)

    def _add(self, pieces: object) -> None:
        for number, piece in enumerate(_list(pieces)):
            part = _object(piece)
            index = part.get("index")
            call = self._calls.setdefault(index if isinstance(index, int) else number, _Partial())
            function = _object(part.get("function") or {})
            call.id += str(part.get("id") or "") if not call.id else ""
            call.name += str(function.get("name") or "")
            call.arguments += _arguments_text(function.get("arguments"))
            if len(self._calls) > MOST_CALLS or len(call.arguments) > LONGEST_ARGUMENTS:
                raise InvalidResponse("too many tool calls or too long arguments")

    def _complete_calls(self) -> tuple[ToolCall, ...]:
        return tuple(
            ToolCall(
                id=one.id or f"call_{index}", name=one.name, arguments=read_arguments(one.arguments or "{}")
            )
            for index, one in sorted(self._calls.items())
        )


def read_arguments(text: str) -> Mapping[str, Value]:
    """Return a call's arguments. Raises InvalidResponse if they are not a flat JSON object."""
    try:
        plain = _object(orjson.loads(text))
    except orjson.JSONDecodeError as err:
        raise InvalidResponse("the arguments of a call are not JSON") from err
    arguments: dict[str, Value] = {}
    for name, value in plain.items():
        if value is not None and not isinstance(value, str | int | float | bool):
            raise InvalidResponse("an argument of a call is not a string, number or boolean")
        arguments[name] = value
    return arguments


def _arguments_text(arguments: object) -> str:
    """Return arguments as JSON text; some servers send an object instead."""
    if isinstance(arguments, str):
        return arguments
    return "" if arguments is None else orjson.dumps(arguments).decode()


def _message(message: ChatMessage) -> JsonObject:
    plain: JsonObject = {"role": str(message.role), "content": message.text}
    if message.calls:
        plain["tool_calls"] = [
            {
                "id": one.id,
                "type": "function",
                "function": {"name": one.name, "arguments": orjson.dumps(dict(one.arguments)).decode()},
            }
            for one in message.calls
        ]
    if message.role is Role.TOOL and message.call_id is not None:
        plain["tool_call_id"] = message.call_id
    return plain


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
