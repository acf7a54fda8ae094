"""The Compose files with the real Docker Compose, which checks them against the specification's schema."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any, Final

import pytest

from real.programs import TOOLS, program

DEPLOY: Final = Path(__file__).parents[2] / "addon/deploy"
COMPOSE: Final = TOOLS / "deploy"
BASE, POSTGRESQL, MACHINE = "compose.yaml", "compose.postgresql.yaml", "compose.machine.example.yaml"


def merged(folder: Path, *files: str) -> Any:
    """Return the files of a folder as Compose merges them. Raises CalledProcessError for a wrong one."""
    compose = program("usr/libexec/docker/cli-plugins/docker-compose", COMPOSE)
    arguments = [part for name in files for part in ("--file", name)]
    done = subprocess.run(
        [compose, *arguments, "config", "--format", "json"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=True,
        timeout=300,
    )
    return json.loads(done.stdout)


@pytest.mark.parametrize("files", [(BASE,), (BASE, POSTGRESQL), (BASE, MACHINE), (BASE, POSTGRESQL, MACHINE)])
def test_compose_accepts_the_files(files: tuple[str, ...]) -> None:
    services = merged(DEPLOY, *files)["services"]
    assert set(services) == {"steward"} | ({"postgresql"} if POSTGRESQL in files else set())
    for one in services.values():
        assert one["read_only"] is True
        assert one["security_opt"] == ["no-new-privileges:true"]
        assert int(one["mem_limit"]) > 0
    steward = services["steward"]
    assert ("depends_on" in steward) is (POSTGRESQL in files)
    if POSTGRESQL in files:
        assert set(steward["networks"]) == {"default", "database"}
        assert steward["environment"]["TZ"], "variables of both files"


def test_the_file_of_a_machine_replaces_the_address_and_the_configuration() -> None:
    plain, changed = (merged(DEPLOY, *files)["services"]["steward"] for files in ((BASE,), (BASE, MACHINE)))
    assert [one["host_ip"] for one in plain["ports"]] == ["127.0.0.1"]
    assert [one["host_ip"] for one in changed["ports"]] == ["192.168.1.5"]
    assert [one["target"] for one in changed["volumes"]] == ["/data", "/config"]
    assert int(changed["mem_limit"]) > int(plain["mem_limit"])


def test_compose_refuses_a_key_that_it_does_not_know(tmp_path: Path) -> None:
    shutil.copytree(DEPLOY, tmp_path / "deploy")
    file = tmp_path / "deploy" / BASE
    file.write_text(file.read_text().replace("mem_limit:", "memory_limit:"))
    with pytest.raises(subprocess.CalledProcessError) as refused:
        merged(tmp_path / "deploy", BASE)
    assert "memory_limit" in refused.value.stderr
