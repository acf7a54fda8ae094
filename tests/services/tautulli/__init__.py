"""Tautulli in the lab, from recorded answers."""

from lab.fixtures import Round, ServiceFixture
from lab.replay import Raw, Replay, ReplayState, Sent, query
from lab.wire import Json, JsonObject

API_KEY = "b5c0f1e2794d4c6f8a3e9d70c1d2e3f4"
ACTIVITY = "GET /api/v2?cmd=get_activity"
STATUS, UPDATE = "GET /api/v2?cmd=server_status", "GET /api/v2?cmd=get_pms_update"


def answer(data: Json, message: str | None = None, result: str = "success") -> JsonObject:
    """Return an answer as every command gives it."""
    return {"response": {"result": result, "message": message, "data": data}}


def session(key: int, product: str, person: int, decision: str, **changed: Json) -> JsonObject:
    """Return one stream with a person and a title, whose names nobody must see."""
    row: JsonObject = {
        "session_key": str(key),
        "session_id": f"kd83h{key}",
        "full_title": "The Quiet Harbour",
        "friendly_name": "Marta Lindqvist",
        "player": "Marta's tablet",
        "product": product,
        "state": "playing",
        "transcode_decision": decision,
        "user_id": person,
        "view_offset": f"{key * 60_000}",
        "bandwidth": f"{8_000 + key}",
    }
    return {**row, **changed}


def activity(*sessions: Json) -> JsonObject:
    """Return the answer with these streams; the count is a text."""
    return answer({"stream_count": str(len(sessions)), "sessions": [*sessions], "total_bandwidth": 1})


def _terminate(state: ReplayState, sent: Sent) -> Json | Raw:
    response = state.object(ACTIVITY)["response"]
    assert isinstance(response, dict)
    data = response["data"]
    assert isinstance(data, dict)
    rows = data["sessions"]
    assert isinstance(rows, list)
    kept = [one for one in rows if isinstance(one, dict) and one["session_key"] != sent.query["session_key"]]
    if len(kept) == len(rows):
        return Raw(status=400, body=answer({}, "Session not found", "error"))
    state.answers[ACTIVITY] = activity(*kept)
    return answer({}, "Session terminated")


FIXTURE = ServiceFixture(
    simulator=Replay(
        answers={
            "GET /api/v2?cmd=get_tautulli_info": answer({"tautulli_version": "v2.17.2"}),
            STATUS: answer({"connected": True}),
            UPDATE: answer({"update_available": False, "version": "1.42.1.10060"}),
            ACTIVITY: activity(
                session(31, "Plex for Apple TV", 1, "direct play"),
                session(32, "Plex Web", 2, "transcode"),
                session(33, "Plex for Android", 2, "copy"),
            ),
            "GET /api/v2?cmd=get_libraries": answer(
                [
                    {"section_id": "1", "section_name": "Films", "section_type": "movie", "count": "812"},
                    {"section_id": "2", "section_name": "Series", "section_type": "show", "count": "96"},
                ]
            ),
        },
        effects={"GET /api/v2?cmd=terminate_session": _terminate},
        accepts=query("apikey", API_KEY),
        refusal=Raw(status=401, body=answer({}, "Invalid apikey", "error")),
    ),
    settings=lambda served: {"url": served.url, "api_key": API_KEY, "most_transcodes": 2},
    wrong_credentials={"api_key": "0" * 32},
    unhealthy={
        ACTIVITY: activity(*(session(40 + one, "Plex Web", one, "transcode") for one in range(3))),
        STATUS: answer({"connected": False}),
    },
    optional={f"{ACTIVITY} response.data.sessions.product": "The name of the player is only shown"},
    rounds=(
        Round(
            action="stop_stream",
            target="Stream on Plex Web",
            write=("GET", "/api/v2?cmd=terminate_session"),
        ),
    ),
)
