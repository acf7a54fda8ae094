"""SQLite connections that go to their thread once per statement, where aiosqlite goes four times."""

import sqlite3
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Self, override

import aiosqlite

CHUNK = 64
BEGIN = "BEGIN"


class SingleHopConnection(aiosqlite.Connection):
    """What SQLAlchemy's dialect ``aiosqlite`` drives, with cursors of ours.

    A transaction is begun on the way of its first statement; one without any never is.
    """

    def __init__(self, connector: Callable[[], sqlite3.Connection], iter_chunk_size: int) -> None:
        """Nothing is opened yet."""
        super().__init__(connector, iter_chunk_size)
        self.beginning: str | None = None

    @property
    def driver(self) -> sqlite3.Connection:
        """The real connection, for its own thread only."""
        return self._conn

    @override
    def cursor(self) -> SingleHopCursor:  # type: ignore[override]  # entered as theirs is, but at once there
        """Return a cursor."""
        return SingleHopCursor(self)

    @override
    async def commit(self) -> None:
        """Commit what was begun."""
        if self._was_begun():
            await super().commit()

    @override
    async def rollback(self) -> None:
        """Take back what was begun."""
        if self._was_begun():
            await super().rollback()

    def _was_begun(self) -> bool:
        beginning, self.beginning = self.beginning, None
        return beginning is None

    async def travel[**P](self, run: Callable[P, None], *arguments: P.args, **named: P.kwargs) -> None:
        """Run something in the connection's thread."""
        await self._execute(run, *arguments, **named)  # type: ignore[no-untyped-call]


class SingleHopCursor:
    """Executes and fetches everything in one trip; the rows are then handed out from memory."""

    arraysize = 1

    def __init__(self, connection: SingleHopConnection) -> None:
        """Nothing is asked yet."""
        self._connection = connection
        self._rows: list[Any] = []
        self.description: Any = None
        self.rowcount = -1
        self.lastrowid: int | None = None

    async def __aenter__(self) -> Self:
        return self

    async def execute(self, statement: str, parameters: Sequence[Any] = ()) -> Self:
        """Execute one statement; BEGIN waits for the next one."""
        if statement.startswith(BEGIN):
            self._connection.beginning = statement
        else:
            await self._connection.travel(self._run, statement, parameters)
        return self

    async def executemany(self, statement: str, parameters: Iterable[Sequence[Any]]) -> Self:
        """Execute one statement for each of many parameters."""
        await self._connection.travel(self._run_many, statement, parameters)
        return self

    async def fetchall(self) -> list[Any]:
        """Return the rows, once."""
        rows, self._rows = self._rows, []
        return rows

    async def close(self) -> None:
        """Do nothing: the real cursor was closed in its own thread."""

    def _run(self, statement: str, parameters: Sequence[Any]) -> None:
        self._begin()
        self._keep(self._connection.driver.execute(statement, parameters))

    def _run_many(self, statement: str, parameters: Iterable[Sequence[Any]]) -> None:
        self._begin()
        self._keep(self._connection.driver.executemany(statement, parameters))

    def _begin(self) -> None:
        beginning, self._connection.beginning = self._connection.beginning, None
        if beginning is not None:
            self._connection.driver.execute(beginning)

    def _keep(self, cursor: sqlite3.Cursor) -> None:
        try:
            self._rows = cursor.fetchall() if cursor.description else []
            self.description, self.rowcount = cursor.description, cursor.rowcount
            self.lastrowid = cursor.lastrowid
        finally:
            cursor.close()


def connect(database: str, **options: Any) -> SingleHopConnection:
    """Return a connection that opens when it is awaited; ``options`` are sqlite3's."""
    connection = SingleHopConnection(lambda: sqlite3.connect(database, **options), CHUNK)
    # As SQLAlchemy does: a connection left behind must not keep the process alive.
    connection._thread.daemon = True  # noqa: SLF001
    return connection
