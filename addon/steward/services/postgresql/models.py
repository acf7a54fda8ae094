"""What PostgreSQL says of itself, typed."""

import re
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Final

from ...sdk.answers import Item, NotKnown, State, Time, known, many, one
from ...sdk.display import Text, brief, share, span

WRAPAROUND: Final = 2.0**31
OLD: Final = 60.0
"""Percent of the transaction numbers; autovacuum begins at 10 and the server stops near 100."""

SLOW: Final = 300.0
BLOCKED: Final = 30.0
IDLE: Final = 600.0
LATE: Final = 60.0
"""Seconds after which a query or a replica is a problem."""

FULL: Final = 90.0
"""Percent of the connections."""

BACKUPS: Final = ("pg_dump", "pg_basebackup", "pg_restore")
_TEXT: Final = re.compile(r"'(?:[^']|'')*'?|\$(\w*)\$.*?(?:\$\1\$|$)", re.DOTALL)
_NUMBER: Final = re.compile(r"\b\d[\d.]*\b")


class Server(Item):
    """The server as a whole. Lags in seconds."""

    version: str
    started: Time
    system: str | None = None
    connections: int | None = None
    maximum: int | None = None
    is_replica: bool | None = None
    receiver: str | None = None
    replay_lag: float | None = None
    archives: bool | None = None
    archived: Time | None = None
    archive_fails: bool | None = None
    rights: tuple[str, ...] | None = None

    @property
    def connection_share(self) -> float:
        """The share of the connections in use, in percent. Raises NotKnown."""
        return share(self.connections, self.maximum)

    def many_connections(self) -> Text | None:
        """Return that new connections are refused soon. Raises NotKnown."""
        is_full = self.connection_share >= FULL
        return t"{self.connections} of {self.maximum} connections" if is_full else None


class BaseBackup(Item):
    """When the last base backup ended, None when the server has no trace of one. It knows no dumps."""

    ended: Time | None = None


class Database(Item):
    """One database; ``age`` is how many transactions old its oldest row may be."""

    id: str
    name: str
    age: int | None = None
    size: int | None = None
    connections: int | None = None
    deadlocks: int | None = None

    @property
    def used_numbers(self) -> float:
        """The share of the transaction numbers that are in use, in percent. Raises NotKnown."""
        return share(self.age, WRAPAROUND)

    def wraparound(self) -> Text | None:
        """Return that the server will stop taking writes unless it is vacuumed. Raises NotKnown."""
        used = self.used_numbers
        return t"{used:g} % of the transaction numbers are used: vacuum {self.name}" if used > OLD else None


class Replica(Item):
    """A replica as its primary sees it."""

    name: str
    state: str | None = None
    lag: float | None = None


class Query(Item):
    """What a session runs, or ran last in its open transaction. ``start`` in microseconds of the epoch."""

    pid: int
    start: int
    database: str = ""
    user: str = ""
    application: str = ""
    state: str | None = None
    seconds: float | None = None
    blocked_by: tuple[int, ...] | None = None
    text: str = ""

    @property
    def id(self) -> str:
        """The process and the start: a process runs one query after another."""
        return f"{self.pid}-{self.start}"

    @property
    def title(self) -> str:
        """The database and the process."""
        return f"{self.database} {self.pid}"

    @property
    def shown(self) -> str:
        """The statement without the values in it, which may be private."""
        return brief(_NUMBER.sub("?", _TEXT.sub("?", self.text)), 120)

    def slow(self) -> Text | None:
        """Return that it runs for a long time; backups may. Raises NotKnown."""
        if known(self.state) != "active" or self.application.startswith(BACKUPS):
            return None
        return t"Runs for {span(known(self.seconds))}" if known(self.seconds) > SLOW else None

    def blocked(self) -> Text | None:
        """Return that it waits for others. Raises NotKnown."""
        others = ", ".join(map(str, known(self.blocked_by)))
        is_long = known(self.seconds) > BLOCKED
        return t"Waits for {others} since {span(known(self.seconds))}" if others and is_long else None

    def idle(self) -> Text | None:
        """Return that its transaction stays open without work. Raises NotKnown."""
        is_idle = known(self.state).startswith("idle in transaction") and known(self.seconds) > IDLE
        return t"Idle in a transaction for {span(known(self.seconds))}" if is_idle else None

    def is_bad(self) -> bool:
        """Return whether it is slow, blocked or idle in a transaction. Raises NotKnown."""
        return any(problem() for problem in (self.slow, self.blocked, self.idle))

    def __str__(self) -> str:
        waits = f", waits for {', '.join(map(str, self.blocked_by))}" if self.blocked_by else ""
        age = "" if self.seconds is None else f" for {span(self.seconds)}"
        return f"{self.title} ({self.user}): {self.state or 'not known'}{age}{waits}: {self.shown}"


def _is(problem: Callable[[], object]) -> bool:
    """Return whether there is a problem for certain."""
    try:
        return bool(problem())
    except NotKnown:
        return False


class Table(Item):
    """A table of the database that is connected to."""

    name: str
    live: int | None = None
    dead: int | None = None
    size: int | None = None
    vacuumed: Time | None = None


class PostgresqlState(State):
    """Everything that one poll reads."""

    server = one("server", Server)
    databases = many("databases", Database)
    base_backup = one("base_backup", BaseBackup, optional=True)
    replicas = many("replicas", Replica, optional=True)
    queries = many("queries", Query, optional=True)

    @property
    def backed_up(self) -> datetime:
        """When the last base backup ended. Raises NotKnown: dumps leave no trace in the server."""
        if self.base_backup.ended is None:
            raise NotKnown("The server has no trace of a base backup, and dumps leave none")
        return self.base_backup.ended

    def number(self, problem: Callable[[Query], object]) -> int:
        """Return how many queries have a problem. Raises NotKnown when others' may not be seen."""
        if "pg_monitor" not in known(self.server.rights):
            raise NotKnown(t"Without pg_monitor the queries of others are hidden")
        return sum(bool(problem(one)) for one in self.queries)

    def worst(self, problem: Callable[[Query], Text | None]) -> Text | None:
        """Return the problem of the query that has it for the longest time. Raises NotKnown."""
        if not self.number(problem):
            return None
        one = max(filter(problem, self.queries), key=lambda one: known(one.seconds))
        return t"{one.title}: {problem(one)}"

    def listed(self) -> Iterator[tuple[Query, bool]]:
        """Return each query, and whether to end it first: who blocks others, else the longest problem."""
        queries = self.queries
        waiting = {one.pid for one in queries if one.blocked_by}
        blockers = {pid for one in queries if _is(one.blocked) for pid in one.blocked_by or ()} - waiting
        blocking = [one for one in queries if one.pid in blockers]
        candidates = blocking or [one for one in queries if _is(one.is_bad)]
        first = max(candidates, key=lambda one: one.seconds or 0.0, default=None)
        return ((one, one is first) for one in queries)

    @property
    def lag(self) -> float:
        """Seconds that this replica, or the last of its replicas, is behind. Raises NotKnown."""
        if known(self.server.is_replica):
            return known(self.server.replay_lag)
        if not self.replicas:
            raise NotKnown(t"It has no replica")
        return max(known(one.lag) for one in self.replicas)

    def replication_problem(self) -> Text | None:
        """Return that replication stands still or is late. Raises NotKnown."""
        if known(self.server.is_replica):
            if self.server.receiver is None and known(self.server.replay_lag) > LATE:
                return t"It receives nothing from its primary, {span(self.lag)} late"
        elif not self.replicas:
            return None
        return t"Replication is {span(self.lag)} late" if self.lag > LATE else None

    def archive_problem(self) -> Text | None:
        """Return that the write-ahead log is not archived, so that a backup has a hole. Raises NotKnown."""
        fails = known(self.server.archives) and known(self.server.archive_fails)
        return t"The last segment of the write-ahead log was not archived" if fails else None
