"""Neo4j in the lab, from recorded answers: three databases and two transactions."""

from typing import Any

from lab.fixtures import Round, ServiceFixture
from lab.replay import Raw, Replay, ReplayState, Sent, basic
from lab.wire import Json, JsonObject

USER, PASSWORD = "keeper", "Blue heron 42"
DATABASES = ["databaseID", "name", "currentStatus", "requestedStatus", "statusMessage", "replicationLag"]
TRANSACTIONS = ["transactionId", "database", "username", "status", "milliseconds"]
SIZE = "neo4j.metrics:name=neo4j.{}.store.size.database"
READ = "POST /db/system/query/v2"


def table(fields: list[str], *rows: list[Json]) -> JsonObject:
    """Return rows as the Query API does."""
    return {"data": {"fields": [*fields], "values": [*rows]}, "bookmarks": ["FB:kcwQ"]}


HEALTHY: dict[str, JsonObject] = {
    "DATABASES": table(
        DATABASES,
        ["A1F0", "system", "online", "online", "", 0],
        ["B2E1", "notes", "online", "online", "", 0],
        ["C3D2", "archive", "offline", "offline", "", 0],
    ),
    "dbms.queryJmx('neo4j.metrics:name=*.store.size.database')": table(
        ["name", "bytes"],
        [SIZE.format("system"), 2 * 1024**2],
        [SIZE.format("notes"), 640 * 1024**2],
        [SIZE.format("archive"), 11 * 1024**2],
    ),
    "USER": table(["access", "action"], ["GRANTED", "access"], ["GRANTED", "transaction_management"]),
    "TRANSACTIONS": table(
        TRANSACTIONS,
        ["notes-transaction-31", "notes", "keeper", "Running", 40],
        ["notes-transaction-32", "notes", "graphiti", "Running", 9000],
    ),
}
UNHEALTHY: dict[str, JsonObject] = {
    "DATABASES": table(
        DATABASES,
        ["A1F0", "system", "online", "online", "", 0],
        ["B2E1", "notes", "offline", "online", "No space left on device", 0],
    ),
    "TRANSACTIONS": table(TRANSACTIONS, ["notes-transaction-32", "notes", "graphiti", "Running", 900_000]),
}


def asked(found: dict[str, JsonObject]) -> Any:
    """Return what answers the two statements."""

    def answer(state: ReplayState, sent: Sent) -> Json | Raw:
        statement = str(sent.fields["statement"])
        return state.values.get("left") or {**HEALTHY, **found}[statement.split()[1]]

    return answer


def _terminate(state: ReplayState, sent: Sent) -> Json | Raw:
    parameters = sent.fields["parameters"]
    assert isinstance(parameters, dict)
    wanted, table_ = parameters["id"], HEALTHY["TRANSACTIONS"]["data"]
    assert isinstance(table_, dict)
    values = table_["values"]
    assert isinstance(values, list)
    left = [row for row in values if isinstance(row, list) and row[0] != wanted]
    if len(left) == len(values):
        return Raw(status=202, body=table(["message"], ["Transaction not found."]))
    changed = {**HEALTHY, "TRANSACTIONS": table(TRANSACTIONS, *left)}
    state.answers[READ] = asked(changed)
    return Raw(status=202, body=table(["message"], ["Transaction terminated."]))


FIXTURE = ServiceFixture(
    simulator=Replay(
        answers={
            "GET /": {"neo4j_version": "5.26.1", "neo4j_edition": "enterprise", "bolt_direct": "bolt://x"},
            READ: asked(HEALTHY),
        },
        effects={"POST /db/notes/query/v2": _terminate},
        accepts=basic(USER, PASSWORD),
        public=frozenset({"/"}),
    ),
    settings=lambda served: {"url": served.url, "username": USER, "password": PASSWORD},
    wrong_credentials={"password": "Grey heron 43"},
    rounds=(
        Round(action="end_transaction", target="notes-transaction-32", write=("POST", "/db/notes/query/v2")),
    ),
    unhealthy={READ: asked(UNHEALTHY)},
)
