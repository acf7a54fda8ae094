"""Restore drills of dumps and snapshots, with the real PostgreSQL and restic, by the command of people."""

import asyncio
import json
import os
import pwd
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import psycopg
import pytest
from psycopg.sql import SQL

from demo.waiting import becomes
from homelab_steward.contract.restore_drill import BackupProof, ProofLevel, RestoreReport
from real import postgresql as servers
from real.conftest import Record
from real.postgresql import ROOT, PostgresqlServer
from real.programs import DEADLINE, TOOLS, program
from rig.agent_rig import opened_store
from steward.restore_drill.scratch import FOLDER

DEPLOY: Final = TOOLS / "deploy"
PASSWORD: Final = "heron-42"
NOBODY: Final = "nobody"


class Machine:
    """A machine with the command, whose user is not root: the server of PostgreSQL refuses root."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.data = folder / "data"
        self.backups = folder / "backups"
        self.settings = folder / "steward.yaml"
        self.user = NOBODY if os.geteuid() == 0 else None
        for one in (self.data, self.backups):
            one.mkdir()

    async def create(self, text: str) -> None:
        """Write the settings of drills, and create the database of the app."""
        self.settings.write_text(f"data_dir: {self.data}\nlisten: {{port: 0}}\nrestore_drill:\n{text}")
        async with opened_store(self.data) as store:
            await store.check()
        if self.user is not None:
            owner = pwd.getpwnam(self.user)
            for one in (self.folder, *self.folder.rglob("*")):
                os.chown(one, owner.pw_uid, owner.pw_gid)

    async def start(self) -> asyncio.subprocess.Process:
        """Start the command."""
        return await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "steward", "restore-drill", "--json", "--settings", self.settings),
            env={
                "PATH": _path(),
                "PYTHONPATH": f"{ROOT / 'addon'}:{ROOT}",
            },
            cwd="/",
            user=self.user,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )

    async def drill(self) -> BackupProof:
        """Run the command, and return the only proof. Nothing is left."""
        process = await self.start()
        out, err = await process.communicate()
        assert process.returncode in (0, 1), err.decode()
        report = RestoreReport.from_plain(json.loads(out))
        (proof,) = report.proofs
        assert report.left == ()
        assert self.left() == []
        return proof

    def left(self) -> list[Path]:
        folder = self.data / FOLDER
        return [*folder.iterdir()] if folder.exists() else []


def _path() -> str:
    """Return the folders with programs, also those that were fetched."""
    folders = [DEPLOY / "usr/bin", servers.find_programs()]
    return os.pathsep.join([*(str(one) for one in folders if one), os.environ["PATH"]])


@pytest.fixture
def machine() -> Iterator[Machine]:
    if os.geteuid() == 0 and not _can_read(ROOT / "addon"):
        pytest.skip("the checkout can be read by root only, and the server does not start as root")
    # Not in pytest's folder: its path is too long for a socket, and only root can read it.
    with tempfile.TemporaryDirectory(prefix="steward-drill-") as name:
        yield Machine(Path(name))


def _can_read(folder: Path) -> bool:
    command = [sys.executable, "-c", f"import os; os.listdir({str(folder)!r})"]
    return (
        subprocess.run(command, user=NOBODY, cwd="/", stderr=subprocess.DEVNULL, check=False).returncode == 0
    )


@pytest.fixture
def source(postgresql: PostgresqlServer) -> str:
    """A database with the rows of a photo library."""
    name = f"photos{os.urandom(4).hex()}"
    postgresql.create_database(name)
    with psycopg.connect(postgresql.url_of(name), autocommit=True) as connection:
        connection.execute("CREATE TABLE users (id serial PRIMARY KEY, name text)")
        connection.execute('CREATE TABLE "My Photos" (id int PRIMARY KEY, note text)')
        connection.execute("INSERT INTO users (name) SELECT 'u' || n FROM generate_series(1, 40) n")
        connection.execute(
            r"""INSERT INTO "My Photos" SELECT n, E'a\n\\.\nb' FROM generate_series(1, 300) n"""
        )
        connection.execute("CREATE VIEW named AS SELECT name FROM users")
    return name


def execute(postgresql: PostgresqlServer, database: str, *statements: str) -> None:
    with psycopg.connect(postgresql.url_of(database), autocommit=True) as connection:
        for one in statements:
            connection.execute(SQL(one))


def dump(postgresql: PostgresqlServer, database: str, file: Path) -> None:
    programs = servers.find_programs()
    assert programs is not None
    command = [str(program("pg_dump", programs)), "--format=custom", f"--file={file}"]
    subprocess.run([*command, postgresql.url_of(database)], check=True)


DATABASES: Final = "  kinds: [database]\n  databases: [{{id: photos, name: Photos, path: {path}}}]\n"


async def test_a_dump_is_restored_and_its_rows_are_counted(
    machine: Machine, postgresql: PostgresqlServer, source: str, record_testsuite_property: Record
) -> None:
    file = machine.backups / "photos.dump"
    dump(postgresql, source, file)
    content = file.read_bytes()
    await machine.create(DATABASES.format(path=machine.backups))
    proof = await machine.drill()
    assert (proof.level, proof.reason, proof.skipped) == (ProofLevel.ANSWERED, "", "")
    assert (proof.newest_id, proof.target.name) == (file.name, "Photos")
    assert file.read_bytes() == content
    record_testsuite_property("restored dump", f"{len(content)} bytes")


async def test_half_a_dump_is_not_restorable(
    machine: Machine, postgresql: PostgresqlServer, source: str
) -> None:
    file = machine.backups / "photos.dump"
    dump(postgresql, source, file)
    file.write_bytes(file.read_bytes()[: file.stat().st_size * 3 // 4])
    await machine.create(DATABASES.format(path=file))
    proof = await machine.drill()
    assert (proof.level, proof.skipped) == (ProofLevel.NONE, "")
    assert proof.reason


async def test_an_extension_that_is_not_trusted_says_nothing_about_the_dump(
    machine: Machine, postgresql: PostgresqlServer, source: str
) -> None:
    try:
        execute(postgresql, source, "CREATE EXTENSION pageinspect")
    except psycopg.Error:
        pytest.skip("this PostgreSQL has no extensions")
    dump(postgresql, source, machine.backups / "photos.dump")
    await machine.create(DATABASES.format(path=machine.backups))
    proof = await machine.drill()
    assert proof.tried_at is None
    assert proof.skipped == "The server for the copy does not have these extensions: pageinspect"


async def test_a_dump_starts_no_program_and_reads_no_file(
    machine: Machine, postgresql: PostgresqlServer, source: str
) -> None:
    trace = machine.folder / "trace"
    execute(
        postgresql,
        source,
        f"""CREATE FUNCTION harm() RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN
        IF pg_catalog.current_database() = 'restored' THEN
            EXECUTE 'COPY (SELECT 1) TO PROGRAM ''touch {trace}''';
        END IF; RETURN true; END $$""",
        "CREATE TABLE trap (id int CHECK (public.harm()))",
        "INSERT INTO trap VALUES (1)",
    )
    dump(postgresql, source, machine.backups / "photos.dump")
    await machine.create(DATABASES.format(path=machine.backups))
    proof = await machine.drill()
    assert "pg_execute_server" in proof.reason
    assert not trace.exists()


async def test_after_a_kill_no_server_runs_and_the_next_drill_removes_the_copy(
    machine: Machine, postgresql: PostgresqlServer, source: str
) -> None:
    file = machine.backups / "photos.dump"
    execute(
        postgresql,
        source,
        """CREATE FUNCTION slow() RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN
        IF pg_catalog.current_database() = 'restored' THEN PERFORM pg_catalog.pg_sleep(3600); END IF;
        RETURN true; END $$""",
        "CREATE TABLE trap (id int CHECK (public.slow()))",
        "INSERT INTO trap VALUES (1)",
    )
    dump(postgresql, source, file)
    await machine.create(DATABASES.format(path=machine.backups))
    process = await machine.start()

    async def server() -> int | None:
        found = [*(machine.data / FOLDER).glob("*/list")]
        return int((found[0].parent / "data/postmaster.pid").read_text().split()[0]) if found else None

    pid = await becomes(server, DEADLINE, "the server of the drill restores")
    assert pid is not None
    process.send_signal(signal.SIGKILL)
    await process.communicate()

    async def has_ended() -> bool:
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return True
        return False

    await becomes(has_ended, DEADLINE, "the server ends with the command")
    assert len(machine.left()) == 1
    execute(postgresql, source, "DROP TABLE trap")
    dump(postgresql, source, file)
    assert (await machine.drill()).level is ProofLevel.ANSWERED


@pytest.fixture
async def repository(machine: Machine) -> Path:
    """A repository of restic with two snapshots of a few files."""
    folder = machine.backups / "restic"
    files = machine.folder / "files"
    (files / "deep" / "er").mkdir(parents=True)
    (files / "note [1].txt").write_text("brackets have a meaning in a pattern")
    (files / "deep" / "er" / "mail.txt").write_text("a mail")
    (files / "photo.raw").write_bytes(os.urandom(2_000_000))
    (machine.folder / "password").write_text(PASSWORD)
    _restic(machine, folder, "init")
    _restic(machine, folder, "backup", str(files))
    (files / "deep" / "new.txt").write_text("a new one")
    _restic(machine, folder, "backup", str(files))
    await machine.create(
        "  kinds: [restic]\n"
        f"  restic: [{{id: nas, name: NAS, path: {folder}, password_path: {machine.folder / 'password'}}}]\n"
    )
    return folder


def _restic(machine: Machine, repository: Path, *arguments: str) -> None:
    restic = program("usr/bin/restic", DEPLOY)
    env = {"RESTIC_PASSWORD": PASSWORD, "HOME": str(machine.folder)}
    command = [str(restic), "--no-cache", "--repo", str(repository), *arguments]
    subprocess.run(command, check=True, env=env, stdout=subprocess.DEVNULL)


def _content(folder: Path) -> dict[str, bytes]:
    return {str(one): one.read_bytes() for one in folder.rglob("*") if one.is_file()}


async def test_a_sample_of_a_repository_is_restored(machine: Machine, repository: Path) -> None:
    before = _content(repository)
    proof = await machine.drill()
    assert (proof.level, proof.reason, proof.skipped) == (ProofLevel.ANSWERED, "", "")
    assert _content(repository) == before


async def test_a_damaged_repository_is_not_restorable(machine: Machine, repository: Path) -> None:
    for one in (repository / "data").rglob("*"):
        if one.is_file():
            one.chmod(0o600)
            one.write_bytes(bytes(one.stat().st_size))
    proof = await machine.drill()
    assert (proof.level.rank < ProofLevel.BOOTED.rank, proof.skipped) == (True, "")
    assert proof.reason


async def test_a_lost_pack_is_found(machine: Machine, repository: Path) -> None:
    max(
        (one for one in (repository / "data").rglob("*") if one.is_file()), key=lambda one: one.stat().st_size
    ).unlink()
    proof = await machine.drill()
    assert (proof.level, proof.skipped) == (ProofLevel.NONE, "")
    assert proof.reason
