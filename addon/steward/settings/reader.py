"""Read the settings once at the start, and check them; each error names the full key."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from probatio import DataclassSchema, Invalid

from ..errors import InvalidSetting
from ..llm.messages import Tier
from ..llm.settings import Deployment, DeploymentKind
from ..secret_file import SecretFileUnusable, keep_secret
from .fences import read_fences
from .foreign_tools import ForeignTools
from .mcp import Mcp
from .model import NO_KEY, Replicas, Settings
from .sources import in_folder, merge_sources, read_environment, read_options, read_yaml, resolve_files

_SCHEMA: Final = DataclassSchema(Settings)
_REASONS: Final[Mapping[str, str]] = {
    "expected int": "must be a whole number",
    "expected float": "must be a number",
    "expected str": "must be text",
    "expected bool": "must be true or false",
    "expected a list": "must be a list",
    "expected a mapping": "must be a section with keys",
    "expected str or int or float or bool": "must be text, a number, true or false",
    "required key not provided": "is missing",
}


def read_settings(env: Mapping[str, str], options_file: Path | None, yaml_file: Path | None) -> Settings:
    """Return the settings. The environment overrides the YAML file, which overrides the options.

    Nothing is written: :func:`keep_secrets` creates the secrets that are not set. ``options_file`` is
    Supervisor's JSON file. Relative paths in a file are relative to its folder. Raises InvalidSetting
    with the full key (``telegram.chat_id``) of the first wrong or unknown setting.
    """
    options = read_options(options_file, Settings) if options_file else {}
    plain = merge_sources(
        {"time_zone": env["TZ"]} if env.get("TZ") else {},
        in_folder(options, Settings, options_file.parent) if options_file else {},
        in_folder(read_yaml(yaml_file), Settings, yaml_file.parent) if yaml_file else {},
        read_environment(env, Settings),
    )
    try:
        settings: Settings = _SCHEMA(resolve_files(plain))
    except Invalid as err:
        raise _translated(err) from None  # the cause may contain a value, which may be a secret
    _check_unique("people", [one.id for one in settings.people])
    _check_unique("instances", [one.id for one in settings.instances])
    _check_unique("event_webhooks", [one.id for one in settings.event_webhooks])
    _check_unique("restore_drill.databases", [one.id for one in settings.restore_drill.databases])
    _check_unique("restore_drill.restic", [one.id for one in settings.restore_drill.restic])
    _check_unique("changes.groups", [one.id for one in settings.changes.groups])
    _check_unique("registries", [one.host for one in settings.registries], "host")
    _check_models(settings.models)
    _check_mcp_tokens(settings.mcp)
    _check_foreign_tools(settings.foreign_tools)
    read_fences(settings.fences)
    settings = _with_defaults(settings)
    _check_replicas(settings)
    try:
        replace(settings, signing_key=settings.signing_key or NO_KEY).bot()
    except ValueError as err:
        raise InvalidSetting("telegram", str(err)) from err
    return settings


def keep_secrets(settings: Settings) -> Settings:
    """Return the settings with the secrets that are not set, created once in the data folder.

    Raises InvalidSetting when a file cannot be read or created.
    """
    folder = settings.data_dir
    return replace(
        settings,
        api_token=settings.api_token or _generated("api_token", folder / "token"),
        monitor_token=settings.monitor_token or _generated("monitor_token", folder / "monitor_token"),
        signing_key=settings.signing_key or _generated("signing_key", folder / "signing_key"),
    )


def _translated(error: Invalid) -> InvalidSetting:
    """Return the first error of probatio as InvalidSetting with the full key."""
    first = next(iter(getattr(error, "errors", ())), error)
    parts = (f"[{part}]" if isinstance(part, int) else f".{part}" for part in first.path)
    message = first.error_message
    reason = _REASONS.get(message, message.replace("not a valid option", "is not known"))
    return InvalidSetting("".join(parts).removeprefix(".") or "settings", reason)


def _check_unique(section: str, ids: list[str], key: str = "id") -> None:
    for number, one in enumerate(ids):
        if one in ids[:number]:
            raise InvalidSetting(f"{section}[{number}].{key}", f"{one} is used twice")


def _check_mcp_tokens(mcp: Mcp) -> None:
    """Raise InvalidSetting for an empty token or one that two people share."""
    for number, one in enumerate(mcp.tokens):
        if not one.token:
            raise InvalidSetting(f"mcp.tokens[{number}].token", "is empty")
        if one.token in [other.token for other in mcp.tokens[:number]]:
            raise InvalidSetting(f"mcp.tokens[{number}].token", "is used twice")


def _check_foreign_tools(tools: ForeignTools) -> None:
    """Raise InvalidSetting for servers with the same name, or one that cannot be reached as it says."""
    _check_unique("foreign_tools.servers", [one.name for one in tools.servers], "name")
    for number, one in enumerate(tools.servers):
        wrong = one.wrong()
        if wrong is not None:
            raise InvalidSetting(f"foreign_tools.servers[{number}].{wrong[0]}", wrong[1])


def _check_models(models: Sequence[Deployment]) -> None:
    """Raise InvalidSetting for a model that cannot be called or has a wrong tier."""
    _check_unique("models", [one.id for one in models])
    for number, one in enumerate(models):
        if not one.model and not one.embedding_model:
            raise InvalidSetting(f"models[{number}].model", "is missing")
        if one.kind is not DeploymentKind.LITELLM and not one.url:
            raise InvalidSetting(f"models[{number}].url", "is missing")
        if one.url and not _is_plain_url(one.url):
            raise InvalidSetting(
                f"models[{number}].url", "must begin with http:// or https:// and contain no user or password"
            )
        for place, url in enumerate(one.more_urls):
            if not _is_plain_url(url):
                raise InvalidSetting(
                    f"models[{number}].more_urls[{place}]",
                    "must begin with http:// or https:// and contain no user or password",
                )
        if one.kind is DeploymentKind.LITELLM and one.tier is Tier.LOCAL and not one.url:
            raise InvalidSetting(f"models[{number}].url", "is missing: a local model needs one")


def _check_replicas(settings: Settings) -> None:
    """Raise InvalidSetting for replicas that could not share a database."""
    if settings.replicas is Replicas.SINGLE:
        return
    for name, url in (
        ("database_url", settings.database_url),
        ("workflow_database_url", settings.workflow_database_url),
    ):
        if url.startswith("sqlite"):
            raise InvalidSetting("replicas", f"needs PostgreSQL: set {name}, too")


def _is_plain_url(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.username is None


def _with_defaults(settings: Settings) -> Settings:
    """Return the settings with an absolute data folder and the default database URLs."""
    folder = settings.data_dir.absolute()
    return replace(
        settings,
        data_dir=folder,
        database_url=settings.database_url or f"sqlite+aiosqlite:///{folder}/steward.db",
        workflow_database_url=settings.workflow_database_url or f"sqlite:///{folder}/workflows.db",
    )


def _generated(name: str, file: Path) -> str:
    try:
        return keep_secret(file, lambda: secrets.token_urlsafe(32))
    except SecretFileUnusable as err:
        raise InvalidSetting(name, str(err)) from err
