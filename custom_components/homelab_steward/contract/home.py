"""Home Assistant as the app sees it: the app sends requests, the integration replies or pushes a report."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from .base import Many, Message, Timestamp
from .protocol import Refusal
from .state import Gap

REPORT_BYTES: Final = 768 * 1024
"""A report with more bytes leaves out entities: the app accepts messages of 1 MiB by default."""

LONGEST_NOTES: Final = 32_000
"""Characters of release notes that are sent, from their beginning."""


class HomeQuery(StrEnum):
    """What the app can ask the integration.

    CHECK_RESTART reads whether a restart would be refused: the text of its result is the reason.
    APP_LOG reads the last lines of an app of Home Assistant OS, RELEASE_NOTES what changes with the
    update of an entity: they are the text of its result.
    """

    REPORT = "report"
    CHECK_RESTART = "check_restart"
    APP_LOG = "app_log"
    RELEASE_NOTES = "release_notes"
    CALL = "call"


REPLY_SECONDS: Final = {
    HomeQuery.REPORT: 8.0,
    HomeQuery.CHECK_RESTART: 60.0,
    HomeQuery.APP_LOG: 12.0,
    HomeQuery.RELEASE_NOTES: 8.0,
    HomeQuery.CALL: 60.0,
}
"""Seconds in which the integration replies, if only that it took too long."""


class HomePart(StrEnum):
    """The lists of a report, by the names of its fields. A request names those that it needs."""

    AREAS = "areas"
    ENTITIES = "entities"
    UPDATES = "updates"
    REPAIRS = "repairs"
    LOG = "log"
    BACKUPS = "backups"
    INTEGRATIONS = "integrations"
    APPS = "apps"
    BATTERIES = "batteries"
    DATABASE = "database"
    WITNESSES = "witnesses"


class HomeAction(StrEnum):
    """What the app can ask Home Assistant to do; the integration refuses everything else."""

    INSTALL_UPDATE = "install_update"
    CREATE_BACKUP = "create_backup"
    RESTART = "restart"
    RELOAD_INTEGRATION = "reload_integration"
    IGNORE_REPAIR = "ignore_repair"
    UNIGNORE_REPAIR = "unignore_repair"
    START_APP = "start_app"
    STOP_APP = "stop_app"
    RESTART_APP = "restart_app"
    PURGE_DATABASE = "purge_database"


class HomeFact(StrEnum):
    """What is true of a home now, as far as its owner chose entities that say so.

    EVERYBODY_ASLEEP holds when all its entities are on, the others when one of theirs is.
    """

    SOMEBODY_HOME = "somebody_home"
    SOMEBODY_ASLEEP = "somebody_asleep"
    EVERYBODY_ASLEEP = "everybody_asleep"
    STREAMING = "streaming"
    GUESTS = "guests"
    ON_BATTERY = "on_battery"
    ALARM_ARMED = "alarm_armed"


@dataclass(frozen=True, slots=True, kw_only=True)
class HomeFactState(Message):
    """One fact (a HomeFact) that the owner chose entities for; ``is_on`` is None when it is not known."""

    fact: str
    is_on: bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class HomeArea(Message):
    """One area of the home."""

    id: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HomeEntity(Message):
    """One entity with its state now.

    ``id`` is its entity ID, ``area`` the ID of its area, ``integration`` the domain it comes from.
    """

    id: str
    name: str
    domain: str
    area: str | None
    state: str
    unit: str | None
    device_class: str | None
    available: bool
    integration: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HomeUpdate(Message):
    """One update entity.

    ``is_waiting`` is whether an update waits that nobody skipped, None when that is not known.
    ``failure`` is why the last installation that the app asked for failed. ``integration`` is the
    domain it comes from, ``entry`` the ID of its config entry, ``app`` the slug of the app of Home Assistant
    OS that it updates, ``device`` and ``model`` are of its device. ``summary`` is a short text about
    the newest version, and ``has_notes`` whether longer release notes can be asked for. ``percentage``
    is how far an installation is. ``installs_itself`` is whether the device decides when it updates.
    """

    id: str
    title: str
    installed: str | None
    latest: str | None
    is_waiting: bool | None
    in_progress: bool
    can_install: bool
    can_backup: bool
    release_url: str | None
    failure: str | None
    can_choose_version: bool = False
    has_notes: bool = False
    is_firmware: bool = False
    installs_itself: bool = False
    percentage: float | None = None
    skipped: str | None = None
    summary: str | None = None
    integration: str | None = None
    device: str | None = None
    model: str | None = None
    entry: str | None = None
    app: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HomeRepair(Message):
    """One issue that Home Assistant shows under Repairs. ``id`` is ``domain/issue ID``."""

    id: str
    domain: str
    severity: str
    title: str
    fixable: bool
    ignored: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class HomeLogEntry(Message):
    """One entry of the system log: a message that was logged ``count`` times."""

    level: str
    source: str
    message: str
    count: int
    first_at: Timestamp
    last_at: Timestamp


@dataclass(frozen=True, slots=True, kw_only=True)
class HomeBackups(Message):
    """The automatic backups. ``next_at`` is None when none is scheduled."""

    last_attempt_at: Timestamp | None
    last_success_at: Timestamp | None
    next_at: Timestamp | None
    is_running: bool
    has_location: bool
    problems: Many[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class HomeIntegration(Message):
    """One enabled config entry. ``reloaded_at`` is when the app last asked for its reload."""

    id: str
    domain: str
    title: str
    state: str
    reason: str | None
    reloaded_at: Timestamp | None


@dataclass(frozen=True, slots=True, kw_only=True)
class HomeApp(Message):
    """One app of Home Assistant OS. ``id`` is its slug.

    ``starts`` is whether it starts with the system, None when that is not known.
    """

    id: str
    name: str
    state: str
    version: str | None
    starts: bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class HomeBattery(Message):
    """The battery of a device. ``id`` is its entity ID.

    ``level`` is in percent; a device may only say whether it ``is_low``. Both are None when it
    says nothing.
    """

    id: str
    name: str
    level: float | None
    is_low: bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class HomeWitness(Message):
    """One entity that says whether something else is up, with what its device is known by.

    ``domain``, ``device_class``, and ``state`` are those of the entity, ``name`` is that of its device.
    ``integration`` is the domain it comes from, and ``source`` the host that this integration reads,
    "" when that is not known. ``device`` is the ID of its device, ``address`` the host of the device.
    """

    id: str
    name: str
    domain: str
    state: str
    device_class: str | None = None
    integration: str | None = None
    source: str = ""
    device: str | None = None
    model: str | None = None
    serial: str = ""
    macs: Many[str] = ()
    address: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class HomeDatabase(Message):
    """The recorder's database, in bytes; ``disk_*`` are of the disk of the configuration folder."""

    size: float | None
    keep_days: int
    disk_free: float | None
    disk_size: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class HomeJob(Message):
    """The last job of one action on one target that the app asked for since the start."""

    action: str
    target: str
    begun_at: Timestamp
    ended_at: Timestamp | None = None
    failure: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HomeReport(Message):
    """Home Assistant at one time.

    ``started_at`` tells one run of Home Assistant from another. ``parts`` names the lists that
    the report holds; the others are empty. ``gaps`` says what is missing from them; ``jobs``
    and ``facts`` are in all. The two counts cover all entities, also those left out.
    """

    made_at: Timestamp
    started_at: Timestamp
    version: str
    is_running: bool
    safe_mode: bool
    recovery_mode: bool
    allows_actions: bool
    parts: Many[str]
    entity_count: int
    unavailable_count: int
    areas: Many[HomeArea]
    entities: Many[HomeEntity]
    updates: Many[HomeUpdate]
    repairs: Many[HomeRepair]
    log: Many[HomeLogEntry]
    backups: HomeBackups | None
    integrations: Many[HomeIntegration]
    gaps: Many[Gap]
    apps: Many[HomeApp] = ()
    batteries: Many[HomeBattery] = ()
    database: HomeDatabase | None = None
    jobs: Many[HomeJob] = ()
    facts: Many[HomeFactState] = ()
    witnesses: Many[HomeWitness] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class HomeCall(Message):
    """One action on one target: an entity ID, the ID of a config entry or of a repair.

    ``action`` is checked by the integration against the actions that it allows. ``version`` is the
    one to install; without it the newest is installed.
    """

    action: str
    target: str | None = None
    version: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HomeResult(Message):
    """What came of a call. ``handle`` names the job it started, which may still run."""

    text: str = ""
    handle: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class HomeRequest(Message):
    """What the app asks: ``parts`` belongs to a report, ``call`` to a call, ``app`` to a log.

    ``update`` is the entity ID whose release notes are asked for.
    """

    query: HomeQuery
    parts: Many[str] = ()
    call: HomeCall | None = None
    app: str | None = None
    update: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HomeReply(Message):
    """The reply to one request: exactly one of its fields is set."""

    report: HomeReport | None = None
    result: HomeResult | None = None
    refusal: Refusal | None = None
