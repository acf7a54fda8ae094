"""The services that groups of updates name are checked when the services are read."""

from dataclasses import replace
from pathlib import Path

import pytest

from steward.errors import InvalidSetting
from steward.settings.changes import ChangeGroup, Changes
from steward.settings.model import Settings
from steward.wiring.services_and_runbooks import read_services, unknown_service


def settings(folder: Path, *services: str) -> Settings:
    groups = (ChangeGroup(id="first"), ChangeGroup(id="media", services=services))
    return Settings(data_dir=folder, changes=Changes(groups=groups))


@pytest.mark.parametrize(
    ("key", "text"),
    [
        ("dockr", "dockr is not known; did you mean docker?"),
        ("Docker", "Docker is not known; did you mean docker?"),
        ("Home Assistant", "Home Assistant is not known; did you mean home_assistant?"),
        ("sonar", "sonar is not known; did you mean sonarr or "),
        ("zzzzzzzz", "zzzzzzzz is not known"),
    ],
)
def test_a_group_names_a_service_that_is_not_there(tmp_path: Path, key: str, text: str) -> None:
    with pytest.raises(InvalidSetting) as raised:
        read_services(settings(tmp_path, "docker", key))
    assert str(raised.value).startswith(f"changes.groups[1].services[1]: {text}")


def test_a_text_that_is_like_nothing_gets_no_proposal() -> None:
    assert unknown_service("zzzzzzzz", ["docker"]) == "zzzzzzzz is not known"


def test_a_service_of_ones_own_that_cannot_be_used_is_not_unknown(tmp_path: Path) -> None:
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "__init__.py").write_text("broken\n")
    of_folder = replace(settings(tmp_path, "own", "portainer"), services_dir=tmp_path)
    skipped: list[str] = []
    assert "portainer" in read_services(of_folder, lambda error: skipped.append(error.folder.name))
    assert skipped == ["own"]
