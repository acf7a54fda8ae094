"""Bazarr in the lab, from recorded answers."""

from functools import partial

from lab.fixtures import Round, ServiceFixture
from lab.lab import Lab
from lab.replay import Raw, Replay, ReplaySimulator, ReplayState, Sent, header
from lab.wire import Json, JsonObject

API_KEY = "7c1d9a3e5f2b4c6d8e0f1a2b3c4d5e6f"
TASKS = "GET /api/system/tasks"
STATUS, PROVIDERS = "GET /api/system/status", "GET /api/providers"
THROTTLED: JsonObject = {"name": "subsrack", "status": "TooManyRequests", "retry": "in 12 hours"}


def _restart(state: ReplayState, _: Sent) -> None:
    state.away(4.0)
    status = state.object(STATUS)["data"]
    assert isinstance(status, dict)
    state.later(4.0, lambda: status.update(start_time=state.now().timestamp()))


def _reset(state: ReplayState, _: Sent) -> None:
    state.answers[PROVIDERS] = providers()


def providers(*more: Json) -> JsonObject:
    """Return two providers that work, and more."""
    good: list[Json] = [{"name": one, "status": "Good", "retry": "-"} for one in ("opensubs", "subsource")]
    return {"data": [*good, *more]}


def task(key: str) -> JsonObject:
    """Return a task that does not run now."""
    return {
        "job_id": key,
        "name": key.replace("_", " ").capitalize(),
        "interval": "every 6 hours",
        "next_run_in": "3 hours from now",
        "next_run_time": "3 hours from now",
        "job_running": False,
    }


def _run(state: ReplayState, sent: Sent) -> Raw:
    found = state.object(TASKS)["data"]
    assert isinstance(found, list)
    for one in found:
        if isinstance(one, dict) and one["job_id"] == sent.fields["taskid"]:
            one["job_running"] = True
            state.later(60.0, partial(one.update, job_running=False))
    return Raw(status=204)


async def _has_throttled(lab: Lab) -> None:
    served = lab.served["bazarr"]
    assert isinstance(served, ReplaySimulator)
    served.state.answers[PROVIDERS] = providers(THROTTLED)


FIXTURE = ServiceFixture(
    simulator=Replay(
        answers={
            STATUS: {"data": {"bazarr_version": "1.5.3", "start_time": 1795226614.5, "cpu_cores": 4}},
            "GET /api/system/health": {"data": []},
            PROVIDERS: providers(),
            TASKS: {
                "data": [
                    task("wanted_search_missing_subtitles_series"),
                    task("wanted_search_missing_subtitles_movies"),
                    task("update_series"),
                    task("update_movies"),
                ]
            },
            "GET /api/badges": {"episodes": 12, "movies": 3, "providers": 0, "status": 0},
            "GET /api/system/logs": {
                "data": [{"timestamp": "2026-11-03 06:12:44", "type": "INFO", "message": "Search is done"}]
            },
        },
        effects={"POST /api/system": _restart, "POST /api/providers": _reset, "POST /api/system/tasks": _run},
        accepts=header("X-API-KEY", API_KEY),
    ),
    settings=lambda served: {"url": served.url, "api_key": API_KEY},
    wrong_credentials={"api_key": "0" * 32},
    unhealthy={
        "GET /api/system/health": {
            "data": [
                {"object": "/media/films", "issue": "This path is not accessible"},
                {"object": "/media/series", "issue": "This path is not accessible"},
            ]
        },
        PROVIDERS: providers(THROTTLED),
    },
    rounds=(
        Round(action="restart", write=("POST", "/api/system")),
        Round(action="search_missing", arguments={"of": "films"}, write=("POST", "/api/system/tasks")),
        Round(action="refresh", write=("POST", "/api/system/tasks")),
        Round(action="reset_providers", write=("POST", "/api/providers"), prepare=_has_throttled),
    ),
)
