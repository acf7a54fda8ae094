"""Finds which containers of an engine keep the data of another one: database servers that it uses. Pure.

A server is recognised by its image, its variables, and its ports; who uses it by hosts in environments,
links, networks, and what Compose says. No app is known by its name here.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from ...sdk.database_links import CACHES, LOCAL, Link, is_name
from ...sdk.image_names import parse_image
from .databases import database_of
from .models import Details, Endpoint

NAMED: Final = "homelab-steward.database"
"""The label of a container that says which database it uses: ``server``, ``server/database``, or ``none``."""

NONE: Final = "none"
DEPENDS_ON: Final = "depends_on"
IMAGES: Final[Mapping[str, str]] = {
    **dict.fromkeys(("mongo", "mongodb", "mongodb-community-server"), "MongoDB"),
    **dict.fromkeys(("redis", "valkey", "keydb", "dragonfly", "redis-stack-server"), "Redis"),
    **dict.fromkeys(("postgresql", "timescaledb"), "PostgreSQL"),
    "influxdb": "InfluxDB",
    "elasticsearch": "Elasticsearch",
    "opensearch": "OpenSearch",
    "neo4j": "Neo4j",
    "clickhouse-server": "ClickHouse",
    "couchdb": "CouchDB",
    "meilisearch": "Meilisearch",
    "qdrant": "Qdrant",
    "cassandra": "Cassandra",
    "cockroach": "CockroachDB",
    "rethinkdb": "RethinkDB",
    "surrealdb": "SurrealDB",
    "etcd": "etcd",
}
"""Programs by the last part of the names of images."""

PORTS: Final[Mapping[int, str]] = {
    5432: "PostgreSQL",
    3306: "MySQL",
    27017: "MongoDB",
    6379: "Redis",
    8086: "InfluxDB",
    7687: "Neo4j",
    5984: "CouchDB",
    1433: "SQL Server",
    26257: "CockroachDB",
}
"""Programs by the ports that an image declares."""

TOOLS: Final = frozenset({"exporter", "backup", "adminer", "pgadmin", "pgadmin4", "phpmyadmin"})
"""Parts of names of images that work with the databases of others."""

MACHINE: Final = "host.docker.internal"
DEFAULT_NETWORK: Final = "bridge"
"""The network on which containers do not know the names of others."""

ID_LETTERS: Final = 12


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """A database that is in no container of the engine, or that a label names wrongly."""

    host: str
    program: str = ""


@dataclass(slots=True)
class Used:
    """What one container uses: names of databases by the server; no names when they are not known."""

    servers: dict[str, tuple[str, ...]] = field(default_factory=dict)
    elsewhere: list[Elsewhere] = field(default_factory=list)

    def add(self, server: str, names: Sequence[str]) -> None:
        """Add a server, or names of databases on it."""
        self.servers[server] = tuple(dict.fromkeys((*self.servers.get(server, ()), *names)))


class Neighbours:
    """The containers of one engine, and which of them use which database servers."""

    def __init__(self, containers: Sequence[Details]) -> None:
        """``containers`` are all of one engine."""
        self.by_name = {one.name: one for one in containers}
        self._by_id = {one.id: one for one in containers}
        self.programs = {one.name: name for one in containers if (name := program(one))}
        self.used = {one.name: self._used(one) for one in containers}

    def users(self, server: str) -> Mapping[str, tuple[str, ...]]:
        """Return the names of the databases by the containers that use a server. Tools do not count."""
        return {
            name: found.servers[server]
            for name, found in self.used.items()
            if server in found.servers and not is_tool(self.by_name[name])
        }

    def unclaimed(self, own: Details) -> Iterator[str]:
        """Yield database servers beside a container of which nothing says who uses them.

        None for one that uses another server, and for servers themselves.
        """
        found = self.used[own.name]
        is_known = found.elsewhere or any(self.programs[one] not in CACHES for one in found.servers)
        if is_known or NAMED in own.config.labels or own.name in self.programs or is_tool(own):
            return
        for name, kind in self.programs.items():
            if kind not in CACHES and not self.users(name) and self._share_network(own, self.by_name[name]):
                yield name

    def is_same_app(self, one: str, other: str) -> bool:
        """Return whether two containers are parts of one app: of one image, or of one project of Compose."""
        configs = (self.by_name[one].config, self.by_name[other].config)
        project, second = (config.compose("project") for config in configs)
        if project or second:
            return project == second
        images = [parse_image(config.image) for config in configs]
        return None not in images and len({one.repository for one in images if one is not None}) == 1

    def _used(self, own: Details) -> Used:
        found = Used()
        if (label := own.config.labels.get(NAMED)) is not None:
            self._add_labelled(label, found)
            return found
        for link in own.config.databases.hosts:
            server = self._server(own, link)
            if server is not None:
                found.add(server.name, link.names)
            elif link.is_database and link.host not in LOCAL:
                found.elsewhere.append(Elsewhere(link.host, link.program))
        for name in self._depended_on(own):
            found.add(name, ())
        for name, names in found.servers.items():
            if not names:
                both = own.config.databases.names & self.by_name[name].config.databases.names
                found.add(name, sorted(both))
        return found

    def _add_labelled(self, label: str, found: Used) -> None:
        for one in (part.strip() for part in label.split(",")):
            server, _, name = one.partition("/")
            if server in self.programs:
                found.add(server, (name,) if is_name(name) else ())
            elif server and server.casefold() != NONE:
                found.elsewhere.append(Elsewhere(server))

    def _server(self, own: Details, link: Link) -> Details | None:
        """Return the database server that a host is, None when it is none of this engine."""
        for name in self.programs:
            one = self.by_name[name]
            if one.name != own.name and (self._reaches(own, link, one) or self._is_published(own, link, one)):
                return one
        return None

    def _reaches(self, own: Details, link: Link, one: Details) -> bool:
        """Return whether a host is a container: by its name or address on a network that both have."""
        mode = "" if own.host_config.network_mode == "host" else self._namespace(own)
        if link.host in LOCAL:
            is_one = bool(mode) and mode == self._namespace(one)
            return is_one and self._listens(one, link.port)
        linked = (text.removeprefix("/").partition(":") for text in own.host_config.links)
        if any(
            name == one.name and link.host == alias.rpartition("/")[2].casefold() for name, _, alias in linked
        ):
            return True
        ours, theirs = self._endpoints(own), self._endpoints(one)
        for network in ours.keys() & theirs.keys():
            end = theirs[network]
            names: tuple[str, ...] = (end.address,)
            if network != DEFAULT_NETWORK:
                names = (*names, *end.aliases, *end.dns_names, one.name, one.id[:ID_LETTERS])
            if link.host in (name.casefold() for name in names if name):
                return True
        return False

    def _is_published(self, own: Details, link: Link, one: Details) -> bool:
        """Return whether a host is the machine, with a port that a container has there."""
        gateways = {end.gateway for end in self._endpoints(own).values()} - {""}
        is_host_mode = own.host_config.network_mode == "host"
        if link.host != MACHINE and link.host not in gateways and not (is_host_mode and link.host in LOCAL):
            return False
        if one.host_config.network_mode == "host":
            return self._listens(one, link.port)
        bound = one.host_config.port_bindings
        outside = {text.host_port: _number(inside) for inside, found in bound.items() for text in found}
        if link.port is not None:
            return str(link.port) in outside
        return any(outside[port] == _number(port) for port in outside if _number(port) in PORTS)

    def _depended_on(self, own: Details) -> Iterator[str]:
        """Yield the servers that Compose starts before a container: ``db:service_started:false,…``."""
        text, project = own.config.compose(DEPENDS_ON), own.config.compose("project")
        services = {one.partition(":")[0] for one in text.split(",")} - {""}
        for name in self.programs:
            config = self.by_name[name].config
            if project and config.compose("project") == project and config.compose("service") in services:
                yield name

    def _share_network(self, own: Details, one: Details) -> bool:
        """Return whether both have a network, or one has that of the machine and reaches a port."""
        if own.host_config.network_mode == "host":
            return one.host_config.network_mode == "host" or bool(one.host_config.port_bindings)
        ours, theirs = self._endpoints(own), self._endpoints(one)
        return bool((ours.keys() & theirs.keys()) - {DEFAULT_NETWORK, "host", "none"})

    def _endpoints(self, own: Details) -> Mapping[str, Endpoint]:
        other = self._by_id.get(self._namespace(own), own)
        return other.network_settings.networks

    def _namespace(self, own: Details) -> str:
        """Return the id of the container whose network a container has: its own, or that of another."""
        key = own.host_config.network_mode.partition("container:")[2]
        if not key:
            return own.id
        listed = self._by_id.values()
        found = self.by_name.get(key) or next((one for one in listed if one.id.startswith(key)), None)
        return found.id if found is not None else key  # Podman does not list what holds the network of a pod

    def _listens(self, one: Details, port: int | None) -> bool:
        """Return whether a server may listen on a port: one of its image, or that of its program."""
        usual = PORTS.get(port or 0)
        program = "MySQL" if self.programs[one.name] == "MariaDB" else self.programs[one.name]
        return port is None or port in _ports(one) or usual == program


def program(own: Details) -> str:
    """Return the database program that a container is a server of, "" for others."""
    database = database_of(own.config.image, own.config.env)
    if database is not None:
        return database.name
    if is_tool(own):
        return ""
    image = parse_image(own.config.image)
    last = image.repository.path.rpartition("/")[2] if image is not None else ""
    return IMAGES.get(last) or next((PORTS[port] for port in _ports(own) if port in PORTS), "")


def is_tool(own: Details) -> bool:
    """Return whether a container works with the databases of others, such as an exporter."""
    name = own.config.image.partition("@")[0].casefold()
    parts = name.replace("/", "-").replace("_", "-").replace(":", "-").split("-")
    return not TOOLS.isdisjoint(parts)


def _ports(own: Details) -> tuple[int, ...]:
    found = (_number(one.partition("/")[0]) for one in own.config.exposed_ports)
    return tuple(sorted(one for one in found if one is not None))


def _number(text: str) -> int | None:
    digits = text.partition("/")[0]
    return int(digits) if digits.isascii() and digits.isdecimal() else None
