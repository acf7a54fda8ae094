"""qBittorrent in the lab, from recorded answers."""

from lab.fixtures import Round, ServiceFixture
from lab.lab import Lab
from lab.replay import Raw, Replay, ReplaySimulator, ReplayState, Sent
from lab.wire import Json, JsonObject

DATA, TORRENTS = "GET /api/v2/sync/maindata", "GET /api/v2/torrents/info"
PASSWORD = "carrier-pigeon-7"


def torrent(key: str, name: str, state: str, left: int = 734_003_200) -> JsonObject:
    """Return one torrent."""
    return {"hash": key, "name": name, "state": state, "amount_left": left, "progress": 0.5, "dlspeed": 0}


def data(**changed: Json) -> JsonObject:
    """Return the state of the program."""
    server: JsonObject = {
        "connection_status": "connected",
        "dl_info_speed": 2_097_152,
        "up_info_speed": 131_072,
        "dl_rate_limit": 5_242_880,
        "free_space_on_disk": 64_424_509_440,
    }
    return {"rid": 1, "full_update": True, "server_state": {**server, **changed}}


def _login(state: ReplayState, sent: Sent) -> Raw:
    if sent.fields.get("password") != PASSWORD:
        return Raw(text="Fails.")
    session = state.values.setdefault("session", "abc123")
    return Raw(text="Ok.", headers={"Set-Cookie": f"SID={session}; HttpOnly; path=/"})


def _is_logged_in(state: ReplayState, sent: Sent) -> bool:
    return sent.headers.get("cookie") == f"SID={state.values.get('session')}"


def _turned(state: ReplayState, sent: Sent, to: str) -> None:
    hashes = str(sent.fields["hashes"]).split("|")
    for row in state.rows(TORRENTS):
        if isinstance(row, dict) and row["hash"] in hashes:
            row["state"] = to


def _resume(state: ReplayState, sent: Sent) -> None:
    _turned(state, sent, "downloading")


def _pause(state: ReplayState, sent: Sent) -> None:
    _turned(state, sent, "pausedDL")


def _limit(state: ReplayState, sent: Sent) -> None:
    server = state.object(DATA)["server_state"]
    assert isinstance(server, dict)
    server["dl_rate_limit"] = int(str(sent.fields["limit"]))


async def _is_paused(lab: Lab) -> None:
    served = lab.served["qbittorrent"]
    assert isinstance(served, ReplaySimulator)
    served.state.answers[TORRENTS] = [torrent("aa11", "Debian DVD", "pausedDL")]


async def _has_failed(lab: Lab) -> None:
    served = lab.served["qbittorrent"]
    assert isinstance(served, ReplaySimulator)
    served.state.answers[TORRENTS] = [torrent("aa11", "Debian DVD", "missingFiles")]


FIXTURE = ServiceFixture(
    simulator=Replay(
        answers={
            "GET /api/v2/app/version": Raw(text="v4.6.7"),
            "POST /api/v2/auth/login": _login,
            DATA: data(),
            TORRENTS: [
                torrent("aa11", "Debian DVD", "downloading"),
                torrent("bb22", "Map tiles", "stalledDL"),
                torrent("cc33", "Old archive", "stalledUP", 0),
            ],
        },
        effects={
            "POST /api/v2/torrents/resume": _resume,
            "POST /api/v2/torrents/pause": _pause,
            "POST /api/v2/transfer/setDownloadLimit": _limit,
        },
        accepts=_is_logged_in,
        refusal=Raw(status=403, text="Forbidden"),
        public=frozenset({"/api/v2/auth/login"}),
    ),
    settings=lambda served: {"url": served.url, "username": "steward", "password": PASSWORD},
    wrong_credentials={"password": "wrong-horse-1"},
    unhealthy={
        DATA: data(connection_status="disconnected", free_space_on_disk=73_400_320),
        TORRENTS: [torrent("aa11", "Debian DVD", "missingFiles"), torrent("bb22", "Map tiles", "stalledDL")],
    },
    rounds=(
        Round(action="pause", write=("POST", "/api/v2/torrents/pause")),
        Round(action="resume", write=("POST", "/api/v2/torrents/resume"), prepare=_is_paused),
        Round(
            action="set_speed_limit",
            write=("POST", "/api/v2/transfer/setDownloadLimit"),
            arguments={"limit": 2048},
        ),
        Round(action="retry_failed", write=("POST", "/api/v2/torrents/resume"), prepare=_has_failed),
    ),
)
