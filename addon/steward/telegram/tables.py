"""Tables of topics, messages, buttons and presses, which survive a restart."""

from typing import Final

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, LargeBinary, String, Table, Text

from ..store.schema import BigId, Timestamp, metadata

topics: Final = Table(
    "telegram_topics",
    metadata,
    Column("chat_id", BigInteger, primary_key=True, autoincrement=False),
    Column("topic", String(32), primary_key=True),
    Column("thread_id", BigInteger, nullable=False),
    Column("name", String(128), nullable=False),
    Column("created_at", Timestamp, nullable=False),
)

incident_topics: Final = Table(
    "telegram_incident_topics",
    metadata,
    Column("chat_id", BigInteger, primary_key=True, autoincrement=False),
    Column("incident_id", String(64), primary_key=True),
    Column("standing", String(32), nullable=False),
    Column("name", String(128), nullable=False),
    Column("is_over", Boolean, nullable=False),
    Column("thread_id", BigInteger, nullable=True),
    Column("shown_name", String(128), nullable=False),
    Column("is_closed", Boolean, nullable=False),
    Column("is_announced", Boolean, nullable=False),
    Column("changed_at", Timestamp, nullable=False),
    Index("ix_telegram_incident_topics_thread_id", "thread_id"),
)

chats: Final = Table(
    "telegram_chats",
    metadata,
    Column("chat_id", BigInteger, primary_key=True, autoincrement=False),
    Column("current_chat_id", BigInteger, nullable=False),
)

outbox: Final = Table(
    "telegram_outbox",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=True),
    Column("chat_id", BigInteger, nullable=False),
    Column("key", String(128), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("topic", String(32), nullable=False),
    Column("own_topic", Boolean, nullable=False),
    Column("incident_id", String(64), nullable=False),
    Column("approval_id", String(64), nullable=False),
    Column("priority", Integer, nullable=False),
    Column("text", Text, nullable=False),
    Column("buttons", Text, nullable=False),
    Column("reply_to", String(128), nullable=False),
    Column("version", Integer, nullable=False),
    Column("sent_version", Integer, nullable=False),
    Column("message_id", BigInteger, nullable=True),
    Column("thread_id", BigInteger, nullable=True),
    Column("attempt", Text, nullable=False),
    Column("seen_at", Timestamp, nullable=True),
    Column("waiting", Boolean, nullable=False),
    Column("held", Boolean, nullable=False),
    Column("is_open", Boolean, nullable=False),
    Column("form", Integer, nullable=False),
    Column("failure", Text, nullable=False),
    Column("is_silent", Boolean, nullable=False),
    Column("file_name", String(64), nullable=False),
    Column("file", LargeBinary, nullable=True),
    Column("changed_at", Timestamp, nullable=False),
    Index("uq_telegram_outbox_chat_id_key", "chat_id", "key", unique=True),
    Index("ix_telegram_outbox_waiting", "waiting", "held", "priority", "id"),
    Index("ix_telegram_outbox_incident_id", "incident_id"),
    Index("ix_telegram_outbox_is_open", "is_open", "changed_at"),
)

buttons: Final = Table(
    "telegram_buttons",
    metadata,
    Column("short_id", String(16), primary_key=True),
    Column("chat_id", BigInteger, nullable=False),
    Column("approval_id", String(64), nullable=False),
    Column("plans", Text, nullable=False),
    Column("made_at", Timestamp, nullable=False),
    Column("used_at", Timestamp, nullable=True),
    Index("uq_telegram_buttons_approval_id_chat_id", "approval_id", "chat_id", unique=True),
)

presses: Final = Table(
    "telegram_presses",
    metadata,
    Column("callback_id", String(64), primary_key=True),
    Column("user_id", BigInteger, nullable=False),
    Column("text", String(255), nullable=False),
    Column("alert", Boolean, nullable=False),
    Column("pressed_at", Timestamp, nullable=False),
    Index("ix_telegram_presses_pressed_at", "pressed_at"),
)
