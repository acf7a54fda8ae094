"""Tables: the ledger of requests to external models, and what each deployment used by day."""

from typing import Final

from sqlalchemy import BigInteger, Column, Float, Index, Integer, String, Table

from ..store.schema import BigId, Timestamp, metadata

egress: Final = Table(
    "llm_egress",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=True),
    Column("at", Timestamp, nullable=False),
    Column("deployment", String(64), nullable=False),
    Column("tier", String(16), nullable=False),
    Column("task", String(16), nullable=False),
    Column("bytes", Integer, nullable=False),
    Column("privacy", String(16), nullable=False),
    Column("masked", Integer, nullable=False),
    Column("digest", String(64), nullable=False),
    Index("ix_llm_egress_at", "at"),
)

requests: Final = Table(
    "llm_requests",
    metadata,
    Column("deployment", String(64), primary_key=True),
    Column("day", String(10), primary_key=True),
    Column("used", Integer, nullable=False),
    Column("tokens", BigInteger, nullable=False),
    Column("cost", Float, nullable=False),
)
