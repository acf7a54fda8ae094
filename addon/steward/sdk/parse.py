"""Typed parsing of decoded JSON into frozen structs: strict by default, lenient per list item."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from itertools import islice
from typing import Annotated, Any, Final, dataclass_transform

import msgspec

from ..errors import ServiceMalformed
from .coverage import Gaps
from .format import brief
from .http import plain

MOST_NAMED: Final = 3
"""The most invalid items of one list that a gap names; the others are counted."""

MOST_OF_A_NAME: Final = 40
MOST_ITEMS: Final = 10_000
"""The most items of one list that are read, because parsing blocks the event loop; the rest is a gap."""

_NOT_UNDERSTOOD: Final = (msgspec.ValidationError, OverflowError, RecursionError)

Time = Annotated[datetime, msgspec.Meta(tz=True)]
"""An RFC 3339 time with its zone."""


@dataclass_transform(frozen_default=True, kw_only_default=True, field_specifiers=(msgspec.field,))
class _ItemType(msgspec.StructMeta):
    """Declares to type checkers that every Item is frozen and takes keywords only."""


class Item(msgspec.Struct, metaclass=_ItemType, frozen=True, kw_only=True, rename="camel"):
    """Base class of parsed answers; the JSON names are the fields' names in camelCase.

    A field with a default may be missing or null. Unknown keys are ignored. Numbers and
    booleans written as text are accepted. Use ``rename=None`` for snake_case services and
    ``msgspec.field(name=…)`` for a single other name.
    """


def parse[T](kind: type[T], value: object, what: str, *, is_lenient: bool = False) -> T:
    """Return ``value`` as ``kind``. Raises ServiceMalformed naming ``what`` and the field.

    With ``is_lenient``, which is for an Item, an invalid value of a field with a default is replaced by
    the default.
    """
    try:
        return _convert_leniently(kind, value) if is_lenient else _convert(kind, value)
    except _NOT_UNDERSTOOD as err:
        raise ServiceMalformed(f"{what}: {plain(str(err))}") from err


def parse_items[T](
    kind: type[T],
    value: object,
    gaps: Gaps,
    what: str,
    *,
    name: Callable[[Mapping[str, Any]], object] = lambda item: item.get("name") or item.get("id"),
    is_lenient: bool = False,
) -> tuple[T, ...]:
    """Return the items of a list. An invalid item is left out and named in ``gaps`` under ``what``.

    With ``is_lenient`` an invalid value of a field with a default is replaced by the default.
    Raises ServiceMalformed when ``value`` is no list, or when no item of it can be read.
    """
    if not isinstance(value, Sequence) or isinstance(value, str | bytes):
        raise ServiceMalformed(t"{what}: expected a list, got {_kind_of(value)}")
    items: list[T] = []
    named: list[str] = []
    odd = 0
    for position, one in enumerate(islice(value, MOST_ITEMS), 1):
        try:
            items.append(_convert_leniently(kind, one) if is_lenient else _convert(kind, one))
        except _NOT_UNDERSTOOD as err:
            odd += 1
            if odd <= MOST_NAMED:
                named.append(f"item {_named(one, name) or position} ({plain(str(err))})")
    if odd and not items:
        raise ServiceMalformed(t"{what}: no item can be read: {named[0]}")
    if odd:
        more = f" and {odd - MOST_NAMED} more" if odd > MOST_NAMED else ""
        gaps.add(what, f"not understood: {', '.join(named)}{more}")
    if len(value) > MOST_ITEMS:
        gaps.add(what, f"only the first {MOST_ITEMS} of {len(value)} items are read")
    return tuple(items)


def at(value: object, path: str) -> object:
    """Return the value at ``path`` ("data.items") in nested objects; "" is the value itself.

    "groups.*.rules" joins the rules of all groups. Raises ServiceMalformed when a part of the
    path is missing.
    """
    above, star, below = path.partition(".*.")
    for key in above.split(".") if above else ():
        if not isinstance(value, Mapping) or key not in value:
            raise ServiceMalformed(t"the answer has no {path}")
        value = value[key]
    if not star:
        return value
    inner = [at(one, below) for one in value] if isinstance(value, list) else [None]
    if not all(isinstance(one, list) for one in inner):
        raise ServiceMalformed(t"the answer has no {path}")
    return [item for one in inner if isinstance(one, list) for item in one]


def unix_time(seconds: float, what: str) -> datetime:
    """Return the time of Unix ``seconds`` in UTC. Raises ServiceMalformed, naming ``what``."""
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError) as err:
        raise ServiceMalformed(t"{what} is no time") from err


def _convert[T](kind: type[T], value: object) -> T:
    return msgspec.convert(_without_nulls(value), kind, strict=False)


def _convert_leniently[T](kind: type[T], item: object) -> T:
    """Convert an item, without invalid values of optional fields."""
    try:
        return _convert(kind, item)
    except _NOT_UNDERSTOOD:
        return _convert(kind, _without_odd_values(kind, item))


def _without_odd_values(kind: Any, item: object) -> object:
    """Return an item without invalid values of optional fields."""
    if not isinstance(item, dict):
        return item
    kept = dict(item)
    for field in msgspec.structs.fields(kind):
        try:
            if not field.required and field.encode_name in kept:
                _convert(field.type, kept[field.encode_name])
        except _NOT_UNDERSTOOD:
            del kept[field.encode_name]
    return kept


def _without_nulls(value: object) -> object:
    """Return the value without keys that are null, because null means missing."""
    if isinstance(value, dict):
        return {key: _without_nulls(one) for key, one in value.items() if one is not None}
    if isinstance(value, list):
        return [_without_nulls(one) for one in value]
    return value


def _named(item: object, name: Callable[[Mapping[str, Any]], object]) -> str | None:
    found = name(item) if isinstance(item, Mapping) else None
    return brief(plain(str(found)), MOST_OF_A_NAME) if isinstance(found, str | int) else None


def _kind_of(value: object) -> str:
    return {dict: "an object", str: "text", type(None): "nothing"}.get(type(value), "something else")
