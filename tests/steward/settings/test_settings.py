"""Settings: three sources, and each error names the full key."""

import json
import stat
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeAliasType, get_args, get_type_hints

import pytest
import yaml

from homelab_steward.contract.state import Origin, Role
from steward.errors import InvalidSetting
from steward.llm.messages import Tier
from steward.settings.documentation import git_branch
from steward.settings.model import LogLevel, Replicas, Settings
from steward.settings.reader import keep_secrets, read_settings
from steward.telegram.settings import Mode

CANARY = "canary-7f3a-never-shown"


def read(
    tmp_path: Path,
    env: dict[str, str] | None = None,
    options: Any = None,
    text: str | None = None,
) -> Settings:
    options_file = yaml_file = None
    if options is not None:
        options_file = tmp_path / "options.json"
        options_file.write_text(json.dumps(options))
    if text is not None:
        yaml_file = tmp_path / "steward.yaml"
        yaml_file.write_text(text)
    variables = {"STEWARD_DATA_DIR": str(tmp_path / "data")} | (env or {})
    return read_settings(variables, options_file, yaml_file)


def refused(tmp_path: Path, **overrides: Any) -> str:
    with pytest.raises(InvalidSetting) as caught:
        read(tmp_path, **overrides)
    assert CANARY not in str(caught.value)
    assert str(caught.value).startswith(f"{caught.value.key}: ")
    return str(caught.value)


def test_defaults_are_sufficient(tmp_path: Path) -> None:
    settings = read(tmp_path)
    assert settings.listen.host == "127.0.0.1"
    assert settings.listen.port == 8099
    assert settings.people == ()
    assert settings.telegram is None
    assert settings.bot() is None
    assert settings.approvals.expiry == timedelta(hours=12)
    assert settings.database_url == f"sqlite+aiosqlite:///{tmp_path}/data/steward.db"
    assert settings.workflow_database_url == f"sqlite:///{tmp_path}/data/workflows.db"


def test_environment_wins_over_yaml_and_yaml_over_options(tmp_path: Path) -> None:
    settings = read(
        tmp_path,
        env={"STEWARD_LISTEN__PORT": "1"},
        text="listen: {port: 2, host: 0.0.0.0}\nlog: {level: debug}",
        options={"listen": {"port": 3}, "log": {"level": "error"}, "limits": {"front_ends": 5}},
    )
    assert settings.listen.port == 1
    assert settings.listen.host == "0.0.0.0"  # noqa: S104 - nothing listens
    assert settings.log.level is LogLevel.DEBUG
    assert settings.limits.front_ends == 5


def test_environment_can_set_all_types(tmp_path: Path) -> None:
    people = '[{"id": "anna", "name": "Anna", "role": "owner", "telegram_user_id": 42}]'
    settings = read(
        tmp_path,
        env={
            "STEWARD_PEOPLE": people,
            "STEWARD_TELEGRAM__TOKEN": "12345",
            "STEWARD_TELEGRAM__CHAT_ID": "-100777",
            "STEWARD_TELEGRAM__MODE": "polling",
            "STEWARD_APPROVALS__EXPIRY_HOURS": "1.5",
            "STEWARD_API_TOKEN": "07770777077707770",
            "STEWARD_LOG__FORMAT": "",
            "TZ": "Europe/Vienna",
            "PATH": "/usr/bin",
        },
    )
    assert settings.people[0].person().origin is Origin.FILE
    assert settings.people[0].role is Role.OWNER
    assert settings.telegram is not None
    assert settings.telegram.token == "12345"
    assert settings.telegram.chat_id == -100777
    assert settings.api_token == "07770777077707770"
    assert settings.approvals.expiry == timedelta(minutes=90)
    bot = keep_secrets(settings).bot()
    assert bot is not None
    assert bot.mode is Mode.POLLING
    assert str(bot.zone) == "Europe/Vienna"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("telegram: {token: t, chat_id: many}", "telegram.chat_id: must be a whole number"),
        ("telegram: {token: t, chat_id: true}", "telegram.chat_id: must be a whole number"),
        ("telegram: {chat_id: 1}", "telegram.token: is missing"),
        ("telegram: {token: t, chat_id: 1, mode: push}", "telegram.mode: value must be one of"),
        ("telegram: {token: t, chat_id: 1, mode: webhook}", "telegram: webhook_url and"),
        ("listen: {prt: 1}", "listen.prt: is not known, did you mean 'port'?"),
        ("lissten: {port: 1}", "lissten: is not known, did you mean 'listen'?"),
        ("listen: {port: 70000}", "listen.port: must be between 0 and 65535"),
        ("listen: 8099", "listen: must be a section with keys"),
        ("people: anna", "people: must be a list"),
        ("people: [{id: a, name: A, role: king}]", "people[0].role: value must be one of"),
        ("people: [{name: A}]", "people[0].id: is missing"),
        ("people: [{id: 'a b', name: A}]", "people[0].id: must be letters"),
        ("people: [{id: a, name: A}, {id: a, name: B}]", "people[1].id: a is used twice"),
        ("changes: {groups: [{id: a}, {id: a}]}", "changes.groups[1].id: a is used twice"),
        ("registries: [{host: ghcr.io}, {host: ghcr.io}]", "registries[1].host: ghcr.io is used twice"),
        ("instances: [{id: r, service: radarr}]", "instances[0].name: is missing"),
        (
            "instances: [{id: r, service: radarr, name: R, settings: {url: [1]}}]",
            "instances[0].settings.url: must be text, a number, true or false",
        ),
        ("approvals: {expiry_hours: soon}", "approvals.expiry_hours: must be a number of hours"),
        ("approvals: {expiry_hours: 0}", "approvals.expiry_hours: must be more than 0"),
        ("time_zone: Mars/Olympus", "time_zone: must be a time zone"),
        ("time_zone: ../../etc/passwd", "time_zone: must be a time zone"),
        ("data_dir: [1]", "data_dir: must be a path"),
        (f"api_token: {{x: {CANARY}}}", "api_token: must be text"),
        (f"telegram: {{token: [{CANARY}], chat_id: 1}}", "telegram.token: must be text"),
        ("api_token: short", "api_token: must be at least 16"),
        ("- a", "steward.yaml: must be a section with keys"),
        ("1: a", "steward.yaml: must be a section with keys"),
        (f"a: b: {CANARY}", "steward.yaml: is not YAML at line 1, column 5"),
        (f"a: \x00{CANARY}", "steward.yaml: is not YAML"),
        ("a: &a [*a]", "steward.yaml: has an alias within its own value"),
        ("a: " + "[" * 20_000, "steward.yaml: is nested too deeply"),
    ],
)
def test_error_names_the_wrong_key(tmp_path: Path, text: str, expected: str) -> None:
    env = {"STEWARD_DATA_DIR": ""} if text.startswith("data_dir") else {}
    assert refused(tmp_path, text=text, env=env).startswith(expected)


@pytest.mark.parametrize(
    ("env", "expected"),
    [
        (
            {"STEWARD_TELEGRAM__CHAT_ID": "x", "STEWARD_TELEGRAM__TOKEN": CANARY},
            "telegram.chat_id: must be a whole number",
        ),
        (
            {"STEWARD_LISTEN__PRT": "1"},
            "listen.prt: is not known (STEWARD_LISTEN__PRT). Did you mean listen.port?",
        ),
        ({"STEWARD_ZEBRA": "1"}, "zebra: is not known (STEWARD_ZEBRA)"),
        ({"STEWARD_PEOPLE": f"[{CANARY}: {{"}, "people: is neither YAML nor JSON"),
        ({"STEWARD_PEOPLE": "&a [*a]"}, "people: has an alias within its own value"),
        ({"STEWARD_API_TOKEN__X": CANARY}, "api_token.x: is not known"),
    ],
)
def test_error_names_the_wrong_variable(tmp_path: Path, env: dict[str, str], expected: str) -> None:
    assert refused(tmp_path, env=env).startswith(expected)


def test_error_of_broken_options_has_no_content(tmp_path: Path) -> None:
    path = tmp_path / "options.json"
    path.write_text(f'{{"api_token": "{CANARY}"')
    with pytest.raises(InvalidSetting) as caught:
        read_settings({}, path, None)
    assert str(caught.value) == "options.json: is not JSON"
    assert caught.value.__cause__ is None


def test_error_names_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(InvalidSetting, match=r"gone\.yaml: cannot be read"):
        read_settings({}, None, tmp_path / "gone.yaml")


def test_empty_options_are_ignored(tmp_path: Path) -> None:
    options = {"telegram": {"token": "", "chat_id": None}, "people": [], "api_token": ""}
    settings = read(tmp_path, options=options)
    assert settings.telegram is None
    assert len(keep_secrets(settings).api_token) > 30


def test_secrets_are_read_from_files(tmp_path: Path) -> None:
    secret = tmp_path / "token"
    secret.write_text("from a file: a token\n")
    settings = read(
        tmp_path,
        env={"STEWARD_TELEGRAM__TOKEN_FILE": str(secret), "STEWARD_TELEGRAM__CHAT_ID": "1"},
        text=yaml.safe_dump(
            {
                "api_token_file": str(secret),
                "telegram": {"token": "of a lower source"},
                "instances": [
                    {"id": "r", "service": "s", "name": "R", "settings": {"key_file": str(secret)}}
                ],
            }
        ),
    )
    assert settings.telegram is not None
    assert settings.telegram.token == "from a file: a token"
    assert settings.api_token == "from a file: a token"
    assert settings.instances[0].settings == {"key": "from a file: a token"}


def test_error_names_a_duplicate_or_missing_secret(tmp_path: Path) -> None:
    assert "api_token_file: cannot be set together with api_token" in refused(
        tmp_path, text="api_token: a-long-enough-token\napi_token_file: b"
    )
    assert refused(tmp_path, text="api_token_file: /nowhere/at/all").startswith(
        "api_token_file: /nowhere/at/all cannot be read"
    )
    assert "api_token_file: must be a path" in refused(tmp_path, text="api_token_file: 3")


def test_tokens_are_generated_once_and_readable_by_their_owner_only(tmp_path: Path) -> None:
    first = keep_secrets(read(tmp_path))
    again = keep_secrets(read(tmp_path))
    assert first == again
    assert len({first.api_token, first.monitor_token, first.signing_key}) == 3
    for name in ("token", "monitor_token", "signing_key"):
        path = tmp_path / "data" / name
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert (tmp_path / "data" / "token").read_text().strip() == first.api_token
    assert sorted(one.name for one in (tmp_path / "data").iterdir()) == [
        "monitor_token",
        "signing_key",
        "token",
    ]


def test_empty_token_file_is_an_error(tmp_path: Path) -> None:
    keep_secrets(read(tmp_path))
    (tmp_path / "data" / "token").write_text("\n")
    with pytest.raises(InvalidSetting, match="token is empty"):
        keep_secrets(read(tmp_path))


def test_reading_the_settings_writes_nothing(tmp_path: Path) -> None:
    settings = read(tmp_path, options={"telegram": {"token": "t", "chat_id": 1}})
    assert (settings.api_token, settings.monitor_token, settings.signing_key) == ("", "", "")
    assert [one.name for one in tmp_path.iterdir()] == ["options.json"]


def test_paths_in_the_settings_file_are_relative_to_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "secret").write_text("from the folder of the file")
    (tmp_path / "secret").write_text("from the folder of the process")
    file = tmp_path / "config" / "steward.yaml"
    model = {"id": "m", "tier": "cloud", "model": "m", "url": "http://m"}
    file.write_text(
        yaml.safe_dump(
            {
                "data_dir": "data",
                "runbooks_dir": "runbooks",
                "sentences_dir": "sentences",
                "services_dir": str(tmp_path / "services"),
                "api_token_file": "secret",
                "listen": {"tls_certificate": "../tls/cert.pem"},
                "mcp": {"tokens": [{"person": "p", "token_file": "secret"}]},
                "models": [{**model, "api_key_file": "secret"}],
                "instances": [
                    {"id": "r", "service": "s", "name": "R", "settings": {"key_file": "secret", "at": "a/b"}}
                ],
            }
        )
    )
    monkeypatch.chdir(tmp_path)
    settings = read_settings({"STEWARD_MONITOR_TOKEN_FILE": "secret"}, None, Path("config/steward.yaml"))
    assert settings.data_dir == tmp_path / "config" / "data"
    assert settings.runbooks_dir == tmp_path / "config" / "runbooks"
    assert settings.sentences_dir == tmp_path / "config" / "sentences"
    assert settings.services_dir == tmp_path / "services"
    assert settings.listen.tls_certificate == tmp_path / "config" / ".." / "tls" / "cert.pem"
    found = {settings.api_token, settings.mcp.tokens[0].token, settings.models[0].api_key}
    assert found == {"from the folder of the file"}
    assert settings.instances[0].settings == {"key": "from the folder of the file", "at": "a/b"}
    assert settings.monitor_token == "from the folder of the process"
    monkeypatch.setenv("HOME", "/home/somebody")
    file.write_text("data_dir: ~/steward\n")
    assert read_settings({}, None, file).data_dir == Path("/home/somebody/steward")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("mcp: {allowed_origins: ['null']}", "mcp.allowed_origins[0]: null and * would allow every web page"),
        ("mcp: {allowed_origins: ['*']}", "mcp.allowed_origins[0]: null and * would allow every web page"),
        ("mcp: {allowed_origins: [chat.lan]}", "mcp.allowed_origins[0]: must be an origin such as"),
        ("mcp: {allowed_hosts: ['http://steward.lan']}", "mcp.allowed_hosts[0]: must be a host name such as"),
        ("mcp: {allowed_hosts: ['steward.lan:8099']}", "mcp.allowed_hosts[0]: must be a host name such as"),
        ("mcp: {allowed_hosts: ['*.lan']}", "mcp.allowed_hosts[0]: must be a host name such as steward.lan"),
        ("mcp: {allowed_hosts: ['']}", "mcp.allowed_hosts[0]: must be a host name such as steward.lan"),
        ("listen: {trusted_proxies: [proxy.lan]}", "listen.trusted_proxies[0]: must be an IP address or a"),
        ("listen: {tls_certificate: ''}", "listen.tls_certificate: must be a path"),
        ("limits: {connections: 3}", "limits.connections: must be between 16 and 65536"),
    ],
)
def test_wrong_settings_of_the_listener_and_of_mcp(tmp_path: Path, text: str, reason: str) -> None:
    assert refused(tmp_path, text=text).startswith(reason)


def test_hosts_origins_and_networks_have_one_form(tmp_path: Path) -> None:
    mcp = "mcp: {allowed_origins: ['HTTPS://Chat.lan:443'], allowed_hosts: [Steward.lan.]}"
    text = f"{mcp}\nlisten: {{trusted_proxies: [10.0.0.7/24]}}"
    settings = read(tmp_path, text=text)
    assert settings.mcp.allowed_origins == ("https://chat.lan",)
    assert settings.mcp.allowed_hosts == ("steward.lan",)
    assert settings.listen.trusted_proxies == ("10.0.0.0/24",)


def test_repr_has_no_secret_and_all_secrets_are_listed(tmp_path: Path) -> None:
    settings = read(
        tmp_path,
        text=yaml.safe_dump(
            {
                "api_token": f"{CANARY}-1",
                "monitor_token": f"{CANARY}-2",
                "signing_key": f"{CANARY}-3" + "x" * 32,
                "database_url": f"postgresql+psycopg://u:{CANARY}-4@db/x",
                "telegram": {"token": f"{CANARY}-5", "chat_id": 1, "webhook_secret": f"{CANARY}-6"},
                "instances": [{"id": "r", "service": "s", "name": "R", "settings": {"k": f"{CANARY}-7"}}],
            }
        ),
    )
    assert CANARY not in repr(settings)
    assert CANARY not in repr(settings.bot())
    known = " ".join(settings.secrets())
    assert all(f"{CANARY}-{number}" in known for number in range(1, 7))
    assert "db" not in settings.secrets()


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("ghcr.io", "ghcr.io"),
        ("index.docker.io", "docker.io"),
        ("Registry.example.org:5000", "registry.example.org:5000"),
    ],
)
def test_registries_are_known_by_one_name(tmp_path: Path, host: str, expected: str) -> None:
    text = f"registries: [{{host: '{host}', username: reader, password: {CANARY}}}]"
    settings = read(tmp_path, text=text)
    assert [one.host for one in settings.registries] == [expected]
    assert CANARY in settings.secrets()
    assert CANARY not in repr(settings)


@pytest.mark.parametrize("host", ["https://ghcr.io", "ghcr.io/owner", "registry", "", "12"])
def test_a_host_that_is_none_of_a_registry_is_refused(tmp_path: Path, host: str) -> None:
    assert "registries" in refused(tmp_path, text=f"registries: [{{host: '{host}', password: {CANARY}}}]")


def test_models_keep_their_order(tmp_path: Path) -> None:
    settings = read(
        tmp_path,
        text=f"""
models:
  - {{id: kitchen, url: "http://10.0.0.9:11434/v1", model: qwen, supports_tools: false}}
  - {{id: gemini, tier: cloud, kind: litellm, model: gemini/flash, api_key: {CANARY}, daily_requests: 200}}
""",
    )
    assert [(one.id, one.tier) for one in settings.models] == [
        ("kitchen", Tier.LOCAL),
        ("gemini", Tier.CLOUD),
    ]
    assert settings.models[1].daily_requests == 200
    assert CANARY in settings.secrets()
    assert CANARY not in repr(settings)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[{id: a, url: 'http://x/v1'}]", "models[0].model: is missing"),
        ("[{id: a, model: m}]", "models[0].url: is missing"),
        (f"[{{id: a, model: m, url: 'http://u:{CANARY}@x/v1'}}]", "models[0].url: must begin with http"),
        ("[{id: a, model: m, url: 'ftp://x'}]", "models[0].url: must begin with http"),
        ("[{id: a, model: m, url: 'http://['}]", "models[0].url: must begin with http"),
        ("[{id: a, model: m, kind: litellm}]", "models[0].url: is missing: a local model"),
        ("[{id: a, model: m, tier: heaven}]", "models[0].tier: "),
        ("[{id: a, model: m, url: 'http://x'}, {id: a, model: m, url: 'http://x'}]", "models[1].id: a is"),
    ],
)
def test_invalid_model_is_refused(tmp_path: Path, text: str, expected: str) -> None:
    assert refused(tmp_path, text=f"models: {text}").startswith(expected)


def test_things_have_other_names(tmp_path: Path) -> None:
    settings = read(tmp_path, text="aliases: [{said: ' movie  finder ', name: Radarr}]")
    assert [(one.said, one.name) for one in settings.aliases] == [("movie finder", "Radarr")]


@pytest.mark.parametrize("said", ["''", "12", "'a b c d e'", f"{'a' * 61}", "[x]"])
def test_what_nobody_can_say_is_no_alias(tmp_path: Path, said: str) -> None:
    assert "aliases" in refused(tmp_path, text=f"aliases: [{{said: {said}, name: Radarr}}]")


def test_replicas_need_postgresql(tmp_path: Path) -> None:
    assert read(tmp_path).replicas is Replicas.SINGLE
    text = refused(tmp_path, text="replicas: allowed\n")
    assert text == "replicas: needs PostgreSQL: set database_url, too"
    store = "replicas: allowed\ndatabase_url: postgresql+psycopg://db/steward\n"
    assert refused(tmp_path, text=store) == "replicas: needs PostgreSQL: set workflow_database_url, too"
    found = read(tmp_path, text=f"{store}workflow_database_url: postgresql://db/workflows\n")
    assert found.replicas is Replicas.ALLOWED


def validators(tree: type, path: str = "") -> Iterator[tuple[str, object]]:
    """Yield what stands behind each type of the settings, with the key."""
    hints = get_type_hints(tree, include_extras=True)
    for one in fields(tree):
        yield from _behind(hints[one.name], f"{path}{one.name}")


def _behind(hint: Any, path: str) -> Iterator[tuple[str, object]]:
    hint = hint.__value__ if isinstance(hint, TypeAliasType) else hint
    if isinstance(hint, type) and is_dataclass(hint):
        yield from validators(hint, f"{path}.")
    for one in getattr(hint, "__metadata__", ()):
        yield path, one
    for one in get_args(hint):
        yield from _behind(one, path)


def test_every_validator_is_one() -> None:
    """A validator with the name of its own field would be the default of the field, and check nothing."""
    found = list(validators(Settings))
    assert ("documentation.branch", git_branch) in found
    assert [(key, one) for key, one in found if not callable(one)] == []


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("documentation: {remote: 'https://user:secret@git.example/x'}", "documentation.remote"),
        ("documentation: {branch: '../x.lock'}", "documentation.branch"),
        ("people: [{id: a, name: A, role: owner, pin: '1111'}]", "people[0].pin"),
        ("mcp: {tokens: [{person: a, token: short}]}", "mcp.tokens[0].token"),
        ("spending: {currency: euros}", "spending.currency"),
        ("language: klingon", "language"),
    ],
)
def test_settings_with_the_name_of_their_validator_are_checked(tmp_path: Path, text: str, key: str) -> None:
    with pytest.raises(InvalidSetting) as refused:
        read(tmp_path, text=text)
    assert str(refused.value).startswith(key)
    assert "secret" not in str(refused.value)
