"""Programs whose data decides how they are updated: databases, and those that skip no version. Pure."""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from homelab_steward.contract.changes import PackageChange

from ..texts import Text
from .versions import parsed


class Rule(StrEnum):
    """What happens to the data at another version of the given depth."""

    UNREADABLE = "unreadable"
    """The new version does not start with the files of the old one."""

    CONVERTS = "converts"
    """The new version converts the files, and the old one does not read them any more."""

    STEPS = "steps"
    """It also accepts only the next version, no later one."""


@dataclass(frozen=True, slots=True)
class DataStore:
    """A program; ``depth`` is how many numbers of its version name a format of its data."""

    name: str
    rule: Rule
    depth: int = 1


_POSTGRESQL: Final = DataStore("PostgreSQL", Rule.UNREADABLE)
_MYSQL: Final = DataStore("MySQL", Rule.CONVERTS, 2)
_STORES: Final = {
    **dict.fromkeys(("postgres", "postgresql", "postgis", "pgvector", "timescaledb"), _POSTGRESQL),
    **dict.fromkeys(("mysql", "percona"), _MYSQL),
    "mariadb": DataStore("MariaDB", Rule.CONVERTS, 2),
    **dict.fromkeys(("mongo", "mongodb"), DataStore("MongoDB", Rule.STEPS)),
    "influxdb": DataStore("InfluxDB", Rule.UNREADABLE),
    **dict.fromkeys(("redis", "valkey"), DataStore("Redis", Rule.CONVERTS)),
    "elasticsearch": DataStore("Elasticsearch", Rule.STEPS),
    "opensearch": DataStore("OpenSearch", Rule.STEPS),
    "neo4j": DataStore("Neo4j", Rule.CONVERTS),
    "qdrant": DataStore("Qdrant", Rule.STEPS, 2),
    "cassandra": DataStore("Cassandra", Rule.STEPS),
    "clickhouse": DataStore("ClickHouse", Rule.CONVERTS),
    "cockroach": DataStore("CockroachDB", Rule.STEPS, 2),
    "etcd": DataStore("etcd", Rule.STEPS, 2),
    "meilisearch": DataStore("Meilisearch", Rule.UNREADABLE, 2),
    "nextcloud": DataStore("Nextcloud", Rule.STEPS),
    "authentik": DataStore("authentik", Rule.STEPS, 2),
    "gitlab": DataStore("GitLab", Rule.STEPS),
}
_OTHERS: Final = frozenset(
    {
        "backup",
        "exporter",
        "operator",
        "client",
        "admin",
        "ui",
        "web",
        "proxy",
        "bouncer",
        "pgbouncer",
        "pgadmin",
    }
    | {"insight", "commander", "express", "runner", "proxysql", "dump", "agent", "mcp"}
)
"""Parts of names of programs that only work with a database."""


def data_store(package: str) -> DataStore | None:
    """Return the program that a package or an image is, None for others."""
    parts = re.split(r"[/_.:-]", package.casefold())
    if _OTHERS.intersection(parts):
        return None
    last = re.split(r"[_.:-]", package.casefold().rpartition("/")[2])
    return next((_STORES[one] for one in [*last, *reversed(parts)] if one in _STORES), None)


def data_problem(change: PackageChange) -> Text | None:
    """Return why a change of a package needs more than another version, None when it does not."""
    store = data_store(change.name)
    before, after = parsed(change.old or ""), parsed(change.new)
    if store is None or before is None or after is None or before.is_date or after.is_date:
        return None
    old, new = (
        ((*one.numbers, 0)[: store.depth] if len(one.numbers) < store.depth else one.numbers[: store.depth])
        for one in (before, after)
    )
    if old == new:
        return None
    versions = (".".join(map(str, one)) for one in (old, new))
    return _reason(store, " → ".join(versions))


def _reason(store: DataStore, versions: str) -> Text:
    name = store.name
    match store.rule:
        case Rule.UNREADABLE:
            return t"{name} {versions}: it does not read the old files: dump and restore the data"
        case Rule.CONVERTS:
            return t"{name} {versions}: it converts the files, and the old version refuses them then"
        case Rule.STEPS:
            return t"{name} {versions}: no version may be skipped, and there is no way back"
