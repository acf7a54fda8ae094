"""Encrypts stored secrets with a key that is kept outside the database."""

import base64
import binascii
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import orjson
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from ..errors import StewardError
from ..secret_file import SecretFileUnusable, keep_secret

KEY_BYTES: Final = 32
NONCE_BYTES: Final = 12
FORMAT: Final = b"\x01"


class SecretsUnreadable(StewardError):
    """Secrets cannot be decrypted: the key is missing or another one, or the secrets were changed."""


class Vault:
    """Encrypts and decrypts secrets with AES-256-GCM; each is bound to the id of its owner.

    Because of the binding, secrets that were moved to another row of the database cannot
    be decrypted.
    """

    def __init__(self, key_file: Path) -> None:
        """``key_file`` contains the key; :meth:`open` reads it."""
        self._key_file = key_file
        self._cipher: AESGCM | None = None

    def open(self) -> None:
        """Read the key; create it if there is none. Raises SecretFileUnusable."""
        text = keep_secret(self._key_file, _new_key)
        try:
            key = base64.b64decode(text, validate=True)
        except binascii.Error as err:
            raise SecretFileUnusable(f"{self._key_file} does not contain a key") from err
        if len(key) != KEY_BYTES:
            raise SecretFileUnusable(f"{self._key_file} does not contain a key of {KEY_BYTES} bytes")
        self._cipher = AESGCM(key)

    def seal(self, owner: str, plain: Mapping[str, str]) -> bytes:
        """Return ``plain`` encrypted for ``owner``."""
        nonce = secrets.token_bytes(NONCE_BYTES)
        sealed = self._opened().encrypt(nonce, orjson.dumps(dict(plain)), owner.encode())
        return FORMAT + nonce + sealed

    def unseal(self, owner: str, sealed: bytes) -> dict[str, str]:
        """Return the secrets that were encrypted for ``owner``. Raises SecretsUnreadable."""
        form, nonce, rest = sealed[:1], sealed[1 : 1 + NONCE_BYTES], sealed[1 + NONCE_BYTES :]
        if form != FORMAT or len(nonce) != NONCE_BYTES:
            raise SecretsUnreadable(f"The secrets of {owner} are stored in an unknown format")
        try:
            plain: dict[str, str] = orjson.loads(self._opened().decrypt(nonce, rest, owner.encode()))
        except InvalidTag as err:
            message = (
                f"The secrets of {owner} cannot be decrypted with the key file {self._key_file.name}. "
                "Restore the old key file or enter the secrets again"
            )
            raise SecretsUnreadable(message) from err
        return plain

    def _opened(self) -> AESGCM:
        if self._cipher is None:
            raise SecretsUnreadable("The vault is not open")
        return self._cipher


def _new_key() -> str:
    return base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode()
