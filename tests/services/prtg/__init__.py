"""PRTG in the lab, from recorded answers: a sensor of each status that matters."""

from lab.fixtures import Round, ServiceFixture
from lab.replay import Raw, Replay, ReplayState, Sent, query
from lab.wire import Json, JsonObject

API_KEY = "Q7ZL4N2XK9WPT5VRC8BHMJ6DGF3SYAE2"
TABLE = "GET /api/table.json?content="
SENSORS, DEVICES = f"{TABLE}sensors", f"{TABLE}devices"
DAYS = 46_344.4213
"""2026-11-18 10:06:40 UTC."""

DONE = '<HTML><BODY class="no-content"><B class="no-content">OK</B></BODY></HTML>'


def sensor(number: int, name: str, status: int, device: str = "nas", **more: Json) -> JsonObject:
    """Return a row of the table."""
    word = {3: "Up", 4: "Warning", 5: "Down", 7: "Paused", 13: "Down (Acknowledged)", 1: "Unknown"}[status]
    return {
        "objid": number,
        "objid_raw": number,
        "sensor": name,
        "sensor_raw": name,
        "device": device,
        "parentid": 2001,
        "group": "Rack",
        "status": word,
        "status_raw": status,
        "message": "<div class='status'>text</div>",
        "message_raw": "OK" if status == 3 else "No response (ICMP error # 11010)",
        "lastvalue": "71 %",
        "lastvalue_raw": 71.0,
        "priority": "4",
        "priority_raw": 4,
        "lastup": "18.11.2026 11:06:40",
        "lastup_raw": DAYS,
        "lastcheck": "18.11.2026 12:06:10",
        "lastcheck_raw": DAYS + 1 / 24,
        **more,
    }


def table(*rows: Json, of: str = "sensors") -> JsonObject:
    """Return a whole table."""
    return {"prtg-version": "25.2.108.1433", "treesize": len(rows), of: [*rows]}


ROWS = (
    (2101, "Ping", 5),
    (2102, "Disk free", 4),
    (2103, "Memory", 3),
    (2104, "Traffic", 7),
    (2105, "Fan", 13),
    (2106, "HTTP", 3),
)


def _sensors(state: ReplayState, sent: Sent) -> Json:
    rows: list[Json] = []
    for number, name, status in ROWS:
        now = state.values.get(str(number), status)
        assert isinstance(now, int)
        if sent.query.get("filter_objid", str(number)) == str(number):
            rows.append(sensor(number, name, now))
    return table(*rows)


def _pause(state: ReplayState, sent: Sent) -> Raw:
    state.values[sent.query["id"]] = 7 if sent.query["action"] == "0" else 3
    return Raw(text=str(state.values.get("page", DONE)), content_type="text/html")


def _acknowledge(state: ReplayState, sent: Sent) -> Raw:
    assert sent.query["duration"] == "120"
    state.values[sent.query["id"]] = 13
    return Raw(text=DONE, content_type="text/html")


FIXTURE = ServiceFixture(
    simulator=Replay(
        answers={
            SENSORS: _sensors,
            DEVICES: table({"objid": 2001, "host": "192.0.2.30"}, {"objid": 2002, "host": ""}, of="devices"),
        },
        effects={"GET /api/pause.htm": _pause, "GET /api/acknowledgealarm.htm": _acknowledge},
        accepts=query("apitoken", API_KEY),
    ),
    settings=lambda served: {"url": served.url, "api_token": API_KEY},
    wrong_credentials={"api_token": "WRONG"},
    unhealthy={SENSORS: table(sensor(2104, "Traffic", 7), sensor(2105, "Fan", 1))},
    rounds=(
        Round(action="pause_sensor", target="nas Memory", write=("GET", "/api/pause.htm")),
        Round(action="resume_sensor", target="nas Traffic", write=("GET", "/api/pause.htm")),
        Round(
            action="acknowledge_sensor",
            target="nas Ping",
            arguments={"hours": 2},
            write=("GET", "/api/acknowledgealarm.htm"),
        ),
    ),
)
