"""Jellyfin in the lab, from recorded answers."""

from functools import partial

from lab.fixtures import Round, ServiceFixture
from lab.replay import Raw, Replay, ReplayState, Sent, header
from lab.wire import Json, JsonObject

API_KEY = "5d1b7f3e9a204c6bb8e0d2f417c3a695"
SESSIONS, TASKS = "GET /Sessions", "GET /ScheduledTasks"


def session(key: str, client: str, person: str, method: str | None = None, **changed: Json) -> JsonObject:
    """Return one client; with ``method`` something is playing, whose title nobody must see."""
    row: JsonObject = {
        "Id": key,
        "Client": client,
        "UserId": person,
        "UserName": "Marta Lindqvist",
        "DeviceName": "Marta's tablet",
        "IsActive": True,
    }
    if method is not None:
        row["NowPlayingItem"] = {"Name": "The Quiet Harbour", "Type": "Movie"}
        row["PlayState"] = {"PositionTicks": 900 * 10_000_000, "IsPaused": False, "PlayMethod": method}
    return {**row, **changed}


def task(key: str, name: str, status: str = "Completed", error: str = "") -> JsonObject:
    """Return a scheduled task that ran once."""
    return {
        "Id": f"7738{key}",
        "Key": key,
        "Name": name,
        "State": "Idle",
        "Category": "Library",
        "LastExecutionResult": {
            "Status": status,
            "EndTimeUtc": "2026-11-18T03:02:11.4471204Z",
            "ErrorMessage": error or None,
        },
    }


def _stop(state: ReplayState, sent: Sent) -> Json | Raw:
    for row in state.rows(SESSIONS):
        if isinstance(row, dict) and row["Id"] == sent.parameters["id"]:
            row.pop("NowPlayingItem", None)
            row["PlayState"] = {"IsPaused": False}
            return Raw(status=204)
    return Raw(status=404)


def _run(state: ReplayState, sent: Sent) -> Raw:
    for row in state.rows(TASKS):
        if isinstance(row, dict) and row["Id"] == sent.parameters["id"]:
            row["State"] = "Running"
            ended: JsonObject = {"Status": "Completed", "EndTimeUtc": state.stamp(), "ErrorMessage": None}
            done: JsonObject = {"State": "Idle", "LastExecutionResult": ended}
            state.later(20.0, partial(row.update, done))
    return Raw(status=204)


FIXTURE = ServiceFixture(
    simulator=Replay(
        answers={
            "GET /System/Info": {"Id": "c81f0b77d2", "Version": "10.11.3", "HasPendingRestart": False},
            SESSIONS: [
                session("a1f0", "Jellyfin Web", "u1", "Transcode"),
                session("b2e1", "Jellyfin for Android TV", "u2", "DirectPlay"),
                session("c3d2", "Jellyfin for iOS", "u1"),
            ],
            TASKS: [
                task("RefreshLibrary", "Scan Media Library"),
                task("CleanLogs", "Clean Log Directory"),
                task("OptimizeDatabase", "Optimize database"),
            ],
            # A message changes nothing that could be read again.
            "POST /Sessions/{id}/Message": Raw(status=204),
        },
        effects={
            "POST /Sessions/{id}/Playing/Stop": _stop,
            "POST /ScheduledTasks/Running/{id}": _run,
        },
        accepts=header("Authorization", f'MediaBrowser Token="{API_KEY}"'),
    ),
    settings=lambda served: {"url": served.url, "api_key": API_KEY, "most_transcodes": 2},
    wrong_credentials={"api_key": "0" * 32},
    unhealthy={
        SESSIONS: [session(f"d{one}", "Jellyfin Web", f"u{one}", "Transcode") for one in range(3)],
        TASKS: [
            task("RefreshLibrary", "Scan Media Library", "Failed", "The path /media/films is not accessible"),
            task("CleanLogs", "Clean Log Directory"),
        ],
    },
    optional={
        f"{SESSIONS} Client": "The name of the player is only shown",
        f"{TASKS} LastExecutionResult": "It never ran, so it did not fail",
    },
    rounds=(
        Round(
            action="stop_stream",
            target="Stream on Jellyfin Web",
            write=("POST", "/Sessions/a1f0/Playing/Stop"),
        ),
        Round(action="scan", write=("POST", "/ScheduledTasks/Running/7738RefreshLibrary")),
    ),
)
