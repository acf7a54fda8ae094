"""Reading decoded JSON strictly: what does not fit says so and goes no further."""

import math
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Final

from ..errors import ServiceMalformed

_LARGEST: Final = 2**63


class Row:
    """One JSON object from outside. ``what`` names it in errors.

    A reading without a default is needed: ServiceMalformed when it is missing, null or
    of another kind. With a default, only a value of another kind is an error.
    """

    __slots__ = ("_fields", "_what")

    def __init__(self, value: object, what: str) -> None:
        """Take the object. Raises ServiceMalformed when it is something else."""
        if not isinstance(value, dict):
            raise ServiceMalformed(f"{what} is no object")
        self._fields: Mapping[str, object] = value
        self._what = what

    def __contains__(self, key: str) -> bool:
        """Whether ``key`` is there and not null."""
        return self._fields.get(key) is not None

    def text[Default](self, key: str, *default: Default) -> str | Default:
        """Return a text."""
        value = self._fields.get(key)
        if value is None and default:
            return default[0]
        if not isinstance(value, str):
            raise self._wrong(key, "text")
        return value

    def number[Default](self, key: str, *default: Default) -> float | Default:
        """Return a finite number; a text of digits counts as one."""
        value = self._fields.get(key)
        if value is None and default:
            return default[0]
        return self._number(key, value)

    def integer[Default](self, key: str, *default: Default) -> int | Default:
        """Return a whole number; fractions are cut off."""
        value = self._fields.get(key)
        if value is None and default:
            return default[0]
        return int(self._number(key, value))

    def flag(self, key: str, default: bool) -> bool:  # noqa: FBT001 - reads as the value it is
        """Return true or false, also said as 1 and 0."""
        value = self._fields.get(key)
        if value is None:
            return default
        if value not in (True, False):
            raise self._wrong(key, "true or false")
        return bool(value)

    def moment[Default](self, key: str, *default: Default) -> datetime | Default:
        """Return an RFC 3339 time, aware, in UTC."""
        value = self._fields.get(key)
        if value is None and default:
            return default[0]
        try:
            moment = datetime.fromisoformat(self.text(key))
            if moment.tzinfo is not None:
                return moment.astimezone(UTC)
        except ValueError, OverflowError:
            pass  # said below, without the value
        raise self._wrong(key, "time with its zone")

    def unix_time(self, key: str) -> datetime:
        """Return a time given in seconds since 1970."""
        try:
            return datetime.fromtimestamp(self.number(key), UTC)
        except (ValueError, OverflowError, OSError) as err:
            raise self._wrong(key, "time") from err

    def scalar(self, key: str) -> str:
        """Return a text or a number as text."""
        value = self._fields.get(key)
        if not isinstance(value, str | int | float):
            raise self._wrong(key, "text or number")
        return str(value)

    def texts(self, key: str) -> dict[str, str]:
        """Return an object of texts, empty when it is missing."""
        inner = self._fields.get(key)
        if inner is None:
            return {}
        if not isinstance(inner, dict) or not all(isinstance(value, str) for value in inner.values()):
            raise self._wrong(key, "object of texts")
        return dict(inner)

    def row(self, key: str) -> Row:
        """Return an object within."""
        return Row(self._fields.get(key), f"{self._what} {key}")

    def rows(self, key: str) -> Iterator[Row]:
        """Return the objects of a list within."""
        return rows(self._fields.get(key), f"{self._what} {key}")

    def items(self, key: str) -> list[object]:
        """Return a list within, empty when it is missing."""
        value = self._fields.get(key)
        if value is None:
            return []
        if not isinstance(value, list):
            raise self._wrong(key, "list")
        return value

    def _number(self, key: str, value: object) -> float:
        if isinstance(value, bool) or not isinstance(value, int | float | str):
            raise self._wrong(key, "number")
        try:
            number = float(value)
        except ValueError, OverflowError:
            number = math.nan
        if not -_LARGEST < number < _LARGEST:
            raise self._wrong(key, "number")
        return number

    def _wrong(self, key: str, expected: str) -> ServiceMalformed:
        return ServiceMalformed(f"{self._what}: {key} is no {expected}")


def rows(value: object, what: str) -> Iterator[Row]:
    """Return the objects of a list. Raises ServiceMalformed when it is something else."""
    if not isinstance(value, list):
        raise ServiceMalformed(f"{what} is no list")
    return (Row(one, what) for one in value)
