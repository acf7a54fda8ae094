"""Synology in the lab, from recorded answers in the shapes of DSM 7."""

from typing import Any

from lab.fixtures import Round, ServiceFixture
from lab.lab import Lab
from lab.replay import Raw, Replay, ReplayState, Sent
from lab.wire import Json, JsonObject

PASSWORD = "Kingfisher-River-7"
SID = "aT7qKestrelSession"
ENTRY = "/webapi/entry.cgi"
INFO = f"GET {ENTRY}?api=SYNO.DSM.Info"
STORAGE = f"GET {ENTRY}?api=SYNO.Storage.CGI.Storage"
LOAD = f"GET {ENTRY}?api=SYNO.Core.System.Utilization"
SHARES = f"GET {ENTRY}?api=SYNO.Core.Share"
PACKAGES = f"GET {ENTRY}?api=SYNO.Core.Package"
SNAPSHOTS = f"GET {ENTRY}?api=SYNO.Core.Share.Snapshot"
UPDATE = f"GET {ENTRY}?api=SYNO.Core.Upgrade.Server"
START = f"POST {ENTRY}?api=SYNO.Core.Package.Control&method=start"
STOP = f"POST {ENTRY}?api=SYNO.Core.Package.Control&method=stop"
TIB = 1024**4


def data(value: Json) -> JsonObject:
    """Return an answer as DSM wraps it."""
    return {"success": True, "data": value}


def failure(code: int) -> JsonObject:
    """Return an error as DSM reports it."""
    return {"success": False, "error": {"code": code}}


def disk(number: int, **changed: Json) -> JsonObject:
    """Return a disk that is fine."""
    return {
        "id": f"sata{number}",
        "name": f"Drive {number}",
        "serial": f"ZKH{number}7Q",
        "model": "KESTREL NAS 8T",
        "size_total": str(8 * TIB),
        "status": "normal",
        "smart_status": "normal",
        "temp": 33 + number,
        "exceed_bad_sector_thr": False,
        "below_remain_life_thr": False,
        **changed,
    }


def volume(number: int, used: float, status: str = "normal") -> JsonObject:
    """Return a volume of 10 TiB."""
    return {
        "id": f"volume_{number}",
        "vol_path": f"/volume{number}",
        "status": status,
        "pool_path": "reuse_1",
        "size": {"total": str(10 * TIB), "used": str(int(used * TIB))},
    }


def pool(number: int, status: str = "normal") -> JsonObject:
    """Return a storage pool."""
    return {
        "id": f"reuse_{number}",
        "status": status,
        "device_type": "shr_with_1_disk_protect",
        "scrubbingStatus": "ready",
        "last_done_time": 1_790_000_000,
        "size": {"total": str(20 * TIB), "used": str(20 * TIB)},
    }


def storage(disks: list[Json], volumes: list[Json], pools: list[Json]) -> JsonObject:
    """Return the answer of the storage manager."""
    return data({"disks": disks, "volumes": volumes, "storagePools": pools})


def share(name: str, quota: float, used: float) -> JsonObject:
    """Return a shared folder; quota and use are in MiB."""
    return {"name": name, "vol_path": "/volume1", "desc": "", "quota_value": quota, "share_quota_used": used}


def package(key: str, name: str, status: str = "running") -> JsonObject:
    """Return an installed package."""
    return {"id": key, "name": name, "version": "3.1-1042", "additional": {"status": status}}


def info(*, is_hot: bool = False) -> JsonObject:
    """Return the NAS itself."""
    return data({
        "model": "DS920+",
        "serial": "2140KST00871",
        "ram": 8192,
        "temperature": 71 if is_hot else 42,
        "temperature_warn": is_hot,
        "uptime": 812_400,
        "version": "72806",
        "version_string": "DSM 7.2.2-72806",
    })  # fmt: skip


def _log_in(state: ReplayState, sent: Sent) -> Json:
    good = sent.fields.get("passwd") == PASSWORD and sent.fields.get("account") == "steward"
    return data({"sid": SID, "did": "x"}) if good else failure(400)


def _accepts(_: ReplayState, sent: Sent) -> bool:
    return sent.fields.get("api") == "SYNO.API.Auth" or sent.headers.get("cookie") == f"id={SID}"


def _turn(status: str) -> Any:
    def change(state: ReplayState, sent: Sent) -> Json:
        content: Any = state.object(PACKAGES)["data"]
        for one in content["packages"]:
            if one["id"] == sent.query["id"]:
                one["additional"]["status"] = status
        return {"success": True}

    return change


async def _one_stopped(lab: Lab) -> None:
    content: Any = lab.replay("synology").state.object(PACKAGES)["data"]
    content["packages"][1]["additional"]["status"] = "stop"


FIXTURE = ServiceFixture(
    simulator=Replay(
        answers={
            f"POST {ENTRY}": _log_in,
            INFO: info(),
            STORAGE: storage(
                [disk(1), disk(2), disk(3)], [volume(1, 6), volume(2, 3)], [pool(1), pool(2)]
            ),
            LOAD: data({
                "cpu": {"user_load": 7, "system_load": 3, "other_load": 1, "15min_load": 12},
                "memory": {"total_real": 8_000_000, "avail_real": 900_000, "cached": 4_000_000, "buffer": 9},
            }),
            SHARES: data({
                "shares": [
                    share("media", 0, 310_000.5),
                    share("homes", 200_000, 90_000),
                ],
                "total": 2,
                "offset": 0,
            }),
            PACKAGES: data({
                "packages": [package("HyperBackup", "Hyper Backup"), package("Drive", "Synology Drive")],
                "total": 2,
            }),
            SNAPSHOTS: data({
                "snapshots": [
                    {"time": "GMT+01-2026.11.17-02.00.05", "desc": "", "lock": False},
                    {"time": "GMT+01-2026.11.18-02.00.04", "desc": "before the update", "lock": True},
                ],
                "total": 2,
            }),
            UPDATE: data({"update": {"available": False}}),
        },
        effects={START: _turn("running"), STOP: _turn("stop")},
        accepts=_accepts,
        refusal=Raw(status=200, body=failure(119)),
    ),
    settings=lambda served: {"url": served.url, "username": "steward", "password": PASSWORD},
    wrong_credentials={"password": "Magpie-Lake-8"},
    targets={"share": "media"},
    unhealthy={
        INFO: info(is_hot=True),
        STORAGE: storage(
            [
                disk(1, smart_status="abnormal"),
                disk(2, exceed_bad_sector_thr=True),
                disk(3, status="attention"),
            ],
            [volume(1, 9.8, "degraded"), volume(2, 9), volume(3, 1, "attention")],
            [pool(1, "degraded"), {**pool(2), "last_done_time": 1_770_000_000}, pool(3, "attention")],
        ),
        SHARES: data({"shares": [share("homes", 200_000, 180_000)], "total": 1, "offset": 0}),
        PACKAGES: data({"packages": [package("HyperBackup", "Hyper Backup", "stop")]}),
    },
    rounds=(
        Round(
            action="start_package",
            target="Synology Drive",
            prepare=_one_stopped,
            write=("POST", f"{ENTRY}?api=SYNO.Core.Package.Control&method=start"),
        ),
        Round(
            action="stop_package",
            target="Hyper Backup",
            write=("POST", f"{ENTRY}?api=SYNO.Core.Package.Control&method=stop"),
        ),
    ),
)  # fmt: skip
