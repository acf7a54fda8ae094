"""Settings of the webhooks that tell other programs what happened."""

import base64
import binascii
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Annotated, Final

from probatio import Invalid

from homelab_steward.contract.base import Many

from .checks import key, plain_address

PREFIX: Final = "whsec_"
FEWEST_BYTES: Final = 24
MOST_BYTES: Final = 64

ADDRESS: Final = plain_address("https://n8n.example.org/webhook/steward", "the signature proves who sends")
"""The validator of the address of a webhook."""


class EventGroup(StrEnum):
    """What a webhook is about: a group of events."""

    INCIDENT = "incident"
    REQUEST = "request"
    RUN = "run"
    STEWARD = "steward"


def signing_secret(value: object) -> str:
    """Return the secret that signs the webhooks: ``whsec_`` and 24 to 64 bytes in Base64."""
    text = value if isinstance(value, str) else ""
    try:
        length = len(secret_bytes(text))
    except ValueError:
        length = 0
    if not FEWEST_BYTES <= length <= MOST_BYTES:
        raise Invalid(
            f"must be {PREFIX} and {FEWEST_BYTES} to {MOST_BYTES} bytes in Base64;"
            f' make one with: echo "{PREFIX}$(openssl rand -base64 32)"'
        )
    return text


def secret_bytes(secret: str) -> bytes:
    """Return the bytes of a secret. Raises ValueError."""
    if not secret.startswith(PREFIX):
        raise ValueError(f"a secret begins with {PREFIX}")
    try:
        return base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except binascii.Error as err:
        raise ValueError("a secret is in Base64") from err


@dataclass(frozen=True, slots=True, kw_only=True)
class EventWebhook:
    """An address that gets the events of some groups, each signed with ``secret``."""

    id: Annotated[str, key]
    url: Annotated[str, ADDRESS]
    secret: Annotated[str, signing_secret] = field(repr=False)
    events: Many[EventGroup] = tuple(EventGroup)
