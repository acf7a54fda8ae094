"""PostgreSQL: connections, sizes, replication, slow and blocked queries, and what must be vacuumed."""

from typing import Final

from ...errors import EffectUnknown, PreconditionFailed, ServiceRefused
from ...sdk.answers import at, known, parse_items
from ...sdk.categories import INFRASTRUCTURE
from ...sdk.description import Action, Call, Gaps, ResourceKind, Right, Risk, Role, Sensor, Service, Versions
from ...sdk.display import Text, critical, list_tool, served, size, started, warning, worst_first
from ...sdk.fields import CA_CERTIFICATE, VERIFY_TLS, secret_field, text_field
from ...sdk.kits import DeleteItem
from ...sdk.sensors import backup_time, count, duration, gibibytes, percentage, since, stops_first
from ...sdk.tcp import USE_TLS, host_fields
from .client import PORT, PostgresqlClient
from .models import Database, PostgresqlState, Query, Table
from .sql import END

SIGNAL: Final = "pg_signal_backend"
_HELP: Final = "A role with pg_monitor to see all queries, and pg_signal_backend to end them."
_SENSORS: Final[tuple[Sensor[PostgresqlState], ...]] = (
    served("connections", "Connections", lambda s: s.server.connections, "mdi:connection"),
    percentage("connection_share", "Connections used", lambda s: s.server.connection_share),
    count("slow_queries", "Slow queries", lambda s: s.number(Query.slow), "mdi:tortoise"),
    count("blocked_queries", "Blocked queries", lambda s: s.number(Query.blocked), "mdi:lock-clock"),
    count("problem_queries", "Queries with problems", lambda s: s.number(Query.is_bad), "mdi:database-alert"),
    duration("replication_lag", "Replication lag", lambda s: s.lag),
    gibibytes("size", "Size", lambda s: sum(known(one.size) for one in s.databases)),
    started(lambda s: s.server.started, "started", "Started"),
    backup_time(lambda s: s.backed_up, name="Last base backup"),
    since("archived", "Write-ahead log archived", lambda s: s.server.archived),
)
_DATABASE: Final = ResourceKind[PostgresqlState, Database](
    key="database",
    items=lambda state: state.databases,
    id=lambda one: one.id,
    title=lambda one: one.name,
    labels=lambda one: {"datname": one.name},
    role=Role.STORAGE,
    icon="mdi:database",
    sensors=(
        gibibytes("size", "Size", lambda one: one.size),
        served("connections", "Connections", lambda one: one.connections),
        percentage("transaction_numbers", "Transaction numbers used", lambda one: one.used_numbers),
        count("deadlocks", "Deadlocks", lambda one: one.deadlocks),
    ),
)
_QUERY: Final = ResourceKind[PostgresqlState, tuple[Query, bool]](
    key="query",
    items=PostgresqlState.listed,
    id=lambda one: one[0].id,
    title=lambda one: one[0].title,
    sensors=(stops_first("Is ended first", lambda one: one[1]),),
)


async def _queries(client: PostgresqlClient, gaps: Gaps) -> list[Query]:
    rows = await client.get("queries")
    return list(parse_items(Query, rows, gaps, "queries", name=lambda one: one.get("pid")))


async def _found(client: PostgresqlClient, call: Call) -> Query | None:
    gaps = Gaps()
    found = next((one for one in await _queries(client, gaps) if one.id == call.target.id), None)
    if found is None and (reason := gaps.of("queries")):
        raise PreconditionFailed(t"Not every query can be read: {reason}")
    return found


def _end(key: str, name: str, description: str, function: str, capability: str) -> Action[PostgresqlClient]:
    async def end(client: PostgresqlClient, call: Call, __: Query) -> None:
        pid, _, start = call.target.id.partition("-")
        statement = END.format(function=function, pid=int(pid), start=int(start))
        answer = await client.run(key, statement, changes=True)
        if answer is None:
            raise ServiceRefused(t"{call.target.name} is not there any more")
        if at(answer, "done") is not True:
            raise EffectUnknown(t"{key}: the server sent no signal to {call.target.name}")

    def not_active(one: Query) -> Text | None:
        return None if one.state == "active" else t"{one.title} runs nothing now: end its session instead"

    return DeleteItem(
        read=_found,
        delete=end,
        line=lambda one: f"{one.state}: {one.shown}",
        refusal=not_active if key == "cancel_query" else None,
        word=t"ended",
    ).action(
        key=key,
        name=name,
        description=description,
        risk=Risk.MEDIUM,
        scope="query",
        capability=capability,
        needs=(SIGNAL,),
    )


@list_tool("queries", "Queries", "What runs, the slow and blocked first, without values.")
async def _list(client: PostgresqlClient, gaps: Gaps, _: Call) -> list[str]:
    oldest_first = sorted(await _queries(client, gaps), key=lambda one: -(one.seconds or 0))
    return [str(one) for one in worst_first(oldest_first, Query.is_bad)]


@list_tool("tables", "Tables", "The largest tables of the database, and their last vacuum.")
async def _tables(client: PostgresqlClient, gaps: Gaps, _: Call) -> list[str]:
    found = parse_items(Table, await client.get("tables"), gaps, "tables")
    return [
        f"{one.name}: {size(one.size or 0)}, dead rows {one.dead} of {(one.live or 0) + (one.dead or 0)}, "
        f"vacuumed {f'{one.vacuumed:%Y-%m-%d %H:%M} UTC' if one.vacuumed else 'never'}"
        for one in found
    ]


@list_tool("database_status", "Status", "Connections and sizes.", capability="status")
async def _status(client: PostgresqlClient, gaps: Gaps, _: Call) -> list[str]:
    state = await PostgresqlState.poll(client, gaps)
    largest = sorted(state.databases, key=lambda one: -(one.size or 0))
    head = f"{state.server.connections} of {state.server.maximum} connections"
    replicas = [f"Replica {one.name}: {one.state}, lag {one.lag} s" for one in state.replicas]
    return [head, *replicas, *(f"{one.name}: {size(one.size or 0)}" for one in largest)]


SERVICE: Final = Service(
    key="postgresql",
    name="PostgreSQL",
    category=INFRASTRUCTURE,
    icon="mdi:elephant",
    settings=(
        *host_fields(PORT, "Such as postgresql.example.org"),
        text_field("database", "Database", "Where tables are looked at; by default postgres", required=False),
        text_field("username", "User name", _HELP),
        secret_field("password", "Password", required=False),
        USE_TLS,
        VERIFY_TLS,
        CA_CERTIFICATE,
    ),
    connect=PostgresqlClient,
    poll=PostgresqlState.poll,
    version=lambda state: state.server.version.partition(" ")[0],
    identity=lambda state: f"{state.server.system} {state.server.started.isoformat()}",
    rights=(
        Right(
            key="pg_monitor",
            name="pg_monitor",
            needed_for="Queries and replicas of other users, and the last base backup",
        ),
        Right(key=SIGNAL, name=SIGNAL, needed_for="Cancel query, End session"),
    ),
    granted=lambda state: frozenset(known(state.server.rights)),
    sensors=_SENSORS,
    resources=(_DATABASE, _QUERY),
    checks=(
        critical("database_connections", "Too many connections", lambda s: s.server.many_connections()),
        warning("replication_lag", "Replication late", PostgresqlState.replication_problem),
        warning("archive_failed", "Archiving fails", PostgresqlState.archive_problem),
        critical("wraparound", "Transaction numbers run out", Database.wraparound, scope="database"),
        warning("slow_queries", "Slow queries", lambda s: s.worst(Query.slow)),
        warning("blocked_queries", "Blocked queries", lambda s: s.worst(Query.blocked)),
        warning("idle_transactions", "Idle transactions", lambda s: s.worst(Query.idle)),
    ),
    tools=(_status, _list, _tables),
    actions=(
        _end("cancel_query", "Cancel query", "Its session goes on.", "pg_cancel_backend", "cancel_query"),
        _end(
            "end_session",
            "End session",
            "Closes the connection and takes its transaction back.",
            "pg_terminate_backend",
            "end_query",
        ),
    ),
    product="postgresql",
    understood=Versions("12", "18"),
    tested="PostgreSQL 15",
)
