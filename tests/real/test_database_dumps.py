"""The commands of dumps with a real PostgreSQL: what a new version did is gone after the restore."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg.sql import SQL, Identifier

from real import postgresql
from real.postgresql import PostgresqlServer
from steward.services._docker.databases import FOLDER, NOT_ONE, NOT_THERE, ONLY_ONE, WANTED, database

NAMES = ("radarr", 'it\'s "odd" = yes')
DATABASE = database("postgresql")


@pytest.fixture(scope="module")
def server() -> Iterator[PostgresqlServer]:
    programs = postgresql.find_programs()
    if programs is None:
        pytest.skip("no PostgreSQL server is here")
    with postgresql.running(programs) as server:
        yield server


@pytest.fixture(autouse=True)
def before(server: PostgresqlServer) -> Iterator[None]:
    """Let each database have a table with one row."""
    for name in NAMES:
        server.create_database(name)
        with connected(server, name) as connection:
            connection.execute("CREATE TABLE films (title text PRIMARY KEY)")
            connection.execute("INSERT INTO films VALUES ('Metropolis')")
    yield
    with connected(server, "postgres") as connection:
        for name in NAMES:
            connection.execute(SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(Identifier(name)))


def connected(server: PostgresqlServer, name: str) -> psycopg.Connection:
    return psycopg.connect(host="127.0.0.1", port=server.port, user="postgres", dbname=name, autocommit=True)


def run(server: PostgresqlServer, script: str, folder: Path, wanted: str = "") -> int:
    """Run a command as the engine does, with another folder."""
    command = ["sh", "-c", script.replace(FOLDER, str(folder))]
    env = {**server.environment, WANTED: wanted}
    return subprocess.run(command, env=env, check=False).returncode


def migrate(server: PostgresqlServer) -> None:
    """Change the databases as a new version does."""
    for name in NAMES:
        with connected(server, name) as connection:
            connection.execute("ALTER TABLE films RENAME TO movies")
            connection.execute("CREATE TABLE added (x int)")


def is_as_before(server: PostgresqlServer) -> None:
    for name in NAMES:
        with connected(server, name) as connection:
            tables = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
            assert tables.fetchall() == [("films",)], "what was added is still there"
            assert connection.execute("SELECT title FROM films").fetchall() == [("Metropolis",)]


def test_a_dump_replaces_what_a_new_version_did(server: PostgresqlServer, tmp_path: Path) -> None:
    folder = tmp_path / "dump"
    assert run(server, DATABASE.dump, folder) == 0
    assert "CREATE ROLE postgres" in (folder / "roles.sql").read_text()
    migrate(server)
    with connected(server, NAMES[0]):  # an app that keeps its connection does not hinder it
        assert run(server, DATABASE.restore, folder) == 0
    is_as_before(server)
    assert not folder.exists()


def test_only_the_database_of_an_app_is_replaced(server: PostgresqlServer, tmp_path: Path) -> None:
    folder = tmp_path / "dump"
    assert run(server, DATABASE.dump, folder, NAMES[0]) == 0
    migrate(server)
    assert run(server, DATABASE.restore, folder) == 0
    found = []
    for name in NAMES:
        with connected(server, name) as connection:
            rows = connection.execute(
                "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1"
            )
            found.append([one for (one,) in rows.fetchall()])
    assert found == [["films"], ["added", "movies"]]


@pytest.mark.parametrize(
    ("wanted", "code"), [(ONLY_ONE, NOT_ONE), ("nothing", NOT_THERE), (f"{NAMES[0]},nothing", NOT_THERE)]
)
def test_a_database_that_is_not_certain_is_not_dumped(
    server: PostgresqlServer, tmp_path: Path, wanted: str, code: int
) -> None:
    assert run(server, DATABASE.dump, tmp_path / "dump", wanted) == code
    assert not (tmp_path / "dump").exists()


def test_the_only_database_of_a_server_is_dumped(server: PostgresqlServer, tmp_path: Path) -> None:
    with connected(server, "postgres") as connection:
        connection.execute(SQL("DROP DATABASE {} WITH (FORCE)").format(Identifier(NAMES[1])))
    folder = tmp_path / "dump"
    assert run(server, DATABASE.dump, folder, ONLY_ONE) == 0
    assert "CREATE DATABASE radarr" in (folder / "dump.sql").read_text()


def test_a_restore_that_was_interrupted_is_repeated(server: PostgresqlServer, tmp_path: Path) -> None:
    folder = tmp_path / "dump"
    assert run(server, DATABASE.dump, folder) == 0
    migrate(server)
    whole = (folder / "dump.sql").read_text()
    for end in ("DROP DATABASE IF EXISTS radarr;", "CREATE TABLE public.films"):
        (folder / "dump.sql").write_text(whole[: whole.index(end, whole.index("radarr")) + len(end)])
        assert run(server, DATABASE.restore.replace("rm -rf", ":"), folder) in (0, 3)
    (folder / "dump.sql").write_text(whole)
    assert run(server, DATABASE.restore, folder) == 0
    is_as_before(server)


def test_a_restore_that_fails_says_so_and_keeps_the_dump(server: PostgresqlServer, tmp_path: Path) -> None:
    folder = tmp_path / "dump"
    assert run(server, DATABASE.dump, folder) == 0
    with (folder / "dump.sql").open("a") as file:
        file.write("SELECT * FROM nothing;\n")
    assert run(server, DATABASE.restore, folder) == 3
    assert folder.exists()


def test_a_dump_that_fails_leaves_nothing(server: PostgresqlServer, tmp_path: Path) -> None:
    folder = tmp_path / "dump"
    script = DATABASE.dump.replace("pg_dump --create", "false --create")
    assert run(server, script, folder) != 0
    assert not folder.exists()
