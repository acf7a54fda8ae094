"""What a button carries: a short id, a verb, an option and a tag nobody else can make."""

import base64
import binascii
import hashlib
import hmac
import secrets
from dataclasses import dataclass
from enum import IntEnum
from typing import Final

ID_BYTES: Final = 9
TAG_BYTES: Final = 13
LONGEST: Final = 64
"""Telegram's limit of callback data, in bytes."""

_BODY_BYTES: Final = ID_BYTES + 2
_TOTAL_BYTES: Final = _BODY_BYTES + TAG_BYTES  # 24: base64 without loose bits


class ButtonAction(IntEnum):
    """What a press asks for."""

    APPROVE = 1
    IGNORE = 2
    DETAILS = 3


@dataclass(frozen=True, slots=True)
class Code:
    """A press as its button carries it. ``option`` is 0 unless it approves."""

    short_id: str
    action: ButtonAction
    option: int = 0


def new_short_id() -> str:
    """Return a fresh id of 12 characters that says nothing."""
    return secrets.token_urlsafe(ID_BYTES)


class ButtonCodec:
    """Signs and reads callback data of one chat."""

    def __init__(self, key: bytes, chat_id: int) -> None:
        """``key`` is the household's; the same data is worthless in another chat."""
        self._key = hmac.digest(key, b"telegram-button", hashlib.sha256)
        self._chat = chat_id.to_bytes(8, signed=True)

    def encode(self, code: Code) -> str:
        """Return the callback data, 32 characters. ``option`` must be 0 to 255."""
        body = base64.urlsafe_b64decode(code.short_id) + bytes((code.action, code.option))
        return base64.urlsafe_b64encode(body + self._tag(body)).decode()

    def decode(self, data: str) -> Code | None:
        """Return what ``data`` asks for, None unless this house made exactly this text."""
        try:
            raw = base64.b64decode(data, altchars=b"-_", validate=True)
        except binascii.Error, ValueError:
            return None
        if len(raw) != _TOTAL_BYTES or base64.urlsafe_b64encode(raw).decode() != data:
            return None
        body, tag = raw[:_BODY_BYTES], raw[_BODY_BYTES:]
        if not hmac.compare_digest(tag, self._tag(body)):
            return None
        short_id = base64.urlsafe_b64encode(body[:ID_BYTES]).decode()
        return Code(short_id, ButtonAction(body[ID_BYTES]), body[ID_BYTES + 1])

    def _tag(self, body: bytes) -> bytes:
        return hmac.digest(self._key, self._chat + body, hashlib.sha256)[:TAG_BYTES]
