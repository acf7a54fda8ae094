"""n8n in the lab, from recorded answers."""

from lab.fixtures import Round, ServiceFixture
from lab.replay import Raw, Replay, ReplayState, Sent, header
from lab.wire import Json, JsonObject

API_KEY = "n8n-key-4d1f8c2b"
WORKFLOWS = "GET /api/v1/workflows"
FAILURES, SUCCESSES = (f"GET /api/v1/executions?status={one}" for one in ("error", "success"))


def workflow(key: str, name: str, **changed: Json) -> JsonObject:
    """Return one workflow with a webhook."""
    hook: JsonObject = {
        "name": "Webhook",
        "type": "n8n-nodes-base.webhook",
        "parameters": {"path": f"hook-{key}", "httpMethod": "POST"},
    }
    return {"id": key, "name": name, "active": True, "isArchived": False, "nodes": [hook], **changed}


def execution(number: int, key: str, status: str = "success") -> JsonObject:
    """Return one execution."""
    is_over = status != "running"
    return {
        "id": number,
        "workflowId": key,
        "status": status,
        "finished": status == "success",
        "mode": "trigger",
        "startedAt": f"2026-11-03T06:{number % 60:02}:44.000Z",
        **({"stoppedAt": f"2026-11-03T06:{number % 60:02}:59.000Z"} if is_over else {}),
    }


def listed(*rows: Json, cursor: Json = None) -> JsonObject:
    """Return one page of a list."""
    return {"data": list(rows), "nextCursor": cursor}


def _rows(state: ReplayState, route: str) -> list[JsonObject]:
    rows = state.object(route)["data"]
    assert isinstance(rows, list)
    return [one for one in rows if isinstance(one, dict)]


def _all(state: ReplayState) -> list[JsonObject]:
    found = [*_rows(state, FAILURES), *_rows(state, SUCCESSES), *_started(state)]
    return sorted(found, key=lambda one: -int(str(one["id"])))


def _started(state: ReplayState) -> list[JsonObject]:
    found = state.values.setdefault("started", [])
    assert isinstance(found, list)
    return [one for one in found if isinstance(one, dict)]


def _newest(state: ReplayState, sent: Sent) -> Json:
    wanted, status = sent.query["workflowId"], sent.query.get("status")
    mine = [one for one in _all(state) if one["workflowId"] == wanted and status in (None, one["status"])]
    return listed(*mine[:1])


def _one(state: ReplayState, sent: Sent) -> Json | Raw:
    found = [one for one in _all(state) if str(one["id"]) == sent.parameters["id"]]
    return found[0] if found else Raw(status=404)


def _workflow(state: ReplayState, sent: Sent) -> Json | Raw:
    found = [one for one in _rows(state, WORKFLOWS) if one["id"] == sent.parameters["id"]]
    return found[0] if found else Raw(status=404)


def _start(state: ReplayState, key: str) -> JsonObject:
    row = execution(int(str(_all(state)[0]["id"])) + 1, key, "running")
    started = state.values["started"]
    assert isinstance(started, list)
    started.append(row)

    def end() -> None:
        row.update(execution(int(str(row["id"])), key))
        state.object(SUCCESSES)["data"] = [row, *_rows(state, SUCCESSES)]
        started.remove(row)

    state.later(3.0, end)
    return dict(row)


def _retry(state: ReplayState, sent: Sent) -> Json:
    failed = next(one for one in _all(state) if str(one["id"]) == sent.parameters["id"])
    return _start(state, str(failed["workflowId"]))


def _run(state: ReplayState, sent: Sent) -> Json:
    _start(state, sent.parameters["path"].removeprefix("hook-"))
    return {"message": "Workflow was started"}


FIXTURE = ServiceFixture(
    simulator=Replay(
        answers={
            "GET /rest/settings": {"data": {"versionCli": "2.3.1"}},
            WORKFLOWS: listed(
                workflow("w1", "Nightly export"),
                workflow("w2", "Lights off", nodes=[]),
                workflow("w3", "Old one", isArchived=True),
            ),
            "GET /api/v1/workflows/{id}": _workflow,
            FAILURES: listed(execution(7, "w1", "error"), execution(5, "w2", "error")),
            SUCCESSES: listed(execution(9, "w1"), execution(8, "w2")),
            "GET /api/v1/executions?limit=1": _newest,
            "GET /api/v1/executions?status=error&limit=1": _newest,
            "GET /api/v1/executions/{id}": _one,
        },
        effects={
            "POST /api/v1/executions/{id}/retry": _retry,
            "POST /webhook/{path}": _run,
        },
        accepts=header("X-N8N-API-KEY", API_KEY),
        public=frozenset({"/rest/settings", "/webhook/hook-w1"}),
    ),
    settings=lambda served: {"url": served.url, "api_key": API_KEY},
    wrong_credentials={"api_key": "n8n-key-0"},
    unhealthy={FAILURES: listed(execution(12, "w1", "error"), execution(11, "w2", "error"))},
    optional={
        "GET /api/v1/workflows?limit=100&excludePinnedData=true data.isArchived": "There is no archive",
        "GET /rest/settings data.versionCli": "Newer versions do not report it",
    },
    rounds=(
        Round(action="retry", target="Nightly export", write=("POST", "/api/v1/executions/7/retry")),
        Round(action="run", target="Nightly export", write=("POST", "/webhook/hook-w1")),
    ),
)
