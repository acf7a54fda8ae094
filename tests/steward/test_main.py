"""The command line: ``steward check`` reads the services and runbooks that the app would read."""

from pathlib import Path

import pytest

from steward.__main__ import FAILURE, SUCCESS, main
from steward.runbooks.library import OWN_RUNBOOKS, built_in_folders
from steward.services.finder import find_services

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
