"""What is shipped around the app says the same as the app."""

import json
import re
import struct
import subprocess
import tomllib
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any, Final, get_args, get_type_hints

import pytest
import yaml

from steward.settings.model import Listen, Settings, read_settings

ROOT: Final = Path(__file__).parents[3]
ADDON: Final = ROOT / "addon"
START: Final = ADDON / "rootfs/usr/local/bin/start-steward"
MANIFEST: Final[dict[str, Any]] = yaml.safe_load((ADDON / "config.yaml").read_text())
WORDS: Final[dict[str, Any]] = yaml.safe_load((ADDON / "translations/en.yaml").read_text())
VERSION: Final[str] = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]

ELSEWHERE: Final = {
    "data_dir": "the image says it",
    "runbooks_dir": "the app's own configuration folder has a place for them",
    "services_dir": "code of your own is an expert's choice: steward.yaml",
    "runs_on": "under Supervisor the app runs where Home Assistant runs",
    "listen": "the image says it",
    "time_zone": "Supervisor says it",
    "api_token": "it is made by the app and handed to Home Assistant by discovery",
    "monitor_token": "it is made by the app; who wants one of their own has steward.yaml",
    "signing_key": "it is made by the app, and nobody else ever needs it",
    "instances": "services have their forms in the integration",
    "log.format": "who reads Supervisor's log has no choice of it",
    "limits.webhook_bytes": "only monitors of a size no household has need another",
    "limits.message_bytes": "only faces that are not ours need another",
    "limits.front_ends": "no household has so many",
    "telegram.api_base": "only who runs a Bot API server of their own needs it: steward.yaml",
}
"""Settings that are not on Supervisor's configuration page, and why."""


def example(kind: Any) -> Any:
    """Return a value that Supervisor lets through for one kind of its schema."""
    if isinstance(kind, dict):
        return {key: example(one) for key, one in kind.items()}
    if isinstance(kind, list):
        return [example(one) for one in kind]
    name, _, rest = kind.rstrip("?").partition("(")
    choices = rest.rstrip(")").split("|")
    least = rest.partition(",")[0]
    return {
        "list": choices[0],
        "bool": True,
        "int": max(7, int(least)) if least.isdigit() else 7,
        "float": 7.5,
        "url": "https://steward.example/api/telegram/webhook",
        "match": "anna",
        "password": "postgresql+psycopg://u:a-long-secret@db/x",
    }.get(name, "text")


def test_supervisor_finds_one_app_and_takes_nothing_else_for_one() -> None:
    folders = [one for one in ROOT.iterdir() if one.is_dir() and not one.name.startswith(".")]
    found = [
        path.relative_to(ROOT)
        for folder in folders
        for path in folder.rglob("config.*")
        if path.suffix in {".yaml", ".yml", ".json"} and "node_modules" not in path.parts
    ]
    assert found == [Path("addon/config.yaml")]


def test_every_version_is_the_project_s() -> None:
    chart = yaml.safe_load((ADDON / "deploy/helm/Chart.yaml").read_text())
    compose = yaml.safe_load((ADDON / "deploy/compose.yaml").read_text())
    application = yaml.safe_load((ADDON / "deploy/argocd/application.yaml").read_text())
    image = compose["services"]["steward"]["image"]
    assert MANIFEST["version"] == chart["version"] == chart["appVersion"] == VERSION
    assert image == f"{MANIFEST['image']}:{VERSION}"
    assert application["spec"]["source"]["targetRevision"] == f"v{VERSION}"
    assert f"ARG BUILD_VERSION={VERSION}\n" in (ADDON / "Dockerfile").read_text()
    assert f"## {VERSION}\n" in (ADDON / "CHANGELOG.md").read_text()


def test_the_app_takes_its_own_default_options(tmp_path: Path) -> None:
    assert set(MANIFEST["options"]) == {
        key for key, kind in MANIFEST["schema"].items() if not str(kind).endswith("?")
    }
    settings = read(tmp_path, MANIFEST["options"])
    assert settings.telegram is None
    assert settings.people == ()
    assert settings.mcp.tokens == ()


def test_supervisor_misses_nothing_in_the_default_options() -> None:
    assert list(missed(MANIFEST["schema"], MANIFEST["options"])) == []
    assert list(missed({"a": {"b": [{"c": "str"}]}}, {"a": {}})) == ["b"]


def missed(schema: dict[str, Any], options: dict[str, Any]) -> Iterator[str]:
    """Yield what Supervisor would call missing when somebody saves these options."""
    for key, kind in schema.items():
        kept = kind[0] if isinstance(kind, list) else kind
        if key not in options and not (isinstance(kept, str) and kept.endswith("?")):
            yield key
        elif isinstance(kind, dict):
            yield from missed(kind, options[key])


def test_every_setting_is_an_option_or_left_out_for_a_reason() -> None:
    known, offered = set(setting_keys(Settings)), set(option_keys(MANIFEST["schema"]))
    left_out = {one for one in known - offered if not any(_is_within(one, key) for key in ELSEWHERE)}
    assert left_out == set(), "on the page, or left out with a reason?"
    assert offered <= known
    idle = {key for key in ELSEWHERE if not any(_is_within(one, key) for one in known - offered)}
    assert idle == set(), "a reason for nothing"


def _is_within(key: str, section: str) -> bool:
    return key == section or key.startswith(f"{section}.")


def setting_keys(tree: type, path: str = "") -> Iterator[str]:
    """Yield the full key of every setting, with those in sections and in lists of sections."""
    hints = get_type_hints(tree)
    for one in fields(tree):
        below = next(_sections(hints[one.name]), None)
        if below is None:
            yield f"{path}{one.name}"
        else:
            yield from setting_keys(below, f"{path}{one.name}.")


def _sections(hint: Any) -> Iterator[type]:
    if isinstance(hint, type) and is_dataclass(hint):
        yield hint
    for one in get_args(hint):
        yield from _sections(one)


def option_keys(schema: dict[str, Any], path: str = "") -> Iterator[str]:
    for key, kind in schema.items():
        kept = kind[0] if isinstance(kind, list) else kind
        if isinstance(kept, dict):
            yield from option_keys(kept, f"{path}{key}.")
        else:
            yield f"{path}{key}"


def test_the_app_knows_every_option(tmp_path: Path) -> None:
    settings = read(tmp_path, example(MANIFEST["schema"]))
    assert settings.telegram is not None
    assert settings.people[0].id == "anna"
    assert settings.limits.changes_per_hour == 7
    assert settings.approvals.reminder_hours == 7.5
    assert "a-long-secret" in settings.database_url
    assert [one.person for one in settings.mcp.tokens] == ["anna"]
    assert settings.mcp.allowed_hosts == ("text",)
    assert [one.context_tokens for one in settings.models] == [256]


def read(folder: Path, options: dict[str, Any]) -> Any:
    path = folder / "options.json"
    path.write_text(json.dumps(options))
    return read_settings({"STEWARD_DATA_DIR": str(folder / "data")}, path, None)


def keys(schema: Any) -> Any:
    """Return the names in a schema, with those below them."""
    inner = {key: kind[0] if isinstance(kind, list) else kind for key, kind in schema.items()}
    return {key: keys(kind) if isinstance(kind, dict) else {} for key, kind in inner.items()}


def test_every_option_and_port_has_its_words() -> None:
    def named(words: Any) -> Any:
        for one in words.values():
            assert one["name"]
            assert one["description"]
        return {key: named(one.get("fields", {})) for key, one in words.items()}

    assert named(WORDS["configuration"]) == keys(MANIFEST["schema"])
    assert set(WORDS["network"]) == set(MANIFEST["ports"])


def test_the_port_is_the_same_everywhere() -> None:
    (port,) = (name.removesuffix("/tcp") for name in MANIFEST["ports"])
    assert f"EXPOSE {port}\n" in (ADDON / "Dockerfile").read_text()
    assert f"[PORT:{port}]" in MANIFEST["watchdog"]
    assert f"containerPort: {port}" in (ADDON / "deploy/helm/templates/statefulset.yaml").read_text()
    assert Listen().port == int(port)


def test_home_assistant_is_told_by_the_integration_s_domain() -> None:
    manifest = json.loads((ROOT / "custom_components/homelab_steward/manifest.json").read_text())
    assert MANIFEST["discovery"] == [manifest["domain"]]
    assert f"profile {MANIFEST['slug']} " in (ADDON / "apparmor.txt").read_text()
    assert not {"hassio_api", "homeassistant_api", "host_network", "full_access"} & set(MANIFEST)


@pytest.mark.parametrize(("name", "width", "height"), [("icon.png", 128, 128), ("logo.png", 256, 100)])
def test_pictures_have_their_size(name: str, width: int, height: int) -> None:
    content = (ADDON / name).read_bytes()
    assert content.startswith(b"\x89PNG")
    assert struct.unpack(">II", content[16:24]) == (width, height)


def test_the_chart_uses_only_values_there_are() -> None:
    values = yaml.safe_load((ADDON / "deploy/helm/values.yaml").read_text())
    used = set()
    for template in sorted((ADDON / "deploy/helm/templates").iterdir()):
        text = template.read_text()
        assert text.count("{{") == text.count("}}")
        used |= set(re.findall(r"\.Values\.([A-Za-z.]+)", text))
    assert used
    for path in used:
        found: Any = values
        for part in path.split("."):
            assert part in found, path
            found = found[part]
    assert {path.partition(".")[0] for path in used} == set(values), "a value nobody uses"


@pytest.fixture
def tools(tmp_path: Path) -> Path:
    """Return a folder of stand-ins that only say how they were called."""
    for name in ("chown", "setpriv", "steward"):
        tool = tmp_path / name
        tool.write_text(f'#!/bin/sh\necho "{name} $*"\n')
        tool.chmod(0o755)
    return tmp_path


def start(tools: Path, user: int, *arguments: str) -> list[str]:
    (tools / "id").write_text(f"#!/bin/sh\necho {user}\n")
    (tools / "id").chmod(0o755)
    env = {"PATH": f"{tools}:/usr/bin:/bin", "STEWARD_DATA_DIR": str(tools)}
    done = subprocess.run([str(START), *arguments], env=env, capture_output=True, text=True, check=True)
    return done.stdout.splitlines()


def test_the_app_is_never_root(tools: Path) -> None:
    dropped = "setpriv --reuid=steward --regid=steward --clear-groups --no-new-privs --"
    assert start(tools, 0) == [f"chown -R steward:steward {tools}", f"{dropped} steward run"]
    assert start(tools, 0, "steward", "check")[1] == f"{dropped} steward check"


def test_who_is_no_root_already_starts_at_once(tools: Path) -> None:
    assert start(tools, 10001) == ["steward run"]
    assert start(tools, 10001, "steward", "audit", "verify") == ["steward audit verify"]
