"""Decides which web pages may send requests: the app's own and those of the allowed origins."""

from collections.abc import Iterable
from typing import Final
from urllib.parse import urlsplit

DEFAULT_PORTS: Final = {"http": 80, "https": 443}


class InvalidOrigin(ValueError):
    """The text is not an origin; the message says what one looks like."""


class Origins:
    """The origins that may send requests."""

    def __init__(self, allowed: Iterable[str] = ()) -> None:
        """``allowed`` are origins such as ``https://chat.example.org``. Raises InvalidOrigin."""
        self._allowed = frozenset(normalized(one) for one in allowed)

    def allows(self, origin: str | None, host: str) -> bool:
        """Return whether a request may have this ``Origin`` header; None is a request without one.

        ``host`` is the host and port that the client used, as in the ``Host`` header.
        """
        if origin is None:
            return True
        try:
            name = normalized(origin)
            scheme = urlsplit(name).scheme
            own = normalized(f"{scheme}://{host}")
        except InvalidOrigin:
            return False
        return name == own or name in self._allowed


def normalized(origin: str) -> str:
    """Return an origin in lower case without its default port.

    Raises InvalidOrigin for ``null``, ``*``, and what has a path, a user, or a wrong port.
    """
    text = origin.strip().lower()
    try:
        parts = urlsplit(text)
        host, port = parts.hostname or "", parts.port
    except ValueError as err:
        raise InvalidOrigin(_message(text)) from err
    if not parts.scheme or not host or parts.path not in ("", "/") or "@" in parts.netloc:
        raise InvalidOrigin(_message(text))
    if "?" in text or "#" in text or "*" in text or not text.isprintable() or " " in text:
        raise InvalidOrigin(_message(text))
    shown = f"[{host}]" if ":" in host else host.rstrip(".")
    suffix = f":{port}" if port is not None and port != DEFAULT_PORTS.get(parts.scheme) else ""
    return f"{parts.scheme}://{shown}{suffix}"


def _message(text: str) -> str:
    if text in ("null", "*"):
        return "null and * would allow every web page: name each origin"
    return "must be an origin such as https://chat.example.org, without a path"
