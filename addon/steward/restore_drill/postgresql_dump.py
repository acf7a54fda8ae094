"""A dump of PostgreSQL, restored into a server of its own that no network reaches, and its rows counted."""

import asyncio
import os
import re
import signal
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import psycopg
from psycopg.sql import SQL

from homelab_steward.contract.restore_drill import ProofLevel

from ..clock import Clock
from ..errors import PreconditionFailed, StewardError
from ..sdk.description import NotRestorable, Reached
from .copy_rows import CopyRows
from .programs import ProgramFailed, Programs

MAGIC: Final = b"PGDMP"
DATA: Final = "data"
LIST: Final = "list"
ADMIN: Final = "drill_admin"
OWNER: Final = "drill_owner"
"""The role that restores: it is no superuser, so a dump can neither read files nor start programs."""

DATABASE: Final = "restored"
CREATE_ROLE: Final = f"CREATE ROLE {OWNER} LOGIN"
CREATE_DATABASE: Final = f"CREATE DATABASE {DATABASE} OWNER {OWNER} TEMPLATE template0"
EMPTY: Final = 64 * 1024 * 1024
"""Bytes of a server without data."""

FACTOR: Final = 3
"""How many times its text a restored table takes, with its indexes and the write-ahead log."""

NOT_THE_DUMP: Final = ("unsupported version", "No space left on device")
"""What pg_restore says when the reason is not in the dump."""

START: Final = 60.0
WAIT: Final = 0.2
LONGEST_SOCKET: Final = 90
"""Characters of the path of the folder with the socket; the system allows 107 with its name."""

OPTIONS: Final = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "fsync": "off",
    "full_page_writes": "off",
    "max_connections": "10",
    "shared_buffers": "32MB",
    "max_wal_size": "256MB",
    "autovacuum": "off",
    "archive_mode": "off",
    "shared_preload_libraries": "",
    "logging_collector": "off",
}
NEVER: Final = (" EVENT TRIGGER ", " SUBSCRIPTION ", " PUBLICATION ")
"""What only a superuser may create, and what would reach other servers."""

_VERSION: Final = re.compile(r"^;\s+Dumped from database version: (\d+)", re.MULTILINE)
_SERVER: Final = re.compile(r"(\d+)(?:\.|devel|beta|rc)")
_EXTENSION: Final = re.compile(r"^\d+; \d+ \d+ EXTENSION - (\S+)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class PostgresqlDump:
    """Restores a dump that ``pg_dump --format=custom`` made into ``folder``.

    The programs of PostgreSQL are looked for in the folders of ``path``.
    """

    source: Path
    folder: Path
    clock: Clock
    path: str

    @property
    def _programs(self) -> Programs:
        return Programs(self.folder, self.path)

    async def needs(self) -> int:
        """Return how many bytes a restored copy takes. Raises NotRestorable and PreconditionFailed."""
        return FACTOR * (await self._counted()).size + EMPTY

    async def try_out(self, reached: Reached) -> None:
        """Restore the dump, and compare the rows of each table. Raises NotRestorable and StewardError."""
        if len(str(self.folder)) > LONGEST_SOCKET:
            raise PreconditionFailed(t"The path {self.folder} is too long for a server.")
        listed = await self._read("--list", str(self.source))
        expected = (await self._counted()).rows
        await self._check_version(listed)
        reached(ProofLevel.READABLE)
        async with self._server() as server:
            await _check_extensions(server, listed)
            await self._restore(listed)
            reached(ProofLevel.RESTORED)
            await _ask(server)
            reached(ProofLevel.BOOTED)
            await _compare(server, expected)
            if any(expected.values()):
                reached(ProofLevel.ANSWERED)

    async def _read(self, *arguments: str) -> str:
        try:
            return await self._programs.output("pg_restore", *arguments)
        except ProgramFailed as err:
            raise _meaning(err) from err

    async def _counted(self) -> CopyRows:
        """Return the rows that the dump has. Raises NotRestorable when it cannot be read to its end."""
        rows = CopyRows()
        try:
            async for piece in self._programs.pieces(
                "pg_restore", "--data-only", "--file=-", str(self.source)
            ):
                rows.feed(piece)
        except ProgramFailed as err:
            raise _meaning(err) from err
        return rows

    async def _check_version(self, listed: str) -> None:
        """Raise PreconditionFailed when the dump is of a newer version than the installed one."""
        try:
            installed = _SERVER.search(await self._programs.output("postgres", "--version"))
        except ProgramFailed as err:
            raise PreconditionFailed(str(err)) from err
        dumped = _VERSION.search(listed)
        if installed is None or dumped is None:
            raise PreconditionFailed(t"The version of the dump or of the server is not known.")
        if int(dumped[1]) > int(installed[1]):
            raise PreconditionFailed(
                t"The dump is of PostgreSQL {dumped[1]}, and version {installed[1]} is installed."
            )

    @asynccontextmanager
    async def _server(self) -> AsyncIterator[psycopg.AsyncConnection]:
        """Create a server, run it until the end of the block, and yield a connection to an empty database."""
        try:
            await self._programs.output(
                "initdb",
                f"--pgdata={self.folder / DATA}",
                f"--username={ADMIN}",
                "--auth=trust",
                "--encoding=UTF8",
                "--locale=C",
                "--no-sync",
            )
        except ProgramFailed as err:
            raise PreconditionFailed(t"The server cannot be created: {err}") from err
        options = OPTIONS | {"unix_socket_directories": str(self.folder)}
        arguments = [part for key, value in options.items() for part in ("-c", f"{key}={value}")]
        # With SIGQUIT it ends at once, with all of its processes and its shared memory.
        async with self._programs.running(
            "postgres", "-D", str(self.folder / DATA), *arguments, end=signal.SIGQUIT
        ) as process:
            async with await self._started(process) as admin:
                await admin.execute(SQL(CREATE_ROLE))
                await admin.execute(SQL(CREATE_DATABASE))
            async with await self._connect(DATABASE, OWNER) as connection:
                yield connection

    async def _started(self, process: asyncio.subprocess.Process) -> psycopg.AsyncConnection:
        """Return a connection as soon as the server answers. Raises PreconditionFailed when it does not."""
        begun = self.clock.monotonic()
        while process.returncode is None and self.clock.monotonic() - begun < START:
            with suppress(psycopg.OperationalError):
                return await self._connect("postgres", ADMIN)
            await self.clock.sleep(WAIT)
        raise PreconditionFailed(t"The server for the copy does not start.")

    async def _connect(self, database: str, user: str) -> psycopg.AsyncConnection:
        return await psycopg.AsyncConnection.connect(
            host=str(self.folder), dbname=database, user=user, passfile=os.devnull, autocommit=True
        )

    async def _restore(self, listed: str) -> None:
        """Restore what the role of the drill may create. Raises NotRestorable."""
        lines = [one for one in listed.splitlines() if not any(part in one for part in NEVER)]
        chosen = self.folder / LIST
        await asyncio.to_thread(chosen.write_text, "\n".join(lines), encoding="utf-8")
        try:
            await self._programs.output(
                "pg_restore",
                f"--host={self.folder}",
                f"--username={OWNER}",
                f"--dbname={DATABASE}",
                f"--use-list={chosen}",
                "--no-password",
                "--no-owner",
                "--no-privileges",
                "--no-tablespaces",
                "--exit-on-error",
                str(self.source),
            )
        except ProgramFailed as err:
            raise _meaning(err) from err


def _meaning(err: ProgramFailed) -> StewardError:
    """Return what a failure of pg_restore says: an old program or a full disk says nothing about the dump."""
    text = str(err)
    is_other = any(one in text for one in NOT_THE_DUMP)
    return PreconditionFailed(text) if is_other else NotRestorable(text)


async def _check_extensions(server: psycopg.AsyncConnection, listed: str) -> None:
    """Raise PreconditionFailed for extensions that only a superuser may create, or that are not installed."""
    rows = await server.execute("SELECT DISTINCT name FROM pg_available_extension_versions WHERE trusted")
    there = {row[0] for row in await rows.fetchall()}
    missing = sorted({one[1] for one in _EXTENSION.finditer(listed)} - there)
    if missing:
        names = ", ".join(missing)
        raise PreconditionFailed(t"The server for the copy does not have these extensions: {names}")


async def _ask(server: psycopg.AsyncConnection) -> None:
    """Raise NotRestorable unless the restored database answers."""
    try:
        await server.execute("SELECT 1")
    except psycopg.Error as err:
        raise NotRestorable(str(err)) from err


async def _compare(server: psycopg.AsyncConnection, rows: Mapping[str, int]) -> None:
    """Raise NotRestorable unless each table has as many rows as the dump."""
    for name, expected in rows.items():
        # The name is quoted in the dump, and it is one name: see CopyRows.
        question = f"SELECT count(*) FROM ONLY {name}"  # noqa: S608
        try:
            row = await (await server.execute(SQL(question))).fetchone()
        except psycopg.Error as err:
            raise NotRestorable(str(err)) from err
        there = row[0] if row else 0
        if there != expected:
            raise NotRestorable(t"The table {name} has {there} rows instead of {expected}.")
