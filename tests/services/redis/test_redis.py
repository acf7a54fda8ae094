"""Redis: what has no limit, replicas, saves that fail, what may be shown of slow commands."""

import pytest

from lab.visit import visit
from lab.wire import Json
from services.redis import FIXTURE, GRANTED, INFO, ROUTE, SAVING
from services.redis.simulator import MIB
from steward.errors import PreconditionFailed, ServiceMalformed
from steward.sdk.readings import NotKnown
from steward.services.redis.models import Info, Replica

MEMORY, SAVE = FIXTURE.rounds
REPLICA = {"role": "slave", "master_link_status": "up", "master_last_io_seconds_ago": 3}


def info(**changes: object) -> Info:
    return Info(redis_version="7", run_id="a", **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("used", "limit", "policy", "is_full"),
    [
        (250, 256, "noeviction", True),
        (200, 256, "noeviction", False),
        (256, 256, "allkeys-lru", False),
        (256, 0, "noeviction", False),
    ],
)
def test_it_is_full_where_nothing_may_be_evicted(used: int, limit: int, policy: str, is_full: bool) -> None:  # noqa: FBT001
    found = info(used_memory=used * MIB, maxmemory=limit * MIB, maxmemory_policy=policy)
    assert (found.memory_full() is not None) is is_full


def test_without_a_limit_there_is_no_share() -> None:
    with pytest.raises(NotKnown, match="no memory limit"):
        _ = info(maxmemory=0).limit


def test_the_lag_of_a_primary_and_of_a_replica() -> None:
    two = (Replica(lag=1), Replica(lag=4))
    assert info(role="master", connected_slaves=2, replicas=two).lag == 4
    assert info(**REPLICA).lag == 3
    assert info(**REPLICA | {"master_link_status": "down"}).replication_problem()
    assert info(role="master", connected_slaves=0).replication_problem() is None
    for found in (info(role="master", connected_slaves=3, replicas=two), info(role="master")):
        with pytest.raises(NotKnown):
            found.replication_problem()


async def test_a_replica_is_read() -> None:
    async with visit("redis") as here:
        kept = {key: value for key, value in INFO.items() if not key.startswith(("slave", "connected_sl"))}
        here.served.state.answers[ROUTE] = {**kept, **REPLICA, "valkey_version": "8.1.0"}
        found = await here.snapshot()
        assert (found.version, found.values["replication_lag"], found.values["role"]) == ("8.1.0", 3, "slave")


async def test_a_limit_below_what_is_used_is_not_offered() -> None:
    async with visit("redis") as here:
        action = here.action("set_memory")
        with pytest.raises(PreconditionFailed, match="It uses 96 MiB"):
            await action.dry_run(here.client, await here.call_of(action, memory_mib=64))


async def test_a_save_that_fails_is_no_success() -> None:
    async with visit("redis") as here:
        here.served.saves = "err"
        action, call = here.action("save"), await here.call(SAVE)
        before = await action.dry_run(here.client, call)
        handle = await here.client.ask("BGSAVE")
        assert handle == "Background saving started"
        await here.clock.sleep(6)
        assert (await action.verify(here.client, call, before.baseline)).ok is False


async def test_of_slow_commands_only_the_name_is_shown() -> None:
    async with visit("redis") as here:
        tool = here.tool("slow_commands")
        text = (await tool.read(here.client, await here.call_of(tool))).text
        assert text.splitlines()[0].startswith("KEYS: 21 ms")
        assert "secret-key" not in text
        status = here.tool("redis_status")
        await here.make_unhealthy()
        assert (
            "Memory: 250 MiB of 256 MiB" in (await status.read(here.client, await here.call_of(status))).text
        )


async def test_another_program_is_not_taken_for_redis() -> None:
    async with visit("redis") as here:
        here.served.state.answers[ROUTE] = {"server": "something"}
        with pytest.raises(ServiceMalformed):
            await here.poll()


@pytest.mark.parametrize(
    ("changes", "saving", "expected"),
    [
        ({}, "3600 1 300 100", "Not saved for 2 d, with 17 changes"),
        ({"rdb_changes_since_last_save": 0}, "3600 1", None),
        ({"aof_enabled": 1}, "3600 1", None),
        ({}, "", None),
        ({}, "172800 1", None),
        ({"aof_enabled": None}, "3600 1", "?"),
        ({}, "often", "?"),
        ({}, None, "?"),
    ],
)
async def test_changes_that_are_not_saved_for_a_long_time(
    changes: dict[str, Json], saving: str | None, expected: str | None
) -> None:
    async with visit("redis") as here:
        old = {**INFO, "rdb_last_save_time": int(here.clock.now().timestamp()) - 2 * 86_400}
        here.served.state.answers |= {
            ROUTE: {**old, **changes},
            SAVING: [] if saving is None else ["save", saving],
        }
        found, key = await here.checks(), ("redis_save_old", None)
        assert ("?" if key in found.unknown else found.problems.get(key)) == expected


async def test_rights_that_the_user_lacks_are_named_if_the_server_says_them() -> None:
    async with visit("redis") as here:
        here.served.state.answers[GRANTED] = ["slowlog|get", "bgsave"]
        found = await here.snapshot()
        assert [one.partition(" ")[0] for one in found.missing_rights] == ["+config|get", "+config|set"]
        assert set(found.unavailable) == {"action.set_memory"}
        for refusal in ("-ERR Unknown subcommand\r\n", "-NOPERM this user has no permissions\r\n"):
            here.served.refusals = {"ACL": refusal, "CONFIG": "-NOPERM this user has no permissions\r\n"}
            found = await here.snapshot()
            assert (found.missing_rights, found.coverage.gaps) == ((), ())
