"""SQLite connections with one thread hop per statement, or none, where aiosqlite needs four."""

import sqlite3
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final, Self, override

import aiosqlite
from sqlalchemy import CursorResult, Executable
from sqlalchemy.dialects.sqlite.aiosqlite import (
    AsyncAdapt_aiosqlite_connection,
    AsyncAdapt_aiosqlite_cursor,
    AsyncAdapt_aiosqlite_dbapi,
)
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine
from sqlalchemy.util.concurrency import await_only

CHUNK = 64
BEGIN = "BEGIN"
SETTING = "PRAGMA synchronous="


class SingleHopConnection(aiosqlite.Connection):
    """A connection for SQLAlchemy's dialect ``aiosqlite``, with single-hop cursors.

    BEGIN and how durable the transaction is are sent with the first statement; BEGIN is not sent at
    all without a statement.

    While ``is_quick`` is set, statements run on the thread of the event loop: for a few rows that are
    found by an index, the hop to another thread and back takes longer than the statement. What has to
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

    def roll_back_here(self) -> None:
        """Do :meth:`rollback` on the thread of the event loop."""
        if self._has_begun():
            self.driver.rollback()

    def forget_begin(self) -> None:
        """Forget a BEGIN that no statement followed."""
        self.pending = [one for one in self.pending if not one.startswith(BEGIN)]

    def _has_begun(self) -> bool:
        number = len(self.pending)
        self.forget_begin()
        return len(self.pending) == number

    async def run[**P](self, work: Callable[P, None], *arguments: P.args, **named: P.kwargs) -> None:
        """Run a function with the statements of the transaction: in the thread, or here if it cannot wait."""
        if self.is_here:
            work(*arguments, **named)
        else:
            await self.run_in_thread(work, *arguments, **named)

    async def run_in_thread[**P](
        self, work: Callable[P, None], *arguments: P.args, **named: P.kwargs
    ) -> None:
        """Run a function in the thread of the connection."""
        await self._execute(work, *arguments, **named)  # type: ignore[no-untyped-call]

    def begin_here(self) -> None:
        """Begin a quick transaction that writes on the thread of the event loop.

        While another program writes, it begins with its first statement, which waits in the thread.
        """
        if not self.is_quick or self.is_here:
            return
        wait = self.driver.execute("PRAGMA busy_timeout").fetchone()[0]
        try:
            self.driver.execute("PRAGMA busy_timeout=0")
            for statement in self.pending:
                self.driver.execute(statement)
            self.pending = []
        except sqlite3.OperationalError:
            return  # The thread waits, or raises it.
        finally:
            self.driver.execute(f"PRAGMA busy_timeout={wait}")

    @property
    def is_here(self) -> bool:
        """Whether the next statement may run on the thread of the event loop."""
        # BEGIN IMMEDIATE may have to wait for other writers.
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

    def execute_here(self, statement: str, parameters: Sequence[Any] = ()) -> None:
        """Do :meth:`execute` on the thread of the event loop."""
        self._run(statement, parameters)

    def executemany_here(self, statement: str, parameters: Iterable[Sequence[Any]]) -> None:
        """Do :meth:`executemany` on the thread of the event loop."""
        self._run_many(statement, parameters)

    def take_rows(self) -> list[Any]:
        """Return the rows and clear them."""
        rows, self._rows = self._rows, []
        return rows

    async def fetchall(self) -> list[Any]:
        """Do :meth:`take_rows`."""
        return self.take_rows()

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


class _Cursor(AsyncAdapt_aiosqlite_cursor):
    """SQLAlchemy's cursor. What runs on the thread of the event loop needs no greenlet."""

    __slots__ = ()

    @override
    def _aenter_cursor(self, cursor: Any) -> Any:
        return cursor  # There is nothing to wait for.

    @override
    def execute(self, operation: Any, parameters: Any = None) -> Any:
        connection: SingleHopConnection = self._connection  # type: ignore[assignment]  # see _Driver
        cursor: SingleHopCursor = self._cursor  # type: ignore[assignment]  # see _Driver
        if not connection.is_here:
            return super().execute(operation, parameters)
        try:
            cursor.execute_here(operation, parameters or ())
        except Exception as error:  # noqa: BLE001 - raised again as the dialect does
            self._adapt_connection._handle_exception(error)  # noqa: SLF001 - as in the base class
        self._rows = deque(cursor.take_rows())
        return cursor

    @override
    def executemany(self, operation: Any, seq_of_parameters: Any) -> Any:
        connection: SingleHopConnection = self._connection  # type: ignore[assignment]  # see _Driver
        cursor: SingleHopCursor = self._cursor  # type: ignore[assignment]  # see _Driver
        if not connection.is_here:
            return super().executemany(operation, seq_of_parameters)
        try:
            cursor.executemany_here(operation, seq_of_parameters)
        except Exception as error:  # noqa: BLE001 - raised again as the dialect does
            self._adapt_connection._handle_exception(error)  # noqa: SLF001 - as in the base class
        return cursor

    @override
    def close(self) -> None:
        self._rows.clear()  # The cursor of sqlite3 is closed already.


class _Adapted(AsyncAdapt_aiosqlite_connection):
    """SQLAlchemy's connection. What runs on the thread of the event loop needs no greenlet."""

    __slots__ = ()

    _cursor_cls = _Cursor

    @override
    def rollback(self) -> None:
        connection: SingleHopConnection = self._connection  # type: ignore[assignment]  # see _Driver
        if not connection.is_here:
            super().rollback()
            return
        try:
            connection.roll_back_here()
        except Exception as error:  # noqa: BLE001 - raised again as the dialect does
            self._handle_exception(error)


class _Driver(AsyncAdapt_aiosqlite_dbapi):
    """SQLAlchemy's module ``aiosqlite``, with the connections of this module."""

    @override
    def connect(self, *arg: Any, **kw: Any) -> AsyncAdapt_aiosqlite_connection:
        opened = kw.pop("async_creator_fn", connect)
        return _Adapted(self, await_only(opened(*arg, **kw)))


DRIVER: Final = _Driver(aiosqlite, sqlite3)
"""The module that an engine of SQLAlchemy uses instead of ``aiosqlite``."""


class QuickConnection(AsyncConnection):
    """A connection of SQLAlchemy that executes directly what runs on the thread of the event loop.

    The greenlets with which SQLAlchemy waits for a driver take as long as the rest of a short statement.
    """

    def __init__(self, engine: AsyncEngine) -> None:
        """Start the connection to use it, as every connection of an engine."""
        super().__init__(engine)
        self._own_driver: SingleHopConnection | None = None

    def use(self, *, is_quick: bool) -> None:
        """Set whether the transaction of this open connection is quick."""
        driver = self._connection_of_sqlite()
        driver.is_quick = is_quick
        self._own_driver = driver

    def begin_with(self, *statements: str) -> None:
        """Send these statements, BEGIN last, with the first statement of the transaction."""
        self._connection_of_sqlite().pending.extend(statements)

    def forget_begin(self) -> None:
        """Forget a BEGIN that no statement followed."""
        if self._own_driver is not None:
            self._own_driver.forget_begin()

    @override
    async def execute(
        self,
        statement: Executable,
        parameters: Any = None,
        *,
        execution_options: Any = None,
    ) -> CursorResult[Any]:
        """Execute a statement; see SQLAlchemy."""
        if self._own_driver is not None:
            self._own_driver.begin_here()
        if self._own_driver is None or not self._own_driver.is_here or self.sync_connection is None:
            return await super().execute(statement, parameters, execution_options=execution_options)
        return self.sync_connection.execute(statement, parameters, execution_options=execution_options)

    def _connection_of_sqlite(self) -> SingleHopConnection:
        sync = self.sync_connection
        driver = sync.connection.driver_connection if sync is not None else None
        if not isinstance(driver, SingleHopConnection):
            raise TypeError("the engine does not use DRIVER, or the connection is not open")
        return driver


def connect(database: str, **options: Any) -> SingleHopConnection:
    """Return a connection that opens when it is awaited; ``options`` are sqlite3's."""
    # The thread of the event loop uses the connection too, one of both at a time.
    options["check_same_thread"] = False
    connection = SingleHopConnection(lambda: sqlite3.connect(database, **options), CHUNK)
    # As in SQLAlchemy: an unclosed connection must not keep the process alive.
    connection._thread.daemon = True  # noqa: SLF001
    return connection
