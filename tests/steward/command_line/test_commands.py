"""The command line: what the checks read, what they leave alone, and what refuses to start."""

import asyncio
import gc
import os
import socket
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from homelab_steward.contract.incidents import IncidentStatus
from rig import records
from rig.inventory import NOW
from steward.clock import SystemClock
from steward.command_line.command import FAILURE, SUCCESS
from steward.command_line.main import main
from steward.command_line.run import _without_collection
from steward.runbooks.library import OWN_RUNBOOKS, built_in_folders
from steward.services.finder import find_services
from steward.settings.reader import keep_secrets, read_settings
from steward.store import incidents
from steward.store.changes import Changes
from steward.store.database import Database
from steward.store.folder_lock import FolderLock
from steward.store.migrate import migrate
from steward.store.store import Store

OWN_SERVICE = """
from dataclasses import replace

from steward.services.prowlarr import SERVICE as PROWLARR

SERVICE = replace(PROWLARR, key="{key}", name="Own")
"""


def add_service(folder: Path, key: str) -> Path:
    """Write a service of its own, and return the folder of its runbooks."""
    runbooks = folder / key / "runbooks"
    runbooks.mkdir(parents=True)
    (folder / key / "__init__.py").write_text(OWN_SERVICE.format(key=key))
    return runbooks


def runbook(identifier: str, tool: str) -> str:
    text = (OWN_RUNBOOKS / "application-unhealthy.md").read_text()
    text = text.replace("id: application-unhealthy", f"id: {identifier}", 1)
    changed = text.replace("capability: health", f"tool: {tool}", 1)
    assert changed != text, "the runbook has no look at the health"
    return changed


def check(folder: Path) -> int:
    settings = folder / "steward.yaml"
    settings.write_text(f"data_dir: {folder}/data\nservices_dir: {folder}/services\n")
    return main(["check", "--settings", str(settings)])


def test_check_reads_own_services_and_their_runbooks(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = add_service(tmp_path / "services", "own_checked")
    (folder / "own.md").write_text(runbook("own", "own_checked.health"))
    assert check(tmp_path) == SUCCESS
    services = len(find_services())
    runbooks = sum(len(list(one.glob("*.md"))) for one in built_in_folders())
    assert capsys.readouterr().out == f"Valid: {services + 1} services, {runbooks + 1} runbooks.\n"


def test_check_names_the_mistake_in_a_runbook_of_an_own_service(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = add_service(tmp_path / "services", "own_wrong")
    (folder / "own.md").write_text(runbook("own", "own_wrong.nothing"))
    assert check(tmp_path) == FAILURE
    assert capsys.readouterr().err == "own.md: there is no tool own_wrong.nothing\n"


def test_check_names_an_own_service_that_is_wrong(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    add_service(tmp_path / "services", "own_broken").parent.joinpath("__init__.py").write_text("1 / 0\n")
    assert check(tmp_path) == FAILURE
    assert "Service folder own_broken: it cannot be imported: ZeroDivisionError" in capsys.readouterr().err


def test_check_names_a_folder_of_services_that_does_not_exist(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert check(tmp_path) == FAILURE
    assert capsys.readouterr().err == "Service folder services: it does not exist\n"


@pytest.mark.parametrize(
    ("instance", "expected"),
    [
        (
            "{id: r, service: raddarr, name: R}",
            "instances[0].service: raddarr is not known, did",
        ),
        ("{id: r, service: radarr, name: R, settings: {urll: x}}", "instances[0].settings.urll"),
        ("{id: r, service: radarr, name: R, settings: {}}", "instances[0].settings.url"),
    ],
)
def test_check_names_the_mistake_in_an_instance(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], instance: str, expected: str
) -> None:
    settings = tmp_path / "steward.yaml"
    settings.write_text(f"data_dir: data\ninstances: [{instance}]\n")
    assert main(["check", "--settings", str(settings)]) == FAILURE
    assert capsys.readouterr().err.startswith(expected)


def test_check_writes_nothing(tmp_path: Path) -> None:
    settings = tmp_path / "steward.yaml"
    settings.write_text("data_dir: data\ntelegram: {token: t, chat_id: -1}\n")
    assert main(["check", "--settings", str(settings)]) == SUCCESS
    assert list(tmp_path.iterdir()) == [settings]


def test_check_leaves_the_folder_of_own_services_as_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    add_service(tmp_path / "services", "own_unwritten")
    before = sorted(tmp_path.rglob("*"))
    assert check(tmp_path) == SUCCESS
    assert sorted(tmp_path.rglob("*")) == sorted([*before, tmp_path / "steward.yaml"])


def test_no_garbage_is_collected_during_the_start() -> None:
    with _without_collection():
        assert not gc.isenabled()
    assert gc.isenabled()
    assert gc.get_freeze_count() > 0
    gc.unfreeze()


@pytest.mark.parametrize("command", [["check"], ["run"]])
@pytest.mark.parametrize("setting", ["runbooks_dir", "sentences_dir"])
def test_a_folder_that_does_not_exist_is_an_error(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], command: list[str], setting: str
) -> None:
    settings = tmp_path / "steward.yaml"
    settings.write_text(f"data_dir: data\n{setting}: my-own\nlisten: {{port: 0}}\n")
    assert main([*command, "--settings", str(settings)]) == FAILURE
    assert f"{setting}: {tmp_path}/my-own is not a folder" in capsys.readouterr().err


def test_check_names_a_wrong_certificate(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    settings = tmp_path / "steward.yaml"
    settings.write_text("listen: {tls_certificate: cert.pem}\n")
    assert main(["check", "--settings", str(settings)]) == FAILURE
    expected = f"listen.tls_certificate: {tmp_path}/cert.pem cannot be read: No such file or directory\n"
    assert capsys.readouterr().err == expected


def audit(folder: Path) -> int:
    settings = folder / "steward.yaml"
    settings.write_text("data_dir: data\n")
    return main(["audit", "verify", "--settings", str(settings)])


@pytest.mark.parametrize("has_folder", [True, False])
@pytest.mark.parametrize("has_file", [True, False])
def test_the_audit_log_of_a_new_folder_is_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], *, has_folder: bool, has_file: bool
) -> None:
    data = tmp_path / "data"
    if has_folder or has_file:
        data.mkdir()
    if has_file:
        (data / "steward.db").touch()
    assert audit(tmp_path) == SUCCESS
    expected = f"There is no audit log yet: the app has not run with the data folder {data}.\n"
    assert capsys.readouterr().out == expected
    assert data.exists() is (has_folder or has_file)
    assert (data / "steward.db").exists() is has_file


def test_a_second_steward_on_the_data_folder_refuses_before_it_starts_anything(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = tmp_path / "steward.yaml"
    settings.write_text("data_dir: data\nlisten: {port: 0}\n")
    lock = FolderLock.take(tmp_path / "data")
    assert main(["run", "--settings", str(settings)]) == FAILURE
    text = capsys.readouterr().err
    assert f"Another steward (process {os.getpid()} on " in text
    assert f"uses the data folder {tmp_path}/data. Stop it first, or set data_dir to another folder" in text
    assert not list((tmp_path / "data").glob("*.db*"))
    assert gc.isenabled(), "also after a start that failed"
    lock.release()


def test_a_second_steward_on_the_database_of_another_folder_refuses(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = tmp_path / "steward.yaml"
    database = f"sqlite+aiosqlite:///{tmp_path}/first/steward.db"
    settings.write_text(f"data_dir: second\ndatabase_url: {database}\nlisten: {{port: 0}}\n")
    lock = FolderLock.take(tmp_path / "first")
    assert main(["run", "--settings", str(settings)]) == FAILURE
    assert f"uses the data folder {tmp_path}/first." in capsys.readouterr().err
    lock.release()


def test_a_steward_on_a_used_port_refuses_before_it_starts_anything(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        settings = tmp_path / "steward.yaml"
        settings.write_text(f"data_dir: data\nlisten: {{port: {port}}}\n")
        assert main(["run", "--settings", str(settings)]) == FAILURE
    expected = f"The steward cannot start: Cannot listen on 127.0.0.1 port {port}: Address already in use"
    assert expected in capsys.readouterr().err
    assert not list((tmp_path / "data").glob("*.db*"))


def test_a_secret_that_cannot_be_created_is_an_error(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "data").write_text("a file")
    settings = tmp_path / "steward.yaml"
    settings.write_text("data_dir: data\n")
    assert main(["run", "--settings", str(settings)]) == FAILURE
    assert "The steward cannot start: api_token: " in capsys.readouterr().err


def test_the_tokens_are_printed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    settings = tmp_path / "steward.yaml"
    settings.write_text("data_dir: data\n")
    data = tmp_path / "data"
    assert main(["token", "--settings", str(settings)]) == FAILURE
    assert capsys.readouterr().err == (
        f"{data}/token cannot be read: No such file or directory. The app creates the token when it starts.\n"
    )
    assert not data.exists()
    keep_secrets(read_settings({}, None, settings))
    assert main(["token", "--settings", str(settings)]) == SUCCESS
    access = capsys.readouterr().out
    assert access == (data / "token").read_text()
    assert main(["token", "--monitor", "--settings", str(settings)]) == SUCCESS
    monitor = capsys.readouterr().out
    assert monitor == (data / "monitor_token").read_text() != access
    settings.write_text("data_dir: data\napi_token: chosen-by-the-owner\n")
    assert main(["token", "--settings", str(settings)]) == SUCCESS
    assert capsys.readouterr().out == "chosen-by-the-owner\n"


def documented(folder: Path, *arguments: str) -> int:
    settings = folder / "steward.yaml"
    settings.write_text(f"data_dir: {folder}/data\ndocumentation: {{git: true}}\n")
    return main(["document", *arguments, "--settings", str(settings)])


async def some_data(folder: Path) -> None:
    database = Database(f"sqlite+aiosqlite:///{folder}/steward.db")
    await migrate(database)
    solved = records.incident(status=IncidentStatus.RESOLVED, resolved_at=NOW)
    solved = replace(solved, updated_at=datetime.now(UTC))
    async with Store(database, Changes(SystemClock())).change() as unit:
        await incidents.save_incident(unit.connection, solved)
    await database.close()


def test_document_writes_the_notebook_and_prints_the_post_about_a_month(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "data").mkdir()
    asyncio.run(some_data(tmp_path / "data"))
    assert documented(tmp_path) == SUCCESS
    assert capsys.readouterr().out == f"4 pages written to {tmp_path}/data/notebook, committed\n"
    assert documented(tmp_path) == SUCCESS
    assert capsys.readouterr().out == f"0 pages written to {tmp_path}/data/notebook\n"
    assert documented(tmp_path, "--month", "2026-11") == SUCCESS
    assert "1 problem solved" in capsys.readouterr().out


def test_document_says_what_is_wrong(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert documented(tmp_path) == FAILURE
    assert "The app has not run" in capsys.readouterr().err
    assert documented(tmp_path, "--month", "2026-13") == FAILURE
    assert "2026-13 is not a month" in capsys.readouterr().err
