"""Insert or replace by primary key, for SQLite and PostgreSQL."""

from collections.abc import Mapping, Sequence
from functools import cache

from sqlalchemy import Insert, Table
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
    statement = _statement(connection.dialect.name, table, tuple(sequence[0]))
    await connection.execute(statement, [dict(row) for row in sequence])


@cache
def _statement(dialect: str, table: Table, columns: tuple[str, ...]) -> Insert:
    """Return the statement for rows with these columns."""
    insert = sqlite.insert if dialect == "sqlite" else postgresql.insert
    statement = insert(table)
    keys = [column.name for column in table.primary_key]
    changed = {name: statement.excluded[name] for name in columns if name not in keys}
    return statement.on_conflict_do_update(index_elements=keys, set_=changed)
