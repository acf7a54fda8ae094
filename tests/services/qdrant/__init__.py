"""Qdrant in the lab, from recorded answers: a server with two collections."""

from lab.fixtures import Round, ServiceFixture
from lab.replay import Raw, Replay, ReplayState, Sent, header
from lab.wire import Json, JsonObject

KEY = "f3b1-heron-key"


def collection(status: str = "green", optimizer: Json = "ok", points: int = 1200) -> JsonObject:
    """Return what a collection answers."""
    return {
        "result": {
            "status": status,
            "optimizer_status": optimizer,
            "points_count": points,
            "indexed_vectors_count": points - 200,
            "segments_count": 4,
            "config": {"params": {"vectors": {"size": 768, "distance": "Cosine"}}},
        },
        "status": "ok",
        "time": 0.0001,
    }


def snapshot(number: int) -> JsonObject:
    """Return a snapshot as the server lists it."""
    return {
        "name": f"notes-{number}.snapshot",
        "creation_time": f"2026-11-0{number}T08:00:00",
        "size": 4096,
        "checksum": None,
    }


def held(name: str, vectors: int) -> JsonObject:
    """Return what the server holds of a collection, a shard that is here and one that is not."""
    local: JsonObject = {"vectors_size_bytes": vectors, "payloads_size_bytes": 1_048_576, "segments": []}
    return {"id": name, "shards": [{"id": 0, "local": local, "remote": []}, {"id": 1, "local": None}]}


TELEMETRY = "GET /telemetry"
SNAPSHOTS = "GET /collections/notes/snapshots"


def _create(state: ReplayState, _: Sent) -> Json | Raw:
    found = state.object(SNAPSHOTS)["result"]
    assert isinstance(found, list)
    found.append(snapshot(len(found) + 1))
    return {"result": found[-1], "status": "ok", "time": 0.4}


def _delete(state: ReplayState, sent: Sent) -> Json:
    found = state.object(SNAPSHOTS)["result"]
    assert isinstance(found, list)
    name = sent.path.rpartition("/")[2]
    found[:] = [one for one in found if isinstance(one, dict) and one["name"] != name]
    return {"result": True, "status": "ok", "time": 0.1}


FIXTURE = ServiceFixture(
    simulator=Replay(
        answers={
            TELEMETRY: {
                "result": {
                    "id": "b7e1",
                    "app": {"name": "qdrant", "version": "1.15.1"},
                    "collections": {
                        "number_of_collections": 2,
                        "collections": [held("notes", 3_145_728), held("photos", 1_073_741_824)],
                    },
                },
                "status": "ok",
            },
            "GET /collections": {
                "result": {"collections": [{"name": "notes"}, {"name": "photos"}]},
                "status": "ok",
            },
            "GET /collections/notes": collection(),
            "GET /collections/photos": collection("yellow", points=90_000),
            SNAPSHOTS: {"result": [snapshot(1), snapshot(2)], "status": "ok"},
            "GET /collections/photos/snapshots": {"result": [snapshot(3)], "status": "ok"},
        },
        effects={
            "POST /collections/notes/snapshots": _create,
            "DELETE /collections/notes/snapshots/notes-3.snapshot": _delete,
        },
        accepts=header("api-key", KEY),
    ),
    settings=lambda served: {"url": served.url, "api_key": KEY},
    wrong_credentials={"api_key": "wrong"},
    rounds=(Round(action="create_snapshot", target="notes", write=("POST", "/collections/notes/snapshots")),),
    optional={f"{TELEMETRY}?details_level=3 result.collections.collections.shards.local": "It is elsewhere"},
    unhealthy={
        "GET /collections/notes": collection("red", {"error": "No space left on device"}),
    },
)
