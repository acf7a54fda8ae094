"""Jaeger in the lab, from recorded answers: two services that are watched, one of them fails."""

import orjson

from lab.fixtures import ServiceFixture
from lab.replay import Raw, Replay, ReplayState, Sent
from lab.wire import Json, JsonObject

NOW = 1_795_000_000 * 10**6
SERVICES, TRACES = "GET /api/services", "GET /api/traces"
VERSION = {"gitCommit": "36f2a31", "gitVersion": "v2.11.0", "buildDate": "2026-09-02T10:00:00Z"}
PAGE = f"<html><script>const JAEGER_VERSION = {orjson.dumps(VERSION).decode()};</script></html>"


def span(key: str, name: str, after: int, took: int, message: str = "", process: str = "p1") -> JsonObject:
    """Return an operation; ``after`` and ``took`` in milliseconds."""
    tags: list[Json] = [{"key": "http.url", "type": "string", "value": "http://x/?token=heron"}]
    if message:
        tags += [
            {"key": "error", "type": "bool", "value": True},
            {"key": "otel.status_description", "type": "string", "value": message},
        ]
    return {
        "traceID": "4bf92f3577b34da6",
        "spanID": key,
        "operationName": name,
        "references": [],
        "startTime": NOW - 90 * 10**6 + after * 1000,
        "duration": took * 1000,
        "processID": process,
        "tags": tags,
        "logs": [{"timestamp": NOW, "fields": [{"key": "event", "type": "string", "value": "exception"}]}],
    }


def trace(key: str, *spans: JsonObject) -> JsonObject:
    """Return a trace through two services."""
    processes: Json = {"p1": {"serviceName": "shop", "tags": []}, "p2": {"serviceName": "stock", "tags": []}}
    return {"traceID": key, "spans": [*spans], "processes": processes, "warnings": None}


def found(*traces: JsonObject) -> JsonObject:
    """Return the answer to a search."""
    return {"data": [*traces], "total": 0, "limit": 0, "offset": 0, "errors": None}


FAILED = trace(
    "4bf92f3577b34da6a3ce929d0e0e4736",
    span("a1", "GET /cart", 0, 812, "upstream failed"),
    span("a2", "SELECT stock", 20, 700, "connection refused", "p2"),
)
FINE = trace("91ab0f3577b34da6a3ce929d0e0e4736", span("b1", "GET /cart", 0, 21))


def _search(state: ReplayState, sent: Sent) -> Json | Raw:
    count = state.values.get("failed", 1)
    assert isinstance(count, int)
    if "tags" in sent.query:
        many = [{**FAILED, "traceID": f"{number:032x}"} for number in range(1, count + 1)]
        return found(*(many if sent.query["service"] == "shop" else []))
    return found(FINE) if state.values.get("fine", 1) else found()


def _fails(state: ReplayState, sent: Sent) -> Json | Raw:
    state.values["failed"] = 4
    return _search(state, sent)


FIXTURE = ServiceFixture(
    simulator=Replay(
        answers={
            SERVICES: {"data": ["shop", "stock", "jaeger-all-in-one"], "total": 3, "errors": None},
            TRACES: _search,
            "GET /api/traces/{id}": found(FAILED),
            "GET /search": Raw(text=PAGE, content_type="text/html"),
        },
        failure='{"data": null, "errors": [{"code": 500, "msg": "Simulated failure"}]}',
    ),
    settings=lambda served: {"url": served.url, "services": "shop, stock"},
    unhealthy={TRACES: _fails},
    arguments={"service": "shop", "slow_ms": 500, "trace": "4bf92f3577b34da6a3ce929d0e0e4736"},
    targets={"traced_service": "shop"},
)
