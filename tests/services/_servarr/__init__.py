"""Recorded answers that the Servarr programs share, and what their restart and commands change."""

from collections.abc import Mapping

from lab.fixtures import Round, ServiceFixture
from lab.lab import Lab
from lab.replay import Answer, Computed, Raw, Replay, ReplaySimulator, ReplayState, Sent, header
from lab.wire import Json, JsonObject
from steward.services._servarr.actions import Library

API_KEY = "3f9d0c6a5b7e48219c0d4e6f8a1b2c3d"
UNKNOWN = "?includeUnknownMovieItems=true&includeUnknownSeriesItems=true&includeUnknownAuthorItems=true"
"""Asks for downloads that the library does not know."""

STARTED = "2026-11-03T06:12:44Z"

DISKS: Json = [
    {"path": "/", "label": "", "freeSpace": 5_368_709_120, "totalSpace": 8_589_934_592},
    {"path": "/media", "label": "media", "freeSpace": 2_199_023_255_552, "totalSpace": 8_796_093_022_208},
]


ROOT_FOLDERS: Json = [
    {"id": 1, "path": "/media/library", "accessible": True, "freeSpace": 2_199_023_255_552},
    {"id": 2, "path": "/media/archive", "accessible": True, "freeSpace": 2_199_023_255_552},
]


def health(level: str, source: str, message: str) -> JsonObject:
    """Return one health message."""
    return {"id": 1, "source": source, "type": level, "message": message, "wikiUrl": "https://wiki.example/#"}


def download(number: int, title: str, **changed: Json) -> JsonObject:
    """Return one row of a download queue."""
    row: JsonObject = {
        "id": number,
        "title": title,
        "status": "downloading",
        "trackedDownloadStatus": "ok",
        "trackedDownloadState": "downloading",
        "sizeleft": 734_003_200,
        "statusMessages": [],
    }
    return {**row, **changed}


def page(*rows: Json) -> JsonObject:
    """Return one page that holds all records."""
    return {"page": 1, "pageSize": 20, "totalRecords": len(rows), "records": list(rows)}


def records(answer: JsonObject) -> list[JsonObject]:
    """Return the rows of a page."""
    rows = answer["records"]
    assert isinstance(rows, list)
    return [row for row in rows if isinstance(row, dict)]


TROUBLED: tuple[JsonObject, ...] = (
    download(11, "Lost.Packet", status="failed", trackedDownloadState="failedPending"),
    download(
        12, "Bit.Rot", status="completed", trackedDownloadState="importing", trackedDownloadStatus="error"
    ),
    download(
        13,
        "No.Match",
        status="completed",
        trackedDownloadState="importBlocked",
        trackedDownloadStatus="warning",
    ),
    download(14, "Slow.Peer", status="warning", trackedDownloadStatus="warning"),
)
"""Downloads that have failed, are not imported, or are stuck."""


def answers_of(lab: Lab, key: str) -> dict[str, Answer]:
    """Return what a program of the lab answers now, to change it."""
    served = lab.served[key]
    assert isinstance(served, ReplaySimulator)
    return served.state.answers


def downloader(
    name: str, version: str, *, api: str, library: Library, download_title: str, missing: list[JsonObject]
) -> ServiceFixture:
    """Return the fixture of a program that downloads."""
    base = f"/api/{api}"
    command, number = ("POST", f"{base}/command"), missing[0]["id"]
    assert isinstance(number, int)

    async def has_failed(lab: Lab) -> None:
        answers_of(lab, name.lower())[f"GET {base}/queue{UNKNOWN}"] = page(*TROUBLED)

    return ServiceFixture(
        simulator=program(
            name,
            version,
            api=api,
            commands=(f"Missing{library.search}", library.search, library.refresh),
            answers={
                f"GET {base}/queue/status": queue_status(1),
                f"GET {base}/queue": page(),
                f"GET {base}/queue{UNKNOWN}": page(
                    download(7, download_title),
                    {"id": 8, "title": "Later", "status": "delay"},
                ),
                f"GET {base}/diskspace": DISKS,
                f"GET {base}/rootfolder": ROOT_FOLDERS,
                f"GET {base}/wanted/missing": page(*missing),
                f"GET {base}/{library.path}/{number}": missing[0],
            },
        ),
        settings=lambda served: {"url": served.url, "api_key": API_KEY},
        wrong_credentials={"api_key": "0" * 32},
        unhealthy={
            f"GET {base}/health": [health("error", "RootFolderCheck", "Missing root folder: /media/library")],
            f"GET {base}/queue/status": queue_status(4, unknownWarnings=True, errors=True),
            f"GET {base}/queue{UNKNOWN}": page(*TROUBLED),
            f"GET {base}/rootfolder": [{"id": 1, "path": "/media/library", "accessible": False}],
        },
        optional={f"GET {base}/diskspace freeSpace": "The size of the mount is not known: it is left out"},
        rounds=(
            Round(action="restart", write=("POST", f"{base}/system/restart")),
            Round(action="check_health", write=command),
            Round(action="backup", write=command),
            Round(action="search_missing", write=command),
            Round(action="search_one", write=command, arguments={"item": number}),
            Round(action="refresh", write=command),
            Round(action="refresh_downloads", write=command),
            Round(action="clear_failed", write=("DELETE", f"{base}/queue/bulk"), prepare=has_failed),
        ),
    )


def backup(number: int, name: str, at: str, kind: str = "manual") -> JsonObject:
    """Return one backup in the list."""
    return {"id": number, "name": name, "path": f"/backup/{kind}/{name}", "type": kind, "size": 9, "time": at}


def one_of(route: str) -> Computed:
    """Return the answer with the row of a list that has an id."""

    def one(state: ReplayState, sent: Sent) -> Json | Raw:
        wanted = sent.parameters["id"]
        found = [row for row in state.rows(route) if isinstance(row, dict) and str(row["id"]) == wanted]
        return found[0] if found else Raw(status=404, body={"message": "NotFound"})

    return one


def dropped(route: str) -> Computed:
    """Return the effect that removes the row with an id."""

    def drop(state: ReplayState, sent: Sent) -> Json:
        found = state.rows(route)
        found[:] = [one for one in found if isinstance(one, dict) and str(one["id"]) != sent.parameters["id"]]
        return {}

    return drop


def queue_status(count: int, **changed: Json) -> JsonObject:
    """Return the short form of a download queue."""
    flags: JsonObject = dict.fromkeys(("errors", "warnings", "unknownErrors", "unknownWarnings"), False)
    return {"id": 1, "totalCount": count, "count": count, "unknownCount": 0, **flags, **changed}


def program(
    name: str,
    version: str,
    *,
    api: str,
    commands: tuple[str, ...] = (),
    answers: Mapping[str, Answer],
    effects: Mapping[str, Computed] | None = None,
) -> Replay:
    """Return what a program answers: ``answers`` and its status, health, log, restart and commands."""
    base = f"/api/{api}"
    status, rows, backups = (f"GET {base}/{one}" for one in ("system/status", "command", "system/backup"))

    def restart(state: ReplayState, _: Sent) -> Json:
        state.away(4.0)
        state.later(4.0, lambda: state.object(status).update(startTime=state.stamp()))
        return {"restarting": True}

    def start(state: ReplayState, sent: Sent) -> Json | Raw:
        command = sent.fields.get("name")
        if command not in ("Backup", "CheckHealth", "RefreshMonitoredDownloads", *commands):
            return Raw(status=500, body={"message": "Sequence contains no matching element"})
        row: JsonObject = {"id": len(state.rows(rows)) + 1, "name": command, "status": "queued"}
        state.rows(rows).append(row)
        state.later(1.0, lambda: row.update(status="started"))
        state.later(9.0, lambda: row.update(status="completed", message="Completed"))
        if command == "Backup":
            made = backup(
                len(state.rows(backups)) + 1, f"{name.lower()}_backup_{row['id']}.zip", state.stamp()
            )
            state.later(10.0, lambda: state.rows(backups).append(made))
        return Raw(status=201, body=dict(row))

    def remove(state: ReplayState, sent: Sent) -> Json:
        ids = sent.fields["ids"]
        assert isinstance(ids, list)
        for route in [route for route in state.answers if route.startswith(f"GET {base}/queue")]:
            answer = state.object(route)
            if "records" in answer:
                kept = [row for row in records(answer) if row["id"] not in ids]
                answer.update(page(*kept))
        return {}

    line: Json = {"id": 2, "time": STARTED, "level": "info", "logger": "RssSync", "message": "Done"}
    return Replay(
        answers={
            status: {"appName": name, "version": version, "startTime": STARTED},
            f"GET {base}/health": [],
            f"GET {base}/log": page(line),
            rows: [],
            backups: [backup(1, f"{name.lower()}_backup_scheduled.zip", STARTED, "scheduled")],
            f"GET {base}/command/{{id}}": one_of(rows),
            **answers,
        },
        effects={
            f"POST {base}/system/restart": restart,
            f"POST {base}/command": start,
            f"DELETE {base}/queue/bulk": remove,
            f"DELETE {base}/system/backup/{{id}}": dropped(backups),
            **(effects or {}),
        },
        accepts=header("X-Api-Key", API_KEY),
    )
