"""RUCKUS SmartZone in the lab, from recorded answers: two access points of one zone."""

from datetime import timedelta

from lab.fixtures import Round, ServiceFixture
from lab.replay import Raw, Replay, ReplayState, Sent, query
from lab.wire import Json, JsonObject

BASE = "/wsg/api/public/v11_1"
LOGIN, POINTS, CONTROLLER = f"POST {BASE}/serviceTicket", f"POST {BASE}/query/ap", f"GET {BASE}/controller"
SUMMARY = f"GET {BASE}/aps/{{mac}}/operational/summary"
TICKET, PASSWORD = "ST-7261-kfVhXo2a", "Kq3z-hall-9"
HALL, ATTIC = "02:00:5E:00:02:01", "02:00:5E:00:02:02"


def point(mac: str, name: str, status: str = "Online", **changed: Json) -> JsonObject:
    """Return an access point."""
    row: JsonObject = {
        "apMac": mac,
        "deviceName": name,
        "status": status,
        "model": "R650",
        "zoneName": "Home",
        "firmwareVersion": "6.1.2.0.1201",
        "zoneFirmwareVersion": "6.1.2.0.1201",
        "numClients": 7,
        "alerts": 0,
        "ip": "192.0.2.31",
    }
    return {**row, **changed}


def points(*rows: Json) -> JsonObject:
    """Return a whole list."""
    return {"totalCount": len(rows), "hasMore": False, "firstIndex": 0, "list": [*rows]}


def _login(_: ReplayState, sent: Sent) -> Raw:
    if sent.fields.get("password") != PASSWORD:
        return Raw(status=401, body={"message": "Invalid user name or password", "errorCode": 203})
    return Raw(body={"controllerVersion": "6.1.2.0.441", "serviceTicket": TICKET})


def _summary(state: ReplayState, sent: Sent) -> Json:
    started = state.values.setdefault(sent.parameters["mac"], (state.now() - timedelta(days=6)).timestamp())
    return {"mac": sent.parameters["mac"], "uptime": round(state.now().timestamp() - float(str(started)))}


def _reboot(state: ReplayState, sent: Sent) -> Raw:
    mac = sent.parameters["mac"]
    state.later(90.0, lambda: state.values.update({mac: state.now().timestamp() - 3}))
    return Raw(status=204)


FIXTURE = ServiceFixture(
    simulator=Replay(
        answers={
            LOGIN: _login,
            POINTS: points(point(HALL, "Hall"), point(ATTIC, "Attic")),
            CONTROLLER: points({"id": "c1", "name": "vsz", "version": "6.1.2.0.441", "model": "vSZ-E"}),
            SUMMARY: _summary,
        },
        effects={f"PUT {BASE}/aps/{{mac}}/reboot": _reboot},
        accepts=query("serviceTicket", TICKET),
        refusal=Raw(status=401, body={"message": "No active session", "errorCode": 201}),
        public=frozenset({f"{BASE}/serviceTicket"}),
    ),
    settings=lambda served: {"url": served.url, "username": "steward", "password": PASSWORD},
    wrong_credentials={"password": "wrong"},
    unhealthy={
        POINTS: points(
            point(HALL, "Hall", "Offline"),
            point(ATTIC, "Attic", "Flagged", alerts=2, firmwareVersion="6.1.1.0.800"),
        )
    },
    rounds=(
        Round(action="restart_access_point", target="Attic", write=("PUT", f"{BASE}/aps/{ATTIC}/reboot")),
    ),
)
