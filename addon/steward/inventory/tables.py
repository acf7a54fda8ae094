"""Tables of the instances and people that clients configured, and of what runs or is meant to be off."""

from typing import Final

from sqlalchemy import BigInteger, Boolean, Column, LargeBinary, String, Table, Text, UniqueConstraint

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

target_states: Final = Table(
    "target_states",
    metadata,
    Column("instance_id", String(64), primary_key=True),
    Column("kind", String(64), primary_key=True),
    Column("target_id", String(255), primary_key=True),
    Column("is_up", Boolean, nullable=False),
    Column("since", Timestamp, nullable=False),
    Column("expected_off", Text),  # why it is meant to be off; None when it is not
    Column("until", Timestamp),
)
