"""The audit log: later changes are detected."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from rig.agent_rig import opened_store
from rig.databases import is_postgresql
from rig.inventory import NOW
from steward.store import audit, tables
from steward.store.audit import GENESIS, AuditEntry, AuditReport, broken_link, entry_digest
from steward.store.schema import microseconds
from steward.store.store import Store

TEXTS = st.text(max_size=20)


async def fill(store: Store, count: int) -> None:
    async with store.change() as unit:
        for number in range(1, count + 1):
            at = NOW + timedelta(seconds=number)
            await audit.append(unit.connection, at, f"event{number}", {"number": number})


async def verify(store: Store) -> AuditReport:
    async with store.read() as connection:
        return await audit.verify(connection)


async def tamper(store: Store, *statements: str) -> None:
    async with store.change() as unit:
        for statement in statements:
            await unit.connection.execute(text(statement))


async def test_empty_log_is_valid(store: Store) -> None:
    assert await verify(store) == AuditReport(entries=0, head=GENESIS)


async def test_log_is_valid_and_has_a_head(store: Store) -> None:
    await fill(store, 3)
    report = await verify(store)
    assert (report.entries, report.broken_at, report.reason) == (3, None, "")
    async with store.read() as connection:
        rows = (await connection.execute(select(tables.audit).order_by(tables.audit.c.position))).all()
    assert [row.position for row in rows] == [1, 2, 3]
    assert [row.previous for row in rows] == [GENESIS, rows[0].digest, rows[1].digest]
    assert report.head == rows[2].digest
    assert orjson.loads(rows[1].body) == {"number": 2}
    assert rows[0].at == NOW + timedelta(seconds=1)
    assert rows[0].digest == entry_digest(1, microseconds(rows[0].at), "event1", '{"number":1}', GENESIS)


async def test_append_all_continues_the_chain(store: Store) -> None:
    async with store.change() as unit:
        await audit.append_all(unit.connection, NOW, "many", [])
        await audit.append_all(unit.connection, NOW, "many", [{"number": 1}, {"number": 2}])
        await audit.append(unit.connection, NOW, "one", {"number": 3})
        await audit.append_all(unit.connection, NOW, "many", [{"number": 4}])
        rows = (await unit.connection.execute(select(tables.audit).order_by(tables.audit.c.position))).all()
    assert [(row.position, orjson.loads(row.body)["number"]) for row in rows] == [(n, n) for n in range(1, 5)]
    report = await verify(store)
    assert (report.entries, report.broken_at, report.head) == (4, None, rows[3].digest)


async def test_log_longer_than_a_batch_is_verified(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit, "BATCH", 4)
    for count in (3, 1, 4, 1):
        await fill(store, count)
        assert (await verify(store)).broken_at is None
    assert (await verify(store)).entries == 9
    await tamper(store, "UPDATE audit SET event = 'x' WHERE position = 8")
    report = await verify(store)
    assert (report.entries, report.broken_at, report.reason) == (7, 8, "the entry was changed")


async def test_concurrent_writers_append_to_one_chain(store: Store) -> None:
    async def append(number: int) -> None:
        async with store.change() as unit:
            await audit.append(unit.connection, NOW, "event", {"number": number})
            await audit.append(unit.connection, NOW, "event", {"number": -number})

    await asyncio.gather(*(append(number) for number in range(40)))
    report = await verify(store)
    assert (report.entries, report.broken_at) == (80, None)


async def test_rolled_back_entry_is_not_in_the_chain(store: Store) -> None:
    await fill(store, 2)

    async def fail() -> None:
        async with store.change() as unit:
            await audit.append(unit.connection, NOW, "event", {})
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fail()
    await fill(store, 1)
    assert (await verify(store)).entries == 3
    assert (await verify(store)).broken_at is None


@pytest.mark.parametrize(
    ("statement", "broken_at", "reason"),
    [
        ("UPDATE audit SET body = '{}' WHERE position = 3", 3, "the entry was changed"),
        ("UPDATE audit SET event = event || ' ' WHERE position = 1", 1, "the entry was changed"),
        ("UPDATE audit SET at = at + 1 WHERE position = 5", 5, "the entry was changed"),
        ("UPDATE audit SET at = 9000000000000000000 WHERE position = 5", 5, "the entry was changed"),
        ("UPDATE audit SET digest = '' WHERE position = 2", 2, "the entry was changed"),
        (
            "UPDATE audit SET previous = digest WHERE position = 2",
            2,
            "the hash of the entry before does not match",
        ),
        ("UPDATE audit SET position = 9 WHERE position = 5", 5, "entry 5 is missing"),
        ("UPDATE audit SET position = -1 WHERE position = 1", 1, "entry 1 is missing"),
        ("DELETE FROM audit WHERE position = 1", 1, "entry 1 is missing"),
        ("DELETE FROM audit WHERE position = 3", 3, "entry 3 is missing"),
        ("DELETE FROM audit WHERE position < 5", 1, "entry 1 is missing"),
        (
            "INSERT INTO audit SELECT 0, at, event, body, previous, digest FROM audit WHERE position = 1",
            1,
            "entry 1 is missing",
        ),
        (
            "INSERT INTO audit SELECT -5, at, event, body, previous, digest FROM audit WHERE position = 1",
            1,
            "entry 1 is missing",
        ),
        (
            "INSERT INTO audit SELECT 6, at, event, body, previous, digest FROM audit WHERE position = 5",
            6,
            "the hash of the entry before does not match",
        ),
    ],
)
async def test_tampering_is_detected_at_its_position(
    store: Store, statement: str, broken_at: int, reason: str
) -> None:
    await fill(store, 5)
    await tamper(store, statement)
    report = await verify(store)
    assert (report.broken_at, report.reason) == (broken_at, reason)
    assert report.entries == broken_at - 1


@pytest.mark.skipif(is_postgresql(), reason="PostgreSQL enforces column types")
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit SET at = 'noon' WHERE position = 3",
        "UPDATE audit SET at = 1.5 WHERE position = 3",
        "UPDATE audit SET body = x'00ff' WHERE position = 3",
        "UPDATE audit SET event = 7 WHERE position = 3",
        "UPDATE audit SET digest = x'00' WHERE position = 3",
        "UPDATE audit SET previous = 0 WHERE position = 3",
    ],
)
async def test_wrong_type_in_a_column_is_detected(store: Store, statement: str) -> None:
    await fill(store, 5)
    await tamper(store, statement)
    assert (await verify(store)).broken_at == 3


async def test_removed_last_entry_changes_the_head_only(store: Store) -> None:
    await fill(store, 5)
    head = (await verify(store)).head
    await tamper(store, "DELETE FROM audit WHERE position = 5")
    report = await verify(store)
    assert (report.broken_at, report.entries) == (None, 4)
    assert report.head != head


type Edit = tuple[str, int, int]
EDITS = st.lists(
    st.tuples(
        st.sampled_from(["event", "body", "at", "delete", "swap", "copy"]),
        st.integers(1, 6),
        st.integers(1, 6),
    ),
    min_size=1,
    max_size=3,
)


async def _chain(connection: AsyncConnection) -> list[tuple[object, ...]]:
    rows = await connection.execute(select(tables.audit).order_by(tables.audit.c.position))
    return [tuple(row) for row in rows]


STATEMENTS = {
    "event": ["UPDATE audit SET event = event || CAST(:other AS TEXT) WHERE position = :one"],
    "body": ["UPDATE audit SET body = body || CAST(:other AS TEXT) WHERE position = :one"],
    "at": ["UPDATE audit SET at = at + :other WHERE position = :one"],
    "delete": ["DELETE FROM audit WHERE position = :one"],
    "swap": [
        "UPDATE audit SET position = -1 WHERE position = :one",
        "UPDATE audit SET position = :one WHERE position = :other",
        "UPDATE audit SET position = :other WHERE position = -1",
    ],
    "copy": [
        "DELETE FROM audit WHERE position = :one",
        """INSERT INTO audit SELECT CAST(:one AS BIGINT), at, event, body, previous, digest
           FROM audit WHERE position = :other""",
    ],
}


async def _edit(connection: AsyncConnection, edit: Edit) -> None:
    kind, one, other = edit
    for statement in STATEMENTS[kind]:
        parameters = {
            name: value for name, value in (("one", one), ("other", other)) if f":{name}" in statement
        }
        await connection.execute(text(statement), parameters)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(EDITS)
async def test_any_edit_is_detected(tmp_path_factory: pytest.TempPathFactory, edits: list[Edit]) -> None:
    async with opened_store(tmp_path_factory.mktemp("audit")) as store:
        await fill(store, 6)
        async with store.change() as unit:
            before = await _chain(unit.connection)
            for edit in edits:
                await _edit(unit.connection, edit)
            after = await _chain(unit.connection)
        report = await verify(store)
        # Entries removed from the end are not detected; the head shows them.
        is_prefix = before[: len(after)] == after
        assert (report.broken_at is None) == is_prefix
        if not is_prefix:
            first = next(n for n, row in enumerate(after) if n >= len(before) or row != before[n])
            assert report.broken_at == first + 1


@given(
    st.tuples(st.integers(0, 99), st.integers(0, 99), TEXTS, TEXTS, TEXTS),
    st.tuples(st.integers(0, 99), st.integers(0, 99), TEXTS, TEXTS, TEXTS),
)
def test_different_entries_have_different_digests(
    one: tuple[int, int, str, str, str], other: tuple[int, int, str, str, str]
) -> None:
    assert (entry_digest(*one) == entry_digest(*other)) == (one == other)


def test_digest_keeps_the_fields_apart() -> None:
    assert entry_digest(1, 1, "ab", "c", "") != entry_digest(1, 1, "a", "bc", "")
    assert entry_digest(1, 11, "a", "", "") != entry_digest(11, 1, "a", "", "")


def test_broken_link() -> None:
    digest = entry_digest(1, 5, "e", "{}", GENESIS)
    entry = AuditEntry(position=1, at=5, event="e", body="{}", previous=GENESIS, digest=digest)
    assert broken_link(entry, 1, GENESIS) is None
    assert broken_link(entry, 2, GENESIS) == "entry 2 is missing"
    assert broken_link(entry, 1, "x") == "the hash of the entry before does not match"
    assert broken_link(replace(entry, body="{ }"), 1, GENESIS) == "the entry was changed"


async def test_keys_of_a_body_are_sorted(store: Store) -> None:
    async with store.change() as unit:
        await audit.append(unit.connection, datetime(1970, 1, 1, tzinfo=UTC), "e", {"b": 1, "a": NOW})
    async with store.read() as connection:
        body = await connection.scalar(select(func.max(tables.audit.c.body)))
    assert body == '{"a":"2026-11-20T12:00:00+00:00","b":1}'


async def test_pages_of_the_log(store: Store) -> None:
    await fill(store, 12)
    async with store.read() as connection:
        newest = await audit.page(connection, 2)
        assert [one.position for one in newest] == [12, 11]
        assert [one.position for one in await audit.page(connection, 50, before=3)] == [2, 1]
        assert [one.event for one in await audit.page(connection, 50, event="event1")] == [
            "event12",
            "event11",
            "event10",
            "event1",
        ]
        assert [one.position for one in await audit.page(connection, 50, text='"number":7')] == [7]
        assert [one.position for one in await audit.page(connection, 50, text="EVENT4")] == [4]
        assert not await audit.page(connection, 50, event="%")
        assert newest[0].previous == newest[1].digest
