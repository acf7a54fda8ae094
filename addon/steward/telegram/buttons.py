"""Signed callback data of buttons: a short id, an action, an option and an HMAC tag."""

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
MAX_CALLBACK_BYTES: Final = 64
"""Telegram's limit for callback data, in bytes."""

_BODY_BYTES: Final = ID_BYTES + 2
_TOTAL_BYTES: Final = _BODY_BYTES + TAG_BYTES  # 24: a multiple of 3, so base64 needs no padding


class ButtonAction(IntEnum):
    """What a button does."""

    APPROVE = 1
    IGNORE = 2
    DETAILS = 3
    CANCEL = 4
    REJECT = 5
    FALSE_ALARM = 6
    SAME_DEVICE = 7
    OTHER_DEVICE = 8


@dataclass(frozen=True, slots=True)
class CallbackData:
    """Content of a button's callback data. ``option`` is 0 unless ``action`` is APPROVE."""

    short_id: str
    action: ButtonAction
    option: int = 0


def new_short_id() -> str:
    """Return a new random id of 12 characters."""
    return secrets.token_urlsafe(ID_BYTES)


class ButtonCodec:
    """Signs and verifies the callback data of one chat."""

    def __init__(self, key: bytes, chat_id: int) -> None:
        """``key`` signs the data, which is valid in the chat ``chat_id`` only."""
        self._key = hmac.digest(key, b"telegram-button", hashlib.sha256)
        self._chat = chat_id.to_bytes(8, signed=True)

    def encode(self, content: CallbackData) -> str:
        """Return the callback data, 32 characters. ``option`` must be 0 to 255."""
        body = base64.urlsafe_b64decode(content.short_id) + bytes((content.action, content.option))
        return base64.urlsafe_b64encode(body + self._tag(body)).decode()

    def decode(self, data: str) -> CallbackData | None:
        """Return the content of ``data``, None when its format or tag is wrong."""
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
        return CallbackData(short_id, ButtonAction(body[ID_BYTES]), body[ID_BYTES + 1])

    def _tag(self, body: bytes) -> bytes:
        return hmac.digest(self._key, self._chat + body, hashlib.sha256)[:TAG_BYTES]
