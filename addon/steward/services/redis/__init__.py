"""Redis and Valkey: memory, clients, persistence and replication."""

from collections.abc import Callable
from typing import Final

from homelab_steward.contract.base import Value

from ...errors import ServiceMalformed
from ...sdk.answers import known, parse, worded
from ...sdk.categories import INFRASTRUCTURE
from ...sdk.description import Call, Check, Control, Gaps, Right, Risk, Sensor, Service, Versions
from ...sdk.display import MIB, Text, critical, list_tool, memory_share, memory_used, served, usage, warning
from ...sdk.fields import number_field
from ...sdk.kits import Current, Job, Jobs, RunJob, SetValue, always
from ...sdk.sensors import count, diagnostic, duration, mebibytes, percentage, problem, share, since
from ...sdk.tcp import tcp_settings
from .client import PORT, RedisClient
from .models import Info, RedisState

_HELP: Final = (
    "A user with +info, +slowlog|get, +config|get, +acl|dryrun, and for actions +config|set and +bgsave."
)
RIGHTS: Final = tuple(
    Right(key=key, name=f"+{key}", needed_for=needed)
    for key, needed in {
        "config|get": "seeing whether it saves by itself",
        "slowlog|get": "slow commands",
        "config|set": "changing the memory limit",
        "bgsave": "saving",
    }.items()
)
_ARGUMENT: Final = number_field("memory_mib", "Memory limit", least=1, most=1_048_576, unit="MiB")


def _of(check: Callable[[Info], Text | None]) -> Callable[[RedisState], Text | None]:
    return lambda state: check(state.info)


_SENSORS: Final[tuple[Sensor[RedisState], ...]] = (
    memory_share(lambda s: share(s.info.used_memory, s.info.limit)),
    memory_used(lambda s: s.info.used_memory),
    mebibytes("memory_limit", "Memory limit", lambda s: s.info.limit, diagnostic=True),
    served("clients", "Clients", lambda s: s.info.connected_clients, "mdi:connection"),
    served(
        "operations", "Operations per second", lambda s: s.info.instantaneous_ops_per_sec, "mdi:speedometer"
    ),
    problem("not_saved", "Not saved", RedisState.not_saved),
    served("keys", "Keys", lambda s: s.info.keys, "mdi:key-variant"),
    count("slow_commands", "Slow commands", lambda s: len(s.slow), "mdi:tortoise"),
    percentage(
        "hit_rate",
        "Hit rate",
        lambda s: share(s.info.keyspace_hits, known(s.info.keyspace_hits) + known(s.info.keyspace_misses)),
    ),
    duration("replication_lag", "Replication lag", lambda s: s.info.lag),
    diagnostic("role", "Role", lambda s: s.info.role),
    diagnostic("eviction_policy", "Eviction policy", lambda s: s.info.maxmemory_policy, enabled=False),
    since("last_save", "Last save", lambda s: s.saved_at),
    duration("uptime", "Uptime", lambda s: s.info.uptime_in_seconds, diagnostic=True, enabled=False),
)
_CHECKS: Final[tuple[Check[RedisState], ...]] = (
    critical("redis_memory_full", "Redis memory full", _of(Info.memory_full)),
    warning("redis_save_failed", "Redis not saved", _of(Info.save_failed)),
    warning("redis_save_old", "Redis not saved for a long time", RedisState.old_save),
    warning("redis_clients", "Redis has too many clients", _of(Info.many_clients)),
    warning("replication_lag", "Replication late", _of(Info.replication_problem)),
)


async def _info(client: RedisClient) -> Info:
    return parse(Info, await client.get("INFO"), "INFO")


async def _limit(client: RedisClient, _: Call) -> Current:
    return Current(value=round(known((await _info(client)).maxmemory) / MIB))


async def _set_limit(client: RedisClient, _: Call, value: Value, __: Current) -> None:
    if not isinstance(value, int | float):
        raise ServiceMalformed(t"the limit is not a number")
    await client.ask("CONFIG", "SET", "maxmemory", str(int(value * MIB)))


async def _too_small(client: RedisClient, call: Call, _: Current) -> Text | None:
    used, limit = (await _info(client)).used_memory, call.number("memory_mib") * MIB
    return t"It uses {usage(used, limit)}" if known(used) > limit else None


async def _last_save(client: RedisClient, _: Call) -> Job:
    info = await _info(client)
    return Job(
        handle=str(known(info.rdb_last_save_time)),
        order=info.rdb_last_save_time,
        is_running=known(info.rdb_bgsave_in_progress),
        ok=known(info.rdb_last_bgsave_status) == "ok",
        text=f"last save {info.rdb_last_bgsave_status}",
    )


async def _save(client: RedisClient, call: Call) -> str:
    before = (await _last_save(client, call)).handle
    await client.ask("BGSAVE")
    return before


async def _saved(client: RedisClient, call: Call, before: str) -> Job:
    """Return the save after ``before``: a save that failed does not change the time of the last one."""
    found = await _last_save(client, call)
    is_under_way = found.is_running or (found.handle == before and found.ok is True)
    return Job(handle=before, is_running=True, text="under way") if is_under_way else found


@list_tool("slow_commands", "Slow commands", "The slowest recent commands by name.", needs=("slowlog|get",))
async def _slow(client: RedisClient, gaps: Gaps, _: Call) -> list[str]:
    slow = sorted((await RedisState.poll(client, gaps)).slow, key=lambda one: -one.duration)
    return [f"{one.command}: {one.duration / 1000:g} ms, {one.at:%Y-%m-%d %H:%M} UTC" for one in slow]


@list_tool("redis_status", "Status", "Problems, memory and clients.", capability="status")
async def _status(client: RedisClient, gaps: Gaps, _: Call) -> list[str]:
    info = (await RedisState.poll(client, gaps)).info
    checks = (info.memory_full, info.save_failed, info.many_clients, info.replication_problem)
    memory = f"Memory: {usage(info.used_memory, info.maxmemory or None)}, policy {info.maxmemory_policy}"
    problems = [worded(lambda check=check: check() or "") for check in checks]  # type: ignore[misc]
    return [*filter(None, problems), memory, f"Clients: {info.connected_clients}", f"Role: {info.role}"]


SERVICE: Final = Service(
    key="redis",
    category=INFRASTRUCTURE,
    icon="mdi:database",
    settings=tcp_settings(PORT, "Such as redis.example.org", _HELP),
    connect=RedisClient,
    poll=RedisState.poll,
    version=lambda state: state.info.version,
    identity=lambda state: state.info.run_id,
    sensors=_SENSORS,
    checks=_CHECKS,
    tools=(_status, _slow),
    actions=(
        SetValue(
            argument=_ARGUMENT.key,
            label=t"Memory limit",
            unit="MiB",
            read=_limit,
            write=_set_limit,
            refusal=_too_small,
            note=t"Valid until the next restart, unless you also change the configuration file.",
        ).action(
            key="set_memory",
            name="Set memory limit",
            description="Sets how much memory it may use.",
            risk=Risk.MEDIUM,
            arguments=(_ARGUMENT,),
            needs=("config|set",),
        ),
        RunJob(
            start=_save,
            jobs=Jobs(read=_saved, newest=_last_save),
            changes=always(t"Data", t"in memory", t"saved"),
        ).action(
            key="save",
            description="Writes a snapshot of all data to disk.",
            risk=Risk.LOW,
            capability="backup",
            icon="mdi:content-save",
            needs=("bgsave",),
        ),
    ),
    controls=(
        Control.number(
            "memory_limit", "Memory limit", "memory_limit", action="set_memory", argument="memory_mib"
        ),
    ),
    rights=RIGHTS,
    granted=lambda state: frozenset(known(state.granted.commands)),
    understood=Versions("5", "9", note="of Redis or Valkey"),
    tested="Redis 7.0",
)
