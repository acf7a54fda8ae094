"""What Redis says of itself, typed (https://redis.io/docs/latest/commands/info/)."""

from datetime import datetime
from typing import Final

from ...sdk.answers import Item, NotKnown, State, known, many, one, unix_time
from ...sdk.display import Text, share, span, usage

FULL: Final = 95.0
MOST_CLIENTS: Final = 90.0
LATE: Final = 30.0
OLD: Final = 86_400.0
"""Seconds after which changes that are not saved are a problem."""


class Database(Item, rename=None):
    """One database that has keys."""

    keys: int | None = None


class Replica(Item, rename=None):
    """A replica as its primary sees it; ``lag`` in seconds since it was last heard of."""

    state: str | None = None
    lag: float | None = None


class Info(Item, rename=None):
    """The fields of INFO that are read."""

    redis_version: str
    run_id: str
    valkey_version: str | None = None
    uptime_in_seconds: float | None = None
    connected_clients: int | None = None
    maxclients: int | None = None
    used_memory: int | None = None
    maxmemory: int | None = None
    maxmemory_policy: str | None = None
    instantaneous_ops_per_sec: float | None = None
    keyspace_hits: int | None = None
    keyspace_misses: int | None = None
    rdb_bgsave_in_progress: bool | None = None
    rdb_last_bgsave_status: str | None = None
    rdb_last_save_time: int | None = None
    rdb_changes_since_last_save: int | None = None
    aof_enabled: bool | None = None
    aof_last_write_status: str | None = None
    role: str | None = None
    master_link_status: str | None = None
    master_last_io_seconds_ago: float | None = None
    connected_slaves: int | None = None
    databases: tuple[Database, ...] = ()
    replicas: tuple[Replica, ...] = ()

    @property
    def version(self) -> str:
        """The version of Valkey or of Redis."""
        return self.valkey_version or self.redis_version

    @property
    def limit(self) -> int:
        """The memory limit in bytes. Raises NotKnown when there is none."""
        if not known(self.maxmemory):
            raise NotKnown(t"It has no memory limit")
        return known(self.maxmemory)

    @property
    def keys(self) -> int:
        """The keys of all databases. Raises NotKnown."""
        return sum(known(one.keys) for one in self.databases)

    @property
    def lag(self) -> float:
        """Seconds since a replica and its primary heard of each other. Raises NotKnown."""
        if known(self.role) == "slave":
            if known(self.master_link_status) != "up":
                raise NotKnown(t"The connection to the primary is down")
            return known(self.master_last_io_seconds_ago)
        if len(self.replicas) != known(self.connected_slaves):
            raise NotKnown(t"{self.connected_slaves} replicas are connected and {len(self.replicas)} listed")
        if not self.replicas:
            raise NotKnown(t"It has no replica")
        return max(known(one.lag) for one in self.replicas)

    def memory_full(self) -> Text | None:
        """Return that writes are refused soon: it is full and may not evict keys. Raises NotKnown."""
        if known(self.maxmemory) == 0 or known(self.maxmemory_policy) != "noeviction":
            return None
        used = share(self.used_memory, self.maxmemory)
        return t"Memory: {usage(self.used_memory, self.maxmemory)}" if used >= FULL else None

    def save_failed(self) -> Text | None:
        """Return that the data was not written to disk. Raises NotKnown."""
        states = {"snapshot": self.rdb_last_bgsave_status, "append-only file": self.aof_last_write_status}
        failed = [name for name, state in states.items() if known(state) != "ok"]
        return t"Not written: {', '.join(failed)}" if failed else None

    def many_clients(self) -> Text | None:
        """Return that new connections are refused soon. Raises NotKnown."""
        used = share(self.connected_clients, self.maxclients)
        return t"{self.connected_clients} of {self.maxclients} clients" if used >= MOST_CLIENTS else None

    def replication_problem(self) -> Text | None:
        """Return that a replica is late or not connected. Raises NotKnown."""
        if known(self.role) == "slave" and known(self.master_link_status) != "up":
            return t"The connection to the primary is down"
        if self.role == "master" and known(self.connected_slaves) == 0:
            return None
        return t"Replication is {span(self.lag)} late" if self.lag > LATE else None


class Slow(Item):
    """A slow command, by its name only; ``duration`` in microseconds."""

    id: int
    time: int
    duration: int
    command: str

    @property
    def at(self) -> datetime:
        """When it was."""
        return unix_time(self.time, "SLOWLOG: time")


class Saving(Item):
    """When it saves by itself: pairs of seconds and changes, "" for never."""

    save: str | None = None

    @property
    def longest(self) -> float:
        """Seconds within which one change is saved, 0 when it does not save by itself. Raises NotKnown."""
        words = known(self.save).split()
        if len(words) % 2 or not all(word.isdecimal() for word in words):
            raise NotKnown("When it saves is not understood")
        return max(map(float, words[::2]), default=0.0)


class Granted(Item):
    """The commands of ASKED that the user may send, None when the server does not say that."""

    commands: tuple[str, ...] | None = None


class RedisState(State):
    """The server, its slow commands, and what the user may do."""

    info = one("INFO", Info)
    slow = many("SLOWLOG GET 50", Slow, optional=True)
    saving = one("CONFIG GET save", Saving, optional=True)
    granted = one("ACL DRYRUN", Granted, optional=True)

    @property
    def saved_at(self) -> datetime:
        """When the last save ended. Raises NotKnown."""
        return unix_time(known(self.info.rdb_last_save_time), "INFO: rdb_last_save_time")

    def old_save(self) -> Text | None:
        """Return that changes are not on disk although it saves by itself. Raises NotKnown."""
        if known(self.info.aof_enabled) or known(self.info.rdb_changes_since_last_save) == 0:
            return None
        age = (self.now - self.saved_at).total_seconds()
        if age < OLD:
            return None
        longest = self.saving.longest
        changes = self.info.rdb_changes_since_last_save
        return t"Not saved for {span(age)}, with {changes} changes" if age > 2 * longest > 0 else None

    def not_saved(self) -> Text | None:
        """Return why something is not on disk. Raises NotKnown."""
        return self.info.save_failed() or self.old_save()
