"""SNMP messages of version 2c as bytes (RFC 3416 in the basic encoding rules of ASN.1)."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

INTEGER: Final = 0x02
OCTETS: Final = 0x04
GAUGE: Final = 0x42
COUNTER64: Final = 0x46
SEQUENCE: Final = 0x30
NULL: Final = b"\x05\x00"
OID: Final = 0x06
GET, RESPONSE, SET, GET_BULK = 0xA0, 0xA2, 0xA3, 0xA5
NOTHING: Final = (0x80, 0x81, 0x82)
"""No such object, no such instance, end of the view."""

KEPT: Final = 4096
"""Object identifiers that are kept in both forms: each poll asks for the same ones."""

VERSION_2C: Final = 1
LONG: Final = 0x80

type Scalar = int | bytes | str | None
"""A value: OIDs are text, None is one that does not exist."""


@dataclass(frozen=True, slots=True)
class Message:
    """A request or a response. ``first`` and ``second`` are error status and index, or those of GETBULK."""

    kind: int
    community: bytes
    number: int
    first: int
    second: int
    values: tuple[tuple[str, Scalar], ...]


def block(tag: int, body: bytes) -> bytes:
    """Return one element."""
    if len(body) < LONG:
        return bytes((tag, len(body))) + body
    size = len(body).to_bytes((len(body).bit_length() + 7) // 8)
    return bytes((tag, LONG | len(size))) + size + body


def number(value: int, tag: int = INTEGER) -> bytes:
    """Return an integer."""
    return block(tag, value.to_bytes(value.bit_length() // 8 + 1, signed=True))


@lru_cache(maxsize=KEPT)
def oid(text: str) -> bytes:
    """Return an object identifier."""
    first, second, *rest = map(int, text.split("."))
    parts = bytearray()
    for part in (first * 40 + second, *rest):
        digits = [part & 0x7F]
        while part := part >> 7:
            digits.append(part & 0x7F | LONG)
        parts += bytes(reversed(digits))
    return block(OID, bytes(parts))


@lru_cache(maxsize=KEPT)
def parts(text: str) -> tuple[int, ...]:
    """Return the numbers of an object identifier, by which they are ordered."""
    return tuple(map(int, text.split(".")))


def message(
    kind: int, community: bytes, ids: tuple[int, int, int], values: Iterable[tuple[str, bytes]]
) -> bytes:
    """Return a message; ``ids`` are its number and what follows, values are encoded already."""
    bound = b"".join(block(SEQUENCE, oid(name) + value) for name, value in values)
    body = b"".join(map(number, ids)) + block(SEQUENCE, bound)
    return block(SEQUENCE, number(VERSION_2C) + block(OCTETS, community) + block(kind, body))


def parsed(data: bytes) -> Message:
    """Return a message. Raises ValueError when it is none."""
    try:
        _, community, body = _elements(_only(data, SEQUENCE))
        ids = _elements(body[1])
        pairs = [_elements(one) for _, one in _elements(ids[3][1])]
        values = tuple((str(_value(*name)), _value(*value)) for name, value in pairs)
        first, second, third = (_integer(one[1]) for one in ids[:3])
    except (IndexError, TypeError, ValueError) as err:
        raise ValueError("the answer is not SNMP") from err
    return Message(body[0], community[1], first, second, third, values)


def _only(data: bytes, tag: int) -> bytes:
    [(found, body)] = _elements(data)
    if found != tag:
        raise ValueError("the answer is not SNMP")
    return body


def _elements(data: bytes) -> list[tuple[int, bytes]]:
    found, at = [], 0
    while at < len(data):
        tag, size, at = data[at], data[at + 1], at + 2
        if size & LONG:
            digits = size & ~LONG
            size, at = int.from_bytes(data[at : at + digits]), at + digits
        if at + size > len(data):
            raise ValueError("the answer is cut off")
        found.append((tag, data[at : at + size]))
        at += size
    return found


def _value(tag: int, body: bytes) -> Scalar:
    if tag == INTEGER:
        return _integer(body)
    if tag in (0x41, GAUGE, 0x43, COUNTER64, 0x47):
        return int.from_bytes(body)
    if tag == OID:
        return _oid_text(body)
    return None if tag in NOTHING or tag == NULL[0] else body


@lru_cache(maxsize=KEPT)
def _oid_text(body: bytes) -> str:
    numbers, part = list[int](), 0
    for digit in body:
        part = part << 7 | digit & 0x7F
        if not digit & LONG:
            numbers.append(part)
            part = 0
    first = min(numbers[0] // 40, 2)
    return ".".join(map(str, (first, numbers[0] - 40 * first, *numbers[1:])))


def _integer(body: bytes) -> int:
    return int.from_bytes(body, signed=True)
