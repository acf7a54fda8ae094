"""PostgreSQL: replicas, what may not be seen, private values in queries, ends that do not come."""

import pytest

from lab.visit import visit
from lab.wire import Json
from services.postgresql import FIXTURE, QUERIES, SECRET, SERVER, query
from steward.errors import EffectUnknown, PreconditionFailed, ServiceRefused
from steward.sdk.readings import NotKnown
from steward.services.postgresql.models import PostgresqlState, Query, Replica, Server
from steward.texts import translate

CANCEL, END = FIXTURE.rounds


def state(
    *, lag: float | None = None, replicas: tuple[Replica, ...] = (), **server: object
) -> PostgresqlState:
    found = Server(version="17", started=None, replay_lag=lag, **server)  # type: ignore[arg-type]
    return PostgresqlState(server=found, replicas=replicas)


def test_when_replication_is_a_problem() -> None:
    late, fine = Replica(name="a", lag=90.0), Replica(name="b", lag=0.0)
    assert state(is_replica=False, replicas=(late, fine)).replication_problem()
    assert state(is_replica=False, replicas=(fine,)).replication_problem() is None
    assert state(is_replica=False).replication_problem() is None
    assert state(is_replica=True, receiver="streaming", lag=3.0).replication_problem() is None
    assert "receives nothing" in translate(state(is_replica=True, lag=300.0).replication_problem() or "")
    for unknown in (state(), state(is_replica=True), state(is_replica=False, replicas=(Replica(name="c"),))):
        with pytest.raises(NotKnown):
            unknown.replication_problem()


def test_a_backup_may_run_for_hours() -> None:
    dump = Query(pid=1, start=1, state="active", seconds=9000, application="pg_dump")
    assert dump.slow() is None
    for unknown in (Query(pid=1, start=1), Query(pid=1, start=1, state="active")):
        with pytest.raises(NotKnown):
            unknown.slow()


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (SECRET, "UPDATE users SET password = ? WHERE id = ?"),
        ("SELECT 'it''s', 'cut", "SELECT ?, ?"),
        ("SELECT $a$secret$a$ || $$more$$, 1.5", "SELECT ? || ?, ?"),
        ("SELECT t1.x FROM t1", "SELECT t1.x FROM t1"),
    ],
)
def test_values_are_not_shown(text: str, shown: str) -> None:
    assert Query(pid=1, start=1, text=text).shown == shown


async def test_the_tools_show_no_value() -> None:
    async with visit("postgresql") as here:
        for key in ("queries", "tables", "database_status"):
            tool = here.tool(key)
            assert "heron-secret" not in (await tool.read(here.client, await here.call_of(tool))).text
        text = (await here.tool("queries").read(here.client, await here.call_of(here.tool("queries")))).text
        assert "immich 302 (immich): active for 12 s, waits for 303" in text


async def test_without_pg_monitor_nothing_is_counted() -> None:
    async with visit("postgresql") as here:
        here.served.state.answers["GET /server"] = {**SERVER, "rights": []}
        found = await here.snapshot()
        assert (found.values["slow_queries"], found.values["connections"]) == (None, 24)
        assert [one.partition(" ")[0] for one in found.missing_rights] == ["pg_monitor", "pg_signal_backend"]


async def test_an_idle_session_has_nothing_to_cancel() -> None:
    async with visit("postgresql") as here:
        action = here.action("cancel_query")
        with pytest.raises(PreconditionFailed, match="end its session"):
            await action.dry_run(here.client, await here.call_of(action, "immich 303"))


async def test_the_next_query_of_a_process_is_left_alone() -> None:
    async with visit("postgresql") as here:
        call, action = await here.call(CANCEL), here.action("cancel_query")
        here.served.is_next = True
        with pytest.raises(ServiceRefused, match="not there any more"):
            await action.execute(here.client, call, {})
        here.served.state.answers["GET /queries"] = [{**query(302, "active", 1.0), "start": 7}]
        for attempt in (action.execute(here.client, call, {}), action.dry_run(here.client, call)):
            with pytest.raises(PreconditionFailed):
                await attempt


async def test_a_signal_that_is_not_sent_is_no_success() -> None:
    async with visit("postgresql") as here:
        here.served.ends = False
        call, action = await here.call(END), here.action("end_session")
        before = await action.dry_run(here.client, call)
        with pytest.raises(EffectUnknown):
            await action.execute(here.client, call, before.baseline)
        assert (await action.verify(here.client, call, before.baseline)).ok is False


async def test_a_list_with_a_gap_proves_no_end() -> None:
    async with visit("postgresql") as here:
        call, action = await here.call(END), here.action("end_session")
        before = await action.dry_run(here.client, call)
        here.served.state.answers["GET /queries"] = [QUERIES[0], {"pid": 303}]
        with pytest.raises(PreconditionFailed, match="Not every query"):
            await action.verify(here.client, call, before.baseline)


async def test_certificates_are_checked_where_tls_is_wanted() -> None:
    async with visit("postgresql", changed={"tls": True, "verify_tls": False}) as here:
        with pytest.raises(Exception, match="SSL"):
            await here.poll()


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ({"ended": "2026-11-17T02:14:09+00:00"}, "2026-11-17T02:14:09+00:00"),
        ({"ended": None}, None),
        ({}, None),
    ],
)
async def test_a_backup_is_known_only_where_the_server_has_a_trace_of_it(
    answer: dict[str, Json], expected: str | None
) -> None:
    async with visit("postgresql") as here:
        here.served.state.answers["GET /base_backup"] = answer
        found = await here.snapshot()
        assert found.values["last_backup"] == expected
        assert found.coverage.gaps == ()
        if expected is None:
            assert "dumps leave none" in found.unknown["last_backup"]
