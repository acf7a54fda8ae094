"""The store: reads rows, and changes rows and publishes them."""

import secrets
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from homelab_steward.contract.base import Message
from homelab_steward.contract.protocol import RowKind

from .app_metadata import write_value
from .changes import Changes, PublishedRow
from .database import Database
from .refusals import RefusalLog


class Unit:
    """One transaction and the rows to publish after its commit."""

    def __init__(self, connection: AsyncConnection) -> None:
        """Use ``connection`` for the transaction."""
        self.connection = connection
        self.published: list[PublishedRow] = []
        self.committed: list[Callable[[], None]] = []

    def publish(self, kind: RowKind, row_id: str, row: Message | None) -> None:
        """Publish a changed row, or a deleted one (None), after the commit."""
        self.published.append((kind, row_id, row))

    def on_commit(self, call: Callable[[], None]) -> None:
        """Call something after the commit, before the rows are published."""
        self.committed.append(call)


class Store:
    """A database with the events of its changes, and the log of refusals."""

    def __init__(self, database: Database, changes: Changes) -> None:
        """The caller opens and closes both."""
        self.database = database
        self.changes = changes
        self.refusals = RefusalLog()

    async def refused(self, now: datetime, event: str, who: str, body: Mapping[str, object]) -> None:
        """Append the audit entry of one refusal, or count it when there are too many; see RefusalLog."""
        async with self.change(durable=True) as unit:
            await self.refusals.append(unit.connection, now, event, who, body)

    async def check(self) -> None:
        """Write a value durably. Raises StoreUnavailable when nothing can be stored."""
        async with self.database.write(durable=True) as connection:
            await write_value(connection, "check", secrets.token_hex(8))

    @asynccontextmanager
    async def read(self, *, quick: bool = False) -> AsyncIterator[AsyncConnection]:
        """Yield a read-only connection; see :meth:`Database.read`."""
        async with self.database.read(quick=quick) as connection:
            yield connection

    @asynccontextmanager
    async def change(self, *, durable: bool = False, quick: bool = False) -> AsyncIterator[Unit]:
        """Yield one transaction, see :meth:`Database.write`; its rows are published after the commit.

        What belongs to the rows is stored in the same transaction, see :meth:`Changes.accompanied`.
        """
        units: list[Unit] = []

        def publish() -> None:
            for call in units[0].committed:
                call()
            for kind, row_id, row in units[0].published:
                self.changes.publish(kind, row_id, row)

        async with self.database.write(durable=durable, quick=quick, committed=publish) as connection:
            unit = Unit(connection)
            units.append(unit)
            yield unit
            for companion in self.changes.companions if unit.published else ():
                after = await companion(connection, unit.published)
                if after is not None:
                    unit.on_commit(after)
