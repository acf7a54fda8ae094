"""Base of all messages of the contract: frozen fields, JSON out, validated JSON in."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any, Self, TypeVar

import orjson
from probatio import REMOVE_EXTRA, Invalid, SchemaMixin

from .errors import MalformedMessage


def read_timestamp(value: object) -> datetime:
    """Return an aware UTC datetime from an RFC 3339 text or an aware datetime."""
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value)
        except ValueError as err:
            message = "expected an RFC 3339 time"
            raise Invalid(message) from err
    if not isinstance(value, datetime) or value.tzinfo is None:
        message = "expected a time with its zone"
        raise Invalid(message)
    try:
        return value.astimezone(UTC)
    except OverflowError as err:
        message = "expected a time between the years 1 and 9999"
        raise Invalid(message) from err


def _as_tuple(value: list[object] | tuple[object, ...]) -> tuple[object, ...]:
    """Return a list from JSON as a tuple."""
    return tuple(value)


T = TypeVar("T")

Timestamp = Annotated[datetime, read_timestamp]
"""An aware UTC time, RFC 3339 on the wire."""

Many = Annotated[tuple[T, ...], _as_tuple]
"""A list on the wire, a tuple in memory."""


def read_value(value: object) -> object:
    """Return a text, number, boolean or None unchanged. Raises Invalid for anything else."""
    if value is None or isinstance(value, str | int | float):
        return value
    message = "expected str or int or float or bool"
    raise Invalid(message)


if TYPE_CHECKING:
    Value = str | int | float | bool | None
    """One reading, argument or setting as it crosses the wire."""
else:
    # Validating a union member by member takes ten times as long, and a snapshot has many values.
    Value = Annotated[Any, read_value]


class Message(SchemaMixin, extra=REMOVE_EXTRA):
    """Base of every contract dataclass.

    Unknown keys are dropped, so a newer partner may send more.
    """

    def to_json(self) -> bytes:
        """Return the message as UTF-8 JSON."""
        return orjson.dumps(self)

    def to_dict(self) -> dict[str, Any]:
        """Return the message as plain JSON types (lists, dicts, texts, numbers)."""
        plain: dict[str, Any] = orjson.loads(orjson.dumps(self))
        return plain

    @classmethod
    def from_json(cls, data: bytes | str) -> Self:
        """Return the message in ``data``.

        Raises MalformedMessage for invalid JSON and for values that do not fit the fields.
        """
        try:
            plain = orjson.loads(data)
        except orjson.JSONDecodeError as err:
            raise MalformedMessage(cls.__name__, "not JSON") from err
        return cls.from_plain(plain)

    @classmethod
    def from_plain(cls, plain: object) -> Self:
        """Return the message in already decoded JSON.

        Raises MalformedMessage, naming the field that does not fit.
        """
        try:
            return cls.from_dict(plain)
        except Invalid as err:
            raise MalformedMessage(cls.__name__, str(err)) from err
