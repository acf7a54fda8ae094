"""A store that records whether each transaction was durable."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from steward.store.changes import Changes
from steward.store.database import Database
from steward.store.store import Store, Unit


class RecordedStore(Store):
    """``durable`` holds one value for each transaction, in order."""

    def __init__(self, database: Database, changes: Changes) -> None:
        super().__init__(database, changes)
        self.durable: list[bool] = []

    @asynccontextmanager
    async def change(self, *, durable: bool = False, quick: bool = False) -> AsyncIterator[Unit]:
        self.durable.append(durable)
        async with super().change(durable=durable, quick=quick) as unit:
            yield unit
