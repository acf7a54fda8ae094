"""One database: SQLite in WAL mode by default, PostgreSQL by its address."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Final

from sqlalchemy import event, make_url, text
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import InterfaceError, OperationalError, TimeoutError  # noqa: A004 - the pool's own
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry

from ..errors import StewardError
from . import single_hop_sqlite

BUSY_TIMEOUT_MS: Final = 10_000
LEVEL: Final = "synchronous"

UNANSWERED: Final = (OperationalError, InterfaceError, TimeoutError)
"""What a database raises that cannot be asked now (locked, full, away): ask again later."""


class StoreUnavailable(StewardError):
    """The database cannot be opened; the text says what to look at."""


class Database:
    """Connections handed out for reading and, one writer at a time, for writing."""

    def __init__(self, url: str) -> None:
        """Remember the address (``sqlite+aiosqlite:///…`` or ``postgresql+psycopg://…``)."""
        self.is_sqlite: bool = make_url(url).get_backend_name() == "sqlite"
        self._engine: AsyncEngine = _sqlite(url) if self.is_sqlite else _server(url)
        self._writer = asyncio.Lock()
        if self.is_sqlite:
            event.listen(self._engine.sync_engine, "connect", _prepare_sqlite)

    @property
    def engine(self) -> AsyncEngine:
        """The engine, for migrations."""
        return self._engine

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        """Yield a connection that sees one consistent state and changes nothing."""
        async with self._connected() as connection:
            if self.is_sqlite:
                await connection.exec_driver_sql("BEGIN")
                yield connection
            else:
                yield await connection.execution_options(isolation_level="REPEATABLE READ")

    @asynccontextmanager
    async def write(
        self, *, durable: bool = False, committed: Callable[[], None] | None = None
    ) -> AsyncIterator[AsyncConnection]:
        """Yield a connection inside one transaction, committed at the end of the block.

        Writers queue: SQLite has one, and a queue beats its busy errors. ``durable``
        commits survive a power cut, not only the end of the process; the journal and
        decisions need that, readings do not. ``committed`` is called right after the
        commit, before the next writer's turn, so what it tells is told in order; a
        caller cancelled during the commit changes nothing of that.
        """
        async with self._writer, self._connected() as connection:
            if self.is_sqlite:
                await _set_level(connection, "FULL" if durable else "NORMAL")
                await connection.exec_driver_sql("BEGIN IMMEDIATE")
            try:
                yield connection
            except BaseException:
                await connection.rollback()
                raise
            await _to_the_end(_commit(connection, committed))

    async def close(self) -> None:
        """Close all connections."""
        await self._engine.dispose()

    async def check(self) -> None:
        """Raise StoreUnavailable when the database does not answer."""
        try:
            async with self._connected() as connection:
                await connection.execute(text("SELECT 1"))
        except Exception as err:
            message = f"The database does not answer: {type(err).__name__}"
            raise StoreUnavailable(message) from err

    @asynccontextmanager
    async def _connected(self) -> AsyncIterator[AsyncConnection]:
        """Yield a connection. One that is half made or half given back would be lost."""
        connection = self._engine.connect()
        try:
            await _to_the_end(_start(connection))
            yield connection
        finally:
            if connection.sync_connection is not None:
                await _to_the_end(connection.close())


async def _set_level(connection: AsyncConnection, level: str) -> None:
    """Say how safe the next commit must be, unless the connection knows it already."""
    if connection.info.get(LEVEL) != level:
        await connection.exec_driver_sql(f"PRAGMA synchronous={level}")
        connection.info[LEVEL] = level


async def _start(connection: AsyncConnection) -> None:
    await connection.start()  # type: ignore[unused-awaitable]  # it is the connection itself


async def _commit(connection: AsyncConnection, committed: Callable[[], None] | None) -> None:
    await connection.commit()
    if committed is not None:
        committed()


async def _to_the_end(work: Coroutine[object, object, None]) -> None:
    """Do ``work`` whole, and only then let the caller be cancelled."""
    task = asyncio.create_task(work)
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
    # Whoever had a connection ends its transaction: there is nothing to take back on its return.
    return create_async_engine(
        url, connect_args={"async_creator_fn": single_hop_sqlite.connect}, pool_reset_on_return=None
    )


def _server(url: str) -> AsyncEngine:
    # It may have been restarted since a connection was used last.
    return create_async_engine(url, pool_pre_ping=True)


def _prepare_sqlite(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
    """Set what every SQLite connection needs; transactions are begun by us, not the driver."""
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=NORMAL")
    cursor.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.close()
