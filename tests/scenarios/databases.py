"""Databases that do not answer, are late, or are held up by a query."""

import copy

from lab.lab import Lab
from lab.scenarios import Change, Scenario
from lab.wire_simulator import WireSimulator
from services.docker.engine import EngineSimulator
from services.neo4j import HEALTHY, READ, UNHEALTHY, asked
from services.postgresql import QUERIES, REPLICAS, SERVER, query
from services.redis import INFO, ROUTE
from services.redis.simulator import MIB

_FOREVER = 1e9


def _of(lab: Lab, key: str) -> WireSimulator:
    served = lab.served[key]
    assert isinstance(served, WireSimulator)
    return served


def sets(key: str, route: str, answer: object) -> Change:
    """Return what changes an answer of a service that does not speak HTTP."""

    async def change(lab: Lab) -> None:
        _of(lab, key).state.answers[route] = copy.deepcopy(answer)  # type: ignore[assignment]

    return change


def hangs(key: str) -> Change:
    """Return what lets a program answer nobody any more."""

    async def change(lab: Lab) -> None:
        _of(lab, key).state.away(_FOREVER, after=0)

    return change


def ends(key: str) -> Change:
    """Return what lets the container of a program end."""

    async def change(lab: Lab) -> None:
        engine = lab.served["docker"]
        assert isinstance(engine, EngineSimulator)
        engine.engine.containers["sonarr"]["State"] |= {"Status": "created", "Running": False}
        _of(lab, key).state.away(_FOREVER, after=0)

    return change


def answers(key: str) -> Change:
    """Return what lets a program answer again."""

    async def change(lab: Lab) -> None:
        _of(lab, key).state.away(0)

    return change


def down(runbook: str, key: str, title: str) -> tuple[Scenario, ...]:
    """Return the scenarios of a program whose container ended, and of one that hangs."""
    return tuple(
        Scenario(
            runbook=runbook,
            services=(key, "docker"),
            breaks=breaks,
            helps=answers(key),
            check="unreachable",
            recipe=recipe,
            target=title,
            settings={key: {"runs_on": "sonarr"}},
        )
        for recipe, breaks in (("start-host", ends(key)), ("restart-host", hangs(key)))
    )


_SLOW = [query(301, "active", 900.0), *QUERIES[1:]]
_BLOCKED = [query(302, "active", 90.0, 303), query(303, "idle in transaction", 100.0)]


SCENARIOS = (
    *down("database-down", "redis", "Redis"),
    *down("mqtt-broker-down", "mqtt", "MQTT broker"),
    Scenario(
        runbook="replication-late",
        services=("postgresql",),
        breaks=sets("postgresql", "GET /replicas", [{**REPLICAS[0], "lag": 400.0}]),
        check="replication_lag",
        recipe="investigate",
        target="PostgreSQL",
        evidence="Replica cellar: streaming, lag 400.0 s",
    ),
    Scenario(
        runbook="slow-queries",
        services=("postgresql",),
        breaks=sets("postgresql", "GET /queries", _SLOW),
        helps=sets("postgresql", "GET /queries", QUERIES[1:]),
        check="slow_queries",
        recipe="cancel-query",
        target="PostgreSQL",
        evidence="immich 301 (immich): active for 15 min",
    ),
    Scenario(
        runbook="slow-queries",
        services=("postgresql",),
        breaks=sets("postgresql", "GET /queries", _BLOCKED),
        helps=sets("postgresql", "GET /queries", QUERIES[:1]),
        check="blocked_queries",
        recipe="end-session",
        target="PostgreSQL",
    ),
    Scenario(
        runbook="slow-queries",
        services=("neo4j",),
        breaks={READ: asked({**HEALTHY, "TRANSACTIONS": UNHEALTHY["TRANSACTIONS"]})},
        check="slow_queries",
        recipe="investigate",
        target="Neo4j",
    ),
    Scenario(
        runbook="redis-memory-full",
        services=("redis", "docker"),
        settings={"redis": {"runs_on": "sonarr"}},
        breaks=sets("redis", ROUTE, {**INFO, "used_memory": 250 * MIB}),
        again=sets("redis", ROUTE, {**INFO, "used_memory": 380 * MIB, "maxmemory": 384 * MIB}),
        check="redis_memory_full",
        recipe="increase-memory",
        target="Redis",
    ),
    Scenario(
        runbook="redis-not-saved",
        services=("redis",),
        breaks=sets("redis", ROUTE, {**INFO, "rdb_last_bgsave_status": "err"}),
        check="redis_save_failed",
        recipe="save",
        target="Redis",
    ),
    Scenario(
        runbook="database-connections",
        services=("postgresql",),
        breaks=sets("postgresql", "GET /server", {**SERVER, "connections": 97}),
        check="database_connections",
        recipe="investigate",
        target="PostgreSQL",
        evidence="97 of 100 connections",
    ),
    Scenario(
        runbook="mqtt-clients",
        services=("mqtt",),
        breaks=sets("mqtt", "GET /$SYS", {"broker/version": "x 2.0", "broker/clients/connected": "0"}),
        check="mqtt_no_clients",
        recipe="investigate",
        target="MQTT broker",
    ),
)
