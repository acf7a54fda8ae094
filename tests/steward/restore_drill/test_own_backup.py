"""The backup of the app itself: restored into a folder of its own, opened, and compared."""

import errno
import gzip
import io
import tarfile
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy.exc import OperationalError

from homelab_steward.contract.restore_drill import ProofLevel
from rig.agent_rig import opened_store
from steward.clock import ManualClock
from steward.errors import PreconditionFailed, ServiceRefused, StewardError
from steward.inventory import instance_rows
from steward.inventory.instance_rows import Row
from steward.inventory.secret_vault import Vault
from steward.restore_drill import own_backup
from steward.restore_drill.own_backup import OwnBackups
from steward.restore_drill.scratch import FOLDER
from steward.sdk.description import NotRestorable
from steward.store import archive, audit
from steward.store.archive import MANIFEST, file_name
from steward.store.backup import back_up
from steward.store.database import StoreUnavailable
from steward.store.store import Store

FULL = "no space left"
FAILED = "It failed"
NOW = datetime(2026, 11, 20, 3, tzinfo=UTC)


class Rig:
    """A data folder with a database that has an instance with a secret, and one backup."""

    def __init__(self, folder: Path, store: Store) -> None:
        self.data = folder / "data"
        self.store = store
        self.file = self.data / "backups" / file_name(NOW)
        self.place = OwnBackups(self.file.parent, self.data, ManualClock(NOW))

    async def fill(self) -> None:
        vault = Vault(self.data / "secret.key")
        vault.open()
        sealed = vault.seal("radarr", {"api_key": "k" * 32})
        row = Row(id="radarr", service="radarr", name="Radarr", settings={}, added_at=NOW, sealed=sealed)
        async with self.store.change(durable=True) as unit:
            await instance_rows.put(unit.connection, row)
            await audit.append(unit.connection, NOW, "steward.verbose", {"verbose": True})
        await back_up(self.store.database, self.data, self.file, NOW)

    async def levels(self) -> list[ProofLevel]:
        (found,) = await self.place.backups()
        reached = list[ProofLevel]()
        try:
            await self.place.try_out(found.backup, "copy", reached.append)
        finally:
            assert await self.place.left("") in (["copy"], [])
            await self.place.remove("copy")
            assert await self.place.left("") == []
        return reached

    def change(self, change: Callable[[dict[str, bytes]], None]) -> None:
        """Rewrite the backup with other rows, as a consistent archive."""
        content = archive.read(self.file)
        files = dict(content.files)
        change(files)
        hashes = {name: archive.digest(one) for name, one in files.items()}
        manifest = archive.Manifest(
            **{name: getattr(content.manifest, name) for name in content.manifest.__struct_fields__}
            | {"hashes": hashes}
        )
        archive.write(self.file, files, manifest)


@pytest.fixture
async def rig(tmp_path: Path) -> AsyncIterator[Rig]:
    (tmp_path / "data").mkdir()
    async with opened_store(tmp_path / "data") as store:
        made = Rig(tmp_path, store)
        await made.fill()
        yield made


async def test_a_sound_backup_answers_and_nothing_of_it_stays(rig: Rig) -> None:
    assert await rig.levels() == [*ProofLevel][1:]
    assert not (rig.data / FOLDER / "copy").exists()


async def test_without_a_backup_there_is_nothing_to_restore(rig: Rig) -> None:
    rig.file.unlink()
    assert await rig.place.backups() == []


async def test_a_damaged_backup_is_not_even_readable(rig: Rig) -> None:
    whole = rig.file.read_bytes()
    for damaged in (whole[: len(whole) // 2], b"", whole[:40] + bytes(40) + whole[80:]):
        rig.file.write_bytes(damaged)
        (found,) = await rig.place.backups()
        assert (await rig.place.prepare(found.backup, "copy")).needs is not None
        with pytest.raises(NotRestorable):
            await rig.levels()


async def test_rows_that_are_missing_are_found(rig: Rig) -> None:
    def lose(files: dict[str, bytes]) -> None:
        files["tables/instances"] = b""

    rig.change(lose)
    with pytest.raises(NotRestorable, match="The table instances has 0 rows instead of 1"):
        await rig.levels()


async def test_an_audit_log_that_was_changed_is_not_restored(rig: Rig) -> None:
    def forge(files: dict[str, bytes]) -> None:
        files["tables/audit"] = files["tables/audit"].replace(b"steward.verbose", b"steward.resumed")

    rig.change(forge)
    with pytest.raises(NotRestorable, match="audit log"):
        await rig.levels()


async def test_secrets_that_the_key_of_the_backup_does_not_open_are_found(rig: Rig) -> None:
    def exchange(files: dict[str, bytes]) -> None:
        files["secrets/secret.key"] = b"A" * 43 + b"="

    rig.change(exchange)
    with pytest.raises(NotRestorable, match="The secrets of the copy cannot be read"):
        await rig.levels()


async def test_the_space_is_that_of_the_unpacked_rows(rig: Rig) -> None:
    (found,) = await rig.place.backups()
    prepared = await rig.place.prepare(found.backup, "copy")
    assert found.backup.size == rig.file.stat().st_size
    assert prepared.needs is not None
    assert prepared.needs > rig.file.stat().st_size
    with tarfile.open(fileobj=io.BytesIO(gzip.decompress(rig.file.read_bytes()))) as tar:
        assert MANIFEST in tar.getnames()
        assert prepared.needs == sum(one.size for one in tar)


@pytest.mark.parametrize("copy", ["../data", "..", "", "a/b"])
async def test_nothing_but_a_copy_is_removed(rig: Rig, copy: str) -> None:
    with pytest.raises(ServiceRefused):
        await rig.place.remove(copy)
    assert rig.file.exists()


@pytest.mark.parametrize(
    ("error", "reason", "text"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), PreconditionFailed, FULL),
        (OSError(errno.EDQUOT, "Disk quota exceeded"), PreconditionFailed, FULL),
        (OperationalError("INSERT", {}, Exception("database or disk is full")), PreconditionFailed, FULL),
        (OSError(errno.EACCES, "Permission denied"), NotRestorable, FAILED),
        (
            OperationalError("INSERT", {}, Exception("database disk image is malformed")),
            NotRestorable,
            FAILED,
        ),
        (None, NotRestorable, FAILED),
    ],
)
async def test_a_full_disk_says_nothing_about_a_backup(
    rig: Rig,
    monkeypatch: pytest.MonkeyPatch,
    error: Exception | None,
    reason: type[StewardError],
    text: str,
) -> None:
    async def failing(*_: object) -> None:
        raise StoreUnavailable(FAILED) from error

    monkeypatch.setattr(own_backup, "restore", failing)
    with pytest.raises(reason, match=text):
        await rig.levels()


async def test_a_folder_that_cannot_be_written_to_says_nothing_about_a_backup(rig: Rig) -> None:
    (rig.data / FOLDER).write_text("not a folder")
    (found,) = await rig.place.backups()
    with pytest.raises(PreconditionFailed, match="cannot be written to"):
        await rig.place.try_out(found.backup, "copy", list[ProofLevel]().append)
