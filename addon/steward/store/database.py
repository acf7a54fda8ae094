"""Database access: SQLite in WAL mode by default, or PostgreSQL."""

import asyncio
import errno
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

from sqlalchemy import event, make_url, text
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import (
    DatabaseError,
    DataError,
    DBAPIError,
    IntegrityError,
    InterfaceError,
    OperationalError,
    ProgrammingError,
    TimeoutError,  # noqa: A004 - of the connection pool
)
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry

from ..errors import StewardError
from .leader import Leader
from .single_hop_sqlite import BEGIN, DRIVER, SETTING, QuickConnection

BUSY_TIMEOUT_MS: Final = 10_000
LEVEL: Final = "synchronous"
DURABLE: Final = "durable"
EPOCH: Final = "epoch"

_UNANSWERED: Final = (OperationalError, InterfaceError, TimeoutError)
"""Errors of a database that is locked, full or not reachable; a retry may succeed."""

_PROBLEMS: Final = {
    "full": "The disk of the database is full. Free some space, then try again",
    "no space left": "The disk of the database is full. Free some space, then try again",
    "readonly": "The database is read-only. Let the steward write to its data folder",
    "unable to open": "The database cannot be opened. Let the steward write to its data folder",
    "locked": "The database is locked by another program. Stop that program",
    "malformed": "The database is damaged. Restore a backup: steward restore --newest",
    "not a database": "The file is not a database. Restore a backup: steward restore --newest",
    "disk i/o error": "The database cannot be read or written. Check the disk and its free space",
    "no such table": "The database is not one of the steward. Check the setting of its address",
}
"""What errors of a database mean and what to do, by a part of their text."""


_NO_SPACE: Final = (errno.ENOSPC, errno.EDQUOT)
_SAYS_FULL: Final = ("disk is full", "no space left")


class StoreUnavailable(StewardError):
    """The database cannot be used; the text says what to do. A retry may succeed."""


class Database:
    """Provides connections for reading, and for one writer at a time."""

    def __init__(self, url: str) -> None:
        """``url`` is ``sqlite+aiosqlite:///…`` or ``postgresql+psycopg://…``."""
        parsed = make_url(url)
        self.is_sqlite: bool = parsed.get_backend_name() == "sqlite"
        self.file = Path(parsed.database) if self.is_sqlite and parsed.database else None
        self._engine: AsyncEngine = _sqlite(url) if self.is_sqlite else _postgresql(url)
        self._writer = asyncio.Lock()
        self.leader: Leader | None = None
        if self.is_sqlite:
            event.listen(self._engine.sync_engine, "connect", _prepare_sqlite)

    @property
    def engine(self) -> AsyncEngine:
        """The engine, for migrations."""
        return self._engine

    @asynccontextmanager
    async def read(self, *, quick: bool = False) -> AsyncIterator[AsyncConnection]:
        """Yield a read-only connection that sees one consistent state.

        ``quick``: only a few rows are read, each found by an index, so SQLite reads them without a hop
        to another thread.
        """
        async with _explained(), self._connected(quick=quick) as connection:
            if isinstance(connection, QuickConnection):
                connection.begin_with(BEGIN)
                yield connection
            else:
                yield await connection.execution_options(isolation_level="REPEATABLE READ")

    @asynccontextmanager
    async def write(
        self,
        *,
        durable: bool = False,
        quick: bool = False,
        committed: Callable[[], None] | None = None,
    ) -> AsyncIterator[AsyncConnection]:
        """Yield a connection in a transaction that is committed at the end of the block.

        Writers wait for each other, which avoids SQLite's busy errors. A ``durable`` commit
        survives a power failure; the journal and decisions need that, readings do not.
        ``quick``: only a few rows are read and written, as in :meth:`read`. The commit still runs in
        another thread, and so does the first statement while another program writes.
        ``committed`` is called after the commit and before the next writer starts, also when the
        caller is cancelled during the commit.
        With a ``leader``, the transaction checks its epoch first. Raises LeadershipLost.
        """
        async with _explained(), self._writer, self._connected(quick=quick) as connection:
            connection.info[DURABLE] = durable
            if isinstance(connection, QuickConnection):
                _set_level(connection, "FULL" if durable else "NORMAL")
                connection.begin_with(f"{BEGIN} IMMEDIATE")
            try:
                await self._check_leader(connection)
                yield connection
            except BaseException:
                await _shielded(_roll_back(connection))
                raise
            await _shielded(_commit(connection, committed))

    async def close(self) -> None:
        """Close all connections."""
        await self._engine.dispose()

    async def check(self) -> None:
        """Raise StoreUnavailable when the database does not answer."""
        async with _explained(), self._connected() as connection:
            await connection.execute(text("SELECT 1"))

    async def _check_leader(self, connection: AsyncConnection) -> None:
        """Check the epoch; without a leader nobody else uses the store, such as in a command."""
        if self.leader is not None:
            await self.leader.check(connection)
        connection.info[EPOCH] = self.leader.epoch if self.leader is not None else 0

    @asynccontextmanager
    async def _connected(self, *, quick: bool = False) -> AsyncIterator[AsyncConnection]:
        """Yield a connection. Opening and closing are shielded, or a cancellation would leak it."""
        connection = QuickConnection(self._engine) if self.is_sqlite else self._engine.connect()
        try:
            await _shielded(_open(connection))
            if isinstance(connection, QuickConnection):
                connection.use(is_quick=quick)
            yield connection
        finally:
            if connection.sync_connection is not None:
                if isinstance(connection, QuickConnection):
                    connection.forget_begin()
                await _shielded(connection.close())


@asynccontextmanager
async def _explained() -> AsyncIterator[None]:
    """Raise StoreUnavailable for an error of the database itself, not of a statement."""
    try:
        yield
    except _UNANSWERED as err:
        raise StoreUnavailable(explain(err)) from err
    except DatabaseError as err:
        if isinstance(err, IntegrityError | DataError | ProgrammingError):
            raise
        raise StoreUnavailable(explain(err)) from err


def is_durable(connection: AsyncConnection) -> bool:
    """Return whether the commit of this write transaction survives a power failure."""
    return bool(connection.info.get(DURABLE))


def epoch_of(connection: AsyncConnection) -> int:
    """Return the epoch of the leader in this write transaction, 0 without a leader."""
    return int(connection.info.get(EPOCH, 0))


def explain(error: Exception) -> str:
    """Return what is wrong with the database and what to do. Pure."""
    text = str(error.orig if isinstance(error, DBAPIError) else error).lower()
    found = next((answer for part, answer in _PROBLEMS.items() if part in text), None)
    return found or f"The database does not answer ({type(error).__name__})"


def is_full(error: BaseException | None) -> bool:
    """Return whether an error, or one that caused it, is a disk without space. Pure."""
    while error is not None:
        text = str(error.orig if isinstance(error, DBAPIError) else error).lower()
        if getattr(error, "errno", None) in _NO_SPACE or any(one in text for one in _SAYS_FULL):
            return True
        error = error.__cause__
    return False


def _set_level(connection: QuickConnection, level: str) -> None:
    """Set the synchronous level of SQLite, unless the connection has it already."""
    if connection.info.get(LEVEL) != level:
        connection.begin_with(f"{SETTING}{level}")
        connection.info[LEVEL] = level


async def _open(connection: AsyncConnection) -> None:
    await connection.start()  # type: ignore[unused-awaitable]  # the result is the connection


async def _roll_back(connection: AsyncConnection) -> None:
    """Roll back; a connection that cannot is closed, so that nobody continues its transaction."""
    try:
        await connection.rollback()
    except DBAPIError:
        await connection.invalidate()


async def _commit(connection: AsyncConnection, committed: Callable[[], None] | None) -> None:
    try:
        await connection.commit()
    except DBAPIError:
        # SQLite may keep the transaction open after a commit that failed.
        await _roll_back(connection)
        raise
    if committed is not None:
        committed()


async def _shielded(work: Coroutine[object, object, None]) -> None:
    """Run ``work`` to its end, and raise a cancellation of the caller afterwards."""
    # Eager: what need not wait is done without a turn of the event loop.
    task = asyncio.create_task(work, eager_start=True)
    cancelled: asyncio.CancelledError | None = None
    while not task.done():
        try:
            await asyncio.shield(task)
        except asyncio.CancelledError as err:
            cancelled = err
    if cancelled is not None and (task.cancelled() or task.exception() is None):
        raise cancelled
    task.result()


def _sqlite(url: str) -> AsyncEngine:
    # Each user ends its own transaction, so the pool needs no rollback on return.
    return create_async_engine(url, module=DRIVER, pool_reset_on_return=None)


def _postgresql(url: str) -> AsyncEngine:
    # The server may have been restarted since the last use of a connection.
    return create_async_engine(url, pool_pre_ping=True)


def _prepare_sqlite(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
    """Configure a SQLite connection; the app begins transactions, not the driver."""
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=NORMAL")
    cursor.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.close()
