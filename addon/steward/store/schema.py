"""The shared table metadata; each package declares its own tables on it."""

from datetime import UTC, datetime, timedelta
from typing import Final, override

from sqlalchemy import BigInteger, Dialect, Integer, MetaData
from sqlalchemy.types import TypeDecorator

metadata: Final = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def microseconds(at: datetime) -> int:
    """Return a time as microseconds since 1970. Raises ValueError without a time zone."""
    if at.tzinfo is None:
        message = "the time has no time zone"
        raise ValueError(message)
    return (at - EPOCH) // timedelta(microseconds=1)


class Timestamp(TypeDecorator[datetime]):
    """An aware UTC time, stored as whole microseconds since 1970."""

    impl = BigInteger
    cache_ok = True

    @override
    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        """Return microseconds. Raises ValueError without a time zone."""
        return microseconds(value) if value is not None else None

    @override
    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:
        """Return the aware UTC time."""
        return EPOCH + timedelta(microseconds=value) if value is not None else None


# SQLite numbers rows automatically for INTEGER PRIMARY KEY only.
BigId: Final = BigInteger().with_variant(Integer(), "sqlite")
