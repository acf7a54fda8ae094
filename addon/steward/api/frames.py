"""Websocket frames as bytes, and what a closed websocket's code means."""

from enum import IntEnum

import orjson

from homelab_steward.contract.base import Message
from homelab_steward.contract.protocol import FrameKind


class CloseCode(IntEnum):
    """Why the app closed a websocket."""

    NORMAL = 1000
    INTERNAL = 1011
    NO_SUBSCRIBE = 4000
    TOO_SLOW = 4001
    GARBAGE = 4002
    INCOMPATIBLE = 4003


def encode(kind: FrameKind, body: Message | None = None, number: int | None = None) -> bytes:
    """Return one frame; ``number`` is the id of the command it answers.

    The message is encoded once, as it stands, not by way of plain dictionaries:
    a first state has thousands of rows.
    """
    return orjson.dumps({"kind": kind, "id": number, "body": {} if body is None else body})
