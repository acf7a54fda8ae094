"""Webhook requests, and the verification of their origin."""

import hashlib
import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol
from urllib.parse import parse_qs

from homelab_steward.contract.base import Value

from ...errors import ServiceMalformed, ServiceUnauthorized
from ..http import decoded

LONGEST_AGE: Final = 300.0
"""The age in seconds at which a signature with a time is refused, because it may be a replay."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One webhook request: header names in lower case, the raw body, and when it arrived."""

    headers: Mapping[str, str]
    body: bytes
    received_at: datetime

    def json(self) -> object:
        """Return the decoded body. Raises ServiceMalformed when it is not JSON."""
        try:
            return decoded(self.body)
        except (ValueError, RecursionError) as err:
            raise ServiceMalformed(t"webhook: the body is not JSON") from err

    def form(self) -> dict[str, str]:
        """Return the last value of each field of a form. Raises ServiceMalformed when the body is no form."""
        try:
            return {key: values[-1] for key, values in parse_qs(self.body.decode()).items()}
        except ValueError as err:
            raise ServiceMalformed(t"webhook: the body is not a form") from err


class Verification(Protocol):
    """Verifies the origin of a service's webhook, in addition to the token in the webhook's address."""

    def __call__(self, delivery: Delivery, settings: Mapping[str, Value]) -> None:
        """Raise ServiceUnauthorized when the delivery is not from the service."""


@dataclass(frozen=True, slots=True)
class HmacSignature:
    """The body is signed: ``header`` has the hexadecimal HMAC, after an optional ``prefix``.

    A request with the header ``timestamp`` (Unix seconds) signs ``timestamp:body``, and must not be
    older than five minutes. With ``is_optional`` nothing is checked while there is no secret.
    """

    header: str
    secret: str
    algorithm: str = "sha256"
    prefix: str = ""
    timestamp: str = ""
    is_optional: bool = False

    def __call__(self, delivery: Delivery, settings: Mapping[str, Value]) -> None:
        """Compare in constant time. Raises ServiceUnauthorized."""
        key = settings.get(self.secret)
        if not isinstance(key, str) or not key:
            if self.is_optional:
                return
            raise ServiceUnauthorized(t"The setting {self.secret} is missing")
        sent, made_at = (delivery.headers.get(one.lower(), "") for one in (self.header, self.timestamp))
        body = f"{made_at}:".encode() + delivery.body if made_at else delivery.body
        expected = self.prefix + hmac.new(key.encode(), body, self.algorithm).hexdigest()
        if not hmac.compare_digest(expected.encode(), sent.encode()):
            raise ServiceUnauthorized(t"The signature of the webhook does not match")
        if made_at and not _is_recent(made_at, delivery.received_at):
            raise ServiceUnauthorized(t"The webhook was signed more than five minutes ago by our clock")


def _is_recent(made_at: str, now: datetime) -> bool:
    try:
        return abs(now.timestamp() - float(made_at)) <= LONGEST_AGE
    except ValueError:
        return False


@dataclass(frozen=True, slots=True)
class HeaderToken:
    """A fixed token is sent in ``header``; ``secret`` is the key of the setting with it."""

    header: str
    secret: str

    def __call__(self, delivery: Delivery, settings: Mapping[str, Value]) -> None:
        """Compare in constant time. Raises ServiceUnauthorized."""
        expected = settings.get(self.secret)
        sent = delivery.headers.get(self.header.lower(), "")
        if not isinstance(expected, str) or not expected:
            raise ServiceUnauthorized(t"The setting {self.secret} is missing")
        digests = (hashlib.sha256(one.encode()).digest() for one in (expected, sent))
        if not hmac.compare_digest(*digests):
            raise ServiceUnauthorized(t"The token of the webhook does not match")


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeHook:
    """Webhooks of a service about changes, after which the instance is polled at once.

    ``verify`` verifies the origin of a request, instead of the token in the address, which such a service
    cannot send. ``secret`` is the key of the setting that ``verify`` needs: without it no request is taken.
    ``is_change`` returns whether the next poll can show the change. It is pure.
    """

    verify: Verification
    secret: str
    is_change: Callable[[Delivery], bool]
