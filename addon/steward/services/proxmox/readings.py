"""What is read of a cluster and its nodes, guests and storages, and what is wrong with them."""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from homelab_steward.contract.devices import Aspect, Word
from homelab_steward.contract.state import ResourceKey

from ...quorum.marks import Marks, marks
from ...sdk.answers import Busy, NotKnown, known
from ...sdk.description import (
    WORDS,
    Check,
    Covers,
    Outage,
    Preserves,
    ResourceKind,
    Role,
    Sensor,
    Testifies,
)
from ...sdk.display import Text, brief, critical, filling, served, span, warning
from ...sdk.sensors import (
    backup_time,
    count,
    diagnostic,
    duration,
    flag,
    gibibytes,
    load,
    newest_version,
    percentage,
    share,
    stops_first,
    time,
)
from .models import GUESTS, Cluster, Replication, Shown, has_quorum
from .stops import why_stopped

MEMORY_WARNING: Final = 95.0
CLOCK: Final = 30.0
"""Seconds that the clock of a node may differ from ours."""

STOP_FIRST: Final = "stop-first"
"""The tag of the guest that is stopped first while a UPS is on battery."""

RETIRED: Final = timedelta(days=60)
OLD_SNAPSHOT: Final = timedelta(days=30)
MANY_SNAPSHOTS: Final = 10
NODE_REBOOT: Final = 60.0
"""Seconds that a node must be offline before it is a problem."""

NOUNS: Final = {"lxc": "Container", "qemu": "Virtual machine"}

type Labels = Callable[[Shown], Mapping[str, str]]


def _memory_share(one: Shown) -> float:
    return share(one.running.mem, one.maxmem)


def _disk_share(one: Shown) -> float:
    """Return disk used in percent; virtual machines report 0, which says nothing."""
    return share(one.running.disk or None, one.maxdisk)


_LOAD: Final[tuple[Sensor[Shown], ...]] = load(
    used=lambda one: one.running.mem,
    limit=lambda one: one.maxmem,
    cpu=lambda one: round(100 * known(one.running.cpu), 1),
    uptime=lambda one: one.running.uptime,
)
_DISK: Final = percentage("disk_share", "Disk usage", _disk_share, "mdi:harddisk")


def _stops_first(one: Shown) -> bool:
    """Return whether it runs and has the tag of what is stopped first on battery. Raises NotKnown."""
    return STOP_FIRST in _tags(one) and one.is_up


def _tags(one: Shown) -> list[str]:
    """Return the tags of a guest. Raises NotKnown."""
    return re.split("[;, ]", known(one.tags))


_ONLINE: Final[Sensor[Shown]] = flag("online", "Online", lambda one: one.is_up, "connectivity")
_RUNNING: Final[Sensor[Shown]] = flag("running", "Running", lambda one: one.is_up, "running")
_NODE: Final[tuple[Sensor[Shown], ...]] = (
    diagnostic("installed", "Installed version", lambda one: one.program.old_version, enabled=False),
    newest_version(lambda one: one.program.version),
    count("updates", "Updates", lambda one: one.details.updates.get(one.node), "mdi:package-up"),
    duration(
        "clock_difference",
        "Clock difference",
        lambda one: abs(known(one.details.clocks.get(one.node))),
        diagnostic=True,
        enabled=False,
    ),
)
_GUEST: Final[tuple[Sensor[Shown], ...]] = (
    backup_time(lambda one: _at(one.last_backups()[0].ctime)),
    duration("backup_age", "Age of the last backup", lambda one: _backup_age(one).days, "d", enabled=False),
    count("snapshots", "Snapshots", lambda one: len(one.snapshots()), "mdi:camera"),
    diagnostic("cores", "CPU cores", lambda one: one.maxcpu, enabled=False),
    stops_first("Is stopped first", _stops_first),
)
_STORAGE: Final[tuple[Sensor[Shown], ...]] = (
    flag("available", "Available", lambda one: one.is_up, "connectivity"),
    percentage("disk_share", "Space usage", _disk_share, "mdi:database"),
    gibibytes("used", "Space used", lambda one: one.running.disk),
)


def _guest_labels(one: Shown) -> Mapping[str, str]:
    labels = {"vmid": one.key, "name": one.title, "guest": one.title, "node": one.node}
    return {"id": f"{one.type}/{one.vmid}", **labels}


def _storage_labels(one: Shown) -> Mapping[str, str]:
    if one.shared:  # a monitor may name it by any of its nodes
        return {"storage": one.storage}
    return {"id": f"storage/{one.node}/{one.storage}", "storage": one.storage, "node": one.node}


def _node_of(one: Shown) -> ResourceKey | None:
    return None if one.shared or one.type == "node" else ResourceKey(kind="node", id=one.node)


def _stopped(one: Shown) -> Word | None:
    """Return that a guest is down; that it runs does not prove that it can be reached."""
    return None if one.is_up else Word.DOWN


def _marks(one: Shown) -> Marks:
    return marks(name=one.title, assigned=one.details.macs.get(one.vmid, ()))


_TESTIFIES: Final[Mapping[bool, tuple[Testifies[Shown], ...]]] = {
    True: (Testifies(word=lambda one: WORDS[one.is_up], aspect=lambda _: Aspect.REACH, marks=_marks),),
    False: (
        Testifies(word=_stopped, aspect=lambda _: Aspect.REACH, marks=_marks),
        Testifies(word=lambda one: WORDS[one.is_up], aspect=lambda _: Aspect.SERVICE, marks=_marks),
    ),
}
"""What a node says, by True, and what a guest says, by False."""


def _kind(key: str, name: str, labels: Labels, *sensors: Sensor[Shown]) -> ResourceKind[Cluster, Shown]:
    return ResourceKind(
        key=key,
        name=name,
        items=lambda cluster: cluster.of(key),
        id=lambda one: one.key,
        title=lambda one: one.title,
        labels=labels,
        parent=_node_of,
        sensors=sensors,
        role=Role.STORAGE if key == "storage" else Role.HOST,
        is_device=True,
        part="resources",
        preserves=_preserves(key) if key in GUESTS else None,
        testifies=() if key == "storage" else _TESTIFIES[key == "node"],
        marks=_tags if key in GUESTS else lambda _: (),
    )


def _preserves(key: str) -> Preserves[Shown]:
    return Preserves(action=f"snapshot_{key}", covers=Covers.MACHINE, back=f"rollback_{key}")


def _node_labels(one: Shown) -> Mapping[str, str]:
    return {"id": f"node/{one.key}", "node": one.key}


RESOURCES: Final = (
    _kind("node", "Node", _node_labels, _ONLINE, *_LOAD, _DISK, *_NODE),
    _kind("container", "Container", _guest_labels, _RUNNING, *_LOAD, _DISK, *_GUEST),
    _kind("vm", "Virtual machine", _guest_labels, _RUNNING, *_LOAD, *_GUEST),
    _kind("storage", "Storage", _storage_labels, *_STORAGE),
    ResourceKind[Cluster, Replication](
        key="replication",
        items=lambda cluster: cluster.details.replications.values(),
        id=lambda one: one.id,
        title=lambda one: f"{one.guest} to {one.target} ({one.id})",
        sensors=(
            flag("failed", "Failed", lambda one: one.has_failed, "problem"),
            time("last_run", "Last run", lambda one: _at(known(one.last_sync))),
        ),
        role=Role.STORAGE,
        part="replication",
    ),
)
SENSORS: Final[tuple[Sensor[Cluster], ...]] = (
    served(
        "nodes_online",
        "Nodes online",
        lambda cluster: sum(node.is_up for node in cluster.of("node")),
        "mdi:server-network",
    ),
    served("guests_running", "Guests running", lambda cluster: cluster.guests_running, "mdi:cube-outline"),
)


def _memory_is_short(one: Shown) -> Text | None:
    share = _memory_share(one)
    return t"Container {one.title} uses {share:g} % of its memory" if share > MEMORY_WARNING else None


def _is_offline(one: Shown) -> Text | None:
    return None if one.is_up else t"Node {one.title} is offline"


def _is_stopped(one: Shown) -> Text | None:
    if one.is_up:
        return None
    locked = f" and is locked ({one.lock})" if one.lock else ""
    return t"{NOUNS[one.type]} {one.title} is not running{locked}"


def _no_quorum(cluster: Cluster) -> Text | None:
    is_quorate = has_quorum(cluster.members, len(tuple(cluster.of("node"))))
    return None if is_quorate else t"The cluster has no quorum and accepts no changes"


def _at(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def _clock_is_wrong(one: Shown) -> Text | None:
    ahead = known(one.details.clocks.get(one.node))
    where = t"ahead of" if ahead > 0 else t"behind"
    return t"The clock of {one.title} is {span(abs(ahead))} {where} ours" if abs(ahead) > CLOCK else None


def _backup_age(one: Shown) -> timedelta:
    return one.details.read_at - _at(one.last_backups()[0].ctime)


def _backup_is_old(one: Shown) -> Text | None:
    age = _backup_age(one)
    if age > RETIRED:
        raise NotKnown(t"Its last backup is so old that it may have none on purpose")
    is_old = age > one.details.longest
    return t"The last backup of {one.title} is {span(age.total_seconds())} old" if is_old else None


def _backup_failed(one: Shown) -> Text | None:
    task = one.last_backup_task()
    newest = next(iter(one.details.backups.get(one.vmid, [])), None)
    if task is None or task.job.ok or (newest is not None and newest.ctime > task.starttime):
        return None
    if task.job.ok is None:
        raise Busy(t"A backup is running, or it is not known how it ended")
    return t"The last backup of {one.title} failed: {brief(task.job.text, 200)}"


def _verification_failed(one: Shown) -> Text | None:
    backups = one.details.backups.get(one.vmid, [])
    verified = next((backup for backup in backups if backup.verification), None)
    if verified is None or verified.verification is None:
        one.details.whole("backups")
        return None
    is_bad = verified.verification.state == "failed"
    return t"The verification of the backup of {one.title} failed" if is_bad else None


def _snapshot_is_old(one: Shown) -> Text | None:
    times = [known(snapshot.snaptime) for snapshot in one.snapshots()]
    age = one.details.read_at - _at(min(times)) if times else timedelta()
    return t"The oldest snapshot of {one.title} is {age.days} days old" if age > OLD_SNAPSHOT else None


def _many_snapshots(one: Shown) -> Text | None:
    found = len(one.snapshots())
    return t"{one.title} has {found} snapshots" if found > MANY_SNAPSHOTS else None


def _high_availability(one: Shown) -> Text | None:
    if one.hastate not in ("error", "fence", "recovery"):
        return None
    return t"High availability reports {one.hastate} for {one.title}"


def _not_replicated(one: Replication) -> Text | None:
    if not known(one.fail_count):
        return None
    name = f"The replication of {one.guest} to {one.target}"
    return t"{name} failed {one.fail_count} times: {brief(one.error or 'no reason given', 200)}"


_GUEST_CHECKS: Final[Any] = (
    (warning, "backup_too_old", "backup too old", _backup_is_old),
    (warning, "backup_failed", "backup failed", _backup_failed),
    (critical, "verification_failed", "backup verification failed", _verification_failed),
    (warning, "snapshot_too_old", "snapshot too old", _snapshot_is_old),
    (warning, "snapshots_too_many", "snapshots too many", _many_snapshots),
    (critical, "high_availability", "high availability", _high_availability),
)
CHECKS: Final[tuple[Check[Any], ...]] = (
    critical("node_offline", "Node offline", _is_offline, "node", Outage(confirm=NODE_REBOOT)),
    warning("container_stopped", "Container stopped", _is_stopped, "container", Outage(why=why_stopped)),
    warning("vm_stopped", "Vm stopped", _is_stopped, "vm", Outage(why=why_stopped)),
    critical("no_quorum", "No quorum", _no_quorum),
    *filling(
        "storage",
        _disk_share,
        lambda one, share: t"Storage {one.title} is {share:g} % full",
        nearly=90.0,
        full=97.0,
    ),
    warning("container_memory", "Container memory", _memory_is_short, "container"),
    warning("clock_skew", "Clock wrong", _clock_is_wrong, "node"),
    warning("backup_failed", "Backup failed", _backup_failed, "node"),
    warning("replication_failed", "Replication failed", _not_replicated, "replication"),
    *(
        check(f"{scope}_{key}", f"{scope.capitalize()} {name}", problem, scope)
        for scope in GUESTS
        for check, key, name, problem in _GUEST_CHECKS
    ),
)
