"""Encrypts files for the owner of a key, in the format of age (age-encryption.org/v1).

The program ``age`` decrypts what is encrypted here: a backup can be read without the app.
"""

from typing import Final

import pyrage
from pyrage.x25519 import Identity, Recipient

from .errors import StewardError

CHUNK: Final = 64 * 1024
"""Bytes that are encrypted together."""
TAG_BYTES: Final = 16
NONCE_BYTES: Final = 16
HEADER_BYTES: Final = 168
"""Bytes of a header with one recipient. The library may add a stanza of random length."""


class AgeError(StewardError):
    """A key is none of age, or a file cannot be decrypted with it; the text has no part of a key."""


def public_key(text: str) -> Recipient:
    """Return a public key such as ``age1…``. Raises AgeError."""
    try:
        return Recipient.from_str(text.strip())
    except pyrage.RecipientError:
        raise AgeError("it is not a public key of age, which begins with age1") from None


def private_key(text: str) -> Identity:
    """Return a private key from the content of a key file of ``age-keygen``. Raises AgeError."""
    lines = [line.strip() for line in text.splitlines() if line.strip() and not line.startswith("#")]
    if len(lines) != 1:
        raise AgeError("the file must have exactly one key")
    try:
        return Identity.from_str(lines[0])
    except pyrage.IdentityError:
        raise AgeError("it is not a private key of age, which begins with AGE-SECRET-KEY-1") from None


def smallest_size(plain: int) -> int:
    """Return how many bytes :func:`encrypt` makes at least of so many."""
    chunks = max(1, -(-plain // CHUNK))
    return HEADER_BYTES + NONCE_BYTES + plain + chunks * TAG_BYTES


def encrypt(plain: bytes, recipient: Recipient) -> bytes:
    """Return a file that only the owner of the private key of ``recipient`` can read."""
    return pyrage.encrypt(plain, [recipient])


def decrypt(data: bytes, identity: Identity) -> bytes:
    """Return what was encrypted. Raises AgeError: another key, or a damaged or truncated file."""
    try:
        return pyrage.decrypt(data, [identity])
    except pyrage.DecryptError as err:
        raise AgeError(f"it was encrypted for another key, or is damaged: {err}") from None
