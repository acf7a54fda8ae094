"""The tables of the instances and people that clients configured, and of the states of targets."""

from typing import Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
)

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
    Column("language", String(16)),
    Column("quiet_from", String(5)),
    Column("quiet_until", String(5)),
    Column("authority", Text, nullable=False),  # JSON: category -> highest risk
    Column("asked_after_minutes", Integer, nullable=False),
    Column("critical_alerts", Boolean, nullable=False),
    Column("pin_hash", String(200)),
    UniqueConstraint("ha_user_id"),
    UniqueConstraint("telegram_user_id"),
)

pin_failures: Final = Table(
    "pin_failures",
    metadata,
    Column("person_id", String(64), primary_key=True),
    Column("failures", Integer, nullable=False),
    Column("last_at", Timestamp, nullable=False),
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
