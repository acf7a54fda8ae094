"""Makes sure that one steward only uses a PostgreSQL database, also from another machine."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from sqlalchemy import make_url, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine
from sqlalchemy.pool import NullPool

from .database import StoreUnavailable

KEY: Final = 0x53746577617264
"""The key of the advisory lock: the letters of Steward."""

NOTICED: Final = (
    "SET tcp_keepalives_idle = 10",
    "SET tcp_keepalives_interval = 5",
    "SET tcp_keepalives_count = 3",
)
"""The server notices within half a minute that a machine has disappeared, and releases its lock."""


@asynccontextmanager
async def claimed_database(url: str) -> AsyncIterator[None]:
    """Hold the database while the block runs; SQLite's file is held by the lock of its folder.

    Raises StoreUnavailable when another steward holds it, or when the server does not answer.
    """
    if make_url(url).get_backend_name() == "sqlite":
        yield
        return
    engine = create_async_engine(url, poolclass=NullPool, isolation_level="AUTOCOMMIT")
    try:
        connection = engine.connect()
        await _claim(connection)
        try:
            yield
        finally:
            # The end of the session releases the lock; the server may have been restarted since.
            await connection.invalidate()
            await connection.close()
    finally:
        await engine.dispose()


async def _claim(connection: AsyncConnection) -> None:
    try:
        await connection.start()  # type: ignore[unused-awaitable]  # the result is the connection
        for statement in NOTICED:
            await connection.execute(text(statement))
        is_ours = await connection.scalar(text(f"SELECT pg_try_advisory_lock({KEY})"))
    except (SQLAlchemyError, OSError) as err:
        raise StoreUnavailable(f"The database does not answer: {type(err).__name__}") from err
    if not is_ours:
        await connection.close()
        raise StoreUnavailable(
            "Another steward uses the PostgreSQL database of database_url. Stop it first, or set"
            " database_url to another database. After a crash of its machine, wait half a minute"
        )
