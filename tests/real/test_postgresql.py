"""The core on a real PostgreSQL: the same tests that hold on SQLite, the deaths included."""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from rig.databases import SERVER

ROOT = Path(__file__).parents[2]
LONGEST = 1_800


def find(program: str) -> str | None:
    """Return a server program's path; Debian keeps them out of PATH."""
    places = [*sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True), Path()]
    found = (shutil.which(program, path=str(place) if place != Path() else None) for place in places)
    return next((one for one in found if one), None)


INITDB, PG_CTL = find("initdb"), find("pg_ctl")


def run(*command: str) -> None:
    """Run as somebody who is not root: PostgreSQL refuses root."""
    user = "postgres" if os.geteuid() == 0 else None
    subprocess.run(command, check=True, user=user, cwd="/", stdout=subprocess.DEVNULL)


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """Yield the address of a PostgreSQL of our own."""
    if INITDB is None or PG_CTL is None:
        pytest.skip("no PostgreSQL server is installed")
    # Not below pytest's own folder: that one is root's alone.
    with tempfile.TemporaryDirectory(prefix="steward-postgresql-") as name:
        folder = Path(name)
        if os.geteuid() == 0:
            shutil.chown(folder, "postgres")
        data, log = folder / "data", folder / "log"
        run(INITDB, "-D", str(data), "-A", "trust", "-U", "postgres")
        port = free_port()
        options = (
            f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c max_connections=300"
        )
        run(PG_CTL, "-D", str(data), "-l", str(log), "-o", options, "-w", "start")
        try:
            yield f"postgresql://postgres@127.0.0.1:{port}/postgres"
        finally:
            run(PG_CTL, "-D", str(data), "-m", "immediate", "-w", "stop")


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


@pytest.mark.timeout(LONGEST)
@pytest.mark.parametrize("part", ["store", "agent"])
def test_what_holds_on_sqlite_holds_on_postgresql(server: str, part: str) -> None:
    command = [sys.executable, "-m", "pytest", f"tests/steward/{part}", "-q", "-n", "2", "--timeout", "600"]
    done = subprocess.run(
        [*command, "-p", "no:cacheprovider"],
        cwd=ROOT,
        env=os.environ | {SERVER: server},
        timeout=LONGEST,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-8_000:] + done.stderr[-2_000:]
    assert " passed" in done.stdout
