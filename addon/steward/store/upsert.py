"""Insert or replace by primary key, for SQLite and PostgreSQL."""

from collections.abc import Mapping, Sequence

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection


async def upsert(
    connection: AsyncConnection,
    table: Table,
    rows: Mapping[str, object] | Sequence[Mapping[str, object]],
) -> None:
    """Insert rows, or replace those with the same primary key."""
    if not rows:
        return
    sequence = [rows] if isinstance(rows, Mapping) else list(rows)
    insert = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
    statement = insert(table)
    keys = [column.name for column in table.primary_key]
    changed = {name: statement.excluded[name] for name in sequence[0] if name not in keys}
    await connection.execute(
        statement.on_conflict_do_update(index_elements=keys, set_=changed),
        [dict(row) for row in sequence],
    )
