"""Beszel in the lab, from recorded answers: a system of each status."""

from datetime import timedelta

from lab.fixtures import Round, ServiceFixture
from lab.replay import Raw, Replay, ReplayState, Sent
from lab.wire import Json, JsonObject

USER, PASSWORD, TOKEN = "steward@example.org", "Amber-wren-58", "eyJhbGciOi.amber.wren"
SYSTEMS = "GET /api/collections/systems/records"
RULES = "GET /api/collections/alerts/records"
LOGIN = "POST /api/collections/users/auth-with-password"
NAS, PI, OLD, NEW = "k3v9x1m7q2w8e5r", "b8n4c6z0l1j7h3g", "p5t2y9u6i4o8a1s", "d0f7g3h6j9k2l5z"


def page(*rows: Json) -> JsonObject:
    """Return a page that holds everything."""
    return {"page": 1, "perPage": 500, "totalItems": len(rows), "totalPages": 1, "items": [*rows]}


def system(state: ReplayState, key: str, name: str, status: str, age: float = 20, **info: Json) -> JsonObject:
    """Return a system that reported ``age`` seconds ago."""
    readings: JsonObject = {
        "h": name,
        "u": 1209600,
        "cpu": 12.4,
        "mp": 48.1,
        "dp": 71.9,
        "dt": 47.5,
        "v": "0.18.3",
    }
    return {
        "id": key,
        "name": name,
        "host": f"{name}.example.org",
        "port": "45876",
        "status": state.values.get(key, status),
        "updated": f"{state.now() - timedelta(seconds=age):%Y-%m-%d %H:%M:%S.123Z}",
        "info": {**readings, **info},
    }


def rule(key: str, name: str, *, triggered: bool, value: float = 80) -> JsonObject:
    """Return an alert that a person configured."""
    at = "2026-11-18 10:58:11.204Z"
    fields: JsonObject = {"system": key, "name": name, "value": value, "min": 10}
    return {"id": f"{key[:8]}{name.lower()}", **fields, "triggered": triggered, "updated": at}


def _systems(state: ReplayState, _: Sent) -> Json:
    return page(
        system(state, NAS, "nas", "up", dp=93.2),
        system(state, PI, "pi", "down", 4000),
        system(state, OLD, "old", "paused", 90000),
    )


def _silent(state: ReplayState, _: Sent) -> Json:
    return page(system(state, NAS, "nas", "up", 4000), system(state, OLD, "old", "paused", 90000))


def _log_in(_: ReplayState, sent: Sent) -> Json | Raw:
    if sent.fields.get("identity") != USER or sent.fields.get("password") != PASSWORD:
        return Raw(status=400, body={"status": 400, "message": "Failed to authenticate.", "data": {}})
    return {"token": TOKEN, "record": {"id": "u1", "email": USER, "role": "user"}}


def _patch(state: ReplayState, sent: Sent) -> Json:
    state.values[sent.parameters["id"]] = sent.fields["status"]
    return {"id": sent.parameters["id"], "status": sent.fields["status"]}


def _accepts(_: ReplayState, sent: Sent) -> bool:
    return sent.headers.get("authorization") == TOKEN


FIXTURE = ServiceFixture(
    simulator=Replay(
        answers={
            LOGIN: _log_in,
            "GET /api/beszel/getkey": {"key": "ssh-ed25519 AAAAC3Nza", "v": "0.18.3"},
            SYSTEMS: _systems,
            RULES: page(
                rule(NAS, "Disk", triggered=True),
                rule(NAS, "CPU", triggered=False),
                rule(PI, "Status", triggered=True),
                rule(PI, "Memory", triggered=False),
            ),
        },
        effects={"PATCH /api/collections/systems/records/{id}": _patch},
        accepts=_accepts,
        public=frozenset({"/api/collections/users/auth-with-password"}),
        failure='{"status": 500, "message": "Simulated failure", "data": {}}',
    ),
    settings=lambda served: {"url": served.url, "username": USER, "password": PASSWORD},
    wrong_credentials={"password": "Amber-wren-59"},
    unhealthy={SYSTEMS: _silent},
    rounds=(
        Round(
            action="pause_system", target="nas", write=("PATCH", f"/api/collections/systems/records/{NAS}")
        ),
        Round(
            action="resume_system", target="old", write=("PATCH", f"/api/collections/systems/records/{OLD}")
        ),
    ),
)
