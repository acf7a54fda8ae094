"""The address of the HTTP API, taken before anything else is started, and its TLS certificate."""

import socket
import ssl
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from ..errors import InvalidSetting, StewardError
from ..settings.model import Listen

BACKLOG: Final = 512
UNACKNOWLEDGED_MS: Final = 30_000
SETTING: Final = "listen.tls_certificate"
KEY_SETTING: Final = "listen.tls_key"


class CannotListen(StewardError):
    """The address is in use or not available; the text names it."""


@dataclass(frozen=True, slots=True)
class Listener:
    """A bound address. ``tls`` is None for plain HTTP."""

    listen: Listen
    bound: socket.socket
    tls: ssl.SSLContext | None

    @property
    def port(self) -> int:
        """The port, also when the system has selected it."""
        port: int = self.bound.getsockname()[1]
        return port

    def start(self) -> None:
        """Listen. Raises CannotListen."""
        try:
            self.bound.listen(BACKLOG)
        except OSError as err:
            raise _cannot_listen(self.listen, err) from err

    def close(self) -> None:
        """Give up the address."""
        self.bound.close()


def open_listener(listen: Listen) -> Listener:
    """Return the bound address. Raises CannotListen, and InvalidSetting for a wrong certificate."""
    tls = tls_context(listen)
    return Listener(listen, _bind(listen), tls)


def tls_context(listen: Listen) -> ssl.SSLContext | None:
    """Return the TLS context of the listener, None without a certificate. Raises InvalidSetting."""
    if listen.tls_certificate is None:
        if listen.tls_key is not None:
            raise InvalidSetting(KEY_SETTING, f"has no certificate: set {SETTING} too")
        return None
    key = listen.tls_key or listen.tls_certificate
    for setting, file in ((SETTING, listen.tls_certificate), (KEY_SETTING, key)):
        _check_readable(setting, file)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    try:
        # OpenSSL would ask for the password of a key on the terminal.
        context.load_cert_chain(listen.tls_certificate, key, password=lambda: "")
    except ssl.SSLError as err:
        raise _wrong_pair(listen.tls_certificate, key, err) from err
    return context


def _check_readable(setting: str, file: Path) -> None:
    try:
        content = file.read_bytes()
    except OSError as err:
        raise InvalidSetting(setting, f"{file} cannot be read: {err.strerror}") from err
    if b"-----BEGIN " not in content:
        raise InvalidSetting(setting, f"{file} is not a PEM file")


def _wrong_pair(certificate: Path, key: Path, error: ssl.SSLError) -> InvalidSetting:
    content = key.read_bytes()
    if error.reason == "KEY_VALUES_MISMATCH":
        return InvalidSetting(KEY_SETTING, f"{key} is not the key of the certificate {certificate}")
    if b"ENCRYPTED" in content:
        return InvalidSetting(KEY_SETTING, f"{key} is encrypted: store the key without a password")
    if b"PRIVATE KEY-----" not in content:
        return InvalidSetting(KEY_SETTING, f"{key} contains no private key")
    return InvalidSetting(SETTING, f"{certificate} and {key} cannot be used: {error.reason}")


def _bind(listen: Listen) -> socket.socket:
    """Return a bound socket; unacknowledged data closes a connection after 30 seconds."""
    family = socket.AF_INET6 if ":" in listen.host else socket.AF_INET
    bound = socket.socket(family, socket.SOCK_STREAM)
    try:
        # A restarted app can bind at once. An address on which another program listens stays refused.
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family is socket.AF_INET6:
            bound.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, int(listen.host != "::"))
        # asyncio sets this only on sockets it creates. Without it each answer on a kept connection
        # waits for the peer's delayed acknowledgement. Accepted connections inherit both options.
        bound.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        # Without it a client that stopped reading would stay connected.
        bound.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, UNACKNOWLEDGED_MS)
        bound.setblocking(False)
        bound.bind((listen.host, listen.port))
    except (OSError, OverflowError, UnicodeError) as err:
        bound.close()
        raise _cannot_listen(listen, err) from err
    return bound


def _cannot_listen(listen: Listen, error: Exception) -> CannotListen:
    reason = getattr(error, "strerror", None) or type(error).__name__
    return CannotListen(f"Cannot listen on {listen.host} port {listen.port}: {reason}")
