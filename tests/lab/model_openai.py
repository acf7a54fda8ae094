"""OpenAI's chat completions, embeddings and models, as in its OpenAPI document."""

import hashlib
from collections.abc import Iterator

from lab.model_script import CallStyle, Said, Turn, written
from lab.wire import Json, JsonObject, dumps

_CREATED = 1_795_000_000
_ID = "chatcmpl-scripted"


def openai_said(body: JsonObject) -> Said:
    """Return a request for the script."""
    tools = [one.get("function") for one in _objects(body.get("tools"))]
    return Said(
        messages=tuple(
            (str(one.get("role")), text_of(one.get("content"))) for one in _objects(body.get("messages"))
        ),
        tools=tuple(one for one in tools if isinstance(one, dict)),
    )


def text_of(content: Json) -> str:
    """Return the text of a message, which can consist of parts."""
    if isinstance(content, list):
        return "".join(str(one.get("text", "")) for one in content if isinstance(one, dict))
    return content if isinstance(content, str) else ""


def openai_chunks(model: str, turn: Turn, body: JsonObject) -> Iterator[JsonObject]:
    """Yield the chunks of a streamed answer. The arguments of a native call are split in two."""
    yield _chunk(model, {"role": "assistant", "content": ""})
    for piece in written(turn):
        yield _chunk(model, {"content": piece})
    for delta in _call_deltas(turn):
        yield _chunk(model, {"tool_calls": [delta]})
    yield _chunk(model, {}, finish=_finish(turn))
    options = body.get("stream_options")
    if isinstance(options, dict) and options.get("include_usage"):
        yield {**_chunk(model, {}), "choices": [], "usage": _usage(turn)}


def openai_whole(model: str, turn: Turn) -> JsonObject:
    """Return an answer that is not streamed."""
    message: JsonObject = {"role": "assistant", "content": "".join(written(turn)), "refusal": None}
    if turn.calls and turn.style is CallStyle.NATIVE:
        message["tool_calls"] = [
            {
                "id": f"call_{number}",
                "type": "function",
                "function": {"name": one.name, "arguments": dumps(one.arguments)},
            }
            for number, one in enumerate(turn.calls)
        ]
    choice: JsonObject = {"index": 0, "message": message, "logprobs": None, "finish_reason": _finish(turn)}
    return {
        "id": _ID,
        "object": "chat.completion",
        "created": _CREATED,
        "model": model,
        "choices": [choice],
        "usage": _usage(turn),
    }


def openai_embeddings(model: str, body: JsonObject) -> JsonObject:
    """Return one vector for each text, the same for the same text."""
    texts = body.get("input")
    many = texts if isinstance(texts, list) else [texts]
    data: list[Json] = [
        {"object": "embedding", "index": number, "embedding": _vector(str(one))}
        for number, one in enumerate(many)
    ]
    return {
        "object": "list",
        "data": data,
        "model": model,
        "usage": {"prompt_tokens": len(many), "total_tokens": len(many)},
    }


def openai_models(model: str) -> JsonObject:
    """Return the list of models."""
    return {
        "object": "list",
        "data": [{"id": model, "object": "model", "created": _CREATED, "owned_by": "lab"}],
    }


def _objects(value: Json) -> list[JsonObject]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _vector(text: str) -> list[Json]:
    return [byte / 255 for byte in hashlib.sha256(text.encode()).digest()[:8]]


def _chunk(model: str, delta: JsonObject, finish: str | None = None) -> JsonObject:
    choice: JsonObject = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}
    return {
        "id": _ID,
        "object": "chat.completion.chunk",
        "created": _CREATED,
        "model": model,
        "choices": [choice],
    }


def _call_deltas(turn: Turn) -> Iterator[JsonObject]:
    if turn.style is not CallStyle.NATIVE:
        return
    for number, one in enumerate(turn.calls):
        text = dumps(one.arguments)
        half = len(text) // 2
        yield {
            "index": number,
            "id": f"call_{number}",
            "type": "function",
            "function": {"name": one.name, "arguments": text[:half]},
        }
        yield {"index": number, "function": {"arguments": text[half:]}}


def _finish(turn: Turn) -> str:
    return "tool_calls" if turn.calls and turn.style is CallStyle.NATIVE else "stop"


def _usage(turn: Turn) -> JsonObject:
    answer = len(written(turn))
    return {"prompt_tokens": 7, "completion_tokens": answer, "total_tokens": 7 + answer}
