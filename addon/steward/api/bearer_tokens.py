"""Access tokens in request headers, compared in constant time."""

import base64
import binascii
import hmac
from collections.abc import Mapping


def bearer_token(headers: Mapping[str, str]) -> str | None:
    """Return the bearer token of a request, None without one.

    Tokens in URLs are not accepted, because URLs are written to logs.
    """
    kind, rest = _credentials(headers)
    return rest or None if kind == "bearer" else None


def monitor_token(headers: Mapping[str, str]) -> str | None:
    """Return the bearer token of a request, or its basic auth password if it is not from a web page.

    Some monitors cannot send a bearer token. Browsers are never asked for a password.
    """
    kind, rest = _credentials(headers)
    if kind == "basic" and "origin" not in headers:
        return _password(rest)
    return bearer_token(headers)


def _credentials(headers: Mapping[str, str]) -> tuple[str, str]:
    kind, _, rest = headers.get("authorization", "").strip().partition(" ")
    return kind.lower(), rest.strip()


def is_one_of(token: str | None, *known: str) -> bool:
    """Return whether ``token`` is one of ``known``; empty tokens never match."""
    given = (token or "").encode()
    matches = [hmac.compare_digest(given, one.encode()) and bool(one) for one in known]
    return any(matches)


def _password(encoded: str) -> str | None:
    try:
        text = base64.b64decode(encoded, validate=True).decode()
    except binascii.Error, UnicodeDecodeError:
        return None
    return text.partition(":")[2] or None
