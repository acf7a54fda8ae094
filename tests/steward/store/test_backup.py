"""Backups: one consistent state, verified, restored as it was, on SQLite and PostgreSQL alike."""

import asyncio
import gzip
import tarfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from sqlalchemy import func, select

from homelab_steward.contract.incidents import ApprovalStatus, IncidentStatus, RunStatus
from rig import rows
from rig.agent_rig import TaskEngine, open_rig, opened_store
from rig.databases import is_postgresql, store_url
from rig.inventory import NOW, alert
from rig.toy import Toy
from steward.agent.runs.after_restore import REASON
from steward.store import app_metadata, archive, audit
from steward.store.archive import BackupUnusable, Content, backups_in, file_name
from steward.store.backup import OLD, back_up, restore
from steward.store.database import Database
from steward.store.schema import metadata
from steward.store.store import Store
from steward.wiring.backup_commands import ALL_TABLES

assert ALL_TABLES, "every table of the app is declared"
BODY = b'\x00\xff"text"\n'


@asynccontextmanager
async def database(folder: Path) -> AsyncIterator[Database]:
    made = Database(store_url(folder))
    try:
        yield made
    finally:
        await made.close()


async def backed_up(folder: Path) -> Content:
    """Back the store of a folder up, and return the verified content."""
    target = folder / file_name(NOW)
    async with database(folder) as made:
        await back_up(made, folder, target, NOW)
    return await asyncio.to_thread(archive.read, target)


async def counts(store: Store) -> dict[str, int]:
    async with store.read() as connection:
        return {
            one.name: int(await connection.scalar(select(func.count()).select_from(one)) or 0)
            for one in metadata.sorted_tables
        }


async def fill(store: Store) -> None:
    async with store.change() as unit:
        await rows.put(unit.connection, BODY, b"")
        await rows.put_numbered(unit.connection)
        for number in range(3):
            await audit.append(unit.connection, NOW, "event", {"number": number})
        await app_metadata.own_id(unit.connection)


async def test_what_was_backed_up_is_there_after_the_restore(tmp_path: Path) -> None:
    (tmp_path / "secret.key").write_text("key")
    async with opened_store(tmp_path) as store:
        await fill(store)
        before = await counts(store)
    content = await backed_up(tmp_path)
    async with opened_store(tmp_path) as store, store.change() as unit:
        await rows.put(unit.connection, b"later")
        await app_metadata.write_value(unit.connection, "later", "value")
    (tmp_path / "secret.key").write_text("another key")
    await restore(content, store_url(tmp_path), tmp_path, NOW)
    async with opened_store(tmp_path) as store:
        after = await counts(store)
        added = {"audit": 1, "app_metadata": 2}
        assert after == {name: rows + added.get(name, 0) for name, rows in before.items()}
        async with store.change() as unit:
            assert await rows.bodies(unit.connection) == [b"", BODY]
            assert await app_metadata.read_value(unit.connection, "later") is None
            assert (await audit.verify(unit.connection)).broken_at is None
            await rows.put_numbered(unit.connection)
            assert await rows.ids(unit.connection) == [1, 2], "ids continue after those of the backup"
    assert (tmp_path / "secret.key").read_text() == "key"
    assert (tmp_path / f"secret.key{OLD}").read_text() == "another key"
    if not is_postgresql():
        assert (tmp_path / f"steward.db{OLD}").exists(), "the old database is kept"


async def test_a_backup_is_of_one_state_while_the_app_writes(tmp_path: Path) -> None:
    async with opened_store(tmp_path) as store:
        stop = asyncio.Event()

        async def write() -> None:
            number = 0
            while not stop.is_set():
                number += 1
                async with store.change() as unit:
                    await audit.append(unit.connection, NOW, "event", {"number": number})
                    await rows.put(unit.connection, b"x")

        writing = asyncio.create_task(write())
        for number in range(5):
            target = tmp_path / file_name(NOW + timedelta(seconds=number))
            async with database(tmp_path) as made:
                manifest = await back_up(made, tmp_path, target, NOW)
            assert manifest.rows["audit"] == manifest.rows["alerts"] == manifest.entries
        stop.set()
        await writing


async def test_a_backup_is_for_its_owner_only_and_appears_whole(tmp_path: Path) -> None:
    async with opened_store(tmp_path) as store:
        await fill(store)
    await backed_up(tmp_path)
    (file,) = backups_in(tmp_path)
    assert file.stat().st_mode & 0o777 == 0o600
    assert not await asyncio.to_thread(lambda: list(tmp_path.glob(".*.part")))


def _change_a_file(path: Path) -> None:
    """Write the archive again with one byte of a table changed."""
    with tarfile.open(path) as tar:
        files = {one.name: tar.extractfile(one).read() for one in tar}  # type: ignore[union-attr]
    manifest = msgspec.json.decode(files.pop(archive.MANIFEST), type=archive.Manifest)
    files["tables/audit"] = files["tables/audit"].replace(b"event", b"evil!")
    path.unlink()
    with pytest.raises(BackupUnusable, match="damaged"):
        archive.write(path, files, manifest)
    path.write_bytes(gzip.compress(b""))


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "cannot be read"),
        (b"not a tar", "cannot be read"),
        (gzip.compress(b"x" * 100), "cannot be read"),
        (None, "cannot be read|damaged|not a backup"),
    ],
)
async def test_a_damaged_backup_is_refused_with_the_reason(
    tmp_path: Path, content: bytes | None, reason: str
) -> None:
    async with opened_store(tmp_path) as store:
        await fill(store)
    await backed_up(tmp_path)
    (file,) = backups_in(tmp_path)
    file.write_bytes(file.read_bytes()[:-200] if content is None else content)
    with pytest.raises(BackupUnusable, match=reason):
        archive.read(file)


async def test_a_changed_backup_is_never_written_or_restored(tmp_path: Path) -> None:
    async with opened_store(tmp_path) as store:
        await fill(store)
    await backed_up(tmp_path)
    (file,) = backups_in(tmp_path)
    await asyncio.to_thread(_change_a_file, file)


async def test_a_backup_of_another_version_changes_nothing(tmp_path: Path) -> None:
    async with opened_store(tmp_path) as store:
        await fill(store)
        before = await counts(store)
    content = await backed_up(tmp_path)
    differences: tuple[dict[str, Any], ...] = ({"revision": "other"}, {"entries": 9}, {"columns": {}})
    for changes in differences:
        manifest = msgspec.structs.replace(content.manifest, **changes)
        with pytest.raises(BackupUnusable):
            await restore(Content(manifest, content.files), store_url(tmp_path), tmp_path, NOW)
        async with opened_store(tmp_path) as store:
            assert await counts(store) == before


async def test_a_broken_audit_log_is_not_backed_up(tmp_path: Path) -> None:
    async with opened_store(tmp_path) as store:
        await fill(store)
        async with store.change() as unit:
            await unit.connection.exec_driver_sql("UPDATE audit SET event = 'evil' WHERE position = 2")
    with pytest.raises(BackupUnusable, match="broken at entry 2"):
        await backed_up(tmp_path)


async def test_a_database_of_another_program_is_not_backed_up(tmp_path: Path) -> None:
    async with opened_store(tmp_path) as store, store.change() as unit:
        await unit.connection.exec_driver_sql("CREATE TABLE other (id INTEGER)")
    with pytest.raises(BackupUnusable, match="not one of this version"):
        await backed_up(tmp_path)


async def test_every_table_is_in_a_backup(tmp_path: Path) -> None:
    async with opened_store(tmp_path):
        pass
    content = await backed_up(tmp_path)
    assert set(content.manifest.rows) == set(metadata.tables)
    assert {"alerts", "audit", "llm_requests", "outcomes", "instances"} <= set(content.manifest.rows)


async def test_what_was_under_way_at_the_backup_is_not_repeated(tmp_path: Path) -> None:
    """The change was made after the backup: the restored store does not know that."""
    toy = Toy()
    held = asyncio.Event()
    toy.hold = held
    async with open_rig(tmp_path, toy) as rig:
        request = await rig.ask()
        await rig.press(request)
        await toy.holding.wait()
        # A second one is approved, and its run is not begun.
        assert isinstance(rig.engine, TaskEngine)
        rig.engine.broken = True
        other = await rig.ask(alert(name="sonarr"), number=2)
        await rig.press(other)
        content = await backed_up(tmp_path)
        held.set()
        await rig.status(IncidentStatus.RESOLVED)
    done = list(toy.done)
    toy.hold = None
    await restore(content, store_url(tmp_path), tmp_path, NOW)
    async with open_rig(tmp_path, toy) as rig:
        for number in (1, 2):
            incident = await rig.status(IncidentStatus.UNSOLVED, number)
            assert incident.run is not None
            assert (incident.run.status, incident.run.error) == (RunStatus.UNKNOWN, REASON)
        assert toy.done == done, "nothing is done again"
        assert await rig.leases() == []
        assert (await rig.request_with(request.id)).status is ApprovalStatus.APPROVED
        async with rig.store.read() as connection:
            assert await app_metadata.read_value(connection, app_metadata.RESTORED) is None


async def test_a_request_that_waited_at_the_backup_waits_again(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig:
        request = await rig.ask()
        content = await backed_up(tmp_path)
    await restore(content, store_url(tmp_path), tmp_path, NOW)
    async with open_rig(tmp_path) as rig:
        await rig.press(await rig.request_with(request.id))
        await rig.status(IncidentStatus.RESOLVED)
        assert rig.toy.done == ["set_memory 3072"]


async def test_a_restore_renews_what_binds_the_workflows(tmp_path: Path) -> None:
    async with opened_store(tmp_path) as store, store.change() as unit:
        before = await app_metadata.generation(unit.connection)
        assert await app_metadata.generation(unit.connection) == before
    await restore(await backed_up(tmp_path), store_url(tmp_path), tmp_path, NOW)
    async with opened_store(tmp_path) as store, store.change() as unit:
        assert await app_metadata.generation(unit.connection) != before


def test_names_of_backups_sort_by_time(tmp_path: Path) -> None:
    names = [file_name(NOW + timedelta(seconds=number)) for number in (0, 1, 60, 86_400)]
    for name in names:
        (tmp_path / name).touch()
    (tmp_path / "other.tar.gz").touch()
    assert [one.name for one in backups_in(tmp_path)] == names[::-1]
    assert backups_in(tmp_path / "missing") == []
