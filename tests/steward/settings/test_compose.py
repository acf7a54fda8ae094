"""The Compose files: hardened services, secrets as files, and settings that the app accepts."""

import re
import subprocess
from pathlib import Path
from typing import Any, Final

import pytest
import yaml

from lab.certificate import make_certificate
from steward.settings.reader import read_settings

ROOT: Final = Path(__file__).parents[3]
DEPLOY: Final = ROOT / "addon/deploy"
MOUNTED: Final = "/run/secrets/"


class _Loader(yaml.SafeLoader):
    """Reads Compose files, whose tag ``!override`` replaces a list of an earlier file."""


def _sequence(loader: _Loader, node: yaml.SequenceNode) -> list[object]:
    return loader.construct_sequence(node)


_Loader.add_constructor("!override", _sequence)


def compose(name: str) -> dict[str, Any]:
    return dict(yaml.load((DEPLOY / name).read_text(), _Loader))  # noqa: S506 - a safe loader with one more tag


BASE: Final = compose("compose.yaml")
POSTGRESQL: Final = compose("compose.postgresql.yaml")
MACHINE: Final = compose("compose.machine.example.yaml")
COMPLETE: Final = {"steward": BASE["services"]["steward"], "postgresql": POSTGRESQL["services"]["postgresql"]}


@pytest.mark.parametrize("service", COMPLETE)
def test_each_service_is_hardened(service: str) -> None:
    one = COMPLETE[service]
    assert one["read_only"] is True
    assert one["cap_drop"] == ["ALL"]
    assert "cap_add" not in one
    assert one["security_opt"] == ["no-new-privileges:true"]
    assert one["user"] not in ("", "root", "0", "0:0")
    assert re.fullmatch(r"\d+m", one["mem_limit"])
    assert one["pids_limit"] > 0
    assert one["restart"] == "unless-stopped"
    assert one["healthcheck"]["test"][0] == "CMD", "a shell would be needed otherwise"
    assert re.fullmatch(r"\S+:\d[\w.-]*", one["image"]), "a version, so that an update is a decision"


def test_the_user_is_that_of_the_image() -> None:
    dockerfile = (ROOT / "addon/Dockerfile").read_text()
    user, group = COMPLETE["steward"]["user"].split(":")
    assert f"--uid {user} --gid steward" in dockerfile
    assert f"groupadd --gid {group} steward" in dockerfile
    health = COMPLETE["steward"]["healthcheck"]["test"][1]
    assert (ROOT / f"addon/rootfs{health}").is_file()
    assert f'CMD ["{health}"]' in dockerfile


def test_only_the_app_reaches_the_database() -> None:
    assert POSTGRESQL["networks"]["database"]["internal"] is True
    assert COMPLETE["postgresql"]["networks"] == ["database"]
    assert "ports" not in COMPLETE["postgresql"]
    assert "database" in POSTGRESQL["services"]["steward"]["networks"]


@pytest.mark.parametrize("file", [POSTGRESQL, MACHINE])
def test_each_secret_is_a_file_that_the_service_gets(file: dict[str, Any]) -> None:
    used = set()
    for service in file["services"].values():
        given = {f"{MOUNTED}{name}" for name in service.get("secrets", ())}
        named = {value for value in service["environment"].values() if value.startswith(MOUNTED)}
        assert given == named
        used |= {value.removeprefix(MOUNTED) for value in named}
    assert used == set(file["secrets"])
    assert all(set(one) == {"file"} for one in file["secrets"].values())


def test_the_commands_of_the_page_make_the_secrets_that_the_app_reads(tmp_path: Path) -> None:
    page = (ROOT / "docs/install.md").read_text()
    (block,) = re.findall(r"```shell\n( +mkdir -p secrets.*?)```", page, re.DOTALL)
    subprocess.run(["bash", "-euc", block], cwd=tmp_path, check=True, timeout=60)
    files = {name: tmp_path / one["file"] for name, one in POSTGRESQL["secrets"].items()}
    assert {one.name for one in (tmp_path / "secrets").iterdir()} == {one.name for one in files.values()}
    assert (tmp_path / "secrets").stat().st_mode & 0o077 == 0
    settings = read_settings(environment(POSTGRESQL, tmp_path, files), None, None)
    password = files["postgresql_password"].read_text().strip()
    server = POSTGRESQL["services"]["postgresql"]["environment"]
    user, database = server["POSTGRES_USER"], server["POSTGRES_DB"]
    assert settings.database_url == f"postgresql+psycopg://{user}:{password}@postgresql/{database}"
    assert settings.workflow_database_url.endswith(f"{user}:{password}@postgresql/steward_workflows")
    script = (DEPLOY / "postgresql/databases.sql").read_text()
    assert f"CREATE DATABASE steward_workflows OWNER {user};" in script


def test_the_example_of_a_machine_has_settings_that_the_app_accepts(tmp_path: Path) -> None:
    (tmp_path / "telegram_token").write_text("1234:a-token")
    made = make_certificate(tmp_path, "steward")
    files = {
        "telegram_token": tmp_path / "telegram_token",
        "tls_certificate": made.ca_path,
        "tls_key": made.key_path,
    }
    settings = read_settings(environment(MACHINE, tmp_path, files), None, None)
    assert settings.telegram is not None
    assert settings.telegram.token == "1234:a-token"
    assert (settings.listen.tls_certificate, settings.listen.tls_key) == (made.ca_path, made.key_path)
    assert settings.time_zone == "Europe/Berlin"


def environment(file: dict[str, Any], data: Path, files: dict[str, Path]) -> dict[str, str]:
    """Return the variables of the app, with the secrets where the test has them."""
    found = {"STEWARD_DATA_DIR": str(data)}
    for name, value in file["services"]["steward"]["environment"].items():
        secret = value.removeprefix(MOUNTED)
        found[name] = str(files[secret]) if value.startswith(MOUNTED) else value
    return found
