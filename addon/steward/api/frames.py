"""Encodes websocket frames, and defines the close codes."""

from dataclasses import MISSING, Field, fields, is_dataclass
from enum import IntEnum
from typing import Any, Final

import orjson

from homelab_steward.contract.base import Message
from homelab_steward.contract.catalogue import Catalogue
from homelab_steward.contract.protocol import FrameKind, InitialState

_SHORT: Final[dict[str, bytes]] = {}
"""The last catalogue that was encoded, by its digest."""


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


def encode_initial(state: InitialState) -> bytes:
    """Return the frame of an initial state; its catalogue is short, because it is large."""
    rows = {one.name: getattr(state, one.name) for one in fields(state)}
    body = {**rows, "catalogue": orjson.Fragment(short_catalogue(state.catalogue))}
    return orjson.dumps({"kind": FrameKind.INITIAL_STATE, "id": None, "body": body})


def short_catalogue(catalogue: Catalogue) -> bytes:
    """Return the catalogue as JSON without defaults; it is encoded once."""
    if catalogue.digest not in _SHORT:
        _SHORT.clear()
        _SHORT[catalogue.digest] = orjson.dumps(short(catalogue))
    return _SHORT[catalogue.digest]


def short(value: object) -> object:
    """Return a message as plain values without the fields that have their default: the client adds them."""
    if isinstance(value, tuple):
        return [short(one) for one in value]
    if not is_dataclass(value):
        return value
    return {
        one.name: short(found)
        for one in fields(value)
        if (found := getattr(value, one.name)) != _default(one) or _is_required(one)
    }


def _default(field: Field[Any]) -> object:
    return field.default if field.default_factory is MISSING else field.default_factory()


def _is_required(field: Field[Any]) -> bool:
    return field.default is MISSING and field.default_factory is MISSING
