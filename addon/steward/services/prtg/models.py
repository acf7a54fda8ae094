"""What PRTG answers, typed. Source: its classic HTTP API. Every column has a raw twin."""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import msgspec

from homelab_steward.contract.devices import Aspect, Method
from homelab_steward.contract.incidents import Severity

from ...sdk.alarms import Alarm, Status
from ...sdk.answers import Item, many, one
from ...sdk.format import brief
from ...sdk.monitors.watched import MonitorState, Overview, Watched

MOST: Final = 500
"""Rows of a table that are read; PRTG counts all."""

EPOCH: Final = datetime(1899, 12, 30, tzinfo=UTC)
"""PRTG counts days from it."""

UP, WARNING, ACKNOWLEDGED = 3, 4, 13
STATUSES: Final = {
    2: Status.PENDING,
    **dict.fromkeys((UP, WARNING, 10), Status.UP),
    **dict.fromkeys((5, ACKNOWLEDGED, 14), Status.DOWN),
    **dict.fromkeys((7, 8, 9, 11, 12), Status.PAUSED),
}
"""What the numbers of its statuses mean; 1 and 6 say that nothing is known."""

HIGH_PRIORITY: Final = 4
COLUMNS: Final = {
    "sensors": "objid,sensor,device,parentid,group,status,message,lastvalue,priority,lastup,type,probe,"
    "interval",
    "devices": "objid,host",
}
"""The columns that are read of each table."""

REACH: Final = re.compile(r"\bping\b", re.IGNORECASE)
SERVICE: Final = re.compile(
    r"\b(https?|port|tcp|dns|smtp|imap|pop3|ftp|sftp|ldap|rdp|ssl|certificate|ntp|sql)\b", re.IGNORECASE
)
"""Names of the types of sensors that say whether a device or one of its services answers."""

LOCAL_PROBE: Final = "local probe"


class Device(Item, rename=None):
    """A device and its address."""

    objid: int
    host: str = ""


class Sensor(Item, rename=None):
    """A sensor: one thing that is watched of a device."""

    objid: int
    sensor: str
    status_raw: int
    device: str = ""
    parentid: int | None = None
    group: str = ""
    status: str = ""
    message: str = msgspec.field(name="message_raw", default="")
    lastvalue: str = ""
    priority_raw: int | None = None
    lastup_raw: Any = None
    type: str = ""
    probe: str = ""
    interval_raw: Any = None

    @property
    def aspect(self) -> Aspect:
        """What of the device it watches."""
        named = f"{self.type} {self.sensor}"
        if REACH.search(named):
            return Aspect.REACH
        return Aspect.SERVICE if SERVICE.search(named) else Aspect.CAPACITY

    @property
    def method(self) -> Method:
        """How it watches."""
        if self.aspect is Aspect.REACH:
            return Method.ICMP
        return Method.SNMP if "snmp" in f"{self.type} {self.sensor}".lower() else Method.HTTP

    @property
    def seconds(self) -> float | None:
        """Its interval in seconds, None when PRTG does not say it."""
        is_number = isinstance(self.interval_raw, int | float) and self.interval_raw > 0
        return float(self.interval_raw) if is_number else None

    def watched(self, hosts: Mapping[int, str]) -> Watched[Sensor]:
        """Return it as PRTG sees it now; ``hosts`` are the addresses of devices.

        It is critical from a priority of four stars on.
        """
        status = STATUSES.get(self.status_raw, Status.UNKNOWN)
        host = hosts.get(self.parentid, "") if self.parentid is not None else ""
        labels = {"host": self.device, "instance": host, "sensor": self.sensor, "group": self.group}
        return Watched(
            item=self,
            key=str(self.objid),
            name=f"{self.device} {self.sensor}".strip(),
            status=status,
            labels=labels,
            severity=Severity.CRITICAL if (self.priority_raw or 0) >= HIGH_PRIORITY else Severity.WARNING,
            since=moment(self.lastup_raw) if status is Status.DOWN else None,
            text="" if self.status_raw == UP else brief(self.message or self.status, 200),
            suppressed="acknowledged in PRTG" if self.status_raw == ACKNOWLEDGED else None,
        )


def warning_of(one: Watched[Sensor]) -> Alarm:
    """Return the alarm that a limit for warnings is exceeded; over only when all is well."""
    status = {WARNING: Status.DOWN, UP: Status.UP}.get(one.item.status_raw, Status.UNKNOWN)
    found = replace(one, key=f"{one.key}#warning", status=status, severity=Severity.INFO, suppressed=None)
    return replace(found.alarm("SensorWarning"), summary=f"{one.name}: {one.text or one.item.status}")


def moment(days: object) -> datetime | None:
    """Return a time that is given in days, None when it is none."""
    if isinstance(days, bool) or not isinstance(days, int | float) or not 0 < days < 100_000:  # noqa: PLR2004
        return None
    return (EPOCH + timedelta(days=days)).replace(microsecond=0)


class PrtgState(MonitorState):
    """Everything that one poll reads."""

    sensors = many("sensors", Sensor, below="sensors", total="treesize")
    version = one("sensors", str, below="prtg-version", optional=True)
    devices = many("devices", Device, below="devices", optional=True)

    @property
    def overview(self) -> Overview[Sensor]:
        """The sensors. Raises NotKnown."""
        hosts = {one.objid: one.host for one in self.read_or(PrtgState.devices, ())}
        return Overview(tuple(one.watched(hosts) for one in self.sensors), self.gaps.of("sensors"))
