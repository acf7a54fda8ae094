"""A file of SQLite is copied, checked, and counted; the file itself stays as it is."""

import os
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from homelab_steward.contract.restore_drill import ProofLevel
from steward.clock import SystemClock
from steward.errors import PreconditionFailed
from steward.restore_drill.file_backups import DatabaseBackups
from steward.restore_drill.scratch import FOLDER
from steward.sdk.description import NotRestorable
from steward.settings.restore_drill import DatabaseBackup

ROWS = 2000


class Files:
    """A folder with backups, and drills of the newest one."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "backups"
        self.folder.mkdir()
        self.data = folder / "data"
        self.data.mkdir()
        self.place = DatabaseBackups(
            DatabaseBackup(id="hass", path=self.folder), self.data, SystemClock(), path=""
        )

    def write(self, name: str = "hass.db", *, rows: int = ROWS) -> Path:
        path = self.folder / name
        with closing(sqlite3.connect(path)) as database:
            database.execute('CREATE TABLE "the ""states""" (id INTEGER PRIMARY KEY, state TEXT)')
            database.execute('CREATE INDEX state ON "the ""states""" (state)')
            values = ((f"state {number:040}",) for number in range(rows))
            database.executemany('INSERT INTO "the ""states""" (state) VALUES (?)', values)
            database.commit()
        return path

    async def levels(self) -> list[ProofLevel]:
        (found,) = await self.place.backups()
        prepared = await self.place.prepare(found.backup, "copy")
        assert prepared.copy == "copy"
        assert prepared.needs == found.backup.size
        assert prepared.free is not None
        reached = list[ProofLevel]()
        try:
            await self.place.try_out(found.backup, "copy", reached.append)
        finally:
            assert await self.place.left("") == ["copy"]
            await self.place.remove("copy")
            assert not [*(self.data / FOLDER).iterdir()]
        return reached


@pytest.fixture
def files(tmp_path: Path) -> Files:
    return Files(tmp_path)


async def test_a_sound_file_answers_and_stays_as_it_is(files: Files) -> None:
    path = files.write()
    before = path.read_bytes()
    assert await files.levels() == [*ProofLevel][1:]
    assert path.read_bytes() == before
    assert [one.name for one in files.folder.iterdir()] == [path.name]


async def test_a_database_without_rows_answers_nothing(files: Files) -> None:
    files.write(rows=0)
    assert await files.levels() == [ProofLevel.READABLE, ProofLevel.RESTORED, ProofLevel.BOOTED]


async def test_a_damaged_page_is_found(files: Files) -> None:
    path = files.write()
    content = bytearray(path.read_bytes())
    content[3 * 4096 : 4 * 4096] = bytes(4096)
    path.write_bytes(content)
    with pytest.raises(NotRestorable, match="The copy is damaged"):
        await files.levels()


async def test_half_a_file_is_found(files: Files) -> None:
    path = files.write()
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with pytest.raises(NotRestorable, match="The copy is damaged"):
        await files.levels()


@pytest.mark.parametrize(
    ("content", "error", "reason"),
    [
        (b"", NotRestorable, r"hass\.db is empty"),
        (b"-- PostgreSQL database dump", PreconditionFailed, "is neither a database of SQLite nor a dump"),
    ],
)
async def test_another_form_is_refused_before_anything_is_created(
    files: Files, content: bytes, error: type[Exception], reason: str
) -> None:
    (files.folder / "hass.db").write_bytes(content)
    (found,) = await files.place.backups()
    with pytest.raises(error, match=reason):
        await files.place.prepare(found.backup, "copy")
    assert await files.place.left("") == []


async def test_the_newest_file_counts_without_what_is_beside_it(files: Files) -> None:
    for age, name in enumerate(("b.db", "a.db", "a.db-wal", ".hidden", "c.tmp")):
        path = files.folder / name
        path.write_bytes(b"x")
        os.utime(path, (1000 + age, 1000 + age))
    (found,) = await files.place.backups()
    assert (found.backup.id, found.target.name) == ("a.db", "hass")
    assert found.backup.made_at == datetime.fromtimestamp(1001, UTC)


async def test_a_single_file_can_be_named(files: Files) -> None:
    path = files.write("only.db")
    settings = DatabaseBackup(id="one", path=path, name="The one")
    files.place = DatabaseBackups(settings, files.data, SystemClock(), path="")
    assert (await files.levels())[-1] is ProofLevel.ANSWERED


async def test_a_folder_that_is_missing_is_not_a_folder_without_backups(files: Files) -> None:
    assert await files.place.backups() == []
    files.folder.rmdir()
    with pytest.raises(PreconditionFailed, match="cannot be read: No such file"):
        await files.place.backups()
