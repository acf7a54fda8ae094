"""The store as its users see it: read, or change rows and have the changes told."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy.ext.asyncio import AsyncConnection

from homelab_steward.contract.base import Message
from homelab_steward.contract.protocol import RowKind

from .changes import Changes
from .database import Database


class Unit:
    """One transaction and the rows to tell about once it is committed."""

    def __init__(self, connection: AsyncConnection) -> None:
        """Work on ``connection``."""
        self.connection = connection
        self.published: list[tuple[RowKind, str, Message | None]] = []

    def publish(self, kind: RowKind, row_id: str, row: Message | None) -> None:
        """Have everybody told after the commit that the row is now ``row``."""
        self.published.append((kind, row_id, row))


class Store:
    """A database and the word of its changes."""

    def __init__(self, database: Database, changes: Changes) -> None:
        """Both are started and closed by their owner."""
        self.database = database
        self.changes = changes

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        """Yield a connection that changes nothing."""
        async with self.database.read() as connection:
            yield connection

    @asynccontextmanager
    async def change(self, *, durable: bool = False) -> AsyncIterator[Unit]:
        """Yield one transaction; what it told is published when it is committed."""
        units: list[Unit] = []

        def publish() -> None:
            for kind, row_id, row in units[0].published:
                self.changes.publish(kind, row_id, row)

        async with self.database.write(durable=durable, committed=publish) as connection:
            unit = Unit(connection)
            units.append(unit)
            yield unit
