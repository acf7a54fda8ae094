"""Tables: the ledger of external requests, what each deployment used by day, and vectors of texts."""

from typing import Final

from sqlalchemy import BigInteger, Column, Float, Index, Integer, LargeBinary, String, Table

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

vectors: Final = Table(
    "text_vectors",
    metadata,
    Column("model", String(128), primary_key=True),
    Column("digest", String(64), primary_key=True),
    Column("vector", LargeBinary, nullable=False),
    Column("made_at", Timestamp, nullable=False),
    Index("ix_text_vectors_made_at", "made_at"),
)
