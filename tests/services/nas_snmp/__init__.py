"""A NAS in the lab: two volumes, two arrays and two disks with Synology's MIB."""

from lab.fixtures import ServiceFixture
from lab.lab import Lab
from lab.replay import Answer
from lab.wire import JsonObject
from services._snmp import Agent
from steward.services.nas_snmp.models import FIXED_DISK, MEMORY, TABLES


def storage(index: int, path: str, used: int, *, kind: str = FIXED_DISK) -> JsonObject:
    """Return a row of the storage, of a million units."""
    return {
        "index": str(index),
        "hrStorageType": kind,
        "hrStorageDescr": path,
        "hrStorageAllocationUnits": 4096,
        "hrStorageSize": 1_000_000,
        "hrStorageUsed": used,
    }


def disk(number: int, *, status: int = 1, celsius: int = 34) -> JsonObject:
    """Return a disk."""
    return {
        "index": str(number - 1),
        "diskID": f"Disk {number}",
        "diskModel": "HERON-4T",
        "diskStatus": status,
        "diskTemperature": celsius,
    }


def raid(number: int, status: int = 1) -> JsonObject:
    """Return a volume of the arrays."""
    return {"index": str(number - 1), "raidName": f"Volume {number}", "raidStatus": status}


def _simulator(lab: Lab) -> Agent:
    answers: dict[str, Answer] = {
        "GET /system": {"sysDescr": "Linux heron-nas 4.4.302+ #72806 SMP", "sysUpTime": 8_640_000},
        "GET /storage": [
            storage(1, "Physical memory", 400_000, kind=MEMORY),
            storage(41, "/volume1", 500_000),
            storage(42, "/volume2", 100_000),
            storage(43, "/run", 0),
        ],
        "GET /processors": [{"index": "1", "hrProcessorLoad": 10}, {"index": "2", "hrProcessorLoad": 30}],
        "GET /synology_disks": [disk(1), disk(2)],
        "GET /synology_raids": [raid(1), raid(2)],
        "GET /qnap_disks": [],
        "GET /wd_disks": [],
        "GET /wd_raids": [],
    }
    return Agent("nas_snmp", lab.world, lab.faults, answers, TABLES)


FIXTURE = ServiceFixture(
    simulator=_simulator,
    settings=lambda served: served.settings(),
    unknown={"pool.level": "Synology's MIB does not have it"},
    optional={"GET /processors hrProcessorLoad": "A processor without a load is not listed"},
    unhealthy={
        "GET /storage": [
            storage(1, "Physical memory", 400_000, kind=MEMORY),
            storage(41, "/volume1", 970_000),
            storage(42, "/volume2", 100_000),
        ],
        "GET /synology_disks": [disk(1, status=5), disk(2, celsius=64)],
        "GET /synology_raids": [raid(1, 11), raid(2)],
    },
)
