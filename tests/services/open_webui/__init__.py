"""Open WebUI in the lab, from recorded answers."""

from lab.fixtures import ServiceFixture
from lab.replay import Replay, bearer
from lab.wire import JsonObject

TOKEN = "sk-3f0b8a6c51d94e72"
MODELS, DATABASE = "GET /api/models", "GET /health/db"


def model(name: str, owner: str) -> JsonObject:
    """Return one model that people can select."""
    return {"id": name, "name": name, "owned_by": owner, "object": "model", "connection_type": "local"}


FIXTURE = ServiceFixture(
    simulator=Replay(
        answers={
            "GET /api/version": {"version": "0.12.4", "deployment_id": ""},
            MODELS: {
                "data": [model("llama3.1:8b", "ollama"), model("qwen3", "ollama"), model("gpt-oss", "openai")]
            },
            DATABASE: {"status": True},
        },
        accepts=bearer(TOKEN),
    ),
    settings=lambda served: {"url": served.url, "token": TOKEN},
    wrong_credentials={"token": "sk-wrong"},
    unhealthy={MODELS: {"data": []}, DATABASE: {"status": False}},
)
