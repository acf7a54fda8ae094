"""Example in the lab, from recorded answers."""

from lab.fixtures import Round, ServiceFixture
from lab.replay import Replay, ReplayState, Sent, header
from lab.wire import Json

API_KEY = "0123456789abcdef"
STATUS, WORKERS = "GET /api/v1/status", "GET /api/v1/workers"


def _restart(state: ReplayState, _: Sent) -> Json:
    state.away(4.0)
    state.later(4.0, lambda: state.object(STATUS).update(startedAt=state.stamp()))
    return {"ok": True}


FIXTURE = ServiceFixture(
    simulator=Replay(
        answers={
            STATUS: {"version": "1.4.2", "startedAt": "2026-11-03T06:12:44Z", "jobsWaiting": 3},
            WORKERS: [
                {"id": 1, "name": "north", "state": "running"},
                {"id": 2, "name": "south", "state": "running"},
            ],
        },
        effects={"POST /api/v1/restart": _restart},
        accepts=header("X-Api-Key", API_KEY),
    ),
    settings=lambda served: {"url": served.url, "api_key": API_KEY},
    wrong_credentials={"api_key": "fedcba9876543210"},
    unhealthy={
        WORKERS: [
            {"id": 1, "name": "north", "state": "stopped"},
            {"id": 2, "name": "south", "state": "stopped"},
        ]
    },
    rounds=(Round(action="restart", write=("POST", "/api/v1/restart")),),
)
