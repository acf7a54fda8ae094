"""PostgreSQL in the lab: a primary with two databases, a replica and three sessions."""

from lab.fixtures import Round, ServiceFixture
from lab.lab import Lab
from lab.wire import JsonObject
from services.postgresql.simulator import PASSWORD, USER, PostgresqlSimulator

SERVER: JsonObject = {
    "version": "17.2 (Debian 17.2-1)",
    "started": "2026-11-01T08:00:00.123456+00:00",
    "system": "7301234567890123456",
    "connections": 24,
    "maximum": 100,
    "isReplica": False,
    "receiver": None,
    "replayLag": None,
    "archives": True,
    "archived": "2026-11-18T11:00:00+00:00",
    "archiveFails": False,
    "rights": ["pg_monitor", "pg_signal_backend"],
}
DATABASES: list[JsonObject] = [
    {
        "id": "16384",
        "name": "paperless",
        "age": 21_000_000,
        "size": 3 * 2**30,
        "connections": 4,
        "deadlocks": 0,
    },
    {"id": "16390", "name": "immich", "age": 90_000_000, "size": 9 * 2**30, "connections": 9, "deadlocks": 1},
]
REPLICAS: list[JsonObject] = [
    {"name": "cellar", "state": "streaming", "lag": 0.4},
    {"name": "attic", "state": "streaming", "lag": 1.5},
]


def query(pid: int, state: str, seconds: float, *blocked_by: int, text: str = "SELECT 1") -> JsonObject:
    """Return a session as the server lists it."""
    return {
        "pid": pid,
        "start": 1_794_990_000_000_000 + pid,
        "database": "immich",
        "user": "immich",
        "application": "immich",
        "state": state,
        "seconds": seconds,
        "blockedBy": [*blocked_by],
        "text": text,
    }


SECRET = "UPDATE users SET password = 'heron-secret' WHERE id = 4711"
QUERIES: list[JsonObject] = [
    query(301, "active", 2.0),
    query(302, "active", 12.0, 303, text=SECRET),
    query(303, "idle in transaction", 20.0),
]
TABLES: list[JsonObject] = [
    {
        "name": "public.assets",
        "live": 90_000,
        "dead": 1_200,
        "vacuumed": "2026-11-17T03:00:00+00:00",
        "size": 2**31,
    },
    {"name": "public.albums", "live": 40, "dead": 0, "vacuumed": None, "size": 2**20},
]


def _simulator(lab: Lab) -> PostgresqlSimulator:
    return PostgresqlSimulator(
        "postgresql",
        lab.world,
        lab.faults,
        {
            "GET /server": SERVER,
            "GET /databases": [*DATABASES],
            "GET /base_backup": {"ended": "2026-11-17T02:14:09+00:00"},
            "GET /replicas": [*REPLICAS],
            "GET /queries": [*QUERIES],
            "GET /tables": [*TABLES],
        },
    )


FIXTURE = ServiceFixture(
    simulator=_simulator,
    settings=lambda served: {**served.settings(), "username": USER, "password": PASSWORD},
    wrong_credentials={"password": "Grey heron 43"},
    rounds=(
        Round(action="cancel_query", write=("SEND", "/cancel_query"), target="immich 302"),
        Round(action="end_session", write=("SEND", "/end_session"), target="immich 303"),
    ),
    unhealthy={
        "GET /server": {**SERVER, "connections": 97, "archiveFails": True},
        "GET /databases": [{**DATABASES[0], "age": 1_900_000_000}, DATABASES[1]],
        "GET /replicas": [{**REPLICAS[0], "lag": 400.0}, REPLICAS[1]],
        "GET /queries": [
            query(301, "active", 900.0),
            query(302, "active", 90.0, 303),
            query(303, "idle in transaction", 4000.0),
        ],
    },
    timeouts=("steward.services.postgresql.client.ANSWER",),
)
