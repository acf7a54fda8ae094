"""Plex in the lab, from recorded answers."""

from functools import partial

from lab.fixtures import Round, ServiceFixture
from lab.replay import Raw, Replay, ReplayState, Sent, header
from lab.wire import Json, JsonObject

TOKEN = "xQ7fLm2sVb9dTz4KpN1w"
SESSIONS, LIBRARIES = "GET /status/sessions", "GET /library/sections/all"
RELEASES, SERVER = "GET /updater/status", "GET /"


def session(key: int, product: str, person: int, decision: str | None = None, **changed: Json) -> JsonObject:
    """Return one playback: a film with a person, whose names nobody must see."""
    row: JsonObject = {
        "sessionKey": str(key),
        "title": "The Quiet Harbour",
        "type": "movie",
        "viewOffset": key * 60_000,
        "User": {"id": str(person), "title": "Marta Lindqvist", "thumb": "https://img.example.org/u/1"},
        "Player": {"product": product, "state": "playing", "title": "Marta's tablet", "local": True},
        "Session": {"id": f"s{key}kd83hfa0x", "bandwidth": 8_200 + key, "location": "lan"},
    }
    if decision is not None:
        video: JsonObject = {"videoDecision": decision, "audioDecision": "copy", "throttled": False}
        row["TranscodeSession"] = video
    return {**row, **changed}


def container(name: str, *rows: Json) -> JsonObject:
    """Return a container; an empty one has no list at all."""
    inner: JsonObject = {"size": len(rows)}
    if rows:
        inner[name] = [*rows]
    return {"MediaContainer": inner}


def library(key: str, title: str, scanned: int) -> JsonObject:
    """Return one library."""
    return {
        "key": key,
        "title": title,
        "uuid": f"7be1c0d2-{key}",
        "type": "movie",
        "refreshing": False,
        "scannedAt": scanned,
    }


def rows(state: ReplayState, route: str, name: str) -> list[Json]:
    """Return the list in the container of a route."""
    inner = state.object(route)["MediaContainer"]
    assert isinstance(inner, dict)
    found = inner.get(name, [])
    assert isinstance(found, list)
    return found


def _terminate(state: ReplayState, sent: Sent) -> Json | Raw:
    found = rows(state, SESSIONS, "Metadata")
    kept = [one for one in found if isinstance(one, dict) and one["Session"] != _ended(one, sent)]
    if len(kept) == len(found):
        return Raw(status=404, text="Session not found")
    state.answers[SESSIONS] = container("Metadata", *kept)
    return None


def _ended(one: JsonObject, sent: Sent) -> Json:
    inner = one["Session"]
    assert isinstance(inner, dict)
    return inner if inner["id"] == sent.query["sessionId"] else None


def _scan(state: ReplayState, sent: Sent) -> Json:
    for one in rows(state, LIBRARIES, "Directory"):
        if isinstance(one, dict) and one["key"] == sent.parameters["key"]:
            one["refreshing"] = True
            done: JsonObject = {"refreshing": False, "scannedAt": int(state.now().timestamp()) + 20}
            state.later(20.0, partial(one.update, done))
    return None


FIXTURE = ServiceFixture(
    simulator=Replay(
        answers={
            SERVER: {
                "MediaContainer": {
                    "size": 24,
                    "friendlyName": "Cellar",
                    "machineIdentifier": "3ac0be118f",
                    "myPlexSubscription": True,
                    "myPlexUsername": "marta@example.org",
                    "version": "1.42.1.10060",
                }
            },
            SESSIONS: container(
                "Metadata",
                session(31, "Plex for Apple TV", 1),
                session(32, "Plex Web", 2, "transcode"),
                session(33, "Plex for Android", 2, "copy"),
            ),
            LIBRARIES: container(
                "Directory",
                library("1", "Films", 1_763_600_000),
                library("2", "Series", 1_763_610_000),
                library("3", "Music", 1_763_620_000),
            ),
            RELEASES: container("Release"),
        },
        effects={
            "GET /status/sessions/terminate": _terminate,
            "GET /library/sections/{key}/refresh": _scan,
        },
        accepts=header("X-Plex-Token", TOKEN),
    ),
    settings=lambda served: {"url": served.url, "token": TOKEN, "most_transcodes": 2},
    wrong_credentials={"token": "wrong"},
    unhealthy={
        SESSIONS: container(
            "Metadata", *(session(40 + one, "Plex Web", one, "transcode") for one in range(3))
        )
    },
    optional={
        f"{SESSIONS} MediaContainer.Metadata.TranscodeSession": "It is sent as it is",
        f"{SESSIONS} MediaContainer.Metadata.Player.product": "The name of the player is only shown",
        f"{SESSIONS} MediaContainer.Metadata.Player": "The name of the player is only shown",
    },
    rounds=(
        Round(
            action="stop_stream",
            target="Stream on Plex Web",
            arguments={"message": "Maintenance in 5 minutes"},
            write=("GET", "/status/sessions/terminate"),
        ),
        Round(action="scan", target="Films", write=("GET", "/library/sections/1/refresh")),
    ),
)
