"""What OPNsense answers. Source: the tables of its API reference, and its controllers."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import msgspec

from ...errors import ServiceMalformed
from ...sdk.address_pool import AddressPool
from ...sdk.answers import Item, NotKnown, State, known, many, one, unix_time
from ...sdk.display import Text, brief

ACTIVITY: Final = "diagnostics/activity/get_activity"
KEA_LEASES: Final = "kea/leases/search"
OLD_KEA_LEASES: Final = "kea/leases4/search"
"""The same in older versions."""

FULL: Final = 90.0
"""Percent of a pool that is leased and is a problem."""

SOON: Final = timedelta(days=14)
UPTIME: Final = re.compile(r"(?:(\d+) \D+, )?(\d+):(\d+):(\d+)")
IDLE: Final = re.compile(r"^CPU:.*\s(\d+(?:\.\d+)?)% idle")
UNMONITORED: Final = "~"
DOWN: Final = ("down", "force_down")
UPDATES: Final = ("update", "upgrade", "ok")
PACKAGES: Final = "+ packages"


class Gateway(Item, rename=None):
    """A gateway as its monitor sees it. ``loss`` and ``delay`` are ~ when it is not monitored."""

    name: str
    address: str = ""
    status: str | None = None
    loss: str | None = None
    delay: str | None = None

    @property
    def is_up(self) -> bool:
        """Whether it answers. Raises NotKnown when nobody asks it."""
        if known(self.status) not in DOWN and known(self.loss) == UNMONITORED:
            raise NotKnown(t"OPNsense does not monitor it")
        return self.status not in DOWN

    def number(self, text: str | None) -> float:
        """Return a measured value without its unit. Raises NotKnown."""
        value, _, _ = known(text).partition(" ")
        if value in ("", UNMONITORED):
            raise NotKnown(t"OPNsense does not monitor it")
        try:
            return float(value)
        except ValueError as err:
            raise NotKnown(t"{brief(value, 40)} is no number") from err

    def problem(self) -> Text | None:
        """Return that it does not answer, or that packets are lost or late. Raises NotKnown."""
        measured = f"packet loss {self.loss or 'not known'}, delay {self.delay or 'not known'}"
        if not self.is_up:
            return t"It does not answer: {measured}"
        is_fine = "loss" not in known(self.status) and "delay" not in known(self.status)
        return None if is_fine else t"It answers badly: {measured}"


class Daemon(Item, rename=None):
    """A service of the firewall: it is listed while it is configured to run."""

    id: str
    name: str
    description: str = ""
    running: bool | None = None

    @property
    def title(self) -> str:
        """Its description, with the instance if there are several."""
        instance = self.id.partition("/")[2]
        return f"{self.description or self.name} {instance}".strip()

    def stopped(self) -> Text | None:
        """Return that it does not run."""
        return None if known(self.running) else t"It is configured to run, and it does not"


class Clock(Item, rename=None):
    """How long it has run, such as "12 days, 03:14:15"."""

    uptime: str

    @property
    def seconds(self) -> float:
        """Seconds since the start. Raises ServiceMalformed."""
        found = UPTIME.fullmatch(self.uptime)
        if found is None:
            raise ServiceMalformed(t"{brief(self.uptime, 40)} is no uptime")
        days, hours, minutes, seconds = (int(part or 0) for part in found.groups())
        return ((days * 24 + hours) * 60 + minutes) * 60.0 + seconds


class Memory(Item, rename=None):
    """Bytes of memory."""

    total: int
    used: int


class Product(Item, rename=None):
    """The version that runs, and the newest one."""

    product_version: str
    product_latest: str | None = None


class Firmware(Item, rename=None):
    """The result of the last check for updates."""

    product: Product
    status: str
    status_msg: str = ""
    last_check: str = ""

    @property
    def is_waiting(self) -> bool:
        """Whether an update waits. Raises NotKnown when the last check says nothing of it."""
        if self.status not in (*UPDATES, "none"):
            raise NotKnown(t"The result of the last check is {brief(self.status, 40)}")
        return self.status in UPDATES

    @property
    def newest(self) -> str | None:
        """The newest version, with a mark if only packages are newer. Raises NotKnown as ``is_waiting``."""
        current, latest = self.product.product_version, self.product.product_latest
        if not self.is_waiting:
            return current
        # Without the mark the two versions are equal, which means that there is no update.
        return f"{current} {PACKAGES}" if latest == current else latest

    def problem(self) -> Text | None:
        """Return why the last check or update failed, or that an update waits. Raises NotKnown."""
        if self.status == "error":
            return t"The last check or update failed: {brief(self.status_msg or 'no reason given')}"
        return brief(self.status_msg or "An update is available") if self.is_waiting else None


class Certificate(Item, rename=None):
    """A certificate. ``valid_to`` in Unix seconds."""

    uuid: str
    descr: str
    valid_to: float
    in_use: bool | None = None

    @property
    def ends(self) -> datetime:
        """When it ends."""
        return unix_time(self.valid_to, f"certificate {brief(self.descr)}: valid_to")


class Subnet(Item, rename=None):
    """A subnet of Kea. ``pools`` are ranges or networks, one a line."""

    uuid: str
    subnet: str
    pools: str


class DnsmasqRange(Item, rename=None):
    """A range of Dnsmasq. One of IPv6 or without an end has no size here."""

    uuid: str
    start_addr: str
    end_addr: str = ""

    @property
    def subnet(self) -> Subnet:
        """The same in the form of Kea."""
        text = f"{self.start_addr}-{self.end_addr}"
        return Subnet(uuid=self.uuid, subnet=text, pools=text)


class Lease(Item, rename=None):
    """A lease: only its address is read."""

    address: str


class Activity(Item, rename=None):
    """The head of the list of processes, with a line such as "CPU: 3.5% user, …, 95.3% idle"."""

    headers: tuple[str, ...] | None = None

    @property
    def cpu(self) -> float:
        """The use of the processors in percent. Raises NotKnown."""
        found = next(filter(None, map(IDLE.search, known(self.headers))), None)
        if found is None:
            raise NotKnown(t"The use of the processors is not reported")
        return round(100 - float(found[1]), 1)


@dataclass(frozen=True, slots=True)
class Pool:
    """A subnet with how many of its addresses are leased."""

    subnet: Subnet
    leases: frozenset[str]

    @property
    def share(self) -> float:
        """Percent. Raises ServiceMalformed."""
        pool = AddressPool.of(self.subnet.pools)
        return pool.share(pool.used(self.leases))

    def full(self) -> Text | None:
        """Return that nearly all addresses are leased."""
        return t"{self.share:g} % of its addresses are leased" if self.share >= FULL else None


class OpnsenseState(State):
    """Everything that one poll reads."""

    gateways = many("routes/gateway/status", Gateway, below="items")
    services = many("core/service/search", Daemon, below="rows", total="total", optional=True)
    clock = one("diagnostics/system/system_time", Clock, optional=True)
    memory = one("diagnostics/system/system_resources", Memory, below="memory", optional=True)
    firmware = one("core/firmware/status", Firmware, optional=True)
    certificates = many("trust/cert/search", Certificate, below="rows", total="total", optional=True)
    subnets = many("kea/dhcpv4/search_subnet", Subnet, below="rows", total="total", optional=True)
    kea_leases = many(KEA_LEASES, Lease, below="rows", total="total", optional=True)
    ranges = many("dnsmasq/settings/search_range", DnsmasqRange, below="rows", total="total", optional=True)
    dnsmasq_leases = many("dnsmasq/leases/search", Lease, below="rows", total="total", optional=True)
    # ISC has no API for its ranges, so it has leases and no pools here.
    isc_leases = many(
        "dhcpv4/leases/searchLease", Lease, below="rows", total="total", optional=True, may_be_absent=True
    )
    activity = one(ACTIVITY, Activity, optional=True)

    def leased(self) -> int:
        """Return how many addresses are leased by all DHCP servers. Raises NotKnown."""
        found = (*self.kea_leases, *self.dnsmasq_leases, *self.isc_leases)
        return len({lease.address for lease in found})

    def pools(self) -> Iterator[Pool]:
        """Yield the pools of both DHCP servers. Raises NotKnown."""
        kea = frozenset(lease.address for lease in self.kea_leases)
        yield from (Pool(subnet, kea) for subnet in self.subnets)
        dnsmasq = frozenset(lease.address for lease in self.dnsmasq_leases)
        yield from (Pool(found.subnet, dnsmasq) for found in self.ranges if "." in found.end_addr)

    def used_certificates(self) -> list[tuple[timedelta, Certificate]]:
        """Return the certificates in use and the time that is left, the shortest first."""
        used = [(found.ends - self.now, found) for found in self.certificates if known(found.in_use)]
        return sorted(used, key=lambda row: row[0])

    def certificate_expiring(self) -> Text | None:
        """Return the certificates in use that have ended or were not renewed in time. Raises NotKnown."""
        found = [
            f"{brief(one.descr, 60)} ({one.ends:%Y-%m-%d})"
            for left, one in self.used_certificates()
            if left <= SOON
        ]
        return t"Not renewed in time: {brief(', '.join(found), 200)}" if found else None

    def wan_down(self) -> Text | None:
        """Return that no gateway answers. Raises NotKnown when an unmonitored one may."""
        unknown = None
        for gateway in self.gateways:
            try:
                if gateway.is_up:
                    return None
            except NotKnown as err:
                unknown = err
        if unknown or not self.gateways:
            raise unknown or NotKnown("There is no gateway")
        return t"None of {len(self.gateways)} gateways answers"


class Process(Item, rename=None):
    """One thread of a process."""

    pid: str = msgspec.field(name="PID")
    command: str = msgspec.field(name="COMMAND")
