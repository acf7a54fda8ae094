"""SABnzbd in the lab, from recorded answers."""

from lab.fixtures import Round, ServiceFixture
from lab.lab import Lab
from lab.replay import Replay, ReplaySimulator, ReplayState, Sent, query
from lab.wire import Json, JsonObject

API_KEY = "9b1c7f2e4d6a48b0a3c5e7f901234567"
QUEUE, HISTORY = "GET /api?mode=queue", "GET /api?mode=history"
FAILED: JsonObject = {
    "nzo_id": "nzo_9",
    "name": "Bit.Rot",
    "fail_message": "Aborted, cannot be completed",
    "retry": 1,
    "loaded": False,
}


def queue_of(state: ReplayState) -> JsonObject:
    """Return the queue, to change it."""
    found = state.object(QUEUE)["queue"]
    assert isinstance(found, dict)
    return found


def history(*slots: Json) -> JsonObject:
    """Return a history with these downloads."""
    return {"history": {"noofslots": len(slots), "slots": list(slots), "version": "5.1.3"}}


def queue(**changed: Json) -> JsonObject:
    """Return a queue of two downloads."""
    slots: Json = [
        {"nzo_id": "nzo_1", "filename": "Cold.Aisle.S01E02", "status": "Downloading", "mbleft": "512.00"},
        {"nzo_id": "nzo_2", "filename": "Hot.Aisle.S01E01", "status": "Queued", "mbleft": "1024.00"},
    ]
    found: JsonObject = {
        "version": "5.1.3",
        "paused": False,
        "pause_int": "0",
        "kbpersec": "2048.00",
        "mbleft": "1536.00",
        "speedlimit": "50",
        "speedlimit_abs": "5242880",
        "have_warnings": "1",
        "diskspace1": "60.60",
        "diskspace2": "400.00",
        "diskspacetotal1": "251.97",
        "diskspacetotal2": "1000.00",
        "noofslots_total": 2,
        "slots": slots,
    }
    return {"queue": {**found, **changed}}


def _set_limit(state: ReplayState, sent: Sent) -> Json:
    queue_of(state)["speedlimit_abs"] = str(int(sent.query["value"].removesuffix("K")) * 1024)
    return {"status": True}


def _emptied(state: ReplayState, _: Sent) -> Json:
    state.answers[HISTORY] = history()
    return {"status": True}


def _retried(state: ReplayState, sent: Sent) -> Json:
    found = state.object(HISTORY)["history"]
    assert isinstance(found, dict)
    slots = found["slots"]
    assert isinstance(slots, list)
    left = [one for one in slots if isinstance(one, dict) and one["nzo_id"] != sent.query["value"]]
    if len(left) == len(slots):
        return {"status": False, "error": "no such download"}
    state.answers[HISTORY] = history(*left)
    return {"status": True}


async def _is_paused(lab: Lab) -> None:
    served = lab.served["sabnzbd"]
    assert isinstance(served, ReplaySimulator)
    queue_of(served.state)["paused"] = True


async def _has_failed(lab: Lab) -> None:
    served = lab.served["sabnzbd"]
    assert isinstance(served, ReplaySimulator)
    served.state.answers[HISTORY] = history(FAILED)


def _pause(state: ReplayState, _: Sent) -> Json:
    queue_of(state)["paused"] = True
    return {"status": True}


def _resume(state: ReplayState, _: Sent) -> Json:
    queue_of(state)["paused"] = False
    return {"status": True}


FIXTURE = ServiceFixture(
    simulator=Replay(
        answers={
            QUEUE: queue(),
            HISTORY: history(),
            "GET /api?mode=warnings": {
                "warnings": [
                    {"type": "WARNING", "text": "Server news.example.org did not answer", "time": 1795226614},
                    {"type": "ERROR", "text": "Disk error on creating file", "time": 1795226714},
                ]
            },
        },
        effects={
            "POST /api?mode=pause": _pause,
            "POST /api?mode=resume": _resume,
            "POST /api?mode=config&name=speedlimit": _set_limit,
            "POST /api?mode=retry": _retried,
            "POST /api?mode=history&name=delete": _emptied,
        },
        accepts=query("apikey", API_KEY),
    ),
    settings=lambda served: {"url": served.url, "api_key": API_KEY},
    wrong_credentials={"api_key": "0" * 32},
    unhealthy={
        QUEUE: queue(paused=True, diskspace1="2.10"),
        HISTORY: history(FAILED, {**FAILED, "nzo_id": "nzo_8", "name": "Lost.Packet", "retry": 0}),
    },
    rounds=(
        Round(action="pause", write=("POST", "/api?mode=pause")),
        Round(action="resume", write=("POST", "/api?mode=resume"), prepare=_is_paused),
        Round(
            action="set_speed_limit",
            write=("POST", "/api?mode=config&name=speedlimit"),
            arguments={"limit": 2048},
        ),
        Round(action="retry_failed", write=("POST", "/api?mode=retry"), prepare=_has_failed),
        Round(action="clear_failed", write=("POST", "/api?mode=history&name=delete"), prepare=_has_failed),
    ),
)
