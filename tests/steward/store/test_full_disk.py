"""A disk that is full for a while: what cannot be stored is refused with the reason, and nothing is lost."""

import asyncio
import logging
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy.exc import IntegrityError, OperationalError, ProgrammingError

from homelab_steward.contract.errors import ContractError, ErrorCode
from homelab_steward.contract.incidents import ApprovalStatus, IncidentStatus
from rig import rows
from rig.agent_rig import open_rig, opened_store
from rig.databases import is_postgresql
from rig.inventory import alert
from rig.small_disk import SmallDisk, small_disk
from steward.store.database import StoreUnavailable, explain
from steward.store.store import Store

on_sqlite = pytest.mark.skipif(is_postgresql(), reason="for SQLite only")
FULL = "The disk of the database is full. Free some space, then try again"


@pytest.fixture
async def disk(tmp_path: Path) -> AsyncIterator[SmallDisk]:
    async with small_disk(tmp_path / "disk") as made:
        yield made


async def put(store: Store, body: bytes = b"x" * 4096) -> None:
    async with store.change(durable=True) as unit:
        await rows.put(unit.connection, body)


async def until_full(store: Store) -> int:
    """Write until the disk is full; return how many rows were stored."""
    for number in range(10_000):
        try:
            await put(store)
        except StoreUnavailable as err:
            assert str(err) == FULL  # noqa: PT017 - the loop ends here
            return number
    raise AssertionError


@on_sqlite
async def test_a_full_disk_is_said_and_writing_goes_on_when_there_is_space(disk: SmallDisk) -> None:
    async with opened_store(disk.folder) as store:
        await store.check()
        disk.fill()
        stored = await until_full(store)
        refused = await asyncio.gather(*(put(store) for _ in range(5)), return_exceptions=True)
        assert [str(one) for one in refused] == [FULL] * 5
        async with store.read() as connection:
            assert await rows.count(connection) == stored, "reading goes on"
        disk.free()
        await store.check()
        await put(store)
        async with store.read() as connection:
            assert await rows.count(connection) == stored + 1, "nothing of a refused write is left"


@on_sqlite
async def test_ready_tries_a_write(disk: SmallDisk) -> None:
    async with opened_store(disk.folder) as store:
        await put(store)
        disk.fill()
        await until_full(store)
        await store.database.check()
        with pytest.raises(StoreUnavailable, match="full"):
            await store.check()


@on_sqlite
async def test_a_press_and_a_webhook_on_a_full_disk_are_refused_with_the_reason(
    disk: SmallDisk, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.CRITICAL)
    async with open_rig(disk.folder) as rig:
        request = await rig.ask()
        disk.fill()
        await until_full(rig.store)
        with pytest.raises(ContractError) as refused:
            await rig.press(request)
        assert (refused.value.code, refused.value.message) == (ErrorCode.UNAVAILABLE, f"Not decided. {FULL}.")
        with pytest.raises(StoreUnavailable, match="full"):
            await rig.agent.intake.accept("toy", (alert("A"),))
        disk.free()
        assert (await rig.request_with(request.id)).status is ApprovalStatus.PENDING
        await rig.press(request)
        await rig.status(IncidentStatus.RESOLVED)
        assert rig.toy.done == ["set_memory 3072"]


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("database or disk is full", FULL),
        ('could not extend file "base/1": No space left on device', FULL),
        ("attempt to write a readonly database", "The database is read-only. Let the steward write"),
        ("unable to open database file", "The database cannot be opened. Let the steward write"),
        ("database is locked", "The database is locked by another program"),
        ("database disk image is malformed", "The database is damaged. Restore a backup"),
        ("file is not a database", "The file is not a database. Restore a backup"),
        ("disk I/O error", "The database cannot be read or written"),
        ("no such table: app_metadata", "The database is not one of the steward"),
        ("connection refused", "The database does not answer (OperationalError)"),
    ],
)
def test_what_is_wrong_with_a_database_is_said(text: str, answer: str) -> None:
    assert explain(OperationalError("INSERT", {}, Exception(text))).startswith(answer)


@pytest.mark.parametrize("kind", [IntegrityError, ProgrammingError])
async def test_an_error_of_a_statement_is_not_one_of_the_database(
    store: Store, kind: type[IntegrityError]
) -> None:
    with pytest.raises(kind):
        async with store.change():
            raise kind("INSERT", {}, Exception("any"))
