"""What LibreNMS answers, typed. Source: its API, version 0. Its times have no zone and are not used."""

from collections.abc import Container, Mapping
from typing import Annotated, Final

import msgspec

from ...quorum.marks import Marks, marks
from ...sdk.alarms import Alarm, Status
from ...sdk.answers import Item, NotKnown, known, many
from ...sdk.monitors.watched import MonitorState, Overview, Watched
from ...sdk.severities import severity_of
from ...texts import Text

CLEAR, ACKNOWLEDGED = 0, 2
STATES: Final = "0,1,2,3,4,5"
"""All states of alerts: also those that are over, which is what proves it."""

Number = Annotated[int, msgspec.Meta(ge=0)]
"""An id: it becomes part of a path."""


class Device(Item, rename=None):
    """A device that is polled by SNMP or ping. ``uptime`` in seconds."""

    device_id: Number
    hostname: str
    status: bool
    disabled: bool
    status_reason: str = ""
    ignore: bool = False
    display: str = ""
    sys_name: str = msgspec.field(name="sysName", default="")
    ip: str | None = ""
    serial: str | None = ""
    hardware: str = ""
    os: str = ""
    version: str = ""
    uptime: float | None = None

    @property
    def title(self) -> str:
        """How LibreNMS shows it; a display name may be a template."""
        is_plain = self.display and "{{" not in self.display
        return self.display if is_plain else (self.sys_name or self.hostname)

    @property
    def labels(self) -> Mapping[str, str]:
        """How alerts name it."""
        return {"host": self.sys_name or self.hostname, "instance": self.hostname}

    @property
    def marks(self) -> Marks:
        """What identifies the device."""
        return marks(
            serial=self.serial or "",
            addresses=[self.hostname, self.ip or ""],
            sys_name=self.sys_name,
            name=self.title,
        )

    @property
    def running(self) -> float:
        """How long it has run, in seconds. Raises NotKnown."""
        if not self.status:
            raise NotKnown(t"It does not answer")
        return known(self.uptime)

    @property
    def firmware(self) -> str:
        """Its version. Raises NotKnown."""
        return known(self.version or None)

    def watched(self, unpolled: Container[str]) -> Watched[Device]:
        """Return it as LibreNMS sees it now; ``unpolled`` are the names of those not polled lately."""
        status, text = Status.UP, ""
        if self.disabled:
            status = Status.PAUSED
        elif not self.status:
            status, text = Status.DOWN, f"no answer by {self.status_reason}".removesuffix(" by ")
        elif self.hostname in unpolled:
            status, text = Status.UNKNOWN, "not polled lately"
        return Watched(
            item=self,
            key=str(self.device_id),
            name=self.title,
            status=status,
            labels=self.labels,
            text=text,
            suppressed="its alerts are ignored in LibreNMS" if self.ignore else None,
        )


def down(one: Watched[Device]) -> str | None:
    """Return that a device does not answer. Raises NotKnown."""
    return None if one.is_up else f"{one.name}: {one.text}"


class Rule(Item, rename=None):
    """An alert rule."""

    id: int
    name: str


class Alert(Item, rename=None):
    """A rule applied to a device: 0 is over, 1 fires, 2 is acknowledged, 3 to 5 fire and have changed."""

    id: Number
    device_id: Number
    rule_id: int
    state: int
    severity: str = ""
    hostname: str = ""

    def alarm(self, rule: str, device: Watched[Device] | None) -> Alarm:
        """Return its alarm."""
        reason = device.suppressed if device else None
        name = device.name if device else self.hostname
        return alarm_of(
            str(self.device_id),
            rule,
            Status.UP if self.state == CLEAR else Status.DOWN,
            severity=self.severity,
            labels=device.labels if device else {"instance": self.hostname},
            summary=f"{rule} on {name}",
            suppressed="acknowledged in LibreNMS" if self.state == ACKNOWLEDGED else reason,
        )


def alarm_of(
    device: str,
    rule: str,
    status: Status,
    *,
    severity: str,
    labels: Mapping[str, str],
    summary: str,
    suppressed: str | None = None,
) -> Alarm:
    """Return the alarm of a rule: poll and webhook know the device's id and the rule's name."""
    return Alarm(
        key=f"{device}#{rule}",
        name=rule,
        status=status,
        labels=dict(labels),
        severity=severity_of(severity),
        summary=summary,
        suppressed=suppressed,
    )


class Polled(Item, rename=None):
    """A device that was not polled lately."""

    hostname: str


class System(Item, rename=None):
    """The program."""

    local_ver: str | None = None


class Event(Item, rename=None):
    """A line of the event log."""

    datetime: str
    message: str
    type: str = ""


class LibrenmsState(MonitorState):
    """Everything that one poll reads."""

    devices = many("devices", Device, below="devices", total="count")
    alerts = many("alerts", Alert, below="alerts", total="count", state=STATES)
    rules = many("rules", Rule, below="rules", total="count", optional=True)
    unpolled = many("pollers/log", Polled, below="log", total="count", optional=True, unpolled=1)
    system = many("system", System, below="system", optional=True)

    @property
    def overview(self) -> Overview[Device]:
        """All devices. Raises NotKnown."""
        unpolled = {one.hostname for one in self.read_or(LibrenmsState.unpolled, ())}
        missing = self.gaps.of("devices") or self.gaps.of("unpolled")
        return Overview(tuple(one.watched(unpolled) for one in self.devices), missing)

    @property
    def blindness(self) -> Text | None:
        """That no device that should answer was polled lately. Raises NotKnown."""
        named = {one.hostname for one in self.unpolled}
        found = [one for one in self.devices if one.status and not one.disabled]
        is_blind = found and all(one.hostname in named for one in found)
        return t"LibreNMS has not polled any of {len(found)} devices lately" if is_blind else None

    @property
    def open(self) -> tuple[Alert, ...]:
        """The alerts that are not over, the worst first."""
        found = [one for one in self.alerts if one.state != CLEAR]
        return tuple(sorted(found, key=lambda one: (one.state == ACKNOWLEDGED, one.severity != "critical")))

    def rule(self, number: int) -> str:
        """Return the name of a rule."""
        names = {one.id: one.name for one in self.read_or(LibrenmsState.rules, ())}
        return names.get(number, f"rule {number}")

    def title(self, alert: Alert) -> str:
        """Return how an alert is called."""
        found = self.overview.by_key().get(str(alert.device_id))
        return f"{self.rule(alert.rule_id)} on {found.name if found else alert.hostname}"

    def alarms(self) -> list[Alarm]:
        """Return the alarms of all rules. Raises NotKnown."""
        devices = self.overview.by_key()
        return [one.alarm(self.rule(one.rule_id), devices.get(str(one.device_id))) for one in self.alerts]
