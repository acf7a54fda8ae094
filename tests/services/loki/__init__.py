"""Loki in the lab, from recorded answers: one pattern that matches, one that does not."""

from lab.fixtures import ServiceFixture
from lab.replay import Raw, Replay, ReplayState, Sent, basic
from lab.wire import Json, JsonObject

USER, PASSWORD = "steward", "Mellow-finch-62"
QUERY, RANGE = "GET /loki/api/v1/query", "GET /loki/api/v1/query_range"
DISK, LOGIN = '{app="nas"} |= "I/O error"', '{container=~"radarr|sonarr"} |~ "(?i)exception"'
PATTERNS = f"Disk errors = {DISK} ;; Exceptions = {LOGIN}"
AT = 1_795_000_000


def vector(*series: tuple[dict[str, Json], float]) -> JsonObject:
    """Return the answer to a metric query at one time."""
    result: Json = [{"metric": {**metric}, "value": [AT, f"{value:g}"]} for metric, value in series]
    return {"status": "success", "data": {"resultType": "vector", "result": result, "stats": {}}}


def streams(*found: tuple[dict[str, Json], str]) -> JsonObject:
    """Return the answer to a log query: one line of each stream, the newest first."""
    result: Json = [
        {"stream": {**stream}, "values": [[f"{(AT - ago) * 10**9}", line]]}
        for ago, (stream, line) in enumerate(found)
    ]
    return {"status": "success", "data": {"resultType": "streams", "result": result, "stats": {}}}


def answer(state: ReplayState, sent: Sent) -> Json | Raw:
    """Return how many lines match a query: as ``state.values`` says, by the text of the query."""
    query = sent.query["query"]
    if query.startswith("topk"):
        return vector(({"app": "nas"}, 812), ({"app": "radarr"}, 3021))
    hits, lines = state.values.get("hits", 3), state.values.get("lines", 40)
    assert isinstance(hits, int)
    assert isinstance(lines, int)
    if "I/O error" in query:
        return vector(({"app": "nas"}, hits)) if hits else vector()
    if '{app="nas"}' in query:
        return vector(({"app": "nas"}, lines)) if lines else vector()
    if "exception" in query or not lines:
        return vector()
    return vector(({"container": "radarr"}, lines), ({"container": "sonarr"}, lines))


FIXTURE = ServiceFixture(
    simulator=Replay(
        answers={
            "GET /loki/api/v1/status/buildinfo": {
                "version": "3.5.1",
                "revision": "a1b2c3d",
                "branch": "HEAD",
            },
            QUERY: answer,
            RANGE: streams(
                ({"app": "nas", "host": "nas"}, "blk_update_request: I/O error, dev sdc"),
                ({"app": "nas", "host": "nas"}, "Buffer I/O error on dev sdc"),
            ),
        },
        accepts=basic(USER, PASSWORD),
    ),
    settings=lambda served: {
        "url": served.url,
        "username": USER,
        "password": PASSWORD,
        "patterns": PATTERNS,
    },
    wrong_credentials={"password": "Mellow-finch-63"},
    unhealthy={QUERY: vector()},
    arguments={"query": DISK, "minutes": 30, "label": "app"},
    targets={"pattern": "Disk errors"},
)
