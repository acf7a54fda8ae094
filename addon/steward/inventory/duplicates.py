"""Whether two instances are the same service, by their address or by the reported identity."""

import posixpath
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import Final
from urllib.parse import SplitResult, urlsplit

from homelab_steward.contract.base import Value
from homelab_steward.contract.catalogue import Field, SettingKind

PORTS: Final = {"http": 80, "https": 443}
"""Default ports by scheme."""

HOST: Final = "host"
PORT: Final = "port"
PATH_PREFIX: Final = "path_prefix"
TENANT: Final = "tenant"
"""The key of the setting for a tenant: each tenant of a server counts as a service of its own."""

_LOCAL: Final = frozenset({"localhost", "127.0.0.1", "::1"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Occupied:
    """The address of one instance, and the identity that the service reports.

    ``identity`` is "" when it reports none; ``secrets`` distinguish copies that report the same identity.
    """

    service: str
    address: tuple[str, ...]
    tenant: str = ""
    identity: str = ""
    secrets: Mapping[str, Value] = field(default_factory=dict, repr=False)

    def is_same(self, other: Occupied) -> bool:
        """Return whether both are the same service."""
        if (self.service, self.tenant) != (other.service, other.tenant):
            return False
        has_identity = bool(self.identity) and self.identity == other.identity
        return self.address == other.address or (has_identity and self.secrets == other.secrets)


def occupied(
    service: str, fields: Iterable[Field], settings: Mapping[str, Value], identity: str | None
) -> Occupied:
    """Return the address and identity of the instance with these settings, which include the secrets."""
    known = tuple(fields)
    prefix = str(settings.get(PATH_PREFIX) or "")
    addresses = (*_hosts(known, settings), *_urls(known, settings))
    secrets = {one.key: settings.get(one.key) for one in known if one.kind is SettingKind.SECRET}
    return Occupied(
        service=service,
        address=tuple(normalized(one, prefix) for one in addresses),
        tenant=str(settings.get(TENANT) or ""),
        identity=identity or "",
        secrets=secrets,
    )


def normalized(address: str, prefix: str = "") -> str:
    """Return an address in a canonical form: host, port and path, without the scheme.

    Host names are in lower case without a final dot, IP addresses in their short form, default
    ports are added, and paths have no empty segment and no final slash.
    """
    parts = urlsplit(address.strip())
    path = posixpath.normpath(f"/{parts.path}/{prefix}").replace("//", "/")
    if not parts.hostname:
        return f"{parts.scheme.lower()}:{path}"
    return f"{_host(parts)} {_port(parts)} {path}"


def _urls(fields: Iterable[Field], settings: Mapping[str, Value]) -> Iterable[str]:
    for one in fields:
        value = settings.get(one.key)
        if isinstance(value, str) and (one.kind is SettingKind.URL or "://" in value):
            yield value


def _hosts(fields: Iterable[Field], settings: Mapping[str, Value]) -> Iterable[str]:
    """Yield the address of a service that does not speak HTTP, with its default port."""
    host, default = settings.get(HOST), next((one.default for one in fields if one.key == PORT), None)
    port = settings.get(PORT) or default
    if isinstance(host, str) and host and isinstance(port, int | float):
        yield f"tcp://[{host}]:{int(port)}" if ":" in host else f"tcp://{host}:{int(port)}"


def _host(parts: SplitResult) -> str:
    host = (parts.hostname or "").rstrip(".")
    if host in _LOCAL:
        return "localhost"
    try:
        return ip_address(host).compressed
    except ValueError:
        return host


def _port(parts: SplitResult) -> int | None:
    try:
        return parts.port or PORTS.get(parts.scheme.lower())
    except ValueError:
        return None
