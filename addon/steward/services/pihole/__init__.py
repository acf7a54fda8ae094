"""Pi-hole 6: the DNS server, filtering, lists, messages and the DHCP server. Source: FTL's OpenAPI files."""

from collections.abc import Callable
from datetime import datetime
from typing import Final

import msgspec

from ...errors import ServiceUnauthorized
from ...sdk.address_pool import AddressPool
from ...sdk.answers import Item, NotKnown, at, known, many, one
from ...sdk.client import Credentials, LoginCall, Session
from ...sdk.description import NETWORK, Access, Call, Control, Gaps, Risk, Sensor, Service, Versions
from ...sdk.display import brief, first_of, list_tool, notice
from ...sdk.fields import TLS_SETTINGS, secret_field, url_field
from ...sdk.kits import Paused, Restart
from ...sdk.sensors import count, cpu_usage, diagnostic, duration, memory_share, newest_version
from .._dns_filter.client import FilterClient
from .._dns_filter.models import Facts, FilterList, FilterState
from .._dns_filter.service import filter_service

PASSWORD: Final = secret_field(
    "password",
    "App password",
    "In Pi-hole under Settings, Web interface / API, in expert mode.",
    required=False,
)
FAILED_LISTS: Final = {
    3: "It could not be downloaded: the last copy is used",
    4: "It could not be downloaded, and there is no copy",
}


class Blocking(Item, rename=None):
    """``blocking`` is enabled, disabled, failed or unknown; ``timer`` counts the seconds to the change."""

    blocking: str
    timer: float | None = None

    @property
    def paused(self) -> Paused:
        """Whether it filters, and when it does again. Raises NotKnown."""
        if self.blocking not in ("enabled", "disabled", "failed"):
            raise NotKnown(t"Pi-hole reports that filtering is {brief(self.blocking, 40)}")
        # Without a DNS server nothing is filtered.
        return Paused(is_on=self.blocking == "enabled", left=self.timer)

    @property
    def answers_dns(self) -> bool:
        """Whether the DNS server runs. Raises NotKnown."""
        if self.blocking == "unknown":
            raise NotKnown(t"Pi-hole does not know whether its DNS server runs")
        return self.blocking != "failed"


class Queries(Item, rename=None):
    """Counts of the last 24 hours."""

    total: int
    blocked: int


class Gravity(Item, rename=None):
    """All lists together. ``last_update`` in Unix seconds, 0 for never."""

    last_update: float


class Listed(FilterList, rename=None):
    """One list of domains. Its date changes with its content only: ``status`` says whether it was loaded."""

    title: str = msgspec.field(name="address")
    rules: int | None = msgspec.field(name="number", default=None)
    status: int | None = None

    def failure(self, now: datetime) -> str | None:  # noqa: ARG002
        """Return that it could not be loaded."""
        return FAILED_LISTS.get(known(self.status))


class Message(Item, rename=None):
    """One message of Pi-hole's own diagnosis."""

    plain: str
    type: str = ""


class Ftl(Item, rename=None):
    """The program. ``uptime`` in milliseconds, ``memory`` and ``cpu`` in percent of the machine."""

    uptime: float
    memory: float | None = msgspec.field(default=None, name="%mem")
    cpu: float | None = msgspec.field(default=None, name="%cpu")


class Release(Item, rename=None):
    """One version."""

    version: str | None = None


class Part(Item, rename=None):
    """A part of Pi-hole: the version that runs, and the newest one."""

    local: Release = Release()
    remote: Release = Release()


class Parts(Item, rename=None):
    """What Pi-hole is made of."""

    core: Part = Part()
    web: Part = Part()
    ftl: Part = Part()


class DhcpConfig(Item, rename=None):
    """The DHCP server."""

    active: bool | None = None
    start: str = ""
    end: str = ""


class PiholeState(FilterState):
    """Everything that one poll reads."""

    blocking = one("dns/blocking", Blocking)
    queries = one("stats/summary", Queries, below="queries", optional=True)
    lists = many("lists", Listed, below="lists", optional=True)
    messages = many("info/messages", Message, below="messages", optional=True)
    ftl = one("info/ftl", Ftl, below="ftl", optional=True)
    parts = one("info/version", Parts, below="version", optional=True)
    dhcp = one("config/dhcp", DhcpConfig, below="config.dhcp", optional=True)
    leases = many("dhcp/leases", dict[str, object], below="leases", optional=True)
    facts = Facts(
        answers_dns=lambda state: state.blocking.answers_dns,
        paused=lambda state: state.blocking.paused,
        queries=lambda state: state.queries.total,
        blocked=lambda state: state.queries.blocked,
        lists=lambda state: state.lists,
        dhcp_share=lambda state: state.dhcp_share(),
        version=lambda state: known(state.parts.core.local.version),
    )

    def dhcp_share(self) -> float | None:
        """Return the percentage of leased addresses, None when there is no DHCP server."""
        pool = AddressPool.of(f"{self.dhcp.start}-{self.dhcp.end}") if known(self.dhcp.active) else None
        return pool.share(len(self.leases)) if pool else None

    def diagnosis(self) -> str | None:
        """Return the messages of Pi-hole's own diagnosis."""
        return first_of([brief(one.plain, 120) for one in self.messages], between="; ") or None


def _version(key: str, name: str, release: Callable[[PiholeState], Release]) -> Sensor[PiholeState]:
    return diagnostic(key, name, lambda state: release(state).version, enabled=False)


async def _login(access: Access, call: LoginCall) -> Credentials:
    """Return the session's id; nothing when Pi-hole has no password. Raises ServiceUnauthorized."""
    body = (await call("POST", "auth", body={"password": access.optional(PASSWORD.key) or ""})).body
    if at(body, "session.valid") is not True:
        raise ServiceUnauthorized(t"Pi-hole refused the password")
    sid = at(body, "session.sid")
    return Credentials(headers={"X-FTL-SID": sid}) if isinstance(sid, str) else Credentials()


class PiholeClient(FilterClient[PiholeState]):
    """One Pi-hole."""

    def __init__(self, access: Access) -> None:
        super().__init__(access, "api", Session(_login, (PASSWORD,)), PiholeState)

    async def read_paused(self) -> Paused:
        """Return whether it filters. Raises NotKnown."""
        return (await self.one(Blocking, "dns/blocking")).paused

    async def pause(self, seconds: float) -> object:
        """Turn filtering off for some seconds."""
        return await self.send("POST", "dns/blocking", {"blocking": False, "timer": round(seconds)})

    async def resume(self) -> object:
        """Turn filtering on."""
        return await self.send("POST", "dns/blocking", {"blocking": True, "timer": None})

    async def updated(self) -> float:
        """Return when a list was updated last (Unix time), 0 for never."""
        return (await self.one(Gravity, "stats/summary", below="gravity")).last_update

    async def refresh(self) -> object:
        """Update all lists; it ends when that is done."""
        return await self.late.send_for_text("POST", "action/gravity")

    async def started(self, _: Call) -> str:
        """Return when the DNS server started."""
        ftl = await self.one(Ftl, "info/ftl", below="ftl")
        return self.start_times.of("ftl", ftl.uptime / 1000)

    async def restart(self, _: Call) -> object:
        """Ask for the restart of the DNS server."""
        return await self.send("POST", "action/restartdns")


@list_tool("messages", "Messages", "What Pi-hole's own diagnosis reports.", capability="health")
async def _messages(client: PiholeClient, gaps: Gaps, _: Call) -> list[str]:
    found = await client.many(Message, "info/messages", gaps, below="messages")
    return [f"{one.type}: {brief(one.plain)}" for one in found]


_CORE: Final = "https://github.com/pi-hole/pi-hole/releases"
_WEB: Final = "https://github.com/pi-hole/web/releases"
_FTL: Final = "https://github.com/pi-hole/FTL/releases"
_VERSIONS: Final[tuple[Sensor[PiholeState], ...]] = (
    newest_version(lambda state: state.parts.core.remote.version),
    _version("web", "Web interface version", lambda state: state.parts.web.local),
    _version("latest_web", "Newest web interface version", lambda state: state.parts.web.remote),
    _version("ftl", "FTL version", lambda state: state.parts.ftl.local),
    _version("latest_ftl", "Newest FTL version", lambda state: state.parts.ftl.remote),
)

SERVICE: Final = filter_service(
    Service[PiholeClient, PiholeState](
        key="pihole",
        name="Pi-hole",
        home_integrations=("pi_hole",),
        category=NETWORK,
        icon="mdi:pi-hole",
        settings=(url_field("http://pi.hole"), PASSWORD, *TLS_SETTINGS),
        connect=PiholeClient,
        poll=PiholeClient.poll,
        version=lambda state: state.parts.core.local.version,
        sensors=(
            count("messages", "Messages", lambda state: len(state.messages), "mdi:message-alert"),
            memory_share(lambda state: state.ftl.memory),
            cpu_usage(lambda state: state.ftl.cpu),
            duration(
                "uptime", "Uptime", lambda state: state.ftl.uptime / 1000, diagnostic=True, enabled=False
            ),
            *_VERSIONS,
        ),
        checks=(notice("diagnosis", "Message of the diagnosis", PiholeState.diagnosis),),
        tools=(_messages,),
        actions=(
            Restart(
                started=PiholeClient.started,
                request=PiholeClient.restart,
                note=t"Names are not resolved for some seconds.",
            ).action(
                key="restart",
                name="Restart DNS server",
                description="Restarts pihole-FTL.",
                risk=Risk.MEDIUM,
                blast_radius="No name is resolved for some seconds",
            ),
        ),
        controls=(
            Control.update(_CORE),
            Control.update(_WEB, "update_web", "Web interface", installed="web", latest="latest_web"),
            Control.update(_FTL, "update_ftl", "FTL", installed="ftl", latest="latest_ftl"),
        ),
        understood=Versions("6.0", "6.4"),
    )
)
