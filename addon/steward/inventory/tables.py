"""Tables of the instances and people that clients configured; those of the settings file are not stored."""

from typing import Final

from sqlalchemy import BigInteger, Column, LargeBinary, String, Table, Text, UniqueConstraint

from ..store.schema import Timestamp, metadata

instances: Final = Table(
    "instances",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("service", String(64), nullable=False),
    Column("name", String(200), nullable=False),
    Column("settings", Text, nullable=False),  # JSON, without secrets
    Column("secrets", LargeBinary),  # encrypted by the vault; None when there are none
    Column("added_at", Timestamp, nullable=False),
)

people: Final = Table(
    "people",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("name", String(200), nullable=False),
    Column("role", String(16), nullable=False),
    Column("ha_user_id", String(64)),
    Column("telegram_user_id", BigInteger),
    UniqueConstraint("ha_user_id"),
    UniqueConstraint("telegram_user_id"),
)
