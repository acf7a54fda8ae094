"""Synology: volumes, pools, disks, shares, packages and updates of a NAS with DSM 7."""

from dataclasses import replace
from functools import partial
from typing import Final

from homelab_steward.contract.fences import FenceRole

from ...sdk.answers import known, worded
from ...sdk.categories import STORAGE
from ...sdk.coverage import Gaps
from ...sdk.description import Call, Control, Outage, ResourceKind, Risk, Role, Sensor, Service, Versions
from ...sdk.display import (
    MIB,
    Text,
    critical,
    filling,
    list_tool,
    served,
    stated,
    usage,
    warning,
    worst_first,
)
from ...sdk.fields import TLS_SETTINGS, url_field
from ...sdk.kits import Switch, Turn
from ...sdk.sensors import (
    celsius,
    diagnostic,
    flag,
    gibibytes,
    load,
    newest_version,
    percentage,
    share,
    update_available,
)
from .client import LOGIN, SynologyClient
from .models import ATTENTION, Disk, Nas, Package, Pool, Share, Snapshot, Volume, is_bad

QUOTA: Final = 85.0
OVERDUE: Final = 200
"""Days after a scrub: DSM proposes one every three or six months."""

SNAPSHOTS: Final = "SYNO.Core.Share.Snapshot"
CONTROL: Final = "SYNO.Core.Package.Control"


def _used(nas: Nas) -> int:
    memory = nas.load.memory
    return (memory.total_real - memory.avail_real - memory.cached - memory.buffer) * 1024


def _cpu(nas: Nas) -> float:
    return nas.load.cpu.user_load + nas.load.cpu.system_load + nas.load.cpu.other_load


def _fails(disk: Disk) -> Text | None:
    name = f"{disk.name} ({disk.serial})"
    if disk.exceed_bad_sector_thr:
        return t"{name} has too many bad sectors"
    if disk.below_remain_life_thr:
        return t"{name} is at the end of its life"
    if is_bad(known(disk.smart_status)):
        return t"The self-monitoring of {name} reports {disk.smart_status}"
    if is_bad(disk.status):
        return t"{name} is {disk.status}"
    known(disk.exceed_bad_sector_thr)
    known(disk.below_remain_life_thr)
    return None


def _degraded(one: Pool | Volume) -> Text | None:
    return t"{_title(one)} is {one.status}" if is_bad(one.status) else None


def _attention(one: Pool | Volume | Disk) -> Text | None:
    title = f"{one.name} ({one.serial})" if isinstance(one, Disk) else _title(one)
    return t"{title} needs attention: look at it in Storage Manager" if one.status == ATTENTION else None


def _scrub_overdue(pool: Pool) -> Text | None:
    days = pool.scrub_age.days
    return t"The last scrub of {_title(pool)} ended {days} days ago" if days > OVERDUE else None


def _quota(one: Share) -> Text | None:
    if known(one.quota_value) == 0:
        return None
    return t"{one.used_of_quota:g} % of its quota are used" if one.used_of_quota >= QUOTA else None


def _title(one: Pool | Volume) -> str:
    return one.id.replace("_", " ").replace("reuse", "Storage pool").capitalize()


def _share(volume: Volume) -> float:
    return share(known(volume.size).used, known(volume.size).total)


def _too_hot(nas: Nas) -> Text | None:
    return t"The NAS is too hot: {nas.info.temperature} °C" if known(nas.info.temperature_warn) else None


def _stopped(package: Package) -> Text | None:
    return None if package.is_running else t"Package {package.name} is stopped"


LOAD: Final[tuple[Sensor[Nas], ...]] = load(
    used=_used,
    limit=lambda nas: nas.load.memory.total_real * 1024,
    cpu=_cpu,
    uptime=lambda nas: nas.info.uptime,
)
SENSORS: Final = (
    *LOAD,
    celsius("temperature", "Temperature", lambda nas: nas.info.temperature),
    served("shares", "Shared folders", lambda nas: len(nas.shares), "mdi:folder-network"),
    update_available(lambda nas: nas.update.available),
    newest_version(lambda nas: nas.newest),
    diagnostic("model", "Model", lambda nas: nas.info.model, enabled=False),
)
QUOTA_USED: Final[Sensor[Share]] = percentage("quota_share", "Quota used", lambda one: one.used_of_quota)
RESOURCES: Final = (
    ResourceKind[Nas, Pool](
        key="pool",
        name="Storage pool",
        items=Nas.shown_pools,
        id=lambda pool: pool.id,
        title=_title,
        sensors=(
            flag("degraded", "Degraded", lambda pool: is_bad(pool.status), "problem"),
            diagnostic("status", "Status", lambda pool: pool.status),
            diagnostic("last_scrub", "Last scrub", lambda pool: pool.last_scrub.isoformat(), "timestamp"),
        ),
        role=Role.STORAGE,
    ),
    ResourceKind[Nas, Volume](
        key="volume",
        items=lambda nas: nas.volumes,
        id=lambda volume: volume.id,
        title=_title,
        labels=lambda volume: {"volume": volume.id},
        sensors=(
            percentage("disk_share", "Space usage", _share),
            gibibytes("used", "Space used", lambda one: known(one.size).used, enabled=False),
            flag("degraded", "Degraded", lambda volume: is_bad(volume.status), "problem"),
            diagnostic("status", "Status", lambda volume: volume.status),
        ),
        role=Role.STORAGE,
        is_device=True,
    ),
    ResourceKind[Nas, Disk](
        key="disk",
        items=lambda nas: nas.disks,
        id=lambda disk: disk.serial,
        title=lambda disk: f"{disk.name} ({disk.serial})",
        labels=lambda disk: {"serial": disk.serial},
        sensors=(
            celsius("temperature", "Temperature", lambda disk: disk.temp),
            flag("failing", "Failing", lambda disk: _fails(disk) is not None, "problem"),
        ),
        role=Role.STORAGE,
        is_device=True,
    ),
    ResourceKind[Nas, Share](
        key="share",
        name="Shared folder",
        items=lambda nas: nas.shares,
        id=lambda one: one.name,
        sensors=(
            replace(QUOTA_USED, enabled_by_default=False),
            gibibytes("used", "Space used", lambda one: known(one.share_quota_used) * MIB, enabled=False),
        ),
        role=Role.STORAGE,
    ),
    ResourceKind[Nas, Package](
        key="package",
        items=lambda nas: nas.packages,
        id=lambda package: package.id,
        title=lambda package: package.name,
        sensors=(
            flag("running", "Running", lambda package: package.is_running, "running", enabled=False),
            diagnostic("version", "Version", lambda package: package.version or None, enabled=False),
        ),
        role=Role.APPLICATION,
    ),
)
CHECKS: Final = (
    critical("overheating", "Overheating", _too_hot),
    critical("pool_degraded", "Pool degraded", _degraded, "pool"),
    critical("volume_degraded", "Volume degraded", _degraded, "volume"),
    warning("pool_attention", "Pool needs attention", _attention, "pool"),
    warning("volume_attention", "Volume needs attention", _attention, "volume"),
    warning("disk_attention", "Disk needs attention", _attention, "disk"),
    warning("scrub_overdue", "Scrub overdue", _scrub_overdue, "pool"),
    warning("quota_nearly_reached", "Quota nearly reached", _quota, "share"),
    *filling("volume", _share, lambda one, full: t"{_title(one)} is {full:g} % full"),
    critical("disk_failing", "Disk failing", _fails, "disk"),
    warning("package_stopped", "Package stopped", _stopped, "package", Outage()),
)


@list_tool("disks", "Disks", "Disks with what is wrong with them.", capability="health")
async def _disks(client: SynologyClient, gaps: Gaps, _: Call) -> list[str]:
    disks = (await Nas.poll(client, gaps)).disks
    return stated(disks, lambda one: f"{one.name} ({one.model}, {one.serial})", _fails)


@list_tool("volumes", "Volumes", "Volumes and storage pools.", capability="storage")
async def _volumes(client: SynologyClient, gaps: Gaps, _: Call) -> list[str]:
    nas = await Nas.poll(client, gaps)
    volumes = worst_first(nas.volumes, lambda one: is_bad(one.status))
    pools = worst_first(nas.pools, lambda one: is_bad(one.status))
    return [
        *(f"{_title(one)}: {one.status}, {_size(one)}" for one in volumes),
        *(f"{_title(one)}: {one.status}, {one.device_type}" for one in pools),
    ]


def _size(volume: Volume) -> str:
    return usage(volume.size.used, volume.size.total) if volume.size else "size not reported"


@list_tool("shares", "Shared folders", "The shared folders, their volumes and quotas.")
async def _shares(client: SynologyClient, gaps: Gaps, _: Call) -> list[str]:
    shares = worst_first((await Nas.poll(client, gaps)).shares, lambda one: _quota(one) is not None)
    return [
        f"{one.name} on {one.vol_path or 'an unknown volume'}: {worded(partial(_quota_of, one))}"
        for one in shares
    ]


def _quota_of(one: Share) -> str:
    return f"{one.used_of_quota:g} % of its quota are used"


@list_tool("snapshots", "Snapshots", "The snapshots of a folder, newest first.", scope="share")
async def _snapshots(client: SynologyClient, gaps: Gaps, call: Call) -> list[str]:
    found = await client.many(
        Snapshot, SNAPSHOTS, gaps, below="snapshots", version=1, method="list", name=call.target.id
    )
    return [str(one) for one in sorted(found, key=lambda one: one.time, reverse=True)]


POWER: Final = Switch[SynologyClient](
    is_on=SynologyClient.package_runs,
    on=Turn(to=True, run=lambda client, call: client.change(CONTROL, "start", call.target.id)),
    off=Turn(to=False, run=lambda client, call: client.change(CONTROL, "stop", call.target.id)),
    words=(t"stopped", t"running"),
    settle=60.0,
)
SERVICE: Final = Service(
    key="synology",
    home_integrations=("synology_dsm",),
    category=STORAGE,
    icon="mdi:nas",
    role=Role.STORAGE,
    essential=FenceRole.STORAGE,
    settings=(url_field("https://nas.example.org:5001"), *LOGIN, *TLS_SETTINGS),
    connect=SynologyClient,
    poll=Nas.poll,
    interval=60.0,
    version=lambda nas: nas.installed,
    identity=lambda nas: nas.info.serial,
    sensors=SENSORS,
    resources=RESOURCES,
    checks=CHECKS,
    tools=(_disks, _volumes, _shares, _snapshots),
    actions=(
        POWER.turn_on(
            key="start_package",
            description="Starts the package.",
            risk=Risk.LOW,
            scope="package",
        ),
        POWER.turn_off(
            key="stop_package",
            description="Stops the package. Packages that need it stop too.",
            risk=Risk.HIGH,
            scope="package",
            blast_radius="The package, and those that need it",
            interrupts=True,
        ),
    ),
    controls=(
        Control.switch(
            "power_package", "Power", "running", on="start_package", off="stop_package", scope="package"
        ),
        Control.update("https://www.synology.com/releaseNote/DSM"),
    ),
    understood=Versions("7", "7", name="DSM"),
)
