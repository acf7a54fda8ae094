"""TrueNAS in the lab: a simulator of its JSON-RPC interface, with answers in the shapes of 25.10."""

from homelab_steward.contract.base import Value
from lab.fixtures import Round, ServiceFixture
from lab.lab import Lab
from lab.wire import Json, JsonObject
from services.truenas.simulator import API_KEY, CALL, TrueNasSimulator

DAY = 86_400_000
TIB = 1024**4


def ago(lab: Lab, days: float) -> JsonObject:
    """Return a time as TrueNAS writes it."""
    return {"$date": int(lab.world.wall() * 1000 - days * DAY)}


def vdev(disk: str | None, *children: Json, status: str = "ONLINE", errors: int = 0) -> JsonObject:
    """Return a device of a pool."""
    inner: Json = [*children]
    return {
        "name": disk or "mirror-0",
        "type": "DISK" if disk else "MIRROR",
        "disk": disk,
        "status": status,
        "stats": {"read_errors": errors, "write_errors": 0, "checksum_errors": 0},
        "children": inner,
    }


def pool(lab: Lab, number: int, name: str, used: int, *vdevs: Json) -> JsonObject:
    """Return a healthy pool of 10 TiB that was scrubbed eight days ago."""
    data: Json = [*vdevs]
    return {
        "id": number,
        "name": name,
        "guid": f"90431187752{number}",
        "status": "ONLINE",
        "healthy": True,
        "size": 10 * TIB,
        "allocated": used * TIB,
        "free": (10 - used) * TIB,
        "scan": {
            "function": "SCRUB",
            "state": "FINISHED",
            "start_time": ago(lab, 8.2),
            "end_time": ago(lab, 8),
            "percentage": 100.0,
            "errors": 0,
            "total_secs_left": None,
        },
        "topology": {"data": data, "log": [], "cache": [], "spare": [], "special": [], "dedup": []},
    }


def disk(name: str, serial: str, where: str | None) -> JsonObject:
    """Return a disk."""
    return {
        "identifier": f"{{serial_lunid}}{serial}_5000c500a1",
        "name": name,
        "serial": serial,
        "model": "KESTREL HD4000",
        "size": 4 * TIB,
        "type": "HDD",
        "pool": where,
    }


def dataset(name: str, used: int, quota: int | None = None) -> JsonObject:
    """Return a dataset with sizes in TiB."""
    return {
        "id": name,
        "name": name,
        "pool": name.partition("/")[0],
        "type": "FILESYSTEM",
        "used": {"parsed": used * TIB, "rawvalue": str(used * TIB)},
        "available": {"parsed": 4 * TIB, "rawvalue": str(4 * TIB)},
        "quota": {"parsed": quota and quota * TIB, "rawvalue": str((quota or 0) * TIB)},
        "usedbysnapshots": {"parsed": TIB // 8, "rawvalue": str(TIB // 8)},
        "mountpoint": f"/mnt/{name}",
    }


def alert(klass: str, level: str, text: str, *, is_dismissed: bool = False, **args: Json) -> JsonObject:
    """Return an alert."""
    return {
        "uuid": f"7d20-{klass}",
        "klass": klass,
        "level": level,
        "dismissed": is_dismissed,
        "args": {**args},
        "text": text,
        "formatted": text,
    }


def results(lab: Lab) -> dict[str, Json]:
    """Return the answers of a healthy NAS."""
    mirror = vdev(None, vdev("sda"), vdev("sdb"))
    finished: JsonObject = {"state": "FINISHED", "datetime": ago(lab, 0.5)}
    return {
        "system.info": {
            "version": "25.10.1",
            "hostname": "nas",
            "uptime_seconds": 812_000.5,
            "boottime": ago(lab, 9.4),
            "datetime": ago(lab, 0),
        },
        "pool.query": [pool(lab, 1, "tank", 6, mirror), pool(lab, 2, "fast", 3, vdev("nvme0n1"))],
        "disk.query": [
            disk("sda", "KH4A001", "tank"),
            disk("sdb", "KH4A002", "tank"),
            disk("nvme0n1", "KN1B007", "fast"),
        ],
        "disk.temperatures": {"sda": 34, "sdb": 36, "nvme0n1": 41},
        "pool.dataset.query": [
            dataset("tank", 6),
            dataset("tank/media", 4, 6),
            dataset("fast/apps", 1),
        ],
        "replication.query": [
            {"id": 1, "name": "media to cellar", "enabled": True, "state": finished},
            {"id": 2, "name": "apps to tank", "enabled": True, "state": finished},
        ],
        "pool.snapshottask.query": [
            {"id": number, "dataset": name, "enabled": True, "state": finished, "schedule": when}
            for number, (name, when) in enumerate(SCHEDULES, 1)
        ],
        "app.query": [app("syncthing", "RUNNING"), app("immich", "RUNNING"), app("archive", "RUNNING")],
        "alert.list": [
            alert("HasUpdate", "INFO", "There is an update available"),
            alert("ApiKeyRevoked", "WARNING", "A key was revoked"),
            alert("MemorySizeMismatch", "CRITICAL", "Seen and accepted", is_dismissed=True),
        ],
        "auth.me": {"pw_name": "steward", "privilege": {"roles": {"$set": ["READONLY_ADMIN", *WRITES]}}},
    }


def cron(dom: str, dow: str) -> JsonObject:
    """Return a schedule."""
    return {"minute": "0", "hour": "0", "dom": dom, "month": "*", "dow": dow}


SCHEDULES = (("tank/media", cron("*", "*")), ("fast/apps", cron("1", "*")), ("tank", cron("*", "7")))
WRITES = ("POOL_WRITE", "SNAPSHOT_WRITE", "SNAPSHOT_TASK_WRITE", "REPLICATION_TASK_WRITE", "APPS_WRITE")


def app(name: str, state: str) -> JsonObject:
    """Return an app."""
    return {
        "id": name,
        "name": name,
        "state": state,
        "version": "1.4.0",
        "human_version": "2.0.1_1.4.0",
        "latest_version": "1.4.0",
        "upgrade_available": False,
    }


async def unhealthy(lab: Lab) -> None:
    """Let every check find a problem."""
    served = lab.served["truenas"]
    assert isinstance(served, TrueNasSimulator)
    served.row("pool.query", "name", "tank").update(
        status="DEGRADED",
        allocated=9 * TIB,
        scan={"function": "SCRUB", "state": "FINISHED", "end_time": ago(lab, 80), "errors": 3},
        topology={"data": [vdev(None, vdev("sda", status="FAULTED"), vdev("sdb", errors=7))]},
    )
    served.row("pool.query", "name", "fast")["allocated"] = int(9.8 * TIB)
    served.row("pool.dataset.query", "id", "tank/media")["quota"] = {"rawvalue": str(int(4.2 * TIB))}
    served.row("replication.query", "id", 1)["state"] = {"state": "ERROR", "error": "No route to host"}
    served.row("pool.snapshottask.query", "id", 2)["state"] = {"state": "ERROR", "error": "Dataset is gone"}
    served.row("pool.snapshottask.query", "id", 1)["state"] = {"state": "FINISHED", "datetime": ago(lab, 5)}
    served.row("app.query", "id", "immich")["state"] = "CRASHED"
    served.results["alert.list"] = [
        alert("SMARTUncorrectedErrors", "WARNING", "7 errors of sdb", name="sdb", serial="KH4A002"),
        alert("SnapshotCount", "WARNING", "tank/media has more than 512 snapshots"),
        alert("SyslogNg", "CRITICAL", "The log service stopped"),
    ]


async def _stopped(lab: Lab) -> None:
    served = lab.served["truenas"]
    assert isinstance(served, TrueNasSimulator)
    served.row("app.query", "id", "archive")["state"] = "STOPPED"


def _settings(served: TrueNasSimulator) -> dict[str, Value]:
    return {"url": served.url, "api_key": API_KEY, "ca_certificate": str(served.ca_path)}


FIXTURE = ServiceFixture(
    simulator=lambda lab: TrueNasSimulator(lab.world, lab.faults, results(lab)),
    settings=_settings,
    wrong_credentials={"api_key": "4-OtherKeyOfNobody"},
    unhealthy=unhealthy,
    targets={"pool": "tank", "dataset": "tank/media"},
    timeouts=("steward.sdk.json_rpc.ANSWER",),
    rounds=(
        Round(action="scrub_pool", target="tank", write=(CALL, "/pool.scrub.scrub")),
        Round(action="create_snapshot", target="tank/media", write=(CALL, "/pool.snapshot.create")),
        Round(action="run_replication", target="apps to tank", write=(CALL, "/replication.run")),
        Round(action="run_snapshot_task", target="tank (3)", write=(CALL, "/pool.snapshottask.run")),
        Round(action="restart_app", target="immich", write=(CALL, "/app.redeploy")),
        Round(action="start_app", target="archive", prepare=_stopped, write=(CALL, "/app.start")),
        Round(action="stop_app", target="syncthing", write=(CALL, "/app.stop")),
        Round(
            action="roll_back",
            target="tank/media",
            arguments={"name": "auto-2026-11-20_00-00"},
            write=(CALL, "/pool.snapshot.rollback"),
        ),
    ),
)
