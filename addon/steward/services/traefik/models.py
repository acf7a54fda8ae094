"""What the API of Traefik answers. Source: a real Traefik 3.7."""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Final

import msgspec

from ...sdk.answers import Item, NotKnown, State, Time, known, many, one
from ...sdk.display import Text, brief, first_of, translate

INTERNAL: Final = "internal"
SOON: Final = timedelta(days=14)
"""Time before its end at which a certificate should have been renewed."""

ALL: Final = 10_000


class Version(Item):
    """The program itself."""

    version: str = msgspec.field(name="Version")
    started: Time = msgspec.field(name="startDate")


class Router(Item):
    """What accepts requests. ``service`` is where it sends them, ``error`` why it does not."""

    name: str
    provider: str
    status: str | None = None
    error: tuple[str, ...] = ()
    rule: str = ""
    service: str = ""

    def problem(self) -> Text | None:
        """Return why it is not in use, or is only partly. Raises NotKnown."""
        if known(self.status) == "enabled":
            return None
        return t"It is {self.status}: {brief('; '.join(self.error) or 'no reason given')}"


class Server(Item):
    """One server: of HTTP with a URL, of TCP and UDP with an address."""

    url: str = ""
    address: str = ""


class Balancer(Item):
    """How requests are shared among the servers; ``health_check`` is what is asked of them."""

    servers: tuple[Server, ...] = ()
    health_check: dict[str, object] | None = None


class Backend(Item):
    """What requests are sent to. ``server_status`` is UP or DOWN by the address of a server."""

    name: str
    provider: str
    load_balancer: Balancer = Balancer()
    server_status: Mapping[str, str] | None = None

    @property
    def servers(self) -> Mapping[str, str]:
        """The state of its servers. Raises NotKnown when Traefik does not check them."""
        if self.load_balancer.health_check is None:
            raise NotKnown(t"Traefik has no health check for it")
        states = known(self.server_status)
        if {server.url or server.address for server in self.load_balancer.servers} != {*states}:
            raise NotKnown(t"Traefik does not report the state of each server")
        return states

    @property
    def down(self) -> list[str]:
        """The addresses of the servers that are down. Raises NotKnown."""
        return [address for address, status in self.servers.items() if status != "UP"]

    def outage(self) -> Text | None:
        """Return that no server is up. Raises NotKnown."""
        if not self.servers or len(self.down) < len(self.servers):
            return None
        return t"No server of it is up: {brief(', '.join(self.down), 200)}"

    def degraded(self) -> Text | None:
        """Return the servers that are down while others are up. Raises NotKnown."""
        if not self.down or self.outage():
            return None
        return t"{len(self.down)} of {len(self.servers)} servers are down: {brief(', '.join(self.down), 200)}"

    def problem(self) -> Text | None:
        """Return which of its servers are down. Raises NotKnown."""
        return self.outage() or self.degraded()


class Certificate(Item):
    """One certificate. Its fingerprint is another one after each renewal."""

    not_after: Time
    common_name: str = ""
    sans: tuple[str, ...] = ()
    key_type: str = ""
    issuer: str = msgspec.field(name="issuerCN", default="")

    @property
    def title(self) -> str:
        """Its first name."""
        return self.common_name or next(iter(self.sans), "no name")

    @property
    def id(self) -> str:
        """What stays over a renewal: its names and the kind of its key."""
        return " ".join([self.title, *sorted(self.sans), self.key_type])


class TraefikState(State):
    """Everything that one poll reads."""

    version = one("version", Version)
    http_routers = many("http/routers", Router, per_page=ALL)
    tcp_routers = many("tcp/routers", Router, optional=True, per_page=ALL)
    http_services = many("http/services", Backend, per_page=ALL)
    tcp_services = many("tcp/services", Backend, optional=True, per_page=ALL)
    udp_routers = many("udp/routers", Router, optional=True, per_page=ALL)
    udp_services = many("udp/services", Backend, optional=True, per_page=ALL)
    all_certificates = many("certificates", Certificate, optional=True, may_be_absent=True, per_page=ALL)

    def routers(self) -> list[Router]:
        """Return the routers of HTTP, TCP and UDP, without those of Traefik itself. Raises NotKnown."""
        every = (*self.http_routers, *self.tcp_routers, *self.udp_routers)
        return [found for found in every if found.provider != INTERNAL]

    def backends(self) -> Iterator[tuple[str, Backend]]:
        """Yield protocol and backend, without those of Traefik itself. Raises NotKnown."""
        by = {"http": self.http_services, "tcp": self.tcp_services, "udp": self.udp_services}
        for protocol, rows in by.items():
            yield from ((protocol, found) for found in rows if found.provider != INTERNAL)

    def checked(self) -> Iterator[tuple[str, Backend]]:
        """Yield the backends that Traefik has a health check for: of the others it knows nothing."""
        return (one for one in self.backends() if one[1].load_balancer.health_check is not None)

    def certificates(self) -> list[tuple[timedelta, Certificate]]:
        """Return the newest certificate of each name and the time that is left, the shortest first."""
        newest = {found.id: found for found in sorted(self.all_certificates, key=lambda row: row.not_after)}
        rows = [(found.not_after - self.now, found) for found in newest.values()]
        return sorted(rows, key=lambda row: row[0])

    def routers_failed(self) -> str | None:
        """Return the routers that do not work. Raises NotKnown."""
        texts = [translate(t"{found.name}: {text}") for found in self.routers() if (text := found.problem())]
        return first_of(texts, between="; ") or None


def expiring(item: tuple[timedelta, Certificate]) -> Text | None:
    """Return that a certificate has ended or was not renewed in time."""
    left, one = item
    if left > SOON:
        return None
    return t"It ended on {one.not_after:%Y-%m-%d}" if left < timedelta() else t"It ends in {left.days} days"
