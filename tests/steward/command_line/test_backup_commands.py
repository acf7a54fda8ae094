"""steward backup and steward restore, as people use them."""

import asyncio
from pathlib import Path

import msgspec
import pytest

from rig.agent_rig import opened_store
from steward.command_line.command import FAILURE, SUCCESS, USAGE_ERROR
from steward.command_line.main import main
from steward.store import archive
from steward.store.app_metadata import read_value
from steward.store.archive import backups_in
from steward.store.backup import OLD
from steward.store.folder_lock import FolderLock


class Place:
    """A data folder with settings, and the command line for it."""

    def __init__(self, folder: Path, output: pytest.CaptureFixture[str]) -> None:
        self.data = folder / "data"
        self.backups = self.data / "backups"
        self._output = output
        self._settings = folder / "steward.yaml"
        self._settings.write_text(f"data_dir: {self.data}\n")

    def run(self, *arguments: str) -> tuple[int, str]:
        """Return the exit code and what was printed."""
        code = main([*arguments, "--settings", str(self._settings)])
        printed = self._output.readouterr()
        return code, printed.out + printed.err


@pytest.fixture
def place(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Place:
    monkeypatch.delenv("STEWARD_TEST_POSTGRESQL", raising=False)
    return Place(tmp_path, capsys)


async def used(place: Place) -> None:
    place.data.mkdir(exist_ok=True)
    async with opened_store(place.data) as store:
        await store.check()


async def value(place: Place) -> str | None:
    async with opened_store(place.data) as store, store.read() as connection:
        return await read_value(connection, "check")


def test_a_new_folder_has_nothing_to_back_up(place: Place) -> None:
    code, text = place.run("backup")
    assert (code, text) == (FAILURE, f"There is no database yet: the app has not run with {place.data}\n")
    assert not place.data.exists(), "nothing is created"
    code, text = place.run("restore", "--newest")
    assert (code, text) == (FAILURE, f"There is no usable backup in {place.backups}\n")


def test_which_backup_must_be_said(place: Place) -> None:
    with pytest.raises(SystemExit) as ended:
        place.run("restore")
    assert ended.value.code == USAGE_ERROR


def test_back_up_and_restore(place: Place) -> None:
    asyncio.run(used(place))
    before = asyncio.run(value(place))
    code, text = place.run("backup")
    assert code == SUCCESS, text
    (file,) = backups_in(place.backups)
    assert text.startswith(f"Backup written and verified: {file} (")
    asyncio.run(used(place))
    assert asyncio.run(value(place)) != before
    code, text = place.run("restore", str(file))
    assert code == SUCCESS, text
    assert text.startswith(f"Restored {file}, made at ")
    assert f"kept with the ending {OLD}" in text
    assert asyncio.run(value(place)) == before


def test_the_newest_good_backup_is_restored_and_damaged_ones_are_named(place: Place) -> None:
    asyncio.run(used(place))
    assert place.run("backup")[0] == SUCCESS
    (good,) = backups_in(place.backups)
    for number in range(2):
        (place.backups / f"steward-backup-9999010{number}T000000000000Z.tar.gz").write_bytes(b"damaged")
    (place.data / "steward.db").write_bytes(b"damaged")
    code, text = place.run("restore", "--newest")
    assert code == SUCCESS, text
    assert text.count("Left out: The backup") == 2
    assert f"Restored {good}, made at " in text
    assert asyncio.run(value(place)) is not None


def test_after_an_update_the_newest_backup_of_the_installed_version_is_restored(place: Place) -> None:
    asyncio.run(used(place))
    assert place.run("backup")[0] == SUCCESS
    (own,) = backups_in(place.backups)
    content = archive.read(own)
    later = place.backups / "steward-backup-99990101T000000000000Z.tar.gz"
    archive.write(later, content.files, msgspec.structs.replace(content.manifest, revision="9999"))
    code, text = place.run("restore", "--newest")
    assert code == SUCCESS, text
    assert f"Left out: The backup {later.name} is of another version of the app" in text
    assert f"Restored {own}, made at " in text
    own.unlink()
    code, text = place.run("restore", "--newest")
    assert code == FAILURE
    assert f"no usable backup in {place.backups}. Left out: The backup {later.name}" in text
    code, text = place.run("restore", str(later))
    assert code == FAILURE
    assert "The backup is of another version of the app. Install that version first" in text


def test_nothing_is_restored_while_the_app_runs(place: Place) -> None:
    asyncio.run(used(place))
    assert place.run("backup")[0] == SUCCESS
    lock = FolderLock.take(place.data)
    try:
        assert place.run("backup")[0] == SUCCESS, "a backup can be made meanwhile"
        code, text = place.run("restore", "--newest")
    finally:
        lock.release()
    assert code == FAILURE
    assert "Stop it first" in text


def test_an_existing_file_is_not_overwritten(place: Place) -> None:
    asyncio.run(used(place))
    target = place.data / "mine.tar.gz"
    target.write_text("mine")
    code, text = place.run("backup", str(target))
    assert (code, text) == (FAILURE, f"{target} exists already\n")
    assert target.read_text() == "mine"
