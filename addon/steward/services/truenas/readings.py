"""What is read of pools, disks, datasets, tasks and apps, and what is wrong with them."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from homelab_steward.contract.state import ResourceKey

from ...sdk.answers import Busy, NotKnown, known
from ...sdk.description import Covers, Outage, Preserves, ResourceKind, Role, Sensor
from ...sdk.display import Text, brief, critical, filling, warning
from ...sdk.sensors import (
    celsius,
    count,
    diagnostic,
    duration,
    flag,
    gibibytes,
    newest_version,
    percentage,
    share,
    time,
    update_available,
)
from .models import (
    ERRORS,
    OWN_CHECKS,
    WARNINGS,
    Alert,
    App,
    Dataset,
    Disk,
    Nas,
    Pool,
    Replication,
    Run,
    SnapshotTask,
    Vdev,
)

QUOTA: Final = 85.0
SCRUB_OVERDUE: Final = timedelta(days=45)


@dataclass(frozen=True, slots=True)
class Seen[Item]:
    """A part of the NAS with the state that it was read with."""

    item: Item
    nas: Nas

    @property
    def now(self) -> datetime:
        """The time by the clock of the NAS. Raises NotKnown."""
        return known(self.nas.system.datetime).at


def _serious(nas: Nas, levels: tuple[str, ...]) -> list[Alert]:
    found = (one for one in nas.alerts if not one.dismissed and one.level in levels)
    return [one for one in found if not one.klass.startswith(OWN_CHECKS)]


def _health(nas: Nas) -> str | None:
    return "; ".join(brief(one.formatted or one.text, 200) for one in _serious(nas, ERRORS)) or None


def smart(seen: Seen[Disk]) -> list[Alert]:
    """Return the alerts of the disk's own self-monitoring. Raises NotKnown."""
    found = [one for one in seen.nas.alerts if one.klass.startswith("SMART") and not one.dismissed]
    if any(one.disk is None for one in found):
        raise NotKnown(t"TrueNAS does not report which disk an alert is about")
    return [one for one in found if one.disk in (seen.item.name, seen.item.serial)]


def _vdev(seen: Seen[Disk]) -> Vdev | None:
    """Return a disk's place in its pool; None when it has none, or is in the pool that TrueNAS boots from."""
    pools = seen.nas.pools
    found = next((one for pool in pools for one in pool.vdevs if one.disk == seen.item.name), None)
    if found is None and any(one.name == seen.item.pool for one in pools):
        raise NotKnown(t"TrueNAS does not report its state in its pool")
    return found


def disk_errors(seen: Seen[Disk]) -> int:
    """Return how many errors the pool counts for a disk. Raises NotKnown."""
    vdev = _vdev(seen)
    if vdev is None:
        raise NotKnown(t"No pool counts errors of this disk")
    stats = known(vdev.stats)
    return stats.read_errors + stats.write_errors + stats.checksum_errors


def disk_fails(seen: Seen[Disk]) -> Text | None:
    """Return what is wrong with a disk, None when nothing is. Raises NotKnown."""
    name = f"Disk {seen.item.name} ({seen.item.serial})"
    if (vdev := _vdev(seen)) is not None:
        if vdev.status != "ONLINE":
            return t"{name} is {vdev.status} in its pool"
        if errors := disk_errors(seen):
            return t"{name} has {errors} errors"
    return "; ".join(brief(one.formatted or one.text, 200) for one in smart(seen)) or None


def _pool_share(seen: Seen[Pool]) -> float:
    return share(seen.item.allocated, seen.item.size)


def _degraded(seen: Seen[Pool]) -> Text | None:
    return None if seen.item.status == "ONLINE" else t"Pool {seen.item.name} is {seen.item.status}"


def _scrub_errors(seen: Seen[Pool]) -> Text | None:
    errors = known(seen.item.scrub.errors)
    return t"The last scrub of {seen.item.name} found {errors} errors" if errors else None


def scrub_age(seen: Seen[Pool]) -> timedelta:
    """Return how long ago the last scrub ended, 0 while one runs. Raises NotKnown."""
    if known(seen.item.scrub.state) == "SCANNING":
        return timedelta()
    return seen.now - known(seen.item.scrub.end_time).at


def _scrub_overdue(seen: Seen[Pool]) -> Text | None:
    age = scrub_age(seen)
    return t"The last scrub of {seen.item.name} ended {age.days} days ago" if age > SCRUB_OVERDUE else None


def dataset_share(seen: Seen[Dataset]) -> float:
    """Return the used share of the quota, or of the space there is, in percent. Raises NotKnown."""
    used = known(known(seen.item.used).rawvalue)
    quota = known(known(seen.item.quota).rawvalue)
    return share(used, quota or used + known(known(seen.item.available).rawvalue))


def _quota(seen: Seen[Dataset]) -> Text | None:
    if not known(known(seen.item.quota).rawvalue):
        return None
    full = dataset_share(seen)
    return t"Dataset {seen.item.id} uses {full:g} % of its quota" if full > QUOTA else None


def _last(item: Replication | SnapshotTask) -> Run | None:
    """Return how a task ended the last time, None while it is off."""
    return known(item.state) if known(item.enabled) else None


def _not_replicated(seen: Seen[Replication]) -> Text | None:
    last = _last(seen.item)
    if last is None or last.state != "ERROR":
        return None
    return t"Replication {seen.item.name} failed: {brief(last.error or 'no reason given', 200)}"


def _no_snapshot(seen: Seen[SnapshotTask]) -> Text | None:
    last = _last(seen.item)
    if last is not None and last.state == "ERROR":
        return t"The snapshot of {seen.item.dataset} failed: {brief(last.error or 'no reason given', 200)}"
    if last is None or last.state in ("RUNNING", "PENDING"):
        return None
    age = seen.now - known(last.datetime).at
    is_old = age > known(seen.item.schedule).longest
    return t"The last snapshot of {seen.item.dataset} is {age.days} days old" if is_old else None


def _many_snapshots(nas: Nas) -> str | None:
    found = [one for one in nas.alerts if "SnapshotCount" in one.klass or "SnapshotTotal" in one.klass]
    texts = (brief(one.formatted or one.text, 200) for one in found if not one.dismissed)
    return "; ".join(texts) or None


def app_runs(app: App) -> bool:
    """Return whether an app runs. Raises Busy while it is deployed or stopped."""
    if app.state in ("DEPLOYING", "STOPPING"):
        raise Busy(t"{app.name} is {app.state.lower()}")
    if app.state not in ("RUNNING", "STOPPED", "CRASHED"):
        raise NotKnown(t"TrueNAS reports the state {brief(app.state)}")
    return app.state == "RUNNING"


def _kind(key: str, name: str, part: str, id_: Any, title: Any, *sensors: Sensor[Any], **more: Any) -> Any:
    return ResourceKind[Nas, Seen[Any]](
        key=key,
        name=name,
        items=lambda nas: [Seen(one, nas) for one in getattr(nas, part)],
        id=lambda seen: str(id_(seen.item)),
        title=lambda seen: title(seen.item),
        sensors=sensors,
        part=part,
        **{"role": Role.STORAGE, **more},
    )


def _run(what: str, last: Any, problem: Any) -> tuple[Sensor[Any], ...]:
    return (
        flag("failed", f"{what} failed", lambda seen: problem(seen) is not None, "problem"),
        diagnostic("last_result", f"Last {what.lower()} result", lambda seen: known(last(seen)).state),
        time("last_run", f"Last {what.lower()}", lambda seen: known(known(last(seen)).datetime).at),
    )


def _pool_of(seen: Seen[Any]) -> ResourceKey | None:
    pools = (one.guid for one in seen.nas.pools if one.name == seen.item.pool)
    return next((ResourceKey(kind="pool", id=one) for one in pools), None)


RESOURCES: Final = (
    _kind(
        "pool",
        "Pool",
        "pools",
        lambda pool: pool.guid,
        lambda pool: pool.name,
        percentage("disk_share", "Space usage", _pool_share),
        gibibytes("used", "Space used", lambda seen: seen.item.allocated, enabled=False),
        diagnostic("status", "Status", lambda seen: seen.item.status),
        flag("degraded", "Degraded", lambda seen: _degraded(seen) is not None, "problem"),
        count("scrub_errors", "Scrub errors", lambda seen: seen.item.scrub.errors, "mdi:broom"),
        duration("scrub_age", "Age of the last scrub", lambda seen: scrub_age(seen).days, "d", enabled=False),
        time("last_scrub", "Last scrub", lambda seen: known(seen.item.scrub.end_time).at),
        labels=lambda seen: {"pool": seen.item.name, "zpool": seen.item.name},
        is_device=True,
    ),
    _kind(
        "disk",
        "Disk",
        "disks",
        lambda disk: disk.identifier,
        lambda disk: f"{disk.name} ({disk.serial})" if disk.serial else disk.name,
        celsius("temperature", "Temperature", lambda seen: seen.nas.temperatures.get(seen.item.name)),
        count("errors", "Errors", disk_errors, "mdi:alert-circle"),
        flag("failing", "Failing", lambda seen: disk_fails(seen) is not None, "problem"),
        labels=lambda seen: {"serial": seen.item.serial} if seen.item.serial else {},
        parent=_pool_of,
        is_device=True,
    ),
    _kind(
        "dataset",
        "Dataset",
        "datasets",
        lambda dataset: dataset.id,
        lambda dataset: dataset.id,
        percentage("disk_share", "Space usage", dataset_share),
        gibibytes("used", "Space used", lambda seen: known(seen.item.used).rawvalue, enabled=False),
        labels=lambda seen: {"dataset": seen.item.id},
        parent=_pool_of,
        preserves=Preserves(
            action="create_snapshot",
            covers=Covers.FOLDERS,
            back="roll_back",
            folders=lambda seen: (known(seen.item.mountpoint),),
        ),
    ),
    _kind(
        "replication",
        "Replication",
        "replications",
        lambda one: one.id,
        lambda one: one.name,
        *_run("Replication", lambda seen: seen.item.state, _not_replicated),
    ),
    _kind(
        "snapshot_task",
        "Snapshot task",
        "snapshot_tasks",
        lambda one: one.id,
        lambda one: f"{one.dataset} ({one.id})",
        *_run("Snapshot", lambda seen: seen.item.state, _no_snapshot),
    ),
    _kind(
        "app",
        "App",
        "apps",
        lambda app: app.id,
        lambda app: app.name,
        flag("running", "Running", lambda seen: app_runs(seen.item), "running"),
        diagnostic("version", "Version", lambda seen: seen.item.human_version),
        update_available(lambda seen: seen.item.upgrade_available),
        diagnostic("installed", "Installed version", lambda seen: seen.item.version, enabled=False),
        newest_version(lambda seen: seen.item.latest_version),
        labels=lambda seen: {"app": seen.item.name},
        is_device=True,
        role=Role.APPLICATION,
    ),
)
SENSORS: Final[tuple[Sensor[Nas], ...]] = (
    count("health_errors", "Alerts", lambda nas: len(_serious(nas, ERRORS)), "mdi:alert-octagon"),
    count("health_warnings", "Warnings", lambda nas: len(_serious(nas, WARNINGS)), "mdi:alert"),
    update_available(lambda nas: any(one.klass == "HasUpdate" for one in nas.alerts)),
    duration("uptime", "Uptime", lambda nas: nas.system.uptime_seconds, diagnostic=True, enabled=False),
)


def _app_stopped(seen: Seen[App]) -> Text | None:
    return None if app_runs(seen.item) else t"App {seen.item.name} is {seen.item.state.lower()}"


CHECKS: Final = (
    critical("health_error", "Health error", _health),
    critical("pool_degraded", "Pool degraded", _degraded, "pool"),
    *filling("pool", _pool_share, lambda seen, full: t"Pool {seen.item.name} is {full:g} % full"),
    warning("scrub_errors", "Scrub errors", _scrub_errors, "pool"),
    warning("scrub_overdue", "Scrub overdue", _scrub_overdue, "pool"),
    critical("disk_failing", "Disk failing", disk_fails, "disk"),
    warning("quota_nearly_reached", "Quota nearly reached", _quota, "dataset"),
    warning("replication_failed", "Replication failed", _not_replicated, "replication"),
    warning("snapshot_too_old", "Snapshot too old", _no_snapshot, "snapshot_task"),
    warning("snapshots_too_many", "Snapshots too many", _many_snapshots),
    warning("app_stopped", "App stopped", _app_stopped, "app", Outage()),
)
