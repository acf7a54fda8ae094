"""Counts what is asked of a database: transactions and statements, which need no clock."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import event

from steward.store.database import Database


@dataclass
class RoundTrips:
    """``transactions`` is how many connections were taken; ``statements`` has the text of each statement."""

    transactions: int = 0
    statements: list[str] = field(default_factory=list)

    def _on_checkout(self, *_: Any) -> None:
        self.transactions += 1

    def _on_execute(self, _connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        self.statements.append(" ".join(statement.split()))


@contextmanager
def round_trips(database: Database) -> Iterator[RoundTrips]:
    """Yield the counts of a database while the block runs."""
    counts, engine = RoundTrips(), database.engine.sync_engine
    listeners = (("checkout", counts._on_checkout), ("before_cursor_execute", counts._on_execute))
    for name, listener in listeners:
        event.listen(engine, name, listener)
    try:
        yield counts
    finally:
        for name, listener in listeners:
            event.remove(engine, name, listener)
