"""LiteLLM's proxy in the lab, from recorded answers."""

from lab.fixtures import ServiceFixture
from lab.replay import Replay, bearer
from lab.wire import Json, JsonObject

TOKEN = "sk-master-51f0c2"
DETAILS, INFO = "GET /health/readiness/details", "GET /model/info"
BACKLOG, LATEST = "GET /health/backlog", "GET /health/latest"


def deployment(key: str, name: str) -> JsonObject:
    """Return one deployment with a key that nobody must see."""
    params: JsonObject = {
        "model": f"openai/{name}",
        "api_base": "http://10.0.4.7/v1",
        "api_key": "sk-private",
    }
    return {"model_name": name, "litellm_params": params, "model_info": {"id": key, "db_model": False}}


def health(status: str = "healthy", error: str | None = None) -> JsonObject:
    """Return the last health check of a deployment."""
    found: JsonObject = {
        "status": status,
        "healthy_count": 1,
        "unhealthy_count": 0,
        "response_time_ms": 412.5,
    }
    return {**found, "error_message": error, "checked_at": "2026-11-18T10:58:00+00:00"}


def latest(**checks: Json) -> JsonObject:
    """Return the last health checks by deployment."""
    return {"latest_health_checks": {**checks}, "total_models": len(checks)}


def details(db: str) -> JsonObject:
    """Return what the proxy says about itself."""
    return {"status": "healthy", "db": db, "cache": "redis", "litellm_version": "1.106.2"}


FIXTURE = ServiceFixture(
    simulator=Replay(
        answers={
            DETAILS: details("connected"),
            INFO: {
                "data": [
                    deployment("a1", "local-chat"),
                    deployment("b2", "local-chat"),
                    deployment("c3", "gemini"),
                ]
            },
            BACKLOG: {"in_flight_requests": 2},
            LATEST: latest(a1=health(), b2=health(), c3=health()),
        },
        accepts=bearer(TOKEN),
    ),
    settings=lambda served: {"url": served.url, "token": TOKEN},
    wrong_credentials={"token": "sk-wrong"},
    unhealthy={
        DETAILS: details("disconnected"),
        LATEST: latest(a1=health(), b2=health("unhealthy", "Connection refused"), c3=health()),
    },
)
