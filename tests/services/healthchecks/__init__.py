"""Healthchecks in the lab, from recorded answers: a job of each status."""

import hashlib

from lab.fixtures import Round, ServiceFixture
from lab.replay import Raw, Replay, ReplayState, Sent, header
from lab.wire import Json, JsonObject

API_KEY = "hcw_4mZt8Qy1Lx6RkPd3Vn7Bs"
JOBS = "GET /api/v3/checks/"
BACKUP, SCRUB = "5b0c1d2e-7f34-4a9b-8c11-2d3e4f5a6b70", "9e21a7c4-0d5b-4f62-a3b8-61c7d8e9f012"
MAIL, OLD, FRESH = (f"{number}c4d2e10-1a2b-4c3d-9e8f-7a6b5c4d3e2{number}" for number in "123")


def key_of(uuid: str) -> str:
    """Return how Healthchecks names a job to who may only read."""
    return hashlib.sha1(uuid.replace("-", "")[:16].encode(), usedforsecurity=False).hexdigest()


def job(uuid: str, name: str, status: str, **more: Json) -> JsonObject:
    """Return a job as a read-write key gets it."""
    return {
        "name": name,
        "slug": name.lower().replace(" ", "-"),
        "tags": "host=nas nightly",
        "desc": "",
        "grace": 3600,
        "n_pings": 214,
        "status": status,
        "started": False,
        "last_ping": "2026-11-18T02:10:07+00:00",
        "next_ping": "2026-11-19T02:10:07+00:00",
        "manual_resume": False,
        "methods": "",
        "last_duration": 418,
        "uuid": uuid,
        "ping_url": f"https://ping.example.org/{uuid}",
        "timeout": 86400,
        **more,
    }


def _set(state: ReplayState, uuid: str, status: str) -> Json | Raw:
    rows = state.object(JOBS)["checks"]
    assert isinstance(rows, list)
    for row in rows:
        if isinstance(row, dict) and row["uuid"] == uuid:
            row["status"] = status
            return row
    return Raw(status=404, body={"error": "check not found"})


def _pause(state: ReplayState, sent: Sent) -> Json | Raw:
    return _set(state, sent.parameters["uuid"], "paused")


def _resume(state: ReplayState, sent: Sent) -> Json | Raw:
    return _set(state, sent.parameters["uuid"], "new")


FIXTURE = ServiceFixture(
    simulator=Replay(
        answers={
            JOBS: {
                "checks": [
                    job(BACKUP, "Nightly backup", "down", last_ping="2026-11-16T02:09:58+00:00"),
                    job(SCRUB, "Scrub", "up"),
                    job(MAIL, "Mail digest", "grace"),
                    job(OLD, "Old report", "paused"),
                    job(FRESH, "Fresh job", "new", last_ping=None, last_duration=None),
                ]
            },
            "GET /api/v3/checks/{key}/flips/": [
                {"timestamp": "2026-11-17T03:10:07+00:00", "up": 0},
                {"timestamp": "2026-11-10T02:10:07+00:00", "up": 1},
            ],
        },
        effects={
            "POST /api/v3/checks/{uuid}/pause": _pause,
            "POST /api/v3/checks/{uuid}/resume": _resume,
        },
        accepts=header("X-Api-Key", API_KEY),
        failure='{"error": "Simulated failure"}',
    ),
    settings=lambda served: {"url": served.url, "api_key": API_KEY},
    wrong_credentials={"api_key": "hcw_wrong"},
    unhealthy={
        JOBS: {
            "checks": [
                job(OLD, "Old report", "paused"),
                job(FRESH, "Fresh job", "new", last_ping=None, last_duration=None),
            ]
        }
    },
    rounds=(
        Round(action="pause_job", target="Scrub", write=("POST", f"/api/v3/checks/{SCRUB}/pause")),
        Round(action="resume_job", target="Old report", write=("POST", f"/api/v3/checks/{OLD}/resume")),
    ),
    targets={"job": "Nightly backup"},
)
