"""LibreNMS in the lab, from recorded answers: devices up, down and disabled, and alerts of its rules."""

from lab.fixtures import Round, ServiceFixture
from lab.replay import Raw, Replay, ReplayState, Sent, header
from lab.wire import Json, JsonObject

TOKEN = "c41d07a2b9e84f6c8d13aa57"
DEVICES, ALERTS, RULES = (f"GET /api/v0/{what}" for what in ("devices", "alerts", "rules"))
UNPOLLED = "GET /api/v0/pollers/log"


def listed(what: str, *rows: Json, total: int | None = None) -> JsonObject:
    """Return an answer with all rows."""
    count = len(rows) if total is None else total
    return {"status": "ok", "message": "", what: [*rows], "count": count}


def device(number: int, name: str, **more: Json) -> JsonObject:
    """Return a device that is up."""
    return {
        "device_id": number,
        "hostname": f"{name}.example.org",
        "sysName": name,
        "display": "{{ $sysName_fallback }}",
        "ip": f"192.0.2.{number}",
        "status": 1,
        "status_reason": "",
        "disabled": 0,
        "ignore": 0,
        "uptime": 864000,
        "hardware": "PC Engines",
        "os": "linux",
        "version": "6.12",
        "last_polled": "2026-11-18 12:05:11",
        **more,
    }


def alert(number: int, device: int, rule: int, state: int, severity: str = "critical") -> JsonObject:
    """Return a rule applied to a device."""
    name = {1: "sw1", 2: "nas", 3: "old"}[device]
    return {
        "id": number,
        "device_id": device,
        "rule_id": rule,
        "state": state,
        "alerted": 1,
        "open": 1,
        "timestamp": "2026-11-18 11:40:02",
        "severity": severity,
        "hostname": f"{name}.example.org",
    }


def _set(state: ReplayState, number: str, to: int) -> Json | Raw:
    rows = state.object(ALERTS)["alerts"]
    assert isinstance(rows, list)
    for row in rows:
        if isinstance(row, dict) and str(row["id"]) == number:
            row["state"] = to
    return {"status": "ok", "message": "Alert has been changed"}


def _acknowledge(state: ReplayState, sent: Sent) -> Json | Raw:
    return _set(state, sent.parameters["id"], 2)


def _unmute(state: ReplayState, sent: Sent) -> Json | Raw:
    return _set(state, sent.parameters["id"], 1)


def _maintain(state: ReplayState, sent: Sent) -> Json:
    state.values[sent.parameters["id"]] = sent.fields["duration"]
    return {"status": "ok", "message": "Device moved into maintenance mode"}


def _maintenance(state: ReplayState, sent: Sent) -> Json:
    return {"status": "ok", "is_under_maintenance": sent.parameters["id"] in state.values}


FIXTURE = ServiceFixture(
    simulator=Replay(
        answers={
            DEVICES: listed("devices", device(1, "sw1"), device(2, "nas")),
            UNPOLLED: listed("log"),
            ALERTS: listed(
                "alerts",
                alert(11, 2, 5, 1, "warning"),
                alert(12, 1, 6, 2),
                alert(13, 1, 5, 0, "warning"),
            ),
            RULES: listed("rules", {"id": 5, "name": "Storage over 90 %"}, {"id": 6, "name": "Port errors"}),
            "GET /api/v0/system": listed("system", {"local_ver": "26.8.1", "db_schema": 412}),
            "GET /api/v0/logs/eventlog/{id}": {
                "status": "ok",
                "total": "2",
                "logs": [
                    {"datetime": "2026-11-18 11:40:02", "message": "Device rebooted", "type": "reboot"},
                    {
                        "datetime": "2026-11-18 11:20:02",
                        "message": "ifOperStatus: up -> down",
                        "type": "interface",
                    },
                ],
            },
            "GET /api/v0/devices/{id}/maintenance": _maintenance,
        },
        effects={
            "PUT /api/v0/alerts/unmute/{id}": _unmute,
            "PUT /api/v0/alerts/{id}": _acknowledge,
            "POST /api/v0/devices/{id}/maintenance": _maintain,
        },
        accepts=header("X-Auth-Token", TOKEN),
        failure='{"status": "error", "message": "Simulated failure"}',
    ),
    settings=lambda served: {"url": served.url, "token": TOKEN},
    wrong_credentials={"token": "wrong"},
    unhealthy={
        DEVICES: listed("devices", device(1, "sw1", status=0, status_reason="snmp"), device(2, "nas")),
        UNPOLLED: listed("log", {"hostname": "sw1.example.org"}, {"hostname": "nas.example.org"}),
    },
    rounds=(
        Round(
            action="acknowledge_alert", target="Storage over 90 % on nas", write=("PUT", "/api/v0/alerts/11")
        ),
        Round(
            action="maintain_device",
            target="sw1",
            arguments={"hours": 3},
            write=("POST", "/api/v0/devices/1/maintenance"),
        ),
    ),
    targets={"device": "sw1"},
)
