"""Copies of backups: only what is missing, read back, encrypted, and only so many kept."""

import asyncio
import subprocess
from datetime import timedelta
from pathlib import Path

import pytest

from rig.age_keys import PRIVATE, PUBLIC
from rig.bucket_server import PREFIX, serving
from rig.inventory import NOW
from steward import age
from steward.offsite.bucket import Bucket, OffsiteFailed
from steward.offsite.copies import CHECKSUM, OffsiteCopies, name_of
from steward.store.archive import file_name


def backup(folder: Path, day: int, content: bytes = b"rows") -> Path:
    folder.mkdir(exist_ok=True)
    file = folder / file_name(NOW + timedelta(days=day))
    file.write_bytes(content)
    return file


def stored(files: list[Path]) -> list[str]:
    return [f"{PREFIX}{name_of(file)}{ending}" for file in files for ending in ("", CHECKSUM)]


def copies(bucket: Bucket, folder: Path, keep: int = 3) -> OffsiteCopies:
    return OffsiteCopies(objects=bucket, folder=folder, recipient=age.public_key(PUBLIC), keep=keep)


async def test_each_backup_is_copied_once_and_encrypted(tmp_path: Path) -> None:
    async with serving() as (server, bucket):
        files = [backup(tmp_path, day, f"rows of day {day}".encode()) for day in range(2)]
        made = copies(bucket, tmp_path)
        assert await made.copy() == tuple(map(name_of, files)), "the oldest first"
        for file in files:
            stored = server.objects[f"{PREFIX}{name_of(file)}"]
            assert file.read_bytes() not in stored
            assert age.decrypt(stored, age.private_key(PRIVATE)) == file.read_bytes()
        server.requests.clear()
        assert await made.copy() == ()
        assert set(server.requests) == {"GET"}, "one listing, when nothing is due"
        for file in files:
            (tmp_path / name_of(file)).write_bytes(server.objects[f"{PREFIX}{name_of(file)}"])
            sums = server.objects[f"{PREFIX}{name_of(file)}{CHECKSUM}"]
            command = ["sha256sum", "--check", "--strict"]
            await asyncio.to_thread(subprocess.run, command, input=sums, cwd=tmp_path, check=True)


async def test_a_copy_that_is_not_what_was_sent_is_an_error_and_made_again(tmp_path: Path) -> None:
    async with serving() as (server, bucket):
        file, made = backup(tmp_path, 0), copies(bucket, tmp_path)
        server.is_damaging = True
        with pytest.raises(OffsiteFailed, match="is not what was sent"):
            await made.copy()
        assert f"{PREFIX}{name_of(file)}{CHECKSUM}" not in server.objects
        server.is_damaging = False
        assert await made.copy() == (name_of(file),)
        assert await made.copy() == ()
        server.objects[f"{PREFIX}{name_of(file)}"] = b"cut off"
        assert await made.copy() == (name_of(file),), "too short"


async def test_a_store_that_forgets_is_an_error(tmp_path: Path) -> None:
    async with serving() as (server, bucket):
        server.is_forgetting = True
        backup(tmp_path, 0)
        with pytest.raises(OffsiteFailed, match="refused GET: 404"):
            await copies(bucket, tmp_path).copy()


async def test_only_the_oldest_copies_are_deleted_and_nothing_else(tmp_path: Path) -> None:
    async with serving() as (server, bucket):
        others = {f"{PREFIX}notes.txt": b"1", f"{PREFIX}old/{file_name(NOW)}.age": b"2", "x": b"3"}
        server.objects |= others
        old = [backup(tmp_path, day) for day in range(4)]
        made = copies(bucket, tmp_path)
        await made.copy()
        assert not others.keys() - server.objects.keys()
        kept = sorted(one for one in server.objects if one not in others)
        assert kept == stored(old[1:])
        for file in old:
            file.unlink()
        newest = backup(tmp_path, 9)
        await made.copy()
        kept = sorted(one for one in server.objects if one not in others)
        assert kept == stored([*old[2:], newest])
        newest.unlink()
        await made.copy()
        assert len(server.objects) == len(kept) + len(others), "an empty folder deletes nothing"


async def test_nothing_is_deleted_while_a_copy_fails(tmp_path: Path) -> None:
    async with serving() as (server, bucket):
        made = copies(bucket, tmp_path)
        for day in range(3):
            backup(tmp_path, day)
        await made.copy()
        before = set(server.objects)
        backup(tmp_path, 3)
        server.refuse = {"PUT"}
        with pytest.raises(OffsiteFailed):
            await made.copy()
        assert set(server.objects) == before
