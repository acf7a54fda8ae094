"""Recorded answers that the Servarr programs share, and what their restart and commands change."""

from collections.abc import Mapping

from lab.replay import Answer, Raw, Replay, ReplayState, Sent, header
from lab.wire import Json, JsonObject

API_KEY = "3f9d0c6a5b7e48219c0d4e6f8a1b2c3d"
STARTED = "2026-11-03T06:12:44Z"

DISKS: Json = [
    {"path": "/", "label": "", "freeSpace": 5_368_709_120, "totalSpace": 8_589_934_592},
    {"path": "/media", "label": "media", "freeSpace": 2_199_023_255_552, "totalSpace": 8_796_093_022_208},
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


def queue_status(count: int, **changed: Json) -> JsonObject:
    """Return the short form of a download queue."""
    flags: JsonObject = dict.fromkeys(("errors", "warnings", "unknownErrors", "unknownWarnings"), False)
    return {"id": 1, "totalCount": count, "count": count, "unknownCount": 0, **flags, **changed}


def program(
    name: str, version: str, *, api: str, commands: tuple[str, ...] = (), answers: Mapping[str, Answer]
) -> Replay:
    """Return what a program answers: ``answers`` and its status, health, log, restart and commands."""
    base = f"/api/{api}"
    status, rows = f"GET {base}/system/status", f"GET {base}/command"

    def restart(state: ReplayState, _: Sent) -> Json:
        state.away(4.0)
        state.later(4.0, lambda: state.object(status).update(startTime=state.stamp()))
        return {"restarting": True}

    def start(state: ReplayState, sent: Sent) -> Json | Raw:
        command = sent.fields.get("name")
        if command not in commands:
            return Raw(status=500, body={"message": "Sequence contains no matching element"})
        row: JsonObject = {"id": len(state.rows(rows)) + 1, "name": command, "status": "queued"}
        state.rows(rows).append(row)
        state.later(1.0, lambda: row.update(status="started"))
        state.later(9.0, lambda: row.update(status="completed", message="Completed"))
        return Raw(status=201, body=dict(row))

    def one_command(state: ReplayState, sent: Sent) -> Json | Raw:
        wanted = sent.parameters["id"]
        found = [row for row in state.rows(rows) if isinstance(row, dict) and str(row["id"]) == wanted]
        return found[0] if found else Raw(status=404, body={"message": "NotFound"})

    line: Json = {"id": 2, "time": STARTED, "level": "info", "logger": "RssSync", "message": "Done"}
    return Replay(
        answers={
            status: {"appName": name, "version": version, "startTime": STARTED},
            f"GET {base}/health": [],
            f"GET {base}/log": page(line),
            rows: [],
            f"GET {base}/command/{{id}}": one_command,
            **answers,
        },
        effects={f"POST {base}/system/restart": restart, f"POST {base}/command": start},
        accepts=header("X-Api-Key", API_KEY),
    )
