"""Decodes stored messages; what was stored or read a short time ago is not decoded again."""

from collections import OrderedDict
from typing import Final

from homelab_steward.contract.base import Message

MOST_BYTES: Final = 1024 * 1024
"""Of the JSON of all messages that are remembered."""

LONGEST: Final = 128 * 1024
"""Bytes of the JSON of a message that is remembered."""

_known: Final[OrderedDict[tuple[type[Message], bytes], Message]] = OrderedDict()
_size = 0


def encode(message: Message) -> bytes:
    """Return the JSON of a message that is stored, and remember what it means."""
    body = message.to_json()
    _remember(body, message)
    return body


def decode[Kind: Message](kind: type[Kind], body: bytes) -> Kind:
    """Return the message in stored JSON. Raises MalformedMessage."""
    key = (kind, body)
    known = _known.get(key)
    if isinstance(known, kind):
        _known.move_to_end(key)
        return known
    message = kind.from_json(body)
    _remember(body, message)
    return message


def _remember(body: bytes, message: Message) -> None:
    """Remember a message, and forget what was not used for the longest time."""
    global _size  # noqa: PLW0603 - the size of the dictionary above
    key = (type(message), body)
    if len(body) > LONGEST or key in _known:
        return
    _known[key] = message
    _size += len(body)
    while _size > MOST_BYTES:
        (_, oldest), _ = _known.popitem(last=False)
        _size -= len(oldest)
