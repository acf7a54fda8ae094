"""What one poll of Home Assistant knows, and what it does not."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from homelab_steward.contract.devices import Word
from homelab_steward.contract.home import (
    HomeApp,
    HomeBackups,
    HomeBattery,
    HomeDatabase,
    HomeIntegration,
    HomePart,
    HomeRepair,
    HomeReport,
)

from ...quorum.marks import marks
from ...sdk.answers import NotKnown, known
from ...sdk.display import Text, brief
from .updates import ReportedUpdate, watched_items

LOG_SPAN: Final = timedelta(hours=1)
ERRORS: Final = frozenset({"ERROR", "CRITICAL"})
LOADED: Final = "loaded"
STUCK: Final = frozenset({"migration_error", "failed_unload", "setup_in_progress", "unload_in_progress"})
"""States in which Home Assistant reloads nothing."""
FAILED: Final = frozenset({"setup_error", "migration_error", "setup_retry", "failed_unload"})
STATES: Final = (LOADED, *sorted(FAILED), "not_loaded", "setup_in_progress", "unload_in_progress")
SKEW: Final = 30
LARGE: Final = 2 * 1024**3
HUGE: Final = 16 * 1024**3
"""Bytes of a database that is large, and of one that is too large however much room there is."""
LOW: Final = 10.0
"""Percent of a battery that is to be replaced or charged."""
LATE: Final = timedelta(hours=1)
LONGEST_INTERVAL: Final = timedelta(days=8)
"""Home Assistant schedules automatic backups daily or on days of the week: one is due every week."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportedState:
    """One report, read at ``read_at`` by the app's clock.

    ``notes`` are release notes by the ID of the update entity, as far as they were read. Properties
    raise NotKnown when the report does not show them.
    """

    report: HomeReport
    read_at: datetime
    notes: Mapping[str, str] = field(default_factory=dict)

    def reported_updates(self) -> Iterator[ReportedUpdate]:
        """Yield all update entities, each with its release notes."""
        for one in self.report.updates:
            watched = tuple(watched_items(one, self.report))
            yield ReportedUpdate(entry=one, notes=self.notes.get(one.id), watched=watched)

    @property
    def repairs(self) -> tuple[HomeRepair, ...]:
        """All repairs, ignored ones included."""
        return self.report.repairs

    @property
    def integrations(self) -> tuple[HomeIntegration, ...]:
        """All enabled integrations but the one that connects the app."""
        return self.report.integrations

    @property
    def updates_waiting(self) -> int:
        """Updates that nobody installed or skipped; those of unavailable devices are not counted."""
        self._must_hold(HomePart.UPDATES)
        return sum(one.is_waiting is True for one in self.report.updates)

    @property
    def repairs_open(self) -> int:
        """Repairs that nobody ignored."""
        self._must_hold(HomePart.REPAIRS)
        return sum(not one.ignored for one in self.repairs)

    @property
    def log_errors(self) -> int:
        """Different errors in the log of the last hour."""
        self._must_hold(HomePart.LOG)
        now = self.report.made_at
        return sum(one.level in ERRORS and now - one.last_at <= LOG_SPAN for one in self.report.log)

    @property
    def version(self) -> str:
        """The version of Home Assistant."""
        self._must_hold("version")
        return self.report.version

    @property
    def is_safe_mode(self) -> bool:
        """Whether Home Assistant runs without some or all integrations."""
        self._must_hold("safe_mode", "recovery_mode")
        return self.report.safe_mode or self.report.recovery_mode

    def unavailable(self) -> int:
        """Return how many entities have no state, once Home Assistant has started."""
        self._must_run()
        self._must_hold("unavailable_count")
        return self.report.unavailable_count

    def failing(self) -> int:
        """Return how many integrations could not be set up."""
        self._must_hold(HomePart.INTEGRATIONS)
        self._must_run()
        return sum(one.state in FAILED for one in self.integrations)

    @property
    def backups(self) -> HomeBackups:
        """The automatic backups."""
        self._must_hold(HomePart.BACKUPS)
        if self.report.backups is None:
            raise NotKnown(t"Home Assistant reports no backups")
        return self.report.backups

    @property
    def backup_age(self) -> float:
        """Hours since the last automatic backup was completed."""
        return round((self.report.made_at - self.last_backup) / timedelta(hours=1), 1)

    @property
    def last_backup(self) -> datetime:
        """When the last automatic backup was completed."""
        last = self.backups.last_success_at
        if last is None:
            raise NotKnown(t"There was no automatic backup yet")
        return last

    def backup_problem(self) -> Text | None:
        """Return why automatic backups are not as they should be."""
        backups, now = self.backups, self.report.made_at
        if backups.is_running:
            raise NotKnown(t"A backup is being created")
        last, attempt = backups.last_success_at, backups.last_attempt_at
        if attempt is not None and (last is None or last < attempt):
            return t"The automatic backup of {attempt:%Y-%m-%d %H:%M} UTC failed: {_reasons(backups)}"
        if backups.next_at is None:
            raise NotKnown(t"No automatic backup is scheduled")
        if now - backups.next_at > LATE:
            return t"The automatic backup of {backups.next_at:%Y-%m-%d %H:%M} UTC was not created"
        if last is not None and now - last > LONGEST_INTERVAL:
            return t"The last automatic backup is {(now - last).days} days old"
        return None

    @property
    def database(self) -> HomeDatabase:
        """The recorder's database."""
        self._must_hold(HomePart.DATABASE)
        return known(self.report.database)

    @property
    def database_size(self) -> float:
        """The size of the database in bytes."""
        return known(self.database.size)

    def database_problem(self) -> Text | None:
        """Return why the database is too large: a backup and an update need room for a copy of it."""
        size, free = self.database_size, known(self.database.disk_free)
        if size < LARGE or (size < free and size < HUGE):
            return None
        return t"The database has {gibibytes_of(size)}, and the disk has {gibibytes_of(free)} left"

    @property
    def clock_difference(self) -> float:
        """Seconds between the clock of Home Assistant and the app's."""
        return abs(round((self.report.made_at - self.read_at).total_seconds()))

    def clock_problem(self) -> Text | None:
        """Return that the two clocks differ; which of them is wrong is not known."""
        difference = self.clock_difference
        if difference < SKEW:
            return None
        side = t"ahead of" if self.report.made_at > self.read_at else t"behind"
        return t"The clock of Home Assistant is {difference:g} s {side} that of the app"

    def watched_integrations(self) -> Iterator[Watched]:
        """Yield the integrations, each with whether Home Assistant has started."""
        return (Watched(entry=one, is_running=self.report.is_running) for one in self.integrations)

    def actions_refusal(self) -> Text | None:
        """Return why the integration allows no actions."""
        try:
            self._must_hold("allows_actions")
        except NotKnown as err:
            return str(err)
        is_allowed = self.report.allows_actions
        return None if is_allowed else t"Actions are turned off in the options of Homelab Steward"

    def _must_hold(self, *parts: str) -> None:
        """Raise NotKnown with what is missing from one of the fields."""
        for gap in self.report.gaps:
            if gap.part in parts:
                raise NotKnown(gap.reason)

    def _must_run(self) -> None:
        self._must_hold("is_running")
        if not self.report.is_running:
            raise NotKnown(t"Home Assistant is starting")


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """An integration in one poll."""

    entry: HomeIntegration
    is_running: bool

    @property
    def word(self) -> Word | None:
        """What it says about the device whose address is its title, None when it has another title.

        Raises NotKnown while it is being set up.
        """
        if not marks(addresses=[self.entry.title]).addresses:
            return None
        return Word.DOWN if self.problem() else Word.UP

    def problem(self) -> str | None:
        """Return why the integration does not work. Raises NotKnown while it is being set up."""
        entry = self.entry
        if entry.state in FAILED and self.is_running:
            return f"{entry.state.replace('_', ' ')}: {entry.reason or 'no reason given'}"
        if entry.state != LOADED:
            raise NotKnown(t"The integration is in the state {entry.state}")
        return None


def repair_problem(repair: HomeRepair) -> str | None:
    """Return what a serious repair that nobody ignored is about."""
    is_serious = repair.severity in ("critical", "error")
    return repair.title if is_serious and not repair.ignored else None


def is_app_running(app: HomeApp) -> bool:
    """Return whether an app runs. Raises NotKnown."""
    if app.state not in ("started", "startup", "stopped", "error"):
        raise NotKnown(t"The state {brief(app.state, 50)} is not known")
    return app.state in ("started", "startup")


def app_problem(app: HomeApp) -> Text | None:
    """Return why an app that starts with the system does not run."""
    if is_app_running(app):
        return None
    if app.state != "error" and not known(app.starts):
        return None
    return t"It ended with an error" if app.state == "error" else t"It is stopped"


def is_battery_low(battery: HomeBattery) -> bool:
    """Return whether a battery is low. Raises NotKnown."""
    return known(battery.is_low) if battery.level is None else battery.level < LOW


def battery_problem(battery: HomeBattery) -> Text | None:
    """Return that a battery is low."""
    if not is_battery_low(battery):
        return None
    return t"The battery is low" if battery.level is None else t"The battery is at {battery.level:g} %"


def gibibytes_of(size: float) -> str:
    """Return bytes as a text for people."""
    return f"{size / 1024**3:.1f} GiB"


def _reasons(backups: HomeBackups) -> str:
    return "; ".join(backups.problems) or "no reason given"
