"""PINs with which people confirm a high risk where their account alone is not enough."""

import hashlib
import hmac
import secrets
from datetime import datetime, timedelta
from typing import Final

TRIES: Final = 5
"""The wrong PINs in a row after which no PIN is accepted for a time."""

FIRST_LOCK: Final = timedelta(minutes=15)
"""That time; doubled with each further wrong PIN, up to LONGEST_LOCK."""

LONGEST_LOCK: Final = timedelta(days=1)

_COST: Final = 2**14
_SALT: Final = 16


def hashed(pin: str) -> str:
    """Return the salted hash of a PIN. Takes some ten milliseconds: call it in a thread."""
    salt = secrets.token_bytes(_SALT)
    return f"{salt.hex()}:{_hash(pin, salt).hex()}"


def fits(pin: str, stored: str) -> bool:
    """Return whether a PIN has this stored hash. Takes some ten milliseconds: call it in a thread."""
    salt, _, wanted = stored.partition(":")
    return hmac.compare_digest(_hash(pin, bytes.fromhex(salt)), bytes.fromhex(wanted))


def locked_until(failures: int, last_at: datetime) -> datetime | None:
    """Return until when no PIN is accepted after wrong ones in a row, None when PINs are accepted."""
    if failures < TRIES:
        return None
    doublings = min(failures - TRIES, 10)
    return last_at + min(FIRST_LOCK * (1 << doublings), LONGEST_LOCK)


def _hash(pin: str, salt: bytes) -> bytes:
    return hashlib.scrypt(pin.encode(), salt=salt, n=_COST, r=8, p=1)
