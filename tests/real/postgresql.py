"""A PostgreSQL server of our own, on loopback, in a folder that goes with it."""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

import psycopg
from psycopg.sql import SQL, Identifier

from demo.processes import free_port

ROOT = Path(__file__).parents[2]
FETCHED = ROOT / ".tools" / "real" / "postgresql"
OPTIONS = "-c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c max_connections=300"
# Nobody cuts the power here, and nothing lives long: a thousand databases are made and gone much sooner.
HURRY = "-c fsync=off -c full_page_writes=off -c autovacuum=off"


class PostgresqlServer:
    """`start()` and `stop()` it as often as wanted; it keeps its data and its port."""

    def __init__(self, programs: Path, folder: Path, user: str | None) -> None:
        self.port = free_port()
        self._programs = programs
        self._folder = folder
        self._user = user

    @property
    def url(self) -> str:
        """Its first database, as psycopg takes it."""
        return self.address("postgres")

    def address(self, database: str, driver: str = "postgresql") -> str:
        """A database of it."""
        return f"{driver}://postgres@127.0.0.1:{self.port}/{database}"

    def create(self) -> None:
        """Make its data."""
        self._run("initdb", "-D", self._data, "-A", "trust", "-U", "postgres", "--no-sync")

    def start(self) -> None:
        """Start it and wait until it answers."""
        options = f"-p {self.port} {OPTIONS} {HURRY}"
        self._run("pg_ctl", "-D", self._data, "-l", f"{self._folder}/log", "-o", options, "-w", "start")

    def stop(self, mode: Literal["fast", "immediate"] = "immediate") -> None:
        """Stop it; `immediate` is what a crash looks like."""
        self._run("pg_ctl", "-D", self._data, "-m", mode, "-w", "stop")

    def version(self) -> str:
        """What it says it is."""
        with psycopg.connect(self.url) as connection:
            row = connection.execute("SHOW server_version").fetchone()
        return "?" if row is None else str(row[0])

    def create_database(self, name: str) -> None:
        """Make one more database."""
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(SQL("CREATE DATABASE {}").format(Identifier(name)))

    @property
    def _data(self) -> str:
        return f"{self._folder}/data"

    def _run(self, program: str, *arguments: str) -> None:
        command = [str(self._programs / program), *arguments]
        subprocess.run(command, check=True, user=self._user, cwd="/", stdout=subprocess.DEVNULL)


def find_programs() -> Path | None:
    """The folder of the machine's initdb and pg_ctl, newest first, else of those in .tools."""
    machines = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=_number, reverse=True)
    on_path = shutil.which("initdb")
    fetched = sorted((one.parent for one in FETCHED.glob("*/*/bin/initdb")), reverse=True)
    candidates = [*machines, *([Path(on_path).parent] if on_path else []), *fetched]
    return next((one for one in candidates if (one / "initdb").exists() and (one / "pg_ctl").exists()), None)


@contextmanager
def running(programs: Path) -> Iterator[PostgresqlServer]:
    """A server that runs, and is gone with everything it wrote afterwards."""
    user = _who_runs_it()
    # Not below pytest's own folder: that one is root's alone.
    with tempfile.TemporaryDirectory(prefix="steward-postgresql-") as name:
        folder = Path(name)
        if user is not None:
            shutil.chown(folder, user)
            programs = _within_reach(programs, folder)
        server = PostgresqlServer(programs, folder, user)
        server.create()
        server.start()
        try:
            yield server
        finally:
            server.stop()


def _who_runs_it() -> str | None:
    """PostgreSQL refuses root; anybody else runs it as themselves."""
    if os.geteuid() != 0:
        return None
    known = {one.pw_name for one in pwd.getpwall()}
    return "postgres" if "postgres" in known else "nobody"


def _within_reach(programs: Path, folder: Path) -> Path:
    """Somebody else may not look into root's checkout: they get a copy of what was fetched."""
    if not programs.is_relative_to(FETCHED):
        return programs
    copy = shutil.copytree(FETCHED, folder / "programs", symlinks=True)
    return Path(copy) / programs.relative_to(FETCHED)


def _number(programs: Path) -> tuple[int, ...]:
    return tuple(int(part) for part in programs.parent.name.split(".") if part.isdecimal())
