"""A router of llama.cpp in the lab, from recorded answers."""

from typing import Any

from lab.fixtures import Round, ServiceFixture
from lab.lab import Lab
from lab.replay import Raw, Replay, ReplayState, Sent, bearer
from lab.wire import Json, JsonObject

TOKEN = "sk-local-7c1e9a"
MODELS, SLOTS, METRICS = "GET /v1/models", "GET /slots", "GET /metrics"
PROPS, VERSION, STUDIO = "GET /props", "GET /version", "GET /api/v0/models"
ABSENT = Raw(
    status=404, body={"error": {"code": 404, "message": "File Not Found", "type": "not_found_error"}}
)


def model(name: str, value: str | None = None, **changed: Json) -> JsonObject:
    """Return one model; ``value`` is what the router does with it."""
    row: JsonObject = {"id": name, "object": "model", "created": 1_763_459_000, "owned_by": "llamacpp"}
    if value is not None:
        row["status"] = {"value": value, "args": ["llama-server", "-c", "8192"], **changed}
    return row


def listed(*found: Json) -> JsonObject:
    """Return the list of models."""
    return {"object": "list", "data": [*found]}


def metrics(decoded: int, running: int, waiting: int) -> Raw:
    """Return an exposition with these values."""
    lines = (
        "# HELP llamacpp:n_decode_total Total number of llama_decode() calls",
        "# TYPE llamacpp:n_decode_total counter",
        f"llamacpp:n_decode_total {decoded}",
        f"llamacpp:requests_processing {running}",
        f"llamacpp:requests_deferred {waiting}",
        "llamacpp:kv_cache_usage_ratio 0.25",
        "llamacpp:odd_value none",
    )
    return Raw(text="\n".join(lines))


def _turn(value: str) -> Any:
    def change(state: ReplayState, sent: Sent) -> Json:
        found = state.object(MODELS)["data"]
        for row in found if isinstance(found, list) else []:
            if isinstance(row, dict) and row["id"] == sent.fields["model"]:
                row["status"] = {"value": "loading"}
                state.later(3.0, lambda row=row: row.update(status={"value": value}))  # type: ignore[misc]
        return {"success": True}

    return change


async def _no_progress(lab: Lab) -> None:
    served: Any = lab.served["openai_compatible"]
    served.state.answers[METRICS] = metrics(9000, 1, 2)
    served.state.answers[MODELS] = listed(
        model("qwen3-14b", "loaded"),
        model("gemma-3-4b", "unloaded", failed=True, exit_code=1),
        model("bge-m3", "unloaded"),
    )
    await lab.pass_time(400)


FIXTURE = ServiceFixture(
    simulator=Replay(
        answers={
            MODELS: listed(
                model("qwen3-14b", "loaded"), model("gemma-3-4b", "unloaded"), model("bge-m3", "unloaded")
            ),
            SLOTS: [
                {"id": 0, "n_ctx": 8192, "is_processing": True, "prompt": "private"},
                {"id": 1, "n_ctx": 8192, "is_processing": False},
            ],
            METRICS: metrics(9000, 1, 0),
            PROPS: {"build_info": "b7205-3b9f1c2", "total_slots": 2},
            VERSION: ABSENT,
            STUDIO: ABSENT,
        },
        effects={"POST /models/load": _turn("loaded"), "POST /models/unload": _turn("unloaded")},
        accepts=bearer(TOKEN),
    ),
    settings=lambda served: {"url": served.url, "token": TOKEN},
    wrong_credentials={"token": "wrong"},
    unhealthy=_no_progress,
    optional={
        f"{MODELS} data.status.failed": "It did not fail",
    },
    rounds=(
        Round(action="load", target="gemma-3-4b", write=("POST", "/models/load")),
        Round(action="unload", target="qwen3-14b", write=("POST", "/models/unload")),
    ),
)
