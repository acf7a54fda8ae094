"""Which databases elsewhere the environment of a program names. Nothing secret of it is kept. Pure.

Rules are about the form of variables, such as a URL, or a host beside the name of a database. They do not
know programs.
"""

import string
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import unquote, urlsplit

PROGRAMS: Final[Mapping[str, str]] = {
    **dict.fromkeys(("postgres", "postgresql", "pgsql", "postgis", "psql"), "PostgreSQL"),
    **dict.fromkeys(("mysql", "mysql2", "mysqli"), "MySQL"),
    "mariadb": "MariaDB",
    **dict.fromkeys(("mongodb", "mongo"), "MongoDB"),
    **dict.fromkeys(("redis", "rediss", "valkey", "valkeys"), "Redis"),
    **dict.fromkeys(("sqlserver", "mssql"), "SQL Server"),
    "cockroachdb": "CockroachDB",
    "clickhouse": "ClickHouse",
    **dict.fromkeys(("bolt", "neo4j"), "Neo4j"),
}
"""Names of database programs by the schemes of their URLs."""

CACHES: Final = frozenset({"Redis"})
"""Programs that most others use for what may be lost."""

LOCAL: Final = frozenset({"localhost", "127.0.0.1", "::1"})
"""Names and addresses of the machine itself."""

WEB: Final = frozenset({"http", "https", "tcp"})
HOST_ENDS: Final = ("HOSTNAME", "HOST", "SERVER", "ADDRESS", "ADDR", "ENDPOINT")
"""Ends of the names of variables whose value is a host."""

URL_ENDS: Final = ("URL", "URI", "DSN")
"""Ends of the names of variables whose value says everything about a database."""

NAME_ENDS: Final = (
    "DATABASE_NAME",
    "DATABASENAME",
    "DATABASE",
    "DB_NAME",
    "DBNAME",
    "NAME",
    "DB",
    "MAIN_DB",
    "MAINDB",
    "LOG_DB",
    "LOGDB",
)
"""What stands in place of HOST in the names of variables whose value is the name of a database."""

OWN_NAME_ENDS: Final = ("DATABASE", "DATABASE_NAME", "DB", "DB_NAME", "DBNAME")
"""Ends of the names of variables whose value is the name of a database, also without a host beside it."""

DATABASE_PARTS: Final = ("DATABASE", "POSTGRES", "PGSQL", "MYSQL", "MARIADB", "MONGO", "DB")
"""Parts of the names of variables that are about a database."""

LETTERS: Final = frozenset(string.ascii_letters + string.digits)
LONGEST_NAME: Final = 63
LONGEST_HOST: Final = 253


@dataclass(frozen=True, slots=True)
class Link:
    """A host that a variable names. ``program`` is the database there, "" when only its name could say it.

    ``names`` are those of databases on it. ``is_database`` is whether the variable says that it is one.
    """

    host: str
    port: int | None = None
    program: str = ""
    names: tuple[str, ...] = ()
    is_database: bool = False


@dataclass(frozen=True, slots=True)
class DatabaseLinks:
    """What an environment says: the hosts, and the names of databases without one."""

    hosts: tuple[Link, ...] = ()
    names: frozenset[str] = frozenset()


NONE: Final = DatabaseLinks()


def database_links(environment: Mapping[str, str]) -> DatabaseLinks:
    """Return the hosts and databases that an environment names."""
    hosts = list[Link]()
    for name, value in environment.items():
        hosts += _of_value(value)
        if (prefix := _prefix(name)) is not None:
            hosts += _of_host(prefix, value, environment)
    values = (value for name, value in environment.items() if name.upper().endswith(OWN_NAME_ENDS))
    return DatabaseLinks(tuple(dict.fromkeys(hosts)), frozenset(one for one in values if is_name(one)))


def names_database(name: str) -> bool:
    """Return whether a variable with this name says where a database is."""
    upper = name.upper()
    is_about = any(part in upper for part in DATABASE_PARTS) or upper.startswith("PG")
    return is_about and upper.endswith((*HOST_ENDS, *URL_ENDS))


def is_name(text: str) -> bool:
    """Return whether a text can be the name of a database that needs no quotes."""
    return 0 < len(text) <= LONGEST_NAME and text[0] in LETTERS | {"_"} and {*text} <= LETTERS | {*"_-"}


def _of_value(value: str) -> Iterator[Link]:
    """Yield the hosts of a value that is a URL, or a list of settings such as ``Host=db;Database=app``."""
    if "://" in value:
        yield from _of_url(value)
        return
    if "@tcp(" in value:
        address, _, rest = value.partition("@tcp(")[2].partition(")")
        yield from _links(address, "MySQL", rest.removeprefix("/").partition("?")[0])
        return
    for mark in (";", None):
        pairs = [one.partition("=") for one in value.split(mark)]
        settings = {key.strip().casefold(): text.strip() for key, equal, text in pairs if equal}
        host = settings.get("host") or settings.get("server")
        name = settings.get("database") or settings.get("dbname")
        if host and name:
            yield from _links(host, "", name)
            return


def _of_url(value: str) -> Iterator[Link]:
    try:
        url = urlsplit(value.strip().removeprefix("jdbc:"))
        scheme, hosts = url.scheme.partition("+")[0].casefold(), url.netloc.rpartition("@")[2]
    except ValueError:
        return
    program = PROGRAMS.get(scheme, "")
    if program:
        name = unquote(url.path).strip("/") if program not in CACHES else ""
        yield from _links(hosts, program, name)
    elif scheme in WEB:
        yield from _links(hosts, "", "")


def _links(hosts: str, program: str, name: str) -> Iterator[Link]:
    names = (name,) if is_name(name) else ()
    for one in hosts.split(","):
        host, port = _address(one)
        if host:
            yield Link(host, port, program, names, is_database=bool(program or name))


def _of_host(prefix: str, value: str, environment: Mapping[str, str]) -> Iterator[Link]:
    """Yield the host that a variable is, with the names of databases that stand beside it."""
    if "://" in value or "=" in value:
        return
    upper = {name.upper(): text for name, text in environment.items()}
    beside = (upper.get(f"{prefix}{end}", "") for end in NAME_ENDS)
    names = tuple(dict.fromkeys(one for one in beside if is_name(one)))
    says_it = any(part in prefix for part in DATABASE_PARTS) or prefix == "PG"
    for one in value.split(","):
        host, port = _address(one)
        if host:
            yield Link(host, port, "", names, is_database=says_it)


def _prefix(name: str) -> str | None:
    """Return what is before HOST in the name of a variable, None when its value is no host."""
    upper = name.upper()
    return next((upper.removesuffix(end) for end in HOST_ENDS if upper.endswith(end)), None)


def _address(text: str) -> tuple[str, int | None]:
    """Return the host and the port of an address, "" when it is none."""
    text = text.strip()
    if text.startswith("["):
        host, _, rest = text.removeprefix("[").partition("]")
        port = rest.removeprefix(":")
    else:
        host, _, port = text.partition(":")
    is_host = 0 < len(host) <= LONGEST_HOST and {*host} <= LETTERS | {*"._-:"} and not host.isdecimal()
    if not is_host:
        return "", None
    return host.rstrip(".").casefold(), int(port) if port.isascii() and port.isdecimal() else None
