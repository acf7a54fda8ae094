"""What a NAS says: HOST-RESOURCES-MIB, and the disks of Western Digital, Synology and QNAP."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from ...sdk.answers import Item, NotKnown, State, known, many, one
from ...sdk.display import Text, share
from .._snmp.tables import MIB2, SYSTEM, Table, table

HOST: Final = f"{MIB2}.25"
FIXED_DISK: Final = f"{HOST}.2.1.4"
MEMORY: Final = f"{HOST}.2.1.2"
FULL: Final = 90.0
HOT: Final = 60.0
"""Percent of a volume, and °C of a disk, from which on it is a problem."""

VIRTUAL: Final = ("/dev", "/run", "/sys", "/proc", "/etc", "/var/run")
SYNOLOGY: Final = "1.3.6.1.4.1.6574"
WESTERN_DIGITAL: Final = {str(model): f"1.3.6.1.4.1.5127.1.1.1.{model}.1" for model in (2, 6, 8, 9, 10)}
"""My Cloud EX2, EX4100, EX2 Ultra, PR2100 and PR4100: the same objects below another number."""

SYNOLOGY_DISK: Final = {
    1: "normal",
    2: "initialized",
    3: "not initialized",
    4: "system partition failed",
    5: "crashed",
}
SYNOLOGY_RAID: Final = {1: "normal", 11: "degraded", 12: "crashed"}
QNAP_DISK: Final = {0: "ready", -4: "unknown", -5: "no disk", -6: "invalid", -9: "read or write error"}
BROKEN: Final = ("system partition failed", "crashed", "degraded", "invalid", "read or write error")
FIELDS: Final = ("id", "model", "status", "temperature")
_DEGREES: Final = re.compile(r"-?\d+")


def _western_digital(**columns: str) -> Table:
    """Return columns of all models side by side: a device has those of one."""
    return Table(
        {
            f"{name}{model}": f"{base}.{place}"
            for model, base in WESTERN_DIGITAL.items()
            for name, place in columns.items()
        }
    )


TABLES: Final = {
    "system": SYSTEM,
    "storage": table(
        f"{HOST}.2.3.1",
        hrStorageType=2,
        hrStorageDescr=3,
        hrStorageAllocationUnits=4,
        hrStorageSize=5,
        hrStorageUsed=6,
    ),
    "processors": table(f"{HOST}.3.3.1", hrProcessorLoad=2),
    "synology_disks": table(f"{SYNOLOGY}.2.1.1", diskID=2, diskModel=3, diskStatus=5, diskTemperature=6),
    "synology_raids": table(f"{SYNOLOGY}.3.1.1", raidName=2, raidStatus=3),
    "qnap_disks": table("1.3.6.1.4.1.24681.1.2.11.1", HdDescr=2, HdTemperature=3, HdStatus=4, HdModel=5),
    "wd_disks": _western_digital(model="10.1.3", serial="10.1.4", temperature="10.1.5"),
    "wd_raids": _western_digital(name="9.1.2", level="9.1.4"),
}


class System(Item):
    """The system group. ``sys_up_time`` in hundredths of a second."""

    sys_descr: str
    sys_up_time: int | None = None


class Storage(Item):
    """A file system or the memory, in units of some bytes."""

    index: str
    hr_storage_type: str
    hr_storage_descr: str
    hr_storage_allocation_units: int | None = None
    hr_storage_size: int | None = None
    hr_storage_used: int | None = None

    @property
    def size(self) -> int:
        """Bytes in all. Raises NotKnown. A size beyond 2 TiB of 1-byte units may be negative."""
        size = known(self.hr_storage_size)
        return (size if size >= 0 else size + 2**32) * known(self.hr_storage_allocation_units)

    @property
    def used(self) -> int:
        """Bytes in use. Raises NotKnown."""
        used = known(self.hr_storage_used)
        return (used if used >= 0 else used + 2**32) * known(self.hr_storage_allocation_units)

    def full(self) -> Text | None:
        """Return that it is nearly full. Raises NotKnown."""
        used = share(self.used, self.size)
        return t"{used:g} % of {self.hr_storage_descr} are used" if used > FULL else None


class Processor(Item):
    """The load of one processor in percent."""

    hr_processor_load: float


class Raid(Item):
    """A volume or storage pool of Synology's MIB, or a volume of Western Digital with its ``level``."""

    raid_name: str
    raid_status: int | None = None
    level: str | None = None

    @property
    def status(self) -> str:
        """What it is, in words. Raises NotKnown; other numbers are work on it."""
        if self.level is not None:
            raise NotKnown(t"Western Digital reports no state of a RAID by SNMP: see its dashboard")
        return SYNOLOGY_RAID.get(known(self.raid_status), "under work")

    def degraded(self) -> Text | None:
        """Return that it lost its redundancy or its data. Raises NotKnown."""
        return t"{self.raid_name} is {self.status}" if self.status in BROKEN else None


@dataclass(frozen=True, slots=True)
class Disk:
    """A disk of any vendor. ``status`` is None where the vendor reports none."""

    id: str
    model: str
    status: str | None
    celsius: float | None

    def __str__(self) -> str:
        degrees = "" if self.celsius is None else f", {self.celsius:g} °C"
        return f"{self.id} ({self.model}): {self.status or 'status not reported'}{degrees}"

    def failed(self) -> str | None:
        """Return that it failed. Raises NotKnown where its vendor does not say so."""
        status = known(self.status)
        return f"{self.id} ({self.model}): {status}" if status in BROKEN else None

    def hot(self) -> Text | None:
        """Return that it is too warm. Raises NotKnown."""
        return t"{self.id} has {self.celsius:g} °C" if known(self.celsius) >= HOT else None


class Row(Item, rename=None):
    """A disk as a row of any vendor, after :func:`rows`."""

    id: str
    model: str = ""
    status: int | None = None
    temperature: float | None = None


class NasState(State):
    """Everything that one poll reads."""

    system = one("system", System)
    storage = many("storage", Storage)
    processors = many("processors", Processor, optional=True)
    synology = many("synology_disks", Row, optional=True)
    qnap = many("qnap_disks", Row, optional=True)
    wd = many("wd_disks", Row, optional=True)
    synology_raids = many("synology_raids", Raid, optional=True)
    wd_raids = many("wd_raids", Raid, optional=True)

    def volumes(self) -> Iterator[Storage]:
        """Return the file systems that hold data."""
        for each in self.storage:
            path = each.hr_storage_descr
            if each.hr_storage_type == FIXED_DISK and path.startswith("/") and not path.startswith(VIRTUAL):
                yield each

    def raids(self) -> tuple[Raid, ...]:
        """Return the arrays of the vendor's own MIB. Raises NotKnown."""
        return (*self.synology_raids, *self.wd_raids)

    def memory(self) -> Storage:
        """Return the physical memory. Raises NotKnown when it is not listed."""
        found = next((each for each in self.storage if each.hr_storage_type == MEMORY), None)
        if found is None:
            raise NotKnown(t"The memory is not listed")
        return found

    def cpu(self) -> float:
        """Return the mean load of the processors in percent. Raises NotKnown."""
        if not self.processors:
            raise NotKnown(t"The processors are not listed")
        return sum(each.hr_processor_load for each in self.processors) / len(self.processors)

    def disks(self) -> Iterator[Disk]:
        """Return the disks of the vendor's own MIB. Raises NotKnown."""
        for found, words in ((self.synology, SYNOLOGY_DISK), (self.qnap, QNAP_DISK), (self.wd, {})):
            for each in found:
                status = None if each.status is None else words.get(each.status, f"status {each.status}")
                if status != "no disk":
                    yield Disk(each.id, each.model, status, each.temperature)


def disk_rows(path: str, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the rows of a vendor's table with the names of Row."""
    names = {
        "synology_disks": ("diskID", "diskModel", "diskStatus", "diskTemperature"),
        "qnap_disks": ("HdDescr", "HdModel", "HdStatus", "HdTemperature"),
    }
    if path == "wd_disks":
        return [_wd(row) for row in rows]
    if path == "wd_raids":
        return [{"raidName": row.get("name"), "level": row.get("level")} for row in map(_plain_names, rows)]
    fields = names[path]
    return [dict(zip(FIELDS, (_plain(row.get(key)) for key in fields), strict=True)) for row in rows]


def _wd(row: dict[str, Any]) -> dict[str, Any]:
    """Return a row of Western Digital, whose names end with the number of the model."""
    found = _plain_names(row)
    degrees = _plain(found.get("temperature"))
    return {"id": found.get("serial"), "model": found.get("model"), "temperature": degrees}


def _plain_names(row: dict[str, Any]) -> dict[str, Any]:
    """Return a row of Western Digital without the number of the model in its names."""
    return {re.sub(r"\d+$", "", key): value for key, value in row.items() if key != "index"}


def _plain(value: object) -> object:
    """Return the degrees of a text such as "35 C/95 F" or "Centigrade:35 Fahrenheit:95"."""
    if not isinstance(value, str) or ("C" not in value or "F" not in value):
        return value
    found = _DEGREES.search(value)
    return found[0] if found else None
