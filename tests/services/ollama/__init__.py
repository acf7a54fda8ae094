"""Ollama in the lab, from recorded answers."""

from typing import Any

from lab.fixtures import Round, ServiceFixture
from lab.lab import Lab
from lab.replay import Raw, Replay, ReplayState, Sent
from lab.wire import Json, JsonObject

TAGS, RUNNING = "GET /api/tags", "GET /api/ps"
GIB = 1024**3


def installed(name: str, gib: float) -> JsonObject:
    """Return a model on the disk."""
    return {
        "name": name,
        "model": name,
        "size": int(gib * GIB),
        "digest": f"{len(name):02x}e4c0ffb1",
        "modified_at": "2026-10-02T08:14:09.311+02:00",
        "details": {"family": "llama", "parameter_size": "8.0B", "quantization_level": "Q4_K_M"},
    }


def running(name: str, gib: float, minute: int) -> JsonObject:
    """Return a model in GPU memory that is unloaded in this minute."""
    row: JsonObject = {"name": name, "model": name, "size": int(gib * GIB), "size_vram": int(gib * GIB)}
    return {**row, "expires_at": f"2026-11-18T12:{minute:02}:00.5+01:00", "context_length": 4096}


def rows(state: ReplayState, route: str) -> list[Json]:
    """Return the models that a route lists."""
    found = state.object(route)["models"]
    assert isinstance(found, list)
    return found


def listed(*found: Json) -> JsonObject:
    """Return the answer that lists these models."""
    return {"models": [*found]}


def _without(state: ReplayState, route: str, name: Json) -> None:
    rows(state, route)[:] = [
        one for one in rows(state, route) if isinstance(one, dict) and one["name"] != name
    ]


def _generate(state: ReplayState, sent: Sent) -> Json | Raw:
    name = sent.fields["model"]
    if not any(isinstance(one, dict) and one["name"] == name for one in rows(state, TAGS)):
        return Raw(status=404, body={"error": f"model '{name}' not found"})
    _without(state, RUNNING, name)
    is_unload = sent.fields.get("keep_alive") == 0
    if not is_unload:
        rows(state, RUNNING).append(running(str(name), 5.0, 59))
    return {"model": name, "response": "", "done": True, "done_reason": "unload" if is_unload else "load"}


def _pull(state: ReplayState, sent: Sent) -> Json:
    rows(state, TAGS).append(installed(str(sent.fields["model"]), 2.0))
    return {"status": "success"}


def _delete(state: ReplayState, sent: Sent) -> Json:
    _without(state, TAGS, sent.fields["model"])
    return None


async def _lose_a_model(lab: Lab) -> None:
    served: Any = lab.served["ollama"]
    _without(served.state, TAGS, "nomic-embed-text:latest")


FIXTURE = ServiceFixture(
    simulator=Replay(
        answers={
            "GET /api/version": {"version": "0.12.6"},
            TAGS: listed(
                installed("llama3.1:8b", 4.6),
                installed("qwen3:14b", 8.6),
                installed("nomic-embed-text:latest", 0.3),
            ),
            RUNNING: listed(running("llama3.1:8b", 6.0, 20), running("qwen3:14b", 10.0, 10)),
        },
        effects={"POST /api/generate": _generate, "POST /api/pull": _pull, "DELETE /api/delete": _delete},
    ),
    settings=lambda served: {
        "url": served.url,
        "gpu_memory": 24,
        "models": "nomic-embed-text, qwen3:14b",
    },
    targets={"model": "llama3.1:8b"},
    unhealthy={
        TAGS: listed(installed("llama3.1:8b", 4.6), installed("qwen3:14b", 8.6)),
        RUNNING: listed(running("llama3.1:8b", 6.0, 20), running("qwen3:14b", 17.8, 10)),
    },
    rounds=(
        Round(action="load", target="nomic-embed-text:latest", write=("POST", "/api/generate")),
        Round(action="unload", target="llama3.1:8b", write=("POST", "/api/generate")),
        Round(
            action="pull",
            target="nomic-embed-text:latest",
            write=("POST", "/api/pull"),
            prepare=_lose_a_model,
        ),
    ),
)
