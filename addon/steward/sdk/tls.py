"""How a service's certificate is checked: system authorities, a CA file, or a pinned fingerprint."""

import asyncio
import hashlib
import re
import ssl
from dataclasses import dataclass
from typing import Final

import aiohttp

from ..errors import InvalidSetting, ServiceUnreachable

FETCH_TIMEOUT: Final = 5.0
type Certificates = ssl.SSLContext | aiohttp.Fingerprint | bool
"""The types that aiohttp accepts as ``ssl``."""

_FINGERPRINT: Final = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Tls:
    """The trusted certificates. ``fingerprint`` is the hexadecimal SHA-256 of the server's certificate.

    A fingerprint replaces the check by authority; ``verify`` False turns every check off.
    ``certificate`` and ``key`` are the paths of the client's certificate; both may be in one file.
    """

    verify: bool = True
    ca_certificate: str | None = None
    fingerprint: str | None = None
    certificate: str | None = None
    key: str | None = None

    def load(self) -> Certificates:
        """Return the value for aiohttp's ``ssl``. Reads files: call it in a thread.

        Raises InvalidSetting when a file cannot be read, when the fingerprint is not valid, or when there
        is a client certificate beside it.
        """
        if self.certificate is not None:
            return self._with_certificate(self.certificate)
        if self.fingerprint is not None:
            return aiohttp.Fingerprint(bytes.fromhex(normalize(self.fingerprint)))
        if not self.verify or self.ca_certificate is None:
            return self.verify
        try:
            return ssl.create_default_context(cafile=self.ca_certificate)
        except (OSError, ValueError) as err:
            raise InvalidSetting("ca_certificate", "is not a readable PEM file") from err

    def _with_certificate(self, certificate: str) -> ssl.SSLContext:
        if self.fingerprint is not None:
            raise InvalidSetting("fingerprint", "cannot be used together with a client certificate")
        try:
            context = ssl.create_default_context(cafile=self.ca_certificate)
            context.load_cert_chain(certificate, self.key)
        except (OSError, ValueError) as err:
            raise InvalidSetting("client_certificate", "or the authority is not a readable PEM file") from err
        if not self.verify:
            context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        return context


def normalize(fingerprint: str) -> str:
    """Return a sha256 fingerprint as 64 lower-case hex digits.

    Raises InvalidSetting when it is not valid.
    """
    digits = fingerprint.replace(":", "").replace(" ", "").lower()
    if _FINGERPRINT.fullmatch(digits) is None:
        raise InvalidSetting("fingerprint", "must be a SHA-256 fingerprint (64 hexadecimal digits)")
    return digits


def spelled(fingerprint: str) -> str:
    """Return a fingerprint in the form of certificate viewers: upper-case pairs with colons."""
    return ":".join(fingerprint[place : place + 2] for place in range(0, len(fingerprint), 2)).upper()


async def fetch_fingerprint(host: str, port: int, timeout: float = FETCH_TIMEOUT) -> str:
    """Return the sha256 fingerprint of the certificate that a server presents, unchecked.

    Nothing is sent over the connection. Raises ServiceUnreachable when there is no TLS server.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    try:
        async with asyncio.timeout(timeout):
            _, writer = await asyncio.open_connection(host, port, ssl=context, server_hostname=host)
    except (OSError, TimeoutError) as err:
        raise ServiceUnreachable(t"{host}:{port}: no TLS connection") from err
    try:
        certificate = writer.get_extra_info("ssl_object").getpeercert(binary_form=True)
    finally:
        writer.close()
    return hashlib.sha256(certificate or b"").hexdigest()
