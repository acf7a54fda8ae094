"""SQLite connections with one thread hop per statement, or none, where aiosqlite needs four."""

import sqlite3
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Self, override

import aiosqlite
from sqlalchemy.ext.asyncio import AsyncConnection

CHUNK = 64
BEGIN = "BEGIN"
SETTING = "PRAGMA synchronous="


class SingleHopConnection(aiosqlite.Connection):
    """A connection for SQLAlchemy's dialect ``aiosqlite``, with single-hop cursors.

    BEGIN and how durable the transaction is are sent with the first statement; BEGIN is not sent at
    all without a statement.

    While ``is_quick`` is set, statements run on the thread of the event loop: for a few rows that are
    found by an index, the hop to another thread and back takes longer than the statement. What may
    wait, for another writer or for the disk, still runs in the thread of the connection. Nothing
    overtakes it: SQLAlchemy closes a connection whose statement was cancelled.
    """

    def __init__(self, connector: Callable[[], sqlite3.Connection], iter_chunk_size: int) -> None:
        """Await the connection to open it."""
        super().__init__(connector, iter_chunk_size)
        self.pending: list[str] = []
        self.is_quick = False

    @property
    def driver(self) -> sqlite3.Connection:
        """The sqlite3 connection, for functions that :meth:`run` calls."""
        return self._conn

    @override
    def cursor(self) -> SingleHopCursor:  # type: ignore[override]  # needs no await
        """Return a cursor."""
        return SingleHopCursor(self)

    @override
    async def commit(self) -> None:
        """Commit the transaction if it has begun."""
        if self._has_begun():
            await super().commit()

    @override
    async def rollback(self) -> None:
        """Roll back the transaction if it has begun."""
        if self._has_begun():
            await self.run(self.driver.rollback)

    def _has_begun(self) -> bool:
        waiting = [one for one in self.pending if not one.startswith(BEGIN)]
        has_begun = len(waiting) == len(self.pending)
        self.pending = waiting
        return has_begun

    async def run[**P](self, work: Callable[P, None], *arguments: P.args, **named: P.kwargs) -> None:
        """Run a function with the statements of the transaction: in the thread, or here if it cannot wait."""
        if self._is_here():
            work(*arguments, **named)
        else:
            await self.run_in_thread(work, *arguments, **named)

    async def run_in_thread[**P](
        self, work: Callable[P, None], *arguments: P.args, **named: P.kwargs
    ) -> None:
        """Run a function in the thread of the connection."""
        await self._execute(work, *arguments, **named)  # type: ignore[no-untyped-call]

    def _is_here(self) -> bool:
        """Return whether the next statement may run on the thread of the event loop."""
        # BEGIN IMMEDIATE waits for other writers.
        can_wait = any(one != BEGIN for one in self.pending)
        return self.is_quick and not can_wait


class SingleHopCursor:
    """Executes a statement and fetches all rows in one thread hop."""

    arraysize = 1

    def __init__(self, connection: SingleHopConnection) -> None:
        """Create a cursor without rows."""
        self._connection = connection
        self._rows: list[Any] = []
        self.description: Any = None
        self.rowcount = -1
        self.lastrowid: int | None = None

    async def __aenter__(self) -> Self:
        return self

    async def execute(self, statement: str, parameters: Sequence[Any] = ()) -> Self:
        """Execute one statement; BEGIN and the setting of a transaction are sent with the next one."""
        if statement.startswith((BEGIN, SETTING)):
            self._connection.pending.append(statement)
        else:
            await self._connection.run(self._run, statement, parameters)
        return self

    async def executemany(self, statement: str, parameters: Iterable[Sequence[Any]]) -> Self:
        """Execute one statement with each of the parameters."""
        await self._connection.run(self._run_many, statement, parameters)
        return self

    async def fetchall(self) -> list[Any]:
        """Return the rows and clear them."""
        rows, self._rows = self._rows, []
        return rows

    async def close(self) -> None:
        """Do nothing, because the sqlite3 cursor is closed after each statement."""

    def _run(self, statement: str, parameters: Sequence[Any]) -> None:
        self._begin()
        self._store_result(self._connection.driver.execute(statement, parameters))

    def _run_many(self, statement: str, parameters: Iterable[Sequence[Any]]) -> None:
        self._begin()
        self._store_result(self._connection.driver.executemany(statement, parameters))

    def _begin(self) -> None:
        pending, self._connection.pending = self._connection.pending, []
        for statement in pending:
            self._connection.driver.execute(statement)

    def _store_result(self, cursor: sqlite3.Cursor) -> None:
        try:
            self._rows = cursor.fetchall() if cursor.description else []
            self.description, self.rowcount = cursor.description, cursor.rowcount
            self.lastrowid = cursor.lastrowid
        finally:
            cursor.close()


def connect(database: str, **options: Any) -> SingleHopConnection:
    """Return a connection that opens when it is awaited; ``options`` are sqlite3's."""
    # The thread of the event loop uses the connection too, one of both at a time.
    options["check_same_thread"] = False
    connection = SingleHopConnection(lambda: sqlite3.connect(database, **options), CHUNK)
    # As in SQLAlchemy: an unclosed connection must not keep the process alive.
    connection._thread.daemon = True  # noqa: SLF001
    return connection


def set_quick(connection: AsyncConnection, *, is_quick: bool) -> None:
    """Set whether the next transaction of an open connection is quick; only SQLite's can be."""
    sync = connection.sync_connection
    driver = sync.connection.driver_connection if sync is not None else None
    if isinstance(driver, SingleHopConnection):
        driver.is_quick = is_quick
