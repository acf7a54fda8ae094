"""The table with the row of the leader."""

from typing import Final

from sqlalchemy import BigInteger, Boolean, Column, Integer, MetaData, String, Table

ROW: Final = 1

leader_table: Final = Table(
    "leader",
    # Not part of the schema: it exists before the first migration, and no backup contains it.
    MetaData(),
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("owner", String(64), nullable=False),
    Column("epoch", BigInteger, nullable=False),
    Column("expires_at", BigInteger, nullable=False),
    Column("is_released", Boolean, nullable=False),
    Column("unclean_at", BigInteger, nullable=True),
)
"""One row. Times are microseconds since 1970 by the clock of the database."""
