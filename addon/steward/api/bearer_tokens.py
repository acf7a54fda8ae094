"""Who knocks: tokens in headers, compared in constant time."""

import base64
import binascii
import hmac
from collections.abc import Mapping


def shown(headers: Mapping[str, str]) -> str | None:
    """Return the token of a request: a bearer token, or the password of basic auth.

    Addresses end up in logs and proxies: a token there is none.
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
    """Return whether ``token`` is known; an empty known token fits nothing."""
    given = (token or "").encode()
    fits = [hmac.compare_digest(given, one.encode()) and bool(one) for one in known]
    return any(fits)


def _password(encoded: str) -> str | None:
    try:
        text = base64.b64decode(encoded, validate=True).decode()
    except binascii.Error, UnicodeDecodeError:
        return None
    return text.partition(":")[2] or None
