"""Access tokens in request headers, compared in constant time."""

import base64
import binascii
import hmac
from collections.abc import Mapping


def request_token(headers: Mapping[str, str]) -> str | None:
    """Return the bearer token or basic auth password of a request, None without one.

    Tokens in URLs are not accepted, because URLs are written to logs.
    """
    kind, _, rest = headers.get("authorization", "").strip().partition(" ")
    match kind.lower():
        case "bearer":
            return rest.strip() or None
        case "basic":
            return _password(rest.strip())
        case _:
            return None


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
