"""Words that are common in technical texts, and in plain texts of five languages."""

import base64
import zlib
from functools import cache
from pathlib import Path
from typing import Final

FILE: Final = Path(__file__).with_name("known_words.txt")
"""A Bloom filter in base 85, by ``script/train-privacy``; one of a hundred words is known by chance."""

BITS: Final = 1 << 17


def is_known(word: str) -> bool:
    """Return whether a word in lower case is common."""
    bits = _bits()
    return all(bits[place >> 3] >> (place & 7) & 1 for place in places_of(word))


def places_of(word: str) -> tuple[int, int, int]:
    """Return the bits that are set if ``word`` is known."""
    data = word.encode()
    first, second = zlib.crc32(data), zlib.adler32(data) * 0x9E3779B1 >> 3
    return first % BITS, (first ^ second) % BITS, (first * 31 + second) % BITS


def dump(bits: bytes) -> bytes:
    """Return the content of the file for bits."""
    return base64.b85encode(bits)


def reload() -> None:
    """Read the words again, after a training."""
    _bits.cache_clear()


@cache
def _bits() -> bytes:
    return base64.b85decode(FILE.read_bytes())
