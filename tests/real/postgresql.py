"""A temporary PostgreSQL server on loopback."""

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

from lab.ports import free_port

ROOT = Path(__file__).parents[2]
FETCHED = ROOT / ".tools" / "real" / "postgresql"
OPTIONS = "-c listen_addresses=127.0.0.1 -c max_connections=300"
# Durability is not needed, and creating a thousand databases is much faster without it.
FAST = "-c fsync=off -c full_page_writes=off -c autovacuum=off"


class PostgresqlServer:
    """A server that keeps its data and its port when it is stopped and started again."""

    def __init__(self, programs: Path, folder: Path, user: str | None) -> None:
        self.port = free_port()
        self._programs = programs
        self._folder = folder
        self._user = user

    @property
    def url(self) -> str:
        """The psycopg URL of the first database."""
        return self.url_of("postgres")

    def url_of(self, database: str, driver: str = "postgresql") -> str:
        """Return the URL of a database."""
        return f"{driver}://postgres@127.0.0.1:{self.port}/{database}"

    @property
    def environment(self) -> dict[str, str]:
        """The variables by which programs reach it through its socket."""
        path = f"{self._programs}{os.pathsep}{os.environ['PATH']}"
        return {"PATH": path, "PGHOST": str(self._folder), "PGPORT": str(self.port)}

    def create(self) -> None:
        """Create the data folder."""
        self._run("initdb", "-D", self._data, "-A", "trust", "-U", "postgres", "--no-sync")

    def start(self) -> None:
        """Start the server and wait until it responds."""
        options = f"-p {self.port} -c unix_socket_directories={self._folder} {OPTIONS} {FAST}"
        self._run("pg_ctl", "-D", self._data, "-l", f"{self._folder}/log", "-o", options, "-w", "start")

    def stop(self, mode: Literal["fast", "immediate"] = "immediate") -> None:
        """Stop the server; `immediate` simulates a crash."""
        self._run("pg_ctl", "-D", self._data, "-m", mode, "-w", "stop")

    def version(self) -> str:
        """Return the server's version."""
        with psycopg.connect(self.url) as connection:
            row = connection.execute("SHOW server_version").fetchone()
        return "?" if row is None else str(row[0])

    def create_database(self, name: str) -> None:
        """Create a database."""
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(SQL("CREATE DATABASE {}").format(Identifier(name)))

    @property
    def _data(self) -> str:
        return f"{self._folder}/data"

    def _run(self, program: str, *arguments: str) -> None:
        command = [str(self._programs / program), *arguments]
        subprocess.run(command, check=True, user=self._user, cwd="/", stdout=subprocess.DEVNULL)


def find_programs() -> Path | None:
    """Return the folder of the newest initdb and pg_ctl, of the machine or else in .tools."""
    machines = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=_number, reverse=True)
    on_path = shutil.which("initdb")
    fetched = sorted((one.parent for one in FETCHED.glob("*/*/bin/initdb")), reverse=True)
    candidates = [*machines, *([Path(on_path).parent] if on_path else []), *fetched]
    return next((one for one in candidates if (one / "initdb").exists() and (one / "pg_ctl").exists()), None)


@contextmanager
def running(programs: Path) -> Iterator[PostgresqlServer]:
    """Run a server; everything it wrote is removed afterwards."""
    user = _server_user()
    # Not in pytest's temporary folder, which only root can read.
    with tempfile.TemporaryDirectory(prefix="steward-postgresql-") as name:
        folder = Path(name)
        if user is not None:
            shutil.chown(folder, user)
            programs = _readable_programs(programs, folder)
        server = PostgresqlServer(programs, folder, user)
        server.create()
        server.start()
        try:
            yield server
        finally:
            server.stop()


def _server_user() -> str | None:
    """Return the user that runs the server instead of root, None for the current user."""
    if os.geteuid() != 0:
        return None
    names = {one.pw_name for one in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"


def _readable_programs(programs: Path, folder: Path) -> Path:
    """Return a folder of the programs that the server's user can read: root's checkout is private."""
    if not programs.is_relative_to(FETCHED):
        return programs
    copy = shutil.copytree(FETCHED, folder / "programs", symlinks=True)
    return Path(copy) / programs.relative_to(FETCHED)


def _number(programs: Path) -> tuple[int, ...]:
    return tuple(int(part) for part in programs.parent.name.split(".") if part.isdecimal())
