"""Encrypts files for the owner of a key, in the format of age (age-encryption.org/v1).

The program ``age`` decrypts what is encrypted here: a backup can be read without the app.
"""

import base64
import hmac
import os
import re
from collections.abc import Iterator
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.hmac import HMAC
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from .errors import StewardError

VERSION: Final = b"age-encryption.org/v1\n"
PUBLIC: Final = "age"
PRIVATE: Final = "age-secret-key-"
KEY_BYTES: Final = 32
FILE_KEY_BYTES: Final = 16
NONCE_BYTES: Final = 16
TAG_BYTES: Final = 16
CHUNK: Final = 64 * 1024
"""Bytes that are encrypted together."""

HEADER: Final = re.compile(
    rb"age-encryption\.org/v1\n-> X25519 ([A-Za-z0-9+/]{43})\n([A-Za-z0-9+/]{43})\n"
    rb"---(?= ([A-Za-z0-9+/]{43})\n)"
)
MARKS: Final = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
GENERATORS: Final = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)
CHECKSUM_LENGTH: Final = 6


class AgeError(StewardError):
    """A key is none of age, or a file cannot be decrypted with it; the text has no part of a key."""


def public_key(text: str) -> bytes:
    """Return the 32 bytes of a public key such as ``age1…``. Raises AgeError."""
    return _bech32(text, PUBLIC)


def private_key(text: str) -> X25519PrivateKey:
    """Return a private key from the content of a key file of ``age-keygen``. Raises AgeError."""
    lines = [line.strip() for line in text.splitlines() if line.strip() and not line.startswith("#")]
    if len(lines) != 1:
        raise AgeError("the file must have exactly one key")
    return X25519PrivateKey.from_private_bytes(_bech32(lines[0], PRIVATE))


def encrypted_size(plain: int) -> int:
    """Return how many bytes :func:`encrypt` makes of so many."""
    chunks = max(1, -(-plain // CHUNK))
    stanza = len("-> X25519 ") + 43 + 1 + 43 + 1
    return len(VERSION) + stanza + len("--- ") + 43 + 1 + NONCE_BYTES + plain + chunks * TAG_BYTES


def encrypt(plain: bytes, recipient: bytes) -> bytes:
    """Return a file that only the owner of the private key of ``recipient`` can read."""
    file_key = os.urandom(FILE_KEY_BYTES)
    ephemeral = X25519PrivateKey.generate()
    share = ephemeral.public_key().public_bytes_raw()
    shared = ephemeral.exchange(X25519PublicKey.from_public_bytes(recipient))
    wrapped = ChaCha20Poly1305(_wrap_key(shared, share, recipient)).encrypt(bytes(12), file_key, None)
    header = VERSION + b"-> X25519 " + _encoded(share) + b"\n" + _encoded(wrapped) + b"\n---"
    nonce = os.urandom(NONCE_BYTES)
    cipher = ChaCha20Poly1305(_derived(file_key, nonce, b"payload"))
    pieces = [cipher.encrypt(counter, part, None) for counter, part in _chunks(plain, CHUNK)]
    return b"".join((header, b" ", _encoded(_mac(file_key, header)), b"\n", nonce, *pieces))


def decrypt(data: bytes, identity: X25519PrivateKey) -> bytes:
    """Return what was encrypted. Raises AgeError: another key, or a damaged or truncated file."""
    found = HEADER.match(data)
    if found is None:
        raise AgeError("it is not encrypted with age for one X25519 key")
    share, wrapped = (_decoded(one) for one in found.groups()[:2])
    own = identity.public_key().public_bytes_raw()
    begin = found.end() + len(" ") + 43 + len("\n")
    nonce, payload = data[begin : begin + NONCE_BYTES], data[begin + NONCE_BYTES :]
    try:
        shared = identity.exchange(X25519PublicKey.from_public_bytes(share))
        file_key = ChaCha20Poly1305(_wrap_key(shared, share, own)).decrypt(bytes(12), wrapped, None)
        # As text: another encoding of the same bytes is no file of age.
        if not hmac.compare_digest(found.group(3), _encoded(_mac(file_key, found.group(0)))):
            raise AgeError("it is damaged: the header was changed")
        cipher = ChaCha20Poly1305(_derived(file_key, nonce, b"payload"))
        return b"".join(
            cipher.decrypt(counter, part, None) for counter, part in _chunks(payload, CHUNK + TAG_BYTES)
        )
    except InvalidTag, ValueError:
        raise AgeError("it was encrypted for another key, or is damaged") from None


def _chunks(data: bytes, size: int) -> Iterator[tuple[bytes, bytes]]:
    """Yield each chunk with its nonce: the number, and whether it is the last one."""
    count = max(1, -(-len(data) // size))
    for number in range(count):
        last = b"\x01" if number == count - 1 else b"\x00"
        yield number.to_bytes(11) + last, data[number * size : (number + 1) * size]


def _wrap_key(shared: bytes, share: bytes, recipient: bytes) -> bytes:
    return _derived(shared, share + recipient, b"age-encryption.org/v1/X25519")


def _derived(secret: bytes, salt: bytes, info: bytes) -> bytes:
    return HKDF(SHA256(), KEY_BYTES, salt, info).derive(secret)


def _mac(file_key: bytes, header: bytes) -> bytes:
    mac = HMAC(_derived(file_key, b"", b"header"), SHA256())
    mac.update(header)
    return mac.finalize()


def _encoded(data: bytes) -> bytes:
    return base64.b64encode(data).rstrip(b"=")


def _decoded(text: bytes) -> bytes:
    return base64.b64decode(text + b"=" * (-len(text) % 4))


def _bech32(text: str, kind: str) -> bytes:
    """Return the bytes of a key in Bech32 (BIP 173). Raises AgeError."""
    lower = text.strip().lower()
    prefix, _, coded = lower.rpartition("1")
    digits = [MARKS.find(mark) for mark in coded]
    if prefix != kind or text.strip() not in (lower, lower.upper()) or -1 in digits:
        raise AgeError(f"it is not a key that begins with {kind.upper() if kind == PRIVATE else kind}1")
    name = [ord(mark) for mark in prefix]
    if _polymod([*(one >> 5 for one in name), 0, *(one & 31 for one in name), *digits]) != 1:
        raise AgeError("the key has a typing error")
    bits = "".join(f"{one:05b}" for one in digits[:-CHECKSUM_LENGTH])
    raw = bytes(int(bits[at : at + 8], 2) for at in range(0, len(bits) - len(bits) % 8, 8))
    if len(raw) != KEY_BYTES:
        raise AgeError("the key has another length than age's")
    return raw


def _polymod(digits: list[int]) -> int:
    check = 1
    for digit in digits:
        top = check >> 25
        check = (check & 0x1FFFFFF) << 5 ^ digit
        for number, generator in enumerate(GENERATORS):
            check ^= generator if top >> number & 1 else 0
    return check
