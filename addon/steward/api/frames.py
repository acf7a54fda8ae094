"""Encodes websocket frames, and defines the close codes."""

from enum import IntEnum

import orjson

from homelab_steward.contract.base import Message
from homelab_steward.contract.protocol import FrameKind


class CloseCode(IntEnum):
    """Close codes of a websocket that the app closes."""

    NORMAL = 1000
    INTERNAL = 1011
    NO_SUBSCRIBE = 4000
    TOO_SLOW = 4001
    MALFORMED = 4002
    INCOMPATIBLE = 4003


def encode(kind: FrameKind, body: Message | None = None, number: int | None = None) -> bytes:
    """Return one frame; ``number`` is the id of the command it answers.

    The dataclass is encoded directly, without a dictionary in between, because an initial
    state can have thousands of rows.
    """
    return orjson.dumps({"kind": kind, "id": number, "body": {} if body is None else body})
