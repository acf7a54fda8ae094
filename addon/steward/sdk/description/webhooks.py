"""One webhook request, and how it proves where it comes from."""

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from homelab_steward.contract.base import Value

from ...errors import ServiceUnauthorized


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One webhook request: header names in lower case, the raw body, and when it arrived."""

    headers: Mapping[str, str]
    body: bytes
    received_at: datetime


class Verification(Protocol):
    """How a service's webhook proves where it comes from, besides the webhook's own token."""

    def __call__(self, delivery: Delivery, settings: Mapping[str, Value]) -> None:
        """Raise ServiceUnauthorized when the delivery is not from the service."""


@dataclass(frozen=True, slots=True)
class HmacSignature:
    """The body is signed: ``header`` holds the hex HMAC, after an optional ``prefix``."""

    header: str
    secret: str
    algorithm: str = "sha256"
    prefix: str = ""

    def __call__(self, delivery: Delivery, settings: Mapping[str, Value]) -> None:
        """Compare in constant time. Raises ServiceUnauthorized."""
        key = settings.get(self.secret)
        sent = delivery.headers.get(self.header.lower(), "")
        if not isinstance(key, str) or not key:
            raise ServiceUnauthorized(f"The setting {self.secret} is missing")
        expected = self.prefix + hmac.new(key.encode(), delivery.body, self.algorithm).hexdigest()
        if not hmac.compare_digest(expected.encode(), sent.encode()):
            raise ServiceUnauthorized("The signature of the webhook does not match")


@dataclass(frozen=True, slots=True)
class HeaderToken:
    """A fixed token is sent in ``header``; ``secret`` names the setting that holds it."""

    header: str
    secret: str

    def __call__(self, delivery: Delivery, settings: Mapping[str, Value]) -> None:
        """Compare in constant time. Raises ServiceUnauthorized."""
        expected = settings.get(self.secret)
        sent = delivery.headers.get(self.header.lower(), "")
        if not isinstance(expected, str) or not expected:
            raise ServiceUnauthorized(f"The setting {self.secret} is missing")
        digests = (hashlib.sha256(one.encode()).digest() for one in (expected, sent))
        if not hmac.compare_digest(*digests):
            raise ServiceUnauthorized("The token of the webhook does not match")
