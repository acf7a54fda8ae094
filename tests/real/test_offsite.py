"""Offsite copies with the real rclone as object storage, and the real age and restic as the way back."""

import asyncio
import os
import subprocess
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, Final

import pytest
from aiohttp import ClientSession

from demo.waiting import becomes
from lab.ports import free_port
from real.conftest import Record
from real.programs import DEADLINE, TOOLS, program, running
from rig.age_keys import PRIVATE, PUBLIC
from rig.agent_rig import opened_store
from steward.clock import SystemClock
from steward.offsite.bucket import OffsiteFailed
from steward.offsite.copies import ENDING
from steward.settings.model import Backups, Settings
from steward.settings.offsite import Offsite
from steward.store.archive import backups_in, read
from steward.timing.scheduler import Due
from steward.wiring.backup_commands import make_backup
from steward.wiring.offsite import bucket_of, newest_copy, offsite_job

HOST: Final = "127.0.0.1"
DEPLOY: Final = TOOLS / "deploy"
RCLONE: Final = TOOLS / "real" / "rclone"


@pytest.fixture
async def offsite(tmp_path: Path, session: ClientSession) -> AsyncIterator[Offsite]:
    """Object storage of rclone with the bucket ``homelab``."""
    port = free_port()
    (tmp_path / "storage" / "homelab").mkdir(parents=True)
    served = (
        "serve",
        "s3",
        "--addr",
        f"{HOST}:{port}",
        "--auth-key",
        "keeper,heron-42",
        tmp_path / "storage",
    )
    settings = Offsite(
        url=f"http://{HOST}:{port}",
        bucket="homelab",
        access_key="keeper",
        secret_key="heron-42",
        recipient=PUBLIC,
        keep=2,
    )
    async with running(tmp_path, "bin/rclone", *served, fetched=RCLONE):

        async def look() -> Any:
            try:
                return await bucket_of(settings, session, SystemClock()).sizes() is not None
            except OffsiteFailed:
                return None

        await becomes(look, DEADLINE, "rclone answers")
        yield settings


async def run(*command: str | Path, **env: str) -> str:
    """Return what a program printed. Raises CalledProcessError."""
    done = await asyncio.to_thread(
        subprocess.run, command, env={**os.environ, **env}, capture_output=True, text=True, check=True
    )
    return str(done.stdout)


async def test_copies_in_object_storage_and_their_way_back(
    tmp_path: Path,
    offsite: Offsite,
    session: ClientSession,
    monkeypatch: pytest.MonkeyPatch,
    record_testsuite_property: Record,
) -> None:
    monkeypatch.delenv("STEWARD_TEST_POSTGRESQL", raising=False)
    data, key, clock = tmp_path / "data", tmp_path / "key.txt", SystemClock()
    data.mkdir()
    key.write_text(PRIVATE)
    url = f"sqlite+aiosqlite:///{data}/steward.db"
    settings = Settings(data_dir=data, database_url=url, backups=Backups(offsite=offsite))
    async with opened_store(data) as store:
        await store.check()
    job = offsite_job(offsite, data / "backups", session, clock)
    for _ in range(3):
        await make_backup(settings, None)
        await job.run(Due(at=clock.now()))
    kept = [f"{one.name}{ENDING}" for one in backups_in(data / "backups")[:2]]
    objects = await bucket_of(offsite, session, clock).sizes()
    assert sorted(objects) == sorted([*kept, *(f"{name}.sha256" for name in kept)])

    name, content, skipped = await newest_copy(settings, key)
    assert (name, skipped) == (kept[0], [])
    assert content.manifest == read(backups_in(data / "backups")[0]).manifest

    # The commands of docs/backup.md, without the app.
    await run(
        program("bin/rclone", RCLONE),
        *("copy", "storage:homelab/steward/", tmp_path / "copies"),
        RCLONE_CONFIG_STORAGE_TYPE="s3",
        RCLONE_CONFIG_STORAGE_PROVIDER="Rclone",
        RCLONE_CONFIG_STORAGE_ENDPOINT=offsite.url,
        RCLONE_CONFIG_STORAGE_ACCESS_KEY_ID=offsite.access_key,
        RCLONE_CONFIG_STORAGE_SECRET_ACCESS_KEY=offsite.secret_key,
    )
    sums = [f"{name}.sha256" for name in kept]
    await run("bash", "-euc", 'cd "$0" && sha256sum --check --strict "$@"', tmp_path / "copies", *sums)
    decrypted = tmp_path / "copy.tar.gz"
    age = program("usr/bin/age", DEPLOY)
    await run(age, "--decrypt", "--identity", key, "--output", decrypted, tmp_path / "copies" / kept[0])
    assert decrypted.read_bytes() == backups_in(data / "backups")[0].read_bytes()
    record_testsuite_property("age", (await run(age, "--version")).strip())


async def test_restic_takes_the_folder_of_the_backups(
    tmp_path: Path, record_testsuite_property: Record
) -> None:
    folder = tmp_path / "backups"
    folder.mkdir()
    (folder / "steward-backup-20261129T030000000000Z.tar.gz").write_bytes(os.urandom(100_000))
    restic, env = program("usr/bin/restic", DEPLOY), {"RESTIC_PASSWORD": "heron-42", "HOME": str(tmp_path)}
    repository = ("--repo", tmp_path / "repository", "--no-cache")
    await run(restic, *repository, "init", **env)
    await run(restic, *repository, "backup", folder, **env)
    await run(restic, *repository, "check", "--read-data", **env)
    await run(restic, *repository, "forget", "--keep-daily", "7", "--keep-weekly", "8", "--prune", **env)
    await run(restic, *repository, "restore", "latest", "--target", tmp_path / "restored", **env)
    (restored,) = (tmp_path / "restored").rglob("*.tar.gz")
    assert restored.read_bytes() == next(folder.iterdir()).read_bytes()
    record_testsuite_property("restic", (await run(restic, "version", **env)).split()[1])
