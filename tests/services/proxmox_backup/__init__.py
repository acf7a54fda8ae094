"""Proxmox Backup Server in the lab, from recorded answers: two datastores, three guests, four jobs."""

from dataclasses import replace
from typing import Any

from lab.fixtures import Round, ServiceFixture
from lab.lab import Lab
from lab.replay import Raw, Replay, ReplaySimulator, ReplayState, Sent, header
from lab.wire import Json, JsonObject

NOW = 1795000000
"""2026-11-18 11:06:40, the time of the lab."""
DAY = 86_400
TIMES = ("backup-time", "last-run-endtime")
GIB = 1024**3
TOKEN = "steward@pbs!lab"
SECRET = "0b7c1f52-8d4e-4f0a-9d3b-6f1e2a7c9b10"
API = "/api2/json"
USAGE = f"GET {API}/status/datastore-usage"
TASKS = f"GET {API}/nodes/localhost/tasks"
PERMISSIONS = f"GET {API}/access/permissions"
SNAPSHOTS = f"GET {API}/admin/datastore/main/snapshots"
REMOTE = f"GET {API}/admin/datastore/main/snapshots?ns=cottage"
OFFSITE = f"GET {API}/admin/datastore/offsite/snapshots"
VERIFY, PRUNE = f"GET {API}/admin/verify", f"GET {API}/admin/prune"
SYNC, GC = f"GET {API}/admin/sync", f"GET {API}/admin/gc"
RIGHTS: JsonObject = dict.fromkeys(
    ("Datastore.Audit", "Sys.Audit", "Datastore.Verify", "Datastore.Modify"), 1
)


def data(value: Json) -> JsonObject:
    """Return an answer as the server wraps it."""
    return {"data": value}


def snapshot(kind: str, number: str, days: float, name: str, state: str = "ok") -> JsonObject:
    """Return a backup that is some days old."""
    return {
        "backup-type": kind,
        "backup-id": number,
        "backup-time": int(NOW - days * DAY),
        "comment": name,
        "owner": TOKEN,
        "protected": False,
        "size": 12 * GIB,
        "files": ["index.json.blob"],
        "verification": {"state": state, "upid": upid("verify", "main")},
    }


def upid(kind: str, about: str, number: int = 1) -> str:
    """Return the name of a task."""
    about = about.replace(":", r"\x3a").replace("/", "-")
    return f"UPID:pbs:000A{number:04X}:0B1C2D3E:0000000{number}:6A0F0F0F:{kind}:{about}:steward@pbs!lab:"


def task(
    kind: str, about: str, days: float, outcome: str | None = "OK", number: int = 1, now: float = NOW
) -> JsonObject:
    """Return a task as lists show it; None runs."""
    start = int(now - days * DAY)
    row: JsonObject = {
        "upid": upid(kind, about, number),
        "worker_type": kind,
        "worker_id": about,
        "starttime": start,
        "user": TOKEN,
    }
    return row if outcome is None else {**row, "endtime": start + 60, "status": outcome}


def job(store: str, name: str, kind: str, state: str = "OK") -> JsonObject:
    """Return a job that ran last night."""
    row: JsonObject = {
        "store": store,
        "schedule": "daily",
        "last-run-state": state,
        "last-run-endtime": NOW - DAY // 2,
        "last-run-upid": upid(kind, name or store),
    }
    return {**row, "id": name} if name else row


def _task_list(state: ReplayState, sent: Sent) -> Json:
    kind = sent.query.get("typefilter")
    rows = state.values["tasks"]
    assert isinstance(rows, list)
    return data([one for one in rows if isinstance(one, dict) and kind in (None, one["worker_type"])])


def _tasks(state: ReplayState) -> list[Any]:
    now = state.now().timestamp()
    rows = state.values.setdefault("tasks", [
        task("verify", "main", 2, number=3, now=now),
        task("garbage_collection", "main", 2, number=4, now=now),
        task("backup", "main:vm/100", 0.4, number=5, now=now),
    ])  # fmt: skip
    assert isinstance(rows, list)
    return rows


def _listed(state: ReplayState, sent: Sent) -> Json:
    _tasks(state)
    return _task_list(state, sent)


def _status(state: ReplayState, sent: Sent) -> Json | Raw:
    upid = sent.parameters["upid"]
    row: JsonObject = next(
        (one for one in _tasks(state) if one["upid"] == upid), {"status": "OK", "endtime": 2}
    )
    end: JsonObject = {"status": "stopped", "exitstatus": row["status"]} if "endtime" in row else {}
    return data({"upid": upid, "starttime": row.get("starttime", 1), "status": "running", **end})


def _started(kind: str) -> Any:
    def start(state: ReplayState, sent: Sent) -> Json:
        about = sent.parameters.get("store") or sent.parameters["id"]
        row = task(kind, about, 0, number=len(_tasks(state)) + 10, now=state.now().timestamp())
        _tasks(state).insert(0, row)
        for route in (VERIFY, PRUNE, SYNC):
            for one in state.object(route)["data"]:  # type: ignore[union-attr]
                if isinstance(one, dict) and one.get("id") == about:
                    one["last-run-upid"] = row["upid"]
        return data(row["upid"])

    return start


def _rights(state: ReplayState, sent: Sent) -> Json:
    granted = state.values.setdefault("rights", {**RIGHTS})
    return data({sent.query.get("path", "/"): granted})


async def unhealthy(lab: Lab) -> None:
    """Let every check find a problem."""
    state = lab.replay("proxmox_backup").state
    state.answers |= {
        USAGE: data([
            {"store": "main", "total": 1000 * GIB, "used": 960 * GIB, "error": "lost chunks"},
            {"store": "offsite", "total": 1000 * GIB, "used": 900 * GIB},
        ]),
        SNAPSHOTS: data([
            snapshot("vm", "100", 5, "homeassistant", "failed"),
            snapshot("ct", "105", 0.4, "radarr"),
        ]),
        PRUNE: data([job("main", "keep", "prunejob", "permission denied"), job("main", "slim", "prunejob")]),
    }  # fmt: skip
    _tasks(state).insert(0, task("backup", "main:ct/105", 0.2, "connection error", 6))


def moved(answer: Json, seconds: float) -> Json:
    """Return an answer whose times are that much later."""
    if isinstance(answer, list):
        return [moved(one, seconds) for one in answer]
    if not isinstance(answer, dict):
        return answer
    return {
        key: int(one + seconds) if key in TIMES and isinstance(one, int) else moved(one, seconds)
        for key, one in answer.items()
    }


def _simulator(lab: Lab) -> ReplaySimulator:
    """Return the server with backups that are as old as they should be, also by the clock of the demo."""
    later = lab.world.wall() - NOW
    answers = {
        key: moved(one, later) if isinstance(one, dict) else one for key, one in REPLAY.answers.items()
    }
    return ReplaySimulator("proxmox_backup", replace(REPLAY, answers=answers), lab.world, lab.faults)


REPLAY = Replay(
        answers={
            f"GET {API}/version": data({"version": "4.1.0", "release": "1", "repoid": "1f2e3d4c"}),
            USAGE: data([
                {"store": "main", "total": 1000 * GIB, "used": 420 * GIB, "avail": 580 * GIB},
                {"store": "offsite", "total": 1000 * GIB, "used": 100 * GIB, "avail": 900 * GIB},
            ]),
            f"GET {API}/nodes/localhost/status": data({
                "cpu": 0.04, "uptime": 812_000, "memory": {"used": 2 * GIB, "total": 8 * GIB},
            }),
            PERMISSIONS: _rights,
            VERIFY: data([job("main", "v1", "verificationjob"), job("offsite", "v2", "verificationjob")]),
            PRUNE: data([job("main", "keep", "prunejob"), job("offsite", "slim", "prunejob")]),
            SYNC: data([job("offsite", "pull", "syncjob"), job("offsite", "push", "syncjob")]),
            GC: data([job("main", "", "garbage_collection"), job("offsite", "", "garbage_collection")]),
            f"GET {API}/admin/datastore/main/namespace": data([{"ns": ""}, {"ns": "cottage"}]),
            f"GET {API}/admin/datastore/offsite/namespace": data([{"ns": ""}]),
            SNAPSHOTS: data([
                snapshot("vm", "100", 0.4, "homeassistant"),
                snapshot("vm", "100", 1.4, "homeassistant"),
                snapshot("ct", "105", 0.4, "radarr"),
            ]),
            REMOTE: data([snapshot("host", "cottage", 1, "")]),
            OFFSITE: data([snapshot("vm", "100", 2, "homeassistant"), snapshot("ct", "105", 2, "radarr")]),
            TASKS: _listed,
            f"GET {API}/nodes/localhost/tasks/{{upid}}/status": _status,
        },
        effects={
            f"POST {API}/admin/datastore/{{store}}/verify": _started("verify"),
            f"POST {API}/admin/datastore/{{store}}/gc": _started("garbage_collection"),
            f"POST {API}/admin/verify/{{id}}/run": _started("verificationjob"),
            f"POST {API}/admin/prune/{{id}}/run": _started("prunejob"),
        },
        tls=True,
        accepts=header("Authorization", f"PBSAPIToken={TOKEN}:{SECRET}"),
)  # fmt: skip
FIXTURE = ServiceFixture(
    simulator=_simulator,
    settings=lambda served: {
        "url": served.url,
        "token_id": TOKEN,
        "token_secret": SECRET,
        "ca_certificate": str(served.ca_path),
    },
    wrong_credentials={"token_secret": "00000000-0000-0000-0000-000000000000"},
    unhealthy=unhealthy,
    optional={f"{USAGE} data.error": "A datastore without an error can be read"},
    rounds=(
        Round(action="verify_datastore", target="main", write=("POST", f"{API}/admin/datastore/main/verify")),
        Round(action="collect_garbage", target="main", write=("POST", f"{API}/admin/datastore/main/gc")),
        Round(action="run_job", target="Prune of main (keep)", write=("POST", f"{API}/admin/prune/keep/run")),
    ),
)  # fmt: skip
