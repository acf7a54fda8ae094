"""Redis in the lab: a primary with two replicas."""

from lab.fixtures import Round, ServiceFixture
from lab.lab import Lab
from lab.wire import Json, JsonObject
from services.redis.simulator import MIB, PASSWORD, USER, RedisSimulator

INFO: JsonObject = {
    "redis_version": "7.2.4",
    "run_id": "b1946ac92492d2347c6235b4d2611184",
    "uptime_in_seconds": 86_400,
    "connected_clients": 12,
    "maxclients": 10_000,
    "blocked_clients": 0,
    "used_memory": 96 * MIB,
    "maxmemory": 256 * MIB,
    "maxmemory_policy": "noeviction",
    "evicted_keys": 0,
    "instantaneous_ops_per_sec": 41,
    "keyspace_hits": 900,
    "keyspace_misses": 100,
    "rdb_bgsave_in_progress": 0,
    "rdb_last_bgsave_status": "ok",
    "rdb_last_save_time": 1_794_990_000,
    "rdb_changes_since_last_save": 17,
    "aof_enabled": 0,
    "aof_last_write_status": "ok",
    "role": "master",
    "connected_slaves": 2,
    "slave0": {"ip": "192.0.2.8", "port": 6379, "state": "online", "offset": 900, "lag": 0},
    "slave1": {"ip": "192.0.2.9", "port": 6379, "state": "online", "offset": 900, "lag": 1},
    "db0": {"keys": 300, "expires": 20, "avg_ttl": 0},
    "db3": {"keys": 12, "expires": 0, "avg_ttl": 0},
}
SLOW: list[JsonObject] = [
    {"id": 2, "time": 1_794_990_100, "duration": 21_000, "command": "KEYS"},
    {"id": 1, "time": 1_794_990_000, "duration": 12_000, "command": "SMEMBERS"},
]
ROUTE, SAVING, GRANTED = "GET /INFO", "GET /CONFIG GET save", "GET /ACL DRYRUN"


def _simulator(lab: Lab) -> RedisSimulator:
    answers: dict[str, Json] = {
        ROUTE: {**INFO, "rdb_last_save_time": int(lab.world.wall()) - 10_000},
        "GET /SLOWLOG GET 50": [*SLOW],
        SAVING: ["save", "3600 1 300 100 60 10000"],
        GRANTED: ["config|get", "slowlog|get", "config|set", "bgsave"],
    }
    return RedisSimulator("redis", lab.world, lab.faults, answers)


FIXTURE = ServiceFixture(
    simulator=_simulator,
    settings=lambda served: {**served.settings(), "username": USER, "password": PASSWORD},
    wrong_credentials={"password": "Grey heron 43"},
    rounds=(
        Round(action="set_memory", write=("SEND", "/CONFIG"), arguments={"memory_mib": 512}),
        Round(action="save", write=("SEND", "/BGSAVE")),
    ),
    unhealthy={
        ROUTE: {
            **INFO,
            "used_memory": 250 * MIB,
            "connected_clients": 9_500,
            "rdb_last_bgsave_status": "err",
            "rdb_last_save_time": 1_794_800_000,
            "slave0": {"ip": "192.0.2.8", "port": 6379, "state": "online", "offset": 9, "lag": 90},
        }
    },
    optional={f"{ROUTE} {db}": "A database without keys is not listed" for db in ("db0", "db3")},
    timeouts=("steward.sdk.tcp.ANSWER",),
)
