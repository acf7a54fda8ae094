"""Dumps of PostgreSQL: what is refused before a server starts. The drills themselves are in tests/real."""

import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from steward.clock import SystemClock
from steward.errors import PreconditionFailed
from steward.restore_drill.file_backups import DatabaseBackups
from steward.restore_drill.postgresql_dump import EMPTY, FACTOR, LONGEST_SOCKET
from steward.restore_drill.programs import installed
from steward.restore_drill.scratch import FOLDER
from steward.sdk.description import NotRestorable
from steward.settings.restore_drill import DatabaseBackup

LIST = ";     Dumped from database version: {dumped}.4 (Debian)\n7; 1259 16386 TABLE public users anna\n"
COPY = "COPY public.users (id) FROM stdin;\n1\n\\.\n"


class Tools:
    """Programs that answer as those of PostgreSQL do, and a dump."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.data, self.dump = folder / "bin", folder / "data", folder / "photos.dump"
        for one in (self.folder, self.data):
            one.mkdir()
        self.dump.write_bytes(b"PGDMP and more")
        self.place = self.of(self.data)
        self.answer()

    def of(self, data: Path) -> DatabaseBackups:
        settings = DatabaseBackup(id="photos", path=self.dump)
        return DatabaseBackups(settings, data, SystemClock(), f"{self.folder}:{installed()}")

    def write(self, name: str, text: str) -> None:
        path = self.folder / name
        path.write_text(f"#!/bin/sh\n{text}\n")
        path.chmod(path.stat().st_mode | stat.S_IXUSR)

    def answer(self, dumped: int = 15, installed: str = "15.18 (Debian 15.18)") -> None:
        lists = {"list": LIST.format(dumped=dumped), "copy": COPY}
        for name, text in lists.items():
            (self.folder / name).write_text(text)
        one, other = (self.folder / name for name in lists)
        self.write("pg_restore", f'if [ "$1" = --list ]; then cat {one}; else cat {other}; fi')
        self.write("postgres", f'echo "postgres (PostgreSQL) {installed}"')
        self.write("initdb", "echo no room for a server >&2; exit 1")

    async def drill(self, place: DatabaseBackups | None = None) -> None:
        used = place or self.place
        (found,) = await used.backups()
        await used.prepare(found.backup, "copy")
        try:
            await used.try_out(found.backup, "copy", lambda _: None)
        finally:
            await used.remove("copy")


@pytest.fixture
def tools() -> Iterator[Tools]:
    # The path of a socket has to be short.
    with tempfile.TemporaryDirectory(prefix="dump-") as name:
        yield Tools(Path(name))


async def test_the_space_is_that_of_the_tables_and_of_a_server(tools: Tools) -> None:
    (found,) = await tools.place.backups()
    prepared = await tools.place.prepare(found.backup, "copy")
    assert prepared.needs == FACTOR * len(COPY) + EMPTY
    assert prepared.free
    assert not [*(tools.data / FOLDER).iterdir()]


@pytest.mark.parametrize(
    ("dumped", "installed", "reason"),
    [
        (17, "15.18", "The dump is of PostgreSQL 17, and version 15 is installed"),
        (15, "15.18", "The server cannot be created: no room for a server"),
        (9, "18beta1", "The server cannot be created: no room for a server"),
        (15, "unknown", "The version of the dump or of the server is not known"),
    ],
)
async def test_what_the_machine_lacks_says_nothing_about_the_dump(
    tools: Tools, dumped: int, installed: str, reason: str
) -> None:
    tools.answer(dumped, installed)
    with pytest.raises(PreconditionFailed, match=reason):
        await tools.drill()


@pytest.mark.parametrize(
    ("said", "error"),
    [
        ("unsupported version (1.16) in file header", PreconditionFailed),
        ("could not write to file: No space left on device", PreconditionFailed),
        ("could not read from input file: end of file", NotRestorable),
    ],
)
async def test_a_failure_of_pg_restore_is_told_apart(tools: Tools, said: str, error: type[Exception]) -> None:
    tools.write("pg_restore", f"echo 'pg_restore: error: {said}' >&2; exit 1")
    with pytest.raises(error):
        await tools.drill()


async def test_without_programs_no_drill_is_possible(tools: Tools) -> None:
    place = DatabaseBackups(tools.place.settings, tools.data, SystemClock(), str(tools.folder))
    with pytest.raises(PreconditionFailed, match="The program setpriv is not installed"):
        await tools.drill(place)


async def test_a_path_that_is_too_long_for_a_socket_is_refused(tools: Tools) -> None:
    data = tools.data / ("x" * LONGEST_SOCKET)
    data.mkdir()
    with pytest.raises(PreconditionFailed, match="is too long for a server"):
        await tools.drill(tools.of(data))
