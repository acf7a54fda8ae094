"""SQLite connections with one thread hop per statement, where aiosqlite needs four."""

import sqlite3
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Self, override

import aiosqlite

CHUNK = 64
BEGIN = "BEGIN"
SETTING = "PRAGMA synchronous="


class SingleHopConnection(aiosqlite.Connection):
    """A connection for SQLAlchemy's dialect ``aiosqlite``, with single-hop cursors.

    BEGIN and how durable the transaction is are sent with the first statement; BEGIN is not sent at
    all without a statement.
    """

    def __init__(self, connector: Callable[[], sqlite3.Connection], iter_chunk_size: int) -> None:
        """Await the connection to open it."""
        super().__init__(connector, iter_chunk_size)
        self.pending: list[str] = []

    @property
    def driver(self) -> sqlite3.Connection:
        """The sqlite3 connection; use it in its own thread only."""
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
            await super().rollback()

    def _has_begun(self) -> bool:
        waiting = [one for one in self.pending if not one.startswith(BEGIN)]
        has_begun = len(waiting) == len(self.pending)
        self.pending = waiting
        return has_begun

    async def run_in_thread[**P](self, run: Callable[P, None], *arguments: P.args, **named: P.kwargs) -> None:
        """Run a function in the thread of the connection."""
        await self._execute(run, *arguments, **named)  # type: ignore[no-untyped-call]


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
            await self._connection.run_in_thread(self._run, statement, parameters)
        return self

    async def executemany(self, statement: str, parameters: Iterable[Sequence[Any]]) -> Self:
        """Execute one statement with each of the parameters."""
        await self._connection.run_in_thread(self._run_many, statement, parameters)
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
    connection = SingleHopConnection(lambda: sqlite3.connect(database, **options), CHUNK)
    # As in SQLAlchemy: an unclosed connection must not keep the process alive.
    connection._thread.daemon = True  # noqa: SLF001
    return connection
