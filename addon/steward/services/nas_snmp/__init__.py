"""NAS with SNMP, such as Western Digital, Synology and QNAP: volumes, disks and temperatures."""

from typing import Any, Final

from ...sdk.answers import known, worded
from ...sdk.client import Parameter
from ...sdk.description import STORAGE, Access, Call, Gaps, ResourceKind, Role, Service, Versions
from ...sdk.display import critical, list_tool, usage, warning, worst_first
from ...sdk.sensors import celsius, diagnostic, gibibytes, load, percentage, share
from .._snmp.client import SETTINGS, SnmpClient
from .models import TABLES, Disk, NasState, Raid, Storage, disk_rows


class NasClient(SnmpClient):
    """One NAS."""

    def __init__(self, access: Access) -> None:
        super().__init__(access, TABLES)

    async def get(self, path: str, /, **query: Parameter | None) -> object:
        """Return the rows of a table; those of disks with the same names for every vendor."""
        rows: Any = await super().get(path, **query)
        return disk_rows(path, rows) if path.endswith("_disks") or path == "wd_raids" else rows


_VOLUME: Final = ResourceKind[NasState, Storage](
    key="volume",
    items=NasState.volumes,
    id=lambda one: one.hr_storage_descr,
    labels=lambda one: {"mountpoint": one.hr_storage_descr},
    role=Role.STORAGE,
    icon="mdi:harddisk",
    sensors=(
        percentage("disk_share", "Space used", lambda one: share(one.used, one.size), "mdi:chart-donut"),
        gibibytes("disk_used", "Used", lambda one: one.used, enabled=False),
        gibibytes("disk_size", "Size", lambda one: one.size, enabled=False),
    ),
)
_POOL: Final = ResourceKind[NasState, Raid](
    key="pool",
    items=NasState.raids,
    id=lambda one: one.raid_name,
    role=Role.STORAGE,
    icon="mdi:database",
    sensors=(
        diagnostic("status", "Status", lambda one: one.status),
        diagnostic("level", "RAID level", lambda one: one.level, enabled=False),
    ),
)
_DISK: Final = ResourceKind[NasState, Disk](
    key="disk",
    items=NasState.disks,
    id=lambda one: one.id,
    icon="mdi:harddisk",
    sensors=(
        celsius("temperature", "Temperature", lambda one: one.celsius),
        diagnostic("status", "Status", lambda one: one.status),
        diagnostic("model", "Model", lambda one: one.model or None, enabled=False),
    ),
)


def _uptime(state: NasState) -> float:
    return known(state.system.sys_up_time) / 100


@list_tool("volumes", "Volumes", "The fullest and degraded first.", capability="storage")
async def _storage(client: NasClient, gaps: Gaps, _: Call) -> list[str]:
    state = await NasState.poll(client, gaps)
    volumes = worst_first(state.volumes(), lambda one: one.full() is not None)
    arrays = worst_first(state.raids(), lambda one: one.degraded() is not None)
    return [
        *(f"{one.raid_name}: {worded(lambda one=one: one.status)}" for one in arrays),  # type: ignore[misc]
        *(f"{one.hr_storage_descr}: {worded(lambda one=one: usage(one.used, one.size))}" for one in volumes),  # type: ignore[misc]
    ]


@list_tool("disks", "Disks", "Status and temperature, the worst first.", capability="status")
async def _disks(client: NasClient, gaps: Gaps, _: Call) -> list[str]:
    found = (await NasState.poll(client, gaps)).disks()
    bad_first = worst_first(found, lambda one: one.failed() is not None)
    return [str(one) for one in bad_first]


SERVICE: Final = Service(
    key="nas_snmp",
    name="SNMP NAS",
    category=STORAGE,
    manufacturer=None,
    icon="mdi:nas",
    role=Role.HOST,
    interval=60.0,
    settings=SETTINGS,
    connect=NasClient,
    poll=NasState.poll,
    version=lambda state: state.system.sys_descr[:60],
    sensors=(
        *load(
            used=lambda state: state.memory().used,
            limit=lambda state: state.memory().size,
            cpu=NasState.cpu,
            uptime=_uptime,
        ),
        diagnostic("version", "Version", lambda state: state.system.sys_descr),
    ),
    resources=(_VOLUME, _POOL, _DISK),
    checks=(
        warning("storage_nearly_full", "Volume nearly full", Storage.full, scope="volume"),
        critical("volume_degraded", "Volume degraded", Raid.degraded, scope="pool"),
        critical("disk_failing", "Disk failing", Disk.failed, scope="disk"),
        warning("disk_hot", "Disk too warm", Disk.hot, scope="disk"),
    ),
    tools=(_storage, _disks),
    tested="Net-SNMP 5.9, and recorded answers",
    understood=Versions(
        note="HOST-RESOURCES-MIB, WD My Cloud EX2 to PR4100 (no state of disks), Synology DSM, QNAP QTS"
    ),
)
