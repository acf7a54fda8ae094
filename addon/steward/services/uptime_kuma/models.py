"""What Uptime Kuma says about its monitors, typed. Its URLs and secrets are not kept beyond the host."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import IntEnum, StrEnum
from typing import Final
from urllib.parse import urlsplit

import msgspec

from homelab_steward.contract.devices import Aspect, Method, Word
from homelab_steward.contract.incidents import AlertStatus, Severity

from ...quorum.marks import Marks, marks, port
from ...sdk.answers import Item, NotKnown, known
from ...sdk.description import IncomingAlert
from ...sdk.display import brief, translate
from ...sdk.severities import severity_of

LATE: Final = 60.0
"""Seconds that a beat may be late, besides one interval."""

ALERT: Final = "MonitorDown"


class Result(IntEnum):
    """The result of one beat."""

    DOWN = 0
    UP = 1
    PENDING = 2
    MAINTENANCE = 3


class Status(StrEnum):
    """What a monitor is now."""

    DOWN = "down"
    UP = "up"
    PENDING = "pending"
    MAINTENANCE = "maintenance"
    PAUSED = "paused"


_UNDECIDED: Final = {
    Status.PENDING: "Uptime Kuma tries again before it decides",
    Status.MAINTENANCE: "In maintenance in Uptime Kuma",
    Status.PAUSED: "Paused in Uptime Kuma",
}


_WORDS: Final = {
    Status.UP: Word.UP,
    Status.DOWN: Word.DOWN,
    Status.PAUSED: Word.PAUSED,
    Status.MAINTENANCE: Word.PAUSED,
}


class Beat(Item):
    """One check of a monitor. ``ping`` in milliseconds."""

    status: Result
    time: datetime
    msg: str | None = None
    ping: float | None = None

    @property
    def at(self) -> datetime:
        """When it was: Uptime Kuma writes UTC without a zone."""
        return self.time if self.time.tzinfo else self.time.replace(tzinfo=UTC)


class Numbered(Item):
    """The monitor that a beat names."""

    monitor: int = msgspec.field(name="monitorID")


class Tag(Item):
    """A tag as a monitor has it."""

    name: str
    value: str = ""


class Monitor(Item):
    """One monitor. ``active`` is False too when its group is paused. ``interval`` in seconds."""

    id: int
    name: str
    active: bool
    maintenance: bool
    interval: float
    type: str = ""
    force_inactive: bool = False
    parent: int | None = None
    tags: tuple[Tag, ...] = ()
    hostname: str = ""
    port: int | None = None
    url: str = ""
    container: str = msgspec.field(default="", name="docker_container")

    @property
    def address(self) -> str:
        """The host that it checks, with the port if one is given, and nothing else of its URL."""
        if self.hostname:
            return f"{self.hostname}:{self.port}" if self.port else self.hostname
        try:
            return urlsplit(self.url).netloc.rpartition("@")[2]
        except ValueError:
            return ""

    @property
    def is_about_a_device(self) -> bool:
        """Whether it checks something that has an address."""
        return bool(self.address)

    @property
    def marks(self) -> Marks:
        """What identifies the device that it checks."""
        return marks(addresses=[self.address], name=self.name if self.type == "ping" else "")

    @property
    def part(self) -> str:
        """The port that it checks, "" for the device itself."""
        return "" if self.aspect is Aspect.REACH else str(self.port or port(self.url) or "")

    @property
    def aspect(self) -> Aspect:
        """What of the device it checks."""
        return Aspect.REACH if self.type == "ping" else Aspect.SERVICE

    @property
    def method(self) -> Method:
        """How it checks."""
        return {"ping": Method.ICMP, "snmp": Method.SNMP, "push": Method.AGENT}.get(self.type, Method.HTTP)

    @property
    def labels(self) -> Mapping[str, str]:
        """How its alert names what it checks."""
        tags = {tag.name.strip().lower(): tag.value for tag in self.tags}
        found = tags | {"name": self.name, "instance": self.address, "container": self.container}
        return {key: value for key, value in found.items() if value}

    @property
    def severity(self) -> Severity:
        """What its tag ``severity`` says, else a warning."""
        return severity_of(self.labels.get("severity", ""))


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """A monitor and its beats, oldest first; ``age`` is how old the newest was when read (seconds).

    Without ``is_whole`` earlier beats have not come yet. ``odd`` is why a newer beat was not understood.
    """

    monitor: Monitor
    beats: tuple[Beat, ...] = ()
    age: float = 0.0
    is_whole: bool = True
    odd: str | None = None
    certificate_days: int | None = None

    @property
    def last(self) -> Beat:
        """The newest beat. Raises NotKnown when there is none, or when it is too old or not understood."""
        if self.odd:
            raise NotKnown(self.odd)
        if not self.beats:
            raise NotKnown("Not checked yet" if self.is_whole else "Uptime Kuma has not sent its beats yet")
        if self.age > 2 * self.monitor.interval + LATE:
            raise NotKnown(t"Not checked since {self.beats[-1].at:%Y-%m-%d %H:%M} UTC")
        return self.beats[-1]

    @property
    def status(self) -> Status:
        """What it is now. Raises NotKnown."""
        if not self.monitor.active:
            return Status.PAUSED
        return Status.MAINTENANCE if self.monitor.maintenance else Status[self.last.status.name]

    @property
    def word(self) -> Word | None:
        """What it says about a device, None when it checks none. Raises NotKnown."""
        if not self.monitor.is_about_a_device:
            return None
        return _WORDS.get(self.status, Word.UNKNOWN)

    @property
    def is_up(self) -> bool:
        """Whether what it checks is up. Raises NotKnown while Uptime Kuma does not say so."""
        if (reason := _UNDECIDED.get(self.status)) is not None:
            raise NotKnown(reason)
        return self.status is Status.UP

    @property
    def response_time(self) -> float:
        """Milliseconds of the newest check. Raises NotKnown."""
        if not self.is_up:
            raise NotKnown(t"It is down")
        return known(self.last.ping)

    @property
    def certificate(self) -> int:
        """Days until the certificate expires. Raises NotKnown."""
        return known(self.certificate_days)

    @property
    def down_since(self) -> datetime | None:
        """When it went down; None when its last decided beat was up, or when it was never checked.

        It stays down while it is paused, pending or in maintenance. Raises NotKnown.
        """
        since = None
        is_decided = False
        for beat in reversed(self.beats):
            if beat.status is Result.UP:
                is_decided = not self.odd
                break
            if beat.status is Result.DOWN:
                since = beat.at
        if since is None and not is_decided and (self.beats or self.odd or not self.is_whole):
            raise NotKnown(t"Whether {self.monitor.name} was up or down is not known")
        return since

    @property
    def suppressed(self) -> str | None:
        """Why Uptime Kuma notifies nobody of it now."""
        if not self.monitor.active:
            return translate(t"paused in Uptime Kuma")
        is_maintained = self.monitor.maintenance or self.beats[-1].status is Result.MAINTENANCE
        return translate(t"in maintenance in Uptime Kuma") if is_maintained else None

    def alert(self, since: datetime, ended: datetime | None = None) -> IncomingAlert:
        """Return its alert: firing since then, or resolved at ``ended``."""
        reason = next((one.msg for one in reversed(self.beats) if one.status is Result.DOWN), None)
        text = "up again" if ended else f"down: {reason or 'no reason given'}"
        return IncomingAlert(
            name=ALERT,
            status=AlertStatus.RESOLVED if ended else AlertStatus.FIRING,
            severity=self.monitor.severity,
            starts_at=since,
            ends_at=ended,
            labels=self.monitor.labels,
            summary=brief(f"{self.monitor.name} is {text}"),
            fingerprint=f"monitor-{self.monitor.id}",
            suppressed=None if ended else self.suppressed,
        )


class _Expiry(Item):
    days_remaining: int


class Certificate(Item):
    """What Uptime Kuma says about a monitor's certificate."""

    info: _Expiry = msgspec.field(name="certInfo")


@dataclass(frozen=True, slots=True, kw_only=True)
class KumaState:
    """What one poll reads. ``missing`` is why a monitor that is not listed as down may be down.

    ``latest`` is the newest version, None while Uptime Kuma has not looked it up.
    """

    monitors: tuple[Watched, ...]
    version: str | None
    latest: str | None
    missing: str | None = None

    def count(self, status: Status) -> int:
        """Return how many monitors have it. Raises NotKnown for 0 while some are not known."""
        found, unknown = 0, self.missing
        for one in self.monitors:
            try:
                found += one.status is status
            except NotKnown as err:
                unknown = unknown or f"{one.monitor.name}: {err}"
        if unknown and not found:
            raise NotKnown(unknown)
        return found
