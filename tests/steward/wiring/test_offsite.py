"""Offsite copies: their schedule, the incident of one that fails, and the way back by the command line."""

import asyncio
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
import yaml

from rig.age_keys import OTHER_PRIVATE, PRIVATE, PUBLIC
from rig.agent_rig import opened_store
from rig.bucket_server import BUCKET, KEY, PREFIX, serving
from rig.clocks import WatchedClock
from rig.inventory import NOW
from steward.age import encrypt, public_key
from steward.command_line.command import FAILURE, SUCCESS, USAGE_ERROR
from steward.command_line.main import main
from steward.errors import InvalidSetting
from steward.offsite.bucket import Bucket
from steward.offsite.copies import ENDING
from steward.settings.offsite import Offsite
from steward.settings.reader import read_settings
from steward.store.app_metadata import read_value
from steward.store.archive import backups_in
from steward.timing.scheduler import Due, Scheduler
from steward.wiring.backup_commands import make_backup
from steward.wiring.offsite import EVERY, JOB_ID, offsite_job


def offsite(bucket: Bucket) -> Offsite:
    return Offsite(
        url=bucket.url,
        bucket=BUCKET,
        access_key=KEY.access_key,
        secret_key=KEY.secret_key,
        region=KEY.region,
        prefix=PREFIX,
        recipient=PUBLIC,
    )


async def test_a_backup_is_copied_at_the_start_and_then_each_hour(tmp_path: Path) -> None:
    clock, folder = WatchedClock(NOW), tmp_path / "backups"
    async with serving() as (server, bucket), opened_store(tmp_path, clock) as store:
        scheduler = Scheduler(store, clock)
        job = offsite_job(offsite(bucket), folder, bucket.session, bucket.clock)
        await scheduler.put(job)
        await scheduler.start()
        await scheduler.look(JOB_ID)
        assert server.objects == {}
        server.refuse = {"PUT"}
        await make_backup(settings_of(tmp_path, bucket), None)
        clock.jump(EVERY.total_seconds())
        await scheduler.look(JOB_ID)
        assert scheduler.states[JOB_ID].failures == 1
        assert "refused PUT: 403 AccessDenied" in scheduler.states[JOB_ID].reason
        server.refuse = set()
        await scheduler.run_now(JOB_ID)
        assert scheduler.states[JOB_ID].failures == 0
        (file,) = backups_in(folder)
        assert f"{PREFIX}{file.name}{ENDING}" in server.objects
        await scheduler.close()


def settings_of(folder: Path, bucket: Bucket) -> Any:
    return read_settings({"STEWARD_DATA_DIR": str(folder)}, None, written(folder, bucket))


def written(folder: Path, bucket: Bucket) -> Path:
    """Return a settings file with the copies in the simulated object storage."""
    section = {one.name: getattr(offsite(bucket), one.name) for one in fields(Offsite)}
    file = folder / "steward.yaml"
    file.write_text(yaml.safe_dump({"data_dir": str(folder), "backups": {"offsite": section}}))
    return file


async def command(*arguments: str | Path) -> int:
    return await asyncio.to_thread(main, [str(one) for one in arguments])


async def value(folder: Path, *, renewed: bool = False) -> str | None:
    async with opened_store(folder) as store:
        if renewed:
            await store.check()
        async with store.read() as connection:
            return await read_value(connection, "check")


async def test_the_newest_sound_copy_is_restored_with_the_private_key(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("STEWARD_TEST_POSTGRESQL", raising=False)
    data, key = tmp_path / "data", tmp_path / "key.txt"
    data.mkdir()
    key.write_text(f"# public key: {PUBLIC}\n{PRIVATE}\n")
    async with serving() as (server, bucket):
        before, settings = await value(data, renewed=True), written(data, bucket)
        await make_backup(settings_of(data, bucket), None)
        (file,) = backups_in(data / "backups")
        made = offsite_job(offsite(bucket), data / "backups", bucket.session, bucket.clock)
        await made.run(Due(at=NOW))
        name = f"steward-backup-99990101T000000000000Z.tar.gz{ENDING}"
        server.objects[f"{PREFIX}{name}"] = encrypt(b"no archive", public_key(PUBLIC))
        assert await value(data, renewed=True) != before
        file.unlink()
        where = ("--settings", settings)
        assert await command("restore", "--offsite", *where) == USAGE_ERROR
        assert await command("restore", "--newest", "--key-file", key, *where) == USAGE_ERROR
        key.write_text(OTHER_PRIVATE)
        assert await command("restore", "--offsite", "--key-file", key, *where) == FAILURE
        assert "it was encrypted for another key, or is damaged" in capsys.readouterr().err
        key.write_text(PRIVATE)
        assert await command("restore", "--offsite", "--key-file", key, *where) == SUCCESS
        printed = capsys.readouterr().out
        assert f"Left out: {name}: The backup {name} cannot be read" in printed
        assert f"Restored {file.name}{ENDING}, made at" in printed
        assert await value(data) == before


async def test_a_copy_that_was_fetched_by_hand_is_restored(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("STEWARD_TEST_POSTGRESQL", raising=False)
    data, key, copy = tmp_path / "data", tmp_path / "key.txt", tmp_path / f"mine{ENDING}"
    data.mkdir()
    key.write_text(PRIVATE)
    before, settings = await value(data, renewed=True), tmp_path / "steward.yaml"
    settings.write_text(f"data_dir: {data}\n")
    where = ("--key-file", key, "--settings", settings)
    assert await command("restore", "--offsite", *where) == FAILURE
    assert "The settings have no backups.offsite" in capsys.readouterr().err
    assert await command("restore", copy, *where) == FAILURE
    assert "cannot be read: No such file" in capsys.readouterr().err
    await make_backup(read_settings({}, None, settings), tmp_path / "plain.tar.gz")
    copy.write_bytes(encrypt((tmp_path / "plain.tar.gz").read_bytes(), public_key(PUBLIC)))
    assert await value(data, renewed=True) != before
    assert await command("restore", copy, *where) == SUCCESS
    assert await value(data) == before


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"recipient": PRIVATE}, "must be the public key that age-keygen prints"),
        ({"recipient": None}, "must be the public key that age-keygen prints"),
        ({"bucket": "No/Bucket"}, "must be the name of a bucket"),
        ({"prefix": "../up/"}, "must be empty, or a folder with a slash at its end"),
        ({"prefix": "attic"}, "must be empty, or a folder with a slash at its end"),
        ({"region": "here there"}, "must be a region"),
        ({"url": "s3.example.org"}, "http"),
        ({"keep": 0}, "must be between 1 and 1000"),
    ],
)
def test_wrong_settings_are_named_without_what_was_written(
    tmp_path: Path, change: dict[str, Any], reason: str
) -> None:
    section = {
        "url": "https://s3.example.org",
        "bucket": "homelab",
        "access_key": "keeper",
        "secret_key": "heron-42",
        "recipient": PUBLIC,
    }
    file = tmp_path / "steward.yaml"
    file.write_text(yaml.safe_dump({"backups": {"offsite": section}}))
    right = read_settings({}, None, file)
    assert right.backups.offsite is not None
    assert "heron-42" in right.secrets()
    assert "heron-42" not in repr(right)
    file.write_text(yaml.safe_dump({"backups": {"offsite": {**section, **change}}}))
    with pytest.raises(InvalidSetting, match=r"^backups\.offsite\.") as refused:
        read_settings({}, None, file)
    assert reason in str(refused.value)
    assert PRIVATE not in str(refused.value)
