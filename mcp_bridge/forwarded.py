"""The public address of a request: its own, or the one that a trusted proxy forwards."""

from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Final

from starlette.requests import HTTPConnection

SCHEMES: Final = {"http": "http", "https": "https", "ws": "http", "wss": "https"}


@dataclass(frozen=True, slots=True)
class PublicAddress:
    """The scheme (``http`` or ``https``) and ``host:port`` under which the client reaches the app."""

    scheme: str
    host: str

    @property
    def url(self) -> str:
        """The URL without a path."""
        return f"{self.scheme}://{self.host}"


class TrustedProxies:
    """The proxies whose ``X-Forwarded-Host`` and ``X-Forwarded-Proto`` are used."""

    def __init__(self, networks: Iterable[str] = ()) -> None:
        """``networks`` are addresses or networks such as ``10.0.0.0/24``. Raises ValueError."""
        self._networks = tuple(ip_network(one, strict=False) for one in networks)

    def address(self, request: HTTPConnection) -> PublicAddress:
        """Return the public address of a request; only a trusted proxy can forward another one."""
        scheme = SCHEMES[request.scope["scheme"]]
        host = request.headers.get("host", "")
        if not self._networks or request.client is None or not self._trusts(request.client.host):
            return PublicAddress(scheme, host)
        forwarded = _last(request, "x-forwarded-proto").lower()
        return PublicAddress(
            forwarded if forwarded in ("http", "https") else scheme,
            _last(request, "x-forwarded-host") or host,
        )

    def _trusts(self, client: str) -> bool:
        try:
            address = ip_address(client.partition("%")[0])
        except ValueError:
            return False
        if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
            address = address.ipv4_mapped
        return any(_contains(network, address) for network in self._networks)


def _contains(network: IPv4Network | IPv6Network, address: object) -> bool:
    return address in network


def _last(request: HTTPConnection, name: str) -> str:
    """Return the value that the nearest proxy added: a client can have sent those before it."""
    values = request.headers.getlist(name)
    return values[-1].rpartition(",")[2].strip() if values else ""
