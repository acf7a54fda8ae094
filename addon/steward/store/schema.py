"""The shared table metadata; each package declares its own tables on it."""

from datetime import UTC, datetime
from typing import Final

from sqlalchemy import BigInteger, Dialect, Integer, MetaData
from sqlalchemy.types import TypeDecorator

metadata: Final = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class Moment(TypeDecorator[datetime]):
    """An aware UTC time, kept as whole microseconds since 1970 (sortable everywhere)."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        """Return microseconds; a time without its zone is a defect."""
        if value is None:
            return None
        if value.tzinfo is None:
            message = "a time without its zone cannot be stored"
            raise ValueError(message)
        since = value.astimezone(UTC) - datetime(1970, 1, 1, tzinfo=UTC)
        return (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:
        """Return the aware UTC time."""
        if value is None:
            return None
        seconds, microseconds = divmod(value, 1_000_000)
        return datetime.fromtimestamp(seconds, UTC).replace(microsecond=microseconds)


# SQLite gives rowid semantics to INTEGER PRIMARY KEY only.
BigId: Final = BigInteger().with_variant(Integer(), "sqlite")
