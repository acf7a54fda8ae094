"""Ollama's API as documented: lines of JSON, times in nanoseconds."""

from collections.abc import Iterator

from lab.model_openai import openai_said
from lab.model_script import CallStyle, Said, Turn, written
from lab.wire import Json, JsonObject

_AT = "2026-11-21T04:00:00.000000Z"
_DIGEST = "365c0bd3c000a25d28ddbf732fe1c6add414de7275464c4e4d1c3b5fcb5d8ad1"


def ollama_said(body: JsonObject) -> Said:
    """Return a request for the script. Messages and tools have OpenAI's format."""
    return openai_said(body)


def ollama_chunks(model: str, turn: Turn, *, is_streamed: bool) -> Iterator[JsonObject]:
    """Yield the lines of an answer; the last one is `done` and has the statistics."""
    calls: list[Json] = [
        {"function": {"name": one.name, "arguments": one.arguments}}
        for one in turn.calls
        if turn.style is CallStyle.NATIVE
    ]
    pieces = written(turn)
    if is_streamed:
        for piece in pieces:
            yield _line(model, {"role": "assistant", "content": piece})
        if calls:
            yield _line(model, {"role": "assistant", "content": "", "tool_calls": calls})
    message: JsonObject = {"role": "assistant", "content": "" if is_streamed else "".join(pieces)}
    if calls and not is_streamed:
        message["tool_calls"] = calls
    yield {
        **_line(model, message),
        "done": True,
        "done_reason": "stop",
        "total_duration": 4_883_583_458,
        "load_duration": 1_334_875,
        "prompt_eval_count": 7,
        "prompt_eval_duration": 342_546_000,
        "eval_count": len(pieces),
        "eval_duration": 4_535_599_000,
    }


def ollama_models(model: str) -> JsonObject:
    """Return the response of `/api/tags`."""
    return {
        "models": [
            {
                "name": model,
                "model": model,
                "modified_at": _AT,
                "size": 491_400_064,
                "digest": _DIGEST,
                "details": _details(),
            }
        ]
    }


def ollama_running(model: str) -> JsonObject:
    """Return the response of `/api/ps`."""
    return {
        "models": [
            {
                "name": model,
                "model": model,
                "size": 491_400_064,
                "digest": _DIGEST,
                "details": _details(),
                "expires_at": "2026-11-21T05:00:00.000000Z",
                "size_vram": 0,
            }
        ]
    }


def ollama_shown() -> JsonObject:
    """Return the response of `/api/show`, for a model that supports tools."""
    return {
        "modelfile": "# Modelfile",
        "parameters": 'stop "<|im_end|>"',
        "template": "{{ .Prompt }}",
        "details": _details(),
        "model_info": {"general.architecture": "qwen2", "qwen2.context_length": 32768},
        "capabilities": ["completion", "tools"],
    }


def _line(model: str, message: JsonObject) -> JsonObject:
    return {"model": model, "created_at": _AT, "message": message, "done": False}


def _details() -> JsonObject:
    return {
        "parent_model": "",
        "format": "gguf",
        "family": "qwen2",
        "families": ["qwen2"],
        "parameter_size": "494.03M",
        "quantization_level": "Q4_K_M",
    }
