"""Settings: one frozen tree."""

from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Final
from urllib.parse import unquote, urlsplit
from zoneinfo import ZoneInfo

from homelab_steward.contract.base import Many, Value
from homelab_steward.contract.catalogue import Risk
from homelab_steward.contract.state import Authority, Origin, Person, Role

from ..llm.settings import Deployment, Routing, Spending
from ..telegram.settings import OFFICIAL_API, Mode, TelegramSettings
from .changes import Changes, RegistryLogin
from .checks import (
    access_token,
    hours,
    key,
    language_code,
    network,
    path,
    pin_code,
    said_name,
    time_of_day,
    whole,
    zone,
)
from .documentation import Documentation
from .event_webhooks import EventWebhook
from .fences import ConfiguredFence
from .foreign_tools import ForeignTools
from .mcp import Mcp
from .observability import Observability
from .offsite import Offsite
from .restore_drill import RestoreDrills
from .runbooks_repository import RunbooksRepository

NO_KEY: Final = "-" * 32
"""Stands for the signing key while it is not created."""

MIB: Final = 1024 * 1024


class LogLevel(StrEnum):
    """Lowest level of log entries."""

    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


class LogFormat(StrEnum):
    """Format of the log; ``auto`` is ``console`` on a terminal and ``json`` otherwise."""

    AUTO = "auto"
    JSON = "json"
    CONSOLE = "console"


class Replicas(StrEnum):
    """Whether other processes may wait to take over, as standby; that needs PostgreSQL."""

    SINGLE = "single"
    ALLOWED = "allowed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Listen:
    """Address of the HTTP API. Port 0 selects a free port.

    With ``tls_certificate``, a PEM file, it serves HTTPS; ``tls_key`` is the file of the private key if
    that is not in the same file. ``trusted_proxies`` are the proxies whose ``X-Forwarded-Host`` and
    ``X-Forwarded-Proto`` are used.
    """

    host: str = "127.0.0.1"
    port: Annotated[int, whole(0, 65535)] = 8099
    tls_certificate: Annotated[Path, path] | None = None
    tls_key: Annotated[Path, path] | None = None
    trusted_proxies: Many[Annotated[str, network]] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Log:
    """Settings of the log."""

    level: LogLevel = LogLevel.INFO
    format: LogFormat = LogFormat.AUTO


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownPerson:
    """A person from the settings, who cannot be changed by front ends."""

    id: Annotated[str, key]
    name: str
    role: Role = Role.GUEST
    ha_user_id: str | None = None
    telegram_user_id: Annotated[int, whole(1, 2**53)] | None = None
    language: str | None = None
    quiet_from: Annotated[str, time_of_day] | None = None
    quiet_until: Annotated[str, time_of_day] | None = None
    authority: dict[str, Authority] = field(default_factory=dict)
    asked_after_minutes: Annotated[int, whole(0, 1440)] = 0
    critical_alerts: bool = False
    pin: Annotated[str, pin_code] | None = field(default=None, repr=False)

    def person(self) -> Person:
        """Return the person as front ends receive it."""
        return Person(
            id=self.id,
            name=self.name,
            role=self.role,
            ha_user_id=self.ha_user_id,
            telegram_user_id=self.telegram_user_id,
            origin=Origin.FILE,
            language=self.language,
            quiet_from=self.quiet_from,
            quiet_until=self.quiet_until,
            authority=self.authority,
            asked_after_minutes=self.asked_after_minutes,
            critical_alerts=self.critical_alerts,
            has_pin=self.pin is not None,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfiguredInstance:
    """An instance from the settings; ``settings`` contains its secrets in plain text."""

    id: Annotated[str, key]
    service: str
    name: str
    settings: dict[str, Value] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Approvals:
    """Expiry of approval requests and time until a reminder; None sends no reminder.

    From the risk ``two_from`` on two people have to approve; None: one is always enough. From
    ``unlock_from`` on a phone must be unlocked to approve.
    """

    expiry_hours: Annotated[float, hours] = 12.0
    reminder_hours: Annotated[float, hours] | None = 3.0
    two_from: Risk | None = None
    unlock_from: Risk = Risk.HIGH

    @property
    def expiry(self) -> timedelta:
        """Time until a request expires without a decision."""
        return timedelta(hours=self.expiry_hours)

    @property
    def reminder(self) -> timedelta | None:
        """Time until people get one reminder."""
        return None if self.reminder_hours is None else timedelta(hours=self.reminder_hours)


@dataclass(frozen=True, slots=True, kw_only=True)
class Autonomy:
    """Minutes in which people can stop what the steward announced that it carries out itself."""

    veto_minutes: Annotated[int, whole(1, 1440)] = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Limits for message sizes, connections and changes."""

    webhook_bytes: Annotated[int, whole(1024, 64 * MIB)] = MIB
    message_bytes: Annotated[int, whole(1024, 64 * MIB)] = MIB
    front_ends: Annotated[int, whole(1, 1000)] = 32
    connections: Annotated[int, whole(16, 65536)] = 512
    connections_per_address: Annotated[int, whole(4, 65536)] = 128
    changes_per_hour: Annotated[int, whole(0, 1000)] = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Retention:
    """Days for which resolved alerts, closed incidents and requests to models are kept."""

    alerts_days: Annotated[int, whole(1, 3650)] = 90
    incidents_days: Annotated[int, whole(1, 3650)] = 365
    ledger_days: Annotated[int, whole(1, 3650)] = 365


@dataclass(frozen=True, slots=True, kw_only=True)
class Backups:
    """Hours between backups, how many are kept, and their folder. None makes no backups.

    Without ``folder`` they are in the folder ``backups`` of the data folder. Without ``offsite`` they are
    not copied elsewhere.
    """

    every_hours: Annotated[float, hours] | None = 24.0
    keep: Annotated[int, whole(1, 1000)] = 7
    folder: Annotated[Path, path] | None = None
    offsite: Offsite | None = None

    @property
    def every(self) -> timedelta | None:
        """Time between backups."""
        return None if self.every_hours is None else timedelta(hours=self.every_hours)


class Weekday(StrEnum):
    """A day of the week."""

    MONDAY = "monday"
    TUESDAY = "tuesday"
    WEDNESDAY = "wednesday"
    THURSDAY = "thursday"
    FRIDAY = "friday"
    SATURDAY = "saturday"
    SUNDAY = "sunday"

    @property
    def number(self) -> int:
        """Return the number of the day; 0 is Monday."""
        return list(Weekday).index(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Weekly:
    """When the weekly report is made, in local time. Without ``weekday`` it is made on request only."""

    weekday: Weekday | None = Weekday.MONDAY
    at: Annotated[str, time_of_day] = "08:00"


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedules:
    """Whether end of support and known vulnerabilities of versions are looked up on the Internet.

    Then the names of products and their versions are sent to endoflife.date and OSV.dev.
    """

    look_up_versions: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Outages:
    """Days after which what is off is meant to be off."""

    off_days: Annotated[int, whole(1, 3650)] = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Telegram:
    """The Telegram bot and its chat; ``chat_id`` of a group is negative, and None lets people choose it.

    An incident gets a topic of its own when it is critical or lasts for ``incident_topic_minutes``;
    None: no incident does. Updates are in the topic of the category ``updates_topic``; None: in that of
    what they update.
    """

    token: str = field(repr=False)
    chat_id: Annotated[int, whole(-(2**53), 2**53)] | None = None
    mode: Mode = Mode.POLLING
    webhook_url: str = ""
    webhook_secret: str = field(default="", repr=False)
    api_base: str = OFFICIAL_API
    incident_topic_minutes: Annotated[int, whole(0, 10080)] | None = 30
    updates_topic: Annotated[str, key] | None = "infrastructure"

    @property
    def own_topic_after(self) -> timedelta | None:
        """Time until an incident gets a topic of its own."""
        minutes = self.incident_topic_minutes
        return None if minutes is None else timedelta(minutes=minutes)


@dataclass(frozen=True, slots=True, kw_only=True)
class Alias:
    """Another name that people say for the thing with a name."""

    said: Annotated[str, said_name]
    name: Annotated[str, said_name]


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The settings file.

    Front ends authenticate with ``api_token``, monitors with ``monitor_token`` (they may post
    alerts and read the metrics, nothing else); ``signing_key`` signs the buttons in messages.
    :func:`keep_secrets` creates those that are not set. ``services_dir``
    holds services of your own: their code runs inside the app with all its rights. ``runs_on``
    names the container or virtual machine that the app itself runs in. ``sentences_dir``
    holds sentences of your own for the conversation; None is the folder ``sentences`` of the data
    folder. ``language`` is that of messages that nobody in particular reads, such as those in a
    Telegram group; None takes Home Assistant's.
    """

    data_dir: Annotated[Path, path] = Path("data")
    database_url: str = field(default="", repr=False)
    workflow_database_url: str = field(default="", repr=False)
    replicas: Replicas = Replicas.SINGLE
    runbooks_dir: Annotated[Path, path] | None = None
    services_dir: Annotated[Path, path] | None = None
    sentences_dir: Annotated[Path, path] | None = None
    runs_on: str = ""
    api_token: Annotated[str, access_token] = field(default="", repr=False)
    monitor_token: Annotated[str, access_token] = field(default="", repr=False)
    listen: Listen = field(default_factory=Listen)
    log: Log = field(default_factory=Log)
    observability: Observability = field(default_factory=Observability)
    approvals: Approvals = field(default_factory=Approvals)
    autonomy: Autonomy = field(default_factory=Autonomy)
    limits: Limits = field(default_factory=Limits)
    retention: Retention = field(default_factory=Retention)
    outages: Outages = field(default_factory=Outages)
    backups: Backups = field(default_factory=Backups)
    runbooks_repository: RunbooksRepository | None = None
    restore_drill: RestoreDrills = field(default_factory=RestoreDrills)
    weekly: Weekly = field(default_factory=Weekly)
    schedules: Schedules = field(default_factory=Schedules)
    changes: Changes = field(default_factory=Changes)
    documentation: Documentation = field(default_factory=Documentation)
    registries: Many[RegistryLogin] = ()
    people: Many[KnownPerson] = ()
    instances: Many[ConfiguredInstance] = ()
    aliases: Many[Alias] = ()
    fences: Many[ConfiguredFence] = ()
    event_webhooks: Many[EventWebhook] = ()
    foreign_tools: ForeignTools = field(default_factory=ForeignTools)
    telegram: Telegram | None = None
    mcp: Mcp = field(default_factory=Mcp)
    models: Many[Deployment] = ()
    routing: Routing = field(default_factory=Routing)
    spending: Spending = field(default_factory=Spending)
    time_zone: Annotated[str, zone] = "UTC"
    language: Annotated[str, language_code] | None = None
    signing_key: str = field(default="", repr=False)

    @property
    def backup_dir(self) -> Path:
        """The folder of the backups."""
        return self.backups.folder or self.data_dir / "backups"

    @property
    def notebook_dir(self) -> Path:
        """The folder of the notebook."""
        return self.documentation.folder or self.data_dir / "notebook"

    def bot(self) -> TelegramSettings | None:
        """Return the settings of the Telegram front end, None without Telegram."""
        if self.telegram is None:
            return None
        return TelegramSettings(
            token=self.telegram.token,
            chat_id=self.telegram.chat_id,
            mode=self.telegram.mode,
            webhook_url=self.telegram.webhook_url,
            webhook_secret=self.telegram.webhook_secret,
            api_base=self.telegram.api_base,
            signing_key=self.signing_key.encode(),
            zone=ZoneInfo(self.time_zone),
            own_topic_after=self.telegram.own_topic_after,
            updates_topic=self.telegram.updates_topic,
        )

    def secrets(self) -> tuple[str, ...]:
        """Return all secrets except those of instances, which the inventory registers."""
        found = [self.api_token, self.monitor_token, self.signing_key]
        found += [one.token for one in self.mcp.tokens]
        found += [one.api_key for one in self.models]
        found += [one.password for one in self.registries]
        found.append(self.documentation.token)
        found += [self.backups.offsite.secret_key] if self.backups.offsite else []
        found += [part for one in self.event_webhooks for part in (one.secret, one.url)]
        found += [text for one in self.foreign_tools.servers for text in one.secrets()]
        found += self.observability.traces.header_values.values()
        passwords = [urlsplit(url).password or "" for url in (self.database_url, self.workflow_database_url)]
        found += [*passwords, *map(unquote, passwords)]
        if self.telegram is not None:
            found += [self.telegram.token, self.telegram.webhook_secret]
        return tuple(text for text in found if text)
