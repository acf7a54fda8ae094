"""What can be asked: devices of a pool, disks, datasets, snapshots, alerts and jobs."""

from typing import Final

from ...sdk.description import Call, Gaps
from ...sdk.display import Lines, brief, list_tool, size, stated, worst_first
from .client import TrueNasClient
from .models import Alert, Disk, Nas, Pool, Property, Vdev
from .readings import Seen, disk_fails


@list_tool("devices", "Devices", "Disks of a pool with their errors.", scope="pool", capability="storage")
async def _devices(client: TrueNasClient, gaps: Gaps, call: Call) -> list[str]:
    pools = await client.many(Pool, "pool.query", gaps)
    vdevs = [vdev for pool in pools if pool.guid == call.target.id for vdev in pool.vdevs]
    return [_vdev(one) for one in worst_first(vdevs, lambda one: one.status != "ONLINE")]


def _vdev(one: Vdev) -> str:
    errors = one.stats
    counts = (
        f"{errors.read_errors} read, {errors.write_errors} write, {errors.checksum_errors} checksum errors"
        if errors
        else "errors not reported"
    )
    return f"{one.disk or one.type.lower()}: {one.status}, {counts}"


@list_tool("disks", "Disks", "Disks with serial numbers, errors and SMART alerts.")
async def _disks(client: TrueNasClient, gaps: Gaps, _: Call) -> list[str]:
    nas = await Nas.poll(client, gaps)
    return stated([Seen(one, nas) for one in nas.disks], _disk, disk_fails)


def _disk(seen: Seen[Disk]) -> str:
    one = seen.item
    facts = (one.model or "unknown model", one.serial or "no serial number")
    return f"{one.name} ({', '.join(facts)}), {one.pool or 'no pool'}"


@list_tool("datasets", "Datasets", "Datasets by their size, with quota and snapshots.", capability="storage")
async def _datasets(client: TrueNasClient, gaps: Gaps, _: Call) -> list[str]:
    found = (await Nas.poll(client, gaps)).datasets
    return [
        f"{one.id}: {_size(one.used)}, quota {_size(one.quota)}, snapshots {_size(one.usedbysnapshots)}"
        for one in sorted(found, key=lambda one: -((one.used and one.used.rawvalue) or 0))
    ]


def _size(one: Property | None) -> str:
    if one is None or one.rawvalue is None:
        return "not reported"
    return size(one.rawvalue) if one.rawvalue else "none"


@list_tool("snapshots", "Snapshots", "Snapshots of a dataset, newest first.", scope="dataset")
async def _snapshots(client: TrueNasClient, _: Gaps, call: Call) -> Lines:
    names = await client.snapshots(call)
    return Lines(names, len(names))


@list_tool("alerts", "Alerts", "What TrueNAS reports about itself.", capability="health")
async def _alerts(client: TrueNasClient, gaps: Gaps, _: Call) -> list[str]:
    alerts = await client.many(Alert, "alert.list", gaps)
    shown = worst_first([one for one in alerts if not one.dismissed], lambda one: one.level not in MILD)
    return [f"{one.level}: {brief(one.formatted or one.text)}" for one in shown]


@list_tool("jobs", "Jobs", "Recent jobs, failed ones first.", capability="tasks")
async def _jobs(client: TrueNasClient, gaps: Gaps, _: Call) -> list[str]:
    jobs = worst_first(await client.jobs(gaps), lambda one: one.state in ("FAILED", "ABORTED"))
    return [
        f"{f'{one.time_started.at:%Y-%m-%d %H:%M} ' if one.time_started else ''}{one.method}: "
        f"{one.state.lower()}{f' ({brief(one.error, 120)})' if one.error else ''}"
        for one in jobs
    ]


MILD: Final = ("INFO", "NOTICE", "WARNING")
TOOLS: Final = (_devices, _disks, _datasets, _snapshots, _alerts, _jobs)
