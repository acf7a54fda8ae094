"""AdGuard Home: the DNS server, filtering, its lists, and the DHCP server. Source: its openapi.yaml."""

from datetime import datetime, timedelta
from typing import Final

import msgspec

from ...sdk.address_pool import AddressPool
from ...sdk.answers import Item, Time, known, many, one
from ...sdk.client import Basic
from ...sdk.description import NETWORK, Access, Service, Versions
from ...sdk.display import Text, duration
from ...sdk.fields import TLS_SETTINGS, secret_field, text_field, url_field
from ...sdk.kits import Paused
from .._dns_filter.client import FilterClient
from .._dns_filter.models import Facts, FilterList, FilterState
from .._dns_filter.service import filter_service

LOGIN: Final = (text_field("username", "User name"), secret_field("password", "Password"))
STALE: Final = timedelta(days=8)
"""Age of a list that is a problem: lists are updated each week or more often."""


class Status(Item, rename=None):
    """The program. ``protection_disabled_duration`` in milliseconds, 0 for a pause without an end."""

    version: str
    running: bool | None = None
    protection_enabled: bool | None = None
    protection_disabled_duration: float | None = None

    @property
    def paused(self) -> Paused:
        """Whether it filters, and when it does again. Raises NotKnown."""
        if known(self.protection_enabled):
            return Paused(is_on=True)
        return Paused(is_on=False, left=known(self.protection_disabled_duration) / 1000 or None)


class Stats(Item, rename=None):
    """Counts of the time that is set. ``avg_processing_time`` in seconds."""

    num_dns_queries: int
    num_blocked_filtering: int
    avg_processing_time: float | None = None

    def milliseconds(self) -> float:
        """Return the average time of an answer in ms. Raises NotKnown."""
        return round(known(self.avg_processing_time) * 1000, 1)


class Listed(FilterList, rename=None):
    """One list of domains. ``last_updated`` is of the year 1 before it was loaded."""

    title: str = msgspec.field(name="name")
    rules: int | None = msgspec.field(name="rules_count", default=None)
    last_updated: Time | None = None

    def failure(self, now: datetime) -> Text | None:
        """Return that it is old."""
        age = now - known(self.last_updated)
        return t"It was updated {age.days} days ago" if age > STALE else None


class Range(Item, rename=None):
    """First and last address of the DHCP server."""

    range_start: str = ""
    range_end: str = ""


class Dhcp(Item, rename=None):
    """The DHCP server. Leases are counted only: their names are private."""

    enabled: bool | None = None
    v4: Range = Range()
    leases: list[object] | None = None

    @property
    def share(self) -> float | None:
        """Percent of the addresses that are leased, None when it is off. Raises NotKnown."""
        if not known(self.enabled):
            return None
        pool = AddressPool.of(f"{self.v4.range_start}-{self.v4.range_end}")
        return pool.share(len(known(self.leases)))


class AdGuardState(FilterState):
    """Everything that one poll reads."""

    status = one("status", Status)
    stats = one("stats", Stats, optional=True)
    lists = many("filtering/status", Listed, below="filters", optional=True)
    dhcp = one("dhcp/status", Dhcp, optional=True)
    facts = Facts(
        answers_dns=lambda state: known(state.status.running),
        paused=lambda state: state.status.paused,
        queries=lambda state: state.stats.num_dns_queries,
        blocked=lambda state: state.stats.num_blocked_filtering,
        lists=lambda state: state.lists,
        dhcp_share=lambda state: state.dhcp.share,
        version=lambda state: state.status.version,
    )


class AdGuardClient(FilterClient[AdGuardState]):
    """One AdGuard Home."""

    def __init__(self, access: Access) -> None:
        super().__init__(access, "control", Basic(LOGIN), AdGuardState)

    async def read_paused(self) -> Paused:
        """Return whether it filters. Raises NotKnown."""
        return (await self.one(Status, "status")).paused

    async def pause(self, seconds: float) -> object:
        """Turn filtering off for some seconds."""
        return await self.send("POST", "protection", {"enabled": False, "duration": round(seconds * 1000)})

    async def resume(self) -> object:
        """Turn filtering on."""
        return await self.send("POST", "protection", {"enabled": True})

    async def updated(self) -> float:
        """Return when a list was updated last (Unix time), 0 for never."""
        found = await self.whole(Listed, "filtering/status", below="filters")
        return max((one.last_updated.timestamp() for one in found if one.last_updated), default=0.0)

    async def refresh(self) -> object:
        """Update all lists; it ends when that is done."""
        return await self.late.send("POST", "filtering/refresh", {"whitelist": False})


SERVICE: Final = filter_service(
    Service[AdGuardClient, AdGuardState](
        key="adguard",
        name="AdGuard Home",
        category=NETWORK,
        manufacturer="AdGuard",
        icon="mdi:shield-check",
        settings=(url_field("http://adguard.example.org"), *LOGIN, *TLS_SETTINGS),
        connect=AdGuardClient,
        poll=AdGuardClient.poll,
        version=lambda state: state.status.version,
        sensors=(duration("answer_time", "Answer time", lambda state: state.stats.milliseconds(), "ms"),),
        understood=Versions("0.107", "0.107"),
    )
)
