"""Grafana in the lab, from recorded answers: two alerts of its own rules, and silences."""

from lab.fixtures import Round, ServiceFixture
from lab.replay import Raw, Replay, ReplayState, Sent, bearer
from lab.wire import Json, JsonObject

TOKEN = "glsa_Zk2vQ8rT1mXw5bYc7dNf0pLs3hJu6eGa_91c4e7d2"
API = "/api/alertmanager/grafana/api/v2"
ALERTS, SILENCES = f"GET {API}/alerts", f"GET {API}/silences"
RULES, HEALTH = "GET /api/prometheus/grafana/api/v1/rules", "GET /api/health"
PERMISSIONS = "GET /api/access-control/user/permissions"

SENT: JsonObject = {
    "receiver": "steward",
    "status": "firing",
    "orgId": 1,
    "alerts": [
        {
            "status": "firing",
            "labels": {"alertname": "Freezer warm", "instance": "freezer", "severity": "critical"},
            "annotations": {"summary": "The freezer has -8 °C"},
            "startsAt": "2026-11-18T11:58:10Z",
            "endsAt": "0001-01-01T00:00:00Z",
            "generatorURL": "http://grafana.example.org:3000/alerting/grafana/fz1/view",
            "fingerprint": "8f2c1d7a90b3e645",
            "values": {"A": -8.2, "C": 1},
            "valueString": "[ var='A' labels={} value=-8.2 ]",
        },
        {
            "status": "resolved",
            "labels": {"alertname": "Load high", "instance": "nas2"},
            "annotations": {},
            "startsAt": "2026-11-18T11:00:00Z",
            "endsAt": "2026-11-18T11:59:00Z",
            "fingerprint": "1b6e0f3c52d7a984",
            "values": None,
        },
    ],
    "version": "1",
    "truncatedAlerts": 0,
    "title": "[FIRING:1, RESOLVED:1] steward",
    "state": "alerting",
}
"""What its contact point sends."""


def alert(fingerprint: str, name: str, where: str, **labels: str) -> JsonObject:
    """Return an alert as its Alertmanager lists it."""
    return {
        "fingerprint": fingerprint,
        "labels": {"alertname": name, "grafana_folder": "Home", "instance": where, **labels},
        "annotations": {"summary": f"{name} at {where}", "__orgId__": "1"},
        "startsAt": "2026-11-18T09:12:40.000Z",
        "endsAt": "2026-11-18T11:16:40.000Z",
        "updatedAt": "2026-11-18T11:06:40.000Z",
        "receivers": [{"name": "steward"}],
        "status": {"state": "active", "silencedBy": [], "inhibitedBy": [], "mutedBy": []},
    }


def rule(name: str, state: str = "inactive", health: str = "ok", *series: Json) -> JsonObject:
    """Return a rule as the API of its rules lists it."""
    found: Json = [*series]
    return {"name": name, "type": "alerting", "state": state, "health": health, "alerts": found}


def series(name: str, where: str, **labels: str) -> JsonObject:
    """Return a series of a rule that is fine."""
    found: JsonObject = {"alertname": name, "grafana_folder": "Home", "instance": where, **labels}
    return {"labels": found, "state": "Normal", "activeAt": "2026-11-18T09:00:00Z", "value": "1"}


def rules(*found: Json) -> JsonObject:
    """Return the answer with two groups of rules."""
    groups: Json = [{"name": "five minutes", "rules": [*found[:1]]}, {"name": "hour", "rules": [*found[1:]]}]
    return {"status": "success", "data": {"groups": groups, "totals": {}}}


def _silence(state: ReplayState, sent: Sent) -> Json | Raw:
    key = f"7d1f0c52-{len(state.rows(SILENCES))}"
    state.rows(SILENCES).append({"id": key, "status": {"state": "active"}, **sent.fields})
    return Raw(status=202, body={"silenceID": key})


def _expire(state: ReplayState, sent: Sent) -> Json:
    for row in state.rows(SILENCES):
        if isinstance(row, dict) and row["id"] == sent.parameters["id"]:
            row["status"] = {"state": "expired"}
    return {"message": "silence deleted"}


FIXTURE = ServiceFixture(
    simulator=Replay(
        answers={
            HEALTH: {"database": "ok", "version": "13.0.1", "commit": "4f1c2ab"},
            ALERTS: [
                alert("8f2c1d7a90b3e645", "Freezer warm", "freezer", severity="critical"),
                alert("1b6e0f3c52d7a984", "Load high", "nas2"),
            ],
            SILENCES: [],
            PERMISSIONS: {
                "alert.instances:read": [""],
                "alert.instances:create": [""],
                "alert.rules:read": ["folders:*"],
                "dashboards:read": ["folders:*"],
            },
            RULES: rules(rule("Freezer warm", "firing"), rule("Load high", "firing"), rule("Disk full")),
        },
        effects={f"POST {API}/silences": _silence, f"DELETE {API}/silence/{{id}}": _expire},
        accepts=bearer(TOKEN),
    ),
    settings=lambda served: {"url": served.url, "token": TOKEN},
    wrong_credentials={"token": "glsa_wrong"},
    optional={
        f"{RULES} data.groups.rules.state": "A rule that does not say that it fires proves nothing",
        f"{RULES} data.groups.rules.health": "It was not evaluated yet: no reading depends on it",
    },
    rounds=(
        Round(
            action="silence_alert",
            target="Freezer warm on freezer",
            arguments={"hours": 4},
            write=("POST", f"{API}/silences"),
        ),
    ),
)
