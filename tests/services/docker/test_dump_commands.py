"""The commands of dumps with programs that stand in for those of the databases."""

import os
import subprocess
from pathlib import Path

import pytest

from steward.services._docker.databases import (
    DATABASES,
    FOLDER,
    NO_SPACE,
    NOT_COMPLETE,
    NOT_ONE,
    NOT_THERE,
    ONLY_ONE,
    TOO_LARGE,
    WANTED,
    Database,
    database,
)

GIB = 2**30
CLIENT = """#!/bin/sh
echo "client $MYSQL_PWD $*" >>"$LOG"
case "$*" in
    *data_length*) echo "$SIZE" ;;
    *schemata*) printf '%s\\n' radarr 'two words' ;;
    *'SELECT 1'*) ;;
    *) cat >>"$LOG" ;;
esac
"""
DUMP = """#!/bin/sh
echo "dump $MYSQL_PWD" >>"$LOG"
for one in "$@"; do echo "[$one]" >>"$LOG"; done
echo 'CREATE DATABASE radarr;'
echo "$END"
"""
DF = """#!/bin/sh
echo Filesystem
echo "overlay 1 1 $FREE 1% /"
"""


class Container:
    """A folder with the programs of a container, and what they were asked."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.folder = path / "dump"
        self.log = path / "log"
        for name, script in (("mysql", CLIENT), ("mysqldump", DUMP), ("df", DF)):
            program = path / name
            program.write_text(script)
            program.chmod(0o755)

    def run(self, script: str, **changes: str) -> int:
        """Carry out a command; ``changes`` are variables."""
        env = {"PATH": f"{self.path}{os.pathsep}{os.environ['PATH']}", "LOG": str(self.log)}
        env |= {"SIZE": "1000", "FREE": str(10 * GIB // 1024), "END": "-- Dump completed on 2026-11-27"}
        command = ["sh", "-c", script.replace(FOLDER, str(self.folder))]
        return subprocess.run(command, env=env | changes, check=False).returncode


@pytest.fixture
def container(tmp_path: Path) -> Container:
    return Container(tmp_path)


MYSQL = database("mysql")


def test_mysql_is_dumped_and_restored_with_the_password_of_its_environment(container: Container) -> None:
    assert container.run(MYSQL.dump, MYSQL_ROOT_PASSWORD="correct horse") == 0
    log = container.log.read_text()
    assert "dump correct horse\n" in log
    assert "[--databases]\n[radarr]\n[two words]\n" in log
    assert log.count("correct horse") == log.count("dump ") + log.count("client "), "it is no argument"
    assert container.run(MYSQL.restore, MYSQL_ROOT_PASSWORD="correct horse") == 0
    assert container.log.read_text().endswith("CREATE DATABASE radarr;\n-- Dump completed on 2026-11-27\n")
    assert not container.folder.exists()


def test_a_password_may_be_in_a_file(container: Container, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("from-file\n")
    script = database("mariadb").dump
    assert container.run(script, MARIADB_ROOT_PASSWORD_FILE=str(tmp_path / "secret")) == 0
    assert "dump from-file\n" in container.log.read_text()


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"SIZE": str(21 * GIB)}, TOO_LARGE),
        ({"SIZE": str(6 * GIB)}, NO_SPACE),
        ({"END": "-- mysqldump: Got error: 2013"}, NOT_COMPLETE),
    ],
)
def test_a_dump_that_cannot_be_made_leaves_nothing(
    container: Container, changes: dict[str, str], code: int
) -> None:
    assert container.run(MYSQL.dump, MYSQL_ROOT_PASSWORD="x", **changes) == code
    assert not container.folder.exists()


def test_only_the_databases_that_are_named_are_dumped(container: Container) -> None:
    variables = {"MYSQL_ROOT_PASSWORD": "x", WANTED: "radarr,other"}
    assert container.run(MYSQL.dump, **variables) == 0
    log = container.log.read_text()
    assert "FIND_IN_SET(schema_name, 'radarr,other')" in log
    assert "FIND_IN_SET(table_schema, 'radarr,other')" in log


@pytest.mark.parametrize(
    ("wanted", "code"), [(ONLY_ONE, NOT_ONE), ("radarr", NOT_THERE), ("a,b,c", NOT_THERE)]
)
def test_another_number_of_databases_than_expected_is_refused(
    container: Container, wanted: str, code: int
) -> None:
    assert container.run(MYSQL.dump, MYSQL_ROOT_PASSWORD="x", **{WANTED: wanted}) == code
    assert not container.folder.exists()


@pytest.mark.parametrize("one", DATABASES, ids=lambda one: one.key)
def test_the_commands_are_valid_for_every_shell(one: Database) -> None:
    for script in (one.dump, one.restore):
        subprocess.run(["sh", "-n", "-c", script], check=True)
